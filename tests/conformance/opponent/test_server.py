"""The opponent is honest: a plain botocore client gets what the pages promise, and no more."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

SERVER = Path(__file__).with_name("server.py")
USER = "arn:aws:chime:us-east-1:123456789012:app-instance/a/user/b"
APP = "arn:aws:mobiletargeting:us-east-1:123456789012:apps/a"

Call = Callable[..., dict[str, Any]]


@contextmanager
def serving(*options: str) -> Iterator[str]:
    """The URL of a server in a process of its own."""
    command = [sys.executable, str(SERVER), "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@contextmanager
def calling(url: str) -> Iterator[Call]:
    """A function that calls `service`, `method` with plain botocore and no retries."""
    session = botocore.session.get_session()
    session.set_credentials("AKIDEXAMPLE", "dummy")
    config = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
    clients: dict[str, Any] = {}

    def call(service: str, method: str, **parameters: Any) -> dict[str, Any]:
        if service not in clients:
            clients[service] = session.create_client(
                service, region_name="us-east-1", endpoint_url=url, config=config
            )
        answer: dict[str, Any] = getattr(clients[service], method)(**parameters)
        return answer

    try:
        yield call
    finally:
        for client in clients.values():
            client.close()


@pytest.fixture(scope="module")
def clean() -> Iterator[str]:
    with serving() as url:
        yield url


@pytest.fixture(scope="module")
def call(clean: str) -> Iterator[Call]:
    with calling(clean) as function:
        yield function


def push(**changes: Any) -> dict[str, Any]:
    return {
        "InstanceId": "i",
        "PinpointAppArn": APP,
        "DeviceToken": "t",
        "DeviceType": "APNS",
        "ContactConfiguration": {"ContactId": "c", "ParticipantRole": "CUSTOMER"},
    } | changes


def participant(**changes: Any) -> dict[str, Any]:
    details = {"ParticipantRole": "CUSTOM_BOT", "DisplayName": "é" * 256}
    return {"InstanceId": "i", "ContactId": "c", "ParticipantDetails": details} | changes


def contact(**changes: Any) -> dict[str, Any]:
    return {"InstanceId": "i", "Channel": "TASK", "InitiationMethod": "API"} | changes


def references(*entries: tuple[str, str]) -> dict[str, Any]:
    made = {str(n): {"Type": kind, "Value": value} for n, (kind, value) in enumerate(entries)}
    return contact(References=made)


def endpoint(**changes: Any) -> dict[str, Any]:
    return {
        "AppInstanceUserArn": USER,
        "Type": "APNS",
        "ResourceArn": APP,
        "EndpointAttributes": {"DeviceToken": "t", "VoipDeviceToken": "v"},
    } | changes


def message(configuration: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    request = {"MessageConfiguration": configuration or {}, **more}
    return {"ApplicationId": "app", "MessageRequest": request}


def email(**parts: Any) -> dict[str, Any]:
    return message({"EmailMessage": {"SimpleEmail": parts}})


PUSH = ("connect", "create_push_notification_registration")
PARTICIPANT = ("connect", "create_participant")
CONTACT = ("connect", "create_contact")
ENDPOINT = ("chime-sdk-identity", "register_app_instance_user_endpoint")
MESSAGE = ("pinpoint", "send_messages")

VALID = [
    (PUSH, push()),
    (PUSH, push(ClientToken="t" * 500, InstanceId="i/ü" * 33)),
    (PARTICIPANT, participant()),
    (PARTICIPANT, participant(ParticipantDetails={})),
    (CONTACT, contact(Attributes={"k": "v"}, ExpiryDurationInMinutes=2**31 - 1)),
    (CONTACT, contact(SegmentAttributes={"a": {"ValueList": [{"ValueMap": {"k": {}}}]}})),
    (CONTACT, references(("DATE", "1700000000"), ("STRING", "é" * 2043))),
    (CONTACT, contact(References={"k" * 4096: {"Type": "EMAIL_MESSAGE_REDACTED"}})),
    (ENDPOINT, endpoint(Name="", AllowMessages="NONE", ClientRequestToken="a-")),
    (MESSAGE, message({"APNSMessage": {"Priority": "high", "CollapseId": "é" * 32}})),
    (MESSAGE, message({"GCMMessage": {"Priority": "10", "TimeToLive": 2_419_200}})),
    (MESSAGE, message({"APNSMessage": {"RawContent": '{"aps": {"content-available": 1}}'}})),
    (MESSAGE, email(Headers=[{"Name": "n" * 126, "Value": "v" * 870}] * 15)),
    (MESSAGE, message({"EmailMessage": {"RawEmail": {"Data": b"\xff\x00"}}})),
]

INVALID = [
    (PUSH, push(DeviceType="gcm"), "InvalidParameterException"),
    (PUSH, push(InstanceId="i" * 101), "InvalidParameterException"),
    (PUSH, push(ContactConfiguration={}), "InvalidParameterException"),
    (
        PUSH,
        push(ContactConfiguration={"ContactId": "c", "ParticipantRole": "AGENT"}),
        "InvalidParameterException",
    ),
    (
        PARTICIPANT,
        participant(ParticipantDetails={"ParticipantRole": "SYSTEM"}),
        "InvalidRequestException",
    ),
    (
        PARTICIPANT,
        participant(ParticipantDetails={"DisplayName": "é" * 257}),
        "InvalidRequestException",
    ),
    (CONTACT, references(("DATE", "tomorrow")), "InvalidParameterException"),
    (CONTACT, references(("URL", "é" * 2000), ("URL", "é" * 49)), "InvalidParameterException"),
    (CONTACT, contact(Channel="FAX"), "InvalidParameterException"),
    (CONTACT, contact(Name=7), "SerializationException"),
    (CONTACT, contact(ExpiryDurationInMinutes=2**31), "SerializationException"),
    (ENDPOINT, endpoint(Type="GCM"), "BadRequestException"),
    (ENDPOINT, endpoint(ResourceArn="arn:aws"), "BadRequestException"),
    (ENDPOINT, endpoint(ClientRequestToken="a b"), "BadRequestException"),
    (MESSAGE, {"ApplicationId": "a", "MessageRequest": {"TraceId": "t"}}, "BadRequestException"),
    (MESSAGE, message(Addresses={"a": {"ChannelType": ""}}), "BadRequestException"),
    (MESSAGE, message({"APNSMessage": {"CollapseId": "é" * 33}}), "BadRequestException"),
    (MESSAGE, message({"APNSMessage": {"RawContent": "{}"}}), "BadRequestException"),
    (
        MESSAGE,
        message({"GCMMessage": {"PreferredAuthenticationMethod": "CERTIFICATE"}}),
        "BadRequestException",
    ),
    (MESSAGE, message({"BaiduMessage": {"TimeToLive": 604_801}}), "BadRequestException"),
    (MESSAGE, email(Headers=[{"Name": "n"}] * 16), "BadRequestException"),
    (MESSAGE, email(Headers=[{"Value": "v" * 871}]), "BadRequestException"),
    (MESSAGE, message(TemplateConfiguration={"InAppTemplate": {}}), "BadRequestException"),
    (
        MESSAGE,
        message({"SMSMessage": {"Substitutions": {"k": ["a", 1]}}}),
        "SerializationException",
    ),
]


def refused(call: Call, operation: tuple[str, str], given: dict[str, Any]) -> tuple[str, int]:
    """The code and the status of the error that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call(*operation, **given)
    response = caught.value.response
    assert response["Error"]["Message"]
    assert response["ResponseMetadata"]["RequestId"]
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize(("operation", "given"), VALID)
def test_accepts_valid_requests(
    call: Call, operation: tuple[str, str], given: dict[str, Any]
) -> None:
    answer = call(*operation, **given)
    wanted = 201 if operation is ENDPOINT else 200
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == wanted


@pytest.mark.parametrize(("operation", "given", "code"), INVALID)
def test_refuses_broken_rules_with_a_documented_error(
    call: Call, operation: tuple[str, str], given: dict[str, Any], code: str
) -> None:
    assert refused(call, operation, given) == (code, 400)


def test_answers_hold_the_documented_members(call: Call) -> None:
    sent = message(Addresses={"a": {"ChannelType": "SMS"}}, Endpoints={"e": {}})
    assert call(*PUSH, **push())["RegistrationId"]
    assert call(*PARTICIPANT, **participant())["ParticipantCredentials"].keys() == {
        "ParticipantToken",
        "Expiry",
    }
    made = call(*CONTACT, **contact())
    assert made["ContactArn"].endswith(made["ContactId"])
    assert call(*ENDPOINT, **endpoint())["AppInstanceUserArn"] == USER
    result = call(*MESSAGE, **sent)["MessageResponse"]
    assert result["ApplicationId"] == "app"
    assert result["Result"]["a"]["DeliveryStatus"] == "SUCCESSFUL"
    assert result["EndpointResult"]["e"]["StatusCode"] == 200


@pytest.mark.parametrize(
    ("operation", "given", "other", "conflict"),
    [
        (PARTICIPANT, participant(ClientToken="t"), {"ContactId": "d"}, "ConflictException"),
        (CONTACT, contact(ClientToken="t"), {"Channel": "VOICE"}, "IdempotencyException"),
        (ENDPOINT, endpoint(ClientRequestToken="tt"), {"Name": "n"}, "ConflictException"),
        (PUSH, push(ClientToken="t"), {"DeviceToken": "u"}, None),
    ],
)
def test_a_token_stands_for_one_request(
    call: Call,
    operation: tuple[str, str],
    given: dict[str, Any],
    other: dict[str, Any],
    conflict: str | None,
) -> None:
    def made(changes: dict[str, Any]) -> dict[str, Any]:
        answer = call(*operation, **given | changes)
        del answer["ResponseMetadata"]
        return answer

    first = made({})
    assert made({}) == first
    if conflict is None:
        assert made(other) != first
    else:
        assert refused(call, operation, given | other) == (conflict, 409)


@pytest.mark.parametrize(
    ("operation", "given", "other", "code", "status"),
    [
        (PUSH, push(), {"InstanceId": "j"}, "ResourceNotFoundException", 404),
        (PARTICIPANT, participant(), {"ContactId": "j"}, "ResourceNotFoundException", 404),
        (CONTACT, contact(), {"InstanceId": "j"}, "ResourceNotFoundException", 404),
        (ENDPOINT, endpoint(), {"AppInstanceUserArn": USER + "x"}, "ForbiddenException", 403),
        (MESSAGE, message(), {"ApplicationId": "j"}, "NotFoundException", 404),
    ],
)
def test_knows_only_the_ids_it_was_given(
    operation: tuple[str, str],
    given: dict[str, Any],
    other: dict[str, Any],
    code: str,
    status: int,
) -> None:
    ids = ("instance=i", "contact=c", f"user={USER}", "application=app")
    options = [part for one in ids for part in ("--stateful", one)]
    with serving(*options) as url, calling(url) as call:
        call(*operation, **given)
        assert refused(call, operation, given | other) == (code, status)


CONTACT_BODY = json.dumps(contact())


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "code", "status"),
    [
        ("PUT", "/contact/create-contact", {}, "{'a': 1}", "SerializationException", 400),
        ("PUT", "/contact/create-contact", {}, "[]", "SerializationException", 400),
        ("PUT", "/contact/create-contact", {}, "null", "SerializationException", 400),
        ("PUT", "/contact/create-contact", {}, CONTACT_BODY + "}", "SerializationException", 400),
        ("PUT", "/contact/create-contact", {}, "", "InvalidParameterException", 400),
        (
            "PUT",
            "/contact/create-contact",
            {"Content-Type": "text/plain"},
            CONTACT_BODY,
            "UnsupportedMediaTypeException",
            415,
        ),
        (
            "PUT",
            "/contact/create-contact",
            {"Accept": "text/html"},
            CONTACT_BODY,
            "NotAcceptableException",
            406,
        ),
        ("GET", "/contact/create-contact", {}, "", "MethodNotAllowed", 405),
        ("PATCH", "/v1/apps/a/messages", {}, "", "MethodNotAllowedException", 405),
        ("PUT", "/nowhere", {}, "{}", "UnknownOperationException", 404),
        ("PUT", "/push-notification//registrations", {}, "{}", "InvalidParameterException", 400),
        (
            "POST",
            "/v1/apps//messages",
            {},
            '{"MessageConfiguration": {}}',
            "BadRequestException",
            400,
        ),
    ],
)
def test_answers_malformed_requests_in_the_wire_shape(
    clean: str, method: str, path: str, headers: dict[str, str], body: str, code: str, status: int
) -> None:
    connection = http.client.HTTPConnection(urlsplit(clean).netloc)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} | headers)
        response = connection.getresponse()
        content = json.loads(response.read())
    finally:
        connection.close()
    assert (response.headers["X-Amzn-Errortype"], response.status) == (code, status)
    assert content.get("Message") or content.get("message")


def test_ignores_unknown_members_and_drops_null_ones(clean: str) -> None:
    body = json.dumps(contact(Nobody={"knows": None}, UserInfo=None))
    headers = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"}
    connection = http.client.HTTPConnection(urlsplit(clean).netloc)
    try:
        for _ in range(2):
            connection.request("PUT", "/contact/create-contact", body, headers)
            response = connection.getresponse()
            assert response.status == 200
            assert json.loads(response.read())["ContactId"]
    finally:
        connection.close()


def listed() -> list[dict[str, str]]:
    command = [sys.executable, str(SERVER), "--list"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in text.splitlines()]


def test_lists_deviations_over_all_operations() -> None:
    deviations = listed()
    assert len({one["name"] for one in deviations}) == len(deviations) > 120
    assert len({one["operation"] for one in deviations}) == 6
    assert all(one.keys() == {"name", "operation", "member", "kind", "note"} for one in deviations)


def test_a_deviation_changes_one_thing() -> None:
    name = "CreateContact:References{}.Type:enum-off"
    given = contact(References={"r": {"Type": "FAX"}})
    with serving("--deviation", name) as url, calling(url) as call:
        assert call(*CONTACT, **given)["ContactId"]
        assert refused(call, CONTACT, contact(Channel="FAX"))[1] == 400


def test_hangs_up_where_asked() -> None:
    name = "SendMessages:MessageRequest.Addresses{}.ChannelType:enum-hang-up"
    given = message(Addresses={"a": {"ChannelType": "FAX"}})
    with serving("--deviation", name) as url, calling(url) as call:
        call(*MESSAGE, **message())
        with pytest.raises(ConnectionClosedError):
            call(*MESSAGE, **given)

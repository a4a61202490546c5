"""The emulator in process: protocol, validation, state, tokens, the shape of errors."""

from __future__ import annotations

import copy
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from aws_conformance.emulator import emulator_target
from aws_conformance.exchange import Response, Target
from aws_specs.schema import response_schema
from conformance.emulator_kit import (
    CONTACT,
    ENDPOINT,
    FIVE,
    MESSAGES,
    PARTICIPANT,
    REGISTRATION,
    body,
    emulator,
    error,
    operations,
    raw,
    request,
    send,
    valid,
)

VALIDATION = {
    CONTACT: "InvalidParameterException",
    PARTICIPANT: "InvalidRequestException",
    REGISTRATION: "InvalidParameterException",
    ENDPOINT: "BadRequestException",
    MESSAGES: "BadRequestException",
}
ERROR_MEMBERS = {
    CONTACT: {"Message"},
    PARTICIPANT: {"Message"},
    REGISTRATION: {"Message"},
    ENDPOINT: {"Code", "Message"},
    MESSAGES: {"Message", "RequestID"},
}
BY_NAME = {operation.id: operation for operation in operations()}


def changed(params: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the parameters with another value at a dotted path; `...` removes the member."""
    result = copy.deepcopy(params)
    *above, last = path.split(".")
    holder = result
    for step in above:
        holder = holder.setdefault(step, {})
    if value is ...:
        del holder[last]
    else:
        holder[last] = value
    return result


# ---------------------------------------------------------------- successes


@pytest.mark.parametrize("name", FIVE)
def test_answers_a_valid_request_with_the_documented_status_and_shape(name: str) -> None:
    app = emulator()
    response = send(app, name, valid(name, app.bindings))
    assert response.status == (201 if name == ENDPOINT else 200)
    assert response.header("content-type") == "application/json"
    assert response.header("x-amzn-requestid")
    given = {"MessageResponse": body(response)} if name == MESSAGES else body(response)
    Draft202012Validator(response_schema(BY_NAME[name])).validate(given)


def test_gives_the_same_answers_to_the_same_requests() -> None:
    first, second = emulator(), emulator()
    for app in (first, second):
        assert app.bindings == first.bindings
    for name in FIVE:
        params = valid(name, first.bindings)
        assert send(first, name, params) == send(second, name, params)


def test_another_seed_gives_other_ids() -> None:
    assert emulator(seed=1).bindings != emulator(seed=2).bindings


def test_is_a_target_that_knows_its_bindings() -> None:
    target = emulator_target(operations=operations())
    assert isinstance(target, Target)
    assert target.name == "emulator"
    assert target.endpoint.startswith("http://127.0.0.1:")
    assert {"connect.InstanceId", "pinpoint.ApplicationId"} <= set(target.bindings)
    answer = target.send(request(BY_NAME[CONTACT], valid(CONTACT, target.bindings)))
    assert isinstance(answer, Response)
    assert answer.status == 200
    target.close()


def test_one_result_for_each_address_and_endpoint() -> None:
    app = emulator()
    params = valid(MESSAGES, app.bindings)
    params["MessageRequest"]["Addresses"] = {"a@example.com": {}, "b@example.com": {}}
    params["MessageRequest"]["Endpoints"] = {"e-1": {}}
    answer = body(send(app, MESSAGES, params))
    assert set(answer["Result"]) == {"a@example.com", "b@example.com"}
    assert set(answer["EndpointResult"]) == {"e-1"}


# ---------------------------------------------------------------- the protocol


@pytest.mark.parametrize("name", FIVE)
@pytest.mark.parametrize(
    "text", ['{"a"', "{'a': 1}", '{"a": NaN}', '{"a": 1,}', "[]", '"text"', "12", "{} trailing"]
)
def test_answers_a_body_that_is_no_json_object_with_a_serialization_error(
    name: str, text: str
) -> None:
    app = emulator()
    path = request(BY_NAME[name], valid(name, app.bindings)).path
    response = app.handle(raw(BY_NAME[name], text.encode(), path=path))
    assert isinstance(response, Response)
    assert error(response) == (400, "SerializationException")


def test_survives_json_that_is_too_deep_and_text_that_is_not_utf_8() -> None:
    app = emulator()
    for data in (b"[" * 100_000, b'{"InstanceId": "\xff"}', b'{"a":' + b"9" * 5000 + b"}"):
        response = app.handle(raw(BY_NAME[CONTACT], data))
        assert isinstance(response, Response)
        assert response.status == 400


@pytest.mark.parametrize(
    ("header", "value", "expected"),
    [
        ("content_type", "text/plain", (415, "UnsupportedMediaTypeException")),
        ("content_type", "", (415, "UnsupportedMediaTypeException")),
        ("content_type", "application/json; charset=utf-8", (200, "")),
        ("content_type", "Application/JSON", (200, "")),
        ("accept", "text/html", (406, "NotAcceptableException")),
        ("accept", "text/html, */*;q=0.1", (200, "")),
        ("accept", "application/json", (200, "")),
        ("authorization", "", (403, "MissingAuthenticationTokenException")),
        ("authorization", "Basic abc", (403, "MissingAuthenticationTokenException")),
        ("authorization", "AWS4-HMAC-SHA256 x", (403, "MissingAuthenticationTokenException")),
    ],
)  # fmt: skip
def test_checks_content_type_accept_and_the_form_of_the_signature(
    header: str, value: str, expected: tuple[int, str]
) -> None:
    app = emulator()
    sent = json.dumps(valid(CONTACT, app.bindings)).encode()
    changes = {header: value}
    response = app.handle(raw(BY_NAME[CONTACT], sent, **changes))
    assert isinstance(response, Response)
    assert error(response) == expected


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("PUT", "/no/such/path", (404, "UnknownOperationException")),
        ("PUT", "/contact/create-contact/more", (404, "UnknownOperationException")),
        ("GET", "/", (404, "UnknownOperationException")),
        ("GET", "/contact/create-contact", (405, "MethodNotAllowedException")),
        ("BREW", "/contact/create-contact", (405, "MethodNotAllowedException")),
    ],
)
def test_tells_an_unknown_path_from_a_wrong_method(
    method: str, path: str, expected: tuple[int, str]
) -> None:
    app = emulator()
    sent = raw(BY_NAME[CONTACT], b"{}", path=path)
    response = app.handle(
        type(sent)(method=method, path=path, headers=sent.headers, body=sent.body)
    )
    assert isinstance(response, Response)
    assert error(response) == expected


def test_drops_null_members_and_ignores_unknown_ones() -> None:
    app = emulator()
    params = {**valid(CONTACT, app.bindings), "Name": None, "NoSuchMember": {"deep": [1]}}
    assert send(app, CONTACT, params).status == 200


# ---------------------------------------------------------------- validation

BROKEN = [
    (CONTACT, "InstanceId", ...),
    (CONTACT, "InstanceId", None),
    (CONTACT, "InstanceId", ""),
    (CONTACT, "InstanceId", "x" * 101),
    (CONTACT, "Channel", "FAX"),
    (CONTACT, "Channel", "chat"),
    (CONTACT, "Name", "x" * 1025),
    (CONTACT, "Attributes", {"": "empty key"}),
    (CONTACT, "Attributes", {"k": "x" * 32768}),
    (CONTACT, "References", {"r": {"Value": "v"}}),
    (CONTACT, "References", {"r": {"Type": "FAX"}}),
    (CONTACT, "References", {"r": {"Type": "DATE", "Value": "tomorrow"}}),
    (CONTACT, "References", {"r": {"Type": "URL", "Arn": "short"}}),
    (CONTACT, "References", {"r": {"Type": "URL", "Arn": "arn with spaces and more of them"}}),
    (
        CONTACT,
        "References",
        {"a": {"Type": "STRING", "Value": "é" * 1500}, "b": {"Type": "URL", "Value": "x" * 1100}},
    ),
    (PARTICIPANT, "ParticipantDetails", ...),
    (PARTICIPANT, "ParticipantDetails.ParticipantRole", "AGENT"),
    (PARTICIPANT, "ParticipantDetails.DisplayName", ""),
    (PARTICIPANT, "ParticipantDetails.ParticipantCapabilities", {"Video": "RECEIVE"}),
    (REGISTRATION, "InstanceId", ""),
    (REGISTRATION, "DeviceToken", "x" * 501),
    (REGISTRATION, "ContactConfiguration.ContactId", ...),
    (REGISTRATION, "ContactConfiguration.ParticipantRole", "AGENT"),
    (ENDPOINT, "AppInstanceUserArn", "no-arn"),
    (ENDPOINT, "ClientRequestToken", ...),
    (ENDPOINT, "ClientRequestToken", "a"),
    (ENDPOINT, "ClientRequestToken", "not allowed!"),
    (ENDPOINT, "Name", "two\nlines"),
    (ENDPOINT, "Type", "FCM"),
    (ENDPOINT, "AllowMessages", "true"),
    (MESSAGES, "MessageRequest.MessageConfiguration", ...),
    (
        MESSAGES,
        "MessageRequest.MessageConfiguration",
        {"APNSMessage": {"CollapseId": "é" * 33}},
    ),
    (MESSAGES, "MessageRequest.MessageConfiguration", {"APNSMessage": {"Priority": "7"}}),
    (MESSAGES, "MessageRequest.MessageConfiguration", {"GCMMessage": {"TimeToLive": 2419201}}),
    (
        MESSAGES,
        "MessageRequest.MessageConfiguration",
        {"EmailMessage": {"SimpleEmail": {"Headers": [{}] * 16}}},
    ),
    (
        MESSAGES,
        "MessageRequest.MessageConfiguration",
        {"EmailMessage": {"SimpleEmail": {"Headers": [{"Name": "x" * 127}]}}},
    ),
    (MESSAGES, "MessageRequest.TemplateConfiguration", {"InAppTemplate": {"Name": "t"}}),
]


@pytest.mark.parametrize(("name", "path", "value"), BROKEN)
def test_refuses_what_breaks_a_constraint_with_the_operations_validation_error(
    name: str, path: str, value: Any
) -> None:
    app = emulator()
    response = send(app, name, changed(valid(name, app.bindings), path, value))
    assert error(response) == (400, VALIDATION[name])
    assert set(body(response)) == ERROR_MEMBERS[name]
    assert response.header("content-type") == "application/json"


KEPT = [
    (CONTACT, "References", {"r": {"Type": "DATE", "Value": "1700000000"}}),
    (CONTACT, "References", {"r": {"Type": "URL", "Value": "x" * 4096}}),
    (CONTACT, "Name", "𝄞" * 1024),
    (CONTACT, "ExpiryDurationInMinutes", 60),
    (CONTACT, "SegmentAttributes", {"connect:Subtype": {"ValueString": "x"}}),
    (CONTACT, "InitiateAs", "COMPLETED"),
    (ENDPOINT, "Name", "x" * 1600),
    (ENDPOINT, "EndpointAttributes.VoipDeviceToken", "voip"),
    (MESSAGES, "MessageRequest.MessageConfiguration", {"APNSMessage": {"CollapseId": "é" * 32}}),
    (MESSAGES, "MessageRequest.MessageConfiguration", {"GCMMessage": {"TimeToLive": 2419200}}),
    (
        MESSAGES,
        "MessageRequest.MessageConfiguration",
        {"EmailMessage": {"RawEmail": {"Data": "SGVsbG8="}}},
    ),
    (
        MESSAGES,
        "MessageRequest.MessageConfiguration",
        {"EmailMessage": {"SimpleEmail": {"Headers": [{"Name": "x" * 126}] * 15}}},
    ),
]


@pytest.mark.parametrize(("name", "path", "value"), KEPT)
def test_accepts_values_at_the_limits(name: str, path: str, value: Any) -> None:
    app = emulator()
    response = send(app, name, changed(valid(name, app.bindings), path, value))
    assert response.status < 300, body(response)


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        (CONTACT, "Channel", 1),
        (CONTACT, "Attributes", "text"),
        (CONTACT, "Attributes", {"k": None}),
        (CONTACT, "Attributes", {"k": 1}),
        (CONTACT, "ExpiryDurationInMinutes", "60"),
        (CONTACT, "ExpiryDurationInMinutes", 1.5),
        (CONTACT, "ExpiryDurationInMinutes", True),
        (CONTACT, "References", []),
        (REGISTRATION, "ContactConfiguration.IncludeRawMessage", "true"),
        (ENDPOINT, "EndpointAttributes", []),
        (MESSAGES, "MessageRequest", []),
        (MESSAGES, "MessageRequest.Addresses", {"a": {"Substitutions": {"k": "text"}}}),
        (MESSAGES, "MessageRequest.Addresses", {"a": {"Substitutions": {"k": [None]}}}),
        (
            MESSAGES,
            "MessageRequest.MessageConfiguration",
            {"EmailMessage": {"RawEmail": {"Data": "not base64"}}},
        ),
    ],
)
def test_answers_a_wrong_json_type_with_a_serialization_error(
    name: str, path: str, value: Any
) -> None:
    app = emulator()
    response = send(app, name, changed(valid(name, app.bindings), path, value))
    assert error(response) == (400, "SerializationException")
    assert set(body(response)) == ERROR_MEMBERS[name]


def test_does_not_repeat_a_refused_value() -> None:
    app = emulator()
    secret = "my-secret-" * 200
    response = send(app, CONTACT, {**valid(CONTACT, app.bindings), "Name": secret})
    assert response.status == 400
    assert b"secret" not in response.body


# ---------------------------------------------------------------- state

MISSING = (404, "ResourceNotFoundException")
STRANGER = "arn:aws:chime:us-east-1:1:app-instance/a/user/b"


@pytest.mark.parametrize(
    ("name", "path", "value", "expected"),
    [
        (CONTACT, "InstanceId", "no-such", MISSING),
        (PARTICIPANT, "InstanceId", "no-such", MISSING),
        (PARTICIPANT, "ContactId", "no-such", MISSING),
        (REGISTRATION, "InstanceId", "no-such", MISSING),
        (REGISTRATION, "PinpointAppArn", "arn:aws:mobiletargeting:us-east-1:1:apps/x", MISSING),
        (REGISTRATION, "ContactConfiguration.ContactId", "no-such", MISSING),
        (ENDPOINT, "AppInstanceUserArn", STRANGER, (403, "ForbiddenException")),
        (MESSAGES, "ApplicationId", "no-such", (404, "NotFoundException")),
    ],
)
def test_answers_what_does_not_exist_with_the_documented_error(
    name: str, path: str, value: str, expected: tuple[int, str]
) -> None:
    app = emulator()
    response = send(app, name, changed(valid(name, app.bindings), path, value))
    assert error(response) == expected
    assert set(body(response)) == ERROR_MEMBERS[name]


def contact(app: Any, channel: str) -> str:
    params = {**valid(CONTACT, app.bindings), "Channel": channel}
    return str(body(send(app, CONTACT, params))["ContactId"])


def test_a_contact_that_was_made_takes_participants_and_registrations() -> None:
    app = emulator()
    made = contact(app, "CHAT")
    params = changed(valid(PARTICIPANT, app.bindings), "ContactId", made)
    assert send(app, PARTICIPANT, params).status == 200
    params = changed(valid(REGISTRATION, app.bindings), "ContactConfiguration.ContactId", made)
    assert send(app, REGISTRATION, params).status == 200


@pytest.mark.parametrize(
    ("channel", "role", "status"),
    [
        ("CHAT", "CUSTOM_BOT", 200),
        ("CHAT", "CUSTOMER", 400),
        ("VOICE", "CUSTOMER", 200),
        ("VOICE", "CUSTOM_BOT", 400),
        ("TASK", "CUSTOMER", 400),
        ("EMAIL", "CUSTOM_BOT", 400),
    ],
)
def test_the_role_of_a_participant_depends_on_the_contacts_channel(
    channel: str, role: str, status: int
) -> None:
    app = emulator()
    params = valid(PARTICIPANT, app.bindings)
    params["ContactId"] = contact(app, channel)
    params["ParticipantDetails"]["ParticipantRole"] = role
    response = send(app, PARTICIPANT, params)
    assert response.status == status
    if status == 400:
        assert error(response) == (400, "InvalidRequestException")


def test_push_notifications_are_for_chat_contacts() -> None:
    app = emulator()
    made = contact(app, "VOICE")
    params = changed(valid(REGISTRATION, app.bindings), "ContactConfiguration.ContactId", made)
    assert error(send(app, REGISTRATION, params)) == (400, "InvalidParameterException")


# ---------------------------------------------------------------- tokens

TOKENS = {
    CONTACT: ("ClientToken", (409, "IdempotencyException")),
    PARTICIPANT: ("ClientToken", (409, "ConflictException")),
    REGISTRATION: ("ClientToken", None),
    ENDPOINT: ("ClientRequestToken", (409, "ConflictException")),
}
OTHERWISE = {
    CONTACT: ("Name", "another"),
    PARTICIPANT: ("ParticipantDetails.DisplayName", "another"),
    REGISTRATION: ("DeviceToken", "another"),
    ENDPOINT: ("Name", "another"),
}


@pytest.mark.parametrize("name", list(TOKENS))
def test_a_retry_with_the_same_token_gets_the_first_answer(name: str) -> None:
    app = emulator()
    token, _ = TOKENS[name]
    params = {**valid(name, app.bindings), token: "the-token"}
    first, second = send(app, name, params), send(app, name, params)
    assert body(first) == body(second)
    assert first.header("x-amzn-requestid") != second.header("x-amzn-requestid")
    third = send(app, name, {**params, token: "another-token"})
    assert body(third) != body(first)


@pytest.mark.parametrize("name", list(TOKENS))
def test_a_token_that_is_used_for_another_request_is_the_documented_conflict(name: str) -> None:
    app = emulator()
    token, expected = TOKENS[name]
    params = {**valid(name, app.bindings), token: "the-token"}
    first = send(app, name, params)
    second = send(app, name, changed(params, *OTHERWISE[name]))
    if expected is None:
        assert body(second) == body(first)
    else:
        assert error(second) == expected
    assert body(send(app, name, params)) == body(first)


def test_a_refused_request_does_not_use_up_its_token() -> None:
    app = emulator()
    params = {**valid(CONTACT, app.bindings), "ClientToken": "the-token"}
    assert send(app, CONTACT, {**params, "InstanceId": "no-such"}).status == 404
    assert send(app, CONTACT, params).status == 200


def test_tokens_of_two_operations_do_not_meet() -> None:
    app = emulator()
    for name in (CONTACT, PARTICIPANT, REGISTRATION):
        params = {**valid(name, app.bindings), "ClientToken": "the-token"}
        assert send(app, name, params).status == 200


def test_an_empty_token_is_no_token() -> None:
    app = emulator()
    params = {**valid(CONTACT, app.bindings), "ClientToken": ""}
    assert body(send(app, CONTACT, params)) != body(send(app, CONTACT, params))


def test_serves_many_threads_with_an_id_of_its_own_for_each() -> None:
    app = emulator()
    params = valid(CONTACT, app.bindings)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(app, CONTACT, params), range(200)))
    assert len({body(answer)["ContactId"] for answer in answers}) == 200
    assert len({answer.header("x-amzn-requestid") for answer in answers}) == 200

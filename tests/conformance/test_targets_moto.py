"""moto in this process: answers as moto gives them, exceptions as silence."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from aws_conformance.exchange import Answer, Response, Silence, Target
from aws_conformance.targets import MotoTarget, open_target, places, wiring
from aws_conformance.targets.moto import host_of
from aws_conformance.wire import decode_error, decode_success, encode
from aws_specs.from_model import operation_from_model
from aws_strategies.case import Case


@pytest.fixture
def target() -> Iterator[MotoTarget]:
    found = open_target("moto")
    assert isinstance(found, MotoTarget)
    yield found
    found.close()


def send(target: Target, name: str, params: dict[str, Any]) -> Answer:
    operation = operation_from_model(*name.split("."))
    case = Case(id="x", operation=name, kind="valid", params=params)
    wired = wiring(target, operation.service)
    request = encode(operation, case, endpoint=wired.endpoint, credentials=wired.credentials)
    return target.send(request)


def value(name: str, answer: Answer) -> Any:
    assert isinstance(answer, Response), answer
    return decode_success(operation_from_model(*name.split(".")), answer)[0]


def test_moto_answers_every_protocol_it_has(target: MotoTarget) -> None:
    arn = value("sns.CreateTopic", send(target, "sns.CreateTopic", {"Name": "t"}))["TopicArn"]
    assert arn == "arn:aws:sns:us-east-1:123456789012:t"
    url = value("sqs.CreateQueue", send(target, "sqs.CreateQueue", {"QueueName": "q"}))["QueueUrl"]
    assert url.endswith("/q")
    assert value("s3.CreateBucket", send(target, "s3.CreateBucket", {"Bucket": "bucket"}))
    listed = value("s3.ListObjectsV2", send(target, "s3.ListObjectsV2", {"Bucket": "bucket"}))
    assert (listed["Name"], listed["KeyCount"]) == ("bucket", 0)
    made = value("connect.CreateInstance", send(target, "connect.CreateInstance", INSTANCE))
    assert made["Arn"].endswith(made["Id"])


INSTANCE = {
    "IdentityManagementType": "CONNECT_MANAGED",
    "InboundCallsEnabled": True,
    "OutboundCallsEnabled": True,
}


def test_an_error_of_moto_is_an_error_on_the_wire(target: MotoTarget) -> None:
    answer = send(target, "sqs.GetQueueUrl", {"QueueName": "none"})
    assert isinstance(answer, Response)
    error = decode_error(operation_from_model("sqs", "GetQueueUrl"), answer)
    assert (error.code, error.status) == ("QueueDoesNotExist", 400)


def test_an_exception_that_escapes_is_a_crash_of_the_target(target: MotoTarget) -> None:
    answer = send(target, "sqs.CreateQueue", {"QueueName": 5})
    assert isinstance(answer, Silence)
    assert answer.kind == "crash"
    assert answer.detail.startswith("TypeError: ")


def test_an_operation_moto_does_not_have_is_said_so(target: MotoTarget) -> None:
    answer = send(target, "pinpoint.SendMessages", {"ApplicationId": "a", "MessageRequest": {}})
    assert isinstance(answer, Response)
    assert (answer.status, answer.body) == (404, b"Not yet implemented")


def test_state_is_fresh_per_target_and_after_a_reset(target: MotoTarget) -> None:
    send(target, "sqs.CreateQueue", {"QueueName": "q"})
    assert value("sqs.ListQueues", send(target, "sqs.ListQueues", {}))["QueueUrls"]
    target.reset()
    assert "QueueUrls" not in value("sqs.ListQueues", send(target, "sqs.ListQueues", {}))


def test_a_closed_target_gives_the_environment_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    open_target("moto").close()
    assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"


def test_no_socket_is_opened(target: MotoTarget, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a socket was connected")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert json.loads(json.dumps(value("kms.ListKeys", send(target, "kms.ListKeys", {}))))


def test_the_host_is_the_one_aws_has() -> None:
    from aws_conformance.exchange import Request

    account = (("x-amz-account-id", "123456789012"),)
    control = Request("GET", "/", account, b"", "s3control", "s3control.GetPublicAccessBlock")
    assert host_of(control, "us-east-1") == "123456789012.s3-control.us-east-1.amazonaws.com"
    plain = Request("GET", "/", (), b"", "iam", "iam.GetUser")
    assert host_of(plain, "eu-west-1") == "iam.amazonaws.com"


def test_a_service_moto_never_heard_of_is_not_implemented(target: MotoTarget) -> None:
    answer = send(target, "aiops.ListInvestigationGroups", {})
    assert isinstance(answer, Response)
    assert (answer.status, answer.body) == (404, b"Not yet implemented")


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("sqs", "sqs.us-east-1.amazonaws.com"),
        ("iam", "iam.amazonaws.com"),
        ("dsql", "dsql.us-east-1.api.aws"),
        ("s3vectors", "s3vectors.us-east-1.api.aws"),
        ("acm", "acm.us-east-1.amazonaws.com"),
    ],
)
def test_a_service_is_where_the_sdk_has_it(service: str, expected: str) -> None:
    assert places.host(service, "us-east-1") == expected


def test_the_host_is_the_one_that_a_client_asks() -> None:
    """Independent: botocore's clients, stopped before they send."""
    from botocore.session import Session

    class StoppedError(Exception):
        pass

    def stop(request: Any, **_: Any) -> None:
        raise StoppedError(request.url)

    session: Any = Session()
    session.set_credentials("a", "b")
    for service, method in (("dsql", "list_clusters"), ("kms", "list_keys"), ("sts", "get_caller_identity"),
                            ("route53", "list_hosted_zones"), ("health", "describe_events")):  # fmt: skip
        client = session.create_client(service, region_name="eu-west-1")
        client.meta.events.register("before-send", stop)
        with pytest.raises(StoppedError) as sent:
            getattr(client, method)()
        assert places.host(service, "eu-west-1") == urlsplit(str(sent.value)).hostname

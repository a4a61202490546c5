"""Requests that break the protocol, and nothing but the protocol."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from aws_conformance.exchange import Request
from aws_conformance.wire import DUMMY, encode
from aws_conformance.wire.malformed import EXTRA, MALFORMED, malformed, ways
from aws_specs.errors import UsageError
from aws_specs.from_model import operation_from_model
from aws_strategies.case import Case

NOW = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
ENDPOINT = "http://127.0.0.1:9/base"
CONTACT = operation_from_model("connect", "CreateContact")
FIVE = ("json-syntax", "content-type", "no-signature", "unknown-operation", "method")


def control(name: str = "connect.CreateContact", params: Any = None) -> Request:
    operation = operation_from_model(*name.split("."))
    found = Case(id="x", operation=name, kind="control", params=params or {"InstanceId": "i"})
    return encode(operation, found, endpoint=ENDPOINT, clock=lambda: NOW)


def broken(way: str, name: str = "connect.CreateContact", params: Any = None) -> Request:
    operation = operation_from_model(*name.split("."))
    request = control(name, params)
    return malformed(operation, request, way, endpoint=ENDPOINT, clock=lambda: NOW)


def header(request: Request, name: str) -> str:
    return next((value for key, value in request.headers if key.lower() == name), "")


def is_signed(request: Request) -> bool:
    """Whether the signature fits, computed anew by botocore."""
    url = f"http://{header(request, 'host')}{request.path}"
    aws = AWSRequest(request.method, url, data=request.body)
    signed = header(request, "authorization").partition("SignedHeaders=")[2].partition(",")[0]
    for name in signed.split(";"):
        if name != "host":
            aws.headers[name] = header(request, name)
    aws.context["timestamp"] = header(request, "x-amz-date")
    scope = header(request, "authorization").split("/")
    signer: Any = SigV4Auth(DUMMY, scope[3], scope[2])
    text = signer.string_to_sign(aws, signer.canonical_request(aws))
    return header(request, "authorization").endswith(f"Signature={signer.signature(text, aws)}")


def test_every_way_applies_to_an_operation_with_a_json_body() -> None:
    assert set(ways(CONTACT)) == set(FIVE)
    assert set(ways(CONTACT, extra=True)) == {*FIVE, *EXTRA}


def test_a_body_is_broken_only_where_the_model_has_one() -> None:
    assert set(ways(operation_from_model("lambda", "ListFunctions"))) == set(FIVE[2:])
    assert set(ways(operation_from_model("lambda", "Invoke"))) == set(FIVE[2:])


def test_a_request_without_a_content_type_says_nothing_else_than_before() -> None:
    request = broken("no-content-type")
    assert header(request, "content-type") == ""
    assert request.body == control().body


def test_a_signature_is_left_out_only_where_there_is_one() -> None:
    assert "no-signature" not in ways(operation_from_model("cognito-identity", "GetId"))


@pytest.mark.parametrize("way", [*FIVE, "no-content-type", "accept"])
def test_a_broken_request_is_signed_as_it_is(way: str) -> None:
    request = broken(way)
    assert is_signed(request) if way != "no-signature" else not header(request, "authorization")
    assert header(request, "content-length") == str(len(request.body))


def test_the_control_is_signed() -> None:
    assert is_signed(control())


def test_broken_json_is_no_json() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(broken("json-syntax").body)


def test_only_the_content_type_is_another() -> None:
    request = broken("content-type")
    assert header(request, "content-type") == "text/plain"
    assert (request.path, request.body) == (control().path, control().body)


def test_an_unknown_operation_keeps_the_path_of_the_endpoint() -> None:
    assert broken("unknown-operation").path.startswith("/base/ConformanceNoSuchOperation/")


def test_an_unknown_operation_is_named_where_the_protocol_names_it() -> None:
    target = broken("unknown-operation", "dynamodb.ListTables", {"Limit": 1})
    assert header(target, "x-amz-target") == "DynamoDB_20120810.ConformanceNoSuchOperation"
    form = broken("unknown-operation", "sns.ListTopics", {"NextToken": "a"})
    assert form.body.startswith(b"Action=ConformanceNoSuchOperation&Version=")


def test_the_other_method_belongs_to_no_operation_on_that_path() -> None:
    request = broken("method", "lambda.GetFunction", {"FunctionName": "f"})
    assert request.method not in ("GET", "DELETE")  # GetFunction and DeleteFunction
    request = broken("method", "apigateway.GetRestApi", {"restApiId": "f"})
    assert request.method not in ("GET", "DELETE", "PATCH", "PUT")


def test_a_wrong_signature_is_wrong_and_an_old_one_fits_its_date() -> None:
    assert not is_signed(broken("bad-signature"))
    old = broken("expired-signature")
    assert is_signed(old)
    assert header(old, "x-amz-date") == "20240101T030405Z"


def test_a_case_names_its_way() -> None:
    found = Case(
        id="x", operation=CONTACT.id, kind="malformed", params={"InstanceId": "i"}, wire="method"
    )
    request = encode(CONTACT, found, endpoint=ENDPOINT, clock=lambda: NOW)
    assert request == broken("method")


def test_a_way_that_does_not_exist_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="method"):
        broken("methd")


def test_every_protocol_has_ways_and_every_way_can_be_made() -> None:
    for name in (
        "connect.CreateContact",
        "dynamodb.PutItem",
        "sns.Publish",
        "ec2.DescribeVpcs",
        "cloudfront.CreateInvalidation",
        "eventbridgev2.PutEvents",
    ):
        operation = operation_from_model(*name.split("."))
        made = ways(operation, extra=True)
        assert set(made) <= set(MALFORMED[operation.wire.protocol])
        assert "no-signature" in made
        for way in made:
            assert broken(way, name, {"Unknown": 1}) != control(name, {"Unknown": 1})


def test_reading_the_table_loads_no_botocore() -> None:
    code = "import sys, aws_conformance.wire.malformed; print('botocore' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
        check=True,
    )
    assert done.stdout.strip() == "False"

"""How the emulator speaks every protocol, with botocore's serializers and parsers as the other side.

What botocore writes must be read as what was given to it, and what the emulator writes must be read
by botocore as what the emulator was given. The values are made here, from botocore's own shapes.
"""

# botocore is untyped: what comes from it is unknown to pyright.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from aws_conformance.emulator.protocols import (
    PROTOCOLS,
    decode,
    error_response,
    success_response,
)
from aws_conformance.emulator.refusals import Failure, Refusal
from aws_conformance.emulator.routing import Match, Routes
from aws_conformance.exchange import Request, Response
from aws_conformance.selftest import operation_in
from aws_specs import sdk
from aws_specs.customised import customised
from aws_specs.from_model import operation_from_model
from aws_specs.spec import Operation
from conformance.emulator_kit import SIGNATURE

MOMENT = datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)
DEPTH = 5

XML = ("query", "ec2", "rest-xml")

SAMPLES: dict[str, tuple[str, ...]] = {
    "query": (
        "autoscaling.CreateAutoScalingGroup", "cloudformation.CreateStack", "cloudwatch.PutMetricAlarm",
        "docdb.DescribeDBClusters", "elasticbeanstalk.CreateEnvironment", "elb.CreateLoadBalancer",
        "iam.CreateRole", "iam.SimulatePrincipalPolicy", "rds.ModifyDBParameterGroup",
        "redshift.CreateCluster", "sdb.PutAttributes", "sdb.BatchDeleteAttributes",
        "ses.SendRawEmail", "sns.Publish", "sns.SetSubscriptionAttributes", "sts.AssumeRole",
        "sts.GetSessionToken", "iam.DeleteRole", "sns.GetTopicAttributes",
    ),
    "ec2": (
        "ec2.RunInstances", "ec2.DescribeInstances", "ec2.CreateTags", "ec2.CreateFleet",
        "ec2.ModifyInstanceAttribute", "ec2.AuthorizeSecurityGroupIngress", "ec2.GetConsoleOutput",
        "ec2.ImportKeyPair", "ec2.DeleteVpc",
    ),
    "rest-xml": (
        "cloudfront.CreateDistribution", "cloudfront.GetDistributionConfig",
        "cloudfront.TagResource", "route53.ChangeResourceRecordSets", "route53.GetHostedZone",
        "s3.PutBucketAcl", "s3.PutObject", "s3.GetObject", "s3.ListObjectsV2", "s3.DeleteObjects",
        "s3.PutBucketLifecycleConfiguration", "s3.CopyObject", "s3.GetBucketTagging",
        "s3control.CreateJob", "s3control.CreateAccessPoint",
    ),
    "smithy-rpc-v2-cbor": (
        "cloudwatch.PutMetricData", "cloudwatch.GetMetricData", "cloudwatch.GetMetricWidgetImage",
        "textract.GetAdapter", "cloudwatchomni.StopTelemetryQuery", "kms.Encrypt",
    ),
    "json": ("kms.Encrypt", "sqs.SendMessage", "dynamodb.PutItem", "kinesis.PutRecord"),
    "rest-json": ("lambda.Invoke", "batch.SubmitJob", "iot.ListAuditTasks", "eks.CreateCluster"),
}  # fmt: skip
CASES = [
    pytest.param(name, protocol, id=f"{name}-{protocol}")
    for protocol, names in SAMPLES.items()
    for name in names
    if protocol in (sdk.service_model(name.split(".")[0]).metadata.get("protocols") or (protocol,))
]


# ---------------------------------------------------------------- values, from botocore's shapes


def full(shape: Any, depth: int = 0) -> Any:
    """Return a value with every member, as botocore takes and gives it; None where it nests on."""
    match shape.type_name:
        case "structure":
            members = {} if depth > DEPTH else dict(shape.members)
            found = {name: full(member, depth + 1) for name, member in members.items()}
            present = {name: value for name, value in found.items() if value is not None}
            if shape.is_tagged_union:
                present = dict(list(present.items())[:1])
            return present or None
        case "list":
            item = full(shape.member, depth + 1)
            return None if item is None else [item, item]
        case "map":
            value = full(shape.value, depth + 1)
            return None if value is None else {key(shape.key): value}
        case "boolean":
            return True
        case "integer" | "long" | "short" | "byte" | "biginteger":
            return 37
        case "float" | "double" | "bigdecimal":
            return 1.5
        case "timestamp":
            return MOMENT
        case "blob":
            return b"\x00\xffbytes"
        case _:
            return (shape.enum or ["a text <&> +ü%/"])[0]


def key(shape: Any) -> str:
    return str((shape.enum or ["a-key"])[0])


def in_schema_form(value: Any) -> Any:
    """Return a value of botocore as a spec's schema has it."""
    match value:
        case dict():
            return {name: in_schema_form(item) for name, item in value.items()}
        case list():
            return [in_schema_form(item) for item in value]
        case bytes():
            return base64.b64encode(value).decode()
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case _:
            return value


def times_alike(value: Any) -> Any:
    """Return a value in which one moment is written in one way."""
    match value:
        case dict():
            return {name: times_alike(item) for name, item in value.items()}
        case list():
            return [times_alike(item) for item in value]
        case str() if value.startswith("2024-02-29T23:59:58"):
            return "2024-02-29T23:59:58Z"
        case _:
            return value


# ---------------------------------------------------------------- requests


def request_of(operation: Operation, params: dict[str, Any]) -> Request:
    """Return the request that botocore's serializer writes."""
    model: Any = sdk.operation_model(operation.service, operation.name)
    made: Any = create_serializer(operation.wire.protocol, include_validation=False)
    written = made.serialize_to_request(params, model)
    body = written["body"]
    if isinstance(body, dict):
        body = urlencode(body, doseq=True)
    query = written["query_string"]
    path = written["url_path"] + ("&" if "?" in written["url_path"] else "?" if query else "")
    path += urlencode(query, doseq=True) if isinstance(query, dict) else str(query or "")
    headers = {"Authorization": SIGNATURE.format(service=operation.wire.signing_name)}
    headers |= {name: header_text(value) for name, value in written["headers"].items()}
    return Request(
        method=written["method"],
        path=path,
        headers=tuple(headers.items()),
        body=body.encode() if isinstance(body, str) else bytes(body),
    )


def header_text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def sendable(operation: Operation) -> dict[str, Any]:
    """Return parameters with every member that botocore can serialize as it stands."""
    model: Any = sdk.operation_model(operation.service, operation.name)
    if model.input_shape is None:
        return {}
    known = {member.name for member in operation.input.members}
    params = {k: v for k, v in (full(model.input_shape) or {}).items() if k in known}
    for name, member in model.input_shape.members.items():
        location = member.serialization.get("location")
        if location in ("uri", "header", "querystring") and isinstance(params.get(name), str):
            params[name] = "a-text" if not member.enum else member.enum[0]
        if location and member.type_name in ("list", "map", "structure"):
            params.pop(name, None)  # tested with values of their own
        if member.serialization.get("jsonvalue") or member.serialization.get("eventstream"):
            params.pop(name, None)
    return params


def check_request(operation: Operation) -> None:
    params = sendable(operation)
    request = request_of(operation, params)
    found = Routes([operation]).find(request)
    assert isinstance(found, Match), found
    read = decode(operation, found, request)
    assert not isinstance(read, Refusal), read
    assert times_alike(read) == in_schema_form(params)


@pytest.mark.parametrize(("name", "protocol"), CASES)
def test_reads_what_botocore_writes(name: str, protocol: str) -> None:
    check_request(operation_in(name, protocol))


# ---------------------------------------------------------------- answers


def parsed(operation: Operation, answer: Response) -> dict[str, Any]:
    """Return what botocore's parser reads in an answer."""
    from botocore.awsrequest import HeadersDict

    model: Any = sdk.operation_model(operation.service, operation.name)
    raw: dict[str, Any] = {
        "status_code": answer.status,
        "headers": HeadersDict(dict(answer.headers)),
        "body": answer.body,
        "context": {"operation_name": operation.name},
    }
    if model.has_streaming_output and answer.status < 300:
        raw["body"] = io.BytesIO(answer.body)
    found = dict(create_parser(operation.wire.protocol).parse(raw, model.output_shape))
    return {k: v.read() if isinstance(v, io.BytesIO) else v for k, v in found.items()}


def answerable(operation: Operation) -> dict[str, Any]:
    """Return an output with every member that an answer can carry."""
    model: Any = sdk.operation_model(operation.service, operation.name)
    if model.output_shape is None:
        return {}
    output = full(model.output_shape) or {}
    for name, member in model.output_shape.members.items():
        location = member.serialization.get("location")
        if location in ("header", "headers") and member.type_name in ("list", "map", "string"):
            output.pop(name, None)
        if location == "statusCode":
            output[name] = operation.wire.status
        if member.serialization.get("eventstream") or name == "RequestId":
            output.pop(name, None)
    return output


def check_answer(operation: Operation) -> None:
    output = answerable(operation)
    answer = success_response(operation, in_schema_form(output), "an-id")
    assert answer.status == operation.wire.status
    found = parsed(operation, answer)
    metadata = found.pop("ResponseMetadata")
    assert metadata.get("RequestId", "an-id") == "an-id"
    placed = {m.name for m in operation.output.members if m.location.startswith("header")}
    read = {k: v for k, v in found.items() if k in output or k not in placed}
    assert in_schema_form(read) == in_schema_form(output)


@pytest.mark.parametrize(("name", "protocol"), CASES)
def test_writes_what_botocore_reads(name: str, protocol: str) -> None:
    check_answer(operation_in(name, protocol))


@pytest.mark.parametrize(("name", "protocol"), CASES)
def test_botocore_reads_the_error_that_was_written(name: str, protocol: str) -> None:
    operation = operation_in(name, protocol)
    failure = Failure(code="SomeErrorException", status=400, message="Why <&> not")
    found = parsed(operation, error_response(operation, failure, "an-id"))
    assert found["Error"]["Code"] == "SomeErrorException"
    assert found["Error"]["Message"] == "Why <&> not"
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert found["ResponseMetadata"].get("RequestId", found.get("RequestId")) == "an-id"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_error_without_a_code_names_none(protocol: str) -> None:
    operation = operation_in(SAMPLES[protocol][0], protocol)
    answer = error_response(operation, Failure(code="", status=400, message="no"), "an-id")
    assert b"Exception" not in answer.body
    assert not answer.header("x-amzn-errortype")
    assert parsed(operation, answer)["Error"].get("Code", "") in ("", "Unknown", "400")


def everywhere(*protocols: str) -> Iterator[Operation]:
    for service in sdk.services():
        mine = sdk.service_model(service).resolved_protocol
        if mine in protocols:
            for name in sdk.operation_names(service):
                if not customised(service, name).renamed and not customised(service, name).hidden:
                    yield operation_from_model(service, name)


@pytest.mark.nightly
@pytest.mark.parametrize("check", [check_request, check_answer])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_agrees_with_botocore_on_every_operation(
    protocol: str, check: Callable[[Operation], None]
) -> None:
    failed: list[str] = []
    for operation in everywhere(protocol):
        try:
            check(operation)
        except AssertionError as error:
            failed.append(f"{operation.id}: {str(error)[:200]}")
    assert failed == []

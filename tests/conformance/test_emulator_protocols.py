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
from msgspec.structs import replace

from aws_conformance.emulator import Emulator
from aws_conformance.emulator.cbor import Moment, NotCborError, dumps, loads
from aws_conformance.emulator.protocols import (
    PROTOCOLS,
    decode,
    error_response,
    success_response,
)
from aws_conformance.emulator.refusals import Failure, Refusal
from aws_conformance.emulator.routing import Match, Routes
from aws_conformance.exchange import Request, Response
from aws_conformance.selftest_sample import operation_in
from aws_conformance.wire import cbor
from aws_specs import sdk
from aws_specs.customised import customised
from aws_specs.from_model import operation_from_model
from aws_specs.spec import Map, Operation, Structure
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
        for name in sdk.operation_names(service) if mine in protocols else ():
            operation = operation_from_model(service, name)
            names = {member.name for member in operation.input.members}
            renamed = names & set(customised(service, name).renamed.values())
            open_query = _takes_every_parameter(operation)
            if not (renamed or operation.id in EXCEPTIONS or open_query or _streams(operation)):
                yield operation


def _takes_every_parameter(operation: Operation) -> bool:
    """Whether a map stands in the query beside other members: it holds all that is there."""
    query = [member for member in operation.input.members if member.location == "querystring"]
    return len(query) > 1 and any(isinstance(member.shape, Map) for member in query)


def _streams(operation: Operation) -> bool:
    """Whether events are sent or answered: they are not read."""
    shapes = [m.shape for m in (*operation.input.members, *operation.output.members)]
    return any(isinstance(shape, Structure) and shape.eventstream for shape in shapes)


EXCEPTIONS = {
    "s3.GetBucketNotification": "two members have the same element",
    "s3.PutBucketNotification": "two members have the same element",
    "bedrock-agentcore.GetAgentCard": "botocore reads a document that is not there as an empty one",
}
"""Operations on which the two sides cannot agree, and why."""


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


# ---------------------------------------------------------------- what is refused, and how


def answer_to(name: str, protocol: str, change: Callable[[Request], Request]) -> Response:
    """Return the emulator's answer to a valid request that was changed."""
    operation = operation_in(name, protocol)
    request = change(request_of(operation, SMALL[name]))
    answer = Emulator([operation]).handle(request)
    assert isinstance(answer, Response)
    return answer


SMALL: dict[str, dict[str, Any]] = {
    "iam.GetRole": {"RoleName": "r"},
    "iam.ListRoles": {"MaxItems": 5},
    "ec2.DeleteVpc": {"VpcId": "vpc-1"},
    "ec2.DescribeVpcs": {"MaxResults": 5},
    "route53.CreateHostedZone": {"Name": "example.com", "CallerReference": "r"},
    "s3.PutBucketTagging": {"Bucket": "b", "Tagging": {"TagSet": [{"Key": "k", "Value": "v"}]}},
    "cloudwatch.SetAlarmState": {"AlarmName": "a", "StateValue": "OK", "StateReason": "r"},
}
PLAIN = [
    ("iam.GetRole", "query"),
    ("ec2.DeleteVpc", "ec2"),
    ("route53.CreateHostedZone", "rest-xml"),
    ("s3.PutBucketTagging", "rest-xml"),
    ("cloudwatch.SetAlarmState", "smithy-rpc-v2-cbor"),
    ("cloudwatch.SetAlarmState", "query"),
]


def with_body(body: bytes) -> Callable[[Request], Request]:
    return lambda request: replace(request, body=body)


def with_header(name: str, value: str) -> Callable[[Request], Request]:
    def change(request: Request) -> Request:
        kept = tuple(pair for pair in request.headers if pair[0].lower() != name.lower())
        return replace(request, headers=(*kept, (name, value)) if value else kept)

    return change


def code(name: str, protocol: str, answer: Response) -> str:
    return str(parsed(operation_in(name, protocol), answer)["Error"]["Code"])


@pytest.mark.parametrize(("name", "protocol"), PLAIN)
def test_a_valid_request_succeeds(name: str, protocol: str) -> None:
    assert answer_to(name, protocol, lambda request: request).status in (200, 201, 204)


@pytest.mark.parametrize(("name", "protocol"), PLAIN)
def test_a_request_without_a_signature_is_refused_in_its_protocol(name: str, protocol: str) -> None:
    answer = answer_to(name, protocol, with_header("Authorization", ""))
    assert answer.status == 403
    assert code(name, protocol, answer).startswith("MissingAuthenticationToken")


@pytest.mark.parametrize(
    ("name", "protocol", "body", "expected"),
    [
        ("iam.GetRole", "query", b"Action=GetNothing&Version=2010-05-08", "InvalidAction"),
        ("iam.GetRole", "query", b"Action=GetRole&Version=1999-01-01", "InvalidAction"),
        ("iam.GetRole", "query", b"", "InvalidAction"),
        ("iam.GetRole", "query", b"Action=GetRole&Version=2010-05-08", "ValidationError"),
        ("iam.ListRoles", "query", b"Action=ListRoles&Version=2010-05-08&MaxItems=many",
         "InvalidParameterValue"),
        ("ec2.DescribeVpcs", "ec2", b"Action=DescribeVpcs&Version=2016-11-15&MaxResults=many",
         "InvalidParameterValue"),
        ("ec2.DescribeVpcs", "ec2", b"Action=DescribeVpcs&Version=2016-11-15&Filter=x",
         "InvalidParameterValue"),
        ("ec2.DescribeVpcs", "ec2", b"Action=DescribeVpcs&Version=2016-11-15&VpcId.x=y",
         "InvalidParameterValue"),
        ("s3.PutBucketTagging", "rest-xml", b"<Tagging><TagSet>", "MalformedXML"),
        ("s3.PutBucketTagging", "rest-xml", b"<Other/>", "MalformedXML"),
        ("s3.PutBucketTagging", "rest-xml", b"<!DOCTYPE x><Tagging/>", "MalformedXML"),
        ("s3.PutBucketTagging", "rest-xml", b"<Tagging><TagSet>text</TagSet></Tagging>",
         "MalformedXML"),
        ("s3.PutBucketTagging", "rest-xml", b"<Tagging/>", "InvalidRequest"),
        ("cloudwatch.SetAlarmState", "smithy-rpc-v2-cbor", b"\xa1", "SerializationException"),
        ("cloudwatch.SetAlarmState", "smithy-rpc-v2-cbor", b"\x80", "SerializationException"),
        ("cloudwatch.SetAlarmState", "smithy-rpc-v2-cbor", b"\xa0\xa0", "SerializationException"),
    ],
)  # fmt: skip
def test_refuses_what_cannot_be_read_or_is_not_valid(
    name: str, protocol: str, body: bytes, expected: str
) -> None:
    answer = answer_to(name, protocol, with_body(body))
    assert (answer.status, code(name, protocol, answer)) == (400, expected)


@pytest.mark.parametrize("header", ["X-Amz-Target", "X-Amzn-Target"])
def test_cbor_with_a_target_of_aws_json_is_for_no_operation(header: str) -> None:
    name, protocol = "cloudwatch.SetAlarmState", "smithy-rpc-v2-cbor"
    answer = answer_to(name, protocol, with_header(header, "Service.SetAlarmState"))
    assert answer.status == 404
    assert answer.header("smithy-protocol") == "rpc-v2-cbor"


def test_cbor_is_served_below_any_path_and_without_the_header_not_at_all() -> None:
    name, protocol = "cloudwatch.SetAlarmState", "smithy-rpc-v2-cbor"
    deeper = answer_to(name, protocol, lambda r: replace(r, path=f"/base/of/it{r.path}"))
    assert deeper.status == 200
    assert deeper.header("smithy-protocol") == "rpc-v2-cbor"
    assert answer_to(name, protocol, with_header("Smithy-Protocol", "")).status == 404


def test_s3_leaves_the_wrapper_of_an_error_out() -> None:
    bare = answer_to("s3.PutBucketTagging", "rest-xml", with_body(b"<"))
    wrapped = answer_to("route53.CreateHostedZone", "rest-xml", with_body(b"<"))
    assert b"<Error><Code>" in bare.body
    assert b"<ErrorResponse" in wrapped.body


# ---------------------------------------------------------------- CBOR


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"\x18\x2a", 42), (b"\x38\x63", -100), (b"\x1b" + b"\xff" * 8, 2**64 - 1),
        (b"\xf9\x3c\x00", 1.0), (b"\xfa\x3f\xc0\x00\x00", 1.5), (b"\xf7", None), (b"\xf5", True),
        (b"\x5f\x41a\x42bc\xff", b"abc"), (b"\x7f\x61a\x62bc\xff", "abc"),
        (b"\x9f\x01\x02\xff", [1, 2]), (b"\xbf\x61a\x01\xff", {"a": 1}),
        (b"\xc1\x01", Moment(1)), (b"\xc2\x41\x05", 5), (b"\xd8\x20\x61a", "a"),
    ],
)  # fmt: skip
def test_reads_every_form_of_cbor(data: bytes, value: Any) -> None:
    assert loads(data) == value


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"\x1c", b"\x62a", b"\x61\xff", b"\xa1\x01\x02", b"\xa2\x61a\x01\x61a\x02",
     b"\x5f\x61a\xff", b"\x81", b"\x01\x01", b"\x9f\x01", b"\xbf\x61a\xff", b"\x1f", b"\xf8\x20",
     b"\xc1\x61a", b"\x81" * 200 + b"\x01", b"\x9b" + b"\xff" * 8],
)  # fmt: skip
def test_refuses_what_is_no_cbor(data: bytes) -> None:
    with pytest.raises(NotCborError):
        loads(data)


@pytest.mark.parametrize(
    "value",
    [None, True, 0, 23, 24, 255, 256, 65536, 2**40, 2**70, -1, -(2**70), 1.5, "text", b"\x00",
     Moment(1.5), ["a", {"b": [1, None]}], "x" * 70000],
)  # fmt: skip
def test_reads_the_cbor_that_it_writes(value: Any) -> None:
    assert loads(dumps(value)) == value


@pytest.mark.parametrize("value", [{"a": [1, -500, 2.5, "ü", None, True]}, {"b": b"\x00\xff" * 99}])
def test_the_suites_own_reader_agrees_on_cbor(value: Any) -> None:
    assert cbor.decode(dumps(value)) == value

"""Encoding against the one oracle there is: what a botocore client sends."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any

import botocore.auth
import botocore.session
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aws_conformance.exchange import Request
from aws_conformance.wire import EncodeError, encode
from aws_specs import sdk
from aws_specs.errors import UsageError
from aws_specs.from_model import operation_from_model
from aws_specs.spec import Json, Operation
from aws_strategies.case import Case
from tests_support.clients import ENDPOINT, NOW, client_sends

NOT_COMPARED = {"user-agent", "amz-sdk-invocation-id", "amz-sdk-request", "expect"}

FIVE = (
    "connect.CreatePushNotificationRegistration",
    "connect.CreateParticipant",
    "connect.CreateContact",
    "chime-sdk-identity.RegisterAppInstanceUserEndpoint",
    "pinpoint.SendMessages",
)
OTHERS = (
    "connect.ListPhoneNumbersV2",
    "connect.SearchUsers",
    "lambda.Invoke",
    "lambda.ListFunctions",
    "lambda.PublishLayerVersion",
    "iot-data.Publish",
    "polly.SynthesizeSpeech",
    "apigateway.CreateRestApi",
    "glacier.UploadArchive",
    "dynamodb.PutItem",
    "kinesis.PutRecord",
    "sqs.SendMessage",
    "kms.Encrypt",
    "logs.CreateExportTask",
    "sns.Publish",
    "iam.CreateRole",
    "rds.DescribeDBInstances",
    "ec2.RunInstances",
    "ec2.DescribeVpcs",
    "s3.PutBucketLifecycleConfiguration",
    "s3.PutObject",
    "s3.ListParts",
    "s3.DeleteObjects",
    "route53.ChangeResourceRecordSets",
    "cloudfront.CreateInvalidation",
    "eventbridgev2.PutEvents",
    "partnercentral-revenue-measurement.ListTagsForResource",
    "codeartifact.PublishPackageVersion",
)


def case(operation: Operation, params: Json, wire: str = "") -> Case:
    kind = "malformed" if wire else "valid"
    return Case(id=f"{operation.id}~x", operation=operation.id, kind=kind, params=params, wire=wire)


def sent(name: str, params: Json, endpoint: str = ENDPOINT) -> Request:
    operation = operation_from_model(*name.split("."))
    return encode(operation, case(operation, params), endpoint=endpoint, clock=lambda: NOW)


def headers(request: Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers}


def client_request(
    service: str, operation: str, values: Any
) -> tuple[str, str, dict[str, str], bytes]:
    """Return what a client would send: method, path with query, headers, body."""
    found = client_sends(service, operation, values)
    assert not isinstance(found, str), f"the client refused the parameters: {found}"
    return found.method, found.url.removeprefix(ENDPOINT), found.headers, found.body


def json_values(shape: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Return JSON forms that fit a botocore shape, written without the product's own code."""
    match shape.type_name:
        case "structure":
            return structures(shape, depth)
        case "list":
            return st.lists(json_values(shape.member, depth + 1), max_size=2 if depth < 4 else 0)
        case "map":
            values = json_values(shape.value, depth + 1)
            return st.dictionaries(names(shape), values, max_size=2 if depth < 4 else 0)
        case "blob":
            return st.binary(max_size=9).map(lambda data: base64.b64encode(data).decode())
        case "timestamp":
            return st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)).map(
                lambda moment: moment.isoformat() + "Z"
            )
        case "boolean":
            return st.booleans()
        case "integer" | "long" | "short" | "byte":
            return st.integers(-(2**31), 2**31)
        case "float" | "double":
            return st.floats(allow_nan=False, allow_infinity=False, width=32)
        case _:
            return names(shape)


def names(shape: Any) -> st.SearchStrategy[str]:
    if shape.serialization.get("location") in ("header", "headers", "uri"):
        return st.text("abcXYZ0189-_~. ", min_size=1, max_size=9).filter(str.strip).map(str.strip)
    return st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=9)


def structures(shape: Any, depth: int) -> st.SearchStrategy[Any]:
    if shape.is_document_type:
        return st.dictionaries(st.text(max_size=3), st.none() | st.integers(), max_size=2)
    chosen = {
        name: json_values(member, depth + 1)
        for name, member in shape.members.items()
        if (depth < 3 or name in shape.required_members)
        and not member.serialization.get("eventstream")
        and name not in UNWANTED
    }
    must = {"uri"}
    needed = {n: s for n, s in chosen.items() if _location(shape, n) in must or _token(shape, n)}
    rest = {n: s for n, s in chosen.items() if n not in needed}
    return st.fixed_dictionaries(needed, optional=rest)


UNWANTED = {
    "ChecksumAlgorithm",  # a client refuses one that does not exist
    "ContentLength",  # a client would believe it
    "Metadata",  # a client refuses what is not ASCII
    "SSECustomerKey",  # a client refuses it without TLS
}


def _location(shape: Any, name: str) -> Any:
    return shape.members[name].serialization.get("location")


def _token(shape: Any, name: str) -> bool:
    return bool(shape.members[name].metadata.get("idempotencyToken"))


def boto_values(shape: Any, value: Any) -> Any:
    """Convert the JSON form to what a client takes, written without the product's own code."""
    match shape.type_name:
        case "structure" if not shape.is_document_type:
            return {name: boto_values(shape.members[name], item) for name, item in value.items()}
        case "list":
            return [boto_values(shape.member, item) for item in value]
        case "map":
            return {key: boto_values(shape.value, item) for key, item in value.items()}
        case "blob":
            return base64.b64decode(value)
        case "timestamp":
            return datetime.fromisoformat(value)
        case _:
            return value


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: NOW.replace(tzinfo=None))


@pytest.mark.parametrize("name", [*FIVE, *OTHERS])
@settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_valid_request_has_the_bytes_a_client_sends(name: str, data: st.DataObject) -> None:
    service, operation = name.split(".")
    shape = sdk.operation_model(service, operation).input_shape
    params = data.draw(json_values(shape))
    if service == "s3":
        params["Bucket"] = "a-bucket"
    method, path, theirs, body = client_request(service, operation, boto_values(shape, params))
    request = sent(name, params)
    ours = headers(request)
    assert (request.method, request.path, request.body) == (method, path, body)
    assert ours.pop("host") == "127.0.0.1:9"
    for skipped in NOT_COMPARED:
        ours.pop(skipped, None)
        theirs.pop(skipped, None)
    assert ours == theirs


@pytest.mark.parametrize(
    "params",
    [{"Bucket": "a-bucket", "Key": "", "UploadId": "u"}, {"Bucket": "a-bucket", "Key": "k/"}],
)
def test_the_bucket_is_the_whole_path_of_an_empty_key_as_it_is_to_a_client(
    params: dict[str, str],
) -> None:
    params = {"UploadId": "u", **params}
    theirs = client_request("s3", "AbortMultipartUpload", params)
    request = sent("s3.AbortMultipartUpload", params)

    assert (request.method, request.path) == theirs[:2]
    assert headers(request)["authorization"] == theirs[2]["authorization"]


def test_s3_signs_the_body_that_others_do_not() -> None:
    params = {"RequestRoute": "r", "RequestToken": "t", "Body": "YWJj"}
    theirs = client_request("s3", "WriteGetObjectResponse", {**params, "Body": b"abc"})[2]
    digest = "x-amz-content-sha256"

    ours = headers(sent("s3.WriteGetObjectResponse", params))
    assert ours[digest] == theirs[digest] != "UNSIGNED-PAYLOAD"
    other = {"Path": "p", "Body": "YWJj"}
    theirs = client_request("mediastore-data", "PutObject", {**other, "Body": b"abc"})[2]
    ours = headers(sent("mediastore-data.PutObject", other))
    assert ours[digest] == theirs[digest] == "UNSIGNED-PAYLOAD"
    assert ours["authorization"] == theirs["authorization"]


# ---------------------------------------------------------------- faults


CONTACT = {"InstanceId": "i", "Channel": "EMAIL", "References": {"a": {"Type": "URL"}}}


@pytest.mark.parametrize("wrong", [None, 7, 1.5, True, "text", [], {}, [1], {"a": None}])
@pytest.mark.parametrize(
    "member", ["Channel", "References", "Attributes", "ExpiryDurationInMinutes"]
)
def test_a_body_carries_any_json_value_in_any_member(member: str, wrong: Json) -> None:
    request = sent("connect.CreateContact", {**CONTACT, member: wrong})
    assert json.loads(request.body) == {**CONTACT, member: wrong}


@pytest.mark.parametrize("wrong", [None, 7, True, "text", []])
def test_a_fault_deep_in_lists_and_maps_stays_in_its_place(wrong: Json) -> None:
    params = {"ApplicationId": "a", "MessageRequest": {"Addresses": {"x": wrong}}}
    body = json.loads(sent("pinpoint.SendMessages", params).body)
    assert body == {"Addresses": {"x": wrong}}


@pytest.mark.parametrize("wrong", [None, 7, [], "text"])
def test_a_payload_of_the_wrong_type_is_the_whole_body(wrong: Json) -> None:
    request = sent("pinpoint.SendMessages", {"ApplicationId": "a", "MessageRequest": wrong})
    assert json.loads(request.body) == wrong


def test_a_blob_that_is_not_base64_goes_out_as_it_is() -> None:
    assert json.loads(sent("kms.Encrypt", {"Plaintext": "not base64!"}).body) == {
        "Plaintext": "not base64!"
    }
    assert json.loads(sent("kms.Encrypt", {"Plaintext": "YWJj"}).body) == {"Plaintext": "YWJj"}


def test_a_timestamp_that_is_none_goes_out_as_it_is() -> None:
    for wrong in ("yesterday", "2024-13-01T00:00:00Z", [], True):
        request = sent("connect.CreateContact", {"ScheduledTime": wrong})
        assert json.loads(request.body) == {"ScheduledTime": wrong}


def test_members_the_model_does_not_know_are_carried() -> None:
    body = json.loads(sent("connect.CreateContact", {**CONTACT, "Old": [1]}).body)
    assert body == {**CONTACT, "Old": [1]}
    assert sent("lambda.ListFunctions", {"Old": [1]}).path.endswith("?Old=%5B1%5D")
    assert b"&Old=1" in sent("sns.Publish", {"Message": "m", "Old": 1}).body


@pytest.mark.parametrize(
    ("wrong", "text"), [(None, ""), (7, "7"), (True, "true"), ("", ""), ([1], "%5B1%5D")]
)
def test_a_path_carries_the_text_of_a_wrong_value(wrong: Json, text: str) -> None:
    path = sent("lambda.GetFunction", {"FunctionName": wrong}).path
    assert path == f"/2015-03-31/functions/{text}"


def test_a_missing_label_leaves_its_place_empty() -> None:
    assert sent("lambda.GetFunction", {}).path == "/2015-03-31/functions/"


@pytest.mark.parametrize(
    ("wrong", "query"),
    [(None, ""), ("abc", "?MaxItems=abc"), (True, "?MaxItems=true"), ({}, "?MaxItems=%7B%7D")],
)
def test_a_query_carries_the_text_of_a_wrong_value(wrong: Json, query: str) -> None:
    assert sent("lambda.ListFunctions", {"MaxItems": wrong}).path == "/2015-03-31/functions" + query


@pytest.mark.parametrize(("wrong", "text"), [(None, None), (7, "7"), ([1], "[1]"), (True, "true")])
def test_a_header_carries_the_text_of_a_wrong_value(wrong: Json, text: str | None) -> None:
    request = sent("lambda.Invoke", {"FunctionName": "f", "InvocationType": wrong})
    assert headers(request).get("x-amz-invocation-type") == text


def test_a_form_carries_wrong_values() -> None:
    body = sent("sns.Publish", {"Message": [1, {"a": True}], "Subject": None}).body
    assert body == b"Action=Publish&Version=2010-03-31&Message.1=1&Message.2.a=true"


def test_xml_carries_wrong_values() -> None:
    params = {"DistributionId": "d", "InvalidationBatch": {"Paths": {"Quantity": "<x>"}}}
    body = sent("cloudfront.CreateInvalidation", params).body
    assert b"<Quantity>&lt;x&gt;</Quantity>" in body


def test_parameters_that_are_no_object_are_the_whole_body() -> None:
    request = sent("connect.CreateContact", [1])
    assert (request.body, headers(request)["content-length"]) == (b"[1]", "3")


def test_a_line_break_in_a_header_is_refused_and_not_sent() -> None:
    with pytest.raises(EncodeError, match="control character"):
        sent("lambda.Invoke", {"FunctionName": "f", "InvocationType": "a\r\nX-Evil: 1"})


def test_an_unknown_operation_is_a_usage_error() -> None:
    operation = operation_from_model("connect", "CreateContact")
    wrong = Operation(
        service="connect",
        client="Connect",
        method="x",
        name="CreateContct",
        input=operation.input,
        output=operation.output,
        errors=(),
        wire=operation.wire,
        rules=(),
    )
    with pytest.raises(UsageError, match="CreateContact"):
        encode(wrong, case(wrong, {}), endpoint=ENDPOINT)


# ---------------------------------------------------------------- host, clock, signature


def test_a_host_prefix_goes_before_names_and_not_before_addresses() -> None:
    named = sent("iottwinmaker.ListWorkspaces", {}, "https://twin.us-east-1.amazonaws.com")
    local = sent("iottwinmaker.ListWorkspaces", {}, "http://127.0.0.1:5000/base/")
    assert headers(named)["host"] == "api.twin.us-east-1.amazonaws.com"
    assert (headers(local)["host"], local.path) == (
        "127.0.0.1:5000",
        "/base/workspaces-list",
    )


def test_the_clock_is_the_callers() -> None:
    assert headers(sent("sns.Publish", {}))["x-amz-date"] == "20240102T030405Z"


def test_operations_without_authentication_are_not_signed() -> None:
    request = sent("cognito-identity.GetId", {"IdentityPoolId": "x"})
    assert "authorization" not in headers(request)
    assert "authorization" in headers(sent("cognito-identity.ListIdentityPools", {"MaxResults": 1}))


def test_no_secret_key_is_ever_shown_by_credentials() -> None:
    from aws_conformance.wire import DUMMY

    assert DUMMY.secret_key not in f"{DUMMY!r} {DUMMY}"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=8,
    ),
    st.sampled_from(["Channel", "References", "InitiateAs", "UserInfo"]),
)
def test_whatever_stands_in_a_member_is_what_the_body_says(value: Json, member: str) -> None:
    body = json.loads(sent("connect.CreateContact", {member: value}).body)
    assert body == {member: value}

"""The exception that a report says a boto3 user catches is what botocore raises for the same bytes."""

from __future__ import annotations

import io
import json
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.config import Config
from botocore.exceptions import ClientError

from aws_conformance.exchange import Response
from aws_conformance.reading import read
from aws_reports.matrix import exception
from aws_specs import catalog

REST_JSON = {"Content-Type": "application/json"}
X11 = {"Content-Type": "application/x-amz-json-1.1"}
X10 = {"Content-Type": "application/x-amz-json-1.0"}
XML = {"Content-Type": "text/xml"}
CBOR = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}


def enveloped(code: str) -> bytes:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>m</Message></Error>"
    return f"<ErrorResponse>{error}<RequestId>r</RequestId></ErrorResponse>".encode()


def bare(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>m</Message></Error>".encode()


def ec2(code: str) -> bytes:
    error = f"<Errors><Error><Code>{code}</Code><Message>m</Message></Error></Errors>"
    return f"<Response>{error}<RequestID>r</RequestID></Response>".encode()


def typed(code: str) -> bytes:
    return json.dumps({"__type": code, "message": "m"}).encode()


def cbored(code: str) -> bytes:
    """Return {"__type": code} as CBOR; codes of up to 255 bytes."""
    text = code.encode()
    return b"\xa1\x66__type\x78" + bytes([len(text)]) + text


RAISED = [
    ("lambda.GetFunction", 404, {**REST_JSON, "X-Amzn-Errortype": "ResourceNotFoundException"}, b"{}"),
    ("lambda.GetFunction", 400, {**REST_JSON, "X-Amzn-Errortype": "a.b#UnheardOf:http://x"}, b"{}"),
    ("lambda.GetFunction", 502, {"Content-Type": "text/html"}, b"<html>bad gateway</html>"),
    ("dynamodb.GetItem", 400, X10, typed("com.amazonaws.dynamodb.v20120810#ResourceNotFoundException")),
    ("dynamodb.GetItem", 400, X10, typed("com.amazon.coral.validate#ValidationException")),
    ("kms.DescribeKey", 400, X11, typed("NotFoundException")),
    (
        "sqs.DeleteQueue", 400,
        {**X10, "x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"},
        typed("com.amazonaws.sqs#QueueDoesNotExist"),
    ),
    ("sqs.DeleteQueue", 400, X10, typed("com.amazonaws.sqs#QueueDoesNotExist")),
    ("iam.GetUser", 404, XML, enveloped("NoSuchEntity")),
    ("sns.DeleteTopic", 404, XML, enveloped("NotFound")),
    ("ec2.DescribeVpcs", 400, XML, ec2("InvalidVpcID.NotFound")),
    ("s3.GetObject", 404, XML, bare("NoSuchKey")),
    ("s3.HeadObject", 404, XML, b""),
    ("route53.GetHostedZone", 404, XML, enveloped("NoSuchHostedZone")),
    ("eventbridgev2.PutEvents", 400, CBOR, cbored("aws.x#ValidationException")),
]  # fmt: skip


PARAMS: dict[str, dict[str, Any]] = {
    "lambda.GetFunction": {"FunctionName": "f"},
    "dynamodb.GetItem": {"TableName": "ttt", "Key": {"k": {"S": "v"}}},
    "kms.DescribeKey": {"KeyId": "k"},
    "sqs.DeleteQueue": {"QueueUrl": "http://h/q"},
    "iam.GetUser": {"UserName": "u"},
    "sns.DeleteTopic": {"TopicArn": "t"},
    "ec2.DescribeVpcs": {},
    "s3.GetObject": {"Bucket": "bbb", "Key": "k"},
    "s3.HeadObject": {"Bucket": "bbb", "Key": "k"},
    "route53.GetHostedZone": {"Id": "Z"},
    "eventbridgev2.PutEvents": {"EventBusArn": "a", "Entries": []},
}


@pytest.mark.parametrize(
    ("name", "status", "headers", "body"), RAISED, ids=[f"{r[0]}-{n}" for n, r in enumerate(RAISED)]
)
def test_the_class_is_the_one_that_botocore_raises_for_the_same_bytes(
    name: str, status: int, headers: dict[str, str], body: bytes
) -> None:
    service, _, method = name.partition(".")
    client = boto3.client(
        service, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b",
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
    )  # fmt: skip

    class Raw(io.BytesIO):
        def stream(self, **_: object) -> Any:
            yield self.read()

    def answered(**_: object) -> AWSResponse:
        return AWSResponse("http://h/", status, HeadersDict(headers), Raw(body))

    client.meta.events.register("before-send", answered)
    with pytest.raises(ClientError) as raised:
        getattr(client, xform_name(method))(**PARAMS[name])
    reading = read(catalog.load(name), Response(status, tuple(headers.items()), body), {})
    assert exception(service, reading.code).rpartition(".")[2] == type(raised.value).__name__

"""The benchmark of encoding: what is equal to a client's request, and what is explained away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import botocore.auth
import pytest
from msgspec.structs import replace

from aws_conformance.exchange import Request
from aws_conformance.wire import encode
from aws_specs import catalog
from aws_specs.spec import Json
from aws_strategies.case import Case
from tests_support.clients import NOW
from tests_support.compared import EXPLAINED, compared, endpoint_for

Change = Callable[[Request], Request]


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: NOW.replace(tzinfo=None))


def _class_of(name: str, params: Json, change: Change = lambda request: request) -> str:
    operation = catalog.load(name)
    case = Case(id=f"{name}~x", operation=name, kind="valid", params=params)
    at = endpoint_for(operation)
    request = encode(operation, case, endpoint=at, clock=lambda: NOW)
    return compared(operation, case, change(request))[0]


def _with(name: str, value: str) -> Change:
    def change(request: Request) -> Request:
        pairs = tuple((n, value if n.lower() == name else v) for n, v in request.headers)
        return replace(request, headers=pairs)

    return change


BATCH: dict[str, Any] = {"SourceRegion": "us-east-1", "SourceSnapshotId": "snap-1"}
JOB = {"AccountId": "123456789012", "JobId": "12345"}


@pytest.mark.parametrize(
    ("name", "params", "found"),
    [
        ("sns.Publish", {"Message": "m"}, "equal"),
        ("codecatalyst.ListSpaces", {}, "equal"),
        ("ec2.DescribeVpcs", {"Filters": [{"Name": "n", "Values": ["v"]}]}, "equal"),
        ("sdb.ListDomains", {}, "equal but for the signature, of version 2"),
        ("s3control.DescribeJob", JOB,
         "equal but for the host, which endpoint rules choose, and the signature"),
        ("s3.ListDirectoryBuckets", {},
         "equal but for the name signed for, which endpoint rules choose"),
        ("ec2.CopySnapshot", BATCH, "equal, but for what the client's handlers fill in"),
        ("s3.GetObject", {"Bucket": "bucket", "Key": "k"},
         "equal, but for what the client's handlers fill in"),
        ("sns.Publish", {"Message": 7}, "no client says it (invalid type)"),
        ("kms.Encrypt", {"KeyId": "k", "Plaintext": "?"},
         "no client says it (no value of the type)"),
        ("lambda.GetFunction", {}, "client sends nothing (KeyError)"),
    ],
)  # fmt: skip
def test_what_is_equal_or_explained_has_its_class(name: str, params: Json, found: str) -> None:
    assert _class_of(name, params) == found
    assert found.startswith(EXPLAINED)


@pytest.mark.parametrize(
    ("name", "params", "change"),
    [
        ("sns.Publish", {"Message": "m"}, lambda r: replace(r, body=r.body + b"&A=1")),
        ("sns.Publish", {"Message": "m"}, lambda r: replace(r, path="/x")),
        ("sns.Publish", {"Message": "m"}, _with("authorization", "AWS4-HMAC-SHA256 wrong")),
        ("sns.Publish", {"Message": "m"}, _with("content-type", "text/plain")),
        ("sdb.ListDomains", {}, lambda r: replace(r, body=r.body + b"&A=1")),
        ("s3control.DescribeJob", JOB, lambda r: replace(r, path=r.path + "?a=1")),
        ("ec2.CopySnapshot", BATCH, lambda r: replace(r, body=r.body + b"&A=1")),
        ("s3.ListDirectoryBuckets", {}, _with("x-amz-date", "20200101T000000Z")),
    ],
)
def test_one_wrong_byte_is_a_difference_whatever_else_is_explained(
    name: str, params: Json, change: Change
) -> None:
    assert _class_of(name, params, change) == "differs"

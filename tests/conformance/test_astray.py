"""A broken request may be another operation's: then nothing is said of it, and no harm is done."""

# botocore is untyped here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from aws_conformance.astray import astray, harmless, routes
from aws_conformance.events import Judged
from aws_conformance.exchange import Answer, Request, Response
from aws_conformance.runner import Settings, run
from aws_conformance.wire import encode
from aws_reports.results import Verdict
from aws_specs import catalog, sdk
from aws_specs.spec import Operation
from aws_strategies.case import Case
from aws_strategies.cover import Cover
from aws_strategies.plan import Plan
from tests_support import miniatures as m

ENDPOINT = "http://127.0.0.1:4566"


@cache
def cover(name: str) -> Cover:
    return Cover(Plan(catalog.load(name)), nonce="1")


def request_of(operation: Operation, case: Case, base: str = "") -> Request:
    return encode(operation, case, endpoint=ENDPOINT + base)


def names_of(service: str) -> list[str]:
    names: Any = sdk.service_model(service).operation_names
    return sorted(map(str, names))


def without(name: str, member: str, base: str = "") -> Request:
    case = cover(name).case(f"{name}/input/{member}/required~absent")
    assert case is not None
    return request_of(catalog.load(name), case, base)


ASTRAY = [
    ("s3.PutObject", "Bucket", "CreateBucket"),
    ("s3.PutObject", "Key", "CreateBucket"),
    ("s3.PutObjectAcl", "Key", "PutBucketAcl"),
    ("s3.DeleteObject", "Key", "DeleteBucket"),
    ("s3.GetObject", "Key", "ListObjects"),
    ("s3.CopyObject", "CopySource", "PutObject"),
    ("s3.UploadPart", "UploadId", "PutObject"),
    ("s3.UploadPartCopy", "CopySource", "UploadPart"),
    ("s3.AbortMultipartUpload", "UploadId", "DeleteObject"),
    ("s3.ListParts", "UploadId", "GetObject"),
    ("lambda.GetAlias", "Name", "ListAliases"),
    ("lambda.DeleteFunction", "FunctionName", ""),
    ("lambda.DeleteAlias", "Name", ""),
    ("s3.PutObjectTagging", "Tagging", ""),
    ("connect.DeleteUser", "UserId", ""),
    ("kms.DescribeKey", "KeyId", ""),
]


@pytest.mark.parametrize(("name", "member", "other"), ASTRAY)
def test_knows_whose_request_one_without_a_member_is(name: str, member: str, other: str) -> None:
    assert astray(catalog.load(name), without(name, member)) == other


def test_the_path_of_the_endpoint_is_no_part_of_the_route() -> None:
    operation = catalog.load("s3.PutObject")
    found = without("s3.PutObject", "Bucket", "/gateway/s3")
    assert astray(operation, found, "/gateway/s3") == "CreateBucket"
    assert not astray(operation, request_of(operation, cover("s3.PutObject").control), "")


def test_no_valid_request_is_another_operations() -> None:
    names = [f"s3.{name}" for name in names_of("s3")]
    names += [f"lambda.{name}" for name in names_of("lambda")[::4]]
    found: dict[str, str] = {}
    for name in names:
        operation = catalog.load(name)
        control = Cover(Plan(operation), nonce="1").control
        found[name] = astray(operation, request_of(operation, control))
    assert len(found) > 130
    assert {name: other for name, other in found.items() if other} == {}


def test_every_route_of_a_service_is_known() -> None:
    assert sorted(route.name for route in routes("s3")) == names_of("s3")


def test_what_only_looks_is_harmless() -> None:
    assert harmless("ListObjects")
    assert not harmless("CreateBucket")
    assert not harmless("DeleteBucket")


def refused(name: str, target: m.Miniature, settings: Settings) -> list[Verdict]:
    """Return what is said of invalid requests."""
    events = run([name], target, settings)
    verdicts = [verdict for e in events if isinstance(e, Judged) for verdict in e.verdicts]
    return [verdict for verdict in verdicts if verdict.case_kind == "invalid"]


def accepting(sent: list[Request]) -> m.Miniature:
    """Return a target that takes every request for what it is on S3."""

    def answer(request: Request) -> Answer:
        sent.append(request)
        return Response(200, (("Content-Type", "application/xml"), ("ETag", '"x"')), b"")

    return m.Miniature(answer)


def is_of_a_bucket(request: Request) -> bool:
    path = request.path.partition("?")[0].strip("/")
    return request.method in ("PUT", "DELETE") and "/" not in path


@pytest.mark.parametrize("control", [True, False])
def test_no_bucket_is_made_or_removed_by_a_request_without_a_label(control: bool) -> None:
    sent: list[Request] = []
    only = ("valid", "invalid", "malformed") if control else ("invalid",)
    settings = Settings(examples=5, seed=1, only=only, control=control)
    for name in ("s3.PutObject", "s3.DeleteObject"):
        verdicts = refused(name, accepting(sent), settings)
        without_key = {v.reason for v in verdicts if v.rule == f"{name}/input/Key/required"}
        assert without_key == ({"another-operation"} if control else set())
    assert len(sent) > 20
    assert [request.path for request in sent if is_of_a_bucket(request)] == []


def test_a_copy_without_its_source_is_no_finding_where_it_is_taken_for_an_object() -> None:
    sent: list[Request] = []
    settings = Settings(examples=0, seed=1)
    verdicts = refused("s3.UploadPart", accepting(sent), settings)
    about = {v.reason for v in verdicts if v.rule == "s3.UploadPart/input/UploadId/required"}
    assert about == {"another-operation"}
    assert all("uploadId=" in request.path for request in sent)


def test_a_target_that_breaks_on_another_operations_request_is_a_finding() -> None:
    """`GET /bucket/` lists objects: it only looks, is sent, and no request may be answered 500."""

    def answer(request: Request) -> Answer:
        broken = request.path.partition("?")[0].strip("/").count("/") == 0
        xml = (("Content-Type", "application/xml"), ("ETag", '"x"'))
        return Response(500, xml, b"") if broken else Response(200, xml, b"x")

    verdicts = refused("s3.GetObject", m.Miniature(answer), Settings(examples=0, seed=1))
    found = [v.reason for v in verdicts if v.rule == "s3.GetObject/input/Key/required"]
    assert found == ["server-error"]


@pytest.mark.parametrize(
    ("member", "said"), [("FileSystemId", "inconclusive"), ("MaxItems", "fail")]
)
def test_a_redirect_is_no_finding_where_a_part_of_the_path_is_empty(member: str, said: str) -> None:
    """As werkzeug answers `GET /file-systems//policy`: no rule says what such a path gets."""

    def answer(request: Request) -> Answer:
        path, _, query = request.path.partition("?")
        if "//" in path or "MaxItems=a" in query:
            return Response(308, (("Location", "http://127.0.0.1:4599/x"),), b"")
        return Response(200, (("Content-Type", "application/json"),), b"{}")

    name = "efs.DescribeMountTargets" if member == "MaxItems" else "efs.DescribeFileSystemPolicy"
    verdicts = refused(name, m.Miniature(answer), Settings(examples=0, seed=1))
    found = [v for v in verdicts if v.member == member and v.observed.startswith("308")]
    assert {v.verdict for v in found} == {said}

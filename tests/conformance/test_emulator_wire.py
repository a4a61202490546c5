"""Routing, reading and writing of any rest-json operation, with botocore as the other side."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.session import Session

from aws_conformance.emulator import Emulator
from aws_conformance.emulator.protocols import decode, success_response
from aws_conformance.emulator.refusals import Refusal
from aws_conformance.emulator.routing import Match, Routes
from aws_conformance.emulator.synthesis import minimal_output
from aws_conformance.emulator.validation import Checker
from aws_conformance.exchange import Answer, Request, Response
from aws_specs.from_model import operation_from_model
from aws_specs.schema import response_schema
from aws_specs.spec import Member, Operation, Scalar, Structure, Wire
from conformance.emulator_kit import SIGNATURE, operations


class _Raw(io.BytesIO):
    """A body as botocore's HTTP session reads it."""

    def stream(self, *_: Any, **__: Any) -> Any:
        while block := self.read(4096):
            yield block


Handle = Callable[[Request], Answer]


def through_botocore(handle: Handle, service: str, method: str, params: dict[str, Any]) -> Any:
    """Call an operation with botocore, answered by a function instead of the network."""
    session = Session()
    session.set_credentials("AKIDEXAMPLE", "secret")
    client = session.create_client(
        service,
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:1",
        config=Config(retries={"max_attempts": 0}),
    )

    def answer(request: Any, **_: Any) -> AWSResponse:
        headers = tuple(
            (k, v if isinstance(v, str) else v.decode()) for k, v in request.headers.items()
        )
        path = "/" + request.url.split("/", 3)[3]
        content = request.body
        content = content if isinstance(content, bytes) else content.read() if content else b""
        sent = Request(method=request.method, path=path, headers=headers, body=content)
        given = handle(sent)
        assert isinstance(given, Response)
        return AWSResponse(request.url, given.status, dict(given.headers), _Raw(given.body))

    client.meta.events.register("before-send", answer)
    try:
        return getattr(client, method)(**params)
    finally:
        client.close()


GENERIC = [
    ("lambda", "Invoke", "invoke", {"FunctionName": "f", "Payload": b'{"a": 1}'}),
    ("lambda", "ListFunctions", "list_functions", {"MaxItems": 5}),
    ("lambda", "CreateAlias", "create_alias", {"FunctionName": "f", "Name": "n", "FunctionVersion": "1"}),
    ("apigateway", "GetRestApis", "get_rest_apis", {"limit": 3}),
    ("batch", "DescribeJobQueues", "describe_job_queues", {"jobQueues": ["a"]}),
    ("eks", "DescribeCluster", "describe_cluster", {"name": "c"}),
    ("glacier", "ListVaults", "list_vaults", {"accountId": "-"}),
    ("iot", "DescribeThing", "describe_thing", {"thingName": "t"}),
    ("chime-sdk-identity", "ListTagsForResource", "list_tags_for_resource",
     {"ResourceARN": "arn:aws:chime:us-east-1:111122223333:app-instance/a"}),
    ("backup", "CreateBackupVault", "create_backup_vault",
     {"BackupVaultName": "vault", "CreatorRequestId": "r"}),
]  # fmt: skip


@pytest.mark.parametrize(("service", "name", "method", "params"), GENERIC)
def test_serves_an_operation_it_has_no_handler_for(
    service: str, name: str, method: str, params: dict[str, Any]
) -> None:
    operation = operation_from_model(service, name)
    answer = through_botocore(Emulator([operation]).handle, service, method, params)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == operation.wire.status


@pytest.mark.parametrize(("service", "name", "method", "params"), GENERIC)
def test_a_made_up_output_satisfies_the_response_schema(
    service: str, name: str, method: str, params: dict[str, Any]
) -> None:
    operation = operation_from_model(service, name)
    check = Checker(response_schema(operation, confidence=0.4), operation.output)
    assert check.problems(minimal_output(operation)) == ()


def read_back(operation: Operation, method: str, params: dict[str, Any]) -> dict[str, Any]:
    """Return what the emulator reads in the request that botocore writes."""
    seen: list[Request] = []

    def keep(request: Request) -> Response:
        seen.append(request)
        return Response(status=200, body=b"{}")

    through_botocore(keep, operation.service, method, params)
    found = Routes([operation]).find(seen[-1])
    assert isinstance(found, Match)
    read = decode(operation, found, seen[-1])
    assert isinstance(read, dict)
    return read


def test_reads_back_what_botocore_wrote_into_path_query_and_headers() -> None:
    operation = operation_from_model("lambda", "Invoke")
    params = {
        "FunctionName": "my/function ü",
        "Qualifier": "a&b=c",
        "InvocationType": "Event",
        "ClientContext": "context",
        "Payload": b"\x00\xff",
    }
    read = read_back(operation, "invoke", params)
    assert read == {**params, "Payload": base64.b64encode(b"\x00\xff").decode()}


def test_reads_numbers_lists_and_timestamps_of_a_query() -> None:
    operation = operation_from_model("iot", "ListAuditTasks")
    params = {"startTime": 0, "endTime": 86400, "maxResults": 5}
    read = read_back(operation, "list_audit_tasks", params)
    assert read["maxResults"] == 5
    assert str(read["endTime"]).startswith("1970-01-02T00:00:00")


def query(operation: Operation, text: str) -> Any:
    request = Request(method=operation.wire.method, path=operation.wire.uri + text)
    found = Routes([operation]).find(request)
    assert isinstance(found, Match)
    return decode(operation, found, request)


@pytest.mark.parametrize("text", ["five", "1.001", "0x42", "true", "1e3", "NaN", "5abc", "", "５"])
def test_a_query_that_is_no_number_cannot_be_read(text: str) -> None:
    read = query(operation_from_model("iot", "ListAuditTasks"), f"?maxResults={text}")
    assert isinstance(read, Refusal)
    assert read.cause == "serialization"


def of_member(member: Member, path: str = "/x") -> Operation:
    """Return a bare operation with one input member, which is its output too."""
    return Operation(
        service="s", client="S", method="x", name="X",
        input=Structure(members=(member,)), output=Structure(members=(member,)),
        errors=(), rules=(),
        wire=Wire(protocol="rest-json", method="POST", uri=path, status=200, api_version="1",
                  endpoint_prefix="s", signing_name="s"),
    )  # fmt: skip


def read_body(operation: Operation, text: bytes) -> Any:
    request = Request(method="POST", path=operation.wire.uri, body=text)
    found = Routes([operation]).find(request)
    assert isinstance(found, Match)
    return decode(operation, found, request)


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("", b"1515531081", "2018-01-09T20:51:21Z"),
        ("", b"1515531081.5", "2018-01-09T20:51:21.500000Z"),
        ("", b"-1", "1969-12-31T23:59:59Z"),
        ("iso8601", b'"2018-01-09T20:51:21Z"', "2018-01-09T20:51:21Z"),
        ("rfc822", b'"Tue, 29 Apr 2014 18:30:38 GMT"', "2014-04-29T18:30:38Z"),
    ],
)
def test_reads_timestamps_in_the_formats_of_the_model(
    form: str, text: bytes, expected: str
) -> None:
    shape = Scalar(type="timestamp", timestamp_format=form)
    operation = of_member(Member(name="At", shape=shape, wire_name="at"))
    assert read_body(operation, b'{"at": %b}' % text) == {"At": expected}


@pytest.mark.parametrize(
    ("form", "text"),
    [("", b'"1515531081"'), ("", b'"2018-01-09T20:51:21Z"'), ("", b"1e300"), ("rfc822", b'"soon"')],
)
def test_a_timestamp_in_another_format_cannot_be_read(form: str, text: bytes) -> None:
    shape = Scalar(type="timestamp", timestamp_format=form)
    operation = of_member(Member(name="At", shape=shape, wire_name="at"))
    read = read_body(operation, b'{"at": %b}' % text)
    assert isinstance(read, Refusal)
    assert read.cause == "serialization"


def test_unions_know_their_members() -> None:
    union = Structure(members=(Member(name="A", shape=Scalar(type="string")),), union=True)
    operation = of_member(Member(name="U", shape=union))
    assert read_body(operation, b'{"U": {"A": "x", "__type": "y"}}') == {"U": {"A": "x"}}
    assert isinstance(read_body(operation, b'{"U": {"B": "x"}}'), Refusal)


def test_writes_headers_status_and_names_of_the_wire() -> None:
    text = Scalar(type="string")
    output = Structure(
        members=(
            Member(name="Code", shape=Scalar(type="integer"), location="statusCode"),
            Member(name="Tag", shape=text, location="header", wire_name="X-Tag"),
            Member(name="Meta", shape=Structure(members=()), location="headers", wire_name="X-M-"),
            Member(name="At", shape=Scalar(type="timestamp"), wire_name="at"),
            Member(name="When", shape=Scalar(type="timestamp"), location="header", wire_name="X-W"),
        )
    )
    base = of_member(Member(name="A", shape=text))
    operation = Operation(
        service="s", client="S", method="x", name="X", input=base.input, output=output,
        errors=(), rules=(), wire=base.wire,
    )  # fmt: skip
    moment = "2014-04-29T18:30:38Z"
    given = {"Code": 207, "Tag": "a\r\nb", "Meta": {"k": "v"}, "At": moment, "When": moment}
    response = success_response(operation, given, "id")
    assert response.status == 207
    assert response.header("x-tag") == "a  b"
    assert response.header("x-m-k") == "v"
    assert response.header("x-w") == "Tue, 29 Apr 2014 18:30:38 GMT"
    assert response.body == b'{"at":1398796238}'


# ---------------------------------------------------------------- routes


def at(method: str, path: str, service: str = "s") -> Request:
    signature = SIGNATURE.format(service=service)
    return Request(method=method, path=path, headers=(("Authorization", signature),))


def named(name: str, method: str, uri: str, service: str = "s") -> Operation:
    base = of_member(Member(name="A", shape=Scalar(type="string")))
    wire = Wire(protocol="rest-json", method=method, uri=uri, status=200, api_version="1",
                endpoint_prefix=service, signing_name=service)  # fmt: skip
    return Operation(service=service, client="S", method="x", name=name, input=base.input,
                     output=base.output, errors=(), rules=(), wire=wire)  # fmt: skip


ROUTES = Routes(
    [
        named("Get", "GET", "/things/{id}"),
        named("List", "GET", "/things"),
        named("Special", "GET", "/things/special"),
        named("Tag", "GET", "/things/{id}?tag"),
        named("Deep", "GET", "/deep/{path+}/end"),
        named("Root", "GET", "/{any}"),
        named("TagsA", "POST", "/tags/{arn}", "a"),
        named("TagsB", "POST", "/tags/{arn}", "b"),
    ]
)


@pytest.mark.parametrize(
    ("request_", "name", "labels"),
    [
        (at("GET", "/things/1"), "Get", {"id": "1"}),
        (at("GET", "/things/a%2Fb%20c?x=1"), "Get", {"id": "a/b c"}),
        (at("GET", "/things"), "List", {}),
        (at("GET", "/things/"), "List", {}),
        (at("GET", "/things/special"), "Special", {}),
        (at("GET", "/things/1?tag"), "Tag", {"id": "1"}),
        (at("GET", "/deep/a/b/c/end"), "Deep", {"path": "a/b/c"}),
        (at("GET", "/deep//end"), "Deep", {}),
        (at("GET", "/else"), "Root", {"any": "else"}),
        (at("POST", "/tags/x", "a"), "TagsA", {"arn": "x"}),
        (at("POST", "/tags/x", "b"), "TagsB", {"arn": "x"}),
    ],
)
def test_finds_the_operation_and_its_labels(
    request_: Request, name: str, labels: dict[str, str]
) -> None:
    found = ROUTES.find(request_)
    assert isinstance(found, Match)
    assert (found.operation.name, found.labels) == (name, labels)


@pytest.mark.parametrize(
    ("request_", "cause"),
    [
        (at("GET", "/things/1/2"), "no-route"),
        (at("GET", "/"), "no-route"),
        (at("DELETE", "/things/1"), "method"),
        (at("GET", "/tags/x"), "method"),
    ],
)
def test_says_why_no_operation_is_found(request_: Request, cause: str) -> None:
    found = ROUTES.find(request_)
    assert isinstance(found, Refusal)
    assert found.cause == cause


def test_serves_the_whole_catalogue_when_nothing_is_named() -> None:
    assert set(Emulator().operations) >= {operation.id for operation in operations()}

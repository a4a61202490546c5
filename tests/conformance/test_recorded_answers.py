"""What AWS itself was seen to answer is no finding; what nobody was seen to answer still is one.

The bodies are written here after the form of recorded answers (`docs/recorded-answers.md`).
"""

from __future__ import annotations

import json

import pytest

from aws_conformance.clerk import Clerk
from aws_conformance.exchange import Request, Response
from aws_conformance.judge import judge
from aws_conformance.leniency import other_successes
from aws_conformance.matter import Matter
from aws_conformance.reading import Reading, read, service_errors
from aws_conformance.sender import Exchange
from aws_specs import catalog
from aws_specs.spec import Json, Operation, Rule
from aws_strategies.case import Case, Fault
from aws_strategies.plan import Plan

REQUEST = Request("POST", "/", (("Host", "h"),))
XML = (("Content-Type", "text/xml"),)
JSON = (("Content-Type", "application/x-amz-json-1.1"),)


def of(name: str, answer: Response) -> Reading:
    operation = catalog.load(name)
    return read(operation, answer, service_errors(operation))


def said(name: str, answer: Response) -> dict[str, tuple[str, str]]:
    """Return (verdict, reason) by the rule's place, of what a success says."""
    case = Case(id="x", operation=name, kind="valid", params={})
    operation = catalog.load(name)
    verdicts = Clerk(Plan(operation)).answered(Exchange(case, REQUEST, answer, of(name, answer)))
    return {v.rule.removeprefix(f"{name}/output/"): (v.verdict, v.reason) for v in verdicts}


def jsoned(value: Json, status: int = 200) -> Response:
    return Response(status, JSON, json.dumps(value).encode())


# ---------------------------------------------------------------- successes


def test_a_list_without_entries_is_left_out() -> None:
    entry = {"Id": "1", "MessageId": "m", "MD5OfMessageBody": "d"}
    found = said("sqs.SendMessageBatch", jsoned({"Successful": [entry]}))
    assert found["Failed/required"] == ("inconclusive", "may-be-absent")
    assert found["Successful/required"][0] == "pass"


def test_documentation_may_say_when_a_member_is_null() -> None:
    body = (
        b"<R><GetServiceLastAccessedDetailsResult><JobStatus>IN_PROGRESS</JobStatus>"
        b"<JobCreationDate>2020-01-01T00:00:00Z</JobCreationDate>"
        b"</GetServiceLastAccessedDetailsResult></R>"
    ).replace(b"R>", b"GetServiceLastAccessedDetailsResponse>")
    found = said("iam.GetServiceLastAccessedDetails", Response(200, XML, body))
    assert found["JobCompletionDate/required"] == ("inconclusive", "may-be-absent")


def test_a_member_of_its_own_that_the_model_requires_is_there() -> None:
    found = said("stepfunctions.StartExecution", jsoned({"startDate": 1.0}))
    assert found["executionArn/required"] == ("fail", "response-shape")


def test_what_describes_things_of_several_kinds_lacks_members() -> None:
    body = (
        b"<ListVirtualMFADevicesResponse><ListVirtualMFADevicesResult><VirtualMFADevices><member>"
        b"<SerialNumber>arn:aws:iam::1:mfa/x</SerialNumber><User><UserId>1</UserId><Arn>a</Arn>"
        b"<CreateDate>2020-01-01T00:00:00Z</CreateDate></User></member></VirtualMFADevices>"
        b"</ListVirtualMFADevicesResult></ListVirtualMFADevicesResponse>"
    )
    found = said("iam.ListVirtualMFADevices", Response(200, XML, body))
    assert found["VirtualMFADevices[].User.UserName/required"] == ("inconclusive", "may-be-absent")
    assert found["VirtualMFADevices[].User.UserId/required"][0] == "pass"


def test_null_stands_in_some_lists_and_another_type_in_none() -> None:
    place = "ReplicationInstances[].ReplicationInstancePublicIpAddresses[]/type"
    name = "dms.DescribeReplicationInstances"
    items: list[Json] = [None, {"no": "text"}]
    found = [
        said(
            name, jsoned({"ReplicationInstances": [{"ReplicationInstancePublicIpAddresses": [i]}]})
        )
        for i in items
    ]
    assert [one[place] for one in found] == [
        ("inconclusive", "null-item"),
        ("fail", "response-shape"),
    ]


@pytest.mark.parametrize(
    ("name", "status", "body", "verdict"),
    [
        ("eks.TagResource", 204, b"", ("inconclusive", "no-content")),
        ("s3.PutBucketPolicy", 204, b"", ("inconclusive", "no-content")),
        ("eks.TagResource", 202, b"{}", ("fail", "wrong-status")),
        ("s3.RestoreObject", 202, b"", ("pass", "as-documented")),
        ("s3.PutBucketPolicy", 202, b"", ("fail", "wrong-status")),
    ],
)
def test_a_success_has_the_status_that_model_or_documentation_gives_it(
    name: str, status: int, body: bytes, verdict: tuple[str, str]
) -> None:
    assert said(name, Response(status, (), body))["status"] == verdict


def test_documentation_names_other_statuses_in_words() -> None:
    assert 202 in other_successes(catalog.load("s3.RestoreObject"), None)
    assert not other_successes(catalog.load("s3.PutBucketPolicy"), None)


@pytest.mark.parametrize(
    ("name", "member", "reason"),
    [
        ("connect.CreateContact", "ContactId", "response-shape"),
        ("connect.CreateContact", "ContactArn", "response-shape"),
        ("chime-sdk-identity.RegisterAppInstanceUserEndpoint", "EndpointId", "response-shape"),
    ],
)
def test_what_a_page_shows_as_made_is_demanded(name: str, member: str, reason: str) -> None:
    answer = Response(200, (("Content-Type", "application/json"),), b"{}")
    assert said(name, answer)[f"{member}/present"] == ("fail", reason)


# ---------------------------------------------------------------- errors


def test_an_error_that_answers_head_is_named_by_its_status() -> None:
    found = of("s3.HeadObject", Response(404, (("Content-Type", "application/xml"),)))
    assert (found.code, found.error_class, found.declared) == ("404", "not-found", "common")
    assert found.typed
    assert of("s3.GetObject", Response(404)).code == ""


def test_an_error_may_stand_in_a_200() -> None:
    body = b'<?xml version="1.0"?>\n<Error><Code>InternalError</Code><Message>m</Message></Error>'
    found = of("s3.CopyObject", Response(200, XML, body))
    assert (found.kind, found.code, found.error_class) == ("error", "InternalError", "server")
    body = b"<CopyObjectResult><ETag>e</ETag></CopyObjectResult>"
    assert of("s3.CopyObject", Response(200, XML, body)).kind == "success"


MOVED = Response(
    301, XML, b"<Error><Code>PermanentRedirect</Code><Message>m</Message></Error>"
)  # fmt: skip


def ruling(
    name: str, answer: Reading, rule: str, *, params: Json = None, kind: str = "invalid"
) -> tuple[str, str]:
    """Return (verdict, reason) on a case whose twin succeeded."""
    operation: Operation = catalog.load(name)
    found: Rule = next(r for r in operation.rules if r.id.endswith(rule))
    fault = Fault(
        op="replace", at=f"/{found.member}", member=found.member, what="x", old="a", new="b"
    )
    case = Case(
        id="x", operation=name, kind=kind, params=params or {}, rule=found.id,  # type: ignore[arg-type]
        fault=fault if kind == "invalid" else None,
    )  # fmt: skip
    twin = Reading(kind="success", status=200, value={})
    verdict = judge(Matter(operation=operation, case=case, rule=found, answer=answer, twin=twin))
    return verdict.verdict, verdict.reason


@pytest.mark.parametrize("kind", ["invalid", "valid"])
@pytest.mark.parametrize(
    ("answer", "params", "reason"),
    [
        (MOVED, {}, "elsewhere"),
        (Response(301, (("X-Amz-Bucket-Region", "eu-west-1"),)), {}, "elsewhere"),
        (Response(304), {"IfNoneMatch": "e"}, "not-modified"),
        (Response(304), {}, "protocol"),
        (Response(302, (("Location", "http://h/"),), b"<html></html>"), {}, "protocol"),
    ],
)
def test_a_bucket_elsewhere_is_no_deviation_and_another_redirect_is(
    answer: Response, params: dict[str, Json], reason: str, kind: str
) -> None:
    name = "s3.GetObject"
    found = ruling(name, of(name, answer), "input/Key/length", params=params, kind=kind)
    assert found == ("fail" if reason == "protocol" else "inconclusive", reason)


def json_error(name: str, code: str, status: int) -> Reading:
    body = json.dumps({"__type": code, "message": "m"}).encode()
    return of(name, Response(status, JSON, body))


@pytest.mark.parametrize(
    ("code", "status", "found"),
    [
        ("ValidationException", 400, ("pass", "refused")),
        ("ValidationException", 418, ("fail", "wrong-status")),
        ("ValidationException", 403, ("fail", "wrong-status")),
        ("RequestEntityTooLargeException", 413, ("pass", "refused")),
        ("ResourceNotFoundException", 400, ("fail", "wrong-error")),
        ("AccessDeniedException", 400, ("fail", "wrong-error")),
    ],
)
def test_a_text_that_is_too_long_may_be_said_to_be_too_large(
    code: str, status: int, found: tuple[str, str]
) -> None:
    name = "keyspaces.CreateKeyspace"
    assert ruling(name, json_error(name, code, status), "input/keyspaceName/length") == found


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(404, "pass"), (400, "pass"), (418, "fail")],
)
def test_older_json_services_answer_what_is_not_there_with_400(status: int, verdict: str) -> None:
    """Keyspaces answers 400 where its model has 404."""
    name = "keyspaces.GetTable"
    operation = catalog.load(name)
    rule = next(r for r in operation.rules if r.id.endswith("input/keyspaceName/length"))
    fault = Fault(
        op="replace", at="/keyspaceName", member="keyspaceName", what="x", old="a", new="b"
    )
    case = Case(id="x", operation=name, kind="invalid", params={}, rule=rule.id, fault=fault)
    matter = Matter(
        operation=operation, case=case, rule=rule, about_identifier=True,
        answer=json_error(name, "ResourceNotFoundException", status),
        twin=Reading(kind="success", status=200, value={}),
    )  # fmt: skip
    assert judge(matter).verdict == verdict


def test_s3_says_of_a_header_that_it_does_not_do_what_it_asks() -> None:
    name = "s3.PutObject"
    answer = Response(501, XML, b"<Error><Code>NotImplemented</Code><Message>m</Message></Error>")
    assert ruling(name, of(name, answer), "input/StorageClass/enum")[0] == "unimplemented"
    failed = Response(500, XML, b"<Error><Code>InternalError</Code><Message>m</Message></Error>")
    assert ruling(name, of(name, failed), "input/StorageClass/enum") == ("fail", "server-error")

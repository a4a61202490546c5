"""A tester is tested with wrong servers: each miniature has the verdicts it must have, and no other."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from aws_conformance.emulator import emulator_target
from aws_conformance.exchange import Answer, Request, Response, Silence
from aws_specs import catalog
from tests_support import miniatures as m

CONTACT = "connect.CreateContact"
ENDPOINT = "chime-sdk-identity.RegisterAppInstanceUserEndpoint"


def test_the_emulator_conforms_and_every_rule_is_decided() -> None:
    inner = emulator_target()
    verdicts, results = m.judged(m.Miniature(inner.send, inner.bindings), [CONTACT, ENDPOINT])
    assert m.findings(verdicts) == set()
    assert [r.state for r in results] == ["decided", "decided"]
    passed = {v.rule for v in verdicts if v.verdict == "pass"}
    for result in results:
        assert set(result.rules) <= passed


@pytest.mark.parametrize("name", catalog.names())
def test_a_target_that_accepts_everything_is_no_implementation(name: str) -> None:
    verdicts, results = m.judged(m.always(200, b"{}"), [name])
    assert results[0].state == "unimplemented"
    assert {v.verdict for v in verdicts} == {"unimplemented"}


def test_a_target_that_echoes_is_no_implementation() -> None:
    _, results = m.judged(m.Miniature(m.echo), [CONTACT])
    assert results[0].state == "unimplemented"


def test_a_file_server_that_answers_html_is_no_implementation() -> None:
    html = (("Content-Type", "text/html"),)
    for status in (200, 404):
        _, results = m.judged(m.always(status, b"<html></html>", html), [CONTACT])
        assert results[0].state == "unimplemented"


def test_a_target_that_refuses_everything_passes_nothing() -> None:
    headers = (*m.JSON, ("X-Amzn-Errortype", "InvalidRequestException"))
    verdicts, results = m.judged(m.always(400, b'{"Message": "no"}', headers), [CONTACT])
    about_requests = [v for v in verdicts if v.case_kind in ("control", "valid", "invalid")]
    assert not [v for v in about_requests if v.verdict == "pass" and v.kind != "error"]
    assert results[0].state == "undecided"


@pytest.mark.parametrize("member", ["ContactId", "ContactArn"])
def test_an_identifier_that_is_missing_is_the_one_finding(member: str) -> None:
    verdicts, _ = m.judged(m.without(member), [CONTACT])
    assert m.findings(verdicts) == {
        (f"{CONTACT}/output/{member}/present", "response-shape"),
    }


def test_a_habit_is_one_finding_and_not_one_a_rule() -> None:
    verdicts, _ = m.judged(m.with_error_status(409), [CONTACT])
    rules = {rule.partition("/")[2] for rule, reason in m.findings(verdicts)}
    assert "errors/InvalidParameterException/error" in rules
    assert not {rule for rule in rules if rule.startswith("input/")}


def test_a_success_with_another_status_is_the_one_finding() -> None:
    def change(request: Request, response: Response) -> Response:
        return (
            Response(200, response.headers, response.body) if response.status == 201 else response
        )

    verdicts, _ = m.judged(m.over_emulator(change), [ENDPOINT])
    assert m.findings(verdicts) == {(f"{ENDPOINT}/output/status", "wrong-status")}


def test_one_refused_enum_value_is_named_even_where_the_control_has_it() -> None:
    def change(request: Request, response: Response) -> Response:
        body = json.loads(request.body or b"{}") if request.body.startswith(b"{") else {}
        if response.status == 200 and body.get("Channel") == "VOICE":
            headers = (*m.JSON, ("X-Amzn-Errortype", "InvalidParameterException"))
            return Response(400, headers, b'{"Message": "no voice"}')
        return response

    def tolerant(request: Request, response: Response) -> Response:
        try:
            return change(request, response)
        except ValueError:
            return response

    verdicts, results = m.judged(m.over_emulator(tolerant), [CONTACT])
    assert m.findings(verdicts) == {(f"{CONTACT}/input/Channel/enum=VOICE", "rejected-valid")}
    assert results[0].state == "decided"


def test_a_finding_that_does_not_repeat_is_flaky() -> None:
    seen: set[bytes] = set()

    def change(request: Request, response: Response) -> Response:
        first = b"OUTSIDER" in request.body and b"Channel" not in seen
        if first and response.status == 400:
            seen.add(b"Channel")
            return Response(500, m.JSON, b"{}")
        return response

    verdicts, _ = m.judged(m.over_emulator(change), [CONTACT])
    assert m.findings(verdicts) == set()
    assert [v.reason for v in verdicts if v.flaky] == ["server-error"]


@pytest.mark.parametrize("kind", ["hangup", "garbage", "too-large", "crash"])
def test_silence_on_everything_is_a_finding_and_ends(kind: str) -> None:
    verdicts, results = m.judged(m.Miniature(lambda request: Silence(kind)), [CONTACT])  # type: ignore[arg-type]
    assert m.findings(verdicts)
    assert not [v for v in verdicts if v.verdict == "pass"]
    assert results[0].state != "decided"


@pytest.mark.parametrize("seed", range(5))
def test_random_answers_never_break_the_suite(seed: int) -> None:
    verdicts, results = m.judged(m.at_random(seed), [CONTACT, ENDPOINT], examples=3)
    assert len(results) == 2
    assert all(v.row or v.reason for v in verdicts)


def test_every_finding_carries_its_sentence_and_a_reproducer() -> None:
    verdicts, _ = m.judged(m.without("ContactId"), [CONTACT])
    found = next(v for v in verdicts if v.verdict == "fail")
    assert found.source
    assert found.evidence is not None
    assert found.reproducer is not None
    assert "Signature=" not in str(found.evidence)


def test_the_same_seed_sends_the_same_requests() -> None:
    def bodies() -> list[tuple[str, bytes]]:
        inner = emulator_target()
        target = m.Miniature(inner.send, inner.bindings)
        m.judged(target, [ENDPOINT], examples=5, seed=42)
        return [(request.path, request.body) for request in target.requests]

    assert bodies() == bodies()


def test_a_finding_that_only_an_example_makes_is_shrunk() -> None:
    def change(request: Request, response: Response) -> Response:
        try:
            body = json.loads(request.body or b"{}")
        except ValueError:
            return response
        attributes = body.get("Attributes") if isinstance(body, dict) else None
        if isinstance(attributes, dict) and len(attributes) > 1:
            return Response(500, m.JSON, b"{}")
        return response

    verdicts, _ = m.judged(m.over_emulator(change), [CONTACT], examples=40)
    found = [v for v in verdicts if v.verdict == "fail"]
    assert {v.reason for v in found} == {"server-error"}
    smallest = min(found, key=lambda v: len(v.evidence.request.body if v.evidence else ""))
    assert smallest.evidence is not None
    sent = json.loads(smallest.evidence.request.body)
    required = {"InstanceId", "Channel", "InitiationMethod", "ClientToken"}
    assert set(sent) == {*required, "Attributes"}
    assert len(sent["Attributes"]) == 2


def test_a_target_that_hangs_on_everything_ends_the_run_after_a_few_requests() -> None:
    target = m.Miniature(lambda request: Silence("timeout", "15 s"))
    verdicts, results = m.judged(target, [CONTACT, ENDPOINT])
    assert len(target.requests) <= 6
    assert not [v for v in verdicts if v.verdict == "pass"]
    assert [result.state for result in results] == ["error"]
    assert "no answer to" in results[0].reason


def test_one_request_that_hangs_is_a_finding_and_the_run_goes_on() -> None:
    inner = emulator_target()

    def answer(request: Request) -> Response | Silence:
        if b"OUTSIDER" in request.body and b'"Channel"' in request.body:
            return Silence("timeout", "15 s")
        return inner.send(request)  # type: ignore[return-value]

    verdicts, results = m.judged(m.Miniature(answer, inner.bindings), [CONTACT])
    assert results[0].state == "decided"
    assert {reason for _, reason in m.findings(verdicts)} == {"no-response"}


@pytest.mark.parametrize("how", ["hang-up", "500"])
def test_a_twin_that_breaks_the_target_is_a_finding_although_its_fault_is_masked(how: str) -> None:
    """The control and all packs are refused alike, so that nothing but the twin shows it."""
    broken = (
        Silence("hangup", "gone") if how == "hang-up" else Response(500, m.JSON, b'{"__type": "X"}')
    )

    def answer(request: Request) -> Answer:
        if request.body.startswith(b'{"NextToken"') and b"," not in request.body:
            return broken
        return Response(400, m.JSON, b'{"__type": "InvalidArgumentException"}')

    verdicts, _ = m.judged(m.Miniature(answer), ["kinesis.ListShards"])
    reason = "no-response" if how == "hang-up" else "server-error"
    assert m.findings(verdicts) == {("kinesis.ListShards/input/NextToken/type", reason)}
    found = [v for v in verdicts if v.verdict == "fail"]
    assert [v.case_kind for v in found] == ["valid"]
    assert found[0].confirmed


def test_what_ends_the_target_is_a_finding_of_the_request_that_ended_it() -> None:
    gone = False

    def answer(request: Request) -> Answer:
        nonlocal gone
        if gone:
            return Silence("unreachable", "nothing listens")
        gone = request.body.startswith(b'{"NextToken"') and b"," not in request.body
        if gone:
            return Silence("hangup", "gone")
        return Response(400, m.JSON, b'{"__type": "InvalidArgumentException"}')

    verdicts, _ = m.judged(m.Miniature(answer), ["kinesis.ListShards"])
    found = [v for v in verdicts if v.verdict == "fail"]
    assert [(v.reason, v.case_kind, v.confirmed) for v in found] == [
        ("no-response", "valid", False)
    ]


def pool(accepts: Callable[[str], bool]) -> set[tuple[str, str]]:
    """Return the findings on cognito-idp.CreateUserPool where texts are accepted or not."""
    path = "cognito-idp.CreateUserPool/input/Schema[].Name/length"

    def answer(request: Request) -> Answer:
        try:
            sent = json.loads(request.body)
        except ValueError:
            return Response(400, m.JSON, b'{"__type": "SerializationException"}')
        schema = sent.get("Schema")
        items = schema if isinstance(schema, list) else []
        names = [item.get("Name") for item in items if isinstance(item, dict)]
        if any(isinstance(name, str) and not accepts(name) for name in names):
            return Response(400, m.JSON, b'{"__type": "InvalidParameterException"}')
        return Response(200, m.JSON, b'{"UserPool": {"Id": "us-east-1_a"}}')

    verdicts, _ = m.judged(m.Miniature(answer), ["cognito-idp.CreateUserPool"], only=("valid",))
    return {found for found in m.findings(verdicts) if found[0] == path}


def test_a_limit_is_refused_only_where_other_texts_of_the_kind_are_taken() -> None:
    path = "cognito-idp.CreateUserPool/input/Schema[].Name/length"
    assert pool(lambda name: len(name) < 20) == {(path, "rejected-valid")}
    assert pool(lambda name: name == "name") == set()


def test_a_poll_that_finds_nothing_lacks_most_of_what_the_model_requires() -> None:
    def findings(body: bytes) -> set[str]:
        def answer(request: Request) -> Answer:
            try:
                json.loads(request.body)
            except ValueError:
                return Response(400, m.JSON, b'{"__type": "SerializationException"}')
            return Response(200, m.JSON, body)

        target = m.Miniature(answer)
        verdicts, _ = m.judged(target, ["swf.PollForActivityTask"], only=("valid",))
        return {v.member for v in verdicts if v.verdict == "fail" and v.reason == "response-shape"}

    nothing = {"startedEventId": 0}
    task = {"taskToken": "t", "activityId": "a", "startedEventId": 1,
            "workflowExecution": {"workflowId": "w", "runId": "r"}}  # fmt: skip
    assert findings(json.dumps(nothing).encode()) == set()
    assert findings(json.dumps(task).encode()) == {"activityType"}


def test_a_token_that_is_used_again_may_be_answered_by_what_is_there_already() -> None:
    """EFS documents FileSystemAlreadyExists; the model states no answer."""
    seen: set[str] = set()

    def answer(request: Request) -> Answer:
        try:
            token = str(json.loads(request.body).get("CreationToken"))
        except ValueError:
            return Response(400, m.JSON, b'{"__type": "BadRequest"}')
        if token in seen:
            return Response(
                409,
                m.JSON,
                b'{"ErrorCode": "FileSystemAlreadyExists", "__type": "FileSystemAlreadyExists"}',
            )
        seen.add(token)
        return Response(201, m.JSON, b'{"FileSystemId": "fs-0123456789abcdef0"}')

    verdicts, _ = m.judged(m.Miniature(answer), ["efs.CreateFileSystem"], only=("valid",))
    said = [v for v in verdicts if v.rule.endswith("/idempotency")]
    assert {(v.verdict, v.reason) for v in said} == {("inconclusive", "conflict")}

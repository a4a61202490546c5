"""Without a twin: a refusal passes only where the answers show that it depends on the fault."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from aws_conformance.alone import names
from aws_conformance.emulator import emulator_target
from aws_conformance.exchange import Answer, Request, Response
from aws_conformance.runner import Settings, run
from aws_reports.results import Verdict
from tests_support import miniatures as m

CONTACT = "connect.CreateContact"
TYPED = (*m.JSON, ("X-Amzn-Errortype", "InvalidRequestException"))


def said(target: m.Miniature, name: str = CONTACT, **settings: object) -> list[Verdict]:
    verdicts, _ = m.judged(target, [name], control=False, only=("invalid",), **settings)
    return verdicts


def passed(verdicts: list[Verdict]) -> list[Verdict]:
    return [v for v in verdicts if v.verdict == "pass"]


def test_only_invalid_requests_are_sent_and_most_rules_are_decided() -> None:
    inner = emulator_target()
    verdicts = said(m.Miniature(inner.send, inner.bindings), examples=5)
    assert {v.case_kind for v in verdicts} == {"invalid"}
    found = Counter(v.verdict for v in verdicts)
    assert found["fail"] == 0
    assert found["pass"] > 4 * found["inconclusive"] > 0


def test_every_rule_of_the_emulator_that_is_kept_alone_is_kept_beside_a_twin_too() -> None:
    inner = emulator_target()
    alone = {v.rule for v in passed(said(m.Miniature(inner.send, inner.bindings)))}
    whole, _ = m.judged(m.Miniature(inner.send, inner.bindings), [CONTACT])
    assert alone <= {v.rule for v in passed(whole)}


@pytest.mark.parametrize("status", [400, 404, 409, 422, 403])
@pytest.mark.parametrize("code", ["InvalidRequestException", "ResourceNotFoundException", "Odd"])
def test_an_answer_that_is_always_the_same_passes_nothing(status: int, code: str) -> None:
    headers = (*m.JSON, ("X-Amzn-Errortype", code))
    assert passed(said(m.always(status, b'{"Message": "no"}', headers))) == []


def test_one_validation_error_for_everything_is_called_indiscriminate() -> None:
    verdicts = said(m.always(400, b'{"Message": "no"}', TYPED))
    assert {(v.verdict, v.reason) for v in verdicts} == {("inconclusive", "indiscriminate")}


def echo(request: Request) -> Response:
    return Response(400, TYPED, json.dumps({"Message": request.body.decode("latin-1")}).encode())


def numbered() -> m.Miniature:
    sent: list[int] = []

    def answer(request: Request) -> Response:
        sent.append(1)
        words = "".join(chr(ord("a") + int(digit)) for digit in str(len(sent)))
        return Response(400, TYPED, json.dumps({"Message": f"request {words} failed"}).encode())

    return m.Miniature(answer)


def listing(request: Request) -> Response:
    return Response(400, TYPED, b'{"Message": "InstanceId, Channel, References or Name is wrong"}')


@pytest.mark.parametrize(
    "target",
    [lambda: m.Miniature(echo), numbered, lambda: m.Miniature(listing)],
    ids=["echoes the request", "a new text each time", "names every member"],
)
def test_a_refusal_of_everything_in_varying_words_passes_nothing(target: object) -> None:
    assert passed(said(target())) == []  # type: ignore[operator]


def test_what_is_refused_for_another_reason_after_parsing_does_not_pass() -> None:
    """The role cannot be assumed, the feature is off: every readable request is refused so."""

    def change(request: Request, response: Response) -> Answer:
        if dict(response.headers).get("x-amzn-errortype", "").startswith("Serialization"):
            return response
        return Response(400, TYPED, b'{"Message": "This is not enabled for your account"}')

    found = passed(said(m.over_emulator(change)))
    assert {v.kind for v in found} <= {"type", "error"}


def test_a_fault_that_gets_past_validation_vouches_for_the_rest_of_the_request() -> None:
    """The same words for all, but one broken rule is not looked at."""

    def change(request: Request, response: Response) -> Answer:
        if response.status == 400:
            return Response(400, TYPED, b'{"Message": "no"}')
        return response

    inner = emulator_target(faults=(f"{CONTACT}/input/Channel/enum",))

    def answer(request: Request) -> Answer:
        came = inner.send(request)
        return change(request, came) if isinstance(came, Response) else came

    found = Counter(v.reason for v in said(m.Miniature(answer, inner.bindings)))
    assert found["accepted-invalid"]
    assert found["refused-without-twin"]


def test_a_fault_on_an_identifier_that_is_made_up_stays_open() -> None:
    inner = emulator_target()
    verdicts = said(m.Miniature(inner.send))  # no bindings
    kept = {v.member for v in passed(verdicts) if v.kind not in ("type", "error")}
    assert "InstanceId" not in kept
    assert kept


@pytest.mark.parametrize(
    ("text", "member", "found"),
    [
        ("1 validation error: Value 'x' at 'queueName' failed", "QueueName", True),
        ("Invalid minimum compression size", "minimumCompressionSize", True),
        ("at 'references.1.member.type'", "References{}.Type", True),
        ("Value at 'queueNames'", "QueueName", False),
        ("Invalid request", "QueueName", False),
        ("", "A[]", False),
    ],
)
def test_a_text_names_a_member_in_either_dialect(text: str, member: str, found: bool) -> None:
    assert names(text, member) is found


def test_a_request_that_is_another_operations_is_not_sent_alone() -> None:
    heard: list[str] = []

    class Deaf:
        name, endpoint, bindings = "deaf", "http://127.0.0.1:9", dict[str, str]()

        def send(self, request: Request) -> Response:
            heard.append(request.path.partition("?")[0])
            return Response(400)

        def close(self) -> None: ...

    settings = Settings(only=("invalid",), control=False, examples=8, seed=5)
    list(run(["s3.PutObject"], Deaf(), settings))
    assert heard
    assert [path for path in heard if path.strip("/").count("/") < 1] == []

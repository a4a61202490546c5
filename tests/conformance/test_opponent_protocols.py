"""The suite against a server for the six other protocols, written without looking at the suite.

Clean, and under every other legitimate reading of the texts, it must get no finding: from the SDK's
models alone and with the pages of `opponent/pages`. Each deviation must be found, and named by its
member, but for those listed with a reason in `opponent/unseen_protocols.toml`.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest

from aws_conformance import runner
from aws_conformance.exchange import Request, Response
from aws_reports.results import OperationResult, Verdict
from aws_specs.build import Built
from aws_specs.printed import printed_page
from aws_specs.readers import read_page
from aws_specs.spec import Operation
from tests_support import miniatures
from tests_support.opponents import FOLDER, opponent


@cache
def deviations() -> Mapping[str, Any]:
    found: Mapping[str, Any] = opponent("protocols").all_deviations()
    return found


@cache
def unseen() -> frozenset[str]:
    """Return the globs of what is not found, of every reason."""
    text = (FOLDER / "unseen_protocols.toml").read_text()
    return frozenset(name for entry in tomllib.loads(text)["unseen"] for name in entry["names"])


@cache
def from_page(name: str) -> Operation:
    """Return the spec that the page of an operation gives, bound to the model."""
    service, _, operation = name.partition(".")
    text = (FOLDER / "pages" / f"{name}.rst").read_text()
    page = read_page(text, file=f"pages/{service}/{operation}.rst")
    return Built(
        service=service,
        name=operation,
        text=text,
        page=page,
        model=printed_page(service, operation),
        disagreements=(),
    ).spec()


def against(chosen: Iterable[str] = (), readings: Iterable[str] = ()) -> miniatures.Miniature:
    """Return the opponent in process: its application without its sockets."""
    module = opponent("protocols")
    switches = module.Switches([deviations()[name] for name in chosen], list(readings))
    application = module.Application(switches)

    def answer(request: Request) -> Response:
        headers = {name.lower(): value for name, value in request.headers}
        reply = application.answer(request.method, request.path, headers, request.body)
        return Response(reply.status, reply.headers, reply.body)

    return miniatures.Miniature(answer)


def judged(
    target: miniatures.Miniature, name: str, **settings: object
) -> tuple[list[Verdict], list[OperationResult]]:
    protocol = (
        "smithy-rpc-v2-cbor" if opponent("protocols").OPERATIONS[name].protocol == "cbor" else ""
    )
    return miniatures.judged(target, [name], **{"protocol": protocol, **settings})


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "load", from_page)


NAMES = sorted(opponent("protocols").OPERATIONS)
READINGS = sorted(opponent("protocols").READINGS)
UNDECIDABLE = {("contents", "stepfunctions.CreateStateMachine"), ("contents", "iam.CreateRole")}
"""Where every request is refused until somebody says what the contents are."""


@pytest.mark.parametrize("name", NAMES)
def test_the_clean_opponent_gets_no_finding_from_the_model(name: str) -> None:
    verdicts, results = judged(against(), name, examples=10)
    assert miniatures.findings(verdicts) == set()
    assert results[0].state == "decided"


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("source", ["page", "both"])
def test_the_clean_opponent_gets_no_finding_from_a_page(source: str, name: str) -> None:
    verdicts, results = judged(against(), name, examples=5, source=source)
    assert miniatures.findings(verdicts) == set()
    assert results[0].state == "decided"


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("reading", READINGS)
def test_another_reading_of_the_texts_is_no_finding(reading: str) -> None:
    for name in NAMES:
        verdicts, results = judged(against(readings=[reading]), name)
        assert miniatures.findings(verdicts) == set()
        assert results[0].state == "decided" or (reading, name) in UNDECIDABLE


@pytest.mark.nightly
@pytest.mark.parametrize("reading", READINGS)
def test_another_reading_is_no_finding_from_the_model_either(reading: str) -> None:
    for name in NAMES:
        verdicts, _ = judged(against(readings=[reading]), name, examples=10)
        assert miniatures.findings(verdicts) == set()


def expected_unseen(name: str) -> bool:
    return any(fnmatchcase(name, glob) for glob in unseen())


def check(name: str) -> None:
    one = deviations()[name]
    verdicts, _ = judged(against([name]), one.operation)
    found = {(v.rule, v.member) for v in verdicts if v.verdict == "fail" and not v.flaky}
    assert found, f"{name} is not found"
    named = any(one.member in rule or one.member == at for rule, at in found)
    assert named, f"{name} is found as {found}"


def seen() -> list[str]:
    return [name for name in sorted(deviations()) if not expected_unseen(name)]


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("name", sorted(random.Random(6).sample(seen(), 40)))
def test_a_deviation_is_found_and_named(name: str) -> None:
    check(name)


@pytest.mark.nightly
@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("name", seen())
def test_every_deviation_is_found_and_named(name: str) -> None:
    check(name)


def test_there_are_hundreds_of_deviations_and_each_protocol_has_some() -> None:
    spoken = {
        opponent("protocols").OPERATIONS[one.operation].protocol for one in deviations().values()
    }
    assert {"json-1.0", "json-1.1", "query", "ec2", "rest-xml", "rest-xml-bare", "cbor"} == spoken
    assert len(seen()) > 200

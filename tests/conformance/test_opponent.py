"""The suite against a server that was written from the same texts without looking at the suite.

Clean, and under every other legitimate reading of the texts, it must get no finding. Each deviation must
be found, and named by its member, but for those listed with a reason in `opponent/unseen.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest

from aws_conformance.exchange import Answer, Request, Response, Silence
from aws_specs import catalog
from tests_support import miniatures
from tests_support.opponents import FOLDER, opponent

USER = "arn:aws:chime:us-east-1:123456789012:app-instance/8d4e/user/u1"
KNOWN = ["instance=inst-1234567", "contact=contact-777", f"user={USER}", "application=app0123456"]
BINDINGS = {
    "connect.InstanceId": "inst-1234567",
    "connect.ContactId": "contact-777",
    "chime-sdk-identity.AppInstanceUserArn": USER,
    "pinpoint.ApplicationId": "app0123456",
}


@cache
def deviations() -> Mapping[str, Any]:
    found: Mapping[str, Any] = opponent("server").all_deviations()
    return found


@cache
def unseen() -> list[dict[str, str]]:
    entries: list[dict[str, str]] = tomllib.loads((FOLDER / "unseen.toml").read_text())["unseen"]
    return entries


def against(
    deviation: Iterable[str] = (),
    readings: Iterable[str] = (),
    known: Iterable[str] = (),
    bindings: Mapping[str, str] | None = None,
) -> miniatures.Miniature:
    """Return the opponent in process: its application without its sockets."""
    module = opponent("server")
    switches = module.Switches([deviations()[name] for name in deviation], list(readings))
    application = module.Application(switches, module.known_ids(list(known)))

    def answer(request: Request) -> Answer:
        headers = {name.lower(): value for name, value in request.headers}
        reply = application.answer(request.method, request.path, headers, request.body)
        if reply.hang_up:
            return Silence("hangup")
        came = (("Content-Type", reply.content_type), ("X-Amzn-Errortype", reply.code))
        return Response(reply.status, tuple((k, v) for k, v in came if v), reply.body())

    return miniatures.Miniature(answer, bindings)


def operations_of(name: str) -> list[str]:
    operation = name.partition(":")[0]
    return [one for one in catalog.names() if one.endswith(f".{operation}")]


@pytest.mark.parametrize("operation", catalog.names())
def test_the_clean_opponent_gets_no_finding(operation: str) -> None:
    verdicts, results = miniatures.judged(against(), [operation], examples=25)
    assert miniatures.findings(verdicts) == set()
    assert results[0].state == "decided"


@pytest.mark.parametrize("reading", [
    "voip-any-type", "references-all-bytes", "apns-raw-content-opaque", "raw-content-json",
    "parse-errors-documented", "validation-exception", "invalid-request-exception",
    "patterns-unanchored", "chime-not-found", "related-contact-exists", "lower-case-message",
    "error-type-in-body", "qualified-error-type", "extra-members",
])  # fmt: skip
def test_another_reading_of_the_texts_is_no_finding(reading: str) -> None:
    assert reading in {
        one if isinstance(one, str) else one.name for one in opponent("server").READINGS
    }
    for operation in catalog.names():
        verdicts, _ = miniatures.judged(against(readings=[reading]), [operation], examples=3)
        assert miniatures.findings(verdicts) == set()


@pytest.mark.parametrize("source", ["page", "model"])
def test_rules_of_one_source_alone_are_no_finding_either(source: str) -> None:
    verdicts, _ = miniatures.judged(against(), catalog.names(), examples=5, source=source)
    assert miniatures.findings(verdicts) == set()


def test_without_bindings_a_server_that_knows_its_ids_gets_no_finding_and_says_what_to_bind() -> (
    None
):
    verdicts, results = miniatures.judged(against(known=KNOWN), catalog.names())
    assert miniatures.findings(verdicts) == set()
    assert {result.state for result in results} == {"undecided"}
    assert all(result.binds for result in results)


def test_with_bindings_a_server_that_knows_its_ids_is_decided_without_a_finding() -> None:
    target = against(known=KNOWN, bindings=BINDINGS)
    verdicts, results = miniatures.judged(target, catalog.names(), examples=5)
    assert miniatures.findings(verdicts) == set()
    assert {result.state for result in results} == {"decided"}


def found_for(name: str) -> set[tuple[str, str]]:
    """Return (rule, member) of every finding with one deviation switched on."""
    stateful = "not-found" in name or name.endswith("exists-off")
    target = against([name], known=KNOWN if stateful else (), bindings=BINDINGS if stateful else {})
    verdicts, _ = miniatures.judged(target, operations_of(name))
    return {(v.rule, v.member) for v in verdicts if v.verdict == "fail" and not v.flaky}


def expected_unseen(name: str) -> bool:
    return any(fnmatchcase(name, entry["name"]) for entry in unseen())


def check(name: str) -> None:
    found = found_for(name)
    if expected_unseen(name):
        return
    assert found, f"{name} is not found"
    member = deviations()[name].member
    assert any(member in rule or member == at for rule, at in found), f"{name} is found as {found}"


def sample(every: int) -> list[str]:
    names = [name for name in sorted(opponent("server").all_deviations()) if operations_of(name)]
    return [name for name in names[::every] if not expected_unseen(name)]


@pytest.mark.parametrize("name", sample(23))
def test_a_deviation_is_found_and_named(name: str) -> None:
    check(name)


@pytest.mark.nightly
@pytest.mark.parametrize("name", sample(1))
def test_every_deviation_is_found_and_named(name: str) -> None:
    check(name)


def test_43_deviations_at_once_are_each_found_under_their_own_rule() -> None:
    kinds = ("enum", "length", "range", "pattern", "items", "format")
    chosen: dict[tuple[str, str, str], str] = {}
    for name in sorted(deviations()):
        one = deviations()[name]
        loosens = "-off" in name or "enum-" in name
        if one.kind in kinds and one.member and loosens and not expected_unseen(name):
            chosen.setdefault((name.partition(":")[0], one.member, one.kind), name)
    names = list(chosen.values())[:43]
    assert len(names) == 43
    verdicts, _ = miniatures.judged(against(names), catalog.names())
    found = {rule for rule, _ in miniatures.findings(verdicts)}
    for name in names:
        member, kind = deviations()[name].member, deviations()[name].kind
        rules = [rule for rule in found if f"/{member}/" in rule]
        assert any(rule.endswith((f"/{kind}", "/unsupported", "=total")) for rule in rules), name

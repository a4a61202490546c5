"""Headers that say nothing of bodies, or take none: told, and a finding only where asked for."""

from __future__ import annotations

from msgspec.structs import replace

from aws_conformance.exchange import Answer, Request, Response
from aws_reports.results import Verdict
from tests_support import miniatures

NAME = "connect.CreateContact"
ACCEPT = f"{NAME}/protocol/accept/protocol"
UNTYPED = f"{NAME}/protocol/no-content-type/protocol"


def protocol_verdicts(target: miniatures.Miniature, **settings: bool) -> dict[str, Verdict]:
    verdicts, (result,) = miniatures.judged(target, [NAME], **settings)
    told = dict(result.unchecked)
    found = {v.rule: v for v in verdicts if v.kind == "protocol"}
    assert not set(told) & set(found)
    return found


def indifferent() -> miniatures.Miniature:
    """Return the emulator behind a door that puts right what the headers say of bodies."""
    inner = miniatures.over_emulator(lambda request, response: response)

    def answer(request: Request) -> Answer:
        kept = [(key, value) for key, value in request.headers if key.lower() != "accept"]
        if request.body and "content-type" not in {key.lower() for key, _ in kept}:
            kept.append(("Content-Type", "application/json"))
        return inner.send(replace(request, headers=tuple(kept)))

    return miniatures.Miniature(answer, inner.bindings)


def test_headers_that_are_refused_as_the_tests_of_the_protocol_say_pass() -> None:
    found = protocol_verdicts(miniatures.over_emulator(lambda request, response: response))
    assert found[ACCEPT].verdict == found[UNTYPED].verdict == "pass"


def test_headers_that_are_not_looked_at_are_told_and_are_no_finding() -> None:
    found = protocol_verdicts(indifferent())
    assert not {ACCEPT, UNTYPED} & set(found)
    _, (result,) = miniatures.judged(indifferent(), [NAME])
    told = dict(result.unchecked)
    assert "--strict" in told[ACCEPT]
    assert "--strict" in told[UNTYPED]


def test_with_strict_headers_that_are_not_looked_at_are_findings() -> None:
    found = protocol_verdicts(indifferent(), strict=True)
    assert (found[ACCEPT].verdict, found[ACCEPT].reason) == ("fail", "protocol")
    assert (found[UNTYPED].verdict, found[UNTYPED].reason) == ("fail", "protocol")


def test_a_header_that_breaks_the_target_is_a_finding() -> None:
    def breaks(request: Request, response: Response) -> Answer:
        hal = any(value == "application/hal+json" for _, value in request.headers)
        return Response(500, miniatures.JSON, b"{}") if hal else response

    found = protocol_verdicts(miniatures.over_emulator(breaks))
    assert (found[ACCEPT].verdict, found[ACCEPT].reason) == ("fail", "server-error")
    assert found[UNTYPED].verdict == "pass"

"""A run without random examples, and what it found."""

from __future__ import annotations

from collections.abc import Sequence

from aws_conformance.events import Judged, OperationFinished, SuiteProblem
from aws_conformance.exchange import Target
from aws_conformance.runner import Settings, run
from aws_reports.results import OperationResult, Verdict


def judged(
    target: Target, names: Sequence[str]
) -> tuple[list[Verdict], dict[str, OperationResult]]:
    """Return the verdicts, and each operation's share; no case may fail to be sent."""
    verdicts: list[Verdict] = []
    results: dict[str, OperationResult] = {}
    for event in run(names, target, Settings(examples=0, seed=1)):
        match event:
            case Judged():
                verdicts += event.verdicts
            case OperationFinished():
                results[event.result.operation] = event.result
            case SuiteProblem():
                raise AssertionError(event)
            case _:
                pass
    return verdicts, results


def findings(verdicts: Sequence[Verdict]) -> dict[tuple[str, str], Verdict]:
    """Return the first finding for each rule and reason; what did not repeat is none."""
    found = [v for v in verdicts if v.verdict == "fail" and not v.flaky]
    return {(v.rule, v.reason): v for v in reversed(found)}

"""What the events of a run add up to: results, marked by the baseline, and an exit code.

All of it is pure: the same events give the same results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from msgspec.structs import replace

from aws_conformance import baseline as baselines
from aws_conformance.baseline import Baseline
from aws_conformance.events import Event, Judged, OperationFinished, Stopped, SuiteProblem
from aws_conformance.journal import Past
from aws_reports.results import OperationResult, Results, Verdict

CONFORMS: Final = 0
FINDINGS: Final = 1
USAGE: Final = 2
UNDECIDED: Final = 3
STOPPED: Final = 4


class Gathered:
    """What the events of a run add up to, so far."""

    def __init__(self, past: Past | None = None) -> None:
        self.verdicts: list[Verdict] = list(past.verdicts) if past else []
        self.finished = {one.operation: one for one in past.finished} if past else {}
        self.problems: list[SuiteProblem] = []
        self.stopped = ""
        self.detail = ""

    def take(self, event: Event) -> None:
        """Add one event."""
        match event:
            case Judged():
                self.verdicts += event.verdicts
            case OperationFinished():
                self.finished[event.result.operation] = event.result
            case SuiteProblem():
                self.problems.append(event)
            case Stopped():
                self.stopped, self.detail = event.why, event.detail
            case _:
                return

    def operations(
        self, names: Sequence[str], missing: Callable[[str, str], OperationResult]
    ) -> tuple[OperationResult, ...]:
        """Return every operation's share, in the order asked for.

        `missing` makes the share of an operation that did not finish from its name and the reason.
        """
        found = [self.finished.get(name) or missing(name, self._why(name)) for name in names]
        return tuple(self._with_problems(one) for one in found)

    def _why(self, name: str) -> str:
        own = [p.detail for p in self.problems if p.operation == name and not p.case]
        return own[0] if own else self.stopped and f"stopped before its end: {self.stopped}"

    def _with_problems(self, result: OperationResult) -> OperationResult:
        own = [p for p in self.problems if p.operation == result.operation and p.case]
        if not own or result.reason:
            return result
        many = f"{len(own)} cases" if len(own) > 1 else "1 case"
        return replace(result, reason=f"{many} could not be sent: {own[0].detail}")


def each_once(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """Yield the verdicts without repetition of what a run says once: what answers themselves show.

    The runner judges each output rule on the first answer that shows it; a resumed run starts over
    with that. Verdicts on cases carry the row of the judge's table, those on answers carry none.
    """
    seen: set[tuple[str, str, str]] = set()
    for verdict in verdicts:
        key = (verdict.rule, verdict.verdict, verdict.reason)
        if verdict.row or key not in seen:
            yield verdict
        if not verdict.row:
            seen.add(key)


def exit_code(results: Results, *, allow_undecided: bool = False) -> int:
    """Return the exit code of a run, the first that applies.

    3 unreachable · 4 stopped · 1 findings or a stale baseline · 3 nothing decided, or (unless
    allowed) an operation undecided · 0 else.
    """
    verdicts = results.verdicts
    if results.stopped == "unreachable":
        return UNDECIDED
    if results.stopped:
        return STOPPED
    if any(is_finding(verdict) for verdict in verdicts) or results.stale:
        return FINDINGS
    if not any(v.verdict == "pass" or (v.verdict == "fail" and not v.flaky) for v in verdicts):
        return UNDECIDED
    if not allow_undecided and any(
        one.state in ("undecided", "error") for one in results.operations
    ):
        return UNDECIDED
    return CONFORMS


_OPEN: Final = ("undecided", "error")


def is_finding(verdict: Verdict) -> bool:
    """Whether a verdict makes a run fail: it repeats, and the baseline does not know it."""
    return verdict.verdict == "fail" and not verdict.flaky and not verdict.baseline


def with_baseline(
    results: Results, baseline: Baseline, today: date, *, allow_undecided: bool
) -> Results:
    """Return the results with known findings marked, stale entries listed, the exit code set."""
    verdicts = baselines.marked(results.verdicts, baseline, today)
    stale = baselines.stale(baseline, results.operations, verdicts, today)
    marked = replace(results, verdicts=verdicts, stale=stale)
    return replace(marked, exit_code=exit_code(marked, allow_undecided=allow_undecided))

"""What a run shows while it runs."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console
from rich.progress import Progress

from aws_conformance import progress
from aws_conformance.events import (
    Event,
    Judged,
    OperationFinished,
    OperationStarted,
    Started,
    Stopped,
    SuiteProblem,
)
from aws_reports.results import OperationResult, Outcome, Verdict
from aws_specs.spec import ModelSource


def verdict(outcome: Outcome) -> Verdict:
    return Verdict(
        case="c", operation="a.B", rule="a.B/input/N/length", kind="length", member="N",
        verdict=outcome, reason="r", expected="e", observed="o", row="r",
        source=ModelSource("m", "s", "t"), case_kind="invalid",
    )  # fmt: skip


def finished(state: str = "decided", reason: str = "") -> OperationFinished:
    return OperationFinished(
        OperationResult(
            operation="a.B", state=state, rules=(), kinds={}, requests=1234, reason=reason
        )
    )


EVENTS: tuple[Event, ...] = (
    Started(target="t", seed=1, operations=("a.B", "a.C")),
    OperationStarted("a.B", 3),
    Judged("c1", (verdict("pass"), verdict("pass"))),
    Judged("c2", (verdict("fail"),)),
    SuiteProblem("a.B", "c3", "a line break in a header"),
    Judged("c4", (verdict("inconclusive"), verdict("unimplemented"))),
    finished(),
    OperationStarted("a.C", 3),
    finished("unimplemented", "501 \n(no error code)"),
    Stopped("budget"),
)


@pytest.mark.parametrize(
    ("tty", "quiet", "environ", "how"),
    [
        (True, False, {}, "bar"),
        (True, False, {"CI": "true"}, "lines"),
        (True, False, {"CI": "false"}, "bar"),
        (True, False, {"TERM": "dumb"}, "lines"),
        (False, False, {}, "lines"),
        (True, True, {}, "none"),
        (False, True, {"CI": "1"}, "none"),
    ],
)
def test_a_bar_on_a_terminal_lines_elsewhere_nothing_if_quiet(
    tty: bool, quiet: bool, environ: dict[str, str], how: str
) -> None:
    assert progress.style(tty=tty, quiet=quiet, environ=environ) == how


def shown(how: str) -> str:
    stream = StringIO()
    with progress.showing(how, stream) as listen:
        for event in EVENTS:
            listen(event)
    return stream.getvalue()


def test_lines_are_one_an_operation_and_one_a_problem() -> None:
    assert shown("lines").splitlines() == [
        "could not be tested: c3: a line break in a header",
        "[1/2] a.B: 2 passed, 1 failed, 2 undecided, 1,234 requests",
        "[2/2] a.B: 0 passed, 0 failed, 1,234 requests (unimplemented: 501 (no error code))",
    ]


def test_nothing_is_nothing() -> None:
    assert shown("none") == ""


def test_a_bar_without_a_terminal_still_tells_of_problems() -> None:
    assert "a line break in a header" in shown("bar")


def test_the_bar_counts_operations_and_findings_and_never_runs_over() -> None:
    console = Console(file=StringIO(), width=100)
    with Progress(console=console, auto_refresh=False) as shows:
        bar = progress.Bar(shows)
        bar(EVENTS[0])
        bar(EVENTS[1])
        for _ in range(9):
            bar(Judged("c", (verdict("fail"),)))
        overall, one = shows.tasks
        assert (one.completed, one.total) == (3, 3)
        assert overall.fields["failed"] == one.fields["failed"] == "9 failed"
        bar(finished())
        (overall,) = shows.tasks
        assert (overall.completed, overall.total) == (1, 2)
        assert overall.fields["failed"] == "9 failed"


def test_one_operation_has_one_bar() -> None:
    with Progress(console=Console(file=StringIO()), auto_refresh=False) as shows:
        bar = progress.Bar(shows)
        bar(Started(target="t", seed=1, operations=("a.B",)))
        bar(OperationStarted("a.B", 3))
        assert len(shows.tasks) == 1
        bar(finished())
        assert shows.tasks == []

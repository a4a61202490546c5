"""What a run shows while it runs: a bar on a terminal, plain lines elsewhere, nothing if so asked.

Listeners of events; they write to stderr, so that stdout holds the summary and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from aws_conformance.events import (
    Event,
    Judged,
    OperationFinished,
    OperationStarted,
    Started,
    Stopped,
    SuiteProblem,
)
from aws_reports.results import Verdict

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Listener = Callable[[Event], None]


def style(*, tty: bool, quiet: bool, environ: Mapping[str, str]) -> str:
    """Return how to show progress on a stream: "bar", "lines" or "none"."""
    if quiet:
        return "none"
    in_ci = environ.get("CI", "").lower() not in ("", "0", "false")
    plain = not tty or in_ci or environ.get("TERM") == "dumb"
    return "lines" if plain else "bar"


@contextmanager
def showing(how: str, stream: IO[str]) -> Generator[Listener]:
    """Yield a listener that shows events in the given style while the block runs."""
    if how == "bar":
        with _bar(stream) as listener:
            yield listener
    else:
        yield Lines(stream) if how == "lines" else _nothing


def _nothing(event: Event) -> None:
    """Show nothing but what went wrong in the suite itself (the reports have it)."""


class Counts:
    """The verdicts of one operation, counted for people."""

    def __init__(self) -> None:
        self.passes = self.findings = self.open = self.cases = 0

    def take(self, verdicts: tuple[Verdict, ...]) -> None:
        """Count the verdicts of one exchange."""
        self.cases += 1
        for verdict in verdicts:
            if verdict.verdict == "pass":
                self.passes += 1
            elif verdict.verdict == "fail":
                self.findings += 1
            else:
                self.open += 1

    def text(self) -> str:
        """Return the counts in words, without what is nothing."""
        parts = [f"{self.passes:,} passed", f"{self.findings:,} failed"]
        return ", ".join([*parts, f"{self.open:,} undecided"] if self.open else parts)


class Lines:
    """One line when an operation is done, one for everything that goes wrong."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.counts = Counts()
        self.number = self.total = 0

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case Started():
                self.total = len(event.operations)
            case OperationStarted():
                self.counts = Counts()
            case Judged():
                self.counts.take(event.verdicts)
            case OperationFinished():
                self.number += 1
                self._say(f"[{self.number}/{self.total}] {finished(event, self.counts)}")
            case SuiteProblem():
                self._say(problem(event))
            case Stopped():
                self._say(stopped(event))

    def _say(self, text: str) -> None:
        print(text, file=self.stream, flush=True)


def finished(event: OperationFinished, counts: Counts) -> str:
    """Return the line of a finished operation."""
    result = event.result
    said = f"{result.operation}: {counts.text()}, {result.requests:,} requests"
    reason = " ".join(result.reason.split())
    return (
        said
        if result.state == "decided"
        else f"{said} ({result.state}: {reason})".replace(": )", ")")
    )


def problem(event: SuiteProblem) -> str:
    """Return the line of a problem of the suite itself."""
    where = event.case or event.operation
    return f"could not be tested: {where}: {event.detail}"


def stopped(event: Stopped) -> str:
    """Return the line that says why a run ended early."""
    return f"stopped: {event.why}: {event.detail}" if event.detail else f"stopped: {event.why}"


class Bar:
    """A bar over all operations with the one that is being tested beside it."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.task: TaskID | None = None
        self.counts = Counts()
        self.planned = 0

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case OperationStarted():
                self.counts, self.planned = Counts(), event.cases
                self.task = self.progress.add_task(event.operation, total=event.cases, found="")
            case Judged():
                self.counts.take(event.verdicts)
                self._update(completed=min(self.counts.cases, self.planned))
            case OperationFinished():
                self._update(total=1, completed=1)
            case SuiteProblem():
                self.progress.console.print(problem(event), markup=False, highlight=False)
            case Stopped():
                self.progress.console.print(stopped(event), markup=False, highlight=False)
            case Started():
                return

    def _update(self, **what: Any) -> None:
        if self.task is not None:
            findings = self.counts.findings
            self.progress.update(self.task, found=f"{findings} failed" if findings else "", **what)


@contextmanager
def _bar(stream: IO[str]) -> Generator[Listener]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("[red]{task.fields[found]}"),
    )
    with Progress(*columns, console=Console(file=stream), transient=True) as progress:
        yield Bar(progress)

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
                return

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


class Bar:
    """Two bars at most: all operations, and the one that is being tested."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.all: TaskID | None = None
        self.one: TaskID | None = None
        self.counts = Counts()
        self.failed = self.planned = 0

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case Started() if len(event.operations) > 1:
                many = len(event.operations)
                self.all = self._add(f"{many} operations", many)
            case OperationStarted():
                self.counts, self.planned = Counts(), event.cases
                self.one = self._add(event.operation, event.cases)
            case Judged():
                self.counts.take(event.verdicts)
                self._show(self.one, completed=min(self.counts.cases, self.planned))
                self._show(self.all)
            case OperationFinished():
                self._finish()
            case SuiteProblem():
                self.progress.console.print(problem(event), markup=False, highlight=False)
            case _:
                return

    def _add(self, description: str, total: int) -> TaskID:
        return self.progress.add_task(description, total=total, failed="")

    def _finish(self) -> None:
        self.failed += self.counts.findings
        self.counts = Counts()
        if self.one is not None:
            self.progress.remove_task(self.one)
            self.one = None
        self._show(self.all, advance=1)

    def _show(self, task: TaskID | None, **what: Any) -> None:
        failed = self.counts.findings + (self.failed if task == self.all else 0)
        if task is not None:
            self.progress.update(task, failed=f"{failed} failed" if failed else "", **what)


@contextmanager
def _bar(stream: IO[str]) -> Generator[Listener]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.table import Column

    name = Column(no_wrap=True, overflow="ellipsis", ratio=2)
    columns = (
        TextColumn("{task.description}", markup=False, table_column=name),
        BarColumn(bar_width=None, table_column=Column(ratio=1)),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("[red]{task.fields[failed]}"),
    )
    console = Console(file=stream)
    with Progress(*columns, console=console, transient=True, expand=True) as progress:
        yield Bar(progress)

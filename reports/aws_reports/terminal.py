"""The summary on the terminal: what a person wants to know when a run ends, and no more.

Pure as every renderer: `render` returns text for a width, with or without colour. `style_for`
decides both from what the shell knows of the stream and the environment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from typing import Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from aws_reports.faults import change
from aws_reports.redact import redacted
from aws_reports.results import Results, Verdict
from aws_reports.sources import place, sentence
from aws_reports.summary import (
    Finding,
    Numbers,
    OperationSummary,
    Summary,
    duration,
    headline,
    open_lines,
    percent,
    plural,
    said_of_alone,
    said_of_authentication,
    summarise,
)
from aws_reports.visible import bounded, one_line
from aws_specs.spec import Value

SHOWN_FINDINGS: Final = 10
SHOWN_OPERATIONS: Final = 30
SHOWN_BINDS: Final = 12
COMMAND_LIMIT: Final = 1500
TABLE_WIDTH: Final = 72
"""Below this width operations are listed one below the other instead of in a table."""


class Style(Value, frozen=True):
    """How to write on a stream: its width in columns, and whether it takes colours."""

    width: int = 100
    color: bool = False


def style_for(*, tty: bool, environ: Mapping[str, str], columns: int) -> Style:
    """Return the style for a stream: plain when not a terminal, in CI, or with NO_COLOR set."""
    plain = not tty or bool(environ.get("NO_COLOR")) or environ.get("TERM") == "dumb"
    in_ci = environ.get("CI", "").lower() not in ("", "0", "false")
    return Style(width=max(columns, 40) if tty else 100, color=not plain and not in_ci)


def render(results: Results, *, style: Style | None = None, reports: Sequence[str] = ()) -> str:
    """Return the terminal summary; `reports` are the paths of what was written, to end with."""
    style = style or Style()
    summary = summarise(redacted(results))
    return draw(_blocks(summary, style, reports), style)


def draw(blocks: Iterable[RenderableType], style: Style) -> str:
    """Return the blocks as text with one empty line between them and no space at line ends.

    A text that must not wrap (a command to copy) keeps its lines, however long, and belongs to
    the block before it.
    """
    stream = StringIO()
    console = Console(
        file=stream,
        width=style.width,
        force_terminal=style.color,
        color_system="standard" if style.color else None,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},
    )
    for block in blocks:
        command = isinstance(block, Text) and bool(block.no_wrap)
        if not command:
            console.print()
        console.print(block, soft_wrap=command)
    return _tidy(stream.getvalue())


def _tidy(text: str) -> str:
    """Return the text without space at line ends and without two empty lines in a row."""
    lines = [line.rstrip() for line in text.split("\n")]
    kept = [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]
    return "\n".join(kept).strip("\n") + "\n"


def _blocks(summary: Summary, style: Style, reports: Sequence[str]) -> Iterator[RenderableType]:
    yield _header(summary.results)
    yield _operations(summary, style)
    yield from _findings(summary)
    yield from _undecided(summary)
    yield from _baseline(summary)
    yield _verdict_line(summary)
    if reports:
        yield _list("Reports", reports)


def _header(results: Results) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("target", Text(one_line(results.target), style="bold"))
    grid.add_row("rules of", Text(one_line(f"{results.source} · {results.sdk}")))
    run = (
        f"{results.seed} · {plural(results.examples, 'example')} an operation"
        f" · {plural(results.requests, 'request')}"
    )
    took = duration(results)
    grid.add_row("seed", Text(f"{run} in {took}" if took else run))
    return Group(Text(one_line(results.tool), style="bold cyan"), grid)


def _operations(summary: Summary, style: Style) -> RenderableType:
    shown = _worst_first(summary.operations)[:SHOWN_OPERATIONS]
    left = len(summary.operations) - len(shown)
    more = [Text(f"… and {plural(left, 'more operation')}", style="dim")] if left else []
    if style.width < TABLE_WIDTH:
        return Group(*_stacked(shown), *more)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_footer=True)
    for name, total in zip(_COLUMNS, ("All", *_row(summary.numbers)), strict=True):
        left_aligned = name == "Operation"
        table.add_column(
            name, footer=total, justify="left" if left_aligned else "right", overflow="fold"
        )
    for one in shown:
        table.add_row(
            Text(one_line(one.operation)),
            *_row(one.numbers),
            style="red" if one.numbers.broken else "" if one.numbers.decided else "dim",
        )
    return Group(table, *more)


_COLUMNS: Final = ("Operation", "Conformance", "Coverage", "Kept", "Broken", "Undecided")


def _row(numbers: Numbers) -> tuple[str, ...]:
    return (
        percent(numbers.conformance),
        percent(numbers.coverage),
        f"{numbers.kept:,}",
        f"{numbers.broken:,}",
        f"{numbers.undecided:,}",
    )


def _worst_first(operations: Sequence[OperationSummary]) -> list[OperationSummary]:
    """Return the operations in their order, unless there are too many to show: then the worst."""
    if len(operations) <= SHOWN_OPERATIONS:
        return list(operations)
    return sorted(operations, key=lambda one: (-one.numbers.broken, -one.numbers.undecided))


def _stacked(operations: Sequence[OperationSummary]) -> Iterator[RenderableType]:
    for one in operations:
        conformance, coverage, kept, broken, undecided = _row(one.numbers)
        yield Text(one_line(one.operation), style="bold", overflow="fold")
        yield Text(f"  conformance {conformance} · coverage {coverage}")
        yield Text(f"  {kept} kept · {broken} broken · {undecided} undecided", style="dim")


def _findings(summary: Summary) -> Iterator[RenderableType]:
    if not summary.findings:
        return
    yield Text(f"{plural(len(summary.findings), 'finding')}", style="bold red")
    for finding in summary.findings[:SHOWN_FINDINGS]:
        yield from _finding(finding)
    left = len(summary.findings) - SHOWN_FINDINGS
    if left > 0:
        yield Text(f"… and {plural(left, 'more finding')} in the reports", style="dim")


def _finding(finding: Finding) -> Iterator[RenderableType]:
    first = finding.first
    title = Text.assemble(("✗ ", "red"), (one_line(finding.reason), "bold red"), "  ")
    title.append(one_line(finding.rule), style="bold")
    title.overflow = "fold"
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in _facts(finding, first):
        if text:
            grid.add_row(label, Text(text))
    yield Group(title, Padding(grid, (0, 0, 0, 2)))
    if first.reproducer and first.reproducer.curl:
        command = bounded(first.reproducer.curl, COMMAND_LIMIT).replace("\n", "\n  ")
        yield Text(f"  {command}", style="cyan", no_wrap=True)


def _facts(finding: Finding, first: Verdict) -> tuple[tuple[str, str], ...]:
    more = len(finding.verdicts) - 1
    also = f", and {plural(more, 'more case')}" if more else ""
    return (
        ("says", one_line(sentence(first.source))),
        ("at", one_line(place(first.source))),
        ("sent", f"{change(first)}{also}" if change(first) else f"{one_line(first.case)}{also}"),
        ("expected", one_line(first.expected)),
        ("observed", one_line(first.observed)),
    )


def _undecided(summary: Summary) -> Iterator[RenderableType]:
    lines = [
        f"{operation}: {what}" + (f" ({reasons})" if reasons else "")
        for operation, what, reasons in open_lines(summary)
    ]
    if lines:
        yield _list("Not decided", _cut(lines))
    if authentication := said_of_authentication(summary):
        yield Text(authentication, style="yellow")
    if summary.binds:
        binds = _cut(tuple(f"--bind {one_line(bind)}" for bind in summary.binds))
        yield _list("To decide more, give the target's own values", binds)


def _baseline(summary: Summary) -> Iterator[RenderableType]:
    if summary.stale:
        lines = tuple(f"{entry.rule}: {entry.reason}" for entry in summary.stale)
        yield _list("Out of date in the baseline", _cut(lines))
    aside = (("known to the baseline", summary.known), ("not repeatable (flaky)", summary.flaky))
    counted = [f"{plural(len(found), 'finding')} {what}" for what, found in aside if found]
    if counted:
        yield Text(" · ".join(counted), style="yellow")
    if alone := said_of_alone(summary):
        yield Text(alone, style="yellow")


def _cut(lines: Sequence[str]) -> tuple[str, ...]:
    left = len(lines) - SHOWN_BINDS
    more = (f"… and {left:,} more",) if left > 0 else ()
    return (*map(one_line, lines[:SHOWN_BINDS]), *more)


def _list(title: str, lines: Sequence[str]) -> RenderableType:
    rows = [Text(f"  {line}", overflow="fold") for line in lines]
    return Group(Text(title, style="bold"), *rows)


def _verdict_line(summary: Summary) -> RenderableType:
    numbers = summary.numbers
    good = not summary.results.exit_code and numbers.decided
    style = "bold green" if good else "bold red" if numbers.broken else "bold yellow"
    shares = f"conformance {percent(numbers.conformance)}, coverage {percent(numbers.coverage)}"
    return Text(f"{one_line(headline(summary))} – {shares}", style=style)

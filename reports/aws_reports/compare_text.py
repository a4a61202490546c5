"""A comparison as Markdown and as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from aws_reports.compare import MARKS, ComparedRule, Comparison, Contender
from aws_reports.markdown import cell, plain, table
from aws_reports.summary import NO_NUMBER, Numbers, percent, plural
from aws_reports.terminal import Style, draw
from aws_reports.visible import one_line

SHOWN_OPERATIONS: Final = 500
SHOWN_DIFFERENCES: Final = 2_000
SHOWN_ON_TERMINAL: Final = 40
LEGEND: Final = "✓ kept, ✗ broken, ? undecided, · not in the run"


def render_markdown(comparison: Comparison) -> bytes:
    """Return the comparison as GitHub-flavoured Markdown in UTF-8."""
    names = [cell(one.name) for one in comparison.contenders]
    differences = comparison.differences[:SHOWN_DIFFERENCES]
    left = len(comparison.differences) - len(differences)
    parts = [
        "# Targets compared",
        f"{_common(comparison)} Deviations known to a baseline count as broken here.",
        "\n".join(f"- {plain(note)}" for note in comparison.notes),
        table(_COLUMNS, [(cell(one.name), *_row(one)) for one in comparison.contenders]),
        "## Operations",
        "Conformance / coverage.",
        table(("Operation", *names), _operation_rows(comparison)),
        f"## {plural(len(comparison.differences), 'rule')} on which they part",
        LEGEND if differences else "",
        table(("Rule", *names), [_rule_row(rule) for rule in differences]) if differences else "",
        f"… and {plural(left, 'more rule')}" if left else "",
    ]
    return ("\n\n".join(part for part in parts if part) + "\n").encode("utf-8")


_COLUMNS: Final = ("Target", "Conformance on common rules", "Conformance", "Coverage",
                   "Kept", "Broken", "Undecided")  # fmt: skip


def _common(comparison: Comparison) -> str:
    common = plural(comparison.common, "rule")
    return f"The targets have {common} of {comparison.rules:,} in common that all could decide."


def _row(one: Contender) -> tuple[str, ...]:
    return (
        percent(one.common.conformance),
        percent(one.numbers.conformance),
        percent(one.numbers.coverage),
        f"{one.numbers.kept:,}",
        f"{one.numbers.broken:,}",
        f"{one.numbers.undecided:,}",
    )


def _operation_rows(comparison: Comparison) -> list[tuple[str, ...]]:
    return [
        (cell(one.operation), *map(_shares, one.numbers))
        for one in comparison.operations[:SHOWN_OPERATIONS]
    ]


def _shares(numbers: Numbers | None) -> str:
    if numbers is None:
        return NO_NUMBER
    return f"{percent(numbers.conformance)} / {percent(numbers.coverage)}"


def _rule_row(rule: ComparedRule) -> tuple[str, ...]:
    marks = zip(rule.marks, rule.reasons, strict=True)
    return (
        cell(rule.rule),
        *(f"{MARKS[mark]} {cell(reason)}" if reason else MARKS[mark] for mark, reason in marks),
    )


def render_terminal(comparison: Comparison, *, style: Style | None = None) -> str:
    """Return the comparison as text of a width, with or without colours."""
    style = style or Style()
    return draw(_blocks(comparison), style)


def _blocks(comparison: Comparison) -> Iterator[RenderableType]:
    yield Text("Targets compared", style="bold cyan")
    yield Text(_common(comparison))
    if comparison.notes:
        yield Group(*(Text(f"! {note}", style="yellow") for note in comparison.notes))
    rows: list[tuple[str | Text, ...]] = [
        (Text(one.name), *_row(one)) for one in comparison.contenders
    ]
    short = ("Target", "Common", "Conformance", "Coverage", "Kept", "Broken", "Undecided")
    yield _grid(short, rows)
    letters = [chr(ord("A") + number % 26) for number in range(len(comparison.contenders))]
    if comparison.differences:
        count = plural(len(comparison.differences), "rule")
        yield Text(f"{count} on which they part", style="bold")
        names = zip(letters, comparison.contenders, strict=True)
        yield Group(*(Text(f"  {letter}  {one.name}", style="dim") for letter, one in names))
        shown = comparison.differences[:SHOWN_ON_TERMINAL]
        yield _grid(("Rule", *letters), [_marks(rule) for rule in shown])
        yield Text(LEGEND, style="dim")
        left = len(comparison.differences) - len(shown)
        if left:
            yield Text(f"… and {plural(left, 'more rule')}", style="dim")


def _marks(rule: ComparedRule) -> tuple[Text, ...]:
    colors = {"kept": "green", "broken": "red", "undecided": "yellow", "absent": "dim"}
    marks = (Text(MARKS[mark], style=colors[mark]) for mark in rule.marks)
    return (Text(one_line(rule.rule)), *marks)


def _grid(columns: Sequence[str], rows: Sequence[Sequence[str | Text]]) -> Table:
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for number, name in enumerate(columns):
        grid.add_column(name, justify="right" if number else "left", overflow="fold")
    for row in rows:
        grid.add_row(*row)
    return grid

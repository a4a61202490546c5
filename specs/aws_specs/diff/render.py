"""A comparison as people read it: text for terminals and logs, Markdown for job summaries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby

from aws_specs.diff.change import Change
from aws_specs.diff.report import Report
from aws_specs.spec import Json

_LONGEST = 200
"""How many characters of a value are shown."""


def to_text(whole: Report) -> str:
    """Return the report as lines: `+` came, `-` went, `~` changed; `!` breaks someone."""
    return "".join(f"{line}\n" for line in _text(whole))


def _text(whole: Report) -> Iterator[str]:
    yield f"--- {whole.old}"
    yield f"+++ {whole.new}"
    for operation, changes in groupby(whole.changes, key=lambda change: change.operation):
        yield ""
        yield operation
        for change in changes:
            breaks = _breaks(change)
            yield f"{'!' if breaks else ' '} {_sign(change)} {_line(change)}" + (
                f"  [breaks {breaks}]" if breaks else ""
            )
    yield ""
    yield summary(whole)


def _sign(change: Change) -> str:
    if change.old is None and (change.new is not None or change.what.endswith("-added")):
        return "+"
    return "-" if change.new is None else "~"


def _line(change: Change) -> str:
    what = change.what.replace("-", " ") + (f" ({change.part})" if change.part else "")
    where = " ".join(part for part in (_SIDES.get(change.side, ""), change.member) if part)
    return ": ".join(part for part in (where, what, _values(change)) if part)


_SIDES = {"input": "input", "output": "output", "errors": "error", "protocol": ""}


def _values(change: Change) -> str:
    old, new = _value(change.old), _value(change.new)
    return f"{old} → {new}" if old and new else old or new


def _value(value: Json) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _breaks(change: Change) -> str:
    broken = (
        "callers" if change.breaks_callers else "",
        "implementers" if change.breaks_implementers else "",
    )
    return " and ".join(word for word in broken if word)


def summary(whole: Report) -> str:
    """Return one line that counts operations and changes."""
    changed = len({change.operation for change in whole.changes})
    callers = sum(change.breaks_callers for change in whole.changes)
    implementers = sum(change.breaks_implementers for change in whole.changes)
    compared = _count(whole.operations, "operation")
    if not whole.changes:
        return f"no change in {compared}"
    return (
        f"{_count(len(whole.changes), 'change')} in {changed} of {compared}: "
        f"{callers} break callers, {implementers} break implementers"
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


# ---------------------------------------------------------------- Markdown


def to_markdown(whole: Report) -> str:
    """Return the report as Markdown: a table an operation."""
    return "".join(f"{line}\n" for line in _markdown(whole))


def _markdown(whole: Report) -> Iterator[str]:
    yield f"## {_code(whole.old)} → {_code(whole.new)}"
    yield ""
    yield f"{summary(whole)}."
    for operation, changes in groupby(whole.changes, key=lambda change: change.operation):
        yield ""
        yield f"### {operation}"
        yield ""
        yield "| change | where | old | new | breaks |"
        yield "|---|---|---|---|---|"
        for change in changes:
            yield _row(change)


def _row(change: Change) -> str:
    what = change.what.replace("-", " ") + (f" ({change.part})" if change.part else "")
    side = _SIDES.get(change.side, "")
    where = " ".join(part for part in (side, _code(change.member)) if part)
    cells = (what, where, _code(_value(change.old)), _code(_value(change.new)), _breaks(change))
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Return text as code that stays one cell, whatever is in it."""
    if not text:
        return ""
    flat = " ".join(text.split()).replace("|", "\\|")
    fence = "`" * (_longest_run(flat) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def _longest_run(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest

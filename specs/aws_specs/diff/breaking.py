"""Whom a change breaks, by one table.

*Callers*: a request that was right by OLD, or a program that reads answers, is wrong by NEW.
*Implementers*: a server that keeps OLD to the letter and does nothing else gets a finding when the
suite holds it to NEW. A tightened limit breaks both: requests are refused that were fine, and a
server of old accepts what it must refuse. In answers, limits and new enum values break nobody:
services exceed and add them, and the judge reports such values apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws_specs.diff.change import Change, What, as_object
from aws_specs.spec import Json

Breaks = tuple[bool, bool]
"""(callers, implementers)"""

NOBODY: Breaks = (False, False)
BOTH: Breaks = (True, True)


def breaks(change: Change) -> Breaks:
    """Return whether a change breaks (callers, implementers)."""
    row = _TABLE[change.what]
    return row(change) if callable(row) else row


def _on(asked: Breaks, answered: Breaks) -> Callable[[Change], Breaks]:
    """Choose by side: what is asked of callers, or what is answered to them."""
    return lambda change: answered if change.side == "output" else asked


def _member_added(change: Change) -> Breaks:
    must = _is_required(change.new)
    return (False, must) if change.side == "output" else (must, True)


def _member_removed(change: Change) -> Breaks:
    return (True, change.side == "input" and _is_required(change.old))


def _is_required(member: Json) -> bool:
    return bool(as_object(member).get("required"))


def _required(change: Change) -> Breaks:
    if change.side == "output":
        return (not change.new, bool(change.new))
    return (bool(change.new), True)


def _limit_changed(change: Change) -> Breaks:
    return NOBODY if change.side == "output" else (_tightened(change.old, change.new), True)


def _tightened(old: Json, new: Json) -> bool:
    """Whether a value may keep the old limit and break the new one; patterns may always."""
    ours, theirs = as_object(old), as_object(new)
    if not ours or not theirs:
        return bool(old != new)
    if {key: ours.get(key) for key in _ASIDE} != {key: theirs.get(key) for key in _ASIDE}:
        return True
    low, high = _bounds(ours)
    lower, upper = _bounds(theirs)
    return lower > low or upper < high


_ASIDE = ("unit", "total")


def _bounds(limit: Mapping[str, Json]) -> tuple[float, float]:
    low, high = limit.get("min"), limit.get("max")
    return (float("-inf") if low is None else low, float("inf") if high is None else high)


def _rule(callers: bool) -> Callable[[Change], Breaks]:
    def row(change: Change) -> Breaks:
        return NOBODY if change.side == "output" or change.part in _HARMLESS else (callers, True)

    return row


_HARMLESS = frozenset({"recommended"})

_TABLE: Mapping[What, Breaks | Callable[[Change], Breaks]] = {
    "operation-added": (False, True),
    "operation-removed": (True, False),
    "member-added": _member_added,
    "member-removed": _member_removed,
    "type": BOTH,
    "required": _required,
    "deprecated": NOBODY,
    "enum-added": _on(BOTH, NOBODY),
    "enum-removed": _on((False, True), NOBODY),
    "enum-value-added": _on((False, True), NOBODY),
    "enum-value-removed": _on(BOTH, NOBODY),
    "constraint-added": _on(BOTH, NOBODY),
    "constraint-removed": _on((False, True), NOBODY),
    "constraint-changed": _limit_changed,
    "rule-added": _rule(callers=True),
    "rule-removed": _rule(callers=False),
    "rule-changed": _rule(callers=True),
    "error-added": NOBODY,
    "error-removed": (False, True),
    "error-status": BOTH,
    "error-code": BOTH,
    "error-members": NOBODY,
    "token": lambda change: (not change.new, bool(change.new)),
    "status": BOTH,
    "wire": BOTH,
}

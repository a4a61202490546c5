"""Lengths of texts and blobs, totals, counts of entries, ranges of numbers."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import Concrete
from aws_specs.schema import loosest
from aws_specs.spec import Json, List, Map, Rule, Scalar
from aws_strategies.build import Builder, NoValueError, distinct_keys, member_name
from aws_strategies.carriage import carriage
from aws_strategies.domain import LONGEST, MOST_ITEMS, Domain, oversized
from aws_strategies.kinds.breach import Breach, change, number
from aws_strategies.plan import Plan

_WIDE = "é"
"""Two bytes in UTF-8, one character."""


def break_length(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Yield values one too long and one too short, in what the rule counts."""
    limits, unit = loosest(rule), rule.value.get("unit")
    shape = plan.shapes[rule.member]
    if rule.value.get("total"):
        yield from _break_total(plan, rule, request, at)
    elif isinstance(shape, Scalar) and shape.type == "blob":
        yield from _break_blob(limits, at)
    else:
        yield from _break_text(plan, rule, limits, unit == "bytes", at)


def _break_text(
    plan: Plan, rule: Rule, limits: Mapping[str, Json], in_bytes: bool, at: Concrete
) -> Iterator[Breach]:
    domain, name = plan.domain(rule.member), member_name(rule.member)
    high, low = limits.get("max"), limits.get("min", 0)
    if high is not None and high < LONGEST:
        value = _first_of(domain, name, range(high + 1, high + _NEAR))
        if value is not None:
            yield change("above-max", at, value)
        wide = _WIDE * (high // 2 + 1)
        if in_bytes and not domain.patterns:
            yield change("above-max-in-bytes", at, wide)
    if low >= 1:
        value = _first_of(domain, name, range(low - 1, max(-1, low - _NEAR), -1))
        if low == 1 and carriage(plan, rule.member) in ("filled", "raw"):
            return
        if value is not None or low == 1:
            yield change("below-min", at, value or "")


_NEAR = 5
"""Lengths this far beyond a limit are tried: a pattern may have texts of every fourth only."""


def _first_of(domain: Domain, name: str, lengths: Iterable[int]) -> str | None:
    """Return a text of the first of the lengths that the rest of the domain allows."""
    texts = (oversized(domain, name, length) for length in lengths)
    return next((text for text in texts if text is not None), None)


def _break_total(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Break a limit over all entries of a map whichever strings of an entry a target counts."""
    high = loosest(rule)["max"]
    shape = plan.below(rule.member)
    if not isinstance(shape, Map) or high > LONGEST:
        return
    member = f"{rule.member}{{}}.Value"
    value = plan.domain(member) if member in plan.shapes else Domain()
    entry = dict(Builder(plan).typical(f"{rule.member}{{}}"))
    each = min(value.longest or high, high)
    yield change("above-max", at, _entries(entry, "x", high + 1, each))
    if not value.patterns and value.max_bytes is None:
        wide = _entries(entry, _WIDE, high // 2 + 1, each)
        yield change("above-max-in-bytes", at, wide)


def _entries(entry: dict[str, Json], letter: str, left: int, each: int) -> dict[str, Json]:
    """Return as many entries as it takes for `left` letters, at most `each` in a value."""
    entries: dict[str, Json] = {}
    while left > 0:
        size = min(each, left)
        entries[f"key{len(entries) + 1}"] = {**entry, "Value": letter * size}
        left -= size
    return entries


def _break_blob(limits: Mapping[str, Json], at: Concrete) -> Iterator[Breach]:
    high, low = limits.get("max"), limits.get("min", 0)
    if high is not None and high < LONGEST:
        yield change("above-max", at, base64.b64encode(b"x" * (high + 1)).decode())
    if low >= 1:
        yield change("below-min", at, base64.b64encode(b"x" * (low - 1)).decode())


def keeps_length(value: Json, actual: Json) -> bool | None:
    """Return whether a text has an allowed length, in the unit of the statement."""
    if value.get("total"):
        return _keeps_total(value, actual)
    if not isinstance(actual, str):
        return True
    size = len(actual)
    if value.get("unit") == "bytes":
        size = len(actual.encode("utf-8", "surrogatepass"))
    return between(value, size)


def keeps_blob_length(value: Json, actual: Json) -> bool | None:
    """Return whether base64 text carries an allowed number of bytes."""
    decoded = _decoded(actual)
    return True if decoded is None else between(value, len(decoded))


def _decoded(value: Json) -> bytes | None:
    if not isinstance(value, str):
        return None
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None


def _keeps_total(value: Json, actual: Json) -> bool | None:
    """Kept if all texts together fit; broken only if the values alone do not."""
    if not is_object(actual):
        return True
    entries = [entry for entry in actual.values() if is_object(entry)]
    values = sum(_bytes(entry.get("Value")) for entry in entries)
    everything = sum(map(_bytes, actual)) + sum(_bytes(v) for e in entries for v in e.values())
    if everything <= value["max"]:
        return True
    return False if values > value["max"] else None


def _bytes(value: Json) -> int:
    return len(value.encode()) if isinstance(value, str) else 0


def between(limits: Mapping[str, Json], size: float) -> bool:
    """Return whether a size lies within limits."""
    low, high = limits.get("min"), limits.get("max")
    return (low is None or size >= low) and (high is None or size <= high)


def break_items(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Yield a list or map with one entry too many, and with one too few."""
    limits = loosest(rule)
    high, low = limits.get("max"), limits.get("min", 0)
    if high is not None and high < MOST_ITEMS:
        yield change("above-max", at, entries_of(plan, rule.member, high + 1))
    if low > 1 or (low == 1 and carriage(plan, rule.member) == "document"):
        yield change("below-min", at, entries_of(plan, rule.member, low - 1))


def entries_of(plan: Plan, path: str, count: int) -> Json:
    """Return a list or map of exactly `count` typical entries (fewer where keys run out)."""
    shape = plan.below(path)
    path = plan.spelled(path)
    builder = Builder(plan)
    if isinstance(shape, List):
        return [builder.typical(f"{path}[]") for _ in range(count)]
    if not isinstance(shape, Map):
        raise NoValueError(f"{path}: neither a list nor a map")
    first = str(builder.typical(f"{path}{{key}}"))
    keys = distinct_keys(first, count, plan.domain(f"{path}{{key}}"))[:count]
    return {key: builder.typical(f"{path}{{}}") for key in keys}


def keeps_items(value: Json, actual: Json) -> bool | None:
    """Return whether a list or map has an allowed number of entries."""
    return between(value, len(actual)) if is_object(actual) or is_list(actual) else True


def break_range(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Yield the number one above the maximum, and the one below the minimum."""
    limits = loosest(rule)
    if limits.get("max") is not None:
        yield change("above-max", at, _next(limits["max"], 1))
    if limits.get("min") is not None:
        yield change("below-min", at, _next(limits["min"], -1))


def _next(limit: Any, step: int) -> Json:
    return limit + step


def keeps_range(value: Json, actual: Json) -> bool | None:
    """Return whether a number lies within the stated range."""
    return between(value, actual) if number(actual) else True

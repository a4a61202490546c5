"""Values that just meet a limit: the longest text, the fewest entries, the largest number."""

from __future__ import annotations

import base64
import binascii
import copy
from typing import Any

from msgspec.structs import replace

from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import KEY, get, occurrences
from aws_specs.spec import Json, Rule, Scalar
from aws_strategies.build import member_name, put, rename
from aws_strategies.case import Case
from aws_strategies.domain import LONGEST, MOST_ITEMS, Domain, sized
from aws_strategies.kinds import entries_of
from aws_strategies.plan import Plan


def at_limit(plan: Plan, rule: Rule, end: str) -> Json:
    """Return a value that just meets the tightest statement of a limit, None where none can be
    made. `end` is "max" or "min".
    """
    domain, shape = plan.domain(rule.member), plan.shapes[rule.member]
    if rule.value.get("total"):
        return None
    match rule.kind:
        case "range":
            limit = domain.high if end == "max" else domain.low
            return None if limit is None else limit
        case "items":
            count = domain.max_items if end == "max" else domain.min_items
            if count is None or count > MOST_ITEMS or (end == "min" and not count):
                return None
            value = entries_of(plan, rule.member, count)
            return value if len(value) == count else None
        case _ if isinstance(shape, Scalar) and shape.type == "string":
            length = domain.longest if end == "max" else domain.shortest
            if length is None or length > LONGEST or (end == "min" and "min" not in rule.value):
                return None
            return sized(domain, member_name(rule.member), length)
        case _ if isinstance(shape, Scalar) and shape.type == "blob":
            size = domain.max_bytes if end == "max" else domain.min_bytes
            if not size or size > LONGEST:
                return None
            return base64.b64encode(b"x" * size).decode()
        case _:
            return None


def step_inside(plan: Plan, rule: Rule, case: Case) -> Case | None:
    """Return a valid case at a limit with a value one step inside instead, None where none is.

    `case` is a witness of one end of the limit, as its witness says: `…/length=max`.
    """
    at = next(occurrences(case.params, rule.member), None)
    end = case.witnesses[0].rpartition("=")[2]
    if at is None or end not in ("max", "min"):
        return None
    value = _stepped(plan, rule, get(case.params, at), -1 if end == "max" else 1)
    if value is None:
        return None
    params: Any = copy.deepcopy(case.params)
    rename(params, at, value) if at[-1] == KEY else put(params, at, value)
    return replace(case, id=f"{case.id}~inside", params=params)


def _stepped(plan: Plan, rule: Rule, value: Json, step: int) -> Json:
    """Return a value of another size, or the number beside it; None where that is not valid."""
    domain, shape = plan.domain(rule.member), plan.shapes[rule.member]
    if rule.kind == "range" and isinstance(value, int | float):
        low, high = domain.low, domain.high
        within = (low is None or low <= value + step) and (high is None or value + step <= high)
        return value + step if within else None
    if is_list(value) or is_object(value):
        size = len(value) + step
        most = MOST_ITEMS if domain.max_items is None else min(domain.max_items, MOST_ITEMS)
        if not domain.min_items <= size <= most:
            return None
        entries = entries_of(plan, rule.member, size)
        return entries if len(entries) == size else None
    if not isinstance(value, str) or not isinstance(shape, Scalar):
        return None
    if shape.type == "blob":
        return _bytes_of(domain, value, step)
    return sized(domain, member_name(rule.member), len(value) + step)


def _bytes_of(domain: Domain, value: str, step: int) -> Json:
    try:
        size = len(base64.b64decode(value, validate=True)) + step
    except (binascii.Error, ValueError):
        return None
    within = domain.min_bytes <= size and (domain.max_bytes is None or size <= domain.max_bytes)
    return base64.b64encode(b"x" * size).decode() if within else None

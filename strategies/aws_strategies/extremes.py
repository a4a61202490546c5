"""Values that just meet a limit: the longest text, the fewest entries, the largest number."""

from __future__ import annotations

import base64

from aws_specs.spec import Json, Rule, Scalar
from aws_strategies.build import member_name
from aws_strategies.domain import LONGEST, MOST_ITEMS, sized
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

"""Patterns and formats of texts."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from aws_specs.paths import Concrete
from aws_specs.spec import Json, Rule
from aws_strategies.build import member_name
from aws_strategies.carriage import carriage
from aws_strategies.domain import LONGEST, text
from aws_strategies.kinds.breach import Breach, change
from aws_strategies.plan import Plan
from aws_strategies.text import breaking, compiled, matches, mismatches, of_format

_RARE = "\x01\u2028"
"""Letters that only documents carry as they are, for patterns that allow nearly everything."""


def break_pattern(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Yield a text of allowed length that does not match."""
    domain = plan.domain(rule.member)
    high = domain.longest if domain.longest is not None else LONGEST
    valid = text(domain, member_name(rule.member)) or ""
    others = replace(domain, patterns=tuple(p for p in domain.patterns if p not in rule.values))
    rare = _RARE if carriage(plan, rule.member) == "document" else ""
    found = breaking(rule.value, valid, domain.shortest, high, others.allows, rare)
    if found is not None:
        yield change("mismatch", at, found[0], unsure=not found[1])


def keeps_pattern(value: Json, actual: Json) -> bool | None:
    """Return whether a text matches; None where only a part of it does."""
    if not isinstance(actual, str) or compiled(value) is None:
        return True
    if matches(value, actual):
        return True
    return False if mismatches(value, actual) else None


def break_format(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Yield a text that is not of the format, where we can decide that."""
    if rule.value == "base64" and carriage(plan, rule.member) == "raw":
        return
    wrong = "not base64!" if rule.value == "base64" else f"not-a-valid-{rule.value}"
    if of_format(wrong, rule.value) is False:
        yield change("malformed", at, wrong)


def keeps_format(value: Json, actual: Json) -> bool | None:
    """Return whether a text is of a format.

    A format we cannot decide counts as kept: such a rule is never broken either.
    """
    return not isinstance(actual, str) or of_format(actual, value) is not False

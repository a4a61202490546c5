"""Closed sets of values, and members that are not supported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from msgspec.structs import replace

from aws_specs.paths import Concrete
from aws_specs.spec import Json, List, Rule, Scalar, Structure
from aws_strategies.build import Builder, member_name
from aws_strategies.carriage import carriage
from aws_strategies.kinds.breach import Breach, change
from aws_strategies.plan import Plan

OUTSIDER = "AWS_CONFORMANCE_OUTSIDER"


def break_enum(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Yield a value no source knows, one of a namesake's, one in the wrong case, the empty text."""
    known = {str(item) for value in rule.values for item in value}
    yield change("outsider", at, _outsider(plan, rule, known))
    for value in _of_namesakes(plan, rule):
        if value not in known:
            yield change("namesake", at, value)
            break
    turned = [item for value in rule.value if (item := _turned(str(value))) not in known]
    if turned:
        yield change("wrong-case", at, turned[0])
    if "" not in known and carriage(plan, rule.member) != "filled":
        yield change("empty", at, "")


def _outsider(plan: Plan, rule: Rule, known: set[str]) -> str:
    """Return a value that no source knows, one that keeps the other rules on the member if any."""
    free = [text for text in (OUTSIDER, *_OUTSIDERS) if text not in known]
    others = replace(plan.domain(rule.member), values=None)
    return next((text for text in free if others.allows(text)), free[0])


_OUTSIDERS = ("AWS_CONFORMANCE_OUTSIDER_2", "AwsConformanceOutsider", "OUTSIDER", "outsider", "zz0")


def _turned(value: str) -> str:
    return value.lower() if value != value.lower() else value.upper()


def _of_namesakes(plan: Plan, rule: Rule) -> Iterator[str]:
    """Yield the values that members of the same name have elsewhere in the request."""
    for path, values in _enums_by_name(plan).get(member_name(rule.member), ()):
        if path != rule.member:
            yield from values


@lru_cache(maxsize=16)
def _enums_by_name(plan: Plan) -> Mapping[str, Sequence[tuple[str, list[str]]]]:
    """Return (member path, values) of every enum, by the member's name."""
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for path, rules in plan.rules.items():
        values = [str(item) for rule in rules if rule.kind == "enum" for item in rule.value]
        if values:
            found.setdefault(member_name(path), []).append((path, values))
    return found


def keeps_enum(value: Json, actual: Json) -> bool | None:
    """Return whether a value is one of the stated ones."""
    return actual in value


def break_unsupported(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Yield the member present, or every value of its enum that is not supported."""
    supported = {item for value in rule.values for item in value.get("supported", [])}
    if not supported:
        yield Breach(what="present", op="add", at=at, new=some(plan, rule.member))
        return
    enum = plan.rule(rule.member, "enum")
    others = [item for item in enum.value if item not in supported] if enum else [OUTSIDER]
    for item in others:
        yield change(str(item), at, item)


def some(plan: Plan, path: str) -> Json:
    """Return a typical value for a member, with an entry where it is a list or a map.

    What is empty is as little as none to many a server. Of a member that no request may have
    nothing is known to be valid.
    """
    shape = plan.shapes[path]
    if plan.sendable(path):
        return Builder(plan).filled(path)
    if isinstance(shape, Scalar):
        return Builder(plan).scalar(shape, path)
    if isinstance(shape, Structure):
        return {m.name: some(plan, f"{path}.{m.name}") for m in shape.members[:2]}
    return [] if isinstance(shape, List) else {}


def keeps_unsupported(value: Json, actual: Json) -> bool | None:
    """Return whether a value is supported; a member without supported values must be absent."""
    supported = value.get("supported", [])
    return actual in supported if supported else False

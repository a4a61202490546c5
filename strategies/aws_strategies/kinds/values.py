"""Closed sets of values, and members that are not supported."""

from __future__ import annotations

from collections.abc import Iterator

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
    yield change("outsider", at, OUTSIDER if OUTSIDER not in known else OUTSIDER + "_2")
    for value in _of_namesakes(plan, rule):
        if value not in known:
            yield change("namesake", at, value)
            break
    turned = [item for value in rule.value if (item := _turned(str(value))) not in known]
    if turned:
        yield change("wrong-case", at, turned[0])
    if "" not in known and carriage(plan, rule.member) != "filled":
        yield change("empty", at, "")


def _turned(value: str) -> str:
    return value.lower() if value != value.lower() else value.upper()


def _of_namesakes(plan: Plan, rule: Rule) -> Iterator[str]:
    """Yield the values that members of the same name have elsewhere in the request."""
    name = member_name(rule.member)
    for path, rules in plan.rules.items():
        if path != rule.member and member_name(path) == name:
            yield from (str(v) for other in rules if other.kind == "enum" for v in other.value)


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
    """Return a typical value for a member that no valid request has."""
    shape = plan.shapes[path]
    if isinstance(shape, Scalar):
        return Builder(plan).scalar(shape, path)
    if isinstance(shape, Structure):
        return {m.name: some(plan, f"{path}.{m.name}") for m in shape.members[:2]}
    return [] if isinstance(shape, List) else {}


def keeps_unsupported(value: Json, actual: Json) -> bool | None:
    """Return whether a value is supported; a member without supported values must be absent."""
    supported = value.get("supported", [])
    return actual in supported if supported else False

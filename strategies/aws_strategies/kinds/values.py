"""Closed sets of values, and members that are not supported."""

from __future__ import annotations

from collections.abc import Iterator

from aws_specs.paths import Concrete
from aws_specs.spec import Json, List, Rule, Scalar, Structure
from aws_strategies.build import Builder
from aws_strategies.kinds.breach import Breach, change
from aws_strategies.plan import Plan

OUTSIDER = "AWS_CONFORMANCE_OUTSIDER"


def break_enum(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Yield a value that no source knows, one in the wrong case, and the empty text."""
    known = {str(item) for value in (*rule.values, rule.known) for item in value}
    first = str(rule.value[0]) if rule.value else ""
    folded = {item.lower() for item in known}
    yield change("outsider", at, OUTSIDER if OUTSIDER not in known else OUTSIDER + "_2")
    turned = first.lower() if first != first.lower() else first.upper()
    if turned not in known and turned.lower() in folded:
        yield change("wrong-case", at, turned)
    if "" not in known:
        yield change("empty", at, "")


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

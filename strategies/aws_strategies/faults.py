"""Where and how a rule is broken in a valid request, and the request it was broken in."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from aws_specs.paths import KEY, Concrete, occurrences, parent, steps
from aws_specs.spec import Json, Rule
from aws_strategies import build
from aws_strategies.build import NoValueError, exists, fetch
from aws_strategies.case import Case
from aws_strategies.invalid import invalid_case
from aws_strategies.kinds import KINDS, Breach, broken, places
from aws_strategies.plan import Plan


def needs_of(rule: Rule) -> tuple[tuple[str, ...], dict[str, Json]] | None:
    """Return the members a request must have for a rule to be broken in it, and values in them.

    None for a rule that depends on something outside of the request.
    """
    match rule.kind:
        case "conditional":
            return _conditional_needs(rule)
        case "exclusive":
            return (rule.value["members"][0],), {}
        case "unsupported" if not rule.value.get("supported"):
            return (parent(rule.member),), {}
        case _:
            return (rule.member,), {}


def _conditional_needs(rule: Rule) -> tuple[tuple[str, ...], dict[str, Json]] | None:
    when, then = rule.value["when"], rule.value["then"]
    if "member" not in when:
        return None
    values = {when["member"]: when["in"][0]} if when.get("in") else {}
    if then["kind"] in ("format", "enum", "required"):
        return (when["member"], then["member"]), values
    if then["member"] != when["member"]:
        return (when["member"], parent(then["member"])), values
    return (when["member"],), values


def fault_places(rule: Rule, request: Json) -> list[Concrete]:
    """Return where a rule can be broken: where its member stands, or could for an absent one."""
    if rule.kind == "unsupported" and not rule.value.get("supported"):
        name = steps(rule.member)[-1]
        holders = occurrences(request, parent(rule.member))
        return [(*at, name) for at in holders if isinstance(fetch(request, at), dict)]
    if rule.kind == "required":
        return [at for at in places(rule, request) if exists(request, at)]
    return list(places(rule, request))


def breaches(plan: Plan, rule: Rule, twin: Case, at: Concrete) -> list[Breach]:
    """Return the ways of breaking a rule at one place, the smallest first."""
    try:
        return list(KINDS[rule.kind].breaks(plan, rule, twin.params, at))
    except NoValueError:
        return []


def alone(
    plan: Plan, rule: Rule, twin: Case, breach: Breach, identity: str, nonce: str
) -> Case | None:
    """Return the twin with one fault that breaks this rule and no other, or None."""
    if rule.kind == "exists":
        return None
    case = invalid_case(plan, rule, twin, breach, identity, nonce)
    if case is None or broken(plan, case.params, surely=False) - {rule.id}:
        return None
    return case


def faulty(
    plan: Plan, rule: Rule, twin: Case, at: Concrete, start: int, nonce: str
) -> tuple[Breach, Case] | None:
    """Return the `start`th way of breaking the rule alone, or the next, and the broken twin."""
    ways = breaches(plan, rule, twin, at)
    for number in range(len(ways)):
        breach = ways[(start + number) % len(ways)]
        case = alone(plan, rule, twin, breach, f"{rule.id}~{breach.what}", nonce)
        if case is not None:
            return breach, case
    return None


def untouched(case: Case) -> dict[str, Any]:
    """Return the parameters of a case with its fault undone: what its valid twin sends.

    Idempotency tokens are the case's own, and a member that was taken out comes last.
    """
    params: dict[str, Any] = copy.deepcopy(case.params)
    if case.fault is None:
        return params
    at = located(params, case.fault.at)
    match case.fault.op:
        case "add":
            build.remove(params, at)
        case "rename":
            build.rename(params, (*at[:-1], str(case.fault.new), KEY), str(case.fault.old))
        case "replace" | "remove":
            build.put(params, at, copy.deepcopy(case.fault.old))
    return params


def located(params: Json, pointer: str) -> Concrete:
    """Return the concrete path that a JSON Pointer (RFC 6901) means in a request."""
    at: list[str | int] = []
    for part in pointer.split("/")[1:]:
        step = part.replace("~1", "/").replace("~0", "~")
        here = params
        at.append(int(step) if isinstance(here, list) else step)
        params = _below(here, at[-1])
    return tuple(at)


def _below(value: Json, step: str | int) -> Json:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None


def ways(plan: Plan, rule: Rule, twin: Case) -> Iterator[Case]:
    """Yield every case that breaks the rule, and no other, somewhere in a valid request."""
    for at in fault_places(rule, twin.params):
        for breach in breaches(plan, rule, twin, at):
            case = alone(plan, rule, twin, breach, f"{rule.id}~{breach.what}", "")
            if case is not None:
                yield replace(case, twin=twin.id)

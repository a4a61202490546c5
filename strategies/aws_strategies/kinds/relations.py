"""Rules across members (conditional, exclusive) and rules on what the target has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aws_specs.paths import Concrete, steps
from aws_specs.spec import Json, Rule
from aws_strategies.build import exists, fetch, relative
from aws_strategies.kinds.breach import Breach, change
from aws_strategies.kinds.texts import keeps_format
from aws_strategies.kinds.values import OUTSIDER, some
from aws_strategies.plan import Plan


def break_conditional(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Break what follows where the condition holds; `at` is where its member stands."""
    when, then = rule.value["when"], rule.value["then"]
    target = relative(at, when["member"], then["member"])
    if target is None:
        return
    present = exists(request, target)
    match then["kind"]:
        case "required" if present:
            yield Breach(what="absent", op="remove", at=target)
        case "unsupported" if not present:
            yield Breach(what="present", op="add", at=target, new=some(plan, then["member"]))
        case "format" if present:
            yield change("malformed", target, f"not-a-valid-{then['value']}")
        case "enum" if present:
            yield change("outsider", target, OUTSIDER)
        case _:
            return


def breaks_conditional(then: Mapping[str, Json], holder: Json, target: Concrete) -> bool:
    """Return whether what follows from a condition does not hold at `target` in `holder`."""
    present = exists(holder, target)
    match then["kind"]:
        case "required":
            return not present
        case "unsupported":
            stated: Mapping[str, Json] = then.get("value") or {}
            supported = stated.get("supported")
            return present and not (supported and fetch(holder, target) in supported)
        case "format" if present:
            return keeps_format(then["value"], fetch(holder, target)) is False
        case "enum" if present:
            return fetch(holder, target) not in then["value"]
        case _:
            return False


def break_exclusive(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Add a second member beside the first, or take the one away where one must be.

    `at` is where the one that is present stands.
    """
    members = list(rule.value["members"])
    here = next((path for path in members if len(steps(path)) == len(at)
                 and steps(path)[-1] == at[-1]), members[0])  # fmt: skip
    for other in members:
        target = relative(at, here, other)
        if other != here and target is not None and not exists(request, target):
            yield Breach(what="both", op="add", at=target, new=some(plan, other))
            break
    if rule.value.get("exactly_one"):
        yield Breach(what="none", op="remove", at=at)


def break_exists(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Name something else of the same form: only where a binding says what there is."""
    bound = plan.bindings.get(rule.member)
    if bound is None:
        return
    other = _stranger(bound)
    if other != bound and plan.domain(rule.member).allows(other):
        yield change("stranger", at, other)


def _stranger(value: str) -> str:
    """Return a value of the same form that names something else: its last letters turned."""
    turned = {"0": "9", "1": "8", "a": "f", "b": "e"}
    tail = "".join(turned.get(char, "0" if char.isdigit() else "a" if char.isalpha() else char)
                   for char in value[-8:])  # fmt: skip
    return value[:-8] + tail

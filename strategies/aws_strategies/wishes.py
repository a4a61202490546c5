"""What a request must have so that a rule between members can be broken in it.

A rule on a condition wants a request in which the condition holds, an exclusion one that has one of
the members. What is a list or a map gets an entry: an empty one is as little as none to many a
server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from aws_specs.paths import parent, steps
from aws_specs.spec import Json, List, Map, Rule
from aws_strategies.plan import Plan


class Wish(NamedTuple):
    """A request that is wanted: what its id ends in, its members, values of some of them.

    `there` is the member that must stand in it when all rules are settled.
    """

    mark: str
    include: tuple[str, ...]
    values: Mapping[str, Json]
    there: str


def wishes(plan: Plan, rule: Rule) -> Iterator[Wish]:
    """Yield the requests in which a rule between members can be broken, the best first."""
    match rule.kind:
        case "conditional" if "member" in rule.value["when"]:
            yield from _on_condition(plan, rule)
        case "exclusive":
            for path in rule.value["members"]:
                if plan.sendable(path):
                    mark = f"~beside~{rule.id.rsplit('=', 1)[-1]}~{steps(path)[-1]}"
                    yield Wish(mark, (path, *_entries(plan, path)), {}, path)
        case _:
            return


def _on_condition(plan: Plan, rule: Rule) -> Iterator[Wish]:
    when, then = rule.value["when"], rule.value["then"]
    include: list[str] = [when["member"]]
    if when.get("present"):
        include += _entries(plan, when["member"])
    if then["kind"] in ("format", "enum", "required"):
        include.append(then["member"])
    elif then["member"] != when["member"]:
        include.append(parent(then["member"]))
    mark = f"~when~{rule.id.rsplit('/', 2)[1]}~{rule.id.rsplit('/', 1)[1]}"
    if not when.get("in"):
        yield Wish(mark, tuple(include), {}, when["member"])
    for value in when.get("in", ()):
        yield Wish(mark, tuple(include), {when["member"]: value}, when["member"])


def _entries(plan: Plan, path: str) -> list[str]:
    shape = plan.below(path)
    mark = "[]" if isinstance(shape, List) else "{}" if isinstance(shape, Map) else ""
    return [f"{path}{mark}"] if mark else []

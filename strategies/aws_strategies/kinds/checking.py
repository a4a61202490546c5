"""Which rules a request breaks: one walk over the request, the rules of each member at hand.

The rules of a plan are laid out once as a tree that has the shape of the request; where the shapes
recur, so does the tree, so that a value nested in itself is checked at every level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial

from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import KEY, Concrete, from_steps, occurrences, parent, steps
from aws_specs.spec import Json, Recursive, Rule, Scalar
from aws_strategies.build import fetch, triggers
from aws_strategies.kinds.breach import Keeps, always
from aws_strategies.kinds.limits import keeps_blob_length
from aws_strategies.kinds.relations import breaks_conditional
from aws_strategies.kinds.table import KINDS
from aws_strategies.kinds.types import keeps_type
from aws_strategies.plan import Plan

_WILD = frozenset({"[]", "{}", "{key}"})


def broken(plan: Plan, request: Json, *, surely: bool, along: Concrete = ()) -> set[str]:
    """Return the ids of the rules a request breaks, of any confidence, checkable or not.

    With `surely` only those whose every statement is broken in every reading; without, also those
    of which one statement may be read as broken: a valid request must have none of these. What a
    member is bound to is right, whatever the rules say. With `along` only what stands on the way to
    that place and below it is looked at: all that a change there can break.
    """
    found: set[str] = set()
    _visit(_tree(plan), request, surely, found, along)
    return found


class _Node:
    """The rules on one member, and the nodes below it by step."""

    def __init__(self) -> None:
        self.bound: str | None = None
        self.types: tuple[Rule, ...] = ()
        self.values: tuple[tuple[Rule, Keeps], ...] = ()
        self.required: list[tuple[str, str]] = []
        self.relations: list[tuple[str, Callable[[Json], bool]]] = []
        self.below: dict[str, _Node] = {}


@lru_cache(maxsize=64)
def _tree(plan: Plan) -> _Node:
    nodes = {path: _node(plan, path) for path in ("", *plan.shapes)}
    for path, node in nodes.items():
        if path:
            nodes[parent(path)].below[steps(path)[-1]] = node
    for rules in plan.rules.values():
        for rule in rules:
            _relate(nodes, rule)
    for path, shape in plan.shapes.items():
        if isinstance(shape, Recursive):
            target = nodes[shape.to]
            nodes[path].below = target.below
            nodes[path].required = target.required
            nodes[path].relations = target.relations
    return nodes[""]


def _node(plan: Plan, path: str) -> _Node:
    node = _Node()
    node.bound = plan.bindings.get(path)
    rules = plan.rules.get(path, ())
    node.types = tuple(rule for rule in rules if rule.kind == "type")
    node.values = tuple(
        (rule, keeps)
        for rule in rules
        if rule.kind != "type" and (keeps := _keeps_for(plan, rule)) is not always
    )
    return node


def _keeps_for(plan: Plan, rule: Rule) -> Keeps:
    shape = plan.shapes.get(rule.member)
    if rule.kind == "length" and isinstance(shape, Scalar) and shape.type in ("blob", "stream"):
        return keeps_blob_length
    return KINDS[rule.kind].keeps if rule.kind in KINDS else always


def _relate(nodes: dict[str, _Node], rule: Rule) -> None:
    """Hang a rule that speaks of more than one member on the node that holds them all."""
    match rule.kind:
        case "required" if parent(rule.member) in nodes:
            nodes[parent(rule.member)].required.append((rule.id, steps(rule.member)[-1]))
        case "conditional" if "member" in rule.value["when"]:
            when, then = rule.value["when"], rule.value["then"]
            depth, anchor = _shared([when["member"], then["member"]])
            target = steps(then["member"])[depth:]
            if anchor in nodes and not _WILD & set(target):
                below = from_steps(steps(when["member"])[depth:])
                check = partial(_conditional, {**when, "member": below}, then, target)
                nodes[anchor].relations.append((rule.id, check))
        case "exclusive":
            depth, anchor = _shared(rule.value["members"])
            if anchor in nodes:
                members = [from_steps(steps(path)[depth:]) for path in rule.value["members"]]
                check = partial(_exclusive, members, bool(rule.value.get("exactly_one")))
                nodes[anchor].relations.append((rule.id, check))
        case _:
            return


def _shared(paths: Sequence[str]) -> tuple[int, str]:
    """Return how many steps the paths share, and the path that these make."""
    first = steps(paths[0])
    depth = 0
    while all(steps(path)[: depth + 1] == first[: depth + 1] for path in paths) and depth < len(
        first
    ):
        depth += 1
    return depth, from_steps(first[:depth])


def _conditional(when: Json, then: Json, target: Concrete, holder: Json) -> bool:
    """Return whether the condition holds somewhere below `holder` and what follows does not."""
    return any(True for _ in triggers(holder, when)) and breaks_conditional(then, holder, target)


def _exclusive(members: Sequence[str], one: bool, holder: Json) -> bool:
    """Return whether more than one of the members stands in `holder`, or none where one must."""
    there = sum(any(True for _ in occurrences(holder, member)) for member in members)
    return there > 1 or (one and there == 0)


# ---------------------------------------------------------------- the walk


def _visit(node: _Node, value: Json, surely: bool, found: set[str], along: Concrete = ()) -> None:
    """Add the rules broken at and below a value; one of a wrong type breaks that rule alone."""
    if value is None or value == node.bound:
        return
    if node.types and not _typed(node.types, value, surely, found):
        return
    for rule, keeps in node.values:
        if _breaks(rule, keeps, value, surely):
            found.add(rule.id)
    for identity, breaks in node.relations:
        if breaks(value):
            found.add(identity)
    if is_object(value):
        _visit_object(node, value, surely, found, along)
    elif is_list(value) and "[]" in node.below:
        for item in _next(value, along):
            _visit(node.below["[]"], item, surely, found, along[1:])


def _next(items: Sequence[Json], along: Concrete) -> Sequence[Json]:
    """Return the items to look at: all of them, or the one on the way."""
    if not along:
        return items
    index = int(along[0])
    return items[index : index + 1]


def _visit_object(
    node: _Node, value: Mapping[str, Json], surely: bool, found: set[str], along: Concrete
) -> None:
    for identity, name in node.required:
        if value.get(name) is None:
            found.add(identity)
    keys, entries = node.below.get("{key}"), node.below.get("{}")
    for name, item in value.items():
        if along and name != along[0]:
            continue
        if keys is not None:
            _visit(keys, name, surely, found)
        below = entries or node.below.get(name)
        if below is not None:
            _visit(below, item, surely, found, along[1:])


def _typed(rules: Sequence[Rule], value: Json, surely: bool, found: set[str]) -> bool:
    """Note the type rules a value breaks; return whether other rules can be asked of it."""
    if all(keeps_type(stated, value) for rule in rules for stated in rule.values):
        return True
    answers = [[keeps_type(stated, value) for stated in rule.values] for rule in rules]
    found.update(rule.id for rule, row in zip(rules, answers, strict=True) if _decide(row, surely))
    return any(answer is not False for answer in answers[0])


def _breaks(rule: Rule, keeps: Keeps, value: Json, surely: bool) -> bool:
    return _decide([keeps(stated, value) for stated in rule.values], surely)


def _decide(answers: Sequence[bool | None], surely: bool) -> bool:
    return all(a is False for a in answers) if surely else any(a is not True for a in answers)


# ---------------------------------------------------------------- where a rule applies


def places(rule: Rule, request: Json) -> Iterator[Concrete]:
    """Yield where a rule applies in a request; for `required` where the member could stand."""
    match rule.kind:
        case "required":
            name = steps(rule.member)[-1]
            for at in occurrences(request, parent(rule.member)):
                if isinstance(fetch(request, at), dict):
                    yield (*at, name)
        case "conditional" if "member" in rule.value["when"]:
            yield from triggers(request, rule.value["when"])
        case "conditional":
            return
        case "exclusive":
            for path in rule.value["members"]:
                yield from occurrences(request, path)
        case _:
            yield from occurrences(request, rule.member)


def value_at(request: Json, at: Concrete) -> Json:
    """Return the value, or the key itself where the place is a map key."""
    return at[-2] if at and at[-1] == KEY else fetch(request, at)

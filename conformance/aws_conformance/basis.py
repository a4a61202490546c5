"""Another basis: requests to try where the smallest valid one is refused for what no spec states.

Models leave much unsaid: which of two members must be there, that a list may not be empty, what a
document holds. So some other valid requests are tried, each with one idea behind it, the surest
first; the first that is accepted becomes what all cases of the operation are built on. A request
that is tried decides nothing by being refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from aws_specs import published
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import join
from aws_specs.published import Leaves
from aws_specs.spec import Json, List, Map, Operation, Scalar, Structure, Value
from aws_strategies.build import Builder, NoValueError, member_name
from aws_strategies.kinds import broken
from aws_strategies.plan import Plan

MOST: Final = 24
"""How many requests are tried for one operation."""

_EXAMPLES: Final = 3
_MEMBERS: Final = 8
_TOLD: Final = 3


class Supply(Value, frozen=True, kw_only=True):
    """What there is to make other requests with.

    `offers` are values for members that are not required, by path; `content` is what a
    configuration says to send; `values` are texts by the name of the member they suit.
    """

    offers: Mapping[str, str] = {}
    content: Mapping[str, Json] = {}
    values: Mapping[str, str] = {}


class Way(Value, frozen=True, kw_only=True):
    """One idea: values to bind by path, and values (or mere presence) of others by path."""

    why: str
    bound: Mapping[str, str] = {}
    samples: Mapping[str, Json] = {}


def plans(
    operation: Operation,
    bindings: Mapping[str, str],
    confidence: float,
    supply: Supply,
    known: Iterable[Way] = (),
) -> Iterator[tuple[Way, Plan, dict[str, Any]]]:
    """Yield other ways to make an operation's smallest request, each with its plan and request.

    `known` are ways that have been accepted before: they come first. Requests that break a rule,
    or that were yielded before, are left out.
    """
    plan = Plan(operation, bindings=bindings, confidence=confidence)
    seen = [_minimal(plan)]
    for way in islice(_every(plan, supply, known), _PATIENCE):
        whole = {f"{operation.id}.{path}": value for path, value in way.bound.items()}
        other = Plan(
            operation,
            bindings={**bindings, **whole},
            confidence=confidence,
            samples=way.samples,
        )
        request = _minimal(other)
        if request is None or request in seen or broken(other, request, surely=False):
            continue
        seen.append(request)
        yield way, other, request
        if len(seen) > MOST:
            return


_PATIENCE: Final = 200


def _minimal(plan: Plan) -> dict[str, Any] | None:
    try:
        return Builder(plan).minimal()
    except NoValueError:
        return None


def _every(plan: Plan, supply: Supply, known: Iterable[Way]) -> Iterator[Way]:
    yield from known
    offers = {**_bound_by_name(plan), **supply.offers}
    offers = {path: value for path, value in offers.items() if path not in plan.always}
    yield from _offered(offers)
    if supply.content:
        content = published.leaves(plan.operation.input, supply.content)
        yield Way(why="content", bound=_within(offers, content), samples=content)
    for example in published.examples(plan.operation)[:_EXAMPLES]:
        bound = _within(offers, example)
        yield Way(why="a published example", bound=bound, samples=example)
    filled = _filled(plan)
    for samples in ({}, filled, *_members(plan)):
        if samples:
            yield Way(why="nothing empty", samples=samples)
        for number in range(_TOLD if samples is not filled or not samples else 1):
            told = _told(plan, samples, supply, number)
            if told:
                yield Way(why="values from prose", samples={**samples, **told})
    for path, value in offers.items():
        told = _told(plan, {**filled, path: {}}, supply, 0)
        yield Way(why="offered and told", bound={path: value}, samples={**filled, **told})
    everything: dict[str, Json] = {
        join("", member.name): {} for member in plan.operation.input.members
    }
    yield Way(why="every member", bound=offers, samples={**everything, **filled})


def _bound_by_name(plan: Plan) -> dict[str, str]:
    """Return the bindings by name of members at the top that are not required."""
    return {
        path: str(value)
        for path, value in plan.bindings.items()
        if path in plan.members and "." not in path and not plan.required(path)
    }


def _within(offers: Mapping[str, str], samples: Leaves) -> dict[str, str]:
    """Return the offers for members that a request has."""
    return {path: value for path, value in offers.items() if path in samples}


def _offered(offers: Mapping[str, str]) -> Iterator[Way]:
    for path, value in offers.items():
        yield Way(why=f"with {path}", bound={path: value})
    if len(offers) > 1:
        yield Way(why="with all there is", bound=dict(offers))


# ---------------------------------------------------------------- nothing empty


def _filled(plan: Plan) -> dict[str, Json]:
    """Return what is missing where the smallest request has an empty list, map or structure."""
    request = _minimal(plan)
    return dict(_inside(plan, "", request)) if request is not None else {}


def _inside(plan: Plan, path: str, value: Any) -> Iterator[tuple[str, Json]]:
    shape = plan.below(path)
    match shape:
        case List() if is_list(value):
            if not value:
                yield f"{path}[]", {}
                yield from _typical_inside(plan, f"{path}[]")
            for item in value[:1]:
                yield from _inside(plan, f"{path}[]", item)
        case Map() if is_object(value):
            if not value:
                yield f"{path}{{}}", {}
                yield from _typical_inside(plan, f"{path}{{}}")
            for item in list(value.values())[:1]:
                yield from _inside(plan, f"{path}{{}}", item)
        case Structure() if is_object(value):
            if not value and path:
                yield from _all_of(plan, path, shape)
            for name, item in value.items():
                yield from _inside(plan, join(path, name), item)
        case _:
            return


def _typical_inside(plan: Plan, path: str) -> Iterator[tuple[str, Json]]:
    try:
        value = Builder(plan).typical(path)
    except (NoValueError, KeyError):
        return
    yield from _inside(plan, path, value)


def _all_of(plan: Plan, path: str, shape: Structure) -> Iterator[tuple[str, Json]]:
    """Yield the members of an empty structure, one where it is a union; the simplest first."""
    paths = [join(path, member.name) for member in shape.members]
    sendable = [at for at in paths if plan.sendable(at)]
    for at in sendable[:1] if shape.union else sendable:
        yield at, {}


def _members(plan: Plan) -> Iterator[dict[str, Json]]:
    """Yield one member at a time that the smallest request does not have, those at its top first.

    Those of structures that are empty in the smallest request come after them.
    """
    request = _minimal(plan) or {}
    top = [
        path
        for member in plan.operation.input.members
        if (path := member.name) not in request and plan.sendable(path) and path not in plan.tokens
    ]
    below = [
        path for path in (*_filled(plan), *_absent_below(plan, "", request)) if path not in top
    ]
    for path in [*top[:_MEMBERS], *below[:_MEMBERS]]:
        inner = dict(_typical_inside(plan, path)) if path in top else {}
        yield {path: {}, **inner}


def _absent_below(plan: Plan, path: str, value: Any) -> Iterator[str]:
    """Yield the members that the structures within a request do not have, its own top left out."""
    shape = plan.below(path)
    match shape:
        case Structure() if is_object(value):
            if path:
                every = (join(path, member.name) for member in shape.members)
                names = {join(path, name) for name in value}
                yield from (at for at in every if at not in names and plan.sendable(at))
            for name, item in value.items():
                yield from _absent_below(plan, join(path, name), item)
        case List() if is_list(value):
            yield from _absent_below(plan, f"{path}[]", value[0] if value else None)
        case Map() if is_object(value):
            inner = next(iter(value.values()), None)
            yield from _absent_below(plan, f"{path}{{}}", inner)
        case _:
            return


# ---------------------------------------------------------------- values from prose


def _told(plan: Plan, samples: Leaves, supply: Supply, number: int) -> dict[str, Json]:
    """Return values for the texts of a request: by their names, or out of the SDK's descriptions.

    `number` chooses among several.
    """
    other = Plan(
        plan.operation,
        bindings={
            f"{plan.operation.id}.{p}": v for p, v in plan.bindings.items() if p in _top(plan)
        },
        confidence=plan.confidence,
        samples=samples,
    )
    request = _minimal(other)
    if request is None:
        return {}
    found: dict[str, Json] = {}
    for path in published.leaves(plan.operation.input, request):
        value = _value(other, path, supply, number)
        if value is not None:
            found[path] = value
    return found


def _top(plan: Plan) -> set[str]:
    return {path for path in plan.bindings if plan.required(path)}


def _value(plan: Plan, path: str, supply: Supply, number: int) -> str | None:
    shape = plan.shapes.get(path)
    if not isinstance(shape, Scalar) or shape.type not in ("string", "blob", "stream"):
        return None
    domain = plan.domain(path)
    if path in plan.bindings or path in plan.tokens or domain.values is not None:
        return None
    by_name = [text for name, text in supply.values.items() if _suits(name, path)]
    if shape.type != "string":
        return by_name[0] if by_name else None
    operation = plan.operation
    said = published.mentioned(operation.service, operation.name, path)
    fitting = [text for text in (*by_name, *said) if domain.allows(text)]
    return fitting[min(number, len(fitting) - 1)] if fitting else None


def _suits(name: str, path: str) -> bool:
    return member_name(path).lower().endswith(name.lower())

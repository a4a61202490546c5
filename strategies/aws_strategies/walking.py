"""Walking a request with its shapes: every value with its place and its member path."""

from __future__ import annotations

from collections.abc import Iterator

from aws_specs.paths import Concrete, join
from aws_specs.spec import Json, List, Map, Recursive, Shape, Structure
from aws_strategies.plan import Plan


def present(plan: Plan, params: Json) -> set[str]:
    """Return the paths of all members, items, keys and entries that a request has; null is none."""
    found: set[str] = set()
    for _, path, _ in walk_values(plan, params):
        if path.endswith("{}"):
            found.add(f"{path[:-2]}{{key}}")
        found.add(path)
    return found


def walk_values(plan: Plan, params: Json) -> Iterator[tuple[Concrete, str, Shape]]:
    """Yield (place, member path, shape) of everything in a valid request, recursion followed."""
    yield from _walk(plan, plan.operation.input, "", params, ())


def _walk(
    plan: Plan, shape: Shape, path: str, value: Json, at: Concrete
) -> Iterator[tuple[Concrete, str, Shape]]:
    if isinstance(shape, Recursive):
        path, shape = shape.to, plan.below(shape.to)
    for step, name, below in _parts(shape, value):
        if value[step] is None:
            continue
        yield (*at, step), join(path, name), below
        yield from _walk(plan, below, join(path, name), value[step], (*at, step))


def _parts(shape: Shape, value: Json) -> list[tuple[str | int, str, Shape]]:
    """Return (step, path step, shape) of what stands directly in a value."""
    match shape:
        case Structure():
            members = [member for member in shape.members if member.name in value]
            return [(member.name, member.name, member.shape) for member in members]
        case List():
            return [(index, "[]", shape.item) for index in range(len(value))]
        case Map():
            return [(key, "{}", shape.value) for key in value]
        case _:
            return []

"""The path grammar: how a member is written everywhere.

`A.B` is a member, `A[]` a list's items, `A{}` a map's values, `A{key}` its keys, "" the whole.
A *concrete* path is a tuple of member names, list indexes and map keys into a JSON value; every
concrete path belongs to one member path. A concrete path may end in `KEY`: the key, not the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from aws_specs.jsonvalues import is_list, is_object
from aws_specs.spec import Json, List, Map, Recursive, Shape, Structure

KEY: Final = "\0key"
"""Last step of a concrete path that means the map key itself rather than its value."""

_STEP = re.compile(r"\[\]|\{key\}|\{\}|[^.\[\]{}]+")

Concrete = tuple[str | int, ...]


@lru_cache(maxsize=1 << 15)
def steps(path: str) -> tuple[str, ...]:
    """Split `A{}.B[]` into `("A", "{}", "B", "[]")`."""
    return tuple(_STEP.findall(path))


def join(parent: str, step: str) -> str:
    """Append one step: a member name gets a dot where one is needed, `[]`, `{}`, `{key}` none."""
    if not parent or step in ("[]", "{}", "{key}"):
        return parent + step
    return f"{parent}.{step}"


def from_steps(parts: Sequence[str]) -> str:
    """Join steps to a path; the inverse of `steps`."""
    path = ""
    for part in parts:
        path = join(path, part)
    return path


def parent(path: str) -> str:
    """Return the path one step up; "" for a top-level member."""
    return from_steps(steps(path)[:-1])


def shape_at(top: Structure, path: str) -> Shape | None:
    """Return the shape at a member path below `top`, or None. Recursion is followed."""
    return _descend(top, top, steps(path))


def _descend(top: Structure, shape: Shape | None, rest: Sequence[str]) -> Shape | None:
    for step in rest:
        if isinstance(shape, Recursive):
            shape = shape_at(top, shape.to)
        match shape, step:
            case List(), "[]":
                shape = shape.item
            case Map(), "{}":
                shape = shape.value
            case Map(), "{key}":
                shape = shape.key
            case Structure(), _:
                shape = next((m.shape for m in shape.members if m.name == step), None)
            case _:
                return None
    return shape


def occurrences(value: Json, path: str) -> Iterator[Concrete]:
    """Yield every concrete path at which the member path occurs in `value`."""
    yield from _occurrences(value, steps(path), ())


def _occurrences(value: Any, rest: tuple[str, ...], at: Concrete) -> Iterator[Concrete]:
    if not rest:
        yield at
        return
    step, rest = rest[0], rest[1:]
    if step == "[]" and is_list(value):
        for index, item in enumerate(value):
            yield from _occurrences(item, rest, (*at, index))
    elif step == "{key}" and is_object(value):
        for key in value:
            yield (*at, key, KEY)
    elif step == "{}" and is_object(value):
        for key, item in value.items():
            yield from _occurrences(item, rest, (*at, key))
    elif is_object(value) and step in value:
        yield from _occurrences(value[step], rest, (*at, step))


def get(value: Json, at: Concrete) -> Json:
    """Return what stands at a concrete path; the key itself where it ends in `KEY`."""
    if at and at[-1] == KEY:
        return at[-2]
    for step in at:
        value = value[step]
    return value


def pointer(at: Concrete) -> str:
    """Write a concrete path as a JSON Pointer (RFC 6901)."""
    real = at[:-1] if at and at[-1] == KEY else at
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in real)

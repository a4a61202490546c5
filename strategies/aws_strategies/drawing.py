"""Drawing a valid request from Hypothesis: which members are there, and what stands in them.

The builder decides what must be; this module lets Hypothesis decide what may be. It shrinks to the
builder's smallest request: fewest members first, then the simplest values.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import join
from aws_specs.spec import Json, List, Map, Member, Recursive, Scalar, Shape, Structure
from aws_strategies.build import Builder, NoValueError, distinct_keys, member_name, settle
from aws_strategies.kinds import broken
from aws_strategies.leaves import leaf
from aws_strategies.plan import Plan, above

NARROW_LOCATIONS: Final = frozenset({"uri", "querystring", "header", "headers"})
"""Where a member travels outside of the body: as ASCII text."""

MOST_OPTIONAL = 60
"""Optional members of a request, all levels together."""

_FEW = 3
"""Optional members that a structure usually gets at most, and entries of a list or map."""

_DEEPEST = 2
"""How often a shape is drawn within itself."""


class Needs:
    """What a drawn request must have: members by path, and values at some of them."""

    def __init__(
        self, include: Iterable[str] = (), values: Mapping[str, Json] | None = None
    ) -> None:
        self.values: Mapping[str, Json] = values or {}
        self.members = frozenset(at for path in (*include, *self.values) for at in above(path))


def valid_params(plan: Plan, needs: Needs) -> SearchStrategy[dict[str, Any]]:
    """Return the strategy for parameters that break no rule and have what is needed.

    Idempotency tokens are left to the caller. Raises `NoValueError` where no such request is known.
    """
    Builder(plan).request(needs.members, needs.values)
    return _drawn(plan, needs).filter(lambda params: not broken(plan, params, surely=False))


@st.composite
def _drawn(draw: DrawFn, plan: Plan, needs: Needs) -> dict[str, Any]:
    params = _Drawing(_atlas(plan), draw, needs).request()
    return settle(plan, params, keep=needs.members)


@lru_cache(maxsize=16)
def _atlas(plan: Plan) -> _Atlas:
    return _Atlas(plan)


class _Atlas:
    """What is known of a plan before anything is drawn: leaf strategies and members, by path."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.builder = Builder(plan)
        self._leaves: dict[str, SearchStrategy[Json]] = {}
        self._possible: dict[str, bool] = {}

    @cached_property
    def _pinned(self) -> frozenset[str]:
        """Members whose values a target must know, or that have been given: never invented."""
        return frozenset({*self.plan.identifiers, *self.plan.bindings, *self.plan.tokens})

    def leaf(self, shape: Scalar, path: str) -> SearchStrategy[Json]:
        """Return the strategy for a leaf."""
        if path not in self._leaves:
            self._leaves[path] = self._leaf(shape, path)
        return self._leaves[path]

    def _leaf(self, shape: Scalar, path: str) -> SearchStrategy[Json]:
        typical = self.builder.scalar(shape, path)
        if path in self._pinned or self.plan.external(path):
            return st.just(typical)
        narrow = any(
            member.location in NARROW_LOCATIONS
            for at in above(path)
            if (member := self.plan.members.get(at)) is not None
        )
        domain, name = self.plan.domain(path), member_name(path)
        return leaf(shape, domain, typical, member=name, ascii_only=narrow)

    def possible(self, path: str) -> bool:
        """Return whether some valid value of an optional member is known."""
        if path not in self._possible:
            try:
                self.builder.typical(path)
                known = path not in self.plan.page_tokens
                self._possible[path] = known and self.plan.sendable(path)
            except NoValueError:
                self._possible[path] = False
        return self._possible[path]


class _Drawing:
    """One request being drawn."""

    def __init__(self, atlas: _Atlas, draw: DrawFn, needs: Needs) -> None:
        self.atlas = atlas
        self.plan = atlas.plan
        self.draw = draw
        self.needs = needs
        self.left = MOST_OPTIONAL

    def request(self) -> dict[str, Any]:
        """Return the request's parameters, rules across members not settled yet."""
        return self._structure(self.plan.operation.input, "", 0)

    def _value(self, shape: Shape, path: str, depth: int) -> Json:
        if depth == 0 and path in self.needs.values:
            return copy.deepcopy(self.needs.values[path])
        match shape:
            case Structure():
                return self._structure(shape, path, depth)
            case List():
                return self._list(shape, path, depth)
            case Map():
                return self._map(shape, path, depth)
            case Recursive():
                return self._again(shape, depth)
            case Scalar():
                return self.draw(self.atlas.leaf(shape, path))

    def _again(self, shape: Recursive, depth: int) -> Json:
        if depth >= _DEEPEST:
            return self.atlas.builder.typical(shape.to)
        return self._value(self.plan.below(shape.to), shape.to, depth + 1)

    def _needed(self, path: str, depth: int) -> bool:
        return depth == 0 and path in self.needs.members

    # ------------------------------------------------------------ structures

    def _structure(self, shape: Structure, path: str, depth: int) -> dict[str, Json]:
        chosen = self._one(shape, path, depth) if shape.union else self._some(shape, path, depth)
        made = {
            member.name: self._value(member.shape, join(path, member.name), depth)
            for member in chosen
        }
        if path and _hollow(made) and self.plan.operation.wire.protocol in ("query", "ec2"):
            return dict(self.atlas.builder.typical(path))  # a form has nothing for an empty one
        return made

    def _one(self, shape: Structure, path: str, depth: int) -> Sequence[Member]:
        needed = [m for m in shape.members if self._needed(join(path, m.name), depth)]
        open_ = [m for m in shape.members if self._may(m, path, depth)]
        return needed[:1] or ([self.draw(st.sampled_from(open_))] if open_ else [])

    def _some(self, shape: Structure, path: str, depth: int) -> Sequence[Member]:
        """Return the required members, the needed ones, and a few others that are drawn."""
        must = {
            member.name
            for member in shape.members
            if (self.plan.required(here := join(path, member.name)) and self.plan.sendable(here))
            or self._needed(here, depth)
        }
        free = [m.name for m in shape.members if m.name not in must and self._may(m, path, depth)]
        must.update(self._choice(free))
        return [member for member in shape.members if member.name in must]

    def _choice(self, names: Sequence[str]) -> Sequence[str]:
        if not names or self.left <= 0:
            return ()
        most = min(_FEW, len(names))
        picked = self.draw(st.lists(st.sampled_from(names), max_size=most, unique=True))
        if len(picked) == most and self.draw(st.integers(0, 3)) == 3:
            picked = list(names)
        self.left -= len(picked)
        return picked

    def _may(self, member: Member, path: str, depth: int) -> bool:
        deep = depth >= _DEEPEST and isinstance(member.shape, Recursive)
        return not deep and self.atlas.possible(join(path, member.name))

    # ------------------------------------------------------------ lists and maps

    def _count(self, path: str, asked: bool, item: Shape, depth: int) -> int:
        domain = self.plan.domain(path)
        least = max(domain.min_items, 1 if asked else 0)
        deep = depth >= _DEEPEST and isinstance(item, Recursive)
        if deep or self.left <= 0 or least > _FEW:
            return least
        most = least + _FEW if domain.max_items is None else min(domain.max_items, least + _FEW)
        return self.draw(st.integers(least, max(least, most)))

    def _list(self, shape: List, path: str, depth: int) -> list[Json]:
        here = f"{path}[]"
        if not self.atlas.possible(here):
            return []
        count = self._count(path, self._needed(here, depth), shape.item, depth)
        drawn = [self._value(shape.item, here, depth) for _ in range(min(count, 2 * _FEW))]
        return drawn + [copy.deepcopy(drawn[0]) for _ in range(count - len(drawn))]

    def _map(self, shape: Map, path: str, depth: int) -> dict[str, Json]:
        key, value = f"{path}{{key}}", f"{path}{{}}"
        if not (self.atlas.possible(key) and self.atlas.possible(value)):
            return {}
        asked = self._needed(key, depth) or self._needed(value, depth)
        count = self._count(path, asked, shape.value, depth)
        names = [str(self._value(shape.key, key, depth)) for _ in range(min(count, 2 * _FEW))]
        keys = list(dict.fromkeys(names))
        if len(keys) < self.plan.domain(path).min_items:
            keys = distinct_keys(keys[0], count, self.plan.domain(key))
        return {name: self._value(shape.value, value, depth) for name in keys}


def _hollow(value: Json) -> bool:
    """Whether a value holds no leaf at all."""
    if is_object(value):
        return all(map(_hollow, value.values()))
    return is_list(value) and all(map(_hollow, value))

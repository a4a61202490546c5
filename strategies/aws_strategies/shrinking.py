"""Making a failing example smaller: what can go goes, what stays is made plain.

Each step changes the valid twin: members, entries or items less, or one plainer value. The fault is
put into the changed twin again, so that every candidate still breaks the one rule in the one way,
and its twin breaks none. Big steps come first: everything at once, then what stands highest.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from aws_specs.paths import KEY, Concrete
from aws_specs.spec import Json, Scalar
from aws_strategies import build
from aws_strategies._requests import content_id, valid_case
from aws_strategies.build import Builder, NoValueError
from aws_strategies.case import Case
from aws_strategies.faults import alone, located, untouched
from aws_strategies.kinds import Breach, broken
from aws_strategies.plan import Plan
from aws_strategies.walking import walk_values


def shrink(
    plan: Plan,
    case: Case,
    fails: Callable[[Case], bool],
    *,
    seed: int = 0,
    tries: int = 60,
    nonce: str = "",
) -> Case:
    """Return the smallest case found for which `fails` still holds, after at most `tries` calls.

    It breaks the same rule in the same way (or is valid too) and has an id made of its content;
    its valid twin is `twin_of` it. Where nothing smaller fails: the case itself. `seed` and `nonce`
    make its idempotency tokens differ from those of other runs.
    """
    shrinking = _Shrinking(plan, case, fails, tries, f"{nonce}{seed}")
    return shrinking.run()


def twin_of(plan: Plan, case: Case, *, nonce: str) -> Case:
    """Return the valid twin of an invalid case, made by undoing its fault, under the twin's id."""
    return valid_case(plan, untouched(case), nonce, case.twin or f"{case.id}~twin")


class _Shrinking:
    """The smallest failing case so far, its twin's parameters, where the fault stands in them."""

    def __init__(
        self, plan: Plan, case: Case, fails: Callable[[Case], bool], tries: int, nonce: str
    ) -> None:
        self.plan = plan
        self.smallest = case
        self.params = untouched(case)
        self.at = _place(self.params, case)
        self.rule = next((rule for rule in plan.testable if rule.id == case.rule), None)
        self.fails = fails
        self.left = tries
        self.nonce = nonce
        self.known: set[str] = set()

    def run(self) -> Case:
        """Return the smallest case."""
        if self.smallest.fault is not None and self.rule is None:
            return self.smallest
        self._without(list(self._removable()))
        while any(self._without([at]) for at in self._removable()):
            pass
        while any(self._plainer(at, value) for at, value in self._plain_values()):
            pass
        return self.smallest

    # ------------------------------------------------------------ steps

    def _removable(self) -> list[Concrete]:
        """Return what a valid request may lack, the highest first; not what the fault stands in."""
        walked = walk_values(self.plan, self.params)
        free = [at for at, path, _ in walked if at and not self._holds_fault(at)
                and not self._demanded(at, path)]  # fmt: skip
        return sorted(free, key=len)

    def _holds_fault(self, at: Concrete) -> bool:
        return self.at is not None and self.at[: len(at)] == at

    def _demanded(self, at: Concrete, path: str) -> bool:
        return self.plan.required(path) or path in self.plan.tokens

    def _without(self, gone: Sequence[Concrete]) -> bool:
        """Try the request without what stands at the places."""
        params = copy.deepcopy(self.params)
        tops = [at for at in gone if not any(at[: len(o)] == o for o in gone if len(o) < len(at))]
        for at in reversed(tops):
            build.remove(params, at)
        return bool(tops) and self._try(params, _shifted(self.at, tops))

    def _plain_values(self) -> Iterator[tuple[Concrete, Json]]:
        builder = Builder(self.plan)
        for at, path, shape in walk_values(self.plan, self.params):
            if isinstance(shape, Scalar) and at[-1] != KEY and at != self.at:
                try:
                    plain = builder.scalar(shape, path)
                except NoValueError:
                    continue
                if _size(plain) < _size(build.fetch(self.params, at)):
                    yield at, plain

    def _plainer(self, at: Concrete, value: Json) -> bool:
        params = copy.deepcopy(self.params)
        build.put(params, at, value)
        return self._try(params, self.at)

    # ------------------------------------------------------------ candidates

    def _try(self, params: dict[str, Any], at: Concrete | None) -> bool:
        """Take over the twin if its case still fails; each is asked about once."""
        case = self._candidate(params, at)
        if case is None or case.id in self.known or self.left <= 0:
            return False
        self.known.add(case.id)
        self.left -= 1
        if not self.fails(case):
            return False
        self.smallest, self.params, self.at = case, params, at
        return True

    def _candidate(self, params: dict[str, Any], at: Concrete | None) -> Case | None:
        if broken(self.plan, params, surely=False):
            return None
        twin = valid_case(self.plan, copy.deepcopy(params), self.nonce)
        fault = self.smallest.fault
        if fault is None or at is None or self.rule is None:
            return twin
        unsure = fault.what.endswith(UNANCHORED)
        breach = Breach(fault.what.removesuffix(UNANCHORED), fault.op, at, fault.new, unsure)
        made = alone(self.plan, self.rule, twin, breach, "", self.nonce)
        if made is None:
            return None
        return replace(made, id=content_id(self.rule.id, made.params), example=True)


UNANCHORED = "-unanchored"
"""What the name of a fault ends in where only one reading of a pattern is broken."""


def _size(value: Json) -> int:
    return len(msgspec.json.encode(value))


def _place(params: Json, case: Case) -> Concrete | None:
    if case.fault is None:
        return None
    at = located(params, case.fault.at)
    return (*at, KEY) if case.fault.op == "rename" else at


def _shifted(at: Concrete | None, gone: Iterable[Concrete]) -> Concrete | None:
    """Return where a place is once items before it in its lists are gone."""
    if at is None:
        return None
    moved = list(at)
    for place in gone:
        depth = len(place) - 1
        step, mine = place[-1], at[depth] if depth < len(at) else None
        if isinstance(step, int) and isinstance(mine, int) and at[:depth] == place[:depth]:
            moved[depth] = int(moved[depth]) - (step < mine)
    return tuple(moved)

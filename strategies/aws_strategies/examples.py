"""Examples for a run: valid and invalid cases drawn by Hypothesis from a seed."""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from msgspec.structs import replace

from aws_specs.spec import Rule
from aws_strategies._requests import can_break, pairs, valid_case
from aws_strategies.build import NoValueError, with_tokens
from aws_strategies.case import Case
from aws_strategies.drawing import Needs, valid_params
from aws_strategies.plan import Plan
from aws_strategies.shrinking import shrink, twin_of

__all__ = ["generate", "sample", "shrink", "twin_of"]

T = TypeVar("T")

_ALL_HEALTH: tuple[HealthCheck, ...] = tuple(HealthCheck)  # pyright: ignore[reportAssignmentType]


def generate(plan: Plan, count: int, seed: int, *, nonce: str) -> tuple[Case, ...]:
    """Return `count` valid and `count` invalid cases, the same for the same seed.

    Ids are `<operation>~example~valid~<n>` and `<operation>~example~invalid~<n>`; invalid case n is
    valid case n with one fault. The rules broken are spread over all that can be. An operation with
    fewer different requests than `count` gets fewer cases.
    """
    try:
        made = _pairs(plan, count, seed, nonce)
        lacking = count - len(made)
        others = _valid(plan, lacking, seed, nonce, made) if lacking else []
    except NoValueError:
        return ()
    twins = [twin for twin, _ in made]
    valid = [_named(plan, case, "valid", n, nonce) for n, case in enumerate([*twins, *others])]
    invalid = [
        replace(_named(plan, case, "invalid", n, nonce), twin=valid[n].id)
        for n, (_, case) in enumerate(made)
    ]
    return (*valid, *invalid)


def _pairs(plan: Plan, count: int, seed: int, nonce: str) -> list[tuple[Case, Case]]:
    """Return pairs of a valid case and the same with a fault, no two faulty ones alike.

    The seed gives the order of the rules. What rules with few faults lack is made up for by others.
    """
    made: dict[str, tuple[Case, Case]] = {}
    for turn in range(_TURNS):
        for rule, number in _shares(plan, count - len(made), f"{seed}:{turn}"):
            drawn = sample(pairs(plan, rule, nonce), number, f"{seed}:{turn}:{rule.id}")
            made.update((case.id, (twin, case)) for twin, case in drawn)
    return list(made.values())


_TURNS = 3


def _shares(plan: Plan, count: int, seed: str) -> list[tuple[Rule, int]]:
    """Return the rules to break and how often each, `count` in all."""
    order = _alternating(plan, random.Random(f"{seed}:{plan.operation.id}"))  # noqa: S311
    able = list(itertools.islice((rule for rule in order if can_break(plan, rule)), count))
    if not able:
        return []
    each, more = divmod(count, len(able))
    return [(rule, each + (number < more)) for number, rule in enumerate(able)]


def _alternating(plan: Plan, chance: random.Random) -> list[Rule]:
    """Return the testable rules, kinds taking turns: else the many types crowd out the rest."""
    kinds: dict[str, list[Rule]] = {}
    for rule in plan.testable:
        kinds.setdefault(rule.kind, []).append(rule)
    for rules in kinds.values():
        chance.shuffle(rules)
    turns = itertools.zip_longest(*kinds.values())
    return [rule for turn in turns for rule in turn if rule is not None]


def _valid(
    plan: Plan, count: int, seed: int, nonce: str, made: Sequence[tuple[Case, Case]]
) -> list[Case]:
    seen = {twin.id for twin, _ in made}
    strategy = valid_params(plan, Needs()).map(lambda params: valid_case(plan, params, nonce))
    drawn = sample(strategy, count + len(seen), f"{seed}:{plan.operation.id}")
    return [case for case in drawn if case.id not in seen][:count]


def _named(plan: Plan, case: Case, kind: str, number: int, nonce: str) -> Case:
    """Return the case under the id of its place in the run, with the tokens that go with it."""
    identity = f"{case.operation}~example~{kind}~{number}"
    return replace(case, id=identity, params=_with_own_tokens(plan, case, identity, nonce))


def _with_own_tokens(plan: Plan, case: Case, identity: str, nonce: str) -> object:
    if case.fault is not None and case.fault.member in plan.tokens:
        return case.params
    return with_tokens(plan, copy.deepcopy(case.params), identity, nonce)


# ---------------------------------------------------------------- running Hypothesis


def sample(strategy: SearchStrategy[T], count: int, seed: str) -> list[T]:
    """Return up to `count` different values that a strategy yields, the same for the same seed.

    The first value Hypothesis tries is always the simplest one: it is left out where there are
    others.
    """
    found: list[T] = []

    @seeded(seed)
    @settings(_quiet(count + 1), phases=(Phase.generate,))
    @given(strategy)
    def collect(value: T) -> None:
        found.append(value)

    try:
        collect()
    except Unsatisfiable:
        return []
    return found[-count:]


def _quiet(most: int) -> settings:
    """Return settings that leave nothing behind and depend on nothing but the seed."""
    return settings(
        max_examples=most,
        database=None,
        deadline=None,
        derandomize=False,
        suppress_health_check=_ALL_HEALTH,
    )

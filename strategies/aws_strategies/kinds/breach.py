"""What the functions of a rule kind give and take: a breach, and the row of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from aws_specs.paths import KEY, Concrete
from aws_specs.spec import Json, Rule, Value
from aws_strategies.plan import Plan


class Breach(Value, frozen=True):
    """One way of breaking a rule at one place of a valid request.

    `what` names the way; `op` is what is done at the concrete path `at` ("rename" gives a map key
    the name `new`). `unsure`: a target may read the rule so that the value keeps it.
    """

    what: str
    op: Literal["replace", "add", "remove", "rename"]
    at: Concrete
    new: Json = None
    unsure: bool = False


Breaks = Callable[[Plan, Rule, Json, Concrete], Iterator[Breach]]
"""Yield the ways of breaking a rule at one place of a valid request, the smallest first."""

Keeps = Callable[[Json, Json], bool | None]
"""Say whether an actual value keeps a stated one; None: it depends on the reading."""


class Behaviour(Value, frozen=True):
    """One row of the table of kinds."""

    breaks: Breaks
    keeps: Keeps
    expect: frozenset[str] = frozenset({"validation"})


def change(what: str, at: Concrete, new: Json, unsure: bool = False) -> Breach:
    """Return the breach that replaces a value, or renames the key where the place is a map key."""
    return Breach(
        what=what, op="rename" if at[-1] == KEY else "replace", at=at, new=new, unsure=unsure
    )


def never(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Yield nothing: no single request breaks such a rule."""
    return iter(())


def always(value: Json, actual: Json) -> bool | None:
    """Return True: nothing in one value breaks such a rule."""
    return True


def number(actual: Json) -> bool:
    """Return whether a JSON value is a number."""
    return isinstance(actual, int | float) and not isinstance(actual, bool)

"""Hunting: the smallest scenario that shows a fault, for few requests.

Hypothesis draws and shrinks *sketches*: scenarios that are sent only when they reach the act that
is to show the fault, and each of them once, however often Hypothesis comes back to it. What is left
is then tried without each of its acts in turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from msgspec.structs import replace

from aws_conformance.stateful.acts import Act, Does
from aws_conformance.stateful.lab import Key, Lab
from aws_conformance.stateful.machine import STEPS, DeviationError, replay, run
from aws_conformance.stateful.world import World
from aws_specs.spec import Value

SHORT: Final = 5
"""The most acts where a short scenario is looked for."""

SOME: Final = 2
"""How often anything is done in a short scenario, and how many things are made."""

SEARCHES: Final = 40
"""How many sketches are drawn to meet a fault again."""

_TAKES: Final[Mapping[str, tuple[Does, ...]]] = {
    "read-after-create": (),
    "read-after-update": ("update",),
    "read-of-another": ("create",),
    "update-of-another": ("update",),
    "delete-of-another": ("delete",),
    "use-after-delete": ("delete",),
    "delete-after-delete": (),
    "duplicate-create": (),
    "list-after-create": (),
    "list-after-delete": ("delete",),
    "create-as-named": (),
    "unique-identity": ("create",),
}
"""What comes between a creation and the act that shows a fault."""


class Hunt(Value, frozen=True):
    """What is looked for: a fault, the act that shows it, and what may be done before.

    Where it is `short`, the showing act waits until all of `taken` was done, and nothing is done
    more than `SOME` times: most of what is left shows the fault.
    """

    key: Key
    last: Act
    acts: frozenset[tuple[Does, str, str]]
    kinds: frozenset[int]
    taken: tuple[Does, ...] = ()
    short: bool = False

    def shows(self, act: Act) -> bool:
        """Whether an act is of the sort that shows the fault."""
        return _sort(act) == _sort(self.last)


def _sort(act: Act) -> tuple[Does, str, str]:
    return act.does, act.operation, act.says


class Hunter:
    """What has been tried of the scenarios of one fault."""

    def __init__(self, lab: Lab, key: Key) -> None:
        self.lab = lab
        self.key = key
        self.tried: dict[tuple[Act, ...], bool] = {}

    def meets(self, acts: tuple[Act, ...]) -> bool:
        """Whether a scenario shows the fault; sent once."""
        if acts not in self.tried and not self.lab.spent:
            world = World(self.lab)
            try:
                found = replay(world, acts)
            finally:
                world.clean()
            self.tried[acts] = any(s.verdict == "fail" and s.key == self.key for s in found)
        return self.tried.get(acts, False)


class Sketch:
    """A scenario that is not sent yet."""

    def __init__(self, hunter: Hunter, hunt: Hunt) -> None:
        self.hunter = hunter
        self.hunt = hunt
        self.acts: list[Act] = []

    def allows(self, act: Act) -> bool:
        """Allow what may have to do with the fault."""
        known = act.does == "create" or _sort(act) in self.hunt.acts
        return act.kind in self.hunt.kinds and known

    def ready(self, act: Act) -> bool:
        """Keep a short scenario short, and the showing act for its end."""
        if not self.hunt.short:
            return True
        done = Counter(one.does for one in self.acts)
        if self.hunt.shows(act) and act.does not in ("delete", "create"):
            return all(done[does] for does in self.hunt.taken)
        return done[act.does] < SOME

    def make(self, act: Act) -> int:
        """Take it that a thing is made."""
        number = sum(one.does == "create" for one in self.acts)
        self.acts.append(act)
        if self.hunt.shows(act) and self.hunter.meets(tuple(self.acts)):
            raise DeviationError
        return number

    def do(self, act: Act) -> None:
        """Note an act; send the whole where it may show the fault."""
        self.acts.append(act)
        if self.hunt.shows(act) and self.hunter.meets(tuple(self.acts)):
            raise DeviationError

    def end(self) -> None:
        """Do nothing: nothing was made."""


def hunt_down(lab: Lab, key: Key, seed: int) -> tuple[Act, ...]:
    """Return the smallest scenario found that shows a fault; the one that is known at worst.

    At first only what such a fault takes is done, so that it is soon met again; then, where that
    does not show it, whatever changed something in the known scenario.
    """
    *before, last = lab.best[key]
    hunter = Hunter(lab, key)
    label, _, member = key[0].rpartition("/")[2].partition("=")
    taken = _TAKES[label]
    if member or last.says:
        # Only the walk changes one member alone: what it did is cut down, and nothing is drawn.
        _trim(lab, hunter)
        return lab.best[key]
    for short, steps in ((True, SHORT), (False, STEPS)):
        acts = [a for a in before if (a.does in taken if short else a.does != "read")]
        sorts = [_sort(act) for act in (*acts, last)]
        kinds = frozenset(act.kind for act in (*acts, last))
        hunt = Hunt(key, last, frozenset(sorts), kinds, taken, short)
        run(lab.lifecycles, partial(Sketch, hunter, hunt), seed, SEARCHES, steps)
        if len(lab.best[key]) <= steps:
            break
    _trim(lab, hunter)
    return lab.best[key]


def _trim(lab: Lab, hunter: Hunter) -> None:
    """Leave out act by act what is not needed."""
    at = len(lab.best[hunter.key]) - 2
    while at >= 0:
        hunter.meets(without(lab.best[hunter.key], at))
        at = min(at, len(lab.best[hunter.key]) - 1) - 1


def without(acts: Sequence[Act], at: int) -> tuple[Act, ...]:
    """Return a scenario without one act; without a creation, all that was done to its thing goes.

    Every creation is taken for one that makes a thing.
    """
    left = [*acts[:at], *acts[at + 1 :]]
    if acts[at].does != "create":
        return tuple(left)
    number = sum(act.does == "create" for act in acts[:at])
    return tuple(
        replace(act, thing=act.thing - (act.thing > number and act.does != "create"))
        for act in left
        if act.does == "create" or act.thing != number
    )


__all__ = ["hunt_down", "without"]

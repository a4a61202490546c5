"""The state machine: Hypothesis chooses what to do to which thing.

One class is made for the lifecycles of a lab: a rule for every operation, on bundles of things that
live and things that were deleted. What the rules act on is a `Play`: the world itself while
exploring, a sketch of it where a fault is hunted down (see `hunting`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import seed as seeded
from hypothesis.errors import HypothesisException
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from aws_conformance.stateful.acts import Act, Said
from aws_conformance.stateful.lab import Lab
from aws_conformance.stateful.lifecycle import Lifecycle
from aws_conformance.stateful.world import World

STEPS: Final = 8
"""The most acts of a scenario."""

LISTERS: Final = 2
"""The most lists that are read for one kind of thing."""

DUPLICATES: Final = 2
"""In how many members, one at a time, a second creation differs from the first."""

EXAMPLES: Final = 10
"""How many scenarios are tried to meet everything."""

_ALL_HEALTH: tuple[HealthCheck, ...] = tuple(HealthCheck)  # pyright: ignore[reportAssignmentType]


class DeviationError(Exception):
    """A scenario has met the fault that is looked for."""


class Play(Protocol):
    """What the rules of a machine act on."""

    def allows(self, act: Act) -> bool:
        """Whether an act may be done at all."""
        ...

    def ready(self, act: Act) -> bool:
        """Whether an act may be done now."""
        ...

    def make(self, act: Act) -> int | None:
        """Make a thing and return its number; None where nothing was made."""
        ...

    def do(self, act: Act) -> None:
        """Do an act; raises `DeviationError` where it meets what is looked for."""
        ...

    def end(self) -> None:
        """Put everything back."""
        ...


class Exploring:
    """Does everything for real, and raises nothing: so one fault does not hide the next."""

    def __init__(self, lab: Lab) -> None:
        self.world = World(lab)

    def allows(self, act: Act) -> bool:
        """Allow everything."""
        return True

    def ready(self, act: Act) -> bool:
        """Allow everything at any time."""
        return True

    def make(self, act: Act) -> int | None:
        """Make a thing and return its number."""
        before = set(self.world.things)
        self.world.perform(act)
        return next(iter(set(self.world.things) - before), None)

    def do(self, act: Act) -> None:
        """Do an act; what it says is kept in the lab."""
        self.world.perform(act)

    def end(self) -> None:
        """Remove what was made."""
        self.world.clean()


def explore(lab: Lab, seed: int) -> None:
    """Do what Hypothesis chooses to the things of a lab; what is seen is kept in the lab."""
    run(lab.lifecycles, lambda: Exploring(lab), seed, EXAMPLES, STEPS)


def run(
    lifecycles: Sequence[Lifecycle],
    play: Callable[[], Play],
    seed: int,
    examples: int,
    steps: int,
) -> None:
    """Run a machine on some lifecycles; the same seed gives the same choices."""
    quiet = settings(
        max_examples=examples,
        stateful_step_count=steps,
        phases=(Phase.generate, Phase.shrink),
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=_ALL_HEALTH,
        verbosity=Verbosity.quiet,
    )
    try:
        run_state_machine_as_test(seeded(seed)(_machine(lifecycles, play)), settings=quiet)
    except (DeviationError, HypothesisException):
        # The lab knows; a target that changes its mind, or a budget that ends, makes it flaky.
        return


def _machine(
    lifecycles: Sequence[Lifecycle], play: Callable[[], Play]
) -> type[RuleBasedStateMachine]:
    """Return the class of a machine with a rule for each act."""

    def start(machine: Any) -> None:
        RuleBasedStateMachine.__init__(machine)
        machine.play = play()

    def end(machine: Any) -> None:
        machine.play.end()

    allows = play().allows
    names: dict[str, Any] = {"__init__": start, "teardown": end}
    for kind, lifecycle in enumerate(lifecycles):
        if allows(Act("create", kind, lifecycle.create)):
            names.update(_rules(lifecycle, kind, allows))
    return type("Lives", (RuleBasedStateMachine,), names)


def _rules(lifecycle: Lifecycle, kind: int, allows: Callable[[Act], bool]) -> dict[str, Any]:
    """Return the bundles and rules of one lifecycle by name."""
    live: Bundle[int] = Bundle(f"live{kind}")
    gone: Bundle[int] = Bundle(f"deleted{kind}")
    found: dict[str, Any] = {}

    def add(label: str, act: Act, does: Callable[..., Any], **things: Any) -> None:
        if allows(act):
            found[f"{label}{len(found)}_{kind}"] = precondition(_ready(act))(_rule(does, things))

    create = Act("create", kind, lifecycle.create)
    add("create", create, _creating(create), target=live)
    reads = [Act("read", kind, use.operation) for use in lifecycle.readers]
    for act in (*reads, *(Act("update", kind, use.operation) for use in lifecycle.updaters)):
        add(act.does, act, _using(act), thing=live)
        add(f"{act.does}_deleted", act, _using(act), thing=gone)
    for lister in lifecycle.listers[:LISTERS]:
        act = Act("list", kind, lister.operation)
        add("list", act, _using(act), thing=live)
        add("list_deleted", act, _using(act), thing=gone)
    if lifecycle.chosen:
        again = Act("duplicate", kind, lifecycle.create)
        add("duplicate", again, _using(again), thing=live)
    if lifecycle.deleter is not None:
        delete = Act("delete", kind, lifecycle.deleter.operation)
        add("delete", delete, _using(delete), target=gone, thing=consumes(live))
        add("delete_deleted", delete, _using(delete), thing=gone)
    return found


def _rule(does: Callable[..., Any], things: dict[str, Any]) -> Callable[[Any], Any]:
    """Return a function as a rule: Hypothesis types its own for things that are known when read."""
    made: Any = rule
    found: Callable[[Any], Any] = made(**things)(does)
    return found


def _ready(act: Act) -> Callable[[Any], bool]:
    return lambda machine: machine.play.ready(act)


def _creating(act: Act) -> Callable[[Any], Any]:
    def create(machine: Any) -> Any:
        play: Play = machine.play
        number = play.make(act)
        return _nothing() if number is None else number

    return create


def _nothing() -> Any:
    """Return what a rule adds nothing to its bundle with."""
    made: MultipleResults[int] = multiple()
    return made


def _using(act: Act) -> Callable[[Any, int], int]:
    """Return what a rule does: only one that deletes has a bundle for what it returns."""

    def use(machine: Any, thing: int) -> Any:
        play: Play = machine.play
        play.do(replace(act, thing=thing))
        return thing if act.does == "delete" else None

    return use


def walk(lab: Lab, kind: int) -> Sequence[Act]:
    """Return one act of every sort, in the order of a life: nothing is left to chance.

    A second thing is there when the first is looked at and taken away, and looked at after that.
    """
    lifecycle = lab.lifecycles[kind]
    reads = [Act("read", kind, use.operation) for use in lifecycle.readers]
    updates = [Act("update", kind, use.operation) for use in lifecycle.updaters]
    lists = [Act("list", kind, one.operation) for one in lifecycle.listers[:LISTERS]]
    acts = [Act("create", kind, lifecycle.create), *reads, *lists]
    for update in updates:
        acts += [update, *reads[:1]]
        for member, (reader, _) in lab.sharing(kind, update.operation).items():
            acts += [replace(update, says=member), Act("read", kind, reader)]
    acts.append(Act("create", kind, lifecycle.create))
    again = Act("duplicate", kind, lifecycle.create, 1)
    if lifecycle.chosen:
        acts.append(again)
    # Both are there: each is shown as itself, and the one is not changed with the other.
    other = [replace(act, thing=1) for act in (*reads[:1], *lists)]
    acts += [*other, *updates[:1], *other[:1], *reads[:1]]
    if lifecycle.deleter is not None:
        delete = Act("delete", kind, lifecycle.deleter.operation)
        acts += [delete, *reads, *lists, delete, *updates]
    acts += [*other, Act("create", kind, lifecycle.create)]
    plain = (path for path in lab.sharing(kind, lifecycle.create) if "." not in path)
    sharing = tuple(plain)[:DUPLICATES] if lifecycle.chosen else ()
    return [*acts, *(replace(again, says=member) for member in sharing)]


def replay(world: World, acts: Sequence[Act]) -> list[Said]:
    """Do acts one after the other; return all that is said."""
    return [said for act in acts for said in world.perform(act)]


__all__ = ["DeviationError", "Play", "explore", "replay", "run", "walk"]

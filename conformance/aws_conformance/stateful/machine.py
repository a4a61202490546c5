"""The state machine: Hypothesis chooses what to do to which thing, and shrinks what goes wrong.

One class is made for the lifecycles of a lab: a rule for every operation, on bundles of things that
live and things that were deleted. While it explores it raises nothing, so that one fault does not
hide the next; then it looks for each fault alone, and Hypothesis leaves of the scenario what it
takes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import seed as seeded
from hypothesis.errors import HypothesisException
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    multiple,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from aws_conformance.stateful.acts import Act, Does, Said
from aws_conformance.stateful.lab import Key, Lab
from aws_conformance.stateful.world import World

STEPS: Final = 8
"""The most acts of a scenario."""

EXAMPLES: Final = 10
SEARCHES: Final = 30
"""How many scenarios are tried to meet everything, and to meet one fault again."""

_ALL_HEALTH: tuple[HealthCheck, ...] = tuple(HealthCheck)  # pyright: ignore[reportAssignmentType]


class DeviationError(Exception):
    """A scenario has met the fault that is looked for."""


Allowed = Callable[[Act], bool]


def explore(lab: Lab, seed: int) -> None:
    """Do what Hypothesis chooses to the things of a lab; what is seen is kept in the lab."""
    _run(_machine(lab, None, lambda act: True), seed, EXAMPLES)


def shrink(lab: Lab, key: Key, seed: int) -> tuple[Act, ...]:
    """Return the smallest scenario found that shows a fault; the one that is known at worst.

    Only its last act is tried, and what changed something before: so the fault is soon met again.
    """
    *before, last = lab.best[key]
    mattered = (*(act for act in before if act.does != "read"), last)
    known = {(act.does, act.kind, act.operation) for act in mattered}
    machine = _machine(lab, key, lambda act: (act.does, act.kind, act.operation) in known)
    _run(machine, seed, SEARCHES)
    return lab.best[key]


def _run(machine: type[RuleBasedStateMachine], seed: int, examples: int) -> None:
    quiet = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
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
        run_state_machine_as_test(seeded(seed)(machine), settings=quiet)
    except (DeviationError, HypothesisException):
        # The lab knows; a target that changes its mind, or a budget that ends, makes it flaky.
        return


def _machine(lab: Lab, goal: Key | None, allowed: Allowed) -> type[RuleBasedStateMachine]:
    """Return the class of a machine with a rule for each act of the lab's lifecycles."""

    def start(machine: Any) -> None:
        RuleBasedStateMachine.__init__(machine)
        machine.world = World(lab)

    def end(machine: Any) -> None:
        machine.world.clean()

    names: dict[str, Any] = {"__init__": start, "teardown": end}
    for kind in range(len(lab.lifecycles)):
        names.update(_rules(lab, kind, goal, allowed))
    return type("Lives", (RuleBasedStateMachine,), names)


def _rules(lab: Lab, kind: int, goal: Key | None, allowed: Allowed) -> dict[str, Any]:
    """Return the bundles and rules of one lifecycle by name."""
    lifecycle = lab.lifecycles[kind]
    live: Bundle[int] = Bundle(f"live{kind}")
    gone: Bundle[int] = Bundle(f"deleted{kind}")
    create = Act("create", kind, lifecycle.create)
    found: dict[str, Any] = {f"create{kind}": rule(target=live)(_creating(create))}

    def add(does: Does, name: str, things: Bundle[int], label: str) -> None:
        act = Act(does, kind, name)
        if allowed(act):
            found[f"{label}{len(found)}_{kind}"] = rule(thing=things)(_using(act, goal))

    readers = [use.operation for use in lifecycle.readers]
    for name in readers:
        add("read", name, live, "read")
        add("read", name, gone, "read_deleted")
    for use in lifecycle.updaters:
        add("update", use.operation, live, "update")
        add("update", use.operation, gone, "update_deleted")
    if lifecycle.chosen:
        add("duplicate", lifecycle.create, live, "duplicate")
    if lifecycle.deleter is not None:
        act = Act("delete", kind, lifecycle.deleter.operation)
        if allowed(act):
            found[f"delete{kind}"] = rule(target=gone, thing=consumes(live))(_deleting(act, goal))
        add("delete", lifecycle.deleter.operation, gone, "delete_deleted")
    return found


def _creating(act: Act) -> Callable[[Any], Any]:
    def create(self: Any) -> Any:
        world: World = self.world
        before = set(world.things)
        world.perform(act)
        new = sorted(set(world.things) - before)
        return new[0] if new else _nothing()

    return create


def _nothing() -> Any:
    """Return what a rule adds nothing to its bundle with."""
    made: MultipleResults[int] = multiple()
    return made


def _using(act: Act, goal: Key | None) -> Callable[[Any, int], None]:
    def use(self: Any, thing: int) -> None:
        _perform(self.world, Act(act.does, act.kind, act.operation, thing), goal)

    return use


def _deleting(act: Act, goal: Key | None) -> Callable[[Any, int], int]:
    def delete(self: Any, thing: int) -> int:
        _perform(self.world, Act(act.does, act.kind, act.operation, thing), goal)
        return thing

    return delete


def _perform(world: World, act: Act, goal: Key | None) -> None:
    for said in world.perform(act):
        if said.verdict == "fail" and said.key == goal:
            raise DeviationError


def walk(lab: Lab, kind: int) -> Sequence[Act]:
    """Return one act of every sort, in the order of a life: nothing is left to chance."""
    lifecycle = lab.lifecycles[kind]
    reads = [Act("read", kind, use.operation) for use in lifecycle.readers]
    updates = [Act("update", kind, use.operation) for use in lifecycle.updaters]
    acts = [Act("create", kind, lifecycle.create), *reads]
    for update in updates:
        acts += [update, *reads[:1]]
    if lifecycle.deleter is not None:
        delete = Act("delete", kind, lifecycle.deleter.operation)
        acts += [delete, *reads, delete, *updates]
    if lifecycle.chosen:
        second = [Act("create", kind, lifecycle.create), Act("duplicate", kind, lifecycle.create)]
        acts += [replace(act, thing=1) for act in (*second, *reads[:1])]
    return acts


def replay(world: World, acts: Collection[Act]) -> list[Said]:
    """Do acts one after the other; return all that is said."""
    return [said for act in acts for said in world.perform(act)]


__all__ = ["EXAMPLES", "DeviationError", "explore", "replay", "shrink", "walk"]

"""The phase of a run that tests lives: each kind of thing alone, then all of a service together.

For every kind: a walk through a whole life, so that nothing is left to chance; what Hypothesis
chooses; then, for each fault that was seen, the smallest scenario that shows it, done once more
before it is reported. All verdicts on a kind leave in one event.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from aws_conformance.bootstrap import Bootstrap
from aws_conformance.events import Event, Judged
from aws_conformance.reading import says_absent
from aws_conformance.stateful.acts import Act, Said, Step, stateless
from aws_conformance.stateful.hunting import hunt_down
from aws_conformance.stateful.invariants import documented
from aws_conformance.stateful.lab import Key, Lab
from aws_conformance.stateful.lifecycle import Lifecycle, lifecycles
from aws_conformance.stateful.machine import explore, replay, walk
from aws_conformance.stateful.promises import deferral
from aws_conformance.stateful.scenario import reproducer, steps_of
from aws_conformance.stateful.world import World
from aws_reports.results import Verdict

REQUESTS: Final = 400
"""The most requests for one kind of thing, confirmations and removals not counted."""

SHRINKING: Final = 250
"""Requests that may be spent on the smallest scenario of one fault, at least."""

CONFIRMING: Final = 60
"""Requests kept for doing a scenario once more."""

TOGETHER: Final = "together"


def planned(bootstrap: Bootstrap, names: Sequence[str]) -> tuple[Lifecycle, ...]:
    """Return the lifecycles that can be tested with these operations, by service."""
    found: list[Lifecycle] = []
    allowed = frozenset(names)
    for service in dict.fromkeys(name.partition(".")[0] for name in names):
        graph = bootstrap.graphs(service)
        if graph is not None:
            found += lifecycles(graph, allowed)
    return tuple(found)


def case_of(name: str) -> str:
    """Return the id under which the verdicts on a kind of thing are journaled."""
    return f"{name}/state"


def events(
    names: Sequence[str],
    bootstrap: Bootstrap,
    *,
    done: Callable[[str, str], bool] = lambda operation, case: False,
    fresh: Callable[[], None] = lambda: None,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[Event]:
    """Yield what the lives of things say, a `Judged` for each kind.

    `done` tells which cases of an operation are decided already; `fresh` empties a target that can
    be. Raises `BudgetSpentError` and `UnreachableError` once what was made is removed.
    """
    for service in dict.fromkeys(name.partition(".")[0] for name in names):
        mine = [n for n in names if n.startswith(f"{service}.")]
        yield from Service(planned(bootstrap, mine), bootstrap, pause).events(done, fresh)


class Service:
    """The lives of one service's things, each kind alone and then all of them together."""

    def __init__(
        self, kinds: Sequence[Lifecycle], bootstrap: Bootstrap, pause: Callable[[float], None]
    ) -> None:
        self.kinds = kinds
        self.bootstrap = bootstrap
        self.pause = pause
        self.worked: set[str] = set()
        self.broken: set[str] = set()

    def events(
        self, done: Callable[[str, str], bool], fresh: Callable[[], None]
    ) -> Iterator[Event]:
        """Yield a `Judged` for each kind, and one for all that lived."""
        for one in self.kinds:
            case = case_of(one.create)
            if not done(one.create, case):
                fresh()
                # One operation may serve several kinds: what it does wrong is said once.
                verdicts = tuple(v for v in self._tested((one,)) if v.case not in self.broken)
                self.broken |= {
                    v.case for v in verdicts if v.verdict == "fail" and v.kind == "state"
                }
                yield Judged(case, verdicts)
        alive = [one for one in self.kinds if one.create in self.worked]
        case = f"{case_of(alive[0].create)}~{TOGETHER}" if alive else ""
        if len(alive) > 1 and not done(alive[0].create, case):
            fresh()
            verdicts = self._tested(alive)
            known = {case.rpartition("~")[0] for case in self.broken}
            fails = (v for v in verdicts if v.kind == "state" and v.verdict == "fail")
            yield Judged(case, tuple(v for v in fails if v.rule not in known))

    def _tested(self, kinds: Sequence[Lifecycle]) -> tuple[Verdict, ...]:
        """Return the verdicts on some kinds of things; whatever was made is removed again."""
        lab = Lab(kinds, self.bootstrap, most=REQUESTS, pause=self.pause)
        lab.worked |= self.worked
        seed = self.bootstrap.settings.seed
        try:
            if len(kinds) == 1:
                _walk(lab)
            lived = any(one.create in lab.worked for one in kinds)
            if lived:
                explore(lab, seed)
            verdicts = tuple(_verdicts(lab, seed)) if lived else _not_made(lab)
        finally:
            self.bootstrap.tear_down()
        self.worked |= lab.worked
        if lab.stopped is not None:
            raise lab.stopped
        return verdicts


def _walk(lab: Lab) -> None:
    world = World(lab)
    try:
        replay(world, walk(lab, 0))
        if world.things:
            lab.keeps_account(world.things[0])
    finally:
        world.clean()


# ---------------------------------------------------------------- verdicts


def _verdicts(lab: Lab, seed: int) -> Iterator[Verdict]:
    """Yield what a lab has come to: each fault confirmed, each rule kept, each doubt, shapes."""
    said: set[tuple[str, str]] = set()
    for key in sorted(_causes(lab)):
        if lab.stopped is None:
            lab.left = max(lab.left, SHRINKING)
            hunt_down(lab, key, seed)
            yield _confirmed(lab, key)
            said.add((key[0], key[2]))
    for verdict, via in _overdue(lab):
        yield verdict
        said.add((verdict.rule, via))
    broken = {rule for rule, _ in said}
    for (rule, via), (heard, steps) in sorted(lab.heard.items()):
        told = (rule, via) in said or (heard.verdict == "pass" and rule in broken)
        if not told and heard.verdict != "fail":
            proof = heard.verdict != "pass" or lab.is_proof(heard)
            yield _verdict(lab, heard if proof else stateless(heard), steps)
    yield from lab.shapes.values()


PATIENCE: Final = 90.0
"""The most seconds that are waited for a deletion to be done."""


def _overdue(lab: Lab) -> Iterator[tuple[Verdict, str]]:
    """Yield what is shown after the time that its deletion has by the documentation.

    That is waited for only where something is still shown right after it, once a kind.
    """
    one = lab.lifecycles[0]
    slow = {
        said.via: found.seconds
        for said, _ in lab.heard.values()
        if said.reason == "asynchronous-deletion" and one.deleter is not None
        if said.via in {use.operation for use in one.readers}
        for found in (deferral(lab.operation(one.deleter.operation), lab.operation(said.via)),)
        if found is not None and 0 < found.seconds < PATIENCE
    }
    if not slow or one.deleter is None or len(lab.lifecycles) > 1 or lab.account:
        return
    lab.left = max(lab.left, 0) + CONFIRMING
    world = World(lab)
    acts = [Act("create", 0, one.create), Act("delete", 0, one.deleter.operation)]
    try:
        replay(world, acts)
        seconds = max(slow.values()) + 1
        for via in sorted(slow) if len(world.steps) == len(acts) else ():
            first = world.perform(Act("read", 0, via, after=seconds - world.waited))
            last = world.steps[-1]
            last = replace(last, act=replace(last.act, after=seconds))
            again = world.perform(Act("read", 0, via))
            for said in first if [s.key for s in first] == [s.key for s in again] else ():
                steps = (*world.steps[:2], last)
                yield _verdict(lab, said, steps, confirmed=_sure(said)), via
    finally:
        world.clean()


def _sure(said: Said) -> bool | None:
    return True if said.verdict == "fail" else None


def _causes(lab: Lab) -> Iterator[Key]:
    """Yield the faults that are no consequence of another.

    Where what is deleted can still be looked at, it is no wonder that it can be changed.
    """
    shown = {rule.partition("/")[0] for rule, reason, _ in lab.best if reason == "still-there"}
    followers = {
        use.operation
        for one in lab.lifecycles
        if one.deleter is not None and one.deleter.operation in shown
        for use in one.updaters
    }
    lost = any(key[1] == "not-there" for key in lab.best)
    for key in lab.best:
        # What was lost may be made again, and what was never taken away may be taken away twice.
        same = key[1] == "deleted-twice" and key[2] in shown
        same |= lost and key[1] == "created-twice"
        if not same and (key[1] != "still-there" or key[2] not in followers):
            yield key


def _confirmed(lab: Lab, key: Key) -> Verdict:
    """Return the verdict of a scenario that is done once more, patiently."""
    lab.left = max(lab.left, 0) + CONFIRMING
    world = World(lab, patient=True)
    known, _ = lab.faults[key]
    try:
        found = replay(world, lab.best[key])
    finally:
        world.clean()
    again = next((one for one in found if one.key == key and one.verdict == "fail"), None)
    if again is not None:
        return _verdict(lab, again, world.steps, confirmed=True)
    other = next((o for o in found if (o.rule, o.via) == (key[0], key[2])), None)
    if other is not None and other.verdict == "inconclusive":
        return _verdict(lab, other, world.steps)
    _, steps = lab.faults[key]
    return replace(_verdict(lab, known, steps, confirmed=False), flaky=True)


def _verdict(
    lab: Lab, said: Said, steps: Sequence[Step], *, confirmed: bool | None = None
) -> Verdict:
    last = steps[-1].exchange
    noun = next((one.noun for one in lab.lifecycles if said.via in one.operations), "")
    fails = said.verdict == "fail"
    return Verdict(
        case=f"{said.rule}~{said.via.partition('.')[2]}",
        operation=said.rule.partition("/")[0],
        rule=said.rule,
        kind="state",
        member=noun,
        verdict=said.verdict,
        reason=said.reason,
        expected=said.expected,
        observed=said.observed,
        source=said.source,
        case_kind="scenario",
        row="life of a thing",
        hint=said.hint,
        evidence=last.evidence if said.verdict != "pass" else None,
        reproducer=reproducer(lab.bootstrap.target, steps, lab.before(steps)) if fails else None,
        confirmed=confirmed,
        steps=steps_of(steps),
    )


def _not_made(lab: Lab) -> tuple[Verdict, ...]:
    """Return that nothing of a kind could be made, and what to bind; nothing where it is absent."""
    refused = lab.refused.get(0)
    one = lab.lifecycles[0]
    if refused is None or says_absent(refused.exchange.reading):
        return ()
    prepared = lab.bootstrap.prepared.get(one.create)
    binds = " ".join(f"--bind {bind}=VALUE" for bind in (prepared.missing if prepared else ()))
    operation = lab.operation(one.create)
    said = Said(
        rule=f"{one.create}/state/read-after-create", via=one.create, verdict="inconclusive",
        reason="not-made", expected=f"a {one.noun} is made",
        observed=f"{operation.name} is answered {refused.exchange.reading.short()}",
        source=documented(operation), hint=binds,
    )  # fmt: skip
    return (_verdict(lab, said, [refused]),)


def operations_of(found: Collection[Verdict]) -> frozenset[str]:
    """Return the operations of whose lives something was decided."""
    decided = (v for v in found if v.kind == "state" and v.verdict in ("pass", "fail"))
    return frozenset(verdict.operation for verdict in decided)

"""The runner: a generator of events, one operation after another.

For each operation it sends the control, finds out whether the operation is there and decidable,
then the valid cases (taking refused packs apart), the invalid ones (each against its twin), the
malformed ones, the idempotency sequences and the examples. Every finding is sent again before it is
reported.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from aws_conformance.events import (
    Event,
    Judged,
    OperationFinished,
    OperationStarted,
    Started,
    Stopped,
    SuiteProblem,
)
from aws_conformance.exchange import Target
from aws_conformance.operation_run import OperationRun
from aws_conformance.rebasing import Supplied, recorded_supply, supply_of
from aws_conformance.sender import BudgetSpentError, Sender, UnreachableError
from aws_conformance.targets.recording import bound_of
from aws_conformance.unspoken import unspoken
from aws_reports.results import OperationResult, Verdict
from aws_specs.catalog import SourceChoice, load, select, speaking
from aws_specs.errors import ConformanceError
from aws_specs.spec import Operation, Value

if TYPE_CHECKING:
    from aws_conformance.bootstrap import Bootstrap

ONLY = ("valid", "invalid", "malformed")


class Settings(Value, frozen=True, kw_only=True):
    """What a run does. `bindings` map `service.Member` to values the target has.

    `only` names the kinds of cases that are sent (the control always is, but for "invalid" alone on
    a real account). `nonce` keeps idempotency tokens of different runs apart; by default the seed.
    """

    source: SourceChoice = "both"
    protocol: str = ""
    only: tuple[str, ...] = ONLY
    examples: int = 25
    seed: int = 0
    bindings: Mapping[str, str] = {}
    strict: bool = False
    confidence: float = 0.75
    region: str = ""
    control: bool = True
    pagination: bool = True
    """Whether lists are followed page by page."""


def run(
    names: Sequence[str],
    target: Target,
    settings: Settings,
    *,
    decided: Mapping[str, frozenset[str]] | None = None,
    earlier: Sequence[Verdict] = (),
    finished: Mapping[str, OperationResult] | None = None,
    budget: Callable[[], None] = lambda: None,
    bootstrap: Bootstrap | None = None,
) -> Iterator[Event]:
    """Yield what happens when the named operations are tested against a target.

    `decided` are cases by operation that an earlier, interrupted run has judged (its verdicts are
    `earlier`), `finished` operations it has finished: they are not sent again. `budget` is called
    before each request and raises `BudgetSpentError`. `bootstrap` makes what operations need and
    removes it afterwards. The generator can be closed at any time; nothing it has yielded is lost.
    """
    yield Started(target=target.name, seed=settings.seed, operations=tuple(names))
    for name in names:
        if finished and name in finished:
            continue
        try:
            done = (decided or {}).get(name, frozenset())
            spoken = tuple(verdict for verdict in earlier if verdict.operation == name)
            stopped = yield from _one(name, target, settings, done, spoken, budget, bootstrap)
        finally:
            # Also where the run is stopped while things are made.
            if bootstrap is not None:
                bootstrap.tear_down()
        if stopped:
            return


def _one(
    name: str,
    target: Target,
    settings: Settings,
    done: frozenset[str],
    earlier: Sequence[Verdict],
    budget: Callable[[], None],
    bootstrap: Bootstrap | None,
) -> Generator[Event, None, bool]:
    """Yield what happens with one operation; return whether the run is to end there."""
    try:
        fresh(target, settings)
        operation = speaking(select(load(name), settings.source), settings.protocol)
        sender = Sender(operation, target, region=settings.region, budget=budget)
        why = unspoken(operation, target)
        own = settings if why else _prepared(operation, sender, settings, bootstrap)
        one = OperationRun(operation, sender, own, done)
        one.bootstrap = bootstrap
        one.supply = _supply(operation, sender, bootstrap)
        one.clerk.prime(earlier)
    except ConformanceError as error:
        yield SuiteProblem(operation=name, case="", detail=str(error))
        return False
    yield OperationStarted(operation=name, cases=0 if why else one.planned)
    if why:
        yield OperationFinished(one.result("undecided", why))
        return False
    try:
        yield from one.events()
    except BudgetSpentError:
        yield OperationFinished(one.result("stopped", "the budget is spent"))
        yield Stopped("budget", "the budget of requests is spent")
        return True
    except UnreachableError as error:
        yield OperationFinished(one.result("error", f"unreachable: {error}"))
        yield Stopped("unreachable", str(error))
        return True
    yield OperationFinished(one.result())
    return False


def _prepared(
    operation: Operation, sender: Sender, settings: Settings, bootstrap: Bootstrap | None
) -> Settings:
    """Return the settings with what was made (or recorded) for an operation bound."""
    recorded: Callable[[str], Mapping[str, str]] | None
    recorded = getattr(sender.target, "bound_for", None)
    made: Mapping[str, str] = recorded(operation.id) if recorded is not None else {}
    if bootstrap is not None:
        made = bootstrap.prepare(operation).bindings
        sender.keeper = bootstrap.keeper(operation)
    bound_of(sender.target)(operation.id, made)
    return replace(settings, bindings={**made, **settings.bindings}) if made else settings


def _supply(
    operation: Operation, sender: Sender, bootstrap: Bootstrap | None
) -> Callable[[], Supplied] | None:
    """Return what makes more for an operation (or hands out what was recorded of that)."""
    key = f"{operation.id}~supply"
    recorded: Callable[[str], Mapping[str, str]] | None
    recorded = getattr(sender.target, "bound_for", None)
    if recorded is not None:
        then = supply_of(recorded(key))
        return (lambda: then) if then is not None else None
    if bootstrap is None or not bootstrap.making:
        return None

    def supply() -> Supplied:
        supplied = bootstrap.supply(operation)
        bound_of(sender.target)(key, recorded_supply(supplied))
        sender.keeper = bootstrap.keeper(operation)
        return supplied

    return supply


def fresh(target: Target, settings: Settings) -> None:
    """Let a target that can forget what earlier operations have made; not what bindings name.

    Raises `TargetError` where it should and cannot.
    """
    reset: Callable[[], None] | None = getattr(target, "reset", None)
    if reset is not None and not settings.bindings and not target.bindings:
        reset()


__all__ = ["ONLY", "Judged", "Settings", "run"]

"""The phase in a run: when it comes, what it is given, what a stop means, what a dry run says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from aws_conformance.bootstrap import Bootstrap
from aws_conformance.events import Event, Judged, OperationFinished, Started, Stopped
from aws_conformance.openings import by_chance, only_invalid, resource_journal, seeded_names
from aws_conformance.runner import fresh
from aws_conformance.sender import BudgetSpentError, UnreachableError
from aws_conformance.stateful import phase
from aws_reports.results import OperationResult
from aws_specs.errors import ConformanceError

if TYPE_CHECKING:
    from aws_conformance.config import Config
    from aws_conformance.session import Session

STATEFUL: Final = "stateful"


def wanted(config: Config) -> bool:
    """Whether a run tests lives: only where it is told to, and never from a recording.

    Nor where nothing may be sent to a real account that it would accept.
    """
    asked = config.stateful or STATEFUL in config.only
    return asked and not config.target.startswith("replay:") and not only_invalid(config)


def alone(config: Config) -> bool:
    """Whether a run tests nothing but lives."""
    return wanted(config) and tuple(config.only) == (STATEFUL,)


def followed(session: Session, events: Iterator[Event]) -> Iterator[Event]:
    """Yield a run's events, then those of its lives; nothing else where lives alone are asked for.

    A run that was stopped goes no further.
    """
    config = session.config
    if not wanted(config):
        yield from events
        return
    if alone(config):
        yield Started(
            target=session.target.name, seed=session.settings.seed, operations=session.names
        )
    else:
        for event in events:
            yield event
            if isinstance(event, Stopped):
                return
    yield from _lives(session)


def _lives(session: Session) -> Iterator[Event]:
    only = alone(session.config)
    bootstrap = _bootstrap(session)
    decided: set[str] = set()
    cases = frozenset(case for _, case in session.past.judged) if session.past else frozenset[str]()
    try:
        for event in phase.events(
            _there(session),
            bootstrap,
            done=lambda operation, case: case in cases,
            fresh=lambda: fresh(session.target, session.settings),
        ):
            if isinstance(event, Judged):
                decided |= phase.operations_of(event.verdicts)
            yield event
    except BudgetSpentError:
        yield Stopped("budget", "the budget of requests is spent")
        return
    except UnreachableError as error:
        yield Stopped("unreachable", str(error))
        return
    finally:
        bootstrap.tear_down()
        if session.bootstrap is None:
            bootstrap.making = False
            session.bootstrap = bootstrap
    for name in session.names if only else ():
        yield OperationFinished(_result(session, name))


def _there(session: Session) -> tuple[str, ...]:
    """Return the operations of the run that are not known to be missing in the target."""
    missing = {
        one.operation for one in session.gathered.finished.values() if one.state == "unimplemented"
    }
    return tuple(name for name in session.names if name not in missing)


def _bootstrap(session: Session) -> Bootstrap:
    """Return what makes and removes things: the run's own where it makes any.

    A life begins with a creation, so something has to make things even where the run does not.
    """
    own = session.bootstrap
    if own is not None and own.making:
        return own
    config = session.config
    in_process = config.target == "emulator"
    made = Bootstrap(
        session.target,
        session.settings,
        journal=own.journal
        if own is not None
        else None
        if in_process
        else resource_journal(config, session.target, session.started),
        graphs=own.graphs if own is not None else None,
        finding=False,
        budget=session.meter,
        nonce=seeded_names(session.settings.seed) if in_process else by_chance,
    )
    if own is not None:
        made.left = own.left
    return made


def _result(session: Session, name: str) -> OperationResult:
    """Return the share of an operation of whose rules only those on its life were tested."""
    try:
        result = session.planned(name)
    except ConformanceError:
        result = OperationResult(operation=name, state="partly", rules=(), kinds={})
    return replace(result, state="partly", reason="only its part in lives is tested")


def foreseen(config: Config, names: Sequence[str]) -> Iterator[str]:
    """Yield a line for each kind of thing whose life a run would test."""
    from aws_conformance.bootstrap import Graphs
    from aws_conformance.stateful.lifecycle import lifecycles

    graphs = Graphs(config.chains)
    for service in dict.fromkeys(name.partition(".")[0] for name in names):
        graph = graphs(service)
        for one in lifecycles(graph, frozenset(names)) if graph is not None else ():
            operations = ", ".join(name.partition(".")[2] for name in one.operations)
            remover = graph.remover(one.create) if graph is not None else None
            after = f"removed by {remover[0].id}" if remover is not None else "is left behind"
            yield (
                f"(stateful)\t-\t{one.create}\tmakes {one.noun}s, again and again: {after};"
                f" at most {phase.REQUESTS} requests: {operations}"
            )

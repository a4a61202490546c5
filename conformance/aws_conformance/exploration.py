"""Hypothesis examples beside the cover: valid and invalid requests nobody chose.

They are drawn from the seed before anything is sent, so that the same seed has the same cases
whatever the target answers. A finding that the cover has not made already is shrunk to its smallest
request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from aws_conformance.events import Event
from aws_strategies import twin_of
from aws_strategies.case import Case
from aws_strategies.examples import generate, shrink

if TYPE_CHECKING:
    from aws_conformance.operation_run import OperationRun


Recorded = Callable[[str], tuple[Case, ...]]
"""What a recording knows of the examples of an operation: they need not come out the same again."""


def explore(run: OperationRun) -> Iterator[Event]:
    """Yield what the examples of an operation say."""
    settings = run.settings
    recorded: Recorded | None = getattr(run.sender.target, "examples", None)
    cases = (
        list(recorded(run.operation.id))
        if recorded is not None
        else generate(run.plan, settings.examples, settings.seed, nonce=str(settings.seed))
    )
    by_id = {case.id: case for case in cases}
    run.add_twins(by_id)
    for case in cases:
        astray = not settings.control and run.about.routed(case)
        if case.kind in settings.only and case.id not in run.done and not astray:
            yield from run.one(_smallest(run, case))


def _smallest(run: OperationRun, case: Case) -> Case:
    """Return the case itself, or the smallest one that fails for the same rule where it is new."""
    if not run.settings.control:
        return case
    first = run.fails_for(case)
    if not first or first in run.clerk.fails:
        return case

    def fails(candidate: Case) -> bool:
        _know_twin(run, candidate)
        return run.fails_for(candidate) == first

    smaller = shrink(run.plan, case, fails, seed=run.settings.seed)
    if smaller == case:
        return case
    _know_twin(run, smaller)
    run.forget(case)
    return replace(smaller, id=case.id)


def _know_twin(run: OperationRun, case: Case) -> None:
    """Let the twin of a case that shrinking made be found by its id."""
    if case.twin:
        run.add_twins({case.twin: twin_of(run.plan, case, nonce=str(run.settings.seed))})

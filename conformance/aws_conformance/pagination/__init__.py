"""Pages: they join to the whole, keep their limit, and come to an end; broken tokens are refused.

The whole is listed, then again in small pages that are followed token by token. What both show is
compared; a finding is claimed after a second look at both, so that a list that has changed in the
meantime is none. Then tokens are sent that cannot be right. Sources: the SDK's paginators and what
the members' documentation says (`aws_specs.pagination`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from aws_conformance.events import Event, Judged, SuiteProblem
from aws_conformance.hazards import reads
from aws_conformance.pagination.survey import Survey
from aws_conformance.pagination.tokens import tokens
from aws_reports.results import Verdict
from aws_specs.errors import ConformanceError
from aws_specs.pagination import Pagination, pagination, rules

if TYPE_CHECKING:
    from aws_conformance.operation_run import OperationRun


def enroll(run: OperationRun) -> None:
    """Add the rules on pages to those a run decides, where it sends what decides them."""
    settings = run.settings
    if not settings.pagination or "valid" not in settings.only or sendable(run) is None:
        return
    for rule in rules(run.operation):
        if settings.source in ("both", rule.statements[0].origin):
            run.clerk.rules[rule.id] = rule


def sendable(run: OperationRun) -> Pagination | None:
    """Return how the operation is paged; None where a request may not have the tokens.

    Also None where it does more than look: every page would do it again.
    """
    found = pagination(run.operation) if reads(run.operation.name) else None
    if found is None or not all(run.plan.sendable(token.member) for token in found.tokens):
        return None
    return found


def check(run: OperationRun) -> Iterator[Event]:
    """Yield what an operation's pages say of the rules on them."""
    found = sendable(run)
    if found is None or not any(rule.kind == "pagination" for rule in run.clerk.rules.values()):
        return
    survey = Survey(run, found)
    yield from _judged(run, "pages", survey.verdicts)
    yield from _judged(run, "tokens", lambda: tokens(survey))


def _judged(
    run: OperationRun, name: str, verdicts: Callable[[], Iterable[Verdict]]
) -> Iterator[Event]:
    """Yield one phase's verdicts, unless an interrupted run has said them."""
    identity = f"{run.operation.id}/pagination~{name}"
    if identity in run.done:
        return
    try:
        yield Judged(identity, tuple(verdicts()))
    except ConformanceError as error:
        yield SuiteProblem(run.operation.id, identity, str(error))


__all__ = ["check", "enroll", "sendable"]

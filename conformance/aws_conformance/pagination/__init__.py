"""Pages: they join to the whole, keep their limit, and come to an end; broken tokens are refused.

The whole is listed, then again in small pages that are followed token by token. What both show is
compared; a finding is claimed after a second look at both, so that a list that has changed in the
meantime is none. Then tokens are sent that cannot be right. Sources: the SDK's paginators and what
the members' documentation says (`aws_specs.pagination`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aws_conformance.events import Event, Judged
from aws_conformance.pagination.survey import Survey
from aws_conformance.pagination.tokens import tokens
from aws_specs.pagination import Pagination, pagination, rules

if TYPE_CHECKING:
    from aws_conformance.operation_run import OperationRun


def enroll(run: OperationRun) -> None:
    """Add the rules on pages to those a run decides, where it sends what decides them."""
    if run.settings.pagination and "valid" in run.settings.only and sendable(run) is not None:
        run.clerk.rules.update({rule.id: rule for rule in rules(run.operation)})


def sendable(run: OperationRun) -> Pagination | None:
    """Return how the operation is paged; None where a request may not have the tokens."""
    found = pagination(run.operation)
    if found is None or not all(run.plan.sendable(token.member) for token in found.tokens):
        return None
    return found


def check(run: OperationRun) -> Iterator[Event]:
    """Yield what an operation's pages say of the rules on them."""
    found = sendable(run)
    if found is None or not run.settings.pagination:
        return
    survey = Survey(run, found)
    pages, broken = (f"{run.operation.id}/pagination~{name}" for name in ("pages", "tokens"))
    if pages not in run.done:
        yield Judged(pages, tuple(survey.verdicts()))
    if broken not in run.done:
        yield Judged(broken, tuple(tokens(survey)))


__all__ = ["check", "enroll", "sendable"]

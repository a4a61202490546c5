"""What happens in a run, as values: the runner yields them, journal, terminal and reports read
them.
"""

from __future__ import annotations

from aws_reports.results import OperationResult, Verdict
from aws_specs.spec import Value


class Started(Value, frozen=True, tag="started", kw_only=True):
    """A run begins. `operations` are their names, `cases` how many cases are planned."""

    target: str
    seed: int
    operations: tuple[str, ...]


class OperationStarted(Value, frozen=True, tag="operation-started"):
    """An operation's cases begin; `cases` is how many are planned, parts not counted."""

    operation: str
    cases: int


class Judged(Value, frozen=True, tag="judged"):
    """One exchange has been judged: all it says together, so a journal has all or nothing."""

    case: str
    verdicts: tuple[Verdict, ...]


class OperationFinished(Value, frozen=True, tag="operation-finished"):
    """An operation is done."""

    result: OperationResult


class Stopped(Value, frozen=True, tag="stopped"):
    """The run ends early: "budget", "interrupted" or "unreachable", with what to tell the user."""

    why: str
    detail: str = ""


class SuiteProblem(Value, frozen=True, tag="suite-problem"):
    """The suite's own fault: a case that could not be made or sent; no verdict on the target."""

    operation: str
    case: str
    detail: str


Event = Started | OperationStarted | Judged | OperationFinished | Stopped | SuiteProblem

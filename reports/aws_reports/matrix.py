"""Which error answers what: for each operation, cause by cause, as a matrix.

A cause is what a request did wrong (a rule of some kind broken, something named that is not there,
a token used again) or what no request can bring about (a quota, a denial, throttling). Beside it
stand the documented errors, what came, and what someone who calls the operation with boto3 would
have to catch: a right status with the wrong exception breaks their code all the same. Everything is
derived from the verdicts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from aws_reports.results import OperationResult, Outcome, Results, Verdict
from aws_specs.common_errors import declared, listed
from aws_specs.error_class import error_class
from aws_specs.spec import Value

Caught = Callable[[str, str], str]
"""From a service and an error's code to the class that a boto3 user catches."""

CAUSES = {
    "exists": "not-found",
    "idempotency": "conflict",
    "unique": "conflict",
    "protocol": "malformed",
}
"""What broken rules of a kind are the cause of; other kinds are called by their name."""

STATES = frozenset({"not-found", "conflict", "quota", "denied", "throttled"})
"""Causes that lie with the target: a request without a fault, too, may be answered for them."""

LISTS = {
    "operation": "operation",
    "service": "service-wide",
    "common": "AWS-common",
    "": "none",
}
"""What the lists are called on which an error may stand."""

_SILENT = {
    "crash": "the target's own exception",
    "hangup": "ConnectionClosedError",
    "timeout": "ReadTimeoutError",
    "unreachable": "EndpointConnectionError",
}
"""What botocore raises where no answer comes."""

_WIRE = {
    "error-shape": "no error of the protocol",
    "no-response": "nothing",
}
"""What was wrong with the form of an answer, by the reason of its verdict."""

_DUE = "an error: "
_OBSERVED = re.compile(r"(?P<status>\d{3}) (?P<code>[\w.:-]{1,200})")
_SILENCE = re.compile(r"no answer \((?P<how>[\w-]{1,40})\)")


class Cell(Value, frozen=True, kw_only=True):
    """One cause and one way in which it was answered.

    `documented` are the errors that should answer; `code`, `status` what came ("" and 0: none),
    `observed` the same in words; `listed` on which list the error stands ("" where none came);
    `wire` how the error was carried; `caught` the class a boto3 user catches; `answers` how often.
    `verdict` is "unprovoked" where no request brings the cause about.
    """

    operation: str
    cause: str
    documented: str
    code: str
    status: int
    wire: str
    caught: str
    answers: int
    verdict: Outcome | str
    reason: str
    observed: str = ""
    listed: str = ""


def matrix(results: Results, caught: Caught | None = None) -> tuple[Cell, ...]:
    """Return the cells of all operations, in the order of the run, causes in the order they came.

    `caught` names exceptions; by default as the installed SDK does.
    """
    name = caught or exception
    cells: list[Cell] = []
    for operation in results.operations:
        mine = [v for v in results.verdicts if v.operation == operation.operation]
        cells += _answered(mine, name)
        cells += _unprovoked(operation, mine, name)
    return tuple(cells)


# ---------------------------------------------------------------- what came


def _answered(verdicts: Iterable[Verdict], name: Caught) -> Iterator[Cell]:
    groups: dict[tuple[str, ...], list[Verdict]] = {}
    for verdict in verdicts:
        if _is_about_an_error(verdict):
            key = (_cause(verdict), verdict.observed, verdict.verdict, verdict.reason)
            groups.setdefault(key, []).append(verdict)
    for (cause, *_), group in sorted(groups.items(), key=lambda item: _order(item[0])):
        yield _cell(cause, group, name)


def _is_about_an_error(verdict: Verdict) -> bool:
    """Whether a verdict says how a broken rule was answered, and not what an error looks like."""
    if not _faulty(verdict):
        return _class(verdict) in STATES
    sent = verdict.case_kind in ("invalid", "malformed", "sequence")
    kept = verdict.verdict == "pass" and not _OBSERVED.match(verdict.observed)
    if verdict.kind == "pagination" and not verdict.rule.endswith("/token"):
        return False
    return sent and verdict.kind not in ("error", "status", "present") and not kept


def _class(verdict: Verdict) -> str:
    """Return the class of the error that came, "" where none did."""
    found = _OBSERVED.match(verdict.observed)
    return error_class(found["code"]) if found and int(found["status"]) >= 400 else ""


def _cause(verdict: Verdict) -> str:
    if not _faulty(verdict):
        return _class(verdict)
    return CAUSES.get(verdict.kind, verdict.kind)


def _order(key: Sequence[str]) -> tuple[bool, Sequence[str]]:
    """Order the causes of requests before those of the target's state, and each by name."""
    return key[0] in (*CAUSES.values(), *STATES), key


def _cell(cause: str, group: Sequence[Verdict], name: Caught) -> Cell:
    first = group[0]
    found = _OBSERVED.match(first.observed)
    code = found["code"] if found else ""
    succeeded = code == "success"
    return Cell(
        operation=first.operation,
        cause=cause,
        documented=_documented(group) if cause not in STATES or _faulty(first) else _due(first),
        code="" if succeeded else code,
        status=int(found["status"]) if found else _status(first.observed),
        wire="" if succeeded else _wire(first),
        caught="" if succeeded else _caught(first, code, name),
        answers=len(group),
        verdict=first.verdict,
        reason=first.reason,
        observed=_words(first.observed, code),
        listed="" if succeeded or not code else _list(first, code),
    )


def _wire(verdict: Verdict) -> str:
    if _SILENCE.match(verdict.observed):
        return "nothing"
    return _WIRE.get(verdict.reason, "as the protocol has it")


def _words(observed: str, code: str) -> str:
    """Return what came, in words: the error's code, "accepted", or how no answer came."""
    silence = _SILENCE.match(observed)
    if silence:
        return f"no answer: {silence['how']}"
    if code == "success" or (not code and "success" in observed):
        return "accepted"
    return code or observed.partition(" ")[2][:80]


def _list(verdict: Verdict, code: str) -> str:
    """Return the list an error stands on; what passed stands on one that is not in the model."""
    service, _, name = verdict.operation.partition(".")
    found = listed(service, name, code)
    passed = verdict.verdict == "pass" and verdict.reason == "refused"
    return LISTS[found or ("common" if passed else "")]


def _faulty(verdict: Verdict) -> bool:
    return verdict.case_kind not in ("control", "valid")


def _due(verdict: Verdict) -> str:
    """Return the operation's errors that say what the answer to a valid request says."""
    service, _, name = verdict.operation.partition(".")
    found = sorted(c for c in declared(service, name) if error_class(c) == _class(verdict))
    return " or ".join(found[:3])


def _documented(group: Sequence[Verdict]) -> str:
    """Return the errors that were due: the first expectation that names any, else the first."""
    texts = [verdict.expected.rpartition(" is answered ")[2] for verdict in group]
    named = [text for text in texts if text.startswith(_DUE)]
    return next((text.removeprefix(_DUE) for text in (*named, *texts) if text), "")


def _status(observed: str) -> int:
    head = observed[:3]
    return int(head) if head.isascii() and head.isdigit() and len(head) == 3 else 0


def _caught(verdict: Verdict, code: str, name: Caught) -> str:
    silence = _SILENCE.match(verdict.observed)
    if silence:
        return _SILENT.get(silence["how"], "HTTPClientError")
    return name(verdict.operation.partition(".")[0], code) if code else "ClientError"


# ---------------------------------------------------------------- what did not come


def _unprovoked(
    operation: OperationResult, verdicts: Sequence[Verdict], name: Caught
) -> Iterator[Cell]:
    """Yield a cell for each documented error that nothing brought about."""
    came = {verdict.rule for verdict in verdicts}
    service = operation.operation.partition(".")[0]
    for rule, reason in operation.unchecked:
        code = _error_of(operation.operation, rule)
        if code and rule not in came:
            label = error_class(code)
            yield Cell(
                operation=operation.operation,
                cause=label,
                documented=code,
                code="",
                status=0,
                wire="",
                caught=name(service, code),
                answers=0,
                verdict="unprovoked",
                reason=reason,
            )


def _error_of(operation: str, rule: str) -> str:
    """Return the name of the error that a rule is about, "" for another rule."""
    prefix = f"{operation}/errors/"
    return rule.removeprefix(prefix).partition("/")[0] if rule.startswith(prefix) else ""


# ---------------------------------------------------------------- what a caller catches


@cache
def exception(service: str, code: str) -> str:
    """Return what a boto3 client of the installed SDK raises for an error's code.

    `client.exceptions.X` for an error that the service's model has, `ClientError` for any other.
    Source: botocore's `ClientExceptionsFactory`.
    """
    return _modelled(service).get(code, "ClientError")


@cache
def _modelled(service: str) -> dict[str, str]:
    from aws_specs import sdk
    from aws_specs.errors import UsageError

    try:
        model: Any = sdk.service_model(service)  # botocore is untyped
    except (UsageError, ValueError, OSError):
        return {}
    names: dict[str, str] = {}
    for shape in model.error_shapes:
        names[shape.name] = names[shape.error_code] = f"client.exceptions.{shape.name}"
    return names

"""Idempotency tokens: the same token and request have the same outcome, another request a conflict.

Three exchanges a token: the first, the very same again, and another request under the same token.
What is compared is what identifies the thing that was made, not the whole answer: times and
credentials may differ. Source: the members marked `idempotencyToken` in the model, "autopopulated"
on the page.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aws_conformance.events import Event, Judged
from aws_conformance.reading import Reading
from aws_conformance.recording import NOT_RECORDED
from aws_reports.results import Outcome, Verdict
from aws_specs.jsonvalues import is_object
from aws_specs.spec import Json, Operation, Rule
from aws_strategies.build import put, token
from aws_strategies.case import Case

if TYPE_CHECKING:
    from aws_conformance.operation_run import OperationRun
    from aws_conformance.sender import Exchange


_TRIES = 5
"""How many other requests are tried until one is accepted."""


def check(run: OperationRun) -> Iterator[Event]:
    """Yield what the sequences say of each token's rule."""
    for path in run.plan.tokens:
        rule = run.plan.rule(path, "idempotency")
        if rule is None or not rule.checkable or not run.plan.sendable(path) or "." in path:
            continue
        identity = f"{rule.id}~sequence"
        if identity not in run.done:
            yield Judged(identity, tuple(_sequence(run, rule, path, identity)))


def _sequence(run: OperationRun, rule: Rule, path: str, identity: str) -> Iterator[Verdict]:
    shared = token(identity, f"{run.settings.seed}")
    first = run.exchange(_with(run, run.cover.control, path, shared, f"{identity}-1"))
    if first.reading.silence == NOT_RECORDED:
        yield _unrecorded(run, first, rule)
        return
    if first.reading.kind != "success":
        yield _say(run, first, rule, "inconclusive", "masked", "the first request is refused")
        return
    again = run.exchange(_with(run, run.cover.control, path, shared, f"{identity}-2"))
    yield _same(run, rule, first, again)
    other = _other_request(run)
    if other is not None and any(value.get("conflict") for value in rule.values):
        third = run.exchange(_with(run, other, path, shared, f"{identity}-3"))
        verdict = _conflict(run, rule, first, third)
        yield verdict
        if verdict.verdict == "pass":
            yield from run.clerk.error_kept(third)


def _with(run: OperationRun, case: Case, path: str, value: str, identity: str) -> Case:
    params: Any = copy.deepcopy(case.params)
    put(params, (path,), value[: run.plan.domain(path).longest])
    return Case(
        id=identity, operation=case.operation, kind="sequence", params=params,
        rule=f"{run.operation.id}/input/{path}/idempotency",
    )  # fmt: skip


def _other_request(run: OperationRun) -> Case | None:
    """Return an accepted valid request that differs from the control in more than its token."""
    control = _without_tokens(run, run.cover.control)
    valid = [case for case in run.cover.cases if case.kind == "valid"]
    others = [case for case in valid if _without_tokens(run, case) != control]
    return next((c for c in others[:_TRIES] if run.exchange(c).reading.kind == "success"), None)


def _without_tokens(run: OperationRun, case: Case) -> dict[str, Json]:
    return {name: value for name, value in case.params.items() if name not in run.plan.tokens}


def _same(run: OperationRun, rule: Rule, first: Exchange, again: Exchange) -> Verdict:
    expected = "the same token with the same request has the same outcome"
    if again.reading.silence == NOT_RECORDED:
        return _unrecorded(run, again, rule)
    if again.reading.kind != "success":
        observed = f"the second answer is {again.reading.short()}"
        if run.operation.page is None and _already_there(again.reading):
            return _say(run, again, rule, "inconclusive", "conflict", observed, expected)
        return _say(run, again, rule, "fail", "idempotency", observed, expected)
    mine, theirs = (_identity(run.operation, e.reading.value) for e in (first, again))
    if mine != theirs:
        name = next(key for key in mine if mine[key] != theirs.get(key))
        observed = f"{name} differs: the request was carried out twice"
        return _say(run, again, rule, "fail", "idempotency", observed, expected)
    return _say(run, again, rule, "pass", "idempotent", "the same outcome", expected)


def _already_there(reading: Reading) -> bool:
    """Whether a repetition is answered by a declared error that names what the first one has made.

    It made nothing new, so the token has done its work; the model does not say which answer it is.
    EFS documents FileSystemAlreadyExists for a CreationToken that is used again.
    """
    return reading.error_class == "conflict" and reading.declared == "operation"


def _conflict(run: OperationRun, rule: Rule, first: Exchange, third: Exchange) -> Verdict:
    conflict = next(value["conflict"] for value in rule.values if value.get("conflict"))
    expected = f"the same token with another request is answered {conflict}"
    reading = third.reading
    if reading.silence == NOT_RECORDED:
        return _unrecorded(run, third, rule)
    if reading.kind == "error" and reading.error_class == "conflict":
        right = reading.due in (0, reading.status)
        reason = "conflict" if right else "wrong-status"
        outcome: Outcome = "pass" if right else "fail"
        return _say(run, third, rule, outcome, reason, reading.short(), expected)
    if reading.kind == "success":
        same = _identity(run.operation, first.reading.value) == _identity(
            run.operation, reading.value
        )
        observed = "the first outcome again" if same else "another outcome: the token is ignored"
        return _say(run, third, rule, "fail", "idempotency", observed, expected)
    if reading.error_class in ("throttled", "denied", "quota"):
        return _say(
            run, third, rule, "inconclusive", reading.error_class, reading.short(), expected
        )
    return _say(run, third, rule, "fail", _wrong(reading), reading.short(), expected)


def _wrong(reading: Reading) -> str:
    """Return the reason for an answer that is no conflict, in the judge's words."""
    if reading.kind != "silence":
        named = reading.typed and not reading.unreadable
        return (
            "server-error" if reading.status >= 500 else "wrong-error" if named else "error-shape"
        )
    return "server-error" if reading.silence == "crash" else "no-response"


def _unrecorded(run: OperationRun, exchange: Exchange, rule: Rule) -> Verdict:
    """Return the verdict on a step that a recording does not hold."""
    return _say(run, exchange, rule, "inconclusive", NOT_RECORDED, exchange.reading.short())


def _identity(operation: Operation, value: Json) -> dict[str, Json]:
    """Return the members that identify what was made; all scalars where none is known to."""
    members = value if is_object(value) else {}
    named = [r.member for r in operation.rules if r.kind == "present" and r.side == "output"]
    names = [name for name in named if isinstance(members.get(name), str)]
    if not names:
        names = [name for name, item in members.items() if isinstance(item, str)]
    return {name: members[name] for name in names}


def _say(
    run: OperationRun,
    exchange: Exchange,
    rule: Rule,
    verdict: Outcome,
    reason: str,
    observed: str,
    expected: str = "a success",
) -> Verdict:
    return run.clerk.verdict(
        exchange, rule, verdict, reason, observed, expected=expected, row="sequence",
        confirmed=True if verdict == "fail" else None,
    )  # fmt: skip

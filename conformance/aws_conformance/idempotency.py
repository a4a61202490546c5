"""Idempotency tokens: what the SDK fills in is taken, a retry is one request, a reuse a conflict.

Three promises a token. *autofill*: a caller who gives no token has one filled in by the SDK, a
UUID of version 4; the target takes it. *retry*: the same token with the same request has the same
outcome, and nothing is made twice. *reuse*: the same token with another request is answered the
documented conflict. Each has its verdict on the token's rule; a finding is one that a second
round with a fresh token and fresh names repeats. What is compared is what identifies the thing that
was made, not the whole answer: times and credentials may differ. Source: the members marked
`idempotencyToken` in the model, "autopopulated" on the page.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec.structs import replace

from aws_conformance.census import Census
from aws_conformance.clerk import FLAKY, UNCONFIRMED
from aws_conformance.events import Event, Judged
from aws_conformance.made import identity_of
from aws_conformance.reading import Reading
from aws_conformance.recording import NOT_RECORDED
from aws_conformance.sender import Exchange, UnreachableError
from aws_conformance.token_conflicts import answers_a_retry, binds
from aws_reports.results import Outcome, Verdict
from aws_specs import sdk
from aws_specs.spec import Json, Operation, Rule, Value
from aws_strategies.build import put, token
from aws_strategies.case import Case

if TYPE_CHECKING:
    from aws_conformance.operation_run import OperationRun

Part = Literal["autofill", "retry", "reuse"]

_TRIES: Final = 5
"""How many other requests are tried until one is accepted."""

_OTHER: Final = 3
"""The number of the other request in its round."""

_EXPECTED: Final = {
    "autofill": "a token that the SDK fills in is accepted",
    "retry": "the same token with the same request has the same outcome",
}


class Said(Value, frozen=True):
    """What one exchange of a round says of one of the three promises."""

    part: Part
    exchange: Exchange
    verdict: Outcome
    reason: str
    observed: str
    expected: str


def check(run: OperationRun) -> Iterator[Event]:
    """Yield what the sequences say of each token's rule."""
    for path in run.plan.tokens:
        rule = run.plan.rule(path, "idempotency")
        if rule is None or not rule.checkable or not run.plan.sendable(path) or "." in path:
            continue
        identity = f"{rule.id}~sequence"
        if identity not in run.done:
            yield Judged(identity, tuple(_verdicts(run, rule, path, identity)))


def _verdicts(run: OperationRun, rule: Rule, path: str, identity: str) -> Iterator[Verdict]:
    first = _Round(run, rule, path, identity).said()
    rows = {one.part: "" for one in first}
    later: dict[Part, Said] = {}
    if any(one.verdict == "fail" for one in first):
        try:
            second = _Round(run, rule, path, f"{identity}~again", patient=True).said()
            later = {one.part: one for one in second}
        except UnreachableError:
            rows = dict.fromkeys(rows, UNCONFIRMED)
    for one in first:
        again = later.get(one.part)
        yield _confirmed(run, rule, one, again, rows[one.part])
        if one.part == "reuse" and one.verdict == "pass":
            yield from run.clerk.error_kept(one.exchange)


def _confirmed(run: OperationRun, rule: Rule, one: Said, again: Said | None, row: str) -> Verdict:
    """Return the verdict on one promise after the second round, if there was one."""
    if one.verdict != "fail":
        return _written(run, rule, one)
    if again is None or again.reason == NOT_RECORDED:
        return _written(run, rule, one, row or UNCONFIRMED)
    if again.verdict == "inconclusive":
        return _written(run, rule, again)
    same = (again.verdict, again.reason) == (one.verdict, one.reason)
    return _written(run, rule, one, "" if same else FLAKY)


def _written(run: OperationRun, rule: Rule, one: Said, row: str = "") -> Verdict:
    failed = one.verdict == "fail"
    return run.clerk.verdict(
        one.exchange,
        rule,
        one.verdict,
        one.reason,
        one.observed,
        expected=one.expected,
        row=f"{one.part} of a token{row}",
        flaky=row == FLAKY,
        confirmed=not row if failed else None,
    )


class _Round:
    """One round of requests under one token; a patient one gives lists the time to follow."""

    def __init__(
        self, run: OperationRun, rule: Rule, path: str, identity: str, *, patient: bool = False
    ) -> None:
        self.run, self.rule, self.path, self.identity = run, rule, path, identity
        self.token = token(identity, f"{run.settings.seed}")
        self.census = Census(run, patient=patient)

    def said(self) -> tuple[Said, ...]:
        """Send the requests; return what they say of each promise."""
        control = self.run.cover.control
        before = self.census.count(control.params)
        first = self._sent(control, 1)
        if first.reading.kind != "success":
            why = "the first request is refused"
            return (self._open(first, "retry", "masked", why),)
        made = self.census.count(control.params)
        again = self._sent(control, 2)
        retry = self._retry(first, again)
        if retry.verdict == "pass" and before is not None and made is not None:
            more = (self.census.count(control.params) or 0) - made
            if made == before + 1 and more > 0:
                observed = f"{self.census.lister} shows {more} more after the second"
                retry = replace(retry, verdict="fail", reason="idempotency", observed=observed)
        # What the SDK fills in shows no more than that: alone it does not keep the rule.
        filled = (self._autofill(first),) if retry.verdict == "pass" else ()
        third = self._reuse(first)
        return (*filled, retry) if third is None else (*filled, retry, third)

    def _sent(self, case: Case, number: int) -> Exchange:
        params: Any = copy.deepcopy(case.params)
        put(params, (self.path,), self.token[: self.run.plan.domain(self.path).longest])
        # Another request has another name: that one is taken must not be mistaken for the token.
        identity = self.identity if number < _OTHER else f"{self.identity}~other"
        return self.run.exchange(
            Case(
                id=f"{identity}-{number}",
                operation=case.operation,
                kind="sequence",
                params=params,
                rule=self.rule.id,
            )
        )

    def _say(
        self, exchange: Exchange, part: Part, verdict: Outcome, reason: str, observed: str = ""
    ) -> Said:
        text = observed or exchange.reading.short()
        expected = _EXPECTED.get(part) or (
            f"the same token with another request is answered {self._conflict}"
        )
        return Said(part, exchange, verdict, reason, text, expected)

    def _open(self, exchange: Exchange, part: Part, reason: str, observed: str) -> Said:
        if exchange.reading.silence == NOT_RECORDED:
            return self._say(exchange, part, "inconclusive", NOT_RECORDED)
        return self._say(exchange, part, "inconclusive", reason, observed)

    # ------------------------------------------------------------ the three promises

    def _autofill(self, first: Exchange) -> Said:
        """Say whether what the SDK fills in, which this round's token is like, is accepted."""
        marked = sdk.filled_in(self.run.operation.service, self.run.operation.name)
        if self.path not in marked:
            return self._open(first, "autofill", "not-filled-in", "the SDK fills in no token here")
        if not self.run.plan.domain(self.path).allows(self.token):
            why = "the UUID that the SDK fills in breaks the token's own rules"
            return self._open(first, "autofill", "not-filled-in", why)
        return self._say(first, "autofill", "pass", "autofilled", "a success")

    def _retry(self, first: Exchange, again: Exchange) -> Said:
        reading = again.reading
        if reading.silence == NOT_RECORDED:
            return self._open(again, "retry", "", "")
        if reading.kind != "success":
            observed = f"the second answer is {reading.short()}"
            if _already_there(self.run.operation, reading):
                return self._open(again, "retry", "conflict", observed)
            if reading.error_class in _PASSING:
                return self._open(again, "retry", reading.error_class, observed)
            return self._say(again, "retry", "fail", "idempotency", observed)
        mine, theirs = (self._identity(e) for e in (first, again))
        if (first.request.path, first.request.body) != (again.request.path, again.request.body):
            # What the first has removed was made anew, under another name.
            return self._open(again, "retry", "no-identity", "the thing named is another one")
        different = [name for name, value in mine.items() if theirs.get(name) != value]
        if different:
            observed = f"{different[0]} differs: the request was carried out twice"
            return self._say(again, "retry", "fail", "idempotency", observed)
        if not mine and first.reading.value != reading.value:
            why = "the answers differ, and no member of theirs identifies what was made"
            return self._open(again, "retry", "no-identity", why)
        return self._say(again, "retry", "pass", "idempotent", "the same outcome")

    def _reuse(self, first: Exchange) -> Said | None:
        """Say how another request is answered; None where no conflict is documented."""
        other = self._other_request() if self._conflict else None
        if other is None:
            return None
        third = self._sent(other, _OTHER)
        reading = third.reading
        if reading.silence == NOT_RECORDED:
            return self._open(third, "reuse", "", "")
        if reading.kind == "error" and reading.error_class == "conflict":
            return self._conflicting(third)
        if reading.kind == "success":
            same = self._identity(first) == self._identity(third)
            observed = "the first outcome again" if same else "another outcome: it is ignored"
            return self._unless_free(third, "idempotency", observed)
        if reading.error_class in _PASSING:
            return self._open(third, "reuse", reading.error_class, reading.short())
        return self._unless_free(third, _wrong(reading))

    def _conflicting(self, third: Exchange) -> Said:
        """Say whether a conflict is the documented one: another error has another exception."""
        reading = third.reading
        error = next((e for e in self.run.operation.errors if e.name == self._conflict), None)
        if reading.code in ((error.name, error.code) if error else (self._conflict,)):
            right = reading.due in (0, reading.status)
            if right:
                return self._say(third, "reuse", "pass", "conflict")
            return self._say(third, "reuse", "fail", "wrong-status")
        if reading.declared:
            return self._open(third, "reuse", "another-conflict", reading.short())
        if not reading.typed or reading.unreadable:
            return self._say(third, "reuse", "fail", "error-shape")
        return self._unless_free(third, "wrong-error")

    def _unless_free(self, third: Exchange, reason: str, observed: str = "") -> Said:
        """Return a finding, unless no text says that the conflict is one of tokens."""
        binding = self.run.settings.strict or binds(self.run.operation, self.path, self._conflict)
        if binding or reason not in ("idempotency", "wrong-error"):
            return self._say(third, "reuse", "fail", reason, observed)
        return self._open(third, "reuse", "convention", observed or third.reading.short())

    @property
    def _conflict(self) -> str:
        """The error that is documented for a token that is used again; "" where none is."""
        stated = (value.get("conflict") for value in self.rule.values)
        return next((str(name) for name in stated if name), "")

    def _identity(self, exchange: Exchange) -> dict[str, Json]:
        return identity_of(self.run.operation, exchange.reading.value)

    def _other_request(self) -> Case | None:
        """Return an accepted valid request that differs from the control in more than its token."""
        control = self._bare(self.run.cover.control)
        valid = [case for case in self.run.cover.cases if case.kind == "valid"]
        others = [case for case in valid if self._bare(case) != control]
        others = (others or list(self._respelled()))[:_TRIES]
        return next((c for c in others if self.run.exchange(c).reading.kind == "success"), None)

    def _respelled(self) -> Iterator[Case]:
        """Yield the control with another text each, for operations that have no other request."""
        control, plan = self.run.cover.control, self.run.plan
        for name, value in self._bare(control).items():
            if name in plan.bindings or not isinstance(value, str) or name not in plan.shapes:
                continue
            texts = (value[:-1] + letter for letter in "b2B" if value[-1:] != letter)
            text = next((text for text in texts if plan.domain(name).allows(text)), None)
            if text is not None:
                identity = f"{self.run.operation.id}~other~{name}"
                yield replace(
                    control, id=identity, kind="valid", params={**control.params, name: text}
                )

    def _bare(self, case: Case) -> dict[str, Json]:
        tokens = self.run.plan.tokens
        return {name: value for name, value in case.params.items() if name not in tokens}


_PASSING: Final = ("throttled", "denied", "quota")
"""Classes of errors that say nothing about a token."""


def _already_there(operation: Operation, reading: Reading) -> bool:
    """Whether a repetition is answered by a declared error that names what the first one has made.

    It made nothing new, so the token has done its work; the model does not say which answer it is.
    A page that lists such an error says so itself, if it does. That the two requests are not the
    same (IdempotentParameterMismatch) is untrue.
    """
    if reading.error_class != "conflict" or reading.declared != "operation":
        return False
    if "mismatch" in reading.code.lower():
        return False
    return operation.page is None or answers_a_retry(operation, reading.code)


def _wrong(reading: Reading) -> str:
    """Return the reason for an answer that is no conflict, in the judge's words."""
    if reading.kind != "silence":
        named = reading.typed and not reading.unreadable
        return (
            "server-error" if reading.status >= 500 else "wrong-error" if named else "error-shape"
        )
    return "server-error" if reading.silence == "crash" else "no-response"

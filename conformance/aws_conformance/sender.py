"""Sending cases: encode, send, read. The only place where the runner touches a target."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Protocol
from urllib.parse import urlsplit

from aws_conformance.astray import astray, harmless
from aws_conformance.exchange import Answer, Request, Silence, Target
from aws_conformance.reading import Reading, read, service_errors
from aws_conformance.recording import Key, key_of
from aws_conformance.redact import evidence
from aws_conformance.targets import BudgetSpentError, Wiring, wiring
from aws_conformance.wire import encode
from aws_conformance.wire.encoding import takes_host_prefix
from aws_reports.results import Evidence
from aws_specs.spec import ErrorShape, Operation, Value
from aws_strategies.case import Case


class Exchange(Value, frozen=True):
    """One case sent: the request, what came back, and how it reads.

    `astray` is the other operation whose request it is (see `aws_conformance.astray`), or "".
    """

    case: Case
    request: Request
    answer: Answer
    reading: Reading
    astray: str = ""

    @property
    def evidence(self) -> Evidence:
        """The exchange as shown to people, credentials removed."""
        return evidence(self.request, self.answer)


SendCase = Callable[[Key, Request, Case | None], tuple[Request, Answer]]
"""What a recording or a replaying target has beside `send`."""


class Keeper(Protocol):
    """Watches over what requests use up and make."""

    def before(self, case: Case) -> Case:
        """Return the case as it is to be sent."""
        ...

    def not_sent(self) -> None:
        """Take note that the request never left."""
        ...

    def after(self, case: Case, reading: Reading) -> None:
        """Take note of the answer to it."""
        ...


MOST_SILENCES = 5
"""After so many requests in a row without an answer the target is taken for unreachable."""


class UnreachableError(Exception):
    """The target does not answer at all; the message says why."""


def _never_left(answer: Answer) -> bool:
    """Whether a request was surely not sent: TLS may also break behind one that was."""
    if not isinstance(answer, Silence) or answer.kind != "unreachable":
        return False
    return not answer.detail.startswith("SSLError")


class Sender:
    """Sends the cases of one operation to one target and counts requests.

    `prepare` has the last word on a case: it gives what a request makes a name of its own.
    """

    def __init__(
        self,
        operation: Operation,
        target: Target,
        *,
        region: str = "",
        budget: Callable[[], None] = lambda: None,
    ) -> None:
        self.operation = operation
        self.target = target
        self.region = region
        self.budget = budget
        self.requests = 0
        self.prepare: Callable[[Case], Case] = lambda case: case
        self.keeper: Keeper | None = None
        self.kinds: frozenset[str] | None = None
        """The kinds of cases that may be sent at all; None for all."""
        self.silences = 0

    @cached_property
    def errors(self) -> dict[str, ErrorShape]:
        """The errors the service's model has."""
        return service_errors(self.operation)

    @property
    def takes_host_prefix(self) -> bool:
        """Whether names can stand before the host that requests go to."""
        return takes_host_prefix(self._wiring.endpoint)

    @cached_property
    def _wiring(self) -> Wiring:
        return wiring(self.target, self.operation.service)

    def send(self, case: Case) -> Exchange:
        """Send one case. Raises `BudgetSpentError`, `UnreachableError`, `EncodeError`.

        A broken request that is another operation's, and does something, is not sent: the answer
        is a `Silence` of that kind. Raises `RuntimeError` for a case of a kind that may not be
        sent: the last line of defence.
        """
        if self.kinds is not None and case.kind not in self.kinds:
            raise RuntimeError(f"{case.id}: {case.kind} requests are not to be sent here")
        asked, case = case, self.prepare(case)
        if self.keeper is not None:
            case = self.keeper.before(case)
        try:
            request = self.encoded(case)
            other = self._astray(case, request)
            if other and not harmless(other):
                self._not_sent()
                return self._kept_back(case, request, other)
            self.budget()
        except Exception:
            self._not_sent()
            raise
        self.requests += 1
        request, answer = self._exchanged(asked, request)
        if _never_left(answer):
            self._not_sent()
        self._give_up(answer)
        reading = read(self.operation, answer, self.errors)
        if self.keeper is not None:
            self.keeper.after(case, reading)
        return Exchange(case, request, answer, reading, other)

    def _astray(self, case: Case, request: Request) -> str:
        """Return the other operation whose request a broken one is, "" where it is none's."""
        if case.kind not in ("invalid", "malformed"):
            return ""
        return astray(self.operation, request, urlsplit(self._wiring.endpoint).path.rstrip("/"))

    def _kept_back(self, case: Case, request: Request, other: str) -> Exchange:
        answer = Silence("not-sent", f"it is a request of {self.operation.service}.{other}")
        return Exchange(case, request, answer, read(self.operation, answer, self.errors), other)

    def _not_sent(self) -> None:
        """Let the journal of resources know that the request it announced never left."""
        if self.keeper is not None:
            self.keeper.not_sent()

    def _give_up(self, answer: Answer) -> None:
        """Raise `UnreachableError` where nothing listens, or nothing has answered for too long.

        One request that hangs is a finding; a target that hangs on each would take hours.
        """
        if isinstance(answer, Silence) and answer.kind == "unreachable":
            raise UnreachableError(answer.detail)
        hung = isinstance(answer, Silence) and answer.kind == "timeout"
        self.silences = self.silences + 1 if hung else 0
        if self.silences >= MOST_SILENCES:
            raise UnreachableError(f"no answer to {self.silences} requests in a row (timeout)")

    def _exchanged(self, case: Case, request: Request) -> tuple[Request, Answer]:
        """Return what was sent and what came back; targets that know cases are told which it is."""
        knowing: SendCase | None = getattr(self.target, "send_case", None)
        if knowing is not None:
            example = case if case.example else None
            return knowing(key_of(self.operation, case), request, example)
        return request, self.target.send(request)

    def encoded(self, case: Case) -> Request:
        """Return the request that carries a case. Raises `EncodeError`."""
        wired = self._wiring
        return encode(
            self.operation,
            case,
            endpoint=wired.endpoint,
            credentials=wired.credentials,
            region=self.region or wired.region,
        )


__all__ = ["BudgetSpentError", "Exchange", "Sender", "UnreachableError"]

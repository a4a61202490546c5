"""Recording and replaying: a target whose exchanges are written down, and one that plays them."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from aws_conformance.exchange import Answer, Request, Silence, Target
from aws_conformance.recording import (
    NOT_RECORDED,
    BoundLine,
    Key,
    RecordedExchange,
    Recorder,
    Recording,
    recorded,
)
from aws_conformance.redact import REDACTED
from aws_conformance.targets import Wiring, wiring
from aws_strategies.case import Case

if TYPE_CHECKING:
    from collections.abc import Callable


class RecordingTarget:
    """Another target, each of whose exchanges goes into a recording before anyone sees it."""

    def __init__(self, target: Target, recorder: Recorder) -> None:
        self.target = target
        self.name = target.name
        self.endpoint = target.endpoint
        self.bindings: Mapping[str, str] = target.bindings
        self.recorder = recorder

    def __getattr__(self, name: str) -> Any:
        """Return what only some targets have (`reset`, `account`) from the target itself."""
        if name == "target":  # not there yet: a copy is being made
            raise AttributeError(name)
        return getattr(self.target, name)

    def wiring(self, service: str) -> Wiring:
        """Return the wrapped target's wiring."""
        return wiring(self.target, service)

    def send(self, request: Request) -> Answer:
        """Send a request that belongs to no case; it is not recorded."""
        return self.target.send(request)

    def send_case(
        self, key: Key, request: Request, example: Case | None = None
    ) -> tuple[Request, Answer]:
        """Send a case's request, record the exchange and return it."""
        answer = self.target.send(request)
        endpoint = self.wiring(request.service).endpoint
        self.recorder.write(recorded(key, endpoint, request, answer, example))
        return request, answer

    def bound(self, operation: str, bindings: Mapping[str, str]) -> None:
        """Record the values that an operation's cases are made with."""
        if bindings:
            self.recorder.write(BoundLine(operation, bindings))

    def close(self) -> None:
        """Close the recording and the wrapped target."""
        self.recorder.close()
        self.target.close()


class ReplayTarget:
    """A recording as a target: each case gets the answers it got then, in the order it got them."""

    def __init__(self, recording: Recording) -> None:
        header = recording.header
        self.recording = recording
        self.name = header.target
        self.control = header.control
        self.bindings: Mapping[str, str] = header.bindings
        self._region = header.region or "us-east-1"
        self._left: dict[Key, deque[RecordedExchange]] = defaultdict(deque)
        self._endpoints: dict[str, str] = {}
        self._lock = threading.Lock()
        for exchange in recording.exchanges:
            self._left[exchange.key].append(exchange)
            self._endpoints.setdefault(exchange.operation.partition(".")[0], exchange.endpoint)
        self.endpoint = next(iter(self._endpoints.values()), "http://localhost")

    def wiring(self, service: str) -> Wiring:
        """Return the endpoint that the service had then, and dummy credentials."""
        from aws_conformance.wire.signing import DUMMY

        return Wiring(self._endpoints.get(service, self.endpoint), DUMMY, self._region)

    def send(self, request: Request) -> Answer:
        """Answer a request that belongs to no case: nothing of the kind is recorded."""
        return Silence(NOT_RECORDED, "only the exchanges of cases are recorded")

    def examples(self, operation: str) -> tuple[Case, ...]:
        """Return the examples that were drawn for an operation then, as they were first sent.

        What shrinking made of them has other ids, and is made again.
        """
        found: dict[str, Case] = {}
        drawn = tuple(f"{operation}~example~{kind}~" for kind in ("valid", "invalid"))
        for exchange in self.recording.exchanges:
            if exchange.example is not None and exchange.case.startswith(drawn):
                found.setdefault(exchange.case, exchange.example)
        return tuple(found.values())

    def send_case(
        self, key: Key, request: Request, example: Case | None = None
    ) -> tuple[Request, Answer]:
        """Return the case's next recorded exchange, or a silence that says there is none."""
        with self._lock:
            left = self._left.get(key)
            exchange = left.popleft() if left else None
        if exchange is None:
            return request, Silence(NOT_RECORDED, f"no exchange of {key.case} is left")
        return _signed_as(exchange.request, request), exchange.answer

    def bound_for(self, operation: str) -> Mapping[str, str]:
        """Return the values that were made for an operation while the run was recorded."""
        return self.recording.bound.get(operation, {})

    def close(self) -> None:
        """Do nothing: the recording is in memory."""


def _signed_as(then: Request, now: Request) -> Request:
    """Return the recorded request with today's values of the headers that were removed."""
    fresh = {name.lower(): value for name, value in now.headers}
    headers = tuple(
        (name, fresh.get(name.lower(), value) if value == REDACTED else value)
        for name, value in then.headers
    )
    return replace(then, headers=headers)


def bound_of(target: Target) -> Callable[[str, Mapping[str, str]], None]:
    """Return how a target is told of the values an operation's cases are made with."""
    told: Callable[[str, Mapping[str, str]], None] | None = getattr(target, "bound", None)
    return told or (lambda operation, bindings: None)

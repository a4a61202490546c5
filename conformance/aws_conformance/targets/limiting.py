"""How much and how fast: wrappers around any target.

A `Budget` ends a run before it sends more than it may; a `Rate` spreads requests over time and
waits as long as a throttled answer asks. Clock and sleep are handed in, so that tests need no time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from aws_conformance.exchange import Answer, Request, Response, Target
from aws_specs.errors import UsageError

if TYPE_CHECKING:
    from aws_conformance.targets import Wiring

MAX_PAUSE: Final = 60.0
"""Seconds that are waited at most for a `Retry-After`."""


SLOWEST: Final = 0.2
"""Requests a second below which no throttling slows a run down."""

_RECOVERY: Final = 1.05
_HEAD: Final = 2048
_THROTTLED: Final = (
    b"Throttl", b"TooManyRequests", b"RequestLimitExceeded", b"SlowDown", b"RateExceeded",
    b"ProvisionedThroughputExceeded", b"BandwidthLimitExceeded", b"PriorRequestNotComplete",
)  # fmt: skip
"""Names of errors, as they stand near the beginning of an answer. Source: botocore's retries."""


class BudgetSpentError(Exception):
    """The target has got as many requests as it may; nothing was sent."""


class _Wrapper:
    """A target that is another one with something before it."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.name = target.name
        self.endpoint = target.endpoint
        self.bindings: Mapping[str, str] = target.bindings

    def __getattr__(self, name: str) -> Any:
        """Return what only some targets have (`reset`, `account`) from the target itself."""
        if name == "target":  # not there yet: a copy is being made
            raise AttributeError(name)
        return getattr(self.target, name)

    def wiring(self, service: str) -> Wiring:
        """Return the wrapped target's wiring."""
        from aws_conformance.targets import wiring

        return wiring(self.target, service)

    def reset(self) -> None:
        """Reset the wrapped target, where it can be."""
        reset: Callable[[], None] | None = getattr(self.target, "reset", None)
        if reset is not None:
            reset()

    def close(self) -> None:
        """Close the wrapped target."""
        self.target.close()


class Budget(_Wrapper):
    """Sends at most `max_requests` requests; `left` says how many remain."""

    def __init__(self, target: Target, max_requests: int) -> None:
        super().__init__(target)
        self.left = max_requests
        self._lock = threading.Lock()

    def send(self, request: Request) -> Answer:
        """Send a request; raises `BudgetSpentError` instead of sending one too many."""
        with self._lock:
            if self.left <= 0:
                raise BudgetSpentError(f"the budget of {self.name} is spent")
            self.left -= 1
        return self.target.send(request)


class Rate(_Wrapper):
    """Sends at most `rate` requests a second on average, and `burst` at once: a token bucket."""

    def __init__(
        self,
        target: Target,
        rate: float,
        *,
        burst: int = 1,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Raises `UsageError` for a rate that is not above zero or a burst below one."""
        if not rate > 0 or burst < 1:
            raise UsageError(f"no rate: {rate!r} requests a second, {burst!r} at once")
        super().__init__(target)
        self._rate = rate
        self._full = rate
        self._burst = float(burst)
        self._tokens = float(burst)
        self._clock = clock
        self._sleep = sleep
        self._at = clock()
        self._lock = threading.Lock()

    def send(self, request: Request) -> Answer:
        """Send a request when its time has come; an answer may ask to wait before the next."""
        wait = self._take()
        if wait > 0:
            self._sleep(wait)
        answer = self.target.send(request)
        self._adapt(answer)
        self._pause(retry_after(answer))
        return answer

    @property
    def rate(self) -> float:
        """The requests a second that are sent now: fewer than asked for after throttling."""
        return self._rate

    def _adapt(self, answer: Answer) -> None:
        """Send half as fast after a throttled answer, and a little faster after any other."""
        with self._lock:
            if throttled(answer):
                self._rate = max(self._rate / 2, min(self._full, SLOWEST))
            else:
                self._rate = min(self._rate * _RECOVERY, self._full)

    def _take(self) -> float:
        """Take one token, on credit if need be, and return how long to wait for it."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
            self._at = now
            self._tokens -= 1
            return max(0.0, -self._tokens / self._rate)

    def _pause(self, seconds: float) -> None:
        if seconds > 0:
            with self._lock:
                self._tokens = min(self._tokens, 1 - seconds * self._rate)


def throttled(answer: Answer) -> bool:
    """Return whether an answer says that requests come too fast: by its status, or by its error."""
    if not isinstance(answer, Response) or answer.status < 400:
        return False
    if answer.status == 429:
        return True
    head = answer.header("x-amzn-errortype").encode("utf-8", "replace") + answer.body[:_HEAD]
    return any(word in head for word in _THROTTLED)


def retry_after(answer: Answer) -> float:
    """Return the seconds that a throttled answer asks to wait, at most `MAX_PAUSE`.

    A 503 counts too, and a throttling error with status 400, as the JSON protocols send it. A date
    is held against the answer's own `Date` (RFC 9110, 10.2.3): no two clocks are compared.
    """
    if not isinstance(answer, Response) or not (answer.status == 503 or throttled(answer)):
        return 0.0
    text = answer.header("retry-after").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), MAX_PAUSE)
    try:
        until, now = (parsedate_to_datetime(t) for t in (text, answer.header("date")))
        return min(max((until - now).total_seconds(), 0.0), MAX_PAUSE)
    except (ValueError, TypeError, OverflowError):
        return 0.0

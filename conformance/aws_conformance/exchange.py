"""What travels between the suite and a target: bytes out, bytes in.

Nothing else in the suite knows which target it talks to. A `Target` never raises for what a server
does: silence (refused, timed out, hung up, not HTTP) is an answer too, and the judge decides on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol, runtime_checkable

from aws_specs.spec import Value


class Request(Value, frozen=True):
    """One HTTP request. `path` starts with "/" and holds the query; headers keep their order.

    `operation` ("service.Operation") and `service` are for targets that route by service and for
    logs; they do not travel.
    """

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    service: str = ""
    operation: str = ""


class Response(Value, frozen=True):
    """One HTTP response, body decoded from its content encoding and complete. `seconds` is the time
    it took.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    seconds: float = 0.0

    def header(self, name: str) -> str:
        """Return the first header of that name (any case), or ""."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


class Silence(Value, frozen=True):
    """No HTTP response came. `seconds` is the time waited; `detail` is for people.

    unreachable: no connection at all · timeout: nothing within the time limit · hangup: closed
    before an answer was whole · garbage: bytes that are not HTTP, a wrong length, a broken encoding
    · too-large: over the size limit · crash: an in-process target raised (`detail` is the
    exception) · not-sent: it would have been another operation's request (see `astray`).
    """

    kind: Literal[
        "unreachable", "timeout", "hangup", "garbage", "too-large", "crash", "not-recorded",
        "not-sent",
    ]  # fmt: skip
    detail: str = ""
    seconds: float = 0.0


Answer = Response | Silence


@runtime_checkable
class Target(Protocol):
    """Anything that answers requests.

    `name` is shown in reports. `bindings` are the values the target is known to have, by
    `service.Member` (empty for a target nobody knows). `endpoint` is the base URL shown in
    reproducers.
    """

    name: str
    endpoint: str
    bindings: Mapping[str, str]

    def send(self, request: Request) -> Answer:
        """Send one request and return what came back; never raises for what the target does."""
        ...

    def close(self) -> None:
        """Release sockets and processes."""
        ...

"""moto in this process, without sockets.

Requests go where moto's own `mock_aws` sends those of a botocore client, so what is tested is what
people use in their unit tests. A Python exception that escapes from moto is a `Silence` of kind
"crash": the target's own 5xx.
"""

# moto and botocore are untyped here: pyright infers partly unknown types from their sources.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from aws_conformance.exchange import Answer, Request, Response, Silence
from aws_conformance.targets import places
from aws_specs import sdk
from aws_specs.errors import TargetError

_NO_BINDINGS: Final[Mapping[str, str]] = MappingProxyType({})


class MotoTarget:
    """moto with state of its own; one at a time in a process, because moto's state is global."""

    def __init__(
        self, *, region: str = "us-east-1", bindings: Mapping[str, str] = _NO_BINDINGS
    ) -> None:
        """Load moto and reset its state; raises `TargetError` where moto is not installed."""
        mock_aws, stubber = _load()
        self.name = "moto"
        self.endpoint = "http://localhost:5000"
        self.bindings = bindings
        self._region = region
        self._lock = threading.Lock()
        self._stubber: Any = stubber
        self._mock: Any = mock_aws()
        self._mock.start()

    def send(self, request: Request) -> Answer:
        """Hand one request to moto and return what it answers, or the exception that escaped."""
        started = time.perf_counter()
        with self._lock:
            try:
                answer = self._stubber.process_request(_prepared(request, self._region))
            except Exception as error:
                detail = f"{type(error).__name__}: {error}"[:500]
                return Silence("crash", detail, time.perf_counter() - started)
        seconds = time.perf_counter() - started
        if answer is None:  # a host moto has no pattern for: what it says of those it has one for
            answer = (404, {}, "Not yet implemented")
        status, headers, body = answer
        return Response(int(status), tuple(_pairs(headers)), _bytes(body), seconds)

    def reset(self) -> None:
        """Forget everything that was made; for fresh state per operation."""
        with self._lock:
            self._mock.reset()

    def close(self) -> None:
        """Give the process back as it was."""
        self._mock.stop()


def _load() -> tuple[Any, Any]:
    try:
        from moto import mock_aws
        from moto.core.botocore_stubber import BotocoreStubber
    except ImportError as error:
        raise TargetError(
            f"moto cannot be loaded: {error}", hint="Install it: pip install moto"
        ) from error
    return mock_aws, BotocoreStubber()


def _prepared(request: Request, region: str) -> Any:
    """Return the request as botocore would have it, at the address AWS has for the service."""
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.compat import HTTPHeaders

    host = host_of(request, region)
    headers: Any = HTTPHeaders()
    for name, value in request.headers:
        headers[name] = host if name.lower() == "host" else value
    return AWSPreparedRequest(
        request.method, f"https://{host}{request.path}", headers, request.body, False
    )


def host_of(request: Request, region: str) -> str:
    """Return the host AWS has for the service and operation of a request."""
    prefix = _prefix(request)
    return prefix + places.host(request.service, region)


def _prefix(request: Request) -> str:
    """Return what the operation puts before the host; an account id comes from its header."""
    name = request.operation.partition(".")[2]
    model: Any = sdk.operation_model(request.service, name) if name else None
    template = str((model.endpoint or {}).get("hostPrefix", "")) if model is not None else ""
    account = next((v for k, v in request.headers if k.lower() == "x-amz-account-id"), "")
    filled = template.replace("{AccountId}", account)
    return "" if "{" in filled or filled.startswith(".") else filled


def _pairs(headers: Any) -> Iterator[tuple[str, str]]:
    for name, value in dict(headers or {}).items():
        yield str(name), str(value)


def _bytes(body: Any) -> bytes:
    return body.encode("utf-8") if isinstance(body, str) else bytes(body or b"")

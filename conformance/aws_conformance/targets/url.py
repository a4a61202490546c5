"""Any HTTP endpoint as a target: one URL, all services.

Whatever a server does is an answer, bounded in time and memory: a `Response` if it is whole, else a
`Silence` that says how it failed. Nothing is forgiven on the way: no redirect is followed, nothing
is sent twice, no proxy and nothing else of the environment is looked at.
"""

from __future__ import annotations

import http.client
import time
import zlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal
from urllib.parse import SplitResult, urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    InvalidChunkLength,
    NewConnectionError,
    SSLError,
)

from aws_conformance.exchange import Answer, Request, Response, Silence
from aws_conformance.targets.connection import pool
from aws_specs.errors import TargetError, UsageError
from aws_specs.spec import Value

_CHUNK: Final = 65536
_NO_BINDINGS: Final[Mapping[str, str]] = MappingProxyType({})


Headers = tuple[tuple[str, str], ...]
Kind = Literal["unreachable", "timeout", "hangup", "garbage", "too-large", "crash"]


class _NoAnswerError(Exception):
    """There is no answer; ends the exchange from within."""

    def __init__(self, kind: Kind, detail: str) -> None:
        super().__init__(detail)
        self.kind: Kind = kind


class Limits(Value, frozen=True):
    """What an exchange may take: seconds to connect, for one wait, and in all; bytes of body."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 30.0
    body: int = 8 * 1024 * 1024
    connections: int = 8


class UrlTarget:
    """A server at a URL. A path in the URL is the caller's affair: requests carry it already."""

    def __init__(
        self,
        url: str,
        *,
        limits: Limits | None = None,
        bindings: Mapping[str, str] = _NO_BINDINGS,
        name: str = "",
        ca_certs: str = "",
        reset: str = "",
    ) -> None:
        """Open nothing yet; raises `UsageError` for what is no http or https URL.

        `ca_certs` is a file of certificates to trust instead of the system's, `reset` the path to
        which an empty POST makes the server forget everything.
        """
        parts = _checked(url)
        self.endpoint = url.rstrip("/")
        self.name = name or self.endpoint
        self.bindings = bindings
        self._reset = reset
        self._limits = limits or Limits()
        self._pool = pool(
            parts.scheme,
            parts.hostname or "",
            parts.port,
            connect=self._limits.connect,
            read=self._limits.read,
            total=self._limits.total,
            size=self._limits.connections,
            ca_certs=ca_certs,
        )

    def send(self, request: Request) -> Answer:
        """Send one request and return the whole answer, or how there was none."""
        started = time.perf_counter()
        try:
            status, headers, body = self._exchange(request)
            body = decoded(body, headers, self._limits.body)
        except _NoAnswerError as error:
            return Silence(error.kind, str(error), time.perf_counter() - started)
        except (HTTPError, http.client.HTTPException, OSError) as error:
            kind, detail = classify(error)
            return Silence(kind, detail, time.perf_counter() - started)
        return Response(status, headers, body, time.perf_counter() - started)

    def reset(self) -> None:
        """Let the server forget what was made; does nothing without a path to do it at."""
        if not self._reset:
            return
        host = (("Host", urlsplit(self.endpoint).netloc), ("Content-Length", "0"))
        answer = self.send(Request("POST", self._reset, host))
        if isinstance(answer, Silence) or answer.status >= 300:
            said = answer.kind if isinstance(answer, Silence) else str(answer.status)
            raise TargetError(
                f"{self.endpoint}{self._reset} does not reset the target: {said}",
                hint="moto server has /moto-api/reset, ministack /_ministack/reset.",
            )

    def close(self) -> None:
        """Close the idle connections."""
        self._pool.close()

    def _exchange(self, request: Request) -> tuple[int, Headers, bytes]:
        answer = self._pool.urlopen(
            request.method,
            request.path,
            body=request.body or None,
            headers=_sendable(request.headers),
            retries=False,
            redirect=False,
            assert_same_host=False,
            preload_content=False,
            decode_content=False,
        )
        try:
            headers = tuple((str(name), str(value)) for name, value in answer.headers.items())
            _check_framing(answer.status, headers)
            body = self._read(answer)
            answer.release_conn()
            return answer.status, headers, body
        except BaseException:
            answer.close()
            raise

    def _read(self, answer: urllib3.BaseHTTPResponse) -> bytes:
        parts: list[bytes] = []
        size = 0
        try:
            for part in answer.stream(_CHUNK, decode_content=False):
                parts.append(part)
                size += len(part)
                if size > self._limits.body:
                    raise _NoAnswerError("too-large", f"the body is over {self._limits.body} bytes")
        except ValueError as error:  # urllib3 takes a chunk's size for a number, whatever its sign
            raise _NoAnswerError("garbage", f"the body cannot be read: {error}") from error
        return b"".join(parts)


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid, parts = False, SplitResult("", "", "", "", "")
    if not valid or parts.query or parts.fragment or parts.username is not None:
        raise UsageError(
            f"no endpoint URL: {url!r}",
            hint="Give scheme, host and port, e.g. http://127.0.0.1:5000 (no user, no query).",
        )
    return parts


def _sendable(headers: Headers) -> urllib3.HTTPHeaderDict:
    """Return the headers so that text beyond latin-1 goes out as UTF-8."""
    ready = urllib3.HTTPHeaderDict()
    for name, value in headers:
        ready.add(name, _latin(value))
    return ready


def _latin(text: str) -> str:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8").decode("latin-1")
    return text


def _check_framing(status: int, headers: Headers) -> None:
    """Refuse what http.client would read in a lenient way."""
    if status < 200:
        raise _NoAnswerError("garbage", f"status {status} as the final answer")
    for name, value in headers:
        if name.lower() == "content-length" and not (value.isascii() and value.isdigit()):
            raise _NoAnswerError("garbage", f"Content-Length is {value[:60]!r}")
        if name.lower() == "transfer-encoding" and value.lower() != "chunked":
            raise _NoAnswerError("garbage", f"Transfer-Encoding is {value[:60]!r}")


# ---------------------------------------------------------------- content encodings


def decoded(body: bytes, headers: Headers, limit: int) -> bytes:
    """Return the body without its content encoding, at most `limit` bytes of it."""
    text = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    codings = [coding.strip().lower() for coding in text.split(",") if coding.strip()]
    for coding in reversed([coding for coding in codings if coding != "identity"]):
        if coding not in _WINDOWS:
            raise _NoAnswerError("garbage", f"Content-Encoding is {coding[:60]!r}")
        body = _inflate(body, coding, limit) if body else body
    return body


_WINDOWS: Final[Mapping[str, tuple[int, ...]]] = {
    "gzip": (31,),
    "x-gzip": (31,),
    "deflate": (15, -15),
}
"""zlib's window bits for each coding; deflate is sent with and without a zlib header."""


def _inflate(body: bytes, coding: str, limit: int) -> bytes:
    problem = ""
    for window in _WINDOWS[coding]:
        machine = zlib.decompressobj(window)
        try:
            plain = machine.decompress(body, limit + 1)
        except zlib.error as error:
            problem = str(error)
            continue
        if len(plain) > limit:
            raise _NoAnswerError("too-large", f"the body inflates to over {limit} bytes")
        if machine.eof:
            return plain
        problem = "the stream ends early"
    raise _NoAnswerError("garbage", f"bad {coding}: {problem}")


# ---------------------------------------------------------------- what went wrong


def classify(error: BaseException) -> tuple[Kind, str]:
    """Return how there was no answer, and a sentence for people, from what urllib3 raised."""
    chain = tuple(_chain(error))
    for link in chain:
        if isinstance(link, InvalidChunkLength) and link.length:
            return "garbage", _sentence(link)
        if "ended prematurely" in str(link):  # urllib3 has no type for chunks without an end
            return "hangup", _sentence(link)
    for kind, types in _KINDS:
        for link in chain:
            if isinstance(link, types):
                return kind, _sentence(link)
    return "garbage", _sentence(error)


_KINDS: Final[tuple[tuple[Kind, tuple[type[BaseException], ...]], ...]] = (
    ("unreachable", (NewConnectionError, ConnectTimeoutError, SSLError)),
    ("timeout", (TimeoutError, urllib3.exceptions.ReadTimeoutError)),
    ("hangup", (ConnectionError, http.client.IncompleteRead)),
    ("garbage", (http.client.HTTPException, HTTPError)),
)
"""First match wins, over the whole chain of causes."""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and all it wraps: causes, contexts, and the arguments of urllib3's errors."""
    seen: list[BaseException] = []
    todo: list[Any] = [error]
    while todo and len(seen) < 20:
        link = todo.pop(0)
        if isinstance(link, BaseException) and link not in seen:
            seen.append(link)
            yield link
            todo += [link.__cause__, link.__context__, *link.args]


def _sentence(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return f"{type(error).__name__}: {text}"[:500]

"""HTTP connections that end when their time is up, whatever the server does.

urllib3's read timeout starts anew with every byte, so a server that drips one byte a second is
never cut off. Here every wait on the socket is bounded by what is left until a deadline.
"""

from __future__ import annotations

import http.client
import io
import time
from collections.abc import Callable
from typing import Any, Final

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

MAX_IDLE: Final = 1.0
"""Seconds after which an idle connection is not used again: servers close them after a few, and a
request into a connection that is just being closed would look like a hang-up."""

_MAX_INFORMATIONAL: Final = 20


class Bound:
    """The time limits of one connection, in seconds: for one wait, and for a whole exchange."""

    def __init__(self, read: float, total: float) -> None:
        self._read = read
        self._total = total
        self._deadline = 0.0

    def start(self) -> None:
        """Begin an exchange: the time for the whole of it runs from now."""
        self._deadline = time.monotonic() + self._total

    def left(self) -> float:
        """Return how long the next wait may last; raises `TimeoutError` if no time is left."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"the exchange took longer than {self._total:g} s")
        return min(left, self._read)


class _BoundReader(io.RawIOBase):
    """The receiving side of a socket; `socket.makefile` without its own idea of time."""

    def __init__(self, sock: Any, bound: Bound, done: Callable[[], None]) -> None:
        super().__init__()
        self._sock = sock
        self._bound = bound
        self._done = done

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._done()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._bound.left())
        received: int = self._sock.recv_into(buffer)
        return received


class _BoundSocket:
    """A socket whose every wait is bounded; all else is the socket's own.

    Like a socket, it is closed in truth only when its last reader is.
    """

    def __init__(self, sock: Any, bound: Bound) -> None:
        self._sock = sock
        self._bound = bound
        self._readers = 0
        self._closed = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, data: Any) -> None:
        self._sock.settimeout(self._bound.left())
        self._sock.sendall(data)

    def settimeout(self, value: float | None) -> None:
        """Ignore what urllib3 sets: the bound decides."""

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        self._readers += 1
        return io.BufferedReader(_BoundReader(self._sock, self._bound, self._reader_done), 65536)

    def close(self) -> None:
        self._closed = True
        if not self._readers:
            self._sock.close()

    def _reader_done(self) -> None:
        self._readers -= 1
        if self._closed:
            self.close()


class _Answer(http.client.HTTPResponse):
    """http.client's response, which skips 100 alone: every informational answer is skipped here."""

    def _read_status(self) -> tuple[str, int, str]:
        parent: Any = super()
        for _ in range(_MAX_INFORMATIONAL):
            version, status, reason = parent._read_status()
            if status < 102 or status >= 200:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException(f"more than {_MAX_INFORMATIONAL} informational answers")


class _Bounded:
    """Mixed into urllib3's connections: bounded waits, and no use after a long idle time."""

    response_class: Any = _Answer

    def __init__(self, *args: Any, read: float, total: float, **kwargs: Any) -> None:
        parent: Any = super()
        parent.__init__(*args, **kwargs)
        self._bound = Bound(read, total)
        self._used = time.monotonic()

    def connect(self) -> None:
        parent: Any = super()
        parent.connect()
        connection: Any = self
        connection.sock = _BoundSocket(connection.sock, self._bound)

    def request(self, *args: Any, **kwargs: Any) -> None:
        parent: Any = super()
        self._bound.start()
        parent.request(*args, **kwargs)

    def getresponse(self) -> Any:
        parent: Any = super()
        response = parent.getresponse()
        self._used = time.monotonic()
        return response

    @property
    def is_connected(self) -> bool:
        parent: Any = super()
        return time.monotonic() - self._used < MAX_IDLE and bool(parent.is_connected)


class _HttpConnection(_Bounded, HTTPConnection):
    pass


class _HttpsConnection(_Bounded, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls: Any = _HttpConnection


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls: Any = _HttpsConnection


def pool(
    scheme: str,
    host: str,
    port: int | None,
    *,
    connect: float,
    read: float,
    total: float,
    size: int,
    ca_certs: str = "",
) -> HTTPConnectionPool:
    """Return a pool of up to `size` bounded connections; TLS certificates are verified.

    Neither proxies nor anything else of the environment are looked at.
    """
    options: dict[str, Any] = {"read": read, "total": total}
    if scheme == "https":
        options |= {"cert_reqs": "CERT_REQUIRED", "ca_certs": ca_certs or None}
    kind = _HttpsPool if scheme == "https" else _HttpPool
    timeout = urllib3.Timeout(connect=connect, read=read)
    return kind(host, port, timeout=timeout, maxsize=size, retries=False, **options)

"""The emulator over real HTTP/1.1, on the loopback interface only.

Built on the standard library's threaded server: connections are kept alive, a response leaves in
one write, and the body of every request is read whole before it is answered, so that the next
request on the connection starts where it should.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from aws_conformance.emulator.app import Emulator
from aws_conformance.exchange import Request, Response, Silence
from aws_specs.errors import TargetError
from aws_specs.spec import Operation

HOST: Final = "127.0.0.1"
LARGEST_BODY: Final = 16 * 1024 * 1024
"""Bytes of a request body that are read; a larger one is answered 413 and the connection closed."""

IDLE_SECONDS: Final = 60.0


class Server:
    """A running emulator. `url` is its base URL; `stop` ends it; it is its own context manager."""

    def __init__(self, http: ThreadingHTTPServer, emulator: Emulator) -> None:
        self.emulator = emulator
        self.url = f"http://{HOST}:{http.server_address[1]}"
        self._http = http
        self._thread = threading.Thread(
            target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop accepting connections and release the port."""
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def wait(self) -> None:
        """Block until the server is stopped by another thread or by Ctrl-C."""
        while self._thread.is_alive():
            self._thread.join(0.5)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def serve(
    port: int = 0,
    faults: Sequence[str] = (),
    *,
    operations: Iterable[Operation] | None = None,
    seed: int = 0,
) -> Server:
    """Start an emulator on a port of 127.0.0.1 (0: a free one) and return its handle.

    Raises `UsageError` for an unknown fault, `TargetError` where the port cannot be had.
    """
    emulator = Emulator(operations, faults=faults, seed=seed)
    try:
        http = _Server((HOST, port), _handler(emulator))
    except (OSError, OverflowError) as error:
        raise TargetError(
            f"cannot listen on {HOST}:{port}: {error}",
            hint="Choose another port, or --port 0 for a free one.",
        ) from error
    return Server(http, emulator)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that clients drop."""


class _Handler(BaseHTTPRequestHandler):
    """Reads one request after another from a connection and answers from `emulator`."""

    emulator: Emulator
    protocol_version = "HTTP/1.1"
    server_version = "aws-conformance"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    wbufsize = -1

    def __getattr__(self, name: str) -> Any:
        """Answer every method alike: the emulator decides which one an operation has."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def version_string(self) -> str:
        """Name the product without a version: answers stay the same from release to release."""
        return self.server_version

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class names it
        """Log nothing: what is sent may be secret, and nobody reads it here."""

    def _answer(self) -> None:
        try:
            body = self._body()
        except ValueError as error:
            self.close_connection = True
            self.send_error(HTTPStatus.BAD_REQUEST, str(error))
            return
        if body is None:
            self.close_connection = True
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        request = Request(
            method=self.command,
            path=_origin_form(self.path),
            headers=tuple(self.headers.items()),
            body=body,
        )
        answer = self.emulator.handle(request)
        if isinstance(answer, Silence):
            self.close_connection = True
            return
        self._write(answer)

    def _write(self, answer: Response) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _body(self) -> bytes | None:
        """Return the whole body, None if it is too large; `ValueError` for a broken framing."""
        headers = self.headers
        if "chunked" in headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        length = headers.get("Content-Length", "0").strip()
        if not (length.isascii() and length.isdigit()):
            raise ValueError("Content-Length is no number")
        if int(length) > LARGEST_BODY:
            return None
        return self._exactly(int(length))

    def _chunks(self) -> bytes | None:
        body = bytearray()
        while True:
            size = int(self.rfile.readline(64).partition(b";")[0].strip(), 16)
            if size < 0:
                raise ValueError("a chunk of negative size")
            if len(body) + size > LARGEST_BODY:
                return None
            body += self._exactly(size)
            if size == 0:
                break
            self.rfile.readline(64)
        while self.rfile.readline(65536).strip():
            pass
        return bytes(body)

    def _exactly(self, size: int) -> bytes:
        data = self.rfile.read(size)
        if len(data) < size:
            raise ValueError("the body is shorter than announced")
        return data


def _handler(emulator: Emulator) -> type[_Handler]:
    return type("_BoundHandler", (_Handler,), {"emulator": emulator})


def _origin_form(path: str) -> str:
    """Return the path of a request target; proxies' absolute form is cut to it (RFC 9112, 3.2)."""
    if path.startswith("/"):
        return path
    rest = path.partition("://")[2]
    return "/" + rest.partition("/")[2]

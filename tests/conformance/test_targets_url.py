"""A table of hostile servers: each ends in the answer it stands for, bounded in time and memory."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from aws_conformance.exchange import Request, Response, Silence, Target
from aws_conformance.targets import Limits, UrlTarget, open_target
from aws_specs.errors import UsageError

LIMITS = Limits(connect=1.0, read=0.3, total=0.6, body=1024 * 1024)
REQUEST = Request("POST", "/x?y=1", (("Host", "h"), ("Content-Length", "2")), b"{}")

Script = Callable[[socket.socket], None]


@contextmanager
def server(script: Script, until: bytes = b"\r\n\r\n{}") -> Iterator[str]:
    """Serve each connection with `script` when it has sent `until`; yield the URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(5)
                try:
                    received = b""
                    while until not in received and (part := connection.recv(65536)):
                        received += part
                    script(connection)
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stop.set()
        thread.join(5)
        listener.close()


def says(data: bytes) -> Script:
    return lambda connection: connection.sendall(data)


def answer(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    head = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def hang(connection: socket.socket) -> None:
    time.sleep(1.5)


def drip_head(connection: socket.socket) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 100:
        connection.sendall(bytes([byte]))
        time.sleep(0.1)


def drip_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"a")
        time.sleep(0.1)


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b"a" * 65536 + b"\r\n")


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


HUNDRED_MEGABYTES = b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n" + b"a" * 2 * 1024 * 1024
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(b"\0" * 50_000_000)
MANY_HEADERS = (
    b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(10_000)) + b"\r\n"
)

SILENCES: dict[str, tuple[Script, str]] = {
    "a server that hangs": (hang, "timeout"),
    "a head that drips": (drip_head, "timeout"),
    "a body that drips": (drip_body, "timeout"),
    "an endless body": (endless, "too-large"),
    "a body of 100 MB": (says(HUNDRED_MEGABYTES), "too-large"),
    "an empty reply": (says(b""), "hangup"),
    "a reset": (reset, "hangup"),
    "a body shorter than its length": (says(answer(b"abc")[:-1]), "hangup"),
    "a length that is no number": (
        says(b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\nabc"),
        "garbage",
    ),
    "a negative length": (says(b"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc"), "garbage"),
    "two lengths": (says(answer(b"abc", b"Content-Length: 5")), "garbage"),
    "a chunk without a size": (says(CHUNKED + b"zz\r\nabc\r\n"), "garbage"),
    "a chunk of negative size": (says(CHUNKED + b"-5\r\nabc\r\n"), "garbage"),
    "a chunk that ends early": (says(CHUNKED + b"5\r\nab"), "hangup"),
    "chunks without an end": (says(CHUNKED + b"2\r\nab\r\n"), "hangup"),
    "an unknown transfer encoding": (
        says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: x\r\n\r\nabc"),
        "garbage",
    ),
    "gzip that is none": (says(answer(b"abc", b"Content-Encoding: gzip")), "garbage"),
    "gzip that ends early": (
        says(answer(gzip.compress(b"abc" * 99)[:-9], b"Content-Encoding: gzip")),
        "garbage",
    ),
    "a gzip bomb": (says(answer(BOMB, b"Content-Encoding: gzip")), "too-large"),
    "an encoding nobody asked for": (says(answer(b"abc", b"Content-Encoding: br")), "garbage"),
    "10,000 headers": (says(MANY_HEADERS), "garbage"),
    "a header without an end": (says(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000), "garbage"),
    "HTTP/0.9": (says(b"<html>hello</html>"), "garbage"),
    "bytes that are not HTTP": (says(bytes(range(256)) + b"\r\n"), "garbage"),
    "a status that is no number": (says(b"HTTP/1.1 abc OK\r\n\r\n"), "garbage"),
    "HTTP/2 in clear": (says(b"HTTP/2 200\r\n\r\n"), "garbage"),
    "switching protocols": (says(b"HTTP/1.1 101 Switching\r\n\r\n"), "garbage"),
    "informational answers for ever": (says(b"HTTP/1.1 103 Hints\r\n\r\n" * 1000), "garbage"),
}


@pytest.mark.parametrize(("script", "kind"), SILENCES.values(), ids=list(SILENCES))
def test_a_server_that_gives_no_whole_answer_is_silence(script: Script, kind: str) -> None:
    with server(script) as url:
        target = UrlTarget(url, limits=LIMITS)
        found = target.send(REQUEST)
        target.close()
    assert isinstance(found, Silence)
    assert (found.kind, bool(found.detail)) == (kind, True)
    assert found.seconds < 4


RESPONSES: dict[str, tuple[bytes, int, bytes]] = {
    "a plain answer": (answer(b"{}"), 200, b"{}"),
    "a redirect": (answer(b"", b"Location: http://127.0.0.1:1/", status=b"302 Found"), 302, b""),
    "an answer after informational ones": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + answer(b"a"),
        200,
        b"a",
    ),
    "invalid UTF-8": (answer(b"\xff\xfe"), 200, b"\xff\xfe"),
    "no reason": (answer(b"a", status=b"200"), 200, b"a"),
    "an HTML error": (answer(b"<html>", status=b"500 Oops"), 500, b"<html>"),
    "until the end of the connection": (b"HTTP/1.0 200 OK\r\n\r\nabc", 200, b"abc"),
    "chunks": (CHUNKED + b"2;ext=1\r\nab\r\n1\r\nc\r\n0\r\n\r\n", 200, b"abc"),
    "gzip": (answer(gzip.compress(b"abc"), b"Content-Encoding: gzip"), 200, b"abc"),
    "deflate": (answer(zlib.compress(b"abc"), b"Content-Encoding: deflate"), 200, b"abc"),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
    "an empty gzip body": (answer(b"", b"Content-Encoding: gzip"), 200, b""),
}


@pytest.mark.parametrize(("data", "status", "body"), RESPONSES.values(), ids=list(RESPONSES))
def test_a_whole_answer_is_a_response(data: bytes, status: int, body: bytes) -> None:
    with server(says(data)) as url:
        target = UrlTarget(url, limits=LIMITS)
        found = target.send(REQUEST)
        target.close()
    assert isinstance(found, Response)
    assert (found.status, found.body) == (status, body)


def test_nobody_listening_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    found = UrlTarget(url, limits=LIMITS).send(REQUEST)
    assert isinstance(found, Silence)
    assert found.kind == "unreachable"


def test_a_name_that_does_not_exist_is_unreachable() -> None:
    found = UrlTarget("http://no-such-host.invalid", limits=LIMITS).send(REQUEST)
    assert isinstance(found, Silence)
    assert found.kind == "unreachable"


def test_a_server_without_tls_is_unreachable_over_https() -> None:
    with server(says(answer(b"{}")), until=b"") as url:
        target = UrlTarget(url.replace("http:", "https:"), limits=LIMITS)
        found = target.send(REQUEST)
        target.close()
    assert isinstance(found, Silence)
    assert found.kind == "unreachable"


def test_a_huge_answer_takes_little_memory() -> None:
    with server(endless) as url:
        target = UrlTarget(url, limits=LIMITS)
        tracemalloc.start()
        target.send(REQUEST)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        target.close()
    assert peak < 8 * LIMITS.body


def test_the_bytes_of_a_request_arrive_as_they_are() -> None:
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            data = b""
            while not data.endswith(b"\xff\0"):
                data += connection.recv(65536)
            heard.append(data)
            connection.sendall(answer(b""))

    thread = threading.Thread(target=serve)
    thread.start()
    headers = (("Host", "elsewhere"), ("X-Name", "\u20ac"), ("Content-Length", "2"))
    target = UrlTarget(f"http://127.0.0.1:{listener.getsockname()[1]}", limits=LIMITS)
    target.send(Request("PUT", "//a%2Fb/?x=%C3%A9&y", headers, b"\xff\0"))
    thread.join(5)
    listener.close()
    target.close()
    lines = heard[0].split(b"\r\n")
    assert lines[0] == b"PUT //a%2Fb/?x=%C3%A9&y HTTP/1.1"
    assert {b"Host: elsewhere", "X-Name: \u20ac".encode(), b"Content-Length: 2"} <= set(lines)


def test_a_connection_is_used_again_and_a_proxy_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    connections: list[socket.socket] = []

    def twice(connection: socket.socket) -> None:
        connections.append(connection)
        connection.sendall(answer(b"1"))
        connection.recv(65536)
        connection.sendall(answer(b"2"))

    with server(twice) as url:
        target = UrlTarget(url, limits=LIMITS)
        bodies = [a.body for _ in range(2) if isinstance(a := target.send(REQUEST), Response)]
        target.close()
    assert bodies == [b"1", b"2"]
    assert len(connections) == 1


@pytest.mark.parametrize(
    "url",
    ["ftp://a", "http://", "http://u:p@h", "http://h?x=1", "http://h:99999", "http://[::1"],
)
def test_what_is_no_endpoint_is_a_usage_error(url: str) -> None:
    with pytest.raises(UsageError):
        open_target(url)


def test_a_target_that_does_not_exist_gets_the_closest_name() -> None:
    with pytest.raises(UsageError, match="moto"):
        open_target("motto")


def test_a_url_target_is_a_target() -> None:
    target = open_target("http://127.0.0.1:1/base/")
    assert isinstance(target, Target)
    assert target.endpoint == "http://127.0.0.1:1/base"

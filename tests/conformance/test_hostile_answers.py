"""A table of hostile answers through the command line: each ends in verdicts or one clear error.

`test_targets_url.py` has the table of hostile connections and what the target makes of each. Here
the command itself meets some of them, and bodies that only a reader can stumble over: nothing is
raised, every report can be read by its own kind of reader, and nothing the server sent acts on the
terminal or on a page.
"""

from __future__ import annotations

import json
import socket
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from aws_conformance.cli import main
from aws_reports import load_results
from aws_reports.results import Results
from conformance import test_targets_url as hostile
from conformance.test_targets_url import Script, answer, server

REST, XML, CBOR = "connect.CreateParticipant", "iam.GetUser", "eventbridgev2.PutEvents"
TYPES = {
    REST: (b"Content-Type: application/json",),
    XML: (b"Content-Type: text/xml",),
    CBOR: (b"Content-Type: application/cbor", b"smithy-protocol: rpc-v2-cbor"),
}
ENTITIES = b'<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;&b;</l>'
REFUSED = b"400 Bad Request"
EVIL = "\x1b[31m\x1b[2J\x1b]0;title\x07\u202e <script>alert(1)</script> | ]]> \x00\x01\uffff \ud800"
MESSAGE = json.dumps({"message": EVIL, "Message": EVIL}).encode()


def says(body: bytes, operation: str, status: bytes = b"200 OK", *headers: bytes) -> Script:
    """Answer, and close when the client has, so that the connection ends in order."""
    data = answer(body, *TYPES[operation], *headers, status=status)

    def script(connection: socket.socket) -> None:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):  # closed with bytes unread, a connection is reset
            pass

    return script


BODIES: dict[str, tuple[str, bytes, bytes, tuple[bytes, ...]]] = {
    "deep JSON": (REST, b'{"a":' * 50_000 + b"1" + b"}" * 50_000, b"200 OK", ()),
    "deep JSON without an end": (REST, b"[" * 100_000, REFUSED, ()),
    "JSON with a huge whole number": (REST, b'{"ParticipantId": ' + b"9" * 100_000 + b"}", b"200 OK", ()),
    "JSON with a huge exponent": (REST, b'{"ParticipantId": 1e999999}', b"200 OK", ()),
    "JSON with a key twice": (REST, b'{"ParticipantId": "a", "ParticipantId": 1}', b"200 OK", ()),
    "JSON with a NUL byte": (REST, b'{"message": "a\x00"}', REFUSED, ()),
    "JSON with many keys": (REST, json.dumps(dict.fromkeys(map(str, range(30_000)), 1)).encode(), b"200 OK", ()),
    "JSON with a lone surrogate": (REST, b'{"ParticipantId": "\\ud800", "__type": "\\udfff"}', REFUSED, ()),
    "a JSON null": (REST, b"null", b"200 OK", ()),
    "a JSON list": (REST, b"[]", REFUSED, ()),
    "UTF-16": (REST, '{"a": 1}'.encode("utf-16"), b"200 OK", ()),
    "invalid UTF-8": (REST, b'{"message": "\xff\xfe"}', REFUSED, ()),
    "an error's name of megabytes": (REST, b'{"__type": "' + b"NotAOutOf" * 100_000 + b'"}', REFUSED, ()),
    "an error's name that is a script": (REST, MESSAGE, REFUSED, (b"X-Amzn-Errortype: \x1b[2J<script>]]>",)),
    "a message that is a script": (REST, MESSAGE, REFUSED, (b"X-Amzn-Errortype: InvalidRequestException",)),
    "a server error with such a message": (REST, MESSAGE, b"500 Oops", (b"X-Amzn-Errortype: E",)),
    "an XML entity bomb": (XML, ENTITIES, b"200 OK", ()),
    "an XML entity bomb as an error": (XML, ENTITIES, REFUSED, ()),
    "deep XML": (XML, b"<a>" * 50_000 + b"</a>" * 50_000, b"200 OK", ()),
    "deep XML without an end": (XML, b"<a>" * 100_000, REFUSED, ()),
    "XML with a NUL byte": (XML, b"<ErrorResponse>\x00</ErrorResponse>", REFUSED, ()),
    "deep CBOR": (CBOR, b"\x81" * 100_000 + b"\x01", b"200 OK", ()),
    "deep CBOR without an end": (CBOR, b"\xbf\x61a" * 50_000, REFUSED, ()),
    "CBOR of a huge declared list": (CBOR, b"\x9b" + b"\xff" * 8, b"200 OK", ()),
    "CBOR of a huge declared text": (CBOR, b"\xa1\x7b\x00\x00\x00\xff" + b"\xff" * 4, b"200 OK", ()),
    "CBOR of a huge declared map": (CBOR, b"\xbb\x00\x00" + b"\xff" * 6, REFUSED, ()),
    "CBOR with a huge number": (CBOR, b"\xa1\x61a\xc2\x59\xff\xff" + b"\xff" * 65535, b"200 OK", ()),
    "CBOR with a key twice": (CBOR, b"\xa2\x61a\x01\x61a\x02", b"200 OK", ()),
}  # fmt: skip

CONNECTIONS = ("a body of 100 MB", "a reset", "two lengths", "a chunk without a size",
               "gzip that is none", "a gzip bomb", "10,000 headers", "HTTP/0.9",
               "informational answers for ever", "a body that drips")  # fmt: skip


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(url: str, operation: str = REST) -> Result:
    """Run a few requests of one operation, in color, as on a terminal."""
    return CliRunner().invoke(
        main,
        ["run", operation, "--target", url, "--examples", "0", "--max-requests", "12",
         "--timeout", "0.3", "--no-bootstrap", "--seed", "1", "-o", "out"],
        color=True,
    )  # fmt: skip


def readable() -> Results:
    """Read every report as its readers do, and return the results."""
    ElementTree.parse("out/junit.xml")
    page = Path("out/report.html").read_text("utf-8")
    assert "<script>alert" not in page
    assert "\x1b" not in page + Path("out/summary.md").read_text("utf-8")
    return load_results(Path("out/results.json"))


def assert_in_order(result: Result) -> None:
    """Assert that a run ended by itself, with an exit code of its own, and said so in words."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in (1, 3, 4), result.output
    assert "Traceback" not in result.output
    for acting in ("\x1b[2J", "\x1b]0;", "\x07", "\x00", "\u202e"):
        assert acting not in result.output


@pytest.mark.parametrize(
    ("operation", "body", "status", "headers"), BODIES.values(), ids=list(BODIES)
)
def test_a_hostile_body_ends_in_verdicts(
    operation: str, body: bytes, status: bytes, headers: tuple[bytes, ...]
) -> None:
    with server(says(body, operation, status, *headers), until=b"\r\n\r\n") as url:
        result = run(url, operation)
    assert_in_order(result)
    results = readable()
    (one,) = results.operations
    assert results.verdicts or one.state == "unimplemented"


@pytest.mark.parametrize("name", CONNECTIONS)
def test_a_hostile_connection_ends_in_verdicts(name: str) -> None:
    with server(hostile.SILENCES[name][0], until=b"\r\n\r\n") as url:
        result = run(url)
    assert_in_order(result)
    assert {v.reason for v in readable().verdicts if v.verdict == "fail"} == {"no-response"}


def test_nobody_listening_is_one_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    result = run(url)
    assert_in_order(result)
    assert "could not be reached" in result.output or "unreachable" in result.output


def test_a_server_without_tls_is_one_clear_error() -> None:
    with server(hostile.says(answer(b"{}")), until=b"") as url:
        result = run(url.replace("http:", "https:"))
    assert_in_order(result)
    assert "could not be reached" in result.output or "unreachable" in result.output


def test_a_redirect_is_not_followed() -> None:
    asked: list[int] = []
    with server(lambda connection: asked.append(1), until=b"\r\n\r\n") as other:
        location = b"Location: " + other.encode() + b"/"
        with server(says(b"", REST, b"302 Found", location), until=b"\r\n\r\n") as url:
            result = run(url)
    assert_in_order(result)
    assert not asked
    assert {v.reason for v in readable().verdicts if v.verdict == "fail"} == {"protocol"}

"""The emulator over HTTP, asked by botocore and by bare connections."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.session import Session

from aws_conformance.emulator import Server, serve
from aws_specs.errors import TargetError, UsageError
from conformance.emulator_kit import (
    CONTACT,
    ENDPOINT,
    MESSAGES,
    PARTICIPANT,
    REGISTRATION,
    operations,
    request,
    valid,
)

METHODS = {
    CONTACT: "create_contact",
    PARTICIPANT: "create_participant",
    REGISTRATION: "create_push_notification_registration",
    ENDPOINT: "register_app_instance_user_endpoint",
    MESSAGES: "send_messages",
}


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(operations=operations()) as running:
        yield running


@cache
def session() -> Session:
    """Return one session: it keeps the models that its clients have read."""
    made = Session()
    made.set_credentials("AKIDEXAMPLE", "secret")
    return made


def call(server: Server, name: str, params: dict[str, Any]) -> dict[str, Any]:
    """Call one operation with a client of botocore's, without its own validation."""
    client = session().create_client(
        name.partition(".")[0],
        region_name="us-east-1",
        endpoint_url=server.url,
        config=Config(retries={"max_attempts": 0}, parameter_validation=False, read_timeout=10),
    )
    try:
        answer: dict[str, Any] = getattr(client, METHODS[name])(**params)
        return answer
    finally:
        client.close()


@pytest.mark.parametrize("name", list(METHODS))
def test_botocore_calls_every_operation(server: Server, name: str) -> None:
    answer = call(server, name, valid(name, server.emulator.bindings))
    metadata = answer.pop("ResponseMetadata")
    assert metadata["HTTPStatusCode"] == (201 if name == ENDPOINT else 200)
    assert metadata["RequestId"]
    assert answer


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        (CONTACT, {"Channel": "FAX"}, "InvalidParameterException"),
        (PARTICIPANT, {"ContactId": "no-such"}, "ResourceNotFoundException"),
        (REGISTRATION, {"DeviceType": "FCM"}, "InvalidParameterException"),
        (ENDPOINT, {"Type": "FCM"}, "BadRequestException"),
        (MESSAGES, {"ApplicationId": "no/such app"}, "NotFoundException"),
    ],
)
def test_botocore_reads_code_message_and_request_id_of_errors(
    server: Server, name: str, change: dict[str, Any], code: str
) -> None:
    params = {**valid(name, server.emulator.bindings), **change}
    with pytest.raises(ClientError) as caught:
        call(server, name, params)
    response: dict[str, Any] = caught.value.response
    assert response["Error"]["Code"] == code
    assert response["Error"]["Message"]
    assert response["ResponseMetadata"]["RequestId"]
    if name == MESSAGES:
        assert response["RequestID"] == response["ResponseMetadata"]["RequestId"]


def test_a_connection_is_kept_for_the_next_request(server: Server) -> None:
    parts = urlsplit(server.url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)
    try:
        sockets = []
        for name in (CONTACT, MESSAGES, CONTACT):
            operation = server.emulator.operations[name]
            sent = request(operation, valid(name, server.emulator.bindings))
            connection.request(sent.method, sent.path, sent.body, dict(sent.headers))
            sockets.append(connection.sock)
            response = connection.getresponse()
            assert response.status == 200
            assert json.loads(response.read())
        assert sockets[0] is sockets[1] is sockets[2]
    finally:
        connection.close()


def exchange(server: Server, data: bytes) -> bytes:
    """Send bytes and return everything that comes back until the server closes."""
    parts = urlsplit(server.url)
    with socket.create_connection((str(parts.hostname), parts.port or 0), timeout=10) as plain:
        plain.sendall(data)
        plain.shutdown(socket.SHUT_WR)
        received = b""
        while block := plain.recv(65536):
            received += block
        return received


def test_reads_a_chunked_body(server: Server) -> None:
    operation = server.emulator.operations[CONTACT]
    sent = request(operation, valid(CONTACT, server.emulator.bindings))
    headers = "".join(f"{name}: {value}\r\n" for name, value in sent.headers)
    head = f"PUT {sent.path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n{headers}\r\n"
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in sent.body) + b"0\r\n\r\n"
    assert exchange(server, head.encode() + chunks).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ("Content-Length: many\r\n", b"", b"400"),
        ("Content-Length: -1\r\n", b"", b"400"),
        ("Content-Length: 99999999999\r\n", b"", b"413"),
        ("Content-Length: 5\r\n", b"{}", b"400"),
        ("Transfer-Encoding: chunked\r\n", b"zz\r\n", b"400"),
        ("Transfer-Encoding: chunked\r\n", b"-1\r\n", b"400"),
        ("Transfer-Encoding: chunked\r\n", b"", b"400"),
    ],
)
def test_answers_broken_framing_and_closes(
    server: Server, headers: str, body: bytes, status: bytes
) -> None:
    head = f"PUT /contact/create-contact HTTP/1.1\r\nHost: x\r\n{headers}\r\n"
    received = exchange(server, head.encode() + body)
    assert received.split(b" ", 2)[1] == status
    assert received.count(b"HTTP/1.1 ") == 1


def test_two_requests_in_one_write_get_two_answers(server: Server) -> None:
    one = b"GET /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    assert exchange(server, one + one).count(b"UnknownOperationException") == 2


def test_any_method_and_the_absolute_form_reach_the_emulator(server: Server) -> None:
    path = "/contact/create-contact"
    brewed = exchange(server, f"BREW {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert b"MethodNotAllowedException" in brewed
    absolute = exchange(server, f"GET http://x{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert b"MethodNotAllowedException" in absolute


def test_hangs_up_when_told_to() -> None:
    fault = f"hang-up:{CONTACT}/input/Channel/enum"
    with serve(faults=[fault], operations=operations()) as server:
        params = valid(CONTACT, server.emulator.bindings)
        assert call(server, CONTACT, params)["ContactId"]
        with pytest.raises(ConnectionClosedError):
            call(server, CONTACT, {**params, "Channel": "FAX"})


def test_listens_on_the_loopback_interface_and_frees_its_port_when_stopped() -> None:
    server = serve(operations=operations())
    parts = urlsplit(server.url)
    assert parts.hostname == "127.0.0.1"
    with pytest.raises(TargetError, match="cannot listen"):
        serve(port=parts.port or 0, operations=operations())
    server.stop()
    again = serve(port=parts.port or 0, operations=operations())
    again.stop()


def test_an_unknown_fault_starts_no_server() -> None:
    with pytest.raises(UsageError, match="cannot be injected"):
        serve(faults=[f"{CONTACT}/input/Chanel/enum"], operations=operations())

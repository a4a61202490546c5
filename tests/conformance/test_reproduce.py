"""Reproducers run: the shell and Python send the very request again, whatever is in it."""

from __future__ import annotations

import ast
import json
import os
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_conformance.exchange import Request
from aws_conformance.reproduce import literal, reproducer
from aws_conformance.wire import Credentials, encode
from aws_reports.results import Reproducer
from aws_specs.from_model import operation_from_model
from aws_strategies.case import Case, Fault

SECRET = Credentials("AKIASECRET", "secret-key", "secret-token")
HOSTILE = (
    '\'; touch /nowhere/pwned; echo "$(id)`id`" \\\n# \'\'\'""" %s {x} '
    "\u2028 \U0001f600 @/etc/passwd"
)


def made(
    name: str,
    params: Any,
    *,
    endpoint: str = "http://127.0.0.1:9",
    wire: str = "",
    fault: Fault | None = None,
    credentials: Credentials = SECRET,
) -> tuple[Request, Reproducer]:
    operation = operation_from_model(*name.split("."))
    kind = "malformed" if wire else "invalid"
    case = Case(id="x", operation=name, kind=kind, params=params, wire=wire, fault=fault)
    request = encode(operation, case, endpoint=endpoint, credentials=credentials)
    return request, reproducer(operation, case, request, endpoint=endpoint)


CASES: dict[str, tuple[str, Any, str]] = {
    "valid": ("connect.CreateContact", {"InstanceId": "i", "ClientToken": "t"}, ""),
    "hostile text": ("connect.CreateContact", {"InstanceId": HOSTILE, HOSTILE: HOSTILE}, ""),
    "a wrong type": ("connect.CreateContact", {"InstanceId": 5, "ClientToken": "t"}, ""),
    "a null": ("connect.CreateContact", {"InstanceId": None}, ""),
    "a path": ("lambda.GetFunction", {"FunctionName": "../a b/[1-3]{a,b}?#\u00e9"}, ""),
    "a missing label": ("lambda.GetFunction", {}, ""),
    "a wrong query": ("lambda.ListFunctions", {"MaxItems": HOSTILE}, ""),
    "bytes": ("lambda.Invoke", {"FunctionName": "f", "Payload": "AP/+AA=="}, ""),
    "a form": ("sns.Publish", {"Message": HOSTILE}, ""),
    "json": ("dynamodb.PutItem", {"TableName": HOSTILE, "Item": {"a": {"B": "AAE="}}}, ""),
    "xml": ("route53.CreateHostedZone", {"Name": "a", "CallerReference": HOSTILE}, ""),
    "broken json": ("connect.CreateContact", {"InstanceId": HOSTILE}, "json-syntax"),
    "no signature": ("connect.CreateContact", {"InstanceId": "i"}, "no-signature"),
    "another method": ("connect.CreateContact", {"InstanceId": "i"}, "method"),
    "another type": ("connect.CreateContact", {"InstanceId": "i"}, "content-type"),
    "no such operation": ("connect.CreateContact", {"InstanceId": "i"}, "unknown-operation"),
    "a long body": ("connect.CreateContact", {"InstanceId": "i" * 200_000, "ClientToken": "t"}, ""),
}  # fmt: skip


class Listener:
    """Remembers method, path, type, signature and body of every request."""

    def __init__(self) -> None:
        heard: list[tuple[str, str, str | None, bool, bytes]] = []

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                signed = "Authorization" in self.headers
                kind = self.headers.get("Content-Type")
                heard.append((self.command, self.path, kind, signed, body))
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.heard = heard
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.close()


def expected(request: Request) -> tuple[str, str, str | None, bool, bytes]:
    headers = {name.lower(): value for name, value in request.headers}
    signed = "authorization" in headers
    return request.method, request.path, headers.get("content-type"), signed, request.body


ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "key",
    "AWS_SESSION_TOKEN": "token",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nonexistent",
    "no_proxy": "*",
}


def has_curl() -> bool:
    """Whether there is a curl that can sign (7.75 or later)."""
    if shutil.which("curl") is None:
        return False
    text = subprocess.run(["curl", "--help", "all"], capture_output=True, text=True).stdout
    return "--aws-sigv4" in text and "--path-as-is" in text


@pytest.mark.skipif(not has_curl(), reason="there is no curl that can sign")
@pytest.mark.parametrize("name", CASES)
def test_curl_sends_the_request_again(name: str, listener: Listener, tmp_path: Path) -> None:
    operation, params, wire = CASES[name]
    request, found = made(operation, params, wire=wire, endpoint=listener.url)
    script = tmp_path / "again.sh"
    script.write_text(found.curl, encoding="utf-8")
    done = subprocess.run(
        ["bash", str(script)], capture_output=True, cwd=tmp_path, env=ENVIRONMENT, timeout=30
    )
    assert done.returncode == 0, done.stderr
    assert listener.heard == [expected(request)]
    assert list(tmp_path.iterdir()) == [script]


@pytest.mark.parametrize("name", CASES)
def test_the_python_snippet_sends_the_request_again(
    name: str, listener: Listener, tmp_path: Path
) -> None:
    operation, params, wire = CASES[name]
    request, found = made(operation, params, wire=wire, endpoint=listener.url)
    script = tmp_path / "again.py"
    script.write_text(found.boto3, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, env=ENVIRONMENT, timeout=60
    )
    assert listener.heard[:1] == [expected(request)], done.stderr
    assert len(listener.heard) == 1


@pytest.mark.parametrize("name", CASES)
def test_no_credential_is_in_a_reproducer_and_every_part_parses(name: str) -> None:
    operation, params, wire = CASES[name]
    _, found = made(operation, params, wire=wire)
    text = f"{found.curl}{found.boto3}{found.cli}"
    assert not [
        part for part in (SECRET.access_key, SECRET.secret_key, SECRET.token) if str(part) in text
    ]
    ast.parse(found.boto3)
    shlex.split(found.curl)
    shlex.split(found.cli)


def test_boto3_is_used_where_it_can_send_the_request() -> None:
    _, found = made("connect.CreateContact", {"InstanceId": 5, "ClientToken": "t"})
    assert "client.create_contact(\n    InstanceId=5,\n    ClientToken='t',\n)" in found.boto3
    assert "parameter_validation=False" in found.boto3


def test_boto3_is_not_used_where_it_would_fill_in_the_fault() -> None:
    fault = Fault(op="remove", at="/ClientToken", member="ClientToken", what="absent")
    _, found = made("connect.CreateContact", {"InstanceId": "i"}, fault=fault)
    assert found.boto3.startswith("# boto3 cannot send this request")


def test_the_cli_gets_what_it_takes_and_nothing_else() -> None:
    params = {"InstanceId": "it's", "Channel": "outsider", "InitiationMethod": "OUTBOUND"}
    _, found = made("connect.CreateContact", params)
    words = shlex.split(found.cli)
    assert words[:3] == ["aws", "connect", "create-contact"]
    assert json.loads(words[words.index("--cli-input-json") + 1]) == params
    assert words[words.index("--endpoint-url") + 1] == "http://127.0.0.1:9"
    for wrong in ({"InstanceId": 5}, {"Channel": "VOICE"}):
        assert made("connect.CreateContact", wrong)[1].cli == ""
    assert made("connect.CreateContact", params, wire="method")[1].cli == ""
    assert shlex.split(made("s3.CreateBucket", {"Bucket": "b"})[1].cli)[1] == "s3api"


def test_an_aws_endpoint_is_not_repeated_and_gets_no_dummies() -> None:
    endpoint = "https://connect.us-east-1.amazonaws.com"
    params = {"InstanceId": "i", "Channel": "VOICE", "InitiationMethod": "API", "ClientToken": "t"}
    _, found = made("connect.CreateContact", params, endpoint=endpoint)
    assert found.cli
    assert "--endpoint-url" not in found.cli
    assert "aws_access_key_id" not in found.boto3


def test_what_curl_cannot_sign_wrongly_is_left_out() -> None:
    assert made("connect.CreateContact", {}, wire="bad-signature")[1].curl == ""


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
        | st.text() | st.binary(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    )
)  # fmt: skip
def test_a_literal_is_the_value(value: Any) -> None:
    assert eval(literal(value), {"float": float}) == value


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_no_text_breaks_the_quoting(text: str) -> None:
    request, found = made("connect.CreateContact", {"InstanceId": text, "Name": text})
    ast.parse(found.boto3)
    words = shlex.split(found.curl)
    assert words[words.index("--data-raw") + 1].encode() == request.body

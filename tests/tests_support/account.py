"""An AWS account on loopback: STS and queues, with every signature verified by botocore's signer."""

# botocore is untyped: pyright infers partly unknown types from its source.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import json
import string
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ACCOUNT = "111122223333"
KEY = "AKIDEXAMPLE"
SECRET = "a-secret-of-the-sandbox"

_LETTERS = frozenset("-_" + string.ascii_letters + string.digits)

Reply = tuple[int, Mapping[str, str], bytes]


class Account:
    """Answers STS and SQS for one account; `heard` are the operations it was asked, in order.

    `before` may answer in its place: it gets the operation and its parameters.
    """

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.refused: list[str] = []
        self.queues: set[str] = set()
        self.before: Callable[[str, dict[str, Any]], Reply | None] = lambda name, params: None
        account = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, headers, answer = account.answer(self, body)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def profile(self, folder: Path) -> None:
        """Write a profile `sandbox` whose every service is here."""
        (folder / "config").write_text(
            f"[profile sandbox]\nregion = eu-west-1\nendpoint_url = {self.url}\n"
            f"aws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
        )

    @property
    def names(self) -> list[str]:
        """The operations that were asked for, without STS."""
        return [name for name, _ in self.heard if name != "GetCallerIdentity"]

    # ------------------------------------------------------------ answering

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> Reply:
        if not verified(request, body):
            self.refused.append(request.headers.get("X-Amz-Target", request.path))
            return _error(403, "InvalidSignatureException")
        target = request.headers.get("X-Amz-Target", "")
        if not target:
            action = parse_qs(body.decode()).get("Action", [""])[0]
            self.heard.append((action, {}))
            return _identity() if action == "GetCallerIdentity" else _error(400, "InvalidAction")
        name = target.partition(".")[2]
        try:
            params = json.loads(body)
        except ValueError:
            return _error(400, "SerializationException")
        if not isinstance(params, dict):
            return _error(400, "SerializationException")
        self.heard.append((name, params))
        return self.before(name, params) or self._sqs(name, params)

    def _sqs(self, name: str, params: dict[str, Any]) -> Reply:
        match name:
            case "CreateQueue":
                if set(params) - {"QueueName"}:
                    return _error(400, "InvalidParameterValue")
                return self._create(params.get("QueueName"))
            case "DeleteQueue" | "GetQueueAttributes" | "ListQueueTags":
                url = params.get("QueueUrl")
                if not isinstance(url, str):
                    return _error(400, "MissingParameter")
                if url not in self.queues:
                    return _error(400, "QueueDoesNotExist")
                if name == "DeleteQueue":
                    self.queues.discard(url)
                return _json(200, {})
            case _:
                return _error(404, "UnknownOperationException")

    def _create(self, name: Any) -> Reply:
        if not isinstance(name, str):
            return _error(400, "MissingParameter" if name is None else "SerializationException")
        if not name or len(name) > 80 or not set(name) <= _LETTERS:
            return _error(400, "InvalidParameterValue")
        url = f"{self.url}/{ACCOUNT}/{name}"
        self.queues.add(url)
        return _json(200, {"QueueUrl": url})


def verified(request: BaseHTTPRequestHandler, body: bytes) -> bool:
    """Return whether a request is signed with the account's key, by signing it again."""
    authorization = request.headers.get("Authorization", "")
    if not authorization.startswith("AWS4-HMAC-SHA256 "):
        return False
    pairs = (part.strip().partition("=") for part in authorization.partition(" ")[2].split(","))
    fields: dict[str, str] = {name: value for name, _, value in pairs}
    key, _, region, service, _ = fields["Credential"].split("/")
    again = AWSRequest(
        request.command, f"http://{request.headers['Host']}{request.path}", data=body
    )
    for name in fields["SignedHeaders"].split(";"):
        again.headers[name] = request.headers.get(name, "")
    signer: Any = SigV4Auth(Credentials(KEY, SECRET), service, region)
    again.context["timestamp"] = request.headers["X-Amz-Date"]
    text = signer.string_to_sign(again, signer.canonical_request(again))
    return key == KEY and fields["Signature"] == signer.signature(text, again)


def _json(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Reply:
    found = {"Content-Type": "application/x-amz-json-1.0", **(headers or {})}
    return status, found, json.dumps(value).encode()


def _error(status: int, code: str) -> Reply:
    return _json(status, {"__type": f"com.amazonaws.sqs#{code}", "message": code})


def throttled(seconds: str = "") -> Reply:
    """Return an answer that asks to slow down."""
    headers = {"Retry-After": seconds} if seconds else {}
    return _json(400, {"__type": "ThrottlingException", "message": "Rate exceeded"}, headers)


def _identity() -> Reply:
    text = (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
        f"<GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/u</Arn><UserId>u</UserId>"
        f"<Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
    return 200, {"Content-Type": "text/xml"}, text.encode()

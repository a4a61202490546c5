"""What a botocore client sends: the one oracle there is for the encoding of requests."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.handlers import BUILTIN_HANDLERS
from botocore.tokens import FrozenAuthToken

ENDPOINT = "http://127.0.0.1:9"
"""Where clients send: nobody listens, and nothing leaves."""

NOW = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
"""The moment at which requests are signed, so that signatures can be compared."""


class Sent(NamedTuple):
    """A request as it would leave: headers by their names in lower case, the body as bytes."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


class _NoBody:
    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        return iter([b""])

    def read(self, *_: Any) -> bytes:
        return b""


class _Token:
    """The bearer's token of every service that wants one."""

    def load_token(self, **_: Any) -> _Token:
        return self

    def get_frozen_token(self) -> FrozenAuthToken:
        return FrozenAuthToken("AKIDEXAMPLE")


@cache
def client(service: str, without: Collection[str] = frozenset(), endpoint: str = ENDPOINT) -> Any:
    """Return a client that sends to nowhere and refuses as little as a client can.

    It is `without` botocore's own handlers of these names.
    """
    session = botocore.session.Session()
    session.register_component("token_provider", _Token())
    for event, handler, *_ in BUILTIN_HANDLERS:
        if getattr(handler, "__name__", "") in without:
            session.unregister(event, handler)
    session.set_credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    config = Config(
        parameter_validation=False,
        inject_host_prefix=False,
        disable_request_compression=True,
        s3={"addressing_style": "path"},
        retries={"total_max_attempts": 1},
    )
    return session.create_client(
        service, region_name="us-east-1", endpoint_url=endpoint, config=config
    )


def client_sends(
    service: str,
    operation: str,
    values: Any,
    without: Collection[str] = frozenset(),
    endpoint: str = ENDPOINT,
) -> Sent | str:
    """Return what a client would send with these parameters, or why it sends nothing.

    A client that signs in first (S3 Express) sends the last request it makes.
    """
    caught: list[Any] = []

    def catch(request: Any, **_: Any) -> Any:
        caught.append(request)
        return AWSResponse(request.url, 200, {}, _NoBody())

    caller = client(service, without, endpoint)
    events = caller.meta.events
    events.register("before-send", catch)
    try:
        caller._make_api_call(operation, copy.deepcopy(values))  # handlers change them
    except Exception as error:  # an answer without a body need not be one that it can read
        if not caught:
            return f"{type(error).__name__}: {error}"[:160]
    finally:
        events.unregister("before-send", catch)
    return _sent(caught[0])


def _sent(request: Any) -> Sent:
    body = request.body or b""
    body = body.read() if hasattr(body, "read") else body
    headers = {
        name.lower(): value.decode() if isinstance(value, bytes) else str(value)
        for name, value in request.headers.items()
    }
    text = body.encode() if isinstance(body, str) else bytes(body)
    return Sent(request.method, request.url, headers, text)

"""What the emulator answers to another method, and to requests signed in the query."""

from __future__ import annotations

import pytest

from aws_conformance.emulator import Emulator
from aws_conformance.exchange import Request, Response

QUERY = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "AKIDEXAMPLE%2F20240101%2Fus-east-1%2Fconnect%2Faws4_request",
    "X-Amz-Date": "20240101T000000Z",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": "a" * 64,
}


def ask(method: str, query: dict[str, str]) -> Response:
    text = "&".join(f"{name}={value}" for name, value in query.items())
    answer = Emulator().handle(
        Request(
            method=method,
            path=f"/contact/create-contact?{text}",
            headers=(("Content-Type", "application/json"),),
            body=b"{}",
        )
    )
    assert isinstance(answer, Response)
    return answer


@pytest.mark.parametrize("method", ["GET", "POST", "TRACE", "BREW"])
def test_another_method_is_answered_with_those_there_are(method: str) -> None:
    answer = ask(method, QUERY)
    assert answer.status == 405
    assert dict(answer.headers)["Allow"] == "PUT"


def test_a_request_may_be_signed_in_its_query() -> None:
    assert ask("PUT", QUERY).status == 400


@pytest.mark.parametrize("name", QUERY)
def test_half_a_signature_in_the_query_is_none(name: str) -> None:
    assert ask("PUT", {key: value for key, value in QUERY.items() if key != name}).status == 403
    if name in ("X-Amz-Algorithm", "X-Amz-Signature"):
        assert ask("PUT", {**QUERY, name: "x"}).status == 403

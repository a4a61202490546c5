"""Evidence shows what happened and no secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_conformance.exchange import Request, Response, Silence
from aws_conformance.redact import LIMIT, REDACTED, evidence, without_secrets
from aws_conformance.wire import Credentials, encode
from aws_specs.from_model import operation_from_model
from aws_strategies.case import Case

SECRET = Credentials("AKIAREALKEY", "very-secret-key", "session-token-text")


def test_a_signed_request_is_shown_without_credentials() -> None:
    operation = operation_from_model("connect", "CreateContact")
    case = Case(id="x", operation=operation.id, kind="valid", params={"InstanceId": "i"})
    request = encode(operation, case, endpoint="http://h:1", credentials=SECRET)
    shown = evidence(request, Response(200, (("Set-Cookie", "a=b"), ("X", "y")), b"{}", 0.5))
    text = repr(shown)
    assert not [
        part for part in (SECRET.access_key, SECRET.token, "Signature=", "a=b") if str(part) in text
    ]
    assert shown.request.start == "PUT /contact/create-contact"
    assert ("Authorization", REDACTED) in shown.request.headers
    assert shown.request.body == '{"InstanceId": "i"}'
    assert shown.answer is not None
    assert (shown.answer.start, shown.answer.headers[1]) == ("200", ("X", "y"))
    assert shown.milliseconds == 500


@pytest.mark.parametrize(
    "name", ["X-Amz-Signature", "x-amz-credential", "X-Amz-Security-Token", "Signature"]
)
def test_signatures_in_a_query_are_removed_and_the_rest_stays(name: str) -> None:
    shown = evidence(Request("GET", f"/a?b=%20c&{name}=secret&d"), Silence("timeout"))
    assert shown.request.start == f"GET /a?b=%20c&{name}={REDACTED}&d"
    assert (shown.answer, shown.silence) == (None, "timeout")


def test_signatures_in_a_form_are_removed() -> None:
    headers = (("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),)
    request = Request("POST", "/", headers, b"Action=A&Signature=abc&AWSAccessKeyId=AK")
    body = evidence(request, Silence("hangup", "why")).request.body
    assert body == f"Action=A&Signature={REDACTED}&AWSAccessKeyId={REDACTED}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            '{"SecretAccessKey": "a\\"b", "x": "y"}',
            f'{{"SecretAccessKey": "{REDACTED}", "x": "y"}}',
        ),
        ("<SessionToken>abc</SessionToken>", f"<SessionToken>{REDACTED}</SessionToken>"),
        ('{"ParticipantToken":"cut off', f'{{"ParticipantToken":"{REDACTED}"'),
        ('{"NextToken": "a"}', '{"NextToken": "a"}'),
    ],
)
def test_credentials_in_answers_are_removed(text: str, shown: str) -> None:
    assert without_secrets(text) == shown
    answer = evidence(Request("GET", "/"), Response(200, (), text.encode())).answer
    assert answer is not None
    assert answer.body == shown


@given(st.binary(max_size=50))
def test_bytes_that_are_not_utf8_are_escaped(body: bytes) -> None:
    shown = evidence(Request("POST", "/", (), body), Silence("timeout")).request
    assert shown.size == len(body)
    assert shown.body == body.decode("utf-8", "backslashreplace")


@pytest.mark.parametrize("character", ["a", "\u00e9", "\u20ac", "\U0001f600"])
def test_long_bodies_are_cut_between_characters(character: str) -> None:
    for offset in range(4):
        body = ("a" * offset + character * LIMIT).encode()
        shown = evidence(Request("POST", "/", (), body), Silence("timeout")).request
        assert shown.size == len(body)
        assert LIMIT - 4 < len(shown.body.encode()) <= LIMIT
        assert shown.body == "a" * offset + character * (len(shown.body) - offset)


def test_a_hostile_answer_takes_linear_time() -> None:
    body = b'"SecretAccessKey": "' * 2_000 + b"<SessionToken>" * 2_000
    assert evidence(Request("GET", "/"), Response(200, (), body)).answer is not None

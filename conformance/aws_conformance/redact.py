"""Exchanges as people may see them: no credentials, no signatures, no session tokens, no cookies.

Everything that reaches a report, a journal or a log goes through here.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_plus

from msgspec.structs import replace

from aws_conformance.exchange import Answer, Request, Response, Silence
from aws_reports.results import Evidence, Message

LIMIT: Final = 16 * 1024
"""Bytes of a body that are kept."""

REDACTED: Final = "[removed]"

SECRET_HEADERS: Final = frozenset(
    {
        "authorization",
        "cookie",
        "proxy-authorization",
        "set-cookie",
        "x-amz-s3session-token",
        "x-amz-security-token",
        "x-amzn-authorization",
    }
)
"""Headers whose value is never shown, lower case."""

SECRET_MEMBERS: Final = (
    "SecretAccessKey",
    "SessionToken",
    "ParticipantToken",
    "ConnectionToken",
    "secretAccessKey",
    "sessionToken",
    "accessToken",
    "refreshToken",
    "AuthorizationToken",
    "authorizationToken",
)
"""Members of answers that are credentials, as JSON and XML spell them."""

_NAMES: Final = "|".join(SECRET_MEMBERS)
_JSON_SECRET: Final = re.compile(rf'("(?:{_NAMES})"\s{{0,9}}:\s{{0,9}})"(?:[^"\\]|\\.)*("|$)')
_XML_SECRET: Final = re.compile(rf"<({_NAMES})>[^<]*")

SECRET_QUERY: Final = frozenset(
    {
        "awsaccesskeyid",
        "signature",
        "x-amz-credential",
        "x-amz-security-token",
        "x-amz-signature",
        "securitytoken",
    }
)
"""Query parameters (and form fields) whose value is never shown, lower case."""

_FORM: Final = "application/x-www-form-urlencoded"


def evidence(request: Request, answer: Answer) -> Evidence:
    """Return what was sent and what came back, fit for a report."""
    milliseconds = round(answer.seconds * 1000, 3)
    match answer:
        case Response():
            return Evidence(
                request=message_of_request(request),
                answer=message_of_response(answer),
                milliseconds=milliseconds,
            )
        case Silence():
            detail = f"{answer.kind}: {answer.detail}" if answer.detail else answer.kind
            return Evidence(message_of_request(request), None, detail, milliseconds)


def message_of_request(request: Request) -> Message:
    """Return a request with its secrets removed; signed queries and forms are cleaned as well."""
    path, mark, query = request.path.partition("?")
    form = any(
        name.lower() == "content-type" and value.lower().startswith(_FORM)
        for name, value in request.headers
    )
    body = _body(request.body)
    return Message(
        start=f"{request.method} {path}{mark}{_clean_pairs(query)}",
        headers=_headers(request.headers),
        body=_clean_pairs(body) if form else body,
        size=len(request.body),
    )


def message_of_response(response: Response) -> Message:
    """Return a response with its cookies removed."""
    return Message(
        start=str(response.status),
        headers=_headers(response.headers),
        body=without_secrets(_body(response.body)),
        size=len(response.body),
    )


def clean_request(request: Request) -> Request:
    """Return a request without its secrets, whole: for recordings."""
    path, mark, query = request.path.partition("?")
    form = any(
        name.lower() == "content-type" and value.lower().startswith(_FORM)
        for name, value in request.headers
    )
    clean = _clean_form if form else clean_body
    return replace(
        request,
        path=f"{path}{mark}{_clean_pairs(query)}",
        headers=_headers(request.headers),
        body=clean(request.body),
    )


def clean_response(response: Response) -> Response:
    """Return a response without its secrets, whole: for recordings."""
    return replace(response, headers=_headers(response.headers), body=clean_body(response.body))


def clean_body(body: bytes) -> bytes:
    """Return a body without the values of members that are credentials; else byte for byte."""
    text = body.decode("latin-1")  # every byte is a character, so nothing else can change
    clean = without_secrets(text)
    return body if clean == text else clean.encode("latin-1")


def _clean_form(body: bytes) -> bytes:
    return _clean_pairs(body.decode("latin-1")).encode("latin-1")


def without_secrets(text: str) -> str:
    """Return a JSON or XML text without the values of members that are credentials."""
    text = _JSON_SECRET.sub(rf'\1"{REDACTED}"', text)
    return _XML_SECRET.sub(rf"<\1>{REDACTED}", text)


def is_secret(name: str) -> bool:
    """Whether the value of a header of that name is never shown."""
    return name.lower() in SECRET_HEADERS


def _headers(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, REDACTED if is_secret(name) else value) for name, value in headers)


def _clean_pairs(text: str) -> str:
    """Remove the values of secret parameters from a query or a form; all else stays as it is."""
    return "&".join(_clean_pair(pair) for pair in text.split("&")) if "=" in text else text


def _clean_pair(pair: str) -> str:
    name, mark, value = pair.partition("=")
    secret = bool(mark) and unquote_plus(name).lower() in SECRET_QUERY
    return f"{name}={REDACTED}" if secret and value else pair


def _body(body: bytes) -> str:
    """Return the first 16 KiB as text; bytes that are not UTF-8 are escaped as in "\\xff"."""
    kept = body[:LIMIT]
    if len(body) > LIMIT:
        kept = _whole_characters(kept)
    return kept.decode("utf-8", "backslashreplace")


def _whole_characters(data: bytes) -> bytes:
    """Drop a character of UTF-8 that the cut has halved."""
    for back in range(1, min(4, len(data)) + 1):
        lead = data[-back]
        if lead < 0x80:
            return data
        if lead >= 0xC0:
            length = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
            return data[:-back] if back < length else data
    return data

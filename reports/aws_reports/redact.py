"""The last line of defence against secrets in reports.

The runner already removes credentials and signatures from what it keeps. This module assumes that
it forgot one: every renderer passes its results through `redacted` first, so that a secret would
have to slip through twice. Names decide, not values: what stands under the name of a secret goes,
whatever it is. Idempotency tokens, page tokens and device tokens are test data and stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final, cast

import msgspec

from aws_reports.results import Evidence, Message, OperationResult, Reproducer, Results, Verdict
from aws_specs.spec import Json

MARK: Final = "[redacted]"

SECRET_HEADERS: Final = frozenset(
    {
        "authorization",
        "cookie",
        "proxy-authorization",
        "set-cookie",
        "x-amz-content-sha256-signature",
        "x-amz-credential",
        "x-amz-security-token",
        "x-amz-signature",
        "x-api-key",
    }
)
"""Headers whose whole value is hidden, in lower case."""

SECRET_NAMES: Final = (
    "X-Amz-Credential",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
    "AccessToken",
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "ConnectionToken",
    "Credential",
    "IdToken",
    "ParticipantToken",
    "RefreshToken",
    "SecretAccessKey",
    "SessionToken",
    "Signature",
)
"""Names of members, parameters and settings whose value is hidden wherever it is written."""

# A name, an optional closing quote, a separator, an optional opening quote; then the value up to
# what can end it. Every part starts with a character that the part before it cannot hold. A
# reference to a shell variable is no secret: reproducers name credentials that way.
_ASSIGN: Final = r"""(\\?["']?\s*(?:[:=>]|%3D)\s*\\?["']?)"""
_VALUE: Final = r"""(?!\$[A-Za-z{])([^\s"'\\,&<>{}\[\]]+)"""
_NAMED: Final = re.compile(rf"(?i)\b({'|'.join(map(re.escape, SECRET_NAMES))}){_ASSIGN}{_VALUE}")
_LINE: Final = re.compile(rf"(?i)\b(Authorization|Set-Cookie|Cookie){_ASSIGN}([^\"'\\\r\n]+)")
_KEY_ID: Final = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}")
_LINE_NAMES: Final = ("authorization", "cookie")
_FOLDED_NAMES: Final = tuple(sorted({name.lower() for name in SECRET_NAMES}))
_HIDDEN: Final = frozenset(_FOLDED_NAMES) | SECRET_HEADERS
_USERINFO: Final = re.compile(r"://[^/?#\s@\"']+@")


def redact_text(text: str) -> str:
    """Return the text without the values that stand under the name of a secret."""
    folded = text.lower()
    if any(name in folded for name in _LINE_NAMES):
        text = _LINE.sub(rf"\1\2{MARK}", text)
    if any(name in folded for name in _FOLDED_NAMES):
        text = _NAMED.sub(rf"\1\2{MARK}", text)
    if "akia" in folded or "asia" in folded:
        text = _KEY_ID.sub(MARK, text)
    return _USERINFO.sub(f"://{MARK}@", text) if "@" in text and "://" in text else text


def redacted(results: Results, *, secrets: Iterable[str] = ()) -> Results:
    """Return the results with every secret replaced by `[redacted]`; applying it twice is as once.

    `secrets` are values known to be secret (the run's own credentials), removed wherever they are.
    """
    clean = _cleaner(tuple(sorted({s for s in secrets if s}, key=len, reverse=True)))
    return msgspec.structs.replace(
        results,
        target=clean(results.target),
        operations=tuple(_operation(operation, clean) for operation in results.operations),
        verdicts=tuple(_verdict(verdict, clean) for verdict in results.verdicts),
    )


def _cleaner(secrets: tuple[str, ...]) -> Callable[[str], str]:
    """Return a function that cleans a text once, however often it comes (as a twin's does)."""

    @cache
    def clean(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, MARK)
        return redact_text(text)

    return clean


def _operation(operation: OperationResult, clean: Callable[[str], str]) -> OperationResult:
    return msgspec.structs.replace(
        operation,
        reason=clean(operation.reason),
        binds=tuple(map(clean, operation.binds)),
    )


def _verdict(verdict: Verdict, clean: Callable[[str], str]) -> Verdict:
    return msgspec.structs.replace(
        verdict,
        expected=clean(verdict.expected),
        observed=clean(verdict.observed),
        hint=clean(verdict.hint),
        baseline=clean(verdict.baseline),
        old=_json(verdict.old, clean),
        new=_json(verdict.new, clean),
        evidence=_evidence(verdict.evidence, clean),
        twin=_evidence(verdict.twin, clean),
        reproducer=_reproducer(verdict.reproducer, clean),
        steps=tuple(
            msgspec.structs.replace(step, sent=_json(step.sent, clean), answer=clean(step.answer))
            for step in verdict.steps
        ),
    )


def _evidence(evidence: Evidence | None, clean: Callable[[str], str]) -> Evidence | None:
    if evidence is None:
        return None
    answer = None if evidence.answer is None else _message(evidence.answer, clean)
    return msgspec.structs.replace(
        evidence,
        request=_message(evidence.request, clean),
        answer=answer,
        silence=clean(evidence.silence),
    )


def _message(message: Message, clean: Callable[[str], str]) -> Message:
    return msgspec.structs.replace(
        message,
        start=clean(message.start),
        headers=tuple(
            (clean(name), MARK if name.strip().lower() in SECRET_HEADERS else clean(value))
            for name, value in message.headers
        ),
        body=clean(message.body),
    )


def _reproducer(found: Reproducer | None, clean: Callable[[str], str]) -> Reproducer | None:
    if found is None:
        return None
    return Reproducer(curl=clean(found.curl), boto3=clean(found.boto3), cli=clean(found.cli))


def _json(value: Json, clean: Callable[[str], str]) -> Json:
    match value:
        case str():
            return clean(value)
        case list():
            return [_json(item, clean) for item in cast("list[object]", value)]
        case dict():
            items = cast("dict[str, object]", value).items()
            return {clean(key): _member(key, item, clean) for key, item in items}
        case _:
            return value


def _member(name: str, value: Json, clean: Callable[[str], str]) -> Json:
    if isinstance(value, str) and name.lower() in _HIDDEN:
        return MARK
    return _json(value, clean)

"""Requests and answers as text: start line, headers, and a body that can be read."""

from __future__ import annotations

from typing import Final

import msgspec

from aws_reports.results import Evidence, Message
from aws_reports.visible import bounded, one_line

HEADER_LIMIT: Final = 500
SHOWN_HEADERS: Final = 50


def head(message: Message) -> tuple[str, ...]:
    """Return the start line and the headers, one line each."""
    lines = [one_line(message.start, HEADER_LIMIT)]
    for name, value in message.headers[:SHOWN_HEADERS]:
        lines.append(f"{one_line(name)}: {one_line(value, HEADER_LIMIT)}")
    left = len(message.headers) - SHOWN_HEADERS
    return (*lines, f"… {left} more headers") if left > 0 else tuple(lines)


def body(message: Message, limit: int) -> str:
    """Return at most `limit` characters of the body, JSON indented, and how much is missing."""
    text = bounded(_indented(message.body), limit)
    kept = len(message.body.encode("utf-8", "replace"))
    if message.size > kept and len(message.body) <= limit:
        return f"{text}\n… cut: {message.size:,} bytes in all"
    return text


def text_of(message: Message, limit: int) -> str:
    """Return the whole message as it would look on the wire, with a readable body."""
    content = body(message, limit)
    return "\n".join([*head(message), *(["", content] if content else [])])


def answer_of(evidence: Evidence, limit: int) -> str:
    """Return the answer, or how the silence was where nothing came."""
    if evidence.answer is None:
        return f"No answer: {one_line(evidence.silence) or 'nothing came'}"
    return text_of(evidence.answer, limit)


def _indented(text: str) -> str:
    """Return JSON with line breaks, its tokens untouched; any other text as it is.

    Only white space is changed: a duplicate key or an odd number is evidence.
    """
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return msgspec.json.format(text, indent=2)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return text

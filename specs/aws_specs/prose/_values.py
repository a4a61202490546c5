"""Literal values in a sentence: `A`, `B (because …), or "C"`, and the heads of bullets.

Text copies have lost the markup of literals, so a value is told by its looks. All or nothing: a
list of which one piece is not a value gives no values at all, because half an enumeration is a
wrong rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from aws_specs.page import Prose
from aws_specs.prose._sentences import without_parentheses

_QUOTES = "\"'“”‘’`«»"
_VALUE = re.compile(r"[A-Za-z0-9_*$+][\w.:/*+#@$&=-]{0,99}")
_SEPARATOR = re.compile(r"\s*(?:[,;|]\s*(?:or|and)\s|[,;|]|\s(?:or|and|and/or|/)\s)\s*", re.I)
_HEAD_END = re.compile(r"\s(?:[-–—=:]|--|->)\s|:\s|\s\(|[-–—]\s|\s[-–—]|:$")
_BROKEN = re.compile(r"/?[a-z]{1,20}>\s{0,3}(?:\*\s)?")
_NO_VALUES = frozenset(
    [
        "a",
        "an",
        "any",
        "all",
        "the",
        "this",
        "that",
        "it",
        "its",
        "none-of",
        "integer",
        "integers",
        "string",
        "strings",
        "number",
        "numbers",
        "positive",
        "negative",
        "between",
        "from",
        "letters",
        "digits",
        "alphanumeric",
        "characters",
        "lowercase",
        "uppercase",
        "see",
        "as",
        "follows",
        "following",
        "below",
        "above",
        "and",
        "or",
        "either",
        "in",
        "is",
        "are",
        "be",
        "if",
        "for",
        "not",
        "one",
        "values",
        "value",
        "you",
        "your",
        "can",
        "must",
        "with",
        "other",
        "valid",
        "to",
        "up",
        "at",
        "by",
        "use",
    ]
)


def unquote(text: str) -> str:
    """Return the text without surrounding quotes, white space and closing punctuation."""
    text = text.strip().rstrip(".,;").strip()
    return text.strip(_QUOTES).strip()


def is_value(text: str) -> bool:
    """Whether a piece of text can be a literal value: one word that is not plain grammar."""
    shouted = len(text) > 1 and text.isupper()
    return bool(_VALUE.fullmatch(text)) and (shouted or text.lower() not in _NO_VALUES)


def is_loud(text: str) -> bool:
    """Whether a value is recognisable without any markup: `APNS_SANDBOX`, `TOKEN`."""
    return is_value(text) and len(text) > 1 and text.upper() == text and text[0].isalpha()


def inline(text: str, codes: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the values of `A, B (remark), and "C".`, or nothing if a piece is no value.

    A piece that starts with a literal of the rendering may go on with an explanation.
    """
    found: list[str] = []
    for piece in _SEPARATOR.split(without_parentheses(text).strip().rstrip(".:").strip()):
        if not piece.strip():
            continue
        value = _piece(piece.strip(), codes)
        if value is None:
            return ()
        if value not in found:
            found.append(value)
    return tuple(found)


def _piece(piece: str, codes: Sequence[str]) -> str | None:
    if unquote(piece) in codes:
        return unquote(piece)
    for lead in ("either ", "or ", "and ", "only ", "just "):
        piece = piece.removeprefix(lead)
    value = unquote(piece)
    if value in codes:
        return value
    return value if is_value(value) else None


def head(text: str, codes: Sequence[str] = ()) -> str | None:
    """Return the value that a bullet starts with (`VALUE - text`, `VALUE : text`), or None."""
    text = _BROKEN.sub("", text, count=1) if _BROKEN.match(text) else text
    for code in codes[:1]:
        if text.lstrip(_QUOTES).startswith(code) and is_value(code):
            return code
    cut = _HEAD_END.search(text)
    value = unquote(text[: cut.start()] if cut else text)
    return value if is_value(value) else None


def broken_head(text: str) -> str | None:
    """Return the value of a bullet whose markup is broken (`/listitem> * 10 - High …`), or None."""
    mark = _BROKEN.match(text)
    return head(text) if mark and _HEAD_END.search(text, mark.end()) else None


def heads(items: Iterable[Prose]) -> tuple[str, ...]:
    """Return the values the bullets start with, or nothing if one does not start with a value."""
    found: list[str] = []
    for item in items:
        value = head(item.text, item.codes)
        if value is None:
            return ()
        if value not in found:
            found.append(value)
    return tuple(found)

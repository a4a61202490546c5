"""Text from strangers, made safe to look at: nothing invisible, nothing endless.

What a target sends is evidence and must be shown as it is; yet a control character can drive a
terminal, a bidirectional override can make a line read backwards, and some code points are not
allowed in XML at all. So every such character is replaced by its name, `‹U+202E›`, which no
terminal, browser or parser acts upon. Escaping for HTML, XML or Markdown comes after, in the
renderer that needs it.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_LAYOUT: Final = frozenset("\n\t")


def visible(text: str) -> str:
    """Return the text with every invisible or dangerous character replaced by `‹U+XXXX›`.

    Line feeds and tabs stay; CR LF becomes a line feed, because it is how HTTP ends lines.
    """
    if text.isprintable():
        return text
    return "".join(map(_shown, text.replace("\r\n", "\n")))


def one_line(text: str, limit: int = 300) -> str:
    """Return the text on one line of at most about `limit` characters, fit for a table cell."""
    shown = visible(text[: limit + 1]).replace("\n", " ⏎ ").replace("\t", " ")
    return shown if len(text) <= limit else f"{shown[:limit]}…"


def bounded(text: str, limit: int) -> str:
    """Return at most `limit` characters of the text, and say how many were left out."""
    if len(text) <= limit:
        return visible(text)
    return f"{visible(text[:limit])}\n… {len(text) - limit:,} more characters"


def _shown(char: str) -> str:
    if char in _LAYOUT or not (unicodedata.category(char) in _INVISIBLE or _noncharacter(char)):
        return char
    return f"‹U+{ord(char):04X}›"


def _noncharacter(char: str) -> bool:
    """Tell whether Unicode reserves the code point for no character ever (23.7 Noncharacters)."""
    code = ord(char)
    return (code & 0xFFFE) == 0xFFFE or 0xFDD0 <= code <= 0xFDEF

"""Inline markup of reStructuredText, as botocore writes it, to plain text.

``code``, `text <url>`__, :role:`text <target>`, *emphasis* and **strong**. Backslashes stay, but
for the `\\:` that botocore writes into link texts: an unmarked regular expression in a sentence
would lose its meaning otherwise. One pass from left to right; what does not close stays as it is.
"""

from __future__ import annotations

import re
from typing import Final

_START: Final = re.compile(r"``|(?::[a-z]{1,20}){1,2}:`|`|\*\*|\*")
_SPACE: Final = " \t\n"


def plain_text(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text without markup, its white space folded, and its literal parts."""
    if "`" not in text and "*" not in text:
        return " ".join(text.split()), ()
    out: list[str] = []
    codes: list[str] = []
    _strip(text, out, codes)
    return " ".join("".join(out).split()), tuple(codes)


def _strip(text: str, out: list[str], codes: list[str]) -> None:
    at = 0
    exhausted: set[str] = set()
    while match := _START.search(text, at):
        start, mark = match.start(), match.group()
        out.append(text[at:start])
        closer = "`" if mark.endswith(":`") else mark
        end = -1 if closer in exhausted else _closing(text, closer, match.end(), start)
        if end < 0:
            if end == -2:
                exhausted.add(closer)
            out.append(mark)
            at = match.end()
            continue
        at = end + len(closer)
        inner = text[match.end() : end]
        if closer == "``":
            codes.append(" ".join(inner.split()))
            out.append(inner)
        elif closer == "`":
            at += _underscores(text, at)
            out.append(_reference(inner, role=mark != "`"))
        else:
            out.append(plain_text(inner)[0] if closer == "**" else inner)
    out.append(text[at:])


def _closing(text: str, closer: str, at: int, start: int) -> int:
    """Return where the markup closes; -1 if nothing starts here, -2 if nothing closes any more."""
    if at >= len(text) or (text[at] in _SPACE and closer != "`"):
        return -1
    if closer in ("*", "**") and start and text[start - 1].isalnum():
        return -1
    end = text.find(closer, at)
    if end < 0:
        return -2
    if end == at or (closer in ("*", "**") and text[end - 1] in _SPACE):
        return -1
    return end


def _underscores(text: str, at: int) -> int:
    return 2 if text.startswith("__", at) else int(text.startswith("_", at))


def _reference(inner: str, *, role: bool) -> str:
    """Return the text of a link or a role, without target, without a class's leading dot."""
    title, angle, target = inner.rpartition("<")
    if angle and target.endswith(">"):
        inner = title.rstrip() or target[:-1]
    return inner.lstrip(".~") if role else inner.replace("\\:", ":")

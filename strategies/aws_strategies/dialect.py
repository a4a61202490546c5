"""Patterns as AWS's models write them, in the words of Python's `re`.

The models' patterns are Java's, Smithy's and ECMAScript's. Python reads nearly all of them; what it
lacks is put in its own words here: classes of Unicode (`\\p{L}`), `\\z`, pairs of surrogates, a `-`
behind a class. What is left (classes within classes, …) cannot be read, and is not tested.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby

_LAST = 0x1FFFF
"""Classes of Unicode reach to here: no sample has a letter beyond, and tables stay small."""

_TOKEN = re.compile(
    r"\\(?P<side>[pP])(?:\{(?P<name>[A-Za-z_]{1,20})\}|(?P<one>[A-Z]))(?P<dash>-(?!\]))?"
    r"|\\u(?P<high>[dD][89abAB][0-9A-Fa-f]{2})\\u(?P<low>[dD][c-fC-F][0-9A-Fa-f]{2})"
    r"|\\x\{(?P<hex>[0-9A-Fa-f]{1,6})\}"
    r"|(?P<end>\\z)"
    r"|(?P<range>\\[wsd]-(?!\]))"
    r"|(?P<other>\\.|.)",
    re.DOTALL,
)


def translated(pattern: str, *, last: int = _LAST) -> str:
    """Return the pattern as Python writes it; classes of Unicode reach to the code point `last`.

    A pattern that Python reads as it is comes back as it is. Raises `re.error` for what cannot be
    put in Python's words.
    """
    try:
        re.compile(pattern)
        return pattern
    except re.error:
        return _Scribe(last).write(pattern)


class _Scribe:
    """Writes one pattern down, token by token."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.inside = False

    def write(self, pattern: str) -> str:
        return "".join(self._token(found) for found in _TOKEN.finditer(pattern))

    def _token(self, found: re.Match[str]) -> str:
        name = found.lastgroup or ""
        if found["side"]:
            return self._class(found)
        write = _WRITE.get(name)
        if write is not None:
            return write(found)
        if name == "range":
            return found["range"].replace("-", "\\-") if self.inside else found["range"]
        return self._other(found["other"])

    def _other(self, text: str) -> str:
        if self.inside and text == "[":
            raise re.error("a class within a class is read differently everywhere")
        if self.inside and text in "&|~":
            return f"\\{text}"
        if text in "[]":
            self.inside = text == "["
        return text

    def _class(self, found: re.Match[str]) -> str:
        ranges = unicode_class(found["name"] or found["one"], found["side"] == "P", self.last)
        dash = found["dash"] or ""
        return f"{ranges}{dash and chr(92) + dash}" if self.inside else f"[{ranges}]{dash}"


_WRITE: Mapping[str, Callable[[re.Match[str]], str]] = {
    "low": lambda found: f"\\U{_paired(found['high'], found['low']):08x}",
    "hex": lambda found: f"\\U{int(found['hex'], 16):08x}",
    "end": lambda found: "\\Z",
}


def _paired(high: str, low: str) -> int:
    """Return the code point of a pair of surrogates in UTF-16."""
    return 0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00)


# ---------------------------------------------------------------- classes of Unicode

_POSIX: Mapping[str, str] = {
    "Alpha": "A-Za-z", "Digit": "0-9", "Alnum": "A-Za-z0-9", "Upper": "A-Z", "Lower": "a-z",
    "Punct": "!-/:-@\\[-`{-~", "Graph": "!-~", "Print": " -~", "Blank": " \\t",
    "XDigit": "0-9A-Fa-f", "Cntrl": "\\x00-\\x1f\\x7f", "Space": " \\t-\\r", "ASCII": "\\x00-\\x7f",
}  # fmt: skip
"""Java's POSIX classes, which are those of US-ASCII."""


_JOINED: Mapping[str, tuple[str, ...]] = {"LD": ("L", "Nd")}
"""Java's classes of several categories."""


@lru_cache(maxsize=256)
def unicode_class(name: str, outside: bool, last: int) -> str:
    """Return what stands within brackets for `\\p{name}` (`\\P{name}` with `outside`).

    Raises `re.error` for a class that is not known.
    """
    if name in _POSIX and not outside:
        return _POSIX[name]
    if name in _POSIX or re.fullmatch(r"LD|[LMNPSZC][a-z]?", name) is None:
        raise re.error(f"no class of characters {name}")
    kinds = _JOINED.get(name, (name,))
    codes = (
        code
        for code in range(last + 1)
        if unicodedata.category(chr(code)).startswith(kinds) is not outside
    )
    return "".join(_range(run) for run in _runs(codes))


def _runs(codes: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of each run of codes that follow one another."""
    for _, run in groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0]):
        numbers = [code for _, code in run]
        yield numbers[0], numbers[-1]


def _range(run: tuple[int, int]) -> str:
    first, last = (f"\\U{code:08x}" for code in run)
    return first if first == last else f"{first}-{last}"

"""Patterns of AWS's models compiled as they were meant: they are Java's as often as ECMAScript's.

Python reads most of them. What it does not read is spelled out, character by character: classes of
Unicode and of POSIX, Java's `\\z`, code points in braces and as pairs of surrogates, and a hyphen
behind a class. What is still not understood (classes in classes, a flag halfway) is not enforced.
"""

from __future__ import annotations

import re
import string
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from itertools import pairwise

Range = tuple[int, int]
_END = sys.maxunicode + 1


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """Return the pattern compiled, None for one that is not understood."""
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        pass  # not in Python's own spelling
    try:
        return re.compile(_spelled(pattern))
    except (re.error, ValueError, IndexError, OverflowError, RecursionError):
        return None


# ---------------------------------------------------------------- classes of characters


@cache
def _categories() -> Mapping[str, list[Range]]:
    """Map each general category of Unicode to the ranges of its code points."""
    found: dict[str, list[Range]] = {}
    start, current = 0, unicodedata.category("\0")
    for code in range(1, _END + 1):
        kind = unicodedata.category(chr(code)) if code < _END else ""
        if kind != current:
            found.setdefault(current, []).append((start, code - 1))
            start, current = code, kind
    return found


def _of(*prefixes: str) -> list[Range]:
    kinds = [ranges for kind, ranges in _categories().items() if kind.startswith(prefixes)]
    return sorted(one for ranges in kinds for one in ranges)


def _these(characters: Iterable[str]) -> list[Range]:
    return [(ord(char), ord(char)) for char in sorted(characters)]


_NAMED: Mapping[str, Callable[[], list[Range]]] = {
    "ASCII": lambda: [(0, 0x7F)],
    "all": lambda: [(0, _END - 1)],
    "Alnum": lambda: _these(string.ascii_letters + string.digits),
    "Alpha": lambda: _these(string.ascii_letters),
    "Blank": lambda: _these(" \t"),
    "Cntrl": lambda: [(0, 0x1F), (0x7F, 0x7F)],
    "Digit": lambda: _these(string.digits),
    "Graph": lambda: [(0x21, 0x7E)],
    "IsAlphabetic": lambda: _of("L", "Nl"),
    "IsWhitespace": lambda: _these(filter(str.isspace, map(chr, range(0x3001)))),
    "LD": lambda: _of("L", "Nd"),
    "Lower": lambda: _these(string.ascii_lowercase),
    "Print": lambda: [(0x20, 0x7E)],
    "Punct": lambda: _these(string.punctuation),
    "Space": lambda: _these(string.whitespace),
    "Upper": lambda: _these(string.ascii_uppercase),
    "XDigit": lambda: _these(string.hexdigits),
}
"""The names that Java gives to classes beside Unicode's categories."""


@cache
def _members(name: str, inverted: bool) -> str:
    """Return what stands between brackets for a class. Raises `ValueError` for an unknown name."""
    short = name.removeprefix("Is")
    ranges = _NAMED[name]() if name in _NAMED else _of(short) if len(short) <= 2 else []
    if not ranges:
        raise ValueError(f"no class {name!r}")
    if inverted:
        edges = [(-1, -1), *ranges, (_END, _END)]
        gaps = ((left[1] + 1, right[0] - 1) for left, right in pairwise(edges))
        ranges = [(low, high) for low, high in gaps if low <= high]
    return "".join(f"{_code(low)}-{_code(high)}" for low, high in ranges)


def _code(point: int) -> str:
    return f"\\U{point:08x}"


# ---------------------------------------------------------------- spelling out

_UNICODE = re.compile(r"\\([pP])(?:\{([A-Za-z]{1,30})\}|([A-Z]))")
_BRACED = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")
_PAIR = re.compile(r"\\u([dD][89abAB][0-9A-Fa-f]{2})\\u([dD][c-fC-F][0-9A-Fa-f]{2})")


def _spelled(pattern: str) -> str:
    """Return the pattern in Python's spelling; what needs none stays as it stands.

    Raises `ValueError` for Java's intersection of classes, which Python has not.
    """
    if "&&" in pattern:
        raise ValueError("an intersection of classes")
    out: list[str] = []
    at, inside = 0, False
    while at < len(pattern):
        text, end, many = _token(pattern, at, inside)
        if pattern[at] in "[]":
            inside = pattern[at] == "["
        if inside and many and pattern[end : end + 1] == "-":
            text, end = f"{text}\\-", end + 1
        out.append(text)
        at = end
    return "".join(out)


def _token(pattern: str, at: int, inside: bool) -> tuple[str, int, bool]:
    """Return one token spelled out, where it ends, and whether it stands for many characters."""
    if inside and pattern[at] in "[|~&":
        return f"\\{pattern[at]}", at + 1, False  # Python warns of them there
    if pattern[at] != "\\":
        return pattern[at], at + 1, False
    if found := _UNICODE.match(pattern, at):
        members = _members(found[2] or found[3], found[1] == "P")
        return (members if inside else f"[{members}]"), found.end(), True
    if found := _BRACED.match(pattern, at):
        return _code(int(found[1], 16)), found.end(), False
    if found := _PAIR.match(pattern, at):
        high, low = int(found[1], 16), int(found[2], 16)
        return _code(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00), found.end(), False
    escape = pattern[at : at + 2]
    return (r"\Z" if escape == r"\z" else escape), at + 2, escape[1:] in {"w", "s", "d"}

"""What can be told of a regular expression without running it: its widths, and a text it matches.

A small reader of the part of regular expressions that AWS's models use: literals, classes, groups,
alternatives, quantifiers, anchors. Anything else (look-around, back references) makes it give up,
which is an answer too. Patterns are matched against whole values, so anchors have no width.
"""

from __future__ import annotations

import re

from aws_specs.spec import Value

_LONGEST_SAMPLE = 4096
_CLASS_CHARS = "aA0-_. /:@+=,~!*#$%&'()?;<>[]^`{|}\"\\\t\né"
_QUANTIFIER = re.compile(r"\{([0-9]{1,9})(,?)([0-9]{0,9})\}")


class Facts(Value, frozen=True):
    """The least and the greatest length a match can have (None: no bound), and one match."""

    least: int
    most: int | None
    sample: str


def facts(pattern: str) -> Facts | None:
    """Return what is known of a pattern, or None for one that cannot be read.

    The sample is sure: it has been matched. The widths are those of the pattern alone.
    """
    try:
        compiled = re.compile(pattern)
        found, rest = _alternatives(pattern, 0)
    except (re.error, ValueError, RecursionError, IndexError):
        return None
    if rest != len(pattern) or compiled.fullmatch(found.sample) is None:
        return None
    return found


def _alternatives(text: str, at: int) -> tuple[Facts, int]:
    found: list[Facts] = []
    while True:
        one, at = _sequence(text, at)
        found.append(one)
        if at >= len(text) or text[at] != "|":
            break
        at += 1
    most = None if any(f.most is None for f in found) else max(f.most or 0 for f in found)
    best = next((f for f in found if f.sample), found[0])
    return Facts(least=min(f.least for f in found), most=most, sample=best.sample), at


def _sequence(text: str, at: int) -> tuple[Facts, int]:
    least, most, sample = 0, 0, ""
    unbounded = False
    while at < len(text) and text[at] not in "|)":
        atom, at = _atom(text, at)
        one, at = _repeated(atom, text, at)
        least += one.least
        unbounded = unbounded or one.most is None
        most += one.most or 0
        sample += one.sample
        if len(sample) > _LONGEST_SAMPLE:
            raise ValueError("too long a sample")
    return Facts(least=least, most=None if unbounded else most, sample=sample), at


def _atom(text: str, at: int) -> tuple[Facts, int]:
    char = text[at]
    if char in "^$":
        return Facts(0, 0, ""), at + 1
    if char == "(":
        return _group(text, at)
    if char == "[":
        return _class(text, at)
    if char == "\\":
        return _escape(text, at)
    if char in "*+?":
        raise ValueError("a quantifier without an atom")
    return Facts(1, 1, "a" if char == "." else char), at + 1


def _group(text: str, at: int) -> tuple[Facts, int]:
    at += 1
    if text.startswith("?:", at):
        at += 2
    elif text.startswith("?P<", at):
        at = text.index(">", at) + 1
    elif text.startswith("?", at):
        raise ValueError("a group of a kind that is not read")
    inner, at = _alternatives(text, at)
    if text[at] != ")":
        raise ValueError("a group without an end")
    return inner, at + 1


def _class(text: str, at: int) -> tuple[Facts, int]:
    end = at + 1
    if text.startswith("^", end):
        end += 1
    if text.startswith("]", end):
        end += 1
    while text[end] != "]":
        end += 2 if text[end] == "\\" else 1
    compiled = re.compile(text[at : end + 1])
    return Facts(1, 1, _member(compiled)), end + 1


def _escape(text: str, at: int) -> tuple[Facts, int]:
    following = text[at + 1]
    if following in "AZbB":
        return Facts(0, 0, ""), at + 2
    if following.isdigit():
        raise ValueError("a back reference")
    width = {"x": 4, "u": 6, "U": 10}.get(following, 2)
    compiled = re.compile(text[at : at + width])
    return Facts(1, 1, _member(compiled)), at + width


def _member(compiled: re.Pattern[str]) -> str:
    """Return a character that the class matches; plain ones are tried first."""
    for char in _CLASS_CHARS:
        if compiled.fullmatch(char):
            return char
    for code in range(1, 0x3000):
        if compiled.fullmatch(chr(code)):
            return chr(code)
    raise ValueError("a class without a plain member")


def _repeated(atom: Facts, text: str, at: int) -> tuple[Facts, int]:
    low, high, at = _counts(text, at)
    if at < len(text) and text[at] in "?+" and (low, high) != (1, 1):
        at += 1
    most = None if high is None or atom.most is None else atom.most * high
    if high is None and atom.most == 0:
        most = 0
    count = low if low or high == 0 else min(1, high or 1)
    return Facts(least=atom.least * low, most=most, sample=atom.sample * count), at


def _counts(text: str, at: int) -> tuple[int, int | None, int]:
    char = text[at : at + 1]
    if char == "*":
        return 0, None, at + 1
    if char == "+":
        return 1, None, at + 1
    if char == "?":
        return 0, 1, at + 1
    counted = _QUANTIFIER.match(text, at)
    if counted is None:
        return 1, 1, at
    low = int(counted[1])
    high = (int(counted[3]) if counted[3] else None) if counted[2] else low
    return low, high, counted.end()

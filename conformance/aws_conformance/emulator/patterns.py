"""What can be told of a regular expression without running it: its widths, and a text it matches.

A small reader of the part of regular expressions that AWS's models use: literals, classes, groups,
alternatives, quantifiers, anchors. Anything else (look-around, back references) makes it give up,
which is an answer too. Patterns are matched against whole values, so anchors have no width.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aws_conformance.emulator.dialects import compiled
from aws_specs.spec import Value

_LONGEST_SAMPLE = 4096
_CLASS_CHARS = "aA0-_. /:@+=,~!*#$%&'()?;<>[]^`{|}\"\\\t\né"
_QUANTIFIER = re.compile(r"\{([0-9]{1,9})(,?)([0-9]{0,9})\}")


class Facts(Value, frozen=True):
    """The least and the greatest length a match can have (None: no bound), and one match."""

    least: int
    most: int | None
    sample: str


def samples(pattern: str) -> Iterator[str]:
    """Yield texts that match the pattern, the shortest first; nothing if it cannot be read."""
    for fill in (0, 1, 4, 16, 40, 64, 256):
        known = facts(pattern, fill)
        if known is not None:
            yield known.sample


def facts(pattern: str, fill: int = 1) -> Facts | None:
    """Return what is known of a pattern, or None for one that cannot be read.

    The sample is sure: it has been matched. It repeats what may be repeated `fill` times where that
    is allowed. The widths are those of the pattern alone.
    """
    try:
        found, rest = _Reader(pattern, fill).alternatives(0)
    except (ValueError, RecursionError, IndexError):
        return None
    known = compiled(pattern)
    if rest != len(pattern) or known is None or known.fullmatch(found.sample) is None:
        return None
    return found


class _Reader:
    """Reads one pattern by descent; every method returns what it read and where it stopped."""

    def __init__(self, text: str, fill: int) -> None:
        self.text = text
        self.fill = fill

    def alternatives(self, at: int) -> tuple[Facts, int]:
        found: list[Facts] = []
        while True:
            one, at = self.sequence(at)
            found.append(one)
            if at >= len(self.text) or self.text[at] != "|":
                break
            at += 1
        most = None if any(f.most is None for f in found) else max(f.most or 0 for f in found)
        best = next((f for f in found if f.sample), found[0])
        return Facts(least=min(f.least for f in found), most=most, sample=best.sample), at

    def sequence(self, at: int) -> tuple[Facts, int]:
        least, most, sample = 0, 0, ""
        unbounded = False
        while at < len(self.text) and self.text[at] not in "|)":
            atom, at = self.atom(at)
            one, at = self.repeated(atom, at)
            least += one.least
            unbounded = unbounded or one.most is None
            most += one.most or 0
            sample += one.sample
            if len(sample) > _LONGEST_SAMPLE:
                raise ValueError("too long a sample")
        return Facts(least=least, most=None if unbounded else most, sample=sample), at

    def atom(self, at: int) -> tuple[Facts, int]:
        char = self.text[at]
        if char in "^$":
            return Facts(0, 0, ""), at + 1
        if char == "(":
            return self.group(at)
        if char == "[":
            return self.character_class(at)
        if char == "\\":
            return self.escape(at)
        if char in "*+?":
            raise ValueError("a quantifier without an atom")
        return Facts(1, 1, "a" if char == "." else char), at + 1

    def group(self, at: int) -> tuple[Facts, int]:
        at += 1
        if self.text.startswith("?:", at):
            at += 2
        elif self.text.startswith("?P<", at):
            at = self.text.index(">", at) + 1
        elif self.text.startswith("?", at):
            raise ValueError("a group of a kind that is not read")
        inner, at = self.alternatives(at)
        if self.text[at] != ")":
            raise ValueError("a group without an end")
        return inner, at + 1

    def character_class(self, at: int) -> tuple[Facts, int]:
        end = at + 1
        if self.text.startswith("^", end):
            end += 1
        if self.text.startswith("]", end):
            end += 1
        while self.text[end] != "]":
            end += 2 if self.text[end] == "\\" else 1
        return Facts(1, 1, _member(self.text[at : end + 1])), end + 1

    def escape(self, at: int) -> tuple[Facts, int]:
        following = self.text[at + 1]
        if following in "AZzbB":
            return Facts(0, 0, ""), at + 2
        if following.isdigit():
            raise ValueError("a back reference")
        width = {"x": 4, "u": 6, "U": 10}.get(following, 2)
        if following in "pP" and self.text[at + 2 : at + 3] == "{":
            width = self.text.index("}", at) - at + 1
        return Facts(1, 1, _member(self.text[at : at + width])), at + width

    def repeated(self, atom: Facts, at: int) -> tuple[Facts, int]:
        low, high, at = self.counts(at)
        if at < len(self.text) and self.text[at] in "?+" and (low, high) != (1, 1):
            at += 1
        most = None if high is None or atom.most is None else atom.most * high
        if high is None and atom.most == 0:
            most = 0
        count = max(low, self.fill if high is None else min(self.fill, high))
        if count * len(atom.sample) > _LONGEST_SAMPLE:
            raise ValueError("too long a sample")
        return Facts(least=atom.least * low, most=most, sample=atom.sample * count), at

    def counts(self, at: int) -> tuple[int, int | None, int]:
        char = self.text[at : at + 1]
        if char == "*":
            return 0, None, at + 1
        if char == "+":
            return 1, None, at + 1
        if char == "?":
            return 0, 1, at + 1
        counted = _QUANTIFIER.match(self.text, at)
        if counted is None:
            return 1, 1, at
        low = int(counted[1])
        high = (int(counted[3]) if counted[3] else None) if counted[2] else low
        return low, high, counted.end()


def _member(text: str) -> str:
    """Return a character that the class matches; plain ones are tried first."""
    known = compiled(text)
    if known is None:
        raise ValueError("a class that is not understood")
    for char in _CLASS_CHARS:
        if known.fullmatch(char):
            return char
    for code in range(1, 0x3000):
        if known.fullmatch(chr(code)):
            return chr(code)
    raise ValueError("a class without a plain member")

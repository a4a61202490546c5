"""A pattern as a tree: how long its texts can be, and one of exactly a given length.

Built from the tree that Python's own reader of regular expressions makes (`re._parser`, which
Hypothesis builds on too). What has no width (anchors, look-around) is left out, back references
make a pattern unreadable: a text made here is a proposal, to be matched before it is used. No
search and no backtracking: a length is shared out among the parts of a pattern.
"""

# re._parser has no types.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

import re
import re._constants as names  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from aws_specs.spec import Value
from aws_strategies.dialect import translated

ENDLESS = 1 << 32
"""How long a text without a bound is said to be at most."""

_LETTERS = (
    "a0A-_. /:xe1bcdfghijklmnopqrstuvwyz23456789BCDEFGHIJKLMNOPQRSTUVWXYZ@+=,~!*#$%&'()?;<>[]"
)
_OTHERS = '^`{|}"\\\t\n\réßΩ日本😀'

FILLS = 4
"""In how many ways the letters of a class are chosen: other ones where the first do not fit."""

_MOST_PARTS = 1 << 18


class One(Value, frozen=True):
    """One character, out of some that fit, the most usual first."""

    letters: str
    least: int = 1
    most: int = 1


class Many(Value, frozen=True):
    """A part several times over, `low` to `high` times."""

    part: Node
    low: int
    high: int
    least: int
    most: int


class Row(Value, frozen=True):
    """Parts one behind the other."""

    parts: tuple[Node, ...]
    least: int
    most: int


class Either(Value, frozen=True):
    """One of several."""

    options: tuple[Node, ...]
    least: int
    most: int


Node = One | Many | Row | Either


class UnreadableError(Exception):
    """The pattern has something whose texts cannot be measured."""


@lru_cache(maxsize=4096)
def read(pattern: str) -> Node | None:
    """Return the tree of a pattern, None for one that cannot be read."""
    try:
        return _row(parser.parse(translated(pattern)))
    except (re.error, UnreadableError, RecursionError, OverflowError):
        return None


def widths(pattern: str) -> tuple[int, int] | None:
    """Return the least and the greatest length of a pattern's texts; None where it is not known.

    Look-around may narrow it further.
    """
    tree = read(pattern)
    return None if tree is None else (tree.least, tree.most)


def proposals(pattern: str, length: int) -> Iterator[str]:
    """Yield texts of exactly `length` characters that look like the pattern.

    None that would take too long to match: of a pattern that backtracks only short ones.
    """
    tree = read(pattern)
    if tree is None or not tree.least <= length <= tree.most:
        return
    if length > _SHORT and backtracks(pattern):
        return
    for fill in range(FILLS):
        text = _make(tree, length, fill)
        if text is not None:
            yield text


@lru_cache(maxsize=4096)
def forbidden(pattern: str) -> str:
    """Return the visible ASCII letters that a pattern names as forbidden: `[^:*]` → ":*"."""
    try:
        tree = parser.parse(translated(pattern))
    except (re.error, RecursionError, OverflowError):
        return ""
    return "".join(dict.fromkeys(chr(code) for code in _forbidden(tree) if 0x20 < code < 0x7F))


def _forbidden(items: Any) -> Iterator[int]:
    for op, value in items:
        if op is names.IN and value[0][0] is names.NEGATE:
            yield from (code for kind, code in value[1:] if kind is names.LITERAL)
        elif op is names.NOT_LITERAL:
            yield value
        elif op in (names.MAX_REPEAT, names.MIN_REPEAT):
            yield from _forbidden(value[2])
        elif op is names.SUBPATTERN:
            yield from _forbidden(value[3])
        elif op is names.BRANCH:
            yield from (code for branch in value[1] for code in _forbidden(branch))


_SHORT = 100


@lru_cache(maxsize=4096)
def backtracks(pattern: str) -> bool:
    """Return whether matching may take exponential time: something is repeated without end whose
    parts can be told apart in more than one way, as in `(.[a-z]{2,4})+`.
    """
    tree = read(pattern)
    return tree is not None and any(_ambiguous(node) for node in _nodes(tree))


def _ambiguous(node: Node) -> bool:
    """Return whether a part that is repeated stretches over what its other parts may be, too."""
    if not isinstance(node, Many) or node.high <= _OFTEN or node.part.least == node.part.most:
        return False
    elastic = [n for n in _nodes(node.part) if isinstance(n, Many) and n.low != n.high]
    for stretch in elastic:
        own = {id(n) for n in _nodes(stretch)}
        others = [n for n in _nodes(node.part) if isinstance(n, One) and id(n) not in own]
        letters = {c for n in _nodes(stretch) if isinstance(n, One) for c in n.letters}
        if not others or any(letters & set(other.letters) for other in others):
            return True
    return False


_OFTEN = 8


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    match node:
        case One():
            return
        case Many(part=part):
            yield from _nodes(part)
        case Row(parts=parts) | Either(options=parts):
            for part in parts:
                yield from _nodes(part)


# ---------------------------------------------------------------- reading


def _row(items: Any) -> Row:
    parts = tuple(node for item in items if (node := _node(*item)) is not None)
    return Row(
        parts=parts,
        least=min(ENDLESS, sum(part.least for part in parts)),
        most=min(ENDLESS, sum(part.most for part in parts)),
    )


def _node(op: Any, value: Any) -> Node | None:
    """Return the node of one item of Python's tree, None for one without width."""
    if op in (names.AT, names.ASSERT, names.ASSERT_NOT):
        return None
    read_one = _READ.get(op)
    if read_one is None:
        raise UnreadableError(str(op))
    return read_one(value)


def _one(letters: Iterator[str]) -> One:
    found = "".join(dict.fromkeys(letters))
    if not found:
        raise UnreadableError("no letter that is used here fits")
    return One(letters=found)


def _class(items: Any) -> One:
    outside = bool(items) and items[0][0] is names.NEGATE
    tests = [_TEST[op](value) for op, value in (items[1:] if outside else items)]
    usual = (c for c in _LETTERS + _OTHERS if any(test(ord(c)) for test in tests) is not outside)
    rare = () if outside else (value for op, value in items if op is names.RANGE)
    firsts = (chr(low) for low, _ in rare if not 0xD800 <= low < 0xE000)
    singles = () if outside else (chr(value) for op, value in items if op is names.LITERAL)
    return _one(chain(usual, singles, firsts))


def _category(value: Any) -> Callable[[int], bool]:
    regex = re.compile(_CATEGORIES[value])
    return lambda code: regex.fullmatch(chr(code)) is not None


_CATEGORIES: Mapping[Any, str] = {
    names.CATEGORY_DIGIT: r"\d",
    names.CATEGORY_NOT_DIGIT: r"\D",
    names.CATEGORY_SPACE: r"\s",
    names.CATEGORY_NOT_SPACE: r"\S",
    names.CATEGORY_WORD: r"\w",
    names.CATEGORY_NOT_WORD: r"\W",
}

_TEST: Mapping[Any, Callable[[Any], Callable[[int], bool]]] = {
    names.LITERAL: lambda value: lambda code: code == value,
    names.RANGE: lambda value: lambda code: value[0] <= code <= value[1],
    names.CATEGORY: _category,
}


def _many(value: Any) -> Many:
    low, high, items = value
    part = _row(items)
    high = ENDLESS if high == names.MAXREPEAT else int(high)
    inner: Node = part.parts[0] if len(part.parts) == 1 else part
    return Many(
        part=inner,
        low=low,
        high=high,
        least=min(ENDLESS, low * inner.least),
        most=min(ENDLESS, high * inner.most),
    )


def _either(value: Any) -> Either:
    options = tuple(_row(items) for items in value[1])
    return Either(
        options=options,
        least=min(option.least for option in options),
        most=max(option.most for option in options),
    )


_READ: Mapping[Any, Callable[[Any], Node]] = {
    names.LITERAL: lambda value: One(letters=chr(value)),
    names.NOT_LITERAL: lambda value: _one(c for c in _LETTERS if ord(c) != value),
    names.ANY: lambda value: One(letters=_LETTERS),
    names.IN: _class,
    names.BRANCH: _either,
    names.SUBPATTERN: lambda value: _row(value[3]),
    names.ATOMIC_GROUP: lambda value: _row(value),
    names.MAX_REPEAT: _many,
    names.MIN_REPEAT: _many,
    names.POSSESSIVE_REPEAT: _many,
}


# ---------------------------------------------------------------- making


def _make(node: Node, length: int, fill: int) -> str | None:
    """Return a text of exactly `length` characters, None where the shares do not add up."""
    match node:
        case One():
            return node.letters[fill % len(node.letters)] if length == 1 else None
        case Row():
            return _make_row(node, length, fill)
        case Many():
            return _make_many(node, length, fill)
        case Either():
            fitting = (o for o in node.options if o.least <= length <= o.most)
            made = (_make(option, length, fill) for option in fitting)
            return next((text for text in made if text is not None), None)


def _make_row(node: Row, length: int, fill: int) -> str | None:
    """Give every part its least length and the rest to the last ones, or to the first ones."""
    for backward in (True, False):
        shares = _shares(node.parts, length, backward)
        if shares is not None:
            texts = [_make(p, n, fill) for p, n in zip(node.parts, shares, strict=True)]
            if None not in texts:
                return "".join(text for text in texts if text is not None)
    return None


def _shares(parts: Sequence[Node], length: int, backward: bool) -> list[int] | None:
    left = length - sum(part.least for part in parts)
    shares = [part.least for part in parts]
    order = range(len(parts))
    for at in reversed(order) if backward else order:
        shares[at] = _reach(parts[at], parts[at].least + left)
        left -= shares[at] - parts[at].least
    return shares if left == 0 else None


def _reach(node: Node, room: int) -> int:
    """Return the greatest length a node can have within `room`, which its least length is."""
    match node:
        case One():
            return 1
        case Row():
            left = room - node.least
            for part in node.parts:
                left -= _reach(part, part.least + left) - part.least
            return room - left
        case Many(part=part) if part.least == part.most:
            count = min(node.high, room // part.least) if part.least else node.low
            return count * part.least
        case Many(part=part):
            count = min(node.high, room // part.least) if part.least else node.high
            return min(room, count * part.most)
        case Either():
            return max(_reach(o, min(room, o.most)) for o in node.options if o.least <= room)


def _make_many(node: Many, length: int, fill: int) -> str | None:
    part = node.part
    if isinstance(part, One):
        letter = part.letters[fill % len(part.letters)]
        return letter * length if node.low <= length <= node.high else None
    if length == 0:
        return "" if node.low == 0 or part.least == 0 else None
    fewest = max(node.low, -(-length // part.most) if part.most else 0, 1)
    if fewest > min(node.high, _MOST_PARTS) or fewest * part.least > length:
        return None
    texts: list[str] = []
    for number in range(fewest):
        share = _reach(part, length - (fewest - number - 1) * part.least)
        text = _make(part, share, fill)
        if text is None:
            return None
        texts.append(text)
        length -= share
    return "".join(texts) if length == 0 else None

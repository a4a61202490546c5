"""Blocks of prose, cut into sentences.

Documentation is full of dots that end nothing: `e.g.`, `v1.2`, `data.pinpoint`, `*.json`, URLs. A
sentence ends at `.`, `!` or `?` that is followed by white space, unless the word before is an
abbreviation or the dot stands inside parentheses. One pass over the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from aws_specs.page import Prose
from aws_specs.prose._types import Sentence

_ABBREVIATIONS = frozenset(
    [
        "e.g.",
        "i.e.",
        "eg.",
        "ie.",
        "etc.",
        "vs.",
        "inc.",
        "approx.",
        "max.",
        "min.",
        "st.",
        "dr.",
        "mr.",
        "ms.",
        "u.s.",
        "u.k.",
        "a.k.a.",
        "ex.",
        "cf.",
        "al.",
        "fig.",
        "dept.",
        "corp.",
        "ltd.",
        "jr.",
        "sr.",
        "incl.",
        "resp.",
    ]
)
_MARKS = re.compile(r"[.!?()\[\]{}]")
_LEADERS = "([\"'“‘"
_TRAILERS = "\"'”’)]»"
_LONGEST = 2000
"""From this length on every dot ends a sentence, also inside an unbalanced parenthesis."""


def split(text: str) -> Iterator[str]:
    """Yield the sentences of a block of plain text, each stripped, in order."""
    start = depth = 0
    for mark in _MARKS.finditer(text):
        at, char = mark.start(), mark.group()
        if at < start:
            continue
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth = max(0, depth - 1)
        elif (end := _end(text, start, at, depth)) is not None:
            if sentence := text[start:end].strip():
                yield sentence
            start, depth = end, 0
    if rest := text[start:].strip():
        yield rest


def _end(text: str, start: int, at: int, depth: int) -> int | None:
    """Return where the sentence ends whose last mark stands at `at`, or None if it goes on."""
    end = at + 1
    while end < len(text) and text[end] in _TRAILERS:
        end += 1
    if end >= len(text) or at - start > _LONGEST:
        return end
    if not text[end].isspace() or (depth and end == at + 1):
        return None
    word = text[max(text.rfind(" ", start, at), start - 1) + 1 : at + 1].lstrip(_LEADERS).lower()
    if word not in _ABBREVIATIONS:
        return end
    following = text[end : end + 40].lstrip()[:1]
    return end if word == "etc." and following.isupper() else None


def without_parentheses(text: str) -> str:
    """Return the text without what stands in round brackets, brackets included."""
    kept: list[str] = []
    depth = 0
    for char in text:
        if char == "(":
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        elif not depth:
            kept.append(char)
    bare = "".join(kept) if depth == 0 else text
    return " ".join(bare.split())


def low(text: str) -> str:
    """Return the text in lower case with plain apostrophes: what families search for words.

    It is as long as the text, so that a place found in one is the same place in the other.
    """
    plain = text.replace("’", "'").replace("\u00a0", " ")
    lowered = plain.lower()
    if len(lowered) == len(plain):
        return lowered
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in plain)


_MOST = 1000
"""So many blocks and sentences of one member are read; the longest of AWS has some 300."""


def sentences(blocks: Sequence[Prose]) -> tuple[Sentence, ...]:
    """Return the sentences of the blocks; the last one of a block carries the bullets below it."""
    found: list[Sentence] = []
    for number, block in enumerate(blocks[:_MOST]):
        texts = tuple(islice(split(block.text), _MOST - len(found)))
        for place, text in enumerate(texts):
            last = place == len(texts) - 1
            bare = without_parentheses(text)
            found.append(
                Sentence(
                    text=text,
                    bare=bare,
                    low=low(bare),
                    line=block.line,
                    kind=block.kind,
                    block=number,
                    index=len(found),
                    codes=tuple(code for code in block.codes if code in text),
                    items=tuple(_items_below(blocks, number)) if last else (),
                )
            )
    return tuple(found)


def _items_below(blocks: Sequence[Prose], number: int) -> Iterator[Prose]:
    """Yield the bullets of one level that follow a block at once; a remark may stand among them."""
    if _is_remark(blocks[number]):
        return
    above = blocks[number].depth if blocks[number].kind == "item" else 0
    level = 0
    for block in blocks[number + 1 :]:
        if block.kind != "item":
            if level and _is_remark(block):
                continue
            if block.depth <= above:
                return
            continue
        if block.depth <= above:
            return
        level = level or block.depth
        if block.depth < level:
            return
        if block.depth == level:
            yield block


def _is_remark(block: Prose) -> bool:
    """Whether a block is a note or a warning that leads nothing in."""
    return block.kind not in ("item", "paragraph") and not block.text.rstrip().endswith(":")

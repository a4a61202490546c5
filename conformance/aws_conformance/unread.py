"""What a page demands in words that no rule states: a request may break it unawares.

A valid request keeps all rules that were read. A page may restrict a member in a sentence of which
no rule was made ("the ARN must end with `:*`", "you can only set the description if …"), or in one
that is too doubtful to test. A target that refuses such a member may be right: the refusal says
nothing. Only a request that has nothing of the kind and is refused shows a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from typing import Final

from aws_specs.paths import join, occurrences, parent
from aws_specs.prose import split
from aws_specs.spec import Json, List, Map, Member, Operation, PageSource, Rule, Shape, Structure

_DEMANDS: Final = re.compile(
    r"\bmust (?!exist|already)|\b(?:is|are) (?:only|not) (?:supported|valid|allowed|permitted)\b"
    r"|\bcan only\b|\bonly contain|\bonly (?:if|when)\b|\byou can only\b"
    r"|(?:\b(?:can't|cannot|can not|must not|may not)|(?<!you )\b(?:do not|don't))"
    r" (?:also )?(?:include|specify|provide|contain|combine|use both|set)\b"
    r"|\bin the following formats?\b|\bone of the following formats?\b"
)
"""What demands something of a value, or of what goes with it."""

_TOGETHER: Final = re.compile(r"^\(?(?:required|mandatory)\b[ ,].{0,12}\b(?:if|when|for|unless)\b")
"""What demands a member where another one is given: the other one cannot be told."""

_LETTERS: Final = re.compile(r"\bASCII\b")
"""What restricts the characters of a text beside its length."""

_BINDING: Final = frozenset({"pattern", "format", "exclusive", "conditional", "unsupported"})
_CHARACTERS: Final = frozenset({"pattern", "format", "enum"})
_MOST: Final = 200
"""Sentences of a member that are read; longer texts are guides."""


def demanding(operation: Operation, confidence: float) -> frozenset[str]:
    """Return the paths of input members of which more is demanded than the tested rules state."""
    if operation.page is None:
        return frozenset()
    rules = [rule for rule in operation.rules if rule.side == "input"]
    sure = [rule for rule in rules if rule.checkable and rule.sure >= confidence]
    read = {said for rule in sure for said in _said(rule)}
    lettered = {rule.member for rule in sure if rule.kind in _CHARACTERS}
    found = {rule.member for rule in rules if rule.kind == "pattern" and rule not in sure}
    enums = {rule.member: rule.values for rule in sure if rule.kind == "enum"}
    for path, member in _members(operation.input, ""):
        found.update(_demanded(path, member, read, path in lettered, enums.get(path)))
    return frozenset(found - {""})


def sends_more(params: Json, control: Json, about: Set[str], paths: frozenset[str]) -> bool:
    """Tell whether a request is about one of the paths, or has one that the control has not.

    `about` are the members whose rules the request is a witness of. Another value alone says
    nothing: names and tokens are others in every request.
    """
    return any(
        path in about or (_occurs(params, path) and not _occurs(control, path)) for path in paths
    )


def _occurs(params: Json, path: str) -> bool:
    return next(occurrences(params, path), None) is not None


def _demanded(
    path: str, member: Member, read: set[str], lettered: bool, enum: tuple[Json, ...] | None
) -> Iterator[str]:
    for block in member.documentation.split("\n\n"):
        for number, text in enumerate(split(block)):
            if number >= _MOST:
                return
            if _LETTERS.search(text) and not lettered:
                yield path
            if text in read:
                continue
            plain = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
            if _DEMANDS.search(plain) and (enum is None or _names_one(plain, enum)):
                yield path
            if _TOGETHER.search(text.lower()):
                yield parent(path) or path


def _names_one(text: str, enum: tuple[Json, ...]) -> bool:
    """Whether a sentence in lower case names a value of an enumeration and may be about it."""
    return any(str(value).lower() in text for values in enum for value in values)


def _said(rule: Rule) -> Iterator[str]:
    for source in (statement.source for statement in rule.statements):
        if isinstance(source, PageSource):
            yield source.sentence


def _members(shape: Shape, path: str) -> Iterator[tuple[str, Member]]:
    match shape:
        case Structure():
            for member in shape.members:
                at = join(path, member.name)
                yield at, member
                yield from _members(member.shape, at)
        case List():
            yield from _members(shape.item, join(path, "[]"))
        case Map():
            yield from _members(shape.value, join(path, "{}"))
        case _:
            return

"""What a page demands in words that no rule states: a request may break it unawares.

A valid request keeps all rules that were read. A page may restrict a member in a sentence of which
no rule was made ("the ARN must end with `:*`", "you can only set the description if …"), or in one
that is too doubtful to test. A target that refuses such a member may be right: the refusal says
nothing. Only a request that has nothing of the kind and is refused shows a fault.

A sentence excuses no more than it can be about: one that names values of an enumeration excuses
these, one that lists allowed characters excuses no text of plain letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from typing import Final

from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import get, join, occurrences, parent
from aws_specs.prose import split
from aws_specs.spec import (
    Json,
    List,
    Map,
    Member,
    Operation,
    PageSource,
    Rule,
    Shape,
    Structure,
    Value,
)


class Demand(Value, frozen=True):
    """A member of which more is demanded than the tested rules state.

    `values` are the values of its enumeration that the sentence is about, None where it is about
    any; `letters`: it is about characters that no plain text has.
    """

    path: str
    values: frozenset[str] | None = None
    letters: bool = False


_DEMANDS: Final = re.compile(
    r"\bmust (?!exist|already)|\b(?:is|are) (?:only|not) (?:supported|valid|allowed|permitted)\b"
    r"|\bcan only\b|\bonly contain|\bcontain only|\bvalid characters\b|\bonly (?:if|when)\b"
    r"|(?:\b(?:can't|cannot|can not|must not|may not)|(?<!you )\b(?:do not|don't))"
    r" (?:also )?(?:include|specify|provide|contain|combine|use both|set)\b"
    r"|\bin the following formats?\b|\bone of the following formats?\b"
)
"""What demands something of a value, or of what goes with it."""

_ELSEWHERE: Final = re.compile(
    r"\bif (?:users?|callers?|clients?|a user) (?:do not|don't|does not|doesn't) [^,.;]{0,80}"
    r"|\bmust (?:also )?avoid\b|\bmust be (?:globally )?(?:unique|different (?:from|than))\b"
    r"|\bnames must be unique\b|\bmust have (?:the )?(?:[\w:-]{1,60} )?permissions?\b"
    r"|\bthat (?:an?|the|amazon [\w ]{1,20}|aws|route 53) [\w -]{1,60}? must\b"
)
"""What demands something of others: who uses the result, who may call, what is counted or known."""

_TOGETHER: Final = re.compile(r"^\(?(?:required|mandatory)\b[ ,].{0,12}\b(?:if|when|for|unless)\b")
"""What demands a member where another one is given: the other one cannot be told."""

_ASCII: Final = re.compile(r"\bASCII\b")
"""What restricts the characters of a text beside its length."""

_CHARACTERS: Final = re.compile(
    r"(?:only contain|contain only|consists? (?:only )?of|valid characters|at least one"
    r" non-whitespace)"
)
_PLAIN_ALLOWED: Final = re.compile(r"\b(?:letters|alphanumeric|ascii|a-z|non-whitespace)\b")
_MORE_CHARACTERS: Final = re.compile(
    r"\b(?:uppercase|upper-case|capital|start|begin|end|at least (?!one non-whitespace)|exactly)\b"
)
_PLAIN: Final = re.compile(r"[a-z][a-z0-9]*")
"""A text that every list of allowed letters allows."""

_OWN_WORDS: Final = re.compile(r"\b(?:this|it)\b")
_KINDS_OF_CHARACTERS: Final = frozenset({"pattern", "format", "enum"})
_BETWEEN: Final = frozenset({"conditional", "exclusive"})
_MOST: Final = 200
"""Sentences of a member that are read; longer texts are guides."""


def demanding(operation: Operation, confidence: float) -> frozenset[Demand]:
    """Return the input members of which more is demanded than the tested rules state."""
    if operation.page is None:
        return frozenset()
    rules = [rule for rule in operation.rules if rule.side == "input"]
    sure = [rule for rule in rules if rule.checkable and rule.sure >= confidence]
    # A valid request keeps doubtful rules, too: what lies between members cannot be broken.
    kept = [rule for rule in rules if rule.checkable and rule.kind in _BETWEEN]
    read = {said for rule in (*sure, *kept) for said in _said(rule)}
    lettered = {rule.member for rule in sure if rule.kind in _KINDS_OF_CHARACTERS}
    unsure = [rule for rule in rules if rule.kind == "pattern" and rule not in sure]
    found = {Demand(rule.member) for rule in unsure}
    enums = {rule.member: rule.values for rule in sure if rule.kind == "enum"}
    for path, member in _members(operation.input, ""):
        found.update(_demanded(path, member, read, path in lettered, enums.get(path)))
    return frozenset(one for one in found if one.path)


def sends_more(params: Json, control: Json, about: Set[str], demands: Iterable[Demand]) -> bool:
    """Tell whether a request has something that a demand is about, and that the control has not.

    `about` are the members whose rules the request is a witness of. Another value alone says
    nothing: names and tokens are others in every request.
    """
    return any(
        (one.path in about or (_occurs(params, one.path) and not _occurs(control, one.path)))
        and _concerns(one, params)
        for one in demands
    )


def _concerns(demand: Demand, params: Json) -> bool:
    """Whether a demand can be about the values that stand at its member."""
    values = [get(params, at) for at in occurrences(params, demand.path)]
    if demand.values is not None and values:
        return any(str(value) in demand.values for value in values)
    if demand.letters and values:
        return not all(_PLAIN.fullmatch(text) for value in values for text in _texts(value))
    return True


def _texts(value: Json) -> Iterator[str]:
    """Yield the texts of a value, the keys of maps left out."""
    if isinstance(value, str):
        yield value
    elif is_list(value):
        for item in value:
            yield from _texts(item)
    elif is_object(value):
        for item in value.values():
            yield from _texts(item)


def _occurs(params: Json, path: str) -> bool:
    return next(occurrences(params, path), None) is not None


def _demanded(
    path: str, member: Member, read: set[str], lettered: bool, enum: tuple[Json, ...] | None
) -> Iterator[Demand]:
    for block in member.documentation.split("\n\n"):
        for number, text in enumerate(split(block)):
            if number >= _MOST:
                return
            if _ASCII.search(text) and not lettered:
                yield Demand(path, letters=True)
            if text in read:
                continue
            low = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
            plain = _ELSEWHERE.sub("", low)
            if _DEMANDS.search(plain):
                yield from _about(path, member, plain, enum)
            if _TOGETHER.search(low):
                yield Demand(parent(path) or path)


def _about(path: str, member: Member, text: str, enum: tuple[Json, ...] | None) -> Iterator[Demand]:
    """Yield what a sentence in lower case that demands something is about."""
    if enum is not None:
        own = member.name.lower() in text.replace(" ", "") or _OWN_WORDS.search(text)
        named = frozenset(str(v) for values in enum for v in values if _names(text, str(v)))
        if named:
            yield Demand(path, values=named)
        elif own:
            yield Demand(path)
        return
    characters = _CHARACTERS.search(text) and _PLAIN_ALLOWED.search(text)
    yield Demand(path, letters=bool(characters) and not _MORE_CHARACTERS.search(text))


def _names(text: str, value: str) -> bool:
    """Whether a text in lower case names a value, as a word of its own."""
    return re.search(rf"(?<![\w.-]){re.escape(value.lower())}(?![\w-])", text) is not None


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

"""Lists of members and conditions in a sentence: "`A`, `B`, or the `C` parameter", "`Type` is `X`".

All or nothing, as with values: a list of which one piece is no member that can be seen gives no
members at all, because half a list is a wrong rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from aws_specs.page import PageMember
from aws_specs.prose._types import Context, Sentence
from aws_specs.prose._values import inline, unquote
from aws_specs.spec import Json

_KINDS: Final = (
    "parameter", "field", "member", "property", "value", "option", "element", "attribute",
    "setting", "flag", "key", "object", "structure", "argument", "header",
)  # fmt: skip
_NOUN = (
    r"(?:request )?(?:parameter|field|member|propert|value|option|element|attribute|setting|flag"
    r"|key|object|structure|argument|header)(?:s|y|ies)?"
)
_LEAD = re.compile(
    r"^(?:(?:also|either|both|the|an?|any|values?|of|for|parameters?|fields?|propert(?:y|ies)"
    r"|your|specify|following) )*"
)
_TRAIL = re.compile(rf" {_NOUN}(?: either| as well| too)?$")
_JOINED = re.compile(r"\s*,\s*(?:(?:or|and|nor)\s+)?|\s+(?:or|and|nor|and/or)\s+")
_VALUED: Final = frozenset(["it", "this", "this value", "this option", "this setting", "this key"])
"""What may speak of one value of a member rather than of the member."""
_SELF: Final = frozenset(
    [*_VALUED, *(f"this {kind}" for kind in _KINDS), "a value", "any value", "a value here"]
)
_GIVEN = r"(?:specified|provided|set|present|included|given|defined|supplied|used|passed|in use)"
_GIVE = r"(?:specify|use|set|include|provide|supply|define|pass|enter|configure|choose|select|give)"
_SET = re.compile(
    rf"^you (?:also )?(?:{_GIVE}|have|are using)(?: an?y? values?)?(?: for)?"
    r" (?P<members>.{1,120}?)"
    r"(?: in (?:your|the|a) request)?$"
)
_USING = re.compile(r"^(?:using|specifying|providing|setting) (?P<members>.{1,120})$")
_IS_SET = re.compile(
    rf"^(?P<members>.{{1,120}}?) (?:is|are) (?:also )?(?:already )?{_GIVEN}(?: as well)?$"
)
_IS = re.compile(
    r"^(?P<name>.{1,60}?) (?:is|are|equals|has the value|has a value of)(?P<not> not|n't)?"
    r"(?: (?:set|equal|configured|specified)(?: equal)? (?:to|as))?(?: either)?"
    r"(?: the value)? (?P<values>\S.{0,120})$"
)
_YOU_SET = re.compile(
    rf"^you (?:{_GIVE}) (?P<name>.{{1,60}}?) (?:to|as|equal to) (?P<values>\S.{{0,120}})$"
)
_YOU_SPECIFY = re.compile(
    r"^you (?:specify|set|choose|use|select) (?:an? value (?:for|of) )?(?P<first>.{1,100}?)"
    r" (?:for|of|as) (?:the value of )?(?P<second>.{1,100})$"
)


class Named(NamedTuple):
    """The members a phrase lists and the word that joins them: "and", "or", "" for one."""

    paths: tuple[str, ...]
    joint: str


def members(text: str, sentence: Sentence, context: Context) -> Named | None:
    """Return the members a phrase lists, or None where a piece of it is no member."""
    text = text.strip().strip(".,;:").strip()
    joint = next((word for word in ("or", "nor", "and") if f" {word} " in f" {text} "), "")
    found: list[str] = []
    for piece in _JOINED.split(text):
        path = _member(piece, sentence, context)
        if path is None:
            return None
        if path not in found:
            found.append(path)
    if len(found) > 1 and not joint:
        return None
    return Named(tuple(found), "and" if joint == "and" else "or" if joint else "")


def _member(piece: str, sentence: Sentence, context: Context) -> str | None:
    plain = piece.strip().lower()
    if plain in _SELF:
        vague = plain in _VALUED and (sentence.kind == "item" or bool(context.enum))
        return context.path if context.member is not None and not vague else None
    bare = _LEAD.sub("", piece.strip())
    word = unquote(_TRAIL.sub("", bare))
    known = context.named(word) if re.fullmatch(r"\w{1,80}", word) else None
    if known is None:
        return context.path if piece.lower().startswith("the ") and _is_own(bare, context) else None
    sure = word in sentence.codes or word[0].isupper() or any(c.isupper() for c in word[1:])
    return known[0] if sure or "_" in word or word != bare else None


def _is_own(words: str, context: Context) -> bool:
    """Whether words end the member's own name: the description, of versionDescription."""
    if context.member is None or not re.fullmatch(r"[a-z]{4,40}(?: [a-z]{2,40}){0,3}", words):
        return False
    parts = [part.lower() for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", context.name)]
    said = words.split(" ")
    return parts[-len(said) :] == said


def condition(text: str, sentence: Sentence, context: Context) -> list[Json]:
    """Return a condition on members as JSON, one for each member of which any suffices.

    Empty where the phrase is no condition on members that can be seen, and on enumerated or boolean
    values of theirs.
    """
    text = text.strip().rstrip(".,").removeprefix("that ").strip()
    for form in (_IS_SET, _SET, _USING):
        match = form.match(text)
        named = members(match["members"], sentence, context) if match else None
        if named is not None and not _negative(text):
            together = named.joint == "and" and len(named.paths) > 1
            return [] if together else [{"member": path, "present": True} for path in named.paths]
    valued = _valued(text, sentence, context)
    return [valued] if valued is not None else []


def _negative(text: str) -> bool:
    low = f" {text.lower()} "
    return " not " in low or "n't " in low or " no " in low


def _valued(text: str, sentence: Sentence, context: Context) -> Json | None:
    """Return a condition on the value of a member: "`Type` is `A` or `B`", "is not `C`"."""
    for form in (_YOU_SET, _IS):
        if match := form.match(text):
            denied = bool(match.groupdict().get("not"))
            return _holds(match["name"], match["values"], denied, sentence, context)
    if match := _YOU_SPECIFY.match(text):
        forth = _holds(match["second"], match["first"], False, sentence, context)
        return forth or _holds(match["first"], match["second"], False, sentence, context)
    return None


def _holds(
    name: str, values: str, denied: bool, sentence: Sentence, context: Context
) -> Json | None:
    values = re.sub(r"^(?:the value |a value of |either |set to )", "", values.strip())
    values = re.sub(r" (?:type|mode|value|option)s?$", "", values)
    found = _holder(name, sentence, context)
    if found is None or found[0] == context.path:
        return None
    path, member = found
    said = _values(values, member, sentence)
    if not said or (denied and len(said) == len(_all(member))):
        return None
    kept: Sequence[Json] = [v for v in _all(member) if v not in said] if denied else said
    return {"member": path, "in": list(kept)}


def _all(member: PageMember) -> tuple[Json, ...]:
    return (True, False) if member.type == "boolean" else member.enum


def _values(words: str, member: PageMember, sentence: Sentence) -> list[Json]:
    if member.type == "boolean":
        word = unquote(words).lower()
        return [word == "true"] if word in ("true", "false") else []
    said = inline(words, sentence.codes)
    return list(said) if said and all(value in member.enum for value in said) else []


def _holder(name: str, sentence: Sentence, context: Context) -> tuple[str, PageMember] | None:
    """Return the member of a condition: named as it is, or in words that are its name.

    "your log level" is `level`: what the last words say, without spaces and in any case.
    """
    bare = unquote(_TRAIL.sub("", _LEAD.sub("", name.strip())))
    if re.fullmatch(r"\w{1,80}", bare) and (known := context.named(bare)):
        return known
    words = [word.lower() for word in re.findall(r"\w+", bare)]
    if not words or len(words) > 5 or " ".join(words) != bare.lower():
        return None
    for start in range(len(words)):
        said = "".join(words[start:])
        found = [one for one in context.visible() if one[1].step.lower() == said]
        if found:
            return found[0]
    return None

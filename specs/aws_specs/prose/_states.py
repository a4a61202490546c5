"""Statements that one answer cannot show: defaults, what must exist, uniqueness, advice, tokens.

They are kept with their sentence and the reason why they are not checked, because a reader of a
report asks "what about …?", and because a value that must exist is one the user has to bind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aws_specs.prose._numbers import number
from aws_specs.prose._types import Context, Draft, Sentence, draft
from aws_specs.prose._values import broken_head, head, is_loud, is_value, unquote
from aws_specs.spec import Json

_UNSEEN: Final = "what happens when the member is left out does not show in the answer"
_DEFAULT = re.compile(
    r"\b(?:[Tt]he )?[Dd]efaults?(?: value| setting| behavior)?(?: and [\w ]{1,40}?)?"
    r"(?: for (?:this|the) [\w ]{1,40}?)?(?:,? (?:is|are|to)| ?[:=])(?: set to)?(?: the "
    r"(?:maximum )?value,? ?(?:which is|of)?)?"
    r" (?P<value>[^;]{1,120})"
)
_MISSING = re.compile(
    r"^[Ii]f (?:you (?:don['’]t|do not) (?:specify|provide|include|set|supply|use"
    r"|enter)\b[^,]{0,80}"
    r"|(?:a|the|this|no) [\w ]{1,40}(?:isn['’]t|is not|are not|is) (?:provided|specified"
    r"|set|supplied|included))"
    r"(?:,| then) ?(?:then )?(?P<then>.{3,200})"
)
_IS_DEFAULT: Final = ("this is the default", "(default)", "this is the default value")
_EXISTS: Final = (
    ("must match", re.compile(r"\bmust (?:match|be|reference|refer to|specify|identify) "
    r"(?P<what>[^.;]{0,60}?\bexisting [^.;]{1,80})")),
    ("must exist", re.compile(r"\bmust (?:already )?exist\b(?P<what>)")),
    ("one of your", re.compile(r"\b(?:should|must) be (?P<what>one of (?:the|your) [^;]{1,120})")),
    ("one of your", re.compile(r"\bdefined by (?P<what>the [\w ]{1,60} of one of your"
    r" [^;]{1,80})")),
    ("verified", re.compile(r"(?P<what>\bverified (?:e-?mail address|identity|domain"
    r"|email)\b[^.;]{0,40})")),
    ("reside", re.compile(r"\b(?:file|image|sound) must (?P<what>reside in [^;]{1,60})")),
    ("tokens", re.compile(r"(?P<what>registration tokens must match)\b")),
    ("issued", re.compile(r"^(?:The|A|An) [\w ()-]{1,60} (?P<what>(?:issued by|received"
    r" from|that you provided to) [^;]{1,80})")),
    ("generated", re.compile(r"\bshould be (?P<what>the [\w ]{0,40}ID that was"
    r" [^;]{1,160})", re.I)),
    ("populate", re.compile(r"^[Pp]opulate the (?P<member>\w{1,60}) value [\w ]{0,40}as "
    r"(?P<what>\w{1,60})")),
    ("elsewhere", re.compile(r"^[Ff]or a list of (?P<what>supported [\w ,-]{1,80}?), see "
    r"(?:the )?[^;]{1,100}")),
)  # fmt: skip
_UNIQUE = re.compile(
    r"\b(?:must|has to|have to|needs to|should) be (?P<what>(?:globally )?unique\b[^.;]{0,100})"
)
_IMMUTABLE = re.compile(
    r"\b(?:can(?:'t|not)|can not|is not able to) be (?:changed|modified|updated|edited)(?:"
    r" after| once| later)?"
    r"|\bis immutable\b|\bcan(?:'t|not) (?:change|modify|rename) (?:it|the \w+|this \w+) "
    r"(?:after|once)"
    r"|\bis the same throughout\b"
)
_RECOMMENDED = re.compile(
    r"\b(?P<who>we|\w+)(?: strongly| highly)? recommends?\b (?P<what>.{3,300})", re.I
)
_RECOMMENDED_FORMATS: Final = (
    ("e.164", "e.164"),
    ("iso 8601", "date-time"),
    ("uuid", "uuid"),
    ("html format", "html"),
    ("plain text format", "text"),
)


def defaults(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the default a sentence names, as a value where it is one, else in words."""
    if context.member is None:
        return
    if any(sentence.low.startswith(words) for words in _IS_DEFAULT):
        yield from _default_bullet(sentence, context)
        return
    match = _DEFAULT.search(sentence.bare)
    if match is not None and sentence.low.count("default"):
        value = _literal(match["value"], sentence, context)
        if value is not None:
            yield _default("default", value, sentence, context)
        elif match["value"].startswith("the "):
            yield _default("default-words", match["value"].rstrip("."), sentence, context)


def _default(family: str, value: Json, sentence: Sentence, context: Context) -> Draft:
    return draft(family, sentence, context, "default", value, reason=_UNSEEN)


def _default_bullet(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the bullet's own value: "OPEN_APP - Your app opens …. This is the default action."."""
    first = next(s for s in context.sentences if s.block == sentence.block)
    value = broken_head(first.text)
    if value is None and sentence.kind == "item":
        value = head(first.text, first.codes)
    if value is not None:
        yield _default("default", value, sentence, context)


def _literal(text: str, sentence: Sentence, context: Context) -> Json | None:
    word = unquote(text.split(" ", 1)[0].rstrip(",;:"))
    match context.type:
        case "integer" | "long" | "float" | "double":
            value = number(word)
            return None if isinstance(value, float) and context.type == "integer" else value
        case "boolean":
            return {"true": True, "false": False}.get(word.lower())
        case "string":
            rest = text.split(" ", 1)[1:] and text.split(" ", 1)[1].strip(" .")
            known = word in context.enum or word in sentence.codes or is_loud(word) or not rest
            return word if known and is_value(word) else None
        case _:
            return None


def left_out(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return what happens without the member, in words: "… uses the active version"."""
    match = _MISSING.match(sentence.bare)
    if match is None or context.member is None or _DEFAULT.search(match["then"]):
        return
    yield _default("default-words", match["then"].rstrip("."), sentence, context)


def exists(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return what a value refers to and must find there."""
    if context.member is None:
        return
    for name, pattern in _EXISTS:
        match = pattern.search(sentence.bare)
        if match is None:
            continue
        what = match["what"].strip().rstrip(".") or context.name
        reason = f"depends on whether this exists: {what}"
        if name == "elsewhere":
            reason = "the list of values stands in another document"
        member = context.path
        if name == "populate":
            found = context.named(match["member"])
            if found is None:
                return
            member = found[0]
        yield draft("exists", sentence, context, "exists", what, member=member, reason=reason)
        return


def unique(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return that a value must be unique, in the words of the sentence."""
    match = _UNIQUE.search(sentence.low)
    if match is None or context.member is None:
        return
    yield draft(
        "unique", sentence, context, "unique", match["what"].strip(),
        reason="depends on what already exists",
    )  # fmt: skip


def immutable(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return that a value cannot be changed later."""
    conditional = sentence.kind == "item" or sentence.low.startswith(("if ", "when ", "after "))
    if context.member is not None and not conditional and _IMMUTABLE.search(sentence.low):
        yield draft(
            "immutable", sentence, context, "immutable", True,
            reason="a later request would have to try to change it",
        )  # fmt: skip


def recommended(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return advice: a known format by its name, anything else in words."""
    match = _RECOMMENDED.search(sentence.bare)
    if match is None or context.member is None or "not recommend" in sentence.low:
        return
    what = next((name for word, name in _RECOMMENDED_FORMATS if word in sentence.low), None)
    value = what or match["what"].removeprefix("that ").rstrip(".")
    yield draft(
        "recommended", sentence, context, "recommended", value, reason="recommended, not required"
    )


def idempotency(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return that the member is the token that makes the request idempotent."""
    member = context.member
    if member is None or member.type != "string" or context.side != "input":
        return
    earlier = [s for s in context.sentences[: sentence.index] if _speaks_of_token(s)]
    if earlier or not _speaks_of_token(sentence):
        return
    populated = member.autopopulated or any(
        "sdk populates this field" in s.low or "autopopulated" in s.low for s in context.sentences
    )
    value: Json = {"token": context.path, "autopopulated": populated, "conflict": None}
    yield draft("idempotency", sentence, context, "idempotency", value)


def _speaks_of_token(sentence: Sentence) -> bool:
    low = sentence.low
    return (
        "idempoten" in low
        and not low.startswith(("for more", "see ", "use "))
        and any(
            word in low for word in ("token", "identifier", "ensure", "unique", "string", "key")
        )
    )

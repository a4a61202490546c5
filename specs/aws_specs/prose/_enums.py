"""Enumerations: "Valid values are A, B, or C", bullets below a lead-in, and lists without one.

Lists of examples ("such as", "including") are not enumerations. Where the syntax block prints
values of its own, a list that shares none of them speaks of something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from aws_specs.prose._sentences import low as lower
from aws_specs.prose._types import Context, Draft, Sentence, draft
from aws_specs.prose._values import broken_head, heads, inline, is_loud, is_value
from aws_specs.spec import Json

_NUMERIC: Final = ("integer", "float", "long", "double")
_LEAD = re.compile(
    r"\b(?:valid|possible|supported|allowed|allowable|accepted|acceptable|permitted|legal|available)"
    r" (?:\w+ ){0,3}?(?:values?|types?|options?|settings?|choices|modes?|strings)"
    r"(?: (?:for|of) (?:this|the|these|a|an)? ?(?:[\w.-]+ ){0,4}?)?"
    r"(?: (?:are|is|include only|must be)(?: (?:one of|either|as follows|the following|only))?"
    r"(?: (?:the following|of the following|these)(?: values?)?)?)? ?[:=]? ?"
)
_ONE_OF = re.compile(
    r"\b(?:(?:must|can|may|should) (?:only )?be (?:set to )?(?:one of|either)|is one of|one of|are one of)"
    r"(?: the)?(?: following| these)?(?: (?:values?|types?|options?|strings?|settings?))? ?[:=]? ?"
)
_FOLLOWING = re.compile(
    r"\b(?:the following|these)(?: (?:valid|possible|supported|allowed))?"
    r" (?:values|types|options|settings|modes)(?: (?:are|is))?"
    r"(?: (?:valid|possible|supported|allowed|available|accepted|permitted))? ?: ?$"
)
_EXAMPLES: Final = (
    "for example", "e.g", "such as", "including", "include ", "includes ", "like ", "etc", "among others",
    "and more", "examples", "i.e", "and so on",
)  # fmt: skip
_LAST_WORDS = re.compile(r"(?:,|:) (?P<values>[A-Z0-9_]{2,40},? or [A-Z0-9_]{2,40})\.?$")
_EQUIVALENT = re.compile(r"([\w-]{1,40}), for ([\w-]{1,40})")


def enumerations(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the values that follow a lead-in, in the sentence or as bullets below it."""
    if not _takes_values(context):
        return
    for lead in _leads(sentence):
        rest = sentence.bare[lead:].strip()
        if any(word in sentence.low for word in _EXAMPLES):
            return
        if rest.strip(" :."):
            yield from _inline(rest, sentence, context)
        elif sentence.items:
            values = heads(sentence.items)
            yield from _enum("enum-bullets", values, sentence, context)
        return


def _takes_values(context: Context) -> bool:
    return context.type in ("string", *_NUMERIC) or context.type == "list"


def _leads(sentence: Sentence) -> Iterator[int]:
    for pattern in (_LEAD, _ONE_OF, _FOLLOWING):
        for match in pattern.finditer(sentence.low):
            yield match.end()


def _inline(rest: str, sentence: Sentence, context: Context) -> Iterator[Draft]:
    rest = rest.strip(" :")
    values = inline(rest, sentence.codes)
    if len(values) == 1 and not (values[0] in sentence.codes or values[0] in context.enum):
        return
    yield from _enum("enum-inline", values, sentence, context)


def _enum(
    family: str, values: Sequence[str], sentence: Sentence, context: Context
) -> Iterator[Draft]:
    values = (*values, *_equivalents(values, context))
    if len(values) < 1 or (len(values) == 1 and not context.enum):
        return
    cap = 1.0
    if context.enum:
        cap = _agreement(values, context.enum)
    if cap == 0:
        return
    typed = _typed(values, context)
    if typed is None:
        return
    path = f"{context.path}[]" if context.type == "list" else context.path
    cap = min(cap, 0.7) if context.type in ("list", *_NUMERIC) else cap
    yield draft(family, sentence, context, "enum", typed, member=path, cap=cap)


def _agreement(values: Sequence[str], printed: Sequence[str]) -> float:
    """Return the cap that the syntax block's values leave: 0 where the two share nothing."""
    shared = set(values) & set(printed)
    if not shared:
        return 0
    return 1.0 if shared == set(printed) == set(values) else 0.7


def _typed(values: Sequence[str], context: Context) -> list[Json] | None:
    """Return the values as the member's type has them, or None where they do not fit it."""
    if context.type not in _NUMERIC:
        return list(dict.fromkeys(values))
    try:
        return [int(v) if context.type in ("integer", "long") else float(v) for v in values]
    except ValueError:
        return None


def _equivalents(values: Sequence[str], context: Context) -> tuple[str, ...]:
    """Return the values that the member takes as well and converts: "normal, for 5, and high, for 10"."""
    for sentence, following in zip(context.sentences, context.sentences[1:], strict=False):
        if "equivalent values" not in sentence.low or "accepts and converts" not in following.low:
            continue
        pairs = _EQUIVALENT.findall(sentence.text)
        if {known for _, known in pairs} == set(values):
            return tuple(other for other, _ in pairs)
    return ()


def broken_bullets(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the values of bullets whose markup is broken: `para>5 - Low`, `/listitem> * 10 - High`."""
    firsts = {s.block: s for s in reversed(context.sentences)}
    blocks = [(s, broken_head(s.text)) for _, s in sorted(firsts.items())]
    values = [value for _, value in blocks if value is not None]
    if len(values) < 2 or next(s for s, value in blocks if value) is not sentence:
        return
    yield from _enum("enum-broken-bullets", values, sentence, context)


def last_words(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the two values a sentence ends in: "… with APNs, CERTIFICATE or TOKEN."."""
    match = _LAST_WORDS.search(sentence.bare)
    if match is None or context.type != "string" or any(w in sentence.low for w in _EXAMPLES):
        return
    values = inline(match["values"])
    if len(values) == 2 and all(map(is_loud, values)):
        yield from _enum("enum-last-words", values, sentence, context)


def indicates(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the values that sentences explain one by one: "ALL indicates …. NONE indicates …."."""
    explained = [(s, value) for s in context.sentences if (value := _explained(s)) is not None]
    if len(explained) < 2 or explained[0][0] is not sentence or context.type != "string":
        return
    values = tuple(dict.fromkeys(value for _, value in explained))
    if len(values) > 1:
        yield from _enum("enum-indicates", values, sentence, context)


def _explained(sentence: Sentence) -> str | None:
    first, _, rest = sentence.text.partition(" ")
    first = first.strip("`\"'“”")
    if not lower(rest).startswith(("indicates ", "means ", "specifies that ")):
        return None
    known = is_loud(first) or first in sentence.codes
    return first if known and is_value(first) else None

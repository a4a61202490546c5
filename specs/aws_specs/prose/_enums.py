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
    r"\b(?:valid|possible|supported|allowed|allowable|accepted|acceptable|permitted|legal"
    r"|available)"
    r" (?:\w+ ){0,3}?(?:values?|types?|options?|settings?|choices|modes?|strings)"
    r"(?: (?:for|of|in)(?: [\w.-]+){1,6}?(?= (?:are|is|must)\b| ?[:=]))?"
    r"(?: (?:are|is|include only|must be)(?: (?:one of|either|as follows|the following|only))?"
    r"(?: (?:the following|of the following|these)(?: values?)?)?)? ?[:=]? ?"
)
_ONE_OF = re.compile(
    r"\b(?:(?:must|can|may|should) (?:only )?be (?:set to )?(?:one of|either)|(?:is|are)"
    r" one of|(?:^|[,:] )(?:either|one of))"
    r"(?: the)?(?: following| these)?(?: (?:values?|types?|options?|strings?|settings?))? ?[:=]? ?"
)
_FOLLOWING = re.compile(
    r"\b(?:the following|these)(?: (?:valid|possible|supported|allowed))?"
    r" (?:values|types|options|settings|modes)(?: (?:are|is))?"
    r"(?: (?:valid|possible|supported|allowed|available|accepted|permitted))? ?: ?$"
)
_INCLUDE = re.compile(
    r"\b(?:valid|possible|supported|allowed|accepted|available) (?:\w+ ){0,2}?"
    r"(?:values?|types?|options?|settings?|statuses|states) includes?(?: the following)?(?:"
    r" values)?"
)
_EXAMPLES: Final = (
    "for example", "e.g", "such as", "including", "include ", "includes ", "like ", "etc",
    "among others",
    "and more", "examples", "i.e", "and so on", "until", "changes",
)  # fmt: skip
_CHANGING: Final = ("if ", "until ", "change", "unless ", "current status", "only ")
_NAMED = re.compile(
    r"(?:[a-z](?:Ids?|ARNs?|Arns?|Identifiers?|Tokens?|Names?|Path|Directory|Ur[il])"
    r"|ARN|(?:^|_)(?:id|arn|name|path))$"
)
"""Members whose values name something: no sentence lists them all."""
_FORM = re.compile(r"\b(?:ARN|ID|URL|URI|UUID|DNS)\b")
_EQUIVALENT = re.compile(r"([\w-]{1,40}), for ([\w-]{1,40})")


def enumerations(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the values that follow a lead-in, in the sentence or as bullets below it."""
    if not _takes_values(context):
        return
    lead = next(_leads(sentence), None)
    if lead is None or any(word in sentence.low for word in _EXAMPLES):
        return
    cap = _before(sentence, lead, context)
    rest = sentence.bare[lead:].strip()
    if not cap:
        return
    if rest.strip(" :."):
        yield from _inline(rest, cap, sentence, context)
    elif sentence.items:
        yield from _enum("enum-bullets", heads(sentence.items), sentence, context, cap=cap)


def _before(sentence: Sentence, lead: int, context: Context) -> float:
    """Return the cap that the words before the list leave: 0 where they name another member."""
    words = re.findall(r"\w+", sentence.bare[:lead])
    own = context.name.lower()
    names = [word for word in words if any(c.isupper() for c in word[1:]) and not word.isupper()]
    if any(context.named(word) for word in names if word.lower() != own):
        return 0
    low = sentence.low[:lead]
    of_itself = bool(words) and len(words) > 1 and words[1].lower() == own
    conditional = low.startswith(("for ", "in ", "[", "if ", "when ")) and not of_itself
    parted = any(word in low for word in (" if ", " when ", " each "))
    return 0.6 if conditional or parted or _of_a_part(low, own) else 1.0


_PART = re.compile(
    r"^(?!this |values )(?P<subject>[a-z]{3,20})s (?:must|can|may|should) (?:only )?be (?:one of"
    r"|either)"
)


def _of_a_part(low: str, own: str) -> bool:
    """Whether a sentence is about parts of a value that its name does not say: "Days must be …"."""
    match = _PART.match(low)
    return match is not None and match["subject"] not in own


def _takes_values(context: Context) -> bool:
    return context.type in ("string", *_NUMERIC) or context.type == "list"


def _leads(sentence: Sentence) -> Iterator[int]:
    for pattern in (_LEAD, _ONE_OF, _FOLLOWING):
        for match in pattern.finditer(sentence.low):
            yield match.end()


def _inline(rest: str, cap: float, sentence: Sentence, context: Context) -> Iterator[Draft]:
    rest = rest.strip(" :")
    values = inline(rest, sentence.codes)
    if len(values) == 1 and not (values[0] in sentence.codes or values[0] in context.enum):
        return
    plain = "either " in sentence.low and not all(is_loud(v) or v in sentence.codes for v in values)
    yield from _enum("enum-inline", values, sentence, context, cap=0.6 if plain else cap)


def _enum(
    family: str, values: Sequence[str], sentence: Sentence, context: Context, cap: float = 1.0
) -> Iterator[Draft]:
    values = (*values, *_equivalents(values, context))
    if len(values) < 1 or (len(values) == 1 and not context.enum):
        return
    if not context.enum and context.name.lower().endswith("arn"):
        return  # what stands in it, or what it names
    if context.enum:
        cap = min(cap, _agreement(values, context.enum))
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
    """Return the values that the member converts: "normal, for 5, and high, for 10"."""
    for sentence, following in zip(context.sentences, context.sentences[1:], strict=False):
        if "equivalent values" not in sentence.low or "accepts and converts" not in following.low:
            continue
        pairs = _EQUIVALENT.findall(sentence.text)
        if {known for _, known in pairs} == set(values):
            return tuple(other for other, _ in pairs)
    return ()


def described(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the values of bullets that no lead-in announces, if every bullet explains one."""
    if context.type != "string" or any(True for _ in _leads(sentence)):
        return
    values = heads(sentence.items)
    known = all(
        is_loud(value) or value in item.codes
        for value, item in zip(values, sentence.items, strict=False)
    )
    if len(values) == len(sentence.items) > 1 and known:
        yield from _enum("enum-described", values, sentence, context)


def included(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the values of "valid values include …": perhaps not all, so only good examples."""
    match = _INCLUDE.search(sentence.low)
    if match is None or context.type != "string":
        return
    rest = sentence.bare[match.end() :].strip(" :.")
    values = inline(rest, sentence.codes) if rest else heads(sentence.items)
    if len(values) > 1:
        yield from _enum("enum-include", values, sentence, context)


def broken_bullets(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the values of bullets with broken markup: `para>5 - Low`, `/listitem> * 10 - High`."""
    if broken_head(sentence.text) is None:
        return
    firsts = {s.block: s for s in reversed(context.sentences)}
    blocks = [(s, broken_head(s.text)) for _, s in sorted(firsts.items())]
    values = [value for _, value in blocks if value is not None]
    if len(values) < 2 or next(s for s, value in blocks if value) is not sentence:
        return
    yield from _enum("enum-broken-bullets", values, sentence, context)


def last_words(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the values a sentence ends in: "… with APNs, CERTIFICATE or TOKEN."."""
    low = sentence.low
    if context.type != "string" or any(word in low for word in (*_EXAMPLES, *_CHANGING)):
        return
    if not context.enum and _speaks_of_others(sentence, context):
        return
    values = _trailing(sentence.text)
    if len(values) > 1 and not any(True for _ in _leads(sentence)):
        yield from _enum("enum-last-words", values, sentence, context)


def _speaks_of_others(sentence: Sentence, context: Context) -> bool:
    """Whether the loud words of a sentence are no values: forms, parts of a text, what it names."""
    whole = lower(sentence.text)
    return (
        _NAMED.search(context.name) is not None
        or _FORM.search(sentence.text) is not None
        or any(word in whole for word in ("for example", "e.g.", "comma", "signed", "${"))
    )


def _trailing(text: str) -> tuple[str, ...]:
    """Return the loud values at the end of a text that are set off by a comma, colon or bracket."""
    start, _, last = text.rstrip(" .)").rpartition(" or ")
    if not is_loud(last):
        return ()
    values = [last]
    start = start.rstrip(",")
    while start:
        rest, _, word = start.rpartition(" ")
        values.insert(0, word.lstrip("("))
        if not is_loud(values[0]):
            return ()
        if word.startswith("(") or rest.endswith(
            (":", " be", " either", " be either", " is either")
        ):
            return tuple(values)
        if not rest.endswith(","):
            return ()
        start = rest.rstrip(",")
        before = start.rpartition(" ")[2].lstrip("(")
        if not is_loud(before):
            return tuple(values)
    return ()


def indicates(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the values that sentences explain one by one: "ALL indicates …. NONE indicates …."."""
    if context.type != "string" or _explained(sentence) is None:
        return
    if any(_explained(earlier) for earlier in context.sentences[: sentence.index]):
        return
    explained = map(_explained, context.sentences)
    values = tuple(dict.fromkeys(value for value in explained if value is not None))
    if len(values) > 1:
        yield from _enum("enum-indicates", values, sentence, context)


def _explained(sentence: Sentence) -> str | None:
    first, _, rest = sentence.text.partition(" ")
    first = first.rstrip(":").strip("`\"'“”")
    if not lower(rest).startswith(("indicates ", "means ", "specifies that ")):
        return None
    known = is_loud(first) or first in sentence.codes
    return first if known and is_value(first) else None

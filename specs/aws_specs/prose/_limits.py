"""Limits: characters, bytes, items, and the span of a number, in every usual wording.

The type of the member decides what a limit can be: characters of a string, items of a list, the
value of an integer. A sentence that hedges (for example, by default, per account, if …) states no
limit or a weaker one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from aws_specs import paths
from aws_specs.page import PageMember
from aws_specs.prose._numbers import CALENDAR, SECONDS, Limit, limits_in, unit
from aws_specs.prose._sentences import low as lower
from aws_specs.prose._types import Context, Draft, Sentence, draft
from aws_specs.prose._values import head

_NUMERIC: Final = ("integer", "float", "long", "double")
_NAMED_ID = re.compile(r"\bfollowed by\b|\bprefix|\bsegment\b|\bsuffix\b|\bplus a\b|\bgenerated\b")
_WEAK: Final = (
    "example", "such as", "e.g.", "recommend", "typically", "usually", "should", "by default",
    "default value", "defaults to", "default max", "default min", "approximately", "about ",
    "quota", "account", "per region", "per hour", "per second", "per minute", "per day",
    "each month", "currently set", "might", "may take", "increase", "initial", "last ", "past ",
    "older", "truncat", "version ", "multiple of", "corresponds to", "difference", "sum of",
    "existing",
)  # fmt: skip
_CONDITIONS: Final = (
    "if ", "when ", "unless ", "except ", "otherwise", "depending", "for the ", "while ", "only ",
    "before ", "each of ",
)  # fmt: skip
_FOR = re.compile(r"^(?:for |in a |to |\[)|: for ")
_OR_ANOTHER = re.compile(r"^(?:\w+ )?,? ?or -?\d")
_SHARED: Final = (
    " per ",
    "each ",
    "for a resource",
    "to a resource",
    "to a single",
    "for every ",
    "at a time",
    " total",
)
_LEFT_OUT: Final = tuple(
    f"if you {no} {verb} "
    for no in ("don't", "do not")
    for verb in ("specify", "provide", "set", "include", "enter", "supply")
)
_TOTALS: Final = (
    "across all", "total size", "combined", "in total", "altogether", "total length", "the sum of",
)  # fmt: skip
_ITEMS: Final = frozenset(
    ["item", "items", "entry", "entries", "element", "elements", "value", "values", "object",
     "objects", "key-value", "pairs"]
)  # fmt: skip
_MOST = r"(?:only )?(?:up to|at most|a maximum of|no more than|as many as) "
_OF_THE_LIST = re.compile(
    r"\b(?:the|this|an?|your) (?:\w+ )?(?:list|array|set|map|collection)\b[^.;]{0,30}"
    rf"\b(?:contain|have|include|accept|support|hold|specify|take)s?\b {_MOST}"
    r"|^(?:specifies |contains |provides )?(?:an? |the )?(?:[a-z]+ )?"
    rf"(?:list|array|set|map|collection) of {_MOST}"
    rf"|\byou can [a-z]+ {_MOST}[^.;]{{1,40}} (?:in|to) (?:this|the) (?:list|array)\b"
    r"|^limited to (?:a )?size "
)
"""What counts the entries whatever they are called: "the list can contain up to 25 documents"."""
_UNIT_WORDS = r"(millisecond|second|minute|hour|day|week)s\b"
_MEMBER_UNIT = re.compile(rf"\b(?:in|number of|of) \(?{_UNIT_WORDS}|\({_UNIT_WORDS}\)")
_ANY_UNIT = re.compile(r",? in (milliseconds|seconds|minutes|hours|days)\b")


def limits(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the limits a sentence states of its member."""
    text, found = _limits_of(sentence)
    for limit in found:
        cap = _cap(limit, text, sentence, context)
        if cap:
            yield from _of_type(limit, cap, text, sentence, context)


def _limits_of(sentence: Sentence) -> tuple[str, list[Limit]]:
    """Return the text that was read and its limits: with parentheses, unless they split a span."""
    text = lower(sentence.text)
    found = list(limits_in(text))
    bare = list(limits_in(sentence.low)) if "(" in text else []
    if any(limit.form == "span" for limit in bare) and all(one.form != "span" for one in found):
        text, found = sentence.low, bare
    for place, limit in enumerate(found[:-1]):
        if limit.after.startswith(("and a max", "and max")):
            found[place] = msgspec.structs.replace(limit, after=found[place + 1].after)
    return text, found


def _cap(limit: Limit, text: str, sentence: Sentence, context: Context) -> float:
    """Return the highest confidence the wording leaves: 0 is no rule at all."""
    if text.startswith(("for example", "example")) or _NAMED_ID.search(text[: limit.end + 40]):
        return 0
    weak = [hint for hint in _WEAK if hint in text]
    default = all(hint in ("default value", "defaults to") for hint in weak)
    if weak and not (limit.named and default):
        return 0.4
    if limit.named and text.startswith(_LEFT_OUT):
        return 1.0
    conditional = _FOR.search(text) or any(
        text.startswith(word) or f" {word}" in text for word in _CONDITIONS
    )
    return 0.6 if conditional or _of_one_case(limit, sentence) else 1.0


def _of_one_case(limit: Limit, sentence: Sentence) -> bool:
    """Whether the limit holds for one value, or is one of several: "gp3: 1-5", "1-5, or 22"."""
    if sentence.kind == "item" and (not limit.named or head(sentence.text, sentence.codes)):
        return limit.form == "span" or bool(head(sentence.text, sentence.codes))
    return bool(_OR_ANOTHER.match(limit.after)) or limit.after.startswith("%")


def _of_type(
    limit: Limit, cap: float, text: str, sentence: Sentence, context: Context
) -> Iterator[Draft]:
    counted, scale = unit(limit.after)
    if not counted and limit.named and "length" in text[limit.start : limit.end]:
        counted = "characters"  # "Maximum length of 255."
    if counted == "bytes" and scale == 1 and context.type in _NUMERIC:
        counted = "" if "bytes" in context.name.lower() else "byte"  # the value is a size itself
    if counted in ("characters", "bytes") and any(hint in text for hint in _TOTALS):
        yield _total(limit, counted, scale, sentence, context)
    elif counted in ("characters", "bytes"):
        yield from _length(limit, counted, scale, cap, sentence, context)
    elif context.type in _NUMERIC:
        yield from _range(limit, counted, cap, sentence, context)
    elif counted not in SECONDS:
        yield from _items(limit, counted, cap, text, sentence, context)


def _bounds(limit: Limit, scale: int = 1) -> dict[str, int | float]:
    bounds: dict[str, int | float] = {}
    if limit.minimum is not None:
        bounds["min"] = limit.minimum * scale
    if limit.maximum is not None:
        bounds["max"] = limit.maximum * scale
    return bounds


def _total(limit: Limit, counted: str, scale: int, sentence: Sentence, context: Context) -> Draft:
    path = context.path
    while path.endswith(("[]", "{}", "{key}")):
        path = paths.parent(path)
    value = _bounds(limit, scale) | {"unit": counted, "total": True}
    others = any(m.step.lower() in sentence.low for _, m in _beside(context))
    vague = scale > 1 or limit.form != "max" or "combined" in sentence.low or others
    return draft(
        "length-total", sentence, context, "length", value,
        member=path, part="total", cap=0.6 if vague else 1.0,
    )  # fmt: skip


def _beside(context: Context) -> Iterator[tuple[str, PageMember]]:
    """Yield the siblings of the member whose total is limited."""
    for base, members in context.scopes[:1]:
        for member in members:
            if member.step not in ("[]", "{}", "{key}", context.name):
                yield base, member


def _length(
    limit: Limit, counted: str, scale: int, cap: float, sentence: Sentence, context: Context
) -> Iterator[Draft]:
    if context.type not in ("string", "bytes", "blob"):
        return
    if scale > 1 or limit.after.startswith("digit"):
        cap = min(cap, 0.7)
    value = _bounds(limit, scale) | {"unit": counted}
    yield draft(f"length-{limit.form}", sentence, context, "length", value, cap=cap)


# ---------------------------------------------------------------- items


def _items(
    limit: Limit, noun: str, cap: float, text: str, sentence: Sentence, context: Context
) -> Iterator[Draft]:
    path = context.path
    if path.endswith(("[]", "{}")) and _names(noun, context):
        path = paths.parent(path)
    elif context.type != "list" and not context.is_map:
        return
    named = _names(noun, context)
    if limit.form == "exact" or (not named and limit.form != "max"):
        return
    counted = named or _OF_THE_LIST.search(text)
    if not counted or any(hint in text for hint in _SHARED):
        cap = min(cap, 0.7)
    family = f"items-{limit.form}"
    yield draft(family, sentence, context, "items", _bounds(limit), member=path, cap=cap)


def _names(noun: str, context: Context) -> bool:
    """Whether the noun that is counted is what the member's name says: tags of `Tags`."""
    if noun in _ITEMS:
        return True
    stem = noun.removesuffix("s").removesuffix("ie")
    name = context.name.lower().removesuffix("list").removesuffix("s").removesuffix("ie")
    return len(stem) > 2 and (stem in name or name in stem)


# ---------------------------------------------------------------- numbers


def _range(
    limit: Limit, counted: str, cap: float, sentence: Sentence, context: Context
) -> Iterator[Draft]:
    if limit.form == "exact":
        return
    value: dict[str, int | float | str] = dict(_bounds(limit))
    if counted in SECONDS:
        own = _own_unit(context)
        factor = SECONDS[counted] / SECONDS[own] if own else 1
        cap = min(cap, 1.0 if own == counted else 0.6)
        value = {key: _whole(bound * factor) for key, bound in _bounds(limit).items()}
        value["unit"] = (own or counted) + "s"
    elif counted:
        cap = min(cap, 0.6 if counted in CALENDAR else 0.7)
    yield draft(f"range-{limit.form}", sentence, context, "range", value, cap=cap)


def _whole(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _own_unit(context: Context) -> str:
    """Return the unit of time the member is in, by its name or by its prose; "" if unknown."""
    name = context.name.lower()
    if "millis" in name or name.endswith("ms"):
        return "millisecond"
    if named := next((unit for unit in SECONDS if f"{unit}s" in name), None):
        return named
    for sentence in context.sentences:
        if match := _MEMBER_UNIT.search(lower(sentence.text)):
            return match[1] or match[2]
    return ""


def units(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the unit of a number that is stated without bounds: "in seconds"."""
    match = _ANY_UNIT.search(sentence.low)
    if match is None or context.type not in (*_NUMERIC, "string"):
        return
    yield draft(
        "unit", sentence, context, "range", {"unit": match[1]}, part="unit",
        reason="a unit alone bounds nothing",
    )  # fmt: skip

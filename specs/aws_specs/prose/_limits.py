"""Limits: characters, bytes, items, and the span of a number, in every usual wording.

A number counts as a limit when the words at its left say so ("up to", "can't exceed", "minimum of",
"between … and"); the words at its right say of what ("characters", "tags", "seconds"). The type of
the member decides what the limit can be: characters of a string, items of a list, the value of an
integer. A sentence that hedges (for example, by default, per account, if …) is no limit or a
weaker one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal

from aws_specs import paths
from aws_specs.prose._types import Context, Draft, Sentence, draft
from aws_specs.spec import Value

_NUMBER = r"(-?\d[\d,]{0,18}(?:\.\d{1,6})?)"
_WORDS = r"(?:[\w'-]+ ){0,5}?"
_MORE = r"(?:more|longer|greater|larger|higher|bigger|later)"
_LESS = r"(?:less|fewer|smaller|lower|shorter)"
_NOT = r"(?:\bno|\bnot|n't|\bcannot|\bnever)(?: be| have| contain| include| use| specify)?"
_SAID = r"(?: [a-z'-]+){0,5}?(?:, which)? (?:of|is|are|to|at)"
_ENDS = re.compile(
    rf"(?P<max>(?:up to|at most|{_NOT} {_MORE} than|{_NOT} (?:be )?(?:exceed|exceeding|surpass)"
    rf"(?: a length of)?|{_LESS} than or equal to|as many as|<=|≤"
    r"|limit(?:ed)? (?:of|to|is)|limit is set (?:to|at)|limited to a maximum of"
    rf"|(?:the |a )?max(?:imum)?\.?{_SAID}|max(?:imum)?(?: [a-z]+){{0,3}}:)"
    r" (?:a (?:total|maximum) of )?)$"
    rf"|(?P<min>(?:at least|{_NOT} {_LESS} than|{_MORE} than or equal to|>=|≥"
    rf"|(?:the |a )?min(?:imum)?\.?{_SAID}|min(?:imum)?(?: [a-z]+){{0,3}}:) )$"
    rf"|(?P<below>\b{_LESS} than |(?<![<>=]) ?< ?)$"
    rf"|(?P<above>\b{_MORE} than |(?<![<>=]) ?> ?)$",
)
_SPAN = re.compile(
    rf"(?P<lead>between |from |ranges? (?:from|of|between) |range: |must be |can be |is |length of |(?:values?|range|length)(?: \w+)?: |[(\[] ?|^)?"
    rf"{_NUMBER}(?P<unit> ?[a-z%]+)? ?(?P<join>and|to|through|-|–|—|~|\.\.\.?) ?{_NUMBER}(?![\w,.]*\d)"
)
_EXACT = re.compile(
    rf"(?:must be|must have|must contain|is|has|contains|be|are|exactly|length of|a)"
    rf"(?: exactly| an?)? {_NUMBER}[- ](?:character|digit|byte|letter|hexadecimal|alphanumeric)"
)
_PREFIXED = re.compile(r"\bfollowed by\b|\bprefix")
_NUMBERS = re.compile(rf"(?<![\w.$#/:-]){_NUMBER}(?![\w/:]|\.\d|-\d)")

_CHARACTERS: Final = frozenset(
    ["character", "characters", "letters", "digits", "char", "chars", "alphanumerics", "codepoints"]
)
_BYTES: Final = {
    "byte": 1, "bytes": 1, "octets": 1, "b": 1,
    "kb": 1024, "kib": 1024, "kilobytes": 1024, "k": 1024,
    "mb": 1024**2, "mib": 1024**2, "megabytes": 1024**2,
    "gb": 1024**3, "gib": 1024**3, "gigabytes": 1024**3,
}  # fmt: skip
_TIME: Final = frozenset(
    [
        "millisecond",
        "milliseconds",
        "ms",
        "second",
        "seconds",
        "minute",
        "minutes",
        "hour",
        "hours",
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "months",
        "year",
        "years",
    ]
)
_ADJECTIVES: Final = frozenset(
    [
        "unicode",
        "utf-8",
        "utf8",
        "ascii",
        "alphanumeric",
        "printable",
        "uppercase",
        "lowercase",
        "single-byte",
        "multi-byte",
        "valid",
        "total",
        "numeric",
        "basic",
        "latin",
        "hexadecimal",
        "hex",
        "encoded",
        "total-size",
        "of",
        "in",
        "unique",
        "different",
        "utf-8-encoded",
    ]
)
_WEAK: Final = (
    "example", "such as", "e.g.", "recommend", "typically", "usually", "should", "by default",
    "default value", "defaults to", "approximately", "about ", "quota", "per account", "per region",
    "per hour", "per second", "per minute", "per day", "each month", "currently set", "might", "may take",
    "increase", "initial", "first ", "last ", "past ", "older", "truncat", "version ",
)  # fmt: skip
_CONDITIONS: Final = (
    "if ", "when ", "unless ", "except ", "otherwise", "depending", "for the ", "while ", "only ",
)  # fmt: skip
_LEFT_OUT: Final = tuple(
    f"if you {no} {verb} "
    for no in ("don't", "do not")
    for verb in ("specify", "provide", "set", "include", "enter", "supply")
)
_TOTALS: Final = (
    "across all",
    "total size",
    "combined",
    "in total",
    "altogether",
    "total length",
    "the sum of",
)

Bound = Literal["max", "min", "below", "above"]


class Limit(Value, frozen=True):
    """What a sentence says of one number or span: bounds, the words after it, and how it says it.

    `named` marks a bound that is called maximum or minimum in so many words.
    """

    minimum: float | int | None
    maximum: float | int | None
    after: str
    start: int
    form: Literal["max", "min", "span", "exact"]
    named: bool = False


def limits(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the limits a sentence states of its member."""
    for limit in _found(sentence.low):
        yield from _of_type(limit, sentence, context)


def _found(text: str) -> Iterator[Limit]:
    taken: list[tuple[int, int]] = []
    for match in _SPAN.finditer(text):
        low, high = number(match[2]), number(match[5])
        if low is None or high is None or low >= high or not _is_span(match):
            continue
        taken.append(match.span())
        after = text[match.end() :].lstrip(" -")
        yield Limit(low, high, after, match.start(), "span")
    for match in _NUMBERS.finditer(text):
        if not _inside(match.start(), taken):
            for limit in _single(text, match):
                taken.append(match.span())
                yield limit
    for match in _EXACT.finditer(text):
        if (value := number(match[1])) is not None and not _inside(match.start(1), taken):
            yield Limit(value, value, text[match.end(1) :].lstrip(" -"), match.start(), "exact")


def _single(text: str, match: re.Match[str]) -> Iterator[Limit]:
    value = number(match[1])
    bound = _ENDS.search(text, max(0, match.start() - 60), match.start())
    if value is None or bound is None:
        return
    after, start = text[match.end() :].lstrip(" -"), bound.start()
    whole, named = isinstance(value, int), "imum" in bound.group()
    match bound.lastgroup:
        case "max":
            yield Limit(None, value, after, start, "max", named)
        case "below" if whole:
            yield Limit(None, value - 1, after, start, "max")
        case "min":
            yield Limit(value, None, after, start, "min", named)
        case "above" if whole:
            yield Limit(value + 1, None, after, start, "min")
        case _:
            return


def _is_span(match: re.Match[str]) -> bool:
    """Whether two numbers with a connector are a span: `1 to 64`, not `2012-10-17` or `3 and 4`."""
    if match["join"] == "and":
        return (match["lead"] or "").startswith(("between", "range"))
    return True


def _inside(at: int, taken: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in taken)


def number(text: str) -> int | float | None:
    text = text.rstrip(",")
    digits = text.replace(",", "")
    if "," in text and any(len(group) != 3 for group in text.split(".")[0].split(",")[1:]):
        return None
    try:
        return float(digits) if "." in digits else int(digits)
    except ValueError:
        return None


# ---------------------------------------------------------------- what the number counts


def _of_type(limit: Limit, sentence: Sentence, context: Context) -> Iterator[Draft]:
    unit, scale = _unit(limit.after)
    cap = _cap(limit, sentence)
    if cap == 0:
        return
    if unit in ("characters", "bytes") and _is_total(sentence):
        yield _total(limit, unit, scale, sentence, context)
    elif unit in ("characters", "bytes"):
        yield from _length(limit, unit, scale, cap, sentence, context)
    elif unit == "time" or not unit:
        yield from _range(limit, cap, sentence, context)
    else:
        yield from _items(limit, unit, cap, sentence, context)


def _unit(after: str) -> tuple[str, int]:
    """Return what is counted and the factor: "characters", "bytes", "time", a noun, or ""."""
    words = [word.strip(".,;:()") for word in after.replace("(", " (").split(" ", 6)[:5]]
    while words and words[0] in _ADJECTIVES:
        words = words[1:]
    word = words[0] if words else ""
    if word in _CHARACTERS:
        return "characters", 1
    if word in _BYTES:
        return "bytes", _BYTES[word]
    if word in _TIME:
        return "time", 1
    return (word, 1) if word.isalpha() and after[:1].isalpha() else ("", 1)


def _cap(limit: Limit, sentence: Sentence) -> float:
    """Return the highest confidence the wording leaves: 0 is no rule at all."""
    low = sentence.low
    if low.startswith(("for example", "example")) or _PREFIXED.search(low[: limit.start]):
        return 0
    weak = [hint for hint in _WEAK if hint in low]
    if weak and not (limit.named and all("default" in hint for hint in weak)):
        return 0.4
    if limit.named and low.startswith(_LEFT_OUT):
        return 1.0
    if low.startswith("for ") or any(
        low.startswith(word) or f" {word}" in low for word in _CONDITIONS
    ):
        return 0.6
    return 1.0


def _is_total(sentence: Sentence) -> bool:
    return any(hint in sentence.low for hint in _TOTALS)


def _bounds(limit: Limit, scale: int = 1) -> dict[str, int | float]:
    bounds: dict[str, int | float] = {}
    if limit.minimum is not None:
        bounds["min"] = limit.minimum * scale
    if limit.maximum is not None:
        bounds["max"] = limit.maximum * scale
    return bounds


def _total(limit: Limit, unit: str, scale: int, sentence: Sentence, context: Context) -> Draft:
    path = context.path
    while path.endswith(("[]", "{}", "{key}")):
        path = paths.parent(path)
    value = _bounds(limit, scale) | {"unit": unit, "total": True}
    return draft("length-total", sentence, context, "length", value, member=path, part="total")


def _length(
    limit: Limit, unit: str, scale: int, cap: float, sentence: Sentence, context: Context
) -> Iterator[Draft]:
    if context.type not in ("string", "bytes", "blob"):
        return
    if scale > 1 or limit.after.startswith("digit"):
        cap = min(cap, 0.7)
    value = _bounds(limit, scale) | {"unit": unit}
    yield draft(f"length-{limit.form}", sentence, context, "length", value, cap=cap)


def _items(
    limit: Limit, noun: str, cap: float, sentence: Sentence, context: Context
) -> Iterator[Draft]:
    path = context.path
    if context.type == "list" or context.is_map:
        pass
    elif path.endswith(("[]", "{}")) and _names(noun, sentence, context):
        path = paths.parent(path)
    else:
        if context.type in ("integer", "float", "long", "double"):
            yield from _range(limit, min(cap, 0.6), sentence, context)
        return
    if limit.form == "exact":
        return
    if not _names(noun, sentence, context):
        cap = min(cap, 0.7)
    yield draft(
        f"items-{limit.form}", sentence, context, "items", _bounds(limit), member=path, cap=cap
    )


def _names(noun: str, sentence: Sentence, context: Context) -> bool:
    """Whether the noun that is counted is what the member's name says: tags of `Tags`."""
    stem = noun.rstrip("s")
    name = context.name.lower()
    return (
        len(stem) > 2
        and (
            stem in name
            or stem.removesuffix("ie") in name
            or (name.rstrip("s").endswith(stem[-6:]))
            or name.rstrip("s") in stem
        )
    ) or noun in ("items", "entries", "elements", "values", "objects", "item", "element", "entry")


def _range(limit: Limit, cap: float, sentence: Sentence, context: Context) -> Iterator[Draft]:
    if context.type not in ("integer", "float", "long", "double") or limit.form == "exact":
        return
    value: dict[str, int | float | str] = dict(_bounds(limit))
    unit = next((w for w in limit.after.split(" ", 2)[:1] if w.strip(".,;()") in _TIME), "")
    if unit:
        value["unit"] = unit.strip(".,;()")
    yield draft(f"range-{limit.form}", sentence, context, "range", value, cap=cap)


def units(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the unit of a number that is stated without bounds: "in seconds"."""
    match = re.search(r",? in (milliseconds|seconds|minutes|hours|days)\b", sentence.low)
    if match is None or context.type not in ("integer", "float", "long", "double", "string"):
        return
    yield draft(
        "unit", sentence, context, "range", {"unit": match[1]}, part="unit",
        reason="a unit alone bounds nothing",
    )  # fmt: skip

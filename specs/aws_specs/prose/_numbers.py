"""Numbers in a sentence, and whether the words around them make them limits.

A number is a limit when the words at its left say so ("up to", "can't exceed", "minimum of",
"between … and"). What it limits is decided elsewhere (`aws_specs.prose._limits`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal

from aws_specs.spec import Value

_NUMBER = r"(-?\d[\d,]{0,18}(?:\.\d{1,6})?)"
_MORE = r"(?:more|longer|greater|larger|higher|bigger)"
_LESS = r"(?:less|fewer|smaller|lower|shorter)"
_NOT = r"(?:\bno|\bnot|n't|\bcannot|\bnever)"
_DO = r"(?: be| have| contain| include| use| specify| provide| set| enter)?"
_SIZE = r"(?: (?:length|size|value|number|count))?"
_IS = r"(?: [a-z'-]+){0,5}?(?:, which)? (?:of|is|are|to|at)(?: set to)?"
_BOUND = re.compile(
    rf"(?P<max>(?:up to|at most|{_NOT}{_DO} {_MORE} than|{_NOT}(?: be)? (?:exceed|exceeding"
    rf"|surpass)|\bno (?:[a-z]+ ){{1,4}}can exceed"
    rf"(?: a length of)?|{_LESS} than or equal to|as many as|<=|≤"
    r"|limit(?:ed)? (?:of|to|is)(?: (?:a )?size(?: of)?)?|limit is set (?:to|at)"
    rf"|\bmax(?:imum)?\.?(?:{_IS}|{_SIZE}:?|(?: [a-z]+){{1,3}}:))(?: a (?:total|maximum) of)? ?)$"
    rf"|(?P<min>(?:at least|{_NOT}{_DO} {_LESS} than|{_MORE} than or equal to|>=|≥"
    rf"|\bmin(?:imum)?\.?(?:{_IS}|{_SIZE}:?|(?: [a-z]+){{1,3}}:)) ?)$"
    rf"|(?P<below>\b(?:must|has to|should|can only) (?:be|have|contain) {_LESS} than )$"
    rf"|(?P<above>\b(?:must|has to|should|can only) (?:be|have|contain)(?: an? [a-z]+)?"
    rf" {_MORE} than )$"
)
_REFUSED = re.compile(rf"{_NOT}\b[^.;,]{{0,40}} {_MORE} than $|\bspecifying {_MORE} than $")
_JOIN = r"(?:and|up to|to|through|-|–|—|~|\.\.\.?)"
_LEAD = (
    r"between|from|ranges? (?:from|of|between)|ranging from|range:|range is|must be|can be|is"
    r"|length of|(?:values?|range|length)(?: [a-z]+)?:|value of|in the range"
)
_SPAN = re.compile(
    rf"(?P<lead>(?:\b(?:{_LEAD}) |[(\[] ?|^))?"
    rf"(?<![\w.$#/:,-]){_NUMBER}(?P<unit> ?(?!(?:and|up|to|through)\b)[a-z%]+)? ?"
    rf"(?P<join>{_JOIN}) ?{_NUMBER}(?![\w,.]*\d|[./:-]\d)"
)
_EXACT = re.compile(
    r"\b(?:must be|must have|must contain|is|has|exactly|length of|a|the)"
    rf"(?: exactly| an?)? {_NUMBER}[- ](?:character|digit|byte|letter|hexadecimal|alphanumeric)"
)
_LESS_AFTER = re.compile(r"^\w* ?(?:\w+ )?(?:or (?:less|fewer|shorter)|limit\b)")
_NUMBERS = re.compile(rf"(?<![\w.$#/:-]){_NUMBER}(?![\w/:^]|\.\d|-\d)")
_NEGATED = re.compile(rf"{_NOT}(?: be)?(?: in the range)?(?: between| from)? ?$")

Form = Literal["max", "min", "span", "exact"]


class Limit(Value, frozen=True):
    """What a sentence says of one number or span: its bounds, the words after it, how it is said.

    `start` and `end` are where it stands in the text. `named` marks a bound that is called
    maximum or minimum in so many words.
    """

    minimum: float | int | None
    maximum: float | int | None
    after: str
    start: int
    end: int
    form: Form
    named: bool = False


def limits_in(text: str) -> Iterator[Limit]:
    """Yield the limits a text in lower case states, spans first."""
    taken: list[tuple[int, int]] = []
    for match in _SPAN.finditer(text):
        if limit := _span(text, match):
            taken.append(match.span())
            yield limit
    for match in _NUMBERS.finditer(text):
        if _free(match.start(), taken) and (limit := _single(text, match)):
            taken.append(match.span())
            yield limit
    for match in _EXACT.finditer(text):
        if _free(match.start(1), taken) and (limit := _exact(text, match)):
            yield limit


def _span(text: str, match: re.Match[str]) -> Limit | None:
    low, high = number(match[2]), number(match[5])
    if low is None or high is None or low >= high:
        return None
    lead = (match["lead"] or "").lstrip()
    if match["join"] == "and" and not lead.startswith(("between", "range", "in the range")):
        return None
    if _NEGATED.search(text, max(0, match.start() - 30), match.start(2)):
        return None
    return Limit(
        low, high, _after(text, match.end()), match.start(), match.end(), "span", bool(lead)
    )


def _single(text: str, match: re.Match[str]) -> Limit | None:
    value = number(match[1])
    window = max(0, match.start() - 60)
    bound = _BOUND.search(text, window, match.start())
    refused = _REFUSED.search(text, window, match.start()) if bound is None else None
    if value is None or (bound is None and refused is None):
        return None
    start = bound.start() if bound else refused.start() if refused else 0
    after, named = _after(text, match.end()), bool(bound and "imum" in bound.group())
    whole = isinstance(value, int)
    match bound.lastgroup if bound else "max":
        case "max":
            return Limit(None, value, after, start, match.end(), "max", named)
        case "min":
            return Limit(value, None, after, start, match.end(), "min", named)
        case "below" if whole:
            return Limit(None, value - 1, after, start, match.end(), "max")
        case "above" if whole:
            return Limit(value + 1, None, after, start, match.end(), "min")
        case _:
            return None


def _exact(text: str, match: re.Match[str]) -> Limit | None:
    value = number(match[1])
    if value is None:
        return None
    after = _after(text, match.end(1))
    if _LESS_AFTER.match(after):
        return Limit(None, value, after, match.start(), match.end(1), "max")
    return Limit(value, value, after, match.start(), match.end(1), "exact")


def _after(text: str, end: int) -> str:
    return text[end : end + 120].lstrip(" -")


def _free(at: int, taken: list[tuple[int, int]]) -> bool:
    return not any(start <= at < end for start, end in taken)


def number(text: str) -> int | float | None:
    """Return the number a text writes, with or without thousands separators, or None."""
    text = text.rstrip(",")
    whole, _, _ = text.partition(".")
    if any(len(group) != 3 for group in whole.split(",")[1:]):
        return None
    try:
        digits = text.replace(",", "")
        return float(digits) if "." in digits else int(digits)
    except ValueError:
        return None


# ---------------------------------------------------------------- units

_CHARACTERS: Final = frozenset(
    ["character", "characters", "letters", "digit", "digits", "char", "chars", "alphanumerics"]
)
_BYTES: Final = {
    "byte": 1, "bytes": 1, "octets": 1, "b": 1,
    "kb": 1024, "kib": 1024, "kilobytes": 1024, "k": 1024,
    "mb": 1024**2, "mib": 1024**2, "megabytes": 1024**2,
    "gb": 1024**3, "gib": 1024**3, "gigabytes": 1024**3,
}  # fmt: skip
SECONDS: Final = {
    "millisecond": 0.001, "second": 1, "minute": 60, "hour": 3600, "day": 86400,
    "week": 604800,
}  # fmt: skip
"""The units of time a limit can be in, and how many seconds each is."""
CALENDAR: Final = frozenset(["month", "months", "year", "years"])
"""Units of time that have no fixed length."""
_ADJECTIVES: Final = frozenset(
    [
        "unicode", "utf-8", "utf8", "ascii", "alphanumeric", "printable", "uppercase", "lowercase",
        "single-byte", "multi-byte", "valid", "total", "numeric", "basic", "latin", "hexadecimal",
        "hex", "encoded", "unique", "different", "utf-8-encoded", "of", "in", "english", "or",
        "non-control",
    ]
)  # fmt: skip


def unit(after: str) -> tuple[str, int]:
    """Return what the words after a number count, and the factor.

    "characters", "bytes", a unit of time in the singular, another noun, or "" for a bare number.
    """
    words = [word.strip(".,;:()") for word in after.split(" ", 6)[:5]]
    while words and words[0] in _ADJECTIVES:
        words = words[1:]
    word = words[0] if words else ""
    if word in _CHARACTERS:
        return "characters", 1
    if word in _BYTES:
        return "bytes", _BYTES[word]
    if word.removesuffix("s") in SECONDS:
        return word.removesuffix("s"), 1
    noun = word.isalpha() and after[:1].isalpha()
    return (word, 1) if noun and word not in _NO_NOUNS else ("", 1)


_NO_NOUNS: Final = frozenset(
    ["and", "or", "if", "for", "in", "to", "is", "are", "the", "a", "an", "with",
     "inclusive", "per",
     "when", "by", "as", "on", "at", "characters", "but", "which", "that", "including", "long"]
)  # fmt: skip

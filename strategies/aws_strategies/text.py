"""Sample texts: values of a format, strings that match a pattern, strings of an exact length.

All deterministic. A pattern is matched the way AWS writes it, against the whole value; a sample
also satisfies the looser reading (a match anywhere), so that it is valid whichever way a target
reads it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import chain

from aws_strategies.dialect import translated
from aws_strategies.expression import backtracks, forbidden, proposals, widths

FORMATS: Mapping[str, str] = {
    "arn": "arn:aws:mobiletargeting:us-east-1:123456789012:apps/0123456789abcdef0123456789abcdef",
    "base64": "YXdzLWNvbmZvcm1hbmNl",
    "date-time": "2024-01-02T03:04:05Z",
    "iso8601": "2024-01-02T03:04:05Z",
    "iso-8601": "2024-01-02T03:04:05Z",
    "duration": "P1D",
    "e.164": "+12065550100",
    "email": "user@example.com",
    "epoch": "1704164645",
    "ip": "192.0.2.1",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "cidr": "192.0.2.0/24",
    "json": "{}",
    "url": "https://example.com/",
    "uri": "https://example.com/",
    "uuid": "0f8fad5b-d9cb-469f-a165-70867728950e",
}
"""One value a format; what a format's rule is satisfied with."""

_CHECKS: Mapping[str, re.Pattern[str]] = {
    "arn": re.compile(r"arn:[^:\s]+:[^:\s]*:[^:\s]*:[^:\s]*:\S+"),
    "base64": re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"),
    "date-time": re.compile(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?|\d{4}-\d\d-\d\d"
    ),
    "e.164": re.compile(r"\+[1-9]\d{1,14}"),
    "email": re.compile(r"[^@\s]+@[^@\s]+"),
    "epoch": re.compile(r"-?\d+(\.\d+)?"),
    "url": re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://\S+"),
    "uuid": re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
}
_SAME = {"iso8601": "date-time", "iso-8601": "date-time", "uri": "url"}

# Endings of member names and the format their values have in practice: a hint for valid values,
# never a rule.
_HINTS: tuple[tuple[str, str], ...] = (
    ("Arn", "arn"),
    ("ARN", "arn"),
    ("Url", "url"),
    ("URL", "url"),
    ("Uri", "url"),
    ("Email", "email"),
    ("EmailAddress", "email"),
    ("FromAddress", "email"),
    ("ForwardingAddress", "email"),
    ("ReplyToAddresses", "email"),
    ("PhoneNumber", "e.164"),
    ("OriginationNumber", "e.164"),
    ("Id", "uuid"),
    ("Identifier", "uuid"),
    ("Token", "uuid"),
)


def of_format(value: str, name: str) -> bool | None:
    """Return whether a text is of a format; None where the format is not one we can decide."""
    if name == "json":
        return _parses(value)
    check = _CHECKS.get(_SAME.get(name, name))
    return None if check is None else check.fullmatch(value) is not None


def _parses(value: str) -> bool:
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True


def hint(member: str) -> str | None:
    """Return the format that a member's name suggests, or None."""
    return next((name for ending, name in _HINTS if member.endswith(ending)), None)


def hinted(member: str) -> str | None:
    """Return a value of the format that a member's name suggests, or None."""
    name = hint(member)
    return None if name is None else FORMATS[name]


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """Return the compiled pattern; None for one that cannot be read (it is not tested)."""
    try:
        return re.compile(translated(pattern))
    except (re.error, RecursionError, OverflowError):
        return None


@lru_cache(maxsize=4096)
def compiled_ascii(pattern: str) -> re.Pattern[str] | None:
    """Return what says the same of ASCII texts, without the large tables of Unicode, or None."""
    try:
        return re.compile(translated(pattern, last=0x7F))
    except (re.error, RecursionError, OverflowError):
        return None


def matches(pattern: str, value: str) -> bool:
    """Return whether the whole value matches, in the strict reading that implies the loose one."""
    regex = compiled(pattern)
    return regex is None or regex.fullmatch(value) is not None


def mismatches(pattern: str, value: str) -> bool:
    """Return whether the value breaks the pattern in the strict and in the loose reading."""
    regex = compiled(pattern)
    return regex is not None and regex.search(value) is None


@lru_cache(maxsize=4096)
def matching(pattern: str, low: int, high: int) -> str | None:
    """Return a short readable string of low..high characters that matches, or None."""
    regex = compiled(pattern)
    if regex is None:
        return None
    for value in (*_COMMON, *FORMATS.values()):
        if low <= len(value) <= high and regex.fullmatch(value):
            return value
    span = widths(pattern)
    if span is None:
        return _searched(pattern, low, high)
    least, most = max(low, span[0]), min(high, span[1])
    sizes = (least + more for more in _MORE if least + more <= most)
    made = (exactly(pattern, size) for size in sizes)
    found = next((text for text in made if text is not None), None)
    return found if found is not None or least > most else _searched(pattern, low, high)


_MORE = (0, 1, 2, 3, 5, 7, 11, 15, 23)
"""Beyond the least length: where look-around or uneven parts forbid the shortest text."""


def exactly(pattern: str, length: int) -> str | None:
    """Return a match of exactly `length` characters, None where none is found."""
    regex = compiled(pattern)
    if regex is None:
        return None
    return next((text for text in proposals(pattern, length) if regex.fullmatch(text)), None)


def _searched(pattern: str, low: int, high: int) -> str | None:
    """Return a match that Hypothesis finds: for patterns that look around."""
    found = _generated(pattern, 0, high)
    if found is None or low <= len(found):
        return found
    return pump(pattern, found, low) or _generated(pattern, low, high)


_COMMON = (
    "abc", "example", "a", "A", "1", "10", "us-east-1", "123456789012", "abcd1234", "12345678",
    "example-name", "example.com", "/", "/example", "i-0123456789abcdef0", "aws",
    "0123456789abcdef", "0123456789abcdef0123456789abcdef", "1.0", "1.0.0", "2024-01-02",
    "arn:aws:iam::123456789012:role/example", "arn:aws:s3:::example", "s3://example/key",
    "arn:aws:lambda:us-east-1:123456789012:function:example",
    "arn:aws:kms:us-east-1:123456789012:key/0f8fad5b-d9cb-469f-a165-70867728950e",
)  # fmt: skip


def _generated(pattern: str, low: int, high: int) -> str | None:
    """Return the simplest full match of a length that Hypothesis finds, the same every time."""
    from hypothesis import HealthCheck, Phase, find, settings
    from hypothesis.errors import HypothesisException
    from hypothesis.strategies import from_regex

    regex = compiled_ascii(pattern)
    if regex is None:
        return None
    quiet = settings(
        database=None,
        derandomize=True,
        max_examples=50,
        phases=(Phase.generate,),
        suppress_health_check=tuple(HealthCheck),  # pyright: ignore[reportArgumentType]
        deadline=None,
    )
    plain = translated(pattern) == pattern
    for letters, wanted in (
        (PRINTABLE, str.isprintable),
        *(((None, str.isprintable), (None, str.isascii)) if plain else ()),
    ):
        try:
            strategy = from_regex(regex, fullmatch=True, alphabet=letters)
            fits = partial(_fitting, wanted, low, high)
            return find(strategy, fits, settings=quiet)
        except (HypothesisException, RecursionError, NotImplementedError, OverflowError):
            continue
    return None


def _fitting(wanted: Callable[[str], bool], low: int, high: int, value: str) -> bool:
    return low <= len(value) <= high and wanted(value)


PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
"""Strings for a pattern are made of ASCII where they can be: that spares the tables of Unicode."""


@lru_cache(maxsize=4096)
def pump(pattern: str, value: str, length: int) -> str | None:
    """Return a match of exactly `length` characters made by stretching `value`.

    Tries each position from the end, repeating what stands there, then with other characters; None
    where neither a single stretch nor a combination of stretches adds up, and for long texts of a
    pattern that would take too long to match.
    """
    regex, span = compiled(pattern), widths(pattern)
    if regex is None or (span is not None and not span[0] <= length <= span[1]):
        return None
    if length > _LONG or backtracks(pattern):
        return None
    for filler in ("", "a", "0"):
        made = _stretched(regex, value, length, filler)
        if len(made) == length and regex.fullmatch(made):
            return made
    return None


_LONG = 4096
"""Longer texts are not stretched: each try matches the whole again."""


def _stretched(regex: re.Pattern[str], value: str, length: int, filler: str) -> str:
    """Return the value stretched as far as it goes with the filler, or with what stands there."""
    for at in range(len(value), 0, -1):
        missing = length - len(value)
        if missing <= 0:
            break
        char = filler or value[at - 1]
        fits = partial(_fits, regex, value, at, char)
        count = _longest(fits, missing) if not filler or fits(1) else 0
        value = value[:at] + char * count + value[at:]
    return value


def _fits(regex: re.Pattern[str], value: str, at: int, char: str, count: int) -> bool:
    return regex.fullmatch(value[:at] + char * count + value[at:]) is not None


def _longest(fits: Callable[[int], bool], most: int) -> int:
    """Return the largest count up to `most` that fits, by halving (0 where not one more does)."""
    low, high = 0, most
    if fits(most):
        return most
    while low < high - 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def breaking(
    pattern: str,
    valid: str,
    low: int,
    high: int,
    keeps: Callable[[str], bool],
    others: str = "",
) -> tuple[str, bool] | None:
    """Return (value, certain): a text of low..high characters that does not match, or None.

    Tries a few letters that patterns seldom allow, then those that this one names as forbidden, and
    `others`.

    A `certain` one breaks both readings of the pattern, another only the strict one. One for which
    `keeps` holds comes before one that breaks other rules too.
    """
    if compiled(pattern) is None:
        return None
    for certain, breaks in ((True, mismatches), (False, _unmatched)):
        # One at a time: the first ones end a match at once, later ones may make a pattern
        # backtrack without end.
        texts = chain(
            _wrong(valid, low, high), _wronged(forbidden(pattern) + others, valid, low, high)
        )
        wrong = (item for item in texts if breaks(pattern, item))
        first = next(wrong, None)
        if first is not None:
            return next((item for item in chain([first], wrong) if keeps(item)), first), certain
    return None


def _unmatched(pattern: str, value: str) -> bool:
    return not matches(pattern, value)


def _wronged(letters: str, valid: str, low: int, high: int) -> Iterator[str]:
    """Yield texts of each of the letters alone, and the valid one with such a letter at its end."""
    length = min(max(len(valid), low, 1), high)
    for char in letters:
        yield char * length
    for char in letters if valid else "":
        yield valid[: length - 1] + char


def _wrong(valid: str, low: int, high: int) -> Iterator[str]:
    length = min(max(len(valid), low, 1), high)
    for char in ("!", "~", " ", "#", "%", "a", "A", "0", "-", "é", "\t"):
        yield char * length
    if valid:
        for char in ("!", " ", "~", "é"):
            yield (char + valid)[:length] if len(valid) >= length else char + valid
            yield valid[: length - 1] + char
    for at in range(len(valid)):
        yield f"{valid[:at]}!{valid[at + 1 :]}"

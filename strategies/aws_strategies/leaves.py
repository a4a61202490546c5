"""Hypothesis strategies for the leaves of a request: texts, numbers, blobs, timestamps.

What is drawn is right by construction or is made to fit: a text that a rule does not allow gives
way to the member's typical one, so that nothing is ever thrown away. Texts are short and readable,
with a few characters beyond ASCII where the wire can carry them.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from aws_specs.spec import Json, Scalar
from aws_strategies.domain import Domain
from aws_strategies.text import FORMATS, PRINTABLE, compiled_ascii, hint, pump

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
"""For texts with a pattern that cannot be read here: what nearly every pattern allows."""

ASCII = LETTERS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_. "
"""Plain texts, the simplest letters first."""

BEYOND = ASCII + "éßΩ日本😀"
"""Where the body carries a text: two, three and four bytes in UTF-8."""

USUAL = 24
"""Plain texts are at most this much longer than they must be."""

_USUAL_NUMBERS = 1000
"""Where no limit is stated, numbers stay this near to the other one."""

_LARGEST = (1 << 31) - 1


def leaf(
    shape: Scalar, domain: Domain, typical: Json, *, member: str, ascii_only: bool
) -> st.SearchStrategy[Json]:
    """Return the strategy for the values of a leaf.

    `typical` is a value that keeps every rule: what others give way to where they do not.
    `ascii_only` is for members that travel in the path, the query or a header.
    """
    make = _MAKES.get(shape.type)
    if make is not None:
        return make(domain)
    if shape.json or domain.json_keys or not isinstance(typical, str):
        return st.just(typical)
    return _texts(domain, typical, member, ascii_only)


# ---------------------------------------------------------------- texts


def _texts(domain: Domain, typical: str, member: str, ascii_only: bool) -> st.SearchStrategy[str]:
    if domain.values is not None:
        return st.sampled_from([value for value in domain.values if domain.allows(value)])

    def fits(value: str) -> bool:
        return domain.allows(value) and (_plain(value) or not ascii_only)

    drawn = _drawn(domain, member, ascii_only)
    return drawn.map(lambda value: _fitted(domain, value, typical, fits))


def _plain(value: str) -> bool:
    """Return whether a text survives a path or a header as it is."""
    return (
        value.isascii()
        and value.isprintable()
        and value == value.strip()
        and bool(value.strip("./"))
    )


def _drawn(domain: Domain, member: str, ascii_only: bool) -> st.SearchStrategy[str]:
    form = next((name for name in domain.formats if name in FORMATS), None) or hint(member)
    if form is not None:
        return _FORMATS.get(form, st.just(FORMATS[form]))
    for pattern in domain.patterns:
        matched = _matching(pattern)
        if matched is not None:
            return matched
    low = max(domain.min_length, 1)
    high = min(domain.longest if domain.longest is not None else low + USUAL, low + USUAL)
    letters = LETTERS if domain.patterns else ASCII if ascii_only else BEYOND
    return st.text(letters, min_size=min(low, high), max_size=max(low, high))


def _matching(pattern: str) -> st.SearchStrategy[str] | None:
    """Return the strategy for texts that match; None where Hypothesis cannot make any."""
    regex = compiled_ascii(pattern)
    if regex is None:
        return None
    try:
        strategy = st.from_regex(regex, fullmatch=True, alphabet=PRINTABLE)
        strategy.validate()
    except (InvalidArgument, RecursionError, NotImplementedError):
        return None
    return strategy


def _fitted(domain: Domain, value: str, typical: str, fits: Callable[[str], bool]) -> str:
    """Return the text, else one made to the allowed length from it, else the typical one."""
    if fits(value):
        return value
    candidates: list[str | None] = []
    if domain.longest is not None and len(value) > domain.longest and not domain.patterns:
        candidates.append(value[: domain.longest])
    if len(value) < domain.shortest:
        candidates += [pump(pattern, value, domain.shortest) for pattern in domain.patterns]
    return next((item for item in candidates if item is not None and fits(item)), typical)


_START = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)

_WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)

TIMESTAMPS: st.SearchStrategy[str] = st.integers(0, 99).map(
    lambda days: (_START + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
)

_FORMATS: Mapping[str, st.SearchStrategy[str]] = {
    "e.164": st.integers(0, 99).map(lambda number: f"+120655501{number:02}"),
    "email": _WORDS.map(lambda name: f"{name}@example.com"),
    "url": _WORDS.map(lambda name: f"https://example.com/{name}"),
    "uri": _WORDS.map(lambda name: f"https://example.com/{name}"),
    "uuid": st.uuids(version=4).map(str),
    "date-time": TIMESTAMPS,
    "iso8601": TIMESTAMPS,
    "iso-8601": TIMESTAMPS,
    "epoch": st.integers(1704164645, 1704164645 + 99).map(str),
    "json": st.dictionaries(_WORDS, st.integers(0, 9), max_size=2).map(
        lambda value: "{" + ", ".join(f'"{key}": {item}' for key, item in value.items()) + "}"
    ),
    "base64": st.binary(max_size=USUAL).map(lambda value: base64.b64encode(value).decode()),
}
"""Values of a format; one of which there is no strategy has its sample."""

# ---------------------------------------------------------------- other leaves


def _integers(domain: Domain) -> st.SearchStrategy[Json]:
    low, high = _range(domain)
    return st.integers(math.ceil(low), math.floor(high))


def _floats(domain: Domain) -> st.SearchStrategy[Json]:
    low, high = _range(domain)
    quarters = st.integers(math.ceil(low * 4), math.floor(high * 4))
    return quarters.map(lambda number: number / 4)


def _range(domain: Domain) -> tuple[float, float]:
    """Return the range that numbers are drawn from: the stated one, or a usual one."""
    low, high = domain.low, domain.high
    if low is None:
        low = 1 if high is None else min(1, high)
    if high is None:
        high = max(low, min(low + _USUAL_NUMBERS, _LARGEST))
    return low, high if high <= _LARGEST or low > _LARGEST else _LARGEST


def _blobs(domain: Domain) -> st.SearchStrategy[Json]:
    low, most = domain.shortest, domain.longest
    high = low + USUAL if most is None else min(most, low + USUAL)
    return st.binary(min_size=low, max_size=high).map(lambda v: base64.b64encode(v).decode())


_DOCUMENTS: tuple[Json, ...] = ({}, {"a": 1}, {"a": {"b": ["c", True, None]}}, {"é": "日本"})

_MAKES: Mapping[str, Callable[[Domain], st.SearchStrategy[Json]]] = {
    "integer": _integers,
    "float": _floats,
    "boolean": lambda domain: st.booleans(),
    "blob": _blobs,
    "stream": _blobs,
    "timestamp": lambda domain: TIMESTAMPS,
    "document": lambda domain: st.sampled_from(_DOCUMENTS),
}

"""The domain of a member: what every statement of every rule on it allows.

Valid values come from here. Rules of any confidence narrow a domain, also those too uncertain to be
tested: a request that keeps even the doubtful rules cannot be refused on their account.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Any

from msgspec.structs import replace

from aws_specs.spec import Json, Kind, Rule, Value
from aws_strategies.expression import proposals
from aws_strategies.text import FORMATS, hinted, matches, matching, of_format, pump

LONGEST = (1 << 20) + 8
"""Texts longer than this are not made: the limit above is then not tested from that side.

A limit of 1 MiB is tried: a body of that size is taken everywhere, larger ones are often refused
unread.
"""

MOST_ITEMS = 1100
"""Lists and maps with more entries than this are not made."""


class Domain(Value, frozen=True):
    """What a value may be. Lengths in characters, `max_bytes` in UTF-8 bytes; None is no limit."""

    values: tuple[Json, ...] | None = None
    min_length: int = 0
    max_length: int | None = None
    min_bytes: int = 0
    max_bytes: int | None = None
    low: float | None = None
    high: float | None = None
    min_items: int = 0
    max_items: int | None = None
    patterns: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    json_keys: tuple[str, ...] = ()
    unsupported: bool = False
    reserved: bool = False

    def allows(self, value: str) -> bool:
        """Return whether a text satisfies everything."""
        size = len(value.encode("utf-8", "surrogatepass"))
        return (
            (self.values is None or value in self.values)
            and self.min_length <= len(value)
            and (self.max_length is None or len(value) <= self.max_length)
            and self.min_bytes <= size
            and (self.max_bytes is None or size <= self.max_bytes)
            and all(matches(pattern, value) for pattern in self.patterns)
            and all(of_format(value, name) is not False for name in self.formats)
        )

    @property
    def shortest(self) -> int:
        """The least number of characters."""
        return max(self.min_length, self.min_bytes)

    @property
    def longest(self) -> int | None:
        """The largest number of ASCII characters, None without a limit."""
        limits = [limit for limit in (self.max_length, self.max_bytes) if limit is not None]
        return min(limits) if limits else None


def domain_of(rules: tuple[Rule, ...]) -> Domain:
    """Return the domain that all statements of all rules on one member leave."""
    domain = Domain()
    for rule in rules:
        narrow = NARROW.get(rule.kind)
        if narrow is not None:
            for value in rule.values:
                domain = narrow(domain, value)
    return domain


def _enum(domain: Domain, value: Json) -> Domain:
    kept = tuple(item for item in value if domain.values is None or item in domain.values)
    return replace(domain, values=kept or domain.values)


def _length(domain: Domain, value: Json) -> Domain:
    low, high = value.get("min", 0), value.get("max")
    if value.get("total"):
        return domain
    if value.get("unit") == "bytes":
        return replace(
            domain,
            min_bytes=max(domain.min_bytes, low),
            max_bytes=_least(domain.max_bytes, high),
        )
    return replace(
        domain,
        min_length=max(domain.min_length, low),
        max_length=_least(domain.max_length, high),
    )


def _items(domain: Domain, value: Json) -> Domain:
    return replace(
        domain,
        min_items=max(domain.min_items, value.get("min", 0)),
        max_items=_least(domain.max_items, value.get("max")),
    )


def _range(domain: Domain, value: Json) -> Domain:
    lows = [limit for limit in (domain.low, value.get("min")) if limit is not None]
    return replace(
        domain,
        low=max(lows) if lows else None,
        high=_least(domain.high, value.get("max")),
    )


def _least(one: Any, other: Any) -> Any:
    return other if one is None else one if other is None else min(one, other)


def _unsupported(domain: Domain, value: Json) -> Domain:
    supported = value.get("supported", [])
    return _enum(domain, supported) if supported else replace(domain, unsupported=True)


def _payload_key(domain: Domain, value: Json) -> Domain:
    """Let a text that carries JSON have the key a sentence asks for, whatever it depends on."""
    then = value["then"]
    asked = then.get("value")
    if then["kind"] != "required" or not isinstance(asked, dict) or "key" not in asked:
        return domain
    return replace(domain, json_keys=(*domain.json_keys, asked["key"]))


NARROW: Mapping[Kind, Callable[[Domain, Json], Domain]] = {
    "enum": _enum,
    "length": _length,
    "items": _items,
    "range": _range,
    "pattern": lambda domain, value: replace(domain, patterns=(*domain.patterns, value)),
    "format": lambda domain, value: replace(domain, formats=(*domain.formats, value)),
    "recommended": lambda domain, value: (
        replace(domain, formats=(*domain.formats, value)) if value in FORMATS else domain
    ),
    "unsupported": _unsupported,
    "conditional": _payload_key,
    "reserved": lambda domain, value: replace(domain, reserved=True),
}
"""How a rule kind is satisfied: the domain that is left when its statement is kept."""


# ---------------------------------------------------------------- texts of a domain


def text(domain: Domain, member: str) -> str | None:
    """Return a typical text of the domain; `member` is the member's name, for a readable value.

    None where no value is found that satisfies every statement.
    """
    if domain.values is not None:
        return next((value for value in domain.values if domain.allows(value)), None)
    return _text(domain, member) if domain.patterns else _first(domain, member)


@lru_cache(maxsize=4096)
def _text(domain: Domain, member: str) -> str | None:
    """Return the first text that fits, remembered: a pattern's are dear, the more so if none do."""
    return _first(domain, member)


def _first(domain: Domain, member: str) -> str | None:
    for value in _candidates(domain, member):
        if value is not None and domain.allows(value):
            return value
    return None


def _candidates(domain: Domain, member: str) -> list[str | None]:
    low, high = domain.shortest, domain.longest if domain.longest is not None else LONGEST
    plain = member.lower() or "value"
    texts: list[str | None] = []
    if domain.json_keys:
        texts.append(json.dumps(dict.fromkeys(domain.json_keys, 1)))
    texts += [FORMATS.get(name) for name in domain.formats]
    texts += [
        hinted(member),
        plain,
        plain[:high],
        plain.ljust(low, "x") if low <= LONGEST else None,
    ]
    if domain.patterns:
        texts += [matching(pattern, low, high) for pattern in domain.patterns]
    return texts


def sized(domain: Domain, member: str, length: int) -> str | None:
    """Return a text of exactly `length` characters that keeps the rest of the domain, or None."""
    if length > LONGEST or domain.values is not None:
        return None
    if length == 0:
        return "" if domain.allows("") else None
    typical = text(domain, member)
    texts: list[str | None] = [_plain(length)]
    if typical:
        texts += [typical[:length].ljust(length, typical[-1])]
    for value in chain(texts, _made(domain, typical, length)):
        if value is not None and len(value) == length and domain.allows(value):
            return value
    return None


def _made(domain: Domain, typical: str | None, length: int) -> Iterator[str | None]:
    """Yield texts of the length made for one of the patterns each, the dearest to make last."""
    for pattern in domain.patterns:
        yield from proposals(pattern, length)
    for pattern in domain.patterns if typical else ():
        yield pump(pattern, typical or "", length)


def _plain(length: int) -> str:
    return "x" * length


def oversized(domain: Domain, member: str, length: int) -> str | None:
    """Return a text of `length` characters that breaks the length alone, or None.

    The domain's other statements hold for it: patterns, formats.
    """
    free = replace(domain, min_length=0, max_length=None, min_bytes=0, max_bytes=None, values=None)
    return sized(free, member, length)

"""Holding the items of pages against the items of the whole: what is lost, what comes twice.

Items are compared by what identifies them where a member does, else by value: a counter or a time
may differ between two listings of the same things. What stays open is said to be open.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from aws_specs.jsonvalues import is_list, is_object
from aws_specs.spec import Json, Value

_IDENTIFIES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(Arn|ARN)$|^arn$", r"(Id|ID|Identifier|Handle)$|^(id|identifier)$",
        r"(Url|URL)$|^url$", r"Name$|^name$", r"Key$|^key$", r"Alias$|^alias$",
    )
)  # fmt: skip
"""Names of members that may identify an item, the surest first."""

_SHOWN: Final = 3


class Difference(Value, frozen=True):
    """What sets pages apart from the whole, each as texts for people.

    `lost` is in the whole alone, `extra` in the pages alone, `twice` in the pages more often than
    in the whole. `vague`: the items have no identity, and their values change.
    """

    lost: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    vague: bool = False

    @property
    def none(self) -> bool:
        """Whether the pages join to the whole."""
        return not (self.lost or self.twice or self.extra or self.vague)


def difference(whole: Sequence[Json], pages: Sequence[Json]) -> Difference:
    """Return what sets the items of pages apart from those of the whole; order does not count."""
    if _counted(whole) == _counted(pages):
        return Difference()
    key = identity(whole)
    return _by_key(whole, pages, key) if key else _by_value(whole, pages)


def identity(items: Sequence[Json]) -> str:
    """Return the member by which items are told apart, "" where none does."""
    first = items[0] if items else None
    if not is_object(first):
        return ""
    for pattern in _IDENTIFIES:
        for name in sorted(first):
            if pattern.search(name) and _tells_apart(items, name):
                return name
    return ""


def repeated(items: Sequence[Json]) -> tuple[str, ...]:
    """Return the things that come more than once, where a member says which thing an item is."""
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for item in items:
        text = canonical(item)
        if text in seen and is_object(item) and any(_named(item)):
            twice[text] = None
        seen.add(text)
    return tuple(twice)


def _named(item: dict[str, Json]) -> Iterator[str]:
    sure = _IDENTIFIES[:2]
    yield from (name for name in item if any(pattern.search(name) for pattern in sure))


def distinct(items: Sequence[Json]) -> bool:
    """Whether no two of the items are the same thing: each has an identity or a text of its own."""
    texts = all(isinstance(item, str) for item in items) and len(set(map(str, items))) == len(items)
    return bool(items) and (texts or bool(identity(items)))


def _tells_apart(items: Sequence[Json], name: str) -> bool:
    values = [item.get(name) if is_object(item) else None for item in items]
    return all(isinstance(v, str) and v for v in values) and len(set(values)) == len(values)


def _by_key(whole: Sequence[Json], pages: Sequence[Json], key: str) -> Difference:
    known = {_text(item, key): item for item in whole}
    seen: dict[str, list[Json]] = {}
    for item in pages:
        seen.setdefault(_text(item, key), []).append(item)
    return Difference(
        lost=tuple(f"{key} {name}" for name in known if name not in seen),
        extra=tuple(f"{key} {name}" for name in seen if name not in known),
        twice=tuple(
            f"{key} {name}" for name, found in seen.items() if name in known and _again(found)
        ),
    )


def _again(found: Sequence[Json]) -> bool:
    """Whether the same thing came more than once, and not one thing in parts.

    A group whose members are spread over pages (EC2's reservations) has another list each time.
    """
    same = len(_counted(found)) < len(found)
    whole = not any(is_list(part) for item in found if is_object(item) for part in item.values())
    return len(found) > 1 and (same or whole)


def _by_value(whole: Sequence[Json], pages: Sequence[Json]) -> Difference:
    known, seen = _counted(whole), _counted(pages)
    lost, more = known - seen, seen - known
    if lost and any(text not in known for text in more):
        return Difference(vague=True)
    return Difference(
        lost=tuple(lost.elements()),
        twice=tuple(text for text in more.elements() if text in known),
        extra=tuple(text for text in more.elements() if text not in known),
    )


def _text(item: Json, key: str) -> str:
    value = item.get(key) if is_object(item) else None
    return value if isinstance(value, str) else canonical(item)


def _counted(items: Sequence[Json]) -> Counter[str]:
    return Counter(canonical(item) for item in items)


def canonical(value: Json) -> str:
    """Return a value as text that is the same for equal values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def shown(texts: Sequence[str]) -> str:
    """Return a few of the texts on one line, and how many more there are."""
    few = [text if len(text) <= 80 else f"{text[:77]}..." for text in texts[:_SHOWN]]
    rest = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return ", ".join(few) + rest

"""Everything the emulator remembers, in one object.

Tables are keyed by the type of what they hold, so that each service module owns its own types and
this module knows none of them. There is no clock and no chance: ids are hashes of a seed and a
counter per kind of thing, so that the same requests in the same order get the same answers.
"""

from __future__ import annotations

import threading
from hashlib import blake2b
from typing import Any, Final, TypeVar, cast
from uuid import UUID

from aws_specs.spec import Json, Value

ACCOUNT: Final = "111122223333"
"""The account every seeded ARN names: the one AWS documentation uses in examples."""

REGION: Final = "us-east-1"

FAR_FUTURE: Final = "2099-12-31T23:59:59.000Z"
"""When a token expires; a constant, because the emulator has no clock."""

Key = tuple[str, ...]
T = TypeVar("T", bound=Value)


class Remembered(Value, frozen=True):
    """What an idempotency token stands for: a digest of the first request, and its answer."""

    digest: str
    output: Json


class State:
    """The tables of all services; hold `lock` while reading and writing them.

    `seed` changes every id that is made. `tokens` maps (operation, token) to what was answered;
    `known` are the ids that are there from the start, by `service.Member`.
    """

    def __init__(self, seed: int = 0) -> None:
        self.lock = threading.RLock()
        self.tokens: dict[Key, Remembered] = {}
        self.known: dict[str, str] = {}
        self._seed = seed
        self._made: dict[str, int] = {}
        self._tables: dict[type[Value], dict[Key, Any]] = {}

    def table(self, kind: type[T]) -> dict[Key, T]:
        """Return the table of one kind of resource, empty at first."""
        return cast("dict[Key, T]", self._tables.setdefault(kind, {}))

    def has(self, identifier: str) -> bool:
        """Return whether anything of that id is in any table."""
        return any(identifier in key for table in self._tables.values() for key in table)

    def new_id(self, what: str) -> str:
        """Return the next id of one kind of thing, in the form of a UUID."""
        return identifier(self._seed, what, self.count(what))

    def count(self, what: str) -> int:
        """Return the number of the next one of a kind of thing, from 0."""
        with self.lock:
            number = self._made.get(what, 0)
            self._made[what] = number + 1
        return number


def identifier(*parts: object) -> str:
    """Return a UUID that is a function of its arguments alone."""
    text = "\0".join(str(part) for part in parts)
    return str(UUID(bytes=blake2b(text.encode(), digest_size=16).digest(), version=4))

"""Acts and what came of them: the values that a state machine, its judge and the reports share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec.structs import replace

from aws_conformance.sender import Exchange
from aws_reports.results import Outcome
from aws_specs.spec import Json, Source, Value

Does = Literal["create", "duplicate", "read", "list", "update", "delete"]
Life = Literal["live", "deleted", "unsure"]


class Act(Value, frozen=True):
    """One thing to do: `operation` to the thing of that number, or to make the next one.

    `kind` is the number of the lifecycle; `after` are seconds to wait before; `says` is the member
    that an update changes, or in which a duplicate differs ("": its description, or nothing). Acts
    hold no values, so that they can be done again.
    """

    does: Does
    kind: int
    operation: str
    thing: int = 0
    after: float = 0.0
    says: str = ""


class Told(Value, frozen=True):
    """A text that an accepted request has said of a thing, and which operation's it was."""

    member: str
    text: str
    operation: str


class Change(Value, frozen=True, kw_only=True):
    """What an accepted update has changed: a member, from what was shown to what was told.

    `reader` has shown `before` at its member path `at`.
    """

    member: str
    operation: str
    reader: str
    at: str
    before: Json
    told: Json


class Thing(Value, frozen=True, kw_only=True):
    """Something that was made: with which request, what was answered, and what became of it.

    `last` is the accepted operation that may have changed it last, and `why` what that did: its
    creation, an update, or the deletion of another thing.
    """

    number: int
    kind: int
    params: Mapping[str, Json]
    answer: Json
    state: Life = "live"
    last: str
    why: Literal["create", "update", "delete-of-another"] = "create"
    entry: int = 0
    """Its number in the journal of resources."""
    told: tuple[Told, ...] = ()
    """What accepted requests have said of it, the last one last."""
    change: Change | None = None
    """What the last accepted update has changed, where one member alone was to be changed."""
    looks: Mapping[str, Json] = {}
    """What the reading operations have shown since it was changed last."""


class Step(Value, frozen=True):
    """An act that was done, and the exchange it took."""

    act: Act
    exchange: Exchange


class Said(Value, frozen=True, kw_only=True):
    """What one act says of one rule. `via` is the operation that showed it."""

    rule: str
    via: str
    verdict: Outcome
    reason: str
    expected: str
    observed: str
    source: Source
    hint: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same thing said again."""
        return (self.rule, self.reason, self.via)


def stateless(said: Said) -> Said:
    """Return what is said of a target that answers for things that never were: nothing."""
    return replace(
        said, verdict="inconclusive", reason="stateless",
        hint="the target answers for things that never were",
    )  # fmt: skip

"""One change of a contract, and whom it breaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, cast

from aws_specs.spec import Json, Origin, Side, Value

What = Literal[
    "operation-added", "operation-removed",
    "member-added", "member-removed", "type", "required", "deprecated",
    "enum-added", "enum-removed", "enum-value-added", "enum-value-removed",
    "constraint-added", "constraint-removed", "constraint-changed",
    "rule-added", "rule-removed", "rule-changed",
    "error-added", "error-removed", "error-status", "error-code", "error-members",
    "token", "status", "wire",
]  # fmt: skip


class Change(Value, frozen=True, omit_defaults=False):
    """One thing that OLD and NEW say differently.

    `side` and `member` say where (see `aws_specs.paths`); `part` what kind of rule it is about
    ("length", "pattern", "conditional", …) or which wire fact ("uri", "location", …). `old` is null
    for what is new, `new` for what has gone.

    `breaks_callers`: a request, or a reader of answers, that was right by OLD is wrong by NEW.
    `breaks_implementers`: a server that keeps OLD to the letter gets a finding when held to NEW.
    `old_from` and `new_from` say whose statements were compared: a page's or the SDK model's.
    """

    operation: str
    what: What
    side: Side
    member: str = ""
    part: str = ""
    old: Json = None
    new: Json = None
    breaks_callers: bool = False
    breaks_implementers: bool = False
    old_from: Origin = "model"
    new_from: Origin = "model"

    @property
    def breaking(self) -> bool:
        """Whether it breaks anyone."""
        return self.breaks_callers or self.breaks_implementers


class Found(NamedTuple):
    """A change before it is settled whom it breaks.

    `sure`: `run` would test by default what it is about; `checkable`: a request can test it at all.
    """

    change: Change
    sure: bool
    checkable: bool


def found(
    what: What,
    place: tuple[Side, str],
    old: Json,
    new: Json,
    part: str = "",
    *,
    sure: bool = True,
    checkable: bool = True,
) -> Found:
    """Return a change at a side and a member path, nobody's contract broken yet."""
    side, member = place
    change = Change(operation="", what=what, side=side, member=member, part=part, old=old, new=new)
    return Found(change, sure, checkable)


def as_object(value: Json) -> Mapping[str, Json]:
    """Return a JSON object as it is, and an empty one for any other value."""
    return cast("Mapping[str, Json]", value) if isinstance(value, dict) else {}

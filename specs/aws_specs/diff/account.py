"""What one witness says of an operation: its page alone, or the SDK's model alone.

A spec joins the two. To say what changed, they have to be held apart again: a page that does not
print a pattern has not dropped it. Where a rendering has lost something, its account is silent
there, which is not the same as saying that there is nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from aws_specs.paths import join
from aws_specs.spec import (
    DEFAULT_CONFIDENCE,
    ErrorShape,
    Json,
    Kind,
    List,
    Map,
    Member,
    Operation,
    Origin,
    Recursive,
    Rule,
    Scalar,
    Shape,
    Side,
    Structure,
    Value,
)

Place = tuple[Side, str]
"""A side and a member path."""

PROSE_KINDS: frozenset[Kind] = frozenset(
    {
        "format", "conditional", "exclusive", "unsupported", "default", "reserved", "exists",
        "unique", "immutable", "recommended",
    }
)  # fmt: skip
"""Kinds that pages state in sentences, and a lossy copy of a page may have lost."""

LIMIT_KINDS: frozenset[Kind] = frozenset({"length", "items", "range", "pattern"})
"""Kinds that pages state in sentences, and the model by traits."""


class Said(Value, frozen=True):
    """One rule as the witness states it, with the confidence in the reading."""

    side: Side
    member: str
    kind: Kind
    value: Json
    confidence: float = 1.0
    checkable: bool = True

    @property
    def place(self) -> Place:
        """Where the rule stands."""
        return self.side, self.member

    @property
    def prose(self) -> bool:
        """Whether a page says it in a sentence; a lossy copy may have lost that."""
        return self.confidence < 1.0 or self.kind in PROSE_KINDS or self.kind in LIMIT_KINDS

    @property
    def sure(self) -> bool:
        """Whether `run` would test the rule by default."""
        return self.confidence >= DEFAULT_CONFIDENCE


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one witness says.

    `nodes` has every shape by place, in order; `members` those that are members of a structure.
    `rules` are by id without the operation's name. `errors` is None where they are unknown.
    """

    operation: Operation
    witness: Origin
    nodes: Mapping[Place, Shape]
    members: Mapping[Place, Member]
    rules: Mapping[str, Said]
    errors: Mapping[str, ErrorShape] | None

    def said(self, kind: Kind, place: Place) -> Said | None:
        """Return the rule of a kind that has no part at a place, or None."""
        side, member = place
        return self.rules.get(f"{side}/{member}/{kind}")

    def silent(self, place: Place, *, prose: bool = False) -> bool:
        """Whether what was read has lost what the witness said there, or said in prose."""
        if self.witness != "page":
            return False
        return any(
            _covers(gap.where, place)
            for gap in self.operation.gaps
            if gap.what in ("elided", "members-lost") or (gap.what == "prose-lost" and prose)
        )


def witnesses(operation: Operation) -> tuple[Origin, ...]:
    """Return who speaks in a spec: "page", "model", or both."""
    page: tuple[Origin, ...] = ("page",) if operation.page is not None else ()
    model: tuple[Origin, ...] = ("model",) if operation.model else ()
    return page + model


def account(operation: Operation, witness: Origin) -> Account:
    """Return what one witness of a spec says; the other's statements are left out."""
    nodes: dict[Place, Shape] = {}
    members: dict[Place, Member] = {}
    sides: tuple[Side, ...] = ("input", "output")
    for side in sides:
        for path, shape, member in _known(operation.side(side), "", witness):
            nodes[side, path] = shape
            if member is not None:
                members[side, path] = member
    prefix = f"{operation.id}/"
    rules = {
        rule.id.removeprefix(prefix): said
        for rule in operation.rules
        if (said := _said(rule, witness)) is not None
    }
    return Account(
        operation=operation,
        witness=witness,
        nodes=nodes,
        members=members,
        rules=rules,
        errors=_errors(operation, witness),
    )


def _covers(where: str, place: Place) -> bool:
    side, path = place
    if where in ("", side):
        return True
    here, there = f"{side}/{path}", where
    return here == there or (here.startswith(there) and here[len(there)] in ".[{")


def _known(shape: Shape, path: str, witness: Origin) -> Iterator[tuple[str, Shape, Member | None]]:
    """Yield (path, shape, member) of what the witness knows, the whole first."""
    if path == "":
        yield "", shape, None
    match shape:
        case Structure():
            for member in shape.members:
                if witness in member.known_to:
                    here = join(path, member.name)
                    yield here, member.shape, member
                    yield from _known(member.shape, here, witness)
        case List():
            yield f"{path}[]", shape.item, None
            yield from _known(shape.item, f"{path}[]", witness)
        case Map():
            yield f"{path}{{key}}", shape.key, None
            yield f"{path}{{}}", shape.value, None
            yield from _known(shape.value, f"{path}{{}}", witness)
        case Scalar() | Recursive():
            return


def _said(rule: Rule, witness: Origin) -> Said | None:
    mine = next((s for s in rule.statements if s.origin == witness), None)
    if mine is None or rule.side not in ("input", "output"):
        return None
    return Said(
        side=rule.side,
        member=rule.member,
        kind=rule.kind,
        value=mine.value,
        confidence=rule.confidence,
        checkable=rule.checkable,
    )


def _errors(operation: Operation, witness: Origin) -> Mapping[str, ErrorShape] | None:
    if witness not in operation.errors_from:
        return None
    return {error.name: error for error in operation.errors if witness in error.known_to}

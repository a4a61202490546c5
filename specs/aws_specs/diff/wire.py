"""How two models of one operation travel differently; pages say nothing of the wire."""

from __future__ import annotations

from collections.abc import Iterator

from aws_specs.diff.account import Account, Place
from aws_specs.diff.change import Found, found
from aws_specs.spec import Json, List, Map, Member, Recursive, Scalar, Shape, Structure

_OPERATION = (
    "protocol", "method", "uri", "api_version", "endpoint_prefix", "signing_name", "target",
    "json_version", "signature", "unsigned", "payload",
)  # fmt: skip


def wire_changes(before: Account, after: Account) -> Iterator[Found]:
    """Yield how the operation as a whole, then each member that both have, travels otherwise."""
    old, new = before.operation.wire, after.operation.wire
    if old.status != new.status:
        yield found("status", ("output", ""), old.status, new.status)
    for name in _OPERATION:
        yield from _fact(("protocol", ""), name, getattr(old, name), getattr(new, name))
    for place, shape in before.nodes.items():
        if place in after.nodes:
            yield from _shape(place, shape, after.nodes[place])
        if place in before.members and place in after.members:
            yield from _member(place, before.members[place], after.members[place])


def _fact(place: Place, name: str, old: Json, new: Json) -> Iterator[Found]:
    if old != new:
        yield found("wire", place, old, new, name.replace("_", "-"))


def _member(place: Place, old: Member, new: Member) -> Iterator[Found]:
    yield from _fact(place, "location", old.location, new.location)
    yield from _fact(place, "wire_name", old.wire_name, new.wire_name)


def _shape(place: Place, old: Shape, new: Shape) -> Iterator[Found]:
    """Yield how two shapes of one kind travel otherwise; another kind is a change of type."""
    match old, new:
        case Scalar(), Scalar():
            names: tuple[str, ...] = ("streaming", "json", "timestamp_format")
        case List(), List():
            names = ("wire_name", "flattened")
        case Structure(), Structure():
            names = ("union", "eventstream")
        case Recursive(), Recursive():
            names = ("to",)
        case Map(), Map():
            names = ()
        case _:
            names = ()
    for name in names:
        yield from _fact(place, name, getattr(old, name), getattr(new, name))

"""Where a member stands on the wire: alone in the body, as text, under a name that another has."""

from __future__ import annotations

from aws_specs.paths import from_steps, shape_at, steps
from aws_specs.spec import Member, Scalar, Structure

TEXT_PROTOCOLS = frozenset({"query", "ec2", "rest-xml"})
"""Protocols in which all that is sent is text."""


def shares_its_name(top: Structure, path: str) -> bool:
    """Whether a member, or one above it, is called like another one beside it on the wire.

    S3's `Event` and `Events` are both elements `<Event>`: what is wrong with one is with the other.
    """
    parts = steps(path)
    for count, name in enumerate(parts):
        holder = shape_at(top, from_steps(parts[:count])) if count else top
        named = {m.name: m for m in holder.members} if isinstance(holder, Structure) else {}
        if name in named and named[name].location in ("", "payload"):
            mine = named[name].wire_name
            if mine and any(m.wire_name == mine for m in named.values() if m.name != name):
                return True
    return False


def is_raw(top: Structure, path: str) -> bool:
    """Whether a member is the bare body: any bytes are a value of it, and base64 is not sent."""
    member, shape = top_member(top, path), shape_at(top, path)
    bare = isinstance(shape, Scalar) and shape.type in ("blob", "stream", "string")
    return bare and len(steps(path)) == 1 and member is not None and member.location == "payload"


def top_member(top: Structure, path: str) -> Member | None:
    """Return the member of the whole that a path begins with, None for that of another."""
    name = steps(path)[0] if path else ""
    return next((member for member in top.members if member.name == name), None)

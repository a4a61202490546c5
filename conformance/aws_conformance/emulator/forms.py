"""Requests of the query protocol, and of EC2's kind of it: a form read back into parameters.

The form's keys are paths: `Tags.member.1.Key`, in EC2 `Tag.1.Key`. Keys that the model does not
have are ignored. What cannot be read (a number that is none, a text where more is due, an index
that is none) is unreadable, as it is in a document. Source: Smithy's awsQuery and ec2Query pages.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from aws_conformance.emulator.decoding import from_text, unreadable
from aws_conformance.emulator.layout import Layout, Named, layout
from aws_conformance.emulator.routing import Match
from aws_conformance.exchange import Request
from aws_specs.paths import join, shape_at
from aws_specs.spec import Json, List, Map, Member, Operation, Recursive, Scalar, Shape, Structure

Pairs = tuple[tuple[str, str], ...]


class _Node:
    """What a form has under one part of its keys: a text of its own, and what is below."""

    def __init__(self) -> None:
        self.text: str | None = None
        self.below: dict[str, _Node] = {}

    def put(self, key: str, text: str) -> None:
        node = self
        for part in key.split("."):
            node = node.below.setdefault(part, _Node())
        if node.text is None:
            node.text = text


def pairs(body: bytes) -> Pairs:
    """Return the keys and texts of a form, in order; nothing for bytes that are no form."""
    try:
        text = body.decode("utf-8")
        return tuple(parse_qsl(text, keep_blank_values=True, errors="strict"))
    except (UnicodeDecodeError, ValueError):
        return ()


def read(operation: Operation, match: Match, request: Request) -> dict[str, Any]:
    """Return the parameters of a request. Raises `UnreadableError`."""
    root = _Node()
    found = pairs(request.body)
    if request.body and not found:
        unreadable("", "protocol", "The request body is no form.")
    for key, text in found:
        root.put(key, text)
    reader = _Reader(operation)
    return reader.members(operation.input, reader.names.top(operation, "input"), root, "")


class _Reader:
    """Reads one operation's forms: `names` are those of its service's model."""

    def __init__(self, operation: Operation) -> None:
        self.top = operation.input
        self.names: Layout = layout(operation.service)
        self.ec2 = operation.wire.protocol == "ec2"

    def members(self, shape: Structure, place: Named, node: _Node, path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for member in shape.members:
            at = self.names.member(place, member)
            under = node.below.get(self._key(member, at))
            if under is not None:
                here = join(path, member.name)
                found[member.name] = self.value(member.shape, at, under, here)
        return found

    def _key(self, member: Member, at: Named) -> str:
        """Return what stands in keys for a member.

        EC2 capitalises. A flattened list of the query protocol has the name of its items.
        """
        if self.ec2:
            return at.query_name or at.name[:1].upper() + at.name[1:]
        if isinstance(member.shape, List) and at.flattened:
            return self.names.item(at).name or at.name
        return at.name

    def value(self, shape: Shape, place: Named, node: _Node, path: str) -> Json:
        match shape:
            case Recursive():
                target: Shape = shape_at(self.top, shape.to) or self.top if shape.to else self.top
                return self.value(target, place, node, shape.to)
            case Structure():
                _check_no_text(node, path)
                return self.members(shape, place, node, path)
            case List():
                return self._list(shape, place, node, path)
            case Map():
                return self._map(shape, place, node, path)
            case Scalar():
                if node.text is None:
                    unreadable(path, "type", f"{path} has parts where a text is due.")
                return from_text(shape, node.text, "iso8601", path)

    def _list(self, shape: List, place: Named, node: _Node, path: str) -> Json:
        _check_no_text(node, path)
        item = self.names.item(place)
        if not (self.ec2 or place.flattened):
            node = _only(node, item.name or "member", path)
        return [self.value(shape.item, item, one, f"{path}[]") for one in _numbered(node, path)]

    def _map(self, shape: Map, place: Named, node: _Node, path: str) -> Json:
        _check_no_text(node, path)
        if not (self.ec2 or place.flattened):
            node = _only(node, "entry", path)
        key, value = self.names.key(place), self.names.value(place)
        found: dict[str, Json] = {}
        for entry in _numbered(node, path):
            name, under = entry.below.get(key.name), entry.below.get(value.name)
            if name is None or name.text is None or under is None:
                unreadable(path, "type", f"{path} has an entry without key or value.")
            found[name.text] = self.value(shape.value, value, under, f"{path}{{}}")
        return found


def _check_no_text(node: _Node, path: str) -> None:
    """Refuse a text where more is due; an empty one stands for nothing in it."""
    if node.text:
        unreadable(path, "type", f"{path} is a text where more is due.")


def _only(node: _Node, name: str, path: str) -> _Node:
    """Return what stands below one name, beside which there may be no other."""
    if node.below.keys() - {name}:
        unreadable(path, "type", f"{path} has parts that are not named {name}.")
    return node.below.get(name) or _Node()


def _numbered(node: _Node, path: str) -> list[_Node]:
    """Return the entries in the order of their numbers, which start anywhere and may have gaps."""
    if not all(key.isascii() and key.isdigit() and len(key) < 10 for key in node.below):
        unreadable(path, "type", f"{path} has an index that is no number.")
    return [node.below[key] for key in sorted(node.below, key=int)]

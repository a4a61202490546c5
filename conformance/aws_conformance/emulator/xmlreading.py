"""Requests of the rest-xml protocol: the XML of a body read back into parameters.

Elements that the model does not have are ignored, and namespaces with them: AWS's own services
answer requests with and without. A body that is no XML, declares a document type, or has another
root than the model's is unreadable. Source: the Smithy restXml page and its XML binding traits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from aws_conformance.emulator.decoding import (
    bound,
    from_text,
    payload_member,
    raw_body,
    takes_body,
    unreadable,
)
from aws_conformance.emulator.layout import Layout, Named, layout
from aws_conformance.emulator.routing import Match
from aws_conformance.exchange import Request
from aws_specs.paths import join, shape_at
from aws_specs.spec import Json, List, Map, Member, Operation, Recursive, Scalar, Shape, Structure

_DEEPEST = 100


def read(operation: Operation, match: Match, request: Request) -> dict[str, Any]:
    """Return the parameters of a request. Raises `UnreadableError`."""
    return {**bound(operation, match, request), **_body(operation, request)}


def _body(operation: Operation, request: Request) -> dict[str, Any]:
    if not takes_body(operation):
        return {}
    reader = _Reader(operation)
    top = reader.names.top(operation, "input")
    payload = payload_member(operation.input)
    if payload is not None and isinstance(payload.shape, Scalar):
        return raw_body(payload, payload.shape, request.body)
    if not request.body.strip():
        return {}
    root = _root(request.body)
    if payload is None:
        _check_root(root, top.name or top.shape)
        return reader.members(operation.input, top, root, "")
    place = reader.names.member(top, payload)
    _check_root(root, place.name or place.shape)
    return {payload.name: reader.value(payload.shape, place, root, payload.name)}


def _root(body: bytes) -> Element:
    """Return the root element of a body, which may hold no document type (so no entities)."""
    try:
        text = body.decode("utf-8")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            unreadable("", "protocol", "The request body declares a document type.")
        root = ElementTree.fromstring(text)  # noqa: S314  # no document type: above
    except (UnicodeDecodeError, ElementTree.ParseError, ValueError):
        unreadable("", "protocol", "The request body is not XML.")
    level: Sequence[Element] = (root,)
    for _ in range(_DEEPEST):
        level = [child for node in level for child in node]
    if level:
        unreadable("", "protocol", "The request body nests too deep.")
    return root


def _check_root(root: Element, name: str) -> None:
    if name and local(root.tag) != name:
        unreadable("", "protocol", f"The root element is not {name}.")


def local(tag: str) -> str:
    """Return an element's or attribute's name without its namespace."""
    return tag.rpartition("}")[2]


class _Reader:
    """Reads one operation's XML: `names` are those of its service's model."""

    def __init__(self, operation: Operation) -> None:
        self.top = operation.input
        self.names: Layout = layout(operation.service)

    def members(self, shape: Structure, place: Named, node: Element, path: str) -> dict[str, Any]:
        _check_no_text(node, path)
        found: dict[str, Any] = {}
        for member in shape.members:
            if path == "" and member.location:
                continue
            at = self.names.member(place, member)
            value = self._member(member, at, node, join(path, member.name))
            if value is not None:
                found[member.name] = value
        return found

    def _member(self, member: Member, at: Named, node: Element, path: str) -> Json:
        """Return a member's value, None where it is not there."""
        if at.attribute:
            name = at.name.rpartition(":")[2]
            text = next((value for key, value in node.items() if local(key) == name), None)
            return None if text is None else self._scalar(member.shape, text, path)
        names = {at.name}
        if at.flattened and isinstance(member.shape, List):
            names.add(self.names.item(at).name)
        nodes = [child for child in node if local(child.tag) in names]
        if not nodes:
            return None
        if at.flattened and isinstance(member.shape, List):
            return self._items(member.shape, at, nodes, path)
        if at.flattened and isinstance(member.shape, Map):
            return self._entries(member.shape, at, nodes, path)
        return self.value(member.shape, at, nodes[0], path)

    def value(self, shape: Shape, place: Named, node: Element, path: str) -> Json:
        match shape:
            case Recursive():
                target: Shape = shape_at(self.top, shape.to) or self.top if shape.to else self.top
                return self.value(target, place, node, shape.to)
            case Structure():
                return self.members(shape, place, node, path)
            case List():
                _check_no_text(node, path)
                name = self.names.item(place).name or "member"
                _check_names(node, name, path)
                return self._items(shape, place, list(node), path)
            case Map():
                _check_no_text(node, path)
                _check_names(node, "entry", path)
                return self._entries(shape, place, list(node), path)
            case Scalar():
                if len(node):
                    unreadable(path, "type", f"{path} has elements where a text is due.")
                return self._scalar(shape, node.text or "", path)

    def _scalar(self, shape: Shape, text: str, path: str) -> Json:
        return from_text(shape, text, "iso8601", path)

    def _items(self, shape: List, place: Named, nodes: Sequence[Element], path: str) -> Json:
        item = self.names.item(place)
        return [self.value(shape.item, item, one, f"{path}[]") for one in nodes]

    def _entries(self, shape: Map, place: Named, nodes: Sequence[Element], path: str) -> Json:
        key, value = self.names.key(place), self.names.value(place)
        found: dict[str, Json] = {}
        for entry in nodes:
            parts = {local(child.tag): child for child in entry}
            if key.name not in parts or value.name not in parts:
                unreadable(path, "type", f"{path} has an entry without key or value.")
            name = parts[key.name].text or ""
            found[name] = self.value(shape.value, value, parts[value.name], f"{path}{{}}")
        return found


def _check_no_text(node: Element, path: str) -> None:
    if (node.text or "").strip():
        unreadable(path, "type", f"{path} is a text where elements are due.")


def _check_names(node: Element, name: str, path: str) -> None:
    if any(local(child.tag) != name for child in node):
        unreadable(path, "type", f"{path} has elements that are not named {name}.")

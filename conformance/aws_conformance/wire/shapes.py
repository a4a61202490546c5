"""What a target sent, in the JSON form of the response shape: member names, base64, ISO 8601.

Values are renamed and put in form, never corrected: what has the wrong type on the wire stays as it
is, so that the judge sees it. Members that the model does not know keep their wire name.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from xml.etree.ElementTree import Element

from aws_conformance.wire.values import SPECIAL_FLOATS, timestamp
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.spec import Json

# Shapes are botocore's, which is untyped.
Problem = Callable[[str], None]
"""Reports one problem; the text starts with a kebab-case code."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def iso(moment: datetime) -> str:
    """Return an aware datetime as ISO 8601 text in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


# ---------------------------------------------------------------- JSON and CBOR


def from_json(shape: Any, value: Any, path: str, problem: Problem) -> Json:
    """Return a decoded JSON or CBOR value in the form of `shape`, without null members."""
    convert = _FROM_JSON.get(shape.type_name)
    if convert is None or value is None:
        return plain(value)
    return convert(shape, value, path, problem)


def plain(value: Any) -> Json:
    """Return a decoded value as JSON: bytes as base64 text, datetimes as ISO 8601 text."""
    if is_object(value):
        return {str(key): plain(item) for key, item in value.items()}
    if is_list(value):
        return [plain(item) for item in value]
    match value:
        case bytes():
            return base64.b64encode(value).decode()
        case datetime():
            return iso(value)
        case float() if not math.isfinite(value):
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        case _:
            return value


def wire_names(shape: Any) -> dict[str, tuple[str, Any]]:
    """Map the name on the wire to (member name, member shape) for the members of a structure."""
    return {
        str(member.serialization.get("name", name)): (str(name), member)
        for name, member in shape.members.items()
    }


def _structure(shape: Any, value: Any, path: str, problem: Problem) -> Json:
    if not is_object(value) or shape.is_document_type:
        return plain(value)
    names = wire_names(shape)
    found: dict[str, Json] = {}
    for wire, item in value.items():
        name, member = names.get(wire, (wire, None))
        if item is None or (wire == "__type" and member is None):
            continue
        here = f"{path}/{name}"
        found[name] = plain(item) if member is None else from_json(member, item, here, problem)
    return found


def _list(shape: Any, value: Any, path: str, problem: Problem) -> Json:
    if not is_list(value):
        return plain(value)
    return [
        from_json(shape.member, item, f"{path}/{index}", problem)
        for index, item in enumerate(value)
    ]


def _map(shape: Any, value: Any, path: str, problem: Problem) -> Json:
    if not is_object(value):
        return plain(value)
    return {
        str(key): from_json(shape.value, item, f"{path}/{key}", problem)
        for key, item in value.items()
    }


def _timestamp(shape: Any, value: Any, path: str, problem: Problem) -> Json:
    wanted = _format(shape, "unixtimestamp")
    if isinstance(value, datetime):
        return iso(value)
    if wanted != "unixtimestamp" and isinstance(value, str):
        return timestamp_text(wanted, value, path, problem)
    if isinstance(value, bool) or not isinstance(value, int | float):
        problem(f"timestamp-format: {path} is {value!r}, {wanted} is due"[:200])
        return plain(value)
    if wanted != "unixtimestamp":
        problem(f"timestamp-format: {path} is the number {value}, {wanted} is due")
    return _from_epoch(value, path, problem)


def _format(shape: Any, usual: str) -> str:
    """Return the format of a timestamp; models write both unixTimestamp and unixtimestamp."""
    return str(shape.serialization.get("timestampFormat", usual)).lower()


def _from_epoch(value: float, path: str, problem: Problem) -> Json:
    try:
        return iso(_EPOCH + timedelta(seconds=value))
    except (OverflowError, ValueError):
        problem(f"timestamp-range: {path} is {str(value)[:40]}")
        return plain(value)


def timestamp_text(wanted: str, text: str, path: str, problem: Problem) -> Json:
    """Return a timestamp that came as text in the form `wanted` as ISO 8601 text."""
    moment = _TIMESTAMPS[wanted](text)
    if moment is None:
        problem(f"timestamp-format: {path} is {text!r}, {wanted} is due"[:200])
        return text
    return iso(moment)


def _rfc822(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _epoch_text(text: str) -> datetime | None:
    try:
        return _EPOCH + timedelta(seconds=float(text))
    except (OverflowError, ValueError):
        return None


_TIMESTAMPS: Final[Mapping[str, Callable[[str], datetime | None]]] = {
    "iso8601": timestamp,
    "rfc822": _rfc822,
    "unixtimestamp": _epoch_text,
}


def _blob(_: Any, value: Any, path: str, problem: Problem) -> Json:
    if isinstance(value, str) and not _is_base64(value):
        problem(f"bad-base64: {path} is {value[:60]!r}")
    return plain(value)


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


_FROM_JSON: Final[Mapping[str, Callable[[Any, Any, str, Problem], Json]]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "timestamp": _timestamp,
    "blob": _blob,
}


# ---------------------------------------------------------------- text: headers and XML


def from_text(shape: Any, text: str, path: str, problem: Problem, timestamps: str) -> Json:
    """Return a scalar that came as text; text that is no such scalar stays text.

    `timestamps` is the format of timestamps that the place has by default.
    """
    match shape.type_name:
        case "timestamp":
            wanted = _format(shape, timestamps)
            return timestamp_text(wanted, text, path, problem)
        case "blob":
            return _blob(shape, text, path, problem)
        case "boolean":
            return {"true": True, "false": False}.get(text, text)
        case "integer" | "long" | "short" | "byte":
            return int(text) if _is_integer(text) else text
        case "float" | "double":
            return _number(text)
        case _:
            return text


def _is_integer(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) < 40


def _number(text: str) -> Json:
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) or text not in SPECIAL_FLOATS else text


def from_header(shape: Any, text: str, path: str, problem: Problem) -> Json:
    """Return a header's value in the form of its shape: lists are split, JSON values decoded."""
    if shape.type_name == "list":
        items = _header_items(text, dates=shape.member.type_name == "timestamp")
        return [
            from_text(shape.member, item, f"{path}/{index}", problem, "rfc822")
            for index, item in enumerate(items)
        ]
    if shape.serialization.get("jsonvalue"):
        try:
            return json.loads(base64.b64decode(text, validate=True))
        except (ValueError, RecursionError):
            problem(f"bad-header: {path} is no JSON in base64")
            return text
    return from_text(shape, text, path, problem, "rfc822")


def _header_items(text: str, *, dates: bool) -> list[str]:
    """Return the items of a list in a header; commas stand within quotes and within HTTP dates.

    Source: the Smithy HTTP protocol tests (`headerStringList`, `headerTimestampList`).
    """
    items: list[str] = []
    rest = text
    while rest.strip():
        rest = rest.lstrip()
        item, rest = _quoted(rest) if rest.startswith('"') else _until_comma(rest)
        if dates and rest and item.isalpha():  # the day of the week: "Mon, 16 Dec 2019 …"
            day, (item, rest) = item, _until_comma(rest)
            item = f"{day}, {item}"
        items.append(item)
    return items


def _until_comma(text: str) -> tuple[str, str]:
    head, _, tail = text.partition(",")
    return head.strip(), tail


def _quoted(text: str) -> tuple[str, str]:
    """Return the text within quotes at the start, and what stands behind the next comma."""
    found: list[str] = []
    at = 1
    while at < len(text) and text[at] != '"':
        at += text[at] == "\\"
        found += text[at : at + 1]
        at += 1
    return "".join(found), text[at + 1 :].partition(",")[2]


def local(tag: str) -> str:
    """Return an element's name without its namespace."""
    return tag.rpartition("}")[2]


def from_xml(shape: Any, node: Element, path: str, problem: Problem) -> Json:
    """Return an element in the form of `shape`; text where elements are due, or elements where a
    text is due, stay as they are.
    """
    nested = shape.type_name in ("structure", "list", "map")
    if nested != bool(len(node)) and (len(node) or (node.text or "").strip()):
        return _loose(node)
    match shape.type_name:
        case "structure":
            return structure_from_xml(shape, node, path, problem)
        case "list":
            item = shape.member.serialization.get("name", "member")
            return [
                from_xml(shape.member, child, f"{path}/{index}", problem)
                for index, child in enumerate(c for c in node if local(c.tag) in (item, "member"))
            ]
        case "map":
            return _map_from_xml(shape, [c for c in node if local(c.tag) == "entry"], path, problem)
        case _:
            return from_text(shape, node.text or "", path, problem, "iso8601")


def structure_from_xml(shape: Any, node: Element, path: str, problem: Problem) -> dict[str, Json]:
    """Return the members of a structure that stand below `node` or in its attributes."""
    found: dict[str, Json] = {}
    children: dict[str, list[Element]] = {}
    for child in node:
        children.setdefault(local(child.tag), []).append(child)
    for name, member in shape.members.items():
        value = _member_from_xml(name, member, node, children, f"{path}/{name}", problem)
        if value is not None:
            found[name] = value
    for wire, nodes in children.items():
        found[wire] = [_loose(child) for child in nodes] if len(nodes) > 1 else _loose(nodes[0])
    return found


def _member_from_xml(
    name: str,
    member: Any,
    node: Element,
    children: dict[str, list[Element]],
    path: str,
    problem: Problem,
) -> Json:
    """Return one member and take its elements out of `children`; None where there is none."""
    serialization = member.serialization
    wire = str(serialization.get("name", name))
    if serialization.get("xmlAttribute"):
        attribute = wire.rpartition(":")[2]
        return next((text for key, text in node.attrib.items() if local(key) == attribute), None)
    if serialization.get("flattened") and member.type_name == "list":
        item = str(member.member.serialization.get("name", wire))
        nodes = children.pop(item, []) or children.pop(wire, []) or children.pop(name, [])
        items = [
            from_xml(member.member, child, f"{path}/{index}", problem)
            for index, child in enumerate(nodes)
        ]
        return items or None
    nodes = children.pop(wire, [])
    if not nodes:
        return None
    if serialization.get("flattened") and member.type_name == "map":
        return _map_from_xml(member, nodes, path, problem)
    if len(nodes) > 1:
        problem(f"repeated-element: {path} stands {len(nodes)} times")
    return from_xml(member, nodes[0], path, problem)


def _map_from_xml(shape: Any, entries: list[Element], path: str, problem: Problem) -> Json:
    key_name = shape.key.serialization.get("name", "key")
    value_name = shape.value.serialization.get("name", "value")
    found: dict[str, Json] = {}
    for entry in entries:
        parts = {local(child.tag): child for child in entry}
        if key_name not in parts or value_name not in parts:
            problem(f"map-entry: {path} has an entry without {key_name} or {value_name}")
            continue
        key = parts[key_name].text or ""
        found[key] = from_xml(shape.value, parts[value_name], f"{path}/{key}", problem)
    return found


def _loose(node: Element) -> Json:
    """Return an element nobody models as JSON: its text, or its children by name."""
    if len(node) == 0:
        return node.text or ""
    return {local(child.tag): _loose(child) for child in node}

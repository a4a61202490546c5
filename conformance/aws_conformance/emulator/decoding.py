"""From bytes to parameters: restJson1 read as a server reads it, AWS JSON with it.

What cannot be read is a `SerializationException` (Smithy's malformed-request tests for restJson1):
broken JSON, a wrong JSON type, a timestamp in another format, a number in a path that is none.
Members that are null are dropped and unknown members ignored; a wrong JSON type is left in place
for the schema to report, so that the report names the member. Parameters come out in the form of
the request schema: names as in boto3, blobs as base64 text, timestamps as ISO 8601 text.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final, NoReturn

from aws_conformance.emulator.refusals import Problem
from aws_conformance.emulator.routing import Match
from aws_conformance.emulator.validation import FORMATS
from aws_conformance.exchange import Request
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import join, shape_at
from aws_specs.spec import Json, List, Map, Member, Operation, Recursive, Scalar, Shape, Structure

Params = dict[str, Any]

_INTEGER = re.compile(r"[+-]?[0-9]{1,40}")
_FLOAT = re.compile(r"[+-]?([0-9]{1,400}(\.[0-9]{0,400})?|\.[0-9]{1,400})([eE][+-]?[0-9]{1,9})?")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BODY_LOCATIONS = ("", "payload")
_WHOLE_BODY = frozenset({"json", "query", "ec2", "smithy-rpc-v2-cbor"})


class UnreadableError(Exception):
    """Raised by readers where a value has no meaning on the wire; `protocols.decode` catches it."""

    def __init__(self, member: str, kind: str, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(member=member, kind=kind, at=(), message=message, unreadable=True)


def unreadable(member: str, kind: str, message: str) -> NoReturn:
    """Refuse a request for what stands at a member; `kind` is "protocol" for broken syntax."""
    raise UnreadableError(member, kind, message)


def read(operation: Operation, match: Match, request: Request) -> Params:
    """Return the request's parameters. Raises `UnreadableError`."""
    return {**bound(operation, match, request), **_body(operation, request)}


def takes_body(operation: Operation) -> bool:
    """Whether the operation's input has anything that travels in the body; RPC always has."""
    if operation.wire.protocol in _WHOLE_BODY:
        return True
    return any(member.location in _BODY_LOCATIONS for member in operation.input.members)


def raw_payload(operation: Operation) -> bool:
    """Whether the body is a blob or text as it stands, not JSON."""
    payload = payload_member(operation.input)
    return payload is not None and isinstance(payload.shape, Scalar)


def payload_member(top: Structure) -> Member | None:
    """Return the member that is the whole body, or None."""
    return next((member for member in top.members if member.location == "payload"), None)


# ---------------------------------------------------------------- body


def _body(operation: Operation, request: Request) -> Params:
    if not takes_body(operation):
        return {}
    payload = payload_member(operation.input)
    if payload is not None and isinstance(payload.shape, Scalar):
        return raw_body(payload, payload.shape, request.body)
    value: Json = _json(request.body) if request.body.strip() else {}
    if payload is None:
        if not is_object(value):
            unreadable("", "type", "The request body is no JSON object.")
        return _members(operation.input, operation.input, value, "")
    if value is None or not request.body.strip():
        return {}
    return {payload.name: from_wire(operation.input, payload.shape, value, payload.name)}


def raw_body(member: Member, shape: Scalar, body: bytes) -> Params:
    """Return the body as the value of its member: bytes as base64 text, nothing for none."""
    if not body:
        return {}
    if shape.type in ("blob", "stream"):
        return {member.name: base64.b64encode(body).decode("ascii")}
    return {member.name: body.decode("utf-8", errors="replace")}


def _json(body: bytes) -> Json:
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("", "protocol", "The request body is not JSON.") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def from_wire(top: Structure, shape: Shape, value: Json, path: str) -> Json:
    """Return a JSON value of the body with its members renamed and its scalars in schema form.

    `top` is the structure in which `Recursive` shapes are resolved. Raises `UnreadableError`.
    """
    match shape:
        case Recursive():
            target: Shape = shape_at(top, shape.to) or top if shape.to else top
            return from_wire(top, target, value, shape.to)
        case Structure() if is_object(value):
            return _members(top, shape, value, path)
        case List() if is_list(value):
            return [from_wire(top, shape.item, item, f"{path}[]") for item in value]
        case Map() if is_object(value):
            return {k: from_wire(top, shape.value, v, f"{path}{{}}") for k, v in value.items()}
        case Scalar(type="timestamp"):
            return _timestamp(value, shape.timestamp_format or "unixTimestamp", path)
        case _:
            return value


def _members(top: Structure, shape: Structure, value: Mapping[str, Json], path: str) -> Params:
    found: Params = {}
    for member in shape.members:
        if path == "" and member.location:
            continue
        given = value.get(member.wire_name or member.name)
        if given is not None:
            found[member.name] = from_wire(top, member.shape, given, join(path, member.name))
    if shape.union:
        _check_union(shape, value, path)
    return found


def _check_union(shape: Structure, value: Mapping[str, Json], path: str) -> None:
    known = {member.wire_name or member.name for member in shape.members} | {"__type"}
    if any(name not in known for name, item in value.items() if item is not None):
        unreadable(path, "type", "A union has a member that is not modelled.")


# ---------------------------------------------------------------- path, query, headers


def bound(operation: Operation, match: Match, request: Request) -> Params:
    """Return the members that stand in path, query and headers. Raises `UnreadableError`."""
    headers = _joined_headers(request)
    found: Params = {}
    for member in operation.input.members:
        reader = _LOCATIONS.get(member.location)
        value = reader(member, match, headers) if reader else None
        if value is not None:
            found[member.name] = value
    return found


def _joined_headers(request: Request) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in request.headers:
        key = name.lower()
        headers[key] = f"{headers[key]},{value}" if key in headers else value
    return headers


def _from_uri(member: Member, match: Match, headers: Mapping[str, str]) -> Json:
    text = match.labels.get(member.wire_name or member.name)
    return None if text is None else from_text(member.shape, text, "date-time", member.name)


def _from_query(member: Member, match: Match, headers: Mapping[str, str]) -> Json:
    shape, name = member.shape, member.wire_name or member.name
    if isinstance(shape, Map):
        return _query_map(shape, match)
    texts = [value for key, value in match.query if key == name]
    if isinstance(shape, List):
        items = [from_text(shape.item, text, "iso8601", f"{member.name}[]") for text in texts]
        return items or None
    return from_text(shape, texts[0], "iso8601", member.name) if texts else None


def _query_map(shape: Map, match: Match) -> Json:
    if isinstance(shape.value, List):
        lists: dict[str, list[str]] = {}
        for key, value in match.query:
            lists.setdefault(key, []).append(value)
        return lists or None
    return dict(match.query) or None


def _from_header(member: Member, match: Match, headers: Mapping[str, str]) -> Json:
    text = headers.get((member.wire_name or member.name).lower())
    if text is None:
        return None
    if isinstance(member.shape, List):
        item, path = member.shape.item, f"{member.name}[]"
        return [
            from_text(item, part.strip().strip('"'), "rfc822", path) for part in text.split(",")
        ]
    if isinstance(member.shape, Scalar) and member.shape.json:
        return _header_json(text, member.name)
    return from_text(member.shape, text, "rfc822", member.name)


def _header_json(text: str, path: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise UnreadableError(path, "format", f"The header of {path} is not base64.") from error


def _from_headers(member: Member, match: Match, headers: Mapping[str, str]) -> Json:
    prefix = (member.wire_name or "").lower()
    found = {key[len(prefix) :]: value for key, value in headers.items() if key.startswith(prefix)}
    return found or None


_LOCATIONS: Mapping[str, Callable[[Member, Match, Mapping[str, str]], Json]] = {
    "uri": _from_uri,
    "querystring": _from_query,
    "header": _from_header,
    "headers": _from_headers,
}


def from_text(shape: Shape, text: str, time_format: str, path: str) -> Json:
    """Return what text in a path, a query, a header, a form or XML means.

    `time_format` is the form of times where the model says nothing. Raises `UnreadableError`.
    """
    if not isinstance(shape, Scalar):
        return text
    if shape.type == "timestamp":
        return _time(text, shape.timestamp_format or time_format, path)
    read = _TEXT.get(shape.type)
    return read(text, path) if read else text


def _integer(text: str, path: str) -> int:
    if not _INTEGER.fullmatch(text):
        unreadable(path, "type", f"{path} is no integer.")
    return int(text)


def _float(text: str, path: str) -> Json:
    if text in ("NaN", "Infinity", "-Infinity"):
        return text
    if not _FLOAT.fullmatch(text):
        unreadable(path, "type", f"{path} is no number.")
    return float(text)


def _boolean(text: str, path: str) -> bool:
    if text not in ("true", "false"):
        unreadable(path, "type", f"{path} is no boolean.")
    return text == "true"


_TEXT: Mapping[str, Callable[[str, str], Json]] = {
    "integer": _integer,
    "float": _float,
    "boolean": _boolean,
}


# ---------------------------------------------------------------- timestamps


def _timestamp(value: Json, form: str, path: str) -> Json:
    """Return ISO 8601 text for a timestamp of a JSON body; another JSON type is left as it is."""
    if form == "unixTimestamp":
        if isinstance(value, str):
            unreadable(path, "type", f"{path} is a string where seconds since 1970 are due.")
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return value
        return _seconds(value, path)
    return _timestamp_text(value, form, path) if isinstance(value, str) else value


def _time(text: str, form: str, path: str) -> str:
    """Return a time that stands where all is text; one that cannot be read is refused at once."""
    found = _timestamp_text(text, form, path)
    if not FORMATS["date-time"](found):
        unreadable(path, "type", f"{path} is no time.")
    return found


def _timestamp_text(text: str, form: str, path: str) -> str:
    if form == "unixTimestamp":
        if not _FLOAT.fullmatch(text):
            unreadable(path, "type", f"{path} is no number of seconds.")
        return _seconds(float(text), path)
    if form == "rfc822":
        try:
            return _iso(parsedate_to_datetime(text))
        except (ValueError, TypeError, OverflowError) as error:
            raise UnreadableError(path, "type", f"{path} is no HTTP date.") from error
    return text


def _seconds(value: float, path: str) -> str:
    try:
        return _iso(_EPOCH + timedelta(seconds=value))
    except (OverflowError, ValueError) as error:
        raise UnreadableError(path, "type", f"{path} is no time.") from error


def _iso(moment: datetime) -> str:
    return moment.replace(tzinfo=moment.tzinfo or UTC).isoformat().replace("+00:00", "Z")

"""Requests and answers of rpc-v2-cbor: all members in one CBOR map, the operation in the path.

Documents are read as restJson1's are, but that CBOR has bytes and timestamps of its own: a text is
no blob and a bare number no time. An error is named by `__type` alone, with a namespace. Source:
the Smithy RPC v2 CBOR page.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from aws_conformance.emulator.cbor import Moment, NotCborError, dumps, loads
from aws_conformance.emulator.decoding import unreadable
from aws_conformance.emulator.encoding import error_members, query_error_header, response
from aws_conformance.emulator.refusals import Failure
from aws_conformance.emulator.routing import Match
from aws_conformance.exchange import Request, Response
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import join, shape_at
from aws_specs.spec import Json, List, Map, Operation, Recursive, Scalar, Shape, Structure

CBOR_TYPE = "application/cbor"
_ECHO = ("Smithy-Protocol", "rpc-v2-cbor")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# ---------------------------------------------------------------- requests


def read(operation: Operation, match: Match, request: Request) -> dict[str, Any]:
    """Return the parameters of a request; no body is an empty map. Raises `UnreadableError`."""
    if not request.body:
        return {}
    try:
        value = loads(request.body)
    except NotCborError as error:
        unreadable("", "protocol", f"The request body is {error}.")
    if not is_object(value):
        unreadable("", "type", "The request body is no CBOR map.")
    return _members(operation.input, operation.input, value, "")


def _members(
    top: Structure, shape: Structure, value: Mapping[str, Any], path: str
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for member in shape.members:
        given = value.get(member.wire_name or member.name)
        if given is not None:
            found[member.name] = _read(top, member.shape, given, join(path, member.name))
    names = {member.wire_name or member.name for member in shape.members} | {"__type"}
    if shape.union and any(name not in names for name, one in value.items() if one is not None):
        unreadable(path, "type", "A union has a member that is not modelled.")
    return found


def _read(top: Structure, shape: Shape, value: Any, path: str) -> Json:
    """Return a value in the schema's form; another type stays as it is, for the schema to say."""
    match shape:
        case Recursive():
            target: Shape = shape_at(top, shape.to) or top if shape.to else top
            return _read(top, target, value, shape.to)
        case Structure() if is_object(value):
            return _members(top, shape, value, path)
        case List() if is_list(value):
            return [_read(top, shape.item, item, f"{path}[]") for item in value]
        case Map() if is_object(value):
            return {k: _read(top, shape.value, v, f"{path}{{}}") for k, v in value.items()}
        case Scalar():
            return _scalar(shape, value, path)
        case _:
            return _plain(value, path)


def _scalar(shape: Scalar, value: Any, path: str) -> Json:
    blob, time = shape.type in ("blob", "stream"), shape.type == "timestamp"
    if blob and isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if blob and isinstance(value, str):
        unreadable(path, "type", f"{path} is text where bytes are due.")
    if time and isinstance(value, Moment):
        return _iso(value, path)
    if time and isinstance(value, (str, int, float)) and not isinstance(value, bool):
        unreadable(path, "type", f"{path} is not tagged as a time.")
    if shape.type == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    return _plain(value, path)


def _plain(value: Any, path: str) -> Json:
    """Return a value that JSON has too. Bytes and times have no place where they are not due."""
    if isinstance(value, (bytes, Moment)):
        unreadable(path, "type", f"{path} is of a type that is not due here.")
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if is_object(value):
        return {key: _plain(item, path) for key, item in value.items()}
    return [_plain(item, path) for item in value] if is_list(value) else value


def _iso(moment: Moment, path: str) -> str:
    try:
        found = _EPOCH + timedelta(seconds=moment.seconds)
    except (OverflowError, ValueError):
        unreadable(path, "type", f"{path} is no time.")
    return found.isoformat().replace("+00:00", "Z")


# ---------------------------------------------------------------- answers


def success(operation: Operation, output: Json, request_id: str) -> Response:
    """Return an output as it travels."""
    top = operation.output
    body = dumps(_write(top, top, output))
    return response(200, body, request_id, (_ECHO,), CBOR_TYPE)


def error(operation: Operation | None, failure: Failure, request_id: str) -> Response:
    """Return an error as it travels; one without a code has no `__type`."""
    service = operation.service.replace("-", "") if operation else "aws"
    kind = {"__type": f"com.amazonaws.{service}#{failure.wire_name}"} if failure.code else {}
    body = dumps({**kind, **error_members(failure, request_id)})
    headers = (_ECHO, *query_error_header(operation, failure))
    return response(failure.status, body, request_id, headers, CBOR_TYPE)


def _write(top: Structure, shape: Shape, value: Json) -> Any:
    match shape:
        case Recursive():
            target: Shape = shape_at(top, shape.to) or top if shape.to else top
            return _write(top, target, value)
        case Structure() if is_object(value):
            return {
                member.wire_name or member.name: _write(top, member.shape, value[member.name])
                for member in shape.members
                if member.name in value
            }
        case List() if is_list(value):
            return [_write(top, shape.item, item) for item in value]
        case Map() if is_object(value):
            return {key: _write(top, shape.value, item) for key, item in value.items()}
        case Scalar() if isinstance(value, str):
            return _written(shape, value)
        case _:
            return value


def _written(shape: Scalar, value: str) -> Any:
    """Return a text of the schema's form as CBOR has it: bytes, a time, a special number."""
    try:
        if shape.type in ("blob", "stream"):
            return base64.b64decode(value, validate=True)
        if shape.type == "timestamp":
            return Moment(datetime.fromisoformat(value).timestamp())
        if shape.type == "float" and value in ("NaN", "Infinity", "-Infinity"):
            return float(value)
    except (binascii.Error, ValueError):
        return value
    return value

"""From outputs and errors to bytes, as restJson1 carries them.

An error has its type in the `X-Amzn-Errortype` header and a JSON body with the members its shape
has; a success is bound to status, headers and body by the response shape. A value that does not
fit its shape is written as it stands: injected faults need that, and nothing else produces one.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime

from aws_conformance.emulator.decoding import payload_member
from aws_conformance.emulator.layout import layout
from aws_conformance.emulator.refusals import Failure
from aws_conformance.exchange import Response
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import shape_at
from aws_specs.spec import Json, List, Map, Member, Operation, Recursive, Scalar, Shape, Structure

JSON_TYPE = "application/json"
_LEAST_STATUS = 100
"""Numbers below are no HTTP status: the output has none of its own."""

FIELDS: Mapping[str, Callable[[Failure, str], str]] = {
    "message": lambda failure, request_id: failure.message,
    "errormessage": lambda failure, request_id: failure.message,
    "code": lambda failure, request_id: failure.code,
    "requestid": lambda failure, request_id: request_id,
}
"""What is written into an error's body, by the member's name in lower case; others stay absent."""


def error_members(failure: Failure, request_id: str) -> dict[str, Json]:
    """Return what an error's body says, by the names that its shape has."""
    return {
        name: FIELDS[name.lower()](failure, request_id)
        for name in failure.members
        if name.lower() in FIELDS and (failure.code or name.lower() != "code")
    }


def error_response(operation: Operation | None, failure: Failure, request_id: str) -> Response:
    """Return an error as it travels; one without a code says nowhere what it is."""
    headers = (("X-Amzn-Errortype", failure.wire_name),) if failure.code else ()
    body = json_bytes(error_members(failure, request_id))
    return response(failure.status, body, request_id, headers)


def query_error_header(
    operation: Operation | None, failure: Failure
) -> tuple[tuple[str, str], ...]:
    """Return the header by which a service that once spoke query says the error's old code."""
    if operation is None or not failure.code:
        return ()
    if "awsQueryCompatible" not in layout(operation.service).metadata:
        return ()
    fault = "Sender" if failure.status < 500 else "Receiver"
    return (("x-amzn-query-error", f"{failure.code};{fault}"),)


def success_response(operation: Operation, output: Json, request_id: str) -> Response:
    """Return an output (in the response schema's form) as it travels."""
    status, headers = bound_output(operation, output)
    body, content_type = _body(operation.output, output)
    return response(status, body, request_id, headers, content_type)


def bound_output(operation: Operation, output: Json) -> tuple[int, tuple[tuple[str, str], ...]]:
    """Return the status and the headers to which an output is bound."""
    headers: list[tuple[str, str]] = []
    status = operation.wire.status
    for member in operation.output.members:
        value = output.get(member.name)
        if value is None:
            continue
        if member.location in ("header", "headers"):
            headers.extend(_header(member, value))
        elif member.location == "statusCode" and isinstance(value, int) and value >= _LEAST_STATUS:
            status = value
    return status, tuple(headers)


def response(
    status: int,
    body: bytes,
    request_id: str,
    headers: tuple[tuple[str, str], ...] = (),
    content_type: str = JSON_TYPE,
) -> Response:
    """Return a response with the headers that every answer has; bound ones come before them."""
    if any(name.lower() == "content-type" for name, _ in headers):
        content_type = ""
    common = (
        ("x-amzn-RequestId", request_id),
        *((("Content-Type", content_type),) if content_type else ()),
        ("Content-Length", str(len(body))),
    )
    return Response(status=status, headers=(*common, *headers), body=body)


def json_bytes(value: Json) -> bytes:
    """Return a value as compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def to_wire(top: Structure, shape: Shape, value: Json) -> Json:
    """Return an output value with wire names and wire scalars; the inverse of `from_wire`."""
    match shape:
        case Recursive():
            target: Shape = shape_at(top, shape.to) or top if shape.to else top
            return to_wire(top, target, value)
        case Structure() if is_object(value):
            return _members(top, shape.members, value)
        case List() if is_list(value):
            return [to_wire(top, shape.item, item) for item in value]
        case Map() if is_object(value):
            return {key: to_wire(top, shape.value, item) for key, item in value.items()}
        case Scalar(type="timestamp") if isinstance(value, str):
            return _moment(value, shape.timestamp_format or "unixTimestamp")
        case _:
            return value


def _members(top: Structure, members: tuple[Member, ...], value: Mapping[str, Json]) -> Json:
    return {
        member.wire_name or member.name: to_wire(top, member.shape, value[member.name])
        for member in members
        if member.name in value
    }


def _body(top: Structure, output: Json) -> tuple[bytes, str]:
    payload = payload_member(top)
    if payload is None:
        members = tuple(member for member in top.members if not member.location)
        return json_bytes(_members(top, members, output)), JSON_TYPE
    if payload.name not in output:
        return b"", JSON_TYPE
    value = to_wire(top, payload.shape, output[payload.name])
    if isinstance(payload.shape, Scalar) and isinstance(value, str):
        return _raw(payload.shape, value)
    return json_bytes(value), JSON_TYPE


def _raw(shape: Scalar, value: str) -> tuple[bytes, str]:
    if shape.type not in ("blob", "stream"):
        return value.encode(), "text/plain"
    try:
        return base64.b64decode(value, validate=True), "application/octet-stream"
    except (binascii.Error, ValueError):
        return value.encode(), "application/octet-stream"


def _header(member: Member, value: Json) -> list[tuple[str, str]]:
    name = member.wire_name or member.name
    if member.location == "headers":
        items = value.items() if is_object(value) else ()
        return [(f"{member.wire_name}{key}", str(item)) for key, item in items]
    if is_list(value):
        return [(name, ",".join(_text(item) for item in value))]
    shape = member.shape
    if isinstance(shape, Scalar) and shape.type == "timestamp" and isinstance(value, str):
        value = _moment(value, shape.timestamp_format or "rfc822")
    if isinstance(shape, Scalar) and shape.json:
        value = base64.b64encode(str(value).encode()).decode("ascii")
    return [(name, _text(value))]


def _text(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text.replace("\r", " ").replace("\n", " ")


def _moment(value: str, form: str) -> Json:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    if form == "unixTimestamp":
        seconds = moment.timestamp()
        return int(seconds) if seconds.is_integer() else seconds
    return format_datetime(moment, usegmt=True) if form == "rfc822" else value

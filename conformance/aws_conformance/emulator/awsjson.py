"""AWS JSON 1.0 and 1.1 over what the emulator does for restJson1.

All members travel in one JSON document, as in a restJson1 body without bindings; what differs is
here: the operation is named by `X-Amz-Target`, the media type has a version, and an error carries
its type in the body. Source: the Smithy awsJson1_0 and awsJson1_1 protocol pages.
"""

from __future__ import annotations

from msgspec.structs import replace

from aws_conformance.emulator import encoding
from aws_conformance.emulator.encoding import error_members, json_bytes, query_error_header
from aws_conformance.emulator.refusals import Failure
from aws_conformance.exchange import Response
from aws_specs.spec import Json, Operation


def media_type(operation: Operation | None) -> str:
    """Return the media type of the operation's bodies."""
    version = operation.wire.json_version if operation else ""
    return f"application/x-amz-json-{version or '1.1'}"


def success(operation: Operation, output: Json, request_id: str) -> Response:
    """Return an output as it travels."""
    answer = encoding.success_response(operation, output, request_id)
    headers = tuple(
        (name, media_type(operation) if name == "Content-Type" else value)
        for name, value in answer.headers
    )
    return replace(answer, headers=headers)


def error(operation: Operation | None, failure: Failure, request_id: str) -> Response:
    """Return an error as it travels: its type stands in the body."""
    kind = {"__type": failure.wire_name} if failure.code else {}
    body = json_bytes({**kind, **error_members(failure, request_id)})
    headers = query_error_header(operation, failure)
    return encoding.response(failure.status, body, request_id, headers, media_type(operation))

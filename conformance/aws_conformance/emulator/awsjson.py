"""AWS JSON 1.0 and 1.1 over what the emulator does for restJson1.

All members travel in one JSON document, as in a restJson1 body without bindings; what differs is
here: the operation is named by `X-Amz-Target`, the media type has a version, and an error carries
its type in the body. Source: the Smithy awsJson1_0 and awsJson1_1 protocol pages.
"""

from __future__ import annotations

import json

from msgspec.structs import replace

from aws_conformance.emulator.encoding import JSON_TYPE, json_bytes
from aws_conformance.exchange import Answer, Response
from aws_specs.jsonvalues import is_object
from aws_specs.spec import Operation

PROTOCOL = "json"
_ERROR_TYPE = "X-Amzn-Errortype"


def speaks(operation: Operation) -> bool:
    """Whether the operation travels as AWS JSON."""
    return operation.wire.protocol == PROTOCOL


def media_type(operation: Operation) -> str:
    """Return the media type of the operation's bodies."""
    if not speaks(operation):
        return JSON_TYPE
    return f"application/x-amz-json-{operation.wire.json_version or '1.1'}"


def carried(operation: Operation, answer: Answer) -> Answer:
    """Return an answer as the operation's protocol carries it."""
    if not speaks(operation) or not isinstance(answer, Response):
        return answer
    kind = answer.header(_ERROR_TYPE)
    body = _typed(answer.body, kind) if kind else answer.body
    headers = tuple(
        (name, _value(name, value, len(body), operation))
        for name, value in answer.headers
        if name != _ERROR_TYPE
    )
    return replace(answer, body=body, headers=headers)


def _typed(body: bytes, kind: str) -> bytes:
    document = json.loads(body)
    return json_bytes({"__type": kind, **document}) if is_object(document) else body


def _value(name: str, value: str, size: int, operation: Operation) -> str:
    if name == "Content-Length":
        return str(size)
    return media_type(operation) if name == "Content-Type" and value == JSON_TYPE else value

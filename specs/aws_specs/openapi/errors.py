"""The errors of an operation as responses: one a status, with every error that has it.

An error names itself in the header X-Amzn-Errortype; AWS may put a URI behind a colon. Beside the
errors an operation declares there are those of the protocol and those common to all of AWS: any
operation may answer them, so they belong to its contract (Common Error Types in AWS's API
References; Smithy's malformed-request tests for restJson1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from aws_specs.openapi.components import Components, Schema
from aws_specs.openapi.wire import Converter
from aws_specs.schema import response_schema
from aws_specs.spec import ErrorShape, Operation, Structure

COMMON: Sequence[tuple[str, int]] = (
    ("SerializationException", 400), ("ValidationException", 400), ("ThrottlingException", 400),
    ("NotAuthorized", 401), ("AccessDeniedException", 403), ("ExpiredTokenException", 403),
    ("IncompleteSignature", 403), ("InvalidSignatureException", 403),
    ("MissingAuthenticationTokenException", 403), ("OptInRequired", 403),
    ("UnrecognizedClientException", 403), ("ResourceNotFoundException", 404),
    ("UnknownOperationException", 404), ("MethodNotAllowedException", 405),
    ("NotAcceptableException", 406), ("RequestTimeoutException", 408),
    ("RequestEntityTooLargeException", 413), ("UnsupportedMediaTypeException", 415),
    ("ThrottlingException", 429), ("InternalFailure", 500), ("ServiceUnavailable", 503),
)  # fmt: skip
"""(name, status) of the errors that any operation may answer."""


def error_responses(
    operation: Operation, shapes: Mapping[str, Structure], components: Components
) -> dict[str, Schema]:
    """Return the responses of all errors by status; `shapes` are the errors' bodies by name."""
    declared: dict[int, list[ErrorShape]] = {}
    for error in operation.errors:
        declared.setdefault(error.status, []).append(error)
    names: dict[int, list[str]] = {s: [e.code for e in errors] for s, errors in declared.items()}
    for name, status in COMMON:
        codes = names.setdefault(status, [])
        if name not in codes:
            codes.append(name)
    return {
        str(status): _response(operation, declared.get(status, []), codes, shapes, components)
        for status, codes in sorted(names.items())
    }


def _response(
    operation: Operation,
    declared: Sequence[ErrorShape],
    codes: Sequence[str],
    shapes: Mapping[str, Structure],
    components: Components,
) -> Schema:
    bodies = [_body(operation, error, shapes.get(error.name), components) for error in declared]
    common = components.add(f"{operation.service}.CommonError", _common(operation))
    bodies = [body for n, body in enumerate([*bodies, common]) if body not in [*bodies, common][:n]]
    alternatives = "|".join(re.escape(code) for code in codes)
    return {
        "description": ", ".join(codes),
        "headers": {
            "X-Amzn-Errortype": {
                "description": "The error's name; AWS may put a URI behind a colon.",
                "required": True,
                "schema": {"type": "string", "pattern": f"^({alternatives})(:.*)?$"},
            }
        },
        "content": {
            "application/json": {"schema": bodies[0] if len(bodies) == 1 else {"anyOf": bodies}}
        },
        "x-aws-errors": [{"name": e.name, "code": e.code, "sender": e.sender} for e in declared],
    }


def _body(
    operation: Operation, error: ErrorShape, shape: Structure | None, components: Components
) -> Schema:
    if shape is None:
        members = {name: _named(name) for name in error.members}
        schema: Schema = {"type": "object", "properties": members}
        return components.add(f"{operation.service}.{error.name}", schema)
    alone = _alone(operation, shape)
    converter = Converter(alone, "output", components, nullable=False)
    return converter.convert(response_schema(alone), shape, "")


def _alone(operation: Operation, shape: Structure) -> Operation:
    """Return an operation that answers with the error, without rules of its own."""
    return Operation(
        service=operation.service,
        client=operation.client,
        method=operation.method,
        name=shape.name,
        input=Structure(members=()),
        output=shape,
        errors=(),
        wire=operation.wire,
        rules=(),
    )


def _common(operation: Operation) -> Schema:
    """Return the body of errors that are not the operation's own, as the service writes them."""
    members = next((error.members for error in operation.errors if error.members), ("message",))
    texts = [name for name in members if _named(name)]
    return {"type": "object", "properties": {name: _named(name) for name in texts}}


def _named(name: str) -> Schema:
    return {"type": "string"} if name.lower() in _TEXTS else {}


_TEXTS = frozenset({"message", "errormessage", "code", "requestid"})

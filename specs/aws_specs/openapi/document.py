"""An OpenAPI 3.1 document of operations that speak restJson1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from aws_specs.errors import UsageError
from aws_specs.openapi.components import Components, Schema
from aws_specs.openapi.errors import error_responses
from aws_specs.openapi.parameters import (
    path_template,
    prefixes,
    request_parameters,
    response_headers,
)
from aws_specs.openapi.wire import Converter, clause_members
from aws_specs.schema import request_schema, response_schema
from aws_specs.spec import (
    DEFAULT_CONFIDENCE,
    Json,
    Member,
    Operation,
    Scalar,
    Side,
    Structure,
    Value,
)

VERSION = "3.1.0"
PROTOCOL = "rest-json"
HEADER_SCHEME = "sigv4"
QUERY_SCHEME = "sigv4-query"

ErrorBodies = Callable[[Operation], Mapping[str, Structure]]
Examples = Callable[[Operation], "Example | None"]


class Example(Value, frozen=True):
    """Requests of an operation that a target would accept.

    `parameters` are values of members outside of the body by the members' names, one each; `bodies`
    are whole bodies as they travel, each under a name.
    """

    parameters: Mapping[str, Json] = {}
    bodies: Mapping[str, Json] = {}


def openapi(
    operations: Iterable[Operation],
    *,
    confidence: float = DEFAULT_CONFIDENCE,
    error_bodies: ErrorBodies = lambda operation: {},
    examples: Examples = lambda operation: None,
) -> Schema:
    """Return the OpenAPI 3.1 document of some operations, in the order of their names.

    `confidence` is the least with which a rule becomes a keyword; `error_bodies` gives the shapes
    of an operation's errors where the caller knows them (a spec file has but their members' names);
    `examples` gives requests to show.
    Raises `UsageError` for an operation of another protocol, or none at all.
    """
    wanted = sorted(operations, key=lambda operation: operation.id)
    _check(wanted)
    components = Components()
    paths: Schema = {}
    several = len({operation.service for operation in wanted}) > 1
    for operation in wanted:
        made = _operation(operation, confidence, error_bodies(operation), components)
        made = _with_examples(operation, made, examples(operation))
        item = _path_item(paths, operation)
        if several:
            made["servers"] = _servers(operation)
        item[operation.wire.method.lower()] = _renamed(made, item)
    _unique_ids(paths)
    return {
        "openapi": VERSION,
        "info": _info(wanted),
        "servers": [{"url": "/"}] if several else _servers(wanted[0]),
        "tags": [{"name": service} for service in dict.fromkeys(one.service for one in wanted)],
        "paths": {path: _published(item) for path, item in paths.items()},
        "components": {
            "schemas": dict(sorted(components.schemas.items())),
            "securitySchemes": _SECURITY,
        },
        "security": [{scheme: []} for scheme in _SECURITY],
    }


def _check(operations: Sequence[Operation]) -> None:
    others = [one for one in operations if one.wire.protocol != PROTOCOL]
    if others:
        raise UsageError(
            f"{others[0].id} speaks {others[0].wire.protocol}: OpenAPI can say {PROTOCOL} only",
            hint="`specs export jsonschema` exports operations of every protocol.",
        )
    if not operations:
        raise UsageError("no operation to export", hint="`specs list` names what there is.")


_SECURITY: Schema = {
    HEADER_SCHEME: {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "description": "AWS Signature Version 4 in the Authorization header.",
        "x-amazon-apigateway-authtype": "awsSigv4",
    },
    QUERY_SCHEME: {
        "type": "apiKey",
        "name": "X-Amz-Signature",
        "in": "query",
        "description": "AWS Signature Version 4 in the query, as presigned URLs carry it.",
        "x-amazon-apigateway-authtype": "awsSigv4",
    },
}
"""The two ways to sign a request (IAM User Guide, Signature Version 4): either is enough."""


def _info(operations: Sequence[Operation]) -> Schema:
    services = list(dict.fromkeys(operation.service for operation in operations))
    return {
        "title": ", ".join(services),
        "version": ", ".join(dict.fromkeys(one.wire.api_version for one in operations)),
        "description": f"The contract of {len(operations)} AWS operations, as their documentation "
        "and the SDK's model state it.",
        "x-aws-models": list(dict.fromkeys(one.model for one in operations if one.model)),
    }


def _servers(operation: Operation) -> list[Schema]:
    url = f"https://{operation.wire.endpoint_prefix}.{{region}}.amazonaws.com"
    region = {"default": "us-east-1", "description": "The AWS region."}
    return [{"url": url, "variables": {"region": region}}]


# ---------------------------------------------------------------- paths

_LABELS = "x-labels"


def _path_item(paths: Schema, operation: Operation) -> Schema:
    """Return the path item for an operation, a new one where method and path are taken.

    Services share paths (`/tags/{resourceArn}`), and operations differ by a constant in the query:
    a fragment, which never travels, keeps their paths apart.
    """
    template = path_template(operation.wire.uri)
    method = operation.wire.method.lower()
    for path, item in paths.items():
        free = method not in item and item["x-aws-service"] == operation.service
        if free and _anonymous(path) == _anonymous(template):
            found: Schema = item
            return found
    taken = any(_anonymous(path) == _anonymous(template) for path in paths)
    path = f"{template}#{operation.id}" if taken else template
    made: Schema = {"x-aws-service": operation.service, _LABELS: _names(template)}
    paths[path] = made
    return made


def _names(template: str) -> list[str]:
    return [part.partition("}")[0] for part in template.split("{")[1:]]


def _anonymous(path: str) -> str:
    """Return a path without the names of its labels: paths that differ in them are the same."""
    first, *rest = path.split("{")
    return first + "".join("{}" + part.partition("}")[2] for part in rest)


def _renamed(made: Schema, item: Schema) -> Schema:
    """Give path parameters the names that the path item's template has; they do not travel."""
    mine = made.pop(_LABELS)
    names = dict(zip(mine, item[_LABELS], strict=True))
    parameters = [
        {**one, "name": names.get(one["name"], one["name"])} if one["in"] == "path" else one
        for one in made.get("parameters", ())
    ]
    return {**made, "parameters": parameters} if parameters else made


def _published(item: Schema) -> Schema:
    return {key: value for key, value in item.items() if key not in (_LABELS, "x-aws-service")}


_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


def _unique_ids(paths: Schema) -> None:
    """Put the service before the ids of operations that share a name."""
    made = [one for item in paths.values() for key, one in item.items() if key in _METHODS]
    names = [one["operationId"] for one in made]
    for one in made:
        if names.count(one["operationId"]) > 1:
            one["operationId"] = f"{one['tags'][0]}.{one['operationId']}"


# ---------------------------------------------------------------- one operation


def _operation(
    operation: Operation,
    confidence: float,
    bodies: Mapping[str, Structure],
    components: Components,
) -> Schema:
    schema = request_schema(operation, confidence=confidence)
    converter = Converter(operation, "input", components, nullable=True)
    parameters = request_parameters(operation, schema, converter)
    body = _body(operation, "input", schema, converter)
    conditions = _conditions(operation, schema)
    extra = {
        "x-aws-conditions": conditions,
        "x-aws-prefix-headers": prefixes(operation.input.members),
    }
    return {
        "operationId": operation.name,
        "tags": [operation.service],
        **({"description": operation.documentation} if operation.documentation else {}),
        **({"parameters": parameters} if parameters else {}),
        **({"requestBody": _request_body(body)} if body else {}),
        "responses": {
            **_success(operation, confidence, components),
            **error_responses(operation, bodies, components),
        },
        **({"security": []} if operation.wire.unsigned else {}),
        **{key: value for key, value in extra.items() if value},
        _LABELS: _names(path_template(operation.wire.uri)),
    }


def _with_examples(operation: Operation, made: Schema, shown: Example | None) -> Schema:
    """Return the operation object with examples beside its parameters and its body."""
    if shown is None:
        return made
    values = {
        member.wire_name or member.name: shown.parameters[member.name]
        for member in operation.input.members
        if member.name in shown.parameters
    }
    found = dict(made)
    if "parameters" in made:
        found["parameters"] = [
            {**one, "example": values[one["name"]]} if one["name"] in values else one
            for one in made["parameters"]
        ]
    if "requestBody" in made and shown.bodies:
        bodies = {name: {"value": value} for name, value in shown.bodies.items()}
        content = {
            media_type: {**content, "examples": bodies}
            for media_type, content in made["requestBody"]["content"].items()
        }
        found["requestBody"] = {**made["requestBody"], "content": content}
    return found


def _request_body(body: tuple[str, Schema, bool]) -> Schema:
    media_type, schema, required = body
    return {"required": required, "content": {media_type: {"schema": schema}}}


def _success(operation: Operation, confidence: float, components: Components) -> Schema:
    schema = response_schema(operation, confidence=confidence)
    converter = Converter(operation, "output", components, nullable=False)
    members = operation.output.members
    headers = response_headers(members, schema, converter)
    body = _body(operation, "output", schema, converter)
    answer: Schema = {
        "description": "Success",
        **({"headers": headers} if headers else {}),
        **({"content": {body[0]: {"schema": body[1]}}} if body else {}),
    }
    if mine := prefixes(members):
        answer["x-aws-prefix-headers"] = mine
    varies = any(member.location == "statusCode" for member in members)
    return {str(operation.wire.status): answer, **({"2XX": answer} if varies else {})}


# ---------------------------------------------------------------- bodies

_RAW: Mapping[str, str] = {
    "blob": "application/octet-stream",
    "stream": "application/octet-stream",
    "string": "text/plain",
}


def _body(
    operation: Operation, side: Side, schema: Schema, converter: Converter
) -> tuple[str, Schema, bool] | None:
    """Return (media type, schema, whether it must be there) of a body; None if there is none."""
    top = operation.side(side)
    payload = next((member for member in top.members if member.location == "payload"), None)
    if payload is not None:
        must = payload.name in schema.get("required", ())
        return (*_payload(payload, schema, converter), must)
    inside = tuple(member for member in top.members if not member.location)
    if not inside:
        return None
    names = frozenset(member.name for member in inside)
    mine = {
        **{key: value for key, value in schema.items() if key not in ("$schema", "title")},
        "properties": {name: schema["properties"][name] for name in names},
        "required": [name for name in schema.get("required", ()) if name in names],
        "allOf": [one for one in schema.get("allOf", ()) if clause_members(one) <= names],
    }
    must = bool(mine["required"])
    mine = {key: value for key, value in mine.items() if value or key not in ("required", "allOf")}
    shape = Structure(members=inside, name=top.name, union=top.union, eventstream=top.eventstream)
    return "application/json", converter.convert(mine, shape, ""), must


def _payload(member: Member, schema: Schema, converter: Converter) -> tuple[str, Schema]:
    given = schema["properties"][member.name]
    shape = member.shape
    if isinstance(shape, Structure) and shape.eventstream:
        return "application/vnd.amazon.eventstream", {}
    if isinstance(shape, Scalar) and shape.type in _RAW:
        return _RAW[shape.type], {} if shape.type != "string" else {"type": "string"}
    return "application/json", converter.convert(given, shape, member.name)


def _conditions(operation: Operation, schema: Schema) -> list[Any]:
    """Return the conditions between members that do not travel together, over the SDK's names."""
    inside = frozenset(m.name for m in operation.input.members if not m.location)
    return [one for one in schema.get("allOf", ()) if not clause_members(one) <= inside]

"""What travels in path, query and headers, as OpenAPI parameters and response headers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import parse_qsl

from aws_specs.openapi.components import Schema
from aws_specs.openapi.wire import Converter
from aws_specs.spec import List, Map, Member, Operation

_LABEL: Final = re.compile(r"\{([^{}+]+)\+?\}")
_IN: Mapping[str, str] = {"uri": "path", "querystring": "query", "header": "header"}
_STYLE: Mapping[str, Schema] = {
    "path": {"style": "simple"},
    "query": {"style": "form", "explode": True},
    "header": {"style": "simple"},
}


def path_template(uri: str) -> str:
    """Return a model's URI as an OpenAPI path: no query, greedy labels as plain ones."""
    return _LABEL.sub(r"{\1}", uri.partition("?")[0])


def request_parameters(operation: Operation, schema: Schema, converter: Converter) -> list[Schema]:
    """Return the parameters of a request; `schema` is the whole request's.

    Constants in the URI's query are parameters with one value. Headers under a common prefix have
    no name to declare: see `prefixes`.
    """
    found = [
        _parameter(operation, member, schema, converter)
        for member in operation.input.members
        if member.location in _IN
    ]
    named = {(one["in"], one["name"]) for one in found}
    constants = (one for one in _constants(operation) if ("query", one["name"]) not in named)
    return [*found, *constants]


def _parameter(
    operation: Operation, member: Member, schema: Schema, converter: Converter
) -> Schema:
    place = _IN[member.location]
    given = dict(schema["properties"][member.name])
    made = dict(_form(converter, given, member, place))
    description, deprecated = made.pop("description", ""), made.pop("deprecated", False)
    if place == "path":
        made.setdefault("minLength", 1) if made.get("type") == "string" else None
    return {
        "name": member.wire_name or member.name,
        "in": place,
        **({"description": description} if description else {}),
        **({"required": True} if _required(member, schema, place) else {}),
        **({"deprecated": True} if deprecated else {}),
        **_STYLE[place],
        "schema": made,
        **({"x-aws-greedy": True} if _greedy(operation, member) else {}),
    }


def _required(member: Member, schema: Schema, place: str) -> bool:
    return place == "path" or member.name in schema.get("required", ())


def _greedy(operation: Operation, member: Member) -> bool:
    return member.location == "uri" and f"{{{member.wire_name}+}}" in operation.wire.uri


def _form(converter: Converter, schema: Schema, member: Member, place: str) -> Schema:
    """Return the schema of a member outside of the body; its scalars have their form there."""
    shape = member.shape
    if isinstance(shape, List):
        items = converter.convert(schema["items"], shape.item, f"{member.name}[]", place)
        return {**schema, "items": items}
    if isinstance(shape, Map):
        return converter.convert(schema, shape, member.name)
    return converter.convert(schema, shape, member.name, place)


def _constants(operation: Operation) -> Iterator[Schema]:
    query = operation.wire.uri.partition("?")[2]
    for name, value in parse_qsl(query, keep_blank_values=True):
        yield {
            "name": name,
            "in": "query",
            "required": True,
            "allowEmptyValue": not value,
            "schema": {"type": "string", "enum": [value]},
        }


def response_headers(members: tuple[Member, ...], schema: Schema, converter: Converter) -> Schema:
    """Return the headers of a success, by the name each has on the wire."""
    headers: Schema = {}
    for member in members:
        if member.location == "header":
            made = dict(_form(converter, schema["properties"][member.name], member, "header"))
            description = made.pop("description", "")
            headers[member.wire_name or member.name] = {
                **({"description": description} if description else {}),
                "schema": made,
            }
    return headers


def prefixes(members: tuple[Member, ...]) -> list[str]:
    """Return the prefixes of header names under which maps travel."""
    return [member.wire_name for member in members if member.location == "headers"]

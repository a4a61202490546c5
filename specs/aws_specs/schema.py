"""Requests and responses as JSON Schema 2020-12.

A schema says what is *not provably wrong*: where a rule is stated twice it takes the looser
statement, and only rules of at least the given confidence become keywords. A valid request (which
keeps every statement) always passes; an invalid one (which breaks every statement) never does.

What JSON Schema has no keyword for is said with vendor keywords: `x-aws` annotates a node with its
shape, wire binding and origin (so that a spec file can be read back), `x-aws-max-bytes` limits the
UTF-8 length of a string, `x-aws-max-total-bytes` that of all values named `Value` below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aws_specs.jsonvalues import is_object
from aws_specs.paths import from_steps, steps
from aws_specs.spec import (
    DEFAULT_CONFIDENCE,
    Json,
    Kind,
    List,
    Map,
    Member,
    Operation,
    Recursive,
    Rule,
    Scalar,
    Shape,
    Side,
    Structure,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"

EPOCH = r"^-?[0-9]+(\.[0-9]+)?$"
"""Seconds (or milliseconds) since 1970 as text."""

Schema = dict[str, Any]

_TYPES: Mapping[str, Schema] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "float": {"type": "number"},
    "boolean": {"type": "boolean"},
    "blob": {"type": "string", "contentEncoding": "base64"},
    "stream": {"type": "string", "contentEncoding": "base64"},
    "timestamp": {"type": "string", "format": "date-time"},
    "document": {},
}


def request_schema(operation: Operation, *, confidence: float = DEFAULT_CONFIDENCE) -> Schema:
    """Return the schema of the request's parameters, as boto3 names them, blobs as base64 text."""
    return _side_schema(operation, "input", confidence)


def response_schema(operation: Operation, *, confidence: float = DEFAULT_CONFIDENCE) -> Schema:
    """Return the schema of the response, in the same form as the request's."""
    return _side_schema(operation, "output", confidence)


def shape_from_schema(schema: Schema) -> Structure:
    """Return the shapes that a schema made here describes; the inverse of the functions above."""
    shape = _decode(schema)
    if not isinstance(shape, Structure):
        raise TypeError("the top of a request or response schema is an object")
    return shape


# ---------------------------------------------------------------- shapes to schema


def _side_schema(operation: Operation, side: Side, confidence: float) -> Schema:
    rules: dict[str, list[Rule]] = {}
    for rule in operation.rules:
        if rule.side == side and rule.sure >= confidence and rule.checkable:
            rules.setdefault(_anchor(rule), []).append(rule)
    schema = _Builder(rules).build(operation.side(side), "", "#")
    return {"$schema": DIALECT, "title": f"{operation.id} {side}", **schema}


def _anchor(rule: Rule) -> str:
    """Return the path whose schema carries the rule; for a conditional the common ancestor."""
    if rule.kind not in ("conditional", "exclusive"):
        return rule.member
    return _common(_concerned(rule))


def _concerned(rule: Rule) -> list[str]:
    value = rule.value
    if rule.kind == "exclusive":
        return list(value["members"])
    return [value["when"].get("member", rule.member), value["then"]["member"]]


def _common(paths: Sequence[str]) -> str:
    """Return the longest path of a structure that all members share as an ancestor."""
    split = [steps(path)[:-1] for path in paths]
    shared: list[str] = []
    for level in zip(*split, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return from_steps(shared)


class _Builder:
    """Builds one side's schema; holds the rules by path and where each path's schema stands."""

    def __init__(self, rules: Mapping[str, Sequence[Rule]]) -> None:
        self.rules = rules
        self.pointers: dict[str, str] = {}

    def build(self, shape: Shape, path: str, pointer: str) -> Schema:
        self.pointers.setdefault(path, pointer)
        schema = self._bare(shape, path, pointer)
        for rule in self.rules.get(path, ()):
            keyword = _KEYWORDS.get(rule.kind)
            if keyword is not None:
                keyword(schema, rule, shape)
        return schema

    def _bare(self, shape: Shape, path: str, pointer: str) -> Schema:
        match shape:
            case Structure():
                return self._structure(shape, path, pointer)
            case List():
                extra = _without_empty(itemName=shape.wire_name, flattened=shape.flattened)
                items = self.build(shape.item, f"{path}[]", f"{pointer}/items")
                return {
                    "type": "array",
                    "x-aws": _note("list", shape.name, **extra),
                    "items": items,
                }
            case Map():
                return {
                    "type": "object",
                    "x-aws": _note("map", shape.name),
                    "propertyNames": self.build(
                        shape.key, f"{path}{{key}}", f"{pointer}/propertyNames"
                    ),
                    "additionalProperties": self.build(
                        shape.value, f"{path}{{}}", f"{pointer}/additionalProperties"
                    ),
                }
            case Recursive():
                note = _note("recursive", shape.name, to=shape.to, of=shape.type)
                return {"$ref": self.pointers[shape.to], "x-aws": note}
            case Scalar():
                extra = _without_empty(
                    streaming=shape.streaming,
                    json=shape.json,
                    timestampFormat=shape.timestamp_format,
                )
                return {**_TYPES[shape.type], "x-aws": _note(shape.type, shape.name, **extra)}

    def _structure(self, shape: Structure, path: str, pointer: str) -> Schema:
        extra = _without_empty(union=shape.union, eventstream=shape.eventstream)
        schema: Schema = {"type": "object", "x-aws": _note("structure", shape.name, **extra)}
        required = [m.name for m in shape.members if self._required(f"{path}.{m.name}".lstrip("."))]
        if required:
            schema["required"] = required
        schema["properties"] = {
            member.name: self._member(member, path, pointer) for member in shape.members
        }
        if shape.union:
            schema["maxProperties"] = 1
        return schema

    def _required(self, path: str) -> bool:
        return any(rule.kind == "required" for rule in self.rules.get(path, ()))

    def _member(self, member: Member, path: str, pointer: str) -> Schema | bool:
        here = f"{path}.{member.name}" if path else member.name
        place = f"{pointer}/properties/{member.name}"
        schema = self.build(member.shape, here, place)
        binding = _without_empty(
            knownTo=list(member.known_to),
            location=member.location,
            wireName=member.wire_name,
            line=member.line,
        )
        schema["x-aws"] = {**schema["x-aws"], **binding}
        if member.documentation:
            schema["description"] = member.documentation
        if member.deprecated:
            schema["deprecated"] = True
        return schema


def _note(type_: str, name: str, **extra: Json) -> Schema:
    return {"type": type_, **_without_empty(shape=name), **extra}


def _without_empty(**items: Json) -> Schema:
    return {key: value for key, value in items.items() if value}


# ---------------------------------------------------------------- rules to keywords


def _enum(schema: Schema, rule: Rule, shape: Shape) -> None:
    if all(isinstance(value, list) for value in rule.values):
        schema["enum"] = list(dict.fromkeys(item for value in rule.values for item in value))


def loosest(rule: Rule) -> dict[str, Json]:
    """Return the looser of all stated limits: what is outside of it breaks every statement."""
    values = [value for value in rule.values if is_object(value)]
    limits: dict[str, Json] = {}
    for key, choose in (("min", min), ("max", max)):
        stated = [value[key] for value in values if value.get(key) is not None]
        if stated:
            limits[key] = choose(stated)
    return limits


def _length(schema: Schema, rule: Rule, shape: Shape) -> None:
    limits, value = loosest(rule), rule.value
    if value.get("total"):
        schema["x-aws-max-total-bytes"] = limits["max"]
    elif isinstance(shape, Scalar) and shape.type == "blob":
        _set(schema, limits, "x-aws-min-decoded-bytes", "x-aws-max-decoded-bytes")
    elif value.get("unit") == "bytes":
        _set(schema, limits, "x-aws-min-bytes", "x-aws-max-bytes")
    else:
        _set(schema, limits, "minLength", "maxLength")


def _items(schema: Schema, rule: Rule, shape: Shape) -> None:
    low, high = ("minItems", "maxItems") if isinstance(shape, List) else _MAP_LIMITS
    _set(schema, loosest(rule), low, high)


_MAP_LIMITS = ("minProperties", "maxProperties")


def _range(schema: Schema, rule: Rule, shape: Shape) -> None:
    _set(schema, loosest(rule), "minimum", "maximum")


def _set(schema: Schema, limits: Mapping[str, Json], low: str, high: str) -> None:
    if "min" in limits:
        schema[low] = limits["min"]
    if "max" in limits:
        schema[high] = limits["max"]


_FLAGS = re.compile(r"\(\?([ims]{1,3})\)")


def _pattern(schema: Schema, rule: Rule, shape: Shape) -> None:
    """Anchor the pattern: AWS writes patterns to be matched against the whole value.

    Flags at its start (`(?s).+`) become a group's, which can stand within another.
    """
    flags = _FLAGS.match(rule.value)
    inner = f"(?{flags[1]}:{rule.value[flags.end() :]})" if flags else rule.value
    anchored = f"^(?:{inner})$"
    try:
        re.compile(anchored)
    except re.error:
        schema["x-aws"] = {**schema["x-aws"], "pattern": rule.value}
        return
    schema["pattern"] = anchored


def _format(schema: Schema, rule: Rule, shape: Shape) -> None:
    if rule.value == "base64":
        schema["contentEncoding"] = "base64"
    else:
        schema.update(_format_schema(rule.value))


def _format_schema(name: str) -> Schema:
    return {"pattern": EPOCH} if name == "epoch" else {"format": name}


def _unsupported(schema: Schema, rule: Rule, shape: Shape) -> None:
    supported = list(rule.value.get("supported", []))
    constraint: Schema = {"enum": supported} if supported else {"not": {}}
    schema.setdefault("allOf", []).append({"$comment": rule.id, **constraint})


def _conditional(schema: Schema, rule: Rule, shape: Shape) -> None:
    when, then = rule.value["when"], rule.value["then"]
    if "member" not in when:
        return
    depth = len(steps(_common(_concerned(rule))))
    test: Schema = {} if "in" not in when else {"enum": when["in"]}
    constraint = _THEN[then["kind"]](then.get("value"))
    clause = {
        "$comment": rule.id,
        "if": _nest(steps(when["member"])[depth:], test, present=True),
        "then": _nest(
            steps(then["member"])[depth:], constraint, present=then["kind"] == "required"
        ),
    }
    schema.setdefault("allOf", []).append(clause)


_THEN: Mapping[str, Callable[[Json], Schema | bool]] = {
    "format": lambda value: _format_schema(value),
    "enum": lambda value: {"enum": list(value)},
    "unsupported": lambda value: {"enum": value["supported"]} if value.get("supported") else False,
    "required": lambda value: True,
}


def _nest(path: Sequence[str], schema: Schema | bool, *, present: bool) -> Schema | bool:
    """Put a schema below member names; `present` makes each of them required."""
    for step in reversed(path):
        below = {"properties": {step: schema}}
        schema = {**below, "required": [step]} if present else below
    return schema


def _exclusive(schema: Schema, rule: Rule, shape: Shape) -> None:
    depth = len(steps(_common(_concerned(rule))))
    members = [steps(path)[depth:] for path in rule.value["members"]]
    pairs = [
        {"allOf": [_nest(one, {}, present=True), _nest(other, {}, present=True)]}
        for index, one in enumerate(members)
        for other in members[index + 1 :]
    ]
    clause: Schema = {"$comment": rule.id, "not": {"anyOf": pairs}}
    if rule.value.get("exactly_one"):
        clause["anyOf"] = [_nest(member, {}, present=True) for member in members]
    schema.setdefault("allOf", []).append(clause)


_KEYWORDS: Mapping[Kind, Callable[[Schema, Rule, Shape], None]] = {
    "enum": _enum,
    "length": _length,
    "items": _items,
    "range": _range,
    "pattern": _pattern,
    "format": _format,
    "unsupported": _unsupported,
    "conditional": _conditional,
    "exclusive": _exclusive,
}


# ---------------------------------------------------------------- schema to shapes


def _decode(schema: Schema) -> Shape:
    note = schema["x-aws"]
    name = note.get("shape", "")
    match note["type"]:
        case "structure":
            members = tuple(_decode_member(*item) for item in schema["properties"].items())
            return Structure(
                members=members,
                name=name,
                union=note.get("union", False),
                eventstream=note.get("eventstream", False),
            )
        case "list":
            return List(
                item=_decode(schema["items"]),
                name=name,
                wire_name=note.get("itemName", ""),
                flattened=note.get("flattened", False),
            )
        case "map":
            key, value = _decode(schema["propertyNames"]), _decode(schema["additionalProperties"])
            return Map(key=key, value=value, name=name)
        case "recursive":
            return Recursive(to=note["to"], type=note["of"], name=name)
        case _:
            return Scalar(
                type=note["type"],
                name=name,
                streaming=note.get("streaming", False),
                json=note.get("json", False),
                timestamp_format=note.get("timestampFormat", ""),
            )


def _decode_member(name: str, schema: Schema) -> Member:
    note = schema["x-aws"]
    return Member(
        name=name,
        shape=_decode(schema),
        known_to=tuple(note.get("knownTo", ())),
        location=note.get("location", ""),
        wire_name=note.get("wireName", ""),
        documentation=schema.get("description", ""),
        line=note.get("line", 0),
        deprecated=schema.get("deprecated", False),
    )

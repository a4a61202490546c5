"""Schemas of the SDK's parameters as schemas of what travels.

`aws_specs.schema` describes parameters as boto3 takes them. On the wire of restJson1 members have
other names, timestamps are numbers of seconds, members may be null (which means absent), a payload
is the body itself. Members that travel in path, query and headers are left to `parameters`.
Source: Smithy 2.0, AWS restJson1 protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from aws_specs.jsonvalues import is_list
from aws_specs.openapi.components import Components, Schema, reference
from aws_specs.openapi.scalars import scalar
from aws_specs.paths import join
from aws_specs.spec import Operation, Recursive, Scalar, Shape, Side, Structure, walk

_MEMBERS_OWN = ("description", "deprecated")
_BINDING = ("knownTo", "location", "wireName", "line")
_CLAUSES = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else")
NULL: Schema = {"type": "null"}


class Converter:
    """Converts the schema of one side of an operation; shapes with a name become components.

    `nullable`: optional members may be null, as servers take them; answers have no nulls.
    """

    def __init__(
        self, operation: Operation, side: Side, components: Components, *, nullable: bool
    ) -> None:
        self._service = operation.service
        self._components = components
        self._nullable = nullable
        self._recurring = _recurring(operation, side)

    def convert(self, schema: Schema, shape: Shape, path: str, form: str = "body") -> Schema:
        """Return the schema as it is on the wire; `form` is where a scalar travels."""
        if isinstance(shape, Recursive):
            return {**reference(self._recurring[shape.to]), **_annotations(schema)}
        found = self._whole(schema, shape, path, form)
        if path in self._recurring:
            shared = self._components.put(self._recurring[path], _bare(found))
        elif isinstance(shape, Structure) and shape.name:
            shared = self._components.add(f"{self._service}.{shape.name}", _bare(found))
        else:
            return found
        return {**shared, **_annotations(schema)}

    def _whole(self, schema: Schema, shape: Shape, path: str, form: str) -> Schema:
        found: Schema = {}
        for key, value in schema.items():
            if key == "properties" and isinstance(shape, Structure):
                found[key] = self._properties(schema, shape, path)
            elif key == "required" and isinstance(shape, Structure):
                found[key] = [wire_name(shape, name) for name in value]
            elif key in _CHILDREN:
                found[key] = self.convert(value, *_CHILDREN[key](shape, path))
            elif key in _CLAUSES:
                found[key] = clause(value, shape, nullable=self._nullable)
            else:
                found[key] = value
        if isinstance(shape, Structure) and shape.union and self._nullable:
            found["additionalProperties"] = False
        return scalar(found, shape, form) if isinstance(shape, Scalar) else found

    def _properties(self, schema: Schema, shape: Structure, path: str) -> Schema:
        required = frozenset(schema.get("required", ()))
        found: Schema = {}
        for member in shape.members:
            given = schema["properties"].get(member.name)
            if given is not None:
                made = self.convert(given, member.shape, join(path, member.name))
                optional = self._nullable and member.name not in required
                found[member.wire_name or member.name] = or_null(made) if optional else made
        return found


def _recurring(operation: Operation, side: Side) -> dict[str, str]:
    """Map the path of every shape that recurs below itself to its component's name."""
    top = operation.side(side)
    targets = {shape.to for _, shape, _ in walk(top) if isinstance(shape, Recursive)}
    place = f"{operation.service}.{operation.name}.{side}"
    return {path: f"{place}.{path}" if path else place for path in sorted(targets)}


_CHILDREN: Mapping[str, Callable[[Any, str], tuple[Shape, str]]] = {
    "items": lambda shape, path: (shape.item, f"{path}[]"),
    "additionalProperties": lambda shape, path: (shape.value, f"{path}{{}}"),
    "propertyNames": lambda shape, path: (shape.key, f"{path}{{key}}"),
}


def _bare(schema: Schema) -> Schema:
    """Return a schema without what is said of the member that has it."""
    bare = {key: value for key, value in schema.items() if key not in _MEMBERS_OWN}
    note = {key: value for key, value in bare.pop("x-aws", {}).items() if key not in _BINDING}
    return {**bare, "x-aws": note} if note else bare


def _annotations(schema: Schema) -> Schema:
    """Return what is said of a member, to stand beside the reference to its schema."""
    found = {key: schema[key] for key in _MEMBERS_OWN if key in schema}
    note = {key: value for key, value in schema.get("x-aws", {}).items() if key in _BINDING}
    return {**found, "x-aws": note} if note else found


def or_null(schema: Schema) -> Schema:
    """Return the schema that also takes null, annotations left in place."""
    if isinstance(schema.get("type"), str) and not any(key in schema for key in _CLAUSES):
        taken = {**schema, "type": [schema["type"], "null"]}
        return {**taken, "enum": [*schema["enum"], None]} if "enum" in schema else taken
    kept = {key: schema[key] for key in (*_MEMBERS_OWN, "x-aws") if key in schema}
    rest = {key: value for key, value in schema.items() if key not in kept}
    return {"anyOf": [rest, NULL], **kept} if rest else schema


# ---------------------------------------------------------------- conditions


def clause(value: Any, shape: Shape, *, nullable: bool, taken: bool = True) -> Any:
    """Return a condition (what stands below `allOf`, `if`, …) with the names of the wire.

    Where members may be null, a member that is *required* must not be, and one that is constrained
    may be. `taken` is false below `not` and `if`, where what is said is a test.
    """
    if is_list(value):
        return [clause(one, shape, nullable=nullable, taken=taken) for one in value]
    if not isinstance(value, dict):
        return NULL if value is False and nullable and taken else value
    schema = cast("Schema", value)
    found: Schema = {}
    for key, item in schema.items():
        if key == "properties" and isinstance(shape, Structure):
            found[key] = {
                wire_name(shape, name): clause(
                    one, _below(shape, name), nullable=nullable, taken=taken
                )
                for name, one in item.items()
            }
        elif key == "required" and isinstance(shape, Structure):
            found[key] = [wire_name(shape, name) for name in item]
        elif key in _CLAUSES:
            tests = key in ("if", "not")
            found[key] = clause(item, shape, nullable=nullable, taken=taken and not tests)
        else:
            found[key] = item
    return _with_nulls(found, taken) if nullable else found


def _with_nulls(schema: Schema, taken: bool) -> Schema:
    required = schema.get("required", ())
    below = dict(schema.get("properties", {}))
    for name in required:
        given = below.get(name, True)
        below[name] = {"not": NULL} if given is True else {"allOf": [given, {"not": NULL}]}
    if taken:
        for name in below:
            if name not in required and isinstance(below[name], dict) and below[name] != NULL:
                below[name] = {"anyOf": [below[name], NULL]}
    return {**schema, "properties": below} if below else schema


def _below(shape: Structure, name: str) -> Shape:
    found = next((member.shape for member in shape.members if member.name == name), None)
    return found if found is not None else Scalar(type="document")


def wire_name(shape: Structure, name: str) -> str:
    """Return the name under which a member of a structure travels."""
    return next((m.wire_name for m in shape.members if m.name == name and m.wire_name), name)


def clause_members(value: Any) -> frozenset[str]:
    """Return the names of the members that a condition on a structure speaks of."""
    if is_list(value):
        return frozenset(name for one in value for name in clause_members(one))
    if not isinstance(value, dict):
        return frozenset()
    schema = cast("Schema", value)
    names = {*schema.get("properties", ()), *schema.get("required", ())}
    return frozenset(names).union(*(clause_members(schema[k]) for k in _CLAUSES if k in schema))

"""The spec of an operation as the SDK's model states it: shapes, wire binding and traits.

Where a page exists the two are merged (see `aws_specs.merge`); where none does, this is the whole
spec. Every rule names the botocore version, the shape and the trait that states it.
"""

# botocore has no types: what comes from it is unknown to pyright, and its cached properties are no
# attributes to it.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportAttributeAccessIssue=false
# pyright: reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from aws_specs import sdk
from aws_specs.chains import FOREIGN
from aws_specs.customised import Customised, customised
from aws_specs.error_class import error_class
from aws_specs.errors import SpecError
from aws_specs.identifiers import CREATES, verb_and_noun
from aws_specs.identifiers import identifier as identifier_of
from aws_specs.missing import missing_error, removes_quietly, says_nothing_of
from aws_specs.spec import (
    ErrorShape,
    Json,
    Kind,
    List,
    Map,
    Member,
    ModelSource,
    Operation,
    Recursive,
    Rule,
    Scalar,
    ScalarType,
    Shape,
    Side,
    Statement,
    Structure,
    Wire,
    rule_id,
    walk,
)

if TYPE_CHECKING:
    from botocore import model as botocore_model

SCALARS: Mapping[str, ScalarType] = {
    "string": "string",
    "character": "string",
    "byte": "integer",
    "short": "integer",
    "integer": "integer",
    "long": "integer",
    "biginteger": "integer",
    "float": "float",
    "double": "float",
    "bigdecimal": "float",
    "boolean": "boolean",
    "blob": "blob",
    "timestamp": "timestamp",
}
"""botocore's scalar type names and the suite's."""

WORDS: Mapping[str, str] = {"blob": "bytes", "timestamp": "datetime"}
"""Scalar types that a page prints under another word."""

LIMITS: Mapping[str, Kind] = {
    "string": "length",
    "blob": "length",
    "list": "items",
    "map": "items",
    "integer": "range",
    "float": "range",
}
"""What the traits `min` and `max` limit, by type."""

_DEEPEST = 20
_IDENTIFIER = re.compile(r"(Id|ID|Arn|ARN|Identifier|Url|URL)$")


def operation_from_model(service: str, name: str) -> Operation:
    """Return the spec of `service.name` from the SDK's model alone.

    Raises `UsageError` for a service or an operation that the installed SDK does not know.
    """
    return spec_of_model(sdk.operation_model(service, name))


def spec_of_model(model: botocore_model.OperationModel) -> Operation:
    """Return the spec of an operation of any botocore model, named after the installed version."""
    from botocore import xform_name
    from botocore.utils import get_service_module_name

    service, name = str(model.service_model.service_name), str(model.name)
    identifier = f"{service}.{name}"
    asked = _offered(model.input_shape, customised(service, name))
    request = _structure(asked)
    response = _structure(model.output_shape)
    errors = tuple(error_shape(error) for error in model.error_shapes)
    wire = _wire(model)
    rules = (
        *_side_rules(identifier, "input", asked, request),
        *_side_rules(identifier, "output", model.output_shape, response),
        *_operation_rules(identifier, model, asked, request, response, errors, wire),
    )
    return Operation(
        service=service,
        client=get_service_module_name(model.service_model),
        method=xform_name(name),
        name=name,
        documentation="",
        input=request,
        output=response,
        errors=errors,
        wire=wire,
        rules=rules,
        model=_model_name(service),
        errors_from=("model",),
    )


def _offered(shape: Any, done: Customised) -> Any:
    """Return the request's shape as the SDK offers it: without what it hides, under its names.

    A member that has another name travels under its own.
    """
    if shape is None or not (done.hidden or done.renamed):
        return shape
    names = done.renamed
    raw: Mapping[str, Any] = vars(shape)["_shape_model"]
    members = {
        names.get(name, name): {"locationName": name, **reference} if name in names else reference
        for name, reference in raw.get("members", {}).items()
        if name not in done.hidden
    }
    required = [names.get(name, name) for name in raw.get("required", ()) if name in raw["members"]]
    offered = {**raw, "members": members, "required": [n for n in required if n in members]}
    return type(shape)(shape.name, offered, vars(shape)["_shape_resolver"])


def error_structures(service: str, name: str) -> dict[str, Structure]:
    """Return the body shapes of the errors that an operation declares, by name.

    Raises `UsageError` for a service or an operation that the installed SDK does not know.
    """
    shapes = sdk.operation_model(service, name).error_shapes
    return {str(shape.name): _structure(shape) for shape in shapes}


def source(service: str, shape: str, trait: str) -> ModelSource:
    """Return the source for a trait of a shape of the installed model."""
    return ModelSource(model=_model_name(service), shape=shape, trait=trait)


def word(shape: Shape) -> str:
    """Return the word a page prints for a shape's type."""
    match shape:
        case Scalar():
            return WORDS.get(shape.type, shape.type)
        case List():
            return "list"
        case Recursive(type="list"):
            return "list"
        case _:
            return "dict"


def error_shapes(service: str) -> tuple[ErrorShape, ...]:
    """Return every error that the service's model has, whichever operation declares it."""
    return tuple(error_shape(shape) for shape in sdk.service_model(service).error_shapes)


def error_shape(shape: botocore_model.StructureShape) -> ErrorShape:
    """Return one declared error with its wire code and HTTP status.

    Status by Smithy's rule where the model is silent: 400 for a client's fault, 500 for a server's.
    """
    error: Mapping[str, Any] = shape.metadata.get("error") or {}
    sender = not (shape.metadata.get("fault") or error.get("fault"))
    status = int(error.get("httpStatusCode") or (400 if sender else 500))
    return ErrorShape(
        name=shape.name,
        code=shape.error_code if error.get("code") else shape.name,
        status=status,
        known_to=("model",),
        members=tuple(shape.members),
        sender=status < 500,
    )


# ---------------------------------------------------------------- shapes


def _structure(shape: botocore_model.Shape | None) -> Structure:
    if shape is None:
        return Structure(members=())
    built = _shape(shape, "", {})
    if not isinstance(built, Structure):
        raise SpecError(f"{shape.name} is no structure", hint="Report the botocore version.")
    return built


def _shape(shape: botocore_model.Shape, path: str, above: Mapping[str, str]) -> Shape:
    if shape.name in above and shape.type_name in ("structure", "list", "map"):
        kind: Any = shape.type_name
        return Recursive(to=above[shape.name], type=kind, name=shape.name)
    above = {**above, shape.name: path}
    match shape.type_name:
        case "structure":
            return _members(shape, path, above)
        case "list":
            return List(
                item=_shape(shape.member, f"{path}[]", above),
                name=shape.name,
                wire_name=str(shape.member.serialization.get("name", "")),
                flattened=bool(shape.serialization.get("flattened")),
            )
        case "map":
            return Map(
                key=_shape(shape.key, f"{path}{{key}}", above),
                value=_shape(shape.value, f"{path}{{}}", above),
                name=shape.name,
            )
        case _:
            return _scalar(shape)


def _scalar(shape: botocore_model.Shape) -> Scalar:
    return Scalar(
        type=SCALARS.get(shape.type_name, "string"),
        name=shape.name,
        streaming=bool(shape.serialization.get("streaming")),
        json=bool(shape.serialization.get("jsonvalue")),
        timestamp_format=str(shape.serialization.get("timestampFormat", "")),
    )


def _members(shape: Any, path: str, above: Mapping[str, str]) -> Shape:
    if shape.metadata.get("document") and not shape.members:
        return Scalar(type="document", name=shape.name)
    payload = shape.serialization.get("payload")
    members = tuple(
        _member(name, member, f"{path}.{name}" if path else name, above, name == payload)
        for name, member in shape.members.items()
    )
    return Structure(
        members=members,
        name=shape.name,
        union=bool(shape.metadata.get("union")),
        eventstream=bool(shape.serialization.get("eventstream")),
    )


def _member(
    name: str, shape: botocore_model.Shape, path: str, above: Mapping[str, str], payload: bool
) -> Member:
    location: Any = "payload" if payload else shape.serialization.get("location", "")
    return Member(
        name=name,
        shape=_shape(shape, path, above),
        known_to=("model",),
        location=location,
        wire_name=str(shape.serialization.get("name", name)),
        documentation="",
        deprecated=bool(getattr(shape, "deprecated", False)),
    )


def _wire(model: botocore_model.OperationModel) -> Wire:
    service = model.service_model
    metadata: Mapping[str, Any] = service.metadata
    http: Mapping[str, Any] = model.http
    payload = model.input_shape.serialization.get("payload", "") if model.input_shape else ""
    prefix = metadata.get("targetPrefix", "")
    return Wire(
        protocol=sdk.protocol(service.service_name),
        method=str(http.get("method", "POST")),
        uri=str(http.get("requestUri", "/")),
        status=int(http.get("responseCode", 200)),
        api_version=str(metadata.get("apiVersion", "")),
        endpoint_prefix=str(metadata.get("endpointPrefix", "")),
        signing_name=str(service.signing_name),
        target=f"{prefix}.{model.name}" if prefix else "",
        json_version=str(metadata.get("jsonVersion", "")),
        signature=str(model.auth_type or metadata.get("signatureVersion", "v4")),
        unsigned=model.auth_type == "none",
        payload=str(payload),
    )


def _model_name(service: str) -> str:
    return f"botocore {sdk.version()} {service}"


# ---------------------------------------------------------------- rules


def _side_rules(
    identifier: str, side: Side, shape: botocore_model.Shape | None, built: Structure
) -> Iterator[Rule]:
    if shape is None:
        return
    service = identifier.partition(".")[0]
    for path, model, parent, name in _walk(shape, "", ()):
        for kind, value, trait in _traits(model, parent, name, path):
            statement = Statement(source=source(service, model.name, trait), value=value)
            checkable, reason = _checkable(kind, path)
            yield Rule(
                id=rule_id(identifier, side, path, kind),
                side=side,
                member=path,
                kind=kind,
                statements=(statement,),
                confidence=1.0 if side == "input" or kind in _ANSWER_KINDS else 0.5,
                checkable=checkable,
                reason=reason,
            )


_ANSWER_KINDS = frozenset({"required", "type", "enum"})
"""What an answer is held to; services exceed their own limits in answers, and nobody breaks."""


def _checkable(kind: Kind, path: str) -> tuple[bool, str]:
    if kind == "type" and path.endswith("{key}"):
        return False, "the keys of a JSON object are always strings"
    return True, ""


def _walk(
    shape: botocore_model.Shape, path: str, above: tuple[str, ...]
) -> Iterator[tuple[str, botocore_model.Shape, Any, str]]:
    """Yield (path, shape, parent structure or None, member name) below `shape`, stopping as pages
    do.
    """
    if shape.name in above:
        return
    above = (*above, shape.name)
    match shape.type_name:
        case "structure":
            for name, member in shape.members.items():
                here = f"{path}.{name}" if path else name
                yield here, member, shape, name
                yield from _walk(member, here, above)
        case "list":
            yield f"{path}[]", shape.member, None, ""
            yield from _walk(shape.member, f"{path}[]", above)
        case "map":
            yield f"{path}{{key}}", shape.key, None, ""
            yield f"{path}{{}}", shape.value, None, ""
            yield from _walk(shape.value, f"{path}{{}}", above)
        case _:
            return


def _traits(shape: Any, parent: Any, name: str, path: str) -> Iterator[tuple[Kind, Json, str]]:
    """Yield (kind, value, trait) for everything the model states of one member."""
    if parent is not None and name in parent.required_members:
        yield "required", True, f"{parent.name}.required"
    yield "type", _type_word(shape), "type"
    if getattr(shape, "enum", None):
        yield "enum", list(shape.enum), "enum"
    yield from _limit(shape)
    pattern = shape.metadata.get("pattern")
    if pattern and shape.type_name == "string":
        yield "pattern", str(pattern), "pattern"
    if shape.type_name == "blob" and not shape.serialization.get("streaming"):
        yield "format", "base64", "type"


def _type_word(shape: Any) -> str:
    if shape.type_name == "structure":
        return "document" if shape.metadata.get("document") and not shape.members else "dict"
    if shape.type_name in ("list", "map"):
        return "list" if shape.type_name == "list" else "dict"
    scalar = SCALARS.get(shape.type_name, "string")
    return WORDS.get(scalar, scalar)


def _limit(shape: Any) -> Iterator[tuple[Kind, Json, str]]:
    type_name = SCALARS.get(shape.type_name, shape.type_name)
    kind = LIMITS.get(type_name)
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if kind is None or (low is None and high is None):
        return
    value: dict[str, Json] = {}
    if low is not None:
        value["min"] = low
    if high is not None:
        value["max"] = high
    if kind == "length":
        value["unit"] = "bytes" if type_name == "blob" else "characters"
    yield kind, value, "/".join(name for name in ("min", "max") if name in value)


def _operation_rules(
    identifier: str,
    model: botocore_model.OperationModel,
    asked: botocore_model.Shape | None,
    request: Structure,
    response: Structure,
    errors: tuple[ErrorShape, ...],
    wire: Wire,
) -> Iterator[Rule]:
    """Yield the rules on the operation as a whole: status, errors, token, identifiers."""
    service = identifier.partition(".")[0]

    def rule(
        side: Side, member: str, kind: Kind, value: Json, shape: str, trait: str, sure: float = 1.0
    ) -> Rule:
        return Rule(
            id=rule_id(identifier, side, member, kind),
            side=side,
            member=member,
            kind=kind,
            statements=(Statement(source=source(service, shape, trait), value=value),),
            confidence=sure,
        )

    yield rule("output", "", "status", wire.status, model.name, "http.responseCode")
    for error in errors:
        value = {"code": error.code, "status": error.status, "class": error_class(error.name)}
        yield rule("errors", error.name, "error", value, error.name, "error")
    conflict = conflict_error(errors)
    if model.input_shape is not None:
        for name in model.idempotent_members:
            value = {"token": name, "autopopulated": True, "conflict": conflict}
            shape = model.input_shape.members[name].name
            yield rule("input", name, "idempotency", value, shape, "idempotencyToken")
    names = [error.name for error in errors]
    for path in _identifiers(request, set(required_paths(asked))):
        member = path.rpartition(".")[2]
        missing = missing_error(names, model.name, member)
        if removes_quietly(model.name, member, str(model.documentation)):
            continue
        if missing and not (says_nothing_of(missing) and _is_foreign(service, member)):
            yield rule("input", path, "exists", missing, missing, "error", 0.8)
    for path, shape in identifying(model.name, response):
        yield rule("output", path, "present", True, shape, "member", 0.8)


def _is_foreign(service: str, member: str) -> bool:
    """Whether a member names what another service makes: it may be looked up late, or never."""
    home = FOREIGN.get(identifier_of(member).noun, service)
    if home == service:
        return False
    made = {verb_and_noun(name) for name in sdk.operation_names(service)}
    return not any(verb in CREATES and noun == identifier_of(member).noun for verb, noun in made)


def required_paths(shape: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of members that every request has: required, in structures that are."""
    if shape is None or shape.type_name != "structure" or path.count(".") > _DEEPEST:
        return
    for name in shape.required_members:
        here = f"{path}.{name}" if path else name
        yield here
        yield from required_paths(shape.members[name], here)


def _identifiers(request: Structure, required: set[str]) -> Iterator[str]:
    """Yield required texts whose names say that they name something: …Id, …Arn, …Url."""
    for path, shape, member in walk(request):
        named = member is not None and _IDENTIFIER.search(member.name)
        if named and path in required and isinstance(shape, Scalar) and shape.type == "string":
            yield path


def conflict_error(errors: tuple[ErrorShape, ...]) -> str | None:
    """Return the declared error for a token used twice with different requests, or None."""
    names = [error.name for error in errors]
    idempotent = [name for name in names if "idempot" in name.lower()]
    conflicts = [name for name in names if re.search(r"Conflict(Exception|Error)?$", name)]
    return next(iter([*idempotent, *conflicts]), None)


_MAKES = re.compile(r"^(Create|Register|Start|Put|Import|Allocate|Request|Issue|Generate|Copy|Run)")
_NAMES_ITSELF = re.compile(r"(Id|ID|Arn|ARN|Url|URL|Token|Credentials)$")


def identifying(name: str, response: Structure) -> Iterator[tuple[str, str]]:
    """Yield (path, shape name) of output members without which the answer says nothing.

    An operation that makes something answers with the thing's identifiers: top-level members named
    …Id, …Arn, …Url, …Token, …Credentials. Other optional members may be absent from a good answer.
    """
    if not _MAKES.match(name):
        return
    for member in response.members:
        if member.name != "NextToken" and _NAMES_ITSELF.search(member.name):
            yield member.name, member.shape.name

"""Spec files: one JSON file an operation, the interface to the rest of the world.

The request and the response are JSON Schema 2020-12; rules, errors, wire binding, gaps and drift
stand beside them. The published meta-schema is `data/spec.schema.json`.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec

from aws_specs.errors import SpecError
from aws_specs.schema import request_schema, response_schema, shape_from_schema
from aws_specs.spec import Drift, ErrorShape, Gap, Operation, PageInfo, Rule, Wire

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

VERSION = 1
_META = "spec.schema.json"


class _File(msgspec.Struct, frozen=True, kw_only=True, rename={"schema": "$schema"}):
    """The layout of a spec file; `request` and `response` are JSON Schemas."""

    schema: str = f"https://aws-conformance.invalid/schemas/spec-{VERSION}.json"
    version: int = VERSION
    service: str
    client: str
    method: str
    operation: str
    documentation: str = ""
    page: PageInfo | None = None
    model: str = ""
    wire: Wire
    request: dict[str, Any]
    response: dict[str, Any]
    errors: tuple[ErrorShape, ...]
    errors_from: tuple[str, ...]
    rules: tuple[Rule, ...]
    gaps: tuple[Gap, ...] = ()
    drift: tuple[Drift, ...] = ()


def dump(operation: Operation) -> bytes:
    """Return the spec file of an operation: indented JSON, UTF-8, ending in a newline."""
    content = _File(
        service=operation.service,
        client=operation.client,
        method=operation.method,
        operation=operation.name,
        documentation=operation.documentation,
        page=operation.page,
        model=operation.model,
        wire=operation.wire,
        request=request_schema(operation),
        response=response_schema(operation),
        errors=operation.errors,
        errors_from=operation.errors_from,
        rules=operation.rules,
        gaps=operation.gaps,
        drift=operation.drift,
    )
    return msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"


def parse(content: bytes, *, name: str = "spec") -> Operation:
    """Return the operation of a spec file; `SpecError` names what does not fit and where."""
    try:
        file = msgspec.json.decode(content, type=_File)
    except msgspec.DecodeError as error:
        raise SpecError(
            f"{name}: not a spec file of version {VERSION}: {error}",
            hint="Make it again with `aws-conformance extract PAGE -o DIR`.",
        ) from error
    return Operation(
        service=file.service,
        client=file.client,
        method=file.method,
        name=file.operation,
        documentation=file.documentation,
        input=shape_from_schema(file.request),
        output=shape_from_schema(file.response),
        errors=file.errors,
        wire=file.wire,
        rules=file.rules,
        page=file.page,
        model=file.model,
        errors_from=file.errors_from,  # type: ignore[arg-type]  # literals, checked by the meta-schema
        gaps=file.gaps,
        drift=file.drift,
    )


def problems(content: bytes) -> list[str]:
    """Return what the published meta-schema has against a spec file, each as "place: message"."""
    found = _validator().iter_errors(json.loads(content))
    return [f"{error.json_path}: {error.message}" for error in found]


@cache
def _validator() -> Validator:
    from jsonschema import Draft202012Validator

    text = (files("aws_specs") / "data" / _META).read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))


def meta_schema() -> bytes:
    """Return the meta-schema of spec files, made from the types; committed as
    `data/spec.schema.json`.
    """
    schema = msgspec.json.schema(_File)
    # $ref to the draft itself: requests and responses must be JSON Schemas, not just objects.
    body = schema["$defs"]["_File"]["properties"]
    for side in ("request", "response"):
        body[side] = {"$ref": "https://json-schema.org/draft/2020-12/schema"}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://aws-conformance.invalid/schemas/spec-{VERSION}.json",
        "title": "aws-conformance spec file",
        **schema,
    }
    return (json.dumps(schema, indent=1, ensure_ascii=False) + "\n").encode()

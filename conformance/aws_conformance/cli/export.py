"""`aws-conformance specs export`: the contracts in formats that other tools read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aws_conformance.cli.output import show
from aws_specs.errors import UsageError

if TYPE_CHECKING:
    from aws_specs.spec import Operation, Structure


@click.group(short_help="Write specs as OpenAPI or JSON Schema.")
def export() -> None:
    """Write specs in formats that other tools read.

    \b
    Examples:
      aws-conformance specs export openapi -o openapi.json
      aws-conformance specs export jsonschema connect.CreateContact
    """


_NAMES = click.argument("names", metavar="[NAME]...", nargs=-1)
_CONFIDENCE = click.option(
    "--confidence", type=click.FloatRange(0, 1), default=0.75, show_default=True,
    help="Write rules that were read with at least this confidence.",
)  # fmt: skip


@export.command(short_help="One OpenAPI 3.1 document of operations that speak restJson1.")
@_NAMES
@_CONFIDENCE
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of to stdout.")
def openapi(names: tuple[str, ...], confidence: float, output: str | None) -> None:
    """Write the OpenAPI 3.1 document of operations; without NAME, of the catalogue.

    Requests, answers and errors stand as they travel: names of the wire, timestamps as numbers of
    seconds. Of what a glob matches, operations of other protocols are left out, and named on
    stderr.

    \b
    Examples:
      aws-conformance specs export openapi -o openapi.json
      aws-conformance specs export openapi 'lambda.*' -o lambda.json
      st run openapi.json --url http://127.0.0.1:4599
    """
    from aws_specs.openapi import openapi as document

    wanted = list(_speaking_rest_json(names))
    made = document(wanted, confidence=confidence, error_bodies=_error_bodies)
    _write(_pretty(made), output)


def _speaking_rest_json(names: tuple[str, ...]) -> Iterable[Operation]:
    """Yield the operations meant; one that speaks another protocol only where it was named."""
    from aws_specs import catalog
    from aws_specs.openapi.document import PROTOCOL

    left_out = 0
    for name in catalog.resolve(names):
        operation = catalog.load(name)
        if operation.wire.protocol == PROTOCOL or name in names:
            yield operation
        else:
            left_out += 1
            click.echo(f"left out: {name} speaks {operation.wire.protocol}", err=True)


def _error_bodies(operation: Operation) -> Mapping[str, Structure]:
    """Return the bodies of an operation's errors; none for one that the installed SDK lacks."""
    from aws_specs.from_model import error_structures

    try:
        return error_structures(operation.service, operation.name)
    except UsageError:
        return {}


@export.command(short_help="The JSON Schemas of requests and responses.")
@_NAMES
@_CONFIDENCE
@click.option(
    "-o", "--output", metavar="DIR",
    help="Write DIR/<service>/<Operation>.{request,response}.json instead of to stdout.",
)  # fmt: skip
def jsonschema(names: tuple[str, ...], confidence: float, output: str | None) -> None:
    """Write the JSON Schemas (2020-12) of operations; without NAME, of the catalogue.

    They describe parameters and results as the SDK has them: blobs as base64 text, timestamps as
    ISO 8601 text. On stdout: one JSON object, by operation and side.

    \b
    Examples:
      aws-conformance specs export jsonschema connect.CreateContact
      aws-conformance specs export jsonschema 'dynamodb.*' -o schemas/
    """
    from aws_specs import catalog
    from aws_specs.schema import request_schema, response_schema

    made: dict[str, dict[str, Any]] = {}
    for name in catalog.resolve(names):
        operation = catalog.load(name)
        made[name] = {
            "request": request_schema(operation, confidence=confidence),
            "response": response_schema(operation, confidence=confidence),
        }
    if output is None:
        _write(_pretty(made), None)
        return
    for name, sides in made.items():
        for side, schema in sides.items():
            service, _, operation_name = name.partition(".")
            path = Path(output) / service / f"{operation_name}.{side}.json"
            _write(_pretty(schema), str(path))


def _pretty(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _write(text: str, output: str | None) -> None:
    from aws_conformance.session import write_whole

    if output is None:
        show(text, end="")
        return
    write_whole(Path(output), text.encode("utf-8", errors="surrogatepass"))
    show(output)

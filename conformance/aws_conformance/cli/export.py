"""`aws-conformance specs export`: the contracts in formats that other tools read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from aws_conformance.cli.options import meant
from aws_conformance.cli.output import show
from aws_conformance.config import parse_bindings
from aws_specs.errors import UsageError

if TYPE_CHECKING:
    from aws_specs.openapi import Example
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
@click.option("--examples", is_flag=True, help="Add the valid requests that a run would send.")
@click.option(
    "--bind", "bindings", metavar="service.Member=VALUE", multiple=True,
    help="With --examples: a value the target has, such as an instance's id. Repeatable.",
)  # fmt: skip
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of to stdout.")
def openapi(
    names: tuple[str, ...],
    confidence: float,
    examples: bool,
    bindings: tuple[str, ...],
    output: str | None,
) -> None:
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
    known = parse_bindings(bindings)
    made = document(
        wanted,
        confidence=confidence,
        error_bodies=error_bodies,
        examples=lambda one: valid_requests(one, known, confidence) if examples else None,
    )
    _write(_pretty(made), output)


def _speaking_rest_json(names: tuple[str, ...]) -> Iterable[Operation]:
    """Yield the operations meant; one that speaks another protocol only where it was named."""
    from aws_specs import catalog
    from aws_specs.openapi.document import PROTOCOL

    for name in meant(names):
        operation = catalog.load(name)
        if operation.wire.protocol == PROTOCOL or name in names:
            yield operation
        else:
            click.echo(f"left out: {name} speaks {operation.wire.protocol}", err=True)


def error_bodies(operation: Operation) -> Mapping[str, Structure]:
    """Return the bodies of an operation's errors; none for one that the installed SDK lacks."""
    from aws_specs.from_model import error_structures

    try:
        return error_structures(operation.service, operation.name)
    except UsageError:
        return {}


def valid_requests(
    operation: Operation, bindings: Mapping[str, str], confidence: float = 0.75
) -> Example | None:
    """Return the valid requests of an operation's cover, as examples; None if it has none."""
    from aws_conformance.wire import encode
    from aws_specs.openapi import Example
    from aws_strategies.cover import Cover
    from aws_strategies.plan import Plan

    cover = Cover(Plan(operation, bindings=dict(bindings), confidence=confidence))
    valid = [case for case in cover.cases if case.kind in ("control", "valid")]
    if not valid:
        return None
    sent = {case.id.partition("~")[2]: encode(operation, case, endpoint=_HERE) for case in valid}
    return Example(
        parameters=_outside(operation, valid[0].params),
        bodies={name: body for name, one in sent.items() if (body := _json(one.body)) is not None},
    )


_HERE: Final = "http://127.0.0.1"


def _outside(operation: Operation, params: Mapping[str, Any]) -> dict[str, Any]:
    members = (member for member in operation.input.members if member.location in _OUTSIDE)
    return {member.name: params[member.name] for member in members if member.name in params}


_OUTSIDE: Final = frozenset({"uri", "querystring", "header"})


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


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
    for name in meant(names):
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

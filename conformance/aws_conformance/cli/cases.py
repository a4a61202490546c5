"""`aws-conformance cases`: the requests as portable JSON lines."""

from __future__ import annotations

import click

from aws_conformance.cli.options import case_options, configured, meant
from aws_conformance.cli.output import json_line, show


@click.command(short_help="Print the test cases as portable JSON lines.")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@case_options
@click.option(
    "--endpoint", metavar="URL", default="http://127.0.0.1:4599", show_default=True,
    help="Where requests are addressed to; a path in it is put before theirs.",
)  # fmt: skip
@click.option(
    "--parts", is_flag=True,
    help="Also print the cases that are sent only where one that packs several is refused.",
)  # fmt: skip
def cases(
    names: tuple[str, ...],
    source: str | None,
    only: str | None,
    bindings: tuple[str, ...],
    confidence: float | None,
    region: str | None,
    endpoint: str,
    parts: bool,
) -> None:
    """Print every case of the operations NAME (service.Operation, globs allowed) as JSON lines.

    A line has what any language needs to send the case and to judge the answer: the parameters,
    the rule that is broken and how, the id of the valid twin to hold the answer against, the HTTP
    request without its signature (`request.sign` says how to sign it), and what is expected: the
    status of a success, or the classes, codes and statuses of the errors that may answer.

    \b
    Examples:
      aws-conformance cases connect.CreateContact > cases.jsonl
      aws-conformance cases 'connect.*' --only invalid | jq -r .id
    """
    from aws_conformance.cli.portable import lines
    from aws_specs import catalog

    given = {"source": source, "confidence": confidence, "region": region}
    config = configured(given, bindings, only)
    for name in meant(names):
        operation = catalog.select(catalog.load(name), config.source)
        for line in lines(operation, config, endpoint, parts=parts):
            show(json_line(line))

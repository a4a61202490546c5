"""`aws-conformance extract`: a page in, a spec out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aws_conformance.cli.output import complain, json_line, show
from aws_conformance.cli.pages import page_text
from aws_specs.errors import ConformanceError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_specs.spec import Gap


@click.command(short_help="Read documentation pages into specs.")
@click.argument("pages", metavar="PAGE...", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    help="Write each spec to DIR/<service>/<Operation>.json instead of to stdout.",
)
@click.option(
    "--nodes", is_flag=True, help="Print what the page lists instead: one JSON line a member."
)
def extract(pages: tuple[str, ...], output: str | None, nodes: bool) -> int:
    """Read pages of boto3's documentation and print the spec each states.

    A PAGE is the documentation of one client method as reStructuredText source, HTML, or a text
    copy of the HTML; "-" reads it from stdin. What a copy has lost is said on stderr.

    \b
    Examples:
      aws-conformance extract create_contact.rst
      aws-conformance extract pages/*.html -o specs/
      aws-conformance extract create_contact.html --nodes | jq -r .path
    """
    if nodes and output:
        raise click.UsageError("--nodes prints to stdout; leave -o out")
    code = 0
    for page in pages:
        try:
            _nodes(page) if nodes else _spec(page, output)
        except ConformanceError as error:
            complain(error)
            code = 2
    return code


def _nodes(page: str) -> None:
    from aws_specs.nodes import page_nodes
    from aws_specs.readers import read_page

    read = read_page(page_text(page), file=page)
    for node in page_nodes(read):
        show(json_line(node))
    _say_gaps(page, read.gaps)


def _spec(page: str, output: str | None) -> None:
    from aws_conformance.session import write_whole
    from aws_specs import store
    from aws_specs.extract import extract as extract_spec

    operation = extract_spec(page_text(page), file=page)
    content = store.dump(operation)
    if output is None:
        show(content.decode(), end="")
    else:
        path = Path(output) / operation.service / f"{operation.name}.json"
        write_whole(path, content)
        show(str(path))
    _say_gaps(page, operation.gaps)


def _say_gaps(page: str, gaps: Iterable[Gap]) -> None:
    for gap in gaps:
        where = f"{page}:{gap.line}" if gap.line else page
        said = " ".join(part for part in (gap.what, gap.where) if part)
        click.echo(f"{where}: gap: {said}{f' ({gap.detail})' if gap.detail else ''}", err=True)

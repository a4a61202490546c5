"""`aws-conformance report`: results in, a report out; several results side by side."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from aws_reports import Formats

_FORMATS: Final = ("terminal", "html", "junit", "markdown", "matrix", "json", "sarif")


@click.command(short_help="Show the results of one run, or compare several.")
@click.argument("results", metavar="RESULTS...", nargs=-1, required=True)
@click.option(
    "--format",
    "format_",
    metavar=f"[{'|'.join(_FORMATS)}]",
    help="The format; by default what the name of -o says, else terminal.",
)
@click.option("-o", "--output", metavar="PATH", help="Write to PATH instead of to stdout.")
def report(results: tuple[str, ...], format_: str | None, output: str | None) -> int:
    """Render RESULTS: results.json files of earlier runs, or the folders they stand in.

    One file gives the report of that run. Several give a comparison on the rules they share.

    \b
    Examples:
      aws-conformance report conformance-report
      aws-conformance report conformance-report/results.json --format junit -o junit.xml
      aws-conformance report conformance-report --format matrix
      aws-conformance report ours.json theirs.json --format html -o comparison.html
    """
    from aws_conformance.session import write_whole
    from aws_reports import load_results
    from aws_reports.registry import render_comparison

    formats = _formats()
    name = format_ or _named_by(output, formats)
    runs = [load_results(_file(path)) for path in results]
    if len(runs) > 1:
        content = render_comparison(name, runs)
    elif name == "terminal":
        content = _terminal(runs[0], to_screen=output is None)
    else:
        content = formats.render(name, runs[0])
    if output is None:
        sys.stdout.buffer.write(content)
        return 0
    path = Path(output) / formats.get(name).file if Path(output).is_dir() else Path(output)
    write_whole(path, content)
    click.echo(str(path))
    return 0


def _formats() -> Formats:
    from importlib.metadata import entry_points

    from aws_reports import default_formats
    from aws_reports.registry import GROUP

    return default_formats().with_entry_points(entry_points(group=GROUP))


def _file(path: str) -> Path:
    inside = Path(path) / "results.json"
    return inside if inside.is_file() else Path(path)


_ENDINGS: Final = {
    ".html": "html",
    ".htm": "html",
    ".xml": "junit",
    ".md": "markdown",
    ".json": "json",
    ".sarif": "sarif",
}


def _named_by(output: str | None, formats: Formats) -> str:
    return _ENDINGS.get(Path(output or "").suffix.lower(), "terminal")


def _terminal(run: object, *, to_screen: bool) -> bytes:
    from aws_conformance.cli.run import screen_style
    from aws_reports import Results
    from aws_reports.terminal import render

    assert isinstance(run, Results)
    style = screen_style() if to_screen else None
    encoding = (sys.stdout.encoding if to_screen else None) or "utf-8"
    return render(run, style=style).encode(encoding, "backslashreplace")

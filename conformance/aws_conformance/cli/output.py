"""What commands print: lines of text and of JSON on stdout, complaints on stderr."""

from __future__ import annotations

import click
import msgspec

from aws_specs.errors import ConformanceError


def show(text: str, *, end: str = "\n") -> None:
    """Print a text on stdout; characters the stream cannot carry are escaped."""
    click.echo(text + end, nl=False)


def complain(error: ConformanceError) -> None:
    """Print an error and what to do about it on stderr."""
    click.echo(f"error: {error.message}", err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)


def json_line(value: object) -> str:
    """Return a value as one line of JSON; lone surrogates stay escapes."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        import json

        return json.dumps(msgspec.to_builtins(value))

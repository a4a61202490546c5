"""The options that several commands share, and how they join the settings of the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from aws_conformance.config import Config, checked, find, merge, parse_bindings
from aws_specs.errors import UsageError, closest

Command = TypeVar("Command", bound=Callable[..., Any])

_CASES: Final = (
    click.option(
        "--source", type=click.Choice(["page", "model", "both"]),
        help="Whose rules: the page's, the SDK model's, or both (default).",
    ),
    click.option(
        "--only", metavar="KINDS", help="Send only these kinds: valid,invalid,malformed,stateful.",
    ),
    click.option(
        "--bind", "bindings", metavar="service.Member=VALUE", multiple=True,
        help="A value the target has, such as an instance's id; service.#Shape=VALUE binds by "
        "shape. Repeatable.",
    ),
    click.option(
        "--confidence", type=click.FloatRange(0, 1), metavar="0..1",
        help="Test rules read with at least this confidence (default 0.75).",
    ),
    click.option(
        "--region", metavar="REGION",
        help="The region to sign for (default: the profile's, else us-east-1).",
    ),
)  # fmt: skip


def case_options(command: Command) -> Command:
    """Add the options that say which cases are made."""
    for option in reversed(_CASES):
        command = option(command)
    return command


def configured(given: dict[str, Any], bindings: tuple[str, ...], only: str | None) -> Config:
    """Return the settings of the file in reach with what the command line gives over them.

    `given` holds options by their Python names; those that are None were not given.
    """
    settings = {key.replace("_", "-"): value for key, value in given.items() if value is not None}
    if bindings:
        settings["bind"] = parse_bindings(bindings)
    if only is not None:
        settings["only"] = _kinds(only)
    return merge(find(Path.cwd()), checked(settings, "command line"))


_KINDS: Final = ("valid", "invalid", "malformed", "stateful")


def meant(patterns: Sequence[str]) -> tuple[str, ...]:
    """Return the operations that names and globs mean; stderr says of a glob what it leaves out."""
    from aws_specs import catalog

    names = catalog.resolve(patterns)
    for line in catalog.overlooked(patterns):
        click.echo(line, err=True)
    return names


def _kinds(text: str) -> list[str]:
    kinds = [kind.strip() for kind in text.split(",") if kind.strip()]
    for kind in kinds or [text]:
        if kind not in _KINDS:
            raise UsageError(
                f"--only {text!r}: there is no kind of case {kind!r}",
                hint=closest(kind, _KINDS) or "The kinds are: valid, invalid, malformed, stateful.",
            )
    return [kind for kind in _KINDS if kind in kinds]

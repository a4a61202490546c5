"""`aws-conformance specs diff`: what changed between two statements of a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from aws_conformance.cli.output import show

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_specs.diff.report import Report


@click.command(short_help="Say what changed between two specs, pages or SDK versions.")
@click.argument("old")
@click.argument("new")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text",
    show_default=True, help="How the changes are printed.",
)  # fmt: skip
@click.option("--breaking-only", is_flag=True, help="Leave out what breaks nobody.")
@click.option(
    "--for", "audience", type=click.Choice(["anyone", "callers", "implementers"]),
    default="anyone", show_default=True, help="With --breaking-only: whom it breaks.",
)  # fmt: skip
def diff(
    old: str,
    new: str,
    form: str,
    breaking_only: bool,
    audience: Literal["anyone", "callers", "implementers"],
) -> int:
    """Say what NEW states otherwise than OLD: members, types, enums, limits, errors, wire.

    A side is one of: a page file (what that page alone says); a spec file or a folder of them;
    NAME, a spec of the catalogue; page:NAME, its page alone; model:NAME, the installed SDK;
    botocore:PATH[:NAME], another SDK: a botocore's data folder, a virtual environment or an
    unpacked wheel. Globs and a service's name alone are allowed; botocore:PATH alone takes its
    names from the other side.

    Exits 0 if nothing changed, 1 if something did, 2 for a side that cannot be read.

    \b
    Examples:
      aws-conformance specs diff 'page:*' 'model:*'
      aws-conformance specs diff create_contact.rst model:connect.CreateContact
      aws-conformance specs diff botocore:old-venv model:connect --breaking-only --for callers
      aws-conformance specs diff specs-of-last-night/ specs/ --format markdown
    """
    from aws_specs.diff.references import pairs, read
    from aws_specs.diff.report import breaking, report

    found = report(old, new, pairs(read(old), read(new)))
    if breaking_only:
        found = breaking(found, audience)
    show(_renderers()[form](found), end="")
    return 1 if found.changes else 0


def _renderers() -> dict[str, Callable[[Report], str]]:
    from aws_specs.diff.render import to_markdown, to_text
    from aws_specs.diff.report import to_json

    return {"text": to_text, "json": to_json, "markdown": to_markdown}

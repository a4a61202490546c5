"""`aws-conformance cleanup`: remove what a run has left in its target."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aws_conformance.cli.options import configured
from aws_conformance.cli.output import show

if TYPE_CHECKING:
    from aws_conformance.config import Config
    from aws_conformance.resources import ResourcesHeader


@click.command(short_help="Remove what a run has left in its target.")
@click.argument("journal", metavar="JOURNAL")
@click.option("--list", "listing", is_flag=True, help="List what is there; send nothing.")
@click.option("--profile", metavar="NAME", help="The AWS profile (default: the run's).")
@click.option("--region", metavar="REGION", help="The region (default: the run's).")
@click.option(
    "--allow-account",
    "allow_accounts",
    metavar="ID",
    multiple=True,
    help="An AWS account that may be used. Repeatable.",
)
def cleanup(
    journal: str,
    listing: bool,
    profile: str | None,
    region: str | None,
    allow_accounts: tuple[str, ...],
) -> int:
    """Remove the resources in JOURNAL (resources.jsonl, or the folder it is in), the last first.

    A run removes what it has made; this is for what it could not, or had no time to. What cannot be
    removed is listed, and the exit code is 1.

    \b
    Examples:
      aws-conformance cleanup conformance-report
      aws-conformance cleanup conformance-report/resources.jsonl --list
    """
    from aws_conformance.resources import FILE, left_in

    path = Path(journal) / FILE if Path(journal).is_dir() else Path(journal)
    header, things = left_in(path)
    if listing or not things:
        for thing in things:
            show(str(thing))
        many = "1 thing" if len(things) == 1 else f"{len(things)} things"
        click.echo(f"{many} left" if things else "nothing is left", err=True)
        return 0
    given = {"profile": profile, "region": region, "allow_accounts": list(allow_accounts) or None}
    config = configured(given, (), None)
    return _removed(path, _as_then(header, config))


def _as_then(header: ResourcesHeader, config: Config) -> Config:
    """Return the settings with the run's target, and its profile and region unless given."""
    from msgspec.structs import replace

    from aws_conformance.openings import guarded

    return guarded(
        replace(
            config,
            target=header.target,
            profile=config.profile or header.profile,
            region=config.region or header.region,
            protocol=header.protocol,
        )
    )


def _removed(path: Path, config: Config) -> int:
    from aws_conformance.bootstrap import Bootstrap
    from aws_conformance.resources import ResourceJournal, left_in
    from aws_conformance.session import open_target, settings_of
    from aws_specs.errors import UsageError

    header, things = left_in(path)
    target = open_target(config)
    try:
        account = str(getattr(target, "account", ""))
        if header.account and account != header.account:
            raise UsageError(
                f"{path} is of account {header.account}; these credentials are of {account}",
                hint="Give the profile of that account with --profile.",
            )
        journal = ResourceJournal.reopened(path)
        bootstrap = Bootstrap(target, settings_of(config), journal=journal)
        left = bootstrap.tear_down()
        journal.close()
    finally:
        target.close()
    for thing in left:
        show(str(thing))
    click.echo(f"{len(things) - len(left)} removed, {len(left)} left", err=True)
    return 1 if left else 0

"""`aws-conformance specs build`: specs made two ways and held against each other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aws_conformance.cli.output import show
from aws_specs.errors import UsageError, closest

if TYPE_CHECKING:
    from aws_specs.build import Built, Tally

_SHOWN: Final = 50
"""Unexplained differences that are printed; their number always is."""


@click.command(short_help="Make specs from pages and from the SDK's model, and compare.")
@click.argument("services", metavar="[SERVICE]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All services of the installed SDK.")
@click.option("--pages", is_flag=True, help="Only the catalogue's own pages and spec files.")
@click.option(
    "-o", "--output", metavar="DIR", help="Write DIR/<service>/<Operation>.json for each operation."
)
@click.option("--check", is_flag=True, help="With --pages: write nothing; exit 1 if out of date.")
@click.option(
    "-j", "--jobs", metavar="N", type=click.IntRange(1), default=1, help="Processes (default 1)."
)
@click.option("--cache", metavar="DIR", help="Keep generated pages in DIR, not the user's cache.")
def build(
    services: tuple[str, ...],
    everything: bool,
    pages: bool,
    output: str | None,
    check: bool,
    jobs: int,
    cache: str | None,
) -> int:
    """Make the specs of whole services two ways and hold them against each other.

    One way reads the page that the installed SDK's own generator writes of every operation; the
    other takes the SDK's model. Prints what was counted, a line a service, and every kind of
    difference with its reason. Exits with 1 if a difference has none: a reader is wrong, or the
    SDK has something new.

    \b
    Examples:
      aws-conformance specs build sqs dynamodb
      aws-conformance specs build sqs -o specs/
      aws-conformance specs build --all --jobs 4
      aws-conformance specs build --pages --check
    """
    if pages:
        if services or everything:
            raise click.UsageError("--pages takes no services: it is about the catalogue's pages")
        return _catalogue(output, check=check)
    if check:
        raise click.UsageError("--check goes with --pages")
    started = time.monotonic()
    make = partial(one_service, output=output, cache=cache)
    tallies = list(_shown(_run(make, _chosen(services, everything=everything), jobs)))
    return _finish(tallies, time.monotonic() - started)


def one_service(service: str, *, output: str | None, cache: str | None) -> Tally:
    """Build one service, write its spec files where asked, and return what it adds up to."""
    from aws_specs import build as building

    operations = building.build(service, cache=Path(cache) if cache else None)
    if output is not None:
        operations = _written(operations, Path(output))
    result = building.tally(service, operations)
    building.forget()
    return result


def _written(operations: Iterable[Built], folder: Path) -> Iterator[Built]:
    from aws_conformance.session import write_whole
    from aws_specs import store

    for built in operations:
        path = folder / built.service / f"{built.name}.json"
        write_whole(path, store.dump(built.spec()))
        yield built


def _chosen(services: Sequence[str], *, everything: bool) -> tuple[str, ...]:
    from aws_specs import sdk

    if everything == bool(services):
        raise click.UsageError("say what to build: SERVICE..., --all, or --pages")
    known = sdk.services()
    for service in services:
        if service not in known:
            raise UsageError(
                f"no service {service!r} in botocore {sdk.version()}",
                hint=closest(service, known) or "A service is named as in `boto3.client(NAME)`.",
            )
    return known if everything else tuple(dict.fromkeys(services))


def _run(make: Callable[[str], Tally], services: Sequence[str], jobs: int) -> Iterator[Tally]:
    """Yield the tally of each service, in order."""
    if jobs == 1 or len(services) == 1:
        yield from map(make, services)
        return
    with ProcessPoolExecutor(min(jobs, len(services))) as pool:
        yield from pool.map(make, services)


# ---------------------------------------------------------------- the table


def _shown(tallies: Iterable[Tally]) -> Iterator[Tally]:
    """Print a line for each tally as it comes."""
    from aws_specs.build import COUNTED

    show("\t".join(("service", *COUNTED, "unexplained")))
    for one in tallies:
        show(_line(one))
        yield one


def _line(one: Tally) -> str:
    from aws_specs.build import COUNTED

    counts = [str(one.counts.get(name, 0)) for name in COUNTED]
    return "\t".join((one.service, *counts, str(len(one.unexplained))))


def _finish(tallies: Sequence[Tally], seconds: float) -> int:
    """Print the sum, the classes of differences and what is unexplained; return the exit code."""
    from aws_specs.build import total

    whole = total(tallies)
    if len(tallies) > 1:
        show(_line(whole))
    for note in _twins(tallies):
        show(note)
    _show_classes(whole)
    for name, found in whole.unexplained[:_SHOWN]:
        said = f"page {found.page!r}, model {found.model!r}"
        show(f"unexplained: {name} {found.side} {found.path} {found.what}: {said}")
    left = len(whole.unexplained)
    if left > _SHOWN:
        show(f"… and {left - _SHOWN} more")
    show(f"{whole.counts.get('operations', 0)} operations in {seconds:.1f} s, {left} unexplained")
    return 1 if left else 0


def _show_classes(whole: Tally) -> None:
    from aws_specs.agree import CLASSES

    if not whole.classes:
        show("page and model agree on everything")
    for one in CLASSES:
        if one.name in whole.classes:
            show(f"{whole.classes[one.name]}\t{one.name}\t{one.explanation}")


def _twins(tallies: Iterable[Tally]) -> Iterator[str]:
    """Yield a note for every service that is another's client under a second name."""
    first: dict[str, str] = {}
    for one in tallies:
        if first.setdefault(one.client, one.service) != one.service:
            yield f"{one.service} is {first[one.client]} under another name, and counted once"


# ---------------------------------------------------------------- the catalogue


def _catalogue(output: str | None, *, check: bool) -> int:
    """Make the catalogue's spec files again from its own pages; needed after a change to either."""
    from aws_conformance.session import write_whole
    from aws_specs import regenerate

    folder = Path(output) if output else regenerate.data_folder()
    stale = 0
    for name, content in regenerate.spec_files():
        path = folder / name
        if path.is_file() and path.read_bytes() == content:
            continue
        stale += 1
        show(f"{'out of date' if check else 'written'}: {path}")
        if not check:
            write_whole(path, content)
    if not stale:
        show("every spec file is up to date")
    return 1 if check and stale else 0

"""`aws-conformance selftest`: does the suite find every deviation, and no other?"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aws_conformance.cli.output import show

if TYPE_CHECKING:
    from aws_conformance.selftest import Job, Mapper
    from aws_conformance.selftest_sample import Drawn
    from aws_conformance.selftest_trial import Item


@click.command(short_help="Hold the suite against its own emulator, one deviation at a time.")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "--sample", type=click.IntRange(min=0), default=0, metavar="N",
    help="Also test N operations of the SDK, some of each protocol.",
)  # fmt: skip
@click.option(
    "--faults", "most", type=click.IntRange(min=0), default=None, metavar="N",
    help="At most N faults an operation, spread over all families; 0 is all.  "
    "[default: all, 20 for those of --sample]",
)  # fmt: skip
@click.option(
    "--protocol", metavar="NAME", default="",
    help="Speak this protocol, of those that the service's model lists; with --sample, draw only "
    "operations that speak it.",
)  # fmt: skip
@click.option(
    "--together", type=click.IntRange(min=1), default=None, metavar="N",
    help="Instead, inject N faults at once into one emulator of all the operations: each must be "
    "named, and nothing else be found.",
)  # fmt: skip
@click.option(
    "--seed", type=int, default=0, show_default=True,
    help="Chooses the sample, and the faults of --together.",
)  # fmt: skip
@click.option(
    "--jobs", type=click.IntRange(min=1), default=1, show_default=True, metavar="N",
    help="Work in N processes.",
)  # fmt: skip
@click.option("-o", "--output", metavar="FILE", help="Write the results as JSON to FILE.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
def selftest(
    names: tuple[str, ...],
    sample: int,
    most: int | None,
    protocol: str,
    together: int | None,
    seed: int,
    jobs: int,
    output: str | None,
    quiet: bool,
) -> int:
    """Inject each fault that can be seen from outside, and see whether it is found and named.

    NAME is service.Operation, globs allowed; without a NAME every spec of the catalogue is
    tested, and one operation of each protocol that none of them speaks. Each operation is also
    run without a fault: every finding on it is a false one.

    Exits 0 if every fault is found and named (or has a reviewed explanation) and the clean
    emulator has no finding, else 1.

    \b
    Examples:
      aws-conformance selftest
      aws-conformance selftest connect.CreateContact --faults 50
      aws-conformance selftest --sample 200 --jobs 4 -o selftest.json
      aws-conformance selftest --together 43 --seed 7
    """
    from aws_conformance import __version__
    from aws_conformance import selftest as tests
    from aws_conformance.selftest_report import summed_up, to_json, to_text
    from aws_conformance.selftest_sample import OF_EACH, Drawn, sampled
    from aws_conformance.session import write_whole
    from aws_specs import catalog, sdk

    chosen = catalog.resolve(names) if names or not sample else ()
    named = [Drawn(name, protocol) for name in chosen]
    if not (names or sample or protocol):
        named += OF_EACH
    if together is not None:
        return _at_once([*named, *sampled(sample, seed, protocol)], together, seed)
    todo = tests.jobs(named, parts=4 * jobs if jobs > 1 else 1, most=most or 0)
    drawn = [one for one in sampled(sample, seed, protocol) if one.operation not in chosen]
    todo += tests.jobs(drawn, most=20 if most is None else most)
    with _mapper(jobs) as mapper:
        items = list(_shown(tests.selftest(todo, mapper), todo, quiet=quiet))
    report = summed_up(items, tool=__version__, sdk=sdk.version())
    if output:
        write_whole(Path(output), to_json(report))
    show(to_text(report), end="")
    return 0 if report.passed else 1


def _at_once(drawn: list[Drawn], count: int, seed: int) -> int:
    """Show what becomes of so many faults in one emulator; return the exit code."""
    from aws_conformance.together import Server, to_text

    server = Server(drawn)
    faults = server.draw(count, seed)
    if len(faults) < count:
        click.echo(
            f"{len(faults)} faults of {len(server.operations)} operations can be told beside each "
            f"other, not {count}.",
            err=True,
        )
    mix = server.mix(faults, seed)
    show(to_text(mix), end="")
    return 0 if mix.passed else 1


@contextmanager
def _mapper(jobs: int) -> Generator[Mapper]:
    """Yield what maps a function over the work: `map`, or that of so many processes."""
    if jobs == 1:
        yield map
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as executor:
        yield executor.map


def _shown(items: Iterator[Item], todo: list[Job], *, quiet: bool) -> Iterator[Item]:
    """Pass the results on, saying on stderr how far they are: in place on a terminal."""
    from aws_conformance.progress import style
    from aws_conformance.selftest_trial import Clean

    how = style(tty=sys.stderr.isatty(), quiet=quiet, environ=os.environ)
    operations = sum(job.part == 0 for job in todo)
    begun = trials = 0
    for item in items:
        begun += isinstance(item, Clean)
        trials += not isinstance(item, Clean)
        if how == "bar":
            click.echo(f"\r{begun}/{operations} operations, {trials} faults ", nl=False, err=True)
        elif how == "lines" and isinstance(item, Clean):
            click.echo(f"{begun}/{operations} {item.operation}: {item.faults} faults", err=True)
        yield item
    if how == "bar":
        click.echo("", err=True)

"""`aws-conformance run`: test operations against a target."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from aws_conformance.cli.options import case_options, configured, meant
from aws_conformance.cli.output import show
from aws_specs.errors import UsageError

if TYPE_CHECKING:
    from aws_conformance.baseline import Baseline
    from aws_conformance.config import Config
    from aws_conformance.journal import Past
    from aws_conformance.session import Session
    from aws_reports.results import Results
    from aws_reports.terminal import Style


@click.command(short_help="Test operations against a target.")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "--target",
    metavar="emulator|moto|aws|URL|replay:FILE",
    help="What to test (default: the built-in emulator). One URL serves all services.",
)
@click.option(
    "--protocol",
    metavar="NAME",
    help="Speak another protocol that the services list, e.g. smithy-rpc-v2-cbor.",
)
@case_options
@click.option(
    "--examples",
    type=click.IntRange(0),
    metavar="N",
    help="Random valid, and as many invalid, examples an operation beside the cover (default 25).",
)
@click.option(
    "--seed", type=click.IntRange(0), metavar="N", help="The seed of the examples (printed)."
)
@click.option("--baseline", metavar="FILE", help="Known deviations: a TOML file.")
@click.option("--update-baseline", is_flag=True, help="Write this run's findings to the baseline.")
@click.option(
    "--strict/--no-strict",
    default=None,
    help="Accept only declared errors; conventions of the protocol and all that a model says of "
    "answers bind too.",
)
@click.option(
    "--allow-undecided/--no-allow-undecided",
    default=None,
    help="Do not fail when an operation cannot be decided for want of a --bind.",
)
@click.option("--resume", is_flag=True, help="Go on with the run whose journal is in DIR.")
@click.option("-o", "--output", metavar="DIR", help="Where reports go (conformance-report).")
@click.option("--profile", metavar="NAME", help="The AWS profile, for --target aws.")
@click.option(
    "--allow-account",
    "allow_accounts",
    metavar="ID",
    multiple=True,
    help="An AWS account that --target aws may use. Repeatable.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="How long to wait for an answer (default 15).",
)
@click.option(
    "--reset",
    metavar="PATH",
    help="POST there to empty a URL target before each operation (moto: /moto-api/reset).",
)
@click.option("--max-requests", type=click.IntRange(1), metavar="N", help="Stop after N requests.")
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    metavar="N",
    help="Send at most N requests a second.",
)
@click.option(
    "--bootstrap/--no-bootstrap",
    default=None,
    help="Make what operations need, and remove it afterwards (default: on for moto and URLs).",
)
@click.option(
    "--pagination/--no-pagination",
    default=None,
    help="Follow lists page by page, and send broken tokens (default: on).",
)
@click.option(
    "--stateful/--no-stateful",
    default=None,
    help="Test lives too: make, look, change, remove, use after that (default: off).",
)
@click.option("--record", metavar="FILE", help="Keep every exchange, for --target replay:FILE.")
@click.option(
    "--dry-run", is_flag=True, help="List the requests and what they may do; send nothing."
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def run(
    names: tuple[str, ...],
    bindings: tuple[str, ...],
    only: str | None,
    allow_accounts: tuple[str, ...],
    update_baseline: bool,
    resume: bool,
    dry_run: bool,
    quiet: bool,
    **given: Any,
) -> int:
    """Test the operations NAME (default: the whole catalogue, which is all with a page).

    NAME is service.Operation, a glob ('sqs.*Queue'), or a service ('connect') for all of its
    operations. A glob means the operations with a page where it matches some, else those of the
    SDK.

    For each rule of an operation's documentation, requests are sent that keep it and requests that
    break it in exactly one place. Every finding is sent again before it is reported, with the
    sentence of the page, the request, the answer, and how to send it again.

    DIR gets results.json, report.html, junit.xml, summary.md and journal.jsonl. All settings can
    also stand in [tool.aws-conformance] of pyproject.toml or in aws-conformance.toml.

    \b
    Examples:
      aws-conformance run
      aws-conformance run connect 'sqs.*Queue' --target http://localhost:4566
      aws-conformance run --target http://localhost:4566 --baseline known.toml --update-baseline
      aws-conformance run --target http://localhost:4566 --bind connect.InstanceId=1234-5678
      aws-conformance run --only invalid --target aws --profile sandbox --allow-account 111122223333
      aws-conformance run --resume
    """  # fmt: skip
    from aws_conformance import openings
    from aws_conformance import session as sessions
    from aws_conformance.cli.dry_run import print_requests

    given["allow_accounts"] = list(allow_accounts) or None
    config = configured(given, bindings, only)
    if update_baseline and not config.baseline:
        raise UsageError("--update-baseline needs to know the file: give --baseline FILE too")
    config = openings.guarded(config)
    patterns = names or config.operations
    recording = openings.recording_of(config)
    if recording is not None:
        config = openings.replayed(config, recording)
        patterns = patterns or recording.header.operations
    wanted = _allowed(meant(patterns), patterns, config)
    known = _known(config, update=update_baseline)
    if dry_run:
        return print_requests(wanted, config)
    past = _past(config, resume)
    config = sessions.seeded(config, past)
    with _terminating(), _opened(wanted, config, past) as session:
        _conduct(session, quiet=quiet)
        results = _judged(session.results(), config, known, update=update_baseline)
    _conclude(results, config, session, quiet=quiet)
    return results.exit_code


def _allowed(names: Sequence[str], patterns: Sequence[str], config: Config) -> tuple[str, ...]:
    """Return the operations to test: on a real account without the hazardous ones nobody named."""
    from aws_conformance import openings

    off = openings.switched_off(names, patterns, config)
    for name, why in off.items():
        click.echo(f"off: {name} {why}; name it in full to test it", err=True)
    if off and len(off) == len(names):
        raise UsageError("every operation is off on a real account", hint="Name them in full.")
    return tuple(name for name in names if name not in off)


def _past(config: Config, resume: bool) -> Past | None:
    """Return what the journal has decided, where the run is to be resumed and there is one."""
    from aws_conformance import session as sessions

    if not resume:
        return None
    past = sessions.resume(Path(config.output))
    if past is None:
        click.echo(f"nothing to resume in {config.output}; starting afresh", err=True)
    return past


@contextmanager
def _opened(names: Sequence[str], config: Config, past: Past | None) -> Generator[Session]:
    from aws_conformance import openings
    from aws_conformance import session as sessions

    target, session = sessions.open_target(config), None
    try:
        session = sessions.Session(names, target, config, past=past)
        target = session.target = openings.recorded_by(config, target, session)
        session.bootstrap = openings.open_bootstrap(
            config,
            target,
            session.settings,
            budget=session.meter,
            started=session.started,
            resumed=past is not None,
        )
        yield session
    finally:
        if session is not None and session.bootstrap is not None:
            session.bootstrap.close()
        target.close()


def _conduct(session: Session, *, quiet: bool) -> None:
    """Run the session with its journal, showing how it goes."""
    from aws_conformance import openings, progress
    from aws_conformance import session as sessions

    journal = sessions.open_journal(Path(session.config.output), session)
    for line in openings.cleared(session):
        click.echo(line, err=True)
    how = progress.style(tty=sys.stderr.isatty(), quiet=quiet, environ=os.environ)
    try:
        with progress.showing(how, sys.stderr) as listener:
            session.run(journal, listener)
    finally:
        journal.close()


def _known(config: Config, *, update: bool) -> Baseline:
    """Return the baseline, before anything is sent; one that is to be made may be missing."""
    from aws_conformance import session as sessions

    if update and not Path(config.baseline).exists():
        return ()
    return sessions.load_baseline(config)


def _judged(results: Results, config: Config, known: Baseline, *, update: bool) -> Results:
    """Return the results judged by the baseline, which is brought up to date first if asked for."""
    from aws_conformance import baseline as baselines
    from aws_conformance import outcome
    from aws_conformance import session as sessions

    path, today = Path(config.baseline), sessions.now().date()
    if update and results.stopped:
        click.echo(f"{path} is left as it is: the run was stopped", err=True)
    elif update:
        known = baselines.updated(known, results.operations, results.verdicts, today)
        baselines.save(path, known)
        entries = "1 entry" if len(known) == 1 else f"{len(known)} entries"
        click.echo(f"{path}: {entries}", err=True)
    return outcome.with_baseline(results, known, today, allow_undecided=config.allow_undecided)


def _conclude(results: Results, config: Config, session: Session, *, quiet: bool) -> None:
    """Write the reports, print the summary, and say what would decide what is undecided."""
    from aws_conformance import journal, openings, progress
    from aws_conformance import session as sessions
    from aws_reports.terminal import render

    folder = Path(config.output)
    paths = [*sessions.write_reports(results, folder), folder / journal.FILE]
    if not quiet:
        _print(render(results, style=screen_style(), reports=[str(path) for path in paths]))
    if results.stopped:
        click.echo(_why_stopped(results, session.gathered.detail), err=True)
    if quiet:
        for problem in session.gathered.problems:
            click.echo(progress.problem(problem), err=True)
    for line in undecided(results):
        click.echo(line, err=True)
    for line in openings.said_of_bootstrap(session, results):
        click.echo(line, err=True)


def _why_stopped(results: Results, detail: str) -> str:
    if results.stopped == "unreachable":
        return f"error: target {results.target} cannot be reached: {detail}"
    return f"stopped: {detail or results.stopped}; --resume goes on from here"


def undecided(results: Results) -> Iterator[str]:
    """Yield a line for each operation that is undecided: the bindings to give."""
    for one in results.operations:
        if one.state == "undecided" or (one.state == "partly" and one.binds):
            binds = " ".join(f"--bind {bind}=VALUE" for bind in one.binds)
            why = f" ({one.reason})" if one.reason else ""
            yield f"{one.state}: {one.operation}" + (f": give {binds}" if binds else "") + why


def _print(text: str) -> None:
    """Print the summary; a reader that has gone changes nothing of the run's outcome."""
    try:
        show(text, end="")
        sys.stdout.flush()
    except BrokenPipeError:
        from aws_conformance.cli import without_stdout

        without_stdout()


def screen_style() -> Style:
    """Return how to write the summary on stdout."""
    from aws_reports.terminal import style_for

    columns = shutil.get_terminal_size((100, 40)).columns
    return style_for(tty=sys.stdout.isatty(), environ=os.environ, columns=columns)


@contextmanager
def _terminating() -> Generator[None]:
    """Take SIGTERM (a CI job that is cancelled) for Ctrl-C while the block runs."""
    try:
        # SIGINT too: a shell that starts a job in the background has it ignored.
        before = {number: signal.signal(number, _interrupt) for number in _STOPS}
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_STOPS = (signal.SIGINT, signal.SIGTERM)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt

"""A session: a run from settings to results, kept on disk as it happens.

The runner yields events; a session writes them to the journal, shows them, and folds them into the
results that every report is made of. What the fold does is pure: the same events give the same
results.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from msgspec.structs import replace

from aws_conformance import baseline as baselines
from aws_conformance import journal as journals
from aws_conformance.baseline import Baseline
from aws_conformance.config import Config
from aws_conformance.events import (
    Event,
    OperationStarted,
    Stopped,
)
from aws_conformance.journal import Header, Journal, Past
from aws_conformance.outcome import Gathered, each_once, exit_code
from aws_reports.results import OperationResult, Results
from aws_specs.errors import ConformanceError, UsageError

if TYPE_CHECKING:
    from aws_conformance.bootstrap import Bootstrap
    from aws_conformance.exchange import Target
    from aws_conformance.runner import Settings
    from aws_specs.spec import Operation

REPORTS: Final = ("json", "html", "junit", "markdown")
"""The formats every run is written in, by their usual file names."""

State = Literal["stopped", "error"]
Listener = Callable[[Event], None]
Clock = Callable[[], datetime]


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


# ---------------------------------------------------------------- a session


class Meter:
    """Counts requests, and ends the run where one more would be too many. `most` 0: no limit."""

    def __init__(self, most: int = 0, before: int = 0) -> None:
        self.most = most
        self.before = before
        self.sent = 0

    def __call__(self) -> None:
        """Count one request; raises `BudgetSpentError` instead of counting one too many."""
        from aws_conformance.sender import BudgetSpentError

        if self.most and self.sent >= self.most:
            raise BudgetSpentError(f"{self.most} requests are sent")
        self.sent += 1

    @property
    def total(self) -> int:
        """The requests of the run, those of earlier parts of it included."""
        return self.before + self.sent


class Session:
    """One run of some operations against a target: `run` it, then ask for `results`."""

    def __init__(
        self,
        names: Sequence[str],
        target: Target,
        config: Config,
        *,
        past: Past | None = None,
        meter: Meter | None = None,
        clock: Clock = now,
    ) -> None:
        """Send nothing yet. `config.seed` must be set; `past` is what was decided earlier."""
        self.names = tuple(names)
        self.target = target
        self.config = config
        settings = settings_of(config)
        sent: bool = getattr(target, "control", True)  # a recording may hold no control at all
        self.settings = replace(settings, control=settings.control and sent)
        self.past = past
        self.clock = clock
        self.started = past.header.started if past else clock().isoformat(timespec="milliseconds")
        self.meter = meter or Meter(config.max_requests, past.sent if past else 0)
        self.gathered = Gathered(past)
        self.bootstrap: Bootstrap | None = None
        self._begun: dict[str, int] = {}

    def header(self) -> Header:
        """Return the journal's header."""
        return header(self.names, self.target.name, self.config, self.started)

    def run(
        self,
        journal: Journal | None = None,
        listen: Listener = lambda event: None,
        *,
        interruptible: bool = True,
    ) -> None:
        """Run to the end, or until it is stopped; Ctrl-C stops it and is no error.

        Where it is not `interruptible`, Ctrl-C is the caller's affair.
        """
        try:
            for event in self._events():
                if isinstance(event, OperationStarted):
                    self._begun[event.operation] = self.meter.sent
                self.gathered.take(event)
                if journal is not None:
                    journal.write(event, self.meter.total)
                listen(event)
        except KeyboardInterrupt:
            if not interruptible:
                raise
            event = Stopped("interrupted", "stopped by hand")
            self.gathered.take(event)
            if journal is not None:
                journal.write(event, self.meter.total)
            listen(event)

    def _events(self) -> Iterator[Event]:
        from aws_conformance import runner

        events = runner.run(
            self.names,
            self.target,
            self.settings,
            decided=self.past.decided if self.past else None,
            earlier=self.past.verdicts if self.past else (),
            finished=self.gathered.finished or None,
            budget=self.meter,
            bootstrap=self.bootstrap,
        )
        if not self.config.stateful and "stateful" not in self.config.only:
            return events
        from aws_conformance.stateful import running

        return running.followed(self, events)

    def stop(self, why: str, detail: str = "") -> None:
        """End the session before it has begun."""
        self.gathered.take(Stopped(why, detail))

    def results(self) -> Results:
        """Return what came out, before any baseline."""
        results = Results(
            tool=tool(),
            sdk=sdk(),
            target=self.target.name,
            started=self.started,
            finished=self.clock().isoformat(timespec="milliseconds"),
            seed=self.settings.seed,
            examples=self.settings.examples,
            source=self.settings.source,
            strict=self.settings.strict,
            requests=self.meter.total,
            stopped=self.gathered.stopped,
            operations=self.gathered.operations(self.names, self._missing),
            verdicts=tuple(each_once(self.gathered.verdicts)),
        )
        code = exit_code(results, allow_undecided=self.config.allow_undecided)
        return replace(results, exit_code=code)

    def _missing(self, name: str, why: str) -> OperationResult:
        """Return the share of an operation that did not finish: its rules count as not covered.

        Of one that was not begun the rules are taken from its spec as they are, for making the
        cases of a thousand operations that are not sent would take minutes.
        """
        begun = self._begun.get(name)
        state: State = "stopped" if self.gathered.stopped else "error"
        try:
            result = self.planned(name) if begun is not None else self._of_spec(name)
        except ConformanceError:
            result = OperationResult(operation=name, state=state, rules=(), kinds={})
        sent = 0 if begun is None else self.meter.sent - begun
        return replace(result, state=state, reason=why, requests=sent)

    def planned(self, name: str) -> OperationResult:
        """Return an operation's share as it is before anything is sent: its rules."""
        from aws_conformance.operation_run import OperationRun
        from aws_conformance.sender import Sender

        operation = self._operation(name)
        sender = Sender(operation, self.target)
        return OperationRun(operation, sender, self.settings, frozenset()).result("stopped")

    def _of_spec(self, name: str) -> OperationResult:
        sure = self.settings.confidence
        kinds: dict[str, str] = {
            rule.id: rule.kind
            for rule in self._operation(name).rules
            if rule.side == "input" and rule.checkable and rule.sure >= sure
        }
        return OperationResult(operation=name, state="stopped", rules=tuple(kinds), kinds=kinds)

    def _operation(self, name: str) -> Operation:
        from aws_specs import catalog

        chosen = catalog.select(catalog.load(name), self.settings.source)
        return catalog.speaking(chosen, self.settings.protocol)


def settings_of(config: Config) -> Settings:
    """Return what the runner needs of a configuration whose seed is set."""
    from aws_conformance.runner import Settings

    return Settings(
        source=config.source,
        protocol=config.protocol,
        only=config.only,
        examples=config.examples,
        seed=config.seed or 0,
        bindings=config.bind,
        strict=config.strict,
        confidence=config.confidence,
        region=config.region,
        control=not (config.target == "aws" and config.only == ("invalid",)),
        pagination=config.pagination,
    )


def seeded(config: Config, past: Past | None = None) -> Config:
    """Return the configuration with a seed: the one given, that of the past, or a new one."""
    if config.seed is not None:
        return config
    return replace(config, seed=past.header.seed if past else secrets.randbelow(2**32))


def header(names: Sequence[str], target: str, config: Config, started: str) -> Header:
    """Return what identifies a run."""
    return Header(
        tool=tool(),
        sdk=sdk(),
        specs=digest(names),
        operations=tuple(names),
        target=target,
        source=config.source,
        only=config.only,
        examples=config.examples,
        seed=config.seed or 0,
        strict=config.strict,
        confidence=config.confidence,
        region=config.region,
        protocol=config.protocol,
        bindings=config.bind,
        bootstrap=bootstrapping(config),
        started=started,
    )


def bootstrapping(config: Config) -> str:
    """Return how things are made in a run: "off", "on", or "on" with a digest of its chains."""
    from aws_conformance.openings import bootstraps

    if not bootstraps(config):
        return "off"
    if not config.chains:
        return "on"
    chains = msgspec.json.encode(config.chains, order="deterministic")
    return f"on, with chains {hashlib.sha256(chains).hexdigest()[:12]}"


def digest(names: Iterable[str]) -> str:
    """Return a digest of the specs of some operations: what is tested, to the letter."""
    from aws_specs import catalog

    found = hashlib.sha256()
    for name in names:
        try:
            found.update(msgspec.json.encode(catalog.load(name)))
        except ConformanceError as error:
            found.update(str(error).encode())
    return found.hexdigest()[:16]


def tool() -> str:
    """Return the suite's name and version."""
    from aws_conformance import __version__

    return f"aws-conformance {__version__}"


def sdk() -> str:
    """Return the name and version of the SDK whose models are used."""
    from aws_specs import sdk as models

    return f"botocore {models.version()}"


# ---------------------------------------------------------------- opening what a session needs


def open_target(config: Config, faults: tuple[str, ...] = ()) -> Target:
    """Return the configured target; `UsageError` and `TargetError` say why not."""
    from aws_conformance.targets import Limits, Options, Rate
    from aws_conformance.targets import open_target as opened

    if config.target == "aws" and not config.allow_accounts:
        raise UsageError(
            "the target is aws, and no account is allowed",
            hint='List your sandbox: allow-accounts = ["111122223333"], or --allow-account.',
        )
    options = Options(
        region=config.region,
        profile=config.profile,
        allow=config.allow_accounts,
        bindings=dict(config.bind),
        faults=faults,
        limits=Limits(read=config.timeout, total=2 * config.timeout),
        reset=config.reset,
    )
    target = opened(config.target, options)
    return Rate(target, config.rate) if config.rate else target


def load_baseline(config: Config) -> Baseline:
    """Return the configured baseline; empty where none is configured."""
    return baselines.load(Path(config.baseline)) if config.baseline else ()


def resume(folder: Path) -> Past | None:
    """Return what the journal in a folder has decided; None where there is nothing to resume."""
    return journals.read(folder / journals.FILE)


def open_journal(folder: Path, session: Session) -> Journal:
    """Start the journal in a folder, or continue the one the session resumes.

    Raises `UsageError` where the journal is another run's or the folder cannot be written.
    """
    path = folder / journals.FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if session.past is None:
            return Journal.new(path, session.header())
        journals.check_fits(session.past.header, session.header(), path)
        return Journal.reopened(path, session.past)
    except OSError as error:
        raise _unwritable(folder, error) from error


def write_reports(results: Results, folder: Path) -> tuple[Path, ...]:
    """Write every report of a run into a folder and return their paths.

    Each file is replaced as a whole, so that none is ever half there. Raises `UsageError` where
    that cannot be done.
    """
    from aws_reports import default_formats

    formats = default_formats()
    written: list[Path] = []
    for name in REPORTS:
        path = folder / formats.get(name).file
        write_whole(path, formats.render(name, results))
        written.append(path)
    return tuple(written)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place, then put it there; `UsageError` where that cannot be done.

    What is no plain file (a pipe, /dev/stdout) is written to as it is.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            path.write_bytes(content)
        else:
            beside.write_bytes(content)
            beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"{path}: cannot be written: {error.strerror or error}",
        hint="Choose another place with -o.",
    )

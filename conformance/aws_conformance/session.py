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
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace

from aws_conformance import baseline as baselines
from aws_conformance import journal as journals
from aws_conformance.baseline import Baseline
from aws_conformance.config import Config
from aws_conformance.events import Event, Judged, OperationFinished, Stopped, SuiteProblem
from aws_conformance.journal import Header, Journal, Past
from aws_reports.results import OperationResult, Results, Verdict
from aws_specs.errors import ConformanceError, UsageError

if TYPE_CHECKING:
    from aws_conformance.exchange import Target
    from aws_conformance.runner import Settings

CONFORMS: Final = 0
FINDINGS: Final = 1
USAGE: Final = 2
UNDECIDED: Final = 3
STOPPED: Final = 4

REPORTS: Final = ("json", "html", "junit", "markdown")
"""The formats every run is written in, by their usual file names."""

Listener = Callable[[Event], None]
Clock = Callable[[], datetime]


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


# ---------------------------------------------------------------- the fold


class Gathered:
    """What the events of a run add up to, so far."""

    def __init__(self, past: Past | None = None) -> None:
        self.verdicts: list[Verdict] = list(past.verdicts) if past else []
        self.finished = {one.operation: one for one in past.finished} if past else {}
        self.problems: list[SuiteProblem] = []
        self.stopped = ""
        self.detail = ""

    def take(self, event: Event) -> None:
        """Add one event."""
        match event:
            case Judged():
                self.verdicts += event.verdicts
            case OperationFinished():
                self.finished[event.result.operation] = event.result
            case SuiteProblem():
                self.problems.append(event)
            case Stopped():
                self.stopped, self.detail = event.why, event.detail
            case _:
                return

    def operations(
        self, names: Sequence[str], missing: Callable[[str, str], OperationResult]
    ) -> tuple[OperationResult, ...]:
        """Return every operation's share, in the order asked for.

        `missing` makes the share of an operation that did not finish from its name and the reason.
        """
        found = [self.finished.get(name) or missing(name, self._why(name)) for name in names]
        return tuple(self._with_problems(one) for one in found)

    def _why(self, name: str) -> str:
        own = [p.detail for p in self.problems if p.operation == name and not p.case]
        return own[0] if own else self.stopped and f"stopped before its end: {self.stopped}"

    def _with_problems(self, result: OperationResult) -> OperationResult:
        own = [p for p in self.problems if p.operation == result.operation and p.case]
        if not own or result.reason:
            return result
        many = f"{len(own)} cases" if len(own) > 1 else "1 case"
        return replace(result, reason=f"{many} could not be sent: {own[0].detail}")


def each_once(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """Yield the verdicts without repetition of what a run says once: what answers themselves show.

    The runner judges each output rule on the first answer that shows it; a resumed run starts over
    with that. Verdicts on cases carry the row of the judge's table, those on answers carry none.
    """
    seen: set[tuple[str, str, str]] = set()
    for verdict in verdicts:
        key = (verdict.rule, verdict.verdict, verdict.reason)
        if verdict.row or key not in seen:
            yield verdict
        if not verdict.row:
            seen.add(key)


def exit_code(results: Results, *, allow_undecided: bool = False) -> int:
    """Return the exit code of a run, the first that applies.

    3 unreachable · 4 stopped · 1 findings or a stale baseline · 3 nothing decided, or (unless
    allowed) an operation undecided · 0 else.
    """
    verdicts = results.verdicts
    if results.stopped == "unreachable":
        return UNDECIDED
    if results.stopped:
        return STOPPED
    if any(is_finding(verdict) for verdict in verdicts) or results.stale:
        return FINDINGS
    if not any(v.verdict == "pass" or (v.verdict == "fail" and not v.flaky) for v in verdicts):
        return UNDECIDED
    if not allow_undecided and any(
        one.state in ("undecided", "error") for one in results.operations
    ):
        return UNDECIDED
    return CONFORMS


_OPEN: Final = ("undecided", "error")


def is_finding(verdict: Verdict) -> bool:
    """Whether a verdict makes a run fail: it repeats, and the baseline does not know it."""
    return verdict.verdict == "fail" and not verdict.flaky and not verdict.baseline


def with_baseline(
    results: Results, baseline: Baseline, today: date, *, allow_undecided: bool
) -> Results:
    """Return the results with known findings marked, stale entries listed, the exit code set."""
    verdicts = baselines.marked(results.verdicts, baseline, today)
    stale = baselines.stale(baseline, results.operations, verdicts, today)
    marked = replace(results, verdicts=verdicts, stale=stale)
    return replace(marked, exit_code=exit_code(marked, allow_undecided=allow_undecided))


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
        self.settings = settings_of(config)
        self.past = past
        self.clock = clock
        self.started = past.header.started if past else clock().isoformat(timespec="milliseconds")
        self.meter = meter or Meter(config.max_requests, past.sent if past else 0)
        self.gathered = Gathered(past)

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

        return runner.run(
            self.names,
            self.target,
            self.settings,
            decided=self.past.decided if self.past else None,
            finished=self.gathered.finished or None,
            budget=self.meter,
        )

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
        """Return the share of an operation that did not finish: its rules count as not covered."""
        from aws_conformance.operation_run import OperationRun
        from aws_conformance.sender import Sender
        from aws_specs import catalog

        state: Any = "stopped" if self.gathered.stopped else "error"
        try:
            operation = catalog.select(catalog.load(name), self.settings.source)
            one = OperationRun(
                operation, Sender(operation, self.target), self.settings, frozenset()
            )
            return one.result(state, why)
        except ConformanceError:
            return OperationResult(operation=name, state=state, rules=(), kinds={}, reason=why)


def settings_of(config: Config) -> Settings:
    """Return what the runner needs of a configuration whose seed is set."""
    from aws_conformance.runner import Settings

    return Settings(
        source=config.source,
        only=config.only,
        examples=config.examples,
        seed=config.seed or 0,
        bindings=config.bind,
        strict=config.strict,
        confidence=config.confidence,
        region=config.region,
        control=not (config.target == "aws" and config.only == ("invalid",)),
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
        bindings=config.bind,
        started=started,
    )


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

"""What a run is given beside its target: a guard for real accounts, a bootstrap, a recording.

Everything here says how a run is set up; nothing here sends a request.
"""

from __future__ import annotations

import hashlib
import itertools
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from aws_conformance import recording as recordings
from aws_conformance.config import Config
from aws_conformance.exchange import Target
from aws_conformance.hazards import Hazard, off
from aws_conformance.recording import Recorder, Recording, RecordingHeader
from aws_conformance.resources import FILE, ResourceJournal, ResourcesHeader, left_in

if TYPE_CHECKING:
    from aws_conformance.bootstrap import Bootstrap
    from aws_conformance.runner import Settings
    from aws_conformance.session import Session
    from aws_reports.results import Results

REPLAY: Final = "replay:"
ACCOUNT_RATE: Final = 5.0
"""Requests a second on a real account, where no other rate is given."""

ACCOUNT_BUDGET: Final = 5000
"""Requests of a run on a real account, where no other budget is given."""


_SHOWN: Final = 20
"""How many things that are left behind are listed on the terminal."""

# ---------------------------------------------------------------- real accounts


def guarded(config: Config) -> Config:
    """Return the settings with a rate and a budget where the target is a real account."""
    if config.target != "aws":
        return config
    return replace(
        config,
        rate=config.rate or ACCOUNT_RATE,
        max_requests=config.max_requests or ACCOUNT_BUDGET,
    )


def switched_off(
    names: Sequence[str], patterns: Sequence[str], config: Config
) -> dict[str, Hazard]:
    """Return the operations that a run leaves out on a real account, and why."""
    return off(names, patterns) if config.target == "aws" else {}


def only_invalid(config: Config) -> bool:
    """Whether nothing may be sent that a conforming service would accept."""
    return config.target == "aws" and config.only == ("invalid",)


# ---------------------------------------------------------------- bootstrap


def bootstraps(config: Config) -> bool:
    """Whether a run makes what its operations need: on, but for real accounts and the emulator."""
    if only_invalid(config) or config.target.startswith(REPLAY):
        return False
    if config.bootstrap is not None:
        return config.bootstrap
    return config.target == "moto" or "://" in config.target


def open_bootstrap(
    config: Config,
    target: Target,
    settings: Settings,
    *,
    budget: Callable[[], None],
    started: str = "",
    resumed: bool = False,
) -> Bootstrap | None:
    """Return what makes and removes resources in a run, with its journal; None where nothing does.

    A resumed run goes on with the journal it finds, so that what is left of it can be removed.

    Raises `UsageError` for chains that name what there is not, or a folder that cannot be written.
    """
    from aws_conformance.bootstrap import Bootstrap, Graphs, check_chains

    making = bootstraps(config)
    # What a target forgets by itself before each operation need not be removed.
    forgets = config.target == "moto" or bool(config.reset)
    tracking = (config.target == "aws" or making) and not forgets
    if not making and not tracking:
        return None
    check_chains(config.chains, "configuration")
    return Bootstrap(
        target,
        settings,
        journal=resource_journal(config, target, started, resumed=resumed),
        graphs=Graphs(config.chains),
        finding=config.target != "aws",
        making=making,
        tracking=tracking,
        budget=budget,
        nonce=seeded_names(settings.seed) if forgets else by_chance,
    )


def by_chance() -> str:
    """Return what makes a name unique in a target that may hold those of earlier runs."""
    return secrets.token_hex(4)


def seeded_names(seed: int) -> Callable[[], str]:
    """Return what makes names unique in a target that starts empty: the same for the same seed."""
    numbers = itertools.count()

    def name() -> str:
        return hashlib.sha256(f"{seed}|made|{next(numbers)}".encode()).hexdigest()[:8]

    return name


def resource_journal(
    config: Config, target: Target, started: str, *, resumed: bool = False
) -> ResourceJournal:
    """Return a journal of resources in the output folder; `UsageError` where it cannot be.

    It is a new one, or that of the run that is `resumed`, where it is of the same place.
    """
    header = ResourcesHeader(
        target=config.target,
        account=str(getattr(target, "account", "")),
        region=config.region,
        profile=config.profile,
        protocol=config.protocol,
        started=started,
    )
    path = Path(config.output) / FILE
    if resumed and path.exists():
        past, _ = left_in(path)
        here = (header.target, header.account, header.region)
        if (past.target, past.account, past.region) == here:
            return ResourceJournal.reopened(path)
    return ResourceJournal.new(path, header)


def cleared(session: Session) -> Iterator[str]:
    """Remove what an interrupted run has left, before it goes on; yield what to say of it."""
    bootstrap = session.bootstrap
    there = len(bootstrap.journal.things) if bootstrap is not None else 0
    if bootstrap is None or not there:
        return
    left = bootstrap.tear_down()
    yield f"resumed: {there - len(left)} things of the interrupted run removed, {len(left)} left"


def said_of_bootstrap(session: Session, results: Results) -> Iterator[str]:
    """Yield what a run's bootstrap came to: the share that is decidable, and what is left."""
    bootstrap = session.bootstrap
    if bootstrap is None:
        return
    there = [one for one in results.operations if one.state not in ("unimplemented", "error")]
    decided = [one for one in there if one.state == "decided"]
    through = sum(
        bool(found.bindings)
        for one in decided
        if (found := bootstrap.prepared.get(one.operation)) is not None
    )
    if there and bootstrap.making and tuple(session.config.only) != ("stateful",):
        share = 100 * len(decided) // len(there)
        yield (
            f"decidable: {len(decided)} of {len(there)} implemented operations ({share} %),"
            f" {through} of them through bootstrap"
        )
    for name, found in bootstrap.prepared.items():
        if found.missing and name not in {one.operation for one in decided}:
            binds = " ".join(f"--bind {bind}=VALUE" for bind in found.missing)
            why = f" ({found.refused[0]})" if found.refused else ""
            yield f"not made for {name}: give {binds}{why}"
    if bootstrap.left and session.config.target != "moto":  # that is gone with the process
        yield f"left behind, see {Path(session.config.output) / FILE}:"
        surest = sorted(bootstrap.left.values(), key=lambda thing: not thing.sure)
        lines = Counter(map(str, surest))
        for line, count in lines.most_common(_SHOWN):
            yield f"  {line}" + (f" ({count} times)" if count > 1 else "")
        if len(lines) > _SHOWN:
            yield f"  and {len(lines) - _SHOWN} more"


# ---------------------------------------------------------------- record and replay


def recording_of(config: Config) -> Recording | None:
    """Return the recording that is to be judged again; None for any other target."""
    if not config.target.startswith(REPLAY):
        return None
    return recordings.read(Path(config.target.removeprefix(REPLAY)))


def replayed(config: Config, recording: Recording) -> Config:
    """Return the settings with everything the recorded cases depend on as it was then.

    How they are judged (strict, the baseline) is today's.
    """
    header = recording.header
    return replace(
        config,
        source=header.source,
        only=header.only,
        examples=header.examples,
        seed=header.seed,
        confidence=header.confidence,
        region=header.region,
        pagination=header.pagination,
        protocol=header.protocol,
        bind=dict(header.bindings),
        rate=0.0,
        max_requests=0,
    )


def recorded_by(config: Config, target: Target, session: Session) -> Target:
    """Return the target with a recorder around it, where the run is to be recorded."""
    if not config.record:
        return target
    from aws_conformance.session import sdk, tool
    from aws_conformance.targets.recording import RecordingTarget

    header = RecordingHeader(
        tool=tool(),
        sdk=sdk(),
        target=target.name,
        operations=session.names,
        source=config.source,
        only=config.only,
        examples=config.examples,
        seed=config.seed or 0,
        confidence=config.confidence,
        region=config.region,
        bindings={**target.bindings, **config.bind},
        bootstrap=bootstraps(config),
        control=session.settings.control,
        pagination=config.pagination,
        protocol=config.protocol,
        started=session.started,
    )
    opened = Recorder.continued if session.past is not None else Recorder.new
    return RecordingTarget(target, opened(Path(config.record), header))

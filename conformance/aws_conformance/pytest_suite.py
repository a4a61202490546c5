"""What the pytest plugin does once a target is named: items, their run, the reports.

Each operation is run once, when the first of its items is; its items then say what came out for
their rule. Under xdist all items of an operation go to one worker, and the controller joins what
the workers found and writes the reports.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from msgspec.structs import replace

from aws_conformance import outcome
from aws_conformance import session as sessions
from aws_conformance.baseline import Baseline
from aws_conformance.config import Config, checked, find, merge, parse_bindings
from aws_conformance.exchange import Answer, Request, Silence, Target
from aws_conformance.pytest_items import ConformanceItem, OperationCollector
from aws_conformance.pytest_plugin import GROUP, given
from aws_conformance.session import Session
from aws_reports.redact import redacted
from aws_reports.results import Results
from aws_specs.errors import ConformanceError

_KEY: Final = "aws_conformance"


def configured(config: pytest.Config) -> Config:
    """Return the settings: the configuration file's, with pytest's options over them.

    Raises `pytest.UsageError` for what does not fit.
    """
    options = given(config)
    settings: dict[str, Any] = {
        "output" if name == "report" else name: value for name, value in options.items()
    }
    for name in ("examples", "seed"):
        value = config.getoption(f"--conformance-{name}")
        if value is not None:
            settings[name] = value
    try:
        if "bind" in settings:
            settings["bind"] = parse_bindings(tuple(settings["bind"]))
        if "only" in settings:
            settings["only"] = [kind.strip() for kind in settings["only"].split(",")]
        return merge(find(config.invocation_params.dir), checked(settings, "command line"))
    except ConformanceError as error:
        raise pytest.UsageError(str(error)) from error


def runner(config: pytest.Config, target: Target) -> Callable[..., Results]:
    """Return a function that runs operations against a target with pytest's settings."""
    own = configured(config)

    def run(*names: str, **settings: Any) -> Results:
        from aws_specs import catalog

        changes = {key.replace("_", "-"): value for key, value in settings.items()}
        changed = merge(_found(own), checked(changes, "conformance_run"))
        session = Session(catalog.resolve(names), target, sessions.seeded(changed))
        session.run()
        return outcome.with_baseline(
            session.results(),
            sessions.load_baseline(changed),
            sessions.now().date(),
            allow_undecided=changed.allow_undecided,
        )

    return run


def _found(config: Config) -> Any:
    from aws_conformance.config import Found

    return Found(msgspec.to_builtins(config))


# ---------------------------------------------------------------- running


class NoTarget:
    """Stands for a target while items are collected: nothing is opened to list them."""

    name = endpoint = ""

    def __init__(self, config: Config) -> None:
        self.bindings = config.bind

    def send(self, request: Request) -> Answer:
        """Answer nothing."""
        return Silence("unreachable", "nothing is sent while collecting")

    def close(self) -> None:
        """Do nothing."""


def rules_of(name: str, config: Config) -> tuple[str, ...]:
    """Return the ids of the rules that get an item: those a request tests or an answer may show."""
    from aws_specs import catalog

    result = Session((name,), NoTarget(config), config).planned(name)
    shown = [
        rule.id
        for rule in catalog.select(catalog.load(name), config.source).rules
        if rule.side in ("output", "errors") and rule.checkable and rule.sure >= config.confidence
    ]
    return tuple(dict.fromkeys([*result.rules, *shown]))


class Runs:
    """The runs of this process, one an operation, each made when it is first asked for."""

    def __init__(self, config: Config, workers: int) -> None:
        self.config = replace(
            config, max_requests=-(-config.max_requests // workers), rate=config.rate / workers
        )
        self.meter = sessions.Meter(self.config.max_requests)
        self.results: dict[str, Results] = {}
        self.unreachable = ""

    @cached_property
    def target(self) -> Target:
        """The target, opened when it is first needed."""
        return sessions.open_target(self.config)

    def of(self, operation: str) -> Results:
        """Return the results of an operation, running it the first time."""
        if operation not in self.results:
            self.results[operation] = self._run(operation)
        return self.results[operation]

    def _run(self, operation: str) -> Results:
        session = Session((operation,), self.target, self.config, meter=self.meter)
        if self.unreachable:
            session.stop("unreachable", self.unreachable)
        else:
            session.run(interruptible=False)
        results = redacted(session.results())
        if results.stopped == "unreachable":
            self.unreachable = session.gathered.detail
        return results

    def close(self) -> None:
        """Close the target if it was opened."""
        if "target" in self.__dict__:
            self.target.close()


def joined(parts: Sequence[Results], names: Sequence[str]) -> Results:
    """Return the results of several runs as those of one, operations in the order of `names`."""
    order = {name: number for number, name in enumerate(names)}
    parts = sorted(parts, key=lambda part: order.get(part.operations[0].operation, len(order)))
    return replace(
        parts[0],
        started=min(part.started for part in parts),
        finished=max(part.finished for part in parts),
        requests=sum(one.requests for part in parts for one in part.operations),
        stopped=next((part.stopped for part in parts if part.stopped), ""),
        operations=tuple(one for part in parts for one in part.operations),
        verdicts=tuple(verdict for part in parts for verdict in part.verdicts),
    )


# ---------------------------------------------------------------- the suite in a pytest run


class Suite:
    """The plugin of a run with a target: hooks that collect, distribute, join and report."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        worker: dict[str, Any] = getattr(config, "workerinput", {})
        settings = configured(config)
        if _KEY in worker:
            settings = replace(settings, seed=int(worker[_KEY]))
        self.settings = sessions.seeded(settings)
        self.is_worker = bool(worker)
        self.runs = Runs(self.settings, int(worker.get("workercount", 1)))
        self.today = sessions.now().date()
        self.parts: list[Results] = []
        self.final: Results | None = None
        self.written: tuple[Path, ...] = ()
        try:
            self.baseline: Baseline = sessions.load_baseline(self.settings)
            self.names = self._names()
        except ConformanceError as error:
            raise pytest.UsageError(str(error)) from error

    def _names(self) -> tuple[str, ...]:
        from aws_specs import catalog

        wanted = [n for text in self.settings.operations for n in text.split(",") if n]
        return catalog.resolve(wanted)

    def known(self) -> dict[str, str]:
        """Return the reasons of the baseline's entries that count, by rule."""
        valid = [entry for entry in self.baseline if not entry.expired(self.today)]
        return {entry.rule: entry.reason or "known deviation" for entry in valid}

    def pytest_report_header(self) -> str:
        """Say what is tested, and the seed that repeats it."""
        many = f"{len(self.names)} operations" if len(self.names) != 1 else self.names[0]
        return f"aws-conformance: {self.settings.target}, {many}, seed {self.settings.seed}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, items: list[pytest.Item]
    ) -> None:
        """Add one item a rule to what pytest has found."""
        for name in self.names:
            nodeid = f"{GROUP}::{name}"
            kind: Any = OperationCollector  # pytest leaves the keywords of from_parent untyped
            collector: OperationCollector = kind.from_parent(session, name=name, nodeid=nodeid)
            collector.suite = self
            collector.operation = name
            collector.rules = rules_of(name, self.settings)
            items.extend(collector.collect())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let a skipped rule stand under its operation, not under a line of this file."""
        report = yield
        if isinstance(item, ConformanceItem) and isinstance(report.longrepr, tuple):
            place = str(self.config.rootpath / GROUP / item.parent.operation)
            report.longrepr = (place, None, report.longrepr[2])  # type: ignore[assignment]  # None: no line
        return report

    # ------------------------------------------------------------ xdist

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give every worker the same seed."""
        node.workerinput[_KEY] = self.settings.seed

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Keep the items of an operation on one worker; distribute all else as asked for."""
        from xdist.scheduler import (  # type: ignore[import-untyped]  # xdist ships no types
            LoadFileScheduling,
            LoadGroupScheduling,
            LoadScopeScheduling,
        )

        by_dist: dict[Any, Any] = {
            "load": LoadGroupScheduling,
            "loadfile": LoadFileScheduling,
            "loadgroup": LoadGroupScheduling,
            "loadscope": LoadScopeScheduling,
            "worksteal": LoadGroupScheduling,
        }
        base = by_dist.get(config.getoption("dist"))
        return None if base is None else _scheduling(base)(config, log)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Take what a worker has found."""
        found = getattr(node, "workeroutput", {}).get(_KEY)
        if found:
            self.parts += msgspec.json.decode(found, type=list[Results])

    # ------------------------------------------------------------ the end

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the reports; a run in which nothing could be decided does not succeed."""
        self.runs.close()
        own = list(self.runs.results.values())
        if self.is_worker:
            output: Any = self.config
            output.workeroutput[_KEY] = msgspec.json.encode(own).decode()
            return
        parts = [*own, *self.parts]
        if not parts:
            return
        self.final = outcome.with_baseline(
            joined(parts, self.names),
            self.baseline,
            self.today,
            allow_undecided=self.settings.allow_undecided,
        )
        self.written = sessions.write_reports(self.final, Path(self.settings.output))
        if session.exitstatus == pytest.ExitCode.OK and self.final.exit_code:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what it adds up to, and where the reports are."""
        if self.final is None:
            return
        from aws_reports.summary import headline, percent, summarise

        found = summarise(self.final)
        shares = f"conformance {percent(found.numbers.conformance)}"
        shares += f", coverage {percent(found.numbers.coverage)}"
        terminalreporter.section(GROUP)
        terminalreporter.line(f"{headline(found)} – {shares}")
        terminalreporter.line(f"{self.final.requests:,} requests, seed {self.final.seed}")
        for path in self.written:
            terminalreporter.line(str(path))


def _scheduling(base: Any) -> Any:
    """Return a scheduling of xdist that never splits an operation."""

    def split_scope(self: Any, nodeid: str) -> str:
        head, _, rest = nodeid.partition("::")
        if head == GROUP:
            return f"{GROUP}::{rest.partition('::')[0]}"
        found: str = base._split_scope(self, nodeid)
        return found

    return type("OperationScheduling", (base,), {"_split_scope": split_scope})


__all__ = ["Suite", "configured", "runner"]

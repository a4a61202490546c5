"""The facade's functions: what the command line does, for Python programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_conformance import outcome
from aws_conformance import session as sessions
from aws_conformance.config import Config, checked, merge
from aws_conformance.config import Found as Settings
from aws_reports.results import Results
from aws_specs.spec import Operation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_conformance.exchange import Target
    from aws_strategies.case import Case


def load(name: str) -> Operation:
    """Return the spec of `service.Operation`: from the catalogue, else from the SDK's model.

    Raises `UsageError` with the closest match for a name that neither has.
    """
    from aws_specs import catalog

    return catalog.load(name)


def extract(page: str | Path) -> Operation:
    """Return the spec that a documentation page states, bound to the installed SDK's model.

    `page` is the path of a file: reStructuredText source, HTML, or a text copy. Raises `PageError`
    for what is not the page of a client's operation.
    """
    from aws_conformance.cli.pages import page_text
    from aws_specs import extract as extractor

    return extractor.extract(page_text(str(page)), file=str(page))


def cases(
    name: str | Operation,
    *,
    bind: dict[str, str] | None = None,
    confidence: float | None = None,
) -> tuple[Case, ...]:
    """Return the cover of an operation: every case, in the order in which a run sends them.

    `bind` maps `service.Member` to values the target has; rules below `confidence` are not tested.
    """
    from aws_strategies.cover import Cover
    from aws_strategies.plan import Plan

    operation = load(name) if isinstance(name, str) else name
    least = Config().confidence if confidence is None else confidence
    return Cover(Plan(operation, bindings=bind or {}, confidence=least)).cases


def run(*names: str, target: str | Target = "emulator", **settings: Any) -> Results:
    """Run operations against a target and return the results; nothing is written to disk.

    `names` are `service.Operation`, globs allowed, or services; none means all with a page.
    `target` is "emulator", "moto", "aws", a URL, or a `Target` of your own. `settings` are those of
    the command line, with underscores: `examples=0`, `seed=1`, `only=["invalid"]`,
    `bind={"connect.InstanceId": "…"}`. Raises `UsageError` for a setting or a name that does not
    exist, `TargetError` for a target that may not be used.
    """
    from aws_specs import catalog

    given = {key.replace("_", "-"): value for key, value in settings.items()}
    if isinstance(target, str):
        given["target"] = target
    config = sessions.seeded(merge(Settings(), checked(given, "aws_conformance.run")))
    baseline = sessions.load_baseline(config)
    wanted: Sequence[str] = catalog.resolve(names)
    opened = sessions.open_target(config) if isinstance(target, str) else target
    try:
        session = sessions.Session(wanted, opened, config)
        session.run()
        return outcome.with_baseline(
            session.results(),
            baseline,
            sessions.now().date(),
            allow_undecided=config.allow_undecided,
        )
    finally:
        if isinstance(target, str):
            opened.close()

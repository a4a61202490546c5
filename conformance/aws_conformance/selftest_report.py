"""What a selftest adds up to: a table by family, the survivors, and a file for other programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import Any

import msgspec

from aws_conformance.selftest_trial import FAMILIES, Clean, Item, Trial
from aws_specs.spec import Value

VERSION = 1
SCHEMA_ID = f"urn:aws-conformance:selftest:{VERSION}"


class Row(Value, frozen=True, kw_only=True):
    """One family of faults, or one protocol: how many faults there are, and what became of them.

    `explained` are those with a reviewed reason, `strict` those of them that are found and named
    with `--strict`. `requests` is the median number of requests until a fault was named, `most` the
    largest; `beside` how many trials had findings on other rules as well.
    """

    family: str
    faults: int
    named: int
    misnamed: int
    missed: int
    explained: int
    strict: int
    requests: float
    most: int
    beside: int


class SelfTest(Value, frozen=True, kw_only=True):
    """A selftest's results file. `passed` is what the exit code says."""

    version: int = VERSION
    tool: str
    sdk: str
    passed: bool
    families: tuple[Row, ...]
    protocols: tuple[Row, ...]
    clean: tuple[Clean, ...]
    trials: tuple[Trial, ...]


def summed_up(items: Iterable[Item], *, tool: str, sdk: str) -> SelfTest:
    """Return the file of a selftest from its results, in the order in which they came."""
    found = tuple(items)
    clean = tuple(item for item in found if isinstance(item, Clean))
    trials = tuple(item for item in found if isinstance(item, Trial))
    return SelfTest(
        tool=tool,
        sdk=sdk,
        passed=all(one.spotless for one in clean) and not any(t.survives for t in trials),
        families=tuple(_rows(trials)),
        protocols=tuple(_by_protocol(trials)),
        clean=clean,
        trials=trials,
    )


def _rows(trials: Sequence[Trial]) -> Iterator[Row]:
    for family, _ in FAMILIES.values():
        mine = [trial for trial in trials if trial.family == family]
        if mine:
            yield _row(family, mine)


def _by_protocol(trials: Sequence[Trial]) -> Iterator[Row]:
    for name in dict.fromkeys(trial.protocol for trial in trials):
        yield _row(name, [trial for trial in trials if trial.protocol == name])


def _row(family: str, trials: Sequence[Trial]) -> Row:
    named = [trial.requests for trial in trials if trial.outcome == "named"]
    return Row(
        family=family,
        faults=len(trials),
        named=len(named),
        misnamed=sum(trial.outcome == "misnamed" for trial in trials),
        missed=sum(trial.outcome in ("missed", "error") for trial in trials),
        explained=sum(bool(trial.explained) for trial in trials),
        strict=sum(trial.strict for trial in trials),
        requests=median(named) if named else 0,
        most=max(named, default=0),
        beside=sum(bool(trial.beside) for trial in trials),
    )


# ---------------------------------------------------------------- text

_HEADINGS = (
    "faults", "named", "misnamed", "missed", "explained", "strict", "requests", "most", "beside",
)  # fmt: skip


def to_text(report: SelfTest) -> str:
    """Return the table by family and by protocol, the survivors and the clean runs, as lines."""
    total = _row("all", report.trials)
    wide = max(len(row.family) for row in (*report.families, *report.protocols, total))
    lines = ["  ".join((f"{'family':{wide}}", *(f"{name:>9}" for name in _HEADINGS)))]
    lines += [_line(row, wide) for row in (*report.families, total)]
    if len(report.protocols) > 1:
        lines += ["", *(_line(row, wide) for row in report.protocols)]
    lines += ["", *_survivors(report.trials), *_explained(report.trials), *_clean(report.clean)]
    return "\n".join(lines) + "\n"


def _line(row: Row, wide: int) -> str:
    numbers = (getattr(row, name) for name in _HEADINGS)
    return "  ".join((f"{row.family:{wide}}", *(f"{number:>9g}" for number in numbers)))


def _survivors(trials: Sequence[Trial]) -> Iterator[str]:
    for trial in trials:
        if trial.survives:
            why = trial.detail or "; ".join(trial.found[:2])
            yield f"survivor: {trial.outcome}: {trial.fault}" + (f"\n    {why}" if why else "")


def _explained(trials: Sequence[Trial]) -> Iterator[str]:
    reasons = dict.fromkeys(t.explained for t in trials if t.explained and t.outcome != "named")
    for reason in reasons:
        mine = [t for t in trials if t.explained == reason and t.outcome != "named"]
        yield f"explained: {len(mine)} of {mine[0].fault}, …: {reason}"


def _clean(clean: Sequence[Clean]) -> Iterator[str]:
    for one in clean:
        for finding in one.findings:
            yield f"false finding: {finding}"
        if not one.findings and one.state != "decided":
            yield f"{one.state}: {one.operation}: {one.detail}"
    findings = sum(len(one.findings) for one in clean)
    requests = sum(one.requests for one in clean)
    yield f"clean: {len(clean)} operations, {requests} requests, {findings} findings"


# ---------------------------------------------------------------- file


def to_json(report: SelfTest) -> bytes:
    """Return the results file: UTF-8, indented, one line feed at the end."""
    document = {"version": VERSION, **msgspec.to_builtins(report)}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def from_json(data: bytes) -> SelfTest:
    """Return the selftest that a file holds. Raises `msgspec.ValidationError` for another file."""
    return msgspec.json.decode(data, type=SelfTest)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the file, made from the types; `selftest.schema.json` is it."""
    made = msgspec.json.schema(SelfTest)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **made}

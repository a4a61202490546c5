"""The baseline: deviations of a target that are known, each with a reason, some with an expiry.

A TOML file for people, one table an entry:

    [[deviation]]
    rule = "connect.CreateContact/input/Name/length"
    reason = "names are cut, not refused; ticket 123"
    expires = 2027-01-31

A rule id means itself: `…/enum` does not cover `…/enum=EMAIL`. An entry that has expired, or whose
rule is kept by now, is stale, and says so: a baseline is to shrink.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

from msgspec.structs import replace

from aws_reports.results import OperationResult, StaleEntry, Verdict
from aws_specs.errors import UsageError, closest
from aws_specs.spec import Value

_KEYS: Final = ("rule", "reason", "expires")

_TITLE: Final = """\
# Known deviations: findings that do not fail the run. See `aws-conformance run --baseline`.
# `reason` says why it is accepted; `expires = 2027-01-31` makes it count again from that day on.
"""


class Entry(Value, frozen=True):
    """One known deviation. `expires` is the first day on which it does not count any more."""

    rule: str
    reason: str = ""
    expires: date | None = None

    def expired(self, today: date) -> bool:
        """Whether the entry does not count any more."""
        return self.expires is not None and today >= self.expires


Baseline = tuple[Entry, ...]


# ---------------------------------------------------------------- reading


def load(path: Path) -> Baseline:
    """Return the entries of a file; `UsageError` lists everything that is wrong with it."""
    return parse(_read(path), file=str(path))


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise UsageError(
            f"{path}: there is no such baseline",
            hint=f"Make it with --baseline {path} --update-baseline.",
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 text: {error}") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error


def parse(text: str, *, file: str = "baseline") -> Baseline:
    """Return the entries of a baseline's text; `file` is its name in errors."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: not TOML: {error}") from error
    problems = [_unknown(key, ("deviation",)) for key in document if key != "deviation"]
    tables: Any = document.get("deviation", [])
    if not isinstance(tables, list):
        problems.append("write each entry under a header of its own: [[deviation]]")
        tables = []
    entries: dict[str, Entry] = {}
    for number, table in enumerate(cast("list[Any]", tables), start=1):
        found = _problems(table, number)
        problems += found
        if not found:
            entry = Entry(table["rule"], table.get("reason", ""), _day(table.get("expires")))
            if entry.rule in entries:
                problems.append(f"entry {number}: {entry.rule} stands here twice")
            entries[entry.rule] = entry
    if problems:
        raise UsageError("\n".join(f"{file}: {problem}" for problem in problems), hint=_HINT)
    return tuple(entries.values())


_HINT: Final = 'An entry has `rule = "…"`, `reason = "…"`, and may have `expires = 2027-01-31`.'


def _problems(table: object, number: int) -> list[str]:
    if not isinstance(table, dict):
        return [f"entry {number}: not a table"]
    fields = cast("dict[str, object]", table)
    found = [f"entry {number}: {_unknown(key, _KEYS)}" for key in fields if key not in _KEYS]
    rule = fields.get("rule")
    if not isinstance(rule, str) or rule.count("/") < 1:
        found.append(f"entry {number}: `rule` must be the id of a rule; found {rule!r}")
    if not isinstance(fields.get("reason", ""), str):
        found.append(f"entry {number}: `reason` must be text; found {fields['reason']!r}")
    expires = fields.get("expires")
    if expires is not None and _day(expires) is None:
        found.append(f"entry {number}: `expires` must be a day, like 2027-01-31; found {expires!r}")
    return found


def _unknown(key: str, known: Sequence[str]) -> str:
    return f"there is no key `{key}`. {closest(key, known) or 'There are: ' + ', '.join(known)}"


def _day(value: object) -> date | None:
    """Return a TOML date or an ISO 8601 text as a day; None for anything else."""
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


# ---------------------------------------------------------------- honouring


def marked(verdicts: Iterable[Verdict], baseline: Baseline, today: date) -> tuple[Verdict, ...]:
    """Return the verdicts, each finding that the baseline knows marked with the entry's reason."""
    reasons = {
        entry.rule: entry.reason or "known" for entry in baseline if not entry.expired(today)
    }
    return tuple(
        replace(verdict, baseline=reasons[verdict.rule])
        if verdict.verdict == "fail" and not verdict.flaky and verdict.rule in reasons
        else verdict
        for verdict in verdicts
    )


def stale(
    baseline: Baseline,
    operations: Sequence[OperationResult],
    verdicts: Sequence[Verdict],
    today: date,
) -> tuple[StaleEntry, ...]:
    """Return the entries that should go, and why: expired, kept by now, or of no rule there is.

    Nothing is said of an operation that was not tested to its end, nor of a rule that this run left
    undecided.
    """
    tested = {one.operation: one for one in operations if one.state in ("decided", "partly")}
    by_rule: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_rule.setdefault(verdict.rule, []).append(verdict)
    found: list[StaleEntry] = []
    for entry in baseline:
        if "/state/" in entry.rule and entry.rule not in by_rule:
            continue  # Not every run tests lives, and not every scenario meets every doubt.
        result = tested.get(entry.rule.partition("/")[0])
        why = _why_stale(entry, result, by_rule.get(entry.rule, ()), today) if result else ""
        if why:
            found.append(StaleEntry(entry.rule, why))
    return tuple(found)


def _why_stale(
    entry: Entry, result: OperationResult, verdicts: Sequence[Verdict], today: date
) -> str:
    if entry.expired(today):
        return f"expired on {entry.expires}"
    if any(verdict.verdict == "fail" for verdict in verdicts):
        return ""
    if any(verdict.verdict == "pass" for verdict in verdicts):
        return "no longer fails"
    known = {*result.rules, *(rule for rule, _ in result.unchecked)}
    if entry.rule not in known and not verdicts:
        return closest(entry.rule, result.rules) or "no request checks a rule of that id"
    return ""


# ---------------------------------------------------------------- updating


def updated(
    baseline: Baseline,
    operations: Sequence[OperationResult],
    verdicts: Sequence[Verdict],
    today: date,
) -> Baseline:
    """Return the baseline that accepts a run's findings, sorted by rule.

    Entries that still fail keep reason and expiry (an expired one loses its expiry), stale ones go,
    those of rules this run says nothing of stay. A new entry's reason is what was observed.
    """
    gone = {entry.rule for entry in stale(baseline, operations, verdicts, today)}
    failing = {v.rule: v for v in reversed(verdicts) if v.verdict == "fail" and not v.flaky}
    kept = {entry.rule: entry for entry in baseline if entry.rule not in gone}
    again = {
        entry.rule: replace(entry, expires=None)
        for entry in baseline
        if entry.rule in gone and entry.rule in failing
    }
    new = {rule: Entry(rule, _reason(verdict)) for rule, verdict in failing.items()}
    merged = {**new, **kept, **again}
    return tuple(merged[rule] for rule in sorted(merged))


def _reason(verdict: Verdict) -> str:
    observed = " ".join(verdict.observed.split())[:160]
    return f"{verdict.reason}: {observed}" if observed else verdict.reason


def rewritten(text: str, baseline: Baseline) -> str:
    """Return a baseline's text with these entries: what stays keeps its lines and comments."""
    head, blocks = _blocks(text)
    written = [_block(entry, blocks.get(entry.rule, "")) for entry in baseline]
    whole = "\n".join([head or _TITLE, *written])
    return whole if parse(whole) == baseline else dump(baseline)


def dump(baseline: Baseline) -> str:
    """Return a baseline as the text of a file, in the order given."""
    return "\n".join([_TITLE, *(_block(entry, "") for entry in baseline)])


def _block(entry: Entry, before: str) -> str:
    """Return an entry's lines: those it had where they still say the same."""
    if before and parse(before) == (entry,):
        return before
    comments = [line for line in before.splitlines() if line.startswith("#")]
    lines = [*comments, "[[deviation]]", f"rule = {_text(entry.rule)}"]
    lines.append(f"reason = {_text(entry.reason)}")
    if entry.expires:
        lines.append(f"expires = {entry.expires.isoformat()}")
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    """Return a TOML basic string; what no TOML file can hold becomes U+FFFD."""
    return '"' + "".join(map(_character, value)) + '"'


def _character(one: str) -> str:
    if one in '"\\':
        return f"\\{one}"
    if "\ud800" <= one <= "\udfff":
        return "\ufffd"
    return one if one.isprintable() else f"\\U{ord(one):08X}"


_HEADER: Final = re.compile(r"^\[\[ *deviation *\]\]", re.M)


def _blocks(text: str) -> tuple[str, Mapping[str, str]]:
    """Return what stands before the first entry, and each entry's lines by rule.

    Comments right above an entry's header belong to it; an empty line ends them.
    """
    starts = [_with_comments(text, match.start()) for match in _HEADER.finditer(text)]
    ends = [*starts[1:], len(text)][: len(starts)]
    blocks: dict[str, str] = {}
    for start, end in zip(starts, ends, strict=True):
        block = text[start:end].rstrip() + "\n"
        try:
            (entry,) = parse(block)
        except (UsageError, ValueError):
            continue
        blocks[entry.rule] = block
    head = text[: starts[0]] if starts else text
    return head.rstrip() + "\n" if head.strip() else "", blocks


def _with_comments(text: str, start: int) -> int:
    """Return where the comment lines right above `start` begin."""
    while start:
        before = text.rfind("\n", 0, start - 1) + 1
        if not text[before:start].startswith("#"):
            break
        start = before
    return start


def save(path: Path, baseline: Baseline) -> None:
    """Write the entries to a file, keeping its comments; `UsageError` where that fails."""
    text = rewritten(_read(path), baseline) if path.exists() else dump(baseline)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error

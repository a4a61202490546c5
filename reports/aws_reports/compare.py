"""Several runs side by side on the same rules, for someone who picks an emulator.

Two fairness rules. Shares are compared on the *common* rules, those that every run decided: a
target must not look better for what it left undecided. (A run that decided nothing at all has no
say in what is common.) And baselines do not count: a deviation that one owner has accepted is
still a deviation to everyone else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from aws_reports.redact import redacted
from aws_reports.results import Results
from aws_reports.summary import Numbers, RuleSummary, State, headline, summarise, unique
from aws_reports.visible import one_line
from aws_specs.errors import UsageError
from aws_specs.spec import Value

Mark = Literal["kept", "broken", "undecided", "absent"]
"""What one run says of one rule; `absent` where the run does not know the rule."""

MARKS: Final[Mapping[Mark, str]] = {"kept": "✓", "broken": "✗", "undecided": "?", "absent": "·"}

_MARK: Final[Mapping[State, Mark]] = {
    "kept": "kept",
    "broken": "broken",
    "known": "broken",
    "undecided": "undecided",
}


class Contender(Value, frozen=True, kw_only=True):
    """One run. `common` counts only the rules that every run with any decision decided."""

    name: str
    tool: str
    sdk: str
    started: str
    headline: str
    numbers: Numbers
    common: Numbers


class ComparedRule(Value, frozen=True, kw_only=True):
    """One rule and what each run says of it, with the reasons where it is broken."""

    rule: str
    operation: str
    kind: str
    where: str
    marks: tuple[Mark, ...]
    reasons: tuple[str, ...]


class ComparedOperation(Value, frozen=True):
    """One operation's numbers in each run; None where a run does not have it."""

    operation: str
    numbers: tuple[Numbers | None, ...]


class Comparison(Value, frozen=True, kw_only=True):
    """The runs, their operations, and the rules on which they part. `notes` warn of unlike runs."""

    contenders: tuple[Contender, ...]
    operations: tuple[ComparedOperation, ...]
    differences: tuple[ComparedRule, ...]
    rules: int
    common: int
    notes: tuple[str, ...] = ()


def compare(runs: Sequence[Results]) -> Comparison:
    """Return the runs side by side, in the order given; a `UsageError` for fewer than two."""
    if len(runs) < 2:
        raise UsageError("a comparison needs at least two results files")
    clean = [redacted(run) for run in runs]
    tables = [_table(run) for run in clean]
    rules = _compared(tables)
    common = _common(rules, len(clean))
    return Comparison(
        contenders=tuple(
            _contender(run, name, column, rules, common)
            for column, (run, name) in enumerate(zip(clean, _names(clean), strict=True))
        ),
        operations=_operations(rules, len(clean)),
        differences=tuple(rule for rule in rules if {"kept", "broken"} <= set(rule.marks)),
        rules=len(rules),
        common=len(common),
        notes=_notes(clean),
    )


def _table(run: Results) -> dict[str, RuleSummary]:
    return {rule.rule: rule for one in summarise(run).operations for rule in one.rules}


def _compared(tables: Sequence[Mapping[str, RuleSummary]]) -> tuple[ComparedRule, ...]:
    return tuple(
        _compared_rule([table.get(rule) for table in tables])
        for rule in dict.fromkeys(rule for table in tables for rule in table)
    )


def _common(rules: Sequence[ComparedRule], columns: int) -> list[ComparedRule]:
    decided: tuple[Mark, ...] = ("kept", "broken")
    voters = [c for c in range(columns) if any(rule.marks[c] in decided for rule in rules)]
    return [rule for rule in rules if voters and all(rule.marks[c] in decided for c in voters)]


def _compared_rule(found: Sequence[RuleSummary | None]) -> ComparedRule:
    known = [rule for rule in found if rule is not None]
    first = known[0]
    return ComparedRule(
        rule=first.rule,
        operation=first.operation,
        kind=first.kind,
        where=next((rule.where for rule in known if rule.where), ""),
        marks=tuple("absent" if rule is None else _MARK[rule.state] for rule in found),
        reasons=tuple(_reasons(rule) for rule in found),
    )


def _reasons(rule: RuleSummary | None) -> str:
    if rule is None or _MARK[rule.state] != "broken":
        return ""
    return ", ".join(unique(v.reason for v in rule.verdicts if v.verdict == "fail"))


def _contender(
    run: Results,
    name: str,
    column: int,
    rules: Sequence[ComparedRule],
    common: Sequence[ComparedRule],
) -> Contender:
    return Contender(
        name=name,
        tool=run.tool,
        sdk=run.sdk,
        started=run.started,
        headline=headline(summarise(run)),
        numbers=_count(rule.marks[column] for rule in rules),
        common=_count(rule.marks[column] for rule in common),
    )


def _count(marks: Iterable[Mark]) -> Numbers:
    all_marks = tuple(marks)
    return Numbers(
        kept=all_marks.count("kept"),
        broken=all_marks.count("broken"),
        undecided=all_marks.count("undecided"),
    )


def _operations(rules: Sequence[ComparedRule], columns: int) -> tuple[ComparedOperation, ...]:
    groups: dict[str, list[ComparedRule]] = {}
    for rule in rules:
        groups.setdefault(rule.operation, []).append(rule)
    return tuple(
        ComparedOperation(
            operation,
            tuple(_numbers(rule.marks[column] for rule in own) for column in range(columns)),
        )
        for operation, own in groups.items()
    )


def _numbers(marks: Iterable[Mark]) -> Numbers | None:
    all_marks = tuple(marks)
    return None if set(all_marks) == {"absent"} else _count(all_marks)


def _names(runs: Sequence[Results]) -> list[str]:
    """Return the targets' names, numbered where two runs have the same target."""
    names: list[str] = []
    for run in runs:
        base = one_line(run.target, 80) or "target"
        name, number = base, 2
        while name in names:
            name, number = f"{base} ({number})", number + 1
        names.append(name)
    return names


_ALIKE: Final = ("tool", "sdk", "source", "strict", "examples")


def _notes(runs: Sequence[Results]) -> tuple[str, ...]:
    """Return what makes the runs unlike each other, so that nobody compares apples with pears."""
    settings = {name: [str(getattr(run, name)) for run in runs] for name in _ALIKE}
    unlike = [
        f"The runs differ in {name}: {', '.join(one_line(value) for value in values)}."
        for name, values in settings.items()
        if len(set(values)) > 1
    ]
    early = [run.target for run in runs if run.stopped]
    return (*unlike, *(f"The run of {one_line(target)} was stopped early." for target in early))

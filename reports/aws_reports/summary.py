"""The numbers every report shows, counted once.

Definitions are those of `aws_reports.results`: conformance and coverage are counted in rules,
shown together and never added. A rule whose only failures are flaky or known to the baseline is
undecided; `known` says how many of the undecided are known deviations. A verdict on a part of a
rule (`…/enum=EMAIL`) counts for the rule (`…/enum`) where the operation lists only that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Final, Literal

import msgspec

from aws_reports.results import OperationResult, Results, StaleEntry, Verdict
from aws_reports.sources import KIND_WORDS, place
from aws_specs.spec import Value

State = Literal["broken", "known", "undecided", "kept"]
"""What a run says of one rule. `known` is an undecided rule that fails as the baseline says."""

NO_NUMBER = "–"

ALONE: Final = "refused-without-twin"
"""The reason of a pass that no valid request stands beside."""

UNCHECKED_SIGNATURE: Final = "authentication-not-checked"
"""The reason of a rule on signatures that is open because the target looks at none."""


class Numbers(Value, frozen=True):
    """Rules counted by state; `known` are a part of `undecided`."""

    kept: int = 0
    broken: int = 0
    undecided: int = 0
    known: int = 0

    @property
    def decided(self) -> int:
        """How many rules were kept or broken."""
        return self.kept + self.broken

    @property
    def rules(self) -> int:
        """How many rules a request can check."""
        return self.decided + self.undecided

    @property
    def conformance(self) -> float | None:
        """The share of decided rules that were kept; None where nothing was decided."""
        return share(self.kept, self.decided)

    @property
    def coverage(self) -> float | None:
        """The share of checkable rules that were decided; None where there are none."""
        return share(self.decided, self.rules)


class RuleSummary(Value, frozen=True, kw_only=True):
    """What the run says of one rule. `verdicts` are all verdicts on it or on a part of it."""

    rule: str
    operation: str
    kind: str
    member: str
    state: State
    verdicts: tuple[Verdict, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons of the verdicts that are not passes, each once, in order."""
        return unique(v.reason for v in self.verdicts if v.verdict != "pass")

    @property
    def where(self) -> str:
        """Where the rule is stated, as far as its verdicts tell."""
        return place(self.verdicts[0].source) if self.verdicts else ""


class Finding(Value, frozen=True, kw_only=True):
    """All failures of one rule for one reason. The first verdict is the one to show."""

    rule: str
    reason: str
    verdicts: tuple[Verdict, ...]

    @property
    def first(self) -> Verdict:
        """The failure to show: a confirmed one where there is one."""
        return next((v for v in self.verdicts if v.confirmed), self.verdicts[0])


class OperationSummary(Value, frozen=True, kw_only=True):
    """One operation's numbers, rules and the numbers of each kind of rule."""

    result: OperationResult
    rules: tuple[RuleSummary, ...]
    numbers: Numbers
    kinds: Mapping[str, Numbers]

    @property
    def operation(self) -> str:
        """The operation's name, `service.Operation`."""
        return self.result.operation


class OpenEnd(Value, frozen=True, kw_only=True):
    """Undecided rules of one operation, for one reason; without rules, an operation with none."""

    operation: str
    what: Literal["undecided", "not implemented", "not tested", "error of the suite"]
    reason: str
    observed: str = ""
    hint: str = ""
    rules: tuple[str, ...] = ()


class Unsigned(Value, frozen=True):
    """What is undecided for no other reason than that the target checks no signature."""

    operations: tuple[str, ...]
    rules: int


class Summary(Value, frozen=True, kw_only=True):
    """Everything that reports count. Findings are apart by what they do to the exit code.

    `alone` counts the rules that are kept by nothing but refusals without a valid twin beside them.
    `unsigned` are the undecided rules on authentication that the target does not check at all; they
    are counted as undecided, and stand apart from `open_ends`.
    """

    results: Results
    numbers: Numbers
    operations: tuple[OperationSummary, ...]
    kinds: Mapping[str, Numbers]
    findings: tuple[Finding, ...]
    known: tuple[Finding, ...]
    flaky: tuple[Finding, ...]
    errors: tuple[Verdict, ...]
    open_ends: tuple[OpenEnd, ...]
    binds: tuple[str, ...]
    stale: tuple[StaleEntry, ...]
    alone: int = 0
    unsigned: Unsigned | None = None


def summarise(results: Results) -> Summary:
    """Return the numbers, findings and open ends of a run."""
    operations = _operations(results)
    open_ends = _open_ends(operations)
    fails = [v for v in results.verdicts if v.verdict == "fail"]
    return Summary(
        results=results,
        numbers=_total(one.numbers for one in operations),
        operations=operations,
        kinds=_merged(one.kinds for one in operations),
        findings=_findings(v for v in fails if not v.flaky and not v.baseline),
        known=_findings(v for v in fails if v.baseline and not v.flaky),
        flaky=_findings(v for v in fails if v.flaky),
        errors=tuple(v for v in results.verdicts if v.verdict == "error"),
        open_ends=tuple(end for end in open_ends if end.reason != UNCHECKED_SIGNATURE),
        binds=unique(_whole(bind) for one in results.operations for bind in one.binds),
        stale=results.stale,
        alone=sum(_alone(rule) for one in operations for rule in one.rules),
        unsigned=_unsigned(open_ends),
    )


def _unsigned(open_ends: Iterable[OpenEnd]) -> Unsigned | None:
    found = [end for end in open_ends if end.reason == UNCHECKED_SIGNATURE]
    rules = sum(len(end.rules) for end in found)
    return Unsigned(unique(end.operation for end in found), rules) if found else None


def said_of_authentication(summary: Summary) -> str:
    """Return what is to be said of signatures that the target does not check, "" if it does."""
    found = summary.unsigned
    if found is None:
        return ""
    operations = plural(len(found.operations), "operation")
    rules = plural(found.rules, "undecided rule")
    return f"Authentication: not checked by this target ({operations}, {rules})"


def _alone(rule: RuleSummary) -> bool:
    passes = {verdict.reason for verdict in rule.verdicts if verdict.verdict == "pass"}
    return rule.state == "kept" and passes == {ALONE}


def said_of_alone(summary: Summary) -> str:
    """Return what is to be said of rules kept without a twin, "" where there are none."""
    if not summary.alone:
        return ""
    return (
        f"{plural(summary.alone, 'rule')} of the {summary.numbers.kept:,} kept: refused without a"
        " valid twin, by an answer that faults elsewhere did not get"
    )


def share(part: int, whole: int) -> float | None:
    """Return part / whole, or None where the whole is nothing: no share, and never 100 %."""
    return part / whole if whole else None


def percent(value: float | None) -> str:
    """Return a share as text: `93.4 %`, `–` for None.

    Only a whole share is `100 %` and only nothing is `0 %`: rounding must not hide one rule.
    """
    if value is None:
        return NO_NUMBER
    if value in (0, 1):
        return f"{value:.0%}".replace("%", " %")
    return f"{min(max(value * 100, 0.1), 99.9):.1f} %"


def headline(summary: Summary) -> str:
    """Return the run's outcome in one line, the worst thing first."""
    numbers, stopped = summary.numbers, summary.results.stopped
    if numbers.broken:
        return f"{plural(numbers.broken, 'rule')} broken"
    if stopped:
        return f"Stopped early: {stopped}"
    if not numbers.decided:
        return "Nothing could be decided"
    if summary.stale:
        return f"{plural(len(summary.stale), 'baseline entry', 'baseline entries')} out of date"
    if summary.results.exit_code:
        return "No rule broken, but not everything was decided"
    if summary.known:
        return f"Conforms, but for {plural(numbers.known, 'known deviation')}"
    return "Conforms"


def duration(results: Results) -> str:
    """Return how long the run took, as `4.2 s` or `3 min 20 s`; empty where it does not say."""
    try:
        started = datetime.fromisoformat(results.started)
        seconds = (datetime.fromisoformat(results.finished) - started).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return ""
    if seconds < 60:
        return f"{max(seconds, 0):.1f} s"
    return f"{int(seconds) // 60:,} min {int(seconds) % 60} s"


def plural(count: int, one: str, many: str = "") -> str:
    """Return `1 rule`, `2,000 rules`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def unique(items: Iterable[str]) -> tuple[str, ...]:
    """Return every item once, in order of first appearance, without empty ones."""
    return tuple(item for item in dict.fromkeys(items) if item)


def _whole(bind: str) -> str:
    """Return the whole argument of `--bind`, whether or not its value is written out."""
    return bind if "=" in bind or not bind else f"{bind}=VALUE"


_WHAT: Final[Mapping[str, Literal["undecided", "not implemented", "error of the suite"]]] = {
    "error": "error of the suite",
    "inconclusive": "undecided",
    "unimplemented": "not implemented",
    "fail": "undecided",
}
"""What an undecided rule is because of a verdict, the most telling verdict first."""


def _open_ends(operations: Iterable[OperationSummary]) -> tuple[OpenEnd, ...]:
    groups: dict[OpenEnd, list[str]] = {}
    for one in operations:
        for rule in one.rules:
            if rule.state == "undecided":
                groups.setdefault(_open_end(one, rule), []).append(rule.rule)
        if not one.rules:
            groups.setdefault(_untested(one), [])
    return tuple(msgspec.structs.replace(end, rules=tuple(rules)) for end, rules in groups.items())


def _open_end(one: OperationSummary, rule: RuleSummary) -> OpenEnd:
    for outcome, what in _WHAT.items():
        for verdict in rule.verdicts:
            if verdict.verdict == outcome:
                return OpenEnd(
                    operation=rule.operation,
                    what=what,
                    reason=f"flaky {verdict.reason}" if outcome == "fail" else verdict.reason,
                    observed=verdict.observed,
                    hint=verdict.hint,
                )
    return _untested(one)


def _untested(one: OperationSummary) -> OpenEnd:
    unknown = one.result.state == "unimplemented"
    what: Literal["not implemented", "not tested"] = "not implemented" if unknown else "not tested"
    return OpenEnd(operation=one.operation, what=what, reason=one.result.reason)


def open_lines(summary: Summary) -> tuple[tuple[str, str, str], ...]:
    """Return (operation, what of how many rules, reasons) for everything not decided."""
    groups: dict[tuple[str, str], list[OpenEnd]] = {}
    for end in summary.open_ends:
        groups.setdefault((end.operation, end.what), []).append(end)
    return tuple(
        (
            operation,
            f"{plural(sum(len(end.rules) for end in ends), 'rule')} {what}",
            ", ".join(unique(end.reason for end in ends)),
        )
        for (operation, what), ends in groups.items()
    )


def _operations(results: Results) -> tuple[OperationSummary, ...]:
    by_operation: dict[str, list[Verdict]] = {one.operation: [] for one in results.operations}
    for verdict in results.verdicts:
        by_operation.setdefault(verdict.operation, []).append(verdict)
    known = {one.operation: one for one in results.operations}
    return tuple(
        _operation(known.get(name) or _unlisted(name), verdicts)
        for name, verdicts in by_operation.items()
    )


def _unlisted(name: str) -> OperationResult:
    return OperationResult(operation=name, state="partly", rules=(), kinds={})


def _operation(result: OperationResult, verdicts: Sequence[Verdict]) -> OperationSummary:
    listed = frozenset(result.rules)
    by_rule: dict[str, list[Verdict]] = {rule: [] for rule in result.rules}
    for verdict in verdicts:
        by_rule.setdefault(_listed(verdict.rule, listed), []).append(verdict)
    rules = tuple(_rule(result, rule, found) for rule, found in by_rule.items())
    kinds: dict[str, list[RuleSummary]] = {}
    for rule in rules:
        kinds.setdefault(rule.kind, []).append(rule)
    return OperationSummary(
        result=result,
        rules=rules,
        numbers=_count(rules),
        kinds={kind: _count(found) for kind, found in kinds.items()},
    )


def _listed(rule: str, listed: Set[str]) -> str:
    """Return the listed rule that `rule` is, or is a part of (`…/enum=EMAIL`); else itself."""
    if rule in listed:
        return rule
    end = rule.find("=")
    while end >= 0:
        if rule[:end] in listed:
            return rule[:end]
        end = rule.find("=", end + 1)
    return rule


def _rule(result: OperationResult, rule: str, verdicts: Sequence[Verdict]) -> RuleSummary:
    first = verdicts[0] if verdicts else None
    return RuleSummary(
        rule=rule,
        operation=result.operation,
        kind=result.kinds.get(rule) or (first.kind if first else _kind_in(rule)),
        member=first.member if first else _member_in(rule, result.operation),
        state=_state(verdicts),
        verdicts=tuple(verdicts),
    )


def _kind_in(rule: str) -> str:
    return rule.rpartition("/")[2].partition("=")[0]


def _member_in(rule: str, operation: str) -> str:
    """Return the member of `service.Operation/side/member/kind`, "" where it has none."""
    parts = rule.removeprefix(f"{operation}/").split("/")
    return parts[1] if len(parts) > 2 else ""


def _state(verdicts: Sequence[Verdict]) -> State:
    fails = [v for v in verdicts if v.verdict == "fail"]
    if any(not v.flaky and not v.baseline for v in fails):
        return "broken"
    if fails:
        return "known" if any(v.baseline for v in fails) else "undecided"
    return "kept" if any(v.verdict == "pass" for v in verdicts) else "undecided"


def _count(rules: Iterable[RuleSummary]) -> Numbers:
    states = Counter(rule.state for rule in rules)
    return Numbers(
        kept=states["kept"],
        broken=states["broken"],
        undecided=states["undecided"] + states["known"],
        known=states["known"],
    )


def _total(numbers: Iterable[Numbers]) -> Numbers:
    each = tuple(numbers)
    return Numbers(
        kept=sum(one.kept for one in each),
        broken=sum(one.broken for one in each),
        undecided=sum(one.undecided for one in each),
        known=sum(one.known for one in each),
    )


def _merged(tables: Iterable[Mapping[str, Numbers]]) -> dict[str, Numbers]:
    gathered: dict[str, list[Numbers]] = {}
    for table in tables:
        for kind, numbers in table.items():
            gathered.setdefault(kind, []).append(numbers)
    order = {kind: number for number, kind in enumerate(KIND_WORDS)}
    kinds = sorted(gathered, key=lambda kind: (order.get(kind, len(order)), kind))
    return {kind: _total(gathered[kind]) for kind in kinds}


def _findings(verdicts: Iterable[Verdict]) -> tuple[Finding, ...]:
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault((verdict.rule, verdict.reason), []).append(verdict)
    return tuple(
        Finding(rule=rule, reason=reason, verdicts=tuple(found))
        for (rule, reason), found in groups.items()
    )

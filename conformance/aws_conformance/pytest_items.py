"""The items of the pytest plugin: one a rule, one for each operation as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from aws_conformance.outcome import is_finding, with_baseline
from aws_conformance.pytest_plugin import GROUP
from aws_reports.faults import change
from aws_reports.results import Results, Verdict
from aws_reports.sources import place, sentence
from aws_reports.visible import bounded, one_line
from aws_specs.errors import ConformanceError
from aws_specs.spec import Value

if TYPE_CHECKING:
    from aws_conformance.pytest_suite import Suite

_LONGEST: Final = 2000
"""Characters of a command that are shown."""


class RuleFailedError(Exception):
    """The target breaks a rule; the message is what a person needs to know."""


class Said(Value, frozen=True):
    """What an item says: "pass", "fail" or "skip", and why."""

    what: str
    why: str = ""


class OperationCollector(pytest.Collector):
    """The items of one operation: one a rule, and one for the operation as a whole."""

    suite: Suite
    operation: str
    rules: tuple[str, ...]

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the items, the operation's own first."""
        listed = frozenset(self.rules)
        yield self._item(self.operation, lambda results: whole(results, listed, self.suite), "")
        reasons = self.suite.known()
        for rule in self.rules:
            yield self._item(rule, _of_rule(rule), reasons.get(rule, ""))

    def _item(self, name: str, decide: Callable[[Results], Said], known: str) -> ConformanceItem:
        kind: Any = ConformanceItem  # pytest leaves the keywords of from_parent untyped
        item: ConformanceItem = kind.from_parent(self, name=name)
        item.decide = decide
        item.add_marker(pytest.mark.conformance)
        item.add_marker(pytest.mark.xdist_group(name=self.operation))
        if known:
            item.add_marker(pytest.mark.xfail(reason=known, strict=True))
        return item


class ConformanceItem(pytest.Item):
    """One rule of one operation (or the operation as a whole) against the target."""

    decide: Callable[[Results], Said]
    parent: OperationCollector

    def runtest(self) -> None:
        """Run the operation if nobody has, and say what it says of the rule."""
        results = self.parent.suite.runs.of(self.parent.operation)
        said = self.decide(results)
        if said.what == "skip":
            pytest.skip(said.why)
        if said.what == "fail":
            raise RuleFailedError(said.why)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the finding's own words; a traceback says nothing about a target."""
        if isinstance(excinfo.value, RuleFailedError | ConformanceError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the item is shown: under a path that is none, its id kept as it is.

        pytest would write the dots of a title that ends the node's id as "::".
        """
        return self.config.rootpath / GROUP, None, f"{self.name} against {self._target}"

    @property
    def _target(self) -> str:
        return self.parent.suite.settings.target


def _of_rule(rule: str) -> Callable[[Results], Said]:
    return lambda results: of_rule(rule, results)


def of_rule(rule: str, results: Results) -> Said:
    """Return what the verdicts on one rule add up to."""
    verdicts = [verdict for verdict in results.verdicts if verdict.rule == rule]
    fails = [v for v in verdicts if v.verdict == "fail" and not v.flaky]
    if fails:
        return Said("fail", finding(fails))
    if any(v.verdict == "pass" for v in verdicts):
        return Said("pass")
    first = next(iter(verdicts), None)
    if first is None:
        one = results.operations[0]
        why = dict(one.unchecked).get(rule) or one.reason or one.state
        return Said("skip", one_line(f"not decided: {why}", 200))
    hint = f" ({first.hint})" if first.hint else ""
    word = "flaky" if first.flaky else first.reason
    return Said("skip", one_line(f"{word}: {first.observed}{hint}", 200))


def finding(fails: Sequence[Verdict]) -> str:
    """Return what a person needs to know of a broken rule."""
    first = fails[0]
    facts = {
        "rule": first.rule,
        "says": sentence(first.source),
        "at": place(first.source),
        "sent": change(first) or first.case,
        "expected": first.expected,
        "observed": f"{first.observed} ({first.reason})",
        "also": ", ".join(v.case for v in fails[1:6]),
    }
    lines = [f"{name:9}{one_line(text, 500)}" for name, text in facts.items() if text]
    if first.reproducer and first.reproducer.curl:
        lines += ["", bounded(first.reproducer.curl, _LONGEST)]
    return "\n".join(lines)


def whole(results: Results, listed: frozenset[str], suite: Suite) -> Said:
    """Return what is to be said of an operation beside its rules.

    It fails where the target cannot be reached, where nothing could be decided for want of a
    binding, for findings on what is no rule of the spec, and for baseline entries of rules that do
    not exist.
    """
    one = results.operations[0]
    marked = with_baseline(results, suite.baseline, suite.today, allow_undecided=True)
    others = [v for v in marked.verdicts if is_finding(v) and v.rule not in listed]
    stale = [f"{entry.rule}: {entry.reason}" for entry in marked.stale if entry.rule not in listed]
    if results.stopped:
        return Said("fail", f"stopped: {results.stopped}: {one.reason}")
    if others:
        return Said("fail", "\n\n".join(finding([verdict]) for verdict in others))
    if stale:
        return Said("fail", "out of date in the baseline:\n" + "\n".join(stale))
    if one.state == "unimplemented":
        return Said("skip", one_line(f"not implemented: {one.reason}", 200))
    if one.state in ("undecided", "error"):
        binds = " ".join(f"--conformance-bind {bind}=VALUE" for bind in one.binds)
        why = f"{one.state}: {(binds and f'give {binds}') or one.reason or 'nothing decided'}"
        return Said("skip" if suite.settings.allow_undecided else "fail", why)
    return Said("pass")

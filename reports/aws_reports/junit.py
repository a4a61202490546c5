"""JUnit XML: a test suite an operation, a test case a rule.

A broken rule is a failure, a rule that nothing could decide is skipped, with why, an error of the
suite is an error. Written so that the strict schema for Ant's reports accepts it as well as the
lenient readers of CI systems: each case has one outcome, its whole story is the outcome's text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import IO, Final, cast
from xml.etree import ElementTree

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite
from junitparser.junitparser import Attr, Element, Properties, Property, SystemErr, SystemOut

from aws_reports.faults import change
from aws_reports.messages import head
from aws_reports.redact import redacted
from aws_reports.results import Evidence, Message, Results, Verdict
from aws_reports.sources import place, sentence, title
from aws_reports.summary import (
    UNCHECKED_SIGNATURE,
    OperationSummary,
    RuleSummary,
    State,
    Summary,
    headline,
    percent,
    said_of_authentication,
    summarise,
)
from aws_reports.visible import bounded, one_line

BODY_LIMIT: Final = 4_000
NAME_LIMIT: Final = 500
SHOWN_CASES: Final = 5
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_NO_MOMENT: Final = "1970-01-01T00:00:00"
_DAY: Final = 86_400.0


class Suite(TestSuite):
    """A test suite with the two attributes that the strict schema asks of it."""

    id = Attr()
    package = Attr()


def render(results: Results) -> bytes:
    """Return the run as JUnit XML in UTF-8."""
    summary = summarise(redacted(results))
    xml = JUnitXml()
    suites = [_suite(summary, one) for one in summary.operations]
    if summary.stale:
        suites.append(_stale(summary))
    for number, suite in enumerate(suites):
        suite.id = str(number)
        _add(xml, suite)
    return _bytes(xml)


def _add(parent: Element, child: Element) -> None:
    """Append as it is: `add_testsuite` would merge suites that look the same."""
    cast("Callable[[Element], None]", parent.append)(child)  # pyright: ignore[reportUnknownMemberType]


def _bytes(xml: JUnitXml) -> bytes:
    """Return the document, written the same whether or not junitparser has found lxml."""
    stream = BytesIO()
    xml.write(cast("IO[bytes]", stream))  # pyright: ignore[reportUnknownMemberType]
    root = ElementTree.fromstring(stream.getvalue())  # noqa: S314  it was written a line above
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _suite(summary: Summary, one: OperationSummary) -> Suite:
    service = one.operation.partition(".")[0]
    cases = [_case(one, rule) for rule in one.rules]
    if not cases:
        cases = [_nothing(one)]
    out = f"{headline(summary)}\nconformance {percent(one.numbers.conformance)}, "
    out += f"coverage {percent(one.numbers.coverage)}"
    if authentication := said_of_authentication(summary):
        out += f"\n{authentication}"
    return _filled(summary, one.operation, service, cases, _properties(summary, one), out)


def _filled(
    summary: Summary,
    name: str,
    package: str,
    cases: Sequence[TestCase],
    properties: Mapping[str, str],
    out: str,
) -> Suite:
    """Return a suite with its children in the order of the strict schema."""
    suite = Suite(_name(name))
    suite.package = _name(package)
    suite.hostname = "localhost"
    moment = _MOMENT.match(summary.results.started)
    suite.timestamp = moment[0] if moment else _NO_MOMENT
    holder = cast("Callable[[], Properties]", Properties)()
    for key, value in properties.items():
        holder.add_property(Property(key, one_line(value)))
    _add(suite, holder)
    suite.add_testcases(list(cases))
    _add(suite, SystemOut(bounded(out, BODY_LIMIT)))
    _add(suite, SystemErr(""))
    return suite


def _properties(summary: Summary, one: OperationSummary) -> dict[str, str]:
    results, numbers = summary.results, one.numbers
    return {
        "target": results.target,
        "tool": results.tool,
        "sdk": results.sdk,
        "seed": str(results.seed),
        "state": one.result.state,
        "requests": str(one.result.requests),
        "conformance": percent(numbers.conformance),
        "coverage": percent(numbers.coverage),
        "kept": str(numbers.kept),
        "broken": str(numbers.broken),
        "undecided": str(numbers.undecided),
        "page": one.result.page,
        "bind": " ".join(one.result.binds),
    }


def _case(one: OperationSummary, rule: RuleSummary) -> TestCase:
    name = title(rule.rule, rule.operation, rule.member, rule.kind)
    case = TestCase(_name(name), _name(one.operation), _seconds(rule.verdicts))
    outcome = _outcome(one, rule)
    if outcome is not None:
        case.result = [outcome]
    return case


def _outcome(one: OperationSummary, rule: RuleSummary) -> Failure | Skipped | Error | None:
    errors = [v for v in rule.verdicts if v.verdict == "error"]
    match rule.state:
        case "kept":
            return None
        case "broken":
            fails = [v for v in rule.verdicts if _gates(v)]
            made: Failure | Skipped | Error = Failure(_message(fails[0]), _name(fails[0].reason))
            made.text = _story(rule.rule, fails)
        case "known" | "undecided" if errors and rule.state == "undecided":
            made = Error(_message(errors[0]), _name(errors[0].reason))
            made.text = _story(rule.rule, errors)
        case _:
            unchecked = rule.state == "undecided" and set(rule.reasons) == {UNCHECKED_SIGNATURE}
            kind = UNCHECKED_SIGNATURE if unchecked else _SKIPPED[rule.state]
            made = Skipped(_why(one, rule), kind)
    return made


_SKIPPED: Final[Mapping[State, str]] = {"known": "known-deviation", "undecided": "undecided"}


def _gates(verdict: Verdict) -> bool:
    return verdict.verdict == "fail" and not verdict.flaky and not verdict.baseline


def _message(verdict: Verdict) -> str:
    what = f"expected {verdict.expected}, observed {verdict.observed}"
    return one_line(f"{verdict.reason}: {what}", NAME_LIMIT)


def _why(one: OperationSummary, rule: RuleSummary) -> str:
    """Return why a rule is skipped, with the binding that would decide it."""
    known = next((v.baseline for v in rule.verdicts if v.baseline), "")
    if rule.state == "known":
        return one_line(f"known deviation: {known}", NAME_LIMIT)
    open_ends = [v for v in rule.verdicts if v.verdict != "pass"]
    if not open_ends:
        return one_line(f"not decided: {one.result.reason or 'no verdict'}", NAME_LIMIT)
    first = open_ends[0]
    flaky = "flaky: " if first.flaky else ""
    hint = f" ({first.hint})" if first.hint else ""
    return one_line(f"{flaky}{first.reason}: {first.observed}{hint}", NAME_LIMIT)


def _story(rule: str, verdicts: Sequence[Verdict]) -> str:
    parts = [line for verdict in verdicts[:SHOWN_CASES] for line in _lines(verdict)]
    left = len(verdicts) - SHOWN_CASES
    more = [f"… and {left} more cases"] if left > 0 else []
    return "\n".join([one_line(rule, NAME_LIMIT), *parts, *more])


def _lines(verdict: Verdict) -> Iterator[str]:
    facts = {
        "case": verdict.case,
        "says": sentence(verdict.source),
        "at": place(verdict.source),
        "sent": change(verdict),
        "expected": verdict.expected,
        "observed": verdict.observed,
    }
    yield ""
    yield from (f"{name:9}{one_line(text, NAME_LIMIT)}" for name, text in facts.items() if text)
    for number, step in enumerate(verdict.steps, 1):
        yield one_line(f"  {number}. {step.does}: {step.answer}", NAME_LIMIT)
    if verdict.evidence:
        yield from _exchange(verdict.evidence)
    if verdict.reproducer and verdict.reproducer.curl:
        yield bounded(verdict.reproducer.curl, BODY_LIMIT)


def _exchange(evidence: Evidence) -> Iterator[str]:
    yield from _side(">", evidence.request)
    if evidence.answer is None:
        yield f"< {one_line(evidence.silence or 'no answer')}"
    else:
        yield from _side("<", evidence.answer)


def _side(mark: str, message: Message) -> Iterator[str]:
    yield from (f"{mark} {line}" for line in head(message))
    if message.body:
        yield bounded(message.body, BODY_LIMIT)


def _nothing(one: OperationSummary) -> TestCase:
    """Return the one case of an operation without rules, so that it is seen."""
    case = TestCase("can be tested", _name(one.operation), 0.0)
    why = f"{one.result.state}: {one.result.reason or 'no rule that a request can check'}"
    case.result = [Skipped(one_line(why, NAME_LIMIT), "undecided")]
    return case


def _stale(summary: Summary) -> Suite:
    """Return a suite of the baseline's entries that are out of date: each is a failure."""
    cases: list[TestCase] = []
    for entry in summary.stale:
        case = TestCase(_name(f"{entry.rule} is still a deviation"), "baseline", 0.0)
        case.result = [Failure(one_line(entry.reason, NAME_LIMIT) or "stale", "stale-baseline")]
        cases.append(case)
    return _filled(summary, "baseline", "baseline", cases, {}, "")


def _seconds(verdicts: Sequence[Verdict]) -> float:
    """Return the time spent on a rule, as far as it was kept, in plain decimal notation."""
    spent = sum(v.evidence.milliseconds for v in verdicts if v.evidence) / 1000
    return round(min(max(0.0, spent), _DAY), 3)


def _name(text: str) -> str:
    """Return the text as an XML token that is not empty: one line, single spaces."""
    return " ".join(one_line(text, NAME_LIMIT).split()) or "unnamed"

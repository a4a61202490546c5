"""The HTML report: one self-contained page that a stranger can open and read.

This module turns results into what the page shows, in order and bounded; how it looks is the
template's affair (`templates/report.html.j2`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from msgspec.structs import replace

from aws_reports.faults import change, value_text
from aws_reports.matrix import Cell, matrix
from aws_reports.messages import answer_of, text_of
from aws_reports.pages import page
from aws_reports.redact import redacted
from aws_reports.results import Evidence, Results, ScenarioStep, Verdict
from aws_reports.sources import KIND_WORDS, origin, place, sentence
from aws_reports.summary import (
    Finding,
    Numbers,
    OpenEnd,
    OperationSummary,
    RuleSummary,
    Summary,
    duration,
    headline,
    plural,
    said_of_alone,
    said_of_authentication,
    summarise,
)
from aws_reports.visible import bounded, one_line
from aws_specs.spec import Value

BODY_LIMIT: Final = 8_000
COMMAND_LIMIT: Final = 20_000
EVIDENCE_BUDGET: Final = 8_000_000
"""Characters of evidence on one page; what comes after is in results.json only."""
SHOWN_FINDINGS: Final = 1_000
SHOWN_CASES: Final = 50
SHOWN_OPERATIONS: Final = 1_000
SHOWN_RULES: Final = 20_000
SHOWN_GROUPS: Final = 500
SHOWN_CELLS: Final = 5_000


class Conversation(Value, frozen=True):
    """A request and its answer as text."""

    request: str
    answer: str
    milliseconds: str


class Step(Value, frozen=True):
    """One step of a scenario: what it does, what is sent, what is answered."""

    does: str
    sent: str
    answer: str


class Life(Value, frozen=True):
    """One rule on the life of a thing, with the scenario that decided it."""

    state: str
    rule: str
    says: str
    steps: str


class Card(Value, frozen=True, kw_only=True):
    """One finding as the page shows it. `snippets` are (tool, command or code)."""

    number: int
    rule: str
    reason: str
    operation: str
    member: str
    kind: str
    words: str
    origin: str
    sentence: str
    place: str
    case: str
    change: str
    expected: str
    observed: str
    row: str
    note: str
    confirmed: bool
    conversation: Conversation | None
    twin: Conversation | None
    snippets: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    others: tuple[tuple[str, str, str], ...]
    """The other cases of the same finding: (case, change, observed)."""
    left_out: int


def render(results: Results) -> bytes:
    """Return the run as one HTML page in UTF-8 that loads nothing and needs no script."""
    summary = summarise(redacted(results))
    budget = _Budget(EVIDENCE_BUDGET)
    return page(
        "report.html.j2",
        summary=summary,
        results=summary.results,
        numbers=summary.numbers,
        headline=headline(summary),
        mood=_mood(summary),
        facts=_facts(summary.results),
        operations=summary.operations[:SHOWN_OPERATIONS],
        kinds=tuple(summary.kinds),
        words=KIND_WORDS,
        findings=_cards(summary.findings, budget),
        known=_cards(summary.known, budget),
        flaky=_cards(summary.flaky, budget),
        alone=said_of_alone(summary),
        authentication=said_of_authentication(summary),
        open_ends=tuple(map(_open_end, summary.open_ends[:SHOWN_GROUPS])),
        unchecked=_unchecked(summary.operations),
        rules=_rules(summary.operations),
        errors=_errors(summary.results),
        lives=_lives(summary.results),
        shown=SHOWN_RULES,
    )


class _Budget:
    """What evidence may still take up of the page."""

    def __init__(self, characters: int) -> None:
        self.left = characters

    def take(self, text: str) -> str:
        """Return the text while there is room for it, and a pointer to the results after."""
        if len(text) > self.left:
            return "Left out: this page is full. See results.json."
        self.left -= len(text)
        return text


def _mood(summary: Summary) -> str:
    """Return how the page should feel at first sight: good, bad or open."""
    if summary.numbers.broken:
        return "bad"
    good = not summary.results.exit_code and summary.numbers.decided
    return "good" if good else "open"


def _facts(results: Results) -> Mapping[str, str]:
    took = duration(results)
    facts = {
        "Target": results.target,
        "Requests": f"{results.requests:,}" + (f" in {took}" if took else ""),
        "Started": _moment(results.started),
        "Seed": f"{results.seed} · {plural(results.examples, 'example')} an operation",
        "Rules of": results.source + (" · strict" if results.strict else ""),
        "SDK": results.sdk,
        "Made by": results.tool,
    }
    return {name: one_line(text) for name, text in facts.items()}


def _moment(text: str) -> str:
    """Return an ISO 8601 time in UTC as people write it; any other text as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment.utcoffset() == timedelta(0) else text


def _cards(findings: Sequence[Finding], budget: _Budget) -> tuple[Card, ...]:
    shown = findings[:SHOWN_FINDINGS]
    return tuple(_card(number, finding, budget) for number, finding in enumerate(shown, 1))


def _card(number: int, finding: Finding, budget: _Budget) -> Card:
    first = finding.first
    others = [v for v in finding.verdicts if v is not first]
    return Card(
        number=number,
        rule=one_line(finding.rule, 500),
        reason=one_line(finding.reason),
        operation=one_line(first.operation),
        member=one_line(first.member),
        kind=one_line(first.kind),
        words=KIND_WORDS.get(first.kind, ""),
        origin=origin(first.source),
        sentence=bounded(sentence(first.source), 2_000),
        place=one_line(place(first.source)),
        case=one_line(first.case, 500),
        change=change(first, 300),
        expected=bounded(first.expected, 2_000),
        observed=bounded(first.observed, 2_000),
        row=one_line(first.row),
        note=one_line(first.baseline or first.hint),
        confirmed=bool(first.confirmed),
        conversation=_conversation(first.evidence, budget),
        twin=_conversation(first.twin, budget),
        snippets=_snippets(first, budget),
        steps=tuple(_step(step, budget) for step in first.steps[:SHOWN_CASES]),
        others=tuple(
            (one_line(v.case, 500), change(v), one_line(v.observed)) for v in others[:SHOWN_CASES]
        ),
        left_out=max(0, len(others) - SHOWN_CASES),
    )


def _step(step: ScenarioStep, budget: _Budget) -> Step:
    sent = "" if step.sent is None else value_text(step.sent, 300)
    return Step(one_line(step.does), budget.take(sent), one_line(step.answer))


def _lives(results: Results) -> tuple[tuple[str, tuple[Life, ...]], ...]:
    """Return what scenarios have decided, or left open, by operation; findings first."""
    found: dict[str, list[Verdict]] = {}
    for verdict in [v for v in results.verdicts if v.steps][:SHOWN_CELLS]:
        found.setdefault(verdict.operation, []).append(verdict)
    return tuple(
        (one_line(operation), tuple(map(_life, sorted(verdicts, key=_worst_first))))
        for operation, verdicts in found.items()
    )


def _worst_first(verdict: Verdict) -> tuple[int, str]:
    return ("fail", "inconclusive", "error", "pass").index(_outcome(verdict)), verdict.case


def _outcome(verdict: Verdict) -> str:
    return verdict.verdict if verdict.verdict != "unimplemented" else "inconclusive"


def _life(verdict: Verdict) -> Life:
    return Life(
        state=_LIVED[_outcome(verdict)],
        rule=one_line(verdict.rule.removeprefix(f"{verdict.operation}/"), 500),
        says=one_line(f"{verdict.reason}: {verdict.observed}"),
        steps=change(verdict, 300),
    )


_LIVED: Final = {
    "pass": "kept",
    "fail": "broken",
    "inconclusive": "undecided",
    "error": "undecided",
}


def _conversation(evidence: Evidence | None, budget: _Budget) -> Conversation | None:
    if evidence is None:
        return None
    return Conversation(
        request=budget.take(text_of(evidence.request, BODY_LIMIT)),
        answer=budget.take(answer_of(evidence, BODY_LIMIT)),
        milliseconds=f"{evidence.milliseconds:,.1f} ms",
    )


def _snippets(verdict: Verdict, budget: _Budget) -> tuple[tuple[str, str], ...]:
    found = verdict.reproducer
    if found is None:
        return ()
    named = (("curl", found.curl), ("boto3", found.boto3), ("AWS CLI", found.cli))
    return tuple((name, budget.take(bounded(text, COMMAND_LIMIT))) for name, text in named if text)


def _open_end(end: OpenEnd) -> OpenEnd:
    """Return the same as the page shows it: on lines of bounded length."""
    return OpenEnd(
        operation=end.operation,
        what=end.what,
        reason=one_line(end.reason),
        observed=one_line(end.observed),
        hint=one_line(end.hint),
        rules=tuple(one_line(rule, 500) for rule in end.rules),
    )


def _unchecked(operations: Iterable[OperationSummary]) -> tuple[tuple[str, str], ...]:
    pairs = [pair for one in operations for pair in one.result.unchecked]
    return tuple((one_line(rule, 500), one_line(reason)) for rule, reason in pairs[:SHOWN_RULES])


def _errors(results: Results) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
    """Return the matrix of errors by operation, as many cells as the page can hold."""
    cells = matrix(results)[:SHOWN_CELLS]
    return tuple(
        (one_line(operation), tuple(map(_bounded, group)))
        for operation, group in groupby(cells, key=lambda one: one.operation)
    )


def _bounded(one: Cell) -> Cell:
    texts = {name: one_line(getattr(one, name)) for name in _CELL_TEXTS}
    return replace(one, **texts)


_CELL_TEXTS: Final = (
    "cause", "documented", "code", "observed", "listed", "wire", "caught", "reason",
)  # fmt: skip


class Row(Value, frozen=True):
    """One rule in the list of all rules."""

    state: str
    rule: str
    words: str
    place: str
    sentence: str
    verdicts: int
    reasons: str


def _rules(operations: Iterable[OperationSummary]) -> tuple[tuple[str, Numbers, list[Row]], ...]:
    """Return the rules of every operation, as many as the page can hold."""
    left, groups = SHOWN_RULES, list[tuple[str, Numbers, list[Row]]]()
    for one in operations:
        rows = [_row(rule) for rule in one.rules[:left]]
        left -= len(rows)
        groups.append((one.operation, one.numbers, rows))
    return tuple(groups)


def _row(rule: RuleSummary) -> Row:
    source = rule.verdicts[0].source if rule.verdicts else None
    return Row(
        state=rule.state,
        rule=one_line(rule.rule.removeprefix(f"{rule.operation}/"), 500),
        words=f"{one_line(rule.member) or 'The request'} {KIND_WORDS.get(rule.kind, rule.kind)}",
        place=one_line(rule.where),
        sentence=one_line(sentence(source), 200) if source else "",
        verdicts=len(rule.verdicts),
        reasons=one_line(", ".join(rule.reasons)),
    )

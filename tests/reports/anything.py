"""Runs to render that nobody would make: all text hostile, and strategies for any results at all."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from aws_reports.results import (
    Evidence,
    Message,
    OperationResult,
    Reproducer,
    Results,
    StaleEntry,
    Verdict,
)
from aws_specs.spec import ModelSource, PageSource, ProtocolSource, Source

SCRIPT = "</script><script>document.title='owned'</script>"
HOSTILE = (
    SCRIPT,
    "<img src=x onerror=alert(1)>",
    "\" onmouseover='alert(1)' x=\"",
    "{{ 7*7 }}{% raw %}",
    "\x1b[2J\x1b]0;owned\x07\x00\x08\x0b",
    "abc\u202edcba\u2066\u200b\ufeff\U000e0041",
    "bytes \ud800 \udcff \ufffe \uffff",
    "]]></failure><testcase name='x'/>",
    "| a | b |\n\n# head\n[link](javascript:alert(1)) `code` ``` ~~~ @everyone #1 <!-- -->",
    "</details></summary><h1>out</h1>",
    "[red]markup[/red] [link=file:///etc/passwd]x[/link] \\[",
    "http://evil.example/ www.evil.example",
    "\r\nSet-Cookie: a=b\r\n",
    "é" * 3 + "漢字" + "e" + "\u0301" * 40,
)


def hostile(text: str) -> Results:
    """A run in which everything that a target, a page or a user can write is `text`."""
    message = Message(start=text, headers=((text, text), ("X-Note", text)), body=text, size=9)
    evidence = Evidence(request=message, answer=message, silence=text)
    quiet = Evidence(request=message, silence=text)
    code = Reproducer(curl=text, boto3=text, cli=text)
    kinds = ("fail", "fail", "fail", "inconclusive", "unimplemented", "error", "pass")
    verdicts = tuple(
        Verdict(
            case=f"{text}~{index}",
            operation=text or "a.B",
            rule=f"{text}/input/{text}/{text}-{index}",
            kind=text,
            member=text,
            verdict=kind,
            reason=text,
            expected=text,
            observed=text,
            source=PageSource(file=text, line=index, sentence=text),
            case_kind=text,
            row=text,
            fault=text,
            old={text: [text]},
            new=text,
            hint=text,
            evidence=quiet if index == 1 else evidence,
            twin=evidence,
            reproducer=code,
            confirmed=True,
            flaky=index == 2,
            baseline=text if index == 1 else "",
        )
        for index, kind in enumerate(kinds)
    )
    return Results(
        tool=text,
        sdk=text,
        target=text,
        started=text,
        finished=text,
        seed=1,
        examples=1,
        source=text,
        stopped=text,
        operations=(
            OperationResult(
                operation=text or "a.B",
                state="partly",
                rules=tuple(v.rule for v in verdicts),
                kinds={v.rule: text for v in verdicts},
                reason=text,
                binds=(text,),
                page=text,
                unchecked=((text, text),),
            ),
            OperationResult(
                operation=f"{text}2", state="unimplemented", rules=(), kinds={}, reason=text
            ),
        ),
        verdicts=verdicts,
        stale=(StaleEntry(rule=text, reason=text),),
        exit_code=1,
    )


TEXT = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20), st.just(""))
UTF8 = st.text(st.characters(codec="utf-8"), max_size=20)
OUTCOMES = ("pass", "fail", "inconclusive", "unimplemented", "error")
STATES = ("decided", "partly", "undecided", "unimplemented", "error", "stopped")
REASONS = ("", "masked", "accepted-invalid", "server-error")
RULE_IDS = tuple(
    f"a.{name}/input/{member}/{kind}"
    for name in ("One", "Two")
    for member in ("A", "B[]", "C{}.D")
    for kind in ("required", "enum", "enum=X")
)

ANY = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""For properties of whole runs: few examples, however slow the machine is."""


def kind_of(rule: str) -> str:
    return rule.rpartition("/")[2].partition("=")[0]


def some_source(number: int, text: str) -> Source:
    return (
        PageSource(file=text, line=number, sentence=text),
        ModelSource(model=text, shape=text, trait=text),
        ProtocolSource(protocol=text, document=text, level="C"),
    )[number]


def some_evidence(number: int, text: str, other: str) -> Evidence | None:
    message = Message(start=text, headers=((other, text),) * number, body=other, size=number * 100)
    answer = None if number == 1 else message
    return Evidence(request=message, answer=answer, silence=other) if number else None


@st.composite
def verdicts(draw: st.DrawFn, texts: list[str]) -> Verdict:
    rule = draw(st.sampled_from(RULE_IDS))
    one, other = draw(st.sampled_from(texts)), draw(st.sampled_from(texts))
    number = draw(st.integers(0, 2))
    evidence = some_evidence(number, one, other)
    return Verdict(
        case=one,
        operation=rule.partition("/")[0],
        rule=rule,
        kind=kind_of(rule),
        member=other,
        verdict=draw(st.sampled_from(OUTCOMES)),
        reason=draw(st.sampled_from(REASONS)),
        expected=one,
        observed=other,
        source=some_source(number, one),
        case_kind=other,
        row=one,
        fault=other,
        old={one: [other, number]},
        new=one,
        hint=other,
        evidence=evidence,
        twin=evidence,
        reproducer=Reproducer(curl=one, boto3=other, cli=one) if number else None,
        confirmed=(None, True, False)[number],
        flaky=draw(st.sampled_from([False, False, True])),
        baseline=draw(st.sampled_from(["", "", other])),
    )


@st.composite
def operations(draw: st.DrawFn, name: str, texts: list[str]) -> OperationResult:
    own = [rule for rule in RULE_IDS if rule.startswith(f"{name}/")]
    rules = draw(st.lists(st.sampled_from(own), unique=True, max_size=4))
    text = draw(st.sampled_from(texts))
    return OperationResult(
        operation=name,
        state=draw(st.sampled_from(STATES)),
        rules=tuple(rules),
        kinds={rule: kind_of(rule) for rule in rules},
        requests=len(rules),
        reason=text,
        binds=(text,),
        page=text,
        unchecked=((text, text),),
    )


@st.composite
def runs(draw: st.DrawFn, text: st.SearchStrategy[str] = TEXT) -> Results:
    """Any results: rules of two operations, every outcome, text of the strategy `text`."""
    texts = draw(st.lists(text, min_size=1, max_size=3))
    names = draw(st.lists(st.sampled_from(["a.One", "a.Two"]), unique=True))
    stale = draw(st.booleans())
    return Results(
        tool=texts[0],
        sdk=texts[-1],
        target=texts[0],
        started=texts[-1],
        finished=texts[0],
        seed=draw(st.integers()),
        examples=len(texts),
        source=texts[-1],
        strict=stale,
        requests=draw(st.integers(0, 10**6)),
        stopped=draw(st.sampled_from(["", texts[0]])),
        operations=tuple(draw(operations(name, texts)) for name in names),
        verdicts=tuple(draw(st.lists(verdicts(texts), max_size=5))),
        stale=(StaleEntry(rule=texts[0], reason=texts[-1]),) if stale else (),
        exit_code=draw(st.integers(0, 4)),
    )

"""JUnit XML that strict and lenient readers agree on."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase
from lxml import etree
from syrupy.assertion import SnapshotAssertion

from aws_reports import junit
from aws_reports.results import Evidence, Message, Results
from aws_reports.summary import summarise
from reports import anything, runs

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit-strict.xsd")))


def read(run: Results) -> JUnitXml:
    """The report as another program reads it; it must satisfy the strict schema."""
    data = junit.render(run)
    SCHEMA.assertValid(etree.fromstring(data))
    return JUnitXml.fromstring(data)


def cases(run: Results) -> dict[str, TestCase]:
    return {f"{case.classname} {case.name}": case for suite in read(run) for case in suite}


def test_looks_as_reviewed(snapshot: SnapshotAssertion):
    assert junit.render(runs.realistic()).decode() == snapshot


def test_has_a_suite_an_operation_and_a_case_a_rule():
    run = runs.realistic()
    suites = {suite.name: len(suite) for suite in read(run)}
    rules = {one.operation: len(one.rules) for one in summarise(run).operations}
    assert suites == {**rules, "baseline": 1}


def outcome(case: TestCase) -> Failure | Skipped | Error:
    assert len(case.result) == 1
    found = case.result[0]
    assert isinstance(found, Failure | Skipped | Error)
    return found


def test_tells_failures_errors_skips_and_passes_apart():
    found = cases(runs.realistic())
    broken = found[f"{runs.CONTACT} Channel takes only its values [input/Channel/enum]"]
    assert isinstance(outcome(broken), Failure)
    assert outcome(broken).type == "accepted-invalid"
    assert "Channel='VOICE'|'CHAT'|'TASK'|'EMAIL'" in outcome(broken).text
    assert "connect/create_contact.txt:27" in outcome(broken).text
    known = found[f"{runs.CONTACT} Name keeps its length [input/Name/length]"]
    assert isinstance(outcome(known), Skipped)
    assert "known deviation: names are not limited" in outcome(known).message
    error = next(case for name, case in found.items() if "MessageType" in name)
    assert isinstance(outcome(error), Error)
    masked = next(case for name, case in found.items() if "Headers keeps its number" in name)
    assert "--bind pinpoint.ApplicationId=VALUE" in outcome(masked).message
    kept = found[f"{runs.CONTACT} Channel is required [input/Channel/required]"]
    assert kept.is_passed


def test_stale_baseline_entries_fail():
    stale = next(case for name, case in cases(runs.realistic()).items() if "baseline" in name)
    assert isinstance(outcome(stale), Failure)


def test_operation_without_rules_is_seen_as_skipped():
    bare = msgspec.structs.replace(
        runs.undecided(),
        verdicts=(),
        operations=(msgspec.structs.replace(runs.undecided().operations[0], rules=(), kinds={}),),
    )
    assert isinstance(outcome(next(iter(cases(bare).values()))), Skipped)


@anything.ANY
@given(anything.runs())
def test_any_results_satisfy_the_strict_schema_and_count_right(run: Results):
    summary = summarise(run)
    suites = [suite for suite in read(run) if suite.name != "baseline"]
    failures = sum(one.numbers.broken for one in summary.operations)
    assert sum(suite.failures for suite in suites) == failures
    passed = sum(case.is_passed for suite in suites for case in suite)
    assert passed == summary.numbers.kept


@pytest.mark.parametrize("text", anything.HOSTILE, ids=range(len(anything.HOSTILE)))
def test_hostile_text_stays_text(text: str):
    assert len(cases(anything.hostile(text))) == len(cases(anything.hostile("plain")))


def test_rules_of_one_operation_have_different_names():
    names = [(case.classname, case.name) for suite in read(runs.realistic()) for case in suite]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("milliseconds", [1e-9, 1e300, 123_456.789])
def test_time_is_a_plain_decimal(milliseconds: float):
    evidence = Evidence(request=Message(start="GET /"), milliseconds=milliseconds)
    verdict = runs.verdict(runs.CONTACT, 0, "fail", evidence=evidence)
    read(msgspec.structs.replace(runs.realistic(), verdicts=(verdict,)))


def test_same_results_give_the_same_bytes():
    assert junit.render(runs.realistic()) == junit.render(runs.realistic())


def test_bodies_are_bounded():
    message = Message(start="200", body="x" * 1_000_000)
    verdict = runs.verdict(runs.CONTACT, 0, "fail", evidence=Evidence(request=message))
    run = msgspec.structs.replace(runs.realistic(), verdicts=(verdict,) * 50)
    assert len(junit.render(run)) < 100_000

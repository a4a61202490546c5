"""The numbers are those that `aws_reports.results` defines, counted once more by hand."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_reports import html, junit, markdown, terminal
from aws_reports.results import Results, Verdict
from aws_reports.summary import (
    Numbers,
    duration,
    headline,
    percent,
    plural,
    said_of_alone,
    said_of_authentication,
    summarise,
)
from reports import anything, runs

RULE = runs.rule_of(runs.CONTACT, "Channel", "enum")


def run_with(*verdicts: Verdict) -> Results:
    return msgspec.structs.replace(runs.realistic(), verdicts=verdicts, stale=(), exit_code=0)


def state_of(*verdicts: Verdict, rule: str = RULE) -> str:
    found = [
        one
        for operation in summarise(run_with(*verdicts)).operations
        for one in operation.rules
        if one.rule == rule
    ]
    assert len(found) == 1
    return found[0].state


def on_channel(outcome: str, **fields: object) -> Verdict:
    return runs.verdict(runs.CONTACT, 9, outcome, **fields)


def test_rule_with_a_pass_and_no_fail_is_kept():
    assert state_of(on_channel("pass"), on_channel("inconclusive")) == "kept"


def test_rules_kept_without_a_twin_are_counted_apart():
    alone = on_channel("pass", reason="refused-without-twin")
    assert summarise(run_with(alone)).alone == 1
    assert "refused without a valid twin" in said_of_alone(summarise(run_with(alone)))
    beside = summarise(run_with(alone, on_channel("pass", reason="refused")))
    assert (beside.alone, said_of_alone(beside)) == (0, "")


def test_what_is_open_for_unchecked_signatures_alone_stands_apart_in_every_report():
    signature = on_channel("inconclusive", reason="authentication-not-checked")
    found = summarise(run_with(signature))
    assert signature.rule not in {rule for end in found.open_ends for rule in end.rules}
    said = "Authentication: not checked by this target (1 operation, 1 undecided rule)"
    assert said_of_authentication(found) == said
    for render in (terminal.render, markdown.render, html.render, junit.render):
        written = render(run_with(signature))
        assert said in (written if isinstance(written, str) else written.decode())
    assert said_of_authentication(summarise(run_with(on_channel("inconclusive")))) == ""


def test_rule_with_one_fail_among_passes_is_broken():
    assert state_of(on_channel("pass"), on_channel("fail"), on_channel("pass")) == "broken"


@pytest.mark.parametrize("outcome", ["inconclusive", "unimplemented", "error"])
def test_rule_without_pass_or_fail_is_undecided(outcome: str):
    assert state_of(on_channel(outcome)) == "undecided"


def test_rule_without_any_verdict_is_undecided():
    assert state_of() == "undecided"


def test_flaky_fail_neither_breaks_nor_keeps_a_rule():
    assert state_of(on_channel("pass"), on_channel("fail", flaky=True)) == "undecided"


def test_fail_in_the_baseline_is_a_known_deviation_and_counts_as_undecided():
    run = run_with(on_channel("pass"), on_channel("fail", baseline="known"))
    assert state_of(*run.verdicts) == "known"
    assert summarise(run).numbers == Numbers(undecided=35, known=1)


def test_fail_outside_the_baseline_breaks_a_rule_that_has_a_known_one():
    assert state_of(on_channel("fail", baseline="known"), on_channel("fail")) == "broken"


def test_verdict_on_one_value_counts_for_the_rule_that_lists_all():
    assert state_of(on_channel("fail", rule=f"{RULE}=EMAIL=X")) == "broken"


def test_rule_that_the_operation_does_not_list_is_counted_all_the_same():
    other = f"{runs.CONTACT}/protocol/bad-json"
    assert state_of(on_channel("fail", rule=other), rule=other) == "broken"


def test_operation_that_is_not_listed_is_counted_all_the_same():
    stray = msgspec.structs.replace(
        on_channel("fail"), operation="a.B", rule="a.B/input/X/required"
    )
    assert [one.operation for one in summarise(run_with(stray)).operations][-1] == "a.B"
    assert summarise(run_with(stray)).numbers.broken == 1


def test_share_of_nothing_is_no_number():
    assert Numbers().conformance is None
    assert Numbers().coverage is None
    assert percent(Numbers(undecided=3).conformance) == "–"
    assert percent(Numbers(undecided=3).coverage) == "0 %"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (1, 1, "100 %"),
        (0, 1, "0 %"),
        (1, 2, "50.0 %"),
        (99_999, 100_000, "99.9 %"),
        (1, 100_000, "0.1 %"),
        (2, 3, "66.7 %"),
    ],
)
def test_rounding_never_hides_a_single_rule(part: int, whole: int, text: str):
    assert percent(part / whole) == text


def test_findings_are_grouped_by_rule_and_reason():
    summary = summarise(runs.realistic())
    assert [(one.rule.rpartition("/")[0], one.reason) for one in summary.findings] == [
        ("connect.CreateContact/input/Channel", "accepted-invalid"),
        ("connect.CreateContact/input/References{}.Value", "server-error"),
        (
            "connect.CreatePushNotificationRegistration/input/ContactConfiguration.ParticipantRole",
            "wrong-error",
        ),
        ("connect.CreateParticipant/input/ParticipantDetails", "no-response"),
    ]
    assert len(summary.findings[0].verdicts) == 2
    assert len(summary.known) == len(summary.flaky) == len(summary.errors) == 1


def test_finding_shows_a_confirmed_case_first():
    run = run_with(on_channel("fail", case="a"), on_channel("fail", case="b", confirmed=True))
    assert summarise(run).findings[0].first.case == "b"


def test_binds_are_collected_once():
    run = runs.realistic()
    twice = msgspec.structs.replace(run, operations=run.operations * 2)
    assert summarise(twice).binds == ("pinpoint.ApplicationId=VALUE",)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (runs.realistic(), "4 rules broken"),
        (runs.conforming(), "Conforms"),
        (runs.undecided(), "Nothing could be decided"),
        (msgspec.structs.replace(runs.conforming(), stopped="budget"), "Stopped early: budget"),
        (
            msgspec.structs.replace(runs.conforming(), stale=runs.realistic().stale, exit_code=1),
            "1 baseline entry out of date",
        ),
        (
            msgspec.structs.replace(runs.conforming(), exit_code=3),
            "No rule broken, but not everything was decided",
        ),
        (
            run_with(on_channel("fail", baseline="x"), runs.verdict(runs.CONTACT, 0)),
            "Conforms, but for 1 known deviation",
        ),
    ],
    ids=["broken", "conforms", "nothing", "stopped", "stale", "undecided", "known"],
)
def test_headline_says_the_worst_first(run: Results, words: str):
    assert headline(summarise(run)) == words


@pytest.mark.parametrize(
    ("started", "finished", "text"),
    [
        ("2026-03-01T06:00:00Z", "2026-03-01T06:00:04Z", "4.0 s"),
        ("2026-03-01T06:00:00Z", "2026-03-01T06:03:20Z", "3 min 20 s"),
        ("2026-03-01T06:00:00Z", "soon", ""),
        ("2026-03-01T06:00:00Z", "2026-03-01T06:00:04", ""),
    ],
)
def test_duration_is_told_where_it_is_known(started: str, finished: str, text: str):
    run = msgspec.structs.replace(runs.realistic(), started=started, finished=finished)
    assert duration(run) == text


def test_counts_in_words():
    assert plural(1, "rule") == "1 rule"
    assert plural(2_000, "rule") == "2,000 rules"
    assert plural(0, "entry", "entries") == "0 entries"


def recount(run: Results) -> dict[str, tuple[int, int, int]]:
    """Kept, broken, undecided of each operation, straight from the definitions, slowly."""
    names = [one.operation for one in run.operations]
    names += [v.operation for v in run.verdicts if v.operation not in names]
    counted = {}
    for name in names:
        listed = {rule for one in run.operations if one.operation == name for rule in one.rules}
        about: dict[str, list[Verdict]] = {rule: [] for rule in listed}
        for v in run.verdicts:
            if v.operation == name:
                base = v.rule.removesuffix("=X")
                rule = v.rule if v.rule in listed or base not in listed else base
                about.setdefault(rule, []).append(v)
        broken = {
            rule
            for rule, found in about.items()
            if [v for v in found if v.verdict == "fail" and not v.flaky and v.baseline == ""]
        }
        kept = {
            rule
            for rule, found in about.items()
            if "pass" in {v.verdict for v in found} and "fail" not in {v.verdict for v in found}
        }
        counted[name] = (len(kept), len(broken), len(set(about) - kept - broken))
    return counted


@anything.ANY
@given(anything.runs(st.just("x")))
def test_numbers_agree_with_a_recount_by_hand(run: Results):
    found = {
        one.operation: (one.numbers.kept, one.numbers.broken, one.numbers.undecided)
        for one in summarise(run).operations
    }
    assert found == recount(run)


@anything.ANY
@given(anything.runs(st.just("x")))
def test_totals_kinds_and_operations_add_up(run: Results):
    summary = summarise(run)
    for name in ("kept", "broken", "undecided", "known", "rules"):
        total = getattr(summary.numbers, name)
        assert total == sum(getattr(one.numbers, name) for one in summary.operations)
        assert total == sum(getattr(one, name) for one in summary.kinds.values())


@anything.ANY
@given(anything.runs(st.just("x")))
def test_every_fail_is_in_exactly_one_place(run: Results):
    summary = summarise(run)
    groups = (*summary.findings, *summary.known, *summary.flaky)
    fails = [v for v in run.verdicts if v.verdict == "fail"]
    assert sum(len(one.verdicts) for one in groups) == len(fails)
    assert bool(summary.findings) == bool(summary.numbers.broken)

"""Several runs side by side: the same rules, fairly counted."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from aws_reports import compare_html, compare_text
from aws_reports.compare import Comparison, compare
from aws_reports.registry import render_comparison
from aws_reports.results import Results
from aws_reports.summary import summarise
from aws_reports.terminal import Style
from aws_specs.errors import UsageError
from reports import anything, runs

ROW = tuple[str, str, int]


def three() -> Comparison:
    elsewhere = msgspec.structs.replace(runs.undecided(), target="moto", sdk="botocore 1.40.1")
    return compare([runs.realistic(), runs.conforming(), elsewhere])


def test_looks_as_reviewed_in_markdown(snapshot: SnapshotAssertion):
    assert compare_text.render_markdown(three()).decode() == snapshot


def test_looks_as_reviewed_on_a_terminal(snapshot: SnapshotAssertion):
    assert compare_text.render_terminal(three(), style=Style(width=90)) == snapshot


def test_common_rules_are_those_that_all_could_decide():
    both = compare([runs.realistic(), runs.conforming()])
    decided = summarise(runs.realistic()).numbers.decided - 1  # the other has no protocol rule
    assert both.common == decided + 1  # the known deviation counts as decided: it is broken
    assert [one.common.rules for one in both.contenders] == [both.common] * 2


def test_run_that_decided_nothing_has_no_say_in_what_is_common():
    assert three().common == compare([runs.realistic(), runs.conforming()]).common
    assert three().contenders[2].numbers.conformance is None


def test_baseline_of_one_target_makes_it_look_no_better():
    known = f"{runs.CONTACT}/input/Name/length"
    differing = {rule.rule: rule for rule in three().differences}
    assert differing[known].marks == ("broken", "kept", "absent")
    assert differing[known].reasons == ("accepted-invalid", "", "")


def test_lists_the_rules_on_which_targets_part():
    assert len(three().differences) == 5
    assert all({"kept", "broken"} <= set(rule.marks) for rule in three().differences)


def test_alike_runs_part_on_nothing():
    same = compare([runs.realistic(), runs.realistic()])
    assert same.differences == ()
    assert "they behave alike" in compare_html.render(same).decode()


def test_same_target_twice_is_numbered():
    names = [one.name for one in compare([runs.realistic()] * 3).contenders]
    assert names == [
        "http://127.0.0.1:4566", "http://127.0.0.1:4566 (2)", "http://127.0.0.1:4566 (3)",
    ]  # fmt: skip


def test_warns_of_runs_that_are_not_alike():
    stopped = msgspec.structs.replace(runs.conforming(), stopped="budget", strict=True)
    assert compare([runs.realistic(), stopped]).notes == (
        "The runs differ in strict: False, True.",
        "The run of emulator was stopped early.",
    )


@pytest.mark.parametrize("count", [0, 1])
def test_needs_two_runs(count: int):
    with pytest.raises(UsageError, match="at least two"):
        compare([runs.realistic()] * count)


@anything.ANY
@given(st.lists(anything.runs(st.just("x")), min_size=2, max_size=4))
def test_any_runs_are_compared_on_the_same_rules(many: list[Results]):
    comparison = compare(many)
    for one in comparison.contenders:
        assert not one.numbers.decided or one.common.decided == comparison.common
    for column, run in enumerate(many):
        listed = [one for one in comparison.operations if one.numbers[column] is not None]
        rules = sum(one.numbers.rules for one in summarise(run).operations)
        total = sum(numbers.rules for one in listed if (numbers := one.numbers[column]))
        assert total == rules == comparison.contenders[column].numbers.rules
        broken = summarise(run).numbers.broken + summarise(run).numbers.known
        assert comparison.contenders[column].numbers.broken == broken


@pytest.mark.parametrize("name", ["html", "json", "markdown", "terminal"])
def test_every_format_names_every_target(name: str):
    shown = render_comparison(name, [runs.realistic(), runs.conforming()]).decode()
    assert "http://127.0.0.1:4566" in shown
    assert "emulator" in shown


def test_json_holds_the_whole_comparison():
    found = json.loads(render_comparison("json", [runs.realistic(), runs.conforming()]))
    assert found["common"] == three().common


def test_unknown_format_gets_the_closest_name():
    with pytest.raises(UsageError, match="Did you mean 'markdown'"):
        render_comparison("markdwon", [runs.realistic()] * 2)


@pytest.mark.parametrize("text", anything.HOSTILE, ids=range(len(anything.HOSTILE)))
def test_hostile_targets_cannot_drive_the_terminal(text: str):
    shown = compare_text.render_terminal(compare([anything.hostile(text), runs.realistic()]))
    assert not set(shown) & {"\x1b", "\x07", "\u202e", "\r"}

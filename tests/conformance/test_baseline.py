"""The baseline: read, honoured, brought up to date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_conformance.baseline import (
    Entry,
    dump,
    load,
    marked,
    parse,
    rewritten,
    save,
    stale,
    updated,
)
from aws_reports.results import OperationResult, Verdict
from aws_specs.errors import UsageError
from aws_specs.spec import ModelSource

TODAY = date(2026, 6, 1)
NAME = "connect.CreateContact/input/Name/length"
ENUM = "connect.CreateContact/input/Channel/enum"


def verdict(rule: str, outcome: str = "fail", *, flaky: bool = False) -> Verdict:
    return Verdict(
        case=f"{rule}~x", operation=rule.partition("/")[0], rule=rule, kind="length", member="Name",
        verdict=outcome, reason="accepted-invalid", expected="an error", observed="200 success",
        source=ModelSource("m", "s", "t"), case_kind="invalid", flaky=flaky,
    )  # fmt: skip


def operation(state: str = "decided", rules: tuple[str, ...] = (NAME, ENUM)) -> OperationResult:
    return OperationResult(
        operation="connect.CreateContact", state=state, rules=rules, kinds=dict.fromkeys(rules, "x")
    )


# ---------------------------------------------------------------- honouring


def test_a_rule_id_means_itself_and_not_its_parts() -> None:
    verdicts = (verdict(ENUM), verdict(f"{ENUM}=EMAIL"))
    known = marked(verdicts, (Entry(ENUM, "why"),), TODAY)
    assert [v.baseline for v in known] == ["why", ""]


def test_an_entry_without_a_reason_still_marks() -> None:
    assert marked((verdict(NAME),), (Entry(NAME),), TODAY)[0].baseline


@pytest.mark.parametrize("outcome", ["pass", "inconclusive", "unimplemented", "error"])
def test_only_findings_are_marked(outcome: str) -> None:
    assert marked((verdict(NAME, outcome),), (Entry(NAME, "why"),), TODAY)[0].baseline == ""


def test_a_flaky_finding_is_not_marked() -> None:
    assert marked((verdict(NAME, flaky=True),), (Entry(NAME, "why"),), TODAY)[0].baseline == ""


@pytest.mark.parametrize(
    ("expires", "counts"),
    [(date(2026, 6, 2), True), (date(2026, 6, 1), False), (date(2026, 5, 31), False)],
)
def test_an_entry_counts_until_the_day_it_expires(expires: date, counts: bool) -> None:
    entry = Entry(NAME, "why", expires)
    assert bool(marked((verdict(NAME),), (entry,), TODAY)[0].baseline) is counts
    assert bool(stale((entry,), (operation(),), (verdict(NAME),), TODAY)) is not counts


def test_an_entry_whose_rule_is_kept_is_stale() -> None:
    (found,) = stale((Entry(NAME),), (operation(),), (verdict(NAME, "pass"),), TODAY)
    assert (found.rule, found.reason) == (NAME, "no longer fails")


def test_an_entry_is_not_stale_while_one_verdict_fails() -> None:
    verdicts = (verdict(NAME, "pass"), verdict(NAME))
    assert stale((Entry(NAME),), (operation(),), verdicts, TODAY) == ()


def test_an_entry_of_no_rule_at_all_is_stale_with_the_closest_match() -> None:
    (found,) = stale((Entry(f"{NAME}s"),), (operation(),), (), TODAY)
    assert NAME in found.reason


@pytest.mark.parametrize("outcome", ["inconclusive", "unimplemented"])
def test_an_undecided_rule_makes_no_entry_stale(outcome: str) -> None:
    assert stale((Entry(NAME),), (operation(),), (verdict(NAME, outcome),), TODAY) == ()


def test_a_rule_that_was_not_tested_makes_no_entry_stale() -> None:
    assert stale((Entry(NAME),), (operation(),), (), TODAY) == ()


@pytest.mark.parametrize("state", ["undecided", "unimplemented", "error", "stopped"])
def test_an_operation_that_was_not_tested_makes_no_entry_stale(state: str) -> None:
    expired = Entry(NAME, "", date(2020, 1, 1))
    assert stale((expired,), (operation(state),), (verdict(NAME, "pass"),), TODAY) == ()
    assert stale((expired,), (), (), TODAY) == ()


# ---------------------------------------------------------------- updating


def test_updating_takes_new_findings_keeps_reasons_and_drops_what_is_kept() -> None:
    before = (Entry(ENUM, "known since March"), Entry(NAME, "gone"))
    verdicts = (verdict(f"{ENUM}=EMAIL"), verdict(ENUM), verdict(NAME, "pass"))
    after = updated(before, (operation(),), verdicts, TODAY)
    assert after == (
        Entry(ENUM, "known since March"),
        Entry(f"{ENUM}=EMAIL", "accepted-invalid: 200 success"),
    )


def test_updating_leaves_entries_of_other_operations_alone() -> None:
    other = Entry("sqs.SendMessage/input/QueueUrl/required", "later")
    assert updated((other,), (operation(),), (), TODAY) == (other,)


def test_updating_renews_an_expired_entry_that_still_fails() -> None:
    before = (Entry(NAME, "why", date(2026, 1, 1)),)
    assert updated(before, (operation(),), (verdict(NAME),), TODAY) == (Entry(NAME, "why"),)


def test_after_an_update_nothing_is_a_finding_and_nothing_stale() -> None:
    verdicts = (verdict(NAME), verdict(ENUM, "pass"))
    known = updated((Entry(ENUM),), (operation(),), verdicts, TODAY)
    assert all(v.baseline for v in marked(verdicts, known, TODAY) if v.verdict == "fail")
    assert stale(known, (operation(),), verdicts, TODAY) == ()


ENTRIES = st.builds(
    Entry,
    rule=st.text(min_size=1, max_size=20).map(lambda text: f"a.B/{text}"),
    reason=st.text(max_size=40),
    expires=st.none() | st.dates(),
)
BASELINES = st.lists(ENTRIES, max_size=5, unique_by=lambda entry: entry.rule).map(tuple)


@given(BASELINES)
def test_what_is_written_is_read_back(baseline: tuple[Entry, ...]) -> None:
    assert parse(dump(baseline)) == baseline


@given(BASELINES, BASELINES)
def test_rewriting_holds_just_the_new_entries(
    old: tuple[Entry, ...], new: tuple[Entry, ...]
) -> None:
    assert parse(rewritten(dump(old), new)) == new


WRITTEN = """\
# our sandbox; see the wiki

# cut, not refused
# ticket 12
[[deviation]]
rule = "a.B/input/N/length"   # by design
reason = '''two
lines'''

[[deviation]]
reason = "old"
rule = "a.B/input/M/enum"
expires = 2027-01-31
"""


def test_rewriting_keeps_comments_and_the_way_it_was_written() -> None:
    entries = parse(WRITTEN)
    text = rewritten(WRITTEN, (*entries, Entry("a.B/input/Z/enum", "new")))
    assert text.startswith(WRITTEN)
    assert text.endswith('[[deviation]]\nrule = "a.B/input/Z/enum"\nreason = "new"\n')


def test_rewriting_keeps_the_comments_of_an_entry_that_changes() -> None:
    (first, second) = parse(WRITTEN)
    text = rewritten(WRITTEN, (Entry(first.rule, "another"), second))
    assert '# cut, not refused\n# ticket 12\n[[deviation]]\nrule = "a.B/input/N/length"\n' in text
    assert parse(text) == (Entry(first.rule, "another"), second)


def test_removing_an_entry_removes_its_comments() -> None:
    (_, second) = parse(WRITTEN)
    text = rewritten(WRITTEN, (second,))
    assert "ticket" not in text
    assert text.startswith("# our sandbox; see the wiki\n")


def test_saving_makes_the_file_and_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "known.toml"
    save(path, (Entry(NAME, "why"),))
    assert load(path) == (Entry(NAME, "why"),)
    save(path, ())
    assert load(path) == ()


# ---------------------------------------------------------------- what is wrong with a file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x", "not TOML"),
        ("deviations = []", "Did you mean 'deviation'?"),
        ("deviation = 3", "[[deviation]]"),
        ("deviation = [3]", "entry 1: not a table"),
        ("[[deviation]]\nreason = 'x'", "entry 1: `rule` must be the id of a rule"),
        ("[[deviation]]\nrule = 'x'", "entry 1: `rule` must be the id of a rule; found 'x'"),
        ("[[deviation]]\nrule = 'a/b'\nreasn = 'x'", "Did you mean 'reason'?"),
        ("[[deviation]]\nrule = 'a/b'\nreason = 3", "`reason` must be text; found 3"),
        ("[[deviation]]\nrule = 'a/b'\nexpires = 'soon'", "`expires` must be a day"),
        ("[[deviation]]\nrule = 'a/b'\n[[deviation]]\nrule = 'a/b'", "stands here twice"),
    ],
)
def test_a_bad_entry_is_named(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text, file="known.toml")
    assert "known.toml: " in str(caught.value)
    assert said in str(caught.value)


def test_every_problem_is_said_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        parse("[[deviation]]\nrule = 1\n[[deviation]]\nrule = 'a/b'\nexpires = 1\n")
    assert "entry 1" in str(caught.value)
    assert "entry 2" in str(caught.value)


def test_a_day_may_be_a_date_a_time_or_text() -> None:
    for written in ("2027-01-31", '"2027-01-31"', "2027-01-31T10:00:00Z"):
        (entry,) = parse(f"[[deviation]]\nrule = 'a/b'\nexpires = {written}\n")
        assert entry.expires == date(2027, 1, 31)


def test_a_missing_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--update-baseline"):
        load(tmp_path / "nope.toml")


def test_a_folder_and_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path)
    (tmp_path / "b").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="not UTF-8"):
        load(tmp_path / "b")

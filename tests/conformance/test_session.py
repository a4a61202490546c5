"""From events to results and exit codes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from aws_conformance import session as sessions
from aws_conformance.baseline import Entry
from aws_conformance.config import Config
from aws_conformance.events import Judged, OperationFinished, Stopped, SuiteProblem
from aws_conformance.exchange import Answer, Request, Response, Silence
from aws_conformance.journal import Journal
from aws_conformance.outcome import Gathered, each_once, exit_code, with_baseline
from aws_conformance.sender import BudgetSpentError
from aws_conformance.session import Meter, Session
from aws_reports import load_results
from aws_reports.redact import redacted
from aws_reports.results import OperationResult, Results, StaleEntry, Verdict
from aws_specs.errors import UsageError
from aws_specs.spec import ModelSource

RULE = "connect.CreateContact/input/Name/length"
NAME = "connect.CreateParticipant"


def verdict(
    outcome: str = "pass", *, rule: str = RULE, flaky: bool = False, row: str = "r"
) -> Verdict:
    return Verdict(
        case=f"{rule}~x", operation="connect.CreateContact", rule=rule, kind="length",
        member="Name", verdict=outcome, reason="why", expected="e", observed="o", row=row,
        source=ModelSource("m", "s", "t"), case_kind="invalid", flaky=flaky,
    )  # fmt: skip


def operation(state: str = "decided") -> OperationResult:
    return OperationResult(
        operation="connect.CreateContact", state=state, rules=(RULE,), kinds={RULE: "length"}
    )


def results(*verdicts: Verdict, state: str = "decided", stopped: str = "") -> Results:
    return Results(
        tool="t", sdk="s", target="emulator", started="", finished="", seed=1, examples=0,
        source="both", stopped=stopped, operations=(operation(state),), verdicts=verdicts,
    )  # fmt: skip


# ---------------------------------------------------------------- exit codes


@pytest.mark.parametrize(
    ("found", "code", "allowed"),
    [
        (results(verdict()), 0, 0),
        (results(verdict(), verdict("inconclusive")), 0, 0),
        (results(verdict("fail")), 1, 1),
        (results(verdict("fail"), state="undecided"), 1, 1),
        (results(verdict(), verdict("fail", flaky=True)), 0, 0),
        (results(verdict("fail", flaky=True)), 3, 3),
        (results(replace(verdict("fail"), baseline="known")), 0, 0),
        (replace(results(verdict()), stale=(StaleEntry("r", "gone"),)), 1, 1),
        (results(), 3, 3),
        (results(verdict("inconclusive"), state="undecided"), 3, 3),
        (results(verdict("unimplemented"), state="unimplemented"), 3, 3),
        (results(verdict("error")), 3, 3),
        (results(verdict(), state="undecided"), 3, 0),
        (results(verdict(), state="error"), 3, 0),
        (results(verdict(), state="partly"), 0, 0),
        (results(verdict(), state="unimplemented"), 0, 0),
        (results(verdict(), stopped="budget", state="stopped"), 4, 4),
        (results(verdict("fail"), stopped="interrupted", state="stopped"), 4, 4),
        (results(verdict("fail"), stopped="unreachable", state="error"), 3, 3),
    ],
)
def test_the_exit_code_is_the_first_that_applies(found: Results, code: int, allowed: int) -> None:
    assert exit_code(found) == code
    assert exit_code(found, allow_undecided=True) == allowed


OUTCOMES = st.sampled_from(["inconclusive", "unimplemented", "error"])


@given(st.lists(OUTCOMES, max_size=5), st.sampled_from(["decided", "partly", "unimplemented"]))
def test_a_run_that_decided_nothing_never_succeeds(outcomes: list[str], state: str) -> None:
    found = results(*map(verdict, outcomes), state=state)
    assert exit_code(found, allow_undecided=True) != 0


def test_the_baseline_turns_findings_into_success() -> None:
    known = with_baseline(
        results(verdict("fail")), (Entry(RULE, "cut"),), date(2026, 1, 1), allow_undecided=False
    )
    assert known.exit_code == 0
    assert known.verdicts[0].baseline == "cut"


def test_a_baseline_entry_that_no_longer_fails_turns_success_into_failure() -> None:
    found = with_baseline(
        results(verdict()), (Entry(RULE, "cut"),), date(2026, 1, 1), allow_undecided=False
    )
    assert found.exit_code == 1
    assert found.stale == (StaleEntry(RULE, "no longer fails"),)


# ---------------------------------------------------------------- the fold


def missing(name: str, why: str) -> OperationResult:
    return OperationResult(operation=name, state="stopped", rules=(), kinds={}, reason=why)


def test_events_are_gathered_in_the_order_asked_for() -> None:
    gathered = Gathered()
    gathered.take(Judged("c", (verdict(),)))
    gathered.take(OperationFinished(operation()))
    gathered.take(Stopped("budget", "spent"))
    names = ("a.B", "connect.CreateContact")
    first, second = gathered.operations(names, missing)
    assert first == missing("a.B", "stopped before its end: budget")
    assert second == operation()
    assert gathered.verdicts == [verdict()]


def test_an_operation_that_cannot_be_tested_says_why() -> None:
    gathered = Gathered()
    gathered.take(SuiteProblem("a.B", "", "no valid request"))
    (one,) = gathered.operations(("a.B",), missing)
    assert one.reason == "no valid request"


def test_cases_that_could_not_be_sent_are_told_of() -> None:
    gathered = Gathered()
    gathered.take(OperationFinished(operation()))
    for case in ("c1", "c2"):
        gathered.take(SuiteProblem("connect.CreateContact", case, "line break"))
    (one,) = gathered.operations(("connect.CreateContact",), missing)
    assert one.reason == "2 cases could not be sent: line break"


def test_what_answers_show_is_said_once_and_what_cases_say_each_time() -> None:
    shown = verdict(row="")
    told = verdict()
    assert list(each_once([shown, told, shown, told])) == [shown, told, told]
    other = replace(shown, verdict="fail")
    assert list(each_once([shown, other])) == [shown, other]


# ---------------------------------------------------------------- a session


class Scripted:
    """A target that answers what a function says; Ctrl-C and silence included."""

    name = "scripted"
    endpoint = "http://127.0.0.1:1"

    def __init__(self, answer: Answer | BaseException, after: int = 0) -> None:
        from aws_conformance.emulator import emulator_target

        self.emulator = emulator_target()
        self.bindings = self.emulator.bindings
        self.answer, self.after = answer, after
        self.count = 0

    def send(self, request: Request) -> Answer:
        self.count += 1
        if self.count <= self.after:
            return self.emulator.send(request)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    def close(self) -> None:
        return


CONFIG = Config(examples=0, seed=5)


def ran(target: Scripted, config: Config = CONFIG, journal: Journal | None = None) -> Session:
    session = Session((NAME,), target, config)
    session.run(journal)
    return session


def test_a_target_that_cannot_be_reached_is_exit_3() -> None:
    found = ran(Scripted(Silence("unreachable", "refused"))).results()
    assert (found.exit_code, found.stopped) == (3, "unreachable")
    assert "refused" in found.operations[0].reason


def test_nothing_there_is_exit_3() -> None:
    found = ran(Scripted(Response(404, (("Content-Type", "text/html"),), b"<html>"))).results()
    assert found.operations[0].state == "unimplemented"
    assert found.exit_code == 3


def test_ctrl_c_keeps_what_was_decided(tmp_path: Path) -> None:
    session = Session((NAME,), Scripted(KeyboardInterrupt(), after=20), CONFIG)
    journal = sessions.open_journal(tmp_path, session)
    session.run(journal)
    journal.close()
    found = session.results()
    assert (found.exit_code, found.stopped) == (4, "interrupted")
    assert found.verdicts
    assert found.operations[0].state == "stopped"
    assert len(found.operations[0].rules) > 20
    assert (found.operations[0].requests, found.requests) == (21, 21)
    past = sessions.resume(tmp_path)
    assert past is not None
    assert past.verdicts == redacted(found).verdicts


def test_operations_that_were_not_reached_are_told_of_with_their_rules() -> None:
    later = "connect.CreateContact"
    session = Session((NAME, later, "sqs.Nope"), Scripted(KeyboardInterrupt(), after=5), CONFIG)
    session.run()
    first, second, third = session.results().operations
    assert [one.state for one in (first, second, third)] == ["stopped"] * 3
    assert second.reason == "stopped before its end: interrupted"
    assert f"{later}/input/Channel/enum" in second.rules
    assert (second.requests, third.rules) == (0, ())


def test_a_budget_stops_the_run_with_exit_4() -> None:
    target = Scripted(Response(500), after=1000)
    found = ran(target, replace(CONFIG, max_requests=10)).results()
    assert (found.exit_code, found.stopped, target.count, found.requests) == (4, "budget", 10, 10)


def test_the_budget_is_for_this_part_of_the_run() -> None:
    meter = Meter(2, before=10)
    meter()
    meter()
    with pytest.raises(BudgetSpentError):
        meter()
    assert meter.total == 12


def test_a_stopped_run_resumes_without_sending_anything_twice(tmp_path: Path) -> None:
    whole = ran(Scripted(Response(500), after=10_000)).results()
    target = Scripted(KeyboardInterrupt(), after=30)
    session = Session((NAME,), target, CONFIG)
    journal = sessions.open_journal(tmp_path, session)
    session.run(journal)
    journal.close()
    past = sessions.resume(tmp_path)
    again = Session((NAME,), Scripted(Response(500), after=10_000), CONFIG, past=past)
    journal = sessions.open_journal(tmp_path, again)
    again.run(journal)
    journal.close()
    found = again.results()
    assert keys(found) == keys(whole)
    assert found.exit_code == whole.exit_code
    assert past is not None
    assert not {v.case for v in past.verdicts} & {
        v.case for v in found.verdicts[len(past.verdicts) :]
    }


def keys(found: Results) -> list[tuple[str, str, str, str]]:
    return sorted((v.case, v.rule, v.verdict, v.reason) for v in found.verdicts)


def test_a_finished_journal_sends_nothing_more(tmp_path: Path) -> None:
    session = Session((NAME,), Scripted(Response(500), after=10_000), CONFIG)
    journal = sessions.open_journal(tmp_path, session)
    session.run(journal)
    journal.close()
    target = Scripted(Response(500))
    again = Session((NAME,), target, CONFIG, past=sessions.resume(tmp_path))
    again.run()
    assert target.count == 0
    assert keys(again.results()) == keys(session.results())


def test_the_same_seed_has_the_same_results() -> None:
    first, second = (ran(Scripted(Response(500), after=10_000)).results() for _ in range(2))
    assert keys(first) == keys(second)


def test_a_journal_of_another_run_is_not_continued(tmp_path: Path) -> None:
    session = Session((NAME,), Scripted(KeyboardInterrupt(), after=3), CONFIG)
    journal = sessions.open_journal(tmp_path, session)
    session.run(journal)
    journal.close()
    other = Session(
        (NAME,),
        Scripted(Response(500)),
        replace(CONFIG, examples=3),
        past=sessions.resume(tmp_path),
    )
    with pytest.raises(UsageError, match="examples: 0 then, 3 now"):
        sessions.open_journal(tmp_path, other)


def test_the_seed_is_given_or_that_of_the_past_or_new() -> None:
    assert sessions.seeded(Config(seed=4)).seed == 4
    one, two = sessions.seeded(Config()).seed, sessions.seeded(Config()).seed
    assert one is not None
    assert one != two


def test_times_come_from_the_clock_that_is_handed_in() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    found = Session((NAME,), Scripted(Response(500)), CONFIG, clock=lambda: at).results()
    assert found.started == found.finished == "2026-01-02T03:04:05.000+00:00"


def test_aws_is_refused_where_no_account_is_allowed() -> None:
    with pytest.raises(UsageError, match="no account is allowed"):
        sessions.open_target(Config(target="aws"))


# ---------------------------------------------------------------- reports


def test_every_report_is_written_and_nothing_half(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    paths = sessions.write_reports(results(verdict("fail")), folder)
    assert [path.name for path in paths] == [
        "results.json", "report.html", "junit.xml", "summary.md",
    ]  # fmt: skip
    assert sorted(folder.iterdir()) == sorted(paths)
    assert load_results(paths[0]).verdicts == (verdict("fail"),)


def test_a_place_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        sessions.write_reports(results(), tmp_path / "file" / "folder")
    session = Session((NAME,), Scripted(Response(500)), CONFIG)
    with pytest.raises(UsageError, match="cannot be written"):
        sessions.open_journal(tmp_path / "file", session)

"""The journal: whole exchanges or nothing, whatever happens to the process."""

from __future__ import annotations

import json
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import IO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from aws_conformance.events import (
    Event,
    Judged,
    OperationFinished,
    OperationStarted,
    Stopped,
    SuiteProblem,
)
from aws_conformance.journal import Header, Journal, check_fits, read
from aws_reports.results import Evidence, Message, OperationResult, Outcome, Verdict
from aws_specs.errors import UsageError
from aws_specs.spec import ModelSource, PageSource, ProtocolSource

HEADER = Header(
    tool="t", sdk="s", specs="d", operations=("a.B", "a.C"), target="emulator", source="both",
    only=("valid",), examples=0, seed=3, strict=False, confidence=0.75, region="r",
    started="2026-01-01T00:00:00.000+00:00",
)  # fmt: skip


def verdict(case: str, outcome: Outcome = "pass", operation: str = "a.B") -> Verdict:
    return Verdict(
        case=case, operation=operation, rule=f"{operation}/input/N/length", kind="length",
        member="N", verdict=outcome, reason="r", expected="e", observed="o",
        source=ModelSource("m", "s", "t"), case_kind="invalid",
    )  # fmt: skip


def result(name: str = "a.B", state: str = "decided") -> OperationResult:
    return OperationResult(operation=name, state=state, rules=("r",), kinds={"r": "length"})


def judged(case: str, count: int = 2) -> Judged:
    return Judged(case, tuple(verdict(case) for _ in range(count)))


def write(path: Path, events: Iterable[Event], header: Header = HEADER) -> None:
    journal = Journal.new(path, header)
    for number, event in enumerate(events, start=1):
        journal.write(event, number)
    journal.close()


EVENTS: tuple[Event, ...] = (
    OperationStarted("a.B", 3),
    judged("c1"),
    judged("c2", 3),
    SuiteProblem("a.B", "c3", "cannot be sent"),
    OperationFinished(result()),
    OperationStarted("a.C", 3),
    Judged("c1", (verdict("c1", "fail", "a.C"),)),
)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, EVENTS)
    past = read(path)
    assert past is not None
    assert past.header == HEADER
    assert [v.case for v in past.verdicts] == ["c1", "c1", "c2", "c2", "c2", "c1"]
    assert past.finished == (result(),)
    assert past.decided == {"a.B": frozenset({"c1", "c2"}), "a.C": frozenset({"c1"})}
    assert past.sent == len(EVENTS)
    assert past.length == path.stat().st_size


def test_a_line_a_verdict_with_the_keys_of_the_results_file(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, [judged("c1", 3)])
    header, *lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert header["line"] == "header"
    assert [line["line"] for line in lines] == ["verdict"] * 3
    keys = {"case", "operation", "rule", "kind", "member", "verdict", "reason", "expected",
            "observed", "source"}  # fmt: skip
    assert all(keys <= set(line) for line in lines)


class Calls(BytesIO):
    """A file that remembers its writes one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[bytes] = []

    def write(self, data: bytes) -> int:  # type: ignore[override]  # bytes are all it gets
        self.calls.append(data)
        return super().write(data)


def test_all_verdicts_of_an_exchange_leave_in_one_write() -> None:
    file: IO[bytes] = Calls()
    Journal(file).write(judged("c1", 4), 1)
    assert isinstance(file, Calls)
    assert [call.count(b"\n") for call in file.calls] == [4]


def test_a_verdict_is_in_the_file_before_the_journal_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal.new(path, HEADER)
    journal.write(judged("c1"), 1)
    past = read(path)
    journal.close()
    assert past is not None
    assert "c1" in past.decided["a.B"]


@given(st.data())
@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_cut_anywhere_it_is_read_and_continued_to_the_same_end(
    tmp_path: Path, data: st.DataObject
) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, EVENTS)
    whole = path.read_bytes()
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    past = read(path)
    if past is None:
        assert b"\n" not in path.read_bytes()
        return
    done = past.decided
    left = [
        event
        for event in EVENTS
        if not (isinstance(event, Judged) and event.case in done.get(_name(event), ()))
        and not (isinstance(event, OperationFinished) and event.result in past.finished)
        and not isinstance(event, SuiteProblem)
    ]
    journal = Journal.reopened(path, past)
    for event in left:
        journal.write(event, 9)
    journal.close()
    again, full = read(path), None
    path.write_bytes(whole)
    full = read(path)
    assert again is not None
    assert full is not None
    assert sorted(again.verdicts, key=repr) == sorted(full.verdicts, key=repr)
    assert again.finished == full.finished


def _name(event: Judged) -> str:
    return event.verdicts[0].operation


def test_an_exchange_that_is_not_all_there_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, [judged("c1", 2), judged("c2", 3)])
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    past = read(path)
    assert past is not None
    assert past.decided == {"a.B": frozenset({"c1"})}
    assert past.length == len(b"".join(lines[:3]))


def test_the_case_that_was_judged_is_what_is_decided(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, [Judged("a~sequence", (verdict("a~sequence-1"), verdict("a~sequence-2")))])
    past = read(path)
    assert past is not None
    assert past.decided == {"a.B": frozenset({"a~sequence"})}
    assert [v.case for v in past.verdicts] == ["a~sequence-1", "a~sequence-2"]


def test_a_case_that_says_nothing_new_is_decided_too(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, [OperationStarted("a.C", 1), Judged("c1", ())])
    past = read(path)
    assert past is not None
    assert past.decided == {"a.C": frozenset({"c1"})}


@pytest.mark.parametrize("state", ["stopped", "error"])
def test_an_operation_that_ended_with_the_run_is_not_finished(tmp_path: Path, state: str) -> None:
    path = tmp_path / "journal.jsonl"
    ended = OperationFinished(result("a.C", state))
    write(path, [OperationFinished(result()), ended, Stopped("budget")])
    past = read(path)
    assert past is not None
    assert [one.operation for one in past.finished] == ["a.B"]


def test_stopping_by_hand_leaves_finished_operations_finished(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, [OperationFinished(result()), judged("c9"), Stopped("interrupted")])
    past = read(path)
    assert past is not None
    assert len(past.finished) == 1
    assert "c9" in past.decided["a.B"]


def test_no_journal_and_an_empty_one_are_nothing_to_resume(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    assert read(path) is None
    path.write_bytes(b"")
    assert read(path) is None
    path.write_bytes(b'{"line":"header","tool"')
    assert read(path) is None


@pytest.mark.parametrize(
    "first", [b"hello", b"[]", b"{}", b'{"line":"header","version":9}', b"\xff", b"3"]
)
def test_another_file_is_no_journal(tmp_path: Path, first: bytes) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(first + b"\n")
    with pytest.raises(UsageError, match="not a journal"):
        read(path)


def test_a_changed_line_in_the_middle_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, [judged("c1", 1), judged("c2", 1)])
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"{oops}\n" + lines[2])
    with pytest.raises(UsageError, match="jsonl:2"):
        read(path)


def test_a_folder_in_its_place_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path)


# ---------------------------------------------------------------- what fits


def test_the_same_run_at_another_time_fits() -> None:
    check_fits(HEADER, replace(HEADER, started="later"), Path("j"))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("target", "http://x", "target: emulator then, http://x now"),
        ("seed", 4, "seed: 3 then, 4 now"),
        ("operations", ("a.B",), "operations: a.B, a.C then, a.B now"),
        ("only", ("valid", "invalid"), "only: valid then, valid, invalid now"),
        ("specs", "e", "specs: d then, e now"),
        ("bindings", {"a.N": "1"}, "bindings: {} then"),
        ("strict", True, "strict: False then, True now"),
        ("protocol", "query", "protocol:  then, query now"),
        ("sdk", "botocore 2", "sdk: s then, botocore 2 now"),
    ],
)
def test_another_run_does_not_fit_and_what_differs_is_said(
    field: str, value: object, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        check_fits(HEADER, replace(HEADER, **{field: value}), Path("j"))
    assert said in str(caught.value)
    assert str(caught.value).count(" then, ") == 1


# ---------------------------------------------------------------- what must never be in it


def test_credentials_never_reach_the_file(tmp_path: Path) -> None:
    secret = "wJalrXUtnFEMI-K7MDENG-SECRET"
    headers = (("Authorization", secret), ("X-Amz-Security-Token", secret))
    request = Message(start="PUT /", headers=headers, body=f'{{"SecretAccessKey": "{secret}"}}')
    spoken = replace(verdict("c1", "fail"), evidence=Evidence(request=request))
    path = tmp_path / "journal.jsonl"
    write(path, [Judged("c1", (spoken,))])
    assert secret not in path.read_text()


TEXT = st.text(st.characters(categories=None), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
SOURCES = st.one_of(
    st.builds(ModelSource, TEXT, TEXT, TEXT),
    st.builds(PageSource, TEXT, st.integers(0, 9999), TEXT),
    st.builds(ProtocolSource, TEXT, TEXT, st.sampled_from(["N", "C", "O"])),
)


@given(observed=TEXT, old=JSON, new=JSON, source=SOURCES)
@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_a_target_says_the_journal_stays_readable(
    tmp_path: Path, observed: str, old: object, new: object, source: ModelSource
) -> None:
    path = tmp_path / "journal.jsonl"
    spoken = replace(verdict("c1", "fail"), observed=observed, old=old, new=new, source=source)
    write(path, [Judged("c1", (spoken,)), judged("c2", 1)])
    past = read(path)
    assert past is not None
    assert [v.case for v in past.verdicts] == ["c1", "c2"]

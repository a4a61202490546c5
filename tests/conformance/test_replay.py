"""Recordings: what is kept, what is not, and that judging them again says the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_conformance.bootstrap import Bootstrap
from aws_conformance.emulator import emulator_target
from aws_conformance.events import Judged, OperationFinished
from aws_conformance.exchange import Answer, Request, Response, Silence, Target
from aws_conformance.recording import (
    BoundLine,
    Key,
    RecordedExchange,
    Recorder,
    Recording,
    RecordingHeader,
    key_of,
    read,
    recorded,
)
from aws_conformance.runner import Settings, run
from aws_conformance.targets import open_target
from aws_conformance.targets.recording import RecordingTarget, ReplayTarget
from aws_reports.results import Verdict
from aws_specs.catalog import load
from aws_specs.errors import UsageError
from aws_strategies.case import Case
from aws_strategies.cover import Cover
from aws_strategies.plan import Plan
from tests_support import miniatures as m

NAME = "connect.CreateParticipant"
SETTINGS = Settings(examples=4, seed=11)


def header(bindings: Mapping[str, str]) -> RecordingHeader:
    return RecordingHeader(
        tool="t", sdk="s", target="somewhere", operations=(NAME,), source="both",
        only=SETTINGS.only, examples=4, seed=11, confidence=0.75, region="",
        bindings=dict(bindings),
    )  # fmt: skip


def verdicts(target: Target, names: list[str] | None = None) -> list[Verdict]:
    events = run(names or [NAME], target, SETTINGS)
    return [v for event in events if isinstance(event, Judged) for v in event.verdicts]


def record(target: Target, file: Path, names: list[str] | None = None) -> list[Verdict]:
    recording = RecordingTarget(target, Recorder.new(file, header(target.bindings)))
    found = verdicts(recording, names)
    recording.close()
    return found


def said(found: list[Verdict]) -> list[tuple[Any, ...]]:
    return [
        (v.case, v.rule, v.verdict, v.reason, v.row, v.observed, v.confirmed, v.flaky)
        for v in found
    ]


@pytest.mark.parametrize(
    "target",
    [
        lambda: emulator_target(),
        lambda: emulator_target(faults=(f"{NAME}/input/ParticipantDetails/required",)),
        lambda: m.without("ParticipantId"),
        lambda: m.always(500, b"<html>\xff"),
    ],
    ids=["conforming", "one fault", "answer lacks a member", "always 500"],
)
def test_a_recording_judged_again_has_the_same_verdicts(target: Any, tmp_path: Path) -> None:
    first = record(target(), tmp_path / "x.jsonl")
    assert first
    again = verdicts(open_target(f"replay:{tmp_path / 'x.jsonl'}"))
    assert said(again) == said(first)


def test_what_bootstrap_made_is_recorded_with_the_exchanges(tmp_path: Path) -> None:
    names = ["sqs.GetQueueAttributes", "sqs.DeleteQueue"]
    moto = open_target("moto")
    recording = RecordingTarget(moto, Recorder.new(tmp_path / "x", header({})))
    bootstrap = Bootstrap(recording, SETTINGS)
    events = list(run(names, recording, SETTINGS, bootstrap=bootstrap))
    recording.close()
    first = [v for event in events if isinstance(event, Judged) for v in event.verdicts]
    assert {v.verdict for v in first} >= {"pass", "fail"}
    again = verdicts(open_target(f"replay:{tmp_path / 'x'}"), names)
    assert said(again) == said(first)


def test_the_evidence_of_a_replayed_finding_is_the_recorded_request(tmp_path: Path) -> None:
    target = emulator_target(faults=(f"{NAME}/input/ParticipantDetails/required",))
    first = [v for v in record(target, tmp_path / "x") if v.verdict == "fail"]
    again = [v for v in verdicts(open_target(f"replay:{tmp_path / 'x'}")) if v.verdict == "fail"]
    assert first
    assert [v.evidence for v in again] == [v.evidence for v in first]


def test_what_was_not_recorded_is_inconclusive_and_never_a_finding(tmp_path: Path) -> None:
    record(emulator_target(), tmp_path / "x.jsonl")
    other = "connect.CreateContact"
    found = verdicts(open_target(f"replay:{tmp_path / 'x.jsonl'}"), [other])
    assert found
    assert {(v.verdict, v.reason) for v in found} == {("inconclusive", "not-recorded")}


def test_an_operation_that_was_not_recorded_says_so(tmp_path: Path) -> None:
    record(emulator_target(), tmp_path / "x.jsonl")
    events = run(["connect.CreateContact"], open_target(f"replay:{tmp_path / 'x.jsonl'}"), SETTINGS)
    results = [event.result for event in events if isinstance(event, OperationFinished)]
    assert [result.reason.partition(":")[0] for result in results] == ["not-recorded"]


def test_a_case_whose_request_has_changed_is_not_recorded(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    record(emulator_target(), file)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    for line in lines:
        if line.get("case") == f"{NAME}~control":
            line["content"] = "of-another-request"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = verdicts(open_target(f"replay:{file}"))
    assert {v.reason for v in found if v.case == f"{NAME}~control"} == {"not-recorded"}
    assert not [v for v in found if v.verdict == "fail"]


def test_a_finding_that_new_rules_make_is_marked_as_not_confirmed(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    record(emulator_target(faults=(f"{NAME}/input/ParticipantDetails/required",)), file)
    seen: set[str] = set()
    kept: list[str] = []
    for line in file.read_text().splitlines():
        case = json.loads(line).get("case", "")
        if not case or case not in seen:
            kept.append(line)
        seen.add(case)
    file.write_text("\n".join(kept) + "\n")
    found = [v for v in verdicts(open_target(f"replay:{file}")) if v.verdict == "fail"]
    assert found
    assert {(v.confirmed, v.flaky) for v in found} == {(False, False)}


SECRETS = ("SECRETKEY", "SIGNATURE", "SESSIONTOKEN", "COOKIE")


def test_credentials_are_removed_before_anything_is_written(tmp_path: Path) -> None:
    request = Request(
        "POST",
        "/?X-Amz-Signature=SIGNATURE&Action=Do",
        (
            ("Authorization", "AWS4-HMAC-SHA256 Credential=A/B, Signature=SIGNATURE"),
            ("X-Amz-Security-Token", "SESSIONTOKEN"),
            ("X-Kept", "yes"),
        ),
        b'{"kept": 1}',
        "sts",
        "sts.AssumeRole",
    )
    body = b'{"SecretAccessKey": "SECRETKEY", "SessionToken": "SESSIONTOKEN", "kept": 2}'
    answer = Response(200, (("Set-Cookie", "COOKIE"),), body)
    recorder = Recorder.new(tmp_path / "x", header({}))
    recorder.write(recorded(Key("sts.AssumeRole", "c", "d"), "http://x", request, answer))
    recorder.close()
    text = (tmp_path / "x").read_text()
    assert not [secret for secret in SECRETS if secret in text]
    exchange = read(tmp_path / "x").exchanges[0]
    assert dict(exchange.request.headers)["X-Kept"] == "yes"
    assert isinstance(exchange.answer, Response)
    assert json.loads(exchange.answer.body)["kept"] == 2


TEXTS = st.text(max_size=20)
HEADERS = st.lists(st.tuples(TEXTS, TEXTS), max_size=3).map(tuple)
ANSWERS = st.one_of(
    st.builds(Response, st.integers(100, 599), HEADERS, st.binary(max_size=40)),
    st.builds(Silence, st.sampled_from(["timeout", "hangup", "crash"]), TEXTS),
)


@given(body=st.binary(max_size=40), path=TEXTS, answer=ANSWERS)
def test_exchanges_come_back_as_they_were(body: bytes, path: str, answer: Answer) -> None:
    request = Request("POST", f"/{path}", (("A", "b"),), body, "sqs", "sqs.CreateQueue")
    line = recorded(Key("sqs.CreateQueue", "c", "d"), "http://x", request, answer)
    back = ReplayTarget(Recording(header=header({}), exchanges=(line,)))
    found, came = back.send_case(Key("sqs.CreateQueue", "c", "d"), request)
    assert (found.body, found.headers) == (request.body, request.headers)
    assert came == answer
    assert back.send_case(Key("sqs.CreateQueue", "c", "d"), request)[1] == Silence(
        "not-recorded", "no exchange of c is left"
    )


def test_idempotency_tokens_are_no_part_of_what_a_case_is_found_by() -> None:
    operation = load(NAME)
    plan = Plan(operation, bindings={})
    one = Cover(plan, nonce="1").control
    other = Cover(plan, nonce="2").control
    assert one.params != other.params
    assert key_of(operation, one) == key_of(operation, other)
    changed: Any = {**one.params, "ContactId": "another"}
    assert key_of(operation, Case(id=one.id, operation=NAME, kind="control", params=changed)) != (
        key_of(operation, one)
    )


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "x"
    record(emulator_target(), file)
    whole = read(file)
    file.write_bytes(file.read_bytes()[:-20])
    assert read(file).exchanges == whole.exchanges[:-1]


def test_the_recording_of_a_resumed_run_goes_on_behind_its_last_whole_line(tmp_path: Path) -> None:
    file = tmp_path / "x"
    recorder = Recorder.new(file, header({}))
    recorder.write(BoundLine("a.B", {"a.B.C": "1"}))
    recorder.close()
    with file.open("ab") as torn:
        torn.write(b'{"line":"exch')
    recorder = Recorder.continued(file, header({}))
    recorder.write(BoundLine("a.B", {"a.B.D": "2"}))
    recorder.close()
    assert read(file).bound == {"a.B": {"a.B.C": "1", "a.B.D": "2"}}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}\n",
        b"not json\n",
        b"\xff\xfe\n",
        b'{"line":"bound","operation":"a","bindings":{}}\n',
    ],
)
def test_a_file_that_is_no_recording_is_a_usage_error(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(content)
    with pytest.raises(UsageError, match="x"):
        open_target(f"replay:{file}")


def test_a_recording_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        open_target(f"replay:{tmp_path / 'none'}")


def test_a_recording_of_values_with_lone_surrogates_can_be_read(tmp_path: Path) -> None:
    recorder = Recorder.new(tmp_path / "x", header({"a.B": "\ud800"}))
    recorder.close()
    assert read(tmp_path / "x").header.bindings == {"a.B": "\ud800"}


def test_the_request_of_a_recorded_exchange_names_its_service() -> None:
    line = RecordedExchange(
        operation="sqs.SendMessage", case="c", content="d", endpoint="http://x", method="POST",
        path="/",
    )  # fmt: skip
    assert (line.request.service, line.request.operation) == ("sqs", "sqs.SendMessage")

"""A real account, played on loopback: nothing it did not allow, and nothing left behind."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from aws_conformance.cli import main
from aws_conformance.exchange import Answer, Request, Response
from aws_conformance.hazards import hazard, off, reads
from aws_conformance.resources import (
    Removal,
    ResourceJournal,
    ResourcesHeader,
    Thing,
    left_in,
)
from aws_conformance.targets import Rate
from aws_conformance.targets.limiting import SLOWEST, throttled
from aws_reports import load_results
from aws_specs.errors import UsageError
from tests_support import account as accounts
from tests_support import miniatures
from tests_support.account import ACCOUNT, Account

ALLOWED = ("--target", "aws", "--profile", "sandbox", "--allow-account", ACCOUNT)
QUICK = ("--examples", "0", "--seed", "7", "--rate", "100000", "-q")


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.chdir(tmp_path)
    played = Account()
    played.profile(tmp_path)
    yield played
    played.close()


def call(*args: str) -> Result:
    return CliRunner().invoke(main, args, prog_name="aws-conformance")


def resources() -> tuple[Thing, ...]:
    return left_in(Path("conformance-report/resources.jsonl"))[1]


# ---------------------------------------------------------------- before anything is sent


def test_no_account_is_used_that_was_not_allowed(account: Account) -> None:
    result = call("run", "sqs.CreateQueue", "--target", "aws", "--profile", "sandbox")
    assert (result.exit_code, account.heard) == (2, [])
    other = ("--allow-account", "999999999999")
    result = call("run", "sqs.CreateQueue", "--target", "aws", "--profile", "sandbox", *other)
    assert result.exit_code == 3
    assert [name for name, _ in account.heard] == ["GetCallerIdentity"]


def test_every_request_is_signed_with_the_profiles_credentials(account: Account) -> None:
    call("run", "sqs.ListQueueTags", *ALLOWED, *QUICK, "--only", "invalid")
    assert account.names
    assert account.refused == []


def test_hazardous_operations_are_off_unless_they_are_named(account: Account) -> None:
    result = call("run", "sqs.Delete*", *ALLOWED, *QUICK)
    assert result.exit_code == 2
    assert "off: sqs.DeleteQueue takes away or stops what is there" in result.stderr
    assert account.names == []
    call("run", "sqs.DeleteQueue", *ALLOWED, *QUICK, "--only", "invalid")
    assert set(account.names) == {"DeleteQueue"}


def test_a_dry_run_says_what_each_request_may_do_and_sends_nothing(account: Account) -> None:
    result = call("run", "sqs.CreateQueue", *ALLOWED, "--dry-run", "--examples", "0")
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    control = next(line for line in lines if line[2] == "sqs.CreateQueue~control")
    assert control[3] == "makes queue: removed by sqs.DeleteQueue"
    assert {line[3] for line in lines if "/type~" in line[2]} == {"is refused"}
    assert account.heard == []


def test_a_dry_run_of_invalid_requests_lists_no_other(account: Account) -> None:
    result = call("run", "sqs.CreateQueue", *ALLOWED, "--dry-run", "--only", "invalid")
    assert {line.split("\t")[3] for line in result.stdout.splitlines()} == {"is refused"}


# ---------------------------------------------------------------- only invalid


def test_only_invalid_sends_nothing_a_conforming_service_would_accept(account: Account) -> None:
    call("run", "sqs.CreateQueue", *ALLOWED, "--only", "invalid", "--examples", "5",
         "--seed", "7", "--rate", "100000", "-q")  # fmt: skip
    results = load_results(Path("conformance-report/results.json"))
    assert account.names
    assert account.queues == set()
    assert {v.case_kind for v in results.verdicts} == {"invalid"}
    assert {v.reason for v in results.verdicts if v.verdict == "inconclusive"} <= {"no-twin"}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("sdb.ListDomains", "wants Signature Version 2, not 4"),
        ("codecatalyst.ListSpaces", "wants a bearer's token"),
        ("lexv2-runtime.StartConversation", "is an event stream"),
    ],
)
def test_what_is_not_spoken_is_not_sent_and_says_why(account: Account, name: str, why: str) -> None:
    result = call("run", name, *ALLOWED, *QUICK)
    (operation,) = load_results(Path("conformance-report/results.json")).operations
    assert (operation.state, operation.requests) == ("undecided", 0)
    assert operation.reason.startswith("not-spoken: ")
    assert why in operation.reason
    assert why in result.output
    assert account.names == []
    assert result.exit_code == 3
    planned = call("run", name, *ALLOWED, "--dry-run")
    assert planned.stdout == f"(not sent)\t-\t{name}\t{operation.reason}\n"
    assert "0 requests" in planned.stderr


def test_what_targets_without_signatures_are_sent_is_in_the_dry_run() -> None:
    planned = call("run", "sdb.ListDomains", "--target", "http://127.0.0.1:9", "--dry-run")
    assert "sdb.ListDomains~control" in planned.stdout
    planned = call("run", "lexv2-runtime.StartConversation", "--dry-run")
    assert "is an event stream" in planned.stdout


def test_a_right_refusal_that_depends_on_the_fault_passes_without_a_twin(
    account: Account,
) -> None:
    result = call("run", "sqs.CreateQueue", *ALLOWED, *QUICK, "--only", "invalid")
    results = load_results(Path("conformance-report/results.json"))
    passed = [v for v in results.verdicts if v.verdict == "pass" and v.case_kind == "invalid"]
    assert {v.reason for v in passed if v.kind != "error"} == {"refused-without-twin"}
    assert "sqs.CreateQueue/input/QueueName/required" in {v.rule for v in passed}
    assert (result.exit_code, account.queues) == (0, set())


def test_strict_leaves_every_refusal_without_a_twin_open(account: Account) -> None:
    result = call("run", "sqs.CreateQueue", *ALLOWED, *QUICK, "--only", "invalid", "--strict")
    results = load_results(Path("conformance-report/results.json"))
    assert {(v.verdict, v.reason) for v in results.verdicts} == {("inconclusive", "no-twin")}
    assert result.exit_code == 3


@pytest.mark.parametrize(
    ("code", "reasons"),
    [
        ("InvalidParameterValue", {"indiscriminate"}),
        ("QueueDoesNotExist", {"no-twin"}),
        ("AccessDenied", {"no-twin"}),
        ("ThrottlingException", {"throttled"}),
    ],
)
def test_an_account_that_answers_everything_alike_passes_nothing(
    account: Account, code: str, reasons: set[str]
) -> None:
    status = 403 if code == "AccessDenied" else 400
    account.before = lambda name, params: accounts._error(status, code)
    result = call("run", "sqs.CreateQueue", *ALLOWED, *QUICK, "--only", "invalid")
    results = load_results(Path("conformance-report/results.json"))
    assert {v.reason for v in results.verdicts if v.verdict == "inconclusive"} == reasons
    assert not [v for v in results.verdicts if v.verdict in ("pass", "fail")]
    assert result.exit_code == 3


def test_a_wrong_status_that_is_a_habit_passes_no_rule_without_a_twin(account: Account) -> None:
    account.before = lambda name, params: accounts._error(422, "InvalidParameterValue")
    call("run", "sqs.CreateQueue", *ALLOWED, *QUICK, "--only", "invalid")
    results = load_results(Path("conformance-report/results.json"))
    assert not [v for v in results.verdicts if v.verdict == "pass"]
    assert {v.reason for v in results.verdicts if v.verdict == "fail"} == {"wrong-status"}


def test_an_accepted_fault_is_a_finding_without_a_twin(account: Account) -> None:
    account.before = lambda name, params: accounts._json(200, {"QueueUrl": "http://q"})
    result = call("run", "sqs.CreateQueue", *ALLOWED, *QUICK, "--only", "invalid")
    results = load_results(Path("conformance-report/results.json"))
    assert result.exit_code == 1
    assert {v.reason for v in results.verdicts if v.verdict == "fail"} == {"accepted-invalid"}


def test_what_an_accepted_fault_has_made_is_removed(account: Account) -> None:
    made: list[str] = []

    def lax(name: str, params: dict[str, Any]) -> Any:
        if name != "CreateQueue" or not isinstance(params.get("QueueName"), str):
            return None
        made.append(params["QueueName"])
        return account._create("made-anyway")

    account.before = lax
    result = call("run", "sqs.CreateQueue", *ALLOWED, *QUICK, "--only", "invalid")
    assert (result.exit_code, bool(made)) == (1, True)
    assert "DeleteQueue" in account.names
    assert (account.queues, resources()) == (set(), ())


def test_what_was_perhaps_made_is_listed_and_not_removed(account: Account) -> None:
    account.before = lambda name, params: (
        accounts._error(500, "InternalFailure") if name == "CreateQueue" else None
    )
    call("run", "sqs.CreateQueue", *ALLOWED, *QUICK, "--only", "invalid")
    assert set(account.names) == {"CreateQueue"}
    assert resources()
    assert not any(thing.sure for thing in resources())


def test_the_recording_of_invalid_requests_alone_has_the_same_verdicts(account: Account) -> None:
    first = call("run", "sqs.CreateQueue", *ALLOWED, "--only", "invalid", "--examples", "3",
                 "--seed", "7", "--rate", "100000", "-q", "--record", "x.jsonl")  # fmt: skip
    then = load_results(Path("conformance-report/results.json"))
    again = call("run", "--target", "replay:x.jsonl", "-q", "-o", "again")
    now = load_results(Path("again/results.json"))
    assert (again.exit_code, first.exit_code) == (0, 0)
    assert [(v.case, v.rule, v.verdict, v.reason) for v in now.verdicts] == [
        (v.case, v.rule, v.verdict, v.reason) for v in then.verdicts
    ]


# ---------------------------------------------------------------- what valid cases make


def test_what_valid_cases_make_is_removed(account: Account) -> None:
    call("run", "sqs.CreateQueue", *ALLOWED, *QUICK, "--only", "valid")
    assert "CreateQueue" in account.names
    assert account.queues == set()
    assert resources() == ()


def test_what_cannot_be_removed_is_listed_and_cleaned_up_later(account: Account) -> None:
    account.before = lambda name, params: (
        accounts._json(500, {"__type": "InternalFailure"}) if name == "DeleteQueue" else None
    )
    result = call("run", "sqs.CreateQueue", *ALLOWED, *QUICK, "--only", "valid")
    assert account.queues
    assert "left behind, see conformance-report/resources.jsonl" in result.stderr
    assert "sqs.DeleteQueue is answered 500 InternalFailure" in result.stderr
    assert len(resources()) == len(account.queues)
    listed = call("cleanup", "conformance-report", "--list")
    assert listed.stdout.count("sqs.CreateQueue") == len(account.queues)
    kept = call("cleanup", "conformance-report", "--allow-account", ACCOUNT)
    assert kept.exit_code == 1
    account.before = lambda name, params: None
    done = call("cleanup", "conformance-report", "--allow-account", ACCOUNT)
    assert (done.exit_code, account.queues, resources()) == (0, set(), ())
    assert call("cleanup", "conformance-report").stderr == "nothing is left\n"


def test_a_crash_leaves_a_journal_that_cleanup_needs_nothing_else_for(account: Account) -> None:
    account.queues.add(f"{account.url}/{ACCOUNT}/made")
    journal = ResourceJournal.new(
        Path("resources.jsonl"), ResourcesHeader(target="aws", account=ACCOUNT, profile="sandbox")
    )
    number = journal.creating("sqs.CreateQueue", {"QueueName": "made"}, None)
    params = {"QueueUrl": f"{account.url}/{ACCOUNT}/made"}
    journal.created(number, tuple(params.values()), Removal("sqs.DeleteQueue", params))
    journal.creating("sqs.CreateQueue", {"QueueName": "perhaps"}, None)
    journal.close()
    with Path("resources.jsonl").open("ab") as file:
        file.write(b'{"line":"crea')
    result = call("cleanup", "resources.jsonl", "--allow-account", ACCOUNT)
    assert result.exit_code == 1, result.output
    assert account.queues == set(), result.output
    assert result.stdout == (
        "perhaps: sqs.CreateQueue: asked for as perhaps: nobody knows whether it was made; "
        "no request is known that removes it\n"
    )


def test_what_never_left_is_not_said_to_be_left_behind(account: Account) -> None:
    url = "http://127.0.0.1:9"
    refused = call("run", "sqs.CreateQueue", "--target", url, "--bootstrap", *QUICK)
    assert "left behind" not in refused.output
    spent = call("run", "sqs.CreateQueue", *ALLOWED, *QUICK, "--max-requests", "1", "-o", "spent")
    assert "perhaps" not in spent.output


def test_a_killed_run_leaves_a_journal_and_cleanup_removes_what_it_made(
    account: Account, tmp_path: Path
) -> None:
    process: list[subprocess.Popen[bytes]] = []

    def killing(name: str, params: dict[str, Any]) -> Any:
        if name == "DeleteQueue" and process:
            process.pop().kill()  # SIGKILL: nothing of the run's own can tidy up
            return accounts._error(500, "InternalFailure")
        return None

    account.before = killing
    command = [sys.executable, "-m", "aws_conformance", "run", "sqs.CreateQueue"]
    run = subprocess.Popen([*command, *ALLOWED, *QUICK, "--only", "valid"], cwd=tmp_path)
    process.append(run)
    assert run.wait(120) == -9
    left = set(account.queues)
    assert left
    assert {name for thing in resources() for name in thing.names} >= left
    done = call("cleanup", "conformance-report", "--allow-account", ACCOUNT)
    assert (done.exit_code, account.queues, resources()) == (0, set(), ()), done.output


def test_cleanup_touches_no_other_account_than_the_journals(account: Account) -> None:
    header = ResourcesHeader(target="aws", account="999999999999", profile="sandbox")
    journal = ResourceJournal.new(Path("resources.jsonl"), header)
    journal.creating("sqs.CreateQueue", {}, Removal("sqs.DeleteQueue", {"QueueUrl": "x"}))
    journal.close()
    result = call("cleanup", "resources.jsonl", "--allow-account", ACCOUNT)
    assert result.exit_code == 2
    assert account.names == []


def test_a_new_run_keeps_the_journal_of_what_an_earlier_one_left(tmp_path: Path) -> None:
    file = tmp_path / "resources.jsonl"
    journal = ResourceJournal.new(file, ResourcesHeader(target="aws"))
    journal.creating("sqs.CreateQueue", {}, None)
    journal.close()
    ResourceJournal.new(file, ResourcesHeader(target="aws")).close()
    kept = [path for path in tmp_path.iterdir() if path != file]
    assert len(kept) == 1
    assert len(left_in(kept[0])[1]) == 1
    assert left_in(file)[1] == ()


def test_the_journal_of_resources_holds_no_secret(tmp_path: Path) -> None:
    file = tmp_path / "resources.jsonl"
    journal = ResourceJournal.new(file, ResourcesHeader(target="aws"))
    journal.creating("x.CreateY", {"SecretAccessKey": "hidden", "Name": "shown"}, None)
    journal.close()
    assert "hidden" not in file.read_text()
    assert "shown" in file.read_text()


@pytest.mark.parametrize("content", ["", "{}\n", "no\n", '{"line":"ended","number":1,"why":""}\n'])
def test_what_is_no_journal_of_resources_is_a_usage_error(content: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(content)
    with pytest.raises(UsageError, match="journal of resources"):
        left_in(tmp_path / "x")


# ---------------------------------------------------------------- recordings of an account


def test_the_recording_of_an_account_holds_no_credentials(account: Account) -> None:
    call("run", "sqs.CreateQueue", *ALLOWED, *QUICK, "--only", "invalid", "--record", "x.jsonl")
    text = Path("x.jsonl").read_text()
    assert json.loads(text.splitlines()[0])["line"] == "header"
    assert accounts.KEY not in text
    assert accounts.SECRET not in text
    assert "Signature=" not in text


# ---------------------------------------------------------------- hazards


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        ("DeleteTable", "takes away"),
        ("TerminateInstances", "takes away"),
        ("ScheduleKeyDeletion", "takes away"),
        ("BatchDeleteImage", "takes away"),
        ("PurchaseReservedInstancesOffering", "may cost money"),
        ("RunInstances", "may cost money"),
        ("CreateDBInstance", "may cost money"),
        ("CreateNatGateway", "may cost money"),
        ("PublishBatch", "reaches others"),
        ("SendMessage", "reaches others"),
        ("PutBucketPolicy", "changes access"),
        ("CreateAccessKey", "changes access"),
        ("AcceptHandshake", "binds"),
    ],
)
def test_a_verb_says_what_an_operation_may_do(name: str, effect: str) -> None:
    found = hazard(name)
    assert found is not None
    assert found.effect == effect


@pytest.mark.parametrize(
    "name", ["ListQueues", "DescribeDBInstances", "GetBucketPolicy", "CreateQueue", "TagQueue"]
)
def test_what_only_looks_or_makes_little_is_not_off(name: str) -> None:
    assert hazard(name) is None


def test_every_operation_of_a_deleting_verb_is_off() -> None:
    from aws_specs import sdk

    for service in ("ec2", "iam", "s3", "rds", "kms"):
        for name in sdk.service_model(service).operation_names:
            if name.startswith(("Delete", "Terminate", "Purchase", "Release", "Stop")):
                assert hazard(name) is not None
                assert not reads(name)


def test_a_glob_names_nothing() -> None:
    assert set(off(["sqs.DeleteQueue", "sqs.ListQueues"], ["sqs.*"])) == {"sqs.DeleteQueue"}
    assert off(["sqs.DeleteQueue"], ["sqs.DeleteQueue"]) == {}


# ---------------------------------------------------------------- throttling


class Answering:
    """A target that answers from a list, and knows when it was asked."""

    name = "answering"
    endpoint = "http://answering"

    def __init__(self, *answers: Response) -> None:
        self.answers = list(answers)
        self.bindings: dict[str, str] = {}

    def send(self, request: Request) -> Answer:
        return self.answers.pop(0)

    def close(self) -> None:
        return


SLOW = Response(400, (("x-amzn-errortype", "ThrottlingException"),))
FINE = Response(200)


def test_the_rate_is_halved_by_throttling_and_recovers_slowly() -> None:
    limited = Rate(Answering(SLOW, SLOW, FINE), 8.0, clock=lambda: 0.0, sleep=lambda _: None)
    rates = []
    for _ in range(3):
        limited.send(Request("GET", "/"))
        rates.append(limited.rate)
    assert rates == [4.0, 2.0, pytest.approx(2.1)]


def test_the_rate_neither_stops_nor_exceeds_what_was_asked_for() -> None:
    answers = [SLOW] * 40 + [FINE] * 200
    limited = Rate(Answering(*answers), 8.0, clock=lambda: 0.0, sleep=lambda _: None)
    rates = []
    for _ in answers:
        limited.send(Request("GET", "/"))
        rates.append(limited.rate)
    assert min(rates) == SLOWEST
    assert rates[-1] == 8.0


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (SLOW, True),
        (Response(429), True),
        (Response(503, (), b"<Error><Code>SlowDown</Code></Error>"), True),
        (Response(400, (), b'{"__type":"ProvisionedThroughputExceededException"}'), True),
        (Response(400, (), b'{"__type":"ValidationException"}'), False),
        (Response(200, (), b"ThrottlingException"), False),
    ],
)
def test_throttling_is_told_by_status_or_error(answer: Response, found: bool) -> None:
    assert throttled(answer) is found


def test_a_throttled_account_is_asked_again_later(account: Account) -> None:
    asked: list[str] = []

    def once(name: str, params: dict[str, Any]) -> Any:
        asked.append(name)
        return accounts.throttled("0") if len(asked) == 1 else None

    account.before = once
    result = call("run", "sqs.CreateQueue", *ALLOWED, *QUICK, "--only", "valid")
    assert result.exit_code in (0, 1, 3)
    assert len(asked) > 1
    assert account.queues == set()


# ---------------------------------------------------------------- signatures


def test_a_target_that_verifies_signatures_is_sent_a_wrong_and_an_expired_one(
    account: Account,
) -> None:
    """The account played here never looks how old a signature is."""
    call("run", "sqs.CreateQueue", *ALLOWED, *QUICK)
    verdicts = load_results(Path("conformance-report/results.json")).verdicts
    said = {
        verdict.rule.split("/")[2]: (verdict.verdict, verdict.reason)
        for verdict in verdicts
        if verdict.rule.endswith("-signature/protocol")
    }
    assert said == {
        "no-signature": ("pass", "refused"),
        "bad-signature": ("pass", "refused"),
        "expired-signature": ("inconclusive", "authentication-not-checked"),
    }


def test_a_target_that_looks_for_a_signature_alone_is_not_asked_about_its_content() -> None:
    emulator = miniatures.over_emulator(lambda request, response: response)
    name = "connect.CreateParticipant"
    verdicts, _ = miniatures.judged(emulator, [name])
    about = {v.rule.split("/")[2] for v in verdicts if v.rule.endswith("-signature/protocol")}
    assert about == {"no-signature"}
    assert all(v.verdict == "pass" for v in verdicts if v.kind == "protocol")

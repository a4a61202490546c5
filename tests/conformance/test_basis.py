"""Another basis: what is tried where the smallest request is refused, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from aws_conformance.basis import Supply, plans
from aws_conformance.bootstrap import Bootstrap, Graphs
from aws_conformance.config import Config
from aws_conformance.events import Event, Judged, OperationFinished
from aws_conformance.exchange import Answer, Request, Response
from aws_conformance.journal import Header, check_fits
from aws_conformance.judge import judge
from aws_conformance.matter import Matter
from aws_conformance.openings import cleared, open_bootstrap
from aws_conformance.reading import Reading
from aws_conformance.rebasing import recorded_supply, supply_of
from aws_conformance.resources import ResourceJournal, ResourcesHeader, left_in
from aws_conformance.runner import Settings, run
from aws_conformance.session import Session
from aws_conformance.targets import open_target
from aws_conformance.targets.moto import MotoTarget
from aws_conformance.undecided import reason, to_bind
from aws_reports.results import OperationResult, Verdict
from aws_specs.catalog import load
from aws_specs.errors import UsageError
from aws_strategies.case import Case, Fault
from aws_strategies.plan import Plan
from tests_support import miniatures

SETTINGS = Settings(examples=0, seed=1, only=())
GRAPHS = Graphs()


@pytest.fixture(scope="module")
def moto() -> Iterator[MotoTarget]:
    target = open_target("moto")
    assert isinstance(target, MotoTarget)
    yield target
    target.close()


class Between:
    """A target that hands everything on; `sent` is what was asked for, `stop` raises at one."""

    endpoint = "http://localhost:5000"

    def __init__(self, target: MotoTarget, stop: str = "") -> None:
        self.target = target
        self.name = "between"
        self.bindings: Mapping[str, str] = {}
        self.sent: list[str] = []
        self.stop = stop

    def send(self, request: Request) -> Answer:
        self.sent.append(request.operation)
        if request.operation == self.stop:
            self.stop = ""
            raise KeyboardInterrupt
        return self.target.send(request)

    def close(self) -> None:
        self.target.close()


def outcome(events: Iterator[Event]) -> tuple[OperationResult, list[Verdict]]:
    result: OperationResult | None = None
    verdicts: list[Verdict] = []
    for event in events:
        if isinstance(event, Judged):
            verdicts += event.verdicts
        if isinstance(event, OperationFinished):
            result = event.result
    assert result is not None
    return result, verdicts


def trial(
    name: str, target: MotoTarget | Between, settings: Settings = SETTINGS
) -> tuple[OperationResult, list[Verdict]]:
    bootstrap = Bootstrap(target, settings, graphs=GRAPHS)
    return outcome(run([name], target, settings, bootstrap=bootstrap))


# ---------------------------------------------------------------- what becomes decidable


@pytest.mark.parametrize(
    "name",
    [
        "kinesis.DescribeStream",  # the name or the ARN
        "kinesis.GetRecords",  # what a step yields that is itself refused at first
        "kinesis.PutRecords",  # a member of the entries in a list
        "sqs.SendMessageBatch",  # a list that may not be empty
        "sqs.RemovePermission",  # the label that was given before
        "kms.GenerateDataKeyWithoutPlaintext",  # one of two members
        "kms.Decrypt",  # what another operation has made
        "kms.Sign",  # a key of another kind
        "iam.GetUserPolicy",  # what was put there before
        "iam.DetachUserPolicy",
        "iam.AddUserToGroup",
        "lambda.ListTags",  # an ARN of anything
        "s3.PutBucketCors",  # a published example
        "s3.GetBucketCors",
        "dynamodb.PutItem",  # the contents that the suite has
        "dynamodb.BatchGetItem",  # what a map is keyed by
    ],
)
def test_an_operation_whose_smallest_request_is_refused_is_decided(
    name: str, moto: MotoTarget
) -> None:
    assert trial(name, moto)[0].state == "decided"


def test_without_anything_to_try_it_stays_undecided_and_says_why(moto: MotoTarget) -> None:
    result, _ = outcome(run(["sqs.SendMessageBatch"], moto, SETTINGS))
    assert result.state == "undecided"
    assert result.reason.startswith("not-found: the smallest valid request needs something")
    assert result.binds == ("sqs.QueueUrl",)


def test_a_target_that_breaks_on_the_smallest_request_is_found_though_another_is_accepted(
    moto: MotoTarget,
) -> None:
    result, verdicts = trial("kinesis.CreateStream", moto)
    assert result.state == "decided"
    assert [(v.rule, v.reason) for v in verdicts if v.case.endswith("~smallest")] == [
        ("kinesis.CreateStream/output/status", "server-error")
    ]


def test_of_values_that_go_together_none_is_blamed_alone(moto: MotoTarget) -> None:
    """AttributeName in KeySchema must be among the AttributeDefinitions: one alone is refused."""
    settings = Settings(examples=0, seed=1, only=("valid",))
    result, verdicts = trial("dynamodb.CreateTable", moto, settings)
    assert result.state == "decided"
    assert "rejected-valid" not in {v.reason for v in verdicts}


# ---------------------------------------------------------------- what is tried


def test_requests_that_are_tried_are_valid_different_and_few() -> None:
    operation = load("s3.PutBucketCors")
    supply = Supply(offers={"ExpectedBucketOwner": "123456789012"})
    made = list(plans(operation, {"s3.Bucket": "b"}, 0.75, supply))
    requests = [repr(request) for _, _, request in made]
    assert len(set(requests)) == len(requests) <= 24
    assert all(request["Bucket"] == "b" for _, _, request in made)
    assert any("http://www.example.com" in request for request in requests)
    assert "'ExpectedBucketOwner': '123456789012'" in requests[0]


def test_what_was_supplied_is_the_same_out_of_a_recording() -> None:
    supplied = ({"a.B.C": "x"}, Supply(offers={"P": "v"}, content={"Q": {"R": [1]}}))
    assert supply_of(recorded_supply(supplied)) == supplied
    assert supply_of({}) is None


# ---------------------------------------------------------------- why not


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        (Reading(kind="error", status=404, code="NoSuch", error_class="not-found", message="a\nb"),
         "not-found: the smallest valid request needs something the target does not have"
         " (404 NoSuch a b)"),
        (Reading(kind="error", status=500, code="Oops"),
         "target-fails: the target breaks on the smallest valid request (500 Oops)"),
        (Reading(kind="silence", silence="crash"),
         "target-fails: the target breaks on the smallest valid request (no answer (crash))"),
        (Reading(kind="error", status=418, code="Tea", error_class="other"),
         "refused: the smallest valid request is refused (418 Tea)"),
    ],
)  # fmt: skip
def test_the_reason_names_the_class_and_what_came(reading: Reading, said: str) -> None:
    assert reason(reading, 0) == said
    assert reason(reading, 3) == f"{said[:-1]}; 3 other requests are refused, too)"


def test_what_to_bind_are_the_texts_that_were_made_up() -> None:
    plan = Plan(load("s3.CopyObject"), bindings={"s3.Bucket": "b"})
    params = {"Bucket": "b", "CopySource": "x", "Key": "key", "ACL": "private"}
    assert to_bind(plan, params) == ("s3.CopyObject.CopySource", "s3.CopyObject.Key")


# ---------------------------------------------------------------- another operation


@pytest.mark.parametrize(
    ("name", "twin", "answer", "verdict"),
    [
        ("s3.GetBucketPolicy", {"Policy": "{}"}, {"Policy": "<ListAll/>"}, "inconclusive"),
        ("s3.GetBucketCors", {"CORSRules": [{}]}, {"CORSRules": []}, "inconclusive"),
        ("s3.GetBucketCors", {"CORSRules": [{}]}, {"CORSRules": [{}]}, "fail"),
        ("s3.GetBucketCors", {}, {}, "inconclusive"),
    ],
)
def test_an_emptied_path_is_this_operations_only_where_the_answer_shows_it(
    name: str, twin: dict[str, object], answer: dict[str, object], verdict: str
) -> None:
    operation = load(name)
    rule = next(r for r in operation.rules if r.member == "Bucket" and r.kind == "required")
    fault = Fault(op="remove", at="/Bucket", member="Bucket", what="absent")
    case = Case(id="c", operation=name, kind="invalid", params={}, rule=rule.id, fault=fault)
    matter = Matter(
        operation=operation, case=case, rule=rule, routed=True,
        answer=Reading(kind="success", status=200, value=answer),
        twin=Reading(kind="success", status=200, value=twin),
    )  # fmt: skip
    assert judge(matter).verdict == verdict


# ---------------------------------------------------------------- stopping


@pytest.mark.parametrize("stop", ["sns.Subscribe", "sns.GetSubscriptionAttributes"])
def test_what_was_made_is_removed_where_a_run_is_stopped_by_hand(
    stop: str, moto: MotoTarget, tmp_path: Path
) -> None:
    target = Between(moto, stop)
    file = tmp_path / "resources.jsonl"
    journal = ResourceJournal.new(file, ResourcesHeader(target="x"))
    bootstrap = Bootstrap(target, SETTINGS, graphs=GRAPHS, journal=journal)
    with pytest.raises(KeyboardInterrupt):
        list(run(["sns.GetSubscriptionAttributes"], target, SETTINGS, bootstrap=bootstrap))
    bootstrap.close()
    assert target.sent[-1] == "sns.DeleteTopic"
    assert ("sns.Unsubscribe" in target.sent) == (stop != "sns.Subscribe")
    # A subscription whose making was stopped may be there; it went with its topic.
    assert left_in(file)[1] == ()


def test_what_cannot_be_removed_is_kept_in_the_journal(moto: MotoTarget, tmp_path: Path) -> None:
    class Stuck(Between):
        def send(self, request: Request) -> Answer:
            if request.operation == "sqs.DeleteQueue":
                return Response(500, (), b"")
            return super().send(request)

    file = tmp_path / "resources.jsonl"
    journal = ResourceJournal.new(file, ResourcesHeader(target="x"))
    target = Stuck(moto)
    bootstrap = Bootstrap(target, SETTINGS, graphs=GRAPHS, journal=journal)
    outcome(run(["sqs.GetQueueAttributes"], target, SETTINGS, bootstrap=bootstrap))
    bootstrap.close()
    (thing,) = left_in(file)[1]
    assert (thing.operation, thing.why) == (
        "sqs.CreateQueue",
        "sqs.DeleteQueue is answered 500 (no error code)",
    )


def test_what_valid_cases_join_is_parted_again(moto: MotoTarget) -> None:
    bootstrap = Bootstrap(moto, SETTINGS, graphs=GRAPHS, tracking=True)
    outcome(run(["iam.AttachRolePolicy"], moto, SETTINGS, bootstrap=bootstrap))
    assert bootstrap.left == {}


# ---------------------------------------------------------------- going on


def test_a_resumed_run_goes_on_with_the_journal_and_removes_what_is_left(
    moto: MotoTarget, tmp_path: Path
) -> None:
    config = Config(target="moto", output=str(tmp_path), seed=1)
    crashed = open_bootstrap(config, moto, SETTINGS, budget=lambda: None)
    assert crashed is not None
    crashed.prepare(load("sns.GetSubscriptionAttributes"))
    crashed.close()
    assert len(left_in(tmp_path / "resources.jsonl")[1]) == 2
    session = Session(["sns.ListTopics"], moto, config)
    session.bootstrap = open_bootstrap(config, moto, SETTINGS, budget=lambda: None, resumed=True)
    assert list(cleared(session)) == ["resumed: 2 things of the interrupted run removed, 0 left"]
    assert session.bootstrap is not None
    session.bootstrap.close()
    assert left_in(tmp_path / "resources.jsonl")[1] == ()


def test_a_run_is_not_resumed_with_another_bootstrap(moto: MotoTarget, tmp_path: Path) -> None:
    def header(**options: Any) -> Header:
        config = Config(target="moto", output=str(tmp_path), seed=1, **options)
        return Session(["sns.ListTopics"], moto, config).header()

    past = header()
    assert past.bootstrap == "on"
    now = replace(header(bootstrap=False), started=past.started)
    with pytest.raises(UsageError, match="bootstrap: on then, off now"):
        check_fits(past, now, tmp_path / "journal.jsonl")
    chains = header(chains={"sqs": {"QueueUrl": ""}})
    with pytest.raises(UsageError, match=r"bootstrap: on then, on, with chains [0-9a-f]{12} now"):
        check_fits(past, chains, tmp_path / "journal.jsonl")


# ---------------------------------------------------------------- values that are told


AWS_JSON = (("Content-Type", "application/x-amz-json-1.1"),)


def test_a_name_that_the_documentation_tells_is_looked_up_though_it_is_not_bound() -> None:
    """A longer one that is not found is no finding: nobody says which of the two comes first."""

    def answer(request: Request) -> Answer:
        if b'"SettingId": "/ssm/' in request.body:
            return Response(200, AWS_JSON, b"{}")
        return Response(400, AWS_JSON, b'{"__type": "ServiceSettingNotFound"}')

    target = miniatures.Miniature(answer)
    settings = Settings(examples=0, seed=1)
    bootstrap = Bootstrap(target, settings)
    events = list(run(["ssm.UpdateServiceSetting"], target, settings, bootstrap=bootstrap))
    verdicts = [v for e in events if isinstance(e, Judged) for v in e.verdicts]
    longer = {v.verdict for v in verdicts if v.case.endswith("SettingId/length~above-max")}
    assert longer == {"pass"}

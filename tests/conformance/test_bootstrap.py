"""Bootstrap: what operations need is made, bound, journaled before it is used, and removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aws_conformance.bootstrap import Bootstrap, Graphs, Prepared, check_chains, contents, first
from aws_conformance.events import Event, OperationFinished
from aws_conformance.exchange import Answer, Request, Response
from aws_conformance.resources import ResourceJournal, ResourcesHeader, left_in
from aws_conformance.runner import Settings, run
from aws_conformance.targets import open_target
from aws_conformance.targets.moto import MotoTarget
from aws_specs.catalog import load
from aws_specs.errors import UsageError
from aws_strategies.plan import Plan

SETTINGS = Settings(examples=0, seed=1, only=())
GRAPHS = Graphs()


@pytest.fixture
def moto() -> Iterator[MotoTarget]:
    target = open_target("moto")
    assert isinstance(target, MotoTarget)
    yield target
    target.close()


class Watching:
    """A target that hands everything on and remembers which operations were asked for."""

    endpoint = "http://localhost:5000"

    def __init__(self, target: MotoTarget) -> None:
        self.target = target
        self.name = "watched"
        self.bindings: dict[str, str] = {}
        self.sent: list[str] = []
        self.refuse: set[str] = set()

    def send(self, request: Request) -> Answer:
        self.sent.append(request.operation)
        if request.operation in self.refuse:
            return Response(400, (), b'{"__type": "InvalidAddress"}')
        return self.target.send(request)

    def close(self) -> None:
        self.target.close()


def made(
    target: Watching | MotoTarget, settings: Settings = SETTINGS, **options: object
) -> Bootstrap:
    return Bootstrap(target, settings, graphs=GRAPHS, **options)  # type: ignore[arg-type]


def states(events: Iterator[Event]) -> dict[str, str]:
    return {e.result.operation: e.result.state for e in events if isinstance(e, OperationFinished)}


# ---------------------------------------------------------------- making


def test_a_queue_is_made_bound_and_removed(moto: MotoTarget) -> None:
    watched = Watching(moto)
    bootstrap = made(watched)
    prepared = bootstrap.prepare(load("sqs.GetQueueAttributes"))
    assert set(prepared.bindings) == {"sqs.GetQueueAttributes.QueueUrl"}
    assert "queuename-" in prepared.bindings["sqs.GetQueueAttributes.QueueUrl"]
    assert bootstrap.tear_down() == ()
    assert watched.sent == ["sqs.CreateQueue", "sqs.DeleteQueue"]


def test_things_are_removed_in_the_reverse_of_the_order_they_were_made_in(moto: MotoTarget) -> None:
    watched = Watching(moto)
    bootstrap = made(watched)
    bootstrap.prepare(load("sns.GetSubscriptionAttributes"))
    bootstrap.tear_down()
    assert watched.sent == [
        "sns.CreateTopic",
        "sns.Subscribe",
        "sns.Unsubscribe",
        "sns.DeleteTopic",
    ]


def test_more_operations_are_decidable_with_bootstrap_than_without(moto: MotoTarget) -> None:
    names = ["sqs.SendMessage", "sqs.GetQueueAttributes", "sqs.ListQueues", "sqs.DeleteQueue"]
    without = states(run(names, moto, SETTINGS))
    assert [name for name in names if without[name] == "decided"] == ["sqs.ListQueues"]
    assert set(states(run(names, moto, SETTINGS, bootstrap=made(moto))).values()) == {"decided"}


def test_what_a_request_uses_up_is_made_again(moto: MotoTarget) -> None:
    settings = Settings(examples=0, seed=1)
    bootstrap = made(moto, settings)
    events = list(run(["sqs.DeleteQueue"], moto, settings, bootstrap=bootstrap))
    verdicts = [v for e in events for v in getattr(e, "verdicts", ())]
    about = [v for v in verdicts if v.rule == "sqs.DeleteQueue/input/QueueUrl/type"]
    assert about
    assert not [v for v in about if v.reason in ("masked", "twin-refused", "needs-state")]
    assert not [v for v in verdicts if v.flaky]


def test_what_the_user_binds_is_not_made(moto: MotoTarget) -> None:
    watched = Watching(moto)
    settings = Settings(bindings={"sqs.QueueUrl": "http://queue"})
    assert made(watched, settings).prepare(load("sqs.SendMessage")).bindings == {}
    assert watched.sent == []


def test_a_creation_that_is_refused_is_named_with_the_binding_to_give(moto: MotoTarget) -> None:
    watched = Watching(moto)
    watched.refuse = {"sqs.CreateQueue", "sqs.ListQueues"}
    prepared = made(watched).prepare(load("sqs.SendMessage"))
    assert prepared.missing == ("sqs.QueueUrl",)
    assert prepared.refused[0] == "sqs.CreateQueue is answered 400 InvalidAddress"


def test_where_one_way_is_refused_another_is_tried(moto: MotoTarget) -> None:
    prepared = made(moto).prepare(load("dynamodb.GetResourcePolicy"))
    assert "dynamodb.CreateGlobalTable" in " ".join(prepared.refused) or prepared.bindings
    assert ":table/" in prepared.bindings.get("dynamodb.GetResourcePolicy.ResourceArn", ":table/")


def test_a_spent_budget_makes_nothing_and_still_removes(moto: MotoTarget) -> None:
    from aws_conformance.session import Meter

    watched = Watching(moto)
    bootstrap = made(watched, budget=Meter(1))
    bootstrap.prepare(load("sns.GetSubscriptionAttributes"))
    assert watched.sent == ["sns.CreateTopic"]
    assert bootstrap.tear_down() == ()
    assert watched.sent == ["sns.CreateTopic", "sns.DeleteTopic"]


def test_names_are_made_anew_each_time(moto: MotoTarget) -> None:
    bootstrap = made(moto)
    one = bootstrap.prepare(load("s3.HeadBucket")).bindings
    other = bootstrap.prepare(load("s3.HeadBucket")).bindings
    assert one
    assert one != other


def test_an_operation_of_no_known_graph_needs_nothing(moto: MotoTarget) -> None:
    assert made(moto, making=False).prepare(load("sqs.SendMessage")) == Prepared()


# ---------------------------------------------------------------- journal


def test_everything_is_in_the_journal_before_it_is_used(moto: MotoTarget, tmp_path: Path) -> None:
    file = tmp_path / "resources.jsonl"
    journal = ResourceJournal.new(file, ResourcesHeader(target="moto"))
    seen: list[tuple[str, int]] = []

    class Looking(Watching):
        def send(self, request: Request) -> Answer:
            seen.append((request.operation, len(left_in(file)[1])))
            return super().send(request)

    bootstrap = made(Looking(moto), journal=journal)
    bootstrap.prepare(load("sns.GetSubscriptionAttributes"))
    assert seen == [("sns.CreateTopic", 1), ("sns.Subscribe", 2)]
    things = left_in(file)[1]
    assert [thing.removal.operation for thing in things if thing.removal] == [
        "sns.DeleteTopic",
        "sns.Unsubscribe",
    ]
    assert all(thing.sure for thing in things)
    bootstrap.tear_down()
    bootstrap.close()
    assert left_in(file)[1] == ()


# ---------------------------------------------------------------- chains


def test_a_configuration_says_what_a_creation_is_sent(moto: MotoTarget) -> None:
    graphs = Graphs({"sqs": {"CreateQueue": {"QueueName": "mine.fifo",
                                             "Attributes": {"FifoQueue": "true"}}}})  # fmt: skip
    prepared = Bootstrap(moto, SETTINGS, graphs=graphs).prepare(load("sqs.SendMessage"))
    assert prepared.bindings["sqs.SendMessage.QueueUrl"].endswith("/mine.fifo")


def test_a_configuration_says_where_an_identifier_comes_from(moto: MotoTarget) -> None:
    graphs = Graphs({"sqs": {"QueueUrl": ""}})
    prepared = Bootstrap(moto, SETTINGS, graphs=graphs).prepare(load("sqs.SendMessage"))
    assert (prepared.bindings, prepared.missing) == ({}, ("sqs.QueueUrl",))


@pytest.mark.parametrize(
    "chains",
    [
        {"nosuch": {}},
        {"sqs": 1},
        {"sqs": {"NoSuch": {}}},
        {"sqs": {"QueueUrl": 1}},
        {"sqs": {"CreateQueue": {"NoSuch": "x"}}},
        {"sqs": {"CreateQueue": {"after": ["NoSuch"]}}},
        {"sqs": {"CreateQueue": {"after": "ListQueues"}}},
        {"sqs": {"CreateQueue": {"iam.NoSuch": {}}}},
        {"values": 1},
        {"values": {"Policy": 1}},
    ],
)
def test_chains_that_name_what_there_is_not_are_a_usage_error(chains: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="bootstrap"):
        check_chains(chains, "here")


def test_the_suites_own_contents_are_sound() -> None:
    check_chains(contents(), "bootstrap.toml")


@pytest.mark.parametrize(
    ("value", "path", "found"),
    [
        ({"A": [{"B": "x"}, {"B": "y"}]}, "A[].B", "x"),
        ({"A": []}, "A[].B", None),
        ({"A": 1}, "A", None),
        (None, "A", None),
        ({"A": ["", "z"]}, "A[]", "z"),
    ],
)
def test_the_first_text_at_a_path_is_the_value(value: object, path: str, found: str | None) -> None:
    assert first(value, path) == found


# ---------------------------------------------------------------- bindings by shape


def test_a_binding_by_shape_reaches_every_text_of_it() -> None:
    plan = Plan(load("connect.DescribeInstance"), bindings={"connect.#InstanceId": "i"})
    assert dict(plan.bindings) == {"InstanceId": "i"}


def test_a_binding_by_name_wins_over_one_by_shape() -> None:
    bindings = {"connect.InstanceId": "named", "connect.#InstanceId": "shaped"}
    assert Plan(load("connect.DescribeInstance"), bindings=bindings).bindings["InstanceId"] == (
        "named"
    )

"""The graph of identifiers: what operations need, who yields it, and who takes it away."""

from __future__ import annotations

from functools import cache

import pytest

from aws_specs import sdk
from aws_specs.catalog import load
from aws_specs.graph import Graph
from aws_specs.identifiers import Identifier, Need, identifier, node_of, singular, words


@cache
def graph(service: str) -> Graph | None:
    if service not in sdk.services():
        return None
    names = sdk.service_model(service).operation_names
    return Graph([load(f"{service}.{name}") for name in names], elsewhere=graph)


def of(service: str) -> Graph:
    found = graph(service)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("QueueUrl", ("queue", "url")),
        ("KMSKeyId", ("kms", "key", "id")),
        ("DBInstanceIdentifier", ("db", "instance", "identifier")),
        ("x", ("x",)),
        ("", ()),
    ],
)
def test_names_in_camel_case_are_split_into_words(name: str, expected: tuple[str, ...]) -> None:
    assert words(name) == expected


@pytest.mark.parametrize(
    ("name", "noun", "facet"),
    [
        ("QueueUrl", "queue", "url"),
        ("InstanceIds", "instance", "id"),
        ("SecurityGroupIds", "security group", "id"),
        ("FunctionArn", "function", "arn"),
        ("Bucket", "bucket", ""),
        ("Id", "", "id"),
        ("UUID", "", "id"),
    ],
)
def test_a_members_name_says_what_it_identifies(name: str, noun: str, facet: str) -> None:
    assert (identifier(name).noun, identifier(name).facet) == (noun, facet)


@pytest.mark.parametrize(
    ("plural", "one"),
    [("policies", "policy"), ("addresses", "address"), ("boxes", "box"), ("queues", "queue"),
     ("alias", "alias"), ("status", "status"), ("access", "access")],
)  # fmt: skip
def test_plurals_are_taken_for_what_they_are_many_of(plural: str, one: str) -> None:
    assert singular(plural) == one


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("sqs.SendMessage", ["sqs.CreateQueue"]),
        ("sqs.DeleteMessage", ["sqs.CreateQueue", "sqs.SendMessage", "sqs.ReceiveMessage"]),
        ("sqs.CreateQueue", []),
        ("sns.GetSubscriptionAttributes", ["sns.CreateTopic", "sns.Subscribe"]),
        ("dynamodb.DescribeTable", ["dynamodb.CreateTable"]),
        ("s3.GetObject", ["s3.CreateBucket", "s3.PutObject"]),
        ("lambda.GetFunction", ["iam.CreateRole", "lambda.CreateFunction"]),
        ("ec2.CreateSubnet", ["ec2.CreateVpc"]),
        ("kms.DescribeKey", ["kms.CreateKey"]),
        ("pinpoint.GetApp", ["pinpoint.CreateApp"]),
        ("connect.CreateQueue", ["connect.CreateInstance", "connect.CreateHoursOfOperation"]),
    ],
)
def test_the_shortest_chain_makes_what_an_operation_requires(name: str, steps: list[str]) -> None:
    chain = of(name.partition(".")[0]).chain(name)
    assert [step.operation for step in chain.steps] == steps
    assert chain.missing == ()


def test_values_are_taken_from_where_the_maker_shows_them() -> None:
    taken = {take.path: (take.side, take.at) for take in of("sqs").chain("sqs.SendMessage").takes}
    assert taken == {"QueueUrl": ("output", "QueueUrl")}
    named = {take.path: (take.side, take.at) for take in of("s3").chain("s3.HeadBucket").takes}
    assert named == {"Bucket": ("input", "Bucket")}
    nested = {take.path: take.at for take in of("pinpoint").chain("pinpoint.GetApp").takes}
    assert nested == {"ApplicationId": "ApplicationResponse.Id"}
    by_place = {t.path: t.at for t in of("connect").chain("connect.DescribeInstance").takes}
    assert by_place == {"InstanceId": "Id"}


def test_what_is_bound_is_not_made() -> None:
    assert of("sqs").chain("sqs.SendMessage", given=["QueueUrl"]).steps == ()


def test_an_operation_that_is_not_to_be_used_is_not_used() -> None:
    chain = of("sqs").chain("sqs.SendMessage", without=["sqs.CreateQueue"], finding=False)
    assert "sqs.CreateQueue" not in [step.operation for step in chain.steps]


def test_without_finding_every_step_makes_something() -> None:
    for name in of("ec2").nodes:
        assert all(step.made for step in of("ec2").chain(name, finding=False).steps)


def test_what_nobody_yields_is_named() -> None:
    missing = of("sqs").chain("sqs.ListMessageMoveTasks").missing
    assert [need.path for need in missing] == ["SourceArn"]


def test_a_source_that_is_stated_wins_over_what_the_graph_finds() -> None:
    stated = Graph(
        [load("sqs.CreateQueue"), load("sqs.ListQueues"), load("sqs.SendMessage")],
        sources={"QueueUrl": "sqs.ListQueues:QueueUrls[]"},
    )
    chain = stated.chain("sqs.SendMessage")
    assert [step.operation for step in chain.steps] == ["sqs.CreateQueue", "sqs.ListQueues"]
    assert {take.path: take.at for take in chain.takes} == {"QueueUrl": "QueueUrls[]"}
    nowhere = Graph([load("sqs.CreateQueue"), load("sqs.SendMessage")], sources={"QueueUrl": ""})
    assert [need.path for need in nowhere.chain("sqs.SendMessage").missing] == ["QueueUrl"]


@pytest.mark.parametrize("service", ["sqs", "sns", "s3", "iam", "kms", "connect", "pinpoint"])
def test_steps_take_only_from_steps_before_them(service: str) -> None:
    for name in of(service).nodes:
        done: set[str] = set()
        chain = of(service).chain(name)
        for step in chain.steps:
            assert {take.step for take in step.takes} <= done
            assert step.operation not in {*done, name}
            done.add(step.operation)
        assert {take.step for take in chain.takes} <= done


@pytest.mark.parametrize(
    ("maker", "remover", "filled"),
    [
        ("sqs.CreateQueue", "sqs.DeleteQueue", {"QueueUrl"}),
        ("sns.Subscribe", "sns.Unsubscribe", {"SubscriptionArn"}),
        ("s3.PutObject", "s3.DeleteObject", {"Bucket", "Key"}),
        ("ec2.RunInstances", "ec2.TerminateInstances", {"InstanceIds[]"}),
        ("ec2.AllocateAddress", "ec2.ReleaseAddress", {"AllocationId"}),
        ("kms.CreateKey", "kms.ScheduleKeyDeletion", {"KeyId"}),
        ("lambda.CreateAlias", "lambda.DeleteAlias", {"FunctionName", "Name"}),
        ("connect.CreateInstance", "connect.DeleteInstance", {"InstanceId"}),
        ("kinesis.CreateStream", "kinesis.DeleteStream", {"StreamName"}),
    ],
)
def test_what_is_made_is_taken_away_by_its_counterpart(
    maker: str, remover: str, filled: set[str]
) -> None:
    found = of(maker.partition(".")[0]).remover(maker)
    assert found is not None
    assert (found[0].id, {path for path, _ in found[1]}) == (remover, filled)


def test_what_makes_nothing_has_no_counterpart() -> None:
    assert of("sqs").remover("sqs.ListQueues") is None
    assert of("sqs").remover("sqs.DeleteQueue") is None


def test_tags_accounts_and_labels_of_entries_are_no_needs() -> None:
    assert "TagKeys[]" not in {need.path for need in node_of(load("sqs.UntagQueue")).needs}
    assert "Entries[].Id" not in {n.path for n in node_of(load("sqs.SendMessageBatch")).needs}
    assert "AWSAccountIds[]" not in {n.path for n in node_of(load("sqs.AddPermission")).needs}


def test_a_need_is_met_by_the_surest_clue_first() -> None:
    need = Need("RoleArn", (Identifier("role", "arn"),))
    best = of("iam").producers(need, finding=False)[0]
    assert (best[1].id, best[2].path) == ("iam.CreateRole", "Role.Arn")


# ---------------------------------------------------------------- fuller chains


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("s3.GetBucketCors", "s3.PutBucketCors"),
        ("iam.DetachUserPolicy", "iam.AttachUserPolicy"),
        ("iam.RemoveUserFromGroup", "iam.AddUserToGroup"),
        ("sqs.RemovePermission", "sqs.AddPermission"),
        ("lambda.GetFunctionUrlConfig", "lambda.CreateFunctionUrlConfig"),
    ],
)
def test_a_fuller_chain_brings_about_what_an_operation_is_about(name: str, before: str) -> None:
    found = of(name.partition(".")[0])
    assert before in [step.operation for step in found.chain(name, fuller=True).steps]
    assert before not in [step.operation for step in found.chain(name).steps]


def test_what_both_operations_name_is_handed_on() -> None:
    chain = of("lambda").chain("lambda.RemovePermission", fuller=True)
    taken = {take.path: (take.step, take.side) for take in chain.takes}
    assert taken["StatementId"] == ("lambda.AddPermission", "input")
    assert chain.missing == ()


def test_one_of_several_ways_to_name_a_thing_is_served_though_none_is_required() -> None:
    chain = of("kinesis").chain("kinesis.DescribeStream")
    assert [step.operation for step in chain.steps] == ["kinesis.CreateStream"]
    assert [take.path for take in chain.takes] == ["StreamName"]


def test_what_is_joined_is_there_before() -> None:
    chain = of("iam").chain("iam.AddUserToGroup")
    assert {take.path for take in chain.takes} == {"GroupName", "UserName"}


@pytest.mark.parametrize(
    ("name", "maker"),
    [
        ("lambda.ListTags", "lambda.CreateFunction"),
        ("dynamodb.ListTagsOfResource", "dynamodb.CreateTable"),
        ("kinesis.GetResourcePolicy", "kinesis.ListStreams"),
    ],
)
def test_a_resource_is_what_most_operations_of_the_service_need(name: str, maker: str) -> None:
    (take,) = of(name.partition(".")[0]).chain(name).takes
    assert take.step == maker


def test_what_stands_before_an_operation_can_be_stated() -> None:
    names = ("CreateFunction", "AddPermission", "GetPolicy")
    stated = Graph(
        [load(f"lambda.{name}") for name in names],
        elsewhere=graph,
        after={"lambda.GetPolicy": ["lambda.AddPermission"]},
    )
    steps = [step.operation for step in stated.chain("lambda.GetPolicy", fuller=True).steps]
    assert steps == ["iam.CreateRole", "lambda.CreateFunction", "lambda.AddPermission"]

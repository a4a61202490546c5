"""What the documentation promises of lives, and that the same seed shows the same."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from aws_conformance.exchange import Response
from aws_conformance.stateful.acts import Act, Does
from aws_conformance.stateful.hunting import without
from aws_conformance.stateful.lifecycle import lifecycles
from aws_conformance.stateful.promises import already_there, deferral, not_found, says_deleted
from aws_reports.results import Verdict
from aws_specs import catalog
from aws_specs.spec import Json
from tests_support.life_kit import (
    GRAPHS,
    REPOSITORIES,
    C,
    D,
    G,
    faults,
    lives,
    reasons,
)
from tests_support.lives import Repositories, reply

# ---------------------------------------------------------------- what is promised


@pytest.mark.parametrize(
    ("delete", "read", "reason"),
    [
        ("appconfig.DeleteApplication", "appconfig.GetApplication", ""),
        ("codecommit.DeleteRepository", "codecommit.GetRepository", ""),
        ("iam.DeleteGroup", "iam.GetGroup", ""),
        ("sqs.DeleteQueue", "sqs.GetQueueUrl", "asynchronous-deletion"),
        ("dynamodb.DeleteTable", "dynamodb.DescribeTable", "asynchronous-deletion"),
        ("kinesis.DeleteStream", "kinesis.DescribeStreamSummary", "asynchronous-deletion"),
        ("events.DeleteRule", "events.DescribeRule", "asynchronous-deletion"),
        ("cloudformation.DeleteStack", "cloudformation.DescribeStacks", "asynchronous-deletion"),
        ("secretsmanager.DeleteSecret", "secretsmanager.DescribeSecret", "asynchronous-deletion"),
        ("kms.ScheduleKeyDeletion", "kms.DescribeKey", "tombstone"),
        ("ec2.TerminateInstances", "ec2.DescribeInstances", "tombstone"),
        ("stepfunctions.DeleteActivity", "stepfunctions.DescribeActivity", "tombstone"),
    ],
)
def test_a_deletion_is_done_at_once_unless_anything_says_otherwise(
    delete: str, read: str, reason: str
) -> None:
    found = deferral(catalog.load(delete), catalog.load(read))
    assert (found.reason if found else "") == reason


@pytest.mark.parametrize(
    ("name", "noun", "errors"),
    [
        ("codecommit.CreateRepository", "repository", {"RepositoryNameExistsException"}),
        ("iam.CreateUser", "user", {"EntityAlreadyExistsException"}),
        ("sqs.CreateQueue", "queue", {"QueueNameExists", "QueueDeletedRecently"}),
        ("appconfig.CreateApplication", "application", set[str]()),
        ("sns.CreateTopic", "topic", set[str]()),
    ],
)
def test_a_name_is_unique_where_an_error_says_so(name: str, noun: str, errors: set[str]) -> None:
    assert {promise.name for promise in already_there(catalog.load(name), noun)} == errors


@pytest.mark.parametrize(
    ("name", "noun", "errors"),
    [
        ("codecommit.GetRepository", "repository", {"RepositoryDoesNotExistException"}),
        ("appconfig.GetEnvironment", "environment", {"ResourceNotFoundException"}),
        ("ecs.DescribeServices", "service", set[str]()),
        ("s3.HeadBucket", "bucket", {"NoSuchBucket"}),
        ("ec2.DescribeVpcs", "vpc", set[str]()),
    ],
)
def test_an_error_for_something_else_promises_nothing(
    name: str, noun: str, errors: set[str]
) -> None:
    assert {promise.name for promise in not_found(catalog.load(name), noun)} == errors


@pytest.mark.parametrize(
    ("service", "create", "exact"),
    [
        ("codecommit", "CreateRepository", True),
        ("pinpoint", "CreateApp", True),
        ("lambda", "CreateFunctionUrlConfig", False),
    ],
)
def test_what_is_known_by_its_parent_alone_is_not_known_for_sure(
    service: str, create: str, exact: bool
) -> None:
    graph = GRAPHS(service)
    assert graph is not None
    found = {one.create: one for one in lifecycles(graph, set(graph.nodes))}
    assert {use.exact for use in found[f"{service}.{create}"].readers} == {exact}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"Table": {"TableStatus": "DELETING"}}, "Table.TableStatus DELETING"),
        ({"Secret": {"DeletedDate": 1.0}}, "Secret.DeletedDate is there"),
        ({"Items": [{"State": "terminated"}]}, "Items[].State terminated"),
        ({"Table": {"TableStatus": "ACTIVE", "DeletionProtectionEnabled": True}}, ""),
        ({"Name": "deleted", "DeletionDate": None}, ""),
    ],
)
def test_an_answer_says_that_something_is_deleted(value: Json, says: str) -> None:
    assert says_deleted(value) == says


# ---------------------------------------------------------------- the same again


def test_the_same_seed_gives_the_same_verdicts() -> None:
    once, again = (lives(Repositories("second"), REPOSITORIES, seed=7) for _ in range(2))
    assert [scrubbed(v) for v in once] == [scrubbed(v) for v in again]


def scrubbed(verdict: Verdict) -> Verdict:
    """Return a verdict without its evidence, which holds the time."""
    return replace(verdict, evidence=None)


@pytest.mark.parametrize("seed", [0, 2, 3, 4])
def test_another_seed_finds_the_same_faults(seed: int) -> None:
    assert faults(lives(Repositories("nothing deleted"), REPOSITORIES, seed=seed)) == {
        (f"codecommit.{D}/state/use-after-delete", "still-there"): [C, D, G]
    }


def test_names_that_an_earlier_run_has_left_do_not_matter() -> None:
    class Forgetful(Repositories):
        first = True

        def create(self, body: dict[str, Any]) -> Response:
            if self.first:
                self.first = False
                return reply(400, None, "RepositoryNameExistsException")
            return super().create(body)

    verdicts = lives(Forgetful(), REPOSITORIES)
    assert faults(verdicts) == {}
    assert (f"codecommit.{C}/state/read-after-create", "as-documented") in reasons(verdicts, "pass")


@pytest.mark.parametrize(
    ("acts", "at", "left"),
    [
        ("c0 r0 d0 r0", 1, "c0 d0 r0"),
        ("c0 c0 r1 d0 r1", 0, "c0 r0 r0"),
        ("c0 c0 r1 d0 r0", 1, "c0 d0 r0"),
    ],
)
def test_leaving_out_a_creation_leaves_out_all_of_its_thing(acts: str, at: int, left: str) -> None:
    assert without(scenario(acts), at) == scenario(left)


def scenario(text: str) -> tuple[Act, ...]:
    does: dict[str, Does] = {"c": "create", "r": "read", "d": "delete"}
    return tuple(Act(does[word[0]], 0, word[0], int(word[1])) for word in text.split())

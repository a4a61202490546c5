"""What is protected from deletion, or restored, is removed like anything else that was made."""

# boto3 has no types here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from aws_conformance.bootstrap import Bootstrap
from aws_conformance.events import SuiteProblem
from aws_conformance.exchange import Answer, Request, Response
from aws_conformance.protection import lifting
from aws_conformance.reading import Reading
from aws_conformance.resources import (
    Removal,
    ResourceJournal,
    ResourcesHeader,
    left_in,
    remove_all,
)
from aws_conformance.runner import Settings, run
from aws_conformance.targets import open_target
from tests_support.miniatures import Miniature
from tests_support.servers import has_moto_server, moto_server

LIFTED: list[tuple[str, Removal, Removal | None]] = [
    ("dynamodb.CreateTable", Removal("dynamodb.DeleteTable", {"TableName": "t"}),
     Removal("dynamodb.UpdateTable", {"TableName": "t", "DeletionProtectionEnabled": False})),
    ("cognito-idp.CreateUserPool", Removal("cognito-idp.DeleteUserPool", {"UserPoolId": "p"}),
     Removal("cognito-idp.UpdateUserPool", {"UserPoolId": "p", "DeletionProtection": "INACTIVE"})),
    ("cloudformation.CreateStack", Removal("cloudformation.DeleteStack", {"StackName": "s"}),
     Removal("cloudformation.UpdateTerminationProtection",
             {"StackName": "s", "EnableTerminationProtection": False})),
    ("ec2.RunInstances", Removal("ec2.TerminateInstances", {"InstanceIds": ["i-1"]}),
     Removal("ec2.ModifyInstanceAttribute",
             {"InstanceId": "i-1", "DisableApiTermination": {"Value": False}})),
    ("rds.CreateDBInstance", Removal("rds.DeleteDBInstance", {"DBInstanceIdentifier": "d"}),
     Removal("rds.ModifyDBInstance", {"DBInstanceIdentifier": "d", "DeletionProtection": False})),
    # Nothing protects a queue.
    ("sqs.CreateQueue", Removal("sqs.DeleteQueue", {"QueueUrl": "q"}), None),
    # What lifts it names the thing in another way: nobody knows how.
    ("logs.CreateLogGroup", Removal("logs.DeleteLogGroup", {"logGroupName": "g"}), None),
]  # fmt: skip


@pytest.mark.parametrize(("creation", "removal", "expected"), LIFTED)
def test_knows_from_the_model_what_lifts_a_protection(
    creation: str, removal: Removal, expected: Removal | None
) -> None:
    assert lifting(creation, removal) == expected


DELETE = Removal(
    "dynamodb.DeleteTable",
    {"TableName": "t"},
    Removal("dynamodb.UpdateTable", {"TableName": "t", "DeletionProtectionEnabled": False}),
)
REFUSED = Reading(kind="error", status=400, code="ValidationException", error_class="validation")
GONE = Reading(kind="error", status=400, code="ResourceNotFound", error_class="not-found")
DONE = Reading(kind="success", status=200)


def called(answers: Mapping[str, list[Reading]]) -> tuple[list[str], ResourceJournal]:
    """Return what is sent to remove one table that is answered so, and the journal after it."""
    journal, sent = ResourceJournal(), list[str]()
    journal.creating("dynamodb.CreateTable", {"TableName": "t"}, DELETE)
    left = {name.partition(".")[2]: list(given) for name, given in answers.items()}

    def call(name: str, params: Mapping[str, Any]) -> Reading:
        sent.append(name)
        given = left[name.partition(".")[2]]
        return given.pop(0) if len(given) > 1 else given[0]

    remove_all(journal, call)
    return sent, journal


def test_a_protection_is_lifted_where_the_removal_is_refused() -> None:
    sent, journal = called(
        {"dynamodb.DeleteTable": [REFUSED, DONE], "dynamodb.UpdateTable": [DONE]}
    )
    assert sent == ["dynamodb.DeleteTable", "dynamodb.UpdateTable", "dynamodb.DeleteTable"]
    assert not journal.things


@pytest.mark.parametrize("answer", [DONE, GONE])
def test_nothing_is_lifted_where_the_removal_is_done_or_there_is_nothing(answer: Reading) -> None:
    sent, journal = called({"dynamodb.DeleteTable": [answer], "dynamodb.UpdateTable": [DONE]})
    assert sent == ["dynamodb.DeleteTable"]
    assert not journal.things


def test_what_stays_protected_is_listed() -> None:
    sent, journal = called({"dynamodb.DeleteTable": [REFUSED], "dynamodb.UpdateTable": [REFUSED]})
    assert sent == ["dynamodb.DeleteTable", "dynamodb.UpdateTable"] * 2
    assert "400 ValidationException" in str(*journal.things.values())


def test_the_lifting_request_is_in_the_journal_for_cleanup(tmp_path: Path) -> None:
    path = tmp_path / "resources.jsonl"
    journal = ResourceJournal.new(path, ResourcesHeader(target="moto"))
    number = journal.creating("dynamodb.CreateTable", {"TableName": "t"}, None)
    journal.created(number, ("t",), DELETE)
    journal.close()
    assert [thing.removal for thing in left_in(path)[1]] == [DELETE]


@pytest.mark.skipif(not has_moto_server(), reason="moto server is not installed")
def test_no_protected_table_is_left_on_moto_server() -> None:
    """Broken values of the member are accepted there, and protect the table like `true`."""
    import boto3  # type: ignore[import-untyped]

    settings = Settings(examples=0, seed=1, only=("valid",))
    with moto_server() as url:
        target = open_target(url)
        bootstrap = Bootstrap(target, settings, tracking=True)
        events = list(run(["dynamodb.CreateTable"], target, settings, bootstrap=bootstrap))
        assert not [event for event in events if isinstance(event, SuiteProblem)]
        made = [r for r in bootstrap.left.values() if r.removal is not None]
        client: Any = boto3.client(
            "dynamodb", endpoint_url=url, region_name="us-east-1",
            aws_access_key_id="a", aws_secret_access_key="b",
        )  # fmt: skip
        tables: list[str] = client.list_tables()["TableNames"]
        target.close()
    assert made == []
    assert tables == []


# ---------------------------------------------------------------- restorations


@pytest.mark.parametrize(
    ("name", "params", "expected"),
    [
        ("dynamodb.RestoreTableFromBackup", {"TargetTableName": "t", "BackupArn": "b"},
         DELETE),
        ("dynamodb.RestoreTableToPointInTime", {"SourceTableName": "s", "TargetTableName": "t"},
         DELETE),
        ("dynamodb.ImportTable",
         {"InputFormat": "CSV", "TableCreationParameters": {"TableName": "t", "KeySchema": []}},
         DELETE),
        ("neptune-graph.RestoreGraphFromSnapshot", {"graphName": "g"}, None),
        ("secretsmanager.RestoreSecret", {"SecretId": "s"}, None),
    ],
)  # fmt: skip
def test_what_is_restored_or_imported_is_removed_like_what_is_created(
    name: str, params: dict[str, Any], expected: Removal | None
) -> None:
    target = Miniature(lambda request: Response(200))
    bootstrap = Bootstrap(target, Settings())
    assert bootstrap.removal(name, params, None) == expected


def test_a_restored_table_is_journaled_and_removed() -> None:
    asked: list[str] = []

    def answer(request: Request) -> Answer:
        name = dict(request.headers).get("X-Amz-Target", "").rpartition(".")[2]
        said = b"{}"
        if name == "RestoreTableFromBackup":
            said = b'{"TableDescription": {"TableName": "t"}}'
        asked.append(name)
        return Response(200, (("Content-Type", "application/x-amz-json-1.0"),), said)

    target = Miniature(answer)
    settings = Settings(examples=0, seed=1, only=("valid",))
    bootstrap = Bootstrap(target, settings, tracking=True)
    list(run(["dynamodb.RestoreTableFromBackup"], target, settings, bootstrap=bootstrap))
    assert asked.count("RestoreTableFromBackup") > 10
    assert asked.count("DeleteTable") >= asked.count("RestoreTableFromBackup")
    assert not bootstrap.left

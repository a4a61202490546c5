"""ministack, dynalite and kinesalite as targets, where they are installed.

`. .ci/emulators` installs them, as CI does; else MINISTACK names ministack's program, and
NODE_MODULES the folder that holds dynalite and kinesalite (see docs/targets.md). dynalite was made
by comparing it with DynamoDB, request by request: it is the control that shows that the suite does
not find what is not there.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from aws_conformance.targets import Options, open_target
from tests_support.runs import findings, judged
from tests_support.servers import find_ministack, find_node_program, ministack, node_server

MINISTACK = find_ministack()
DYNALITE = find_node_program("dynalite")
KINESALITE = find_node_program("kinesalite")

needs_ministack = pytest.mark.skipif(
    not MINISTACK, reason="ministack is not installed: . .ci/emulators, or set MINISTACK"
)
needs_dynalite = pytest.mark.skipif(
    DYNALITE is None, reason="dynalite is not installed: . .ci/emulators, or set NODE_MODULES"
)
needs_kinesalite = pytest.mark.skipif(
    KINESALITE is None,
    reason="kinesalite is not installed: . .ci/emulators, or set NODE_MODULES",
)


DYNAMODB = tuple(
    f"dynamodb.{name}"
    for name in (
        "BatchGetItem", "BatchWriteItem", "CreateTable", "DeleteItem", "DeleteTable",
        "DescribeTable", "DescribeTimeToLive", "GetItem", "ListTables", "ListTagsOfResource",
        "PutItem", "Query", "Scan", "TagResource", "UntagResource", "UpdateItem", "UpdateTable",
    )
)  # fmt: skip


@needs_dynalite
def test_dynalite_is_clean() -> None:
    assert isinstance(DYNALITE, Path)
    with node_server(DYNALITE, "--host", "127.0.0.1", "--createTableMs", "0") as url:
        target = open_target(url)
        verdicts, results = judged(target, DYNAMODB)
        target.close()
    assert not findings(verdicts)
    assert sum(v.verdict == "pass" for v in verdicts) > 1000
    assert {one.state for one in results.values()} <= {"decided", "partly", "undecided"}


@needs_dynalite
def test_dynalite_has_one_service_only() -> None:
    assert isinstance(DYNALITE, Path)
    elsewhere = {
        "s3.ListBuckets": "other-protocol",
        "lambda.ListFunctions": "answers-everything",
        "kinesis.ListStreams": "no-route",
        "dynamodb.ListBackups": "unknown-operation",
    }
    with node_server(DYNALITE, "--host", "127.0.0.1") as url:
        target = open_target(url)
        verdicts, results = judged(target, tuple(elsewhere))
        target.close()
    assert {name: one.reason.partition(":")[0] for name, one in results.items()} == elsewhere
    assert not findings(verdicts)


KINESIS = tuple(
    f"kinesis.{name}"
    for name in (
        "AddTagsToStream", "CreateStream", "DeleteStream", "DescribeStream",
        "DescribeStreamSummary", "GetRecords", "GetShardIterator",
        "IncreaseStreamRetentionPeriod", "ListStreams", "ListTagsForStream", "MergeShards",
        "PutRecord", "PutRecords", "RemoveTagsFromStream", "SplitShard",
    )
)  # fmt: skip

NEWER = {
    "Tags", "WarmThroughputMiBps", "MaxRecordSizeInKiB", "RecordDistributionStrategy",
    "StreamModeDetails", "NextToken", "StreamARN", "StreamId",
}  # fmt: skip
"""Members that Kinesis got after kinesalite's last release: it looks at none of them."""


@needs_kinesalite
def test_kinesalite_deviates_in_nothing_but_what_it_does_not_know() -> None:
    assert isinstance(KINESALITE, Path)
    with node_server(KINESALITE, "--createStreamMs", "0", "--shardLimit", "1000") as url:
        target = open_target(url)
        verdicts, _ = judged(target, KINESIS)
        target.close()
    paged = {rule for rule, reason in findings(verdicts) if reason == "pagination"}
    others = {(rule, reason) for rule, reason in findings(verdicts) if rule not in paged}
    members = {rule.split("/")[2].partition(".")[0] for rule, _ in others}
    assert members <= NEWER
    assert {reason for _, reason in others} <= {"accepted-invalid"}
    # It pages by the last stream's name and looks at no NextToken.
    assert paged == {f"kinesis.ListStreams/pagination/{part}" for part in ("join", "token")}
    assert sum(v.verdict == "pass" for v in verdicts) > 300


@needs_kinesalite
def test_a_request_that_ends_kinesalite_is_a_finding_and_the_run_says_why_it_ends() -> None:
    assert isinstance(KINESALITE, Path)
    with node_server(KINESALITE, "--createStreamMs", "0") as url:
        target = open_target(url)
        verdicts, results = judged(target, ["kinesis.ListShards"])
        target.close()
    found = [v for v in verdicts if v.verdict == "fail"]
    assert [(v.reason, v.case_kind) for v in found] == [("no-response", "valid")]
    assert results["kinesis.ListShards"].reason.startswith("unreachable")


EVERYWHERE = (
    "sqs.CreateQueue", "sqs.ListQueues", "sns.CreateTopic", "dynamodb.ListTables",
    "kinesis.CreateStream", "lambda.ListFunctions", "s3.ListBuckets", "s3.CreateBucket",
    "ec2.DescribeVpcs", "ec2.CreateVpc", "iam.CreateUser", "iam.ListUsers", "kms.ListKeys",
)  # fmt: skip


@needs_ministack
def test_ministack_is_judged_over_its_protocols() -> None:
    with ministack(MINISTACK) as url:
        target = open_target(url, Options(reset="/_ministack/reset"))
        verdicts, results = judged(target, EVERYWHERE)
        target.close()
    assert {one.state for one in results.values()} <= {"decided", "partly"}
    found = findings(verdicts)
    assert {reason for _, reason in found} <= {
        "accepted-invalid", "server-error", "wrong-error", "pagination",
    }  # fmt: skip
    assert ("kms.ListKeys/pagination/token", "pagination") in found
    assert {rule.partition(".")[0] for rule, _ in found} >= {"sqs", "sns", "dynamodb", "iam", "ec2"}
    assert sum(v.verdict == "pass" for v in verdicts) > 200


@needs_ministack
def test_what_ministack_has_not_is_not_implemented() -> None:
    expected = {
        "connect.CreateContact": "unsupported-service",
        "kms.ListRetirableGrants": "unknown-operation",
        "iam.GetOrganizationsAccessReport": "unknown-operation",
    }
    with ministack(MINISTACK) as url:
        target = open_target(url)
        verdicts, results = judged(target, tuple(expected))
        target.close()
    assert {name: one.reason.partition(":")[0] for name, one in results.items()} == expected
    assert not findings(verdicts)

"""moto as a target, in process and as a server: what it deviates in is found, and nothing else."""

from __future__ import annotations

import contextlib
import io
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from aws_conformance.targets import Options, open_target
from aws_reports.results import Verdict
from tests_support.runs import findings, judged
from tests_support.servers import has_moto_server, moto_server

FILE = Path(__file__).parent / "data" / "moto_deviations.toml"
REVIEWED: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
OPERATIONS: tuple[str, ...] = tuple(REVIEWED["operations"])
SERVICES = {
    "connect",
    "pinpoint",
    "sqs",
    "sns",
    "dynamodb",
    "kinesis",
    "lambda",
    "s3",
    "ec2",
    "iam",
    "kms",
}
SAME_VERSIONS = all(version(name) == REVIEWED[name] for name in ("moto", "botocore"))

needs_server = pytest.mark.skipif(
    not has_moto_server(), reason="moto server is not installed: pip install 'moto[server]'"
)


def pinned(way: str) -> set[tuple[str, str]]:
    return {
        (entry["rule"], entry["reason"])
        for entry in REVIEWED["deviation"]
        if entry.get("only", way) == way
    }


def check(found: set[tuple[str, str]], way: str) -> None:
    """Hold findings against the reviewed ones; other versions of moto may have mended some."""
    if SAME_VERSIONS:
        assert found - pinned(way) == set(), "not reviewed"
        assert pinned(way) - found == set(), "no longer found"
    assert len(found & pinned(way)) >= 60


def test_the_reviewed_deviations_are_many_and_of_every_service() -> None:
    entries = REVIEWED["deviation"]
    rules = {entry["rule"] for entry in entries}
    assert len(rules) >= 60
    assert {rule.partition(".")[0] for rule in rules} == SERVICES
    assert {rule.partition("/")[0] for rule in rules} <= set(OPERATIONS)
    assert all(entry["why"].endswith(".") for entry in entries)
    assert len({(e["rule"], e["reason"]) for e in entries}) == len(entries)


def test_moto_in_process_deviates_as_reviewed_and_in_nothing_else() -> None:
    target = open_target("moto")
    try:
        verdicts, results = judged(target, OPERATIONS)
    finally:
        target.close()
    check(set(findings(verdicts)), "in-process")
    assert {one.state for one in results.values()} <= {"decided", "partly", "undecided"}


@needs_server
def test_moto_server_deviates_as_reviewed_and_the_snippets_show_it() -> None:
    with moto_server() as url:
        target = open_target(url, Options(reset="/moto-api/reset"))
        verdicts, _ = judged(target, OPERATIONS)
        found = findings(verdicts)
        check(set(found), "server")
        shown = [v for v in list(found.values())[::8] if v.case_kind != "sequence"]
        for verdict in shown:
            target.reset()  # type: ignore[attr-defined]  # a URL target with a path for it
            assert_reproduces(verdict)
        target.close()


@needs_server
@pytest.mark.nightly
def test_every_snippet_shows_its_deviation() -> None:
    with moto_server() as url:
        target = open_target(url, Options(reset="/moto-api/reset"))
        verdicts, _ = judged(target, OPERATIONS)
        found = findings(verdicts)
        assert {verdict for verdict in found if verdict in pinned("server")} == pinned("server")
        for verdict in found.values():
            target.reset()  # type: ignore[attr-defined]  # a URL target with a path for it
            assert_reproduces(verdict)
        target.close()


@needs_server
def test_a_snippet_of_a_token_shows_twice_that_it_is_not_looked_at() -> None:
    name = "connect.CreateInstance/input/ClientToken/idempotency"
    with moto_server() as url:
        target = open_target(url)
        verdicts, _ = judged(target, ["connect.CreateInstance"])
        target.close()
        verdict = findings(verdicts)[name, "idempotency"]
        assert verdict.reproducer is not None
        first, second = (made(verdict.reproducer.boto3)["Id"] for _ in range(2))
    assert first != second


def made(snippet: str) -> dict[str, Any]:
    """Return the answer that a snippet gets."""
    scope: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(snippet, "snippet", "exec"), scope)
    answer: dict[str, Any] = scope["response"]
    return answer


SUCCESSES = ("accepted-invalid", "protocol", "idempotency", "response-shape", "pagination")
"""The reasons of findings that are a success of the target."""


def assert_reproduces(verdict: Verdict) -> None:
    """Run the printed boto3 snippet, and hold its outcome against the verdict."""
    assert verdict.reproducer is not None
    snippet = verdict.reproducer.boto3
    assert snippet, verdict.case
    status = outcome(snippet)
    if verdict.reason == "server-error":
        assert status >= 500, (verdict.case, status)
    elif verdict.reason in SUCCESSES:
        assert 200 <= status < 300, (verdict.case, status)
    else:
        assert verdict.observed.startswith(f"{status} "), (verdict.case, status, verdict.observed)


def outcome(snippet: str) -> int:
    """Return the HTTP status that a snippet meets."""
    from botocore.exceptions import ClientError
    from botocore.parsers import ResponseParserError

    printed = io.StringIO()
    scope: dict[str, Any] = {}
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(snippet, "snippet", "exec"), scope)
    except ClientError as error:
        return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
    except ResponseParserError as error:  # an HTML page where XML is due: botocore reads no status
        return 500 if "500 Internal Server Error" in str(error) else 0
    answer = scope["response"]
    if isinstance(answer, dict):
        return int(answer["ResponseMetadata"]["HTTPStatusCode"])
    return int(printed.getvalue().split()[0])


NOT_THERE = {
    "connect.CreateContact": "no-route",
    "kinesis.UpdateMaxRecordSize": "not-implemented",
    "dynamodb.CreateGlobalTable": "not-implemented",
    "ec2.DescribeByoipCidrs": "not-implemented",
    "iam.GetOrganizationsAccessReport": "not-implemented",
    "quicksight.ListThemes": "no-route",
}


@pytest.mark.skipif(not SAME_VERSIONS, reason="reviewed for another version of moto")
def test_what_moto_has_not_is_not_implemented_in_process() -> None:
    target = open_target("moto")
    try:
        verdicts, results = judged(target, tuple(NOT_THERE))
    finally:
        target.close()
    assert {name: one.reason.partition(":")[0] for name, one in results.items()} == NOT_THERE
    assert {one.state for one in results.values()} == {"unimplemented"}
    assert not findings(verdicts)


@needs_server
@pytest.mark.skipif(not SAME_VERSIONS, reason="reviewed for another version of moto")
def test_what_moto_server_has_not_is_not_implemented_though_it_answers_500() -> None:
    with moto_server() as url:
        target = open_target(url)
        verdicts, results = judged(target, tuple(NOT_THERE))
        target.close()
    assert {one.state for one in results.values()} == {"unimplemented"}
    codes = {one.reason.partition(":")[0] for one in results.values()}
    assert codes == {"no-route", "as-unknown"}
    assert not findings(verdicts)


@pytest.mark.nightly
def test_a_wide_sample_of_moto_runs_without_a_fault_of_the_suite() -> None:
    from aws_specs import sdk

    names = [
        f"{service}.{name}"
        for service in sorted(SERVICES)
        for name in sorted(sdk.service_model(service).operation_names)[::7]
    ]
    target = open_target("moto")
    try:
        verdicts, results = judged(target, names)
    finally:
        target.close()
    assert len(results) == len(names)
    reasons = {v.reason for v in verdicts if v.verdict == "fail" and not v.flaky}
    assert reasons <= {
        "accepted-invalid", "server-error", "wrong-error", "wrong-status", "error-shape",
        "response-shape", "protocol", "idempotency", "rejected-valid", "pagination",
    }  # fmt: skip

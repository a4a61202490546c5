"""SARIF 2.1.0: alerts on the lines of the pages."""

import json
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest
from hypothesis import given
from syrupy.assertion import SnapshotAssertion

from aws_reports import sarif
from aws_reports.results import Results
from aws_reports.summary import summarise
from aws_specs.spec import PageSource, ProtocolSource
from reports import anything, runs


def only_run(results: Results) -> dict[str, Any]:
    log = json.loads(sarif.render(results))
    assert log["version"] == "2.1.0"
    assert len(log["runs"]) == 1
    return log["runs"][0]


def test_looks_as_reviewed(snapshot: SnapshotAssertion):
    assert sarif.render(runs.realistic()).decode() == snapshot


def test_finding_stands_on_the_line_of_the_page_that_states_the_rule():
    found = only_run(runs.realistic())["results"][0]
    assert found["ruleId"] == f"{runs.CONTACT}/input/Channel/enum"
    assert found["level"] == "error"
    assert found["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "connect/create_contact.txt", "uriBaseId": "PAGES"},
                "region": {"startLine": 27},
            }
        }
    ]
    assert found["occurrenceCount"] == 2


def test_rule_without_a_page_stands_where_the_model_or_protocol_states_it():
    source = ProtocolSource(protocol="rest-json", document="restJson1", level="C")
    verdict = msgspec.structs.replace(runs.verdict(runs.CONTACT, 0, "fail"), source=source)
    found = only_run(msgspec.structs.replace(runs.realistic(), verdicts=(verdict,)))
    assert found["results"][0]["locations"][0]["logicalLocations"][0]["kind"] == "namespace"


def test_known_deviation_is_suppressed_and_flaky_one_is_left_out():
    found = only_run(runs.realistic())["results"]
    suppressed = [one for one in found if "suppressions" in one]
    assert [one["ruleId"] for one in suppressed] == [f"{runs.CONTACT}/input/Name/length"]
    assert suppressed[0]["level"] == "note"
    assert len(found) == 5


@anything.ANY
@given(anything.runs())
def test_any_results_refer_to_their_rules(results: Results):
    run = only_run(results)
    rules = run["tool"]["driver"]["rules"]
    summary = summarise(results)
    assert len(run["results"]) == len(summary.findings) + len(summary.known)
    for one in run["results"]:
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"]
        assert one["message"]["text"]
    assert len({rule["id"] for rule in rules}) == len(rules)


@pytest.mark.parametrize("file", ["a b/ü.txt", "javascript:alert(1)", "//evil.example/x", "..\\x"])
def test_page_is_a_relative_reference(file: str):
    verdict = msgspec.structs.replace(
        runs.verdict(runs.CONTACT, 0, "fail"), source=PageSource(file=file, line=0, sentence="s")
    )
    found = only_run(msgspec.structs.replace(runs.realistic(), verdicts=(verdict,)))
    place = found["results"][0]["locations"][0]["physicalLocation"]
    uri = place["artifactLocation"]["uri"]
    assert uri.isascii()
    assert not uri.startswith("/")
    assert ":" not in uri
    assert unquote(uri) == file.lstrip("/")
    assert "region" not in place


def test_invocation_tells_how_the_run_ended():
    stopped = msgspec.structs.replace(runs.conforming(), stopped="budget", exit_code=4)
    assert only_run(stopped)["invocations"] == [
        {"executionSuccessful": False, "exitCode": 4, "exitCodeDescription": "budget"}
    ]
    assert only_run(runs.realistic())["invocations"][0]["executionSuccessful"] is True

"""Pages and models agree; where they do not, the difference has a name or is called unexplained."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from aws_specs import agree, build, generated
from aws_specs.agree import CLASSES, UNEXPLAINED, classify, differences, disagreements
from aws_specs.nodes import page_nodes
from aws_specs.printed import printed_page
from aws_specs.readers import read_page

# Names hidden, aliased, retyped, added, filled in; JSON in headers; streams; unions; recursion;
# documents; prose with line breaks that break the list; tokens; no parameters; nothing returned.
SERVICES = [
    "bedrock-runtime",
    "cloudsearchdomain",
    "codedeploy",
    "dynamodb",
    "glacier",
    "iot-data",
    "kinesis",
    "lex-runtime",
    "lexv2-runtime",
    "s3",
    "sqs",
]
OPERATIONS = [
    ("apigatewayv2", "CreateIntegration"),
    ("apigatewayv2", "GetIntegrations"),
    ("cloudformation", "GetTemplate"),
    ("ec2", "CopySnapshot"),
    ("ec2", "DescribeVpcs"),
    ("ec2", "RunInstances"),
    ("iam", "CreatePolicy"),
    ("iam", "GetPolicyVersion"),
    ("logs", "CreateExportTask"),
    ("quicksight", "CreateAnalysis"),
    ("rds", "CopyDBSnapshot"),
]


@cache
def page(service: str, operation: str) -> str:
    (made,) = generated.generate(service, operation)
    return made.text


def sides(service: str, operation: str) -> tuple[list[agree.Node], list[agree.Node]]:
    read = read_page(page(service, operation), file="page.rst")
    return list(page_nodes(read)), list(page_nodes(printed_page(service, operation)))


@pytest.mark.parametrize("service", SERVICES)
def test_every_difference_of_a_service_is_explained(service: str, tmp_path: Path) -> None:
    tally = build.tally(service, build.build(service, cache=tmp_path))
    assert tally.unexplained == ()
    assert tally.counts["operations"] > 1


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_every_difference_of_an_operation_is_explained(service: str, operation: str) -> None:
    found = disagreements(*sides(service, operation))
    assert [one for one in found if one.kind == UNEXPLAINED] == []


@pytest.mark.parametrize(("service", "operation"), [("sqs", "SendMessage"), ("iam", "GetRole")])
def test_page_and_model_of_a_plain_operation_give_the_same_nodes(
    service: str, operation: str
) -> None:
    ours, theirs = sides(service, operation)
    assert ours == theirs


def member(path: str, **traits: object) -> agree.Node:
    return {"side": "input", "path": path, "type": "string", "required": False, **traits}


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ([member("A")], [], [("member", True, False)]),
        ([], [member("A")], [("member", False, True)]),
        ([member("A")], [member("A", type="list")], [("type", "string", "list")]),
        ([member("A", required=True)], [member("A")], [("required", True, False)]),
        ([member("A", enum=["x"])], [member("A")], [("enum", ["x"], [])]),
        ([member("A", enum=["x", "y"])], [member("A", enum=["y", "x"])],
         [("enum", ["x", "y"], ["y", "x"])]),
        ([member("A", union=True)], [member("A")], [("union", True, False)]),
        ([member("A")], [member("A", recursive=True)], [("recursive", False, True)]),
        ([member("A", autopopulated=True)], [member("A")], [("autopopulated", True, False)]),
        ([member("A"), member("B")], [member("B"), member("A")], [("order", "A", "B")]),
        ([{"side": "error", "path": "E"}], [], [("error", True, False)]),
        ([{"side": "gap", "what": "members-lost", "path": "input/A"}], [],
         [("gap", "members-lost", "")]),
    ],
)  # fmt: skip
def test_a_difference_without_a_reason_is_unexplained(
    ours: list[agree.Node], theirs: list[agree.Node], expected: list[tuple[str, object, object]]
) -> None:
    found = [(one.what, one.page, one.model) for one in differences(ours, theirs)]
    assert found == expected
    assert {one.kind for one in disagreements(ours, theirs)} == {UNEXPLAINED}


@pytest.mark.parametrize("lost", ["A", "A.B", "A[]"])
def test_a_member_that_the_reader_loses_is_unexplained(lost: str) -> None:
    ours, theirs = sides("sqs", "SendMessage")
    kept = [node for node in ours if node.get("path") != "MessageAttributes{}.DataType"]
    (found,) = disagreements(kept, theirs)
    assert found.kind == UNEXPLAINED
    assert found.difference.path == "MessageAttributes{}.DataType"
    (added,) = disagreements([*ours, member(lost)], theirs)
    assert added.kind == UNEXPLAINED


def test_a_section_left_out_explains_only_what_it_would_say() -> None:
    gone = [{"side": "gap", "what": "elided", "path": "parameters"}]
    found = disagreements(
        [member("A"), *gone], [member("A", required=True, enum=["x"]), member("B")]
    )
    kinds = {(one.difference.path, one.difference.what): one.kind for one in found}
    assert kinds == {
        ("A", "required"): "too-large-to-render",
        ("A", "enum"): UNEXPLAINED,  # the syntax block is there and would print it
        ("B", "member"): UNEXPLAINED,
        ("parameters", "gap"): "too-large-to-render",
    }


def test_every_class_has_a_name_and_a_reason() -> None:
    names = [one.name for one in CLASSES]
    assert len(set(names)) == len(names)
    assert UNEXPLAINED not in names
    assert all(one.explanation.endswith(".") for one in CLASSES)


def test_a_parameter_that_the_sdk_fills_in_is_a_class_of_its_own() -> None:
    found = disagreements(*sides("glacier", "UploadArchive"))
    assert {one.kind for one in found} == {"filled-in-by-the-sdk"}
    foreseen = found[0].difference
    assert classify(foreseen, frozenset()) == "filled-in-by-the-sdk"


def test_the_total_counts_a_client_with_two_names_once(tmp_path: Path) -> None:
    tallies = [
        build.tally(name, build.build(name, cache=tmp_path))
        for name in ("pinpoint-sms-voice", "sms-voice")
    ]
    assert build.total(tallies).counts == tallies[0].counts == tallies[1].counts

"""Faults by protocol: what cannot be told from the twin on the wire is not sent."""

from __future__ import annotations

import pytest

from aws_specs import catalog
from aws_strategies.carriage import carriage
from aws_strategies.cover import Cover
from aws_strategies.kinds import KINDS
from aws_strategies.plan import Plan


def faults(name: str) -> set[tuple[str, str]]:
    """Return (rule, way) of every invalid case of an operation's cover."""
    cover = Cover(Plan(catalog.load(name)))
    short = len(name) + len("/input/")
    return {
        (case.rule[short:], case.fault.what)
        for case in cover.cases
        if case.kind == "invalid" and case.fault
    }


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("lambda.CreateFunction", "FunctionName", "document"),
        ("sqs.CreateQueue", "Attributes{}", "document"),
        ("lambda.ListFunctions", "MaxItems", "text"),
        ("sns.CreateTopic", "Tags[].Key", "text"),
        ("s3.PutBucketVersioning", "VersioningConfiguration.Status", "text"),
        ("s3.PutObject", "StorageClass", "filled"),
        ("s3.PutObject", "Metadata{}", "filled"),
        ("ec2.DescribeVpcs", "Filters[].Name", "filled"),
    ],
)
def test_says_what_carries_a_value(name: str, path: str, expected: str) -> None:
    assert carriage(Plan(catalog.load(name)), path) == expected


@pytest.mark.parametrize("name", ["sns.CreateTopic", "iam.CreateUser", "ec2.DescribeVpcs"])
def test_a_form_has_no_wrong_type_where_text_is_due_and_no_null(name: str) -> None:
    ways = {what for rule, what in faults(name)}
    assert not ways & {"null", "number", "boolean", "array", "object"}


def test_a_form_has_texts_that_are_no_number_and_no_boolean() -> None:
    assert ("MaxResults/type", "string") in faults("ec2.DescribeVpcs")
    assert ("DryRun/type", "string") in faults("ec2.DescribeVpcs")


def test_a_required_map_of_a_form_is_filled_so_that_its_absence_shows() -> None:
    plan = Plan(catalog.load("sns.SetSMSAttributes"))
    control = Cover(plan).control

    assert control.params["attributes"]
    assert ("attributes/required", "absent") in faults("sns.SetSMSAttributes")


def test_an_empty_map_of_a_form_is_not_taken_out() -> None:
    plan = Plan(catalog.load("sns.SetSMSAttributes"))
    rule = plan.rule("attributes", "required")
    assert rule is not None
    breaks = KINDS["required"].breaks

    assert list(breaks(plan, rule, {"attributes": {}}, ("attributes",))) == []
    assert list(breaks(plan, rule, {"attributes": {"a": "b"}}, ("attributes",)))


def test_a_header_has_no_empty_value() -> None:
    found = faults("s3.PutObject")
    assert ("StorageClass/enum", "outsider") in found
    assert ("StorageClass/enum", "empty") not in found


def test_the_length_of_a_body_is_the_clients_affair() -> None:
    cover = Cover(Plan(catalog.load("s3.PutObject")))
    assert not any("ContentLength" in case.params for case in cover.cases)

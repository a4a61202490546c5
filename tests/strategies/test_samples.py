"""Samples: requests are built upon the values of one that a target accepts."""

from __future__ import annotations

from aws_specs.catalog import load
from aws_strategies.build import Builder
from aws_strategies.plan import Plan


def builder(name: str, **options: object) -> Builder:
    return Builder(Plan(load(name), **options))  # type: ignore[arg-type]


def test_every_request_has_the_members_of_the_sample_with_its_values() -> None:
    samples = {"Tags{key}": "team", "Tags{}": "blue", "Limit": 7}
    made = builder("kinesis.AddTagsToStream", samples=samples).minimal()
    assert made == {"Tags": {"team": "blue"}}


def test_a_value_that_the_rules_forbid_is_not_used_but_its_member_is_there() -> None:
    made = builder("kinesis.DescribeStream", samples={"StreamName": "!", "Limit": 10**9}).minimal()
    assert made == {"StreamName": "streamname", "Limit": 1}


def test_a_member_bound_by_its_whole_path_is_sent_though_it_is_not_required() -> None:
    whole = {"kinesis.DescribeStream.StreamName": "mine"}
    assert builder("kinesis.DescribeStream", bindings=whole).minimal() == {"StreamName": "mine"}
    named = {"kinesis.StreamName": "mine"}
    assert builder("kinesis.DescribeStream", bindings=named).minimal() == {}


def test_what_is_asked_for_wins_over_the_sample_in_a_union() -> None:
    samples = {"messages[].content[].text": "hello"}
    made = builder("bedrock-runtime.Converse", samples=samples)
    (content,) = made.containing("messages[].content[]")["messages"][0]["content"]
    assert content == {"text": "hello"}
    (asked,) = made.containing("messages[].content[].image")["messages"][0]["content"]
    assert list(asked) == ["image"]

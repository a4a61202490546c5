"""The emulator's schema keywords and the member paths of what they report."""

from __future__ import annotations

from typing import Any

import pytest

from aws_conformance.emulator.refusals import Problem
from aws_conformance.emulator.validation import Checker, refusal
from aws_specs.spec import List, Map, Member, Recursive, Scalar, Structure

STRING = Scalar(type="string")


def checker(schema: dict[str, Any], shape: Any = STRING) -> Checker:
    """Return a checker of one member `A` with a schema."""
    top = Structure(members=(Member(name="A", shape=shape),))
    return Checker({"type": "object", "properties": {"A": schema}}, top)


@pytest.mark.parametrize(
    ("schema", "kept", "broken"),
    [
        ({"x-aws-max-bytes": 4}, ["abcd", "éé", ""], ["abcde", "ééa"]),
        ({"x-aws-min-bytes": 2}, ["ab", "é"], ["a", ""]),
        ({"maxLength": 2}, ["ab", "𝄞𝄞"], ["abc"]),
        ({"contentEncoding": "base64"}, ["", "YQ==", "YWJj"], ["YQ", "YQ=", "a b=", "-_==", "é"]),
        ({"x-aws-max-decoded-bytes": 1}, ["", "YQ=="], ["YWI="]),
        ({"x-aws-min-decoded-bytes": 1}, ["YQ=="], [""]),
        ({"pattern": "^(?:a|b)$"}, ["a", "b"], ["ab", "a\n", "xa", ""]),
        ({"pattern": r"^(?:a\$)$"}, ["a$"], ["a", "a$\n"]),
        ({"pattern": r"^(?:(?:\p{L})$"}, ["what Python cannot read is not checked"], []),
        (
            {"format": "date-time"},
            ["2019-11-08T02:41:28.172Z", "2020-02-29T00:00:00+01:00"],
            ["2019-11-08", "2019-13-08T02:41:28Z", "now", "2021-02-29T00:00:00Z", "1573180888"],
        ),
        ({"format": "arn"}, ["arn:aws:s3:::bucket"], ["bucket", "arn:aws", "arn:aws:s3"]),
        ({"format": "url"}, ["https://example.com/x"], ["example", "https://a b"]),
        ({"format": "email"}, ["a@example.com"], ["a", "a@b@c", "a b@c"]),
        ({"format": "e.164"}, ["+12065550100"], ["12065550100", "+1 206"]),
        ({"format": "of-someone-else"}, ["anything"], []),
    ],
)
def test_keywords(schema: dict[str, Any], kept: list[str], broken: list[str]) -> None:
    check = checker(schema)
    for text in kept:
        assert check.accepts({"A": text}), text
        assert check.problems({"A": text}) == ()
    for text in broken:
        assert not check.accepts({"A": text}), text
        assert [problem.member for problem in check.problems({"A": text})] == ["A"]


def test_keywords_of_text_leave_other_types_alone() -> None:
    schema = {
        "x-aws-max-bytes": 1,
        "format": "arn",
        "pattern": "^(?:a)$",
        "contentEncoding": "base64",
    }
    assert checker(schema).accepts({"A": 12345})


def test_the_total_is_of_all_values_below_in_bytes() -> None:
    check = checker({"x-aws-max-total-bytes": 6}, Map(key=STRING, value=STRING))
    assert check.accepts({"A": {"x": {"Value": "éé"}, "y": {"Value": "ab", "Type": "long text"}}})
    assert not check.accepts({"A": {"x": {"Value": "éé"}, "y": {"Value": "abc"}}})


NESTED = Structure(
    members=(
        Member(
            name="M",
            shape=Map(
                key=STRING,
                value=Structure(
                    members=(
                        Member(name="L", shape=List(item=STRING)),
                        Member(name="Again", shape=Recursive(to="M{}", type="structure")),
                    )
                ),
            ),
        ),
    )
)
NESTED_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["M"],
    "properties": {
        "M": {
            "type": "object",
            "propertyNames": {"type": "string", "minLength": 1},
            "additionalProperties": {
                "type": "object",
                "properties": {
                    "L": {"type": "array", "items": {"type": "string", "maxLength": 2}},
                    "Again": {"$ref": "#/properties/M/additionalProperties"},
                },
                "allOf": [
                    {"if": {"required": ["Again"]}, "then": {"properties": {"L": False}}},
                ],
            },
        }
    },
}


@pytest.mark.parametrize(
    ("value", "member", "kind", "unreadable"),
    [
        ({}, "M", "required", False),
        ({"M": []}, "M", "type", True),
        ({"M": {"": {}}}, "M{key}", "length", False),
        ({"M": {"k": {"L": ["abc"]}}}, "M{}.L[]", "length", False),
        ({"M": {"k": {"L": [None]}}}, "M{}.L[]", "type", True),
        ({"M": {"k": {"Again": {"L": ["abc"]}}}}, "M{}.L[]", "length", False),
        ({"M": {"k": {"Again": {}, "L": []}}}, "M{}.L", "conditional", False),
    ],
)
def test_a_problem_names_member_kind_and_whether_it_can_be_read(
    value: dict[str, Any], member: str, kind: str, unreadable: bool
) -> None:
    (problem,) = Checker(NESTED_SCHEMA, NESTED).problems(value)
    assert (problem.member, problem.kind, problem.unreadable) == (member, kind, unreadable)


def test_a_type_that_cannot_be_read_is_answered_before_a_constraint() -> None:
    long = Problem(member="A", kind="length", at=("A",), message="too long")
    wrong = Problem(member="B", kind="type", at=("B",), message="no string", unreadable=True)
    assert refusal((long,)).cause == "validation"
    found = refusal((long, wrong))
    assert found.cause == "serialization"
    assert "no string" in found.message
    assert found.message.startswith("2 validation errors detected")

"""Values at a limit, and one step inside it."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from aws_specs.spec import Json, List, Map, Rule, Structure
from aws_strategies.case import Case
from aws_strategies.cover import Cover
from aws_strategies.domain import LONGEST, MOST_ITEMS
from aws_strategies.extremes import step_inside
from aws_strategies.kinds import broken
from aws_strategies.plan import Plan
from aws_strategies.unbroken import TOO_LARGE, untried
from strategies.specs import plan, rule, scalar, structure

STRING = scalar()


def inside(made: Plan, end: str) -> Json:
    """Return the value of A one step inside its limit, None where there is none."""
    case = next(c for c in Cover(made).cases if any(w.endswith(f"={end}") for w in c.witnesses))
    witness = next(w for w in case.witnesses if w.endswith(f"={end}"))
    alone = Cover(made).case(f"{made.operation.id}~only~{witness}")
    assert alone is not None
    found = step_inside(made, made.testable[-1], alone)
    return None if found is None else found.params["A"]


LIMITS: list[tuple[Structure, Rule, str, Any]] = [
    (structure(A=scalar("integer")), rule("A", "range", {"min": 1, "max": 50}), "max", 49),
    (structure(A=scalar("integer")), rule("A", "range", {"min": 1, "max": 50}), "min", 2),
    (structure(A=STRING), rule("A", "length", {"min": 1, "max": 9}), "max", "x" * 8),
    (structure(A=STRING), rule("A", "length", {"min": 3, "max": 9}), "min", "x" * 4),
    (structure(A=List(item=STRING)), rule("A", "items", {"max": 3}), "max", 2),
    (structure(A=List(item=STRING)), rule("A", "items", {"min": 2}), "min", 3),
    (structure(A=Map(key=STRING, value=STRING)), rule("A", "items", {"max": 3}), "max", 2),
]


@pytest.mark.parametrize(("request_", "limit", "end", "due"), LIMITS)
def test_value_one_step_inside_a_limit_is_valid(
    request_: Structure, limit: Rule, end: str, due: Any
) -> None:
    made = plan(request_, limit)
    value = inside(made, end)
    assert (len(value) if isinstance(due, int) and not isinstance(value, int) else value) == due
    assert broken(made, {"A": value}, surely=False) == set()


def test_bytes_one_step_inside_a_limit_are_one_fewer() -> None:
    made = plan(structure(A=scalar("blob")), rule("A", "length", {"max": 9, "unit": "bytes"}))
    value = inside(made, "max")
    assert len(base64.b64decode(value)) == 8


def test_text_one_step_inside_a_limit_keeps_its_pattern() -> None:
    made = plan(
        structure(A=STRING),
        rule("A", "pattern", "arn:[a-z]+:.+"),
        rule("A", "length", {"max": 100}),
    )
    value = inside(made, "max")
    assert len(value) == 99
    assert value.startswith("arn:")


@pytest.mark.parametrize(
    ("request_", "limit"),
    [
        (structure(A=scalar("integer")), rule("A", "range", {"min": 5, "max": 5})),
        (structure(A=STRING), rule("A", "length", {"min": 5, "max": 5})),
        (structure(A=List(item=STRING)), rule("A", "items", {"min": 2, "max": 2})),
        (
            structure(A=scalar("blob")),
            rule("A", "length", {"min": 5, "max": 5, "unit": "bytes"}),
        ),
    ],
)
def test_nothing_lies_inside_limits_that_leave_one_size(request_: Structure, limit: Rule) -> None:
    assert inside(plan(request_, limit), "max") is None


def test_only_a_witness_of_a_limit_has_an_inside() -> None:
    limit = rule("A", "length", {"max": 5})
    made = plan(structure(A=STRING), limit)
    case = Case(
        id="x", operation="test.Operation", kind="valid", params={"A": "a"}, witnesses=(limit.id,)
    )
    assert step_inside(made, limit, case) is None
    absent = Case(
        id="x", operation="test.Operation", kind="valid", params={}, witnesses=(f"{limit.id}=max",)
    )
    assert step_inside(made, limit, absent) is None


def test_ends_of_limits_that_are_too_far_are_told() -> None:
    made = plan(
        structure(A=STRING, B=STRING, L=List(item=STRING)),
        rule("A", "length", {"max": LONGEST}),
        rule("B", "length", {"max": LONGEST - 1}),
        rule("L", "items", {"max": MOST_ITEMS}),
    )
    assert list(untried(made)) == [
        ("test.Operation/input/A/length~above-max", TOO_LARGE),
        ("test.Operation/input/L/items~above-max", TOO_LARGE),
    ]

"""Names of their own for what requests make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from aws_conformance.naming import Namer
from aws_specs import catalog
from aws_strategies.case import Case, Fault
from aws_strategies.plan import Plan


def plan(name: str, bindings: Mapping[str, str] | None = None) -> Plan:
    return Plan(catalog.load(name), bindings=bindings)


def case(name: str, params: Any, identity: str = "x", **more: Any) -> Case:
    return Case(id=identity, operation=name, kind=more.pop("kind", "valid"), params=params, **more)


@pytest.mark.parametrize(
    ("name", "params", "member"),
    [
        ("sqs.CreateQueue", {"QueueName": "q"}, "QueueName"),
        ("s3.CreateBucket", {"Bucket": "bucket"}, "Bucket"),
        ("iam.CreateUser", {"UserName": "u", "Path": "/"}, "UserName"),
        ("rds.CreateDBInstance", {"DBInstanceIdentifier": "db"}, "DBInstanceIdentifier"),
    ],
)
def test_each_request_names_something_else(name: str, params: Any, member: str) -> None:
    namer = Namer(plan(name), 7)
    cases = [case(name, params, "one"), case(name, params, "two"), case(name, params, "one")]
    names = [namer(one).params[member] for one in cases]
    assert len(set(names)) == 3
    assert all(found.startswith(params[member]) for found in names)


def test_the_same_run_makes_the_same_names_and_another_seed_others() -> None:
    one = case("sqs.CreateQueue", {"QueueName": "q"})
    first, again, other = (Namer(plan("sqs.CreateQueue"), seed)(one) for seed in (1, 1, 2))
    assert first == again != other


def test_below_required_structures_too() -> None:
    params = {"CreateApplicationRequest": {"Name": "app"}}
    found = Namer(plan("pinpoint.CreateApp"), 1)(case("pinpoint.CreateApp", params))
    assert found.params["CreateApplicationRequest"]["Name"] != "app"
    assert params == {"CreateApplicationRequest": {"Name": "app"}}


def test_what_the_case_is_about_stays() -> None:
    namer = Namer(plan("iam.CreateUser"), 1)
    fault = Fault(op="replace", at="/UserName", member="UserName", what="mismatch", new="!!")
    wrong = case("iam.CreateUser", {"UserName": "!!"}, kind="invalid", fault=fault)
    assert namer(wrong).params == {"UserName": "!!"}
    longest = case(
        "iam.CreateUser", {"UserName": "x" * 64}, witnesses=("iam.CreateUser/input/UserName/length=max",)
    )  # fmt: skip
    assert len(namer(longest).params["UserName"]) == 64
    least = case(
        "iam.CreateUser", {"UserName": "x"}, witnesses=("iam.CreateUser/input/UserName/length=min",)
    )  # fmt: skip
    assert namer(least).params["UserName"] == "x"


def test_a_sequence_keeps_one_name() -> None:
    namer = Namer(plan("connect.CreateInstance"), 1)
    params = {"InstanceAlias": "alias", "ClientToken": "t"}
    cases = [
        case("connect.CreateInstance", params, f"s-{n}", kind="sequence", rule="r") for n in "12"
    ]
    first, second = (namer(one).params for one in cases)
    assert first == second


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("sqs.GetQueueUrl", {"QueueName": "q"}),  # makes nothing
        ("lambda.CreateFunction", {"Runtime": "python3.12"}),  # an enum is no name
        ("sqs.CreateQueue", {"QueueName": 123}),  # no text
        ("sqs.CreateQueue", ["QueueName"]),  # no object
    ],
)
def test_nothing_else_is_renamed(name: str, params: Any) -> None:
    assert Namer(plan(name), 1)(case(name, params)).params == params


def test_what_is_bound_stays() -> None:
    bound = plan("sqs.CreateQueue", {"sqs.QueueName": "mine"})
    params = {"QueueName": "mine"}
    assert Namer(bound, 1)(case("sqs.CreateQueue", params)).params == params

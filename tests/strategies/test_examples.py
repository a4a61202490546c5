"""Examples of a run: the same for the same seed, spread over the rules, small when they fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import strategies as st

from aws_specs import catalog
from aws_specs.spec import List, Map
from aws_strategies import generate, shrink, twin_of, untouched
from aws_strategies._requests import breakable
from aws_strategies.case import Case
from aws_strategies.examples import sample
from aws_strategies.kinds import broken
from aws_strategies.plan import Plan
from strategies.oracle import Oracle
from strategies.specs import FIVE, operation, plan, plan_of, rule, scalar, structure

# ---------------------------------------------------------------- generate


@pytest.mark.parametrize("name", FIVE)
def test_makes_as_many_valid_as_invalid_cases_under_ids_that_count(name: str) -> None:
    cases = generate(plan_of(name), 25, 7, nonce="n")

    assert [case.id for case in cases] == [
        *(f"{name}~example~valid~{n}" for n in range(25)),
        *(f"{name}~example~invalid~{n}" for n in range(25)),
    ]
    assert all(case.example for case in cases)
    assert len({json.dumps(case.params) for case in cases}) == 50


def test_invalid_case_is_its_valid_twin_with_one_fault() -> None:
    plan = plan_of("pinpoint.SendMessages")
    cases = {case.id: case for case in generate(plan, 25, 3, nonce="")}

    for case in cases.values():
        if case.kind == "invalid":
            twin = cases[case.twin]
            assert twin.id.rsplit("~", 1)[1] == case.id.rsplit("~", 1)[1]
            assert untouched(case) == twin.params


@pytest.mark.parametrize("name", FIVE)
def test_tokens_differ_between_all_examples(name: str) -> None:
    plan = plan_of(name)
    cases = [case for case in generate(plan, 20, 3, nonce="") if case.fault is None or
             case.fault.member not in plan.tokens]  # fmt: skip
    for token in plan.tokens:
        sent = [case.params[token] for case in cases]
        assert len(sent) == len(set(sent))


def test_rules_are_spread_and_no_kind_crowds_out_the_others() -> None:
    plan = plan_of("pinpoint.SendMessages")
    cases = [case for case in generate(plan, 40, 11, nonce="") if case.kind == "invalid"]
    kinds = Counter(case.rule.rsplit("/", 1)[1] for case in cases)

    assert max(Counter(case.rule for case in cases).values()) == 1
    assert kinds["type"] < 20
    assert len(kinds) >= 6


def test_every_breakable_rule_has_its_turn() -> None:
    plan = plan_of("connect.CreateParticipant")
    able = {rule.id for rule in breakable(plan)}
    cases = generate(plan, 2 * len(able), 1, nonce="")

    assert {case.rule for case in cases if case.kind == "invalid"} == able


def test_seed_decides_what_is_drawn() -> None:
    name = "connect.CreateContact"
    one, same, other = (
        generate(Plan(catalog.load(name)), 10, seed, nonce="") for seed in (1, 1, 2)
    )

    assert one == same
    assert one != other


_SCRIPT = """
import hashlib, msgspec
from aws_specs import catalog
from aws_strategies import Plan, generate
for name in ("connect.CreateContact", "pinpoint.SendMessages"):
    cases = generate(Plan(catalog.load(name)), 12, 5, nonce="n")
    print(hashlib.sha256(msgspec.json.encode(cases)).hexdigest())
"""


def test_same_seed_gives_the_same_cases_in_every_process() -> None:
    def run(hash_seed: str) -> str:
        env = {**os.environ, "PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True, env=env
        )
        return done.stdout

    assert run("1") == run("2")


def test_bindings_change_values_and_nothing_else() -> None:
    name = "connect.CreateParticipant"
    free = generate(Plan(catalog.load(name)), 10, 1, nonce="")
    bound = generate(
        Plan(catalog.load(name), bindings={"connect.InstanceId": "mine"}), 10, 1, nonce=""
    )

    assert [case.id for case in free] == [case.id for case in bound]
    assert [case.rule for case in free] == [case.rule for case in bound]


def test_operation_with_few_requests_gets_few_cases() -> None:
    assert len(generate(plan(structure()), 25, 1, nonce="")) == 1

    flag = plan(structure(A=scalar("boolean")), rule("A", "required"), rule("A", "type", "boolean"))
    cases = generate(flag, 25, 1, nonce="")
    assert {json.dumps(c.params) for c in cases if c.kind == "valid"} == {
        '{"A": false}', '{"A": true}',
    }  # fmt: skip
    assert {c.rule for c in cases if c.kind == "invalid"} == {
        "test.Operation/input/A/required", "test.Operation/input/A/type",
    }  # fmt: skip


def test_operation_without_rules_to_break_has_valid_cases_only() -> None:
    cases = generate(plan(structure(A=scalar("integer"))), 5, 1, nonce="")

    assert [case.kind for case in cases] == ["valid"] * 5


def test_operation_without_a_valid_request_has_no_examples() -> None:
    impossible = plan(
        structure(Odd=scalar()),
        rule("Odd", "required"),
        rule("Odd", "length", {"min": 5}),
        rule("Odd", "pattern", "[a-z]{3}"),
    )
    assert generate(impossible, 5, 1, nonce="") == ()


def test_contradiction_across_members_has_no_examples() -> None:
    """A member that is required, and unsupported by what must be: nothing valid is known."""
    when = {"member": "A", "present": True}
    contradictory = plan(
        structure(A=scalar(), B=scalar()),
        rule("A", "required"),
        rule("B", "required"),
        rule("B", "conditional", {"when": when, "then": {"kind": "unsupported", "member": "B"}}),
    )
    assert generate(contradictory, 5, 1, nonce="") == ()


def test_sample_of_an_impossible_strategy_is_empty() -> None:
    assert sample(st.integers().filter(lambda n: False), 3, "seed") == []


# ---------------------------------------------------------------- shrink


def _asks(fails: Callable[[Case], bool]) -> tuple[list[Case], Callable[[Case], bool]]:
    asked: list[Case] = []

    def ask(case: Case) -> bool:
        asked.append(case)
        return fails(case)

    return asked, ask


def _example(name: str, kind: str) -> Case:
    cases = [case for case in generate(plan_of(name), 25, 5, nonce="") if case.kind == kind]
    return max(cases, key=lambda case: len(json.dumps(untouched(case))))


@pytest.mark.parametrize("name", FIVE)
def test_what_always_fails_shrinks_to_the_smallest_request(name: str) -> None:
    plan = plan_of(name)
    smallest = shrink(plan, _example(name, "valid"), lambda case: True, seed=1)

    assert all(plan.required(member) or member in plan.tokens for member in smallest.params)


@pytest.mark.parametrize("name", FIVE)
def test_shrunk_fault_breaks_the_same_rule_in_the_same_way(name: str) -> None:
    oracle = Oracle(plan_of(name))
    case = _example(name, "invalid")
    smallest = shrink(oracle.plan, case, lambda candidate: True, seed=1)

    assert smallest.rule == case.rule
    assert smallest.fault is not None
    assert case.fault is not None
    assert (smallest.fault.what, smallest.fault.member) == (case.fault.what, case.fault.member)
    assert oracle.refuses(smallest.params) == {case.rule}
    assert len(json.dumps(smallest.params)) <= len(json.dumps(case.params))


def test_shrinking_keeps_what_the_failure_needs() -> None:
    plan = plan_of("connect.CreateContact")
    case = next(
        case for case in generate(plan, 60, 2, nonce="")
        if case.kind == "valid" and len(case.params.get("References", {})) > 1
    )  # fmt: skip
    asked, ask = _asks(lambda candidate: bool(candidate.params.get("References")))
    smallest = shrink(plan, case, ask, seed=1)

    optional = {m for m in smallest.params if not plan.required(m) and m not in plan.tokens}
    assert optional == {"References"}
    assert len(smallest.params["References"]) == 1
    assert len(asked) <= 60


def test_shrinking_asks_at_most_as_often_as_told_and_never_twice_the_same() -> None:
    asked, ask = _asks(lambda candidate: False)
    case = _example("pinpoint.SendMessages", "valid")

    assert shrink(plan_of("pinpoint.SendMessages"), case, ask, seed=1, tries=5) is case
    assert len(asked) == 5
    assert len({json.dumps(candidate.params) for candidate in asked}) == 5


def test_every_candidate_is_valid_but_for_the_fault() -> None:
    plan = plan_of("pinpoint.SendMessages")
    asked, ask = _asks(lambda candidate: "Body" in json.dumps(candidate.params))
    shrink(plan, _example("pinpoint.SendMessages", "invalid"), ask, seed=1)

    assert len(asked) > 1
    for candidate in asked:
        assert broken(plan, untouched(candidate), surely=False) == set()
        assert broken(plan, candidate.params, surely=False) == {candidate.rule}


def test_fault_in_a_list_keeps_its_item_when_others_go() -> None:
    spec = plan(
        structure(L=List(item=structure(A=scalar(), B=scalar("integer")))),
        rule("L[].A", "type", "string"),
        rule("L[].B", "type", "integer"),
        rule("L", "items", {"min": 1}),
    )
    case = next(
        case for case in generate(spec, 60, 1, nonce="")
        if case.fault and case.fault.at.startswith("/L/") and not case.fault.at.startswith("/L/0")
    )  # fmt: skip
    smallest = shrink(spec, case, lambda candidate: True, seed=1)

    assert smallest.fault is not None
    assert smallest.fault.at.startswith("/L/0/")
    assert len(smallest.params["L"]) == 1


def test_fault_in_a_map_key_is_shrunk_too() -> None:
    spec = plan(
        structure(M=Map(key=scalar(), value=structure(A=scalar())), Other=scalar()),
        rule("M", "required"),
        rule("M{key}", "length", {"min": 1, "max": 5}),
    )
    case = next(
        case for case in generate(spec, 40, 1, nonce="")
        if case.fault and case.fault.op == "rename" and "Other" in case.params
    )  # fmt: skip
    smallest = shrink(spec, case, lambda candidate: True, seed=1)

    assert set(smallest.params) == {"M"}
    assert len(smallest.params["M"]) == 1
    assert untouched(smallest)["M"].keys() != smallest.params["M"].keys()


def test_values_become_plain() -> None:
    spec = plan(structure(A=scalar()), rule("A", "required"), rule("A", "length", {"max": 30}))
    case = max(generate(spec, 20, 3, nonce=""), key=lambda c: len(str(c.params)) if
               c.kind == "valid" else 0)  # fmt: skip
    smallest = shrink(spec, case, lambda candidate: True, seed=1)

    assert len(case.params["A"]) > 1
    assert smallest.params == {"A": "a"}


def test_optional_value_that_cannot_be_made_is_left_as_it_is() -> None:
    spec = plan(
        structure(A=scalar(), B=scalar()),
        rule("A", "length", {"min": 5}),
        rule("A", "pattern", "[a-z]{3}"),
    )
    case = Case(id="x", operation="test.Operation", kind="valid", params={"B": "beta"})

    assert shrink(spec, case, lambda candidate: True, seed=1).params == {}


def test_case_of_a_rule_that_is_no_longer_testable_is_not_shrunk() -> None:
    plan = plan_of("connect.CreateContact")
    case = _example("connect.CreateContact", "invalid")
    other = Plan(operation(structure()))

    assert shrink(other, case, lambda candidate: True, seed=1) is case
    assert shrink(plan, case, lambda candidate: True, seed=1) is not case


def test_twin_of_a_case_is_valid_and_has_a_token_of_its_own() -> None:
    oracle = Oracle(plan_of("connect.CreateContact"))
    case = shrink(oracle.plan, _example("connect.CreateContact", "invalid"), lambda c: True, seed=1)
    twin = twin_of(oracle.plan, case, nonce="n")

    assert twin.id == case.twin
    assert twin.kind == "valid"
    assert oracle.refuses(twin.params) == set()
    assert twin.params["ClientToken"] != case.params.get("ClientToken")
    assert twin_of(oracle.plan, twin, nonce="n").id == f"{twin.id}~twin"

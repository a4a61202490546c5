"""Valid requests are accepted, invalid ones refused for the rule named and no other.

The judges are botocore's validator and jsonschema; neither knows how a request was made.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from aws_specs import catalog
from aws_strategies.case import Case
from aws_strategies.cover import Cover
from aws_strategies.examples import generate
from aws_strategies.plan import Plan
from strategies.judged import Judging, problems
from strategies.oracle import Oracle, botocore_objects
from strategies.specs import FIVE, plan_of, sampled

SAMPLE = sampled(200, seed=20240102)
CHUNKS = 20

UNREADABLE = frozenset({"(?s)"})
"""Flags within a pattern: the exported schema cannot anchor such a pattern yet."""


def _problems(oracle: Oracle, cases: Iterable[Case]) -> list[str]:
    """Return what the judges say against cases, in words."""
    return [found for case in cases for found in problems(oracle, case)]


@pytest.mark.parametrize("name", FIVE)
def test_judges_agree_with_every_case_of_the_cover(name: str) -> None:
    oracle = Oracle(plan_of(name))
    cases = Cover(oracle.plan).cases

    assert {case.kind for case in cases} == {"control", "valid", "invalid", "malformed"}
    assert _problems(oracle, cases) == []


@pytest.mark.parametrize("name", FIVE)
@pytest.mark.parametrize("seed", [0, 1])
def test_judges_agree_with_examples(name: str, seed: int) -> None:
    oracle = Oracle(plan_of(name))
    cases = generate(oracle.plan, 40, seed, nonce="")

    assert sum(case.kind == "valid" for case in cases) == 40
    assert _problems(oracle, cases) == []
    assert all(not case.shadows for case in cases)


@pytest.mark.parametrize("name", FIVE)
def test_parts_of_packs_are_sound_too(name: str) -> None:
    plan = Plan(catalog.load(name))
    cover = Cover(plan)
    parts = {identity for case in cover.cases for identity in case.parts}
    cases = tuple(part for identity in sorted(parts) if (part := cover.case(identity)))

    assert len(cases) > 20
    assert _problems(Oracle(plan), cases) == []


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_judges_agree_over_operations_of_all_services(chunk: int) -> None:
    found: list[str] = []
    for name in SAMPLE[chunk::CHUNKS]:
        plan = Plan(catalog.load(name))
        if len(plan.shapes) > 400 or _unreadable(plan):
            continue
        oracle = Oracle(plan)
        cases = (*Cover(plan).cases, *generate(plan, 3, chunk, nonce=""))
        assert cases, f"{name}: no case at all"
        found += _problems(oracle, cases)

    assert found == []


def _unreadable(plan: Plan) -> bool:
    patterns = [rule.value for rules in plan.rules.values() for rule in rules]
    return any(isinstance(p, str) and p[:4] in UNREADABLE for p in patterns)


def test_sample_reaches_every_protocol() -> None:
    protocols = {catalog.load(name).wire.protocol for name in SAMPLE}

    assert protocols >= {"rest-json", "rest-xml", "json", "query", "ec2"}


def test_judge_names_the_rule_that_is_broken() -> None:
    """The judge itself can fail: it names faults made by hand."""
    oracle = Oracle(plan_of("connect.CreateParticipant"))
    name = "connect.CreateParticipant/input/"
    good = Cover(oracle.plan).control.params

    assert oracle.refuses(good) == set()
    assert oracle.refuses({**good, "ContactId": None}) == {f"{name}ContactId/required"}
    assert oracle.refuses({**good, "ContactId": ""}) == {f"{name}ContactId/length"}
    assert oracle.refuses({**good, "ContactId": 1, "InstanceId": ""}) == {
        f"{name}ContactId/type",
        f"{name}InstanceId/length",
    }
    assert botocore_objects(oracle.plan, good) == ""
    assert "Missing required parameter" in botocore_objects(oracle.plan, {"InstanceId": "a"})


def test_judging_counts_what_is_touched_from_both_sides() -> None:
    judging = Judging("connect.CreateParticipant")
    judging.run(examples=3, seed=1)
    judged = judging.result()

    assert judged.problems == ()
    assert (judged.empty, judged.late, judged.crash) == ("", "", "")
    assert judged.counts["invalid"] > judged.counts["valid"] > 3
    assert sum(judged.sides.values()) == len(plan_of("connect.CreateParticipant").testable)
    assert judged.sides["required both"] == 3
    assert "exists valid" in judged.sides
    assert judged.reasons["exists: no binding says what exists"] == judged.sides["exists valid"]


def test_judging_that_is_stopped_says_where_and_keeps_what_it_has() -> None:
    assert Judging("connect.CreateParticipant").result().late == "cover"


@pytest.mark.parametrize(
    "name",
    [
        "amplify.CreateBranch",
        "autoscaling-plans.CreateScalingPlan",
        "bedrock.CreateEvaluationJob",
        "emr-serverless.StartJobRun",
        "iot.CreateJobTemplate",
        "iottwinmaker.CreateEntity",
        "sagemaker.CreateProject",
    ],
)
def test_judges_agree_where_they_once_did_not(name: str) -> None:
    """Flags and foreign classes in patterns, fractions as limits, members named for keywords."""
    judging = Judging(name)
    judging.run(examples=0, seed=1, parts=10)
    judged = judging.result()

    assert judged.problems == ()
    assert judged.empty == ""

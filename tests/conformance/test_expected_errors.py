"""What a finding says was expected: the error that makes the rule stands first."""

from __future__ import annotations

from aws_conformance.judge import judge
from aws_conformance.matter import Matter
from aws_conformance.reading import Reading
from aws_specs import catalog
from aws_strategies.case import Case, Fault

NAME = "cloudfront.CreateDistribution"
PATH = "DistributionConfig.DefaultCacheBehavior.TargetOriginId"


def test_a_rule_that_something_exists_expects_its_own_error_first() -> None:
    operation = catalog.load(NAME)
    rule = next(r for r in operation.rules if r.id == f"{NAME}/input/{PATH}/exists")
    fault = Fault("replace", f"/{PATH.replace('.', '/')}", PATH, "stranger", "a", "b")
    case = Case(
        id=f"{rule.id}~stranger",
        operation=NAME,
        kind="invalid",
        params={},
        rule=rule.id,
        fault=fault,
    )
    success = Reading(kind="success", status=201)
    ruling = judge(Matter(operation=operation, case=case, rule=rule, answer=success, twin=success))
    assert (ruling.verdict, ruling.reason) == ("fail", "accepted-invalid")
    assert ruling.expected.startswith("an error: NoSuchOrigin (404)")

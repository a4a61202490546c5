"""Whether a request was refused on account of one rule and no other.

A fault about a rule must show on exactly the requests that break this rule alone, or one
deviation would look like several. The test is a counterfactual: with the rule taken out of the
spec, would the schema made of the rest let the request pass? Wrong JSON types are different: a
value of another type has no length or enum to speak of, so everything found at or below it is put
down to the type.
"""

from __future__ import annotations

from collections.abc import Callable

from aws_conformance.emulator.perceptible import REFUSED_FOR
from aws_conformance.emulator.refusals import Problem, Refusal, failure
from aws_conformance.emulator.validation import Checker
from aws_specs.spec import Json, Operation, Rule

SchemaOf = Callable[[Operation], dict[str, Json]]


class Blame:
    """Tells of refusals whether one rule is the whole reason.

    `loosened` is the operation without the rule, or with a weaker one; `schema_of` makes its
    schema.
    """

    def __init__(
        self, operation: Operation, rule: Rule, loosened: Operation, schema_of: SchemaOf
    ) -> None:
        self._operation = operation
        self._rule = rule
        schema = schema_of(loosened)
        changed = schema != schema_of(operation)
        self._checker = Checker(schema, operation.input) if changed else None

    def __call__(self, refusal: Refusal, params: Json) -> bool:
        """Whether the refusal is on account of the rule alone."""
        rule = self._rule
        if rule.kind == "error":
            return bool(failure(self._operation, refusal).code == rule.value["code"])
        if rule.side == "protocol":
            return _malformed(rule, refusal)
        if refusal.kind:
            return (self._member(), rule.kind) == (refusal.member, refusal.kind)
        if not refusal.problems:
            return False
        if self._checker is not None and params is not None and self._checker.accepts(params):
            return True
        return self._checker is None and _explains(rule, refusal.problems)

    def _member(self) -> str:
        rule = self._rule
        if rule.kind == "conditional":
            return str(rule.value["then"]["member"])
        return rule.member


def _malformed(rule: Rule, refusal: Refusal) -> bool:
    """Whether a request was refused for breaking the protocol in the rule's way."""
    syntax = any(problem.kind == "protocol" for problem in refusal.problems)
    if refusal.cause == "serialization":
        return syntax and rule.member.endswith("-syntax")
    return REFUSED_FOR.get(rule.member) == refusal.cause


def _explains(rule: Rule, problems: tuple[Problem, ...]) -> bool:
    """Whether every problem is the rule's, or stands at or below one that is."""
    roots = [p.at for p in problems if (p.member, p.kind) == (rule.member, rule.kind)]
    return bool(roots) and all(
        any(problem.at[: len(root)] == root for root in roots) for problem in problems
    )

"""An invalid case: the valid twin with one fault, and nothing else that breaks."""

from __future__ import annotations

import copy

from aws_specs.paths import KEY, Concrete, pointer, steps
from aws_specs.spec import Json, Rule
from aws_strategies import build
from aws_strategies.build import exists, with_tokens
from aws_strategies.case import Case, Fault
from aws_strategies.kinds import Breach, broken
from aws_strategies.kinds.checking import value_at
from aws_strategies.plan import Plan


def invalid_case(
    plan: Plan, rule: Rule, twin: Case, breach: Breach, identity: str, nonce: str
) -> Case | None:
    """Return the twin with one fault, or None where the fault does not surely break the rule.

    The case has an idempotency token of its own, so that its answer is not the twin's.
    """
    params = copy.deepcopy(twin.params)
    with_tokens(plan, params, identity, nonce)
    old = value_at(params, breach.at) if exists(params, _real(breach.at)) else None
    apply(params, breach)
    along = breach.at[:-2] if breach.at[-1] == KEY else breach.at
    surely = broken(plan, params, surely=True, along=along)
    wrong = broken(plan, params, surely=False, along=along) if breach.unsure else surely
    if rule.kind != "exists" and rule.id not in wrong:
        return None
    return Case(
        id=identity,
        operation=plan.operation.id,
        kind="invalid",
        params=params,
        rule=rule.id,
        fault=Fault(
            op=breach.op,
            at=pointer(breach.at),
            member=_member_path(rule, breach),
            what=f"{breach.what}-unanchored" if breach.unsure else breach.what,
            old=old,
            new=breach.new,
        ),
        twin=twin.id,
        shadows=tuple(sorted(surely - {rule.id})),
    )


def _member_path(rule: Rule, breach: Breach) -> str:
    """Return the member a fault stands at: a conditional's fault stands at what follows."""
    if rule.kind == "conditional":
        return str(rule.value["then"]["member"])
    if rule.kind == "exclusive":
        return next(
            (m for m in rule.value["members"] if steps(m)[-1] == breach.at[-1]), rule.member
        )
    return rule.member


def _real(at: Concrete) -> Concrete:
    return at[:-1] if at[-1] == KEY else at


def apply(params: Json, breach: Breach) -> None:
    """Change a request in place as a breach says."""
    match breach.op:
        case "remove":
            build.remove(params, breach.at)
        case "rename":
            build.rename(params, breach.at, str(breach.new))
        case "replace" | "add":
            build.put(params, breach.at, copy.deepcopy(breach.new))

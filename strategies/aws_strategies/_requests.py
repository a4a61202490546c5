"""Hypothesis strategies for AWS requests: valid ones, and ones that break exactly one rule.

    @given(requests("connect.CreateContact"))
    def test_my_gateway_accepts_it(request): client.create_contact(**request)

    @given(invalid_requests("connect.CreateContact"))
    def test_my_gateway_refuses_it(case): ...

Strategies shrink toward the smallest request: required members only, the simplest texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn, SearchStrategy
from msgspec.structs import replace

from aws_specs import catalog
from aws_specs.errors import UsageError
from aws_specs.spec import DEFAULT_CONFIDENCE, Json, Operation, Rule
from aws_strategies.build import Builder, NoValueError, with_tokens
from aws_strategies.case import Case
from aws_strategies.drawing import Needs, valid_params
from aws_strategies.faults import alone, fault_places, faulty, needs_of, ways
from aws_strategies.keywords import to_keywords
from aws_strategies.kinds import KINDS, broken
from aws_strategies.plan import Plan, above
from aws_strategies.varying import variations
from aws_strategies.walking import present


def requests(
    operation: Operation | str,
    *,
    bindings: Mapping[str, str] | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
) -> SearchStrategy[dict[str, Any]]:
    """Return a strategy for the keyword arguments of boto3's method: valid requests.

    Blobs are bytes, timestamps are datetimes, idempotency tokens are filled in. `operation` is a
    spec or its name, `service.Operation`; `bindings` map `service.Member` to the value to send
    there; `confidence` is the least confidence of the rules that are held to be testable.
    """
    plan = _plan(operation, bindings, confidence)
    return _valid(plan, Needs(), "").map(lambda case: to_keywords(plan, case.params))


def valid_requests(
    operation: Operation | str,
    *,
    bindings: Mapping[str, str] | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
    nonce: str = "",
) -> SearchStrategy[Case]:
    """Return a strategy for valid cases; `nonce` makes their idempotency tokens differ.

    The other arguments are those of `requests`.
    """
    plan = _plan(operation, bindings, confidence)
    _check("nonce", nonce, str)
    return _valid(plan, Needs(), nonce)


def invalid_requests(
    operation: Operation | str,
    *,
    rule: str | None = None,
    bindings: Mapping[str, str] | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
    nonce: str = "",
) -> SearchStrategy[Case]:
    """Return a strategy for cases that break exactly one rule: `rule`, an id, or any testable one.

    A case names the rule, the member, the place as JSON Pointer, the old and the new value; what
    its valid twin sends is `untouched(case)`. The other arguments are those of `requests`.
    """
    plan = _plan(operation, bindings, confidence)
    _check("nonce", nonce, str)
    if rule is not None:
        _check("rule", rule, str)
        return pairs(plan, _rule(plan, rule), nonce).map(lambda pair: pair[1])
    able = breakable(plan)
    if not able:
        raise InvalidArgument(f"operation={plan.operation.id!r} has no rule that can be broken")
    chosen = st.sampled_from(able)
    return chosen.flatmap(lambda rule: pairs(plan, rule, nonce)).map(lambda pair: pair[1])


# ---------------------------------------------------------------- what arguments mean


def _plan(operation: object, bindings: object, confidence: object) -> Plan:
    if isinstance(operation, str):
        try:
            operation = catalog.load(operation)
        except UsageError as error:
            raise InvalidArgument(f"operation={operation!r}: {error}") from error
    if not isinstance(operation, Operation):
        raise InvalidArgument(f"operation={operation!r} is neither a spec nor its name")
    if not isinstance(confidence, int | float) or not 0 <= confidence <= 1:
        raise InvalidArgument(f"confidence={confidence!r} is no number from 0 to 1")
    plan = Plan(operation, bindings=_bindings(bindings), confidence=confidence)
    try:
        Builder(plan).minimal()
    except NoValueError as error:
        raise InvalidArgument(f"operation={operation.id!r}: {error}") from error
    return plan


def _bindings(bindings: object) -> Mapping[str, str]:
    if bindings is None:
        return {}
    if not isinstance(bindings, Mapping):
        raise InvalidArgument(f"bindings={bindings!r} is no mapping of names to values")
    found: dict[str, str] = {}
    for name, value in bindings.items():  # pyright: ignore[reportUnknownVariableType]
        if not isinstance(name, str) or not isinstance(value, str):
            raise InvalidArgument(f"bindings={bindings!r} is no mapping of names to values")
        found[name] = value
    return found


def _check(name: str, value: object, type_: type) -> None:
    if not isinstance(value, type_):
        raise InvalidArgument(f"{name}={value!r} is no {type_.__name__}")


def _rule(plan: Plan, identity: str) -> Rule:
    rule = next((rule for rule in plan.testable if rule.id == identity), None)
    if rule is None:
        raise InvalidArgument(f"rule={identity!r} is no testable rule of {plan.operation.id}")
    if not can_break(plan, rule):
        raise InvalidArgument(f"rule={identity!r} cannot be broken without breaking another rule")
    return rule


# ---------------------------------------------------------------- strategies of a plan


def _valid(plan: Plan, needs: Needs, nonce: str) -> SearchStrategy[Case]:
    return valid_params(plan, needs).map(lambda params: valid_case(plan, params, nonce))


def valid_case(plan: Plan, params: dict[str, Any], nonce: str, identity: str = "") -> Case:
    """Return the case of valid parameters, tokens filled in.

    Without an `identity` its id is made of its content.
    """
    identity = identity or content_id(plan.operation.id, params)
    return Case(
        id=identity,
        operation=plan.operation.id,
        kind="valid",
        params=with_tokens(plan, params, identity, nonce),
        witnesses=tuple(_present(plan, params)),
        example=True,
    )


def content_id(stem: str, params: Json) -> str:
    """Return an id made of what a request says: the same request has the same id."""
    digest = hashlib.sha256(msgspec.json.encode(params)).hexdigest()[:12]
    return f"{stem}~example~{digest}"


def _present(plan: Plan, params: Json) -> list[str]:
    """Return the type rules of all members that are there: a valid case is a witness of these."""
    there = present(plan, params)
    return [rule.id for rule in plan.testable if rule.kind == "type" and rule.member in there]


def pairs(plan: Plan, rule: Rule, nonce: str) -> SearchStrategy[tuple[Case, Case]]:
    """Return the strategy for (valid twin, the twin with one fault that breaks the rule)."""
    include, values = needs_of(rule) or ((), {})
    twins = _valid(plan, Needs(include, values), nonce)
    return _pair(plan, rule, twins, nonce).filter(lambda pair: pair is not None).map(_certain)


def _certain(pair: tuple[Case, Case] | None) -> tuple[Case, Case]:
    assert pair is not None
    return pair


@st.composite
def _pair(
    draw: DrawFn, plan: Plan, rule: Rule, twins: SearchStrategy[Case], nonce: str
) -> tuple[Case, Case] | None:
    twin = draw(twins)
    places = fault_places(rule, twin.params)
    if not places:
        return None
    at = places[draw(st.integers(0, len(places) - 1))]
    found = faulty(plan, rule, twin, at, draw(st.integers(0, _WAYS)), nonce)
    if found is None:
        return None
    breach, case = found
    other = replace(breach, new=draw(variations(plan, rule, breach)))
    if other != breach:
        case = alone(plan, rule, twin, other, "", nonce) or case
    identity = content_id(rule.id, case.params)
    return twin, replace(case, id=identity, twin=twin.id, example=True)


_WAYS = 7
"""Ways of breaking a rule that are told apart; no kind has more."""


def can_break(plan: Plan, rule: Rule) -> bool:
    """Return whether a rule can be broken alone, tried on the smallest request with its member."""
    known = _known_breakable(plan)
    if rule.id not in known:
        known[rule.id] = _can_break(plan, rule)
    return known[rule.id]


@lru_cache(maxsize=16)
def _known_breakable(plan: Plan) -> dict[str, bool]:
    return {}


def _can_break(plan: Plan, rule: Rule) -> bool:
    needs = needs_of(rule)
    if rule.kind not in KINDS or needs is None:
        return False
    include, values = needs
    try:
        params = Builder(plan).request([at for path in include for at in above(path)], values)
    except NoValueError:
        return False
    twin = valid_case(plan, params, "")
    return not broken(plan, params, surely=False) and any(True for _ in ways(plan, rule, twin))


@lru_cache(maxsize=16)
def breakable(plan: Plan) -> tuple[Rule, ...]:
    """Return the testable rules that can be broken alone."""
    return tuple(rule for rule in plan.testable if can_break(plan, rule))

"""Operations for tests: the five with pages, a sample of the model's, and hand-made ones."""

from __future__ import annotations

import random
from functools import lru_cache
from typing import Any

from aws_specs import catalog, sdk
from aws_specs.spec import (
    Json,
    Kind,
    Member,
    ModelSource,
    Operation,
    Rule,
    Scalar,
    ScalarType,
    Shape,
    Statement,
    Structure,
    Wire,
    rule_id,
)
from aws_strategies.plan import Plan

FIVE = (
    "chime-sdk-identity.RegisterAppInstanceUserEndpoint",
    "connect.CreateContact",
    "connect.CreateParticipant",
    "connect.CreatePushNotificationRegistration",
    "pinpoint.SendMessages",
)


@lru_cache(maxsize=64)
def plan_of(name: str) -> Plan:
    """Return the plan of an operation of the catalogue."""
    return Plan(catalog.load(name))


@lru_cache(maxsize=1)
def sampled(count: int, seed: int) -> tuple[str, ...]:
    """Return names of operations over all services, the same for the same seed."""
    names = [
        f"{service}.{operation}"
        for service in sdk.services()
        for operation in sdk.service_model(service).operation_names
    ]
    return tuple(random.Random(seed).sample(names, count))


def scalar(type_: ScalarType = "string", **settings: Any) -> Scalar:
    """Return a leaf."""
    return Scalar(type=type_, **settings)


def structure(*, union: bool = False, **members: Shape | Member) -> Structure:
    """Return a structure of the members."""
    return Structure(
        members=tuple(
            shape if isinstance(shape, Member) else Member(name=name, shape=shape)
            for name, shape in members.items()
        ),
        union=union,
    )


def rule(member: str, kind: Kind, *values: Json, part: str | None = None, **settings: Any) -> Rule:
    """Return a rule of `test.Operation` on a member, stated once for each value."""
    source = ModelSource(model="test", shape="Test", trait=kind)
    return Rule(
        id=rule_id("test.Operation", "input", member, kind, part),
        side="input",
        member=member,
        kind=kind,
        statements=tuple(Statement(source=source, value=value) for value in values or (True,)),
        **settings,
    )


def operation(request: Structure, *rules: Rule, **settings: Any) -> Operation:
    """Return the operation `test.Operation` with the request and the rules."""
    wire = Wire(
        protocol="rest-json",
        method="POST",
        uri="/",
        status=200,
        api_version="1",
        endpoint_prefix="test",
        signing_name="test",
    )
    return Operation(
        service="test",
        client="Test",
        method="operation",
        name="Operation",
        input=request,
        output=Structure(members=()),
        errors=(),
        wire=wire,
        rules=rules,
        **settings,
    )


def plan(request: Structure, *rules: Rule, bindings: dict[str, str] | None = None) -> Plan:
    """Return the plan of a hand-made operation."""
    return Plan(operation(request, *rules), bindings=bindings)

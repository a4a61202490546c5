"""Cases for other languages: everything needed to send and to judge them, as JSON."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, Final

from aws_conformance.config import Config
from aws_conformance.exchange import Request
from aws_conformance.openings import only_invalid
from aws_conformance.wire import encode
from aws_specs.error_class import error_class
from aws_specs.errors import ConformanceError
from aws_specs.protocol import malformed_rules
from aws_specs.spec import Operation, ProtocolSource, Rule
from aws_strategies.case import Case, Fault
from aws_strategies.cover import Cover
from aws_strategies.kinds import KINDS
from aws_strategies.plan import Plan

_SIGNING: Final = frozenset(
    {"authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "host"}
)
"""Headers that the sender makes: they depend on when, where and by whom the request is sent."""


def planned(operation: Operation, config: Config, *, parts: bool = False) -> Iterator[Case]:
    """Yield the cases of a run in the order in which they are sent, the examples left out.

    Each comes once, the valid twin before the case that is held against it.
    """
    plan = Plan(operation, bindings=config.bind, confidence=config.confidence)
    cover = Cover(plan, nonce=str(config.seed or 0))
    alone = only_invalid(config)
    kinds = {*config.only, *(() if alone else ("control",))}
    seen: set[str] = set()
    for case in cover.cases:
        if case.kind in kinds:
            named = ("" if alone else case.twin, case.id, *(case.parts if parts else ()))
            for identity in named:
                found = cover.case(identity) if identity and identity not in seen else None
                seen.add(identity)
                if found is not None:
                    yield found


def lines(
    operation: Operation, config: Config, endpoint: str, *, parts: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield each case as a JSON object."""
    rules = {rule.id: rule for rule in (*operation.rules, *malformed_rules(operation))}
    for case in planned(operation, config, parts=parts):
        yield line(operation, case, rules.get(case.rule), config, endpoint, parts=parts)


def line(
    operation: Operation,
    case: Case,
    rule: Rule | None,
    config: Config,
    endpoint: str,
    *,
    parts: bool = False,
) -> dict[str, Any]:
    """Return one case as a JSON object."""
    return {
        "id": case.id,
        "operation": case.operation,
        "kind": case.kind,
        "rule": case.rule,
        "member": case.fault.member if case.fault else rule.member if rule else "",
        "fault": _fault(case.fault) if case.fault else None,
        "wire": case.wire,
        "twin": case.twin,
        "witnesses": list(case.witnesses),
        "shadows": list(case.shadows),
        **({"parts": list(case.parts)} if parts else {}),
        "params": case.params,
        "request": request(operation, case, config, endpoint),
        "expect": expected(operation, case, rule),
    }


def _fault(fault: Fault) -> dict[str, Any]:
    """Return a fault with all of its keys: a `new` of null is a null that is sent."""
    return {name: getattr(fault, name) for name in Fault.__struct_fields__}


def expected(operation: Operation, case: Case, rule: Rule | None) -> dict[str, Any]:
    """Return what may answer: a success with its status, or a refusal with its errors.

    No `codes` means any code. `level` says how binding the protocol's word is: N normative, C a
    convention, O observed at AWS.

    `codes` and `statuses` of a refusal are those the operation declares for the classes of errors
    that may answer; an error of such a class that the service or all of AWS declares is right as
    well.
    """
    if case.kind in ("control", "valid"):
        return {"outcome": "accepted", "status": operation.wire.status}
    if rule is not None and isinstance(rule.source, ProtocolSource):
        return {
            "outcome": "refused",
            "classes": ["protocol"],
            "codes": list(rule.value.get("codes", ())),
            "statuses": sorted({*rule.value.get("statuses", ()), 400}),
            "level": rule.source.level,
        }
    kind = KINDS.get(rule.kind) if rule else None
    classes = sorted(kind.expect) if kind else ["validation"]
    errors = [error for error in operation.errors if error_class(error.name) in classes]
    return {
        "outcome": "refused",
        "classes": classes,
        "codes": [error.code for error in errors],
        "statuses": sorted({error.status for error in errors} or {400}),
    }


def request(
    operation: Operation, case: Case, config: Config, endpoint: str
) -> dict[str, Any] | None:
    """Return the HTTP request without what signing adds; None where HTTP cannot carry the case."""
    try:
        made = encode(operation, case, endpoint=endpoint, region=config.region or "us-east-1")
    except ConformanceError:
        return None
    return {
        "method": made.method,
        "path": made.path,
        "headers": [list(pair) for pair in made.headers if pair[0].lower() not in _SIGNING],
        **_body(made),
        "sign": _sign(operation, case, made, config),
    }


def _body(made: Request) -> dict[str, str]:
    try:
        return {"body": made.body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(made.body).decode()}


def _sign(operation: Operation, case: Case, made: Request, config: Config) -> dict[str, str] | None:
    """Return how to sign the request: None for one that must go out unsigned."""
    if not any(name.lower() == "authorization" for name, _ in made.headers):
        return None
    way = case.wire if case.wire.endswith("-signature") else "correct"
    return {
        "version": operation.wire.signature,
        "service": operation.wire.signing_name,
        "region": config.region or "us-east-1",
        "how": way,
    }

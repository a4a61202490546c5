"""Which deviations of an answer make sense for a rule, and can be seen from outside."""

from __future__ import annotations

from collections.abc import Callable

from aws_conformance.emulator.perceptible import Contract, is_used
from aws_conformance.emulator.placing import (
    TEXT_PROTOCOLS,
    is_raw,
    shares_its_name,
    top_member,
)
from aws_specs.paths import shape_at
from aws_specs.spec import List, Rule, Scalar, Structure


def in_output(*kinds: str) -> Callable[[Contract, Rule], bool]:
    def applies(contract: Contract, rule: Rule) -> bool:
        if rule.side != "output" or rule.kind not in kinds or not is_used(rule):
            return False
        top = contract.operation.output
        if rule.kind == "status":
            return all(member.location != "statusCode" for member in top.members)
        hidden = _is_untyped if rule.kind == "type" else _is_always_there
        if rule.kind == "type" and _is_flat(contract, rule):
            return False
        if shares_its_name(top, rule.member):
            return False
        return not rule.member.endswith("{key}") and not hidden(top, rule.member)

    return applies


def _is_untyped(top: Structure, path: str) -> bool:
    """Whether an output's member has no type on the wire: text in a header, or the bare body."""
    member = top_member(top, path)
    shape = shape_at(top, path)
    if member is None or not isinstance(shape, Scalar):
        return False
    if shape.type == "document" or member.location == "statusCode":
        return True
    if member.wire_name.lower() == "content-length":
        return True  # it frames the body
    text = shape.type in ("string", "blob", "timestamp")
    return is_raw(top, path) or (member.location.startswith("header") and text)


def _is_flat(contract: Contract, rule: Rule) -> bool:
    """Whether an output's member is a list of XML without an element of its own."""
    shape = shape_at(contract.operation.output, rule.member)
    xml = contract.operation.wire.protocol in TEXT_PROTOCOLS
    return xml and isinstance(shape, List) and shape.flattened


def nullable(contract: Contract, rule: Rule) -> bool:
    """Whether an output's member can be null on the wire: headers and XML have no null."""
    if contract.operation.wire.protocol in TEXT_PROTOCOLS:
        return False
    member = top_member(contract.operation.output, rule.member)
    in_header = member is not None and member.location.startswith("header")
    return not in_header and in_output("required", "present")(contract, rule)


def _is_always_there(top: Structure, path: str) -> bool:
    """Whether no answer can be without an output's member: the status, the body, what frames it."""
    member = top_member(top, path)
    if member is not None and member.location == "header":
        return member.wire_name.lower() in ("content-length", "content-type")
    status = member is not None and member.location == "statusCode"
    return status or is_raw(top, path)

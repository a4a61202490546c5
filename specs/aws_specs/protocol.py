"""What an AWS protocol says of malformed requests, as rules of an operation.

Levels: N is normative text or a published protocol test, C a convention of the server frameworks, O
observed at AWS. A broken N is a finding; a broken C or O is told and never a finding, unless strict.
Source: the Smithy 2.0 AWS protocol pages and their malformed-request tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from aws_specs.spec import Operation, ProtocolSource, Rule, Statement, Structure, Value, rule_id


class Malformation(Value, frozen=True):
    """One way of breaking a protocol: what is sent, and the code and status that should answer."""

    name: str
    code: str
    status: int
    level: Literal["N", "C", "O"]
    document: str
    needs_body: bool = False


_JSON_SYNTAX = Malformation(
    "json-syntax", "SerializationException", 400, "N",
    "a body that is not JSON is answered 400 SerializationException", needs_body=True,
)  # fmt: skip
_CONTENT_TYPE = Malformation(
    "content-type", "UnsupportedMediaTypeException", 415, "N",
    "a body of another content type than the modelled one is answered 415", needs_body=True,
)  # fmt: skip
_SIGNATURE = Malformation(
    "no-signature", "MissingAuthenticationTokenException", 403, "O",
    "a request without a signature is refused before anything else",
)  # fmt: skip
_UNKNOWN = Malformation(
    "unknown-operation", "UnknownOperationException", 404, "C",
    "a request that no operation claims is answered 404 UnknownOperationException",
)  # fmt: skip
_METHOD = Malformation(
    "method", "MethodNotAllowedException", 405, "C",
    "a known path with another method is answered 405",
)  # fmt: skip

MALFORMATIONS: Mapping[str, tuple[Malformation, ...]] = {
    "rest-json": (_JSON_SYNTAX, _CONTENT_TYPE, _SIGNATURE, _UNKNOWN, _METHOD),
}
"""By botocore's protocol name; a protocol that is not here has no malformed cases yet."""


def malformed_rules(operation: Operation) -> tuple[Rule, ...]:
    """Return the protocol's rules that can be broken with this operation."""
    listed = MALFORMATIONS.get(operation.wire.protocol, ())
    body = _has_json_body(operation)
    return tuple(
        Rule(
            id=rule_id(operation.id, "protocol", malformation.name, "protocol"),
            side="protocol",
            member=malformation.name,
            kind="protocol",
            statements=(
                Statement(
                    source=ProtocolSource(
                        protocol=operation.wire.protocol,
                        document=malformation.document,
                        level=malformation.level,
                    ),
                    value={"code": malformation.code, "status": malformation.status},
                ),
            ),
        )
        for malformation in listed
        if body or not malformation.needs_body
        if malformation.name != "no-signature" or not operation.wire.unsigned
    )


def error_rule(operation: Operation) -> Rule:
    """Return the rule that an error carries its name where the protocol puts it."""
    source = ProtocolSource(
        protocol=operation.wire.protocol,
        document="an error names its shape in X-Amzn-Errortype, __type or code",
        level="N",
    )
    return Rule(
        id=rule_id(operation.id, "protocol", "error-shape", "protocol"),
        side="protocol",
        member="error-shape",
        kind="protocol",
        statements=(Statement(source=source, value={"code": "", "status": 0}),),
    )


def _has_json_body(operation: Operation) -> bool:
    payload = next((m for m in operation.input.members if m.location == "payload"), None)
    if payload is not None:
        return isinstance(payload.shape, Structure)
    return any(member.location == "" for member in operation.input.members)

"""What an AWS protocol says of malformed requests, as a table and as rules of an operation.

`MALFORMED` holds, for each protocol, each way of breaking it with the codes and statuses that may
answer and how binding that is. Levels: N is normative text or a published protocol test, C a
convention of AWS's server frameworks, O what AWS was seen to answer. A broken N is a finding; a
broken C or O is told and is never a finding, unless strict. Source: the Smithy 2.0 AWS protocol
pages and their tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from aws_specs.spec import (
    Member,
    Operation,
    ProtocolSource,
    Rule,
    Scalar,
    Statement,
    Value,
    rule_id,
)

Level = Literal["N", "C", "O"]


class Expected(Value, frozen=True):
    """What may answer: any of `codes` with any of `statuses`, said by `document`.

    Codes are compared without namespace; an empty tuple allows any code.
    """

    codes: tuple[str, ...]
    statuses: tuple[int, ...]
    level: Level
    document: str


_UNSIGNED_CODES: Final = (
    "MissingAuthenticationTokenException",
    "MissingAuthenticationToken",
    "MissingAuthToken",
    "UnrecognizedClientException",
    "AccessDeniedException",
    "AccessDenied",
    "IncompleteSignatureException",
    "IncompleteSignature",
    "NotAuthorized",
    "UnauthorizedException",
)
_SIGNATURE_CODES: Final = (
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "IncompleteSignatureException",
    "IncompleteSignature",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "AuthFailure",
    "ForbiddenException",
    "AccessDeniedException",
    "AccessDenied",
)
_UNSIGNED: Final = Expected(_UNSIGNED_CODES, (400, 401, 403), "O", "AWS common errors")
_BAD_SIGNATURE: Final = Expected(_SIGNATURE_CODES, (400, 401, 403), "O", "AWS common errors")
_EXPIRED: Final = Expected(
    (*_SIGNATURE_CODES, "RequestExpired", "RequestTimeTooSkewed", "ExpiredTokenException"),
    (400, 401, 403),
    "O",
    "AWS common errors",
)
_SIGNATURES: Final = {
    "no-signature": _UNSIGNED,
    "bad-signature": _BAD_SIGNATURE,
    "expired-signature": _EXPIRED,
}

_UNKNOWN: Final = ("UnknownOperationException", "UnknownOperation")
_METHOD: Final = ("MethodNotAllowedException", "MethodNotAllowed", *_UNKNOWN)
_MALFORMED_REST: Final = "aws-restjson1-protocol, malformed request tests"
_FRAMEWORK: Final = "Smithy server frameworks"

MALFORMED: Final[Mapping[str, Mapping[str, Expected]]] = {
    "rest-json": {
        "json-syntax": Expected(("SerializationException",), (400,), "N", _MALFORMED_REST),
        "content-type": Expected(("UnsupportedMediaTypeException",), (415,), "N", _MALFORMED_REST),
        "no-content-type": Expected(
            ("UnsupportedMediaTypeException",), (415,), "N", _MALFORMED_REST
        ),
        "accept": Expected(("NotAcceptableException",), (406,), "N", _MALFORMED_REST),
        "unknown-operation": Expected(_UNKNOWN, (403, 404), "C", _FRAMEWORK),
        "method": Expected(_METHOD, (403, 404, 405), "C", _FRAMEWORK),
        **_SIGNATURES,
    },
    "json": {
        "json-syntax": Expected(("SerializationException",), (400,), "C", _FRAMEWORK),
        "content-type": Expected(
            (*_UNKNOWN, "UnsupportedMediaTypeException"), (400, 404, 415), "C", _FRAMEWORK
        ),
        "unknown-operation": Expected(_UNKNOWN, (400, 404), "C", _FRAMEWORK),
        "method": Expected(_METHOD, (400, 403, 404, 405), "C", _FRAMEWORK),
        **_SIGNATURES,
    },
    "query": {
        "unknown-operation": Expected(("InvalidAction",), (400, 404), "O", "AWS common errors"),
        **_SIGNATURES,
    },
    "ec2": {
        "unknown-operation": Expected(("InvalidAction",), (400, 404), "O", "AWS common errors"),
        **_SIGNATURES,
    },
    "rest-xml": {
        "xml-syntax": Expected(("MalformedXML", "InvalidInput"), (400,), "O", "AWS common errors"),
        "method": Expected(_METHOD, (400, 403, 404, 405), "O", "Amazon S3 error responses"),
        **_SIGNATURES,
    },
    "smithy-rpc-v2-cbor": {
        "cbor-syntax": Expected(("SerializationException",), (400,), "C", _FRAMEWORK),
        "content-type": Expected((), (400, 404, 415), "C", _FRAMEWORK),
        "unknown-operation": Expected((), (400, 404), "C", _FRAMEWORK),
        "method": Expected((), (400, 404, 405), "C", _FRAMEWORK),
        "target-header": Expected((), (400, 404), "N", "smithy-rpc-v2"),
        **_SIGNATURES,
    },
}
"""What must answer a request broken in that way, by protocol and way."""

HEADERS: Final = ("no-content-type", "accept")
"""Ways of breaking what headers say of bodies. Published tests refuse both; AWS's services need
not: SDKs sent them no `Content-Type` until 2021 (boto/botocore#2511), and send no `Accept`."""

EXTRA: Final = frozenset({"bad-signature", "expired-signature", *HEADERS})
"""Ways that `ways` lists only when asked: many services do not care about them."""


def ways(operation: Operation, *, extra: bool = False) -> tuple[str, ...]:
    """Return the ways of breaking the protocol that mean something for the operation.

    A body is broken only where the model has one that the protocol structures; a signature only
    where the operation is signed. `extra` adds those of `EXTRA`.
    """
    table = MALFORMED.get(operation.wire.protocol, {})
    return tuple(way for way in table if (extra or way not in EXTRA) and _applies(operation, way))


def _applies(operation: Operation, way: str) -> bool:
    if way.endswith("-signature"):
        return not operation.wire.unsigned
    if way in ("json-syntax", "xml-syntax", "cbor-syntax", "content-type", "no-content-type"):
        return operation.wire.protocol == "json" or _structured_body(operation)
    if way == "unknown-operation" and operation.wire.uri.startswith("/{"):
        return False  # every path is that of an operation
    if way == "accept":
        return _structured_answer(operation)
    return True


def _structured_body(operation: Operation) -> bool:
    """Whether the model has a body that the protocol writes: members, or a payload structure."""
    return any(_in_structured_body(operation, member) for member in operation.input.members)


def _structured_answer(operation: Operation) -> bool:
    """Whether a success has a body of the protocol's own type: what is in `Accept` excludes it.

    A text or a blob that is the body has a type of its own, which no model need tell.
    """
    bodies = [member for member in operation.output.members if member.location in ("", "payload")]
    payloads = [member for member in bodies if member.location == "payload"]
    raw = any(isinstance(member.shape, Scalar) for member in payloads)
    return bool(bodies) and not raw


def _in_structured_body(operation: Operation, member: Member) -> bool:
    if operation.wire.payload:
        return member.name == operation.wire.payload and not isinstance(member.shape, Scalar)
    return member.location == "" and "model" in member.known_to


def malformed_rules(operation: Operation) -> tuple[Rule, ...]:
    """Return the protocol's rules that can be broken with this operation; none for one unbound."""
    table = MALFORMED.get(operation.wire.protocol, {})
    return tuple(_rule(operation, way, table[way]) for way in ways(operation))


def signature_rules(operation: Operation) -> tuple[Rule, ...]:
    """Return the rules on a signature that is absent, wrong or expired, in this order, or none."""
    return _rules(operation, _SIGNATURES)


def header_rules(operation: Operation) -> tuple[Rule, ...]:
    """Return the rules of `HEADERS` that can be broken with this operation, in this order."""
    return _rules(operation, HEADERS)


def _rules(operation: Operation, wanted: Iterable[str]) -> tuple[Rule, ...]:
    table = MALFORMED.get(operation.wire.protocol, {})
    return tuple(
        _rule(operation, way, table[way])
        for way in wanted
        if way in table and _applies(operation, way)
    )


def _rule(operation: Operation, way: str, expected: Expected) -> Rule:
    source = ProtocolSource(
        protocol=operation.wire.protocol, document=expected.document, level=expected.level
    )
    value = {"codes": list(expected.codes), "statuses": list(expected.statuses)}
    return Rule(
        id=rule_id(operation.id, "protocol", way, "protocol"),
        side="protocol",
        member=way,
        kind="protocol",
        statements=(Statement(source=source, value=value),),
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
        statements=(Statement(source=source, value={"codes": [], "statuses": []}),),
    )

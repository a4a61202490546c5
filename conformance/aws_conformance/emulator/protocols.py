"""The protocols that the emulator speaks: one value each, with the functions that make it up.

What an operation is, whether a request is valid and which error says so is the same for all; how it
travels is here. An operation's protocol is its spec's, so an operation whose service offers several
is served in each of them by a spec that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from aws_conformance.emulator import awsjson, decoding, encoding, forms, rpccbor, xmlreading
from aws_conformance.emulator import xmlwriting as xml
from aws_conformance.emulator.refusals import Failure, Refusal
from aws_conformance.emulator.routing import Match
from aws_conformance.exchange import Request, Response
from aws_specs.spec import Json, Operation, Value


class Protocol(Value, frozen=True):
    """How requests are read and answers are written.

    `read` raises `UnreadableError`; `error` takes None for a request that is for no operation.
    `media_type` is what a body must be, "" where the protocol does not say; `accepted` what an
    `Accept` header must allow, likewise.
    """

    read: Callable[[Operation, Match, Request], dict[str, Any]]
    success: Callable[[Operation, Json, str], Response]
    error: Callable[[Operation | None, Failure, str], Response]
    media_type: Callable[[Operation], str] = lambda _: ""
    accepted: str = ""


PROTOCOLS: Final[Mapping[str, Protocol]] = {
    "rest-json": Protocol(
        read=decoding.read,
        success=encoding.success_response,
        error=encoding.error_response,
        media_type=lambda _: encoding.JSON_TYPE,
        accepted=encoding.JSON_TYPE,
    ),
    "json": Protocol(
        read=decoding.read,
        success=awsjson.success,
        error=awsjson.error,
        media_type=awsjson.media_type,
    ),
    "query": Protocol(read=forms.read, success=xml.query_success, error=xml.query_error),
    "ec2": Protocol(read=forms.read, success=xml.ec2_success, error=xml.ec2_error),
    "rest-xml": Protocol(read=xmlreading.read, success=xml.rest_success, error=xml.rest_error),
    "smithy-rpc-v2-cbor": Protocol(
        read=rpccbor.read,
        success=rpccbor.success,
        error=rpccbor.error,
        media_type=lambda _: rpccbor.CBOR_TYPE,
    ),
}
"""Every protocol of AWS, by the name the SDK gives it."""


def protocol(operation: Operation | None) -> Protocol:
    """Return an operation's protocol; rest-json for what is for no operation at all."""
    return PROTOCOLS[operation.wire.protocol if operation else "rest-json"]


def decode(operation: Operation, match: Match, request: Request) -> dict[str, Any] | Refusal:
    """Return the request's parameters, or the refusal of bytes that cannot be read."""
    try:
        return protocol(operation).read(operation, match, request)
    except decoding.UnreadableError as error:
        problem = error.problem
        return Refusal(cause="serialization", message=problem.message, problems=(problem,))


def success_response(operation: Operation, output: Json, request_id: str) -> Response:
    """Return an output (in the response schema's form) as it travels."""
    return protocol(operation).success(operation, output, request_id)


def error_response(operation: Operation | None, failure: Failure, request_id: str) -> Response:
    """Return an error as it travels; one whose code is "" says nowhere what it is."""
    return protocol(operation).error(operation, failure, request_id)

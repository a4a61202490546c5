"""The emulator: requests in, answers out, without sockets, clock or chance.

The order is that of AWS as observed and of Smithy as written: route, signature, content type,
accept, read, validate, and only then state. One object holds all state; the same requests in the
same order get the same answers.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPMethod, HTTPStatus

from msgspec.structs import replace

from aws_conformance.emulator.blame import SchemaOf
from aws_conformance.emulator.decoding import raw_payload, takes_body
from aws_conformance.emulator.endpoint import CheckerOf, Endpoint
from aws_conformance.emulator.faults import Fault, parse
from aws_conformance.emulator.handlers import seed as seed_resources
from aws_conformance.emulator.protocols import decode, error_response, protocol
from aws_conformance.emulator.refusals import Refusal, failure
from aws_conformance.emulator.routing import Match, Routes, header
from aws_conformance.emulator.state import State
from aws_conformance.emulator.validation import Checker
from aws_conformance.exchange import Answer, Request, Silence
from aws_specs.spec import Operation

_SIGNATURE = re.compile(
    r"AWS4-HMAC-SHA256 {1,4}Credential=[^/,\s]{1,200}/[0-9]{8}/[^/,\s]{1,60}/[^/,\s]{1,60}"
    r"/aws4_request, {0,4}SignedHeaders=[a-z0-9;_-]{1,2000}, {0,4}Signature=[0-9a-f]{64}"
)
"""Version 4 of AWS's signature as the `Authorization` header carries it; it is not verified."""

_HEX = re.compile(r"[0-9a-f]{64}")


class Emulator:
    """Serves operations by their specs; thread-safe.

    `operations` are those of the catalogue unless given; `faults` deviations to inject (see
    `faults.FAULTS`), `seed` what ids are made from. `schema_of` and `checker_of` are for
    those who make many emulators and share what is costly to build. Raises `UsageError` for an
    unknown fault.
    """

    def __init__(
        self,
        operations: Iterable[Operation] | None = None,
        *,
        faults: Sequence[str] = (),
        seed: int = 0,
        schema_of: SchemaOf | None = None,
        checker_of: CheckerOf | None = None,
    ) -> None:
        served = _catalogue() if operations is None else operations
        self.operations: Mapping[str, Operation] = {one.id: one for one in served}
        self.faults: tuple[Fault, ...] = tuple(parse(one, self.operations) for one in faults)
        self.state = State(seed)
        self.bindings: Mapping[str, str] = seed_resources(self.state)
        self._schema_of = schema_of or _request_schema
        self._checker_of = checker_of or self._checker
        self._routes = Routes(self.operations.values())
        self._endpoints: dict[str, Endpoint] = {}
        self._building = threading.Lock()

    def handle(self, request: Request) -> Answer:
        """Answer one request; `Silence` only where a fault says to hang up."""
        request_id = self.state.new_id("request")
        found = self._routes.find(request)
        if not isinstance(found, Refusal):
            return self._served(found, request, request_id)
        operation = self._routes.at_path(request)
        if operation is None:
            return error_response(None, failure(None, found), request_id)
        answer = self._endpoint(operation).refuse(found, None, request_id)
        return self._with_methods(answer, request)

    def _served(self, found: Match, request: Request, request_id: str) -> Answer:
        endpoint = self._endpoint(found.operation)
        early = next((r for r in (c(found, request) for c in _CHECKS) if r is not None), None)
        if early is not None:
            return endpoint.refuse(early, None, request_id)
        params = decode(found.operation, found, request)
        if isinstance(params, Refusal):
            return endpoint.refuse(params, None, request_id)
        return endpoint.serve(params, request_id)

    def _with_methods(self, answer: Answer, request: Request) -> Answer:
        """Add to a 405 the methods there are, as RFC 9110 (15.5.6) asks."""
        if isinstance(answer, Silence) or answer.status != HTTPStatus.METHOD_NOT_ALLOWED:
            return answer
        allowed = [
            method.value
            for method in HTTPMethod
            if isinstance(self._routes.find(replace(request, method=method.value)), Match)
        ]
        return replace(answer, headers=(*answer.headers, ("Allow", ", ".join(allowed))))

    def _endpoint(self, operation: Operation) -> Endpoint:
        with self._building:
            endpoint = self._endpoints.get(operation.id)
            if endpoint is None:
                mine = tuple(fault for fault in self.faults if fault.operation == operation.id)
                endpoint = Endpoint(operation, mine, self.state, self._schema_of, self._checker_of)
                self._endpoints[operation.id] = endpoint
            return endpoint

    def _checker(self, operation: Operation) -> Checker:
        return Checker(self._schema_of(operation), operation.input)


def _catalogue() -> Iterable[Operation]:
    from aws_specs import catalog

    return [catalog.load(name) for name in catalog.names()]


def _request_schema(operation: Operation) -> dict[str, object]:
    from aws_specs.schema import request_schema

    return request_schema(operation)


# ---------------------------------------------------------------- before the request is read


def _unsigned(found: Match, request: Request) -> Refusal | None:
    """Refuse a request without a signature of the right form, unless none is asked for."""
    wire = found.operation.wire
    if wire.unsigned or wire.signature in ("none", "bearer"):
        return None
    if _presigned(dict(found.query)):
        return None
    given = header(request, "authorization")
    if _SIGNATURE.fullmatch(given.strip()):
        return None
    return Refusal(cause="unsigned", message="Missing Authentication Token")


def _presigned(query: Mapping[str, str]) -> bool:
    """Whether the query holds a version 4 signature of the right form; it is not verified."""
    return (
        query.get("X-Amz-Algorithm") == "AWS4-HMAC-SHA256"
        and {"X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders"} <= query.keys()
        and _HEX.fullmatch(query.get("X-Amz-Signature", "")) is not None
    )


def _wrong_media_type(found: Match, request: Request) -> Refusal | None:
    """Refuse a body of another type than the operation's (Smithy: 415)."""
    operation = found.operation
    if not request.body or raw_payload(operation):
        return None
    given = header(request, "content-type").partition(";")[0].strip().lower()
    due = protocol(operation).media_type(operation)
    if not due:
        return None
    right = given == due if takes_body(operation) else not given
    if right:
        return None
    return Refusal(cause="media-type", message=f"The Content-Type must be {due}.")


def _unacceptable(found: Match, request: Request) -> Refusal | None:
    """Refuse to answer a client that excludes what the answer is (Smithy: 406)."""
    accept, due = header(request, "accept"), protocol(found.operation).accepted
    if not accept or not due or raw_payload(found.operation):
        return None
    ranges = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    if ranges & {"*/*", "application/*", due, "*"}:
        return None
    return Refusal(cause="not-acceptable", message=f"The answer is {due}.")


_CHECKS = (_unsigned, _wrong_media_type, _unacceptable)

"""Requests that break the protocol rather than the shape.

What must answer them stands in `aws_specs.protocol`: one table for those who send and those who
judge. Nothing here imports botocore.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import msgspec

from aws_conformance.exchange import Request
from aws_specs.errors import UsageError, closest
from aws_specs.protocol import EXTRA, MALFORMED, Expected, Level, ways
from aws_specs.spec import Operation

if TYPE_CHECKING:
    from aws_conformance.wire.signing import Clock, Credentials, Identity

__all__ = ["EXTRA", "MALFORMED", "Expected", "Level", "broken", "malformed", "ways", "with_body"]


def malformed(
    operation: Operation,
    control: Request,
    way: str,
    *,
    endpoint: str,
    credentials: Credentials | None = None,
    region: str = "us-east-1",
    clock: Clock,
) -> Request:
    """Return the control request broken in the way named, with a signature that fits again.

    Credentials are the dummy ones if not given. Raises `UsageError` for a way that does not exist.
    """
    from aws_conformance.wire.signing import DUMMY, Identity

    return broken(operation, control, way, Identity(endpoint, clock, credentials or DUMMY, region))


def broken(operation: Operation, request: Request, way: str, identity: Identity) -> Request:
    """Return the request broken in the way named: edited, then signed, or not, or wrongly."""
    edit = _EDITS.get(way)
    if edit is None:
        raise UsageError(f"no way {way!r} of breaking the protocol", hint=closest(way, _EDITS))
    base = urlsplit(identity.endpoint).path.rstrip("/")
    return _SIGNED.get(way, _signed)(operation, edit(operation, request, base), identity)


def _signed(operation: Operation, request: Request, identity: Identity) -> Request:
    from aws_conformance.wire.signing import signed

    return signed(operation, request, identity)


def _unsigned(_: Operation, request: Request, identity: Identity) -> Request:
    return _without_header(request, "Authorization")


def _wrongly_signed(operation: Operation, request: Request, identity: Identity) -> Request:
    signed = _signed(operation, request, identity)
    return _with_header(signed, "Authorization", _wrong_signature(header(signed, "Authorization")))


def _signed_long_ago(operation: Operation, request: Request, identity: Identity) -> Request:
    yesterday = identity.clock() - timedelta(days=1)
    return _signed(operation, request, msgspec.structs.replace(identity, clock=lambda: yesterday))


_SIGNED: Final[Mapping[str, Callable[[Operation, Request, Identity], Request]]] = {
    "no-signature": _unsigned,
    "bad-signature": _wrongly_signed,
    "expired-signature": _signed_long_ago,
}


def _wrong_signature(value: str) -> str:
    start, found, signature = value.rpartition("Signature=")
    return start + found + ("1" if signature[:1] == "0" else "0") + signature[1:]


# ---------------------------------------------------------------- editing a request


def header(request: Request, name: str) -> str:
    """Return the first header of that name (any case), or ""."""
    return next((value for key, value in request.headers if key.lower() == name.lower()), "")


def with_body(request: Request, body: bytes) -> Request:
    """Return the request with another body and the length that fits it."""
    changed = msgspec.structs.replace(request, body=body)
    return _with_header(changed, "Content-Length", str(len(body)))


def _with_header(request: Request, name: str, value: str) -> Request:
    """Return the request with one header set, in its place or at the end."""
    if not header(request, name):
        return msgspec.structs.replace(request, headers=(*request.headers, (name, value)))
    pairs = tuple(
        (key, value if key.lower() == name.lower() else old) for key, old in request.headers
    )
    return msgspec.structs.replace(request, headers=pairs)


def _without_header(request: Request, name: str) -> Request:
    pairs = tuple(pair for pair in request.headers if pair[0].lower() != name.lower())
    return msgspec.structs.replace(request, headers=pairs)


Edit = Callable[[Operation, Request, str], Request]
"""Breaks the unsigned request of an operation; the text is the path of the endpoint itself."""


def _truncated(_: Operation, request: Request, base: str) -> Request:
    """Cut the last byte off: always a syntax error for an object, whatever it holds."""
    return with_body(request, request.body[:-1] if len(request.body) > 1 else b"{")


def _text_plain(_: Operation, request: Request, base: str) -> Request:
    return _with_header(request, "Content-Type", "text/plain")


def _untyped(_: Operation, request: Request, base: str) -> Request:
    return _without_header(request, "Content-Type")


def _accept(_: Operation, request: Request, base: str) -> Request:
    return _with_header(request, "Accept", "application/hal+json")


def _as_it_is(_: Operation, request: Request, base: str) -> Request:
    return request


def _target_header(_: Operation, request: Request, base: str) -> Request:
    return _with_header(request, "X-Amz-Target", "Service.Operation")


NO_SUCH: Final = "ConformanceNoSuchOperation"


def _unknown_operation(operation: Operation, request: Request, base: str) -> Request:
    return _UNKNOWN_OPERATION[operation.wire.protocol](operation, request, base)


def _unknown_path(_: Operation, request: Request, base: str) -> Request:
    return msgspec.structs.replace(request, path=f"{base}/{NO_SUCH}/no/such/operation/here")


def _unknown_target(operation: Operation, request: Request, base: str) -> Request:
    prefix = operation.wire.target.rpartition(".")[0]
    return _with_header(request, "X-Amz-Target", f"{prefix}.{NO_SUCH}")


def _unknown_action(operation: Operation, request: Request, base: str) -> Request:
    action = f"Action={operation.name}".encode()
    return with_body(request, request.body.replace(action, f"Action={NO_SUCH}".encode(), 1))


def _unknown_rpc(_: Operation, request: Request, base: str) -> Request:
    prefix = request.path.rpartition("/")[0]
    return msgspec.structs.replace(request, path=f"{prefix}/{NO_SUCH}")


_UNKNOWN_OPERATION: Final[Mapping[str, Edit]] = {
    "rest-json": _unknown_path,
    "json": _unknown_target,
    "query": _unknown_action,
    "ec2": _unknown_action,
    "smithy-rpc-v2-cbor": _unknown_rpc,
}


def _other_method(operation: Operation, request: Request, base: str) -> Request:
    """Send it with a method that no operation of the service has on this path."""
    path = request.path.partition("?")[0].removeprefix(base)
    taken = {request.method, *_methods_on(operation.service, path)}
    free = (method for method in ("PATCH", "PUT", "DELETE", "POST", "GET") if method not in taken)
    return msgspec.structs.replace(request, method=next(free, "TRACE"))


def _methods_on(service: str, path: str) -> Iterator[str]:
    from aws_specs import sdk

    model: Any = sdk.service_model(service)
    for name in model.operation_names:
        http: Mapping[str, Any] = model.operation_model(name).http
        if _path_matches(str(http.get("requestUri", "/")).partition("?")[0], path):
            yield str(http.get("method", "POST"))


def _path_matches(template: str, path: str) -> bool:
    """Whether a URI template takes the path; a label is one segment, a greedy one any number."""
    wanted, found = template.strip("/").split("/"), path.strip("/").split("/")
    for index, segment in enumerate(wanted):
        if segment.startswith("{") and segment.endswith("+}"):
            return len(found) >= len(wanted)
        if index >= len(found) or not ("{" in segment or segment == found[index]):
            return False
    return len(wanted) == len(found)


_EDITS: Final[Mapping[str, Edit]] = {
    "json-syntax": _truncated,
    "cbor-syntax": _truncated,
    "xml-syntax": _truncated,
    "content-type": _text_plain,
    "no-content-type": _untyped,
    "accept": _accept,
    "no-signature": _as_it_is,
    "bad-signature": _as_it_is,
    "expired-signature": _as_it_is,
    "unknown-operation": _unknown_operation,
    "method": _other_method,
    "target-header": _target_header,
}

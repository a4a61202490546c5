"""A case as the HTTP request a client would send, or could not be made to send.

botocore's serializers write the request, with the hooks of `serializers` for values that no client
sends; botocore signs it. Host, path and query, headers and body are those of a botocore client
with the same endpoint, but for the user agent and what `customizations.LEFT_OUT` names.
"""

# botocore is untyped: pyright infers partly unknown types from its source.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import ipaddress
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import jmespath  # type: ignore[import-untyped]  # it has no stubs
from botocore.awsrequest import create_request_object, prepare_request_dict
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.httpchecksum import apply_request_checksum, resolve_checksum_context
from botocore.serialize import create_serializer
from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]

from aws_conformance.exchange import Request
from aws_conformance.wire import customizations
from aws_conformance.wire.malformed import broken, with_body
from aws_conformance.wire.serializers import SERIALIZERS
from aws_conformance.wire.signing import DUMMY, Clock, Credentials, Identity, signed
from aws_conformance.wire.values import to_boto, unwrap, wrap
from aws_specs import sdk
from aws_specs.errors import ConformanceError
from aws_specs.jsonvalues import is_object
from aws_specs.spec import Json, Operation
from aws_strategies.case import Case

USER_AGENT: Final = "aws-conformance"
_CONTROL: Final = frozenset(map(chr, (*range(9), *range(10, 32), 127)))


class EncodeError(ConformanceError):
    """A case that HTTP cannot carry, e.g. a line break in a header: not the target's fault."""

    code = "cannot-encode"


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def encode(
    operation: Operation,
    case: Case,
    *,
    endpoint: str,
    credentials: Credentials = DUMMY,
    region: str = "us-east-1",
    clock: Clock = now,
) -> Request:
    """Return the signed request that carries `case.params` to `endpoint`, a URL.

    A case with `wire` set is its control broken in that way (see `malformed`). Raises `EncodeError`
    for what HTTP cannot carry and `UsageError` for an operation the installed SDK does not know.
    """
    identity = Identity(endpoint, clock, credentials, region)
    model: Any = sdk.operation_model(operation.service, operation.name)
    try:
        request = _unsigned(operation, model, case.params, endpoint)
        if _lacks_payload(operation, case):
            request = with_body(request, b"")
        if case.wire:
            return broken(operation, request, case.wire, identity)
        return signed(operation, request, identity)
    except (BotoCoreError, UnicodeError, ValueError, TypeError, KeyError) as error:
        raise EncodeError(
            f"{case.id}: HTTP cannot carry this request: {error!r}",
            hint="Nothing was sent. If a client may send it, this is a bug of the suite.",
        ) from error


def _lacks_payload(operation: Operation, case: Case) -> bool:
    """Whether the fault is that the payload is absent: botocore would send an empty one instead."""
    fault = case.fault
    return fault is not None and fault.op == "remove" and fault.at == f"/{operation.wire.payload}"


def _unsigned(operation: Operation, model: Any, params: Json, endpoint: str) -> Request:
    """Return the request as it is before it is signed, `Host` first."""
    values = _values(model, params if is_object(params) else {})
    written = _write(model, values, endpoint, SERIALIZERS[operation.wire.protocol]())
    request = _from_prepared(operation, written)
    return request if is_object(params) else with_body(request, json.dumps(params).encode())


def _from_prepared(operation: Operation, written: Any) -> Request:
    url = urlsplit(str(written.url))
    body = written.body or b""
    return Request(
        method=str(written.method),
        path=(url.path or "/") + (f"?{url.query}" if url.query else ""),
        headers=(("Host", _host(url)), *_headers(written.headers)),
        body=body.encode("utf-8") if isinstance(body, str) else bytes(body),
        service=operation.service,
        operation=operation.id,
    )


def _values(model: Any, params: dict[str, Json]) -> Any:
    """Return the parameters as botocore takes them, with `Raw` where it does not."""
    params = customizations.before_build(model, params)
    return to_boto(model.input_shape, params) if model.input_shape is not None else wrap(params)


def _write(model: Any, values: Any, endpoint: str, serializer: Any) -> Any:
    """Return botocore's prepared request for the values."""
    context: dict[str, Any] = {"client_config": _config(), "auth_type": model.auth_type}
    request = serializer.serialize_to_request(values, model)
    customizations.without_key(model, request)
    if not takes_host_prefix(endpoint):
        request.pop("host_prefix", None)
    prepare_request_dict(request, endpoint, context, USER_AGENT)
    _plan_checksum(request, model, values)
    customizations.before_call(model, request, context)
    apply_request_checksum(request)
    created = create_request_object(request)
    customizations.request_created(model, created)
    return created.prepare()


def client_sends(operation: Operation, params: Json, request: Request, endpoint: str) -> bool:
    """Whether a botocore client without parameter validation sends this very request.

    Compared are method, path with query, and body; nothing is sent.
    """
    if not is_object(params):
        return False
    model: Any = sdk.operation_model(operation.service, operation.name)
    if operation.wire.protocol != sdk.protocol(operation.service):
        return False
    serializer = create_serializer(operation.wire.protocol, include_validation=False)
    if not _finds_its_endpoint(model, params):
        return False
    try:
        values = unwrap(_values(model, params))
        theirs = _from_prepared(operation, _write(model, values, endpoint, serializer))
    except Exception:  # a client would raise it: then it does not send the request
        return False
    return (theirs.method, theirs.path, theirs.body) == (request.method, request.path, request.body)


def _finds_its_endpoint(model: Any, params: dict[str, Json]) -> bool:
    """Whether botocore's endpoint rules take the members they look at: only texts and booleans.

    They are looked at even where the endpoint is given; a client that they refuse sends nothing.
    """
    members = [params[p.member_name] for p in model.context_parameters if p.member_name in params]
    paths = [str(found["path"]) for found in dict(model.operation_context_parameters).values()]
    try:
        found = [jmespath.search(path, params) for path in paths]
    except JMESPathError:
        return False
    # A value of another type than the path leads to is no text and no list of texts.
    texts = all(
        isinstance(value, list | str) and all(isinstance(item, str) for item in value)
        for value in found
        if value
    )
    return texts and all(isinstance(value, str | bool) for value in members)


def _plan_checksum(request: dict[str, Any], model: Any, values: Any) -> None:
    """Let botocore choose the checksum; none where the case names an algorithm that is none."""
    try:
        resolve_checksum_context(request, model, values)
    except (BotoCoreError, AttributeError):
        request["context"].pop("checksum", None)


@cache
def _config() -> Config:
    """Return the client settings a request depends on.

    "s3" as signature keeps checksums in headers: a client would put some into a trailer over TLS.
    """
    return Config(
        signature_version="s3",
        request_checksum_calculation="when_supported",
        response_checksum_validation="when_supported",
    )


def takes_host_prefix(endpoint: str) -> bool:
    """Whether a name can stand before the endpoint's host: not for addresses and localhost."""
    host = urlsplit(endpoint).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host
    return False


def _host(url: SplitResult) -> str:
    """Return the `Host` header as botocore signs it: lower case, no default port."""
    name = url.hostname or ""
    name = f"[{name}]" if ":" in name else name
    default = {"http": 80, "https": 443}.get(url.scheme)
    return name if url.port in (None, default) else f"{name}:{url.port}"


def _headers(headers: Any) -> list[tuple[str, str]]:
    """Return botocore's headers as pairs; `ValueError` for what would end the header early."""
    pairs = [(str(name), _header_text(value)) for name, value in headers.items()]
    for name, value in pairs:
        if not _CONTROL.isdisjoint(value) or not _CONTROL.isdisjoint(name):
            raise ValueError(f"control character in header {name!r}: {value!r}")
    return pairs


def _header_text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)

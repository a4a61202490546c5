"""Signature Version 4, by botocore, with the clock handed in.

A botocore client is not needed (making one takes tens of milliseconds): the signer alone is.
"""

# botocore is untyped: pyright infers partly unknown types from its source.
# pyright: reportUnknownMemberType=false, reportUntypedBaseClass=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from botocore.auth import SIGV4_TIMESTAMP, S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest

from aws_conformance.exchange import Request
from aws_conformance.wire import customizations
from aws_specs import sdk
from aws_specs.spec import Operation, Value

Clock = Callable[[], datetime]

SIGNATURE_HEADERS: Final = frozenset(
    {"authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"}
)
"""What signing adds to a request, lower case."""


class Credentials(Value, frozen=True):
    """What a request is signed with. The names are botocore's, so that botocore takes it."""

    access_key: str
    secret_key: str
    token: str | None = None
    bearer: str = ""
    """The token of services that take one in the place of a signature; "" where there is none."""

    def __repr__(self) -> str:
        return f"Credentials(access_key={self.access_key!r}, …)"


DUMMY: Final = Credentials(
    "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", bearer="AKIDEXAMPLE"
)
"""The credentials of AWS's own signing examples; for targets that check none."""


class Identity(Value, frozen=True):
    """Who sends where: everything a signature needs beside the request. `clock` is aware."""

    endpoint: str
    clock: Clock
    credentials: Credentials = DUMMY
    region: str = "us-east-1"


class _Clocked:
    """Mixed into botocore's signers: the time is the caller's."""

    clock: Clock

    def add_auth(self, request: Any) -> None:
        signer: Any = self
        clock: Clock = signer.clock
        request.context["timestamp"] = clock().astimezone(UTC).strftime(SIGV4_TIMESTAMP)
        signer._modify_request_before_signing(request)
        text = signer.string_to_sign(request, signer.canonical_request(request))
        signer._inject_signature_to_request(request, signer.signature(text, request))


class _SigV4(_Clocked, SigV4Auth):  # type: ignore[misc]  # botocore is untyped
    pass


class _S3SigV4(_Clocked, S3SigV4Auth):  # type: ignore[misc]  # botocore is untyped
    pass


def signed(operation: Operation, request: Request, identity: Identity) -> Request:
    """Return the request with a fresh date and signature; unchanged where the SDK sends none.

    The whole body is always part of the signature (a client may leave it out over TLS).
    """
    model: Any = sdk.operation_model(operation.service, operation.name)
    if operation.wire.unsigned or customizations.is_unsigned(model):
        return request
    kind = str(model.resolved_auth_type or model.service_model.signature_version)
    kept = {_DIGEST} if _carries_digest(model) else set[str]()
    bare = [(n, v) for n, v in request.headers if n.lower() in kept or not _of_signature(n)]
    headers = _SIGNERS.get(kind, _signed_v4)(kind, operation, request, bare, identity)
    return msgspec.structs.replace(request, headers=tuple(headers))


_DIGEST: Final = "x-amz-content-sha256"


def _carries_digest(model: Any) -> bool:
    """Whether a member travels in the header of the body's digest (CodeArtifact's assetSHA256).

    Then the header is the caller's, right or wrong, as with botocore.
    """
    members: Mapping[str, Any] = model.input_shape.members if model.input_shape else {}
    bound = (member.serialization for member in members.values())
    return any(
        one.get("location") == "header" and str(one.get("name", "")).lower() == _DIGEST
        for one in bound
    )


def _of_signature(name: str) -> bool:
    return name.lower() in SIGNATURE_HEADERS


Headers = list[tuple[str, str]]


def _bearer(
    _: str, operation: Operation, request: Request, bare: Headers, identity: Identity
) -> Headers:
    """Return the headers with the bearer's own token: a session's is never sent in its place."""
    token = identity.credentials.bearer
    return [*bare, ("Authorization", f"Bearer {token}")] if token else bare


def _signed_v4(
    kind: str, operation: Operation, request: Request, bare: Headers, identity: Identity
) -> Headers:
    scheme = urlsplit(identity.endpoint).scheme
    host = next((value for name, value in bare if name.lower() == "host"), "")
    aws = AWSRequest(request.method, f"{scheme}://{host}{request.path}", data=request.body)
    for name, value in bare:
        if name.lower() != "content-length":  # a client adds it after it has signed
            aws.headers[name] = value
    given = any(name.lower() == _DIGEST for name, _ in bare)
    if not given and any(name.lower() == _DIGEST for name, _ in request.headers):
        aws.headers["X-Amz-Content-SHA256"] = sha256(request.body).hexdigest()
    if kind == "v4-unsigned-body":
        aws.context["payload_signing_enabled"] = False
    signer: Any = (_S3SigV4 if _is_s3(operation) else _SigV4)(
        identity.credentials, operation.wire.signing_name, identity.region
    )
    signer.clock = identity.clock
    signer.add_auth(aws)
    added = [
        (name, str(value))
        for name, value in aws.headers.items()
        if _of_signature(name) and not (given and name.lower() == _DIGEST)
    ]
    return [*bare, *added]


def _is_s3(operation: Operation) -> bool:
    """Whether a service signs as S3 does: always the whole body, where it is not sent over TLS."""
    model: Any = sdk.service_model(operation.service)
    return str(model.signature_version).startswith("s3")


_SIGNERS: Final[Mapping[str, Callable[[str, Operation, Request, Headers, Identity], Headers]]] = {
    "bearer": _bearer
}

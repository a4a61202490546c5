"""Operations that the suite does not speak: known before anything is sent, and said as such.

Sent all the same they would be denied, or would hang, and the answer would say nothing of them.
"""

# botocore is untyped: pyright infers partly unknown types from its source.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from aws_conformance.exchange import Target
from aws_specs import sdk
from aws_specs.spec import Operation

STREAM: Final = "not-spoken: the request is an event stream, which goes on while it is answered"
SIGNED: Final = "not-spoken: {service} wants Signature Version {version}, not 4"
BEARER: Final = "not-spoken: {service} wants a bearer's token, and there is none (`aws sso login`)"

_VERSIONS: Final = {"v2": "2", "v4a": "4A"}


def unspoken(operation: Operation, target: Target) -> str:
    """Return why an operation is not sent to a target, "" where it is."""

    def bearer() -> bool:
        from aws_conformance.targets import wiring

        return bool(wiring(target, operation.service).credentials.bearer)

    real = getattr(target, "account", None) is not None
    return why_unspoken(operation, real=real, bearer=bearer)


def why_unspoken(operation: Operation, *, real: bool, bearer: Callable[[], bool]) -> str:
    """Return why an operation cannot be spoken, "" where it can.

    Signatures count for `real` accounts alone: other targets check none. `bearer` says whether
    there is a bearer's token; it is asked only where one is wanted.
    """
    model: Any = sdk.operation_model(operation.service, operation.name)
    if model.has_event_stream_input:
        return STREAM
    if not real:
        return ""
    kind = str(model.resolved_auth_type or model.service_model.signature_version)
    if kind in _VERSIONS:
        return SIGNED.format(service=operation.service, version=_VERSIONS[kind])
    if kind == "bearer" and not bearer():
        return BEARER.format(service=operation.service)
    return ""

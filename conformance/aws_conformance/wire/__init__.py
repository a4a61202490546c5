"""Requests and answers on the wire, per AWS protocol.

`encode` makes a case into a signed request, `decode_error` and `decode_success` read what comes
back; `aws_conformance.wire.malformed` breaks requests. Importing the package costs nothing:
botocore is loaded by the first name that needs it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aws_conformance.wire.answers import WireError, decode_error, decode_success
    from aws_conformance.wire.encoding import EncodeError, encode
    from aws_conformance.wire.signing import DUMMY, Credentials

__all__ = [
    "DUMMY",
    "Credentials",
    "EncodeError",
    "WireError",
    "decode_error",
    "decode_success",
    "encode",
]

_HOMES = {
    "DUMMY": "signing",
    "Credentials": "signing",
    "EncodeError": "encoding",
    "WireError": "answers",
    "decode_error": "answers",
    "decode_success": "answers",
    "encode": "encoding",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)

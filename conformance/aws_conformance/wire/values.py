"""From the JSON form of a request to the values botocore serializes, and what it cannot take.

botocore's serializers do not look at a value before they write it: a string where a number belongs
is written as it is in JSON, and a `TypeError` in a list. So everything that does not fit its shape
travels through them wrapped as `Raw`, and the serializers of `serializers.py` write it verbatim in
the place where it stands. What fits goes untouched through botocore, byte for byte.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from aws_specs.jsonvalues import is_list, is_object
from aws_specs.spec import Json, Value

SPECIAL_FLOATS: Final = frozenset({"NaN", "Infinity", "-Infinity"})
"""How AWS protocols write the floats that JSON has no number for."""


class Raw(Value, frozen=True):
    """A JSON value that goes to the wire as it is, because the shape cannot hold it."""

    value: Json


def to_boto(shape: Any, value: Json) -> Any:
    """Return `value` as botocore wants it for its `shape`, with `Raw` wherever it does not fit.

    Blobs become bytes, timestamps aware datetimes. Members the model does not know, nulls, wrong
    types, text that is not base64 or not a date become `Raw`.
    """
    convert = _CONVERTERS.get(shape.type_name, _text)
    return convert(shape, value)


def wrap(params: dict[str, Json]) -> dict[str, Any]:
    """Return parameters of an operation that takes none: nothing fits."""
    return {name: Raw(value) for name, value in params.items()}


def unwrap(value: Any) -> Any:
    """Return what `to_boto` made with every `Raw` replaced by the plain value it holds."""
    if isinstance(value, Raw):
        return value.value
    if is_object(value):
        return {name: unwrap(item) for name, item in value.items()}
    return [unwrap(item) for item in value] if is_list(value) else value


def text_of(value: Json) -> str:
    """Return how a JSON value is written where only text fits: a path, a query, a header, a form.

    Null is the empty text, numbers and booleans are as in JSON, lists and objects are compact JSON.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, separators=(",", ":"))


def timestamp(text: str) -> datetime | None:
    """Return the aware datetime an ISO 8601 text stands for, or None where it is none.

    Only the extended form with a "T" counts; without an offset it is UTC.
    """
    if "T" not in text or text.count("-") < 2:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _structure(shape: Any, value: Json) -> Any:
    if not is_object(value):
        return _document(shape, value)
    if shape.is_document_type:
        return value
    members: Mapping[str, Any] = shape.members
    return {
        name: to_boto(members[name], item) if name in members else Raw(item)
        for name, item in value.items()
    }


def _document(shape: Any, value: Json) -> Any:
    return value if shape.is_document_type and value is not None else Raw(value)


def _list(shape: Any, value: Json) -> Any:
    if not is_list(value):
        return Raw(value)
    return [to_boto(shape.member, item) for item in value]


def _map(shape: Any, value: Json) -> Any:
    if not is_object(value):
        return Raw(value)
    return {key: to_boto(shape.value, item) for key, item in value.items()}


def _text(shape: Any, value: Json) -> Any:
    if shape.serialization.get("jsonvalue"):
        return value if value is not None else Raw(None)
    return value if isinstance(value, str) else Raw(value)


def _integer(_: Any, value: Json) -> Any:
    return value if isinstance(value, int) and not isinstance(value, bool) else Raw(value)


def _float(_: Any, value: Json) -> Any:
    if isinstance(value, str) and value in SPECIAL_FLOATS:
        return float(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else Raw(value)


def _boolean(_: Any, value: Json) -> Any:
    return value if isinstance(value, bool) else Raw(value)


def _blob(_: Any, value: Json) -> Any:
    if not isinstance(value, str):
        return Raw(value)
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return Raw(value)


def _timestamp(_: Any, value: Json) -> Any:
    moment = timestamp(value) if isinstance(value, str) else None
    return Raw(value) if moment is None else moment


_CONVERTERS: Mapping[str, Callable[[Any, Json], Any]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "blob": _blob,
    "timestamp": _timestamp,
    "boolean": _boolean,
    **dict.fromkeys(("integer", "long", "short", "byte", "biginteger"), _integer),
    **dict.fromkeys(("float", "double", "bigdecimal"), _float),
}

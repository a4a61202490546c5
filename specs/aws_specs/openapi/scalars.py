"""How scalars travel: the JSON type of each where it stands, and formats as patterns.

OpenAPI tools check and generate the formats they know and ignore the others, so a format of AWS is
written as a pattern too. Source of the timestamp formats: Smithy 2.0, restJson1 (seconds since 1970
in bodies, date-time in labels and queries, http-date in headers).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from aws_specs.openapi.components import Schema
from aws_specs.spec import Scalar

EARLIEST = -62_135_596_800
"""The first second of the year 1, in seconds since 1970: no timestamp is before it."""

LATEST = 253_402_300_799
"""The last second of the year 9999."""

_TIMES: Mapping[str, Schema] = {
    "unixTimestamp": {"type": "number", "minimum": EARLIEST, "maximum": LATEST},
    "iso8601": {"type": "string", "format": "date-time"},
    "rfc822": {"type": "string"},
}

_DEFAULT_TIME = {"body": "unixTimestamp", "header": "rfc822"}

_PATTERNS: Mapping[str, str] = {
    "arn": r"^arn:[^:\s]{1,63}:[^:\s]{1,63}:[^:\s]{0,63}:[^:\s]{0,63}:\S",
    "url": r"^[A-Za-z][A-Za-z0-9+.-]{0,30}:\S{1,8000}$",
    "e.164": r"^\+[1-9][0-9]{1,14}$",
    "email": r"^[^@\s]{1,64}@[^@\s]{1,255}$",
}
"""The formats that prose names and a server checks."""


def scalar(schema: Schema, shape: Scalar, form: str) -> Schema:
    """Return a scalar's schema as it travels in a "body", "path", "query" or "header"."""
    row = _ROWS.get("json" if shape.json else shape.type)
    found = row(schema, shape, form) if row else schema
    return _limited(_formatted(_portable(found)))


def _timestamp(schema: Schema, shape: Scalar, form: str) -> Schema:
    kind = shape.timestamp_format or _DEFAULT_TIME.get(form, "iso8601")
    rest = {key: value for key, value in schema.items() if key not in ("type", "format")}
    return {**_TIMES.get(kind, _TIMES["iso8601"]), **rest}


def _blob(schema: Schema, shape: Scalar, form: str) -> Schema:
    return {**schema, "format": "byte"}


def _json(schema: Schema, shape: Scalar, form: str) -> Schema:
    """A string that carries JSON travels as base64 in a header, and as it is in a body."""
    if form != "header":
        return schema
    return {**schema, "contentEncoding": "base64", "format": "byte"}


_ROWS: Mapping[str, Callable[[Schema, Scalar, str], Schema]] = {
    "timestamp": _timestamp,
    "blob": _blob,
    "stream": _blob,
    "json": _json,
}


_UNPORTABLE = re.compile(
    r"\\0[0-7]"  # octal
    r"|\\u[dD][89a-fA-F]"  # halves of surrogate pairs
    r"|\(\?<?[=!][^()]{0,200}\)[*+?{]"  # a look-around with a quantifier
    r"|\(\?[aiLmsuxP-]"  # flags and Python's named groups
    r"|\\[AZz]"  # anchors
)
"""What Java and Python take in a pattern, and ECMA 262 in Unicode mode does not."""


def _portable(schema: Schema) -> Schema:
    """Leave a pattern to vendor keywords that OpenAPI's regular expressions do not have."""
    if "pattern" not in schema or not _UNPORTABLE.search(schema["pattern"]):
        return schema
    rest = {key: value for key, value in schema.items() if key != "pattern"}
    return {**rest, "x-aws-pattern": schema["pattern"]}


def _formatted(schema: Schema) -> Schema:
    """Say a format of AWS as a pattern; a pattern that is there already stays too."""
    pattern = _PATTERNS.get(str(schema.get("format")))
    if pattern is None:
        return schema
    rest = {key: value for key, value in schema.items() if key != "format"}
    rest["x-aws-format"] = schema["format"]
    if "pattern" not in rest:
        return {**rest, "pattern": pattern}
    return {**rest, "allOf": [*rest.get("allOf", ()), {"pattern": pattern}]}


def _limited(schema: Schema) -> Schema:
    """Add what a limit in bytes says of the length, for tools that know no limits in bytes."""
    limits = [schema["maxLength"]] if "maxLength" in schema else []
    if "x-aws-max-bytes" in schema:
        limits.append(schema["x-aws-max-bytes"])
    if "x-aws-max-decoded-bytes" in schema:
        limits.append(_encoded(schema["x-aws-max-decoded-bytes"]))
    found = {**schema, "maxLength": min(limits)} if limits else dict(schema)
    if "x-aws-min-decoded-bytes" in schema:
        found["minLength"] = _encoded(schema["x-aws-min-decoded-bytes"])
    return found


def _encoded(length: Any) -> int:
    """Return the length of so many bytes in base64."""
    return (int(length) + 2) // 3 * 4

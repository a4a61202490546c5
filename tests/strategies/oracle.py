"""Two judges of requests that nobody here wrote: jsonschema, and botocore's parameter validator.

jsonschema is given the vendor keywords of the exported schemas and formats of its own; what it
refuses is named by the rule ids that its error says, without a look at the rules themselves.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import re
import uuid
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import regex
from botocore.validate import ParamValidator
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

from aws_conformance.wire.customizations import before_build
from aws_specs import sdk
from aws_specs.schema import request_schema
from aws_specs.spec import Json, List, Map, Operation, Recursive, Shape, Structure
from aws_strategies.keywords import to_keywords
from aws_strategies.plan import Plan

# ---------------------------------------------------------------- keywords JSON Schema lacks


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _max_bytes(validator: Any, limit: int, value: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and _size(value) > limit:
        yield ValidationError(f"more than {limit} bytes")


def _min_bytes(validator: Any, limit: int, value: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and _size(value) < limit:
        yield ValidationError(f"fewer than {limit} bytes")


def _total(validator: Any, limit: int, value: Any, schema: Any) -> Iterator[ValidationError]:
    entries = value.values() if isinstance(value, dict) else ()
    texts = [entry.get("Value") for entry in entries if isinstance(entry, dict)]
    if sum(_size(text) for text in texts if isinstance(text, str)) > limit:
        yield ValidationError(f"more than {limit} bytes in all")


def _decoded(value: Any) -> bytes | None:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        return None


def _max_decoded(validator: Any, limit: int, value: Any, schema: Any) -> Iterator[ValidationError]:
    decoded = _decoded(value)
    if decoded is not None and len(decoded) > limit:
        yield ValidationError(f"more than {limit} bytes")


def _min_decoded(validator: Any, limit: int, value: Any, schema: Any) -> Iterator[ValidationError]:
    decoded = _decoded(value)
    if decoded is not None and len(decoded) < limit:
        yield ValidationError(f"fewer than {limit} bytes")


def _encoding(validator: Any, name: str, value: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and name == "base64" and _decoded(value) is None:
        yield ValidationError("not base64")


def _vendor(validator: Any, note: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    """Match a pattern that JSON Schema in Python cannot state, with another library than `re`."""
    pattern = _read(note.get("pattern", ""))
    if isinstance(value, str) and pattern is not None and pattern.fullmatch(value) is None:
        yield ValidationError("no match")


_JAVA = {
    r"\p{Print}": r"\x20-\x7e", r"\p{Graph}": r"\x21-\x7e", r"\p{Punct}": r"!-\/:-@\[-`\{-~",
    r"\p{Cntrl}": r"\x00-\x1f\x7f", r"\p{Blank}": r"\x20\t", r"\p{ASCII}": r"\x00-\x7f",
    r"\p{Alnum}": "a-zA-Z0-9", r"\p{Alpha}": "a-zA-Z", r"\p{Upper}": "A-Z", r"\p{Digit}": "0-9",
    r"\p{XDigit}": "0-9a-fA-F", r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010FFFF",
    r"\p{LD}": r"\p{L}\p{Nd}", r"\x{0022}": r"\x22", r"\x{60}": r"\x60",
}  # fmt: skip
"""What Java means and `regex` does not: its POSIX classes are ASCII, its texts UTF-16."""


@lru_cache(maxsize=1024)
def _read(pattern: str) -> Any:
    """Return a pattern that `regex` reads, None for none and for one that it cannot read."""
    for name, plain in _JAVA.items():
        within = re.sub(r"\[[^\]]*\]", lambda m: m[0].replace(name, plain), pattern)  # noqa: B023
        pattern = within.replace(name, f"[{plain}]")
    try:
        odd = "&&" in pattern or re.search(r".\(\?[ims]+\)", pattern)  # Java reads these otherwise
        return regex.compile(pattern) if pattern and not odd else None
    except regex.error:
        return None


_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=ValueError)
@_FORMATS.checks("iso8601", raises=ValueError)
@_FORMATS.checks("iso-8601", raises=ValueError)
def _date_time(value: object) -> bool:
    return not isinstance(value, str) or bool(datetime.fromisoformat(value))


@_FORMATS.checks("json", raises=ValueError)
def _json(value: object) -> bool:
    return not isinstance(value, str) or json.loads(value) is not ...


@_FORMATS.checks("uuid", raises=ValueError)
def _uuid(value: object) -> bool:
    return not isinstance(value, str) or bool(uuid.UUID(value))


@_FORMATS.checks("url", raises=ValueError)
@_FORMATS.checks("uri", raises=ValueError)
def _url(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme and urlsplit(value).netloc)


@_FORMATS.checks("email")
def _email(value: object) -> bool:
    return not isinstance(value, str) or all(value.partition("@")[::2])


@_FORMATS.checks("e.164")
def _e164(value: object) -> bool:
    return not isinstance(value, str) or (value[:1] == "+" and value[1:].isdecimal())


@_FORMATS.checks("arn")
def _arn(value: object) -> bool:
    return not isinstance(value, str) or (value[:4] == "arn:" and value.count(":") >= 5)


@_FORMATS.checks("ip", raises=ValueError)
def _ip(value: object) -> bool:
    return not isinstance(value, str) or bool(ipaddress.ip_address(value))


_Validator: Any = extend(
    Draft202012Validator,
    {
        "x-aws-max-bytes": _max_bytes,
        "x-aws-min-bytes": _min_bytes,
        "x-aws-max-total-bytes": _total,
        "x-aws-max-decoded-bytes": _max_decoded,
        "x-aws-min-decoded-bytes": _min_decoded,
        "contentEncoding": _encoding,
        "x-aws": _vendor,
    },
)

# ---------------------------------------------------------------- what jsonschema refuses

_KINDS = {
    "type": "type",
    "enum": "enum",
    "minLength": "length",
    "maxLength": "length",
    "x-aws-max-bytes": "length",
    "x-aws-min-bytes": "length",
    "x-aws-max-total-bytes": "length=total",
    "x-aws-max-decoded-bytes": "length",
    "x-aws-min-decoded-bytes": "length",
    "minItems": "items",
    "maxItems": "items",
    "minProperties": "items",
    "maxProperties": "items",
    "minimum": "range",
    "maximum": "range",
    "pattern": "pattern",
    "x-aws": "pattern",
    "format": "format",
    "contentEncoding": "format",
}


class Oracle:
    """Says of requests to one operation which rules they break, as jsonschema sees it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.testable = frozenset(rule.id for rule in plan.testable)
        self.operation: Operation = plan.operation
        self.schema = request_schema(self.operation, confidence=plan.confidence)
        Draft202012Validator.check_schema(self.schema)
        self.validator = _Validator(self.schema, format_checker=_FORMATS)

    def refuses(self, params: Json) -> set[str]:
        """Return the ids of the rules for which a request is refused; empty: it is accepted."""
        errors = list(self.validator.iter_errors(params))
        wrong = {tuple(e.absolute_path) for e in errors if e.validator == "type" and not _key(e)}
        named: set[str] = set()
        for error in errors:
            at = tuple(error.absolute_path)
            if at in wrong and error.validator != "type" and not _key(error):
                continue
            named.update(self._rules(error, at))
        return named

    def _rules(self, error: ValidationError, at: tuple[str | int, ...]) -> set[str]:
        comment = self._comment(error)
        if comment:
            return {comment}
        path = self._member(at) + ("{key}" if _key(error) else "")
        if error.validator == "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            return {self._id(f"{path}.{name}".lstrip("."), "required") for name in missing}
        if error.instance is None and error.validator == "type" and self._must(at):
            return {self._id(path, "required")}
        kind = _KINDS[str(error.validator)]
        if kind == "pattern" and not self._has(path, "pattern"):
            kind = "format"
        if kind == "format" and not self._has(path, "format"):
            kind = "type"  # a timestamp, to the schema, is a text of a format
        return {self._id(path, kind)}

    def _id(self, path: str, kind: str) -> str:
        return f"{self.operation.id}/input/{path}/{kind}"

    def _has(self, path: str, kind: str) -> bool:
        return any(rule.id == self._id(path, kind) for rule in self.operation.rules)

    def _must(self, at: tuple[str | int, ...]) -> bool:
        holder = self._schema_at(at[:-1])
        return at[-1] in holder.get("required", ())

    def _schema_at(self, at: tuple[str | int, ...]) -> Any:
        schema: Any = self.schema
        for step in at:
            schema = self._resolved(schema)
            if isinstance(step, int):
                schema = schema["items"]
            else:
                known = schema.get("properties", {})
                schema = known[step] if step in known else schema["additionalProperties"]
        return self._resolved(schema)

    def _resolved(self, schema: Any) -> Any:
        if "$ref" not in schema:
            return schema
        target: Any = self.schema
        for part in schema["$ref"].removeprefix("#").split("/")[1:]:
            target = target[part.replace("~1", "/").replace("~0", "~")]
        return target

    def _comment(self, error: ValidationError) -> str:
        """Return the rule id that stands beside a rule across members in the schema."""
        schema: Any = self.schema
        for step in error.absolute_schema_path:
            if isinstance(schema, dict) and step not in schema:
                schema = self._resolved(schema)
            schema = schema[step]
            if isinstance(schema, dict) and "$comment" in schema:
                return str(schema["$comment"])
        return ""

    def _member(self, at: tuple[str | int, ...]) -> str:
        """Return the member path of a place, read off the shapes."""
        shape: Shape = self.operation.input
        path = ""
        for step in at:
            while isinstance(shape, Recursive):
                path, shape = shape.to, self.plan.shapes[shape.to]
            match shape:
                case Structure():
                    shape = next(m.shape for m in shape.members if m.name == step)
                    path = f"{path}.{step}" if path else str(step)
                case List():
                    path, shape = f"{path}[]", shape.item
                case Map():
                    path, shape = f"{path}{{}}", shape.value
                case _:
                    raise AssertionError(f"{at} leads nowhere")
        return path


def _key(error: ValidationError) -> bool:
    """Whether an error is about a key; members may be named for keywords, too."""
    keywords: list[object] = []
    steps = iter(error.absolute_schema_path)
    for step in steps:
        keywords.append(step)
        if step == "properties":
            next(steps, None)
    return keywords[-2:-1] == ["propertyNames"]


def botocore_objects(plan: Plan, params: dict[str, Any]) -> str:
    """Return what a botocore client has against a request, "" where it would send it.

    A client renames a few members before it validates: EC2's `Filters` is `Filter` in the model.
    """
    model = _model(plan.operation.service, plan.operation.name)
    if model.input_shape is None:
        return ""
    given = before_build(model, to_keywords(plan, params))
    return str(ParamValidator().validate(given, model.input_shape).generate_report())


@lru_cache(maxsize=512)
def _model(service: str, name: str) -> Any:
    return sdk.operation_model(service, name)

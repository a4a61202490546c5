"""Requests against the published schemas, with `jsonschema` and nothing of the suite's own checks.

The suite makes its cases from the rules; the emulator judges them by the JSON Schema that is
exported for other languages. Two programs and two libraries: if they disagree, one has a defect.
What JSON Schema cannot say is said by vendor keywords, which stand here in one table.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

from aws_conformance.emulator.dialects import compiled
from aws_conformance.emulator.refusals import Problem, Refusal
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import KEY, Concrete, join, shape_at
from aws_specs.spec import Json, List, Map, Recursive, Scalar, Shape, Structure

Errors = Iterator[ValidationError]

# ---------------------------------------------------------------- keywords


def _required(validator: Any, names: Any, instance: Any, schema: Any) -> Errors:
    """Say which member is missing in the error's path, which jsonschema says in words only."""
    if isinstance(instance, dict):
        for name in names:
            if name not in instance:
                yield ValidationError("Member must not be null", path=[name])


def _pattern(validator: Any, pattern: Any, instance: Any, schema: Any) -> Errors:
    """Match as ECMA 262 does: `$` is the end of the text, not the place before a last newline."""
    known = _anchored(pattern)
    if isinstance(instance, str) and known is not None and not known.search(instance):
        yield ValidationError(f"Member must satisfy regular expression pattern: {pattern}")


def _anchored(pattern: str) -> re.Pattern[str] | None:
    """Return the pattern compiled, None for one that is not understood."""
    ends = pattern.endswith("$") and pattern[-2:] != r"\$"
    return compiled(pattern[:-1] + r"\Z" if ends else pattern)


def _vendor(validator: Any, note: Any, instance: Any, schema: Any) -> Errors:
    """Match the pattern that is kept in the annotation because Python cannot read it as it is."""
    pattern = note.get("pattern")
    known = compiled(pattern) if pattern and isinstance(instance, str) else None
    if known is not None and not known.fullmatch(instance):
        yield ValidationError(f"Member must satisfy regular expression pattern: {pattern}")


def _format(validator: Any, name: Any, instance: Any, schema: Any) -> Errors:
    check = FORMATS.get(name)
    if check is not None and isinstance(instance, str) and not check(instance):
        yield ValidationError(f"Member must have the format {name}")


def _content_encoding(validator: Any, name: Any, instance: Any, schema: Any) -> Errors:
    if name == "base64" and isinstance(instance, str) and decoded(instance) is None:
        yield ValidationError("Member must be base64")


def _min_bytes(validator: Any, limit: Any, instance: Any, schema: Any) -> Errors:
    if isinstance(instance, str) and utf8_length(instance) < limit:
        yield ValidationError(f"Member must have length greater than or equal to {limit} bytes")


def _max_bytes(validator: Any, limit: Any, instance: Any, schema: Any) -> Errors:
    if isinstance(instance, str) and utf8_length(instance) > limit:
        yield ValidationError(f"Member must have length less than or equal to {limit} bytes")


def _max_total_bytes(validator: Any, limit: Any, instance: Any, schema: Any) -> Errors:
    if sum(map(utf8_length, _values_below(instance))) > limit:
        yield ValidationError(f"All values together must have at most {limit} bytes")


def _min_decoded_bytes(validator: Any, limit: Any, instance: Any, schema: Any) -> Errors:
    data = decoded(instance) if isinstance(instance, str) else None
    if data is not None and len(data) < limit:
        yield ValidationError(f"Member must have length greater than or equal to {limit} bytes")


def _max_decoded_bytes(validator: Any, limit: Any, instance: Any, schema: Any) -> Errors:
    data = decoded(instance) if isinstance(instance, str) else None
    if data is not None and len(data) > limit:
        yield ValidationError(f"Member must have length less than or equal to {limit} bytes")


KEYWORDS: Mapping[str, Callable[[Any, Any, Any, Any], Errors]] = {
    "required": _required,
    "pattern": _pattern,
    "x-aws": _vendor,
    "format": _format,
    "contentEncoding": _content_encoding,
    "x-aws-min-bytes": _min_bytes,
    "x-aws-max-bytes": _max_bytes,
    "x-aws-max-total-bytes": _max_total_bytes,
    "x-aws-min-decoded-bytes": _min_decoded_bytes,
    "x-aws-max-decoded-bytes": _max_decoded_bytes,
}
"""Keywords that mean more here than in plain JSON Schema, or that it does not have."""

KINDS: Mapping[str, str] = {
    "required": "required",
    "type": "type",
    "enum": "enum",
    "const": "enum",
    "minLength": "length",
    "maxLength": "length",
    "x-aws-min-bytes": "length",
    "x-aws-max-bytes": "length",
    "x-aws-max-total-bytes": "length",
    "x-aws-min-decoded-bytes": "length",
    "x-aws-max-decoded-bytes": "length",
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
    "not": "unsupported",
}
"""The kind of rule a keyword states. Keywords below `allOf` state conditional or other rules."""

PARSED = frozenset({"blob", "stream", "timestamp"})
"""Scalars whose text is parsed, so that a wrong text is unreadable and not only out of bounds."""


# ---------------------------------------------------------------- formats

_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_ARN = re.compile(r"arn:[^:\s]{1,63}:[^:\s]{1,63}:[^:\s]{0,63}:[^:\s]{0,63}:\S.{0,2000}", re.DOTALL)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:\S{1,8000}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
_E164 = re.compile(r"\+[1-9][0-9]{1,14}")


def _is_date_time(text: str) -> bool:
    if not _DATE_TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date-time": _is_date_time,
    "arn": lambda text: _ARN.fullmatch(text) is not None,
    "url": lambda text: _URL.fullmatch(text) is not None,
    "uri": lambda text: _URL.fullmatch(text) is not None,
    "email": lambda text: _EMAIL.fullmatch(text) is not None,
    "e.164": lambda text: _E164.fullmatch(text) is not None,
}
"""Formats that are checked. Those a service leaves to someone else (json, …) are not."""


def decoded(text: str) -> bytes | None:
    """Return what base64 text stands for, or None if it is not base64 (RFC 4648, padded)."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def utf8_length(text: str) -> int:
    """Return the number of bytes of the text in UTF-8; a lone surrogate counts three."""
    return len(text.encode("utf-8", errors="surrogatepass"))


def _values_below(value: Json) -> Iterator[str]:
    """Yield every string named `Value` below, whatever it is nested in."""
    if is_object(value):
        for name, item in value.items():
            if name == "Value" and isinstance(item, str):
                yield item
            else:
                yield from _values_below(item)
    elif is_list(value):
        for item in value:
            yield from _values_below(item)


# ---------------------------------------------------------------- checker

_making: Any = validators
_Validator: Any = _making.extend(Draft202012Validator, dict(KEYWORDS))


class Checker:
    """Checks values against one schema, built once. `top` gives error paths their member paths."""

    def __init__(self, schema: Mapping[str, Any], top: Structure) -> None:
        self._validator: Any = _Validator(spelled_out(schema))
        self._top = top

    def accepts(self, value: Json) -> bool:
        """Whether the value keeps every constraint."""
        return bool(self._validator.is_valid(value))

    def problems(self, value: Json) -> tuple[Problem, ...]:
        """Return every constraint the value breaks; nothing, at little cost, for a valid value."""
        if self._validator.is_valid(value):
            return ()
        return tuple(self._problem(error) for error in self._validator.iter_errors(value))

    def _problem(self, error: ValidationError) -> Problem:
        at: Concrete = tuple(error.absolute_path)
        steps = tuple(error.absolute_schema_path)
        if _of_key(steps) and isinstance(error.instance, str):
            at = (*at, error.instance, KEY)
        member = member_of(self._top, at)
        return Problem(
            member=member,
            kind=_kind(str(error.validator), steps),
            at=at,
            unreadable=self._unreadable(member, str(error.validator), steps),
            message=f"Value at '/{'/'.join(map(str, at[:-1] if KEY in at else at))}' failed to "
            f"satisfy constraint: {_words(error)}",
        )

    def _unreadable(self, member: str, keyword: str, steps: tuple[str | int, ...]) -> bool:
        """Whether the breach shows while the request is parsed, before constraints are checked."""
        if "then" in steps or "else" in steps:
            return False
        if keyword in ("contentEncoding", "format"):
            shape = shape_at(self._top, member)
            return isinstance(shape, Scalar) and shape.type in PARSED
        return keyword == "type"


def _of_key(steps: tuple[str | int, ...]) -> bool:
    """Whether an error is about a key; a member may be named `propertyNames`, too."""
    named = False
    for step in steps:
        if step == "propertyNames" and not named:
            return True
        named = step == "properties" and not named
    return False


def _kind(keyword: str, steps: tuple[str | int, ...]) -> str:
    if "then" in steps or "else" in steps:
        return "conditional"
    if "allOf" in steps:
        return "unsupported" if keyword in ("enum", "const", "not") else "exclusive"
    if keyword == "contentEncoding":
        return "format"
    return KINDS.get(keyword, "exclusive")


def _words(error: ValidationError) -> str:
    """Say which constraint is broken without repeating the value, which may be sensitive."""
    limit: Any = error.validator_value
    match error.validator:
        case "type":
            return f"Member must be of type {limit}"
        case "enum":
            return f"Member must satisfy enum value set: [{', '.join(map(str, limit))}]"
        case "minLength" | "minItems" | "minProperties":
            return f"Member must have length greater than or equal to {limit}"
        case "maxLength" | "maxItems" | "maxProperties":
            return f"Member must have length less than or equal to {limit}"
        case "minimum":
            return f"Member must be greater than or equal to {limit}"
        case "maximum":
            return f"Member must be less than or equal to {limit}"
        case keyword if keyword in KEYWORDS:
            return str(error.message)
        case _:
            return "Member is not supported here"


_NAMED = frozenset({"properties", "$defs"})
_LISTED = frozenset({"allOf", "anyOf", "oneOf"})
_SINGLE = frozenset({"items", "additionalProperties", "propertyNames", "if", "then", "else", "not"})


def spelled_out(schema: Any) -> Any:
    """Return the schema with `{"not": {}}` for every subschema `false`.

    They mean the same, but jsonschema reports the latter without the place where it stands.
    """
    if schema is False:
        return {"not": {}}
    if not is_object(schema):
        return schema
    return {key: _spelled_out(key, value) for key, value in schema.items()}


def _spelled_out(key: str, value: Any) -> Any:
    if key in _SINGLE:
        return spelled_out(value)
    if key in _LISTED:
        return [spelled_out(one) for one in value]
    if key in _NAMED:
        return {name: spelled_out(one) for name, one in value.items()}
    return value


def member_of(top: Structure, at: Concrete) -> str:
    """Return the member path of a concrete path; what recurs has its first occurrence's."""
    shape: Shape | None = top
    path = ""
    for step in at:
        if step == KEY:
            return path.removesuffix("{}") + "{key}"
        if isinstance(shape, Recursive):
            path, shape = shape.to, shape_at(top, shape.to) if shape.to else top
        match shape:
            case List():
                path, shape = f"{path}[]", shape.item
            case Map():
                path, shape = f"{path}{{}}", shape.value
            case Structure():
                path = join(path, str(step))
                shape = next((m.shape for m in shape.members if m.name == step), None)
            case _:
                path = join(path, str(step))
    return path


def refusal(problems: tuple[Problem, ...]) -> Refusal:
    """Return the refusal of a request that breaks these constraints; unreadable types come first.

    Smithy enforces constraint traits after deserializing, so a wrong JSON type is answered before
    anything else that is wrong.
    """
    unreadable = [problem for problem in problems if problem.unreadable]
    first = (unreadable or list(problems))[0]
    many = f"{len(problems)} validation errors detected. " if len(problems) > 1 else ""
    return Refusal(
        cause="serialization" if unreadable else "validation",
        message=(many or "1 validation error detected. ") + first.message,
        problems=problems,
    )

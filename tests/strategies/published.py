"""The examples that AWS publishes with the SDK, and what the models themselves say of them.

Nothing of the suite reads or judges here: traits are read from botocore's shapes.
"""

from __future__ import annotations

import base64
import datetime
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from botocore.utils import parse_timestamp
from botocore.validate import ParamValidator

from aws_conformance.emulator.validation import Checker
from aws_specs import sdk
from aws_specs.from_model import operation_from_model
from aws_specs.schema import request_schema

UNREADABLE = "a time nobody can read"
_MEASURED = frozenset({"string", "list", "map", "integer", "long", "float", "double"})


def published(services: str) -> Iterator[tuple[str, str, Any]]:
    """Yield (service, operation, input) of every published example."""
    loader = sdk.loader()
    for service in loader.list_available_services("examples-1"):
        if fnmatchcase(service, services):
            for operation, examples in loader.load_service_model(service, "examples-1")[
                "examples"
            ].items():
                for example in examples:
                    yield service, operation, example.get("input") or {}


def in_form(shape: Any, value: Any) -> Any:
    """Return a value as the request schema has it: base64 for bytes, ISO 8601 for times."""
    match shape.type_name, value:
        case "structure", dict():
            return {
                k: in_form(shape.members[k], v) if k in shape.members else v
                for k, v in value.items()
            }
        case "list", list():
            return [in_form(shape.member, item) for item in value]
        case "map", dict():
            return {key: in_form(shape.value, item) for key, item in value.items()}
        case "blob", str():
            return base64.b64encode(value.encode()).decode()
        case "timestamp", str() | int() | float():
            moment = parse_timestamp(value).astimezone(datetime.UTC)
            return moment.isoformat().replace("+00:00", "Z")
        case _:
            return value


def contradicts(shape: Any, value: Any) -> Iterator[str]:
    """Yield what in a value breaks the model's own traits."""
    traits = shape.metadata
    size = len(value) if isinstance(value, str | list | dict) else value
    measured = isinstance(size, int | float) and shape.type_name in _MEASURED
    if measured and not traits.get("min", size) <= size <= traits.get("max", size):
        yield "limit"
    if shape.type_name == "string" and isinstance(value, str):
        if traits.get("enum") and value not in traits["enum"]:
            yield "enum"
        if "pattern" in traits and not _matches(traits["pattern"], value):
            yield "pattern"
    match shape.type_name, value:
        case "structure", dict():
            if shape.metadata.get("union") and len(value) != 1:
                yield "union"
            for key, item in value.items():
                if key in shape.members:
                    yield from contradicts(shape.members[key], item)
        case "list", list():
            for item in value:
                yield from contradicts(shape.member, item)
        case "map", dict():
            for key, item in value.items():
                yield from contradicts(shape.key, key)
                yield from contradicts(shape.value, item)
        case _:
            return


def _matches(pattern: str, value: str) -> bool:
    """Whether a text matches as a whole, which is how services read the models' patterns."""
    for posix, plain in (
        ("[:alnum:]", "a-zA-Z0-9"),
        ("\\p{L}", "a-zA-Z"),
        ("\\p{Alnum}", "a-zA-Z0-9"),
    ):
        pattern = pattern.replace(posix, plain)
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True


def judged(services: str = "*") -> Iterator[tuple[str, str]]:
    """Yield (what is said of it, details) for every published example.

    "accepted" by the exported schema, "unsound" where it refuses what the model allows, or why the
    example is none of the model's.
    """
    checkers: dict[tuple[str, str], Checker] = {}
    for service, name, value in published(services):
        model = sdk.operation_model(service, name)
        if model.input_shape is None:
            yield "accepted", ""
            continue
        if (service, name) not in checkers:
            operation = operation_from_model(service, name)
            checkers[service, name] = Checker(request_schema(operation), operation.input)
        yield _judged(checkers[service, name], model.input_shape, value, f"{service}.{name}")


def _judged(checker: Checker, shape: Any, value: Any, name: str) -> tuple[str, str]:
    try:
        problems = checker.problems(in_form(shape, value))
    except (ValueError, TypeError, OverflowError, RuntimeError):
        return UNREADABLE, name
    if not problems:
        return "accepted", ""
    details = f"{name}: {[(p.member, p.kind, p.message) for p in problems][:3]}"
    if ParamValidator().validate(value, shape).has_errors():
        return "breaks the model: botocore refuses it", details
    own = sorted(set(contradicts(shape, value)))
    return (f"breaks the model's own {' and '.join(own)}" if own else "unsound"), details

"""Parameters as boto3 takes them: blobs are bytes, timestamps are datetimes."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from aws_specs.spec import Json, List, Map, Recursive, Scalar, Shape, Structure
from aws_strategies.plan import Plan


def to_keywords(plan: Plan, params: Mapping[str, Json]) -> dict[str, Any]:
    """Return a valid request's parameters as keyword arguments of boto3's method."""
    made: dict[str, Any] = _convert(plan, plan.operation.input, params)
    return made


def _convert(plan: Plan, shape: Shape, value: Json) -> Any:
    match shape:
        case Structure():
            below = {member.name: member.shape for member in shape.members}
            return {name: _convert(plan, below[name], item) for name, item in value.items()}
        case List():
            return [_convert(plan, shape.item, item) for item in value]
        case Map():
            return {key: _convert(plan, shape.value, item) for key, item in value.items()}
        case Recursive():
            return _convert(plan, plan.below(shape.to), value)
        case Scalar():
            convert = _SCALARS.get(shape.type)
            return value if convert is None else convert(value)


_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "blob": base64.b64decode,
    "stream": base64.b64decode,
    "timestamp": datetime.fromisoformat,
}

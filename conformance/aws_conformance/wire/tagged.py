"""Timestamps of CBOR: each is a number with tag 1.

Readers of dynamic languages take a bare number or a text as well; others take neither, and the
`timestampFormat` of a model says nothing here. Source: Smithy's page of `rpcv2Cbor`, "Timestamp
type serialization".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from aws_conformance.wire.shapes import wire_names
from aws_specs.jsonvalues import is_list, is_object


def untagged(shape: Any, value: Any, path: str = "") -> Iterator[str]:
    """Yield a problem for every timestamp in a decoded CBOR body that has no tag 1.

    `shape` is botocore's, which is untyped. What is null, or of a wrong type above a timestamp, is
    left to others.
    """
    match shape.type_name:
        case "timestamp" if value is not None and not isinstance(value, datetime):
            yield f"timestamp-format: {path} is {value!r}, a number with tag 1 is due"[:200]
        case "structure" if is_object(value):
            for wire, (name, member) in wire_names(shape).items():
                yield from untagged(member, value.get(wire), f"{path}/{name}")
        case "list" if is_list(value):
            for index, item in enumerate(value):
                yield from untagged(shape.member, item, f"{path}/{index}")
        case "map" if is_object(value):
            for key, item in value.items():
                yield from untagged(shape.value, item, f"{path}/{key}")
        case _:
            return

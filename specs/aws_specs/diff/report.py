"""A comparison as a value: what was compared, and every change."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Literal

import msgspec
from msgspec.structs import replace

from aws_specs.diff.change import Change
from aws_specs.diff.compare import diff
from aws_specs.diff.references import Pair
from aws_specs.spec import Operation, Value

VERSION = 1
SCHEMA_ID = f"https://aws-conformance.invalid/schemas/diff-{VERSION}.json"

Audience = Literal["anyone", "callers", "implementers"]


class Report(Value, frozen=True, kw_only=True, omit_defaults=False, rename={"schema": "$schema"}):
    """What `specs diff` prints as JSON.

    `old` and `new` are what was compared, as it was named; `operations` how many were.
    """

    schema: str = SCHEMA_ID
    version: int = VERSION
    old: str
    new: str
    operations: int
    changes: tuple[Change, ...]


def report(old: str, new: str, pairs: Iterable[Pair]) -> Report:
    """Return the comparison of every pair of specs; a missing spec is a change too."""
    changes: list[Change] = []
    operations = 0
    for name, before, after in pairs:
        operations += 1
        changes += _pair(name, before, after)
    return Report(old=old, new=new, operations=operations, changes=tuple(changes))


def _pair(name: str, before: Operation | None, after: Operation | None) -> tuple[Change, ...]:
    if before is not None and after is not None:
        return diff(before, after)
    if after is None:
        return (
            Change(operation=name, what="operation-removed", side="protocol", breaks_callers=True),
        )
    return (
        Change(operation=name, what="operation-added", side="protocol", breaks_implementers=True),
    )


def breaking(whole: Report, audience: Audience = "anyone") -> Report:
    """Return the report with only the changes that break an audience."""
    kept = tuple(change for change in whole.changes if _breaks(change, audience))
    return replace(whole, changes=kept)


def _breaks(change: Change, audience: Audience) -> bool:
    match audience:
        case "callers":
            return change.breaks_callers
        case "implementers":
            return change.breaks_implementers
        case "anyone":
            return change.breaking


def to_json(whole: Report) -> str:
    """Return the report as indented JSON, ending in a newline; see `schema`."""
    return msgspec.json.format(msgspec.json.encode(whole), indent=1).decode() + "\n"


def schema() -> bytes:
    """Return the JSON Schema of reports, made from the types; committed as `diff.schema.json`."""
    body = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "aws-conformance specs diff",
        **msgspec.json.schema(Report),
    }
    return (json.dumps(body, indent=1, ensure_ascii=False) + "\n").encode()

"""Protection against deletion: the request that lifts it, so that what a run has made can go.

A creating request may ask for it (`DeletionProtectionEnabled`, `DisableApiTermination`), and so
may a later one. The operation that lifts it is known from the SDK's model: it is not one that makes
things, takes the same member as the creation, and requires nothing but what the removing request
names the thing with. Where there is none, the thing is listed as left behind.
"""

# botocore is untyped: pyright infers partly unknown types from its source.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from aws_conformance.resources import Removal
from aws_specs import sdk
from aws_specs.identifiers import CREATES, REMOVES, verb_and_noun, words
from aws_specs.jsonvalues import is_list
from aws_specs.spec import Json

_PROTECTS: Final = (
    frozenset({"deletion", "protection"}),
    frozenset({"delete", "protection"}),
    frozenset({"termination", "protection"}),
    frozenset({"disable", "termination"}),
)
"""Words that the name of such a member has."""

_OFF: Final = ("INACTIVE", "DISABLED", "none", "OFF")
"""Values of enums that mean that there is no protection."""


def lifting(creation: str, removal: Removal) -> Removal | None:
    """Return the request that lifts what may protect a thing from its removal, None for none.

    `creation` is the operation (`service.Operation`) that made it.
    """
    service, _, name = creation.partition(".")
    for member in _protecting(service, name):
        for request in _lifting(service, member, removal.params):
            return request
    return None


@cache
def _protecting(service: str, name: str) -> tuple[str, ...]:
    """Return the members with which a creation protects what it makes."""
    shape: Any = sdk.service_model(service).operation_model(name).input_shape
    members = map(str, shape.members) if shape is not None else ()
    return tuple(m for m in members if any(marks <= set(words(m)) for marks in _PROTECTS))


def _lifting(service: str, member: str, named: Mapping[str, Json]) -> Iterator[Removal]:
    model: Any = sdk.service_model(service)
    for name in sorted(model.operation_names):
        shape = model.operation_model(name).input_shape
        if shape is None or member not in shape.members:
            continue
        off = _off(shape.members[member])
        if verb_and_noun(name)[0] in _OTHERS or off is None:
            continue
        wanted = [other for other in shape.required_members if other != member]
        ids = {other: _of(named, other) for other in wanted or _same(shape, named)}
        if ids and all(value is not None for value in ids.values()):
            yield Removal(f"{service}.{name}", {**ids, member: off})


_OTHERS: Final = (*(verb for verb in CREATES if verb != "Put"), *REMOVES)
"""Verbs of operations that make or remove things. `Put` also changes what is there."""


def _same(shape: Any, named: Mapping[str, Json]) -> list[str]:
    """Return the members by which both requests name the thing, where none is required."""
    return [member for member in shape.members if member in named]


def _of(named: Mapping[str, Json], member: str) -> Json:
    """Return what the removing request has for a member: by its name, or the one in a list."""
    several = named.get(f"{member}s")
    if member not in named and is_list(several) and len(several) == 1:
        return several[0]
    return named.get(member)


def _off(shape: Any) -> Json:
    """Return the value that means no protection, None where that is not known."""
    if shape.type_name == "boolean":
        return False
    if shape.type_name == "structure":
        value = shape.members.get("Value")
        return {"Value": False} if value is not None and value.type_name == "boolean" else None
    return next((value for value in getattr(shape, "enum", ()) if value in _OFF), None)

"""Restorations: RestoreTableFromBackup makes a table, as CreateTable does, under another member.

Their names say from or to what, so the thing that is made must be read out of them; it is removed
like what the creation makes.
"""

# botocore is untyped: pyright infers partly unknown types from its source.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import re
from typing import Any, Final

from aws_specs import sdk
from aws_specs.jsonvalues import is_object
from aws_specs.spec import Json

_RESTORES: Final = re.compile(r"Restore([A-Z][A-Za-z]*?)(?:From|To)[A-Z]")


def creation_like(name: str) -> str:
    """Return the operation that makes what a restoration makes, "" for any other operation."""
    service, _, operation = name.partition(".")
    found = _RESTORES.match(operation)
    if found is None:
        return ""
    creation = f"Create{found[1]}"
    names: Any = sdk.service_model(service).operation_names
    return f"{service}.{creation}" if creation in names else ""


def as_created(creation: str, params: Json) -> dict[str, Json]:
    """Return a restoration's request in the words of the creation: a target's name is its name."""
    service, _, operation = creation.partition(".")
    shape: Any = sdk.service_model(service).operation_model(operation).input_shape
    if not is_object(params) or shape is None:
        return {}
    own = {member: params[member] for member in shape.members if member in params}
    ends = {
        member: value
        for key, value in params.items()
        if key[:6].lower() == "target" and (member := key[6:]) in shape.members
    }
    return {**own, **ends}

"""Restorations and imports: they make a table as CreateTable does, and name it elsewhere.

RestoreTableFromBackup has a `TargetTableName`, ImportTable a `TableCreationParameters.TableName`.
What they make is removed like what the creation makes.
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

_LIKE: Final = re.compile(r"Restore([A-Z][A-Za-z]*?)(?:From|To)[A-Z]|Import([A-Z][A-Za-z]*)$")


def creation_like(name: str) -> str:
    """Return the creation of what a restoration or an import makes, "" for any other operation."""
    service, _, operation = name.partition(".")
    found = _LIKE.match(operation)
    if found is None:
        return ""
    creation = f"Create{found[1] or found[2]}"
    names: Any = sdk.service_model(service).operation_names
    return f"{service}.{creation}" if creation in names else ""


def as_created(creation: str, params: Json) -> dict[str, Json]:
    """Return a restoration's request in the words of the creation: a target's name is its name.

    So is one that stands in a structure of the request.
    """
    service, _, operation = creation.partition(".")
    shape: Any = sdk.service_model(service).operation_model(operation).input_shape
    if not is_object(params) or shape is None:
        return {}
    within = [params, *(value for value in params.values() if is_object(value))]
    own = {name: part[name] for part in within for name in shape.members if name in part}
    ends = {
        member: value
        for key, value in params.items()
        if key[:6].lower() == "target" and (member := key[6:]) in shape.members
    }
    return {**own, **ends}

"""The shared schemas of a document: one for every shape, named after it.

A shape may be documented differently where it is used (rules stand on member paths), so the name
alone does not identify a schema: another content of the same name gets a number. The order of
operations decides the numbers, and operations come sorted.
"""

from __future__ import annotations

import json
import re
from typing import Any

Schema = dict[str, Any]

_PREFIX = "#/components/schemas/"
_FORBIDDEN = re.compile(r"[^A-Za-z0-9._-]")


class Components:
    """Collects schemas; `schemas` is what goes under `components`."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {}
        self._names: dict[tuple[str, str], str] = {}

    def add(self, wanted: str, schema: Schema) -> Schema:
        """Return a reference to a schema of this content, under the wanted name if it is free."""
        clean = name(wanted)
        key = clean, json.dumps(schema, sort_keys=True)
        if key not in self._names:
            self._names[key] = self._free(clean)
            self.schemas[self._names[key]] = schema
        return reference(self._names[key])

    def put(self, fixed: str, schema: Schema) -> Schema:
        """Return a reference to a schema whose name was referred to before it was complete."""
        self.schemas[name(fixed)] = schema
        return reference(fixed)

    def _free(self, wanted: str) -> str:
        number, free = 1, wanted
        while free in self.schemas:
            number += 1
            free = f"{wanted}.{number}"
        return free


def name(text: str) -> str:
    """Return a text as a component's name (OpenAPI 3.1, Components Object)."""
    return _FORBIDDEN.sub("_", text)


def reference(component: str) -> Schema:
    """Return a reference to a component."""
    return {"$ref": _PREFIX + name(component)}

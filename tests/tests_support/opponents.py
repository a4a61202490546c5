"""The opponents: servers that were written without looking at the suite, loaded from their files."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / "conformance" / "opponent"


@cache
def opponent(name: str) -> ModuleType:
    """Return the module of an opponent: "server" (the five pages) or "protocols" (the six others)."""
    spec = importlib.util.spec_from_file_location(f"opponent_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module

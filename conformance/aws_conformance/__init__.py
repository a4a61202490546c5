"""aws-conformance: does an AWS-compatible API honour what the documentation says?

The facade for Python. Every name is loaded when it is first used, so that importing the package (or
having its pytest plugin installed) costs next to nothing.

    import aws_conformance

    results = aws_conformance.run("connect.CreateContact", target="http://localhost:4566")
    assert results.exit_code == 0

    operation = aws_conformance.load("connect.CreateContact")
    for case in aws_conformance.cases("connect.CreateContact"):
        print(case.id, case.params)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from aws_conformance.api import cases, extract, load, run
    from aws_conformance.config import Config
    from aws_conformance.exchange import Answer, Request, Response, Silence, Target
    from aws_reports.results import OperationResult, Results, Verdict
    from aws_specs.errors import ConformanceError, PageError, SpecError, TargetError, UsageError
    from aws_specs.spec import Operation, Rule
    from aws_strategies import requests
    from aws_strategies.case import Case, Fault

__version__ = "0.1.0"

_HOMES: Final = {
    "Answer": "aws_conformance.exchange",
    "Case": "aws_strategies.case",
    "Config": "aws_conformance.config",
    "ConformanceError": "aws_specs.errors",
    "Fault": "aws_strategies.case",
    "Operation": "aws_specs.spec",
    "OperationResult": "aws_reports.results",
    "PageError": "aws_specs.errors",
    "Request": "aws_conformance.exchange",
    "Response": "aws_conformance.exchange",
    "Results": "aws_reports.results",
    "Rule": "aws_specs.spec",
    "Silence": "aws_conformance.exchange",
    "SpecError": "aws_specs.errors",
    "Target": "aws_conformance.exchange",
    "TargetError": "aws_specs.errors",
    "UsageError": "aws_specs.errors",
    "Verdict": "aws_reports.results",
    "cases": "aws_conformance.api",
    "extract": "aws_conformance.api",
    "load": "aws_conformance.api",
    "requests": "aws_strategies",
    "run": "aws_conformance.api",
}

__all__ = [
    "Answer",
    "Case",
    "Config",
    "ConformanceError",
    "Fault",
    "Operation",
    "OperationResult",
    "PageError",
    "Request",
    "Response",
    "Results",
    "Rule",
    "Silence",
    "SpecError",
    "Target",
    "TargetError",
    "UsageError",
    "Verdict",
    "__version__",
    "cases",
    "extract",
    "load",
    "requests",
    "run",
]


def __getattr__(name: str) -> Any:
    """Load a name of the facade when it is first used (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the names of the facade."""
    return sorted(__all__)

"""Requests to AWS operations, made from specs: strategies for Hypothesis, and the cover.

    from aws_strategies import requests

    @given(requests("connect.CreateContact"))
    def test_my_fake_accepts_it(request): ...

The names below are loaded when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_strategies._requests import invalid_requests, requests, valid_requests
    from aws_strategies.build import Builder, NoValueError
    from aws_strategies.case import Case, Fault
    from aws_strategies.cover import Cover
    from aws_strategies.examples import generate
    from aws_strategies.faults import untouched
    from aws_strategies.keywords import to_keywords
    from aws_strategies.kinds import KINDS, broken
    from aws_strategies.plan import Plan
    from aws_strategies.shrinking import shrink, twin_of

__all__ = [
    "KINDS",
    "Builder",
    "Case",
    "Cover",
    "Fault",
    "NoValueError",
    "Plan",
    "broken",
    "generate",
    "invalid_requests",
    "requests",
    "shrink",
    "to_keywords",
    "twin_of",
    "untouched",
    "valid_requests",
]

_HOMES = {
    "KINDS": "kinds",
    "Builder": "build",
    "Case": "case",
    "Cover": "cover",
    "Fault": "case",
    "NoValueError": "build",
    "Plan": "plan",
    "broken": "kinds",
    "generate": "examples",
    "invalid_requests": "_requests",
    "requests": "_requests",
    "shrink": "shrinking",
    "to_keywords": "keywords",
    "twin_of": "shrinking",
    "untouched": "faults",
    "valid_requests": "_requests",
}


def __getattr__(name: str) -> object:
    """Load a name of the facade when it is first used (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the names of the facade."""
    return sorted(__all__)

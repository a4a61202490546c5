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
    from aws_strategies.build import Builder, NoValueError
    from aws_strategies.case import Case, Fault
    from aws_strategies.cover import Cover
    from aws_strategies.examples import generate, shrink, twin_of
    from aws_strategies.keywords import to_keywords
    from aws_strategies.kinds import KINDS, broken
    from aws_strategies.plan import Plan
    from aws_strategies.requests import invalid_requests, requests, valid_requests

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
    "invalid_requests": "requests",
    "requests": "requests",
    "shrink": "examples",
    "to_keywords": "keywords",
    "twin_of": "examples",
    "valid_requests": "requests",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)

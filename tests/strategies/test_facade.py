"""What the package offers by name, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import aws_strategies

NAMES = [
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


def test_offers_these_names_and_no_other() -> None:
    assert aws_strategies.__all__ == NAMES
    assert dir(aws_strategies) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_there(name: str) -> None:
    assert getattr(aws_strategies, name) is getattr(aws_strategies, name)


def test_requests_is_the_strategy() -> None:
    from aws_strategies import requests

    assert callable(requests)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'request'"):
        _ = aws_strategies.request  # type: ignore[attr-defined]


def test_importing_the_package_loads_neither_hypothesis_nor_botocore() -> None:
    code = (
        "import sys, aws_strategies; "
        "print([m for m in ('hypothesis', 'botocore', 'msgspec') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )

    assert done.stdout.strip() == "[]"

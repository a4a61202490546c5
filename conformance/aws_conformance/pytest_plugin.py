"""The pytest plugin: `pytest --conformance-target http://localhost:4566`.

One test item a rule, named by the rule's id; known deviations are strict xfails; the reports are
those of the command line. Here is only what every pytest run loads: pytest and the standard
library. The rest is loaded when a target is named or a fixture is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from aws_conformance.exchange import Target
    from aws_reports.results import Results

GROUP = "aws-conformance"

_OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("target", {"metavar": "TARGET", "help": "test this target: emulator, moto, aws or a URL"}),
    ("operations", {
        "metavar": "NAME", "action": "append",
        "help": "test this service.Operation (globs allowed, repeatable; default: the catalogue)",
    }),
    ("source", {"choices": ["page", "model", "both"], "help": "whose rules are tested"}),
    ("only", {"metavar": "KINDS", "help": "send only these: valid,invalid,malformed"}),
    ("examples", {"metavar": "N", "type": int, "help": "random examples an operation"}),
    ("seed", {"metavar": "N", "type": int, "help": "the seed of the examples"}),
    ("bind", {
        "metavar": "service.Member=VALUE", "action": "append",
        "help": "a value the target has (repeatable)",
    }),
    ("baseline", {"metavar": "FILE", "help": "known deviations: strict xfails"}),
    ("report", {"metavar": "DIR", "help": "where reports go (default: conformance-report)"}),
    ("strict", {"action": "store_true", "help": "accept only declared errors"}),
    ("allow-undecided", {
        "action": "store_true", "help": "do not fail for operations that cannot be decided",
    }),
)  # fmt: skip
"""Options without their prefix `--conformance-`."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; all else about a run can stand in the configuration file."""
    group = parser.getgroup(GROUP, "conformance of an AWS-compatible API")
    for name, spec in _OPTIONS:
        group.addoption(f"--conformance-{name}", **{"default": None, **spec})


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and the suite where a target is named."""
    config.addinivalue_line("markers", "conformance: a rule of an AWS operation (aws-conformance)")
    # xdist's own marker, which the items carry whether or not xdist is installed.
    config.addinivalue_line("markers", "xdist_group(name): run the items of a group on one worker")
    if config.getoption("--conformance-target"):
        from aws_conformance.pytest_suite import Suite

        config.pluginmanager.register(Suite(config), "aws-conformance-suite")


def given(config: pytest.Config) -> dict[str, Any]:
    """Return the options that were given, by their names without prefix."""
    found = {name: config.getoption(f"--conformance-{name}") for name, _ in _OPTIONS}
    return {name: value for name, value in found.items() if value}


@pytest.fixture(scope="session")
def conformance_target(pytestconfig: pytest.Config) -> Iterator[Target]:
    """The target of `--conformance-target`, else the configured one, else the emulator."""
    from aws_conformance.pytest_suite import configured
    from aws_conformance.session import open_target

    target = open_target(configured(pytestconfig))
    yield target
    target.close()


@pytest.fixture(scope="session")
def conformance_run(
    pytestconfig: pytest.Config, conformance_target: Target
) -> Callable[..., Results]:
    """A function that tests operations against the target: `conformance_run("sqs.*", examples=0)`.

    It takes names and settings as `aws_conformance.run` does, and returns the results.
    """
    from aws_conformance.pytest_suite import runner

    return runner(pytestconfig, conformance_target)

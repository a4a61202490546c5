"""Lives: what is made is found, what is taken away is not, and a name belongs to one thing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from aws_conformance.bootstrap import Bootstrap, Graphs
from aws_conformance.events import Judged
from aws_conformance.exchange import Target
from aws_conformance.runner import Settings
from aws_conformance.stateful.phase import events
from aws_reports.results import Verdict
from tests_support.lives import Applications, Repositories, Streams, Toy

GRAPHS = Graphs()

REPOSITORIES = [
    f"codecommit.{name}"
    for name in (
        "CreateRepository",
        "GetRepository",
        "UpdateRepositoryDescription",
        "DeleteRepository",
        "ListRepositories",
    )
]
APPLICATIONS = [
    f"appconfig.{verb}{noun}"
    for noun in ("Application", "Environment")
    for verb in ("Create", "Get", "Update", "Delete")
]
STREAMS = [
    "kinesis.CreateStream",
    "kinesis.DescribeStreamSummary",
    "kinesis.DeleteStream",
]


def no_pause(seconds: float) -> None:
    return


def lives(target: Target, names: Sequence[str], seed: int = 1) -> list[Verdict]:
    """Return what the lives of a target's things say; nothing may be left behind."""
    bootstrap = Bootstrap(target, Settings(seed=seed, examples=0), graphs=GRAPHS)
    found = [
        verdict
        for event in events(names, bootstrap, pause=no_pause)
        if isinstance(event, Judged)
        for verdict in event.verdicts
    ]
    assert not bootstrap.journal.things
    assert not bootstrap.left
    return found


def faults(verdicts: Sequence[Verdict]) -> dict[tuple[str, str], list[str]]:
    """Return the steps of each finding by rule and reason."""
    return {
        (v.rule, v.reason): [step.does for step in v.steps]
        for v in verdicts
        if v.verdict == "fail" and not v.flaky
    }


def reasons(verdicts: Sequence[Verdict], verdict: str) -> set[tuple[str, str]]:
    return {(v.rule, v.reason) for v in verdicts if v.verdict == verdict and v.kind == "state"}


C, G, U, D = "CreateRepository", "GetRepository", "UpdateRepositoryDescription", "DeleteRepository"

DEVIATIONS = {
    "nothing deleted": {(f"{D}/state/use-after-delete", "still-there"): [C, D, G]},
    "not shown": {(f"{C}/state/read-after-create", "not-there"): [C, G]},
    "second": {(f"{C}/state/duplicate-create", "created-twice"): [C, f"{C} again"]},
    "second 500": {(f"{C}/state/duplicate-create", "server-error"): [C, f"{C} again"]},
    "lost when updated": {(f"{U}/state/read-after-update", "not-there"): [C, U, G]},
    "500 when gone": {(f"{G}/state/use-after-delete", "server-error"): [C, D, G]},
    "another error when gone": {(f"{G}/state/use-after-delete", "wrong-error"): [C, D, G]},
    "another status when gone": {(f"{G}/state/use-after-delete", "wrong-status"): [C, D, G]},
    "hang up when gone": {(f"{G}/state/use-after-delete", "protocol"): [C, D, G]},
    "updated when gone": {(f"{U}/state/use-after-delete", "still-there"): [C, D, U]},
    "500 when deleted again": {(f"{D}/state/delete-after-delete", "server-error"): [C, D, D]},
    "all deleted": {
        (f"{D}/state/delete-of-another", "not-there"): [
            C, C, f"{D} of thing 1", f"{G} of thing 2",
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize("wrong", DEVIATIONS)
def test_each_deviation_is_found_with_the_smallest_scenario(wrong: str) -> None:
    verdicts = lives(Repositories(wrong), REPOSITORIES)
    found = faults(verdicts)
    expected = {(f"codecommit.{r}", reason): s for (r, reason), s in DEVIATIONS[wrong].items()}
    assert set(found) == set(expected)
    assert {key: len(steps) for key, steps in found.items()} == {
        key: len(steps) for key, steps in expected.items()
    }
    assert {key: sorted(s.partition(" of ")[0] for s in steps) for key, steps in found.items()} == {
        key: sorted(s.partition(" of ")[0] for s in steps) for key, steps in expected.items()
    }
    assert all(v.confirmed for v in verdicts if v.verdict == "fail")


NO_ERROR = "refuses a second deletion"
"""DeleteRepository declares no error for a repository that is not there."""


@pytest.mark.parametrize("legitimate", ["", "idempotent", NO_ERROR])
def test_what_the_documentation_allows_is_no_finding(legitimate: str) -> None:
    verdicts = lives(Repositories(legitimate), REPOSITORIES)
    assert faults(verdicts) == {}
    assert {rule for rule, _ in reasons(verdicts, "pass")} == {
        f"codecommit.{rule}"
        for rule in (
            f"{C}/state/read-after-create",
            f"{U}/state/read-after-update",
            f"{D}/state/use-after-delete",
            f"{G}/state/use-after-delete",
            f"{U}/state/use-after-delete",
            f"{C}/state/duplicate-create",
            f"{D}/state/delete-of-another",
        )
    } | ({f"codecommit.{D}/state/delete-after-delete"} if legitimate != NO_ERROR else set())
    assert reasons(verdicts, "inconclusive") == (
        {(f"codecommit.{D}/state/delete-after-delete", "no-error-declared")}
        if legitimate == NO_ERROR
        else set()
    )

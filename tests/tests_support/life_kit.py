"""What tests of lives share: the operations, how lives are run, and what they said."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aws_conformance.bootstrap import Bootstrap, Graphs
from aws_conformance.events import Judged
from aws_conformance.exchange import Target
from aws_conformance.runner import Settings
from aws_conformance.stateful.phase import events
from aws_reports.results import Verdict

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


def lives(
    target: Target,
    names: Sequence[str],
    seed: int = 1,
    pause: Callable[[float], None] = no_pause,
    *,
    removes: bool = True,
) -> list[Verdict]:
    """Return what the lives of a target's things say; what it `removes` may not be left behind."""
    bootstrap = Bootstrap(target, Settings(seed=seed, examples=0), graphs=GRAPHS)
    found = [
        verdict
        for event in events(names, bootstrap, pause=pause)
        if isinstance(event, Judged)
        for verdict in event.verdicts
    ]
    assert not bootstrap.journal.things
    assert not bootstrap.left or not removes
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
L = "ListRepositories"

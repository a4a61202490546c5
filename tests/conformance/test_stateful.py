"""Lives: what is made is found, what is taken away is not, and a name belongs to one thing."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from aws_conformance.bootstrap import Bootstrap
from aws_conformance.events import Judged
from aws_conformance.exchange import Answer, Request, Response
from aws_conformance.runner import Settings
from aws_conformance.stateful.phase import events
from aws_conformance.targets import open_target
from aws_specs import catalog
from tests_support.life_kit import (
    APPLICATIONS,
    GRAPHS,
    REPOSITORIES,
    STREAMS,
    C,
    D,
    G,
    L,
    U,
    faults,
    lives,
    reasons,
)
from tests_support.lives import Applications, Queues, Registries, Repositories, Streams, reply
from tests_support.miniatures import Miniature, always, at_random, echo

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
    "another shown": {(f"{G}/state/read-of-another", "another-thing"): [
        C, C, f"{G} of thing 2",
    ]},
    "update forgotten": {(f"{U}/state/read-after-update", "not-updated"): [C, U, G]},
    "all updated": {(f"{U}/state/update-of-another", "another-value"): [
        C, C, f"{U} of thing 1", f"{G} of thing 2",
    ]},
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


@pytest.mark.parametrize("legitimate", ["", "idempotent", "no descriptions", "pages", NO_ERROR])
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
            f"{C}/state/unique-identity",
            f"{C}/state/create-as-named",
            f"{L}/state/list-after-create",
            f"{L}/state/list-after-delete",
        )
    } | ({f"codecommit.{D}/state/delete-after-delete"} if legitimate != NO_ERROR else set())
    assert reasons(verdicts, "inconclusive") == (
        {(f"codecommit.{D}/state/delete-after-delete", "no-error-declared")}
        if legitimate == NO_ERROR
        else set()
    )


def test_a_text_of_which_nothing_is_known_is_undecided() -> None:
    verdicts = lives(Repositories("described otherwise"), REPOSITORIES)
    assert faults(verdicts) == {}
    assert reasons(verdicts, "inconclusive") == {
        (f"codecommit.{U}/state/read-after-update", "other-value")
    }


# ---------------------------------------------------------------- other kinds of things


def test_things_made_in_others_and_named_by_the_service_live_too() -> None:
    verdicts = lives(Applications(), APPLICATIONS)
    assert faults(verdicts) == {}
    kept = {rule for rule, _ in reasons(verdicts, "pass")}
    for noun in ("Application", "Environment"):
        assert f"appconfig.Create{noun}/state/read-after-create" in kept
        assert f"appconfig.Update{noun}/state/read-after-update" in kept
        assert f"appconfig.Delete{noun}/state/use-after-delete" in kept


def test_a_second_thing_of_a_name_that_need_not_be_unique_is_no_finding() -> None:
    verdicts = lives(Applications(), APPLICATIONS)
    assert reasons(verdicts, "inconclusive") == {
        (f"appconfig.Create{noun}/state/duplicate-create", "no-error-declared")
        for noun in ("Application", "Environment")
    }


@pytest.mark.parametrize(
    ("wrong", "rule", "reason", "between"),
    [
        ("nothing deleted", "Delete{}/state/use-after-delete", "still-there", ["Delete{}"]),
        ("not shown", "Create{}/state/read-after-create", "not-there", []),
        ("lost when updated", "Update{}/state/read-after-update", "not-there", ["Update{}"]),
    ],
)
def test_one_fault_in_all_kinds_of_things_is_a_finding_for_each(
    wrong: str, rule: str, reason: str, between: list[str]
) -> None:
    assert faults(lives(Applications(wrong), APPLICATIONS)) == {
        (f"appconfig.{rule.format(noun)}", reason): [
            verb.format(noun) for verb in ("Create{}", *between, "Get{}")
        ]
        for noun in ("Application", "Environment")
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ((), ("pass", "says-deleted")),
        (("nothing deleted",), ("inconclusive", "asynchronous-deletion")),
    ],
)
def test_a_deletion_that_takes_its_time_is_no_finding(
    wrong: tuple[str, ...], said: tuple[str, str]
) -> None:
    verdicts = lives(Streams(*wrong), STREAMS)
    assert faults(verdicts) == {}
    rule = "kinesis.DeleteStream/state/use-after-delete"
    assert {(v.verdict, v.reason) for v in verdicts if v.rule == rule} == {said}


REGISTRIES = [
    f"ecr.{verb}" for verb in ("CreateRepository", "DescribeRepositories", "DeleteRepository")
]


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ("", set[tuple[str, str]]()),
        ("unknown deleted", {("DeleteRepository/state/delete-after-delete", "deleted-twice")}),
        ("list lacks", {("DescribeRepositories/state/list-after-create", "not-listed")}),
    ],
)
def test_an_error_for_the_very_thing_binds_deletions_too(
    wrong: str, found: set[tuple[str, str]]
) -> None:
    verdicts = lives(Registries(wrong), REGISTRIES)
    assert set(faults(verdicts)) == {(f"ecr.{rule}", reason) for rule, reason in found}


def test_each_member_that_an_update_leaves_as_it_was_is_named() -> None:
    assert faults(lives(Applications("name kept"), APPLICATIONS)) == {
        (f"appconfig.Update{noun}/state/read-after-update=Name", "not-updated"): [
            f"{verb}{noun}" for verb in ("Create", "Get", "Update", "Get")
        ]
        for noun in ("Application", "Environment")
    }


def test_a_name_that_the_answer_does_not_repeat_is_a_finding() -> None:
    found = faults(lives(Repositories("named otherwise"), REPOSITORIES, removes=False))
    assert (f"codecommit.{C}/state/create-as-named", "another-name") in found


def test_a_list_that_is_refused_says_nothing() -> None:
    verdicts = lives(Repositories("list refuses"), REPOSITORIES)
    assert not [v for v in verdicts if "/state/list-" in v.rule]


QUEUES = [f"sqs.{name}" for name in ("CreateQueue", "GetQueueUrl", "DeleteQueue")]


@pytest.mark.parametrize(
    ("wrong", "said", "waited"),
    [
        ("", {("pass", "not-found")}, 0),
        ("slow", {("pass", "not-found")}, 61),
        ("nothing deleted", {("fail", "still-there")}, 61),
    ],
)
def test_a_deletion_gets_the_time_that_the_documentation_gives_it(
    wrong: str, said: set[tuple[str, str]], waited: float
) -> None:
    target = Queues(wrong)
    verdicts = lives(target, QUEUES, pause=target.wait)
    found = [v for v in verdicts if v.rule == "sqs.DeleteQueue/state/use-after-delete"]
    assert {(v.verdict, v.reason) for v in found} == said
    assert target.now == waited
    assert not waited or found[-1].steps[-1].does == "GetQueueUrl 61 seconds later"


# ---------------------------------------------------------------- trust


@pytest.mark.parametrize("wrong", [(), ("nothing deleted",)])
def test_a_target_that_shows_things_that_never_were_is_not_blamed(wrong: tuple[str, ...]) -> None:
    verdicts = lives(Repositories("unknown shown", *wrong), REPOSITORIES)
    assert faults(verdicts) == {}
    assert (f"codecommit.{D}/state/use-after-delete", "stateless") in reasons(
        verdicts, "inconclusive"
    )


@pytest.mark.parametrize("target", [always(200, b"{}"), Miniature(echo)])
def test_a_target_without_a_memory_passes_nothing_and_breaks_nothing(target: Miniature) -> None:
    for names in (REPOSITORIES, APPLICATIONS, STREAMS):
        verdicts = lives(target, names, removes=False)
        assert faults([v for v in verdicts if v.kind == "state"]) == {}
        assert reasons(verdicts, "pass") == set()


@pytest.mark.parametrize("target", [always(500, b"{}"), always(404, b"{}"), at_random(3)])
def test_a_target_in_which_nothing_can_be_made_is_not_blamed(target: Miniature) -> None:
    for names in (REPOSITORIES, APPLICATIONS, STREAMS):
        verdicts = lives(target, names, removes=False)
        assert faults([v for v in verdicts if v.kind == "state"]) == {}


def test_what_happens_once_is_flaky_and_no_finding() -> None:
    class Once(Repositories):
        slips = 1

        def delete(self, body: dict[str, Any]) -> Response:
            if self.slips and body["repositoryName"] in self.things:
                self.slips -= 1
                return reply(200, {})
            return super().delete(body)

    verdicts = lives(Once(), REPOSITORIES)
    assert faults(verdicts) == {}
    assert [v.rule for v in verdicts if v.flaky] == [f"codecommit.{D}/state/use-after-delete"]


def test_what_is_there_a_moment_later_is_a_doubt() -> None:
    class Slow(Repositories):
        asked: ClassVar[dict[str, int]] = {}

        def get(self, body: dict[str, Any]) -> Response:
            name = body["repositoryName"]
            self.asked[name] = self.asked.get(name, 0) + 1
            return self.missing() if self.asked[name] == 1 else super().get(body)

    verdicts = lives(Slow(), REPOSITORIES)
    assert faults(verdicts) == {}
    assert (f"codecommit.{C}/state/read-after-create", "eventual-consistency") in reasons(
        verdicts, "inconclusive"
    )


def test_on_a_real_account_nothing_is_seen_at_once() -> None:
    target = Repositories("not shown", "nothing deleted")
    target.name = "aws 111122223333 us-east-1"
    waited: list[float] = []
    bootstrap = Bootstrap(target, Settings(seed=1, examples=0), graphs=GRAPHS)
    found = [
        v
        for event in events(REPOSITORIES, bootstrap, pause=waited.append)
        if isinstance(event, Judged)
        for v in event.verdicts
    ]
    assert faults(found) == {}
    assert sum(waited) > 0


def test_operations_that_are_not_there_are_left_out() -> None:
    class Partly(Repositories):
        def answer(self, request: Request, body: dict[str, Any]) -> Answer:
            missing = request.operation.endswith(("GetRepository", "UpdateRepositoryDescription"))
            if missing:
                return reply(400, None, "UnknownOperationException")
            return super().answer(request, body)

    verdicts = lives(Partly(), REPOSITORIES)
    assert faults(verdicts) == {}
    assert {rule for rule, _ in reasons(verdicts, "pass")} == {
        f"codecommit.{rule}"
        for rule in (
            f"{C}/state/duplicate-create",
            f"{C}/state/unique-identity",
            f"{L}/state/list-after-create",
            f"{L}/state/list-after-delete",
            f"{D}/state/delete-after-delete",
        )
    }


def test_nothing_is_sent_for_operations_that_are_not_named() -> None:
    target = Repositories()
    lives(target, [f"codecommit.{name}" for name in (C, G)])
    assert set(target.sent) == {f"codecommit.{name}" for name in (C, G, D)}


def test_the_built_in_emulator_gets_no_finding() -> None:
    target = open_target("emulator")
    names = catalog.resolve(["sqs.*", "codecommit.*Repositor*", "appconfig.*Application"])
    verdicts = lives(target, names)
    assert faults(verdicts) == {}
    target.close()

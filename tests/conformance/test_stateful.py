"""Lives: what is made is found, what is taken away is not, and a name belongs to one thing."""

from __future__ import annotations

import contextlib
import io
import threading
import tomllib
from collections.abc import Callable, Generator, Sequence
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import pytest
from msgspec.structs import replace

from aws_conformance.baseline import Entry
from aws_conformance.bootstrap import Bootstrap, Graphs
from aws_conformance.config import Config
from aws_conformance.events import Judged
from aws_conformance.exchange import Answer, Request, Response, Target
from aws_conformance.journal import Journal
from aws_conformance.outcome import with_baseline
from aws_conformance.runner import Settings
from aws_conformance.session import Session, open_journal, resume
from aws_conformance.stateful.acts import Act, Does
from aws_conformance.stateful.hunting import without
from aws_conformance.stateful.lifecycle import lifecycles
from aws_conformance.stateful.phase import events
from aws_conformance.stateful.promises import already_there, deferral, not_found, says_deleted
from aws_conformance.stateful.running import wanted
from aws_conformance.targets import open_target
from aws_conformance.targets.moto import MotoTarget
from aws_reports.results import Results, Verdict
from aws_specs import catalog, sdk
from aws_specs.spec import Json
from tests_support.lives import Applications, Queues, Registries, Repositories, Streams, Toy, reply
from tests_support.miniatures import Miniature, always, at_random, echo

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


# ---------------------------------------------------------------- what is promised


@pytest.mark.parametrize(
    ("delete", "read", "reason"),
    [
        ("appconfig.DeleteApplication", "appconfig.GetApplication", ""),
        ("codecommit.DeleteRepository", "codecommit.GetRepository", ""),
        ("iam.DeleteGroup", "iam.GetGroup", ""),
        ("sqs.DeleteQueue", "sqs.GetQueueUrl", "asynchronous-deletion"),
        ("dynamodb.DeleteTable", "dynamodb.DescribeTable", "asynchronous-deletion"),
        ("kinesis.DeleteStream", "kinesis.DescribeStreamSummary", "asynchronous-deletion"),
        ("events.DeleteRule", "events.DescribeRule", "asynchronous-deletion"),
        ("cloudformation.DeleteStack", "cloudformation.DescribeStacks", "asynchronous-deletion"),
        ("secretsmanager.DeleteSecret", "secretsmanager.DescribeSecret", "asynchronous-deletion"),
        ("kms.ScheduleKeyDeletion", "kms.DescribeKey", "tombstone"),
        ("ec2.TerminateInstances", "ec2.DescribeInstances", "tombstone"),
        ("stepfunctions.DeleteActivity", "stepfunctions.DescribeActivity", "tombstone"),
    ],
)
def test_a_deletion_is_done_at_once_unless_anything_says_otherwise(
    delete: str, read: str, reason: str
) -> None:
    found = deferral(catalog.load(delete), catalog.load(read))
    assert (found.reason if found else "") == reason


@pytest.mark.parametrize(
    ("name", "noun", "errors"),
    [
        ("codecommit.CreateRepository", "repository", {"RepositoryNameExistsException"}),
        ("iam.CreateUser", "user", {"EntityAlreadyExistsException"}),
        ("sqs.CreateQueue", "queue", {"QueueNameExists", "QueueDeletedRecently"}),
        ("appconfig.CreateApplication", "application", set[str]()),
        ("sns.CreateTopic", "topic", set[str]()),
    ],
)
def test_a_name_is_unique_where_an_error_says_so(name: str, noun: str, errors: set[str]) -> None:
    assert {promise.name for promise in already_there(catalog.load(name), noun)} == errors


@pytest.mark.parametrize(
    ("name", "noun", "errors"),
    [
        ("codecommit.GetRepository", "repository", {"RepositoryDoesNotExistException"}),
        ("appconfig.GetEnvironment", "environment", {"ResourceNotFoundException"}),
        ("ecs.DescribeServices", "service", set[str]()),
        ("s3.HeadBucket", "bucket", {"NoSuchBucket"}),
        ("ec2.DescribeVpcs", "vpc", set[str]()),
    ],
)
def test_an_error_for_something_else_promises_nothing(
    name: str, noun: str, errors: set[str]
) -> None:
    assert {promise.name for promise in not_found(catalog.load(name), noun)} == errors


@pytest.mark.parametrize(
    ("service", "create", "exact"),
    [
        ("codecommit", "CreateRepository", True),
        ("pinpoint", "CreateApp", True),
        ("lambda", "CreateFunctionUrlConfig", False),
    ],
)
def test_what_is_known_by_its_parent_alone_is_not_known_for_sure(
    service: str, create: str, exact: bool
) -> None:
    graph = GRAPHS(service)
    assert graph is not None
    found = {one.create: one for one in lifecycles(graph, set(graph.nodes))}
    assert {use.exact for use in found[f"{service}.{create}"].readers} == {exact}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"Table": {"TableStatus": "DELETING"}}, "Table.TableStatus DELETING"),
        ({"Secret": {"DeletedDate": 1.0}}, "Secret.DeletedDate is there"),
        ({"Items": [{"State": "terminated"}]}, "Items[].State terminated"),
        ({"Table": {"TableStatus": "ACTIVE", "DeletionProtectionEnabled": True}}, ""),
        ({"Name": "deleted", "DeletionDate": None}, ""),
    ],
)
def test_an_answer_says_that_something_is_deleted(value: Json, says: str) -> None:
    assert says_deleted(value) == says


# ---------------------------------------------------------------- the same again


def test_the_same_seed_gives_the_same_verdicts() -> None:
    once, again = (lives(Repositories("second"), REPOSITORIES, seed=7) for _ in range(2))
    assert [scrubbed(v) for v in once] == [scrubbed(v) for v in again]


def scrubbed(verdict: Verdict) -> Verdict:
    """Return a verdict without its evidence, which holds the time."""
    return replace(verdict, evidence=None)


@pytest.mark.parametrize("seed", [0, 2, 3, 4])
def test_another_seed_finds_the_same_faults(seed: int) -> None:
    assert faults(lives(Repositories("nothing deleted"), REPOSITORIES, seed=seed)) == {
        (f"codecommit.{D}/state/use-after-delete", "still-there"): [C, D, G]
    }


def test_names_that_an_earlier_run_has_left_do_not_matter() -> None:
    class Forgetful(Repositories):
        first = True

        def create(self, body: dict[str, Any]) -> Response:
            if self.first:
                self.first = False
                return reply(400, None, "RepositoryNameExistsException")
            return super().create(body)

    verdicts = lives(Forgetful(), REPOSITORIES)
    assert faults(verdicts) == {}
    assert (f"codecommit.{C}/state/read-after-create", "as-documented") in reasons(verdicts, "pass")


@pytest.mark.parametrize(
    ("acts", "at", "left"),
    [
        ("c0 r0 d0 r0", 1, "c0 d0 r0"),
        ("c0 c0 r1 d0 r1", 0, "c0 r0 r0"),
        ("c0 c0 r1 d0 r0", 1, "c0 d0 r0"),
    ],
)
def test_leaving_out_a_creation_leaves_out_all_of_its_thing(acts: str, at: int, left: str) -> None:
    assert without(scenario(acts), at) == scenario(left)


def scenario(text: str) -> tuple[Act, ...]:
    does: dict[str, Does] = {"c": "create", "r": "read", "d": "delete"}
    return tuple(Act(does[word[0]], 0, word[0], int(word[1])) for word in text.split())


# ---------------------------------------------------------------- in a run


def session(target: Toy, folder: Path, **settings: Any) -> Session:
    given: dict[str, Any] = {"stateful": True, **settings}
    config = Config(target="toy", seed=1, examples=0, output=str(folder), **given)
    return Session(REPOSITORIES, target, config)


def ran(session: Session, journal: Journal | None = None) -> Results:
    """Run a session to its end and return the results."""
    session.run(journal)
    if session.bootstrap is not None:
        session.bootstrap.close()
    return session.results()


def test_lives_alone_can_be_tested(tmp_path: Path) -> None:
    target = Repositories("nothing deleted")
    one = session(target, tmp_path, only=("stateful",))
    results = ran(one)
    assert results.exit_code == 1
    assert {v.rule for v in results.verdicts if v.verdict == "fail"} == {
        f"codecommit.{D}/state/use-after-delete"
    }
    assert {o.state for o in results.operations} == {"partly"}
    assert not [v for v in results.verdicts if v.kind != "state" and v.verdict == "fail"]


def test_without_being_asked_for_no_lives_are_tested(tmp_path: Path) -> None:
    one = session(Repositories("nothing deleted"), tmp_path, stateful=False, only=("valid",))
    assert not [v for v in ran(one).verdicts if v.kind == "state"]


def test_lives_follow_the_operations(tmp_path: Path) -> None:
    one = session(Repositories(), tmp_path, only=("valid",), pagination=False)
    results = ran(one)
    kinds = [v.kind == "state" for v in results.verdicts]
    assert any(kinds)
    assert not all(kinds)
    assert kinds.index(True) > 0
    assert {o.state for o in results.operations} <= {"decided", "partly", "undecided"}


@pytest.mark.parametrize("most", [1, 2, 3, 5, 8, 13, 21])
def test_a_budget_stops_lives_and_leaves_nothing_behind(tmp_path: Path, most: int) -> None:
    target = Repositories()
    one = session(target, tmp_path, only=("stateful",), max_requests=most)
    results = ran(one)
    assert results.stopped == "budget"
    assert results.exit_code == 4
    assert results.requests == most
    assert not target.things


def test_a_resumed_run_does_not_live_twice(tmp_path: Path) -> None:
    one = session(Repositories("second"), tmp_path, only=("stateful",))
    journal = open_journal(tmp_path, one)
    before = ran(one, journal)
    journal.close()
    past = resume(tmp_path)
    assert past is not None
    target = Repositories("second")
    again = Session(REPOSITORIES, target, one.config, past=past)
    told = [[(v.case, v.verdict, v.reason) for v in r.verdicts] for r in (before, ran(again))]
    assert told[0] == told[1]
    assert target.sent == []


def test_what_is_known_to_the_baseline_is_not_stale_without_lives(tmp_path: Path) -> None:
    one = session(Repositories(), tmp_path, stateful=False, only=("valid",), pagination=False)
    results = ran(one)
    known = (Entry(f"codecommit.{D}/state/use-after-delete", "known"),)
    results = with_baseline(results, known, date(2026, 1, 1), allow_undecided=True)
    assert results.stale == ()


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (Config(), False),
        (Config(stateful=True), True),
        (Config(only=("stateful",)), True),
        (Config(target="aws", stateful=True), True),
        (Config(target="aws", stateful=True, only=("invalid",)), False),
        (Config(target="replay:file", stateful=True), False),
    ],
)
def test_lives_are_tested_where_they_are_asked_for_and_may_be(
    config: Config, expected: bool
) -> None:
    assert wanted(config) is expected


# ---------------------------------------------------------------- the script


def test_the_script_of_a_scenario_shows_the_fault_by_hand() -> None:
    target = Applications("nothing deleted")
    with served(target) as url:
        target.endpoint = url
        found = next(v for v in lives(target, APPLICATIONS) if v.verdict == "fail")
        assert found.reproducer is not None
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(found.reproducer.boto3, "script", "exec"), {})
    assert printed.getvalue().splitlines() == [
        "1 create_application 201 success",
        "2 delete_application 204 success",
        "3 get_application 200 success",
    ]


def test_the_script_makes_what_its_things_are_made_in() -> None:
    target = Applications("nothing deleted")
    with served(target) as url:
        target.endpoint = url
        found = next(
            v
            for v in lives(target, APPLICATIONS)
            if v.verdict == "fail" and v.member == "environment"
        )
        target.things.clear()  # what the run has made is gone: the script starts from nothing
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(found.reproducer.boto3 if found.reproducer else "", "script", "exec"), {})
    assert printed.getvalue().splitlines() == [
        "before 1 create_application 201 success",
        "1 create_environment 201 success",
        "2 delete_environment 204 success",
        "3 get_environment 200 success",
    ]


@contextlib.contextmanager
def served(target: Toy) -> Generator[str]:
    """Serve a toy over HTTP while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = target.send(
                Request(self.command, self.path, tuple(self.headers.items()), body)
            )
            assert isinstance(answer, Response)
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = answer  # noqa: N815
        do_POST = answer  # noqa: N815
        do_PATCH = answer  # noqa: N815
        do_DELETE = answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


# ---------------------------------------------------------------- moto

REVIEWED: dict[str, Any] = tomllib.loads(
    (Path(__file__).parent / "data" / "moto_lives.toml").read_text(encoding="utf-8")
)
SAME_VERSIONS = all(version(name) == REVIEWED[name] for name in ("moto", "botocore"))


def moto_lives(services: Sequence[str]) -> set[tuple[str, str]]:
    target = open_target("moto")
    assert isinstance(target, MotoTarget)
    names = [f"{s}.{name}" for s in services for name in sdk.operation_names(s)]
    bootstrap = Bootstrap(target, Settings(seed=1, examples=0), graphs=GRAPHS)
    try:
        return {
            (v.rule, v.reason)
            for event in events(names, bootstrap, fresh=target.reset, pause=no_pause)
            if isinstance(event, Judged)
            for v in event.verdicts
            if v.verdict == "fail" and v.kind == "state" and not v.flaky
        }
    finally:
        target.close()


def reviewed(services: Sequence[str]) -> set[tuple[str, str]]:
    return {
        (entry["rule"], entry["reason"])
        for entry in REVIEWED["deviation"]
        if entry["rule"].partition(".")[0] in services
    }


@pytest.mark.skipif(not SAME_VERSIONS, reason="reviewed for another version of moto")
def test_what_lives_otherwise_in_moto_is_what_was_reviewed() -> None:
    assert moto_lives(REVIEWED["services"]) == reviewed(REVIEWED["services"])


@pytest.mark.nightly
@pytest.mark.skipif(not SAME_VERSIONS, reason="reviewed for another version of moto")
@pytest.mark.parametrize("service", REVIEWED["nightly"])
def test_what_lives_otherwise_in_large_services_of_moto_is_what_was_reviewed(service: str) -> None:
    assert moto_lives([service]) == reviewed([service])

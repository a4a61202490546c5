"""Pages: what is wrong with them is found and named, what is merely unusual is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aws_conformance.bootstrap import Bootstrap, Graphs
from aws_conformance.events import Judged, OperationFinished
from aws_conformance.exchange import Answer, Request, Response
from aws_conformance.operation_run import OperationRun
from aws_conformance.pagination.compare import difference, repeated
from aws_conformance.pagination.stock import maker_of
from aws_conformance.pagination.tokens import broken_tokens
from aws_conformance.pagination.walk import Walk
from aws_conformance.resources import ResourceJournal
from aws_conformance.runner import Settings, run
from aws_conformance.sender import Sender
from aws_conformance.targets import open_target
from aws_conformance.targets.moto import MotoTarget
from aws_reports.results import OperationResult, Verdict
from aws_specs.catalog import load
from aws_specs.extract import extract
from aws_specs.generated import page as generated_page
from aws_specs.pagination import Page, pagination
from aws_strategies.plan import Plan
from tests_support.miniatures import Miniature
from tests_support.paged_keys import Keys

LIST = "kms.ListKeys"
VALID = Settings(examples=0, seed=1, only=("valid",))
GRAPHS = Graphs()

JOIN, LIMIT, END, TOKEN = (
    f"{LIST}/pagination/{p}" for p in ("join", "limit", "terminates", "token")
)


def judged(
    target: Any, name: str = LIST, settings: Settings = VALID, **options: Any
) -> tuple[list[Verdict], OperationResult]:
    """Return what a run says of the rules on pages, and the operation's share."""
    events = list(run([name], target, settings, **options))
    verdicts = [v for event in events if isinstance(event, Judged) for v in event.verdicts]
    result = next(e.result for e in events if isinstance(e, OperationFinished))
    return verdicts, result


def findings(verdicts: list[Verdict]) -> set[tuple[str, str]]:
    return {(v.rule, v.reason) for v in verdicts if v.verdict == "fail" and not v.flaky}


def of(verdicts: list[Verdict], rule: str) -> list[Verdict]:
    return [v for v in verdicts if v.rule == rule]


# ---------------------------------------------------------------- deviations


@pytest.mark.parametrize(
    ("way", "count", "expected"),
    [
        ("drops the last", 5, (JOIN, "pagination")),
        ("drops the last", 30, (JOIN, "pagination")),
        ("overlaps", 10, (JOIN, "pagination")),
        ("whole lacks one", 5, (JOIN, "pagination")),
        ("truncated says no", 5, (JOIN, "pagination")),
        ("truncated says yes", 5, (JOIN, "pagination")),
        ("refuses its tokens", 5, (JOIN, "pagination")),
        ("no end", 5, (END, "pagination")),
        ("one token", 5, (END, "pagination")),
        ("token ignored", 5, (END, "pagination")),
        ("limit ignored", 5, (LIMIT, "pagination")),
        ("one too many", 5, (LIMIT, "pagination")),
        ("one too many", 30, (LIMIT, "pagination")),
        ("accepts broken tokens", 5, (TOKEN, "pagination")),
        ("breaks on broken tokens", 5, (TOKEN, "server-error")),
        ("another status", 5, (TOKEN, "wrong-status")),
    ],
)
def test_each_deviation_is_the_one_finding(way: str, count: int, expected: tuple[str, str]) -> None:
    verdicts, _ = judged(Keys(count, way))
    found = findings(verdicts)
    # Where no token is looked at, broken ones are accepted, too.
    also: set[tuple[str, str]] = {(TOKEN, "pagination")} if way == "token ignored" else set()
    # The cases on the member itself send invented tokens, too.
    aside = {
        f for f in found if f[0].startswith(f"{LIST}/input/Marker/") and f[1] == "server-error"
    }
    assert found - aside == {expected} | also
    assert not aside or way == "breaks on broken tokens"


def test_the_first_page_for_ever_is_found_although_each_token_is_new() -> None:
    verdicts, _ = judged(Keys(5, "token ignored", "fresh tokens"))
    assert (END, "pagination") in findings(verdicts)


def test_a_finding_names_the_items_that_are_lost() -> None:
    verdicts, _ = judged(Keys(3, "truncated says no"))
    found = next(v for v in verdicts if v.verdict == "fail")
    assert found.observed.startswith("lost: KeyArn arn:aws:kms")
    assert found.confirmed
    assert found.evidence is not None
    assert found.twin is not None
    assert (
        found.expected == "the pages join to the whole of 3 items: none is lost, none comes twice"
    )


def test_a_finding_says_where_the_rule_comes_from() -> None:
    verdicts, _ = judged(Keys(3, "limit ignored"))
    found = next(v for v in verdicts if v.verdict == "fail")
    assert found.observed == "3 items on a page where Limit is 1"
    assert found.member == "Limit"
    assert found.source.shape == "LimitType"  # type: ignore[union-attr]  # a source in the model


# ---------------------------------------------------------------- conforming variants


@pytest.mark.parametrize("count", [0, 1, 2, 3, 6, 7, 30, 99, 250, 900])
def test_right_pages_have_no_finding_whatever_their_number(count: int) -> None:
    verdicts, result = judged(Keys(count))
    assert findings(verdicts) == set()
    assert result.state == "decided"
    assert {v.verdict for v in of(verdicts, END)} <= {"pass", "inconclusive"}


@pytest.mark.parametrize(
    "ways",
    [
        ("empty pages", "fresh tokens"), ("fewer",), ("fresh tokens",), ("plain tokens",),
        ("shuffled",), ("changes",), ("changes", "shuffled", "fresh tokens", "fewer"),
    ],
    ids=" and ".join,
)  # fmt: skip
@pytest.mark.parametrize("count", [3, 10, 40])
def test_what_clients_must_live_with_is_no_finding(ways: tuple[str, ...], count: int) -> None:
    verdicts, _ = judged(Keys(count, *ways))
    assert findings(verdicts) == set()
    assert [v.verdict for v in of(verdicts, JOIN)] == ["pass"]
    assert [v.verdict for v in of(verdicts, LIMIT)] == ["pass"]
    assert [v.verdict for v in of(verdicts, END)] == ["pass"]
    assert {v.verdict for v in of(verdicts, TOKEN)} == {"pass"}


def test_a_list_that_grows_while_it_is_read_is_no_finding() -> None:
    verdicts, _ = judged(Keys(5, "grows"))
    assert findings(verdicts) == set()
    assert {v.reason for v in of(verdicts, JOIN)} <= {"concurrent-change", "whole-is-cut", "joined"}


def test_too_few_items_leave_it_open_and_say_what_to_do() -> None:
    verdicts, result = judged(Keys(1))
    (found,) = of(verdicts, JOIN)
    assert (found.verdict, found.reason) == ("inconclusive", "too-few-items")
    assert (
        found.hint
        == "2 or more are needed (what it lists); nothing is made in this target: run with --bootstrap"
    )
    assert {JOIN, LIMIT, END, TOKEN} <= set(result.rules)


def test_pages_cost_about_a_dozen_requests() -> None:
    without = Keys(5)
    judged(without, settings=Settings(examples=0, seed=1, only=("valid",), pagination=False))
    for count in (1, 3, 5, 40):
        keys = Keys(count)
        judged(keys)
        assert len(keys.sent) - len(without.sent) <= 13


def test_pages_can_be_left_out() -> None:
    settings = Settings(examples=0, seed=1, only=("valid",), pagination=False)
    verdicts, result = judged(Keys(5, "limit ignored"), settings=settings)
    assert not [v for v in verdicts if v.kind == "pagination"]
    assert not [rule for rule in result.rules if "/pagination/" in rule]


@pytest.mark.parametrize(
    ("source", "parts"), [("page", set[str]()), ("model", {JOIN, LIMIT, END, TOKEN})]
)
def test_rules_are_of_the_source_that_is_asked_for(source: Any, parts: set[str]) -> None:
    settings = Settings(examples=0, seed=1, only=("valid",), source=source)
    _, result = judged(Keys(5), settings=settings)
    assert {rule for rule in result.rules if "/pagination/" in rule} == parts


def test_what_does_more_than_look_is_not_followed() -> None:
    """The SDK has a paginator for swf.PollForDecisionTask, which takes a task each time."""
    operation = load("swf.PollForDecisionTask")
    assert pagination(operation) is not None
    sender = Sender(operation, Keys(0))
    one = OperationRun(operation, sender, VALID, frozenset())
    assert not [rule for rule in one.clerk.rules if "/pagination/" in rule]


def test_invalid_requests_alone_follow_no_pages() -> None:
    settings = Settings(examples=0, seed=1, only=("invalid",))
    verdicts, _ = judged(Miniature(_refusing(Keys(5))), settings=settings)
    assert not [v for v in verdicts if v.kind == "pagination"]


def _refusing(keys: Keys) -> Any:
    def answer(request: Request) -> Answer:
        params = json.loads(request.body)
        if params.keys() <= {"Limit", "Marker"} and all(
            isinstance(v, int if k == "Limit" else str) for k, v in params.items()
        ):
            return keys.send(request)
        return keys.error("ValidationException", 400)

    return answer


# ---------------------------------------------------------------- no limit, no errors about tokens


def repositories(pages: list[list[str]], *, loose: bool = True) -> Miniature:
    """Return a target whose ListRepositories has these pages, whatever is asked for."""

    def answer(request: Request) -> Response:
        token = json.loads(request.body or b"{}").get("nextToken", "page-0")
        number = int(token.removeprefix("page-")) if token.removeprefix("page-").isdigit() else -1
        if number < 0 and not loose:
            return Keys.error("InvalidContinuationTokenException", 400)
        number = max(number, 0)
        names = [{"repositoryName": n, "repositoryId": f"id-{n}"} for n in pages[number]]
        body: dict[str, Any] = {"repositories": names}
        if number + 1 < len(pages):
            body["nextToken"] = f"page-{number + 1}"
        return Response(
            200, (("Content-Type", "application/x-amz-json-1.1"),), json.dumps(body).encode()
        )

    return Miniature(answer)


REPOSITORIES = "codecommit.ListRepositories"


def test_without_a_limit_pages_that_come_by_themselves_are_looked_at() -> None:
    verdicts, _ = judged(repositories([["a", "b"], ["c"]], loose=False), REPOSITORIES)
    assert findings(verdicts) == set()
    verdicts, _ = judged(repositories([["a", "b"], ["b", "c"]], loose=False), REPOSITORIES)
    assert findings(verdicts) == {(f"{REPOSITORIES}/pagination/join", "pagination")}


def test_an_invented_token_must_be_refused_where_an_error_says_so() -> None:
    verdicts, _ = judged(repositories([["a"]]), REPOSITORIES)
    assert findings(verdicts) == {(f"{REPOSITORIES}/pagination/token", "pagination")}


def test_a_page_does_not_make_an_invented_token_valid() -> None:
    text = generated_page("codecommit", "ListRepositories")
    operation = extract(text, file="pages/codecommit/list_repositories.rst")
    target = repositories([["a", "b"], ["c"]], loose=False)
    settings = Settings(examples=10, seed=1, only=("valid",))
    one = OperationRun(operation, Sender(operation, target), settings, frozenset())
    verdicts = [v for event in one.events() for v in getattr(event, "verdicts", ())]
    assert findings(verdicts) == set()
    about = of(verdicts, f"{REPOSITORIES}/input/nextToken/type")
    assert {(v.verdict, v.reason) for v in about} == {("inconclusive", "needs-state")}
    assert {v.verdict for v in of(verdicts, f"{REPOSITORIES}/pagination/token")} == {"pass"}


def queues(names: list[str], *, known: bool) -> Miniature:
    """Return a target whose ListQueues keeps its limit; `known`: it knows its tokens."""

    def answer(request: Request) -> Response:
        params = json.loads(request.body or b"{}")
        token = str(params.get("NextToken", "after-0")).removeprefix("after-")
        if known and not token.isdigit():
            return Keys.error("InvalidParameterValue", 400)
        start = int(token) if token.isdigit() else 0
        size = params.get("MaxResults", 1000)
        body: dict[str, Any] = {
            "QueueUrls": [f"https://q/{n}" for n in names[start : start + size]]
        }
        if "MaxResults" in params and start + size < len(names):
            body["NextToken"] = f"after-{start + size}"
        return Response(
            200, (("Content-Type", "application/x-amz-json-1.0"),), json.dumps(body).encode()
        )

    return Miniature(answer)


@pytest.mark.parametrize("known", [True, False])
def test_a_broken_token_is_no_finding_where_no_error_is_about_tokens(known: bool) -> None:
    verdicts, _ = judged(queues(["a", "b", "c"], known=known), "sqs.ListQueues")
    assert findings(verdicts) == set()
    strict = Settings(examples=0, seed=1, only=("valid",), strict=True)
    verdicts, _ = judged(queues(["a", "b", "c"], known=known), "sqs.ListQueues", strict)
    about = [v for v in of(verdicts, "sqs.ListQueues/pagination/token") if v.verdict == "fail"]
    assert bool(about) is not known


@pytest.mark.parametrize("count", [1001, 1500, 5000])
def test_a_whole_that_the_service_cuts_is_no_finding(count: int) -> None:
    """SQS answers at most 1000 queues, without a token, where no MaxResults is given."""
    verdicts, _ = judged(queues([f"n{i}" for i in range(count)], known=True), "sqs.ListQueues")
    assert findings(verdicts) == set()


# ---------------------------------------------------------------- making what is listed


@pytest.fixture
def moto() -> Iterator[MotoTarget]:
    target = open_target("moto")
    assert isinstance(target, MotoTarget)
    target.reset()
    yield target
    target.close()


def test_what_is_listed_is_made_and_removed(moto: MotoTarget) -> None:
    heard: list[str] = []
    journal = ResourceJournal()

    def answer(request: Request) -> Answer:
        heard.append(request.operation)
        return moto.send(request)

    target = Miniature(answer)
    bootstrap = Bootstrap(target, VALID, graphs=GRAPHS, journal=journal)
    verdicts, _ = judged(target, "sqs.ListQueues", bootstrap=bootstrap)
    assert [v.verdict for v in of(verdicts, "sqs.ListQueues/pagination/join")] == ["pass"]
    assert heard.count("sqs.CreateQueue") == heard.count("sqs.DeleteQueue") == 3
    assert not journal.things


def test_things_are_made_where_the_list_looks() -> None:
    graph = GRAPHS("kms")
    assert graph is not None
    found = maker_of(graph, "kms.ListGrants")
    assert found is not None
    assert (found[0].id, found[1]) == ("kms.CreateGrant", {"KeyId": "KeyId"})
    assert maker_of(graph, "kms.ListResourceTags") is None


def test_nothing_that_may_cost_is_made_in_a_real_account(moto: MotoTarget) -> None:
    bootstrap = Bootstrap(moto, VALID, graphs=GRAPHS, finding=False)
    verdicts, _ = judged(moto, "rds.DescribeDBInstances", bootstrap=bootstrap)
    about = of(verdicts, "rds.DescribeDBInstances/pagination/join")
    assert "may cost money" in about[0].hint


def test_findings_on_moto_are_those_that_its_paginators_show(moto: MotoTarget) -> None:
    """IAM of moto lists all users whatever MaxItems says; its queues come page by page."""
    bootstrap = Bootstrap(moto, VALID, graphs=GRAPHS)
    verdicts, _ = judged(moto, "iam.ListUsers", bootstrap=bootstrap)
    assert ("iam.ListUsers/pagination/limit", "pagination") in findings(verdicts)


# ---------------------------------------------------------------- resuming, recordings


def test_what_has_been_decided_is_not_sent_again() -> None:
    decided = {LIST: frozenset({f"{LIST}/pagination~pages", f"{LIST}/pagination~tokens"})}
    verdicts, _ = judged(Keys(5, "limit ignored"), decided=decided)
    assert not [v for v in verdicts if v.kind == "pagination"]


def test_a_recorded_run_is_judged_the_same_without_the_target(tmp_path: Path) -> None:
    from aws_conformance.recording import Recorder, RecordingHeader, read
    from aws_conformance.targets.recording import RecordingTarget, ReplayTarget

    path = tmp_path / "recorded.jsonl"
    header = RecordingHeader(
        tool="", sdk="", target="keys", operations=(LIST,), source="both", only=("valid",),
        examples=0, seed=1, confidence=0.75, region="",
    )  # fmt: skip
    target = RecordingTarget(Keys(5, "drops the last"), Recorder.new(path, header))
    first, _ = judged(target)
    target.close()
    again, _ = judged(ReplayTarget(read(path)))
    assert findings(first) == findings(again) == {(JOIN, "pagination")}


# ---------------------------------------------------------------- comparing


def test_items_are_compared_by_what_identifies_them() -> None:
    whole = [{"Arn": "a", "Age": 1}, {"Arn": "b", "Age": 1}]
    assert difference(whole, [{"Arn": "b", "Age": 2}, {"Arn": "a", "Age": 3}]).none
    assert difference(whole, [{"Arn": "b", "Age": 2}]).lost == ("Arn a",)
    twice = difference(whole, [whole[0], {"Arn": "a", "Age": 9}, whole[1]])
    assert (twice.twice, twice.lost) == (("Arn a",), ())


def test_a_group_whose_parts_are_on_several_pages_does_not_come_twice() -> None:
    whole = [{"ReservationId": "r", "Instances": [{"InstanceId": "1"}, {"InstanceId": "2"}]}]
    parts = [
        {"ReservationId": "r", "Instances": [{"InstanceId": "1"}]},
        {"ReservationId": "r", "Instances": [{"InstanceId": "2"}]},
    ]
    assert difference(whole, parts).none
    assert difference(whole, [*whole, *whole]).twice == ("ReservationId r",)


def test_items_without_identity_that_change_say_nothing() -> None:
    assert difference([{"Load": 1}, {"Load": 2}], [{"Load": 3}, {"Load": 1}]).vague
    assert difference([1, 2], [1]).lost == ("2",)
    assert difference([1, 1], [1, 1]).none


def test_what_comes_twice_by_itself_has_a_name() -> None:
    assert repeated([{"Id": "a"}, {"Id": "a"}, {"Id": "b"}]) == ('{"Id": "a"}',)
    assert repeated(["a", "a", {"Load": 1}, {"Load": 1}]) == ()


def test_broken_tokens_keep_the_rules_on_the_member() -> None:
    plan = Plan(load(LIST))
    real = "AAAABBBBCCCCDDDD"
    made = list(broken_tokens(plan, "Marker", real))
    assert [one.what for one in made] == ["invented", "foreign", "truncated", "altered"]
    assert all(plan.domain("Marker").allows(one.token) and one.token != real for one in made)
    assert [one.wrong for one in made] == [True, True, False, False]
    assert [one.what for one in broken_tokens(plan, "Marker", "short")] == ["invented", "foreign"]


def test_a_second_list_that_stands_on_every_page_counts_once() -> None:
    """CloudWatch's GetMetricData: Messages is about the request, MetricDataResults is in pages."""
    note, pages = {"Code": "a", "Value": "b"}, ("one", "two", "three")
    walk = Walk((), tuple(Page(count=1, items=(page, note)) for page in pages), "end")
    assert walk.items == (*pages, note)
    other = Walk((), (Page(count=1, items=("one", note)), Page(count=1, items=("two",))), "end")
    assert other.items == ("one", note, "two")
    first = Walk(
        (), (Page(count=2, items=("one", "one")), Page(count=2, items=("one", "one"))), "end"
    )
    assert first.items == ("one",) * 4

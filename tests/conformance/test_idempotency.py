"""Tokens: which of their three promises a target breaks, and what is no promise of theirs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from aws_conformance.bootstrap import Bootstrap, Graphs
from aws_conformance.emulator.app import Emulator
from aws_conformance.events import Judged
from aws_conformance.exchange import Answer, Request, Response
from aws_conformance.made import identity_of
from aws_conformance.resources import ResourceJournal
from aws_conformance.runner import Settings, run
from aws_conformance.token_conflicts import binds
from aws_reports.results import Verdict
from aws_specs import sdk
from aws_specs.catalog import load
from tests_support.miniatures import Miniature

CREATE = "servicecatalog.CreatePortfolio"
RULE = f"{CREATE}/input/IdempotencyToken/idempotency"
VALID = Settings(examples=0, seed=1, only=("valid",))
GRAPHS = Graphs()
_JSON = (("Content-Type", "application/x-amz-json-1.1"),)


class Portfolios:
    """Makes portfolios, written from Service Catalog's documentation; `ways` are its peculiarities."""

    def __init__(self, *ways: str) -> None:
        self.ways = frozenset(ways)
        self.there: list[dict[str, Any]] = []
        self.tokens: dict[str, dict[str, Any]] = {}
        self.retried = 0

    def __call__(self, request: Request) -> Response:
        params: dict[str, Any] = json.loads(request.body or b"{}")
        match request.operation:
            case "servicecatalog.CreatePortfolio":
                return self._create(params)
            case "servicecatalog.ListPortfolios":
                return _ok({"PortfolioDetails": self.there})
            case "servicecatalog.DeletePortfolio":
                self.there = [one for one in self.there if one["Id"] != params["Id"]]
                return _ok({})
            case _:
                return _refused("UnknownOperationException")

    def _create(self, params: dict[str, Any]) -> Response:
        required = ("DisplayName", "ProviderName", "IdempotencyToken")
        if not all(isinstance(params.get(name), str) and params[name] for name in required):
            return _refused("InvalidParametersException")
        known = self.tokens.get(params["IdempotencyToken"])
        if known is None or self._ignores():
            known = self._made(params)
        elif "makes twice" in self.ways:
            self._made(params)
        elif "refuses a retry" in self.ways:
            return _refused("InvalidParametersException")
        elif "throttles a retry" in self.ways:
            return _refused("ThrottlingException")
        return _ok({"PortfolioDetail": known, "Tags": []})

    def _ignores(self) -> bool:
        self.retried += 1
        return "ignores tokens" in self.ways or ("ignores one" in self.ways and self.retried == 1)

    def _made(self, params: dict[str, Any]) -> dict[str, Any]:
        number = f"port-{len(self.tokens) + len(self.there):013d}"
        made = {
            "Id": number,
            "ARN": f"arn:aws:catalog:us-east-1:111122223333:portfolio/{number}",
            "DisplayName": params["DisplayName"],
        }
        self.tokens[params["IdempotencyToken"]] = made
        self.there = [*self.there, made]
        return made


def _ok(value: dict[str, Any]) -> Response:
    return Response(200, _JSON, json.dumps(value).encode())


def _refused(name: str) -> Response:
    return Response(400, _JSON, json.dumps({"__type": name, "message": "No."}).encode())


def judged(*ways: str, lists: bool = True) -> list[Verdict]:
    """Return the verdicts on the token."""
    target = Miniature(Portfolios(*ways))
    making = Bootstrap(target, VALID, graphs=GRAPHS, journal=ResourceJournal()) if lists else None
    events: Iterator[Any] = run([CREATE], target, VALID, bootstrap=making)
    every = [v for event in events if isinstance(event, Judged) for v in event.verdicts]
    return [v for v in every if v.rule == RULE and v.case_kind == "sequence"]


def told(verdicts: list[Verdict]) -> dict[str, tuple[str, str]]:
    return {v.row.partition(" of ")[0]: (v.verdict, v.reason) for v in verdicts}


def test_a_token_that_is_kept_passes_each_of_its_promises() -> None:
    assert told(judged()) == {
        "autofill": ("pass", "autofilled"),
        "retry": ("pass", "idempotent"),
    }


def test_a_second_thing_is_seen_by_its_id_within_the_answer() -> None:
    found = next(v for v in judged("ignores tokens", lists=False) if v.verdict == "fail")
    assert (found.reason, found.confirmed) == ("idempotency", True)
    assert found.expected == "the same token with the same request has the same outcome"
    assert found.observed == "PortfolioDetail.Id differs: the request was carried out twice"


def test_a_second_thing_is_seen_in_the_list_where_the_answer_repeats_the_first() -> None:
    assert told(judged("makes twice", lists=False))["retry"] == ("pass", "idempotent")
    found = next(v for v in judged("makes twice") if v.verdict == "fail")
    assert (found.reason, found.confirmed) == ("idempotency", True)
    assert found.observed == "servicecatalog.ListPortfolios shows 1 more after the second"


def test_a_retry_that_is_refused_is_a_finding() -> None:
    assert told(judged("refuses a retry"))["retry"] == ("fail", "idempotency")


def test_a_retry_that_is_throttled_says_nothing() -> None:
    assert told(judged("throttles a retry"))["retry"] == ("inconclusive", "throttled")


def test_what_does_not_repeat_with_a_fresh_token_is_flaky() -> None:
    found = [v for v in judged("ignores one") if v.verdict == "fail"]
    assert [(v.reason, v.flaky, v.confirmed) for v in found] == [("idempotency", True, False)]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("servicecatalog.CreatePortfolio", {"PortfolioDetail": {"Id": "a", "CreatedTime": "b"}},
         {"PortfolioDetail.Id": "a"}),
        ("eks.CreateCluster", {"cluster": {"arn": "a", "roleArn": "r", "status": "CREATING"}},
         {"cluster.arn": "a"}),
        ("eks.CreateCluster", {"cluster": {"clusterId": "c", "requestId": "q"}},
         {"cluster.clusterId": "c"}),
        ("connect.CreateContact", {"ContactId": "a", "ContactArn": "b"},
         {"ContactId": "a", "ContactArn": "b"}),
        ("servicecatalog.CreatePortfolio", {"Tags": [{"Id": "a"}], "Id": ""}, {}),
        ("servicecatalog.CreatePortfolio", ["Id"], {}),
        ("servicecatalog.CreatePortfolio", None, {}),
    ],
)  # fmt: skip
def test_what_was_made_is_known_by_its_identifiers(
    name: str, value: Any, expected: dict[str, str]
) -> None:
    assert identity_of(load(name), value) == expected


def test_every_token_that_a_client_fills_in_is_tested() -> None:
    """Services drawn by their names; a client's model says which members it fills in."""
    for service in (
        "eks",
        "ec2",
        "servicecatalog",
        "connect",
        "efs",
        "route53domains",
        "sagemaker",
    ):
        for name in sdk.operation_names(service):
            filled = set(sdk.filled_in(service, name))
            if filled:
                rules = load(f"{service}.{name}").rules
                tokens = {r.member for r in rules if r.kind == "idempotency" and r.checkable}
                assert filled <= tokens, name


# ---------------------------------------------------------------- which conflict is one of tokens


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("rtbfabric.CreateLink", {"linkId": "a", "status": "PENDING_CREATION"}, {"linkId": "a"}),
        ("iotsitewise.StartQuery", {"queryId": "q", "status": "RUNNING"}, {"queryId": "q"}),
        ("bedrock-agentcore.UpdateBrowserStream", {"updatedAt": "2026-01-01T00:00:00Z"}, {}),
        ("amplify.CreateDeployment", {"jobId": "1", "zipUploadUrl": "https://x/?Signature=a"},
         {"jobId": "1"}),
    ],
)  # fmt: skip
def test_what_changes_by_itself_identifies_nothing(
    name: str, value: Any, expected: dict[str, str]
) -> None:
    assert identity_of(load(name), value) == expected


@pytest.mark.parametrize(
    ("name", "token", "error", "bound"),
    [
        ("connect.CreateParticipant", "ClientToken", "ConflictException", True),
        ("mq.CreateBroker", "CreatorRequestId", "ConflictException", False),
        ("amp.CreateRuleGroupsNamespace", "clientToken", "ConflictException", False),
        ("amp.CreateWorkspace", "clientToken", "IdempotentParameterMismatch", True),
    ],
)
def test_a_conflict_is_one_of_tokens_where_a_page_or_a_text_says_so(
    name: str, token: str, error: str, bound: bool
) -> None:
    assert binds(load(name), token, error) is bound


COLLECTION = "opensearchserverless.CreateCollection"


def reused(
    name: str, answer: Callable[[Request], Answer] | None = None, **settings: Any
) -> list[tuple[str, str]]:
    """Return what is said of a token that is used again, where the emulator would refuse it."""
    emulator = Emulator([load(name)])
    tokens: dict[str, str] = {}

    def send(request: Request) -> Answer:
        body: dict[str, Any] = json.loads(request.body or b"{}")
        token = next((str(v) for k, v in body.items() if k.lower() == "clienttoken"), "")
        rest = json.dumps({k: v for k, v in body.items() if v != token})
        if answer is None or not token or tokens.setdefault(token, rest) == rest:
            return emulator.handle(request)
        return answer(replace(request, body=json.dumps({**body, **_fresh(body)}).encode()))

    target = Miniature(send, emulator.bindings)
    events = run([name], target, replace(VALID, **settings))
    every = [v for event in events if isinstance(event, Judged) for v in event.verdicts]
    return [(v.verdict, v.reason) for v in every if v.row.startswith("reuse of")]


def _fresh(body: dict[str, Any]) -> dict[str, Any]:
    return {name: "another" for name in body if name.lower() == "clienttoken"}


def served(name: str) -> Callable[[Request], Answer]:
    return Emulator([load(name)]).handle


def conflict(name: str) -> Callable[[Request], Answer]:
    return lambda _: Response(409, _JSON, json.dumps({"__type": name, "message": "No."}).encode())


def test_a_reused_token_is_a_finding_only_where_the_conflict_is_one_of_tokens() -> None:
    """The ConflictException of OpenSearch Serverless is for names that are taken."""
    assert reused(COLLECTION) == [("pass", "conflict")]
    assert reused(COLLECTION, served(COLLECTION)) == [("inconclusive", "convention")]
    assert reused(COLLECTION, served(COLLECTION), strict=True) == [("fail", "idempotency")]


def test_another_conflict_than_the_documented_one_does_not_keep_the_promise() -> None:
    name = "connect.CreateContact"
    assert reused(name) == [("pass", "conflict")]
    assert reused(name, conflict("ConflictException")) == [("inconclusive", "another-conflict")]
    assert reused(name, conflict("DuplicateContactException")) == [("fail", "wrong-error")]


def test_the_other_request_has_another_name_than_the_first() -> None:
    names: dict[str, set[str]] = {}
    emulator = Emulator([load(COLLECTION)])

    def send(request: Request) -> Answer:
        body: dict[str, Any] = json.loads(request.body or b"{}")
        names.setdefault(body.get("clientToken", ""), set()).add(str(body.get("name")))
        return emulator.handle(request)

    target = Miniature(send, emulator.bindings)
    list(run([COLLECTION], target, VALID))
    assert max(len(used) for used in names.values()) == 2


def test_the_same_request_is_no_mismatch() -> None:
    """AWS Systems Manager: the error is for "the same client token" with other parameters."""
    seen: set[str] = set()

    def windows(request: Request) -> Response:
        params: dict[str, Any] = json.loads(request.body or b"{}")
        token = params.get("ClientToken", "")
        if not isinstance(params.get("Name"), str) or not isinstance(token, str):
            return _refused("ValidationException")
        if token in seen:
            return _refused("IdempotentParameterMismatch")
        seen.add(token)
        return _ok({"WindowId": f"mw-{len(seen):017d}"})

    name = "ssm.CreateMaintenanceWindow"
    events: Iterator[Any] = run([name], Miniature(windows), VALID)
    every = [v for event in events if isinstance(event, Judged) for v in event.verdicts]
    tokens = [v for v in every if v.rule == f"{name}/input/ClientToken/idempotency"]
    found = [v for v in tokens if v.verdict == "fail"]
    assert [(v.row, v.reason, v.observed) for v in found] == [
        ("retry of a token", "idempotency", "the second answer is 400 IdempotentParameterMismatch")
    ]

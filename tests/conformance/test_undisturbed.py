"""A conflict, or a quota, is what earlier requests left behind; or else it is the fault's answer."""

from __future__ import annotations

import re

import pytest

from aws_conformance.events import Judged
from aws_conformance.exchange import Answer, Request, Response
from aws_conformance.runner import Settings, run
from tests_support import miniatures as m

JSON = (("Content-Type", "application/json"),)
STOP = "m2.StopApplication"
PATTERN = f"{STOP}/input/applicationId/pattern"


def error(code: str, status: int) -> Response:
    return Response(status, (*JSON, ("X-Amzn-Errortype", code)), b'{"message": "no"}')


class Mainframe:
    """Stops applications; `code` answers a wrong id. `busy`: it refuses what follows a stop."""

    def __init__(self, code: str, status: int, *, busy: bool = False) -> None:
        self.wrong = error(code, status)
        self.busy = busy
        self.stopping = False

    def __call__(self, request: Request) -> Answer:
        if request.method != "POST" or not request.path.endswith("/stop"):
            return error("UnknownOperationException", 404)
        if self.busy and self.stopping:
            self.stopping = False
            return error("ConflictException", 409)
        if not re.fullmatch(r"/applications/\S{1,80}/stop", request.path) or "%" in request.path:
            return self.wrong
        self.stopping = True
        return Response(200, JSON, b"{}")


def of_pattern(target: Mainframe) -> list[tuple[str, str]]:
    events = run([STOP], m.Miniature(target), Settings(examples=0))
    verdicts = [v for e in events if isinstance(e, Judged) for v in e.verdicts]
    return [(v.verdict, v.reason) for v in verdicts if v.rule == PATTERN]


def test_a_conflict_is_the_wrong_error_where_the_twin_is_always_accepted() -> None:
    assert of_pattern(Mainframe("ConflictException", 409)) == [("fail", "wrong-error")]


def test_a_quota_is_the_wrong_error_where_the_twin_is_always_accepted() -> None:
    assert of_pattern(Mainframe("ServiceQuotaExceededException", 402)) == [("fail", "wrong-error")]


def test_a_conflict_with_what_is_being_changed_is_not_decided() -> None:
    assert of_pattern(Mainframe("ConflictException", 409, busy=True)) == [
        ("inconclusive", "conflict")
    ]


def test_the_right_error_is_no_finding() -> None:
    assert of_pattern(Mainframe("ValidationException", 400)) == [("pass", "refused")]


@pytest.mark.parametrize("code", ["ConflictException", "LimitExceededException"])
def test_an_error_may_serve_for_all_where_none_is_declared_for_broken_constraints(
    code: str,
) -> None:
    def answer(request: Request) -> Answer:
        if b"ContainerName" in request.body:
            return Response(200, JSON, b"{}")
        return Response(
            400, (*JSON, ("X-Amzn-Errortype", code)), b'{"__type": "%s"}' % code.encode()
        )

    name = "mediastore.DeleteCorsPolicy"
    events = run([name], m.Miniature(answer), Settings(examples=0))
    verdicts = [v for e in events if isinstance(e, Judged) for v in e.verdicts]
    said = {v.reason for v in verdicts if v.rule == f"{name}/input/ContainerName/required"}
    assert "wrong-error" not in said
    assert said & {"conflict", "quota"}

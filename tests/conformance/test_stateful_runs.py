"""Lives in a run: their place, their budget, their scripts, and what they show of moto."""

from __future__ import annotations

import contextlib
import io
import threading
import tomllib
from collections.abc import Generator, Sequence
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from aws_conformance.baseline import Entry
from aws_conformance.bootstrap import Bootstrap
from aws_conformance.config import Config
from aws_conformance.events import Judged
from aws_conformance.exchange import Request, Response
from aws_conformance.journal import Journal
from aws_conformance.outcome import with_baseline
from aws_conformance.runner import Settings
from aws_conformance.session import Session, open_journal, resume
from aws_conformance.stateful.phase import events
from aws_conformance.stateful.running import wanted
from aws_conformance.targets import open_target
from aws_conformance.targets.moto import MotoTarget
from aws_reports.results import Results
from aws_specs import sdk
from tests_support.life_kit import (
    APPLICATIONS,
    GRAPHS,
    REPOSITORIES,
    D,
    lives,
    no_pause,
)
from tests_support.lives import Applications, Repositories, Toy

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

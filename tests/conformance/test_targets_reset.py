"""Emptying a target before each operation: where the user says how, and never what is bound."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest

from aws_conformance.exchange import Answer, Request, Response
from aws_conformance.runner import Settings, fresh
from aws_conformance.targets import Options, Rate, open_target
from aws_specs.errors import TargetError


@contextmanager
def server(status: int) -> Iterator[tuple[str, list[str]]]:
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.path)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            return

    found = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{found.server_port}", seen
    finally:
        found.shutdown()
        thread.join()
        found.server_close()


def test_posts_to_the_path_it_is_given_and_only_then() -> None:
    with server(200) as (url, seen):
        fresh(open_target(url, Options(reset="/moto-api/reset")), Settings())
        fresh(open_target(url), Settings())
        fresh(Rate(open_target(url, Options(reset="/r")), 100.0), Settings())
    assert seen == ["/moto-api/reset", "/r"]


def test_what_is_bound_is_kept() -> None:
    with server(200) as (url, seen):
        target = open_target(url, Options(reset="/r"))
        fresh(target, Settings(bindings={"sqs.QueueUrl": "u"}))
        fresh(open_target(url, Options(reset="/r", bindings={"sqs.QueueUrl": "u"})), Settings())
    assert seen == []


def test_a_target_that_does_not_do_it_is_an_error_of_the_target() -> None:
    with server(404) as (url, _):
        target = open_target(url, Options(reset="/no/such"))
        with pytest.raises(TargetError, match="does not reset the target: 404"):
            fresh(target, Settings())


def test_a_target_without_a_reset_is_left_alone() -> None:
    class Plain:
        name = endpoint = "x"
        bindings: ClassVar[dict[str, str]] = {}

        def send(self, request: Request) -> Answer:
            return Response(200)

        def close(self) -> None:
            return

    fresh(Plain(), Settings())

"""Miniature targets: tiny servers, each wrong in one known way, in process."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from aws_conformance.emulator import emulator_target
from aws_conformance.events import Judged, OperationFinished
from aws_conformance.exchange import Answer, Request, Response
from aws_conformance.runner import Settings, run
from aws_reports.results import OperationResult, Verdict

JSON = (("Content-Type", "application/json"),)


class Miniature:
    """A target made of one function."""

    endpoint = "http://127.0.0.1:4599"

    def __init__(
        self, answer: Callable[[Request], Answer], bindings: Mapping[str, str] | None = None
    ) -> None:
        self.name = "miniature"
        self.answer = answer
        self.bindings = bindings or {}
        self.requests: list[Request] = []

    def send(self, request: Request) -> Answer:
        self.requests.append(request)
        return self.answer(request)

    def close(self) -> None:
        return


def over_emulator(change: Callable[[Request, Response], Answer]) -> Miniature:
    """Return the emulator with every answer changed on its way out."""
    inner = emulator_target()

    def answer(request: Request) -> Answer:
        came = inner.send(request)
        return change(request, came) if isinstance(came, Response) else came

    return Miniature(answer, inner.bindings)


def always(status: int, body: bytes, headers: tuple[tuple[str, str], ...] = JSON) -> Miniature:
    return Miniature(lambda request: Response(status, headers, body))


def echo(request: Request) -> Response:
    return Response(200, JSON, request.body)


def at_random(seed: int) -> Miniature:
    """Return a target that answers with any status and any of a few bodies."""
    dice = random.Random(seed)
    bodies = [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"<html>",
        b"\xff\xfe",
        b'{"__type": "ValidationException"}',
    ]

    def answer(request: Request) -> Response:
        code = dice.choice(["", "ValidationException", "InternalFailure", "Nonsense"])
        headers = (*JSON, ("X-Amzn-Errortype", code)) if code else JSON
        return Response(
            dice.choice([200, 204, 301, 400, 403, 404, 409, 500, 503]), headers, dice.choice(bodies)
        )

    return Miniature(answer)


def without(name: str) -> Miniature:
    """Return the emulator without one member in its successes."""

    def change(request: Request, response: Response) -> Response:
        if response.status >= 300:
            return response
        body = json.loads(response.body)
        body.pop(name, None)
        return replace(response, body=json.dumps(body).encode())

    return over_emulator(change)


def with_error_status(wrong: int) -> Miniature:
    """Return the emulator with another status on each validation error."""

    def change(request: Request, response: Response) -> Response:
        return replace(response, status=wrong) if response.status == 400 else response

    return over_emulator(change)


def judged(
    target: Miniature, names: Sequence[str], **settings: object
) -> tuple[list[Verdict], list[OperationResult]]:
    """Run operations against a target and return all verdicts and results."""
    chosen = Settings(**{"examples": 0, "seed": 1, **settings})  # type: ignore[arg-type]
    events = list(run(names, target, chosen))
    verdicts = [v for event in events if isinstance(event, Judged) for v in event.verdicts]
    results = [event.result for event in events if isinstance(event, OperationFinished)]
    return verdicts, results


def findings(verdicts: Sequence[Verdict]) -> set[tuple[str, str]]:
    """Return (rule, reason) of every finding that is not flaky."""
    return {(v.rule, v.reason) for v in verdicts if v.verdict == "fail" and not v.flaky}

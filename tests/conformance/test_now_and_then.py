"""A target that answers wrongly now and then: nothing of that gates, and what is there is found."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from aws_conformance.exchange import Answer, Request, Response
from tests_support import miniatures as m

NAME = "connect.CreatePushNotificationRegistration"


def disturbed(hit: Callable[[], bool], *, accepts: bool) -> m.Miniature:
    """Return the emulator, which breaks (or takes what it should refuse) whenever `hit` says so."""
    taken: list[Response] = []

    def change(request: Request, response: Response) -> Answer:
        if response.status == 200:
            taken.append(response)
        if not hit():
            return response
        if accepts:
            return taken[-1] if taken else response
        return Response(500, response.headers, b'{"message": "try again"}')

    return m.over_emulator(change)


def every(period: int) -> Callable[[], bool]:
    count = 0

    def hit() -> bool:
        nonlocal count
        count += 1
        return count % period == 0

    return hit


def at_random(seed: int, share: float) -> Callable[[], bool]:
    numbers = random.Random(seed)
    return lambda: numbers.random() < share


@pytest.mark.parametrize("accepts", [False, True], ids=["breaks", "accepts"])
@pytest.mark.parametrize("period", [2, 3, 4, 5])
def test_what_comes_with_every_nth_request_is_no_finding(period: int, accepts: bool) -> None:
    verdicts, _ = m.judged(disturbed(every(period), accepts=accepts), [NAME])
    assert m.findings(verdicts) == set()
    assert any(v.flaky for v in verdicts)


@pytest.mark.parametrize("seed", range(4))
def test_what_comes_at_random_is_no_finding(seed: int) -> None:
    verdicts, _ = m.judged(disturbed(at_random(seed, 0.15), accepts=False), [NAME])
    assert m.findings(verdicts) == set()
    assert any(v.flaky for v in verdicts)


def test_what_is_open_when_it_is_sent_again_has_not_repeated() -> None:
    """A target that looks at no signature, and gives way at every second request without one."""
    unsigned = 0

    def change(request: Request, response: Response) -> Answer:
        nonlocal unsigned
        if any(name.lower() == "authorization" for name, _ in request.headers):
            return response
        unsigned += 1
        return Response(500 if unsigned % 2 else 200, response.headers, b"{}")

    verdicts, _ = m.judged(m.over_emulator(change), [NAME])
    assert m.findings(verdicts) == set()


def test_what_is_always_there_is_found_beside_what_comes_and_goes() -> None:
    hit = every(7)

    def change(request: Request, response: Response) -> Answer:
        broken = response.status == 400 or hit()
        return Response(500, response.headers, b"{}") if broken else response

    verdicts, _ = m.judged(m.over_emulator(change), [NAME])
    found = {rule for rule, reason in m.findings(verdicts) if reason == "server-error"}
    assert f"{NAME}/input/PinpointAppId/required" in found or len(found) > 10

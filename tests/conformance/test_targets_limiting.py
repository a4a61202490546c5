"""Budgets and rates, without waiting."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_conformance.exchange import Answer, Request, Response, Target
from aws_conformance.targets import Budget, BudgetSpentError, Rate, wiring
from aws_conformance.targets.limiting import retry_after
from aws_specs.errors import UsageError

REQUEST = Request("GET", "/")


class Recorder:
    """A target that answers what it was told and remembers when it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.name = "recorder"
        self.endpoint = "http://recorder"
        self.bindings: Mapping[str, str] = MappingProxyType({"a.B": "c"})
        self.answers = list(answers)
        self.now = 0.0
        self.times: list[float] = []
        self.closed = False

    def send(self, request: Request) -> Answer:
        self.times.append(self.now)
        return self.answers.pop(0) if self.answers else Response(200)

    def close(self) -> None:
        self.closed = True

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def test_a_budget_sends_so_many_and_not_one_more() -> None:
    recorder = Recorder()
    budget = Budget(recorder, 2)
    budget.send(REQUEST)
    budget.send(REQUEST)
    with pytest.raises(BudgetSpentError):
        budget.send(REQUEST)
    assert (len(recorder.times), budget.left) == (2, 0)


@given(st.floats(0.1, 100), st.integers(1, 5), st.integers(1, 40))
def test_a_rate_is_kept_over_any_number_of_requests(rate: float, burst: int, count: int) -> None:
    recorder = Recorder()
    limited = Rate(recorder, rate, burst=burst, clock=lambda: recorder.now, sleep=recorder.sleep)
    for _ in range(count):
        limited.send(REQUEST)
    for index, moment in enumerate(recorder.times):
        assert moment == pytest.approx(max(0.0, (index - burst + 1) / rate))


def test_an_idle_time_saves_no_more_than_the_burst() -> None:
    recorder = Recorder()
    limited = Rate(recorder, 1, burst=2, clock=lambda: recorder.now, sleep=recorder.sleep)
    recorder.now = 100.0
    for _ in range(3):
        limited.send(REQUEST)
    assert recorder.times == [100.0, 100.0, 101.0]


@pytest.mark.parametrize(
    ("status", "text", "wait"),
    [(429, "7", 7.0), (503, "2", 2.0), (429, "9999", 60.0), (429, "soon", 0.02), (200, "7", 0.01)],
)
def test_a_throttled_answer_says_how_long_to_wait(status: int, text: str, wait: float) -> None:
    recorder = Recorder(Response(status, (("Retry-After", text),)))
    limited = Rate(recorder, 100, clock=lambda: recorder.now, sleep=recorder.sleep)
    limited.send(REQUEST)
    limited.send(REQUEST)
    assert recorder.times[1] == pytest.approx(wait)


@pytest.mark.parametrize(("rate", "burst"), [(0.0, 1), (-1.0, 1), (float("nan"), 1), (1.0, 0)])
def test_a_rate_that_is_none_is_a_usage_error(rate: float, burst: int) -> None:
    with pytest.raises(UsageError):
        Rate(Recorder(), rate, burst=burst)


def test_wrappers_are_targets_and_hand_everything_on() -> None:
    recorder = Recorder()
    wrapped = Rate(Budget(recorder, 1), 1.0)
    assert isinstance(wrapped, Target)
    assert (wrapped.name, wrapped.endpoint, wrapped.bindings) == (
        "recorder",
        "http://recorder",
        {"a.B": "c"},
    )
    assert wiring(wrapped, "sqs") == wiring(recorder, "sqs")
    wrapped.close()
    assert recorder.closed


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ((("Retry-After", "7"),), 7.0),
        (
            (
                ("Retry-After", "Wed, 21 Oct 2015 07:28:09 GMT"),
                ("Date", "Wed, 21 Oct 2015 07:28:00 GMT"),
            ),
            9.0,
        ),
        ((("Retry-After", "Wed, 21 Oct 2015 07:28:09 GMT"),), 0.0),
        ((("Retry-After", "soon"), ("Date", "never")), 0.0),
    ],
)
def test_a_throttling_error_of_a_json_protocol_is_waited_for(
    headers: tuple[tuple[str, str], ...], waited: float
) -> None:
    body = b'{"__type":"ThrottlingException"}'
    assert retry_after(Response(400, headers, body)) == waited
    assert retry_after(Response(400, headers, b'{"__type":"ValidationException"}')) == 0.0

"""Many deviations at once: each is found under its own rule, and nothing that none explains."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from aws_conformance.cli.selftest import selftest as command
from aws_conformance.emulator import masking
from aws_conformance.emulator.app import Emulator
from aws_conformance.emulator.faults import Fault, parse
from aws_conformance.emulator.perceptible import Contract
from aws_conformance.emulator.target import EmulatorTarget
from aws_conformance.exchange import Answer
from aws_conformance.selftest_sample import OF_EACH, Drawn, operation_in, sampled
from aws_conformance.sender import Sender
from aws_conformance.together import Server
from aws_specs import catalog
from aws_specs.spec import Operation
from aws_strategies.cover import Cover
from aws_strategies.plan import Plan

PARTICIPANT = "connect.CreateParticipant"
REGISTRATION = "connect.CreatePushNotificationRegistration"
ENDPOINT = "chime-sdk-identity.RegisterAppInstanceUserEndpoint"
SMALL = "kinesis.ListStreams"
PAGES = [Drawn(name, "") for name in catalog.names()]


def told(name: str, *faults: str) -> list[Fault]:
    return [parse(fault, {name: operation_in(name)}) for fault in faults]


def why(name: str, *faults: str) -> str:
    """Return why the first fault cannot be told beside the others."""
    first, *others = told(name, *faults)
    return masking.masked(Contract(operation_in(name)), first, others)


# ---------------------------------------------------------------- all of them, and no other


def check(server: Server, count: int, seed: int, least: int = 0) -> None:
    faults = server.draw(count, seed)
    assert len(faults) >= (least or count)
    mix = server.mix(faults, seed)
    assert (mix.missed, mix.unexplained, mix.problems) == ((), (), ())


def test_43_faults_at_once_over_six_protocols_are_each_named_and_nothing_else_is() -> None:
    server = Server(
        [*(Drawn(name, "") for name in (PARTICIPANT, REGISTRATION, ENDPOINT)), *OF_EACH]
    )
    assert len({operation.wire.protocol for operation in server.operations}) == 6
    check(server, 43, seed=0)


def test_as_many_faults_as_can_be_told_within_one_operation_are_each_named() -> None:
    check(Server([Drawn(PARTICIPANT, "")]), 43, seed=1, least=28)


@pytest.mark.nightly
@pytest.mark.parametrize("name", catalog.names())
@pytest.mark.parametrize("seed", range(5))
def test_every_operation_of_the_catalogue_has_all_its_faults_named(name: str, seed: int) -> None:
    check(Server([Drawn(name, "")]), 43, seed, least=28)


@pytest.mark.nightly
def test_43_faults_at_once_are_named_for_many_seeds() -> None:
    server = Server([*PAGES, *OF_EACH])
    for seed in range(20):
        check(server, 43, seed)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(20))
def test_43_faults_at_once_of_operations_drawn_from_the_sdk_are_named(seed: int) -> None:
    check(Server(sampled(12, seed)), 43, seed, least=30)


def test_a_suite_that_sends_too_little_misses_some() -> None:
    server = Server([Drawn(PARTICIPANT, "")])
    faults = server.draw(10, seed=2)
    bench = server._benches[PARTICIPANT]
    bench.settings = replace(bench.settings, only=("valid",))
    assert len(server.mix(faults).missed) > 3


def test_a_finding_that_no_fault_has_alone_is_a_false_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An empty label is as good as none, so two rules of it are found broken."""
    server = Server([Drawn(REGISTRATION, "")])
    faults = [f"server-error:{REGISTRATION}/input/InstanceId/required"]
    mix = server.mix(faults)
    assert mix.beside == (f"{REGISTRATION}/input/InstanceId/length (server-error)",)
    assert mix.passed
    trial = server.alone(told(REGISTRATION, *faults)[0])
    monkeypatch.setattr(server, "alone", lambda fault: replace(trial, found=()))
    mix = server.mix(faults)
    assert (mix.unexplained, mix.passed) == (
        (f"{REGISTRATION}/input/InstanceId/length (server-error)",),
        False,
    )


def test_a_draw_is_the_same_for_the_same_seed_and_can_be_told_apart() -> None:
    server = Server([Drawn(SMALL, "")])
    drawn = server.draw(12, seed=3)
    assert drawn == server.draw(12, seed=3)
    assert set(drawn) != set(server.draw(12, seed=4))
    assert masking.told_apart(Contract(operation_in(SMALL)), told(SMALL, *drawn))


def test_the_command_says_what_became_of_them_and_that_there_are_no_more() -> None:
    result = CliRunner().invoke(
        command, [SMALL, "--together", "200", "--seed", "5"], standalone_mode=False
    )
    assert (result.exception, result.return_value) == (None, 0)
    assert "can be told beside each other, not 200." in result.output
    assert "faults at once in 1 operations" in result.output
    assert ", 0 findings that none of them explains" in result.output


# ---------------------------------------------------------------- what hides what


@pytest.mark.parametrize(
    ("name", "faults", "reason"),
    [
        (PARTICIPANT, ["wrong-status:{}/input/ContactId/length", "{}/input/ContactId/length"],
         "what breaks the rule gets one answer"),
        (PARTICIPANT, ["off-by-one:{}/input/ParticipantDetails.DisplayName/length",
                       "refuse:{}/input/ParticipantDetails.DisplayName/length"],
         ""),
        (PARTICIPANT, ["server-error:{}/input/ClientToken/idempotency",
                       "token-too-sticky:{}/input/ClientToken/idempotency"],
         "a token that is taken again brings about no conflict"),
        (PARTICIPANT, ["wrong-status:{}/errors/InvalidRequestException/error",
                       "wrong-status:{}/input/ContactId/length"],
         "an error whose status is wrong wherever it comes is one deviation"),
        (PARTICIPANT, ["wrong-status:{}/input/ContactId/type",
                       "wrong-status:{}/input/ContactId/length"], ""),
        (PARTICIPANT, ["lacks:{}/output/ParticipantCredentials/present",
                       "wrong-type:{}/output/ParticipantCredentials.Expiry/type"],
         "of a part of an answer one thing can be wrong"),
        (REGISTRATION, ["token-ignored:{}/input/ClientToken/idempotency",
                        "lacks:{}/output/RegistrationId/required"],
         "where nothing names what was made, a repetition is not known"),
        (ENDPOINT, ["{}/input/AllowMessages/enum=ALL", "{}/input/AllowMessages/enum=NONE"],
         "where each value is refused, it is the member that is"),
        (ENDPOINT, ["{}/input/Type/enum=APNS", "{}/input/Type/enum=APNS_SANDBOX"],
         "where each value is refused, it is the member that is"),
        (ENDPOINT, ["{}/input/Type/enum=APNS", "{}/input/Type/enum=GCM"], ""),
    ],
)  # fmt: skip
def test_says_what_hides_a_fault(name: str, faults: list[str], reason: str) -> None:
    there = [fault.format(name) for fault in faults]
    assert why(name, *there) == reason
    assert why(name, *reversed(there)) == reason


def test_an_error_that_is_wrong_for_all_it_answers_is_one_deviation() -> None:
    """As long as one rule is answered right, the others are known to be wrong for themselves."""
    contract = Contract(operation_in(ENDPOINT))
    types = [r.id for r in contract.rules.values() if r.kind == "type" and contract.enforces(r)]
    syntax = f"{ENDPOINT}/protocol/json-syntax/protocol"
    every = told(ENDPOINT, *(f"wrong-status:{rule}" for rule in (*types, syntax)))
    assert masking.masked(contract, every[0], every[1:]).startswith("an error that never comes")
    assert masking.masked(contract, every[0], every[2:]) == ""


def answers(operation: Operation, faults: Sequence[str]) -> list[Answer]:
    """Return what an emulator answers to every request of the cover."""
    target = EmulatorTarget(Emulator([operation], faults=faults))
    cover = Cover(Plan(operation, bindings=target.bindings))
    sender = Sender(operation, target)
    return [sender.send(case).answer for case in cover.cases]


SURE = (
    "what breaks the rule gets one answer",
    "of a part of an answer one thing can be wrong",
)
"""Masks of which one of two faults changes no answer at all beside the other."""


@pytest.mark.parametrize("reason", SURE)
def test_what_is_hidden_changes_no_answer(reason: str) -> None:
    operation = operation_in(PARTICIPANT)
    faults = told(PARTICIPANT, *Server([Drawn(PARTICIPANT, "")])._benches[PARTICIPANT].faults)
    contract = Contract(operation)
    pairs = [
        p for p in combinations(faults, 2) if masking.masked(contract, *p[:1], p[1:]) == reason
    ]
    assert len(pairs) > 5
    for one, other in pairs[:: max(1, len(pairs) // 4)]:
        if {one.verb, other.verb} & {"off-by-one"}:
            continue  # one step beyond a limit is accepted, two are not
        both = answers(operation, [one.id, other.id])
        assert both in (answers(operation, [one.id]), answers(operation, [other.id]))

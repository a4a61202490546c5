"""A refused value of an enum hides nothing that stands beside it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from aws_conformance.emulator.app import Emulator
from aws_conformance.emulator.target import EmulatorTarget
from aws_conformance.events import Judged
from aws_conformance.exchange import Answer, Request, Response
from aws_conformance.operation_run import OperationRun
from aws_conformance.runner import Settings
from aws_conformance.selftest_sample import operation_in
from aws_conformance.sender import Sender
from aws_reports.results import Verdict

CONTACT = "connect.CreateContact"
FORECAST = "autoscaling-plans.GetScalingPlanResourceForecastData"
CIDR = "ec2.ProvisionIpamPoolCidr"


class Conflicting(EmulatorTarget):
    """An emulator that finds a conflict where a reference is a URL."""

    def send(self, request: Request) -> Answer:
        if b'"Type":"URL"' not in request.body.replace(b" ", b""):
            return super().send(request)
        return Response(409, (("X-Amzn-Errortype", "ConflictException"),), b"{}")


def ran(
    name: str, faults: Sequence[str], target_of: type[EmulatorTarget] = EmulatorTarget
) -> tuple[OperationRun, list[Verdict]]:
    operation = operation_in(name)
    target = target_of(Emulator([operation], faults=faults))
    run = OperationRun(operation, Sender(operation, target), Settings(examples=0), frozenset())
    events = list(run.events())
    return run, [v for event in events if isinstance(event, Judged) for v in event.verdicts]


def says_nothing(message: str, path: str) -> bool:
    return False


def failed(verdicts: Sequence[Verdict]) -> set[tuple[str, str]]:
    return {(v.rule, v.reason) for v in verdicts if v.verdict == "fail"}


@pytest.mark.parametrize("silent", [False, True], ids=["told", "not told"])
def test_several_refused_values_of_the_smallest_request_hide_nothing(
    silent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of its enums are refused at once: a message may say which, and need not."""
    if silent:
        monkeypatch.setattr("aws_conformance.preferring._speaks_of", says_nothing)
    refused = [
        f"{CONTACT}/input/Channel/enum=VOICE",
        f"{CONTACT}/input/InitiationMethod/enum=INBOUND",
    ]
    run, verdicts = ran(CONTACT, [*refused, f"{CONTACT}/input/Name/length"])
    assert run.state == "decided"
    assert failed(verdicts) == {
        *((rule, "rejected-valid") for rule in refused),
        (f"{CONTACT}/input/Name/length", "accepted-invalid"),
    }


def test_messages_lead_to_the_one_value_of_each_enum_that_is_left() -> None:
    enums = {
        "ServiceNamespace": ("autoscaling", "ecs", "ec2", "rds"),
        "ForecastDataType": ("CapacityForecast", "LoadForecast", "ScheduledActionMinCapacity"),
        "ScalableDimension": ("autoscaling:autoScalingGroup:DesiredCapacity",),
    }
    refused = [
        f"{FORECAST}/input/{m}/enum={value}" for m, values in enums.items() for value in values
    ]
    run, _ = ran(FORECAST, refused)
    assert run.state == "decided"
    assert run.cover.control.params["ServiceNamespace"] == "dynamodb"


def test_a_refused_value_of_an_optional_member_hides_no_fault_beside_it() -> None:
    member = f"{CIDR}/input/VerificationMethod/enum"
    fault = f"not-found:{member}"
    _, alone = ran(CIDR, [fault])
    _, together = ran(CIDR, [fault, f"{member}=remarks-x509"])
    assert (member, "wrong-error") in failed(alone)
    assert (member, "wrong-error") in failed(together)


def test_a_value_that_is_refused_with_another_error_hides_no_fault_beside_it() -> None:
    member = f"{CONTACT}/input/References{{}}.Status/enum"
    run, verdicts = ran(CONTACT, [f"not-found:{member}"], Conflicting)
    assert run.state == "decided"
    assert (member, "wrong-error") in failed(verdicts)


def test_where_every_value_is_taken_no_request_is_sent_in_vain() -> None:
    run, _ = ran(CIDR, [])
    assert "~enums~" in "".join(run.exchanges)
    assert not [case for case in run.exchanges if "~values~" in case]


def test_a_target_that_refuses_everything_is_not_asked_forever() -> None:
    """As many requests as messages may lead to, and a dozen of several values."""
    member = f"{CONTACT}/input/Channel/enum"
    values = next(rule.value for rule in operation_in(CONTACT).rules if rule.id == member)
    run, _ = ran(CONTACT, [f"{member}={value}" for value in values])
    assert run.state == "partly"
    assert len([case for case in run.exchanges if "~values~" in case]) <= 32 + 12

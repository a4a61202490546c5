"""Pinpoint's stateful part: applications exist or do not; a message is delivered at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_conformance.emulator.refusals import Refusal
from aws_conformance.emulator.state import ACCOUNT, REGION, State
from aws_specs.spec import Json, Value


class Application(Value, frozen=True):
    """A Pinpoint application (a project), by id in its table."""

    id: str
    arn: str


def seed(state: State) -> dict[str, str]:
    """Make one application; return its bindings, its ARN under `pinpoint.ApplicationArn`."""
    name = state.new_id("application").replace("-", "")
    arn = f"arn:aws:mobiletargeting:{REGION}:{ACCOUNT}:apps/{name}"
    state.table(Application)[(name,)] = Application(id=name, arn=arn)
    return {"pinpoint.ApplicationId": name, "pinpoint.ApplicationArn": arn}


def has_application(state: State, arn: str) -> bool:
    """Whether an application has this ARN: Connect and Chime refer to applications so."""
    return any(known.arn == arn for known in state.table(Application).values())


def send_messages(state: State, params: Mapping[str, Any]) -> Json | Refusal:
    """Answer with one successful result an address and an endpoint, in the order given."""
    application = str(params["ApplicationId"])
    if (application,) not in state.table(Application):
        return Refusal(
            cause="not-found",
            message="Resource not found",
            member="ApplicationId",
            kind="exists",
        )
    message = params["MessageRequest"]
    answer: dict[str, Json] = {
        "ApplicationId": application,
        "RequestId": state.new_id("message-request"),
    }
    if addresses := message.get("Addresses"):
        answer["Result"] = {address: _result(state) for address in addresses}
    if endpoints := message.get("Endpoints"):
        answer["EndpointResult"] = {
            endpoint: {"Address": endpoint, **_result(state)} for endpoint in endpoints
        }
    return {"MessageResponse": answer}


def _result(state: State) -> dict[str, Json]:
    return {
        "DeliveryStatus": "SUCCESSFUL",
        "MessageId": state.new_id("message"),
        "StatusCode": 200,
        "StatusMessage": "MessageId: accepted for delivery",
    }

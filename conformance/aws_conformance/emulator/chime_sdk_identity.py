"""Chime SDK Identity's stateful part: app instance users and their endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_conformance.emulator.refusals import Refusal
from aws_conformance.emulator.state import ACCOUNT, REGION, State
from aws_specs.spec import Json, Value


class AppInstanceUser(Value, frozen=True):
    """A user of an app instance, by ARN in its table."""

    arn: str


class Endpoint(Value, frozen=True):
    """A registered endpoint, by (user's ARN, endpoint id) in its table."""

    id: str
    type: str
    device_token: str


def seed(state: State, application_arn: str) -> dict[str, str]:
    """Make one user; return the bindings of the user and of the application its endpoints use."""
    instance, user = state.new_id("app-instance"), state.new_id("app-instance-user")
    arn = f"arn:aws:chime:{REGION}:{ACCOUNT}:app-instance/{instance}/user/{user}"
    state.table(AppInstanceUser)[(arn,)] = AppInstanceUser(arn=arn)
    return {
        "chime-sdk-identity.AppInstanceUserArn": arn,
        "chime-sdk-identity.ResourceArn": application_arn,
    }


def register_app_instance_user_endpoint(state: State, params: Mapping[str, Any]) -> Json | Refusal:
    """Register an endpoint under a user that exists."""
    arn = str(params["AppInstanceUserArn"])
    if (arn,) not in state.table(AppInstanceUser):
        return Refusal(
            cause="not-found",
            message="The AppInstanceUser does not exist or you may not use it.",
            member="AppInstanceUserArn",
            kind="exists",
        )
    endpoint = Endpoint(
        id=state.new_id("endpoint"),
        type=str(params["Type"]),
        device_token=str(params["EndpointAttributes"]["DeviceToken"]),
    )
    state.table(Endpoint)[(arn, endpoint.id)] = endpoint
    return {"AppInstanceUserArn": arn, "EndpointId": endpoint.id}

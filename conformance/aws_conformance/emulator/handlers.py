"""What an operation does with a request that is valid: one function an operation, in one table.

A handler gets the state (locked) and parameters that satisfy the schema, and returns the output or
a refusal. It states which rules it enforces that no schema can say, so that faults can be injected
into those too. An operation without a handler gets `synthesis.minimal_output`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aws_conformance.emulator import chime_sdk_identity, connect, pinpoint
from aws_conformance.emulator.refusals import Refusal
from aws_conformance.emulator.state import State
from aws_specs.spec import Json, Value

Params = Mapping[str, Any]
Run = Callable[[State, Params], "Json | Refusal"]


class Handler(Value, frozen=True):
    """One operation's function, and the (member, kind) of the rules that it enforces itself."""

    run: Run
    enforces: tuple[tuple[str, str], ...] = ()


HANDLERS: Mapping[str, Handler] = {
    "connect.CreateContact": Handler(
        run=connect.create_contact,
        enforces=(("InstanceId", "exists"),),
    ),
    "connect.CreateParticipant": Handler(
        run=connect.create_participant,
        enforces=(
            ("InstanceId", "exists"),
            ("ContactId", "exists"),
            ("ParticipantDetails.ParticipantRole", "conditional"),
        ),
    ),
    "connect.CreatePushNotificationRegistration": Handler(
        run=connect.create_push_notification_registration,
        enforces=(
            ("InstanceId", "exists"),
            ("PinpointAppArn", "exists"),
            ("ContactConfiguration.ContactId", "exists"),
        ),
    ),
    "chime-sdk-identity.RegisterAppInstanceUserEndpoint": Handler(
        run=chime_sdk_identity.register_app_instance_user_endpoint,
        enforces=(("AppInstanceUserArn", "exists"),),
    ),
    "pinpoint.SendMessages": Handler(
        run=pinpoint.send_messages,
        enforces=(("ApplicationId", "exists"),),
    ),
}


def seed(state: State) -> dict[str, str]:
    """Put the resources into a new state that every target has, and return their bindings."""
    bindings = dict(pinpoint.seed(state))
    application = bindings["pinpoint.ApplicationArn"]
    return {
        **{key: value for key, value in bindings.items() if key != "pinpoint.ApplicationArn"},
        **connect.seed(state, application),
        **chime_sdk_identity.seed(state, application),
    }

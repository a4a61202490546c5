"""What an operation does with a request that is valid: one function an operation, in one table.

A handler gets the state (locked) and parameters that satisfy the schema, and returns the output or
a refusal. It states which rules it enforces that no schema can say, so that faults can be injected
into those too. An operation without a handler gets `synthesis.minimal_output`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_conformance.emulator import chime_sdk_identity, connect, pinpoint
from aws_conformance.emulator.refusals import Refusal
from aws_conformance.emulator.state import State
from aws_specs.paths import get, occurrences
from aws_specs.spec import Json, Operation, Value

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
    state.known = {
        **{key: value for key, value in bindings.items() if key != "pinpoint.ApplicationArn"},
        **connect.seed(state, application),
        **chime_sdk_identity.seed(state, application),
    }
    return dict(state.known)


@cache
def _seeded() -> Mapping[str, str]:
    """Return the ids of a new state, for the names of those that every emulator has."""
    return seed(State())


def looks_up(operation: Operation, member: str) -> bool:
    """Whether the operation answers not found for a member that names nothing there is.

    One with a handler says so; every other looks up what the emulator has from the start.
    """
    handler = HANDLERS.get(operation.id)
    if handler is not None:
        return (member, "exists") in handler.enforces
    stated = any(rule.kind == "exists" and rule.member == member for rule in operation.rules)
    return stated and bool(_known(operation, member, _seeded()))


def is_bound(operation: Operation, member: str) -> bool:
    """Whether the member names something that every emulator has from the start."""
    return bool(_known(operation, member, _seeded()))


def missing(operation: Operation, state: State, params: Params) -> Refusal | None:
    """Return the refusal of a request without a handler that names what is not there."""
    for rule in operation.rules:
        if rule.kind == "exists" and looks_up(operation, rule.member):
            given = [str(get(params, at)) for at in occurrences(params, rule.member)]
            known = _known(operation, rule.member, state.known)
            if any(one != known and not state.has(one) for one in given):
                message = f"{rule.member} not found."
                return Refusal(
                    cause="not-found", message=message, member=rule.member, kind="exists"
                )
    return None


def _known(operation: Operation, member: str, known: Mapping[str, str]) -> str:
    """Return the id that is bound to a member: by its whole path, or by its name."""
    name = member.rpartition(".")[2]
    return known.get(f"{operation.id}.{member}", "") or known.get(f"{operation.service}.{name}", "")

"""Connect's stateful part: instances, contacts with their channel, participants, registrations.

Contacts and what hangs on them belong to one instance: the same contact id under another instance
is not found. What a contact may have depends on its channel, as the page of CreateParticipant says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_conformance.emulator.pinpoint import has_application
from aws_conformance.emulator.refusals import Refusal
from aws_conformance.emulator.state import ACCOUNT, FAR_FUTURE, REGION, State
from aws_specs.spec import Json, Value


class Instance(Value, frozen=True):
    """A Connect instance, by id in its table."""

    id: str


class Contact(Value, frozen=True):
    """A contact, by (instance id, contact id) in its table. `channel` as CreateContact names it."""

    id: str
    channel: str


class Participant(Value, frozen=True):
    """A participant of a contact, by (instance id, contact id, participant id) in its table."""

    id: str
    role: str


class Registration(Value, frozen=True):
    """A push registration, by (instance id, registration id) in its table."""

    id: str
    contact: str
    device_token: str


ROLES: Mapping[str, str] = {"CHAT": "CUSTOM_BOT", "VOICE": "CUSTOMER"}
"""The one role in which a participant may be added, by the contact's channel."""


def seed(state: State, application_arn: str) -> dict[str, str]:
    """Make an instance with a chat and a voice contact; return the bindings, with the chat one."""
    instance = state.new_id("instance")
    state.table(Instance)[(instance,)] = Instance(id=instance)
    chat = _add_contact(state, instance, "CHAT")
    _add_contact(state, instance, "VOICE")
    return {
        "connect.InstanceId": instance,
        "connect.PinpointAppArn": application_arn,
        "connect.ContactId": chat.id,
        "connect.CreateParticipant.ContactId": chat.id,
        "connect.CreatePushNotificationRegistration.ContactConfiguration.ContactId": chat.id,
    }


def create_contact(state: State, params: Mapping[str, Any]) -> Json | Refusal:
    """Make a contact in an instance that exists."""
    instance = str(params["InstanceId"])
    if (instance,) not in state.table(Instance):
        return _not_found("InstanceId", "Instance")
    contact = _add_contact(state, instance, str(params["Channel"]))
    return {"ContactId": contact.id, "ContactArn": contact_arn(instance, contact.id)}


def create_participant(state: State, params: Mapping[str, Any]) -> Json | Refusal:
    """Add a participant to a chat or voice contact, in the one role its channel allows."""
    instance, details = str(params["InstanceId"]), params["ParticipantDetails"]
    contact = _contact(state, instance, str(params["ContactId"]), "ContactId")
    if isinstance(contact, Refusal):
        return contact
    allowed = ROLES.get(contact.channel)
    if allowed is None:
        return _invalid("ContactId", f"A {contact.channel} contact takes no participants.")
    role = details.get("ParticipantRole", allowed)
    if role != allowed:
        return _invalid(
            "ParticipantDetails.ParticipantRole",
            f"The only valid role for a {contact.channel} contact is {allowed}.",
        )
    made = Participant(id=state.new_id("participant"), role=str(role))
    state.table(Participant)[(instance, contact.id, made.id)] = made
    token = state.new_id("participant-token").replace("-", "")
    return {
        "ParticipantCredentials": {"ParticipantToken": token, "Expiry": FAR_FUTURE},
        "ParticipantId": made.id,
    }


def create_push_notification_registration(
    state: State, params: Mapping[str, Any]
) -> Json | Refusal:
    """Register a device for a chat contact; the Pinpoint application must exist too."""
    instance, configuration = str(params["InstanceId"]), params["ContactConfiguration"]
    at = "ContactConfiguration.ContactId"
    contact = _contact(state, instance, str(configuration["ContactId"]), at)
    if isinstance(contact, Refusal):
        return contact
    if not has_application(state, str(params["PinpointAppArn"])):
        return _not_found("PinpointAppArn", "Pinpoint application")
    if contact.channel != "CHAT":
        return _invalid(at, "Push notifications are for chat contacts.")
    made = Registration(
        id=state.new_id("registration"),
        contact=contact.id,
        device_token=str(params["DeviceToken"]),
    )
    state.table(Registration)[(instance, made.id)] = made
    return {"RegistrationId": made.id}


def contact_arn(instance: str, contact: str) -> str:
    """Return the ARN of a contact."""
    return f"arn:aws:connect:{REGION}:{ACCOUNT}:instance/{instance}/contact/{contact}"


def _add_contact(state: State, instance: str, channel: str) -> Contact:
    contact = Contact(id=state.new_id("contact"), channel=channel)
    state.table(Contact)[(instance, contact.id)] = contact
    return contact


def _contact(state: State, instance: str, contact: str, member: str) -> Contact | Refusal:
    if (instance,) not in state.table(Instance):
        return _not_found("InstanceId", "Instance")
    found = state.table(Contact).get((instance, contact))
    return found if found is not None else _not_found(member, "Contact")


def _not_found(member: str, what: str) -> Refusal:
    return Refusal(cause="not-found", message=f"{what} not found.", member=member, kind="exists")


def _invalid(member: str, message: str) -> Refusal:
    return Refusal(cause="validation", message=message, member=member, kind="conditional")

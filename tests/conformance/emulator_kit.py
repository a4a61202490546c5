"""Requests for the emulator's tests, written by hand and independent of the suite's encoder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

from aws_conformance.emulator import Emulator
from aws_conformance.exchange import Request, Response
from aws_specs import catalog
from aws_specs.spec import Operation

CONTACT = "connect.CreateContact"
PARTICIPANT = "connect.CreateParticipant"
REGISTRATION = "connect.CreatePushNotificationRegistration"
ENDPOINT = "chime-sdk-identity.RegisterAppInstanceUserEndpoint"
MESSAGES = "pinpoint.SendMessages"
FIVE = (CONTACT, PARTICIPANT, REGISTRATION, ENDPOINT, MESSAGES)

SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20240101/us-east-1/{service}/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64
)


@cache
def operations() -> tuple[Operation, ...]:
    """Return the specs of the five operations."""
    return tuple(catalog.load(name) for name in FIVE)


def emulator(*faults: str, seed: int = 0) -> Emulator:
    """Return a fresh emulator of the five operations."""
    return Emulator(operations(), faults=faults, seed=seed)


def valid(name: str, bindings: Mapping[str, str]) -> dict[str, Any]:
    """Return the parameters of a small valid request."""
    instance = bindings["connect.InstanceId"]
    chat = bindings["connect.CreateParticipant.ContactId"]
    return {
        CONTACT: {"InstanceId": instance, "Channel": "CHAT", "InitiationMethod": "API"},
        PARTICIPANT: {
            "InstanceId": instance,
            "ContactId": chat,
            "ParticipantDetails": {"ParticipantRole": "CUSTOM_BOT", "DisplayName": "Ann"},
        },
        REGISTRATION: {
            "InstanceId": instance,
            "PinpointAppArn": bindings["connect.PinpointAppArn"],
            "DeviceToken": "token",
            "DeviceType": "GCM",
            "ContactConfiguration": {"ContactId": chat, "ParticipantRole": "CUSTOMER"},
        },
        ENDPOINT: {
            "AppInstanceUserArn": bindings["chime-sdk-identity.AppInstanceUserArn"],
            "Type": "APNS",
            "ResourceArn": bindings["chime-sdk-identity.ResourceArn"],
            "EndpointAttributes": {"DeviceToken": "token"},
            "ClientRequestToken": "token-of-one-request",
        },
        MESSAGES: {
            "ApplicationId": bindings["pinpoint.ApplicationId"],
            "MessageRequest": {
                "Addresses": {"+12065550100": {"ChannelType": "SMS"}},
                "MessageConfiguration": {"SMSMessage": {"Body": "Hello"}},
            },
        },
    }[name]


def request(operation: Operation, params: Mapping[str, Any]) -> Request:
    """Return a request with the parameters in path and JSON body, as restJson1 puts them."""
    path, rest = operation.wire.uri, dict(params)
    payload: Any = rest
    for member in operation.input.members:
        if member.location == "uri":
            text = quote(str(rest.pop(member.name, "")), safe="")
            path = path.replace("{" + member.wire_name + "}", text)
        if member.location == "payload":
            payload = rest.pop(member.name, None)
    return raw(operation, json.dumps(payload).encode(), path=path)


def raw(operation: Operation, body: bytes, *, path: str = "", **changes: str) -> Request:
    """Return a signed request with a body of any bytes; `changes` replace headers ("" removes)."""
    headers = {
        "authorization": SIGNATURE.format(service=operation.wire.signing_name),
        "content_type": "application/json",
        **changes,
    }
    named = tuple((k.replace("_", "-").title(), v) for k, v in headers.items() if v)
    return Request(
        method=operation.wire.method, path=path or operation.wire.uri, headers=named, body=body
    )


def send(target: Emulator, name: str, params: Mapping[str, Any]) -> Response:
    """Send parameters and return the response."""
    answer = target.handle(request(target.operations[name], params))
    assert isinstance(answer, Response), answer
    return answer


def body(response: Response) -> Any:
    """Return the JSON body."""
    return json.loads(response.body)


def error(response: Response) -> tuple[int, str]:
    """Return an error's status and its type as the header names it."""
    return response.status, response.header("x-amzn-errortype")

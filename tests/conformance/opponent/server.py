"""An honest server for five operations, with one deviation at a time on demand.

It was written from the five documentation pages, the botocore models and the wire contract, and
never from the suite, so that the suite can be tried against somebody else's reading of the same
texts. Nothing here is imported from the suite, and nothing but the standard library is needed.

    python server.py --port 0                         prints the URL and serves it
    python server.py --port 0 --deviation NAME ...    with these faults
    python server.py --port 0 --reading NAME ...      with another legitimate reading
    python server.py --port 0 --stateful [KIND=]ID ...  knows these ids and no others; KIND is
                                                      instance, contact, user or application
    python server.py --list                           the deviations, one JSON line each
    python server.py --list-readings                  the readings, one JSON line each

A *deviation* is a fault: a suite must find it. A *reading* is not: the pages, the model or the
wire contract leave the point open, and a suite should find nothing with it on or off.

What clean mode enforces
------------------------
Everywhere: method and path; JSON content type where there is a body (415); Accept (406); JSON
syntax, strict types without coercion, 32-bit integers, no null inside a list or a map (400
SerializationException); required members, where null counts as absent; enums, where a value that
the page *or* the model knows is valid; lengths in code points; patterns, matched in full. A label
that is empty breaks its minimum length; pinpoint's ApplicationId has no minimum, an empty one
counts as absent. Unknown members are ignored and null members dropped. Signatures are not read.

- CreatePushNotificationRegistration: "Only CUSTOMER is currently supported. Any other values other
  than CUSTOMER will result in an exception (4xx error)".
- CreateParticipant: "The only valid value for ParticipantRole is CUSTOM_BOT for chat contact and
  CUSTOMER for voice contact": every third role is refused. Which of the two fits depends on the
  channel of a contact that nobody declared, so both are taken.
- CreateContact: "You can have up to 4,096 UTF-8 bytes across all references": the bytes of all
  Values together, the one reading under which the model's own maxima (4,096 for a key, 4,096 for
  a Value) can be reached. "DATE must be of type Epoch timestamp": with Type DATE a Value that is
  there must be a decimal number.
- RegisterAppInstanceUserEndpoint: "The VOIP device token for the APNS and APNS_SANDBOX endpoint
  types": refused for GCM. An AppInstanceUser that does not exist is ForbiddenException, since the
  operation documents no not-found error.
- SendMessages: values of APNSPushType, PreferredAuthenticationMethod (two different lists) and
  Priority (the APNs and the FCM words on both), CollapseId in bytes, Baidu's maximum TimeToLive
  and FCM's "maximum value, which is 2,419,200", 15 headers, 126 and 870 characters, RawEmail.Data
  in padded base64, InAppTemplate "not supported for SendMessages". The raw content of an APNs
  notification "has to include the content-available key", which "has to be an integer, and can
  only be 0 or 1", and silent payloads "can't include the alert, badge, or sound keys" (the keys
  are looked up in `aps` and beside it).
- Tokens: same token and same request, same answer. Same token and other request: the documented
  conflict (CreateParticipant and RegisterAppInstanceUserEndpoint ConflictException, CreateContact
  IdempotencyException); CreatePushNotificationRegistration documents none and registers anew. An
  empty token counts as none.

What is left as not enforceable, or not stated as a must
--------------------------------------------------------
The model's prose on channels and initiation methods (the page has none); a formatted URL for URL
references; the existence of RelatedContactId; ResourceArn being a Pinpoint application; the unit of
ExpiresAfter; MD5 as a checksum of Data; RawContent as JSON outside APNs; names and versions of
templates that exist; verified or E.164 addresses and numbers; reserved MediaUrl; sound files;
language codes and voices; the minimum of TimeToLive; the length of rendered attributes in header
values; the combined rule on SilentPush and content-available; the number of silent notifications an
hour; the size at which PayloadTooLargeException begins; quotas, throttling and permissions.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import re
import socket
import sys
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

# --------------------------------------------------------------------------------------------
# Shapes: what the pages and the model say a value must be.


@dataclass(frozen=True)
class Text:
    """A string; lengths in code points, `max_bytes` in UTF-8 bytes."""

    min: int = 0
    max: int | None = None
    max_bytes: int | None = None
    pattern: str | None = None
    enum: tuple[str, ...] = ()


@dataclass(frozen=True)
class Whole:
    """A 32-bit integer."""

    max: int | None = None


@dataclass(frozen=True)
class Flag:
    """A boolean."""


@dataclass(frozen=True)
class Blob:
    """Bytes, base64 on the wire."""


@dataclass(frozen=True)
class Seq:
    """A list."""

    item: Shape
    max: int | None = None


@dataclass(frozen=True)
class Table:
    """A map."""

    key: Text
    value: Shape


@dataclass(frozen=True)
class Record:
    """A structure; a name that ends in `!` is a required member."""

    fields: Mapping[str, Any]

    @cached_property
    def members(self) -> dict[str, tuple[Shape, bool]]:
        """Name to shape and whether it is required."""
        return {
            name.rstrip("!"): (shape() if callable(shape) else shape, name.endswith("!"))
            for name, shape in self.fields.items()
        }


Shape = Text | Whole | Flag | Blob | Seq | Table | Record


def words(text: str) -> tuple[str, ...]:
    """The values of an enum."""
    return tuple(text.split())


ANY_TEXT = Text()
STRINGS = Table(ANY_TEXT, ANY_TEXT)
SUBSTITUTIONS = Table(ANY_TEXT, Seq(ANY_TEXT))
ROLE = Text(enum=words("AGENT CUSTOMER SYSTEM CUSTOM_BOT SUPERVISOR"))
INSTANCE_ID = Text(1, 100)
CONTACT_ID = Text(1, 256)
CLIENT_TOKEN = Text(0, 500)
CHIME_ARN = Text(
    5,
    1600,
    pattern=r"arn:[a-z0-9-\.]{1,63}:[a-z0-9-\.]{0,63}:[a-z0-9-\.]{0,63}:[a-z0-9-\.]{0,63}"
    r":[^/].{0,1023}",
)

PUSH_REGISTRATION = Record(
    {
        "InstanceId!": INSTANCE_ID,
        "ClientToken": CLIENT_TOKEN,
        "PinpointAppArn!": ANY_TEXT,
        "DeviceToken!": Text(1, 500),
        "DeviceType!": Text(enum=("GCM", "APNS", "APNS_SANDBOX")),
        "ContactConfiguration!": Record(
            {"ContactId!": CONTACT_ID, "ParticipantRole": ROLE, "IncludeRawMessage": Flag()}
        ),
    }
)

PARTICIPANT = Record(
    {
        "InstanceId!": INSTANCE_ID,
        "ContactId!": CONTACT_ID,
        "ClientToken": CLIENT_TOKEN,
        "ParticipantDetails!": Record(
            {
                "ParticipantRole": ROLE,
                "DisplayName": Text(1, 256),
                "ParticipantCapabilities": Record(
                    {"Video": Text(enum=("SEND",)), "ScreenShare": Text(enum=("SEND",))}
                ),
            }
        ),
    }
)


def segment_value() -> Record:
    """The value of a segment attribute, which holds values of its own kind."""
    return Record(
        {
            "ValueString": Text(0, 1024),
            "ValueMap": lambda: Table(Text(1, 128), segment_value()),
            "ValueInteger": Whole(),
            "ValueList": lambda: Seq(segment_value()),
            "ValueArn": Text(0, 1024),
        }
    )


CONTACT = Record(
    {
        "InstanceId!": INSTANCE_ID,
        "ClientToken": CLIENT_TOKEN,
        "RelatedContactId": CONTACT_ID,
        "Attributes": Table(Text(1, 32767), Text(0, 32767)),
        "References": Table(
            Text(1, 4096),
            Record(
                {
                    "Value": Text(0, 4096),
                    "Type!": Text(
                        enum=words(
                            "URL ATTACHMENT CONTACT_ANALYSIS NUMBER STRING DATE EMAIL "
                            "EMAIL_MESSAGE EMAIL_MESSAGE_PLAIN_TEXT "
                            "EMAIL_MESSAGE_PLAIN_TEXT_REDACTED EMAIL_MESSAGE_REDACTED"
                        )
                    ),
                    "Status": Text(
                        enum=words("AVAILABLE DELETED APPROVED REJECTED PROCESSING FAILED DRAFTING")
                    ),
                    "Arn": Text(20, 256, pattern=r"^[-:/A-Za-z0-9]+"),
                    "StatusReason": Text(0, 100),
                }
            ),
        ),
        "Channel!": Text(enum=words("VOICE CHAT TASK EMAIL")),
        "InitiationMethod!": Text(
            enum=words(
                "INBOUND OUTBOUND TRANSFER QUEUE_TRANSFER CALLBACK API DISCONNECT MONITOR "
                "EXTERNAL_OUTBOUND WEBRTC_API AGENT_REPLY FLOW"
            )
        ),
        "ExpiryDurationInMinutes": Whole(),
        "UserInfo": Record({"UserId": Text(1, 256)}),
        "InitiateAs": Text(enum=("CONNECTED_TO_USER", "COMPLETED")),
        "Name": Text(0, 1024),
        "Description": Text(0, 4096),
        "SegmentAttributes": Table(Text(1, 128), segment_value()),
        "PreviousContactId": CONTACT_ID,
    }
)

ENDPOINT = Record(
    {
        "AppInstanceUserArn!": CHIME_ARN,
        "Name": Text(0, 1600, pattern=".*"),
        "Type!": Text(enum=("APNS", "APNS_SANDBOX", "GCM")),
        "ResourceArn!": CHIME_ARN,
        "EndpointAttributes!": Record(
            {
                "DeviceToken!": Text(1, 1600, pattern=".*"),
                "VoipDeviceToken": Text(1, 1600, pattern=".*"),
            }
        ),
        "ClientRequestToken!": Text(2, 64, pattern="[-_a-zA-Z0-9]*"),
        "AllowMessages": Text(enum=("ALL", "NONE")),
    }
)


def texts(*names: str) -> dict[str, Shape]:
    """Members that are plain strings."""
    return dict.fromkeys(names, ANY_TEXT)


ACTION = Text(enum=("OPEN_APP", "DEEP_LINK", "URL"))
PRIORITY = Text(enum=words("5 10 normal high"))
OVERRIDES = {
    "BodyOverride": ANY_TEXT,
    "Context": STRINGS,
    "RawContent": ANY_TEXT,
    "Substitutions": SUBSTITUTIONS,
    "TitleOverride": ANY_TEXT,
}
PUSH = {
    "Action": ACTION,
    "Body": ANY_TEXT,
    "Data": STRINGS,
    "SilentPush": Flag(),
    "Substitutions": SUBSTITUTIONS,
    "Title": ANY_TEXT,
    "Url": ANY_TEXT,
}
ANDROID = PUSH | texts(
    "IconReference", "ImageIconUrl", "ImageUrl", "RawContent", "SmallImageIconUrl", "Sound"
)
EMAIL_PART = Record(texts("Charset", "Data"))
TEMPLATE = Record(texts("Name", "Version"))

MESSAGE_CONFIGURATION = Record(
    {
        "ADMMessage": Record(ANDROID | texts("ConsolidationKey", "ExpiresAfter", "MD5")),
        "APNSMessage": Record(
            PUSH
            | texts("Category", "MediaUrl", "RawContent", "Sound", "ThreadId")
            | {
                "APNSPushType": Text(
                    enum=words("alert background complication fileprovider mdm voip")
                ),
                "Badge": Whole(),
                "CollapseId": Text(max_bytes=64),
                "PreferredAuthenticationMethod": Text(enum=("CERTIFICATE", "TOKEN")),
                "Priority": PRIORITY,
                "TimeToLive": Whole(),
            }
        ),
        "BaiduMessage": Record(ANDROID | {"TimeToLive": Whole(604_800)}),
        "DefaultMessage": Record({"Body": ANY_TEXT, "Substitutions": SUBSTITUTIONS}),
        "DefaultPushNotificationMessage": Record(PUSH),
        "EmailMessage": Record(
            texts("Body", "FeedbackForwardingAddress", "FromAddress")
            | {
                "RawEmail": Record({"Data": Blob()}),
                "ReplyToAddresses": Seq(ANY_TEXT),
                "SimpleEmail": Record(
                    {
                        "HtmlPart": EMAIL_PART,
                        "Subject": EMAIL_PART,
                        "TextPart": EMAIL_PART,
                        "Headers": Seq(
                            Record({"Name": Text(0, 126), "Value": Text(0, 870)}), max=15
                        ),
                    }
                ),
                "Substitutions": SUBSTITUTIONS,
            }
        ),
        "GCMMessage": Record(
            ANDROID
            | texts("CollapseKey", "RestrictedPackageName")
            | {
                "PreferredAuthenticationMethod": Text(enum=("KEY", "TOKEN")),
                "Priority": PRIORITY,
                "TimeToLive": Whole(2_419_200),
            }
        ),
        "SMSMessage": Record(
            texts("Body", "Keyword", "MediaUrl", "OriginationNumber", "SenderId")
            | texts("EntityId", "TemplateId")
            | {
                "MessageType": Text(enum=("TRANSACTIONAL", "PROMOTIONAL")),
                "Substitutions": SUBSTITUTIONS,
            }
        ),
        "VoiceMessage": Record(
            texts("Body", "LanguageCode", "OriginationNumber", "VoiceId")
            | {"Substitutions": SUBSTITUTIONS}
        ),
    }
)

MESSAGES = Record(
    {
        "ApplicationId!": ANY_TEXT,
        "MessageRequest!": Record(
            {
                "Addresses": Table(
                    ANY_TEXT,
                    Record(
                        OVERRIDES
                        | {
                            "ChannelType": Text(
                                enum=words(
                                    "PUSH GCM APNS APNS_SANDBOX APNS_VOIP APNS_VOIP_SANDBOX ADM "
                                    "SMS VOICE EMAIL BAIDU CUSTOM IN_APP"
                                )
                            )
                        }
                    ),
                ),
                "Context": STRINGS,
                "Endpoints": Table(ANY_TEXT, Record(OVERRIDES)),
                "MessageConfiguration!": MESSAGE_CONFIGURATION,
                "TemplateConfiguration": Record(
                    {
                        "EmailTemplate": TEMPLATE,
                        "PushTemplate": TEMPLATE,
                        "SMSTemplate": TEMPLATE,
                        "VoiceTemplate": TEMPLATE,
                        "InAppTemplate": TEMPLATE,
                    }
                ),
                "TraceId": ANY_TEXT,
            }
        ),
    }
)

# --------------------------------------------------------------------------------------------
# Operations: how a request is claimed, what it may answer.


@dataclass(frozen=True)
class Service:
    """What the operations of one service share."""

    name: str
    statuses: Mapping[str, int]
    wrong_method: str


@dataclass(frozen=True)
class Operation:
    """One operation: its wire binding, its input and its errors."""

    name: str
    service: Service
    method: str
    path: re.Pattern[str]
    input: Record
    status: int
    invalid: str
    missing: str
    label: str | None = None
    payload: str | None = None
    token: str | None = None
    conflict: str | None = None

    @property
    def full_name(self) -> str:
        """Service and operation, `connect.CreateContact`."""
        return f"{self.service.name}.{self.name}"


CONNECT = Service(
    "connect",
    {
        "InvalidParameterException": 400,
        "InvalidRequestException": 400,
        "ServiceQuotaExceededException": 402,
        "AccessDeniedException": 403,
        "ResourceNotFoundException": 404,
        "ConflictException": 409,
        "IdempotencyException": 409,
        "ThrottlingException": 429,
        "InternalServiceException": 500,
    },
    "MethodNotAllowed",
)
CHIME = Service(
    "chime-sdk-identity",
    {
        "BadRequestException": 400,
        "ResourceLimitExceededException": 400,
        "UnauthorizedClientException": 401,
        "ForbiddenException": 403,
        "NotFoundException": 404,
        "ConflictException": 409,
        "ThrottledClientException": 429,
        "ServiceFailureException": 500,
        "ServiceUnavailableException": 503,
    },
    "MethodNotAllowed",
)
PINPOINT = Service(
    "pinpoint",
    {
        "BadRequestException": 400,
        "ForbiddenException": 403,
        "NotFoundException": 404,
        "MethodNotAllowedException": 405,
        "PayloadTooLargeException": 413,
        "TooManyRequestsException": 429,
        "InternalServerErrorException": 500,
    },
    "MethodNotAllowedException",
)
FRAMEWORK = {
    "SerializationException": 400,
    "ValidationException": 400,
    "UnknownOperationException": 404,
    "MethodNotAllowed": 405,
    "NotAcceptableException": 406,
    "UnsupportedMediaTypeException": 415,
    "InternalFailure": 500,
}
CHIME_CODES = {
    "BadRequestException": "BadRequest",
    "ConflictException": "Conflict",
    "ForbiddenException": "Forbidden",
    "NotFoundException": "NotFound",
    "ResourceLimitExceededException": "ResourceLimitExceeded",
    "ThrottledClientException": "Throttled",
}

CREATE_PUSH = Operation(
    "CreatePushNotificationRegistration",
    CONNECT,
    "PUT",
    re.compile(r"/push-notification/([^/]*)/registrations"),
    PUSH_REGISTRATION,
    200,
    "InvalidParameterException",
    "ResourceNotFoundException",
    label="InstanceId",
    token="ClientToken",
)
CREATE_PARTICIPANT = Operation(
    "CreateParticipant",
    CONNECT,
    "POST",
    re.compile(r"/contact/create-participant"),
    PARTICIPANT,
    200,
    "InvalidRequestException",
    "ResourceNotFoundException",
    token="ClientToken",
    conflict="ConflictException",
)
CREATE_CONTACT = Operation(
    "CreateContact",
    CONNECT,
    "PUT",
    re.compile(r"/contact/create-contact"),
    CONTACT,
    200,
    "InvalidParameterException",
    "ResourceNotFoundException",
    token="ClientToken",
    conflict="IdempotencyException",
)
REGISTER_ENDPOINT = Operation(
    "RegisterAppInstanceUserEndpoint",
    CHIME,
    "POST",
    re.compile(r"/app-instance-users/([^/]*)/endpoints"),
    ENDPOINT,
    201,
    "BadRequestException",
    "ForbiddenException",
    label="AppInstanceUserArn",
    token="ClientRequestToken",
    conflict="ConflictException",
)
SEND_MESSAGES = Operation(
    "SendMessages",
    PINPOINT,
    "POST",
    re.compile(r"/v1/apps/([^/]*)/messages"),
    MESSAGES,
    200,
    "BadRequestException",
    "NotFoundException",
    label="ApplicationId",
    payload="MessageRequest",
)
OPERATIONS = (CREATE_PUSH, CREATE_PARTICIPANT, CREATE_CONTACT, REGISTER_ENDPOINT, SEND_MESSAGES)

# --------------------------------------------------------------------------------------------
# Problems, replies, deviations, readings.


@dataclass(frozen=True)
class Problem:
    """One broken rule; `unreadable` ones are found while parsing, the rest after it."""

    member: str
    aspect: str
    unreadable: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a request before it was put on the wire."""

    operation: Operation | None
    category: str
    problems: tuple[Problem, ...] = ()
    replayed: bool = False


@dataclass(frozen=True)
class Reply:
    """An answer, kept apart until it is sent so that a deviation can change one thing."""

    status: int
    content: Any = field(default_factory=dict)
    code: str | None = None
    raw: bytes | None = None
    content_type: str | None = "application/json"
    hang_up: bool = False

    def body(self) -> bytes:
        """The bytes to send."""
        return json.dumps(self.content).encode() if self.raw is None else self.raw


Change = Callable[[Outcome, Reply], Reply]


@dataclass(frozen=True)
class Deviation:
    """One fault: a hook that a check asks for, or a change of the reply."""

    name: str
    operation: str
    member: str
    kind: str
    note: str
    hook: str = ""
    arg: Any = True
    change: Change | None = None

    def as_json(self) -> dict[str, str]:
        """What `--list` prints."""
        keys = ("name", "operation", "member", "kind", "note")
        return {key: getattr(self, key) for key in keys}


READINGS = {
    "voip-any-type": "VoipDeviceToken is taken for GCM too: the sentence describes, it forbids not",
    "references-all-bytes": "the 4,096 bytes count keys and every member, not only Values",
    "apns-raw-content-opaque": "APNs raw content is not looked into",
    "raw-content-json": "every RawContent must be JSON, as 'the raw, JSON-formatted string' says",
    "parse-errors-documented": "unreadable requests answer the operation's validation error",
    "validation-exception": "broken constraints answer ValidationException, the framework's name",
    "invalid-request-exception": "CreateContact refuses with InvalidRequestException",
    "patterns-unanchored": "patterns need only be found somewhere, as Smithy defines them",
    "chime-not-found": "an unknown AppInstanceUser is NotFoundException 404, as the service has it",
    "related-contact-exists": "RelatedContactId must exist too, with --stateful",
    "lower-case-message": "errors carry `message`, not `Message`",
    "error-type-in-body": "errors are named by `__type` in the body, not by the header",
    "qualified-error-type": "errors are named `namespace#Name:uri`",
    "connection-close": "every answer closes its connection",
    "extra-members": "answers carry members that nobody documented",
}


class Switches:
    """The deviations and readings that are on."""

    def __init__(self, deviations: Iterable[Deviation] = (), readings: Iterable[str] = ()) -> None:
        chosen = tuple(deviations)
        self.readings = frozenset(readings)
        self.changes = tuple(d for d in chosen if d.change is not None)
        self._hooks: dict[tuple[str, str, str], list[Any]] = {}
        for deviation in chosen:
            if deviation.hook:
                key = (deviation.operation, deviation.member, deviation.hook)
                self._hooks.setdefault(key, []).append(deviation.arg)

    def on(self, operation: Operation | None, hook: str, member: str = "") -> bool:
        """Whether a hook is on at a member, or for every operation."""
        return bool(self.args(operation, hook, member))

    def args(self, operation: Operation | None, hook: str, member: str = "") -> list[Any]:
        """What a hook was switched on with."""
        name = operation.full_name if operation else "*"
        return self._hooks.get((name, member, hook), []) + self._hooks.get(("*", member, hook), [])


# --------------------------------------------------------------------------------------------
# Checking a value against a shape.

INT32 = range(-(2**31), 2**31)


def joined(member: str, name: str) -> str:
    """The path of a member inside another."""
    return f"{member}.{name}" if member else name


def utf8(text: str) -> int:
    """The length of a string in UTF-8 bytes; a lone surrogate counts three."""
    return len(text.encode("utf-8", "surrogatepass"))


class Checker:
    """Collects what is wrong with one input of one operation."""

    def __init__(self, operation: Operation, switches: Switches) -> None:
        self.operation = operation
        self.switches = switches
        self.problems: list[Problem] = []

    def _on(self, member: str, hook: str) -> bool:
        return self.switches.on(self.operation, hook, member)

    def _args(self, member: str, hook: str) -> list[Any]:
        return self.switches.args(self.operation, hook, member)

    def _add(self, member: str, aspect: str, *, unreadable: bool = False) -> None:
        self.problems.append(Problem(member, aspect, unreadable))

    def _readable(self, member: str, value: object, right: bool) -> bool:
        """Whether the value has its type; if not, it is a problem unless a coercion takes it."""
        if right:
            return True
        if not any(accepts(value) for accepts in self._args(member, "accepts")):
            self._add(member, "type", unreadable=True)
        return False

    def check(self, shape: Shape, value: Any, member: str) -> None:
        """Check a value that is there."""
        if self._on(member, "anything"):
            return
        match shape:
            case Text():
                if self._readable(member, value, isinstance(value, str)):
                    self._text(shape, value, member)
            case Whole():
                right = type(value) is int and value in INT32
                if self._readable(member, value, right) and shape.max is not None:
                    self._limit("range", member, value, shape.max)
            case Flag():
                self._readable(member, value, isinstance(value, bool))
            case Blob():
                self._blob(value, member)
            case Seq():
                if self._readable(member, value, isinstance(value, list)):
                    self._seq(shape, value, member)
            case Table():
                if self._readable(member, value, isinstance(value, dict)):
                    self._table(shape, value, member)
            case Record():
                if self._readable(member, value, isinstance(value, dict)):
                    self._record(shape, value, member)

    def _limit(self, aspect: str, member: str, size: int, most: int) -> None:
        """Check a maximum, with the ways of missing it by one."""
        if self._on(member, "max-off"):
            return
        most += self._on(member, "max-plus") - self._on(member, "max-minus")
        if size > most:
            self._add(member, aspect)

    def _text(self, shape: Text, value: str, member: str) -> None:
        size = utf8(value) if self._on(member, "max-in-bytes") else len(value)
        if shape.max is not None:
            self._limit("length", member, size, shape.max)
        if shape.max_bytes is not None:
            in_characters = self._on(member, "max-in-characters")
            self._limit(
                "length", member, len(value) if in_characters else utf8(value), shape.max_bytes
            )
        least = shape.min + self._on(member, "min-plus") - self._on(member, "min-minus")
        if len(value) < least and not self._on(member, "min-off"):
            self._add(member, "length")
        if shape.pattern is not None and not self._on(member, "pattern-off"):
            unanchored = "patterns-unanchored" in self.switches.readings
            prefix = self._on(member, "pattern-prefix")
            find = re.search if unanchored else re.match if prefix else re.fullmatch
            if not find(shape.pattern, value):
                self._add(member, "pattern")
        if shape.enum:
            self._enum(shape.enum, value, member)

    def _enum(self, values: tuple[str, ...], value: str, member: str) -> None:
        known = value in values and value not in self._args(member, "enum-refuses")
        overlooked = value not in values and (
            self._on(member, "enum-off")
            or value in self._args(member, "enum-accepts")
            or (self._on(member, "enum-any-case") and value.upper() in map(str.upper, values))
            or (self._on(member, "enum-empty") and value == "")
        )
        if not (known or overlooked):
            self._add(member, "enum")

    def _blob(self, value: object, member: str) -> None:
        if not self._readable(member, value, isinstance(value, str)):
            return
        try:
            base64.b64decode(str(value).encode(), validate=True)
        except (binascii.Error, UnicodeEncodeError):
            if not self._on(member, "base64-off"):
                self._add(member, "type", unreadable=True)

    def _entry(self, shape: Shape, value: object, member: str, mark: str) -> None:
        """Check one item of a list or value of a map, where null has no place."""
        if value is not None:
            self.check(shape, value, member + mark)
        elif not self._on(member, "null-entry"):
            self._add(member + mark, "type", unreadable=True)

    def _seq(self, shape: Seq, value: list[Any], member: str) -> None:
        if shape.max is not None:
            self._limit("items", member, len(value), shape.max)
        for item in value[:1] if self._on(member, "first-only") else value:
            self._entry(shape.item, item, member, "[]")

    def _table(self, shape: Table, value: dict[str, Any], member: str) -> None:
        entries = list(value.items())
        for key, item in entries[:1] if self._on(member, "first-only") else entries:
            self._text(shape.key, key, f"{member}{{key}}")
            self._entry(shape.value, item, member, "{}")

    def _record(self, shape: Record, value: dict[str, Any], member: str) -> None:
        top = member == (self.operation.payload or "")
        if top and self._on("", "refuse-unknown") and value.keys() - shape.members.keys():
            self._add(member, "unknown")
        for name, (inner, required) in shape.members.items():
            path = joined(member, name)
            found = value.get(name)
            if found is not None:
                self.check(inner, found, path)
            elif name in value and self._on(path, "refuse-null"):
                self._add(path, "type", unreadable=True)
            elif required and not (
                self._on(path, "required-off") or (name in value and self._on(path, "null-ok"))
            ):
                self._add(path, "required")


# --------------------------------------------------------------------------------------------
# Rules that stand in prose: each yields the member and the name of what is broken.

Broken = Iterator[tuple[str, str]]


def inner(value: object, *names: str) -> Any:
    """The value at a path of member names, or None where something else stands in the way."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def push_rules(given: dict[str, Any], readings: frozenset[str]) -> Broken:
    role = inner(given, "ContactConfiguration", "ParticipantRole")
    if role in ROLE.enum and role != "CUSTOMER":
        yield "ContactConfiguration.ParticipantRole", "only-customer"


def participant_rules(given: dict[str, Any], readings: frozenset[str]) -> Broken:
    role = inner(given, "ParticipantDetails", "ParticipantRole")
    if role in ROLE.enum and role not in ("CUSTOM_BOT", "CUSTOMER"):
        yield "ParticipantDetails.ParticipantRole", "custom-bot-or-customer"


def contact_rules(given: dict[str, Any], readings: frozenset[str]) -> Broken:
    references = inner(given, "References")
    if not isinstance(references, dict):
        return
    parts: list[object] = []
    for key, reference in references.items():
        value = inner(reference, "Value")
        if "references-all-bytes" in readings and isinstance(reference, dict):
            parts += [key, *reference.values()]
        else:
            parts.append(value)
        dated = inner(reference, "Type") == "DATE" and isinstance(value, str)
        if dated and not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
            yield "References{}.Value", "date-epoch"
    strings = [part for part in parts if isinstance(part, str)]
    if sum(map(utf8, strings)) > 4096:
        yield "References", "total-bytes"
    if sum(map(len, strings)) > 4096:
        yield "References", "total-characters"


def endpoint_rules(given: dict[str, Any], readings: frozenset[str]) -> Broken:
    voip = inner(given, "EndpointAttributes", "VoipDeviceToken")
    if given.get("Type") == "GCM" and voip is not None and "voip-any-type" not in readings:
        yield "EndpointAttributes.VoipDeviceToken", "not-for-gcm"


APNS_RAW = "MessageRequest.MessageConfiguration.APNSMessage.RawContent"
IN_APP = "MessageRequest.TemplateConfiguration.InAppTemplate"


def apns_raw_content(text: str) -> Broken:
    """What the notes on RawContent demand of the payload of an APNs notification."""
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError):
        payload = None
    if not isinstance(payload, dict):
        yield APNS_RAW, "not-json"
        return
    aps = payload.get("aps")
    keys: dict[str, Any] = payload | (aps if isinstance(aps, dict) else {})
    if "content-available" not in keys:
        yield APNS_RAW, "content-available-missing"
        return
    flag = keys["content-available"]
    if type(flag) is not int or flag not in (0, 1):
        yield APNS_RAW, "content-available-value"
    elif flag == 1 and keys.keys() & {"alert", "badge", "sound"}:
        yield APNS_RAW, "silent-with-alert"


def raw_contents(value: object, member: str) -> Broken:
    """Every RawContent that is not JSON, wherever it stands."""
    if isinstance(value, dict):
        for name, found in value.items():
            if name == "RawContent" and isinstance(found, str):
                try:
                    json.loads(found)
                except (ValueError, RecursionError):
                    yield joined(member, name), "not-json"
            yield from raw_contents(found, joined(member, name))


def message_rules(given: dict[str, Any], readings: frozenset[str]) -> Broken:
    raw = inner(given, "MessageRequest", "MessageConfiguration", "APNSMessage", "RawContent")
    if isinstance(raw, str) and "apns-raw-content-opaque" not in readings:
        yield from apns_raw_content(raw)
    if "raw-content-json" in readings:
        yield from raw_contents(given, "")
    if inner(given, "MessageRequest", "TemplateConfiguration", "InAppTemplate") is not None:
        yield IN_APP, "unsupported"


PROSE: dict[str, Callable[[dict[str, Any], frozenset[str]], Broken]] = {
    "CreatePushNotificationRegistration": push_rules,
    "CreateParticipant": participant_rules,
    "CreateContact": contact_rules,
    "RegisterAppInstanceUserEndpoint": endpoint_rules,
    "SendMessages": message_rules,
}


def problems_of(
    operation: Operation, given: dict[str, Any], switches: Switches
) -> tuple[Problem, ...]:
    """Everything that is wrong with an input."""
    checker = Checker(operation, switches)
    checker.check(operation.input, given, "")
    empty = operation.label is not None and given[operation.label] == ""
    if (
        empty
        and operation is SEND_MESSAGES
        and not switches.on(operation, "empty-label", "ApplicationId")
    ):
        checker.problems.append(Problem("ApplicationId", "required"))
    found = list(checker.problems)
    in_characters = switches.on(operation, "total-in-characters", "References")
    for member, name in PROSE[operation.name](given, switches.readings):
        counted = "total-characters" if in_characters else "total-bytes"
        if name.startswith("total-") and name != counted:
            continue
        off = switches.on(operation, f"prose-off:{name.replace('characters', 'bytes')}", member)
        hidden = any(
            switches.on(operation, "anything", parent) for parent in (member, *parents(member))
        )
        if not (off or hidden):
            found.append(Problem(member, f"prose:{name}"))
    return tuple(found)


def parents(member: str) -> Iterator[str]:
    """The members that a member stands in, nearest first."""
    while (cut := max(member.rfind("."), member.rfind("{"), member.rfind("["))) > 0:
        member = member[:cut]
        yield member


def pruned(shape: Shape, value: Any) -> Any:
    """What a request says: without null and without members that nobody knows."""
    if isinstance(shape, Record) and isinstance(value, dict):
        return {
            name: pruned(inside, value[name])
            for name, (inside, _) in shape.members.items()
            if value.get(name) is not None
        }
    if isinstance(shape, Table) and isinstance(value, dict):
        return {key: pruned(shape.value, item) for key, item in value.items()}
    if isinstance(shape, Seq) and isinstance(value, list):
        return [pruned(shape.item, item) for item in value]
    return value


# --------------------------------------------------------------------------------------------
# Answers.


def push_answer(given: dict[str, Any]) -> dict[str, Any]:
    return {"RegistrationId": str(uuid.uuid4())}


def participant_answer(given: dict[str, Any]) -> dict[str, Any]:
    expiry = datetime.now(UTC) + timedelta(days=1)
    return {
        "ParticipantCredentials": {
            "ParticipantToken": uuid.uuid4().hex * 4,
            "Expiry": expiry.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        },
        "ParticipantId": str(uuid.uuid4()),
    }


def contact_answer(given: dict[str, Any]) -> dict[str, Any]:
    contact = str(uuid.uuid4())
    instance = f"arn:aws:connect:us-east-1:123456789012:instance/{given.get('InstanceId')}"
    return {"ContactId": contact, "ContactArn": f"{instance}/contact/{contact}"}


def endpoint_answer(given: dict[str, Any]) -> dict[str, Any]:
    return {"AppInstanceUserArn": given["AppInstanceUserArn"], "EndpointId": str(uuid.uuid4())}


def delivery(**more: str) -> dict[str, Any]:
    """The result of sending to one address or endpoint."""
    return {
        "DeliveryStatus": "SUCCESSFUL",
        "MessageId": uuid.uuid4().hex,
        "StatusCode": 200,
        "StatusMessage": "MessageId: accepted",
        "UpdatedToken": "",
        **more,
    }


def message_answer(given: dict[str, Any]) -> dict[str, Any]:
    addresses, endpoints = (
        found if isinstance(found := inner(given, "MessageRequest", name), dict) else {}
        for name in ("Addresses", "Endpoints")
    )
    return {
        "ApplicationId": given["ApplicationId"],
        "RequestId": str(uuid.uuid4()),
        "Result": {key: delivery() for key in addresses},
        "EndpointResult": {key: delivery(Address=key) for key in endpoints},
    }


ANSWERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "CreatePushNotificationRegistration": push_answer,
    "CreateParticipant": participant_answer,
    "CreateContact": contact_answer,
    "RegisterAppInstanceUserEndpoint": endpoint_answer,
    "SendMessages": message_answer,
}

# Which members name something that must exist, and what kind of thing.
NAMED: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "CreatePushNotificationRegistration": (
        ("instance", ("InstanceId",)),
        ("contact", ("ContactConfiguration", "ContactId")),
    ),
    "CreateParticipant": (("instance", ("InstanceId",)), ("contact", ("ContactId",))),
    "CreateContact": (("instance", ("InstanceId",)),),
    "RegisterAppInstanceUserEndpoint": (("user", ("AppInstanceUserArn",)),),
    "SendMessages": (("application", ("ApplicationId",)),),
}
KINDS = ("instance", "contact", "user", "application")


def known_ids(given: Iterable[str]) -> dict[str, set[str]]:
    """The ids that exist, by kind; a kind that is not here accepts any id."""
    known: dict[str, set[str]] = {}
    for text in given:
        kind, equals, value = text.partition("=")
        named = bool(equals) and kind in KINDS
        for name in (kind,) if named else KINDS:
            known.setdefault(name, set()).add(value if named else text)
    return known


class RefusalError(Exception):
    """A request that is answered with an error."""

    def __init__(self, category: str, code: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(category)
        self.category = category
        self.code = code
        self.problems = tuple(problems)


def refuse_constant(text: str) -> object:
    raise ValueError(text)


def acceptable(header: str | None) -> bool:
    """Whether an Accept header admits JSON."""
    if header is None or not header.strip():
        return True
    for part in header.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        refused = any(re.fullmatch(r"q\s*=\s*0(\.0*)?", piece) for piece in parameters)
        if media in ("*/*", "application/*", "application/json") and not refused:
            return True
    return False


class Application:
    """The five operations, without the sockets."""

    def __init__(self, switches: Switches, known: Mapping[str, set[str]]) -> None:
        self.switches = switches
        self.known = known
        self._tokens: dict[tuple[str, str], tuple[dict[str, Any], Reply]] = {}
        self._lock = threading.Lock()

    def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> Reply:
        """The reply to one request; `body` is None where it could not be read."""
        operation: Operation | None = None
        try:
            path = target.partition("?")[0]
            operation = self._route(path)
            labels = self._labels(operation, method, path)
            given = self._read(operation, labels, headers, body)
            outcome, reply = self._perform(operation, given)
        except RefusalError as refusal:
            outcome = Outcome(operation, refusal.category, refusal.problems)
            reply = self.error(operation, refusal.code)
        for deviation in self.switches.changes:
            name = operation.full_name if operation else ""
            if deviation.operation in ("*", name) and deviation.change:
                reply = deviation.change(outcome, reply)
        return self._read_otherwise(operation, reply)

    def _read_otherwise(self, operation: Operation | None, reply: Reply) -> Reply:
        """The reply in the form of the readings that are on."""
        readings = self.switches.readings
        if not isinstance(reply.content, dict):
            return reply
        content, code = dict(reply.content), reply.code
        if "extra-members" in readings:
            content["Undocumented"] = {"Extra": [1]}
        if "lower-case-message" in readings and "Message" in content:
            content["message"] = content.pop("Message")
        if code and "qualified-error-type" in readings:
            service = operation.service.name if operation else "coral.service"
            code = f"com.amazonaws.{service}#{code}:http://internal.amazon.com/coral/"
        if code and "error-type-in-body" in readings:
            content["__type"], code = code, None
        return replace(reply, content=content, code=code)

    def error(self, operation: Operation | None, code: str) -> Reply:
        """An error in the wire shape of its service."""
        statuses = FRAMEWORK | dict(operation.service.statuses if operation else {})
        return error_reply(operation, code, statuses[code])

    def _route(self, path: str) -> Operation:
        for operation in OPERATIONS:
            if operation.path.fullmatch(path):
                return operation
        raise RefusalError("route", "UnknownOperationException")

    def _labels(self, operation: Operation, method: str, path: str) -> dict[str, str]:
        """What the path carries, once the method is right."""
        if method != operation.method and not self.switches.on(operation, "any-method"):
            raise RefusalError("method", operation.service.wrong_method)
        match = operation.path.fullmatch(path)
        if operation.label is None or match is None:
            return {}
        try:
            return {operation.label: unquote(match[1], errors="strict")}
        except UnicodeDecodeError as err:
            raise RefusalError("parse", self._parse_code(operation)) from err

    def _read(
        self,
        operation: Operation,
        labels: dict[str, str],
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> dict[str, Any]:
        """The input that a request carries, checked."""
        if body:
            self._content_type(operation, headers.get("content-type"))
        accept = headers.get("accept")
        if not acceptable(accept) and not self.switches.on(operation, "any-accept"):
            raise RefusalError("accept", "NotAcceptableException")
        parsed = self._parse(operation, body)
        if operation.payload:
            given: dict[str, Any] = {operation.payload: parsed} if body else {}
        else:
            given = {k: v for k, v in parsed.items() if k != operation.label}
        given |= labels
        problems = problems_of(operation, given, self.switches)
        if problems:
            self._refuse(operation, problems)
        return given

    def _refuse(self, operation: Operation, problems: tuple[Problem, ...]) -> None:
        readings = self.switches.readings
        code = operation.invalid
        if code == "InvalidParameterException" and operation is CREATE_CONTACT:
            code = "InvalidRequestException" if "invalid-request-exception" in readings else code
        if any(problem.unreadable for problem in problems):
            unreadable = [problem for problem in problems if problem.unreadable]
            raise RefusalError("parse", self._parse_code(operation), unreadable)
        if "validation-exception" in readings:
            code = "ValidationException"
        raise RefusalError("validation", code, problems)

    def _parse_code(self, operation: Operation) -> str:
        documented = "parse-errors-documented" in self.switches.readings
        return operation.invalid if documented else "SerializationException"

    def _content_type(self, operation: Operation, header: str | None) -> None:
        media, _, parameters = (header or "").partition(";")
        wrong = media.strip().lower() != "application/json"
        if header is None:
            wrong = not self.switches.on(operation, "no-content-type")
        elif self.switches.on(operation, "any-content-type"):
            wrong = False
        if parameters and self.switches.on(operation, "refuse-charset"):
            wrong = True
        if wrong:
            raise RefusalError("media-type", "UnsupportedMediaTypeException")

    def _parse(self, operation: Operation, body: bytes | None) -> dict[str, Any]:
        if body == b"":
            return {}
        try:
            if body is None:
                raise ValueError("unreadable body")
            parsed = self._loads(operation, body.decode())
            if not isinstance(parsed, dict):
                if not self.switches.on(operation, f"top-level-{type(parsed).__name__}"):
                    raise ValueError("not an object")
                return witness(operation)
        except (ValueError, RecursionError) as err:
            if self.switches.on(operation, "bad-json"):
                return witness(operation)
            raise RefusalError("parse", self._parse_code(operation)) from err
        return parsed

    def _loads(self, operation: Operation, text: str) -> Any:
        """Read JSON, with the liberties that a deviation takes."""
        on = self.switches.on
        if on(operation, "trailing-commas"):
            text = re.sub(r",\s*([}\]])", r"\1", text)
        if on(operation, "comments"):
            text = re.sub(r"/\*.*?\*/|(?<![:\"])//[^\n]*", "", text, flags=re.DOTALL)
        if on(operation, "single-quotes") and '"' not in text:
            text = text.replace("'", '"')
        decoder = json.JSONDecoder(parse_constant=refuse_constant)
        if on(operation, "trailing-garbage"):
            return decoder.raw_decode(text.lstrip())[0]
        return decoder.decode(text)

    def _perform(self, operation: Operation, given: dict[str, Any]) -> tuple[Outcome, Reply]:
        """Do what is asked, once for one token."""
        request = pruned(operation.input, given)
        name = operation.token or ""
        token = request.get(name)
        if not isinstance(token, str) or not token or self._token(operation, "token-ignored"):
            return self._create(operation, request)
        if self._token(operation, "token-any-case"):
            token = token.lower()
        with self._lock:
            earlier, reply = self._tokens.get((operation.full_name, token), (None, None))
            if earlier is None or reply is None:
                outcome, reply = self._create(operation, request)
                self._tokens[operation.full_name, token] = (request, reply)
                return outcome, reply
            if self._token(operation, "token-always-conflicts"):
                raise RefusalError("conflict", operation.conflict or operation.invalid)
            if self._same(operation, earlier, request):
                return Outcome(operation, "success", replayed=True), reply
            if operation.conflict and not self._token(operation, "conflict-off"):
                raise RefusalError("conflict", operation.conflict)
            return self._create(operation, request)

    def _token(self, operation: Operation, hook: str) -> bool:
        """Whether a fault of idempotency is on."""
        return self.switches.on(operation, hook, operation.token or "")

    def _same(self, operation: Operation, earlier: dict[str, Any], request: dict[str, Any]) -> bool:
        """Whether two requests with one token are the same request."""
        if self._token(operation, "token-sticky"):
            return True
        name = operation.token or ""
        dropped = {name, *self.switches.args(operation, "compare-without", name)}
        left, right = (
            {name: value for name, value in one.items() if name not in dropped}
            for one in (earlier, request)
        )
        return left == right

    def _create(self, operation: Operation, request: dict[str, Any]) -> tuple[Outcome, Reply]:
        named = NAMED[operation.name]
        if operation is CREATE_CONTACT and "related-contact-exists" in self.switches.readings:
            named += (("contact", ("RelatedContactId",)),)
        for kind, path in named:
            value = inner(request, *path)
            unknown = kind in self.known and str(value) not in self.known[kind]
            skipped = self.switches.on(operation, "exists-off", ".".join(path))
            if unknown and value is not None and not skipped:
                chime = "chime-not-found" in self.switches.readings and operation.service is CHIME
                code = "NotFoundException" if chime else operation.missing
                raise RefusalError("not-found", code, [Problem(".".join(path), "exists")])
        content = ANSWERS[operation.name](request)
        if "contact" in self.known and "ContactId" in content:
            self.known["contact"].add(content["ContactId"])
        return Outcome(operation, "success"), Reply(operation.status, content)


def error_reply(operation: Operation | None, code: str, status: int) -> Reply:
    """An error of a service, or of the framework where no operation claims the request."""
    message = f"The request was refused with {code}."
    content: dict[str, Any] = {"Message": message}
    if operation is None:
        content = {"message": message}
    elif operation.service is CHIME:
        content["Code"] = CHIME_CODES.get(code, "BadRequest")
    elif operation.service is PINPOINT:
        content["RequestID"] = str(uuid.uuid4())
    return Reply(status, content, code)


def witness(operation: Operation) -> dict[str, Any]:
    """The smallest valid body: what a server that could not read the request acts on."""
    endpoint = "arn:aws:mobiletargeting:us-east-1:123456789012:apps/a"
    bodies: dict[str, dict[str, Any]] = {
        "CreatePushNotificationRegistration": {
            "PinpointAppArn": endpoint,
            "DeviceToken": "t",
            "DeviceType": "GCM",
            "ContactConfiguration": {"ContactId": "c"},
        },
        "CreateParticipant": {"InstanceId": "i", "ContactId": "c", "ParticipantDetails": {}},
        "CreateContact": {"InstanceId": "i", "Channel": "TASK", "InitiationMethod": "API"},
        "RegisterAppInstanceUserEndpoint": {
            "Type": "GCM",
            "ResourceArn": endpoint,
            "EndpointAttributes": {"DeviceToken": "t"},
            "ClientRequestToken": str(uuid.uuid4()),
        },
        "SendMessages": {"MessageConfiguration": {}},
    }
    return bodies[operation.name]


# --------------------------------------------------------------------------------------------
# Deviations.


def kind_of(value: object) -> str:
    """The JSON type of a value, with integers apart from other numbers."""
    names: dict[type, str] = {
        bool: "boolean",
        int: "integer",
        float: "float",
        str: "string",
        list: "list",
        dict: "object",
    }
    return names.get(type(value), "null")


def takes(*kinds: str) -> Callable[[object], bool]:
    """A coercion of every value of these JSON types."""
    return lambda value: kind_of(value) in kinds


def takes_digits(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value) is not None


def takes_overflow(value: object) -> bool:
    return type(value) is int


def takes_words(value: object) -> bool:
    return isinstance(value, str) and value.lower() in ("true", "false")


def takes_anything(value: object) -> bool:
    return value is not None


# What a deviation is made of: what is wrong (the end of its name), kind, note, hook, argument.
Fault = tuple[str, str, str, str, Any]

COERCIONS: dict[type, tuple[tuple[str, str, Callable[[object], bool]], ...]] = {
    Text: (
        ("takes-number", "accepts a number for a string", takes("integer", "float")),
        ("takes-boolean", "accepts a boolean for a string", takes("boolean")),
        ("takes-any-type", "accepts any JSON type for a string", takes_anything),
    ),
    Whole: (
        ("takes-digits", 'accepts "123" for an integer', takes_digits),
        ("takes-float", "accepts 1.5 for an integer", takes("float")),
        ("takes-boolean", "accepts true for an integer", takes("boolean")),
        ("takes-overflow", "accepts an integer of more than 32 bits", takes_overflow),
    ),
    Flag: (
        ("takes-words", 'accepts "true" for a boolean', takes_words),
        ("takes-integer", "accepts 1 for a boolean", takes("integer")),
        ("takes-any-type", "accepts any JSON type for a boolean", takes_anything),
    ),
    Blob: (("takes-number", "accepts a number for bytes", takes("integer", "float")),),
    Seq: (
        ("takes-string", "accepts one string for a list", takes("string")),
        ("takes-object", "accepts an object for a list", takes("object")),
    ),
    Table: (
        ("takes-list", "accepts a list for a map", takes("list")),
        ("takes-string", "accepts a string for a map", takes("string")),
    ),
    Record: (
        ("takes-list", "accepts a list for a structure", takes("list")),
        ("takes-string", "accepts a string for a structure", takes("string")),
    ),
}


def type_faults(shape: Shape) -> Iterator[Fault]:
    for name, note, accepts in COERCIONS[type(shape)]:
        yield name, "type", note, "accepts", accepts
    if isinstance(shape, Blob):
        yield "base64-off", "format", "accepts bytes that are not base64", "base64-off", True
    if isinstance(shape, Seq | Table):
        yield "null-entry", "type", "accepts null as an entry", "null-entry", True


def enum_faults(shape: Shape, refusable: Iterable[str]) -> Iterator[Fault]:
    if not isinstance(shape, Text) or not shape.enum:
        return
    yield "enum-off", "enum", "accepts a value outside the enum", "enum-off", True
    yield "enum-any-case", "enum", "accepts a value in the wrong case", "enum-any-case", True
    yield "enum-empty", "enum", "accepts the empty string", "enum-empty", True
    for value in refusable:
        yield f"refuses-{value}", "enum", f"refuses {value}", "enum-refuses", value


def limit_faults(shape: Shape, *, masked: bool) -> Iterator[Fault]:
    """Missed limits; `masked` where another rule refuses the same values."""
    if isinstance(shape, Text | Whole | Seq):
        kind = {Text: "length", Whole: "range", Seq: "items"}[type(shape)]
        in_bytes = shape.max_bytes if isinstance(shape, Text) else None
        if (shape.max is not None or in_bytes is not None) and not masked:
            yield "max-off", kind, "does not enforce the maximum", "max-off", True
            yield "max-plus", kind, "accepts one more than the maximum", "max-plus", True
        if shape.max is not None or in_bytes is not None:
            yield "max-minus", kind, "refuses the maximum itself", "max-minus", True
    if not isinstance(shape, Text):
        return
    if shape.max is not None and not masked and shape.pattern in (None, ".*"):
        yield "max-in-bytes", "length", "counts bytes, not characters", "max-in-bytes", True
    if shape.max_bytes is not None:
        note = "counts characters, not bytes"
        yield "max-in-characters", "length", note, "max-in-characters", True
    if shape.min:
        yield "min-off", "length", "does not enforce the minimum", "min-off", True
        yield "min-plus", "length", "refuses the minimum itself", "min-plus", True
    if shape.min > 1:
        yield "min-minus", "length", "accepts one less than the minimum", "min-minus", True


def pattern_faults(shape: Shape) -> Iterator[Fault]:
    if not isinstance(shape, Text) or shape.pattern is None:
        return
    yield "pattern-off", "pattern", "does not enforce the pattern", "pattern-off", True
    if shape.pattern.endswith("+"):
        note = "matches the pattern at the start only"
        yield "pattern-prefix", "pattern", note, "pattern-prefix", True


def presence_faults(required: bool) -> Iterator[Fault]:
    if required:
        yield "required-off", "required", "accepts the member absent", "required-off", True
        yield "null-ok", "required", "takes null for a value that is there", "null-ok", True
    else:
        yield "refuse-null", "type", "refuses null, which means absent", "refuse-null", True


Node = tuple[str, Shape, bool | None]


def nodes(shape: Shape, member: str = "", required: bool | None = None) -> Iterator[Node]:
    """Every member below a shape; `required` is None for entries, keys and the top."""
    if member:
        yield member, shape, required
    if "ValueMap{}" in member or "ValueList[]" in member:
        return
    match shape:
        case Record():
            for name, (inside, needed) in shape.members.items():
                yield from nodes(inside, joined(member, name), needed)
        case Table():
            yield f"{member}{{key}}", shape.key, None
            yield from nodes(shape.value, f"{member}{{}}")
        case Seq():
            yield from nodes(shape.item, f"{member}[]")
        case _:
            return


CONFIGURATION = "MessageRequest.MessageConfiguration"

# SendMessages has more than two hundred members; the faults that any member can have, presence
# and type, are offered at these, one or two of every sort and depth.
SAMPLED = frozenset(
    {
        "MessageRequest.TraceId",
        "MessageRequest.Context",
        "MessageRequest.Context{}",
        "MessageRequest.Addresses",
        "MessageRequest.Addresses{}",
        "MessageRequest.Addresses{}.BodyOverride",
        "MessageRequest.Addresses{}.ChannelType",
        "MessageRequest.Addresses{}.Context{}",
        "MessageRequest.Addresses{}.Substitutions",
        "MessageRequest.Addresses{}.Substitutions{}",
        "MessageRequest.Addresses{}.Substitutions{}[]",
        "MessageRequest.Endpoints{}.TitleOverride",
        "MessageRequest.Endpoints{}.Substitutions{}[]",
        "MessageRequest.TemplateConfiguration",
        "MessageRequest.TemplateConfiguration.EmailTemplate.Name",
        "MessageRequest.TemplateConfiguration.VoiceTemplate",
        CONFIGURATION,
        f"{CONFIGURATION}.ADMMessage.ExpiresAfter",
        f"{CONFIGURATION}.ADMMessage.SilentPush",
        f"{CONFIGURATION}.APNSMessage",
        f"{CONFIGURATION}.APNSMessage.Badge",
        f"{CONFIGURATION}.APNSMessage.TimeToLive",
        f"{CONFIGURATION}.APNSMessage.Priority",
        f"{CONFIGURATION}.APNSMessage.SilentPush",
        f"{CONFIGURATION}.BaiduMessage.TimeToLive",
        f"{CONFIGURATION}.DefaultMessage.Body",
        f"{CONFIGURATION}.DefaultMessage.Substitutions{{}}",
        f"{CONFIGURATION}.EmailMessage.RawEmail.Data",
        f"{CONFIGURATION}.EmailMessage.ReplyToAddresses",
        f"{CONFIGURATION}.EmailMessage.ReplyToAddresses[]",
        f"{CONFIGURATION}.EmailMessage.SimpleEmail",
        f"{CONFIGURATION}.EmailMessage.SimpleEmail.HtmlPart.Data",
        f"{CONFIGURATION}.EmailMessage.SimpleEmail.Headers",
        f"{CONFIGURATION}.EmailMessage.SimpleEmail.Headers[]",
        f"{CONFIGURATION}.EmailMessage.SimpleEmail.Headers[].Name",
        f"{CONFIGURATION}.GCMMessage.Data",
        f"{CONFIGURATION}.GCMMessage.Data{{}}",
        f"{CONFIGURATION}.GCMMessage.TimeToLive",
        f"{CONFIGURATION}.SMSMessage.Body",
        f"{CONFIGURATION}.SMSMessage.Substitutions",
        f"{CONFIGURATION}.VoiceMessage.VoiceId",
    }
)

# Values that are valid by their enum but that a prose rule refuses anyway.
REFUSED_BY_PROSE = {
    ("CreatePushNotificationRegistration", "ContactConfiguration.ParticipantRole"): {
        "AGENT",
        "SYSTEM",
        "CUSTOM_BOT",
        "SUPERVISOR",
    },
    ("CreateParticipant", "ParticipantDetails.ParticipantRole"): {"AGENT", "SYSTEM", "SUPERVISOR"},
}

# An ARN's pattern ends before its maximum and begins after its minimum; a reference's Value of
# more than its maximum is more than all references may have.
MASKED = {
    ("RegisterAppInstanceUserEndpoint", "AppInstanceUserArn"),
    ("RegisterAppInstanceUserEndpoint", "ResourceArn"),
}


def refusable(operation: Operation, member: str, shape: Shape) -> list[str]:
    """Two values of an enum that a server must not refuse."""
    if not isinstance(shape, Text):
        return []
    refused = REFUSED_BY_PROSE.get((operation.name, member), set())
    values = [value for value in shape.enum if value not in refused]
    return list(dict.fromkeys((values[0], values[len(values) // 2]))) if values else []


def member_faults(
    operation: Operation, member: str, shape: Shape, required: bool | None
) -> Iterator[Fault]:
    """Every fault that is offered at one member."""
    sampled = operation is not SEND_MESSAGES or member in SAMPLED
    in_body = member != operation.label and not member.endswith("{key}")
    if member == operation.payload:
        yield "required-off", "required", "accepts an empty body", "required-off", True
    elif sampled and in_body:
        if required is not None:
            yield from presence_faults(required)
        yield from type_faults(shape)
    yield from enum_faults(shape, refusable(operation, member, shape))
    if (operation.name, member) not in MASKED:
        yield from limit_faults(shape, masked=member == "References{}.Value")
    yield from pattern_faults(shape)


def named(operation: Operation | None, member: str, what: str) -> str:
    """The name of a deviation: operation, member if there is one, and what is wrong."""
    return ":".join(filter(None, (operation.name if operation else "*", member, what)))


def systematic() -> Iterator[Deviation]:
    """The faults that follow from the shapes."""
    for operation in OPERATIONS:
        for member, shape, required in nodes(operation.input):
            for what, kind, note, hook, arg in member_faults(operation, member, shape, required):
                name = named(operation, member, what)
                yield Deviation(name, operation.full_name, member, kind, note, hook, arg)


def hooked(
    operation: Operation, member: str, what: str, kind: str, note: str, hook: str, arg: Any = True
) -> Deviation:
    """A deviation that a check asks for."""
    name = named(operation, member, what)
    return Deviation(name, operation.full_name, member, kind, note, hook, arg)


WHOLE_MEMBERS = (
    (CREATE_PUSH, "ContactConfiguration"),
    (CREATE_PARTICIPANT, "ParticipantDetails"),
    (CREATE_PARTICIPANT, "ParticipantDetails.ParticipantCapabilities"),
    (CREATE_CONTACT, "References"),
    (CREATE_CONTACT, "SegmentAttributes"),
    (CREATE_CONTACT, "UserInfo"),
    (CREATE_CONTACT, "Attributes"),
    (REGISTER_ENDPOINT, "EndpointAttributes"),
    (SEND_MESSAGES, "MessageRequest.Addresses"),
    (SEND_MESSAGES, "MessageRequest.Endpoints"),
    (SEND_MESSAGES, "MessageRequest.TemplateConfiguration"),
    (SEND_MESSAGES, f"{CONFIGURATION}.ADMMessage"),
    (SEND_MESSAGES, f"{CONFIGURATION}.APNSMessage"),
    (SEND_MESSAGES, f"{CONFIGURATION}.EmailMessage"),
    (SEND_MESSAGES, f"{CONFIGURATION}.EmailMessage.SimpleEmail.Headers"),
    (SEND_MESSAGES, f"{CONFIGURATION}.SMSMessage.Substitutions"),
)

FIRST_ONLY = (
    (CREATE_CONTACT, "References"),
    (SEND_MESSAGES, f"{CONFIGURATION}.EmailMessage.ReplyToAddresses"),
    (SEND_MESSAGES, f"{CONFIGURATION}.EmailMessage.SimpleEmail.Headers"),
)

PROSE_OFF = (
    (CREATE_PUSH, "ContactConfiguration.ParticipantRole", "only-customer", "unsupported"),
    (CREATE_PARTICIPANT, "ParticipantDetails.ParticipantRole", "custom-bot-or-customer", "enum"),
    (CREATE_CONTACT, "References", "total-bytes", "length"),
    (CREATE_CONTACT, "References{}.Value", "date-epoch", "conditional"),
    (REGISTER_ENDPOINT, "EndpointAttributes.VoipDeviceToken", "not-for-gcm", "conditional"),
    (SEND_MESSAGES, IN_APP, "unsupported", "unsupported"),
    (SEND_MESSAGES, APNS_RAW, "not-json", "format"),
    (SEND_MESSAGES, APNS_RAW, "content-available-missing", "format"),
    (SEND_MESSAGES, APNS_RAW, "content-available-value", "format"),
    (SEND_MESSAGES, APNS_RAW, "silent-with-alert", "conditional"),
)


def by_hand() -> Iterator[Deviation]:
    """Faults of members and prose rules that do not follow from a shape."""
    for operation, member in WHOLE_MEMBERS:
        note = "accepts everything at and under the member"
        yield hooked(operation, member, "anything", "type", note, "anything")
    for operation, member in FIRST_ONLY:
        note = "looks at the first entry only"
        yield hooked(operation, member, "first-only", "items", note, "first-only")
    for operation, member, rule, kind in PROSE_OFF:
        note = f"does not enforce the prose rule {rule}"
        yield hooked(operation, member, f"{rule}-off", kind, note, f"prose-off:{rule}")
    note = "counts the total of all references in characters, not bytes"
    hook = "total-in-characters"
    yield hooked(CREATE_CONTACT, "References", hook, "length", note, hook)
    note = "accepts an empty label"
    yield hooked(SEND_MESSAGES, "ApplicationId", "empty-label", "required", note, "empty-label")
    for member, inside in (
        (f"{CONFIGURATION}.APNSMessage.PreferredAuthenticationMethod", "KEY"),
        (f"{CONFIGURATION}.GCMMessage.PreferredAuthenticationMethod", "CERTIFICATE"),
    ):
        yield foreign_value(member, inside)
    for operation in OPERATIONS:
        note = "refuses members that nobody knows"
        yield hooked(operation, "", "refuse-unknown", "protocol", note, "refuse-unknown")
        for kind, path in NAMED[operation.name]:
            member = ".".join(path)
            note = f"does not ask whether the {kind} exists (seen with --stateful only)"
            yield hooked(operation, member, "exists-off", "error", note, "exists-off")


def foreign_value(member: str, value: str) -> Deviation:
    """The value that only the other platform's member of the same name has."""
    note = f"accepts {value}, which belongs to the other platform"
    return hooked(SEND_MESSAGES, member, f"takes-{value}", "enum", note, "enum-accepts", value)


TOKEN_FAULTS = (
    ("token-ignored", "creates anew for the same token and request"),
    ("token-sticky", "gives the first answer to another request with the token"),
    ("conflict-off", "creates anew for another request with the token"),
    ("token-any-case", "takes tokens that differ in case for the same token"),
    ("token-always-conflicts", "refuses the same request with the same token"),
)

COMPARED_WITHOUT = (
    (CREATE_PARTICIPANT, "ParticipantDetails"),
    (CREATE_CONTACT, "Name"),
    (CREATE_CONTACT, "Channel"),
    (REGISTER_ENDPOINT, "EndpointAttributes"),
    (REGISTER_ENDPOINT, "Name"),
)


def token_faults() -> Iterator[Deviation]:
    """Faults of idempotency."""
    for operation in OPERATIONS:
        if operation.token is None:
            continue
        for hook, note in TOKEN_FAULTS:
            if hook in ("token-sticky", "conflict-off") and operation.conflict is None:
                continue
            if hook == "token-any-case" and operation.service is not CONNECT:
                continue
            yield hooked(operation, operation.token, hook, "idempotency", note, hook)
    for operation, member in COMPARED_WITHOUT:
        note = f"takes requests that differ in {member} only for the same request"
        what, hook = f"ignores-{member}", "compare-without"
        yield hooked(operation, operation.token or "", what, "idempotency", note, hook, member)


PROTOCOL_FAULTS = (
    ("bad-json", "answers a body that is not JSON as if it were valid"),
    ("trailing-commas", "accepts trailing commas"),
    ("trailing-garbage", "accepts anything after the object"),
    ("single-quotes", "accepts single quotes"),
    ("comments", "accepts comments"),
    ("top-level-list", "takes a top-level array for a valid request"),
    ("top-level-NoneType", "takes a top-level null for a valid request"),
    ("top-level-str", "takes a top-level string for a valid request"),
    ("any-content-type", "accepts any content type"),
    ("no-content-type", "accepts a body without content type"),
    ("refuse-charset", "refuses parameters of the content type"),
    ("any-accept", "ignores the Accept header"),
    ("any-method", "serves the operation under any method"),
)


def protocol_faults() -> Iterator[Deviation]:
    """Faults in reading a request, on every operation."""
    for operation in OPERATIONS:
        for hook, note in PROTOCOL_FAULTS:
            yield hooked(operation, "", hook, "protocol", note, hook)


# --------------------------------------------------------------------------------------------
# Deviations of the reply.

Test = Callable[[Outcome], bool]


def is_a(*categories: str) -> Test:
    """Outcomes of these categories."""
    return lambda outcome: outcome.category in categories


def is_at(member: str, aspect: str | None = None) -> Test:
    """Outcomes with a problem at a member."""
    return lambda outcome: any(
        problem.member == member and aspect in (None, problem.aspect)
        for problem in outcome.problems
    )


def when(test: Test, change: Callable[[Reply], Reply]) -> Change:
    """A change of the replies to some outcomes."""
    return lambda outcome, reply: change(reply) if test(outcome) else reply


def with_status(status: int) -> Callable[[Reply], Reply]:
    return lambda reply: replace(reply, status=status)


def as_error(operation: Operation | None, code: str, status: int) -> Callable[[Reply], Reply]:
    return lambda reply: error_reply(operation, code, status)


def crashed(reply: Reply) -> Reply:
    return error_reply(None, "InternalFailure", 500)


def hung_up(reply: Reply) -> Reply:
    return replace(reply, hang_up=True)


def without_type(reply: Reply) -> Reply:
    """The error without its name, which chime repeats in `Code`."""
    content = {name: value for name, value in reply.content.items() if name != "Code"}
    return replace(reply, code=None, content=content)


def as_html(reply: Reply) -> Reply:
    page = f"<!doctype html><title>{reply.status}</title><h1>Something is wrong</h1>"
    return replace(reply, code=None, raw=page.encode(), content_type="text/html")


def as_words(reply: Reply) -> Reply:
    return replace(reply, raw=b"this is not JSON")


def truncated(reply: Reply) -> Reply:
    return replace(reply, raw=reply.body()[:-1])


def emptied(reply: Reply) -> Reply:
    return replace(reply, raw=b"")


def as_xml(reply: Reply) -> Reply:
    text = f"<ErrorResponse><Error><Code>{reply.code}</Code></Error></ErrorResponse>"
    return replace(reply, code=None, raw=text.encode(), content_type="text/xml")


def succeeded(reply: Reply) -> Reply:
    """The error told in a success."""
    return replace(reply, status=200)


def edited(path: str, edit: Callable[[dict[str, Any], str], None]) -> Callable[[Reply], Reply]:
    """A change of one member of the content; `{}` in the path stands for every entry."""

    def change(reply: Reply) -> Reply:
        content = json.loads(json.dumps(reply.content))
        *above, last = path.replace("{}", ".{}").split(".")
        holders = [content]
        for name in above:
            holders = [
                found
                for holder in holders
                for found in (holder.values() if name == "{}" else [holder[name]])
            ]
        for holder in holders:
            edit(holder, last)
        return replace(reply, content=content)

    return change


def dropped(holder: dict[str, Any], name: str) -> None:
    del holder[name]


def put(value: Any) -> Callable[[dict[str, Any], str], None]:
    return lambda holder, name: holder.update({name: value})


def changed(
    operation: Operation, member: str, what: str, kind: str, note: str, change: Change
) -> Deviation:
    """A deviation of the reply."""
    name = named(operation, member, what)
    return Deviation(name, operation.full_name, member, kind, note, change=change)


# A documented error that is wrong for a broken constraint.
WRONG_DOCUMENTED = {
    "CreatePushNotificationRegistration": ("AccessDeniedException", "ThrottlingException"),
    "CreateParticipant": ("ConflictException", "ServiceQuotaExceededException"),
    "CreateContact": ("ConflictException", "ResourceNotFoundException"),
    "RegisterAppInstanceUserEndpoint": ("ResourceLimitExceededException", "ForbiddenException"),
    "SendMessages": ("NotFoundException", "PayloadTooLargeException"),
}

ERROR_FORMS: tuple[tuple[str, str, Callable[[Reply], Reply]], ...] = (
    ("type-missing", "carries no name", without_type),
    ("html", "comes as an HTML page", as_html),
    ("xml", "comes as XML", as_xml),
    ("not-json", "has a body that is not JSON", as_words),
    ("truncated", "has a body that breaks off", truncated),
    ("in-a-success", "comes with status 200", succeeded),
    ("server-error", "comes as InternalFailure 500", crashed),
    ("hang-up", "never comes: the connection is closed", hung_up),
)

FORMED_CATEGORIES = (
    ("validation", "the error for a broken constraint"),
    ("parse", "the error for an unreadable request"),
)


def error_form_faults(operation: Operation) -> Iterator[Deviation]:
    """Errors that are right but carried wrongly."""
    for category, subject in FORMED_CATEGORIES:
        for what, note, change in ERROR_FORMS:
            name = f"{category}-{what}"
            yield changed(
                operation, "", name, "error", f"{subject} {note}", when(is_a(category), change)
            )


def error_name_faults(operation: Operation) -> Iterator[Deviation]:
    """Errors with a wrong name or a wrong status."""
    invalid = is_a("validation")
    for status in (403, 422):
        note = f"answers {operation.invalid} with status {status}"
        change = when(invalid, with_status(status))
        yield changed(operation, "", f"validation-{status}", "error", note, change)
    for code in WRONG_DOCUMENTED[operation.name]:
        status = operation.service.statuses[code]
        note = f"answers a broken constraint with {code}"
        change = when(invalid, as_error(operation, code, status))
        yield changed(operation, "", f"validation-{code}", "error", note, change)
    note = "answers a broken constraint with an error nobody documented"
    change = when(invalid, as_error(operation, "CustomInvalidInputException", 400))
    yield changed(operation, "", "validation-undocumented", "error", note, change)
    for category, status, subject in (
        ("parse", 422, "an unreadable request"),
        ("media-type", 500, "a wrong content type"),
        ("media-type", 200, "a wrong content type"),
        ("method", 500, "a wrong method"),
    ):
        note = f"answers {subject} with status {status}"
        change = when(is_a(category), with_status(status))
        yield changed(operation, "", f"{category}-{status}", "protocol", note, change)
    yield from not_found_faults(operation)
    if operation.conflict:
        yield from conflict_faults(operation, operation.conflict)


def not_found_faults(operation: Operation) -> Iterator[Deviation]:
    """Wrong answers to an id that does not exist, seen with --stateful only."""
    missing = is_a("not-found")
    seen = "(seen with --stateful only)"
    change = when(missing, with_status(400))
    note = f"answers {operation.missing} with status 400 {seen}"
    yield changed(operation, "", "not-found-400", "error", note, change)
    change = when(missing, as_error(operation, operation.invalid, 400))
    note = f"answers {operation.invalid} for an id that does not exist {seen}"
    yield changed(operation, "", "not-found-invalid", "error", note, change)
    note = f"answers InternalFailure for an id that does not exist {seen}"
    yield changed(operation, "", "not-found-500", "error", note, when(missing, crashed))


def conflict_faults(operation: Operation, code: str) -> Iterator[Deviation]:
    """Wrong answers to another request with a token that was used."""
    token, clash = operation.token or "", is_a("conflict")
    for what, note, change in (
        ("conflict-400", f"answers {code} with status 400", with_status(400)),
        (
            "conflict-invalid",
            f"answers a reused token with {operation.invalid}",
            as_error(operation, operation.invalid, 400),
        ),
        ("conflict-500", "answers a reused token with InternalFailure", crashed),
    ):
        yield changed(operation, token, what, "idempotency", note, when(clash, change))


# Where one member's fault has an answer of its own.
SPOTS: tuple[tuple[Operation, str, str | None], ...] = (
    (CREATE_PUSH, "InstanceId", None),
    (CREATE_PUSH, "DeviceType", "enum"),
    (CREATE_PUSH, "ContactConfiguration.ContactId", "required"),
    (CREATE_PUSH, "ContactConfiguration.IncludeRawMessage", "type"),
    (CREATE_PARTICIPANT, "ContactId", "length"),
    (CREATE_PARTICIPANT, "ParticipantDetails", "required"),
    (CREATE_PARTICIPANT, "ParticipantDetails.DisplayName", "length"),
    (CREATE_PARTICIPANT, "ParticipantDetails.ParticipantCapabilities.Video", "enum"),
    (CREATE_CONTACT, "Channel", "enum"),
    (CREATE_CONTACT, "InitiationMethod", "required"),
    (CREATE_CONTACT, "References{}.Type", "enum"),
    (CREATE_CONTACT, "References{}.Arn", "pattern"),
    (CREATE_CONTACT, "Attributes{}", "type"),
    (CREATE_CONTACT, "SegmentAttributes{key}", "length"),
    (CREATE_CONTACT, "ExpiryDurationInMinutes", "type"),
    (REGISTER_ENDPOINT, "AppInstanceUserArn", "pattern"),
    (REGISTER_ENDPOINT, "ClientRequestToken", "pattern"),
    (REGISTER_ENDPOINT, "EndpointAttributes.DeviceToken", "required"),
    (REGISTER_ENDPOINT, "Type", "enum"),
    (SEND_MESSAGES, "MessageRequest.MessageConfiguration", "required"),
    (SEND_MESSAGES, "MessageRequest.Addresses{}.ChannelType", "enum"),
    (SEND_MESSAGES, "MessageRequest.Endpoints{}.Substitutions{}[]", "type"),
    (SEND_MESSAGES, f"{CONFIGURATION}.APNSMessage.CollapseId", "length"),
    (SEND_MESSAGES, f"{CONFIGURATION}.BaiduMessage.TimeToLive", "range"),
    (SEND_MESSAGES, f"{CONFIGURATION}.EmailMessage.RawEmail.Data", "type"),
    (SEND_MESSAGES, f"{CONFIGURATION}.EmailMessage.SimpleEmail.Headers", "items"),
    (SEND_MESSAGES, f"{CONFIGURATION}.GCMMessage.Priority", "enum"),
    (SEND_MESSAGES, f"{CONFIGURATION}.SMSMessage.MessageType", "enum"),
)


def spot_faults() -> Iterator[Deviation]:
    """One member's fault, answered wrongly."""
    for operation, member, aspect in SPOTS:
        test, subject = is_at(member, aspect), aspect or "fault"
        status = operation.service.statuses[operation.missing]
        code = WRONG_DOCUMENTED[operation.name][0]
        for what, note, change in (
            ("500", "answers InternalFailure 500", crashed),
            ("hang-up", "closes the connection", hung_up),
            (
                "not-found",
                f"answers {operation.missing}",
                as_error(operation, operation.missing, status),
            ),
            (code, f"answers {code}", as_error(operation, code, operation.service.statuses[code])),
        ):
            name = f"{subject}-{what}"
            yield changed(operation, member, name, "error", note, when(test, change))


ResponseFault = tuple[str, str, str, Callable[[dict[str, Any], str], None]]

OPTIONAL = "(a member of the page's response that the model does not require)"

RESPONSES: tuple[tuple[Operation, tuple[ResponseFault, ...]], ...] = (
    (
        CREATE_PUSH,
        (
            ("RegistrationId", "missing", "is missing", dropped),
            ("RegistrationId", "null", "is null", put(None)),
            ("RegistrationId", "number", "is a number", put(7)),
            ("RegistrationId", "empty", "is shorter than its minimum", put("")),
            ("RegistrationId", "too-long", "is longer than its maximum", put("r" * 257)),
        ),
    ),
    (
        CREATE_PARTICIPANT,
        (
            ("ParticipantId", "missing", f"is missing {OPTIONAL}", dropped),
            ("ParticipantId", "list", "is a list", put(["p"])),
            ("ParticipantCredentials", "missing", f"is missing {OPTIONAL}", dropped),
            ("ParticipantCredentials", "string", "is a string", put("token")),
            (
                "ParticipantCredentials.ParticipantToken",
                "missing",
                f"is missing {OPTIONAL}",
                dropped,
            ),
            ("ParticipantCredentials.ParticipantToken", "number", "is a number", put(7)),
            ("ParticipantCredentials.ParticipantToken", "too-long", "is too long", put("t" * 1001)),
            (
                "ParticipantCredentials.Expiry",
                "epoch",
                "is a number, not a string",
                put(1573180892),
            ),
            ("ParticipantCredentials.Expiry", "words", "is not in ISO 8601", put("tomorrow")),
        ),
    ),
    (
        CREATE_CONTACT,
        (
            ("ContactId", "missing", f"is missing {OPTIONAL}", dropped),
            ("ContactId", "null", f"is null {OPTIONAL}", put(None)),
            ("ContactId", "object", "is an object", put({"Id": "c"})),
            ("ContactId", "too-long", "is longer than its maximum", put("c" * 257)),
            ("ContactArn", "missing", f"is missing {OPTIONAL}", dropped),
            ("ContactArn", "boolean", "is a boolean", put(True)),
        ),
    ),
    (
        REGISTER_ENDPOINT,
        (
            ("EndpointId", "missing", f"is missing {OPTIONAL}", dropped),
            ("EndpointId", "null", f"is null {OPTIONAL}", put(None)),
            ("EndpointId", "number", "is a number", put(7)),
            ("EndpointId", "too-long", "is longer than its maximum", put("e" * 65)),
            ("AppInstanceUserArn", "missing", f"is missing {OPTIONAL}", dropped),
            ("AppInstanceUserArn", "no-arn", "does not match its pattern", put("somebody")),
        ),
    ),
    (
        SEND_MESSAGES,
        (
            ("ApplicationId", "missing", "is missing", dropped),
            ("ApplicationId", "null", "is null", put(None)),
            ("ApplicationId", "number", "is a number", put(7)),
            ("RequestId", "number", "is a number", put(7)),
            ("Result", "list", "is a list", put([])),
            ("Result{}.DeliveryStatus", "outside-enum", "is outside its enum", put("SENT")),
            ("Result{}.DeliveryStatus", "missing", "is missing", dropped),
            ("Result{}.StatusCode", "missing", "is missing", dropped),
            ("Result{}.StatusCode", "string", "is a string", put("200")),
            ("Result{}.StatusCode", "float", "is not whole", put(200.5)),
            ("Result{}.MessageId", "number", "is a number", put(7)),
            ("Result{}.StatusMessage", "object", "is an object", put({})),
            ("EndpointResult{}.DeliveryStatus", "null", "is null", put(None)),
            (
                "EndpointResult{}.DeliveryStatus",
                "lower-case",
                "is in lower case",
                put("successful"),
            ),
            ("EndpointResult{}.StatusCode", "null", "is null", put(None)),
            ("EndpointResult{}.Address", "list", "is a list", put([])),
        ),
    ),
)


def wrapped(reply: Reply) -> Reply:
    return replace(reply, content=[reply.content])


def in_payload_member(reply: Reply) -> Reply:
    return replace(reply, content={"MessageResponse": reply.content})


def response_faults() -> Iterator[Deviation]:
    """Successes that are not what the page says."""
    good = is_a("success")
    for operation, faults in RESPONSES:
        for member, what, note, edit in faults:
            change = when(good, edited(member, edit))
            prefix = "MessageResponse." if operation is SEND_MESSAGES else ""
            yield changed(
                operation, f"{prefix}{member}", f"response-{what}", "response", note, change
            )
        other = 200 if operation.status == 201 else 201
        for status in (other, 202):
            note = f"answers a valid request with status {status}"
            change = when(good, with_status(status))
            yield changed(operation, "", f"success-{status}", "status", note, change)
        for what, note, form in (
            ("success-html", "answers a valid request with an HTML page", as_html),
            ("success-not-json", "answers a valid request with a body not JSON", as_words),
            ("success-empty", "answers a valid request with an empty body", emptied),
            ("success-list", "answers a valid request with an array", wrapped),
            ("success-500", "answers a valid request with InternalFailure", crashed),
            ("success-hang-up", "closes the connection on a valid request", hung_up),
            ("success-no-content-type", "leaves the content type of a success out", untyped),
        ):
            yield changed(operation, "", what, "response", note, when(good, form))
    note = "puts the payload under the name of its member"
    change = when(good, in_payload_member)
    yield changed(SEND_MESSAGES, "MessageResponse", "payload-wrapped", "response", note, change)
    for operation in OPERATIONS:
        if operation.token:
            note = "answers the repeated request with InternalFailure"
            change = when(lambda outcome: outcome.replayed, crashed)
            yield changed(operation, operation.token, "replay-500", "idempotency", note, change)


def untyped(reply: Reply) -> Reply:
    return replace(reply, content_type=None)


def anywhere() -> Iterator[Deviation]:
    """Faults of the whole server."""
    unclaimed = is_a("route")
    for what, note, change in (
        ("unknown-path-200", "answers 200 where no operation is", with_status(200)),
        ("unknown-path-500", "answers 500 where no operation is", crashed),
        ("unknown-path-html", "answers an HTML page where no operation is", as_html),
        ("unknown-path-hang-up", "closes the connection where no operation is", hung_up),
    ):
        fault = when(unclaimed, change)
        yield Deviation(named(None, "", what), "*", "", "protocol", note, change=fault)


def all_deviations() -> dict[str, Deviation]:
    """Every deviation by its name."""
    found = [
        *systematic(),
        *by_hand(),
        *token_faults(),
        *protocol_faults(),
        *(fault for operation in OPERATIONS for fault in error_form_faults(operation)),
        *(fault for operation in OPERATIONS for fault in error_name_faults(operation)),
        *spot_faults(),
        *response_faults(),
        *anywhere(),
    ]
    by_name = {deviation.name: deviation for deviation in found}
    if len(by_name) != len(found):
        raise ValueError("two deviations have one name")
    return by_name


# --------------------------------------------------------------------------------------------
# Sockets.

MAX_LINE = 65536


class Handler(BaseHTTPRequestHandler):
    """Reads one request after another from a connection and sends what the application says."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        super().setup()
        self.request.settimeout(60)

    def version_string(self) -> str:
        return "opponent"

    def log_message(self, *args: Any, **more: Any) -> None:
        """Say nothing: the tests read standard output."""

    def _serve(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            body = self._body(headers)
        except (ValueError, OSError):
            self.close_connection = True
            body = None
        self._send(self.server.application.answer(self.command, self.path, headers, body))

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Serve every method: which of them is right is for the application to say."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _body(self, headers: Mapping[str, str]) -> bytes:
        if "chunked" not in headers.get("transfer-encoding", "").lower():
            return self.rfile.read(int(headers.get("content-length", "0")))
        parts = []
        while size := int(self.rfile.readline(MAX_LINE).partition(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline(MAX_LINE)
        while self.rfile.readline(MAX_LINE).strip():
            pass
        return b"".join(parts)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """A request that is not HTTP, in the wire shape too."""
        self.close_connection = True
        self._send(replace(error_reply(None, "SerializationException", int(code))))

    def _send(self, reply: Reply) -> None:
        if reply.hang_up:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        closing = self.close_connection or self.server.closes
        self.close_connection = closing
        body = reply.body()
        phrase = HTTPStatus(reply.status).phrase
        headers = {
            "x-amzn-RequestId": str(uuid.uuid4()),
            "Date": self.date_time_string(),
            "Content-Length": str(len(body)),
            "Content-Type": reply.content_type,
            "X-Amzn-Errortype": reply.code,
            "Connection": "close" if closing else None,
        }
        lines = [f"HTTP/1.1 {reply.status} {phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items() if value is not None]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
        self.wfile.write(head if self.command == "HEAD" else head + body)


class Server(ThreadingHTTPServer):
    """One application on one port of the loopback interface."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, application: Application, *, closes: bool = False) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.application = application
        self.closes = closes

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report what is wrong here; connections that the other side drops are no news."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def start(
    port: int = 0,
    deviations: Iterable[str] = (),
    readings: Iterable[str] = (),
    stateful: Iterable[str] = (),
) -> Server:
    """A server that listens, with these switches on; the caller runs `serve_forever`."""
    catalogue = all_deviations()
    switches = Switches([catalogue[name] for name in deviations], readings)
    application = Application(switches, known_ids(stateful))
    return Server(port, application, closes="connection-close" in switches.readings)


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--deviation", action="append", default=[], metavar="NAME")
    parser.add_argument("--reading", action="append", default=[], choices=sorted(READINGS))
    parser.add_argument("--stateful", action="append", default=[], metavar="[KIND=]ID")
    parser.add_argument("--list", action="store_true", help="print the deviations")
    parser.add_argument("--list-readings", action="store_true", help="print the readings")
    return parser


def main() -> None:
    """Serve until stopped, or list what can be switched on."""
    parser = arguments()
    options = parser.parse_args()
    catalogue = all_deviations()
    if options.list:
        print("\n".join(json.dumps(one.as_json()) for one in catalogue.values()))
        return
    if options.list_readings:
        print("\n".join(json.dumps({"name": k, "note": v}) for k, v in READINGS.items()))
        return
    if unknown := [name for name in options.deviation if name not in catalogue]:
        parser.error(f"no such deviation: {', '.join(unknown)}")
    with start(options.port, options.deviation, options.reading, options.stateful) as server:
        print(server.url, flush=True)
        try:
            server.serve_forever(poll_interval=0.05)
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()

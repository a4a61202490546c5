"""Runs to render, written by hand: a realistic one, a conforming one, one that decided nothing."""

from __future__ import annotations

from typing import Any

import msgspec

from aws_reports.results import (
    Evidence,
    Message,
    OperationResult,
    Reproducer,
    Results,
    StaleEntry,
    Verdict,
)
from aws_specs.spec import ModelSource, PageSource, ProtocolSource, Source

CONTACT = "connect.CreateContact"
PARTICIPANT = "connect.CreateParticipant"
PUSH = "connect.CreatePushNotificationRegistration"
ENDPOINT = "chime-sdk-identity.RegisterAppInstanceUserEndpoint"
MESSAGES = "pinpoint.SendMessages"

PAGES = {
    CONTACT: "connect/create_contact.txt",
    PARTICIPANT: "connect/create_participant.rst",
    PUSH: "connect/create_push_notification_registration.rst",
    ENDPOINT: "chime-sdk-identity/register_app_instance_user_endpoint.txt",
    MESSAGES: "pinpoint/send_messages.txt",
}

# operation: (member, kind, line, sentence); a line of 0 is a rule that the SDK's model states.
RULES: dict[str, list[tuple[str, str, int, str]]] = {
    CONTACT: [
        ("InstanceId", "required", 43, "InstanceId (string) – [REQUIRED]"),
        ("InstanceId", "length", 0, "max"),
        ("ClientToken", "idempotency", 45, "This field is autopopulated if not provided."),
        ("References", "type", 59, "References (dict) –"),
        (
            "References",
            "length",
            61,
            "You can have up to 4,096 UTF-8 bytes across all references for a contact.",
        ),
        ("References{}.Type", "required", 67, "Type (string) – [REQUIRED]"),
        (
            "References{}.Type",
            "enum",
            20,
            "'Type': 'URL'|'ATTACHMENT'|'CONTACT_ANALYSIS'|'NUMBER'|'STRING'|'DATE'|'EMAIL'",
        ),
        ("References{}.Value", "conditional", 69, "DATE must be of type Epoch timestamp."),
        ("Channel", "required", 77, "Channel (string) – [REQUIRED]"),
        ("Channel", "enum", 27, "Channel='VOICE'|'CHAT'|'TASK'|'EMAIL'"),
        ("InitiationMethod", "required", 79, "InitiationMethod (string) – [REQUIRED]"),
        ("ExpiryDurationInMinutes", "type", 81, "ExpiryDurationInMinutes (integer) –"),
        ("ExpiryDurationInMinutes", "range", 0, "min"),
        ("Name", "length", 0, "max"),
    ],
    PARTICIPANT: [
        ("InstanceId", "required", 38, "InstanceId: [REQUIRED]"),
        ("ContactId", "required", 46, "ContactId: [REQUIRED]"),
        ("ClientToken", "idempotency", 58, "This field is autopopulated if not provided."),
        ("ParticipantDetails", "required", 62, "ParticipantDetails: [REQUIRED]"),
        (
            "ParticipantDetails.ParticipantRole",
            "conditional",
            72,
            "The only valid value for ParticipantRole is CUSTOM_BOT for chat contact and "
            "CUSTOMER for voice contact.",
        ),
        ("ParticipantDetails.DisplayName", "length", 0, "max"),
    ],
    PUSH: [
        ("InstanceId", "required", 37, "InstanceId: [REQUIRED]"),
        ("PinpointAppArn", "required", 53, "PinpointAppArn: [REQUIRED]"),
        ("DeviceToken", "required", 61, "DeviceToken: [REQUIRED]"),
        ("DeviceType", "required", 69, "DeviceType: [REQUIRED]"),
        ("DeviceType", "enum", 20, "DeviceType='GCM'|'APNS'|'APNS_SANDBOX'"),
        (
            "ContactConfiguration.ParticipantRole",
            "unsupported",
            101,
            "Only CUSTOMER is currently supported. Any other values other than CUSTOMER will "
            "result in an exception (4xx error).",
        ),
        ("ContactConfiguration.ContactId", "required", 84, "ContactId (string) -- [REQUIRED]"),
    ],
    ENDPOINT: [
        ("AppInstanceUserArn", "required", 26, "[REQUIRED]"),
        ("Type", "required", 33, "[REQUIRED]"),
        ("Type", "enum", 35, "The type of the AppInstanceUserEndpoint . Supported types:"),
        ("ClientRequestToken", "idempotency", 69, "This field is autopopulated if not provided."),
    ],
    MESSAGES: [
        ("ApplicationId", "required", 260, "ApplicationId (string) – [REQUIRED]"),
        (
            "MessageRequest.MessageConfiguration.EmailMessage.SimpleEmail.Headers",
            "items",
            801,
            "You can have up to 15 Headers.",
        ),
        (
            "MessageRequest.MessageConfiguration.EmailMessage.SimpleEmail.Headers[].Name",
            "length",
            809,
            "The header name can contain up to 126 characters.",
        ),
        (
            "MessageRequest.MessageConfiguration.SMSMessage.MessageType",
            "enum",
            943,
            "The SMS message type. Valid values are TRANSACTIONAL and PROMOTIONAL.",
        ),
    ],
}

UNCHECKED = {
    MESSAGES: (
        (
            f"{MESSAGES}/input/MessageRequest.MessageConfiguration.VoiceMessage.OriginationNumber"
            "/recommended",
            "a recommendation: no request can break it",
        ),
    ),
    CONTACT: ((f"{CONTACT}/input/ClientToken/unique", "uniqueness is the caller's duty"),),
}

BIND = f"{MESSAGES}.ApplicationId=VALUE".replace(".SendMessages", "")


def rule_of(operation: str, member: str, kind: str) -> str:
    return f"{operation}/input/{member}/{kind}"


def source_of(operation: str, line: int, text: str) -> Source:
    if not line:
        shape = operation.rpartition(".")[2] + "Request"
        return ModelSource(model="botocore 1.44.5", shape=shape, trait=text)
    return PageSource(file=PAGES[operation], line=line, sentence=text)


def verdict(operation: str, index: int, outcome: str = "pass", **fields: Any) -> Verdict:
    """One verdict on the operation's rule of that index."""
    member, kind, line, text = RULES[operation][index]
    rule = rule_of(operation, member, kind)
    given: dict[str, Any] = {
        "case": f"{rule}~absent",
        "operation": operation,
        "rule": rule,
        "kind": kind,
        "member": member,
        "verdict": outcome,
        "reason": "refused-as-documented" if outcome == "pass" else "",
        "expected": "a documented validation error",
        "observed": "400 InvalidRequestException",
        "source": source_of(operation, line, text),
        "case_kind": "invalid",
        "row": "invalid-refused",
    }
    return Verdict(**{**given, **fields})


def exchange(
    start: str, body: str, status: str, answer: str, headers: tuple[tuple[str, str], ...] = ()
) -> Evidence:
    return Evidence(
        request=Message(
            start=start,
            headers=(
                ("Content-Type", "application/json"),
                ("Host", "127.0.0.1:4566"),
                ("User-Agent", "aws-conformance/0.1.0"),
            ),
            body=body,
            size=len(body.encode("utf-8", "replace")),
        ),
        answer=Message(
            start=status,
            headers=(("Content-Type", "application/json"), *headers),
            body=answer,
            size=len(answer.encode("utf-8", "replace")),
        ),
        milliseconds=3.2,
    )


def reproducer(method: str, path: str, body: str, boto3: str, cli: str) -> Reproducer:
    curl = (
        f"curl -sS -X {method} 'http://127.0.0.1:4566{path}' \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        f"  --data-raw '{body}'"
    )
    return Reproducer(curl=curl, boto3=boto3, cli=cli)


CREATE = '{"InstanceId":"i-1234567890ab","Channel":"%s","InitiationMethod":"OUTBOUND"}'
CREATED = '{"ContactId":"c0ffee00-0000-4000-8000-000000000001","ContactArn":"arn:aws:connect:us-east-1:123456789012:instance/i/contact/c"}'


def _boto3(call: str, arguments: str) -> str:
    return (
        "import boto3\n\n"
        'client = boto3.client("connect", endpoint_url="http://127.0.0.1:4566")\n'
        f"client.{call}(\n{arguments})"
    )


TWIN = exchange("PUT /contact/create-contact", CREATE % "EMAIL", "200", CREATED)


def _channel() -> Verdict:
    """A value outside an enum is accepted."""
    return verdict(
        CONTACT,
        9,
        "fail",
        case=f"{rule_of(CONTACT, 'Channel', 'enum')}~outsider",
        reason="accepted-invalid",
        expected="InvalidRequestException or another validation error, HTTP 400",
        observed="200 with a body that satisfies the response shape",
        row="invalid-accepted",
        fault="outsider",
        old="EMAIL",
        new="EMAIL_",
        confirmed=True,
        evidence=exchange(
            "PUT /contact/create-contact",
            CREATE % "EMAIL_",
            "200",
            CREATED,
            (("x-amzn-RequestId", "5d1b6c5e-7a54-4d0e-9a6c-0d6d3f1d8a11"),),
        ),
        twin=TWIN,
        reproducer=reproducer(
            "PUT",
            "/contact/create-contact",
            CREATE % "EMAIL_",
            _boto3(
                "create_contact",
                '    InstanceId="i-1234567890ab",\n    Channel="EMAIL_",\n'
                '    InitiationMethod="OUTBOUND",\n',
            ),
            "aws connect create-contact --endpoint-url http://127.0.0.1:4566 \\\n"
            "  --instance-id i-1234567890ab --channel EMAIL_ --initiation-method OUTBOUND",
        ),
    )


def _epoch() -> Verdict:
    """A text that is no time breaks the target."""
    return verdict(
        CONTACT,
        7,
        "fail",
        case=f"{rule_of(CONTACT, 'References{}.Value', 'conditional')}~not-epoch",
        reason="server-error",
        expected="a documented validation error, HTTP 400",
        observed="500 InternalFailure",
        row="any-5xx",
        fault="not-epoch",
        old="1700000000",
        new="next tuesday",
        confirmed=True,
        evidence=exchange(
            "PUT /contact/create-contact",
            '{"InstanceId":"i-1234567890ab","Channel":"TASK","InitiationMethod":"API",'
            '"References":{"due":{"Type":"DATE","Value":"next tuesday"}}}',
            "500",
            "<html><h1>500 Internal Server Error</h1><pre>ValueError: invalid literal for int()"
            "</pre></html>",
        ),
        twin=TWIN,
        reproducer=Reproducer(curl="curl -sS -X PUT 'http://127.0.0.1:4566/…'"),
    )


def _role() -> Verdict:
    """An unsupported value is refused by an error nobody declares."""
    return verdict(
        PUSH,
        5,
        "fail",
        case=f"{rule_of(PUSH, 'ContactConfiguration.ParticipantRole', 'unsupported')}~AGENT",
        reason="wrong-error",
        expected="a 4xx error of the validation class that the operation declares",
        observed="404 UnknownOperationException",
        row="invalid-undeclared",
        fault="unsupported-value",
        old="CUSTOMER",
        new="AGENT",
        evidence=exchange(
            "PUT /push-notification/i-1234567890ab/registrations",
            '{"ContactConfiguration":{"ContactId":"c0ffee","ParticipantRole":"AGENT"}}',
            "404",
            '{"__type":"UnknownOperationException","message":"?"}',
        ),
    )


def _silent() -> Verdict:
    """A null in the place of a structure makes the target hang up."""
    return verdict(
        PARTICIPANT,
        3,
        "fail",
        reason="no-response",
        expected="a documented validation error, HTTP 400",
        observed="the connection was closed before an answer came",
        row="any-silence",
        fault="null",
        old={"ParticipantRole": "CUSTOMER", "DisplayName": "Ana"},
        confirmed=True,
        evidence=Evidence(
            request=Message(
                start="POST /contact/create-participant",
                headers=(("Content-Type", "application/json"),),
                body='{"InstanceId":"i-1","ContactId":"c-1","ParticipantDetails":null}',
                size=64,
            ),
            silence="hangup: the server closed the connection after 0 bytes",
            milliseconds=12.0,
        ),
    )


def _findings() -> list[Verdict]:
    channel = _channel()
    again = msgspec.structs.replace(
        channel, case=f"{channel.rule}~wrong-case", fault="wrong-case", new="email"
    )
    return [channel, again, _epoch(), _role(), _silent()]


def _open_ends() -> list[Verdict]:
    masked = [
        verdict(
            MESSAGES,
            index,
            "inconclusive",
            reason="masked",
            expected="a documented validation error",
            observed="404 NotFoundException, as the valid twin",
            row="masked",
            hint=f"--bind {BIND}",
        )
        for index in (1, 2)
    ]
    absent = [
        verdict(
            ENDPOINT,
            index,
            "unimplemented",
            reason="route-miss",
            observed="404 with an HTML body",
            expected="the operation's documented errors",
        )
        for index in range(4)
    ]
    known = verdict(
        CONTACT,
        13,
        "fail",
        reason="accepted-invalid",
        observed="200",
        fault="too-long",
        baseline="names are not limited here (#42), until 2026-12-31",
    )
    flaky = verdict(PUSH, 2, "fail", reason="server-error", observed="503", flaky=True)
    broken = verdict(
        MESSAGES, 3, "error", reason="encoder", observed="", expected="", hint="report this"
    )
    return [*masked, *absent, known, flaky, broken]


def _passes(taken: set[str]) -> list[Verdict]:
    return [
        verdict(operation, index)
        for operation, rules in RULES.items()
        for index, (member, kind, _, _) in enumerate(rules)
        if rule_of(operation, member, kind) not in taken
    ]


def _operation(operation: str, state: Any, **fields: Any) -> OperationResult:
    rules = {rule_of(operation, member, kind): kind for member, kind, _, _ in RULES[operation]}
    return OperationResult(
        operation=operation,
        state=state,
        rules=tuple(rules),
        kinds=rules,
        page=PAGES[operation],
        unchecked=UNCHECKED.get(operation, ()),
        **fields,
    )


def realistic() -> Results:
    """Five operations on a local emulator: findings of several reasons, and every open end."""
    found = [*_findings(), *_open_ends()]
    protocol = Verdict(
        case=f"{PARTICIPANT}~malformed~bad-json",
        operation=PARTICIPANT,
        rule=f"{PARTICIPANT}/protocol/bad-json",
        kind="protocol",
        member="",
        verdict="pass",
        reason="refused-as-documented",
        expected="400 SerializationException",
        observed="400 SerializationException",
        source=ProtocolSource(protocol="rest-json", document="smithy.io restJson1", level="C"),
        case_kind="malformed",
    )
    return Results(
        tool="aws-conformance 0.1.0",
        sdk="botocore 1.44.5",
        target="http://127.0.0.1:4566",
        started="2026-03-01T06:00:00Z",
        finished="2026-03-01T06:00:04Z",
        seed=20260301,
        examples=25,
        source="both",
        requests=412,
        operations=(
            _operation(CONTACT, "decided", requests=140),
            _operation(PARTICIPANT, "decided", requests=71),
            _operation(PUSH, "decided", requests=96),
            _operation(ENDPOINT, "unimplemented", requests=4, reason="route-miss"),
            _operation(MESSAGES, "partly", requests=101, reason="masked", binds=(BIND,)),
        ),
        verdicts=(*found, *_passes({v.rule for v in found}), protocol),
        stale=(
            StaleEntry(
                rule=rule_of(PARTICIPANT, "ContactId", "required"),
                reason="passes since this run: remove the entry",
            ),
        ),
        exit_code=1,
    )


def conforming() -> Results:
    """A run without a single finding, everything decided."""
    return msgspec.structs.replace(
        realistic(),
        target="emulator",
        operations=tuple(_operation(operation, "decided", requests=40) for operation in RULES),
        verdicts=tuple(_passes(set())),
        stale=(),
        exit_code=0,
    )


def undecided() -> Results:
    """A run in which nothing could be decided."""
    return msgspec.structs.replace(
        realistic(),
        operations=(_operation(ENDPOINT, "unimplemented", requests=4, reason="route-miss"),),
        verdicts=tuple(v for v in _open_ends() if v.operation == ENDPOINT),
        stale=(),
        exit_code=3,
    )

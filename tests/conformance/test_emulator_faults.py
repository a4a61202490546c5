"""Faults: each verb deviates where it should, and nowhere else."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from aws_conformance.emulator import FAULTS, Emulator, fault_ids
from aws_conformance.emulator.faults import parse
from aws_conformance.exchange import Response, Silence
from aws_specs.errors import UsageError
from conformance.emulator_kit import (
    CONTACT,
    ENDPOINT,
    FIVE,
    MESSAGES,
    PARTICIPANT,
    REGISTRATION,
    body,
    emulator,
    error,
    operations,
    raw,
    request,
    send,
    valid,
)

BY_NAME = {operation.id: operation for operation in operations()}

CHANNEL = f"{CONTACT}/input/Channel/enum"
NAME = f"{CONTACT}/input/Name/length"


def contact(app: Emulator, **changes: Any) -> Response:
    """Send a contact with other members; `...` leaves one out."""
    params = {**valid(CONTACT, app.bindings), **changes}
    return send(app, CONTACT, {k: v for k, v in params.items() if v is not ...})


def send_to(app: Emulator, name: str, path: str, value: Any) -> Response:
    params: Any = copy.deepcopy(valid(name, app.bindings))
    *above, last = path.split(".")
    holder = params
    for step in above:
        holder = holder[step]
    holder[last] = value
    return send(app, name, params)


# ---------------------------------------------------------------- does not enforce


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("input/Channel/enum", {"Channel": "FAX"}),
        ("input/Channel/required", {"Channel": ...}),
        ("input/Channel/required", {"Channel": None}),
        ("input/Channel/type", {"Channel": 7}),
        ("input/Name/length", {"Name": "x" * 1025}),
        ("input/InstanceId/length", {"InstanceId": "x" * 101}),
        ("input/InstanceId/exists", {"InstanceId": "no-such"}),
        ("input/Attributes/type", {"Attributes": []}),
        ("input/Attributes{}/type", {"Attributes": {"k": None}}),
        ("input/Attributes{key}/length", {"Attributes": {"": "v"}}),
        ("input/References{}.Type/enum", {"References": {"r": {"Type": "FAX"}}}),
        ("input/References{}.Type/required", {"References": {"r": {}}}),
        ("input/References{}.Arn/pattern", {"References": {"r": {"Type": "URL", "Arn": "!" * 20}}}),
        (
            "input/References{}.Type/conditional=DATE",
            {"References": {"r": {"Type": "DATE", "Value": "soon"}}},
        ),
        (
            "input/References/length=total",
            {"References": {k: {"Type": "URL", "Value": "x" * 3000} for k in "ab"}},
        ),
    ],
)
def test_a_bare_rule_id_stops_enforcing_that_rule_and_no_other(
    rule: str, changes: dict[str, Any]
) -> None:
    assert contact(emulator(), **changes).status in (400, 404)
    lenient = emulator(f"{CONTACT}/{rule}")
    answer = contact(lenient, **changes)
    assert answer.status == 200
    assert set(body(answer)) == {"ContactId", "ContactArn"}
    also_wrong = {**changes, "Description": "x" * 4097}
    assert contact(lenient, **also_wrong).status == 400


def test_what_is_not_supported_is_accepted_when_that_is_not_enforced() -> None:
    rule = f"{MESSAGES}/input/MessageRequest.TemplateConfiguration.InAppTemplate/unsupported"
    value = {"InAppTemplate": {"Name": "t"}}
    at = "MessageRequest.TemplateConfiguration"
    assert send_to(emulator(), MESSAGES, at, value).status == 400
    assert send_to(emulator(rule), MESSAGES, at, value).status == 200


def test_base64_that_is_none_is_accepted_when_that_is_not_enforced() -> None:
    at = "MessageRequest.MessageConfiguration"
    rule = f"{MESSAGES}/input/{at}.EmailMessage.RawEmail.Data/format"
    value = {"EmailMessage": {"RawEmail": {"Data": "no base64"}}}
    assert send_to(emulator(), MESSAGES, at, value).status == 400
    assert send_to(emulator(rule), MESSAGES, at, value).status == 200


def test_a_rule_that_depends_on_state_can_be_left_unenforced() -> None:
    rule = f"{PARTICIPANT}/input/ParticipantDetails.ParticipantRole/conditional=chat"
    at = "ParticipantDetails.ParticipantRole"
    assert send_to(emulator(), PARTICIPANT, at, "CUSTOMER").status == 400
    assert send_to(emulator(rule), PARTICIPANT, at, "CUSTOMER").status == 200
    assert rule not in fault_ids(BY_NAME[PARTICIPANT])


@pytest.mark.parametrize("name", ["json-syntax", "content-type"])
def test_a_rule_of_the_protocol_can_be_left_unenforced(name: str) -> None:
    app = emulator(f"{CONTACT}/protocol/{name}/protocol")
    text = b"{" if name == "json-syntax" else b"{}"
    kind = "text/plain" if name == "content-type" else "application/json"
    answer = app.handle(raw(BY_NAME[CONTACT], text, content_type=kind))
    assert isinstance(answer, Response)
    assert answer.status == 200


def test_off_by_one_accepts_one_more_and_not_two() -> None:
    app = emulator(f"off-by-one:{NAME}")
    assert contact(app, Name="x" * 1024).status == 200
    assert contact(app, Name="x" * 1025).status == 200
    assert contact(app, Name="x" * 1026).status == 400


def test_off_by_one_of_a_range_and_of_items() -> None:
    at = "MessageRequest.MessageConfiguration"
    app = emulator(
        f"off-by-one:{MESSAGES}/input/{at}.GCMMessage.TimeToLive/range",
        f"off-by-one:{MESSAGES}/input/{at}.EmailMessage.SimpleEmail.Headers/items",
    )
    for value, status in ((2419201, 200), (2419202, 400)):
        assert send_to(app, MESSAGES, at, {"GCMMessage": {"TimeToLive": value}}).status == status
    for count, status in ((16, 200), (17, 400)):
        message = {"EmailMessage": {"SimpleEmail": {"Headers": [{}] * count}}}
        assert send_to(app, MESSAGES, at, message).status == status


# ---------------------------------------------------------------- refuses


@pytest.mark.parametrize("text", [f"{CHANNEL}=TASK", f"refuse:{CHANNEL}=TASK"])
def test_an_enum_value_is_refused_and_the_others_are_not(text: str) -> None:
    app = emulator(text)
    assert error(contact(app, Channel="TASK")) == (400, "InvalidParameterException")
    for channel in ("CHAT", "VOICE", "EMAIL"):
        assert contact(app, Channel=channel).status == 200


def test_an_enum_value_is_refused_at_any_depth() -> None:
    app = emulator(f"{CONTACT}/input/References{{}}.Type/enum=NUMBER")
    references = {"a": {"Type": "URL"}, "b": {"Type": "NUMBER"}}
    assert contact(app, References=references).status == 400
    assert contact(app, References={"a": {"Type": "URL"}}).status == 200


def test_refuse_refuses_the_value_at_the_limit() -> None:
    app = emulator(f"refuse:{NAME}")
    assert contact(app, Name="x" * 1023).status == 200
    assert contact(app, Name="x" * 1024).status == 400


# ---------------------------------------------------------------- other answers

ANSWERS = {
    "wrong-error": (409, "IdempotencyException"),
    "undocumented-error": (400, "UnheardOfException"),
    "wrong-status": (418, "InvalidParameterException"),
    "untyped-error": (400, ""),
    "html-error": (400, ""),
    "server-error": (500, "InternalServiceException"),
    "not-found": (404, "ResourceNotFoundException"),
}


@pytest.mark.parametrize("verb", list(ANSWERS))
def test_another_answer_is_given_to_what_breaks_the_rule_only(verb: str) -> None:
    app = emulator(f"{verb}:{CHANNEL}")
    assert error(contact(app, Channel="FAX")) == ANSWERS[verb]
    right = (400, "InvalidParameterException")
    assert error(contact(app, Name="x" * 1025)) == right
    assert error(contact(app, Channel="FAX", Name="x" * 1025)) == right
    assert contact(app).status == 200


def test_an_untyped_error_has_its_type_nowhere() -> None:
    app = emulator(f"untyped-error:{ENDPOINT}/input/Type/enum")
    answer = send_to(app, ENDPOINT, "Type", "FCM")
    assert b"BadRequest" not in answer.body
    assert not {"Code", "code", "__type"} & set(body(answer))


def test_an_html_error_is_a_web_page() -> None:
    answer = contact(emulator(f"html-error:{CHANNEL}"), Channel="FAX")
    assert answer.header("content-type").startswith("text/html")
    assert answer.body.startswith(b"<!doctype html>")


def test_hang_up_answers_nothing() -> None:
    app = emulator(f"hang-up:{CHANNEL}")
    params = {**valid(CONTACT, app.bindings), "Channel": "FAX"}
    answer = app.handle(request(BY_NAME[CONTACT], params))
    assert isinstance(answer, Silence)
    assert answer.kind == "hangup"


def test_other_answers_to_what_does_not_exist_to_conflicts_and_to_an_error_wherever_it_comes() -> (
    None
):
    app = emulator(f"server-error:{CONTACT}/input/InstanceId/exists")
    assert contact(app, InstanceId="no-such").status == 500
    app = emulator(f"wrong-status:{CONTACT}/input/ClientToken/idempotency")
    assert contact(app, ClientToken="t").status == 200
    assert error(contact(app, ClientToken="t", Name="n")) == (418, "IdempotencyException")
    app = emulator(f"wrong-status:{CONTACT}/errors/InvalidParameterException/error")
    assert contact(app, Channel="FAX").status == 418
    assert contact(app, Name="x" * 1025).status == 418
    assert contact(app, InstanceId="no-such").status == 404


def test_other_answers_to_what_breaks_the_protocol() -> None:
    app = emulator(f"html-error:{CONTACT}/protocol/content-type/protocol")
    answer = app.handle(raw(BY_NAME[CONTACT], b"{}", content_type="text/plain"))
    assert isinstance(answer, Response)
    assert answer.header("content-type").startswith("text/html")
    app = emulator(f"server-error:{CONTACT}/protocol/method/protocol")
    right = raw(BY_NAME[CONTACT], b"{}")
    wrong = type(right)(method="GET", path=right.path, headers=right.headers)
    answer = app.handle(wrong)
    assert isinstance(answer, Response)
    assert answer.status == 500


# ---------------------------------------------------------------- outputs


@pytest.mark.parametrize("verb", ["", "lacks:"])
def test_a_response_lacks_a_member(verb: str) -> None:
    app = emulator(f"{verb}{CONTACT}/output/ContactArn/present")
    assert set(body(contact(app))) == {"ContactId"}


def test_a_response_has_null_for_a_member() -> None:
    app = emulator(f"null:{CONTACT}/output/ContactId/present")
    assert body(contact(app))["ContactId"] is None


@pytest.mark.parametrize("verb", ["", "wrong-type:"])
def test_a_response_has_a_value_of_another_type(verb: str) -> None:
    app = emulator(f"{verb}{CONTACT}/output/ContactId/type")
    assert not isinstance(body(contact(app))["ContactId"], str)


def test_a_nested_member_is_made_so_that_it_can_be_wrong() -> None:
    rule = f"{MESSAGES}/output/MessageResponse.Result{{}}.UpdatedToken/type"
    app = emulator(rule)
    answer = body(send(app, MESSAGES, valid(MESSAGES, app.bindings)))
    assert any("UpdatedToken" in result for result in answer["Result"].values())
    endpoints = f"{MESSAGES}/output/MessageResponse.EndpointResult{{}}.DeliveryStatus/enum"
    app = emulator(f"outside-enum:{endpoints}")
    answer = body(send(app, MESSAGES, valid(MESSAGES, app.bindings)))
    assert [r["DeliveryStatus"] for r in answer["EndpointResult"].values()] == ["OUTSIDE_THE_ENUM"]


@pytest.mark.parametrize(("name", "status"), [(CONTACT, 201), (ENDPOINT, 200)])
def test_a_success_has_another_status(name: str, status: int) -> None:
    app = emulator(f"success-status:{name}/output/status")
    assert send(app, name, valid(name, app.bindings)).status == status


def test_the_answer_that_a_token_stands_for_is_not_spoilt_twice() -> None:
    app = emulator(f"lacks:{CONTACT}/output/ContactArn/present")
    assert body(contact(app, ClientToken="t")) == body(contact(app, ClientToken="t"))


# ---------------------------------------------------------------- tokens


@pytest.mark.parametrize("verb", ["", "token-ignored:"])
def test_a_token_can_be_ignored(verb: str) -> None:
    app = emulator(f"{verb}{CONTACT}/input/ClientToken/idempotency")
    first, second = contact(app, ClientToken="t"), contact(app, ClientToken="t")
    assert body(first) != body(second)


def test_a_token_can_be_too_sticky() -> None:
    app = emulator(f"token-too-sticky:{CONTACT}/input/ClientToken/idempotency")
    first, second = contact(app, ClientToken="t"), contact(app, ClientToken="t", Name="n")
    assert second.status == 200
    assert body(first) == body(second)


# ---------------------------------------------------------------- ids


@pytest.mark.parametrize("name", FIVE)
def test_every_listed_fault_can_be_injected_and_is_listed_once(name: str) -> None:
    listed = fault_ids(BY_NAME[name])
    assert len(set(listed)) == len(listed)
    for identifier in listed:
        fault = parse(identifier, BY_NAME)
        assert fault.operation == name
        assert fault.verb in FAULTS


def test_every_verb_is_listed_for_some_rule_of_the_five_operations() -> None:
    verbs = {parse(i, BY_NAME).verb for name in FIVE for i in fault_ids(BY_NAME[name])}
    assert verbs == set(FAULTS)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (f"{CONTACT}/input/References{{}}.Value/length", "the total limit comes first"),
        (f"{CONTACT}/input/Attributes{{key}}/type", "keys are always strings"),
        (f"{CONTACT}/input/InstanceId/pattern", "there is no such rule"),
        (f"{REGISTRATION}/input/InstanceId/type", "a path is always text"),
        (f"{REGISTRATION}/input/ContactConfiguration.ParticipantRole/enum", "one is supported"),
        (f"{ENDPOINT}/input/Name/pattern", "any line matches it"),
        (f"{ENDPOINT}/input/ResourceArn/length", "the pattern is narrower"),
        (f"not-found:{CONTACT}/input/InstanceId/length", "not found is right there"),
        (f"{ENDPOINT}/input/ClientRequestToken/pattern", "it fits somewhere in any text"),
        (f"html-error:{CONTACT}/errors/InvalidParameterException/error", "looks like the rules"),
        (f"wrong-error:{REGISTRATION}/input/DeviceToken/length", "a quota is a limit too"),
        (
            f"{PARTICIPANT}/input/ParticipantDetails.ParticipantRole/enum=CUSTOMER",
            "depends on state",
        ),
        (f"token-too-sticky:{REGISTRATION}/input/ClientToken/idempotency", "no conflict is told"),
    ],
)
def test_faults_that_nobody_could_notice_are_not_listed(rule: str, why: str) -> None:
    (name,) = (name for name in FIVE if f"{name}/" in rule)
    assert rule not in fault_ids(BY_NAME[name]), why


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (f"{CONTACT}/input/Chanel/enum", f"{CONTACT}/input/Channel/enum"),
        (f"{CHANNEL}=TUSK", f"{CHANNEL}=TASK"),
        (f"wrong-eror:{CHANNEL}", ""),
        ("connect.CreateContract/input/Channel/enum", "connect.CreateContact"),
        (f"lacks:{CHANNEL}", ""),
        ("nonsense", "RULE"),
        ("", "RULE"),
    ],
)
def test_an_unknown_fault_is_an_error_with_the_closest_match(text: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        emulator(text)
    assert hint in str(caught.value)
    assert repr(text) in caught.value.message


def test_several_faults_do_not_disturb_each_other() -> None:
    app = emulator(CHANNEL, f"wrong-status:{NAME}", f"lacks:{CONTACT}/output/ContactArn/present")
    assert contact(app, Channel="FAX").status == 200
    assert contact(app, Name="x" * 1025).status == 418
    assert set(body(contact(app))) == {"ContactId"}
    assert send(app, PARTICIPANT, valid(PARTICIPANT, app.bindings)).status == 200

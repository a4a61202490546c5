"""Every rule the prose of the five pages states, against a table that was reviewed by hand."""

from __future__ import annotations

import json
from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aws_specs.prose import Draft, prose_rules
from aws_specs.readers import read_page
from aws_specs.spec import DEFAULT_CONFIDENCE

DATA = resources.files("aws_specs") / "data" / "pages"
FILES = {
    "chime-sdk-identity.register_app_instance_user_endpoint": "txt",
    "connect.create_contact": "txt",
    "connect.create_participant": "rst",
    "connect.create_push_notification_registration": "rst",
    "pinpoint.send_messages": "txt",
}
PAGES = {
    name: read_page(
        (DATA / service / f"{method}.{FILES[name]}").read_text(encoding="utf-8"),
        file=f"{service}/{method}.{FILES[name]}",
    )
    for name in FILES
    for service, method in [name.split(".")]
}
TABLE = Path(__file__).parent / "prose_data" / "five_pages.jsonl"
EXPECTED = [json.loads(line) for line in TABLE.read_text(encoding="utf-8").splitlines()]
SEND = "pinpoint.send_messages"
MESSAGES = "MessageRequest.MessageConfiguration"


def rules(page: str, member: str, kind: str) -> list[Draft]:
    return [d for d in prose_rules(PAGES[page]) if (d.member, d.kind) == (member, kind)]


def row(page: str, draft: Draft) -> dict[str, Any]:
    shown = msgspec.to_builtins(draft)
    keys = ("line", "side", "member", "kind", "value", "confidence", "sentence")
    return {
        "page": page,
        **{key: shown[key] for key in keys},
        "part": draft.part,
        "checkable": draft.checkable,
    }


@pytest.mark.parametrize("page", sorted(PAGES))
def test_the_prose_of_a_page_gives_exactly_the_reviewed_rules(page: str) -> None:
    found = Counter(json.dumps(row(page, d), sort_keys=True) for d in prose_rules(PAGES[page]))
    wanted = Counter(json.dumps(e, sort_keys=True) for e in EXPECTED if e["page"] == page)
    assert found == wanted


@pytest.mark.parametrize("page", sorted(PAGES))
def test_every_sentence_stands_in_the_block_of_its_line(page: str) -> None:
    printed: dict[int, str] = {}

    def note(members: Any) -> None:
        for member in members:
            for prose in member.prose:
                printed[prose.line] = prose.text
            note(member.children)

    note(PAGES[page].input)
    note(PAGES[page].output)
    assert all(d.sentence in printed[d.line] for d in prose_rules(PAGES[page]))


def test_a_rule_that_cannot_be_checked_says_why() -> None:
    for page in PAGES.values():
        assert all(bool(d.reason) != d.checkable for d in prose_rules(page))


def test_only_customer_is_supported_of_five_roles() -> None:
    found = rules(
        "connect.create_push_notification_registration",
        "ContactConfiguration.ParticipantRole",
        "unsupported",
    )
    assert [d.value for d in found] == [{"supported": ["CUSTOMER"]}] * 2
    assert all(d.confidence == 0.95 and d.checkable and d.line == 101 for d in found)


def test_a_rule_on_the_parent_that_depends_on_the_contact_is_split_into_what_can_be_checked() -> (
    None
):
    role = "ParticipantDetails.ParticipantRole"
    [only] = rules("connect.create_participant", role, "unsupported")
    assert only.value == {"supported": ["CUSTOM_BOT", "CUSTOMER"]}
    assert (only.checkable, only.confidence, only.line) == (True, 0.9, 72)
    cases = rules("connect.create_participant", role, "conditional")
    assert [(d.part, d.value["then"]["value"]) for d in cases] == [
        ("chat", ["CUSTOM_BOT"]),
        ("voice", ["CUSTOMER"]),
    ]
    assert not any(d.checkable for d in cases)


def test_what_is_not_supported_for_something_else_is_no_rule_here() -> None:
    template = "MessageRequest.TemplateConfiguration"
    assert rules(SEND, f"{template}.VoiceTemplate", "unsupported") == []
    [in_app] = rules(SEND, f"{template}.InAppTemplate", "unsupported")
    assert (in_app.value, in_app.confidence) == ({"supported": []}, 0.9)


def test_a_member_called_boolean_gets_the_values_its_sentences_explain_and_no_type() -> None:
    page = "chime-sdk-identity.register_app_instance_user_endpoint"
    [values] = rules(page, "AllowMessages", "enum")
    assert values.value == ["ALL", "NONE"]
    assert rules(page, "AllowMessages", "type") == []


def test_priority_takes_the_values_in_broken_markup_and_their_equivalents() -> None:
    [apns] = rules(SEND, f"{MESSAGES}.APNSMessage.Priority", "enum")
    [gcm] = rules(SEND, f"{MESSAGES}.GCMMessage.Priority", "enum")
    assert apns.value == ["5", "10", "normal", "high"]
    assert gcm.value == ["normal", "high", "5", "10"]


def test_advice_of_apple_is_no_limit() -> None:
    path = f"{MESSAGES}.APNSMessage.SilentPush"
    [advice] = rules(SEND, path, "recommended")
    assert not advice.checkable
    assert rules(SEND, path, "range") == rules(SEND, path, "items") == []


def test_descriptions_never_reach_the_confidence_that_makes_findings() -> None:
    soft = [
        d for p in PAGES.values() for d in prose_rules(p) if d.family in ("format-of", "hint-if")
    ]
    assert soft
    assert all(d.confidence < DEFAULT_CONFIDENCE for d in soft)

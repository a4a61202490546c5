"""Each prose family on sentences of AWS's documentation: what it reads, and what it must not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_specs.page import PageMember, Prose
from aws_specs.prose import CONFIDENCE, FAMILIES, FORMATS, Draft, find
from aws_specs.spec import DEFAULT_CONFIDENCE


def blocks(*texts: str, codes: tuple[str, ...] = ()) -> tuple[Prose, ...]:
    """Return prose; a text that starts with "* " is a bullet."""
    return tuple(
        Prose(text=text[2:], line=line, kind="item", depth=1, codes=codes)
        if text.startswith("* ")
        else Prose(text=text, line=line, codes=codes)
        for line, text in enumerate(texts, 1)
    )


def member(step: str, word: str = "string", *texts: str, **more: Any) -> PageMember:
    codes = more.pop("codes", ())
    return PageMember(step=step, type=word, line=1, prose=blocks(*texts, codes=codes), **more)


def read(*members: PageMember, method: str = "do_it", side: str = "input") -> list[Draft]:
    sides = (members, ()) if side == "input" else ((), members)
    return list(find(method, (), *sides))


def only(word: str, text: str, *, name: str = "Name", **more: Any) -> list[tuple[str, Any]]:
    """Return (kind, value) of what one member's prose gives, soft hints left out."""
    found = read(member(name, word, text, **more))
    return [(d.kind, d.value) for d in found if d.confidence >= DEFAULT_CONFIDENCE]


LIST_OF_STRINGS = (PageMember(step="[]", type="string", line=1),)


@pytest.mark.parametrize(
    ("word", "text", "kind", "value"),
    [
        ("string", "The name can be up to 64 characters long.", "length", {"max": 64}),
        ("string", "This value can’t exceed 64 bytes.", "length", {"max": 64, "unit": "bytes"}),
        ("string", "Must be at most 1,024 characters.", "length", {"max": 1024}),
        ("string", "It can't be longer than 100 characters.", "length", {"max": 100}),
        ("string", "Must not be more than 127 characters.", "length", {"max": 127}),
        ("string", "Maximum length of 128 characters.", "length", {"max": 128}),
        ("string", "Maximum length of 255.", "length", {"max": 255}),
        ("string", "With maximum length 128.", "length", {"max": 128}),
        (
            "string",
            "No document can exceed 389,120 bytes.",
            "length",
            {"max": 389120, "unit": "bytes"},
        ),
        ("string", "The limit maximum is 50 characters.", "length", {"max": 50}),
        ("string", "Must contain from 1 to 63 letters.", "length", {"min": 1, "max": 63}),
        ("string", "An optional note (1-1000 characters).", "length", {"min": 1, "max": 1000}),
        ("string", "The string must contain at least 20 characters.", "length", {"min": 20}),
        (
            "integer",
            "Between 60 (1 minute) and 86,400 (24 hours).",
            "range",
            {"min": 60, "max": 86400},
        ),
        ("integer", "The range is from 9 up to 43.", "range", {"min": 9, "max": 43}),
        ("integer", "Valid range: 1 - 99.", "range", {"min": 1, "max": 99}),
        ("integer", "A value between 0 and 255, inclusive.", "range", {"min": 0, "max": 255}),
        ("integer", "You cannot specify a number greater than 100.", "range", {"max": 100}),
        ("float", "The value must be less than or equal to 0.5.", "range", {"max": 0.5}),
    ],
)
def test_a_limit_is_read_in_every_usual_wording(
    word: str, text: str, kind: str, value: dict[str, Any]
) -> None:
    [(found, stated)] = only(word, text)
    assert found == kind
    assert {"unit": "characters"} | value == {"unit": "characters"} | stated


def test_a_minimum_has_the_unit_of_the_maximum_after_it() -> None:
    text = "It must be a minimum of 6 and a maximum of 64 characters long."
    values = [value for _, value in only("string", text)]
    assert values == [{"min": 6, "unit": "characters"}, {"max": 64, "unit": "characters"}]


def test_a_list_counts_its_entries_when_the_noun_is_its_name() -> None:
    tags = member("Tags", "list", "You can have up to 15 tags.", children=LIST_OF_STRINGS)
    assert [(d.kind, d.value) for d in read(tags)] == [("items", {"max": 15})]


def test_entries_counted_in_the_text_of_an_item_limit_the_list() -> None:
    item = member("[]", "dict", "You can have up to 15 MessageHeaders.")
    [found] = read(PageMember(step="Headers", type="list", line=1, children=(item,)))
    assert (found.member, found.value) == ("Headers", {"max": 15})


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("string", "For example, the name is 24 characters in length."),
        ("string", 'A string that begins with "r-" followed by from 4 to 32 letters.'),
        ("string", "A policy ID is the name plus a 10-character generated suffix."),
        ("string", "If you use SMS, the body can be up to 160 characters."),
        ("string", "Names should be shorter than 20 characters."),
        ("string", "The default maximum length is 100 characters."),
        ("string", "For instances that use SAML, it can include up to 20 characters."),
        ("integer", "Apple recommends no more than 3 notifications per hour."),
        ("integer", "Constraints: The value can't be 2375-2376."),
        ("integer", "The version of 2012-10-17 applies."),
        ("integer", "The maximum is 5 per account."),
        ("integer", "Any existing jobs with a timeout greater than 7 days will be stopped."),
        ("integer", "Keys are kept for up to 30 days."),
        ("boolean", "Up to 10 characters are shown."),
    ],
)
def test_a_hedged_or_foreign_number_is_no_limit(word: str, text: str) -> None:
    assert only(word, text) == []


def test_limits_of_one_member_that_contradict_each_other_make_no_finding() -> None:
    both = member("Number", "integer", "Valid range: 4 - 128.", "Valid range: 2 - 400.")
    found = read(both)
    assert len(found) == 2
    assert all(d.confidence < DEFAULT_CONFIDENCE for d in found)


def test_a_limit_in_another_unit_is_converted_and_only_a_hint() -> None:
    [found] = read(member("secondsToLive", "integer", "A key can be valid for up to 30 days."))
    assert found.value == {"max": 2592000, "unit": "seconds"}
    assert found.confidence < DEFAULT_CONFIDENCE


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Valid values: A1 | B2 | C3", ["A1", "B2", "C3"]),
        ("Valid values are “KEY” or “TOKEN”.", ["KEY", "TOKEN"]),
        ("Valid values are GOLD (the best, such as mine) and TIN (the rest).", ["GOLD", "TIN"]),
        ("The method to use, CERTIFICATE or TOKEN.", ["CERTIFICATE", "TOKEN"]),
        ("The sort field: NAME, SIZE, or STATUS.", ["NAME", "SIZE", "STATUS"]),
        ("Possible values for this setting are ON and OFF.", ["ON", "OFF"]),
        ("ALL indicates everything. NONE indicates nothing.", ["ALL", "NONE"]),
    ],
)
def test_an_enumeration_in_a_sentence_is_read(text: str, values: list[str]) -> None:
    assert ("enum", values) in only("string", text)


def test_bullets_below_a_lead_in_are_the_values() -> None:
    texts = ("The state. Valid values are:", "* ON - It runs.", "* OFF : It rests.", "* IDLE")
    [found] = read(member("State", "string", *texts))
    assert (found.value, found.line) == (["ON", "OFF", "IDLE"], 1)
    assert found.sentence == "Valid values are:"


def test_one_bullet_that_is_no_value_spoils_the_list() -> None:
    texts = ("Valid values are:", "* ON - It runs.", "* any other word of your choice")
    assert read(member("State", "string", *texts)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Valid values are for example RED and BLUE.",
        "Colours such as RED or BLUE.",
        "Valid values are letters, numbers, and hyphens.",
        "The status changes from PASSED to either WARNING, FAILED, or GONE.",
        "This is valid only if the status is IDLE or RUNNING.",
    ],
)
def test_examples_and_conditions_are_no_enumeration(text: str) -> None:
    assert [value for kind, value in only("string", text) if kind == "enum"] == []


def test_a_list_that_shares_no_value_with_the_syntax_block_speaks_of_something_else() -> None:
    assert only("string", "Valid values are TRUE and FALSE.", enum=("ARN", "MODEL")) == []


@pytest.mark.parametrize(
    ("text", "supported"),
    [
        ("Only CUSTOMER is currently supported.", ["CUSTOMER"]),
        ("Only CHAT and TASK are supported.", ["CHAT", "TASK"]),
        ("Currently, the only supported value is CHAT.", ["CHAT"]),
        ("The only valid value is CHAT.", ["CHAT"]),
        ("CHAT is the only supported value.", ["CHAT"]),
        ("Any other values than CHAT will result in an exception.", ["CHAT"]),
    ],
)
def test_only_some_values_are_supported(text: str, supported: list[str]) -> None:
    found = only("string", text, enum=("CHAT", "CUSTOMER", "TASK", "VOICE"))
    assert ("unsupported", {"supported": supported}) in found


@pytest.mark.parametrize(
    "text",
    [
        "Only alphanumeric characters are allowed.",
        "Only the owner is allowed.",
        "This object isn’t supported for campaigns.",
        "In Athena, only CHAT is supported.",
    ],
)
def test_what_is_supported_elsewhere_is_no_rule(text: str) -> None:
    assert only("string", text, enum=("CHAT", "VOICE")) == []


@pytest.mark.parametrize(("method", "count"), [("send_messages", 1), ("create_campaign", 0)])
def test_not_supported_for_an_operation_is_a_rule_of_that_operation(
    method: str, count: int
) -> None:
    text = "The InApp template object is not supported for SendMessages."
    found = read(member("InAppTemplate", "dict", text), method=method)
    assert [d.value for d in found] == [{"supported": []}] * count


def conditional(*members: PageMember) -> Any:
    [found] = [d for d in read(*members) if d.kind == "conditional"]
    return found


def test_required_if_names_the_member_and_its_value() -> None:
    kind = member("Type", enum=("QUEUE", "USER"))
    config = member("QueueConfig", "dict", "This is required only if Type is QUEUE.")
    found = conditional(kind, config)
    assert found.value == {
        "when": {"member": "Type", "in": ["QUEUE"]},
        "then": {"kind": "required", "member": "QueueConfig", "value": True},
    }
    assert found.checkable
    assert found.confidence >= DEFAULT_CONFIDENCE


def test_a_condition_that_no_member_shows_is_kept_and_not_checkable() -> None:
    found = conditional(member("Arn", "string", "This is required if you use a private zone."))
    assert found.value["when"] == {"external": "you use a private zone"}
    assert not found.checkable


def test_required_if_may_speak_of_another_member() -> None:
    texts = "If WorkerType is set, then NumberOfWorkers is required."
    found = conditional(member("WorkerType", "string"), member("NumberOfWorkers", "integer", texts))
    assert found.member == "NumberOfWorkers"
    assert found.value["when"] == {"member": "WorkerType", "present": True}


def test_exclusive_members_are_named_by_path() -> None:
    text = "You must specify either Statistic or ExtendedStatistic, but not both."
    inner = (member("Statistic", "string", text), member("ExtendedStatistic", "string"))
    [found] = read(PageMember(step="Query", type="dict", line=1, children=inner))
    members = ["Query.ExtendedStatistic", "Query.Statistic"]
    assert (found.kind, found.member) == ("exclusive", "Query")
    assert found.value == {"members": members, "exactly_one": True}


def test_exclusive_with_two_members_gives_two_pairs() -> None:
    text = "MaxCapacity is mutually exclusive with WorkerCount and WorkerType."
    others = (member("WorkerCount", "integer"), member("WorkerType"))
    found = read(member("MaxCapacity", "float", text), *others)
    pairs = [d.value["members"] for d in found]
    assert pairs == [["MaxCapacity", "WorkerCount"], ["MaxCapacity", "WorkerType"]]


@pytest.mark.parametrize(
    ("word", "text", "form"),
    [
        ("bytes", "The entire message must be base64 encoded.", "base64"),
        ("string", "This value must be a valid ARN.", "arn"),
        ("string", "It's specified in ISO 8601 format.", "date-time"),
        ("string", "The value must be a valid JSON string.", "json"),
        ("string", "The value must be in E.164 format.", "e.164"),
    ],
)
def test_a_format_that_is_demanded_makes_findings(word: str, text: str, form: str) -> None:
    assert only(word, text) == [("format", form)]


@pytest.mark.parametrize(
    "text",
    [
        "The ARN of the topic.",
        "The Amazon Resource Name (ARN) of the topic.",
        "The raw, JSON-formatted string to use.",
        "The URL of an image or video.",
        "The policy, in JSON format.",
    ],
)
def test_a_description_of_a_format_is_only_a_hint(text: str) -> None:
    [found] = [d for d in read(member("Thing", "string", text)) if d.kind == "format"]
    assert found.confidence < DEFAULT_CONFIDENCE
    assert found.value in FORMATS


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Id", "The name or ARN of the function."),
        ("Id", "The ARN or ID of the function."),
        ("Key", "The value must be URL-encoded."),
        ("Length", "The duration, in ISO 8601 format."),
        ("SecretArn", "The secret must contain a JSON structure."),
    ],
)
def test_an_alternative_or_another_thing_states_no_format(name: str, text: str) -> None:
    assert [d for d in read(member(name, "string", text)) if d.kind == "format"] == []


@pytest.mark.parametrize(
    ("word", "text", "kind", "value"),
    [
        ("boolean", "Default is False.", "default", False),
        ("integer", "The default value is 604,800 seconds.", "default", 604800),
        ("string", "Default: STANDARD", "default", "STANDARD"),
        ("string", "This field is reserved for future use.", "reserved", True),
        ("string", "The name must be unique within your account.", "unique", None),
        ("string", "You can't change the name after you create it.", "immutable", True),
        ("string", "We recommend that you use E.164 format.", "recommended", "e.164"),
        ("string", "This must match the name of an existing template.", "exists", None),
    ],
)
def test_what_one_answer_cannot_show_is_kept_with_its_reason(
    word: str, text: str, kind: str, value: Any
) -> None:
    [found] = [d for d in read(member("Name", word, text)) if d.kind == kind]
    assert value is None or found.value == value
    assert not found.checkable
    assert found.reason


def test_an_idempotency_token_is_recognised_once_and_only_in_a_request() -> None:
    texts = ("A unique identifier to ensure idempotency of the request. See idempotent APIs.",)
    token = member("ClientToken", "string", *texts, autopopulated=True)
    [found] = [d for d in read(token) if d.kind == "idempotency"]
    assert found.value == {"token": "ClientToken", "autopopulated": True, "conflict": None}
    assert read(token, side="output") == []


def test_every_family_has_a_confidence_and_every_confidence_lies_between_0_and_1() -> None:
    assert all(0 < value <= 1 for value in CONFIDENCE.values())
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)


WORDS = st.sampled_from(
    [
        "valid",
        "values",
        "are",
        "must",
        "be",
        "up",
        "to",
        "64",
        "characters",
        "1-5",
        "between",
        "and",
        "only",
        "SUPPORTED",
        "TOKEN",
        ",",
        ".",
        ";",
        ":",
        "(",
        ")",
        "if",
        "required",
        "default",
        "is",
        "the",
        "ARN",
        "base64",
        "JSON",
        "not",
        "either",
        "or",
        "both",
        "one",
        "of",
        "Name",
        "Type",
        "para>",
        "*",
        "“A”",
        "unique",
        "existing",
        "recommend",
        "idempotent",
        "exclusive",
        "with",
        "1,000",
        "KB",
        "seconds",
    ]
)


@given(st.lists(st.lists(WORDS, max_size=30).map(" ".join), max_size=4))
def test_any_prose_is_read_without_failing_and_quotes_itself(texts: list[str]) -> None:
    for word in ("string", "integer", "list", "dict", "boolean"):
        for draft in read(member("Name", word, *texts), member("Type", enum=("A", "TOKEN"))):
            assert any(draft.sentence in text for text in texts)
            assert draft.confidence <= CONFIDENCE[draft.family]
            assert msgspec.json.decode(msgspec.json.encode(draft), type=Draft) == draft


def test_a_sentence_without_end_is_passed_over() -> None:
    assert read(member("Name", "string", "valid values are A, " * 50_000)) == []

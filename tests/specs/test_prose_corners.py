"""Corners of the prose families: what bounds, types, scopes and hedges change."""

from __future__ import annotations

from typing import Any

import pytest

from aws_specs.page import PageMember, Prose
from aws_specs.prose import Draft, find
from aws_specs.spec import DEFAULT_CONFIDENCE


def member(step: str, word: str, text: str = "", **more: Any) -> PageMember:
    codes = more.pop("codes", ())
    kind = more.pop("kind", "paragraph")
    prose = (Prose(text, 1, kind, int(kind == "item"), codes),) if text else ()
    return PageMember(step=step, type=word, line=1, prose=prose, **more)


def read(*members: PageMember, kind: str = "") -> list[Draft]:
    return [d for d in find("do_it", (), members, ()) if not kind or d.kind == kind]


def used(drafts: list[Draft]) -> list[Any]:
    return [d.value for d in drafts if d.checkable and d.confidence >= DEFAULT_CONFIDENCE]


# ---------------------------------------------------------------- limits


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The value must be less than 10.", {"max": 9}),
        ("The value must be greater than 10.", {"min": 11}),
        ("The value must be greater than or equal to 3.", {"min": 3}),
        ("The value must be less than 0.5.", None),
        ("Specifying more than 23 is refused.", {"max": 23}),
        ("Valid range: 5 to 2.", None),
        ("Valid range: 1,2 to 3.", None),
        ("Values of 3 and 4.", None),
        ("It is exactly 12 digits.", None),
    ],
)
def test_bounds_of_an_integer(text: str, value: dict[str, int] | None) -> None:
    found = read(member("Size", "integer", text), kind="range")
    assert [d.value for d in found] == ([] if value is None else [value])


def test_one_of_several_spans_makes_no_finding() -> None:
    for text, kind in (
        ("Specify any integer from 2000 to 65535, or 22.", "paragraph"),
        ("TCP and UDP - 0 to 65535", "item"),
        ("gp3: 1-5", "item"),
        ("Start with 10-20% of the peak.", "paragraph"),
        ("Valid values: For large environments, accepts values from 2 to 5.", "paragraph"),
    ):
        assert used(read(member("Size", "integer", text, kind=kind))) == []


def test_a_maximum_in_a_bullet_of_constraints_is_used() -> None:
    text = "Must contain a maximum of 63 characters."
    assert used(read(member("Name", "string", text, kind="item"))) == [
        {"max": 63, "unit": "characters"}
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It must be 12 digits.", {"min": 12, "max": 12, "unit": "characters"}),
        ("Must be 512 characters or less.", {"max": 512, "unit": "characters"}),
        ("Can be up to 64 KB.", {"max": 65536, "unit": "bytes"}),
    ],
)
def test_an_exact_or_scaled_length_is_read_with_less_trust(text: str, value: Any) -> None:
    [found] = read(member("Code", "string", text), kind="length")
    assert found.value == value


def test_a_total_that_names_another_member_makes_no_finding() -> None:
    text = "The total size of the Head and Body must not exceed 12 bytes."
    found = read(member("Head", "string", text), member("Body", "string"))
    assert [d.part for d in found] == ["total"]
    assert used(found) == []


def test_items_that_are_not_the_member_s_are_a_hint_or_nothing() -> None:
    items = (member("[]", "string"),)
    vague = member("Rules", "list", "You can use up to 25 filters.", children=items)
    wrong = member("Ports", "list", "The port range is 4092-4191.", children=items)
    other = member("Weights", "list", "Each weight is from 1 to 100.", children=items)
    assert used(read(vague, wrong, other)) == []


def test_a_limit_that_is_shared_makes_no_finding() -> None:
    items = (member("[]", "string"),)
    text = "You can have up to 50 tags per resource."
    assert used(read(member("Tags", "list", text, children=items))) == []


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("TimeoutInMillis", "Up to 3 seconds.", {"max": 3000, "unit": "milliseconds"}),
        ("Timeout", "The time, in minutes. Up to 2 hours.", {"max": 120, "unit": "minutes"}),
        ("Timeout", "Up to 2 hours.", {"max": 2, "unit": "hours"}),
        ("Days", "Kept for up to 100 years.", {"max": 100}),
    ],
)
def test_a_limit_of_time_is_told_in_the_unit_of_the_member(
    name: str, text: str, value: Any
) -> None:
    found = read(member(name, "integer", text), kind="range")
    assert [d.value for d in found if d.part is None] == [value]
    assert used(found) == []


# ---------------------------------------------------------------- enumerations


def test_values_of_a_number_are_numbers_and_a_hint() -> None:
    [found] = read(member("Depth", "integer", "Valid values are 1, 5, and 10."), kind="enum")
    assert found.value == [1, 5, 10]
    assert found.confidence < DEFAULT_CONFIDENCE
    assert read(member("Depth", "integer", "Valid values are LOW and HIGH."), kind="enum") == []


def test_values_of_a_list_belong_to_its_items() -> None:
    items = (member("[]", "string"),)
    text = "Valid values are ON and OFF."
    [found] = read(member("States", "list", text, children=items), kind="enum")
    assert found.member == "States[]"


def test_values_of_another_member_are_not_taken() -> None:
    other = member("AuthType", "string")
    assert read(member("Mode", "string", "For AuthType, valid values are A1 and B2."), other) == []


def test_values_for_one_case_are_a_hint() -> None:
    text = "For network balancers, the possible values are IPV4 and DUAL."
    [found] = read(member("Mode", "string", text), kind="enum")
    assert found.confidence < DEFAULT_CONFIDENCE


def test_values_that_are_included_are_a_hint() -> None:
    [found] = read(member("Mode", "string", "Valid values include ON, OFF, and IDLE."), kind="enum")
    assert found.value == ["ON", "OFF", "IDLE"]
    assert found.confidence < DEFAULT_CONFIDENCE


def test_bullets_without_a_lead_in_are_a_hint() -> None:
    prose = (
        Prose("How it runs.", 1),
        Prose("FAST - At once.", 2, "item", 1),
        Prose("SLOW - Later.", 3, "item", 1),
    )
    [found] = read(PageMember("Mode", "string", 1, prose=prose))
    assert (found.value, found.confidence < DEFAULT_CONFIDENCE) == (["FAST", "SLOW"], True)


def test_one_value_is_no_enumeration_unless_it_is_marked() -> None:
    assert read(member("Mode", "string", "Valid values: integers."), kind="enum") == []
    assert read(member("Mode", "string", "Valid value: FAST.", codes=("FAST",)), kind="enum") == []


@pytest.mark.parametrize("text", ["Served by NASA or ESA", "To be or NOT", "Choose NASA or others"])
def test_two_words_at_the_end_are_not_always_values(text: str) -> None:
    assert read(member("Mode", "string", text), kind="enum") == []


# ---------------------------------------------------------------- support


@pytest.mark.parametrize(
    ("word", "text", "codes", "value"),
    [
        ("integer", "The only supported value is 1.", (), [1]),
        ("boolean", "The only supported value is true.", ("true",), [True]),
        ("string", "Only text/plain is supported.", ("text/plain",), ["text/plain"]),
        ("string", "The only supported value for Mode is FAST.", (), ["FAST"]),
    ],
)
def test_the_only_value_has_the_type_of_the_member(
    word: str, text: str, codes: tuple[str, ...], value: list[Any]
) -> None:
    [found] = read(member("Mode", word, text, codes=codes), kind="unsupported")
    assert found.value == {"supported": value}


@pytest.mark.parametrize(
    "text", ["This parameter is not currently supported.", "It isn’t supported."]
)
def test_a_member_that_is_not_supported_is_kept_below_the_bar(text: str) -> None:
    [found] = read(member("Filters", "list", text))
    assert found.value == {"supported": []}
    assert found.confidence < DEFAULT_CONFIDENCE


@pytest.mark.parametrize(
    "text",
    [
        "Patterns that look ahead are not supported.",
        "This parameter is not supported for Oracle.",
        "Only FAST is supported for a list.",
    ],
)
def test_what_is_not_supported_elsewhere_or_for_something_else_is_no_rule(text: str) -> None:
    assert used(read(member("Filters", "list", text))) == []


# ---------------------------------------------------------------- between members


def test_a_boolean_condition_is_a_json_boolean() -> None:
    flag = member("Enabled", "boolean")
    arn = member("RoleArn", "string", "This parameter is required if Enabled is set to true.")
    [found] = read(flag, arn, kind="conditional")
    assert found.value["when"] == {"member": "Enabled", "in": [True]}


@pytest.mark.parametrize(
    "text",
    [
        "This is not required if Mode is FAST.",
        "Permissions must be provided when Mode is FAST.",
        "You must specify the whole thing when Mode is FAST.",
    ],
)
def test_what_is_not_demanded_of_the_member_is_no_condition(text: str) -> None:
    mode = member("Mode", "string", enum=("FAST",))
    assert read(mode, member("Size", "integer", text), kind="conditional") == []


def test_a_condition_on_the_member_itself_is_external() -> None:
    text = "This is required if Size is specified."
    [found] = read(member("Size", "integer", text), kind="conditional")
    assert "external" in found.value["when"]


def test_the_name_before_the_member_says_which_is_required() -> None:
    mode = member("Mode", "string", enum=("FAST",))
    [found] = read(mode, member("Size", "integer", "You must specify a size if Mode is FAST."))
    assert found.value["then"]["member"] == "Size"


def test_a_tagged_union_is_exclusive_in_all_its_members() -> None:
    text = "Only one of the following top level keys can be set: text, image, sound."
    members = (member("text", "string"), member("image", "dict"))
    [found] = read(member("content", "dict", text, children=members))
    assert found.value["members"] == ["content.image", "content.text"]


@pytest.mark.parametrize(
    "text",
    [
        "Choose only one of the colours.",
        "Mutually exclusive with everything else.",
        "Both are used.",
    ],
)
def test_exclusion_of_what_is_no_member_is_no_rule(text: str) -> None:
    assert read(member("Colour", "string", text), kind="exclusive") == []


def test_required_in_prose_is_kept_below_the_bar() -> None:
    [found] = read(member("Size", "integer", "This parameter is required."), kind="required")
    assert found.confidence < DEFAULT_CONFIDENCE
    marked = member("Size", "integer", "This parameter is required.", required=True)
    assert read(marked, kind="required") == []


def test_types_that_are_all_named_leave_nothing_unsupported() -> None:
    kind = member("Type", "string", enum=("A1", "B2"))
    assert read(kind, member("Token", "string", "The token for the A1 and B2 types.")) == []


def test_a_date_without_a_value_beside_it_bounds_nothing() -> None:
    text = "DATE must be of type Epoch timestamp."
    assert read(member("Type", "string", text, enum=("DATE", "URL"))) == []


# ---------------------------------------------------------------- states


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("list", "The default is 5."),
        ("integer", "The default is 0.5."),
        ("dict", "For a list of supported fields, consult us."),
        ("string", "Populate the Missing value of each type as Thing."),
        ("string", "If the name is not unique, we fail."),
        ("string", "When the job is done, it cannot be changed."),
    ],
)
def test_what_names_no_value_and_no_member_is_left_out(word: str, text: str) -> None:
    assert read(member("Thing", word, text)) == []


# ---------------------------------------------------------------- what is passed over


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("string", "See idempotent APIs for more about tokens."),
        ("dict", "Only one of a kind is supported."),
        ("dict", "Only FAST is supported."),
        ("dict", "The value must be a valid ARN."),
        ("string", "The name (of the thing) is reserved for future use by others only."),
        ("string", "It has a 12 for a reason of 3 characters"),
        ("string", "The template must be hyper-linked with the URL itself."),
        ("list", "Served in seconds."),
    ],
)
def test_a_cue_alone_makes_no_finding(word: str, text: str) -> None:
    assert used(read(member("Thing", word, text))) == []


def test_the_operation_s_own_text_can_exclude_members_and_nothing_else() -> None:
    documentation = (
        Prose("You can specify FirstName or LastName, but not both.", 3),
        Prose("Names must be unique. The default is FAST. This parameter is required.", 4),
        Prose("This is reserved for future use. It is not supported.", 5),
    )
    members = (member("FirstName", "string"), member("LastName", "string"))
    [found] = find("do_it", documentation, members, ())
    assert (found.kind, found.member, found.line) == ("exclusive", "", 3)
    assert found.value["members"] == ["FirstName", "LastName"]


def test_members_at_different_levels_exclude_nothing() -> None:
    outer = (member("LastName", "string"),)
    text = "You can specify FirstName or LastName, but not both."
    holder = member("Person", "dict", children=(member("FirstName", "string", text),))
    assert read(holder, *outer, kind="exclusive") == []


def test_a_literal_head_of_a_bullet_may_be_any_word() -> None:
    prose = (
        Prose("One of the following values:", 1),
        Prose("fast is the quick one", 2, "item", 1, ("fast",)),
        Prose("slow is the other one", 3, "item", 1, ("slow",)),
    )
    [found] = read(PageMember("Mode", "string", 1, prose=prose))
    assert found.value == ["fast", "slow"]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("string", "The page, if the value of the Missing property is URL."),
        ("string", "The page, if the value of the Mode property is URL."),
        ("string", "The token for the A1 and B2 types."),
        ("string", "For example, for a URL reference, a formatted URL."),
        ("string", "For example, for a URL reference, a formatted HTML."),
        ("string", "Choose by size, COLD,HOT or WARM"),
        ("string", "Mode says COLD HOT or WARM"),
        ("string", "The ARN of the topic or its name."),
        ("boolean", "For up to 5 seconds."),
        ("integer", "It must be 1,2 digits."),
        ("string", "Sizes of 1,2-3 bytes. Supports contacts in the CHAT channel"),
        ("string", "Only FAST for the Missing is supported."),
        ("string", "The only valid value for Missing is FAST."),
    ],
)
def test_names_that_nothing_answers_to_make_no_finding(word: str, text: str) -> None:
    mode = member("Mode", "string", enum=("FAST", "SLOW"))
    assert used(read(member("Thing", word, text), mode)) == []


def test_equivalents_that_do_not_match_the_values_add_nothing() -> None:
    prose = (
        Prose("para>5 - Low.", 1),
        Prose("/listitem> * 10 - High.", 2),
        Prose("The equivalent values for it are normal, for 7, and high, for 8.", 3),
        Prose("If you give one, the service accepts and converts it.", 4),
    )
    [found] = [
        d for d in read(PageMember("Priority", "string", 1, prose=prose)) if d.kind == "enum"
    ]
    assert found.value == ["5", "10"]


def test_bullets_of_a_bullet_are_its_own_list() -> None:
    prose = (
        Prose("OUTER - one of the following values:", 1, "item", 1),
        Prose("A1 - first", 2, "item", 2),
        Prose("B2 - second", 3, "item", 2),
        Prose("NEXT - not of the inner list", 4, "item", 1),
    )
    [found] = [d for d in read(PageMember("Mode", "string", 1, prose=prose)) if d.kind == "enum"]
    assert found.value == ["A1", "B2"]


@pytest.mark.parametrize(("name", "text"), [
    ("registryId", "The identifier of the registry (ARN or ID)."),
    ("ResourceArn", "Valid values for resource-type are: job, vocabulary, and model."),
    ("Token", "Tokens must be signed using RSA keys (RS256) or ECDSA keys (ES256 or ES512)."),
    ("Category", "The category of the template (for example, UTILITY or MARKETING)."),
    ("Window", "Days must be one of Mon | Tue | Wed | Thu | Fri | Sat | Sun."),
    ("FleetId", "The fleet cannot be in any of the following statuses: ERROR or DELETING."),
])  # fmt: skip
def test_what_is_in_a_value_or_of_what_it_names_is_no_enumeration(name: str, text: str) -> None:
    assert used(read(member(name, "string", text), kind="enum")) == []


@pytest.mark.parametrize("text", [
    "This can be one of the following: RED, GREEN, or BLUE.", "The colour: RED, GREEN, or BLUE.",
])  # fmt: skip
def test_a_closed_list_of_values_is_one(text: str) -> None:
    assert used(read(member("Colour", "string", text), kind="enum")) == [["RED", "GREEN", "BLUE"]]

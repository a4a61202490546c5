"""What sentences forbid to stand together, or demand together, and what they only describe."""

from __future__ import annotations

from typing import Any

import pytest

from aws_specs.page import PageMember, Prose
from aws_specs.prose import Draft, find
from aws_specs.spec import DEFAULT_CONFIDENCE

KINDS = ("RED", "GREEN", "BLUE")


def member(step: str, text: str = "", word: str = "string", **more: Any) -> PageMember:
    kind = more.pop("kind", "paragraph")
    prose = (Prose(text, 1, kind, int(kind == "item")),) if text else ()
    return PageMember(step=step, type=word, line=1, prose=prose, **more)


def read(text: str, name: str = "Name", **more: Any) -> list[Draft]:
    """Return what a text of one member says, with others beside it."""
    members = (
        member("FirstArn"), member("SecondId"), member("Third", word="list"),
        member("Type", enum=KINDS), member("logLevel", enum=KINDS), member("Publish",
        word="boolean"),
    )  # fmt: skip
    others = tuple(one for one in members if one.step != name)
    return list(find("do_it", (), (member(name, text, **more), *others), ()))


def used(text: str, **more: Any) -> list[Any]:
    found = read(text, **more)
    return [(d.kind, d.value) for d in found if d.confidence >= DEFAULT_CONFIDENCE]


def apart(one: str, other: str) -> tuple[str, Any]:
    return ("exclusive", {"members": sorted([one, other]), "exactly_one": False})


@pytest.mark.parametrize("text", [
    "You cannot include FirstArn and SecondId in the same operation.",
    "You can't specify both FirstArn and SecondId.",
    "FirstArn and SecondId can't be used at the same time.",
    "If you specify FirstArn, you can't specify SecondId.",
    "When you specify FirstArn, you must not also specify the SecondId parameter.",
    "Don't specify FirstArn together with SecondId.",
    "Do not use FirstArn if you specify values for SecondId.",
    "If FirstArn is specified, SecondId cannot be set.",
    "Constraints: FirstArn can\N{RIGHT SINGLE QUOTATION MARK}t be specified with SecondId.",
])  # fmt: skip
def test_members_that_must_not_stand_together(text: str) -> None:
    assert used(text) == [apart("FirstArn", "SecondId")]


@pytest.mark.parametrize("text", [
    "You can't use this parameter with the SecondId parameter.",
    "Can't be specified if SecondId is specified.",
    "If SecondId is provided, then this parameter can't be specified.",
    "You can't specify this parameter and the SecondId parameter in the same call.",
])  # fmt: skip
def test_a_sentence_may_speak_of_its_own_member(text: str) -> None:
    assert used(text) == [apart("Name", "SecondId")]


def test_each_of_several_is_excluded() -> None:
    found = used("If you specify FirstArn, don't specify SecondId or Third.")
    assert found == [apart("FirstArn", "SecondId"), apart("FirstArn", "Third")]


@pytest.mark.parametrize("text", [
    "If you specify FirstArn and SecondId, you can't specify Third.",  # only both of them
    "If you specify FirstArn, you can't specify SecondId and Third.",  # perhaps both at once
    "You can't specify FirstArn and the colour.",  # no member
    "You can't specify FirstArn with a wildcard.",
    "You cannot use FirstArn and SecondId.",  # together, or none of them
    "If you specify FirstArn, you can't specify more than one value.",
    "If you don't specify FirstArn, you can't specify SecondId.",
    "FirstArn should not be used in combination with SecondId.",
])  # fmt: skip
def test_what_is_not_surely_an_exclusion_is_none(text: str) -> None:
    assert used(text) == []


def test_this_value_of_an_enumeration_is_not_the_member() -> None:
    text = "If you use this value, don't specify FirstArn."
    assert used(text, name="Type", enum=KINDS) == []
    assert used(text, kind="item") == []


def test_what_an_answer_has_together_is_no_rule() -> None:
    members = (member("A", "If you specify Aa, you can't specify Bb."), member("Aa"), member("Bb"))
    assert list(find("do_it", (), (), members)) == []


def forbidden(name: str, holder: str, *values: Any) -> tuple[str, Any]:
    then = {"kind": "unsupported", "member": name, "value": {"supported": []}}
    return ("conditional", {"when": {"member": holder, "in": list(values)}, "then": then})


@pytest.mark.parametrize(("text", "holder", "values"), [
    ("Don't specify a value for Name when you specify a value for Type of RED or BLUE.", "Type",
     ("RED", "BLUE")),
    ("Cannot be specified when Type is RED.", "Type", ("RED",)),
    ("If Type is set to RED, this value must not be set.", "Type", ("RED",)),
    ("If Publish is true, do not use Name.", "Publish", (True,)),
    ("You can only set Name if the Publish parameter is set to true.", "Publish", (False,)),
    ("You can specify this parameter only when Type is RED.", "Type", ("GREEN", "BLUE")),
    ("Can only be specified if your log level is not set to RED.", "logLevel", ("RED",)),
])  # fmt: skip
def test_a_member_is_forbidden_by_the_value_of_another(
    text: str, holder: str, values: tuple[Any, ...]
) -> None:
    assert used(text) == [forbidden("Name", holder, *values)]


@pytest.mark.parametrize("text", [
    "Name is not supported when you specify a value for Type of RED.",
    "When the value of Type is RED, omit Name.",
    "Valid only if Type is RED.",
])  # fmt: skip
def test_what_only_describes_shapes_requests_and_is_not_tested(text: str) -> None:
    found = [one for one in read(text) if one.kind == "conditional"]
    assert found
    assert used(text) == []


@pytest.mark.parametrize("text", [
    "Cannot be specified when Type is MAUVE.",  # no value of it
    "Cannot be specified when Size is RED.",
    "You can only set Name if Type is RED, GREEN, or BLUE.",  # nothing is left
    "Cannot be specified when Type is RED for the second time.",
])  # fmt: skip
def test_a_condition_that_is_not_understood_is_none(text: str) -> None:
    assert used(text) == []


def test_the_end_of_a_name_is_the_member() -> None:
    text = "You can only set the description if the Publish parameter is set to true."
    name = "versionDescription"
    assert used(text, name=name) == [forbidden(name, "Publish", False)]
    assert used(text, name="Describer") == []


def demanded(name: str, when: dict[str, Any]) -> tuple[str, Any]:
    then = {"kind": "required", "member": name, "value": True}
    return ("conditional", {"when": when, "then": then})


@pytest.mark.parametrize(("text", "expected"), [
    ("Required, if your log level is not set to RED.",
     [demanded("Name", {"member": "logLevel", "in": ["GREEN", "BLUE"]})]),
    ("Required when Type is RED.", [demanded("Name", {"member": "Type", "in": ["RED"]})]),
    ("If you specify FirstArn, you must also specify SecondId and Third.",
     [demanded(name, {"member": "FirstArn", "present": True}) for name in ("SecondId", "Third")]),
    ("If FirstArn is supplied, SecondId must also be provided.",
     [demanded("SecondId", {"member": "FirstArn", "present": True})]),
    ("If you specify FirstArn, you must specify SecondId or Third.", []),
    ("If you don't specify FirstArn, you must specify SecondId.", []),
])  # fmt: skip
def test_a_member_that_another_demands(text: str, expected: list[Any]) -> None:
    assert used(text) == expected


# ---------------------------------------------------------------- lists and remarks


@pytest.mark.parametrize(("text", "limit"), [
    ("This array can have up to 100 members.", 100),
    ("The list can contain a maximum of 25 documents.", 25),
    ("A list of up to 5 group IDs to attach.", 5),
    ("You can include up to 10 names in this list.", 10),
    ("Limited to size 1.", 1),
    ("You can specify up to 5 namespaces in a label.", None),
    ("You can include up to 20 images.", None),
])  # fmt: skip
def test_a_sentence_may_count_the_list_itself(text: str, limit: int | None) -> None:
    items = (PageMember(step="[]", type="dict", line=1),)
    found = list(find("do_it", (), (member("Things", text, "list", children=items),), ()))
    sure = [d.value for d in found if d.kind == "items" and d.confidence >= DEFAULT_CONFIDENCE]
    assert sure == ([] if limit is None else [{"max": limit}])


def test_a_warning_among_bullets_parts_no_enumeration() -> None:
    blocks = (
        Prose("Valid values are:", 1),
        Prose("RED: one", 2, "item", 1),
        Prose("If you specify RED, look twice.", 3, "warning"),
        Prose("GREEN: two", 4, "item", 1),
        Prose("BLUE: three", 5, "item", 1),
    )
    one = PageMember(step="Type", type="string", line=1, enum=KINDS, prose=blocks)
    found = [d.value for d in find("do_it", (), (one,), ()) if d.kind == "enum"]
    assert found == [list(KINDS)]

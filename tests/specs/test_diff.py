"""What two specs of one operation say differently, and whom it breaks."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from aws_specs import catalog
from aws_specs.diff import Change, What, diff
from aws_specs.diff.breaking import breaks
from aws_specs.diff.drift import drift
from aws_specs.from_model import operation_from_model
from aws_specs.spec import (
    ErrorShape,
    Member,
    ModelSource,
    Operation,
    PageInfo,
    PageSource,
    Rule,
    Scalar,
    Statement,
    Structure,
    Wire,
    rule_id,
)

WIRE = Wire(
    protocol="rest-json",
    method="POST",
    uri="/things",
    status=200,
    api_version="2020-01-01",
    endpoint_prefix="things",
    signing_name="things",
)
MODEL = ModelSource(model="botocore 1 things", shape="S", trait="t")
PAGE = PageSource(file="p.rst", line=1, sentence="It is so.")


def rule(
    member: str,
    kind: Any,
    value: Any,
    *,
    side: Any = "input",
    source: Any = MODEL,
    confidence: float = 1.0,
) -> Rule:
    return Rule(
        id=rule_id("things.Make", side, member, kind),
        side=side,
        member=member,
        kind=kind,
        statements=(Statement(source=source, value=value),),
        confidence=confidence,
    )


def members(*names: str, origin: Any = "model") -> Structure:
    return Structure(
        members=tuple(
            Member(name=name, shape=Scalar(type="string"), known_to=(origin,), wire_name=name)
            for name in names
        )
    )


def spec(
    *rules: Rule,
    asked: tuple[str, ...] = ("A", "B"),
    answered: tuple[str, ...] = ("Id",),
    errors: tuple[ErrorShape, ...] = (),
    wire: Wire = WIRE,
    origin: Any = "model",
    **more: Any,
) -> Operation:
    return Operation(
        service="things",
        client="Things",
        method="make",
        name="Make",
        input=members(*asked, origin=origin),
        output=members(*answered, origin=origin),
        errors=errors,
        wire=wire,
        rules=rules,
        model="" if origin == "page" else "botocore 1 things",
        page=PageInfo(file="p.rst", rendering="rst", sha256="0") if origin == "page" else None,
        errors_from=(origin,),
        **more,
    )


def error(name: str, status: int = 400, **more: Any) -> ErrorShape:
    return ErrorShape(name=name, code=name, status=status, known_to=("model",), **more)


def told(changes: tuple[Change, ...]) -> list[tuple[str, str, str, Any, Any, bool, bool]]:
    return [
        (c.what, c.member, c.part, c.old, c.new, c.breaks_callers, c.breaks_implementers)
        for c in changes
    ]


LENGTH = {"min": 1, "max": 10, "unit": "characters"}
LONGER = {**LENGTH, "max": 20}

CASES: dict[str, tuple[Operation, Operation, tuple[Any, ...]]] = {
    "an optional member of the request breaks servers only": (
        spec(),
        spec(asked=("A", "B", "C")),
        ("member-added", "C", "", None, {"type": None}, False, True),
    ),
    "a required member of the request breaks both": (
        spec(),
        spec(rule("C", "required", True), asked=("A", "B", "C")),
        ("member-added", "C", "", None, {"type": None, "required": True}, True, True),
    ),
    "a member less in the request breaks callers": (
        spec(),
        spec(asked=("A",)),
        ("member-removed", "B", "", {"type": None}, None, True, False),
    ),
    "a member more in the answer breaks nobody": (
        spec(),
        spec(answered=("Id", "Arn")),
        ("member-added", "Arn", "", None, {"type": None}, False, False),
    ),
    "another type breaks both": (
        spec(rule("A", "type", "string")),
        spec(rule("A", "type", "integer")),
        ("type", "A", "", "string", "integer", True, True),
    ),
    "a member that becomes required breaks both": (
        spec(),
        spec(rule("A", "required", True)),
        ("required", "A", "", False, True, True, True),
    ),
    "a member that becomes optional breaks servers": (
        spec(rule("A", "required", True)),
        spec(),
        ("required", "A", "", True, False, False, True),
    ),
    "a member no longer sure to be answered breaks callers": (
        spec(rule("Id", "required", True, side="output")),
        spec(),
        ("required", "Id", "", True, False, True, False),
    ),
    "a value more breaks servers": (
        spec(rule("A", "enum", ["X"])),
        spec(rule("A", "enum", ["X", "Y"])),
        ("enum-value-added", "A", "", None, "Y", False, True),
    ),
    "a value less breaks both": (
        spec(rule("A", "enum", ["X", "Y"])),
        spec(rule("A", "enum", ["X"])),
        ("enum-value-removed", "A", "", "Y", None, True, True),
    ),
    "a value more in the answer breaks nobody": (
        spec(rule("Id", "enum", ["X"], side="output")),
        spec(rule("Id", "enum", ["X", "Y"], side="output")),
        ("enum-value-added", "Id", "", None, "Y", False, False),
    ),
    "an enum where any text was allowed breaks both": (
        spec(),
        spec(rule("A", "enum", ["X"])),
        ("enum-added", "A", "", None, ["X"], True, True),
    ),
    "a looser limit breaks servers": (
        spec(rule("A", "length", LENGTH)),
        spec(rule("A", "length", LONGER)),
        ("constraint-changed", "A", "length", LENGTH, LONGER, False, True),
    ),
    "a tighter limit breaks both": (
        spec(rule("A", "length", LONGER)),
        spec(rule("A", "length", LENGTH)),
        ("constraint-changed", "A", "length", LONGER, LENGTH, True, True),
    ),
    "another pattern may break anyone": (
        spec(rule("A", "pattern", "[a-z]+")),
        spec(rule("A", "pattern", "[a-z]*")),
        ("constraint-changed", "A", "pattern", "[a-z]+", "[a-z]*", True, True),
    ),
    "a limit that has gone breaks servers": (
        spec(rule("A", "range", {"max": 3})),
        spec(),
        ("constraint-removed", "A", "range", {"max": 3}, None, False, True),
    ),
    "an error more breaks nobody": (
        spec(),
        spec(errors=(error("Gone", 410),)),
        ("error-added", "Gone", "", None, {"code": "Gone", "status": 410}, False, False),
    ),
    "an error less breaks servers": (
        spec(errors=(error("Gone", 410),)),
        spec(),
        ("error-removed", "Gone", "", {"code": "Gone", "status": 410}, None, False, True),
    ),
    "another status of an error breaks both": (
        spec(errors=(error("Gone", 410),)),
        spec(errors=(error("Gone", 404),)),
        ("error-status", "Gone", "", 410, 404, True, True),
    ),
    "a token that the SDK fills in is new work for servers": (
        spec(),
        spec(rule("A", "idempotency", {"token": "A", "autopopulated": True})),
        ("token", "A", "", False, True, False, True),
    ),
    "another status of the success breaks both": (
        spec(),
        spec(wire=replace(WIRE, status=201)),
        ("status", "", "", 200, 201, True, True),
    ),
    "another path breaks both": (
        spec(),
        spec(wire=replace(WIRE, uri="/objects")),
        ("wire", "", "uri", "/things", "/objects", True, True),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_difference_is_one_change(case: str) -> None:
    old, new, expected = CASES[case]
    assert told(diff(old, new)) == [expected]


@pytest.mark.parametrize("case", CASES)
def test_a_comparison_turned_round_swaps_old_and_new(case: str) -> None:
    old, new, _ = CASES[case]
    there, back = diff(old, new), diff(new, old)
    assert [(c.member, c.old, c.new) for c in there] == [(c.member, c.new, c.old) for c in back]


@given(st.sampled_from(sorted(CASES)), st.booleans())
def test_a_spec_does_not_differ_from_itself(case: str, second: bool) -> None:
    one = CASES[case][second]
    assert diff(one, one) == ()


@pytest.mark.parametrize("what", get_args(What))
@pytest.mark.parametrize("side", ["input", "output", "errors", "protocol"])
def test_every_change_that_can_be_told_has_a_row_in_the_table_of_breaks(
    what: Any, side: Any
) -> None:
    callers, implementers = breaks(Change(operation="s.Op", what=what, side=side))
    assert isinstance(callers, bool)
    assert isinstance(implementers, bool)


def test_says_nothing_of_what_is_below_a_new_member() -> None:
    below = Structure(members=(Member(name="X", shape=Scalar(type="string"), known_to=("model",)),))
    new = spec(rule("C.X", "required", True))
    deep = Member(name="C", shape=below, known_to=("model",))
    changes = diff(
        spec(), replace(new, input=replace(new.input, members=(*new.input.members, deep)))
    )
    assert [change.member for change in changes] == ["C"]


def test_a_rule_read_with_little_confidence_changes_and_breaks_nobody() -> None:
    old = spec(origin="page")
    new = spec(rule("A", "format", "arn", source=PAGE, confidence=0.5), origin="page")
    (change,) = diff(old, new)
    assert (change.what, change.part, change.breaking) == ("rule-added", "format", False)
    sure = spec(rule("A", "format", "arn", source=PAGE), origin="page")
    assert diff(old, sure)[0].breaks_callers


def test_a_page_that_prints_no_pattern_has_not_dropped_it() -> None:
    page = spec(origin="page")
    model = spec(rule("A", "pattern", "[a-z]+"), rule("A", "length", LENGTH))
    assert diff(page, model) == ()
    assert diff(model, page) == ()


def test_page_and_model_are_compared_in_the_bounds_that_both_name() -> None:
    page = spec(rule("A", "length", {"max": 10}, source=PAGE), origin="page")
    assert diff(page, spec(rule("A", "length", LENGTH))) == ()
    (change,) = diff(page, spec(rule("A", "length", LONGER)))
    assert (change.what, change.old_from, change.new_from) == (
        "constraint-changed",
        "page",
        "model",
    )


def test_errors_that_a_copy_has_lost_are_unknown_and_not_removed() -> None:
    unknown = replace(spec(origin="page"), errors_from=())
    assert diff(spec(errors=(error("Gone"),)), unknown) == ()


def test_prose_that_a_copy_has_lost_is_not_removed() -> None:
    from aws_specs.spec import Gap

    old = spec(rule("A", "format", "arn", source=PAGE), origin="page")
    new = replace(spec(origin="page"), gaps=(Gap(what="prose-lost", where="input"),))
    assert [change.what for change in diff(old, spec(origin="page"))] == ["rule-removed"]
    assert diff(old, new) == ()


NEW_IN_CREATE_CONTACT = {
    ("member-added", "PreviousContactId", None),
    *(
        ("member-added", f"SegmentAttributes{{}}.{name}", None)
        for name in ("ValueMap", "ValueInteger", "ValueList", "ValueArn")
    ),
    *(
        ("enum-value-added", "References{}.Type", value)
        for value in (
            "EMAIL_MESSAGE_PLAIN_TEXT",
            "EMAIL_MESSAGE_PLAIN_TEXT_REDACTED",
            "EMAIL_MESSAGE_REDACTED",
        )
    ),
    ("enum-value-added", "References{}.Status", "DRAFTING"),
    ("enum-value-added", "InitiateAs", "COMPLETED"),
}


@pytest.mark.parametrize("name", catalog.names())
def test_shows_what_the_sdk_has_added_since_the_pages_were_printed(name: str) -> None:
    page = replace(catalog.load(name), model="")
    changes = diff(page, operation_from_model(*name.split(".")))
    found = {(c.what, c.member, None if c.what == "member-added" else c.new) for c in changes}
    expected = NEW_IN_CREATE_CONTACT if name == "connect.CreateContact" else set()
    assert expected <= found
    assert {what for what, _, _ in found} <= {"member-added", "enum-value-added", "error-added"}


@pytest.mark.parametrize("name", catalog.names())
def test_a_spec_records_the_drift_that_the_comparison_finds(name: str) -> None:
    operation = catalog.load(name)
    assert drift(operation) == operation.drift
    model = operation_from_model(*name.split("."))
    changed = {(c.side, c.member) for c in diff(replace(operation, model=""), model)}
    assert {(one.side, one.member) for one in operation.drift} == changed

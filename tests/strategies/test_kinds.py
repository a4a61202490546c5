"""Rule kinds one by one: the ways of breaking them, what keeps them, what a request breaks."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from aws_specs.paths import KEY, occurrences
from aws_specs.spec import Json, List, Map, Member, Recursive, Rule
from aws_strategies.build import Builder, NoValueError
from aws_strategies.kinds import KINDS, broken, entries_of, places, streamed, value_at
from aws_strategies.plan import Plan
from strategies.specs import plan, rule, scalar, structure

STRING = scalar()
MAP = Map(key=STRING, value=STRING)


def ways(made: Plan, broken_rule: Rule, request: Json) -> dict[str, Json]:
    """Return the values a rule is broken with at its first place, by way."""
    at = next(iter(places(broken_rule, request)))
    found = KINDS[broken_rule.kind].breaks(made, broken_rule, request, at)
    return {breach.what: breach.new for breach in found}


# ---------------------------------------------------------------- required and type


def test_required_member_is_absent_or_null_in_the_body_and_only_absent_elsewhere() -> None:
    must = rule("A", "required")
    header = Member(name="A", shape=STRING, location="header")

    assert set(ways(plan(structure(A=STRING), must), must, {"A": "a"})) == {"absent", "null"}
    assert set(ways(plan(structure(A=header), must), must, {"A": "a"})) == {"absent"}


def test_null_is_a_value_of_a_document() -> None:
    must = rule("A", "required")

    assert set(ways(plan(structure(A=scalar("document")), must), must, {"A": 1})) == {"absent"}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("string", {"number", "boolean", "array", "object"}),
        ("integer", {"string", "boolean", "fraction", "array", "object"}),
        ("float", {"string", "boolean", "array", "object"}),
        ("boolean", {"string", "number", "array", "object"}),
        ("bytes", {"number", "boolean", "array", "object"}),
        ("datetime", {"array", "object", "boolean"}),
        ("dict", {"string", "array", "number", "boolean"}),
        ("list", {"string", "object", "number", "boolean"}),
        ("document", set()),
        ("whatever", set()),
    ],
)
def test_type_is_confused_with_every_other_json_type(word: str, expected: set[str]) -> None:
    typed = rule("A", "type", word)
    made = plan(structure(A=STRING), typed)

    assert set(ways(made, typed, {"A": "a"})) == expected
    assert all(
        KINDS["type"].keeps(word, new) is False for new in ways(made, typed, {"A": 1}).values()
    )


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        ("string", "a"), ("bytes", "YQ=="), ("datetime", "2024-01-01"), ("datetime", 1.5),
        ("integer", 1), ("float", 1), ("float", 1.5), ("boolean", True), ("dict", {}),
        ("list", []), ("document", None),
    ],
)  # fmt: skip
def test_value_of_the_type_keeps_it(word: str, kept: Json) -> None:
    assert KINDS["type"].keeps(word, kept) is True


def test_word_that_says_nothing_is_neither_kept_nor_broken() -> None:
    assert KINDS["type"].keeps("something", 1) is None


@pytest.mark.parametrize("location", ["uri", "querystring", "header", "headers"])
def test_types_outside_of_the_body_are_confused_as_text(location: Any) -> None:
    member = Member(name="A", shape=scalar("integer"), location=location)
    typed = rule("A", "type", "integer")

    assert set(ways(plan(structure(A=member), typed), typed, {"A": 1})) <= {"string", "fraction"}


def test_raw_body_and_map_keys_have_no_other_type() -> None:
    stream = structure(A=scalar("blob", streaming=True))
    typed = rule("A", "type", "bytes")
    keyed = rule("M{key}", "type", "string")

    assert ways(plan(stream, typed), typed, {"A": ""}) == {}
    assert ways(plan(structure(M=MAP), keyed), keyed, {"M": {"a": "b"}}) == {}
    assert streamed(scalar("blob", streaming=True))
    assert not streamed(STRING)


# ---------------------------------------------------------------- enum and unsupported


def test_enum_is_broken_by_an_outsider_a_wrong_case_and_the_empty_text() -> None:
    enum = rule("A", "enum", ["ON", "OFF"])
    found = ways(plan(structure(A=STRING), enum), enum, {"A": "ON"})

    assert found["wrong-case"] in {"on", "off"}
    assert found["empty"] == ""
    assert found["outsider"] not in {"ON", "OFF"}


def test_enum_with_the_outsider_or_the_empty_text_in_it_is_broken_by_others() -> None:
    enum = rule("A", "enum", ["AWS_CONFORMANCE_OUTSIDER", ""], ["1"])
    found = ways(plan(structure(A=STRING), enum), enum, {"A": ""})

    assert "empty" not in found
    assert found["outsider"] not in {"AWS_CONFORMANCE_OUTSIDER", ""}


def test_enum_is_broken_by_a_value_of_a_namesake() -> None:
    enum, other = rule("A.Type", "enum", ["X"]), rule("B.Type", "enum", ["X", "Y"])
    made = plan(structure(A=structure(Type=STRING), B=structure(Type=STRING)), enum, other)

    assert ways(made, enum, {"A": {"Type": "X"}})["namesake"] == "Y"


def test_value_that_another_source_knows_is_neither_valid_nor_invalid() -> None:
    enum = rule("A", "enum", ["X"], ["X", "Z"])
    made = plan(structure(A=STRING), enum)

    assert broken(made, {"A": "Z"}, surely=True) == set()
    assert broken(made, {"A": "Z"}, surely=False) == {enum.id}
    assert broken(made, {"A": "Q"}, surely=True) == {enum.id}


@pytest.mark.parametrize(
    ("shape", "present"),
    [
        (STRING, "a"),
        (structure(B=STRING, C=scalar("integer"), D=STRING), {"B": "b", "C": 1}),
        (List(item=STRING), []),
        (MAP, {}),
    ],
)
def test_unsupported_member_is_broken_by_being_there(shape: Any, present: Json) -> None:
    no = rule("A", "unsupported", {"supported": []})
    made = plan(structure(A=shape), no)
    found = list(KINDS["unsupported"].breaks(made, no, {}, ("A",)))

    assert [(breach.what, breach.op, breach.new) for breach in found] == [
        ("present", "add", present)
    ]
    assert broken(made, {"A": present}, surely=True) == {no.id}
    assert broken(made, {}, surely=False) == set()


def test_unsupported_values_are_those_of_the_enum_that_are_left() -> None:
    some = rule("A", "unsupported", {"supported": ["X"]})
    enum = rule("A", "enum", ["X", "Y", "Z"])

    assert ways(plan(structure(A=STRING), enum, some), some, {"A": "X"}) == {"Y": "Y", "Z": "Z"}
    assert list(ways(plan(structure(A=STRING), some), some, {"A": "X"}).values()) == [
        "AWS_CONFORMANCE_OUTSIDER"
    ]
    assert KINDS["unsupported"].keeps({"supported": ["X"]}, "X") is True


# ---------------------------------------------------------------- length, items, range


def test_length_is_broken_by_one_character() -> None:
    long = rule("A", "length", {"min": 3, "max": 5})
    found = ways(plan(structure(A=STRING), long), long, {"A": "abcd"})

    assert {what: len(value) for what, value in found.items()} == {"above-max": 6, "below-min": 2}


def test_length_in_bytes_is_broken_in_bytes_too() -> None:
    long = rule("A", "length", {"max": 5, "unit": "bytes"})
    found = ways(plan(structure(A=STRING), long), long, {"A": "abcd"})

    assert len(found["above-max-in-bytes"]) <= 5 < len(found["above-max-in-bytes"].encode())


def test_pattern_decides_what_can_be_too_long() -> None:
    long = rule("A", "length", {"min": 2, "max": 3, "unit": "bytes"})
    made = plan(structure(A=STRING), long, rule("A", "pattern", "[a-z]{2,3}"))

    assert ways(made, long, {"A": "abc"}) == {}


def test_shortest_text_is_the_empty_one_even_where_the_pattern_forbids_it() -> None:
    long = rule("A", "length", {"min": 1})
    made = plan(structure(A=STRING), long, rule("A", "pattern", "[a-z]+"))

    assert ways(made, long, {"A": "abc"}) == {"below-min": ""}


def test_huge_limits_are_not_tried() -> None:
    long = rule("A", "length", {"max": 1 << 21})
    many = rule("L", "items", {"max": 1 << 20})
    made = plan(structure(A=STRING, L=List(item=STRING)), long, many)

    assert ways(made, long, {"A": "a"}) == {}
    assert ways(made, many, {"L": []}) == {}


def test_limit_of_one_mebibyte_is_tried() -> None:
    long = rule("A", "length", {"max": 1 << 20})

    assert [
        len(text) for text in ways(plan(structure(A=STRING), long), long, {"A": "a"}).values()
    ] == [(1 << 20) + 1]


def test_blob_is_measured_decoded() -> None:
    long = rule("A", "length", {"min": 2, "max": 4, "unit": "bytes"})
    made = plan(structure(A=scalar("blob")), long)
    found = ways(made, long, {"A": "YWJj"})

    assert [len(base64.b64decode(value)) for value in found.values()] == [5, 1]
    for value in found.values():
        assert broken(made, {"A": value}, surely=True) == {long.id}
    assert broken(made, {"A": "YWJj"}, surely=False) == set()
    assert broken(made, {"A": "not base64!"}, surely=True) == set()


def test_blob_with_open_limits_has_nothing_to_break() -> None:
    long = rule("A", "length", {"min": 0})

    assert ways(plan(structure(A=scalar("blob")), long), long, {"A": ""}) == {}


TOTAL = {"max": 100, "unit": "bytes", "total": True}


def test_total_over_a_map_is_broken_whatever_is_counted() -> None:
    total = rule("M", "length", TOTAL, part="total")
    entry = structure(Value=STRING)
    made = plan(
        structure(M=Map(key=STRING, value=entry)), total, rule("M{}.Value", "length", {"max": 30})
    )
    for value in ways(made, total, {"M": {}}).values():
        assert sum(len(item["Value"].encode()) for item in value.values()) > 100
        assert all(len(item["Value"]) <= 30 for item in value.values())
        assert broken(made, {"M": value}, surely=True) == {total.id}


def test_total_that_depends_on_what_is_counted_is_not_sure() -> None:
    total = rule("M", "length", TOTAL, part="total")
    made = plan(structure(M=Map(key=STRING, value=structure(Value=STRING, More=STRING))), total)
    doubtful = {"M": {"k": {"Value": "x" * 60, "More": "y" * 60}}}

    assert broken(made, doubtful, surely=True) == set()
    assert broken(made, doubtful, surely=False) == {total.id}
    assert broken(made, {"M": {"k": {"Value": "x" * 60}}}, surely=False) == set()
    assert broken(made, {"M": "text"}, surely=False) == set()


def test_total_over_something_else_than_a_map_is_not_tried() -> None:
    total = rule("A", "length", TOTAL, part="total")

    assert ways(plan(structure(A=STRING), total), total, {"A": "a"}) == {}


def test_items_are_one_too_many_or_one_too_few() -> None:
    many = rule("L", "items", {"min": 2, "max": 3})
    found = ways(plan(structure(L=List(item=STRING)), many), many, {"L": ["a", "b"]})

    assert {what: len(value) for what, value in found.items()} == {"above-max": 4, "below-min": 1}


def test_entries_of_a_map_have_different_keys() -> None:
    made = plan(structure(M=MAP), rule("M{key}", "length", {"max": 3}))

    assert len(entries_of(made, "M", 30)) == 30
    assert all(len(key) <= 3 for key in entries_of(made, "M", 30))


def test_entries_are_fewer_where_keys_run_out() -> None:
    made = plan(structure(M=MAP), rule("M{key}", "enum", ["a", "b"]))
    single = plan(structure(M=MAP), rule("M{key}", "pattern", "[a-c]"))

    assert set(entries_of(made, "M", 5)) == {"a", "b"}
    assert set(entries_of(single, "M", 5)) <= {"a", "b", "c"}


def test_scalar_has_no_entries() -> None:
    with pytest.raises(NoValueError, match="neither a list nor a map"):
        entries_of(plan(structure(A=STRING)), "A", 2)


def test_range_is_broken_by_one() -> None:
    limits = rule("A", "range", {"min": 0, "max": 10}, {"min": -5})
    made = plan(structure(A=scalar("integer")), limits)

    assert ways(made, limits, {"A": 1}) == {"above-max": 11, "below-min": -6}


def test_value_between_two_statements_is_drift_and_breaks_nothing_surely() -> None:
    limits = rule("A", "range", {"max": 10}, {"max": 20})
    made = plan(structure(A=scalar("integer")), limits)

    assert broken(made, {"A": 15}, surely=True) == set()
    assert broken(made, {"A": 15}, surely=False) == {limits.id}
    assert broken(made, {"A": 21}, surely=True) == {limits.id}


def test_limits_say_nothing_of_values_of_another_kind() -> None:
    assert KINDS["length"].keeps({"max": 1}, 12345) is True
    assert KINDS["items"].keeps({"max": 1}, "abc") is True
    assert KINDS["range"].keeps({"max": 1}, "abc") is True
    assert KINDS["pattern"].keeps("[a]", 5) is True
    assert KINDS["pattern"].keeps(r"\p{L}", "a") is True
    assert KINDS["format"].keeps("uuid", 5) is True


# ---------------------------------------------------------------- pattern and format


def test_pattern_that_forbids_a_character_is_broken_in_both_readings() -> None:
    pattern = rule("A", "pattern", "[a-z]+")
    made = plan(structure(A=STRING), pattern)
    found = ways(made, pattern, {"A": "abc"})

    assert set(found) == {"mismatch"}
    assert broken(made, {"A": found["mismatch"]}, surely=True) == {pattern.id}
    assert broken(made, {"A": "abc!"}, surely=True) == set()
    assert broken(made, {"A": "abc!"}, surely=False) == {pattern.id}


def test_pattern_that_every_text_matches_or_nobody_can_read_is_not_broken() -> None:
    for text in (r"[\s\S]*", r"[\p{Odd}]+"):
        pattern = rule("A", "pattern", text)
        assert ways(plan(structure(A=STRING), pattern), pattern, {"A": "abc"}) == {}


def test_mismatch_keeps_the_format() -> None:
    pattern, form = rule("A", "pattern", "arn:aws:[a-z:0-9]+"), rule("A", "format", "arn")
    made = plan(structure(A=STRING), pattern, form)
    value = ways(made, pattern, {"A": "arn:aws:x:y:z:a"})["mismatch"]

    assert broken(made, {"A": value}, surely=False) == {pattern.id}


def test_format_is_broken_where_it_can_be_decided() -> None:
    for name, expected in (("uuid", {"malformed"}), ("base64", {"malformed"}), ("poem", set())):
        form = rule("A", "format", name)
        assert set(ways(plan(structure(A=STRING), form), form, {"A": "x"})) == expected


# ---------------------------------------------------------------- conditional


def _conditional(then: dict[str, Json], when: dict[str, Json] | None = None) -> tuple[Plan, Rule]:
    made = rule("A", "conditional", {"when": when or {"member": "A", "in": ["X"]}, "then": then})
    return plan(structure(A=STRING, B=STRING), rule("A", "enum", ["X", "Y"]), made), made


@pytest.mark.parametrize(
    ("then", "good", "ways_", "bad"),
    [
        ({"kind": "required", "member": "B"}, {"A": "X", "B": "b"}, {"absent"}, {"A": "X"}),
        ({"kind": "unsupported", "member": "B"}, {"A": "X"}, {"present"}, {"A": "X", "B": "b"}),
        (
            {"kind": "unsupported", "member": "B", "value": {"supported": ["b"]}},
            {"A": "X", "B": "b"}, set(), {"A": "X", "B": "c"},
        ),
        (
            {"kind": "enum", "member": "B", "value": ["b"]},
            {"A": "X", "B": "b"}, {"outsider"}, {"A": "X", "B": "c"},
        ),
        (
            {"kind": "format", "member": "B", "value": "uuid"},
            {"A": "X", "B": "0f8fad5b-d9cb-469f-a165-70867728950e"}, {"malformed"},
            {"A": "X", "B": "c"},
        ),
        ({"kind": "length", "member": "B"}, {"A": "X", "B": "b"}, set(), None),
    ],
)  # fmt: skip
def test_what_follows_from_a_condition(
    then: dict[str, Json], good: Json, ways_: set[str], bad: Json
) -> None:
    made, conditional = _conditional(then)

    assert broken(made, good, surely=False) == set()
    assert set(ways(made, conditional, good)) == ways_
    if bad is not None:
        assert broken(made, bad, surely=True) == {conditional.id}
        assert broken(made, {**bad, "A": "Y"}, surely=False) == set()


def test_condition_on_something_outside_of_the_request_breaks_nothing() -> None:
    made, conditional = _conditional(
        {"kind": "required", "member": "B"}, {"external": "the channel", "in": ["CHAT"]}
    )

    assert broken(made, {"A": "X"}, surely=False) == set()
    assert list(places(conditional, {"A": "X"})) == []


def test_condition_in_a_list_holds_for_each_item() -> None:
    when, then = {"member": "L[].A", "in": ["X"]}, {"kind": "required", "member": "L[].B"}
    conditional = rule("L[].A", "conditional", {"when": when, "then": then})
    made = plan(structure(L=List(item=structure(A=STRING, B=STRING))), conditional)

    assert broken(made, {"L": [{"A": "X", "B": "b"}, {"A": "Y"}]}, surely=False) == set()
    assert broken(made, {"L": [{"A": "X", "B": "b"}, {"A": "X"}]}, surely=True) == {conditional.id}


def test_consequence_in_another_list_is_left_alone() -> None:
    when, then = {"member": "A", "in": ["X"]}, {"kind": "required", "member": "L[].B"}
    conditional = rule("A", "conditional", {"when": when, "then": then})
    made = plan(structure(A=STRING, L=List(item=structure(B=STRING))), conditional)

    assert broken(made, {"A": "X", "L": [{}]}, surely=False) == set()
    assert list(KINDS["conditional"].breaks(made, conditional, {"A": "X"}, ("A",))) == []


# ---------------------------------------------------------------- exclusive and exists


def test_members_that_exclude_each_other_do_not_stand_together() -> None:
    either = rule("A", "exclusive", {"members": ["A", "B"], "exactly_one": False})
    made = plan(structure(A=STRING, B=STRING), either)

    assert broken(made, {"A": "a"}, surely=False) == set()
    assert broken(made, {"A": "a", "B": "b"}, surely=True) == {either.id}
    assert ways(made, either, {"B": "b"}) == {"both": "a"}
    assert list(KINDS["exclusive"].breaks(made, either, {"A": "a", "B": "b"}, ("A",))) == []


def test_stranger_has_the_form_of_what_is_bound() -> None:
    must = rule("Id", "exists", "Thing")
    request = structure(Id=STRING)
    bound = Plan(plan(request, must).operation, bindings={"test.Id": "i-0123456789abcdef"})
    found = ways(bound, must, {"Id": "i-0123456789abcdef"})

    assert set(found) == {"stranger"}
    assert len(found["stranger"]) == len("i-0123456789abcdef")
    assert found["stranger"] != "i-0123456789abcdef"
    assert ways(plan(request, must), must, {"Id": "x"}) == {}


def test_stranger_that_the_rules_forbid_is_not_tried() -> None:
    must, enum = rule("Id", "exists", "Thing"), rule("Id", "enum", ["mine"])
    bound = Plan(plan(structure(Id=STRING), must, enum).operation, bindings={"test.Id": "mine"})

    assert ways(bound, must, {"Id": "mine"}) == {}


def test_idempotency_is_no_matter_of_one_request() -> None:
    token = rule("T", "idempotency", {"token": "T", "autopopulated": True})

    assert ways(plan(structure(T=STRING), token), token, {"T": "t"}) == {}


# ---------------------------------------------------------------- which rules a request breaks


def test_value_of_a_wrong_type_breaks_its_type_alone() -> None:
    typed, enum = rule("A", "type", "string"), rule("A", "enum", ["X"])
    made = plan(structure(A=STRING), typed, enum)

    assert broken(made, {"A": 5}, surely=True) == {typed.id}
    assert broken(made, {"A": "Q"}, surely=True) == {enum.id}


def test_null_breaks_what_is_required_and_nothing_else() -> None:
    must, typed = rule("A", "required"), rule("A", "type", "string")
    made = plan(structure(A=STRING), must, typed)

    assert broken(made, {"A": None}, surely=True) == {must.id}


def test_bound_value_is_right_whatever_the_rules_say() -> None:
    long = rule("Id", "length", {"min": 10})
    spec = plan(structure(Id=STRING), long).operation

    assert broken(Plan(spec, bindings={"test.Id": "mine"}), {"Id": "mine"}, surely=False) == set()
    assert broken(Plan(spec, bindings={"test.Id": "mine"}), {"Id": "x"}, surely=False) == {long.id}


def test_value_nested_in_itself_is_checked_at_every_level() -> None:
    tree = structure(Name=STRING, Next=Recursive(to="Tree", type="structure"))
    must, typed = rule("Tree.Name", "required"), rule("Tree.Name", "type", "string")
    made = plan(structure(Tree=tree), must, typed)
    deep = {"Name": "a", "Next": {"Name": "b", "Next": {"Name": "c"}}}

    assert broken(made, {"Tree": deep}, surely=False) == set()
    deep["Next"]["Next"]["Name"] = 5  # type: ignore[index]
    assert broken(made, {"Tree": deep}, surely=True) == {typed.id}
    del deep["Next"]["Next"]["Name"]  # type: ignore[attr-defined,arg-type]
    assert broken(made, {"Tree": deep}, surely=True) == {must.id}


def test_rules_on_members_that_no_shape_has_are_passed_over() -> None:
    when, then = {"member": "X.Y", "in": ["a"]}, {"kind": "required", "member": "X.Z"}
    made = plan(
        structure(A=STRING),
        rule("X.Y", "required"),
        rule("X.Y", "conditional", {"when": when, "then": then}),
        rule("X.Y", "exclusive", {"members": ["X.Y", "X.Z"]}),
        rule("A", "status", 200),
    )

    assert broken(made, {"A": "a", "B": [1]}, surely=False) == set()


def test_list_where_something_else_is_expected_is_not_entered() -> None:
    made = plan(structure(A=STRING), rule("A", "length", {"max": 1}))

    assert broken(made, {"A": ["long enough"]}, surely=False) == set()


def test_places_of_a_required_member_are_the_structures_that_could_hold_it() -> None:
    must = rule("L[].A", "required")

    assert list(places(must, {"L": [{}, {"A": 1}, "text"]})) == [("L", 0, "A"), ("L", 1, "A")]


def test_value_at_a_map_key_is_the_key() -> None:
    request = {"M": {"a": "b"}}

    assert [value_at(request, at) for at in occurrences(request, "M{key}")] == ["a"]
    assert next(occurrences(request, "M{key}"))[-1] == KEY
    assert [value_at(request, at) for at in occurrences(request, "M{}")] == ["b"]


def test_minimal_request_of_all_kinds_breaks_none() -> None:
    made = plan(
        structure(A=STRING, B=scalar("integer"), M=MAP),
        rule("A", "required"),
        rule("A", "length", {"min": 4, "max": 6}),
        rule("B", "required"),
        rule("B", "range", {"min": 7}),
        rule("M", "required"),
        rule("M", "items", {"min": 2}),
    )

    assert broken(made, Builder(made).minimal(), surely=False) == set()


def test_of_members_of_which_one_must_be_there_none_is_a_fault_too() -> None:
    one = rule("A", "exclusive", {"members": ["A", "B"], "exactly_one": True})
    made = plan(structure(A=STRING, B=STRING), one)

    assert set(ways(made, one, {"A": "a"})) == {"both", "none"}
    assert broken(made, {}, surely=True) == {one.id}
    assert broken(made, {"B": "b"}, surely=False) == set()
    assert broken(made, Builder(made).minimal(), surely=False) == set()
    assert set(Builder(made).containing("B")) == {"B"}

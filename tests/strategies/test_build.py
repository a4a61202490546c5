"""The builder: the smallest valid requests, and rules across members settled."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from aws_specs.spec import Json, List, Map, Member, Recursive, Rule
from aws_strategies.build import (
    PLACEHOLDER,
    Builder,
    NoValueError,
    distinct_keys,
    exists,
    fitted,
    relative,
    settle,
    token,
    with_tokens,
)
from aws_strategies.domain import Domain
from aws_strategies.kinds import broken
from aws_strategies.plan import Plan
from strategies.specs import operation, plan, rule, scalar, structure

STRING = scalar()
UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def _when(then: dict[str, Json], **when: Json) -> Rule:
    return rule("A", "conditional", {"when": {"member": "A", **when}, "then": then})


# ---------------------------------------------------------------- the smallest requests


def test_smallest_request_has_the_required_members_only() -> None:
    made = plan(structure(A=STRING, B=STRING), rule("A", "required"))

    assert set(Builder(made).minimal()) == {"A"}
    assert set(Builder(made).containing("B")) == {"A", "B"}


def test_map_is_made_with_the_entries_it_must_have() -> None:
    made = plan(
        structure(M=Map(key=STRING, value=STRING)),
        rule("M", "required"),
        rule("M", "items", {"min": 3}),
    )

    assert len(Builder(made).minimal()["M"]) == 3
    assert Builder(plan(structure(M=Map(key=STRING, value=STRING)))).containing("M") == {"M": {}}


def test_structure_of_a_form_holds_an_entry_where_it_has_nothing_but_lists() -> None:
    """An empty structure, or list, is nothing at all in a form."""
    request = structure(Target=structure(Ids=List(item=STRING)))
    made = operation(request, rule("Target", "required"))
    form = replace(made, wire=replace(made.wire, protocol="ec2"))

    assert Builder(Plan(made)).minimal() == {"Target": {}}
    assert Builder(Plan(form)).minimal() == {"Target": {"Ids": ["ids"]}}


def test_shape_that_must_hold_itself_has_no_value() -> None:
    tree = structure(Next=Recursive(to="Tree", type="structure"))
    made = plan(structure(Tree=tree), rule("Tree", "required"), rule("Tree.Next", "required"))

    with pytest.raises(NoValueError, match="nested without end"):
        Builder(made).minimal()


def test_union_prefers_a_member_that_does_not_recur() -> None:
    tree = structure(
        union=True,
        And=List(item=Recursive(to="Tree", type="structure")),
        Or=Map(key=STRING, value=Recursive(to="Tree", type="structure")),
        Leaf=STRING,
    )
    made = plan(structure(Tree=tree), rule("Tree", "required"))

    assert set(Builder(made).minimal()["Tree"]) == {"Leaf"}


def test_keys_are_different_and_allowed() -> None:
    assert distinct_keys("abc", 4, Domain(max_length=3)) == ["abc", "ab2", "ab3", "ab4"]
    letters = distinct_keys("abc", 4, Domain(patterns=("[a-z]{1,4}",)))
    assert len(set(letters)) == 4
    assert all(key.isalpha() for key in letters)
    assert distinct_keys("a", 3, Domain(values=("a", "b"))) == ["a", "b"]


# ---------------------------------------------------------------- settling


@pytest.mark.parametrize(
    ("then", "request_", "settled"),
    [
        ({"kind": "required", "member": "S.B"}, {"A": "X"}, {"A": "X", "S": {"B": "b"}}),
        ({"kind": "required", "member": "S.B"}, {"A": "Y"}, {"A": "Y"}),
        ({"kind": "unsupported", "member": "C"}, {"A": "X", "C": "c"}, {"A": "X"}),
        ({"kind": "unsupported", "member": "C"}, {"A": "X"}, {"A": "X"}),
        (
            {"kind": "unsupported", "member": "C", "value": {"supported": ["d"]}},
            {"A": "X", "C": "c"}, {"A": "X", "C": "d"},
        ),
        ({"kind": "enum", "member": "C", "value": ["d"]}, {"A": "X", "C": "c"}, {"A": "X", "C": "d"}),
        ({"kind": "enum", "member": "C", "value": ["c"]}, {"A": "X", "C": "c"}, {"A": "X", "C": "c"}),
        ({"kind": "format", "member": "C", "value": "uuid"}, {"A": "X", "C": "c"}, {"A": "X", "C": UUID}),
        ({"kind": "format", "member": "C", "value": "poem"}, {"A": "X", "C": "c"}, {"A": "X", "C": "c"}),
        ({"kind": "length", "member": "C", "value": 1}, {"A": "X", "C": "c"}, {"A": "X", "C": "c"}),
        ({"kind": "required", "member": "L[].B"}, {"A": "X", "L": [{}]}, {"A": "X", "L": [{}]}),
    ],
)  # fmt: skip
def test_conditions_are_settled(
    then: dict[str, Json], request_: dict[str, Any], settled: Json
) -> None:
    made = plan(
        structure(A=STRING, C=STRING, S=structure(B=STRING), L=List(item=structure(B=STRING))),
        rule("A", "enum", ["X", "Y"]),
        _when(then, **{"in": ["X"]}),
    )

    assert settle(made, request_) == settled


def test_condition_gives_way_to_a_member_that_is_kept() -> None:
    made = plan(
        structure(A=STRING, B=STRING),
        rule("A", "enum", ["X", "Y"]),
        rule("A", "required"),
        _when({"kind": "unsupported", "member": "B"}, **{"in": ["X"]}),
    )

    assert settle(made, {"A": "X", "B": "b"}, keep=["B"]) == {"A": "Y", "B": "b"}
    assert set(Builder(made).containing("B")) == {"A", "B"}
    assert broken(made, Builder(made).containing("B"), surely=False) == set()


def test_condition_without_another_value_removes_even_what_is_kept() -> None:
    made = plan(
        structure(A=STRING, B=STRING),
        rule("A", "enum", ["X"]),
        _when({"kind": "unsupported", "member": "B"}, **{"in": ["X"]}),
    )

    assert settle(made, {"A": "X", "B": "b"}, keep=["B"]) == {"A": "X"}


def test_presence_can_be_a_condition() -> None:
    made = plan(
        structure(A=STRING, B=STRING), _when({"kind": "required", "member": "B"}, present=True)
    )

    assert settle(made, {"A": "a"}) == {"A": "a", "B": "b"}
    assert settle(made, {}) == {}


def test_member_that_must_not_be_sent_is_not_added() -> None:
    made = plan(
        structure(A=STRING, B=STRING),
        rule("B", "reserved"),
        _when({"kind": "required", "member": "B"}, present=True),
    )

    assert settle(made, {"A": "a"}) == {"A": "a"}


EXCLUSIVE = {"members": ["S.A", "S.B", "S.C"]}


@pytest.mark.parametrize(
    ("holder", "keep", "left"),
    [
        ({"A": "a", "B": "b", "C": "c"}, [], {"A"}),
        ({"A": "a", "B": "b"}, ["S.B"], {"B"}),
        ({"B": "b", "C": "c"}, [], {"B"}),
        ({"C": "c"}, [], {"C"}),
        ({}, [], set()),
    ],
)
def test_of_members_that_exclude_each_other_one_is_left(
    holder: dict[str, Json], keep: list[str], left: set[str]
) -> None:
    made = plan(
        structure(S=structure(A=STRING, B=STRING, C=STRING)), rule("S.A", "exclusive", EXCLUSIVE)
    )

    assert set(settle(made, {"S": holder}, keep=keep)["S"]) == left


def test_one_that_must_be_there_is_added_if_it_can_be() -> None:
    value = {"members": ["S.A", "S.B"], "exactly_one": True}
    shape = structure(S=structure(A=STRING, B=STRING), C=STRING)
    either = rule("S.A", "exclusive", value)

    assert settle(plan(shape, either), {"S": {}}) == {"S": {"A": "a"}}
    first_reserved = plan(shape, either, rule("S.A", "reserved"))
    assert settle(first_reserved, {"S": {}}) == {"S": {"B": "b"}}
    apart = rule("S.A", "exclusive", {"members": ["S.A", "C"], "exactly_one": True})
    assert settle(plan(shape, apart), {"S": {}}) == {"S": {}}


def test_relative_place_shares_the_entries_above() -> None:
    assert relative(("L", 2, "A"), "L[].A", "L[].B.C") == ("L", 2, "B", "C")
    assert relative(("L", 2, "A"), "L[].A", "B") == ("B",)
    assert relative(("A",), "A", "L[].B") is None
    assert not exists({"A": 1}, ("A", "B"))


# ---------------------------------------------------------------- tokens

TOKEN = rule("T", "idempotency", {"token": "T", "autopopulated": True, "conflict": None})


def test_token_is_a_uuid_of_the_case_and_the_run() -> None:
    assert token("case", "run") == token("case", "run")
    assert len({token("case", "run"), token("other", "run"), token("case", "other")}) == 3


@pytest.mark.parametrize(
    ("limits", "length"),
    [({"max": 64}, 36), ({"max": 32}, 32), ({"max": 10}, 10)],
)
def test_token_is_fitted_to_its_limits(limits: dict[str, int], length: int) -> None:
    made = plan(structure(T=STRING), TOKEN, rule("T", "length", limits))

    assert len(with_tokens(made, {}, "case", "run")["T"]) == length


def test_token_with_a_pattern_of_its_own_follows_that() -> None:
    made = plan(structure(T=STRING), TOKEN, rule("T", "pattern", "[A-Z]{3}"))
    odd = plan(
        structure(T=STRING),
        TOKEN,
        rule("T", "pattern", "[A-Z]{3}"),
        rule("T", "length", {"min": 5}),
    )

    assert fitted(made, "T", token("case", "run")).isupper()
    assert fitted(odd, "T", "token") == "token"


def test_placeholder_keeps_its_length() -> None:
    made = plan(structure(T=STRING), TOKEN)
    sent = with_tokens(made, {"T": PLACEHOLDER * 100}, "case", "run")["T"]

    assert len(sent) == 100
    assert set(sent) != {PLACEHOLDER}


def test_token_that_must_not_be_sent_is_not() -> None:
    made = plan(structure(T=STRING), TOKEN, rule("T", "reserved"))

    assert with_tokens(made, {}, "case", "run") == {}


# ---------------------------------------------------------------- what may be sent


def test_bindings_of_the_operation_win_and_names_reach_every_level() -> None:
    shape = structure(Id=STRING, S=structure(Id=STRING, N=scalar("integer")))
    made = Plan(
        plan(shape).operation,
        bindings={"test.Id": "any", "test.Operation.S.Id": "this", "test.N": "1", "x.Id": "no"},
    )

    assert dict(made.bindings) == {"Id": "any", "S.Id": "this"}
    assert Builder(made).containing("S.Id") == {"S": {"Id": "this"}}


def test_preferred_value_comes_first() -> None:
    made = plan(structure(A=STRING), rule("A", "enum", ["X", "Y"]), rule("A", "required"))
    made.prefer("A", "Y")

    assert Builder(made).minimal() == {"A": "Y"}


def test_stream_of_events_is_not_sent() -> None:
    stream = structure(E=STRING)
    events = type(stream)(members=stream.members, eventstream=True)

    assert not plan(structure(S=events)).sendable("S")
    assert not plan(structure(S=events)).sendable("S.E")


def test_member_that_one_source_alone_knows_is_not_sent() -> None:
    from aws_specs.spec import PageInfo

    known = Member(name="A", shape=STRING, known_to=("page",))
    spec = plan(structure(A=known)).operation
    from msgspec.structs import replace

    assert Plan(spec).sendable("A")
    assert not Plan(replace(spec, page=PageInfo("f", "rst", "0"))).sendable("A")


def test_member_depends_on_the_target_where_a_rule_says_so() -> None:
    when = {"when": {"external": "the channel", "in": ["CHAT"]},
            "then": {"kind": "enum", "member": "A", "value": ["X"]}}  # fmt: skip
    made = plan(
        structure(A=STRING, B=STRING, C=STRING),
        rule("A", "conditional", when, checkable=False),
        rule("B", "exists", "Thing"),
    )

    assert made.external("A")
    assert made.conditional("A")
    assert made.external("B")
    assert not made.external("C")

"""Where faults are put, how they are undone, and how they vary."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from aws_specs.spec import Json, List, Map, Recursive, Rule
from aws_strategies import invalid_requests, untouched
from aws_strategies._requests import breakable, can_break
from aws_strategies.case import Case, Fault
from aws_strategies.drawing import Needs
from aws_strategies.faults import fault_places, located, needs_of, ways
from aws_strategies.kinds import broken
from aws_strategies.walking import present, walk_values
from strategies.specs import plan, rule, scalar, structure

STRING = scalar()
QUICK = settings(max_examples=30, derandomize=True, deadline=None, database=None,
                 suppress_health_check=[HealthCheck.too_slow])  # fmt: skip


def _conditional(then: dict[str, Json], **when: Json) -> Rule:
    return rule("A", "conditional", {"when": when, "then": then})


# ---------------------------------------------------------------- what a fault needs


@pytest.mark.parametrize(
    ("made", "needs"),
    [
        (rule("A", "enum", ["X"]), (("A",), {})),
        (rule("S.A", "unsupported", {"supported": []}), (("S",), {})),
        (rule("S.A", "unsupported", {"supported": ["X"]}), (("S.A",), {})),
        (rule("A", "exclusive", {"members": ["A", "B"]}), (("A",), {})),
        (
            _conditional({"kind": "required", "member": "B"}, member="A", **{"in": ["X"]}),
            (("A", "B"), {"A": "X"}),
        ),
        (
            _conditional({"kind": "unsupported", "member": "S.B"}, member="A", present=True),
            (("A", "S"), {}),
        ),
        (_conditional({"kind": "unsupported", "member": "A"}, member="A", present=True), (("A",), {})),
        (_conditional({"kind": "required", "member": "B"}, external="x", **{"in": ["X"]}), None),
    ],
)  # fmt: skip
def test_fault_needs_the_members_it_is_about(made: Rule, needs: object) -> None:
    assert needs_of(made) == needs


def test_unsupported_member_is_added_to_every_structure_that_could_hold_it() -> None:
    no = rule("L[].A", "unsupported", {"supported": []})

    assert fault_places(no, {"L": [{}, {"B": 1}, "text"]}) == [("L", 0, "A"), ("L", 1, "A")]


@pytest.mark.parametrize(
    ("rules", "able"),
    [
        ([rule("A", "enum", ["X"])], True),
        ([rule("A", "enum", ["X"]), rule("A", "reserved")], False),
        ([rule("A", "default", "x")], False),
        ([rule("A", "exists", "Thing")], False),
        ([_conditional({"kind": "required", "member": "B"}, member="A", present=True)], True),
        ([_conditional({"kind": "unsupported", "member": "B"}, member="A", **{"in": ["X"]})], True),
        ([_conditional({"kind": "enum", "member": "B", "value": ["Y"]}, member="A", present=True)], True),
        ([rule("A", "exclusive", {"members": ["A", "B"]})], True),
        ([rule("B", "unsupported", {"supported": []})], True),
    ],
)  # fmt: skip
def test_rule_is_breakable_where_a_request_can_break_it_alone(
    rules: list[Rule], able: bool
) -> None:
    made = plan(structure(A=STRING, B=STRING), *rules)

    assert can_break(made, rules[0]) is able
    assert can_break(made, rules[0]) is able


def test_rule_is_not_breakable_where_its_member_has_no_value() -> None:
    odd = rule("A", "type", "string")
    made = plan(
        structure(A=STRING), odd, rule("A", "length", {"min": 5}), rule("A", "pattern", "[a-z]{3}")
    )

    assert not can_break(made, odd)


def test_unsupported_member_without_a_value_is_not_sent() -> None:
    no = rule("A", "unsupported", {"supported": []})
    made = plan(
        structure(A=STRING), no, rule("A", "length", {"min": 5}), rule("A", "pattern", "[a-z]{3}")
    )
    twin = Case(id="twin", operation="test.Operation", kind="valid", params={})

    assert list(ways(made, no, twin)) == []


# ---------------------------------------------------------------- undoing


@pytest.mark.parametrize(
    ("params", "fault", "twin"),
    [
        ({"A": 1}, Fault("replace", "/A", "A", "number", old="a", new=1), {"A": "a"}),
        ({"A": 1, "B": 2}, Fault("add", "/B", "B", "present", new=2), {"A": 1}),
        ({}, Fault("remove", "/A", "A", "absent", old="a"), {"A": "a"}),
        (
            {"M": {"new": 1, "other": 2}},
            Fault("rename", "/M/old", "M{key}", "above-max", old="old", new="new"),
            {"M": {"old": 1, "other": 2}},
        ),
        (
            {"L": [{}, {"a/b~c": 1}]},
            Fault("replace", "/L/1/a~1b~0c", "L[]{}", "number", old="x", new=1),
            {"L": [{}, {"a/b~c": "x"}]},
        ),
    ],
)  # fmt: skip
def test_fault_can_be_undone(params: Json, fault: Fault, twin: Json) -> None:
    case = Case(id="c", operation="test.Operation", kind="invalid", params=params, fault=fault)

    assert untouched(case) == twin
    assert untouched(Case(id="v", operation="o", kind="valid", params=twin)) == twin


def test_pointer_to_nothing_is_read_as_names() -> None:
    assert located({"A": {}}, "/A/B/0") == ("A", "B", "0")
    assert located({"A": ["x"]}, "/A/0") == ("A", 0)


# ---------------------------------------------------------------- variations

LIMITS = plan(
    structure(
        Text=STRING,
        Blob=scalar("blob"),
        Number=scalar("integer"),
        Real=scalar("float"),
        List=List(item=STRING),
        Map=Map(key=STRING, value=STRING),
        Enum=STRING,
        Narrow=STRING,
        Wide=Map(key=STRING, value=structure(Value=STRING)),
    ),
    rule("Text", "length", {"min": 2, "max": 5}),
    rule("Blob", "length", {"max": 5, "unit": "bytes"}),
    rule("Number", "range", {"min": 2, "max": 5}),
    rule("Real", "range", {"min": 0.5, "max": 1.5}),
    rule("List", "items", {"max": 2}),
    rule("Map", "items", {"max": 2}),
    rule("Enum", "enum", ["X", "XY"]),
    rule("Narrow", "length", {"max": 3, "unit": "bytes"}),
    rule("Wide", "length", {"max": 9, "unit": "bytes", "total": True}, part="total"),
)


@pytest.mark.parametrize("made", breakable(LIMITS), ids=lambda made: made.member)
def test_further_faults_break_the_same_rule(made: Rule) -> None:
    seen: set[str] = set()

    @settings(QUICK, max_examples=60)
    @given(invalid_requests(LIMITS.operation, rule=made.id))
    def check(case: Case) -> None:
        assert broken(LIMITS, case.params, surely=False) == {made.id}
        assert case.fault is not None
        seen.add(str(case.fault.new))

    check()
    assert len(seen) > 2 or made.member in {"Blob", "Wide"}


def test_all_limits_can_be_broken() -> None:
    assert {made.id for made in breakable(LIMITS)} == {
        made.id for rules in LIMITS.rules.values() for made in rules
    }


# ---------------------------------------------------------------- walking


def test_walk_follows_recursion_and_passes_over_null() -> None:
    tree = structure(Name=STRING, Next=Recursive(to="Tree", type="structure"))
    made = plan(structure(Tree=tree, L=List(item=STRING), M=Map(key=STRING, value=STRING)))
    request = {"Tree": {"Name": None, "Next": {"Name": "x"}}, "L": ["a"], "M": {"k": "v"}}
    walked = {at: path for at, path, _ in walk_values(made, request)}

    assert walked == {
        ("Tree",): "Tree",
        ("Tree", "Next"): "Tree.Next",
        ("Tree", "Next", "Name"): "Tree.Name",
        ("L",): "L",
        ("L", 0): "L[]",
        ("M",): "M",
        ("M", "k"): "M{}",
    }
    assert present(made, request) == {*walked.values(), "M{key}"}


def test_needs_include_what_stands_above() -> None:
    needs = Needs(["L[].A"], {"B.C": 1})

    assert needs.members == {"L", "L[]", "L[].A", "B", "B.C"}


def test_same_plan_answers_the_same() -> None:
    made = plan(structure(A=STRING, B=STRING), rule("A", "enum", ["X"]))

    assert [found.member for found in breakable(made)] == ["A"]
    assert breakable(made) is breakable(made)

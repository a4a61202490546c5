"""The cover: every testable rule from both sides, under ids that never change."""

from __future__ import annotations

from collections import Counter

import pytest
from syrupy.assertion import SnapshotAssertion

from aws_specs import catalog
from aws_specs.spec import Json, List, Map, Member, Rule, Structure
from aws_strategies.case import Case
from aws_strategies.cover import Cover
from aws_strategies.faults import untouched
from aws_strategies.plan import Plan
from strategies.oracle import Oracle
from strategies.specs import FIVE, operation, plan_of, rule, sampled, scalar, structure

LIMITS = ("length", "range", "items")


def _cover(name: str, **settings: object) -> Cover:
    nonce = str(settings.pop("nonce", ""))
    return Cover(Plan(catalog.load(name), **settings), nonce=nonce)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FIVE)
def test_ids_are_these(name: str, snapshot: SnapshotAssertion) -> None:
    assert [case.id for case in _cover(name).cases] == snapshot


@pytest.mark.parametrize("name", FIVE)
def test_no_two_cases_share_an_id(name: str) -> None:
    cover = _cover(name)
    counts = Counter(case.id for case in cover.cases)

    assert [identity for identity, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("name", FIVE)
def test_cover_is_the_same_every_time(name: str) -> None:
    assert _cover(name).cases == _cover(name).cases


@pytest.mark.parametrize("name", FIVE)
def test_ids_do_not_depend_on_nonce_or_bindings(name: str) -> None:
    service = name.partition(".")[0]
    plan = plan_of(name)
    bound = {f"{service}.{path}": "a-value-of-mine-0" for path in plan.identifiers}
    plain = [case.id for case in _cover(name).cases]

    assert [case.id for case in _cover(name, nonce="other").cases] == plain
    with_bindings = [case.id for case in _cover(name, bindings=bound).cases]
    same = [identity for identity in with_bindings if "/exists~" not in identity]
    lost = [identity for identity in plain if identity not in same]
    assert same == [identity for identity in plain if identity not in lost]
    assert all("~most~" in identity or "~least~" in identity for identity in lost)


@pytest.mark.parametrize("name", FIVE)
def test_every_rule_is_broken_or_it_is_said_why_not(name: str) -> None:
    cover = _cover(name)
    broken = {case.rule for case in cover.cases if case.kind == "invalid"}
    silent = {
        rule.id for rule in cover.plan.testable
        if rule.id not in broken and rule.id not in cover.unmet and rule.kind != "idempotency"
    }  # fmt: skip

    assert {rule for rule in silent if not rule.endswith(("/default", "/recommended"))} == set()


@pytest.mark.parametrize("name", FIVE)
def test_every_enum_value_and_every_limit_has_a_witness(name: str) -> None:
    cover = _cover(name)
    witnesses = {witness for case in cover.cases for witness in case.witnesses}

    for path, values in cover.enum_values().items():
        rule = cover.plan.rule(path, "enum")
        assert rule is not None
        missing = {value for value in values if f"{rule.id}={value}" not in witnesses}
        assert missing == set(), path


@pytest.mark.parametrize("name", FIVE)
def test_witness_is_seen_in_the_request_it_is_claimed_for(name: str) -> None:
    cover = _cover(name)
    for case in cover.cases:
        for witness in case.witnesses:
            rule, _, value = witness.partition("/enum=")
            if value and case.kind != "control":
                assert value in _texts(case.params), (case.id, rule)


def _texts(value: object) -> set[str]:
    match value:
        case dict():
            return set().union(*map(_texts, value.values()), *map(_texts, value))
        case list():
            return set().union(*map(_texts, value))
        case str():
            return {value}
        case _:
            return set()


@pytest.mark.parametrize("name", FIVE)
def test_invalid_case_is_its_twin_with_one_fault(name: str) -> None:
    cover = _cover(name)
    for case in cover.cases:
        if case.kind == "invalid":
            twin = cover.case(case.twin)
            assert twin is not None
            assert _without_tokens(cover, untouched(case)) == _without_tokens(cover, twin.params)


def _without_tokens(cover: Cover, params: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in params.items() if name not in cover.plan.tokens}


@pytest.mark.parametrize("name", FIVE)
def test_every_part_can_be_made(name: str) -> None:
    cover = _cover(name)
    missing = [part for case in cover.cases for part in case.parts if cover.case(part) is None]

    assert missing == []


@pytest.mark.parametrize("name", FIVE)
def test_number_of_witness_packs_is_the_longest_enum(name: str) -> None:
    cover = _cover(name)
    packs = [case for case in cover.cases if "~enums~" in case.id]

    assert len(packs) <= max((len(v) for v in cover.enum_values().values()), default=0)


def _unexplained(cover: Cover) -> list[str]:
    touched: set[str] = {case.rule for case in cover.cases if case.kind == "invalid"}
    return [
        rule.id for rule in cover.plan.testable
        if rule.kind in ("required", "type", "enum", "length", "items", "range", "pattern", "format")
        and rule.id not in touched and rule.id not in cover.unmet
    ]  # fmt: skip


def test_rules_of_other_services_are_broken_or_it_is_said_why_not() -> None:
    unexplained: list[str] = []
    for name in sampled(200, 20240102)[:40]:
        plan = Plan(catalog.load(name))
        if len(plan.shapes) < 200:
            unexplained += _unexplained(Cover(plan))

    assert unexplained == []


def test_unknown_id_is_no_case() -> None:
    cover = _cover("connect.CreateContact")

    assert cover.case("connect.CreateContact~nothing") is None
    control = cover.case("connect.CreateContact~control")
    assert isinstance(control, Case)
    assert control.kind == "control"


# ---------------------------------------------------------------- hand-made operations


def _made(request: Structure, *rules: Rule) -> Cover:
    return Cover(Plan(operation(request, *rules)))


def test_operation_without_a_valid_request_has_no_cases_and_says_why() -> None:
    cover = _made(
        structure(A=scalar()),
        rule("A", "required"),
        rule("A", "length", {"min": 5}),
        rule("A", "pattern", "[a-z]{3}"),
    )

    assert cover.cases == ()
    assert cover.unmet["test.Operation"] == "A: no text satisfies every rule on it"


def test_member_that_no_request_can_have_is_listed() -> None:
    odd = rule("S.A", "type", "string")
    cover = _made(
        structure(S=structure(A=scalar()), B=scalar()),
        odd,
        rule("S.A", "length", {"min": 5}),
        rule("S.A", "pattern", "[a-z]{3}"),
        rule("B", "type", "string"),
    )
    touched = {case.rule for case in cover.cases}

    assert odd.id in cover.unmet
    assert odd.id not in touched
    assert "test.Operation/input/B/type" in touched


def test_members_of_a_union_and_those_that_exclude_each_other_have_groups_of_their_own() -> None:
    cover = _made(
        structure(U=structure(union=True, A=scalar(), B=scalar()), X=scalar(), Y=scalar()),
        *(rule(path, "type", "string") for path in ("U.A", "U.B", "X", "Y")),
        rule("X", "exclusive", {"members": ["X", "Y"]}),
    )
    oracle = Oracle(cover.plan)
    valid = [case for case in cover.cases if case.kind in ("control", "valid")]
    seen = {witness for case in valid for witness in case.witnesses}

    assert {f"test.Operation/input/{path}/type" for path in ("U.A", "U.B", "X", "Y")} <= seen
    assert all(oracle.refuses(case.params) == set() for case in valid)
    broken = {case.rule for case in cover.cases if case.kind == "invalid"}
    assert "test.Operation/input/X/exclusive" in broken


def test_lists_and_maps_are_met_at_both_ends_with_what_is_in_them() -> None:
    cover = _made(
        structure(L=List(item=scalar()), M=Map(key=scalar(), value=scalar("integer"))),
        rule("L", "items", {"min": 1, "max": 3}),
        rule("L[]", "length", {"min": 2, "max": 4}),
        rule("M", "items", {"max": 2}),
        rule("M{key}", "length", {"max": 3}),
        rule("M{}", "range", {"min": 1, "max": 9}),
    )
    sent = [case.params for case in cover.cases if case.kind == "valid"]

    assert {len(params.get("L", [])) for params in sent} >= {1, 3}
    assert {len(item) for params in sent for item in params.get("L", [])} >= {2, 4}
    assert {len(key) for params in sent for key in params.get("M", {})} >= {3}
    assert {item for params in sent for item in params.get("M", {}).values()} >= {1, 9}
    assert {case.rule for case in cover.cases if case.kind == "invalid"} == {
        made.id for made in cover.plan.testable
    }


def test_conditions_are_tested_where_they_hold() -> None:
    def when(then: str, member: str, **more: object) -> Rule:
        value = {
            "when": {"member": "A", "in": ["X"]}, "then": {"kind": then, "member": member, **more}
        }  # fmt: skip
        return rule("A", "conditional", value, part=f"{then}-{member}")

    rules = [
        when("required", "B"),
        when("unsupported", "S.C", value={"supported": []}),
        when("enum", "D", value=["d"]),
        when("format", "E", value="uuid"),
    ]
    cover = _made(
        structure(A=scalar(), B=scalar(), S=structure(C=scalar()), D=scalar(), E=scalar()),
        rule("A", "enum", ["X", "Y"]),
        *rules,
    )
    oracle = Oracle(cover.plan)
    invalid = [case for case in cover.cases if case.kind == "invalid"]

    assert {made.id for made in rules} <= {case.rule for case in invalid}
    for case in invalid:
        assert oracle.refuses(case.params) == {case.rule}


def _excluding(*names: str) -> Cover:
    exclusive = rule(
        "", "exclusive", {"members": list(names), "exactly_one": False}, part="+".join(names)
    )
    limits = [rule(name, "length", {"min": 2, "max": 9}) for name in names]
    kinds = [rule(name, "type", "string") for name in names]
    members = Structure(members=tuple(Member(name=name, shape=scalar()) for name in names))
    return Cover(Plan(operation(members, *kinds, *limits, exclusive)))


def test_members_of_the_request_itself_that_exclude_each_other_are_sent_together() -> None:
    cover = _excluding("A", "B")
    identity = "test.Operation/input/exclusive=A+B"
    faults = [case for case in cover.cases if case.rule == identity]
    assert [set(case.params) for case in faults] == [{"A", "B"}]
    assert Oracle(cover.plan).refuses(faults[0].params) == {identity}


def test_limits_of_members_that_exclude_each_other_are_met_in_requests_of_their_own() -> None:
    cover = _excluding("A", "B", "C")
    seen = {witness for case in cover.cases for witness in case.witnesses}
    assert {f"test.Operation/input/{name}/length={end}" for name in "ABC" for end in
            ("max", "min")} <= seen  # fmt: skip
    valid = [case for case in cover.cases if case.kind == "valid"]
    assert all(Oracle(cover.plan).refuses(case.params) == set() for case in valid)


def test_a_list_that_excludes_another_has_an_entry() -> None:
    members = structure(A=List(item=scalar()), B=List(item=scalar()))
    exclusive = rule("", "exclusive", {"members": ["A", "B"], "exactly_one": False}, part="A+B")
    fault = next(case for case in _made(members, exclusive).cases if case.rule == exclusive.id)
    assert all(fault.params[name] for name in ("A", "B"))


def test_what_a_member_must_have_beside_it_is_there_in_every_valid_request() -> None:
    present = {"member": "A", "present": True}
    needs = {"when": present, "then": {"kind": "required", "member": "Mode", "value": True}}
    no: Json = {"kind": "unsupported", "member": "A", "value": {"supported": []}}
    forbids: Json = {"when": {"member": "Mode", "in": ["OFF"]}, "then": no}
    cover = _made(
        structure(A=scalar(), Mode=scalar()),
        rule("A", "type", "string"),
        rule("Mode", "enum", ["OFF", "ON"]),
        rule("Mode", "conditional", needs, part="A", confidence=0.3),
        rule("A", "conditional", forbids, part="Mode:OFF"),
    )
    with_it = [case.params for case in cover.cases if case.kind == "valid" and "A" in case.params]
    assert with_it
    assert {params["Mode"] for params in with_it} == {"ON"}
    fault = next(c for c in cover.cases if c.rule == "test.Operation/input/A/conditional=Mode:OFF")
    assert fault.params["Mode"] == "OFF"

"""The cover: every testable rule from both sides, under ids that never change."""

from __future__ import annotations

from collections import Counter

import pytest
from syrupy.assertion import SnapshotAssertion

from aws_specs import catalog
from aws_strategies.case import Case
from aws_strategies.cover import Cover
from aws_strategies.faults import untouched
from aws_strategies.plan import Plan
from strategies.specs import FIVE, plan_of, sampled

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

"""Shapes that stand at very many places of a request are tested at one of them."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from aws_specs import catalog
from aws_specs.paths import parent, steps
from aws_specs.spec import List, Structure
from aws_strategies import repeated
from aws_strategies.cover import Cover
from aws_strategies.plan import Plan
from strategies.judged import Judging
from strategies.specs import operation, rule, scalar, structure

COLOUR = Structure(members=structure(Name=scalar(), Shade=scalar("integer")).members, name="Colour")
PLACES = ("Deep.Inner.", "Flat.", "Listed[].")
TWICE = operation(
    structure(Deep=structure(Inner=COLOUR), Flat=COLOUR, Listed=List(item=COLOUR, name="Colours")),
    *(rule(f"{place}Name", "type", "string") for place in PLACES),
    *(rule(f"{place}Name", "length", {"min": 2, "max": 9}) for place in PLACES),
    *(rule(f"{place}Shade", "type", "integer") for place in PLACES),
    rule("Deep.Inner.Shade", "range", {"min": 1, "max": 7}),
)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold every operation with a rule for one that is too large to be tested everywhere."""
    monkeypatch.setattr(repeated, "MOST_RULES", 0)


def _broken(cover: Cover) -> set[str]:
    return {case.rule.partition("/input/")[2] for case in cover.cases if case.kind == "invalid"}


def test_operation_of_ordinary_size_is_tested_everywhere() -> None:
    cover = Cover(Plan(TWICE))

    assert len(_broken(cover)) == 10
    assert cover.unmet == {}


@pytest.mark.usefixtures("small")
def test_shape_is_tested_where_it_stands_least_deep() -> None:
    cover = Cover(Plan(TWICE))
    flat = {"Flat.Name/type", "Flat.Name/length", "Flat.Shade/type"}

    assert _broken(cover) == {*flat, "Deep.Inner.Shade/range"}
    elsewhere = [rule for rule, why in cover.unmet.items() if why == repeated.ELSEWHERE]
    assert len(elsewhere) == 6
    assert not any("/Flat" in rule for rule in elsewhere)


@pytest.mark.usefixtures("small")
def test_what_only_another_place_states_is_tested_there() -> None:
    cover = Cover(Plan(TWICE))

    invalid = [case for case in cover.cases if case.rule.endswith("Deep.Inner.Shade/range")]
    assert [case.params["Deep"]["Inner"]["Shade"] for case in invalid] == [8, 0]
    assert any(witness.endswith("Deep.Inner.Shade/range=max") for case in cover.cases
               for witness in case.witnesses)  # fmt: skip


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", ["lexv2-models.CreateSlot", "wafv2.CreateRuleGroup"])
def test_no_statement_of_a_shape_is_lost(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = catalog.load(name)
    few = _statements(Cover(Plan(spec)))
    monkeypatch.undo()
    all_of_them = _statements(Cover(Plan(spec)))

    assert few.keys() == all_of_them.keys()
    assert few.total() < all_of_them.total() / 2


def _statements(cover: Cover) -> Counter[tuple[str, str, str, str]]:
    """Count the tested rules by the shape that holds the member, the member, kind and value."""
    tested = {case.rule for case in cover.cases if case.kind == "invalid"}
    shapes = cover.plan.shapes
    return Counter(
        (
            shapes[parent(rule.member)].name if parent(rule.member) else "",
            steps(rule.member)[-1],
            rule.kind,
            json.dumps(rule.value),
        )
        for rule in cover.plan.testable
        if rule.id in tested
    )


@pytest.mark.nightly
def test_dashboards_of_quicksight_are_tested_in_bounded_memory_and_as_they_say() -> None:
    judging = Judging("quicksight.CreateDashboard")
    judging.run(0, 1)

    judged = judging.result()
    assert judged.problems == ()
    assert 1000 < sum(judged.counts.values()) < repeated.MOST_RULES

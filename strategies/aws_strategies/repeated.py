"""Shapes that stand at very many places of one request, and the one place where each is tested.

QuickSight's dashboards have 600 structures at 55,000 member paths: `NullValueFormatConfiguration`
stands at 2,023 of them. A list of cases for every path would be as long as that of a thousand other
operations, and would say the same thing two thousand times. Of an operation with more than
`MOST_RULES` rules each shape is tested at one place, the least deep one; the rules at its other
places have that as the reason why nothing breaks them. A rule that another place does not have (one
that a page states, say) is tested where it stands. All other operations are tested everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from aws_specs.paths import join, parent, steps
from aws_specs.spec import List, Map, Rule, Structure
from aws_strategies.plan import Plan

MOST_RULES = 10_000
"""Testable rules of an operation that is tested everywhere: beyond it is QuickSight alone."""

ELSEWHERE = "the shape stands at many places, and is tested at the least deep one"
"""Why no case touches a rule that is tested at another place."""


def tested_at(plan: Plan) -> Mapping[str, str]:
    """Return where each repeated structure, list and map is tested instead: path → path.

    What is not in it is tested where it stands: everything, where the operation has no more than
    `MOST_RULES` testable rules.
    """
    if len(plan.testable) <= MOST_RULES:
        return {}
    first: dict[tuple[type, str], str] = {}
    found: dict[str, str] = {}
    for path in sorted(plan.shapes, key=lambda path: len(steps(path))):
        shape = plan.shapes[path]
        if not isinstance(shape, Structure | List | Map) or not plan.sendable(path):
            continue
        at = first.setdefault((type(shape), shape.name or path), path)
        if at != path:
            found[path] = at
    return found


def spared(plan: Plan, instead: Mapping[str, str]) -> frozenset[str]:
    """Return the ids of the rules that are tested at another place alone (see `tested_at`)."""
    if not instead:
        return frozenset()
    stated = {(rule.member, *_said(rule)) for rule in plan.testable}
    return frozenset(
        rule.id
        for rule in plan.testable
        if (holder := parent(rule.member)) in instead
        and (join(instead[holder], steps(rule.member)[-1]), *_said(rule)) in stated
    )


def _said(rule: Rule) -> tuple[str, bytes]:
    return rule.kind, msgspec.json.encode(rule.values)

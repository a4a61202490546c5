"""Other values that break a rule in the same way: further beyond a limit, another outsider.

The table of kinds has the smallest fault of each way; examples also try what lies beyond it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from aws_specs.spec import Json, Rule, Scalar
from aws_strategies.build import member_name
from aws_strategies.domain import LONGEST, MOST_ITEMS, oversized
from aws_strategies.kinds import Breach, entries_of
from aws_strategies.leaves import LETTERS
from aws_strategies.plan import Plan

_BEYOND = 16
"""Texts, lists and maps get at most this much longer than the smallest that is too long."""

_FAR = 1 << 20
"""Numbers go at most this far beyond the smallest that is too large."""


def variations(plan: Plan, rule: Rule, breach: Breach) -> SearchStrategy[Json]:
    """Return the strategy for values to break a rule with; it shrinks to the breach's own."""
    vary = _VARIATIONS.get(breach.what)
    return st.just(breach.new) if vary is None else vary(plan, rule, breach)


def _outsiders(plan: Plan, rule: Rule, breach: Breach) -> SearchStrategy[Json]:
    known = {str(item) for value in rule.values for item in value}
    longer = sorted(chain.from_iterable((f"{item}X", item[:-1]) for item in known))
    others = st.sampled_from(longer) | st.text(LETTERS.upper(), min_size=1, max_size=_BEYOND)
    return st.just(breach.new) | others.map(lambda text: breach.new if text in known else text)


def _above(plan: Plan, rule: Rule, breach: Breach) -> SearchStrategy[Json]:
    shape = plan.shapes[rule.member]
    match rule.kind:
        case "range":
            return st.integers(0, _FAR).map(lambda more: breach.new + more)
        case "items":
            return _more(plan, rule, breach)
        case "length" if isinstance(shape, Scalar) and shape.type == "string":
            return _longer(plan, rule, breach)
        case _:
            return st.just(breach.new)


def _longer(plan: Plan, rule: Rule, breach: Breach) -> SearchStrategy[Json]:
    domain, name, size = plan.domain(rule.member), member_name(rule.member), len(breach.new)

    def grown(more: int) -> Json:
        text = oversized(domain, name, min(size + more, LONGEST))
        return breach.new if text is None else text

    return st.integers(0, _BEYOND).map(grown)


def _more(plan: Plan, rule: Rule, breach: Breach) -> SearchStrategy[Json]:
    count = len(breach.new)
    numbers = st.integers(0, min(_BEYOND, max(0, MOST_ITEMS - count)))
    return numbers.map(lambda more: entries_of(plan, rule.member, count + more))


def _below(plan: Plan, rule: Rule, breach: Breach) -> SearchStrategy[Json]:
    number = breach.new
    if rule.kind != "range":
        return st.just(number)
    return st.integers(0, _FAR).map(lambda less: number - less)


_VARIATIONS: Mapping[str, Callable[[Plan, Rule, Breach], SearchStrategy[Json]]] = {
    "outsider": _outsiders,
    "above-max": _above,
    "below-min": _below,
}
"""By the way of being wrong; a way that is not here has one value only."""

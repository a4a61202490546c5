"""Which deviations can be told beside others: one that others hide is as good as none.

A server that answers 500 to whatever breaks a rule does not show that it would accept it, too;
where an answer lacks a member, nobody sees that what stands within it is wrong. That is no matter
of how closely one looks: no request tells the two servers apart, or what tells them apart may be
either. Each mask is such a reason, taken from how the emulator answers alone. One of two that hide
each other is as good as the other, so masks do not ask which of them wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from aws_conformance.emulator import deviations
from aws_conformance.emulator.faults import FAULTS, MANY, Fault
from aws_conformance.emulator.handlers import HANDLERS
from aws_conformance.emulator.perceptible import (
    REFUSED_FOR,
    Contract,
    answered,
    is_at_or_below,
    refusable,
)
from aws_conformance.emulator.refusals import Cause, Refusal, failure
from aws_conformance.emulator.synthesis import made_output, minimal_output
from aws_conformance.emulator.validation import PARSED
from aws_specs.paths import shape_at, steps
from aws_specs.spec import Rule, Scalar

Mask = Callable[[Contract, Fault, Sequence[Fault]], bool]

_BREACH = ("loosen", "misanswer")
_NAMELESS = ("untyped-error", "html-error")


def masked(contract: Contract, fault: Fault, others: Sequence[Fault]) -> str:
    """Return why a fault cannot be told beside others of its operation, "" where it can."""
    return next((why for why, mask in MASKS.items() if mask(contract, fault, others)), "")


def told_apart(contract: Contract, faults: Sequence[Fault]) -> bool:
    """Whether each of an operation's faults can be told beside all the others."""
    return not any(
        masked(contract, one, [other for other in faults if other is not one]) for one in faults
    )


def stage(fault: Fault) -> str:
    """Return where a fault acts: see `faults.Verb`."""
    return FAULTS[fault.verb].stage


# ---------------------------------------------------------------- answers to refused requests


def _same_breach(contract: Contract, fault: Fault, others: Sequence[Fault]) -> bool:
    if stage(fault) not in _BREACH:
        return False
    return any(stage(one) in _BREACH and one.rule.id == fault.rule.id for one in others)


def _no_conflict(contract: Contract, fault: Fault, others: Sequence[Fault]) -> bool:
    if fault.rule.kind != "idempotency":
        return False
    stages = {stage(fault), *(stage(one) for one in others if one.rule.id == fault.rule.id)}
    return "token" in stages and any(one.rule.id == fault.rule.id for one in others)


def _error_itself(contract: Contract, fault: Fault, others: Sequence[Fault]) -> bool:
    if fault.verb != "wrong-status":
        return False
    mine, general = _code(contract, fault.rule), fault.rule.kind == "error"
    alike = [one.rule for one in others if one.verb == "wrong-status"]
    return any(_code(contract, r) == mine and general != (r.kind == "error") for r in alike)


def _never_right(contract: Contract, fault: Fault, others: Sequence[Fault]) -> bool:
    if fault.verb != "wrong-status" or fault.rule.kind == "error":
        return False
    mine = _code(contract, fault.rule)
    same = [one for one in others if one.verb == fault.verb and _code(contract, one.rule) == mine]
    return bool(same) and mine not in _left(contract, (fault, *others))


def _seldom(contract: Contract, fault: Fault, others: Sequence[Fault]) -> bool:
    """Whether an error answers so few rules still that it looks like a fault of those."""
    if fault.rule.kind != "error":
        return False
    return _left(contract, (fault, *others)).count(_code(contract, fault.rule)) < MANY


def _comes_right(contract: Contract, fault: Fault, others: Sequence[Fault]) -> bool:
    """Whether an error with a wrong status comes with its own where it answers for another."""
    if fault.verb != "wrong-status" or fault.rule.kind != "error":
        return False
    wrong = (one.rule for one in others if one.verb == "wrong-error")
    rights = (failure(contract.operation, _refusal(contract, rule)) for rule in wrong)
    stand_ins = {deviations.other_error(contract.operation, right).code for right in rights}
    return _code(contract, fault.rule) in stand_ins


def _left(contract: Contract, faults: Sequence[Fault]) -> list[str]:
    """Return the codes of the errors that still answer the rules as they should, one a rule."""
    touched = {one.rule.id for one in faults if stage(one) in _BREACH}
    untouched = (rule for rule in contract.rules.values() if rule.id not in touched)
    right = [r for r in untouched if r.kind != "error" and answered(contract, r)]
    return [_code(contract, rule) for rule in right]


def _nameless(contract: Contract, fault: Fault, others: Sequence[Fault]) -> bool:
    if fault.verb not in _NAMELESS:
        return False
    same = [one for one in others if one.verb in _NAMELESS]
    named = [one for one in others if stage(one) == "misanswer" and one.verb not in _UNNAMED]
    return bool(same) and not named and not _left(contract, (fault, *others))


_UNNAMED = (*_NAMELESS, "hang-up", "server-error")


def _code(contract: Contract, rule: Rule) -> str:
    """Return the code of the error that answers what breaks a rule."""
    if rule.kind == "error":
        return str(rule.value["code"])
    return failure(contract.operation, _refusal(contract, rule)).code


def _refusal(contract: Contract, rule: Rule) -> Refusal:
    """Return the refusal of what breaks a rule."""
    named = str(rule.value.get("conflict") or "") if rule.kind == "idempotency" else ""
    return Refusal(cause=_cause(contract, rule), message="", error=named)


_CAUSES: Mapping[str, Cause] = {
    "type": "serialization",
    "exists": "not-found",
    "idempotency": "conflict",
}


def _cause(contract: Contract, rule: Rule) -> Cause:
    if rule.side == "protocol":
        return REFUSED_FOR[rule.member]  # type: ignore[return-value]  # its values are causes
    shape = shape_at(contract.operation.input, rule.member)
    parsed = isinstance(shape, Scalar) and shape.type in PARSED
    kind = "type" if rule.kind == "format" and parsed else rule.kind
    return _CAUSES.get(kind, "validation")


def _anybodys(contract: Contract, fault: Fault, others: Sequence[Fault]) -> bool:
    """Whether a request without a part of its path is accepted with an answer of no members.

    So it is answered by any operation that has none, and the path may be that of one: where members
    are away, or nothing shows that the server refuses what is no operation's.
    """
    every = (fault, *others)
    routed = [one for one in every if stage(one) == "loosen" and _in_path(contract, one.rule)]
    away = [one for one in every if one.verb in _AWAY]
    open_ = [one for one in every if one.rule.side == "protocol" and one.rule.member == "method"]
    hidden = (*away, *(one for one in open_ if one.verb in ("unenforced", "hang-up")))
    left = set(minimal_output(contract.operation)) - {one.rule.member for one in away}
    return bool(routed and hidden) and not left and fault in (*routed, *hidden)


_AWAY = ("lacks", "null")


def _in_path(contract: Contract, rule: Rule) -> bool:
    top = steps(rule.member)[0] if rule.side == "input" and rule.member else ""
    return rule.kind == "required" and contract.locations.get(top) == "uri"


# ---------------------------------------------------------------- requests that are valid


def _nothing_left(contract: Contract, fault: Fault, others: Sequence[Fault]) -> bool:
    """Whether every value of an enum is refused, or every one under which something else may stand.

    Then no value of it is refused, but the member, or what needs such a value.
    """
    if fault.verb != "refuse-value":
        return False
    refused = {one.value for one in others if one.rule.id == fault.rule.id and one.value}
    every = frozenset(refusable(contract, fault.rule))
    kinds = [every, *_kinds_of_value(contract, fault.rule, every)]
    return bool(refused) and any(fault.value in kind <= refused | {fault.value} for kind in kinds)


def _kinds_of_value(
    contract: Contract, rule: Rule, every: frozenset[str]
) -> Iterator[frozenset[str]]:
    """Yield the values of an enum under which conditions on other members hold, and do not."""
    for one in contract.rules.values():
        when: dict[str, Any] = one.value.get("when", {}) if one.kind == "conditional" else {}
        if when.get("member") == rule.member and when.get("in"):
            holds = every & set(when["in"])
            yield from (kind for kind in (holds, every - holds) if len(kind) > 1)


def _usual_size(contract: Contract, fault: Fault, others: Sequence[Fault]) -> bool:
    """Whether a list is refused in the size that lists usually have, and what stands with it."""
    small = [one for one in others if _refuses_smallest(one)]
    top = steps(fault.rule.member)[0] if fault.rule.side == "input" and fault.rule.member else ""
    return bool(top) and any(steps(one.rule.member)[0] == top for one in small)


def _refuses_smallest(fault: Fault) -> bool:
    at_least = fault.verb == "refuse" and fault.rule.kind == "items"
    return at_least and deviations.limit(fault.rule, "max") is None


# ---------------------------------------------------------------- answers that are successes


def _empty_handed(contract: Contract, fault: Fault, others: Sequence[Fault]) -> bool:
    """Whether an answer lacks so much of what it must have that it says there is nothing.

    As SWF answers a poll that finds no task with one of five required members. Where a page states
    the answer, it does not say so.
    """
    every = (fault, *others)
    if fault.verb not in _AWAY or contract.operation.page is not None:
        return False
    away = {one.rule.member for one in every if one.verb in _AWAY}
    rules = contract.rules.values()
    due = {rule.member for rule in rules if rule.side == "output" and rule.kind == "required"}
    top = {member for member in due if len(steps(member)) == 1}
    told = top - {member.name for member in contract.operation.input.members}
    lost = away & top
    return len(lost) > 1 and (2 * len(lost) > len(top) or lost == told)


def _same_part(contract: Contract, fault: Fault, others: Sequence[Fault]) -> bool:
    if stage(fault) != "spoil":
        return False
    mine = fault.rule.member
    spoilt = (one.rule.member for one in others if stage(one) == "spoil")
    return any(is_at_or_below(mine, one) or is_at_or_below(one, mine) for one in spoilt)


def _no_identity(contract: Contract, fault: Fault, others: Sequence[Fault]) -> bool:
    """Whether a repetition cannot be known: each member that names what was made is spoilt."""
    every = (fault, *others)
    if stage(fault) not in ("token", "spoil") or not any(stage(one) == "token" for one in every):
        return False
    spoilt = {steps(one.rule.member)[0] for one in every if stage(one) == "spoil"}
    return bool(spoilt) and _naming(contract) <= spoilt


def _naming(contract: Contract) -> set[str]:
    """Return the members of an answer that differ where something is made a second time."""
    if contract.operation.id in HANDLERS:
        rules = (rule for rule in contract.rules.values() if rule.side == "output")
        return {steps(rule.member)[0] for rule in rules if rule.kind == "present"}
    one, other = made_output(contract.operation, 0), made_output(contract.operation, 1)
    return {name for name, value in one.items() if value != other.get(name)}


MASKS: Mapping[str, Mask] = {
    "what breaks the rule gets one answer": _same_breach,
    "a token that is taken again brings about no conflict": _no_conflict,
    "an error whose status is wrong wherever it comes is one deviation": _error_itself,
    "an error that comes with its status elsewhere is right": _comes_right,
    "an error that answers a few rules only looks like a deviation of those": _seldom,
    "an error that never comes with its status is one deviation": _never_right,
    "where no error has a name, that is one deviation": _nameless,
    "an answer without members is that of any operation at such a path": _anybodys,
    "where each value is refused, it is the member that is": _nothing_left,
    "an answer that lacks most of its members says that there is nothing": _empty_handed,
    "where a list of the smallest size is refused, so is what stands with it": _usual_size,
    "of a part of an answer one thing can be wrong": _same_part,
    "where nothing names what was made, a repetition is not known": _no_identity,
}
"""Why a fault cannot be told beside others, each with what says so."""

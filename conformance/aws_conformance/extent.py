"""The extent of a run: which rules a request can check, and why the others are not checked."""

from __future__ import annotations

from aws_conformance.clerk import Clerk
from aws_specs.error_class import error_class
from aws_specs.spec import ProtocolSource, Rule
from aws_strategies.cover import Cover
from aws_strategies.unbroken import untried

_PROVOKED = frozenset({"validation", "not-found", "conflict"})
"""Classes of errors that a request can bring about from outside."""

_ALWAYS_SHOWN = frozenset({"status", "present"})
"""Kinds of output rules that every success decides."""


def checkable(cover: Cover, clerk: Clerk) -> dict[str, str]:
    """Return the ids of all rules a request can check, with their kinds.

    Each value of an enum counts for itself. Errors and optional members of the answer count where
    they came up: that they did not is no lack of the target's.
    """
    plan = cover.plan
    found: dict[str, str] = {rule.id: rule.kind for rule in plan.testable}
    for path, values in cover.enum_values().items():
        rule = plan.rule(path, "enum")
        found.update({f"{rule.id}={value}": "enum" for value in values} if rule else {})
    for rule in clerk.rules.values():
        pages = rule.kind == "pagination" and rule.checkable
        shown = pages or isinstance(rule.source, ProtocolSource) or rule.kind in _ALWAYS_SHOWN
        if shown or rule.id in clerk.passes | clerk.fails:
            found[rule.id] = rule.kind
    doubtful = {rule.id for rule in plan.operation.rules if rule.sure < plan.confidence}
    unmet = {*cover.unmet, *doubtful}
    return {identity: kind for identity, kind in found.items() if identity not in unmet}


def unchecked(cover: Cover, within: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return every other rule of the operation, and why no request checks it.

    Of a limit that is tried at one end only, the other one: `…/length~above-max`.
    """
    rules = cover.plan.operation.rules
    others = tuple((rule.id, _why(rule, cover)) for rule in rules if rule.id not in within)
    ends = ((end, why) for end, why in untried(cover.plan) if end.rpartition("~")[0] in within)
    return (*others, *ends)


def _why(rule: Rule, cover: Cover) -> str:
    least = cover.plan.confidence
    if not rule.checkable:
        return rule.reason
    if rule.sure < least:
        agreed = "" if rule.agreed else ": page and model do not agree"
        return f"confidence {rule.sure:.2f} is below {least:.2f}{agreed}"
    if rule.id in cover.unmet:
        return cover.unmet[rule.id]
    if rule.side == "errors":
        provoked = error_class(rule.member) in _PROVOKED
        return "the error did not come up" if provoked else "no request provokes this error"
    if rule.side == "output":
        return "the member did not come back"
    return "no request tests it"

"""Habits: an error that is wrong wherever it comes is one finding, not one for every rule it
answers.

A wrong status, or an error without a name, may be a fault of one rule's handling or of the error
itself. Which it is shows only when all answers are in, so such findings are held back until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec.structs import replace

from aws_conformance.clerk import Clerk
from aws_conformance.events import Judged
from aws_conformance.judge import Ruling
from aws_conformance.matter import Matter
from aws_conformance.sender import Exchange
from aws_specs.protocol import error_rule
from aws_specs.spec import Value


class Held(Value, frozen=True):
    """One finding that is held back, with the exchange of its twin."""

    exchange: Exchange
    matter: Matter
    ruling: Ruling
    twin: Exchange | None


def release(
    held: Sequence[Held],
    seen: Iterable[Exchange],
    clerk: Clerk,
    confirmed: Callable[[Matter, Ruling], Ruling],
) -> Iterator[Judged]:
    """Yield the verdicts on what was held back: a habit once, on the error; the rest one each."""
    groups: dict[str, list[Held]] = {}
    for item in held:
        groups.setdefault(item.ruling.systemic, []).append(item)
    errors = [exchange for exchange in seen if exchange.reading.kind == "error"]
    for items in groups.values():
        rules = {item.exchange.case.rule for item in items}
        if len(rules) > 1 and _is_habit(items, errors):
            yield from _habitual(items, clerk, confirmed)
            continue
        for item in items:
            ruling = confirmed(item.matter, item.ruling)
            rule = item.matter.rule or clerk.status_rule
            verdict = clerk.ruled(item.exchange, rule, ruling, twin=item.twin)
            yield Judged(item.exchange.case.id, (verdict,))


def _is_habit(items: Sequence[Held], errors: Sequence[Exchange]) -> bool:
    """Whether the error (or, for one without a name, every error) never came right."""
    first = items[0]
    if first.ruling.reason == "error-shape":
        return not any(
            e.reading.typed and not e.reading.unreadable for e in errors if e.reading.status < 500
        )
    code, status = first.exchange.reading.code, first.exchange.reading.status
    right = any(e.reading.code == code and e.reading.status != status for e in errors)
    return not right and len(items) > 2


def _habitual(
    items: Sequence[Held], clerk: Clerk, confirmed: Callable[[Matter, Ruling], Ruling]
) -> Iterator[Judged]:
    first = items[0]
    rule = clerk.error_rule(first.exchange.reading.code) or error_rule(clerk.operation)
    clerk.rules.setdefault(rule.id, rule)
    ruling = confirmed(first.matter, first.ruling)
    found = clerk.ruled(first.exchange, rule, ruling, twin=first.twin)
    identity = f"{rule.id}~seen"
    yield Judged(identity, (replace(found, case=identity),))
    for item in items:
        alone = item.matter.twin is None and item.matter.case.kind == "invalid"
        verdict = clerk.verdict(
            item.exchange, item.matter.rule or rule,
            "inconclusive" if alone else "pass", "no-twin" if alone else "refused",
            item.exchange.reading.short(),
            expected="a refusal (the error itself is a finding of its own)", row="habit",
        )  # fmt: skip
        yield Judged(item.exchange.case.id, (verdict,))

"""Wrong and expired signatures, sent to a target that has refused a request without one.

No emulator verifies a signature, and some look whether there is one. To ask such a target more says
nothing new of it: authentication is a class of its own, and one verdict is enough. Where a wrong
signature is refused, an old one is sent, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from aws_conformance.events import Event, Judged
from aws_conformance.judge import judge
from aws_conformance.recording import NOT_RECORDED
from aws_specs.protocol import signature_rules

if TYPE_CHECKING:
    from aws_conformance.operation_run import OperationRun


def check(run: OperationRun) -> Iterator[Event]:
    """Yield what the target says to a wrong and to an expired signature, where it verifies them."""
    rules = signature_rules(run.operation)
    if not rules or "malformed" not in run.settings.only or rules[0].id not in run.clerk.passes:
        return
    control = run.exchange(run.cover.control)
    unsigned = next((case for case in run.cover.cases if case.rule == rules[0].id), None)
    if unsigned is None or control.reading.kind != "success":
        return
    for number, rule in enumerate(rules[1:]):
        case = replace(unsigned, id=f"{rule.id}~sent", rule=rule.id, wire=rule.member)
        exchange = run.exchange(case)
        looked_at = exchange.reading.kind != "success" or number > 0 or run.settings.strict
        if exchange.reading.silence == NOT_RECORDED or not looked_at:
            return
        run.clerk.rules[rule.id] = rule
        matter = run.about.matter(case, exchange, rule, control)
        ruling = judge(matter)
        if ruling.verdict == "fail":
            ruling = run.repeater.confirmed(matter, ruling)
        if case.id not in run.done:
            yield Judged(case.id, (run.clerk.ruled(exchange, rule, ruling, twin=control),))

"""What a request's headers say of bodies: tried on an operation that accepts its smallest request.

Published tests of the protocol refuse a body whose type is not named (415), and a client that takes
no answer of the operation's type (406). AWS's own services were not made to, so that such a request
is accepted is no finding, unless strict: it is told among the rules that are not checked. What is
refused must be refused as the protocol says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aws_conformance.events import Event, Judged
from aws_conformance.judge import judge
from aws_conformance.recording import NOT_RECORDED
from aws_specs.protocol import header_rules
from aws_strategies.case import Case

if TYPE_CHECKING:
    from aws_conformance.operation_run import OperationRun

ACCEPTED = "such a request is accepted, as AWS's own services may do; with --strict it is a finding"


def check(run: OperationRun) -> Iterator[Event]:
    """Yield what the target says to headers that name no type, or take none of the answer's."""
    control = run.exchange(run.cover.control)
    if "malformed" not in run.settings.only or control.reading.kind != "success":
        return
    for rule in header_rules(run.operation):
        case = Case(
            id=f"{rule.id}~sent",
            operation=run.operation.id,
            kind="malformed",
            params=control.case.params,
            rule=rule.id,
            wire=rule.member,
        )
        exchange = run.exchange(case)
        if exchange.reading.kind == "success" and not run.settings.strict:
            run.forgiven[rule.id] = ACCEPTED
        if rule.id in run.forgiven or exchange.reading.silence == NOT_RECORDED:
            continue
        run.clerk.rules[rule.id] = rule
        ruling = judge(matter := run.about.matter(case, exchange, rule, control))
        if ruling.verdict == "fail":
            ruling = run.repeater.confirmed(matter, ruling)
        if case.id not in run.done:
            yield Judged(case.id, (run.clerk.ruled(exchange, rule, ruling, twin=control),))

"""Why an operation could not be decided, in one line, and what to give so that it can be.

The line names the class of the refusal, what the target answered, and how many other requests were
tried. What to give are the identifiers that were made up; where all are real, the other texts that
were: a value of the user's may be what the target asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aws_conformance.reading import Reading
from aws_conformance.recording import NOT_RECORDED
from aws_specs import published
from aws_specs.spec import Json, Scalar
from aws_strategies.plan import Plan

_SAYS: Final = {
    "not-found": "needs something the target does not have",
    "conflict": "is in conflict with what the target has",
    "denied": "is denied",
    "quota": "is over a quota of the target",
    "throttled": "is throttled",
    "validation": "is refused for a reason that no spec states",
}
_LONGEST: Final = 160


def reason(control: Reading, tried: int) -> str:
    """Return why an operation whose smallest valid request got no success is undecided."""
    if control.silence == NOT_RECORDED:
        return f"{NOT_RECORDED}: the recording does not hold the smallest valid request"
    said = control.short()
    if control.message:
        said += f" {' '.join(control.message.split())[:_LONGEST]}"
    if control.kind == "silence" or control.status >= 500:
        why = "target-fails: the target breaks on the smallest valid request"
    else:
        name = control.error_class if control.error_class in _SAYS else "refused"
        why = f"{name}: the smallest valid request {_SAYS.get(name, 'is refused')}"
    others = f"; {tried} other requests are refused, too" if tried else ""
    return f"{why} ({said}{others})"


def to_bind(plan: Plan, params: Json) -> tuple[str, ...]:
    """Return what could be bound where every identifier is real: `service.Operation.Path` names."""
    return tuple(f"{plan.operation.id}.{path}" for path in _made_up(plan, params))


def _made_up(plan: Plan, params: Json) -> Iterator[str]:
    for path in published.leaves(plan.operation.input, params):
        shape = plan.shapes.get(path)
        text = isinstance(shape, Scalar) and shape.type == "string"
        known = path in plan.bindings or path in plan.tokens or path in plan.samples
        if text and not known and plan.domain(path).values is None:
            yield path

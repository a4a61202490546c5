"""What things were told of themselves, and whether that is what is shown of them."""

from __future__ import annotations

from collections.abc import Iterable

from aws_conformance.reading import Reading
from aws_conformance.stateful.acts import Thing, Told
from aws_conformance.stateful.invariants import Untrue
from aws_conformance.stateful.texts import descriptions, shown_as
from aws_specs.jsonvalues import is_object
from aws_specs.paths import get
from aws_specs.spec import Json
from aws_strategies.plan import Plan


def told_by(name: str, params: Json, plan: Plan) -> tuple[Told, ...]:
    """Return what a request says of a thing: the texts of its descriptions."""
    found = (
        (path, get(params, (path,)))
        for path in descriptions(plan)
        if is_object(params) and path in params
    )
    return tuple(Told(path, text, name) for path, text in found if isinstance(text, str))


def untrue(thing: Thing, things: Iterable[Thing], reading: Reading) -> Untrue | None:
    """Return what is shown instead of the text that a thing was told last, if that is known."""
    if not thing.told:
        return None
    last = thing.told[-1]
    shown = [text for text in shown_as(reading.value, last.member) if text]
    if not shown or last.text in shown:
        return None
    for one in things:
        for told in one.told if one.number != thing.number else ():
            if told.text in shown:
                return Untrue("another-value", told.text, told.operation)
    before = {told.text for told in thing.told[:-1] if told.member.lower() == last.member.lower()}
    old = next((text for text in shown if text in before), "")
    if old and thing.why != "delete-of-another":
        return Untrue("not-updated", old, last.operation)
    return Untrue("other-value", shown[0], last.operation)

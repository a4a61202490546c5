"""Rebasing: building an operation's cases on another request than the smallest one.

Where the smallest valid request is refused, and no spec says why, more is made for the operation
and other valid requests are tried (`aws_conformance.basis`). What the smallest one itself shows (a
crash is a finding) is said before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace

from aws_conformance.basis import MOST, Supply, plans
from aws_conformance.events import Event
from aws_conformance.naming import Namer
from aws_conformance.reading import Reading
from aws_conformance.sender import Exchange
from aws_specs.errors import ConformanceError
from aws_strategies.build import Builder, NoValueError, with_tokens
from aws_strategies.case import Case
from aws_strategies.plan import Plan

if TYPE_CHECKING:
    from aws_conformance.operation_run import OperationRun

Supplied = tuple[Mapping[str, str], Supply]
"""New bindings by whole path, and what other requests can be made with."""

_HOPELESS: Final = ("denied", "throttled")
"""Classes of errors that another request gets as well."""


FEW: Final = 4
"""How many requests are tried where the operation may not be there at all: the best ideas."""


def rebase(one: OperationRun, control: Exchange, most: int = MOST) -> Iterator[Event]:
    """Look for a request that the target accepts, and build the operation's cases on it.

    At most so many are tried. Yields what the refused control itself shows, where another request
    is accepted.
    """
    if one.supply is None or control.reading.error_class in _HOPELESS:
        return
    bindings, supply = one.supply()
    given = {**one.sender.target.bindings, **one.settings.bindings, **bindings}
    namer = one.sender.prepare
    requests = islice(_requests(one, given, supply), most + 1)  # the new bindings alone come first
    for number, (plan, request) in enumerate(requests):
        one.sender.prepare, one.tried = Namer(plan, one.settings.seed), number + 1
        exchange = _tried(one, plan, request, number)
        if exchange is not None:
            # What is said of the smallest request is confirmed with that request.
            one.sender.prepare = namer
            said = list(one.shown(_smallest(control)))
            one.build_on(plan, exchange)
            yield from said
            return
    one.sender.prepare = namer


def _smallest(control: Exchange) -> Exchange:
    case = control.case
    return replace(control, case=replace(case, id=f"{case.operation}~smallest"))


def _requests(
    one: OperationRun, given: Mapping[str, str], supply: Supply
) -> Iterator[tuple[Plan, dict[str, Any]]]:
    """Yield plans with their smallest requests: the one of the new bindings first."""
    confidence = one.settings.confidence
    plan = Plan(one.operation, bindings=given, confidence=confidence)
    try:
        request = Builder(plan).minimal()
    except NoValueError:
        return
    yield plan, request
    for _, other, made in plans(one.operation, given, confidence, supply):
        yield other, made


def _tried(one: OperationRun, plan: Plan, request: dict[str, Any], number: int) -> Exchange | None:
    """Return the exchange of a request that is accepted, None where it is refused."""
    identity = f"{one.operation.id}~try~{number}"
    params = with_tokens(plan, request, identity, str(one.settings.seed))
    case = Case(id=identity, operation=one.operation.id, kind="valid", params=params)
    try:
        exchange = one.sender.send(case)
    except ConformanceError:
        return None
    return exchange if _accepted(exchange.reading) else None


def _accepted(reading: Reading) -> bool:
    return reading.kind == "success" and not reading.unreadable


# ---------------------------------------------------------------- for recordings

_KEY: Final = "supply"


def recorded_supply(supplied: Supplied) -> Mapping[str, str]:
    """Return what was supplied in the form a recording keeps bindings in."""
    return {_KEY: msgspec.json.encode(supplied).decode("utf-8")}


def supply_of(recorded: Mapping[str, str]) -> Supplied | None:
    """Return what was supplied while a run was recorded, None where nothing was."""
    text = recorded.get(_KEY)
    if text is None:
        return None
    bindings, supply = msgspec.json.decode(text, type=tuple[dict[str, str], Supply])
    return bindings, supply


__all__ = ["FEW", "Supplied", "rebase", "recorded_supply", "supply_of"]

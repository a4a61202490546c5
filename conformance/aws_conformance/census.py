"""How many things of the kind that an operation makes a target lists: what was made twice shows.

Which operation lists them the graph of the specs says. Only a list that fits one page counts, and
only on targets where the suite may make things and lists are not behind (never a real account).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from aws_conformance.hazards import reads
from aws_conformance.pagination.stock import maker_of
from aws_specs import catalog
from aws_specs.pagination import page, pagination
from aws_specs.spec import Json, Value
from aws_strategies.build import Builder
from aws_strategies.plan import Plan

if TYPE_CHECKING:
    from aws_conformance.bootstrap import Bootstrap
    from aws_conformance.operation_run import OperationRun

_WAIT: Final = 1.0
"""Seconds that a list is given to follow what was made, before anything is claimed."""


class _Lister(Value, frozen=True):
    """The operation that lists, and which of its members take which values of the maker's."""

    name: str
    places: Mapping[str, str]


class Census:
    """Counts what an operation makes; `lister` names the operation that lists it, "" for none."""

    def __init__(self, run: OperationRun, *, patient: bool = False) -> None:
        self.run = run
        self.patient = patient

    @property
    def lister(self) -> str:
        """The name of the operation that lists, as `service.Operation`."""
        return self._found.name if self._found is not None else ""

    def count(self, made: Mapping[str, Json]) -> int | None:
        """Return how many are listed where a request makes them; None where that is not known.

        Raises `UnreachableError` and `BudgetSpentError`.
        """
        boot, found = self._bootstrap, self._found
        if boot is None or found is None:
            return None
        if self.patient:
            time.sleep(_WAIT)
        operation = catalog.load(found.name)
        params: dict[str, Any] = dict(Builder(Plan(operation)).minimal())
        params |= {theirs: made.get(mine) for mine, theirs in found.places.items()}
        reading = boot.call(found.name, params)
        how = pagination(operation)
        if how is None or reading.kind != "success":
            return None
        listed = page(how, reading.value)
        return None if listed.next else len(listed.items)

    @property
    def _bootstrap(self) -> Bootstrap | None:
        boot = self.run.bootstrap
        return boot if boot is not None and boot.making and boot.finding else None

    @cached_property
    def _found(self) -> _Lister | None:
        boot, name = self._bootstrap, self.run.operation.id
        graph = boot.graphs(self.run.operation.service) if boot is not None else None
        for one in sorted(graph.nodes) if graph is not None else ():
            if graph is None or not reads(one.partition(".")[2]):
                continue
            made = maker_of(graph, one)
            if made is not None and made[0].id == name and pagination(catalog.load(one)):
                return _Lister(one, made[1])
        return None


__all__ = ["Census"]

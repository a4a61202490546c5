"""Stock: makes a few of the things that an operation lists, so that there are pages to follow.

Which operation makes them the graph of the specs says: a verb of making and the noun of the list.
They are made where the list looks for them (in the same instance, for the same key), journaled
before they are made, and removed with everything else after the operation.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from aws_conformance.basis import Supply, plans
from aws_conformance.hazards import hazard
from aws_conformance.naming import Namer
from aws_conformance.sender import UnreachableError
from aws_specs.errors import ConformanceError
from aws_specs.graph import Graph
from aws_specs.identifiers import Node, same_noun, singular
from aws_specs.spec import Json, Operation, Value
from aws_strategies.build import Builder, NoValueError
from aws_strategies.case import Case
from aws_strategies.plan import Plan

if TYPE_CHECKING:
    from aws_conformance.bootstrap import Bootstrap

_VERSION: Final = ("v", "2", "3")
"""What the names of later versions of a list end in: ListObjectsV2 lists objects."""


_OTHERS: Final = 6
"""How many other requests are tried where the smallest that makes a thing is refused."""

MAKES: Final = (
    "Create", "Put", "Register", "Add", "Allocate", "Import", "Upload", "Publish", "Define",
    "Request",
)  # fmt: skip
"""Verbs of operations that make a thing which a list shows, the surest first."""


class Stocked(Value, frozen=True):
    """How many things were made, by which operation, and why not more."""

    made: int = 0
    maker: str = ""
    why: str = ""


class Stock:
    """Makes what an operation lists; `listed` is a request for the list that a target accepts."""

    def __init__(self, bootstrap: Bootstrap, operation: Operation) -> None:
        self.bootstrap = bootstrap
        self.operation = operation

    def make(self, count: int, listed: Mapping[str, Json]) -> Stocked:
        """Make so many things; return how many it were. Raises `BudgetSpentError`."""
        graph = self.bootstrap.graphs(self.operation.service)
        found = maker_of(graph, self.operation.id) if graph is not None else None
        if graph is None or found is None:
            return Stocked(why="no operation is known that makes what it lists")
        maker, places = found
        if (danger := self._danger(maker)) is not None:
            return Stocked(maker=maker.id, why=danger)
        within = {f"{maker.id}.{path}": _at(listed, other) for path, other in places.items()}
        if any(value is None for value in within.values()):
            return Stocked(maker=maker.id, why="nothing says where it lists")
        try:
            return self._made(maker, count, {k: v for k, v in within.items() if v is not None})
        except (ConformanceError, UnreachableError) as error:
            return Stocked(maker=maker.id, why=str(error))

    def _danger(self, maker: Node) -> str | None:
        """Return why things are not made on a real account: what the operation may do there."""
        danger = hazard(maker.id.partition(".")[2])
        account = not self.bootstrap.finding
        return f"on a real account it {danger}" if account and danger is not None else None

    def _made(self, maker: Node, count: int, within: Mapping[str, str]) -> Stocked:
        """Make things one by one; the way in which the first is accepted is kept for the others."""
        refused = ""
        for plan in self._ways(maker, within):
            said = self._sent(maker, plan)
            if not said:
                return self._rest(maker, plan, count)
            refused = refused or said
        return Stocked(maker=maker.id, why=refused)

    def _rest(self, maker: Node, plan: Plan, count: int) -> Stocked:
        for number in range(1, count):
            refused = self._sent(maker, plan)
            if refused:
                return Stocked(number, maker.id, refused)
        return Stocked(count, maker.id)

    def _ways(self, maker: Node, within: Mapping[str, str]) -> Iterator[Plan]:
        """Yield plans for the maker's requests: the smallest, and others if it is refused."""
        smallest = self._plan(maker, within)
        yield smallest
        boot = self.bootstrap
        given = {f"{maker.id}.{path}": value for path, value in smallest.bindings.items()}
        supply = Supply(content=boot.graphs.content(maker.id), values=boot.graphs.values)
        others = plans(smallest.operation, given, boot.settings.confidence, supply)
        yield from (plan for _, plan, _ in islice(others, _OTHERS))

    def _plan(self, maker: Node, within: Mapping[str, str]) -> Plan:
        """Return the plan of the maker's requests, with what it needs made where nothing gives it.

        What is made on its account is no news to the user: only what a tested operation lacks is.
        """
        boot = self.bootstrap
        operation = boot.operation(maker.id)
        given = {**boot.target.bindings, **boot.settings.bindings, **within}
        plan = Plan(operation, bindings=given, confidence=boot.settings.confidence)
        if all(need.chosen or need.path in plan.bindings for need in maker.needs):
            return plan
        known = maker.id in boot.prepared
        made = boot.prepare(operation).bindings
        if not known:
            boot.prepared.pop(maker.id, None)
        return Plan(operation, bindings={**made, **given}, confidence=boot.settings.confidence)

    def _request(self, maker: Node, plan: Plan) -> dict[str, Any]:
        content = copy.deepcopy(dict(self.bootstrap.graphs.content(maker.id)))
        params: dict[str, Any] = {**Builder(plan).minimal(), **content}
        for need in maker.needs:
            text, domain = params.get(need.path), plan.domain(need.path)
            if need.chosen and isinstance(text, str) and need.path not in plan.bindings:
                other = f"{text}-{self.bootstrap.nonce()}"
                params[need.path] = other if domain.allows(other) else text
        return params

    def _sent(self, maker: Node, plan: Plan) -> str:
        """Make one thing, journaled; return how it was refused, "" where it was not."""
        boot, name = self.bootstrap, maker.id
        try:
            params = self._request(maker, plan)
        except NoValueError as error:
            return str(error)
        nonce = f"{name}~stock~{boot.nonce()}"
        case = Case(id=nonce, operation=name, kind="control", params=params)
        params = Namer(plan, boot.settings.seed)(case).params
        removal = boot.removal(name, params, None)
        number = boot.journal.creating(name, params, removal)
        reading = boot.call(name, params)
        boot.settled(number, name, params, reading)
        return "" if reading.kind == "success" else f"{name} is answered {reading.short()}"


def maker_of(graph: Graph, name: str) -> tuple[Node, Mapping[str, str]] | None:
    """Return the operation that makes what another one lists, and where it is to make it.

    The places are the maker's member paths by the list's. None where nothing makes it, or where it
    would be made elsewhere than the list looks.
    """
    finder = graph.nodes.get(name)
    if finder is None:
        return None
    ranked = sorted(_ranked(graph, finder), key=lambda item: (item[0], item[1].id))
    return next(((node, places) for _, node, places in ranked), None)


def _ranked(graph: Graph, finder: Node) -> Iterator[tuple[float, Node, Mapping[str, str]]]:
    nouns = _nouns(finder)
    for node in graph.nodes.values():
        near = [same_noun(node.noun, one) for one in nouns]
        if node.role != "creates" or node.verb not in MAKES or not any(near):
            continue
        places = _places(finder, node)
        if places is not None:
            far = 0.0 if node.noun in nouns else 10.0
            yield far + MAKES.index(node.verb), node, places


def _nouns(finder: Node) -> tuple[str, ...]:
    """Return what a list may call the things it lists: `aliases` are not each an aliase."""
    words = finder.noun.split()
    while words and words[-1] in _VERSION:
        words.pop()
    noun = singular(" ".join(words))
    return tuple(dict.fromkeys((noun, noun.removesuffix("e")))) if noun else ()


def _places(finder: Node, maker: Node) -> Mapping[str, str] | None:
    """Return which of the maker's members take the values of the list's; None where one is left."""
    places: dict[str, str] = {}
    for need in finder.needs:
        same = next(
            (n for n in (*maker.needs, *maker.optional) if n.means[0] == need.means[0]), None
        )
        if same is None or same.chosen:
            return None
        places[same.path] = need.path
    return places


def _at(params: Mapping[str, Json], path: str) -> str | None:
    value = params.get(path)
    return value if isinstance(value, str) else None

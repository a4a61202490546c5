"""Bootstrap: makes what an operation needs to be there, and takes it away again.

The graph of the specs says which operations to run and what to hand on (`aws_specs.graph`); this
module runs them against the target, binds what comes back, and removes it in reverse order. What
the specs do not say (the document in a policy, the code of a function) stands in a table of
contents that a configuration can add to. Nothing here judges: a creation that is refused leaves its
identifiers to `--bind`.
"""

from __future__ import annotations

import copy
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from aws_conformance.basis import Supply, Way, plans
from aws_conformance.contents import Chains, Graphs, check_chains, contents, merged
from aws_conformance.exchange import Target
from aws_conformance.keeper import Keeper
from aws_conformance.protection import lifting
from aws_conformance.reading import Reading, says_absent
from aws_conformance.resources import Removal, ResourceJournal, Thing, names_of, remove_all
from aws_conformance.restoring import as_created, creation_like
from aws_conformance.sender import BudgetSpentError, Sender, UnreachableError
from aws_specs import catalog
from aws_specs.graph import Chain, Graph, Step, Take
from aws_specs.identifiers import Node
from aws_specs.paths import get, occurrences, steps
from aws_specs.spec import Json, Operation, Value
from aws_strategies.build import Builder, NoValueError
from aws_strategies.case import Case
from aws_strategies.plan import Plan

if TYPE_CHECKING:
    from aws_conformance.runner import Settings

Values = dict[tuple[str, str, str], str]
"""What steps sent and got: by operation, side and member path."""

_DEEPEST: Final = 12
_TRIES: Final = 3
"""How many creations may be refused before no other chain is tried for an operation."""

_REQUESTS: Final = 12
"""How many other requests are tried where a step of a chain is refused."""


_CRASHES: Final = 2
"""After how many answers that say nothing of what was made no other request is tried."""


class Sent(Value, frozen=True):
    """An accepted request that made (or found) what another one needs, and its answer."""

    operation: str
    params: Mapping[str, Json]
    answer: Json


class Prepared(Value, frozen=True, kw_only=True):
    """What an operation can be tested with.

    `bindings` are by whole path (`service.Operation.Path`); `missing` names what nobody makes, as
    `service.Path`; `refused` says which creations the target refused. `offers` are values by path
    for members that are not required; `within` the numbers of the things that values were taken of;
    `trail` the requests that were accepted on the way, the first one first.
    """

    bindings: Mapping[str, str] = {}
    offers: Mapping[str, str] = {}
    within: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    trail: tuple[Sent, ...] = ()


# ---------------------------------------------------------------- running chains


class Bootstrap:
    """Makes and removes what operations need, in one target."""

    def __init__(
        self,
        target: Target,
        settings: Settings,
        *,
        journal: ResourceJournal | None = None,
        graphs: Graphs | None = None,
        finding: bool = True,
        making: bool = True,
        tracking: bool = False,
        budget: Callable[[], None] = lambda: None,
        nonce: Callable[[], str] = lambda: secrets.token_hex(4),
    ) -> None:
        """Send nothing yet.

        `finding` allows values of things that are there already; `making` to make things at all;
        `tracking` to remove also what valid cases make. `nonce` makes names unique.
        """
        self.target = target
        self.settings = settings
        self.journal = journal or ResourceJournal()
        self.graphs = graphs or Graphs()
        self.finding = finding
        self.making = making
        self.tracking = tracking
        self.budget = budget
        self.nonce = nonce
        self.prepared: dict[str, Prepared] = {}
        self._fuller: dict[str, bool] = {}
        self._absent: frozenset[str] = frozenset()
        self._ways: dict[str, Way] = {}
        self._made: dict[str, int] = {}
        self._trail: list[Sent] = []
        self.left: dict[int, Thing] = {}

    # ------------------------------------------------------------ making

    def prepare(self, operation: Operation, *, fuller: bool | None = None) -> Prepared:
        """Make what an operation needs; return what to bind.

        `fuller` also makes what it does not require, and the state it is about; None: as the last
        time.
        """
        if fuller is not None:
            self._fuller[operation.id] = fuller
        try:
            found = self._prepared(operation) if self.making else Prepared()
        except (BudgetSpentError, UnreachableError) as error:
            # The operation's first case will say the same, and end the run.
            found = Prepared(refused=(str(error),))
        self.prepared[operation.id] = found
        return found

    def within(self, operation: Operation) -> tuple[int, ...]:
        """Return the numbers of the things that an operation's requests name."""
        found = self.prepared.get(operation.id)
        return tuple(number for number in found.within if number) if found is not None else ()

    def supply(self, operation: Operation) -> tuple[Mapping[str, str], Supply]:
        """Return what to try an operation with whose smallest request is refused.

        That is: new bindings, and what there is for members that are not required.
        """
        found = self.prepare(operation, fuller=True)
        content = self.graphs.content(operation.id)
        return found.bindings, Supply(
            offers=found.offers, content=content, values=self.graphs.values
        )

    def _prepared(self, operation: Operation) -> Prepared:
        graph = self.graphs(operation.service)
        if graph is None or operation.id not in graph.nodes:
            return Prepared()
        bindings = {**self.target.bindings, **self.settings.bindings}
        plan = Plan(operation, bindings=bindings, confidence=self.settings.confidence)
        chain, values, refused = self._tried(graph, operation.id, plan)
        wanting = [t.path for t in chain.takes if (t.step, t.side, t.at) not in values]
        missing = (*(need.path for need in chain.missing), *wanting)
        bound = _taken(chain.takes, values)
        return Prepared(
            bindings={f"{operation.id}.{path}": value for path, value in bound.items()},
            offers=_taken(chain.offers, values),
            within=tuple(self._made.get(take.step, 0) for take in chain.takes),
            missing=tuple(dict.fromkeys(f"{operation.service}.{path}" for path in missing)),
            refused=tuple(dict.fromkeys(refused)),
            trail=tuple(self._trail),
        )

    def _tried(
        self, graph: Graph, name: str, plan: Plan, without: frozenset[str] = frozenset()
    ) -> tuple[Chain, Values, list[str]]:
        """Run an operation's chain, and others while creations are refused; return the last."""
        chain = graph.chain(
            name,
            given=plan.bindings,
            finding=self.finding,
            without=without | self._absent,
            fuller=self._fuller.get(name, False),
        )
        values, failed = self._run(chain, name)
        whole = all((take.step, take.side, take.at) in values for take in chain.takes)
        if whole or not failed or len(without) >= _TRIES:
            return chain, values, [*failed.values()]
        refused = without | (failed.keys() - self._absent)
        other, found, more = self._tried(graph, name, plan, refused)
        return other, found, [*failed.values(), *more]

    def _run(self, chain: Chain, tested: str) -> tuple[Values, dict[str, str]]:
        """Run the steps of a chain; return the values of what each sent and got, and refusals."""
        values: Values = {}
        failed: dict[str, str] = {}
        numbers: dict[str, int] = {}
        every = [take for step in chain.steps for take in (*step.takes, *step.offers)]
        wanted = [*chain.takes, *chain.offers, *every]
        self._trail = []
        for step in chain.steps:
            if any((take.step, take.side, take.at) not in values for take in step.takes):
                continue
            used = (*step.takes, *step.offers)
            parents = tuple(numbers[take.step] for take in used if take.step in numbers)
            params, number, reading = self._stepped(step, values, parents, tested)
            if reading is None or reading.kind != "success":
                said = reading.short() if reading is not None else "no request"
                failed[step.operation] = f"{step.operation} is answered {said}"
                continue
            self._trail.append(Sent(step.operation, params, reading.value))
            if step.made:
                numbers[step.operation] = self._made[step.operation] = number
            sources: dict[str, Json] = {"input": params, "output": reading.value}
            for take in wanted:
                if take.step == step.operation:
                    value = first(sources[take.side], take.at)
                    if value is not None:
                        values[(step.operation, take.side, take.at)] = value
                    elif not step.made:
                        failed[step.operation] = f"{step.operation} shows none"
        return values, failed

    def _stepped(
        self, step: Step, values: Values, parents: tuple[int, ...], tested: str
    ) -> tuple[Any, int, Reading | None]:
        """Send a step's request, and others while it is refused; return the one that counts."""
        refused: tuple[Any, int, Reading | None] = (None, 0, None)
        crashes = 0
        for way, params in self._requests(step, values, tested):
            number, reading = self._sent(step, params, parents)
            if reading.kind == "success":
                self._ways[step.operation] = way
                return params, number, reading
            if refused[2] is None:
                refused = params, number, reading
            crashes += reading.kind != "error" or reading.status >= 500
            if step.made and crashes >= _CRASHES:
                break  # each of them may have made something
            if says_absent(reading):
                self._absent = self._absent | {step.operation}
                break
        return refused

    def _sent(self, step: Step, params: Any, parents: tuple[int, ...]) -> tuple[int, Reading]:
        """Send a step's request; journaled before and after where it makes something."""
        if not step.made:
            return 0, self.call(step.operation, params)
        removal = self.removal(step.operation, params, None)
        number = self.journal.creating(step.operation, params, removal, parents=parents)
        reading = self.call(step.operation, params)
        self.settled(number, step.operation, params, reading)
        return number, reading

    def _requests(self, step: Step, values: Values, tested: str) -> Iterator[tuple[Way, Any]]:
        """Yield what to send for a step, the smallest request first; after it other ways."""
        operation = self.operation(step.operation)
        bound = {f"{operation.id}.{p}": v for p, v in _taken(step.takes, values).items()}
        given = {**self.target.bindings, **bound, **self.settings.bindings}
        plan = Plan(operation, bindings=given, confidence=self.settings.confidence)
        content = copy.deepcopy(dict(self.graphs.content(step.operation, tested)))
        offers = _taken(step.offers, values)
        supply = Supply(offers=offers, values=self.graphs.values)
        known = self._ways.get(step.operation)
        # What is accepted was accepted with these names, and will be with others.
        again = (
            [replace(known, bound={p: v for p, v in offers.items() if p in known.bound})]
            if (known)
            else []
        )
        try:
            smallest = Builder(plan).minimal()
        except NoValueError:
            smallest = None
        others = plans(operation, given, self.settings.confidence, supply, again)
        if smallest is not None and not (known and known.why):
            yield Way(why=""), self._named(step, plan, {**smallest, **content}, content)
        for _, (way, other, params) in zip(range(_REQUESTS), others, strict=False):
            yield way, self._named(step, other, {**params, **content}, content)

    def _named(self, step: Step, plan: Plan, params: Any, content: Mapping[str, Json]) -> Any:
        """Return the request with names of its own for what it makes."""
        graph = self.graphs(plan.operation.service)
        node = graph.nodes.get(step.operation) if graph else None
        for need in node.needs if node and step.made else ():
            typical = params.get(need.path)
            free = need.path not in content and need.path not in plan.bindings
            if need.chosen and free and isinstance(typical, str):
                params[need.path] = self._unique(plan, need.path, typical)
        return params

    def _unique(self, plan: Plan, path: str, typical: str) -> str:
        tag, domain = self.nonce(), plan.domain(path)
        longest = domain.longest or 255
        for text in (f"{typical}-{tag}", f"{typical}{tag}", tag, typical[: -len(tag)] + tag):
            if len(text) <= longest and domain.values is None and domain.allows(text):
                return text
        return typical

    def settled(self, number: int, name: str, params: Any, reading: Reading) -> None:
        """Note what a creating request was answered."""
        if reading.kind == "success":
            removal = self.removal(name, params, reading.value)
            named = names_of(removal.params) if removal else ()
            self.journal.created(number, named, removal)
        elif says_absent(reading) or (reading.kind == "error" and reading.status < 500):
            self.journal.ended(number, f"refused: {reading.short()}")

    def operation(self, name: str) -> Operation:
        """Return an operation in the protocol that the run speaks, where its service lists it."""
        return catalog.spoken(catalog.load(name), self.settings.protocol)

    def call(self, name: str, params: Mapping[str, Json], *, counted: bool = True) -> Reading:
        """Send one request that belongs to no case. Raises `UnreachableError`."""
        operation = self.operation(name)
        sender = Sender(
            operation,
            self.target,
            region=self.settings.region,
            budget=self.budget if counted else lambda: None,
        )
        case = Case(id=f"{name}~bootstrap", operation=name, kind="control", params=params)
        return sender.send(case).reading

    # ------------------------------------------------------------ removing

    def removal(self, name: str, params: Any, answer: Json) -> Removal | None:
        """Return the request that removes what a creation made, also from its request alone."""
        like = creation_like(name)
        own = self._removal(name, params, answer)
        return self._removal(like, as_created(like, params), answer) if like and not own else own

    def _removal(self, name: str, params: Any, answer: Json) -> Removal | None:
        service = name.partition(".")[0]
        graph = self.graphs(service)
        found = graph.remover(name) if graph is not None else None
        if found is None:
            return None
        node, filled = found
        values: dict[str, str] = {}
        for path, given in filled:
            value = first(params if given.side == "input" else answer, given.path)
            if value is None:
                return None
            values[path] = value
        removal = Removal(node.id, self._removing(node, {**_namesakes(node, params), **values}))
        return replace(removal, lifting=lifting(name, removal))

    def _removing(self, node: Node, values: Mapping[str, str]) -> Mapping[str, Json]:
        """Return a removing request with values at their paths, and whatever else it requires."""
        operation = self.operation(node.id)
        bound = {f"{node.id}.{path}": value for path, value in values.items()}
        plan = Plan(operation, bindings=bound, confidence=self.settings.confidence)
        params: Mapping[str, Json] = Builder(plan).request(values, values)
        return {**params, **self.graphs.content(node.id)}

    def tear_down(self) -> tuple[Thing, ...]:
        """Remove everything that is there, the last first; return what stays."""
        left = remove_all(
            self.journal,
            lambda name, params: self.call(name, params, counted=False),
            perhaps=self.settings.control,
        )
        self.left.update({thing.number: thing for thing in left})
        for thing in left:
            self.journal.things.pop(thing.number, None)
        return left

    def close(self) -> None:
        """Close the journal."""
        self.journal.close()

    # ------------------------------------------------------------ beside the cases

    def keeper(self, operation: Operation) -> Keeper:
        """Return what watches over the cases of an operation while they are sent."""
        return Keeper(self, operation)


def _namesakes(node: Node, params: Any) -> dict[str, str]:
    """Return what a removing request can say again of the creating one: whose key it was."""
    paths = (need.path for need in node.optional if "." not in need.path and "[]" not in need.path)
    return {path: params[path] for path in paths if isinstance(params.get(path), str)}


def _taken(takes: tuple[Take, ...], values: Values) -> dict[str, str]:
    """Return the values of takes by member path; those that no step has are left out."""
    found = {take.path: values.get((take.step, take.side, take.at)) for take in takes}
    return {path: value for path, value in found.items() if value is not None}


def first(value: Json, path: str) -> str | None:
    """Return the first text at a member path of a value, None where there is none."""
    if len(steps(path)) > _DEEPEST:
        return None
    texts = (get(value, at) for at in occurrences(value, path))
    return next((text for text in texts if isinstance(text, str) and text), None)


__all__ = [
    "Bootstrap", "Chains", "Graphs", "Keeper", "Prepared", "check_chains", "contents", "first",
    "merged",
]  # fmt: skip

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
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, cast

from msgspec.structs import replace

from aws_conformance.exchange import Target
from aws_conformance.reading import Reading, says_absent
from aws_conformance.resources import Removal, ResourceJournal, Thing, names_of, remove_all
from aws_conformance.sender import BudgetSpentError, Sender, UnreachableError
from aws_specs import catalog, sdk
from aws_specs.errors import ConformanceError, UsageError
from aws_specs.graph import Chain, Graph, Step
from aws_specs.identifiers import Node
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import get, occurrences, steps
from aws_specs.spec import Json, Operation, Value
from aws_strategies.build import Builder, NoValueError
from aws_strategies.case import Case
from aws_strategies.plan import Plan

if TYPE_CHECKING:
    from aws_conformance.runner import Settings

Chains = Mapping[str, Mapping[str, Any]]
"""By service: operation → members to send; member → its source (`service.Operation:path`)."""

Values = dict[tuple[str, str, str], str]
"""What steps sent and got: by operation, side and member path."""

_DEEPEST: Final = 12
_TRIES: Final = 2
"""How many creations may be refused before no other chain is tried for an operation."""


class Prepared(Value, frozen=True, kw_only=True):
    """What an operation can be tested with.

    `bindings` are by whole path (`service.Operation.Path`); `missing` names what nobody makes, as
    `service.Path`; `refused` says which creations the target refused.
    """

    bindings: Mapping[str, str] = {}
    missing: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


# ---------------------------------------------------------------- graphs and contents


@cache
def _operations(service: str) -> tuple[Operation, ...]:
    return tuple(catalog.load(f"{service}.{name}") for name in _names(service))


def _names(service: str) -> tuple[str, ...]:
    model: Any = sdk.service_model(service)
    return tuple(str(name) for name in model.operation_names)


class Graphs:
    """The graphs of services, made when they are asked for; `chains` overrides what they find."""

    def __init__(self, chains: Chains | None = None) -> None:
        self.chains = merged(contents(), chains or {})
        self._known: dict[str, Graph] = {}

    def __call__(self, service: str) -> Graph | None:
        """Return the graph of a service, None for one that the SDK does not know."""
        if service not in self._known:
            try:
                operations = _operations(service)
            except ConformanceError:
                return None
            sources = {
                name: value
                for name, value in self.chains.get(service, {}).items()
                if isinstance(value, str)
            }
            self._known[service] = Graph(operations, elsewhere=self, sources=sources)
        return self._known[service]

    def content(self, operation: str) -> Mapping[str, Json]:
        """Return what an operation is to be sent beside what its spec requires."""
        service, _, name = operation.partition(".")
        found = self.chains.get(service, {}).get(name, {})
        return cast("Mapping[str, Json]", found) if isinstance(found, dict) else {}


@cache
def contents() -> Chains:
    """Return the suite's own table of contents: what creations need that no spec says."""
    text = (files("aws_conformance") / "data" / "bootstrap.toml").read_text("utf-8")
    return tomllib.loads(text)


def merged(one: Chains, other: Chains) -> Chains:
    """Return two tables as one, the second over the first."""
    return {
        service: {**one.get(service, {}), **other.get(service, {})}
        for service in (*one, *(name for name in other if name not in one))
    }


def check_chains(chains: Mapping[str, Any], where: str) -> None:
    """Raise `UsageError` that lists whatever is wrong in a table of chains."""
    problems: list[str] = []
    for service, table in chains.items():
        if service not in sdk.services() or not isinstance(table, dict):
            problems.append(f"{where}: `bootstrap.{service}` must be a table named like a service")
            continue
        known = set(_names(service))
        for name, value in cast("dict[str, Any]", table).items():
            wrong = isinstance(value, dict) and name not in known
            if wrong or not isinstance(value, dict | str):
                problems.append(
                    f"{where}: `bootstrap.{service}.{name}` must be an operation with a table of"
                    ' members, or a member with "service.Operation:path"'
                )
    if problems:
        raise UsageError("\n".join(problems), hint="See docs/resources.md.")


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
        self.left: dict[int, Thing] = {}

    # ------------------------------------------------------------ making

    def prepare(self, operation: Operation) -> Prepared:
        """Make what an operation needs; return what to bind."""
        try:
            found = self._prepared(operation) if self.making else Prepared()
        except (BudgetSpentError, UnreachableError) as error:
            # The operation's first case will say the same, and end the run.
            found = Prepared(refused=(str(error),))
        self.prepared[operation.id] = found
        return found

    def _prepared(self, operation: Operation) -> Prepared:
        graph = self.graphs(operation.service)
        if graph is None or operation.id not in graph.nodes:
            return Prepared()
        bindings = {**self.target.bindings, **self.settings.bindings}
        plan = Plan(operation, bindings=bindings, confidence=self.settings.confidence)
        chain, values, refused = self._tried(graph, operation.id, plan)
        wanting = [t.path for t in chain.takes if (t.step, t.side, t.at) not in values]
        bound = {
            f"{operation.id}.{take.path}": value
            for take in chain.takes
            if (value := values.get((take.step, take.side, take.at))) is not None
        }
        missing = (*(need.path for need in chain.missing), *wanting)
        return Prepared(
            bindings=bound,
            missing=tuple(dict.fromkeys(f"{operation.service}.{path}" for path in missing)),
            refused=tuple(dict.fromkeys(refused)),
        )

    def _tried(
        self, graph: Graph, name: str, plan: Plan, without: frozenset[str] = frozenset()
    ) -> tuple[Chain, Values, list[str]]:
        """Run an operation's chain, and others while creations are refused; return the last."""
        chain = graph.chain(name, given=plan.bindings, finding=self.finding, without=without)
        values, failed = self._run(chain)
        whole = all((take.step, take.side, take.at) in values for take in chain.takes)
        if whole or not failed or len(without) >= _TRIES:
            return chain, values, [*failed.values()]
        other, found, more = self._tried(graph, name, plan, without | failed.keys())
        return other, found, [*failed.values(), *more]

    def _run(self, chain: Chain) -> tuple[Values, dict[str, str]]:
        """Run the steps of a chain; return the values of what each sent and got, and refusals."""
        values: Values = {}
        failed: dict[str, str] = {}
        numbers: dict[str, int] = {}
        wanted = [*chain.takes, *(take for step in chain.steps for take in step.takes)]
        for step in chain.steps:
            params = self._request(step, values)
            if params is None:
                continue
            parents = tuple(numbers[take.step] for take in step.takes if take.step in numbers)
            number, reading = self._sent(step, params, parents)
            if reading.kind != "success":
                failed[step.operation] = f"{step.operation} is answered {reading.short()}"
                continue
            numbers[step.operation] = number
            sources: dict[str, Json] = {"input": params, "output": reading.value}
            for take in wanted:
                if take.step == step.operation:
                    value = first(sources[take.side], take.at)
                    if value is not None:
                        values[(step.operation, take.side, take.at)] = value
                    elif not step.made:
                        failed[step.operation] = f"{step.operation} shows none"
        return values, failed

    def _sent(self, step: Step, params: Any, parents: tuple[int, ...]) -> tuple[int, Reading]:
        """Send a step's request; journaled before and after where it makes something."""
        if not step.made:
            return 0, self.call(step.operation, params)
        removal = self.removal(step.operation, params, None)
        number = self.journal.creating(step.operation, params, removal, parents=parents)
        reading = self.call(step.operation, params)
        self.settled(number, step.operation, params, reading)
        return number, reading

    def _request(self, step: Step, values: Values) -> Any:
        """Return what to send for a step, None where something it takes is not there."""
        operation = catalog.load(step.operation)
        bound: dict[str, str] = {}
        for take in step.takes:
            value = values.get((take.step, take.side, take.at))
            if value is None:
                return None
            bound[f"{operation.id}.{take.path}"] = value
        given = {**self.target.bindings, **bound, **self.settings.bindings}
        plan = Plan(operation, bindings=given, confidence=self.settings.confidence)
        try:
            params: Any = Builder(plan).minimal()
        except NoValueError:
            return None
        content = copy.deepcopy(dict(self.graphs.content(step.operation)))
        return self._named(step, plan, {**params, **content}, content)

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

    def call(self, name: str, params: Mapping[str, Json], *, counted: bool = True) -> Reading:
        """Send one request that belongs to no case. Raises `UnreachableError`."""
        operation = catalog.load(name)
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
        return Removal(node.id, self._removing(node, values))

    def _removing(self, node: Node, values: Mapping[str, str]) -> Mapping[str, Json]:
        """Return a removing request with values at their paths, and whatever else it requires."""
        operation = catalog.load(node.id)
        bound = {f"{node.id}.{path}": value for path, value in values.items()}
        plan = Plan(operation, bindings=bound, confidence=self.settings.confidence)
        params: Mapping[str, Json] = Builder(plan).request(values, values)
        return {**params, **self.graphs.content(node.id)}

    def tear_down(self) -> tuple[Thing, ...]:
        """Remove everything that is there, the last first; return what stays."""
        left = remove_all(self.journal, lambda name, params: self.call(name, params, counted=False))
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


class Keeper:
    """Watches the cases of one operation: renews what they use up, journals what they make."""

    def __init__(self, bootstrap: Bootstrap, operation: Operation) -> None:
        self.bootstrap = bootstrap
        self.operation = operation
        graph = (
            bootstrap.graphs(operation.service) if bootstrap.making or bootstrap.tracking else None
        )
        node = graph.nodes.get(operation.id) if graph else None
        self._removes = node is not None and node.role == "removes" and bootstrap.making
        self._creates = node is not None and node.role == "creates" and bootstrap.tracking
        self._first = dict(bootstrap.prepared.get(operation.id, Prepared()).bindings)
        self._now = dict(self._first)
        self._used = False
        self._number: int | None = None

    def before(self, case: Case) -> Case:
        """Return the case as it is to be sent; what it makes is announced in the journal first."""
        if self._removes and self._used and self._first:
            self._now = dict(self.bootstrap.prepare(self.operation).bindings)
            self._used = False
        if self._creates and is_object(case.params) and not case.wire:
            removal = self.bootstrap.removal(self.operation.id, case.params, None)
            journal = self.bootstrap.journal
            self._number = journal.creating(self.operation.id, case.params, removal, case.id)
        changes = {
            value: self._now[name]
            for name, value in self._first.items()
            if self._now.get(name, value) != value
        }
        return replace(case, params=_replaced(case.params, changes)) if changes else case

    def after(self, case: Case, reading: Reading) -> None:
        """Take note of the answer: what was used up, what was made."""
        self._used = self._used or reading.kind == "success"
        if self._number is not None:
            self.bootstrap.settled(self._number, self.operation.id, case.params, reading)
            self._number = None


def _replaced(value: Any, changes: Mapping[str, str]) -> Any:
    if is_object(value):
        return {key: _replaced(item, changes) for key, item in value.items()}
    if is_list(value):
        return [_replaced(item, changes) for item in value]
    return changes.get(value, value) if isinstance(value, str) else value


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

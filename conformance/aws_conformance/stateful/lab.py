"""The lab: makes things of some lifecycles in a target, does acts on them, and keeps account.

It is the one place of this package that sends requests. Every creation is journaled before it is
sent; the budget of the run and the lab's own hold for all. Once either is spent the lab does
nothing any more, and says so in `stopped`.
"""

from __future__ import annotations

import copy
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from aws_conformance.bootstrap import Bootstrap, Sent, first
from aws_conformance.clerk import Clerk
from aws_conformance.reading import Reading, says_absent
from aws_conformance.sender import BudgetSpentError, Exchange, Sender, UnreachableError
from aws_conformance.stateful.acts import Act, Said, Step, Thing
from aws_conformance.stateful.invariants import names_in
from aws_conformance.stateful.lifecycle import Lifecycle, Lister, Use
from aws_conformance.stateful.members import Shared, shared
from aws_conformance.stateful.texts import (
    descriptions,
    goes_by_name,
    own_name,
    texts_at,
    unheard_of,
    with_texts,
)
from aws_reports.results import Verdict
from aws_specs import catalog
from aws_specs.errors import ConformanceError
from aws_specs.identifiers import Node
from aws_specs.spec import Json, Operation
from aws_strategies.build import Builder, NoValueError, with_tokens
from aws_strategies.case import Case
from aws_strategies.plan import Plan

Key = tuple[str, str, str]


class Lab:
    """Some lifecycles of one service in one target."""

    def __init__(
        self,
        lifecycles: Sequence[Lifecycle],
        bootstrap: Bootstrap,
        *,
        most: int,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Send nothing yet. `most` is how many requests may be sent in all."""
        self.lifecycles = tuple(lifecycles)
        self.bootstrap = bootstrap
        self.settings = bootstrap.settings
        self.left = most
        self.pause = pause
        self.stopped: Exception | None = None
        self.absent: set[str] = set()
        self.worked: set[str] = set()
        self.shapes: dict[tuple[str, str, str], Verdict] = {}
        self.best: dict[Key, tuple[Act, ...]] = {}
        self.heard: dict[tuple[str, str], tuple[Said, tuple[Step, ...]]] = {}
        self.refused: dict[int, Step] = {}
        self.faults: dict[Key, tuple[Said, tuple[Step, ...]]] = {}
        self._bound: dict[int, Mapping[str, str]] = {}
        self._trails: dict[int, tuple[Sent, ...]] = {}
        self._stateless: dict[str, bool] = {}
        self._senders: dict[str, Sender] = {}
        self._clerks: dict[str, Clerk] = {}
        self._shared: dict[tuple[int, str], Mapping[str, tuple[str, Shared]]] = {}
        self._made = 0
        self._salt = f"{self.settings.seed}"

    # ------------------------------------------------------------ what is known

    @cached_property
    def account(self) -> bool:
        """Whether the target is AWS itself, where what was done need not be seen at once."""
        return self.bootstrap.target.name.startswith("aws ")

    @property
    def spent(self) -> bool:
        """Whether nothing may be sent any more."""
        return self.left <= 0 or self.stopped is not None

    def operation(self, name: str) -> Operation:
        """Return an operation as the run's settings have it."""
        return catalog.select(self.bootstrap.operation(name), self.settings.source)

    def _sender(self, name: str) -> Sender:
        if name not in self._senders:
            self._senders[name] = Sender(
                self.operation(name), self.bootstrap.target,
                region=self.settings.region, budget=self.bootstrap.budget,
            )  # fmt: skip
        return self._senders[name]

    def plan(self, name: str, bound: Mapping[str, str]) -> Plan:
        """Return the plan of an operation with values at its member paths."""
        given = {**self.bootstrap.target.bindings, **self.settings.bindings}
        own = {f"{name}.{path}": value for path, value in bound.items()}
        return Plan(
            self.operation(name), bindings={**given, **own}, confidence=self.settings.confidence
        )

    # ------------------------------------------------------------ sending

    def send(self, name: str, params: Mapping[str, Json]) -> Exchange | None:
        """Send one request; None where nothing may be sent any more, or it cannot be written."""
        if self.spent:
            return None
        self._made += 1
        case = Case(
            id=f"{name}~stateful~{self._made}", operation=name, kind="control", params=params
        )
        try:
            exchange = self._sender(name).send(case)
        except (BudgetSpentError, UnreachableError) as error:
            self.stopped = error
            return None
        except ConformanceError:
            return None
        self.left -= 1
        self._note(name, exchange)
        return exchange

    def _note(self, name: str, exchange: Exchange) -> None:
        """Hold the shape of a success against the specs, each thing once."""
        if exchange.reading.kind != "success":
            return
        if name not in self._clerks:
            self._clerks[name] = Clerk(self.plan(name, {}))
        for verdict in self._clerks[name].answered(exchange):
            self.shapes.setdefault((verdict.rule, verdict.verdict, verdict.reason), verdict)

    # ------------------------------------------------------------ requests

    def creation(self, kind: int) -> Mapping[str, Json] | None:
        """Return a request that makes a new thing, named as nothing before it."""
        lifecycle = self.lifecycles[kind]
        if kind not in self._bound:
            prepared = self.bootstrap.prepare(self.operation(lifecycle.create))
            self._trails[kind] = prepared.trail
            prefix = f"{lifecycle.create}."
            self._bound[kind] = {
                path.removeprefix(prefix): value for path, value in prepared.bindings.items()
            }
        plan = self.plan(lifecycle.create, self._bound[kind])
        try:
            params: Any = Builder(plan).minimal()
        except NoValueError:
            return None
        content = copy.deepcopy(dict(self.bootstrap.graphs.content(lifecycle.create)))
        described = self._described(plan, self.describing(kind, plan))
        params = {**params, **described, **content}
        self._made += 1
        tag = hashlib.sha256(f"{self._salt}|{lifecycle.create}|{self._made}".encode()).hexdigest()
        for path in lifecycle.chosen:
            if path not in content and path not in plan.bindings and path in params:
                params[path] = own_name(plan, path, str(params[path]), tag[:8])
        return self.fresh(plan, params)

    def before(self, steps: Sequence[Step]) -> tuple[Sent, ...]:
        """Return the requests that made what the things of a scenario were made in."""
        kinds = dict.fromkeys(step.act.kind for step in steps)
        every = (sent for kind in kinds for sent in self._trails.get(kind, ()))
        return tuple({f"{sent.operation} {sent.params}": sent for sent in every}.values())

    def _described(self, plan: Plan, paths: Sequence[str]) -> dict[str, Json]:
        """Return texts that nobody has said before, for members that describe a thing."""
        found: dict[str, Json] = {}
        for path in paths:
            self._made += 1
            text = f"{self._salt}|{plan.operation.id}|{self._made}"
            tag = hashlib.sha256(text.encode()).hexdigest()[:8]
            found[path] = own_name(plan, path, str(Builder(plan).typical(path)), tag)
        return found

    def describing(self, kind: int, plan: Plan) -> tuple[str, ...]:
        """Return the describing member of a creation that an update can change, if there is one."""
        later = {
            path.lower()
            for use in self.lifecycles[kind].updaters
            for path in tuple(descriptions(self.plan(use.operation, {})))[:1]
        }
        return tuple(path for path in descriptions(plan) if path.lower() in later)[:1]

    def rename(self) -> None:
        """Choose names by chance from now on: a run with the same seed was here before."""
        self._salt = secrets.token_hex(4)

    def fresh(self, plan: Plan, params: Mapping[str, Json]) -> Mapping[str, Json]:
        """Return a request with idempotency tokens nobody has used."""
        self._made += 1
        return with_tokens(
            plan, copy.deepcopy(dict(params)), f"{plan.operation.id}~{self._made}", self._salt
        )

    def again(self, thing: Thing) -> Mapping[str, Json]:
        """Return the request that made a thing, with other tokens."""
        lifecycle = self.lifecycles[thing.kind]
        return self.fresh(self.plan(lifecycle.create, {}), thing.params)

    def about(
        self,
        use: Use | Lister,
        thing: Thing,
        *,
        saying: bool = False,
        values: Mapping[str, Json] | None = None,
    ) -> Mapping[str, Json] | None:
        """Return a request about a thing, None where what names it has not come.

        One that is `saying` something has a description too, where there is one to give; `values`
        are what else it has, by member path.
        """
        more = values or {}
        named: dict[str, str] = {}
        for path, given in use.fills:
            value = first(thing.params if given.side == "input" else thing.answer, given.path)
            if value is None:
                return None
            named[path] = value
        return self._filled(use.operation, named, more, saying=saying)

    def _filled(
        self, name: str, named: Mapping[str, str], more: Mapping[str, Json], *, saying: bool
    ) -> Mapping[str, Json] | None:
        plan = self.plan(name, named)
        said = tuple(descriptions(plan))[:1] if saying else ()
        try:
            params = Builder(plan).request((*named, *said), {**named, **more})
        except NoValueError:
            return None
        params.update(self._described(plan, said))
        content = copy.deepcopy(dict(self.bootstrap.graphs.content(name)))
        return self.fresh(plan, {**params, **content})

    def listing(self, lister: Lister, thing: Thing) -> Mapping[str, Json] | None:
        """Return a request for a list of such things, in the place where a thing was made."""
        alike = {
            path: thing.params[path]
            for path in lister.alike
            if isinstance(thing.params.get(path), str)
            and not any(path == given.path for _, given in lister.shown)
        }
        return self.about(lister, thing, values=alike)

    # ------------------------------------------------------------ what is changed

    def node(self, name: str) -> Node | None:
        """Return an operation's place in the graph of its service."""
        graph = self.bootstrap.graphs(name.partition(".")[0])
        return graph.nodes.get(name) if graph is not None else None

    def tag(self, what: str) -> str:
        """Return a short text that nothing has used before."""
        self._made += 1
        return hashlib.sha256(f"{self._salt}|{what}|{self._made}".encode()).hexdigest()[:8]

    def sharing(self, kind: int, name: str) -> Mapping[str, tuple[str, Shared]]:
        """Return the members of a creation or an update that a reading operation shows.

        Each by its path, with that operation. On a real account nothing but texts is changed.
        """
        if (kind, name) not in self._shared:
            self._shared[(kind, name)] = self._found_shared(kind, name)
        return self._shared[(kind, name)]

    def _found_shared(self, kind: int, name: str) -> Mapping[str, tuple[str, Shared]]:
        lifecycle, plan = self.lifecycles[kind], self.plan(name, {})
        use = next((use for use in lifecycle.updaters if use.operation == name), None)
        taken = {path for path, _ in use.fills} if use is not None else set(lifecycle.chosen)
        if use is not None:
            taken |= set(tuple(descriptions(plan))[:1])
            if goes_by_name(lifecycle):
                taken |= {one for one in plan.shapes if one in lifecycle.chosen}
        for reader in (one for one in lifecycle.readers if one.exact):
            found = shared(
                plan, self.operation(reader.operation), self.node(name), frozenset(taken)
            )
            texts = (one for one in found if not self.account or self._is_text(plan, one))
            if found:
                return {one.path: (reader.operation, one) for one in texts}
        return {}

    @staticmethod
    def _is_text(plan: Plan, one: Shared) -> bool:
        return one.type == "string" and plan.domain(one.path).values is None

    # ------------------------------------------------------------ what keeps no account

    def keeps_account(self, thing: Thing) -> bool:
        """Whether the target refuses to show things that never were: else it knows of none."""
        lifecycle = self.lifecycles[thing.kind]
        found = [self._is_stateless(use, thing) for use in lifecycle.readers]
        return False in found

    def _is_stateless(self, use: Use, thing: Thing) -> bool | None:
        """Whether a made-up thing is shown; None where that cannot be asked."""
        if use.operation in self._stateless:
            return self._stateless[use.operation]
        params = self.about(use, thing)
        if params is None or use.operation in self.absent:
            return None
        names = {text: unheard_of(text) for path, _ in use.fills for text in texts_at(params, path)}
        exchange = self.send(use.operation, with_texts(params, names))
        if exchange is None or says_absent(exchange.reading):
            return None
        shown = self.shows(use, exchange.reading, frozenset(names.values()))
        self._stateless[use.operation] = exchange.reading.kind == "success" and shown
        return self._stateless[use.operation]

    def is_proof(self, said: Said) -> bool:
        """Whether something that is kept proves anything: not by a target that shows whatever."""
        if said.via in self._stateless:
            return not self._stateless[said.via]
        if said.reason == "as-asked":
            return False in self._stateless.values()
        return not self._stateless or False in self._stateless.values()

    @staticmethod
    def shows(use: Use, reading: Reading, names: frozenset[str]) -> bool:
        """Whether an answer is about the things of those names: by itself, or by naming them."""
        alone = not any("[]" in path or "." in path for path, _ in use.fills)
        return alone or names_in(reading.value, names)

    # ------------------------------------------------------------ hearing

    def hear(self, said: Said, steps: Sequence[Step], done: Sequence[Act]) -> None:
        """Keep what was said, with the shortest scenario that shows it."""
        acts = tuple(done)
        known = (said.rule, said.via)
        if said.verdict == "fail" and (
            said.key not in self.best or len(acts) < len(self.best[said.key])
        ):
            self.best[said.key] = acts
            self.faults[said.key] = (said, tuple(steps))
        before = self.heard.get(known)
        if before is None or _weight(said, steps) < _weight(*before):
            self.heard[known] = (said, tuple(steps))


_RANK: Final = {"fail": 0, "pass": 1, "inconclusive": 2}


def _weight(said: Said, steps: Sequence[Step]) -> tuple[int, int]:
    return _RANK.get(said.verdict, 3), len(steps)


__all__ = ["Key", "Lab"]

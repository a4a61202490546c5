"""Which operation yields a value that another one needs: the graph of a service's identifiers.

Clues can mislead (see `aws_specs.identifiers`); the graph orders what it finds by how good the clue
is, and whoever follows it must look at the answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal

from aws_specs.identifiers import (
    CREATES,
    FINDS,
    REMOVES,
    Facet,
    Identifier,
    Need,
    Node,
    Yield,
    last_name,
    node_of,
    same_noun,
)
from aws_specs.spec import Operation, Value

FOREIGN: Final[Mapping[str, str]] = {
    "bucket": "s3", "certificate": "acm", "delivery stream": "firehose", "execution role": "iam",
    "function": "lambda", "key": "kms", "kms key": "kms", "log group": "logs", "policy": "iam",
    "queue": "sqs", "role": "iam", "secret": "secretsmanager", "security group": "ec2",
    "stream": "kinesis", "subnet": "ec2", "table": "dynamodb", "topic": "sns",
    "user pool": "cognito-idp", "vpc": "ec2",
}  # fmt: skip
"""Things that many services need and one service makes."""

DEEPEST: Final = 5
"""The most creations, one upon the other, that a chain has."""

_FINDING: Final = 6
"""What finding costs more than making: what is found may be somebody's."""


class Take(Value, frozen=True):
    """A value handed on: to a member path, from a step's request or answer at a member path."""

    path: str
    step: str
    side: Literal["output", "input"]
    at: str


class Step(Value, frozen=True):
    """One operation to run, and what it takes from earlier ones."""

    operation: str
    takes: tuple[Take, ...] = ()
    made: bool = True
    """Whether it makes something; else it finds something."""


class Chain(Value, frozen=True):
    """What to run, in order, before an operation; what to hand it; and what nobody yields."""

    steps: tuple[Step, ...] = ()
    takes: tuple[Take, ...] = ()
    missing: tuple[Need, ...] = ()


# ---------------------------------------------------------------- the graph


Producers = list[tuple[float, Node, Yield]]

_KEPT: Final = 8
"""How many ways to get a value are kept."""


class Graph:
    """The operations of one service (and, through `elsewhere`, of those it needs things from).

    `elsewhere` returns another service's graph; without it nothing foreign is found. `sources` says
    where an identifier comes from, by member name: `service.Operation:path` of an answer (or
    `<path` of the request), "" for nowhere. It wins over what the graph finds.
    """

    def __init__(
        self,
        operations: Iterable[Operation],
        *,
        elsewhere: Callable[[str], Graph | None] = lambda service: None,
        sources: Mapping[str, str] | None = None,
    ) -> None:
        self.nodes = {node.id: node for node in map(node_of, operations)}
        self.elsewhere = elsewhere
        self.sources = dict(sources or {})
        self._known: dict[tuple[tuple[Identifier, ...], bool], Producers] = {}
        self._index = _indexed(self.nodes.values())

    @property
    def service(self) -> str:
        """The service, "" for a graph of nothing."""
        return next(iter(self.nodes), "").partition(".")[0]

    def node(self, name: str) -> Node | None:
        """Return an operation of this or, where it is known, of another service."""
        found = self.nodes.get(name)
        if found is None:
            other = self.elsewhere(name.partition(".")[0])
            found = other.nodes.get(name) if other is not None else None
        return found

    def chain(
        self,
        name: str,
        *,
        given: Iterable[str] = (),
        finding: bool = True,
        without: Iterable[str] = (),
    ) -> Chain:
        """Return the shortest chain that makes what an operation requires.

        `given` are the request's paths that have values already; `finding` allows what is found
        rather than made; `without` are operations that are not to be used. Each thing is made once,
        also where several members name it.
        """
        maker = _Maker(self, finding, frozenset(without))
        node = self.nodes[name]
        takes, missing = maker.serve(node, frozenset(given), 0, ())
        return Chain(tuple(maker.steps), tuple(takes), tuple(missing))

    def producers(self, need: Need, finding: bool) -> Producers:
        """Return who yields what is needed, the best first; the cost counts clues, not requests."""
        key = (need.means, finding)
        if key not in self._known:
            self._known[key] = self._ranked(need, finding)
        return self._known[key]

    def _ranked(self, need: Need, finding: bool) -> Producers:
        endings = {_ending(means.noun) for means in need.means}
        pool = self._index.values() if "resource" in endings else map(self._index.get, endings)
        found = [
            (cost + _cost_of(node) + _aside(node, need), node, given)
            for entries in pool
            for node, given in entries or ()
            if node.role == "creates" or finding
            if (cost := _distance(need, given)) is not None
        ]
        found.sort(key=lambda item: (item[0], len(item[1].needs), item[1].id, item[2].path))
        return found[:_KEPT]

    def remover(self, name: str) -> tuple[Node, tuple[tuple[str, Yield], ...]] | None:
        """Return the operation that takes away what an operation made, and what to hand it."""
        made = self.node(name)
        if made is None or made.role != "creates":
            return None
        home = self if name in self.nodes else self.elsewhere(name.partition(".")[0])
        ranked = [
            (*fit, node)
            for node in (home.nodes.values() if home is not None else ())
            if node.role == "removes" and (fit := _removal(made, node)) is not None
        ]
        if not ranked:
            return None
        _, filled, node = min(ranked, key=lambda item: (item[0], item[2].id))
        return node, filled


def _ending(noun: str) -> str:
    return noun.rpartition(" ")[2]


def _indexed(nodes: Iterable[Node]) -> dict[str, list[tuple[Node, Yield]]]:
    """Return what is yielded by the last word of its noun."""
    found: dict[str, list[tuple[Node, Yield]]] = {}
    for node in nodes:
        for given in node.yields:
            for ending in {_ending(means.noun) for means in given.means}:
                found.setdefault(ending, []).append((node, given))
    return found


def _cost_of(node: Node) -> float:
    verbs = CREATES if node.role == "creates" else FINDS
    extra = 0 if node.role == "creates" else _FINDING
    return extra + verbs.index(node.verb) / 20 + sum(not need.chosen for need in node.needs)


def _aside(node: Node, need: Need) -> float:
    """Return what it costs that a maker's own noun is another than the one needed."""
    return 0.0 if any(means.noun == node.noun for means in need.means) else 1.2


def _distance(need: Need, given: Yield) -> float | None:
    """Return how far a yield is from a need, None where it cannot be it."""
    best: float | None = None
    for rank, wanted in enumerate(need.means):
        for other in given.means:
            facet = _facets(wanted.facet, other.facet)
            noun = _nouns(wanted.noun, other.noun)
            if facet is not None and noun is not None:
                cost = facet + noun + rank / 2
                best = cost if best is None else min(best, cost)
    return best


def _facets(wanted: Facet, given: Facet) -> float | None:
    if wanted == given:
        return 0.0
    return _INSTEAD.get((wanted, given))


_INSTEAD: Final[Mapping[tuple[str, str], float]] = {
    ("id", "name"): 0.6, ("id", "arn"): 0.8, ("name", "id"): 0.9, ("", "name"): 0.1,
    ("name", "arn"): 1.2, ("id", ""): 0.7,
}  # fmt: skip
"""What may stand for what: an `Identifier` is often a name, a `TableName` may be an ARN."""


def _nouns(wanted: str, given: str) -> float | None:
    if wanted == given:
        return 0.0
    if wanted == "resource":
        return 2.0
    if wanted and given and (wanted.endswith(f" {given}") or given.endswith(f" {wanted}")):
        return 1.0
    return None


Filled = tuple[tuple[str, Yield], ...]


def _removal(made: Node, node: Node) -> tuple[float, Filled] | None:
    """Return how well an operation undoes another, and which yields fill its members."""
    if node.noun and not same_noun(node.noun, made.noun):
        return None
    parents = tuple(
        Yield("input", need.path, need.means, need.shape) for need in made.needs if not need.chosen
    )
    fits = [_fit(need, made.yields, parents) for need in node.needs]
    if not node.needs:
        fits = _best_alone(made, node)
    found = [fit for fit in fits if fit is not None]
    about_it = any(given in made.yields for _, _, given in found)
    if len(found) < len(fits) or not about_it:
        return None
    exact = 0.0 if node.noun == made.noun else 1.0
    worst = max(cost for cost, _, _ in found)
    filled = tuple((path, given) for _, path, given in found)
    return exact + worst + REMOVES.index(node.verb) / 20, filled


def _best_alone(made: Node, node: Node) -> list[tuple[float, str, Yield] | None]:
    """Return the optional member that names the thing best, where none is required."""
    fits = [fit for need in node.optional if (fit := _fit(need, made.yields, ())) is not None]
    order = ("arn", "id", "url", "name", "key", "handle", "iterator", "")
    ranked = sorted(fits, key=lambda fit: (fit[0], order.index(fit[2].means[0].facet), fit[1]))
    return [ranked[0]] if ranked else [None]


def _fit(
    need: Need, own: Sequence[Yield], parents: Sequence[Yield]
) -> tuple[float, str, Yield] | None:
    """Return which value fills a removing operation's member: the thing's own, or its parent's."""
    fits = [
        (cost, number, given)
        for number, given in enumerate((*own, *parents))
        if (cost := _distance(need, given)) is not None and cost < 2
    ]
    if not fits:
        return None
    cost, _, given = min(fits, key=lambda fit: fit[:2])
    return cost, need.path, given


class _Maker:
    """Collects the steps of one chain."""

    def __init__(self, graph: Graph, finding: bool, without: frozenset[str]) -> None:
        self.graph = graph
        self.finding = finding
        self.without = without
        self.steps: list[Step] = []

    def serve(
        self, node: Node, given: frozenset[str], depth: int, above: tuple[str, ...]
    ) -> tuple[list[Take], list[Need]]:
        """Return the takes that serve a node's needs, adding steps; and the needs nobody serves."""
        takes: list[Take] = []
        missing: list[Need] = []
        wanted = [n for n in node.needs if not n.chosen and n.path not in given]
        # Things that stand in others are served last: their makers bring the others with them.
        for need in sorted(wanted, key=lambda n: -self._depth(n)):
            take = self._shared(need) or self._made(node, need, depth, above)
            if take is not None:
                takes.append(take)
            elif _is_identifier(need):
                missing.append(need)
        return takes, missing

    def _depth(self, need: Need) -> int:
        found = self.graph.producers(need, self.finding)
        return sum(not n.chosen for n in found[0][1].needs) if found else 0

    def _shared(self, need: Need) -> Take | None:
        """Return the need from a step that is planned already."""
        found = [
            (cost, number, Take(need.path, step.operation, given.side, given.path))
            for number, step in enumerate(self.steps)
            if step.made and (node := self.graph.node(step.operation)) is not None
            for given in node.yields
            if (cost := _distance(need, given)) is not None and cost < 1
        ]
        return min(found, key=lambda item: item[:2])[2] if found else None

    def _made(self, node: Node, need: Need, depth: int, above: tuple[str, ...]) -> Take | None:
        if depth >= DEEPEST:
            return None
        for maker, given, graph in self._makers(need):
            if maker.id == node.id or maker.id in above or maker.id in self.without:
                continue
            there = Take(need.path, maker.id, given.side, given.path)
            if self._planned(maker.id):
                return there
            before = len(self.steps)
            inner = self if graph is self.graph else _Maker(graph, self.finding, self.without)
            if inner is not self:
                inner.steps = self.steps
            takes, missing = inner.serve(maker, frozenset(), depth + 1, (*above, node.id))
            if missing:
                del self.steps[before:]
                continue
            if self._planned(maker.id):
                return there
            if maker.role == "finds":
                self._something_to_find(maker, graph, depth, (*above, node.id))
            self.steps.append(Step(maker.id, tuple(takes), maker.role == "creates"))
            return there
        return None

    def _planned(self, name: str) -> bool:
        """Whether an operation is among the steps: each is run once, and everyone takes from it."""
        return any(step.operation == name for step in self.steps)

    def _something_to_find(
        self, finder: Node, graph: Graph, depth: int, above: tuple[str, ...]
    ) -> None:
        """Plan a step that makes one of what a finding operation shows, where there is one."""
        made = {step.operation for step in self.steps}
        for maker in graph.nodes.values():
            same = maker.role == "creates" and maker.noun == finder.noun and maker.id not in above
            free = maker.id not in made and maker.id not in self.without
            if same and free and depth + 1 < DEEPEST:
                before = len(self.steps)
                takes, missing = self.serve(maker, frozenset(), depth + 1, (*above, finder.id))
                if not missing:
                    self.steps.append(Step(maker.id, tuple(takes)))
                    return
                del self.steps[before:]

    def _makers(self, need: Need) -> Iterator[tuple[Node, Yield, Graph]]:
        stated = self.graph.sources.get(last_name(need.path))
        if stated is not None:
            yield from _stated(self.graph, stated, need)
            return
        producers = self.graph.producers(need, self.finding)
        for _, node, given in producers:
            if node.role == "creates":
                yield node, given, self.graph
        for means in need.means:
            service = FOREIGN.get(means.noun) or FOREIGN.get(means.noun.rpartition(" ")[2], "")
            other = (
                self.graph.elsewhere(service) if service and service != self.graph.service else None
            )
            if other is not None:
                nearest = Need(need.path, (means,), need.shape)
                for _, node, given in other.producers(nearest, finding=False)[:2]:
                    yield node, given, other
        for _, node, given in producers:
            if node.role == "finds":
                yield node, given, self.graph


def _stated(graph: Graph, source: str, need: Need) -> Iterator[tuple[Node, Yield, Graph]]:
    """Yield the source named for a need: `service.Operation:path`, `<path` for a request's."""
    name, _, at = source.partition(":")
    node = graph.node(name)
    home = graph if name in graph.nodes else graph.elsewhere(name.partition(".")[0])
    if node is not None and home is not None:
        side: Literal["output", "input"] = "input" if at.startswith("<") else "output"
        yield node, Yield(side, at.removeprefix("<"), need.means), home


def _is_identifier(need: Need) -> bool:
    """Whether a need that nobody serves is worth naming: it says that it identifies something."""
    return need.means[0].facet in ("id", "arn", "url", "handle", "iterator")

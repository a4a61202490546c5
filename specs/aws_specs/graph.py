"""Which operation yields a value that another one needs: the graph of a service's identifiers.

Clues can mislead (see `aws_specs.identifiers`); the graph orders what it finds by how good the clue
is, and whoever follows it must look at the answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from aws_specs.chains import Chain, Maker, Step, Take
from aws_specs.identifiers import (
    BRINGS,
    CREATES,
    FINDS,
    REMOVES,
    Facet,
    Identifier,
    Need,
    Node,
    Yield,
    node_of,
    plain_noun,
    same_noun,
)
from aws_specs.spec import Operation

_FINDING: Final = 6
"""What finding costs more than making: what is found may be somebody's."""


# ---------------------------------------------------------------- the graph


_ANYTHING: Final = 8
"""What it costs at most that nothing says what a resource is."""

Producers = list[tuple[float, Node, Yield]]

_KEPT: Final = 8
"""How many ways to get a value are kept."""


class Graph:
    """The operations of one service (and, through `elsewhere`, of those it needs things from).

    `elsewhere` returns another service's graph; without it nothing foreign is found. `sources` says
    where an identifier comes from, by member name: `service.Operation:path` of an answer (or
    `<path` of the request), "" for nowhere. It wins over what the graph finds. `after` names, by
    operation, those that bring about the state it is about.
    """

    def __init__(
        self,
        operations: Iterable[Operation | Node],
        *,
        elsewhere: Callable[[str], Graph | None] = lambda service: None,
        sources: Mapping[str, str] | None = None,
        after: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        nodes = (one if isinstance(one, Node) else node_of(one) for one in operations)
        self.nodes = {node.id: node for node in nodes}
        self.elsewhere = elsewhere
        self.sources = dict(sources or {})
        self.after = dict(after or {})
        self._known: dict[tuple[tuple[Identifier, ...], bool], Producers] = {}
        self._index = _indexed(self.nodes.values())
        self._wanted = Counter(
            need.means[0].noun
            for node in self.nodes.values()
            for need in (*node.needs, *node.alternatives)
            if need.means[0].noun != "resource"
        )

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
        fuller: bool = False,
    ) -> Chain:
        """Return the shortest chain that makes what an operation requires.

        `given` are the request's paths that have values already; `finding` allows what is found
        rather than made; `without` are operations that are not to be used. Each thing is made once,
        also where several members name it. `fuller` also serves members that are not required, and
        brings about the state that the operation is about.
        """
        maker = Maker(self, finding, frozenset(without), fuller=fuller)
        return maker.chain(name, frozenset(given))

    def counterparts(self, node: Node) -> tuple[Node, ...]:
        """Return the operations that bring about what another one is about, the surest first.

        PutBucketCors makes what GetBucketCors shows, AddUserToGroup undoes RemoveUserFromGroup.
        """
        stated = self.after.get(node.id)
        if stated is not None:
            return tuple(maker for name in stated if (maker := self.node(name)) is not None)
        about = node.noun if node.role != "creates" else ""
        noun = plain_noun(about)
        if not noun:
            return ()
        ranked = [
            (len(noun) - len(other), _bringing(node.verb, maker.verb), maker.id, maker)
            for maker in self.nodes.values()
            if maker.verb in BRINGS and maker.id != node.id
            if (other := plain_noun(maker.noun)) and (noun == other or noun.startswith(f"{other} "))
        ]
        return tuple(maker for *_, maker in sorted(ranked, key=lambda item: item[:3])[:_KEPT])

    def distance(self, need: Need, given: Yield) -> float | None:
        """Return how far a yield is from a need, None where it cannot be it."""
        return _distance(need, given)

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
            (
                cost + _cost_of(node) + _aside(node, need, given) + self._vague(need, given),
                node,
                given,
            )
            for entries in pool
            for node, given in entries or ()
            if node.role == "creates" or finding
            if (cost := _distance(need, given)) is not None
        ]
        found.sort(key=_order)
        return found[:_KEPT]

    def _vague(self, need: Need, given: Yield) -> float:
        """Return what it costs that a `ResourceArn` may be of anything: least of what most need."""
        if need.means[0].noun != "resource":
            return 0.0
        most = max(self._wanted.values(), default=1)
        return _ANYTHING * (1 - max(self._wanted[means.noun] for means in given.means) / most)

    def remover(self, name: str) -> tuple[Node, tuple[tuple[str, Yield], ...]] | None:
        """Return the operation that takes away what an operation made, and what to hand it."""
        made = self.node(name)
        if made is None or made.verb not in BRINGS:
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


_OPPOSITES: Final[Mapping[str, str]] = {
    "Detach": "Attach", "Remove": "Add", "Disassociate": "Associate", "Disable": "Enable",
    "Deregister": "Register", "Revoke": "Authorize", "Decrease": "Increase", "Stop": "Start",
    "Delete": "Create", "Release": "Allocate",
}  # fmt: skip


def _bringing(undoes: str, brings: str) -> int:
    """Return how far off a verb is that brings about what another one undoes or shows."""
    return -1 if _OPPOSITES.get(undoes) == brings else BRINGS.index(brings)


def _order(entry: tuple[float, Node, Yield]) -> tuple[float, int, str, int, str]:
    """Return what producers are sorted by: the cost, then what needs and lies the least deep."""
    cost, node, given = entry
    return cost, len(node.needs), node.id, given.path.count("."), given.path


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


def _aside(node: Node, need: Need, given: Yield) -> float:
    """Return what it costs that a maker's own noun is another than the one needed."""
    wanted = given.means[:1] if need.means[0].noun == "resource" else need.means
    return 0.0 if any(means.noun == node.noun for means in wanted) else 1.2


def _distance(need: Need, given: Yield) -> float | None:
    """Return how far a yield is from a need, None where it cannot be it."""
    best: float | None = None
    for rank, wanted in enumerate(need.means):
        for number, other in enumerate(given.means):
            facet = _facets(wanted.facet, other.facet)
            noun = _nouns(wanted.noun, other.noun)
            if facet is not None and noun is not None:
                cost = facet + noun + rank / 2 + number / 8
                best = cost if best is None else min(best, cost)
    return best


def _facets(wanted: Facet, given: Facet) -> float | None:
    if wanted == given:
        return 0.0
    return _INSTEAD.get((wanted, given))


_INSTEAD: Final[Mapping[tuple[str, str], float]] = {
    ("id", "name"): 0.6, ("id", "arn"): 0.8, ("name", "id"): 0.9, ("", "name"): 0.1,
    ("name", "arn"): 1.2, ("id", ""): 0.7, ("", "arn"): 0.4, ("", "id"): 0.3,
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
    alike = plain_noun(node.noun) == plain_noun(made.noun)
    if node.noun and not alike and not same_noun(node.noun, made.noun):
        return None
    if alike and not (node.needs or node.optional or made.needs):
        return REMOVES.index(node.verb) / 20, ()  # there is one of it in an account
    parents = tuple(
        Yield("input", need.path, need.means, need.shape) for need in made.needs if not need.chosen
    )
    fits = [_fit(need, made.yields, parents) for need in node.needs]
    if not node.needs:
        fits = _best_alone(made, node)
    found = [fit for fit in fits if fit is not None]
    # What joins two things is undone by naming both.
    joins = node.noun != made.noun or _OPPOSITES.get(node.verb) == made.verb
    joined = alike and joins and len(found) == len(parents)
    about_it = joined or any(given in made.yields for _, _, given in found)
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


__all__ = ["Chain", "Graph", "Producers", "Step", "Take"]

"""Chains: what to run before an operation, so that what it needs is there.

A chain is planned from the graph alone, and nothing is sent; whoever runs it must look at the
answers. A *fuller* chain also serves members that are not required, and brings about the state that
an operation is about: before GetBucketCors stands PutBucketCors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, Literal

from aws_specs.identifiers import BRINGS, Need, Node, Yield, last_name, same_noun
from aws_specs.spec import Value

if TYPE_CHECKING:
    from aws_specs.graph import Graph

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


class Take(Value, frozen=True):
    """A value handed on: to a member path, from a step's request or answer at a member path."""

    path: str
    step: str
    side: Literal["output", "input"]
    at: str


class Step(Value, frozen=True):
    """One operation to run, and what it takes from earlier ones.

    `offers` are for members it does not require: to be sent where it is refused without them.
    """

    operation: str
    takes: tuple[Take, ...] = ()
    made: bool = True
    """Whether it makes something; else it finds something."""
    offers: tuple[Take, ...] = ()


class Chain(Value, frozen=True):
    """What to run, in order, before an operation; what to hand it; and what nobody yields.

    `offers` are for members that the operation does not require.
    """

    steps: tuple[Step, ...] = ()
    takes: tuple[Take, ...] = ()
    missing: tuple[Need, ...] = ()
    offers: tuple[Take, ...] = ()


_SURE: Final = 0.5
"""The distance below which a value surely is what a member is for."""

_OFFERED: Final = 4
"""The most members that are not required for which something is made."""


class Maker:
    """Collects the steps of one chain."""

    def __init__(
        self, graph: Graph, finding: bool, without: frozenset[str], *, fuller: bool = False
    ) -> None:
        self.graph = graph
        self.finding = finding
        self.without = without
        self.fuller = fuller
        self.steps: list[Step] = []

    def chain(self, name: str, given: frozenset[str]) -> Chain:
        """Return the chain of an operation."""
        node = self.graph.nodes[name]
        maker = self._bring_about(node) if self.fuller else None
        takes, missing = self.serve(node, given, 0, ())
        taken = given | {take.path for take in takes}
        same = self._namesakes(node, maker, taken)
        takes += [take for take in same if any(need.path == take.path for need in missing)]
        missing = [need for need in missing if all(take.path != need.path for take in takes)]
        offers = [take for take in same if take not in takes]
        taken |= {take.path for take in same}
        offers += self._offers(node, taken, 0, (), making=self.fuller)
        return Chain(tuple(self.steps), tuple(takes), tuple(missing), tuple(offers))

    def _namesakes(self, node: Node, maker: Node | None, taken: frozenset[str]) -> list[Take]:
        """Return takes for what both an operation and the one before it name: a label, a policy."""
        if maker is None:
            return []
        there = {need.path for need in (*maker.needs, *maker.optional)} | set(maker.others)
        mine = [*(need.path for need in (*node.needs, *node.optional)), *node.others]
        return [
            Take(path, maker.id, "input", path)
            for path in mine
            if path in there and path not in taken and "." not in path and "[]" not in path
        ]

    def serve(
        self, node: Node, given: frozenset[str], depth: int, above: tuple[str, ...]
    ) -> tuple[list[Take], list[Need]]:
        """Return the takes that serve a node's needs, adding steps; and the needs nobody serves."""
        takes: list[Take] = []
        missing: list[Need] = []
        needs = (*node.needs, *node.alternatives)
        wanted = [n for n in needs if not n.chosen and n.path not in given]
        # Things that stand in others are served last: their makers bring the others with them.
        for need in sorted(wanted, key=lambda n: -self._depth(n)):
            surely = need in node.alternatives
            take = self._shared(need, _SURE if surely else 1)
            take = take or self._made(node, need, depth, above, exact=surely)
            if take is not None:
                takes.append(take)
            elif _is_identifier(need) and need not in node.alternatives:
                missing.append(need)
        return takes, missing

    def _offers(
        self,
        node: Node,
        taken: frozenset[str],
        depth: int,
        above: tuple[str, ...],
        *,
        making: bool,
    ) -> list[Take]:
        """Return takes for members that are not required: what is planned already, or is made."""
        offers: list[Take] = []
        for need in self._offered(node):
            if need.path in taken or len(offers) >= _OFFERED:
                continue
            take = self._shared(need)
            if take is None and making and (not need.means or need.means[0].facet):
                take = self._made(node, need, depth, above, exact=True)
            if take is not None:
                offers.append(take)
        return offers

    def _offered(self, node: Node) -> list[Need]:
        """Return the needs at a request's top that are not required, the likeliest first."""
        stated = [Need(path, ()) for path in node.others if path in self.graph.sources]
        near = [need for need in node.optional if "." not in need.path and "[]" not in need.path]
        about = [need for need in near if same_noun(need.means[0].noun, node.noun)]
        return [*stated, *about, *(need for need in near if need not in about)]

    def _bring_about(self, node: Node) -> Node | None:
        """Plan the operation that makes the state another one is about; return it, if any."""
        for maker in self.graph.counterparts(node):
            if maker.id in self.without:
                continue
            before = len(self.steps)
            # What nobody yields may be a label that the caller gives: a statement's id.
            if self._plan(maker, 0, (node.id,), self.graph, lenient=True):
                return maker
            del self.steps[before:]
        return None

    def _plan(
        self,
        maker: Node,
        depth: int,
        above: tuple[str, ...],
        graph: Graph,
        *,
        lenient: bool = False,
    ) -> bool:
        """Plan an operation with all it needs; False where something it needs is nowhere."""
        inner = self
        if graph is not self.graph:
            inner = Maker(graph, self.finding, self.without, fuller=self.fuller)
            inner.steps = self.steps
        takes, missing = inner.serve(maker, frozenset(), depth + 1, above)
        if missing and not lenient:
            return False
        if self._planned(maker.id):
            return True
        if maker.role == "finds":
            inner._something_to_find(maker, depth, above)
        taken = frozenset(take.path for take in takes)
        bare = self.fuller and not takes
        offers = inner._offers(maker, taken, depth + 1, above, making=bare)
        made = maker.verb in BRINGS
        self.steps.append(Step(maker.id, tuple(takes), made, tuple(offers)))
        return True

    def _depth(self, need: Need) -> int:
        found = self.graph.producers(need, self.finding)
        return sum(not n.chosen for n in found[0][1].needs) if found else 0

    def _shared(self, need: Need, within: float = 1) -> Take | None:
        """Return the need from a step that is planned already, not farther off than `within`."""
        if last_name(need.path) in self.graph.sources:
            return None
        found = [
            (cost, number, Take(need.path, step.operation, given.side, given.path))
            for number, step in enumerate(self.steps)
            if step.made and (node := self.graph.node(step.operation)) is not None
            for given in node.yields
            if (cost := self.graph.distance(need, given)) is not None and cost < within
        ]
        return min(found, key=lambda item: item[:2])[2] if found else None

    def _made(
        self, node: Node, need: Need, depth: int, above: tuple[str, ...], *, exact: bool = False
    ) -> Take | None:
        """Return the need from a step that is added; `exact`: only what is surely it, and made."""
        if depth >= DEEPEST:
            return None
        for maker, given, graph in self._makers(need):
            if maker.id == node.id or maker.id in above or maker.id in self.without:
                continue
            far = graph.distance(need, given) if need.means else 0.0
            if exact and (maker.role == "finds" or far is None or far >= _SURE):
                continue
            before = len(self.steps)
            if self._planned(maker.id) or self._plan(maker, depth, (*above, node.id), graph):
                return Take(need.path, maker.id, given.side, given.path)
            del self.steps[before:]
        return None

    def _planned(self, name: str) -> bool:
        """Whether an operation is among the steps: each is run once, and everyone takes from it."""
        return any(step.operation == name for step in self.steps)

    def _something_to_find(self, finder: Node, depth: int, above: tuple[str, ...]) -> None:
        """Plan a step that makes one of what a finding operation shows, where there is one."""
        made = {step.operation for step in self.steps}
        for maker in self.graph.nodes.values():
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
        if need.means[0].noun == "resource":
            yield from ((node, given, self.graph) for _, node, given in producers)
            return
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
    return bool(need.means) and need.means[0].facet in ("id", "arn", "url", "handle", "iterator")

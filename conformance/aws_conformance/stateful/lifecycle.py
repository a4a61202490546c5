"""Lifecycles: what a service makes, and which operations look at it, change it, take it away.

All of it is read from the graph of the specs: a resource is what a creating operation names (in its
answer, or by a name that the caller chose), and an operation is about it where its identifiers are
filled by that. Only operations whose own noun is the resource's count: `GetBucketCors` is about
something that a bucket may lack.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from aws_conformance.stateful.naming import Filled, about, is_exact
from aws_specs.graph import Graph
from aws_specs.identifiers import Node
from aws_specs.spec import Value

CREATES: Final = ("Create", "Register", "Allocate", "Put", "Provision", "Subscribe", "Import")
"""Verbs of operations that make something that has a life."""

READS: Final = ("Describe", "Get", "Head")
UPDATES: Final = ("Update", "Modify", "Set")

_VIEWS: Final = frozenset(
    ("attribute", "configuration", "detail", "information", "metadata", "property", "summary",
     "url", "arn", "description", "setting")
)  # fmt: skip
"""What stands behind a noun where an operation shows or changes a part of every such thing."""


class Use(Value, frozen=True):
    """An operation about a thing, and which values of its creation fill which of its members.

    `exact`: every filled member asks for the very identifier that the creation gives, by noun and
    facet. Else the value is a guess, and what is not found may be named otherwise.
    """

    operation: str
    fills: Filled
    exact: bool


class Lifecycle(Value, frozen=True, kw_only=True):
    """One kind of thing a service makes. `chosen` are the members by which a caller names it."""

    create: str
    noun: str
    chosen: tuple[str, ...] = ()
    readers: tuple[Use, ...] = ()
    updaters: tuple[Use, ...] = ()
    deleter: Use | None = None
    lister: str = ""

    @property
    def service(self) -> str:
        """The service, as the SDK names its client."""
        return self.create.partition(".")[0]

    @property
    def operations(self) -> tuple[str, ...]:
        """Every operation of the lifecycle, the creating one first."""
        uses = (*self.readers, *self.updaters, *((self.deleter,) if self.deleter else ()))
        lister = (self.lister,) if self.lister else ()
        return (self.create, *(use.operation for use in uses), *lister)


def lifecycles(graph: Graph, allowed: Collection[str]) -> tuple[Lifecycle, ...]:
    """Return the lifecycles of a service made of allowed operations, in the order of its model.

    A thing that cannot be taken away has none: it would be left behind. Nor has one that allowed
    operations neither look at nor take away.
    """
    found = (_lifecycle(graph, node, allowed) for node in graph.nodes.values())
    return tuple(one for one in found if one is not None)


def _lifecycle(graph: Graph, made: Node, allowed: Collection[str]) -> Lifecycle | None:
    named = made.role == "creates" and made.verb in CREATES and made.noun and made.yields
    if made.id not in allowed or not named:
        return None
    remover = graph.remover(made.id)
    if remover is None:
        return None
    readers = tuple(_uses(graph, made, READS, allowed))
    deleter = None
    if remover[0].id in allowed and remover[0].noun == made.noun:
        deleter = Use(remover[0].id, remover[1], is_exact(made, remover[0], remover[1]))
    if not readers and deleter is None:
        return None
    return Lifecycle(
        create=made.id,
        noun=made.noun,
        chosen=tuple(need.path for need in made.needs if need.chosen),
        readers=readers,
        updaters=tuple(_uses(graph, made, UPDATES, allowed)),
        deleter=deleter,
        lister=_lister(graph, made, allowed),
    )


def _uses(
    graph: Graph, made: Node, verbs: tuple[str, ...], allowed: Collection[str]
) -> Iterator[Use]:
    for node in graph.nodes.values():
        if node.verb not in verbs or node.id not in allowed or not _shows(node.noun, made.noun):
            continue
        fills = about(made, node)
        if fills is not None:
            yield Use(node.id, fills, is_exact(made, node, fills))


def _shows(noun: str, made: str) -> bool:
    """Whether an operation's noun is the thing's, or a view on every such thing."""
    return noun == made or (noun.startswith(f"{made} ") and noun[len(made) + 1 :] in _VIEWS)


def _lister(graph: Graph, made: Node, allowed: Collection[str]) -> str:
    """Return the operation that lists such things and requires nothing, "" where there is none."""
    return next(
        (
            node.id
            for node in graph.nodes.values()
            if node.verb == "List" and node.noun == made.noun and not node.needs
            if node.id in allowed
        ),
        "",
    )


__all__ = ["CREATES", "READS", "UPDATES", "Lifecycle", "Use", "lifecycles"]

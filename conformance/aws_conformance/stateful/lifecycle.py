"""Lifecycles: what a service makes, and which operations look at it, change it, take it away.

All of it is read from the graph of the specs: a resource is what a creating operation names (in its
answer, or by a name that the caller chose), and an operation is about it where its identifiers are
filled by that. Only operations whose own noun is the resource's count: `GetBucketCors` is about
something that a bucket may lack.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from aws_conformance.stateful.naming import Filled, Shown, about, from_parents, is_exact, listed_as
from aws_specs.graph import Graph
from aws_specs.identifiers import Node
from aws_specs.spec import Value

CREATES: Final = ("Create", "Register", "Allocate", "Put", "Provision", "Subscribe", "Import")
"""Verbs of operations that make something that has a life."""

READS: Final = ("Describe", "Get", "Head")
LISTS: Final = ("List", "Describe", "Get")
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


class Lister(Value, frozen=True):
    """An operation that shows every such thing: what says where to look, and what names an item.

    `shown` are the members of its answer that name an item, each with the value of the creation
    that must stand there; `alike` those of the request that may say where to look, as the creation
    may have said.
    """

    operation: str
    fills: Filled
    shown: Shown
    alike: tuple[str, ...] = ()


class Lifecycle(Value, frozen=True, kw_only=True):
    """One kind of thing a service makes. `chosen` are the members by which a caller names it."""

    create: str
    noun: str
    chosen: tuple[str, ...] = ()
    readers: tuple[Use, ...] = ()
    updaters: tuple[Use, ...] = ()
    deleter: Use | None = None
    listers: tuple[Lister, ...] = ()

    @property
    def service(self) -> str:
        """The service, as the SDK names its client."""
        return self.create.partition(".")[0]

    @property
    def operations(self) -> tuple[str, ...]:
        """Every operation of the lifecycle, the creating one first."""
        uses = (*self.readers, *self.updaters, *((self.deleter,) if self.deleter else ()))
        named = dict.fromkeys(use.operation for use in (*uses, *self.listers))
        return (self.create, *named)


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
        listers=tuple(_listers(graph, made, allowed)),
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


def _listers(graph: Graph, made: Node, allowed: Collection[str]) -> Iterator[Lister]:
    """Yield the operations that list such things, in the place where they were made."""
    for node in graph.nodes.values():
        if node.verb not in LISTS or node.noun != made.noun or node.id not in allowed:
            continue
        shown, fills = listed_as(made, node), from_parents(made, node)
        if shown and fills is not None:
            alike = tuple(
                need.path for need in node.optional if "." not in need.path and "[" not in need.path
            )
            yield Lister(node.id, fills, shown, alike)


__all__ = ["CREATES", "LISTS", "READS", "UPDATES", "Lifecycle", "Lister", "Use", "lifecycles"]

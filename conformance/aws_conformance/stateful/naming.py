"""Which values of a creation name the thing in another operation's request.

Stricter than the graph's search for anything that may serve: what is named wrongly is not found,
and that would be said of the target. So every filling tells whether it is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from aws_specs.identifiers import Identifier, Need, Node, Yield

Filled = tuple[tuple[str, Yield], ...]
"""Member paths of a request, each with the value of the creation that goes there."""

Shown = tuple[tuple[str, Yield], ...]
"""Member paths of an answer, each with the value of the creation that must stand there."""

_INSTEAD: Final = frozenset(
    (("id", "name"), ("id", "arn"), ("name", "arn"), ("", "name"), ("", "id"))
)
"""Facets that may stand for others, the wanted one first: an `Identifier` is often a name."""

_BEST: Final = ("arn", "id", "url", "name", "key", "handle", "iterator", "")


def about(made: Node, node: Node) -> Filled | None:
    """Return what fills every identifier that an operation requires; None where something lacks.

    At least one value names what was made, others what it was made in. An operation that requires
    no identifier gets the optional one that names the thing exactly, if there is one.
    """
    parents = tuple(
        Yield("input", need.path, need.means, need.shape) for need in made.needs if not need.chosen
    )
    if not node.needs:
        return _alone(made, node)
    found: list[tuple[str, Yield]] = []
    for need in node.needs:
        given = _fit(need, made.yields) or _fit(need, parents)
        if given is None:
            return None
        found.append((need.path, given))
    return tuple(found) if any(given in made.yields for _, given in found) else None


def from_parents(made: Node, node: Node) -> Filled | None:
    """Return what fills the identifiers that an operation requires, by what a thing was made in.

    None where one of them is something else: the operation is not about all such things.
    """
    parents = tuple(
        Yield("input", need.path, need.means, need.shape) for need in made.needs if not need.chosen
    )
    found = [(need.path, next((p for p in parents if _same(need, p)), None)) for need in node.needs]
    filled = tuple((path, given) for path, given in found if given is not None)
    return filled if len(filled) == len(found) else None


def listed_as(made: Node, node: Node) -> Shown:
    """Return where the items of an operation's answer say which of the things that are made it is.

    Only where they do so by the very identifier, by noun and facet, that the creation gives.
    """
    return tuple(
        (shown.path, given)
        for shown in node.yields
        if shown.path.count("[]") == 1
        for given in made.yields
        if "[]" not in given.path
        and any(one.noun == made.noun and one in given.means for one in shown.means)
    )


def is_exact(made: Node, node: Node, fills: Filled) -> bool:
    """Whether every filled member asks for the very identifier it gets, by noun and facet.

    One of them must name the thing by its own noun: what is known by its parent's name alone, as a
    function's url is, may be answered for when only the parent is there.
    """
    wanted = {need.path: need for need in (*node.needs, *node.optional)}
    own = any(
        given in made.yields and _alike(wanted[path].means[0].noun, made.noun)
        for path, given in fills
    )
    return own and all(_same(wanted[path], given) for path, given in fills)


def _alike(one: str, other: str) -> bool:
    """Whether the last words of two nouns are the same, or one is short for the other: app."""
    last, first = one.rpartition(" ")[2], other.rpartition(" ")[2]
    return bool(last and first) and (last.startswith(first) or first.startswith(last))


def _alone(made: Node, node: Node) -> Filled | None:
    """Return the optional member that names the thing by itself.

    A name is no name by itself where the thing was made in another one.
    """
    within = any(not need.chosen for need in made.needs)
    fits = [(need, g) for need in node.optional for g in made.yields if _same(need, g)]
    whole = [fit for fit in fits if not within or fit[0].means[0].facet in ("id", "arn", "url")]
    ranked = sorted(whole, key=lambda fit: (_BEST.index(fit[0].means[0].facet), fit[0].path))
    return ((ranked[0][0].path, ranked[0][1]),) if ranked else None


def _fit(need: Need, yields: Sequence[Yield]) -> Yield | None:
    """Return the value that is the very identifier, else one that may stand for it."""
    exact = next((given for given in yields if _same(need, given)), None)
    if exact is not None:
        return exact
    return next((given for given in yields if _near(need.means, given.means)), None)


def _same(need: Need, given: Yield) -> bool:
    return need.means[0] in given.means


def _near(wanted: Iterable[Identifier], given: Sequence[Identifier]) -> bool:
    return any(_stands_for(one, other) for one in wanted for other in given)


def _stands_for(wanted: Identifier, given: Identifier) -> bool:
    facet = wanted.facet == given.facet or (wanted.facet, given.facet) in _INSTEAD
    one, other = f" {wanted.noun}", f" {given.noun}"
    noun = bool(wanted.noun and given.noun) and (one.endswith(other) or other.endswith(one))
    return facet and noun

"""Two witnesses of one operation held against each other: its page as read, and its model.

Both are lists of nodes (`aws_specs.nodes`): the page's from a reader, the model's from
`aws_specs.printed`. They are made without knowledge of each other, so what they agree on is right
unless both are wrong in the same way. Every difference has a named class that says why it has to be
there, or it is *unexplained*: a defect of a reader, or something new in the SDK.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from aws_specs.spec import Value

Node = Mapping[str, Any]

UNEXPLAINED: Final = "unexplained"

_TRAITS: Final[Mapping[str, Any]] = {
    "type": "",
    "required": False,
    "enum": [],
    "autopopulated": False,
    "union": False,
    "recursive": False,
}
"""What a node says of a member, and what it means where it says nothing."""


class Difference(Value, frozen=True):
    """One thing that page and model say differently.

    `what` is a trait of a node, "member" or "error" (one of them does not have it), "order", or
    "gap" (the reader misses something on the page). `page` and `model` are what each says.
    """

    side: str
    path: str
    what: str
    page: object
    model: object


class Disagreement(Value, frozen=True):
    """A difference and the class that explains it, or "unexplained"."""

    difference: Difference
    kind: str


class Class(Value, frozen=True):
    """A reason why page and model differ; `holds` tells from the difference and the page's gaps."""

    name: str
    explanation: str
    holds: Callable[[Difference, frozenset[str]], bool]


def disagreements(page: Iterable[Node], model: Iterable[Node]) -> tuple[Disagreement, ...]:
    """Return every difference between a page's nodes and a model's, each with its class."""
    printed, modelled = list(page), list(model)
    left_out = frozenset(
        str(node["path"]) for node in printed if node["side"] == "gap" and node["what"] == "elided"
    )
    return tuple(
        Disagreement(difference=found, kind=classify(found, left_out))
        for found in differences(printed, modelled)
    )


def classify(difference: Difference, left_out: frozenset[str]) -> str:
    """Return the name of the class that explains a difference, or "unexplained".

    `left_out` names the sections that the page itself leaves out as too large.
    """
    return next((one.name for one in CLASSES if one.holds(difference, left_out)), UNEXPLAINED)


# ---------------------------------------------------------------- differences


def differences(page: Sequence[Node], model: Sequence[Node]) -> Iterator[Difference]:
    """Yield what two lists of nodes say differently, in the page's order, then what it lacks."""
    ours, theirs = _by_place(page), _by_place(model)
    for place, node in ours.items():
        if place in theirs:
            yield from _traits(place, node, theirs[place])
        else:
            yield _alone(place, page=True)
    for place in theirs:
        if place not in ours:
            yield _alone(place, page=False)
    yield from _order(ours, theirs)
    foreseen = {_gap(node) for node in model if node["side"] == "gap"}
    for path, what in (_gap(node) for node in page if node["side"] == "gap"):
        known = what if (path, what) in foreseen else ""
        yield Difference(side="gap", path=path, what="gap", page=what, model=known)


def _gap(node: Node) -> tuple[str, str]:
    return str(node.get("path", "")), str(node["what"])


_Place = tuple[str, str]


def _by_place(nodes: Iterable[Node]) -> dict[_Place, Node]:
    return {(node["side"], node["path"]): node for node in nodes if node["side"] != "gap"}


def _traits(place: _Place, ours: Node, theirs: Node) -> Iterator[Difference]:
    if ours == theirs:
        return
    side, path = place
    for what, absent in _TRAITS.items():
        mine, other = ours.get(what, absent), theirs.get(what, absent)
        if mine != other:
            yield Difference(side=side, path=path, what=what, page=mine, model=other)


def _alone(place: _Place, *, page: bool) -> Difference:
    side, path = place
    what = "error" if side == "error" else "member"
    return Difference(side=side, path=path, what=what, page=page, model=not page)


def _order(ours: Mapping[_Place, Node], theirs: Mapping[_Place, Node]) -> Iterator[Difference]:
    """Yield the first place, of those both have, that does not stand in the same order."""
    mine = [place for place in ours if place in theirs]
    other = [place for place in theirs if place in ours]
    for here, there in zip(mine, other, strict=True):
        if here != there:
            side, path = here
            yield Difference(side=side, path=path, what="order", page=path, model=there[1])
            return


# ---------------------------------------------------------------- classes

_SYNTAX: Final = {"input": "request_syntax", "output": "response_syntax"}
_LIST: Final = {"input": "parameters", "output": "response_structure"}


def _elided(found: Difference, left_out: frozenset[str]) -> bool:
    """Whether the section that would say it is left out on the page."""
    if found.what == "gap":
        return found.page == "elided"
    by_syntax = _SYNTAX.get(found.side) in left_out
    by_list = _LIST.get(found.side) in left_out
    if found.what in ("enum", "recursive"):
        return by_syntax
    if found.what == "member":
        return by_syntax and by_list and not found.page
    return by_list


def _filled(found: Difference, left_out: frozenset[str]) -> bool:
    """Whether the model's side foresees the loss: the SDK's handlers take out what they fill in."""
    return found.what == "gap" and found.page == found.model


CLASSES: Final[tuple[Class, ...]] = (
    Class(
        name="too-large-to-render",
        explanation="The page leaves the section out that would say it; the model fills it in.",
        holds=_elided,
    ),
    Class(
        name="filled-in-by-the-sdk",
        explanation="The SDK sets the parameter itself, so its generator takes it out of the "
        "syntax block, and the mark off the list, but leaves the parameter in the list.",
        holds=_filled,
    ),
)
"""Every reason why page and model may differ. A difference belongs to the first that holds."""

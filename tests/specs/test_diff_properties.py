"""Comparisons of trees of members, held against plain set arithmetic."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aws_specs.diff import diff
from aws_specs.paths import join
from aws_specs.spec import List, Map, Member, Operation, Scalar, Shape, Structure, Wire

Tree = dict[str, Any]
"""Member names to trees; `()` is a leaf, `[tree]` a list, `(tree,)` a map."""

NAMES = st.sampled_from(["A", "B", "C", "string", "list"])
TREES = st.recursive(
    st.dictionaries(NAMES, st.just(()), max_size=3),
    lambda inner: st.dictionaries(
        NAMES, st.one_of(st.just(()), inner, inner.map(lambda t: [t]), inner.map(lambda t: (t,)))
    ),
    max_leaves=12,
)


def shape(tree: Any) -> Shape:
    if tree == ():
        return Scalar(type="string")
    if isinstance(tree, list):
        return List(item=shape(tree[0]))
    if isinstance(tree, tuple):
        return Map(key=Scalar(type="string"), value=shape(tree[0]))
    return structure(tree)


def structure(tree: Tree) -> Structure:
    members = (
        Member(name=name, shape=shape(below), known_to=("model",)) for name, below in tree.items()
    )
    return Structure(members=tuple(members))


def operation(asked: Tree, answered: Tree) -> Operation:
    return Operation(
        service="s",
        client="S",
        method="op",
        name="Op",
        input=structure(asked),
        output=structure(answered),
        errors=(),
        wire=Wire(
            protocol="rest-json",
            method="GET",
            uri="/",
            status=200,
            api_version="1",
            endpoint_prefix="s",
            signing_name="s",
        ),
        rules=(),
        model="botocore 1 s",
    )


def paths(tree: Any, above: str = "") -> dict[str, str]:
    """Map every path to the path of the structure it is a member of; containers by `[]` and `{}`."""
    if isinstance(tree, list):
        return paths(tree[0], f"{above}[]")
    if isinstance(tree, tuple):
        return paths(tree[0], f"{above}{{}}") if tree else {}
    found: dict[str, str] = {}
    for name, below in tree.items():
        found[join(above, name)] = above
        found |= paths(below, join(above, name))
    return found


def structures(tree: Any, above: str = "") -> set[str]:
    """Return the paths at which a structure stands."""
    if isinstance(tree, list):
        return structures(tree[0], f"{above}[]")
    if isinstance(tree, tuple):
        return structures(tree[0], f"{above}{{}}") if tree else set()
    return {above}.union(*(structures(below, join(above, name)) for name, below in tree.items()))


@given(TREES, TREES, TREES)
def test_members_that_came_and_went_are_the_difference_of_the_sets(
    old: Tree, new: Tree, same: Tree
) -> None:
    changes = diff(operation(old, same), operation(new, same))
    assert all(change.side == "input" for change in changes)
    before, after = paths(old), paths(new)
    both = structures(old) & structures(new)
    added = {path for path, above in after.items() if path not in before and above in both}
    removed = {path for path, above in before.items() if path not in after and above in both}
    assert {c.member for c in changes if c.what == "member-added"} == added
    assert {c.member for c in changes if c.what == "member-removed"} == removed
    assert {c.what for c in changes} <= {"member-added", "member-removed"}

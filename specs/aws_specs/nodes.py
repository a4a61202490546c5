"""A page as a flat list of JSON objects: one per printed member, error and loss, in page order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from aws_specs.page import Page, PageMember
from aws_specs.paths import join

_TRAITS: Final[dict[str, tuple[str, ...]]] = {
    "document": ("document",),
    "StreamingBody": ("streaming",),
    "bytes or seekable file-like object": ("streaming",),
    "EventStream": ("streaming", "eventstream"),
}
"""What a type word says beyond itself."""


def page_nodes(page: Page) -> Iterator[dict[str, object]]:
    """Yield `{side, path, type, required, …}` for each member, then the errors, then the gaps.

    `enum`, `recursive`, `union`, `autopopulated`, `document`, `streaming` and `eventstream` are
    there only when they hold. An error is `{"side": "error", "path": NAME}`, a loss
    `{"side": "gap", "what": CODE}` with the `path` it is about where it has one.
    """
    yield from _members(page.input, "input")
    yield from _members(page.output, "output")
    for error in page.errors or ():
        yield {"side": "error", "path": error.name}
    for gap in page.gaps:
        lost: dict[str, object] = {"side": "gap", "what": gap.what}
        yield lost | {"path": gap.where} if gap.where else lost


def _members(members: Iterable[PageMember], side: str) -> Iterator[dict[str, object]]:
    todo = [(member, "") for member in reversed(tuple(members))]
    while todo:
        member, parent = todo.pop()
        path = join(parent, member.step)
        yield _node(member, side, path)
        inside = path.removesuffix("{key}")
        todo.extend((child, inside) for child in reversed(member.children))


def _node(member: PageMember, side: str, path: str) -> dict[str, object]:
    node: dict[str, object] = {
        "side": side,
        "path": path,
        "type": member.type,
        "required": member.required,
    }
    if member.enum:
        node["enum"] = list(member.enum)
    held = {
        "recursive": member.recursive,
        "union": member.union,
        "autopopulated": member.autopopulated,
    }
    traits = [name for name, holds in held.items() if holds]
    return node | dict.fromkeys([*traits, *_TRAITS.get(member.type, ())], True)

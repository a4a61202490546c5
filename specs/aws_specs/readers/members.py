"""Outlines to members: which bullets are members, checked against the syntax block.

Prose has bullets too, and some look like members ("• APNS : The mobile …", "• Name (string) – …").
The syntax block says which names exist at a place, whether it is a list or a map, and of which type
a value is: a bullet that it knows is a member. Where the markup itself is unmistakable (`marked`)
a bullet that the syntax block lacks is a member too, and the difference is reported. Whatever the
syntax block names and the list lacks is reported as lost. Nothing is filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from aws_specs.page import PageMember, Prose
from aws_specs.paths import join
from aws_specs.readers.outline import Block
from aws_specs.readers.syntax import FILE_LIKE, Syntax
from aws_specs.spec import Gap

REQUIRED: Final = "[REQUIRED]"
TOKEN: Final = "This field is autopopulated if not provided."  # noqa: S105 - a sentence
UNION: Final = "This is a Tagged Union structure."

_HEAD: Final = re.compile(r"(?:(\S+) )?\(([^()]*)\) (?:–|--)(?: (.*))?", re.DOTALL)
_DEPRECATED: Final = re.compile(
    r"\W{0,2}(?:deprecated\b|this \w+ (?:is|has been|was) (?:now )?deprecated\b)", re.IGNORECASE
)
_TYPES: Final = frozenset(
    (
        "string", "integer", "float", "boolean", "bytes", "datetime", "dict", "list", "document",
        "EventStream", "StreamingBody", "JSON serializable", FILE_LIKE,
    )
)  # fmt: skip
_SAME: Final = {"JSON serializable": "document"}


class Found(NamedTuple):
    """What a side's member list gives."""

    prose: tuple[Prose, ...]
    members: tuple[PageMember, ...]
    gaps: tuple[Gap, ...]


class _Head(NamedTuple):
    name: str
    type: str
    rest: str


def head(block: Block) -> _Head | None:
    """Return name, type and the remaining text of a bullet that looks like a member."""
    match = _HEAD.fullmatch(block.text)
    if match is None:
        return None
    name, type_, rest = match.groups()
    return _Head(name or "", type_, rest or "")


def read_members(blocks: list[Block], syntax: Syntax | None, side: str) -> Found:
    """Return the members of a side's list, and how it differs from the syntax block.

    `syntax` is None where the page leaves it out: then only markup and type words tell members
    from prose.
    """
    reader = _Reader(side)
    own, members = reader.place(blocks, syntax, "dict", "")
    return Found(tuple(prose(own)), members, tuple(reader.gaps))


class _Reader:
    """One pass over one side; collects the gaps."""

    def __init__(self, side: str) -> None:
        self.side = side
        self.gaps: list[Gap] = []

    def place(
        self, blocks: list[Block], syntax: Syntax | None, parent: str, path: str
    ) -> tuple[list[Block], tuple[PageMember, ...]]:
        """Split the blocks of one place into its own prose and its members."""
        heads = self._heads(blocks, syntax, path)
        own = [block for index, block in enumerate(blocks) if index not in heads]
        members: list[PageMember] = []
        for index, found in heads.items():
            if found.name:
                members.append(self._member(blocks[index], found, found.name, syntax, path))
            elif _is_map(syntax, parent):
                members.extend(self._entry(blocks[index], found, syntax, path))
            else:
                members.append(self._member(blocks[index], found, "[]", syntax, path))
        self._report_lost(members, syntax, path)
        return own, tuple(members)

    def _heads(self, blocks: list[Block], syntax: Syntax | None, path: str) -> dict[int, _Head]:
        """Return the members by index of their bullet; of two alike the last: prose comes first."""
        last: dict[str, tuple[int, _Head]] = {}
        for index, block in enumerate(blocks):
            if block.kind != "item" or (found := head(block)) is None:
                continue
            if _fits(found, syntax, marked=block.marked, top=not path and self.side == "input"):
                last[found.name] = (index, found)
        return dict(sorted(last.values()))

    def _member(
        self, block: Block, found: _Head, step: str, syntax: Syntax | None, path: str
    ) -> PageMember:
        here = join(path, step)
        mine = _child(syntax, step)
        if syntax is not None:
            self._compare(found, mine, here, block.line)
        own, children = self.place(block.children, mine, found.type, here)
        return _page_member(block, found, step, own, children, mine)

    def _entry(
        self, block: Block, found: _Head, syntax: Syntax | None, path: str
    ) -> Iterator[PageMember]:
        """Yield key and value of a map: the value's bullet stands inside the key's."""
        own: list[Block] = []
        values: list[tuple[Block, _Head]] = []
        for child in block.children:
            inner = head(child) if child.kind == "item" else None
            if inner is not None and not inner.name:
                values.append((child, inner))
            else:
                own.append(child)
        yield _page_member(block, found, "{key}", own, (), None)
        for child, inner in values[-1:]:
            yield self._member(child, inner, "{}", syntax, path)

    def _compare(self, found: _Head, mine: Syntax | None, path: str, line: int) -> None:
        if mine is None:
            self._gap("not-in-syntax", path, line, "the syntax block lacks this member")
        elif not _compatible(mine, found.type):
            detail = f"the syntax block prints {mine.type}, the list {found.type}"
            self._gap("type-differs", path, line, detail)

    def _report_lost(self, members: Iterable[PageMember], syntax: Syntax | None, path: str) -> None:
        if syntax is None:
            return
        steps = {member.step for member in members}
        detail = "the syntax block has this member, the list has lost it"
        for step, lost in _expected(syntax, steps):
            if step not in steps:
                self._gap("members-lost", join(path, step), lost.line, detail)

    def _gap(self, what: str, path: str, line: int, detail: str) -> None:
        self.gaps.append(Gap(what, f"{self.side}/{path}", line, detail))


def _fits(found: _Head, syntax: Syntax | None, *, marked: bool, top: bool) -> bool:
    """Whether a bullet that looks like a member is one."""
    if marked:
        return True
    known = found.type in _TYPES
    if syntax is None:
        return known
    if found.name:
        mine = syntax.members.get(found.name)
        return known and top if mine is None else _compatible(mine, found.type)
    return known and (syntax.type == "list" or syntax.maplike)


def _is_map(syntax: Syntax | None, parent: str) -> bool:
    return parent == "dict" if syntax is None else syntax.maplike


def _child(syntax: Syntax | None, step: str) -> Syntax | None:
    if syntax is None:
        return None
    if step == "[]":
        return syntax.item
    return syntax.members.get("string" if step == "{}" else step)


def _compatible(syntax: Syntax, type_: str) -> bool:
    """Whether a printed type fits a value; one that could not be told fits every type."""
    return syntax.recursive or not syntax.type or syntax.type == _SAME.get(type_, type_)


def _expected(syntax: Syntax, steps: set[str]) -> Iterator[tuple[str, Syntax]]:
    """Yield the steps a place must have; `{'string': …}` is a map unless `string` is listed."""
    if syntax.item is not None:
        yield "[]", syntax.item
    elif syntax.maplike and "string" not in steps:
        yield "{key}", syntax
        yield "{}", syntax.members["string"]
    else:
        yield from syntax.members.items()


def _page_member(
    block: Block,
    found: _Head,
    step: str,
    own: list[Block],
    children: tuple[PageMember, ...],
    syntax: Syntax | None,
) -> PageMember:
    """Assemble one member from its bullet, its prose and its syntax."""
    rest, mark, mark_line = found.rest, "", 0
    if rest.startswith(REQUIRED):
        rest, mark, mark_line = rest[len(REQUIRED) :].lstrip(), block.text, block.line
    elif not rest and own and own[0].text.startswith(REQUIRED):
        mark, mark_line = own[0].text, own[0].line
        own = _without_mark(own)
    first = [Block("paragraph", rest, block.line, block.codes)] if rest else []
    told = tuple(prose(first + own))
    token = next((part.line for part in told if TOKEN in part.text), 0)
    enum = syntax.enum if syntax else ()
    return PageMember(
        step=step,
        type=found.type,
        line=block.line,
        required=bool(mark),
        mark=mark,
        mark_line=mark_line,
        autopopulated=bool(token),
        token_line=token,
        enum=enum,
        enum_line=syntax.line if syntax and enum else 0,
        enum_text=syntax.text.strip() if syntax and enum else "",
        prose=told,
        children=children,
        recursive=syntax is not None and syntax.recursive,
        union=any(part.text.startswith(UNION) for part in told),
        deprecated=any(_DEPRECATED.match(part.text) for part in told[:1]),
    )


def _without_mark(own: list[Block]) -> list[Block]:
    """Drop the paragraph `[REQUIRED]`, or the word where more text follows it."""
    first = own[0]
    rest = first.text[len(REQUIRED) :].lstrip()
    kept = [Block("paragraph", rest, first.line, first.codes)] if rest else []
    return kept + own[1:]


def prose(blocks: Iterable[Block], kind: str = "paragraph", depth: int = 0) -> Iterator[Prose]:
    """Yield blocks as prose in page order: a paragraph in an admonition is named after it."""
    for block in blocks:
        deeper = depth + (block.kind == "item")
        mine = kind if block.kind == "paragraph" else block.kind
        if block.text:
            yield Prose(block.text, block.line, mine, deeper, block.codes)
        yield from prose(block.children, "paragraph" if block.kind == "item" else mine, deeper)


def from_syntax(syntax: Syntax) -> tuple[PageMember, ...]:
    """Return the members a syntax block names, for a page that leaves its member list out."""
    return tuple(_bare(step, mine) for step, mine in _expected(syntax, set()))


def _bare(step: str, syntax: Syntax) -> PageMember:
    if step == "{key}":
        return PageMember(step=step, type="string", line=syntax.line)
    return PageMember(
        step=step,
        type=syntax.type,
        line=syntax.line,
        enum=syntax.enum,
        enum_line=syntax.line if syntax.enum else 0,
        enum_text=syntax.text.strip() if syntax.enum else "",
        children=from_syntax(syntax),
        recursive=syntax.recursive,
    )

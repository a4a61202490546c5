"""What every rendering is turned into before it is understood: sections of nested blocks.

A rendering module knows only its markup: it cuts the page into `Sections`, whose blocks are
paragraphs, bullets and admonitions with their line numbers, plus the two syntax blocks as raw
lines. What is a member and what is prose is decided later, in one place, for all renderings.
"""

from __future__ import annotations

from typing import Final

import msgspec

from aws_specs.errors import PageError

MAX_DEPTH: Final = 100
"""Deeper nesting is refused: the deepest page of AWS has some 40 levels."""

REQUEST_SYNTAX: Final = "Request Syntax"
PARAMETERS: Final = "Parameters"
RETURN_TYPE: Final = "Return type"
RETURNS: Final = "Returns"
RESPONSE_SYNTAX: Final = "Response Syntax"
RESPONSE_STRUCTURE: Final = "Response Structure"
EXCEPTIONS: Final = "Exceptions"
EXAMPLES: Final = "Examples"
ORDER: Final = (
    "",
    REQUEST_SYNTAX,
    PARAMETERS,
    RETURN_TYPE,
    RETURNS,
    RESPONSE_SYNTAX,
    RESPONSE_STRUCTURE,
    EXCEPTIONS,
    EXAMPLES,
)
"""The sections of an operation's page in the order they are printed; "" is the introduction."""

ADMONITIONS: Final = frozenset(
    ("note", "warning", "important", "danger", "tip", "caution", "attention", "hint", "error")
)
TOO_LARGE: Final = "# This section is too large to render."


class Block(msgspec.Struct):
    """A paragraph, a bullet ("item") or an admonition, with what is nested in it.

    `text` is plain, its white space folded. `marked`: the rendering's markup says for certain that
    a bullet that looks like a member is one.
    """

    kind: str
    text: str
    line: int
    codes: tuple[str, ...] = ()
    marked: bool = False
    children: list[Block] = []


class Code(msgspec.Struct):
    """A literal block: its lines, the first of which is `line` of the page."""

    line: int
    lines: list[str] = []

    @property
    def elided(self) -> bool:
        """Whether the page leaves this section out as too large."""
        return any(TOO_LARGE in line for line in self.lines[:3])


class Section(msgspec.Struct):
    """One section: where its heading stands, its blocks, and its literal block."""

    line: int
    blocks: list[Block] = []
    code: Code | None = None

    @property
    def elided(self) -> bool:
        """Whether the page leaves this section out as too large."""
        return self.code is not None and self.code.elided


class Outline:
    """The page under construction: a cursor into the sections and the open blocks.

    `indent` is any number that grows with nesting (columns in text, open tags in HTML): a block
    belongs to the innermost open block whose `indent` is smaller than its own.
    """

    def __init__(self, *, file: str) -> None:
        self.file = file
        self.client = ""
        self.method = ""
        self.line = 0
        self.sections: dict[str, Section] = {}
        self.section = Section(0)
        self._open: list[tuple[int, Block]] = []
        self._rank = -1

    def sign(self, client: str, method: str, line: int) -> None:
        """Note the method's signature, after which the introduction starts."""
        self.client, self.method, self.line = client, method, line
        self.head("", line)

    def may_head(self, heading: str) -> bool:
        """Whether this section may start here: they come in order, the first is Request Syntax."""
        rank = ORDER.index(heading)
        return self._rank < rank and (self._rank > 0 or rank <= 1)

    def head(self, heading: str, line: int) -> None:
        """Start a section."""
        self._rank = ORDER.index(heading)
        self._open = []
        self.section = self.sections[heading] = Section(line)

    @property
    def heading(self) -> str:
        """The section the cursor is in."""
        return ORDER[self._rank]

    def code(self, text: str, line: int) -> None:
        """Add a line to the section's literal block."""
        if self.section.code is None:
            self.section.code = Code(line)
        self.section.code.lines.append(text)

    def leave(self, indent: int) -> list[Block]:
        """Close the blocks that `indent` is not inside of; return where a block would go."""
        open_ = self._open
        while open_ and open_[-1][0] >= indent:
            open_.pop()
        return open_[-1][1].children if open_ else self.section.blocks

    def add(self, block: Block, indent: int, *, opens: bool = False) -> Block:
        """Add a block at `indent`; one that `opens` takes in what is indented deeper."""
        self.leave(indent).append(block)
        if opens:
            if len(self._open) >= MAX_DEPTH:
                raise PageError(
                    f"the page nests deeper than {MAX_DEPTH} levels",
                    file=self.file,
                    line=block.line,
                    hint="No operation of AWS does; check where the page comes from.",
                )
            self._open.append((indent, block))
        return block


def plain(text: str) -> str:
    """Fold white space."""
    return " ".join(text.split())

"""Text copies of the HTML pages: what those of 2023 and of 2024–26 have in common.

Headings are lines of their own, members and bullets are `• `, nested by two columns, a paragraph
is one line (wrapped ones are joined). Markup is gone, so admonitions are a line "Note" before a
paragraph, and only the shape of a line and the syntax block tell a member from a bullet of prose.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from aws_specs.readers import outline as names
from aws_specs.readers.outline import Block, Outline, plain

SIGNATURE: Final = re.compile(r"\s*(\w+)\.Client\.(\w+)\(.*\)[ \t]*[#¶]?\s*")
_BULLET: Final = "•"
_TITLES: Final = {word.capitalize(): word for word in names.ADMONITIONS}
_FIELDS: Final = (":type ", ":param ")
_SYNTAX: Final = (names.REQUEST_SYNTAX, names.RESPONSE_SYNTAX)


def read_copy(text: str, headings: Mapping[str, str], *, file: str) -> Outline:
    """Cut a text copy into sections; `headings` maps the lines it prints to section names."""
    page = Outline(file=file)
    reader = _Lines(page, headings)
    for number, raw in enumerate(text.split("\n"), 1):
        reader.line(raw, number)
    reader.settle()
    return page


class _Lines:
    """The line-by-line state: the block that a wrapped line would continue, and its lines."""

    def __init__(self, page: Outline, headings: Mapping[str, str]) -> None:
        self.page = page
        self.headings = headings
        self.last: Block | None = None
        self.last_indent = 0
        self.wrapped: list[str] = []
        self.type = ""

    def line(self, raw: str, number: int) -> None:
        """Take in one line."""
        page = self.page
        text = raw.strip()
        if not text:
            self.settle()
        elif not page.client:
            self._signature(raw, number)
        elif text in self.headings and self._heads(raw, self.headings[text]):
            self.settle()
            page.head(self.headings[text], number)
        elif page.heading in _SYNTAX or text.startswith("# "):
            page.code(raw.rstrip(), number)
        else:
            self._block(text, len(raw) - len(raw.lstrip()), number)

    def settle(self) -> None:
        """End the paragraph that a wrapped line could continue."""
        if self.last is not None and self.wrapped:
            self.last.text = plain(" ".join((self.last.text, *self.wrapped)))
            self.wrapped = []
        self.last = None

    def _signature(self, raw: str, number: int) -> None:
        if match := SIGNATURE.fullmatch(raw):
            self.page.sign(match[1], match[2], number)

    def _heads(self, raw: str, heading: str) -> bool:
        return not raw[0].isspace() and self.page.may_head(heading)

    def _block(self, text: str, indent: int, number: int) -> None:
        page = self.page
        if self.last is not None and indent >= self.last_indent and _continues(text):
            self.wrapped.append(text)
            return
        self.settle()
        if text.startswith(_BULLET):
            self._open_title(indent)
            block = page.add(Block("item", plain(text[1:]), number), indent, opens=True)
        elif text.startswith(_FIELDS):
            block = self._field(text, number)
        else:
            block = self._paragraph(plain(text), indent, number)
        self.last = block
        self.last_indent = indent + 2 if block.kind == "item" else indent

    def _paragraph(self, text: str, indent: int, number: int) -> Block:
        """Add a paragraph; one that follows the line "Note" becomes that note."""
        title = self._open_title(indent)
        if title is None:
            return self.page.add(Block("paragraph", text, number), indent)
        title.text, title.line = text, number
        return title

    def _open_title(self, indent: int) -> Block | None:
        """Return the line "Note" right above as a note that has no text yet, or None."""
        siblings = self.page.leave(indent)
        last = siblings[-1] if siblings else None
        if last is None or last.kind != "paragraph" or last.text not in _TITLES:
            return None
        last.kind, last.text = _TITLES[last.text], ""
        return last

    def _field(self, text: str, number: int) -> Block:
        """Take in a parameter whose field markup reached the copy: `:type X: t`, `:param X: …`."""
        type_, param, rest = text.partition(":param ")
        if type_.startswith(":type "):
            self.type = type_[len(":type ") :].partition(":")[2].strip()
        if self.page.may_head(names.PARAMETERS):
            self.page.head(names.PARAMETERS, number)
        name, _, rest = rest.partition(":")
        block = Block("item", plain(f"{name} ({self.type}) -- {rest}"), number, marked=True)
        return self.page.add(block, -1, opens=True) if param else block


def _continues(text: str) -> bool:
    """Whether a line may belong to the paragraph above it: it starts nothing of its own."""
    return not text.startswith((_BULLET, *_FIELDS))

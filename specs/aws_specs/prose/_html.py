"""The HTML of a model's documentation, as blocks of prose.

botocore's models carry documentation as small HTML (`<p>`, `<ul><li>`, `<note>`, `<code>`), often
unclosed. The standard library's parser reads it in one pass; what it cannot place becomes a
paragraph.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

from aws_specs.page import Prose

_BLOCKS: Final = frozenset(
    [
        *("p", "ul", "ol", "li", "dl", "dt", "dd", "br", "div", "pre", "blockquote"),
        *("note", "important", "warning", "caution", "tip"),
        *("table", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5"),
    ]
)
_LISTS: Final = frozenset(("ul", "ol", "dl"))
_ITEMS: Final = frozenset(("li", "dt"))
_ADMONITIONS: Final = frozenset(("note", "important", "warning", "caution", "tip"))


def prose_from_html(html: str) -> tuple[Prose, ...]:
    """Return the blocks of a model's documentation; every `line` is 0, a model has none."""
    parser = _Blocks()
    parser.feed(html)
    parser.close()
    parser.flush()
    return tuple(parser.blocks)


class _Blocks(HTMLParser):
    """Collects text into the open block; the stack of open tags says what kind it is."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Prose] = []
        self._text: list[str] = []
        self._codes: list[str] = []
        self._code: list[str] | None = None
        self._depth = 0
        self._item = False
        self._note = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.flush()
        if tag in _LISTS:
            self._depth += 1
        elif tag in _ITEMS:
            self._item = True
        elif tag in _ADMONITIONS:
            self._note = tag
        elif tag == "code":
            self._code = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "code" and self._code is not None:
            self._codes.append(" ".join("".join(self._code).split()))
            self._code = None
        if tag in _BLOCKS:
            self.flush()
        if tag in _LISTS:
            self._depth = max(0, self._depth - 1)
        elif tag in _ADMONITIONS:
            self._note = ""

    def handle_data(self, data: str) -> None:
        self._text.append(data)
        if self._code is not None:
            self._code.append(data)

    def flush(self) -> None:
        """Close the open block, if it has any text."""
        text = " ".join("".join(self._text).split())
        if text:
            kind = "item" if self._item else self._note or "paragraph"
            depth = max(1, self._depth) if self._item else self._depth
            codes = tuple(dict.fromkeys(code for code in self._codes if code))
            self.blocks.append(Prose(text=text, line=0, kind=kind, depth=depth, codes=codes))
            self._item = False
        self._text, self._codes = [], []

"""The HTML pages: Sphinx's, in the themes furo (2024 and later) and guzzle (2023).

Both print the same skeleton: the method's `<dl>`, a field list for parameters and return value,
`<li>` for members and for bullets of prose. Only tags that make blocks matter; paragraphs stand
inside paragraphs and are never missed, because a tag only ends the text before it.

The tokenizer is one regular expression. Sphinx escapes `<` and `>` wherever they are not tags, so
it needs no more; it is several times faster than `html.parser`, its time is linear on any input,
and lxml, which is faster still, would be a compiled dependency for every user of the suite.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Final

from aws_specs.errors import PageError
from aws_specs.readers import outline as names
from aws_specs.readers.outline import ORDER, Block, Outline, plain
from aws_specs.readers.text import SIGNATURE

_METHOD: Final = re.compile(r'<dl class="(?:py )?method">')
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>")
_ADMONITION: Final = re.compile(r'class="admonition(?: [\w-]+)*? (\w+)"')
_HEADINGS: Final = frozenset(ORDER[1:])
_FIELDS: Final = frozenset((names.PARAMETERS, names.RETURN_TYPE, names.RETURNS))
_LATE: Final = frozenset((names.EXCEPTIONS, names.EXAMPLES))
_FIELD_LIST: Final = 2


def read(text: str, *, file: str) -> Outline:
    """Cut the page into sections."""
    page = Outline(file=file)
    methods = _METHOD.finditer(text)
    first = next(methods, None)
    if first is None:
        return page
    if other := next(methods, None):
        raise PageError(
            "this page documents several methods",
            file=file,
            line=text.count("\n", 0, other.start()) + 1,
            hint="Give the page of one client method; those of 2023 and later have one each.",
        )
    reader = _Tags(page, text.count("\n", 0, first.start()) + 1)
    if not reader.read(text, first.start()):
        raise PageError(
            "the page ends inside the method's description: it is truncated",
            file=file,
            line=text.count("\n") + 1,
            hint="Save the page again, whole.",
        )
    return page


class _Tags:
    """The tag-by-tag state: the text being collected and the blocks that are open around it."""

    def __init__(self, page: Outline, line: int) -> None:
        self.page = page
        self.line = line
        self.text: list[str] = []
        self.text_line = 0
        self.codes: list[str] = []
        self.code_from = -1
        self.bullet: Block | None = None
        self.open: list[str] = []
        self.depth = 0
        self.fields = 0
        self.skipped = ""
        self.pre: list[str] | None = None
        self.pre_line = 0

    def read(self, text: str, at: int) -> bool:
        """Read from the method's tag to its end; False if the text ends first."""
        for tag in _TAG.finditer(text, at):
            if tag.start() > at:
                self._data(text[at : tag.start()])
            at = tag.end()
            closing, name, attributes = tag.groups()
            name = name.lower()
            if self.skipped:
                self.skipped = "" if closing and name == self.skipped else self.skipped
            elif handler := (_CLOSE if closing else _OPEN).get(name):
                handler(self, name, attributes)
            self.line += attributes.count("\n")
            if name == "dl" and not self.fields:
                return True
        return False

    def _data(self, data: str) -> None:
        if self.skipped:
            pass
        elif self.pre is not None:
            self.pre.append(unescape(data))
        else:
            if not self.text_line and (first := data.lstrip()):
                self.text_line = self.line + data.count("\n", 0, len(data) - len(first))
            self.text.append(unescape(data))
        self.line += data.count("\n")

    # ------------------------------------------------------------ text to blocks

    def _take(self) -> tuple[str, int]:
        """Return the text collected so far, folded, and the line it starts on; start anew."""
        text, line = plain("".join(self.text)), self.text_line
        self.text, self.text_line, self.code_from = [], 0, -1
        return text, line

    def flush(self, *_: object) -> None:
        """End a paragraph: the first text of a bullet is the bullet's own."""
        codes = tuple(self.codes)
        self.codes = []
        text, line = self._take()
        if not text:
            return
        if self.bullet is not None:
            self.bullet.text, self.bullet.codes, self.bullet = text, codes, None
        elif text in _HEADINGS and self._heads(text):
            self.page.head(text, line)
        else:
            self.page.add(Block("paragraph", text, line, codes), self.depth)

    def _heads(self, heading: str) -> bool:
        """Whether a paragraph is a heading: those stand in no bullet and no note."""
        late = heading in _LATE and self.fields >= _FIELD_LIST
        return not self.depth and not late and self.page.may_head(heading)

    # ------------------------------------------------------------ tags

    def open_list(self, *_: object) -> None:
        """Enter a definition list: the method's own, or its field list."""
        self.flush()
        self.fields += 1

    def close_list(self, *_: object) -> None:
        """Leave a definition list."""
        self.flush()
        self.fields -= 1

    def open_term(self, *_: object) -> None:
        """Start collecting a signature or the name of a field."""
        self.flush()

    def close_term(self, *_: object) -> None:
        """End a term: the first is the signature, the others name fields."""
        text, line = self._take()
        self.codes = []
        field = text.removesuffix(":").rstrip()
        if not self.page.client:
            if match := SIGNATURE.fullmatch(text):
                self.page.sign(match[1], match[2], line)
        elif field in _FIELDS and not self.depth and self.page.may_head(field):
            self.page.head(field, line)
        elif text:
            self.page.add(Block("paragraph", text, line), self.depth)

    def open_item(self, *_: object) -> None:
        """Open a bullet."""
        self.flush()
        self.bullet = Block("item", "", self.line)
        self._enter("li", self.bullet)

    def open_div(self, _: str, attributes: str) -> None:
        """Open an admonition; any other box is only noted, so that its end is known."""
        self.flush()
        match = _ADMONITION.search(attributes)
        if match and match[1] in names.ADMONITIONS:
            self.bullet = None
            self._enter("div", Block(match[1], "", self.line))
        else:
            self.open.append("box")

    def _enter(self, tag: str, block: Block) -> None:
        self.page.add(block, self.depth, opens=True)
        self.open.append(tag)
        self.depth += 1

    def close_block(self, name: str, *_: object) -> None:
        """Close a bullet or a box."""
        self.flush()
        kinds = ("li",) if name == "li" else ("div", "box")
        if self.open and self.open[-1] in kinds:
            self.depth -= self.open.pop() != "box"
            self.bullet = None
            self.page.leave(self.depth)

    def open_paragraph(self, name: str, attributes: str) -> None:
        """Start a paragraph or a heading; the title of an admonition says nothing new."""
        self.flush()
        if "admonition-title" in attributes:
            self.skipped = name

    def open_link(self, name: str, attributes: str) -> None:
        """Skip the pilcrow that links to a heading."""
        if "headerlink" in attributes:
            self.skipped = name

    def open_code(self, *_: object) -> None:
        """Start a literal."""
        self.code_from = len(self.text)

    def close_code(self, *_: object) -> None:
        """End a literal."""
        if self.code_from >= 0:
            self.codes.append(plain("".join(self.text[self.code_from :])))
            self.code_from = -1

    def open_pre(self, *_: object) -> None:
        """Start a literal block."""
        self.flush()
        self.pre, self.pre_line = [], self.line

    def close_pre(self, *_: object) -> None:
        """End a literal block: a section's syntax, or an example in prose."""
        lines = "".join(self.pre or ()).rstrip("\n").split("\n")
        self.pre = None
        if self.depth or not self.page.heading:
            text = plain(" ".join(lines))
            self.page.add(Block("paragraph", text, self.pre_line), self.depth)
        elif self.page.section.code is None:
            for number, line in enumerate(lines, self.pre_line):
                self.page.code(line, number)


_Handler = Callable[[_Tags, str, str], None]
_BREAKS: Final[dict[str, _Handler]] = dict.fromkeys(
    ("p", "ul", "ol", "dd", "td", "tr", "table", "section", "h1", "h2", "h3", "h4", "h5", "h6"),
    _Tags.flush,
)
_OPEN: Final[dict[str, _Handler]] = _BREAKS | {
    "dl": _Tags.open_list,
    "dt": _Tags.open_term,
    "th": _Tags.open_term,
    "li": _Tags.open_item,
    "div": _Tags.open_div,
    "p": _Tags.open_paragraph,
    "h3": _Tags.open_paragraph,
    "a": _Tags.open_link,
    "code": _Tags.open_code,
    "tt": _Tags.open_code,
    "pre": _Tags.open_pre,
}
_CLOSE: Final[dict[str, _Handler]] = _BREAKS | {
    "dl": _Tags.close_list,
    "dt": _Tags.close_term,
    "th": _Tags.close_term,
    "li": _Tags.close_block,
    "div": _Tags.close_block,
    "code": _Tags.close_code,
    "tt": _Tags.close_code,
    "pre": _Tags.close_pre,
}

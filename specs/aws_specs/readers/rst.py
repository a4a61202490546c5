"""boto3's page source: reStructuredText as botocore's documenters write it.

Every paragraph is one line. Members are `:type X:` / `:param X:` at the top and
`- **X** *(type) --*` below, nested by two columns; bullets of prose are `* `. All that can be
printed stands in `botocore.docs.params` and `botocore.docs.bcdoc.style`.
"""

from __future__ import annotations

import re
from typing import Final

from aws_specs.readers import outline as names
from aws_specs.readers.inline import plain_text
from aws_specs.readers.outline import ORDER, Block, Outline

_SIGNATURE: Final = re.compile(r"\.\. py:method:: (\w+)\.Client\.(\w+)\(")
_BOLD: Final = {f"**{heading}**": heading for heading in ORDER[1:]}
_CODE: Final = (names.REQUEST_SYNTAX, names.RESPONSE_SYNTAX)
_METHOD_INDENT: Final = 2
_RETURNS_INDENT: Final = 4


def read(text: str, *, file: str) -> Outline:
    """Cut the page into sections."""
    page = Outline(file=file)
    reader = _Lines(page)
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if line:
            reader.line(raw.rstrip(), line, number)
    return page


class _Lines:
    """The line-by-line state.

    The type of the parameter being read, an open literal block, and the last line of a paragraph.
    """

    def __init__(self, page: Outline) -> None:
        self.page = page
        self.type = ""
        self.literal = -1
        self.text: int = 0
        self.text_indent: int = 0

    def line(self, raw: str, text: str, number: int) -> None:
        """Take in one line that is not blank."""
        page = self.page
        indent = len(raw) - len(raw.lstrip())
        if not page.client:
            self._signature(text, number)
        elif text in _BOLD and self._heads(_BOLD[text], indent):
            page.head(_BOLD[text], number)
            self.literal = -1
        elif text == "::":
            self.literal = indent
        elif self.literal >= 0 and indent > self.literal:
            page.code(raw, number)
        else:
            self.literal = -1
            self._block(text, indent, number)

    def _signature(self, text: str, number: int) -> None:
        if match := _SIGNATURE.match(text):
            self.page.sign(match[1], match[2], number)

    def _heads(self, heading: str, indent: int) -> bool:
        """Whether bold text is a heading: those stand in the margin, bold prose deeper."""
        late = heading in (names.EXCEPTIONS, names.EXAMPLES)
        margin = _METHOD_INDENT if late else _RETURNS_INDENT
        return indent <= margin and self.page.may_head(heading)

    def _block(self, text: str, indent: int, number: int) -> None:
        page = self.page
        match text[0]:
            case ":" if self._field(text, indent, number):
                return
            case "-" | "*" if text[1:2] == " ":
                body, codes = plain_text(text[2:].lstrip())
                page.add(
                    Block("item", body, number, codes, marked=text[0] == "-"), indent, opens=True
                )
            case "." if text.startswith(".. "):
                self._directive(text, indent, number)
            case _:
                body, codes = plain_text(text)
                page.add(Block("paragraph", body, number, codes), self._place(indent, number))

    def _place(self, indent: int, number: int) -> int:
        """Return the indentation a line of text stands for.

        The generator puts a blank line before every paragraph. Text right below text is a line
        break in the model's own prose, with whatever indentation the model's file has there.
        """
        if number == self.text + 1:
            indent = max(indent, self.text_indent)
        self.text, self.text_indent = number, indent
        return indent

    def _field(self, text: str, indent: int, number: int) -> bool:
        """Take in a field of the method's field list; False if it is none of them."""
        if indent > _METHOD_INDENT:
            return False
        name, _, rest = text[1:].partition(":")
        word, _, member = name.partition(" ")
        match word:
            case "type":
                self.type = rest.strip()
            case "param":
                self._parameter(member, rest, indent, number)
            case "rtype":
                self.page.head(names.RETURN_TYPE, number)
            case "returns" | "return":
                self.page.head(names.RETURNS, number)
                if rest.strip():
                    self.page.add(Block("paragraph", rest.strip(), number), indent)
            case _:
                return False
        return True

    def _parameter(self, name: str, rest: str, indent: int, number: int) -> None:
        page = self.page
        if page.heading != names.PARAMETERS:
            page.head(names.PARAMETERS, number)
        body, codes = plain_text(f"{name} ({plain_text(self.type)[0]}) -- {rest}")
        page.add(Block("item", body, number, codes, marked=True), indent, opens=True)

    def _directive(self, text: str, indent: int, number: int) -> None:
        """Take in an admonition; link targets and comments say nothing."""
        name, colons, rest = text[3:].partition("::")
        if colons and name in names.ADMONITIONS:
            body, codes = plain_text(rest[:-1] if rest.endswith("::") else rest)
            page = self.page
            page.add(Block(name, "", number), indent, opens=True)
            if body:
                page.add(Block("paragraph", body, number, codes), indent + 1)

"""The Request Syntax and Response Syntax blocks, as a tree.

botocore prints one skeleton value per shape (`botocore.docs.example`): `'string'`, `123`,
`'A'|'B'`, `{...}` and so on. The blocks are the best witness a page has: they are complete, they
name every member, and they alone carry the enums. So the member lists are held against them.

The parser is a loop over tokens with an explicit stack: no recursion, one pass, no backtracking.
What it does not know becomes a value of kind "" (nothing is claimed of it); a block that does not
close is a truncated page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from aws_specs.errors import PageError
from aws_specs.readers.outline import MAX_DEPTH, Code

FILE_LIKE: Final = "bytes or seekable file-like object"


class Syntax(msgspec.Struct, frozen=True):
    """One value of a syntax block.

    `type` is the word that the member list prints for such a value ("" where it cannot be told);
    `members` are the entries of a dict or an event stream, `item` the element of a list, `enum` the
    literal alternatives, `text` the line it stands on. `recursive`: the block stops here.
    """

    type: str
    line: int
    text: str
    enum: tuple[str, ...] = ()
    members: dict[str, Syntax] = {}
    item: Syntax | None = None
    recursive: bool = False

    @property
    def maplike(self) -> bool:
        """Whether it may be a map: `{'string': …}`; a lone member named `string` looks the same."""
        return self.type == "dict" and self.members.keys() == {"string"}


class _Token(NamedTuple):
    kind: str
    text: str
    line: int
    source: str


class _Frame:
    """An open bracket: its entries so far, the key and the alternatives of the entry being read."""

    __slots__ = ("call", "entries", "key", "opener", "token", "values")

    def __init__(self, opener: str, token: _Token, call: str = "") -> None:
        self.opener = opener
        self.token = token
        self.call = call
        self.key: str | None = None
        self.values: list[Syntax] = []
        self.entries: list[tuple[str | None, Syntax]] = []

    def close_entry(self) -> None:
        """End the entry being read: join its alternatives to one value."""
        if self.values:
            self.entries.append((self.key, _joined(self.values)))
        self.key = None
        self.values = []


_TOKEN: Final = re.compile(
    r"(?P<string>'[^']*')|(?P<bytes>b'[^']*')|(?P<dots>\.\.\.)|(?P<number>\d[\d.]*)"
    r"|(?P<name>\w[\w.-]*)|(?P<mark>[{}\[\](),:=|])|(?P<other>[^\s])"
)
_CLOSERS: Final = {"{": "}", "[": "]", "(": ")"}
_NAMES: Final = {
    "True": "boolean",
    "False": "boolean",
    "None": "",
    "file": FILE_LIKE,
    "datetime": "datetime",
    "StreamingBody": "StreamingBody",
    "EventStream": "EventStream",
}


def parse_request(code: Code, *, file: str) -> Syntax:
    """Return the arguments of `response = client.method(Name=…)` as one dict."""
    tokens = _tokens(code)
    for token in tokens:
        if token.text == "(":
            return _parse(tokens, _Frame("(", token), file)
    raise _truncated(code.line, file)


def parse_response(code: Code, *, file: str) -> Syntax:
    """Return the dict that the method returns."""
    tokens = _tokens(code)
    for token in tokens:
        if token.text == "{":
            return _parse(tokens, _Frame("{", token), file)
    raise _truncated(code.line, file)


def _tokens(code: Code) -> Iterator[_Token]:
    for number, line in enumerate(code.lines, code.line):
        for match in _TOKEN.finditer(line):
            yield _Token(match.lastgroup or "", match.group(), number, line)


def _parse(tokens: Iterator[_Token], frame: _Frame, file: str) -> Syntax:
    stack = [frame]
    call = ""
    for token in tokens:
        frame = stack[-1]
        kind, text, line, _ = token
        called, call = call, text if kind == "name" else ""
        if kind != "mark":
            frame.values.append(_scalar(token))
        elif text in _CLOSERS:
            if len(stack) > MAX_DEPTH:
                raise PageError(
                    f"the syntax block nests deeper than {MAX_DEPTH} levels",
                    file=file,
                    line=line,
                    hint="No AWS operation does; check where the page comes from.",
                )
            if called and text == "(":
                frame.values.pop()
            stack.append(_Frame(text, token, called if text == "(" else ""))
        elif text in "}])":
            frame.close_entry()
            stack.pop()
            if not stack:
                return _closed(frame)
            stack[-1].values.append(_closed(frame))
        elif text == ",":
            frame.close_entry()
        elif text in ":=" and frame.values:
            frame.key = "|".join(frame.values[-1].enum) or "string"
            frame.values = []
    raise _truncated(frame.token.line, file)


def _scalar(token: _Token) -> Syntax:
    """Return one literal; a string or a name keeps its text as the only entry of `enum`."""
    kind, text, line, source = token
    match kind:
        case "string":
            return Syntax("string", line, source, (text[1:-1],))
        case "name":
            return Syntax(_NAMES.get(text, ""), line, source, (text,))
        case "number":
            return Syntax("float" if "." in text else "integer", line, source)
        case "bytes":
            return Syntax("bytes", line, source)
        case "dots":
            return Syntax("float", line, source)
        case _:
            return Syntax("", line, source)


def _joined(values: list[Syntax]) -> Syntax:
    """Join the alternatives `a|b|c` of one entry to the value they stand for."""
    first = values[0]
    if all(value.type == "string" and not value.recursive for value in values):
        words = tuple(word for value in values for word in value.enum)
        plain = words == ("string",)
        return Syntax("string", first.line, first.text, () if plain else words)
    if len(values) > 1 and first.type in ("dict", "list"):
        return Syntax("document", first.line, first.text)
    if values[-1].type == FILE_LIKE:
        return Syntax(FILE_LIKE, first.line, first.text)
    if not all(value.type for value in values):
        return Syntax("", first.line, first.text)
    if first.enum:
        return Syntax(first.type, first.line, first.text)
    return first


def _closed(frame: _Frame) -> Syntax:
    """Return the value a closed bracket makes."""
    token, entries = frame.token, frame.entries
    if frame.call:
        inner = entries[0][1].members if entries else {}
        return Syntax(_NAMES.get(frame.call, ""), token.line, token.source, members=inner)
    if len(entries) == 1 and entries[0][1].enum == ("... recursive ...",):
        return Syntax("dict", token.line, token.source, recursive=True)
    if frame.opener == "[":
        item = entries[0][1] if entries else None
        return Syntax("list", token.line, token.source, item=item)
    members = {key: value for key, value in entries if key is not None}
    return Syntax("dict", token.line, token.source, members=members)


def _truncated(line: int, file: str) -> PageError:
    return PageError(
        "the syntax block that starts here does not close: the page is truncated",
        file=file,
        line=line,
        hint="Save the page again, whole.",
    )

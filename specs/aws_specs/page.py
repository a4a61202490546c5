"""One page of boto3's documentation, as read: what every rendering gives.

A reader turns text into this tree and decides nothing: it keeps what is printed, where it is
printed, and says what the rendering has lost. `aws_specs.extract` makes a spec of it.
"""

from __future__ import annotations

from aws_specs.spec import Gap, Value


class Prose(Value, frozen=True):
    """One block of documentation: a paragraph, a bullet, a note, with its first line.

    `text` is plain (markup removed, white space folded). `kind` tells a bullet ("item") from a
    paragraph and names admonitions ("note", "warning", "important", "danger", "tip", …); `depth` is
    how deep the bullet is nested, 0 for none. `codes` are the parts of `text` that the rendering
    marks as literals (empty where a rendering does not mark them).
    """

    text: str
    line: int
    kind: str = "paragraph"
    depth: int = 0
    codes: tuple[str, ...] = ()


class PageMember(Value, frozen=True):
    """One printed member: a bullet of the member list, or a list's item, a map's key or value.

    `step` is its last step in the path grammar: a name, "[]", "{key}" or "{}". `type` is the word
    the page prints (string, integer, float, boolean, bytes, datetime, dict, list, document, …).
    `enum` is what the
    *syntax block* prints for it ('A'|'B'), empty for none. `mark` is the text of the line that says
    [REQUIRED]. `recursive`: the page stops here.
    """

    step: str
    type: str
    line: int
    required: bool = False
    mark: str = ""
    mark_line: int = 0
    autopopulated: bool = False
    token_line: int = 0
    enum: tuple[str, ...] = ()
    enum_line: int = 0
    enum_text: str = ""
    prose: tuple[Prose, ...] = ()
    children: tuple[PageMember, ...] = ()
    recursive: bool = False
    union: bool = False
    deprecated: bool = False


class PageException(Value, frozen=True):
    """One entry of the Exceptions list: the exception's name, without client and package."""

    name: str
    line: int


class Page(Value, frozen=True, kw_only=True):
    """One page. `client` is the class (`Connect`), `method` as Python spells it.

    `errors` is None where the page names no list that can be trusted: unknown, never none.
    `elided` are the sections ("input", "output") that the page itself leaves out as too large.
    """

    file: str
    rendering: str
    client: str
    method: str
    line: int
    documentation: tuple[Prose, ...] = ()
    input: tuple[PageMember, ...] = ()
    output: tuple[PageMember, ...] = ()
    errors: tuple[PageException, ...] | None = None
    returns_none: bool = False
    elided: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()

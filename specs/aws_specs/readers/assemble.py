"""Sections to a page: the part of reading that is the same for every rendering.

Both syntax blocks are parsed, the member lists are held against them, the exceptions are named, and
everything the rendering has lost becomes a gap. A page that ends before its time is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from aws_specs.errors import PageError
from aws_specs.page import Page, PageException, PageMember, Prose
from aws_specs.paths import join
from aws_specs.readers import outline as names
from aws_specs.readers.members import Found, from_syntax, head, prose, read_members
from aws_specs.readers.outline import Block, Code, Outline, Section
from aws_specs.readers.syntax import Syntax, parse_request, parse_response
from aws_specs.spec import Gap

_EXCEPTION: Final = re.compile(r"\w+\.Client\.exceptions\.(\w+)")
_EMPTY: Final = Section(0)
_WHERE: Final = {
    names.REQUEST_SYNTAX: "request_syntax",
    names.PARAMETERS: "parameters",
    names.RESPONSE_SYNTAX: "response_syntax",
    names.RESPONSE_STRUCTURE: "response_structure",
}
_INPUT: Final = (names.REQUEST_SYNTAX, names.PARAMETERS)
_OUTPUT: Final = (names.RESPONSE_SYNTAX, names.RESPONSE_STRUCTURE)


class _Side(NamedTuple):
    members: tuple[PageMember, ...]
    prose: tuple[Prose, ...]
    gaps: tuple[Gap, ...]
    syntax: Syntax | None


def assemble(outline: Outline, rendering: str, *, lossy: bool) -> Page:
    """Return the page; `lossy` renderings are copies, which may have lost what they do not show.

    Raises `PageError` for a page of a method that is no operation, and for a truncated page.
    """
    _check_whole(outline)
    input_ = _input(outline)
    output = _output(outline)
    _check_end(outline, output)
    documentation = tuple(prose(outline.sections[""].blocks))
    gaps = (*_elided_gaps(outline), *input_.gaps, *output.gaps)
    if lossy:
        gaps += tuple(_silent(outline, documentation, input_))
        gaps += tuple(_announced("input", input_.members))
        gaps += tuple(_announced("output", output.members))
    errors = _errors(outline)
    if errors is None:
        line = outline.sections[names.EXCEPTIONS].line
        gaps += (Gap("errors-unknown", "errors", line, "the heading stands there without a list"),)
    return Page(
        file=outline.file,
        rendering=rendering,
        client=outline.client,
        method=outline.method,
        line=outline.line,
        documentation=documentation + input_.prose + output.prose,
        input=input_.members,
        output=output.members,
        errors=errors,
        returns_none=names.RESPONSE_SYNTAX not in outline.sections,
        elided=_elided_sides(outline),
        gaps=gaps,
    )


# ---------------------------------------------------------------- is it all there?


def _check_whole(outline: Outline) -> None:
    sections = outline.sections
    if names.REQUEST_SYNTAX not in sections:
        raise PageError(
            f"{outline.client}.Client.{outline.method} is not an operation: "
            "the page has no Request Syntax",
            file=outline.file,
            line=outline.line,
            hint="Methods of the SDK alone (paginators, waiters, uploads) have no contract to "
            "test; leave this page out. If it should be an operation, the page is truncated.",
        )
    if names.RETURNS not in sections:
        raise truncated(outline, "before Returns")
    if names.RESPONSE_SYNTAX in sections and names.RESPONSE_STRUCTURE not in sections:
        raise truncated(outline, "before Response Structure")
    returns = sections[names.RETURNS]
    if names.RESPONSE_SYNTAX not in sections and not _says_none(returns):
        raise truncated(outline, "inside Returns")


def _says_none(returns: Section) -> bool:
    return any(block.text == "None" for block in returns.blocks)


def _check_end(outline: Outline, output: _Side) -> None:
    """Refuse a page that stops in the middle of its response: its very last member is lost."""
    if output.syntax is None or not output.gaps or names.EXCEPTIONS in outline.sections:
        return
    last = output.gaps[-1]
    path = last.where.removeprefix("output/")
    if last.what == "members-lost" and path in _last_paths(output.syntax):
        raise truncated(outline, "inside Response Structure")


def _last_paths(syntax: Syntax) -> Iterator[str]:
    """Yield the paths of the last member, of its last member, and so on."""
    path, here = "", syntax
    while here.item is not None or here.members:
        if here.item is not None:
            path, here = f"{path}[]", here.item
            yield path
        else:
            name, here = list(here.members.items())[-1]
            yield f"{path}{{}}"
            path = f"{path}.{name}" if path else name
            yield path


def truncated(outline: Outline, where: str) -> PageError:
    """Return the error for a page that ends too early."""
    line = max((section.line for section in outline.sections.values()), default=outline.line)
    return PageError(
        f"the page of {outline.client}.Client.{outline.method} ends {where}: it is truncated",
        file=outline.file,
        line=line,
        hint="Save the page again, whole.",
    )


# ---------------------------------------------------------------- the two sides


def _input(outline: Outline) -> _Side:
    sections = outline.sections
    request = sections[names.REQUEST_SYNTAX]
    syntax = None if request.elided else parse_request(_code(outline, request), file=outline.file)
    parameters = sections.get(names.PARAMETERS, _EMPTY)
    if parameters.elided:
        return _Side(from_syntax(syntax) if syntax else (), (), (), syntax)
    found = read_members(_as_bullets(parameters.blocks), syntax, "input")
    return _side(found, syntax)


def _output(outline: Outline) -> _Side:
    sections = outline.sections
    if names.RESPONSE_SYNTAX not in sections:
        return _Side((), (), (), None)
    response = sections[names.RESPONSE_SYNTAX]
    syntax = (
        None if response.elided else parse_response(_code(outline, response), file=outline.file)
    )
    told = tuple(prose(sections[names.RETURNS].blocks))
    structure = sections[names.RESPONSE_STRUCTURE]
    if structure.elided:
        return _Side(from_syntax(syntax) if syntax else (), told, (), syntax)
    blocks = structure.blocks
    root = next((b for b in blocks if b.kind == "item" and (h := head(b)) and not h.name), None)
    found = read_members(root.children if root else blocks, syntax, "output")
    return _side(found, syntax, told)


def _side(found: Found, syntax: Syntax | None, told: tuple[Prose, ...] = ()) -> _Side:
    return _Side(found.members, told + found.prose, found.gaps, syntax)


def _code(outline: Outline, section: Section) -> Code:
    if section.code is None:
        raise truncated(outline, "inside a syntax block")
    return section.code


def _as_bullets(blocks: list[Block]) -> list[Block]:
    """Give a single parameter its bullet back: Sphinx prints a field list of one without."""
    if not blocks or blocks[0].kind != "paragraph" or head(blocks[0]) is None:
        return blocks
    first, *rest = blocks
    return [Block("item", first.text, first.line, first.codes, first.marked, rest)]


# ---------------------------------------------------------------- errors and losses


def _errors(outline: Outline) -> tuple[PageException, ...] | None:
    """Return the exceptions listed; none where there is no section, None where the list is lost."""
    section = outline.sections.get(names.EXCEPTIONS)
    if section is None:
        return ()
    found = (
        PageException(match[1], part.line)
        for part in prose(section.blocks)
        if (match := _EXCEPTION.search(part.text))
    )
    return tuple(found) or None


def _elided_gaps(outline: Outline) -> Iterator[Gap]:
    for heading, where in _WHERE.items():
        section = outline.sections.get(heading)
        if section is not None and section.elided:
            yield Gap("elided", where, section.line, "too large to render, says the page")


def _elided_sides(outline: Outline) -> tuple[str, ...]:
    def left_out(headings: tuple[str, ...]) -> bool:
        return any(outline.sections.get(heading, _EMPTY).elided for heading in headings)

    sides = (("input", _INPUT), ("output", _OUTPUT))
    return tuple(side for side, headings in sides if left_out(headings))


def _silent(outline: Outline, documentation: tuple[Prose, ...], side: _Side) -> Iterator[Gap]:
    """Yield a gap where a copy shows no documentation at all."""
    if not any(not part.text.startswith("See also: ") for part in documentation):
        yield Gap("documentation-lost", "", outline.line, "nothing says what the operation does")
    if len(side.members) > 1 and not any(_described(member) for member in side.members):
        line = outline.sections[names.PARAMETERS].line
        yield Gap("prose-lost", "input", line, "no parameter is described")


def _announced(side: str, members: tuple[PageMember, ...], path: str = "") -> Iterator[Gap]:
    """Yield a gap where a copy announces a list ("one of the following:") that does not follow."""
    for member in members:
        here = join(path, member.step)
        last = member.prose[-1] if member.prose else None
        if last is not None and last.text.endswith(":") and not member.children:
            yield Gap("prose-lost", f"{side}/{here}", last.line, "what this announces is missing")
        yield from _announced(side, member.children, here.removesuffix("{key}"))


def _described(member: PageMember) -> bool:
    return any(part.line != member.token_line for part in member.prose)

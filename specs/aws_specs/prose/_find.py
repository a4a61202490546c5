"""The walk: every member of a page or of a model, every sentence, every family."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from aws_specs import paths
from aws_specs.page import Page, PageMember, Prose
from aws_specs.prose._families import FAMILIES
from aws_specs.prose._sentences import low, sentences
from aws_specs.prose._types import Context, Draft
from aws_specs.spec import Side


def prose_rules(page: Page) -> tuple[Draft, ...]:
    """Return every rule the sentences of a page state, in page order."""
    return find(page.method, page.documentation, page.input, page.output)


def find(
    method: str,
    documentation: tuple[Prose, ...],
    input_members: tuple[PageMember, ...],
    output_members: tuple[PageMember, ...],
) -> tuple[Draft, ...]:
    """Return every rule the documentation of one operation states.

    It does not matter where the members come from: a page, or a model whose documentation went
    through `prose_from_html`. The same sentence at two places gives two drafts.
    """
    top = _context(method, "input", "", None, documentation, input_members, ())
    found = [*_read(top)] if top else []
    for context in _contexts(method, "input", input_members):
        found.extend(_read(context))
    for context in _contexts(method, "output", output_members):
        found.extend(_read(context))
    return _distinct(_without_conflicts(found))


_UNSURE = 0.6
"""What remains of the confidence of rules that contradict each other."""


def _without_conflicts(drafts: list[Draft]) -> list[Draft]:
    """Lower the confidence of drafts that state different things of one member.

    "Minimum 4 for X" beside "minimum 2 for Y": each holds in a case the sentence alone does not
    show, so none of them may make a finding.
    """
    stated: dict[tuple[str, ...], set[str]] = {}
    for one in drafts:
        for key, value in _facets(one):
            stated.setdefault(key, set()).add(value)
    clashing = {key for key, values in stated.items() if len(values) > 1}
    return [
        msgspec.structs.replace(one, confidence=min(one.confidence, _UNSURE))
        if any(key in clashing for key, _ in _facets(one))
        else one
        for one in drafts
    ]


def _facets(one: Draft) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what a draft states that another may contradict: (member, kind, facet), value."""
    place = (one.side, one.member, one.kind, one.part or "")
    if one.kind in ("length", "items", "range"):
        for facet in ("min", "max"):
            if facet in one.value:
                yield (*place, one.value.get("unit", ""), facet), str(one.value[facet])
    elif one.kind == "enum":
        yield (*place, "values"), "|".join(sorted(map(str, one.value)))


def _distinct(drafts: list[Draft]) -> tuple[Draft, ...]:
    """Drop a draft that says the same as an earlier one from the same line; keep the surer one."""
    kept: dict[str, Draft] = {}
    for one in drafts:
        place = f"{one.side}|{one.member}|{one.kind}|{one.part}"
        key = f"{place}|{one.value}|{one.line}|{one.sentence}"
        if key not in kept or kept[key].confidence < one.confidence:
            kept[key] = one
    return tuple(kept.values())


def _contexts(method: str, side: Side, members: tuple[PageMember, ...]) -> Iterator[Context]:
    """Yield the context of every member that has prose, depth first, without recursion."""
    stack: list[tuple[str, PageMember, tuple[tuple[str, tuple[PageMember, ...]], ...]]] = [
        (member.step, member, (("", members),)) for member in reversed(members)
    ]
    while stack:
        path, member, scopes = stack.pop()
        if context := _context(method, side, path, member, member.prose, member.children, scopes):
            yield context
        inner = ((path, member.children), *scopes)
        stack.extend(
            (paths.join(path, child.step), child, inner) for child in reversed(member.children)
        )


def _context(
    method: str,
    side: Side,
    path: str,
    member: PageMember | None,
    prose: tuple[Prose, ...],
    children: tuple[PageMember, ...],
    scopes: tuple[tuple[str, tuple[PageMember, ...]], ...],
) -> Context | None:
    if not prose:
        return None
    return Context(
        method=method,
        side=side,
        path=path,
        member=member,
        children=children,
        scopes=scopes,
        sentences=sentences(prose),
    )


_LONGEST = 2000
"""A longer sentence is a table, a listing or an attack, and is not read."""


def _read(context: Context) -> Iterator[Draft]:
    for sentence in context.sentences:
        if len(sentence.text) > _LONGEST:
            continue
        words = low(sentence.text)
        for family in FAMILIES:
            if any(cue in words for cue in family.cues):
                yield from family.read(sentence, context)

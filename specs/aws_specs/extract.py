"""From a page to a spec: the page's statements, bound to the wire by the SDK's model.

The page decides what the contract says; the model supplies how it travels and the constraints no
page prints. The two are of different dates: what they say differently is recorded as drift, and a
rule that only one of them knows about a member both should know falls below the confidence that
`run` uses, so that it never becomes a finding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from aws_specs.binding import UNBOUND, Bound, bind
from aws_specs.diff.drift import drift
from aws_specs.error_class import error_class
from aws_specs.expected import Expected, printed_members
from aws_specs.from_model import SCALARS, conflict_error
from aws_specs.page import Page, PageException, PageMember
from aws_specs.prose import Draft, prose_rules
from aws_specs.readers import read_page
from aws_specs.spec import (
    ErrorShape,
    Gap,
    Json,
    Kind,
    List,
    Map,
    Member,
    Operation,
    Origin,
    PageInfo,
    PageSource,
    Recursive,
    Rule,
    Scalar,
    Shape,
    Side,
    Statement,
    Structure,
    rule_id,
    walk,
)


def extract(text: str, *, file: str) -> Operation:
    """Return the spec that a page states, bound to the installed SDK's model.

    `text` is the page in any rendering; `file` is the name that sources carry. Raises `PageError`
    for text that is no page. An operation that the installed SDK does not have is no error: its
    spec has the gap "unbound", no wire binding and nothing that only a model knows.
    """
    page = read_page(text, file=file)
    return merge(page, text, bind(page, text))


def merge(page: Page, text: str, bound: Bound) -> Operation:
    """Return the spec of a page that has been read and of the operation it is bound to."""
    model, expected = bound.model, Expected(page, bound.printed)
    lines = text.splitlines()
    identifier = f"{model.service}.{model.name}"
    drafts = [*_structural(page, lines), *prose_rules(page)]
    errors, errors_from = _errors(page, model)
    request = _structure(page.input, model.input)
    response = _structure(page.output, model.output)
    known: dict[Side, Mapping[str, bool]] = {}
    if bound.printed is not None:
        known["input"] = _known(request, "input", expected)
        known["output"] = _known(response, "output", expected)
    rules = tuple(
        _settle(rule, known.get(rule.side), expected)
        for rule in _merge_rules(identifier, page, drafts, model, errors)
    )
    merged = Operation(
        service=model.service,
        client=page.client,
        method=page.method,
        name=model.name,
        documentation="\n\n".join(block.text for block in page.documentation),
        input=request,
        output=response,
        errors=errors,
        wire=model.wire,
        rules=rules,
        page=PageInfo(
            file=page.file,
            rendering=page.rendering,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
        ),
        model=model.model,
        errors_from=errors_from,
        gaps=(*page.gaps, *_unbound(page, bound.why)),
    )
    if bound.printed is None:
        return merged
    return replace(merged, drift=tuple(d for d in drift(merged) if not expected.explains(d)))


# ---------------------------------------------------------------- shapes


def _structure(members: Sequence[PageMember], model: Structure) -> Structure:
    """Join a page's members with the model's: page order first, then what only the model has."""
    theirs = {member.name: member for member in model.members}
    ours = tuple(_member(member, theirs.get(member.step)) for member in members)
    names = {member.name for member in ours}
    rest = tuple(member for member in model.members if member.name not in names)
    return Structure(
        members=ours + rest, name=model.name, union=model.union, eventstream=model.eventstream
    )


def _member(printed: PageMember, model: Member | None) -> Member:
    shape = _shape(printed, model.shape if model else None)
    return Member(
        name=printed.step,
        shape=shape,
        known_to=("page", "model") if model else ("page",),
        location=model.location if model else "",
        wire_name=model.wire_name if model else printed.step,
        documentation="\n\n".join(block.text for block in printed.prose),
        line=printed.line,
        deprecated=printed.deprecated or (model.deprecated if model else False),
    )


def _shape(printed: PageMember, model: Shape | None) -> Shape:
    """Return the shape of a printed member; the model's names and wire facts where it has them."""
    if model is not None and (printed.recursive or isinstance(model, Recursive)):
        return model
    children = {child.step: child for child in printed.children}
    match model:
        case Structure():
            return _structure([c for c in printed.children if c.step[:1] not in "[{"], model)
        case List() if "[]" in children:
            item = _shape(children["[]"], model.item)
            return List(
                item=item, name=model.name, wire_name=model.wire_name, flattened=model.flattened
            )
        case Map() if "{}" in children:
            value = _shape(children["{}"], model.value)
            return Map(key=model.key, value=value, name=model.name)
        case None:
            return _page_shape(printed, children)
        case _:
            return model


def _page_shape(printed: PageMember, children: Mapping[str, PageMember]) -> Shape:
    """Return a shape from the page alone, for a member the model does not know."""
    if "[]" in children:
        return List(item=_shape(children["[]"], None))
    if "{}" in children:
        return Map(key=Scalar(type="string"), value=_shape(children["{}"], None))
    if printed.type == "dict":
        return Structure(members=tuple(_member(child, None) for child in printed.children))
    if printed.type == "list":
        return List(item=Scalar(type="document"))
    words = {"bytes": "blob", "datetime": "timestamp"}
    return Scalar(type=SCALARS.get(words.get(printed.type, printed.type), "document"))


def _known(top: Structure, side: Side, expected: Expected) -> dict[str, bool]:
    """Map every member path to whether page and model both know it (and all above it).

    What the page could not show (`Expected.hides`) counts as known.
    """
    known: dict[str, bool] = {"": True}
    for path, _, member in walk(top):
        above = next(known[p] for p in _above(path) if p in known)
        both = member is None or len(member.known_to) > 1
        known[path] = above and (both or expected.hides(side, path))
    return known


def _above(path: str) -> Iterator[str]:
    while path:
        cut = max(path.rfind("."), path.rfind("["), path.rfind("{"))
        path = path[:cut] if cut > 0 else ""
        yield path


# ---------------------------------------------------------------- what the page states


def _structural(page: Page, lines: Sequence[str]) -> Iterator[Draft]:
    """Yield what marks, type words, syntax blocks and token lines of the page state."""
    sides: tuple[tuple[Side, tuple[PageMember, ...]], ...] = (
        ("input", page.input),
        ("output", page.output),
    )
    for side, members in sides:
        for path, printed in printed_members(members):
            yield from _printed(side, path, printed, lines)


def _printed(side: Side, path: str, printed: PageMember, lines: Sequence[str]) -> Iterator[Draft]:
    def draft(kind: Kind, value: Json, line: int, sentence: str = "") -> Draft:
        said = sentence or (lines[line - 1].strip() if 0 < line <= len(lines) else "")
        return Draft(
            side=side,
            member=path,
            kind=kind,
            value=value,
            line=line,
            sentence=said,
            confidence=1.0,
            family="printed",
        )

    if printed.required:
        yield draft("required", True, printed.mark_line or printed.line, printed.mark)
    yield draft("type", printed.type, printed.line)
    if printed.enum:
        yield draft("enum", list(printed.enum), printed.enum_line, printed.enum_text)
    if printed.autopopulated:
        value = {"token": path, "autopopulated": True, "conflict": None}
        yield draft("idempotency", value, printed.token_line or printed.line)


# ---------------------------------------------------------------- rules


def _merge_rules(
    identifier: str,
    page: Page,
    drafts: Sequence[Draft],
    model: Operation,
    errors: Sequence[ErrorShape],
) -> Iterator[Rule]:
    """Yield one rule per (side, member, kind, part), the page's statements before the model's."""
    merged: dict[str, Rule] = {}
    for draft in drafts:
        rule = _from_draft(identifier, page.file, draft, errors)
        merged[rule.id] = _join(merged[rule.id], rule) if rule.id in merged else rule
    for exception in page.errors or ():
        rule = _error_rule(identifier, page.file, exception, errors)
        merged[rule.id] = rule
    for rule in model.rules:
        merged[rule.id] = _join(merged[rule.id], rule) if rule.id in merged else rule
    yield from merged.values()


def _from_draft(identifier: str, file: str, draft: Draft, errors: Sequence[ErrorShape]) -> Rule:
    value = draft.value
    if draft.kind == "idempotency":
        value = {**value, "conflict": value.get("conflict") or conflict_error(tuple(errors))}
    source = PageSource(file=file, line=draft.line, sentence=draft.sentence)
    return Rule(
        id=rule_id(identifier, draft.side, draft.member, draft.kind, draft.part),
        side=draft.side,
        member=draft.member,
        kind=draft.kind,
        statements=(Statement(source=source, value=value),),
        confidence=draft.confidence,
        checkable=draft.checkable,
        reason=draft.reason,
    )


def _error_rule(
    identifier: str, file: str, exception: PageException, errors: Sequence[ErrorShape]
) -> Rule:
    shape = next(error for error in errors if error.name == exception.name)
    value = {"code": shape.code, "status": shape.status, "class": error_class(shape.name)}
    source = PageSource(file=file, line=exception.line, sentence=exception.name)
    return Rule(
        id=rule_id(identifier, "errors", exception.name, "error"),
        side="errors",
        member=exception.name,
        kind="error",
        statements=(Statement(source=source, value=value),),
    )


def _join(ours: Rule, theirs: Rule) -> Rule:
    """Put a second statement of the same rule behind the first; the surer one decides."""
    surer = ours if ours.confidence >= theirs.confidence else theirs
    seen = {(s.source, str(s.value)) for s in ours.statements}
    more = tuple(s for s in theirs.statements if (s.source, str(s.value)) not in seen)
    checkable = [ours.checkable, theirs.checkable]
    can = any(checkable) if ours.kind == "exists" else all(checkable)
    return replace(
        surer,
        statements=ours.statements + more,
        checkable=can,
        reason="" if can else ours.reason or theirs.reason,
    )


_BOTH_PRINT: frozenset[Kind] = frozenset({"required", "type", "enum"})
"""What a page prints wherever the model has it, so that one of them alone stating it is drift."""


def _settle(rule: Rule, known: Mapping[str, bool] | None, expected: Expected) -> Rule:
    """Lower the confidence of a rule that page and model do not agree on."""
    if known is None:
        return rule
    origins = {statement.origin for statement in rule.statements}
    if not known.get(rule.member, False):
        return replace(rule, agreed=False)
    if rule.kind in _BOTH_PRINT and len(origins) == 1:
        return rule if _may_stand_alone(rule, expected) else replace(rule, agreed=False)
    if rule.kind == "type" and len({str(value) for value in rule.values}) > 1:
        return _of_model(rule) if expected.rewords(rule) else replace(rule, agreed=False)
    return rule


def _may_stand_alone(rule: Rule, expected: Expected) -> bool:
    """Whether it is no disagreement that only the page, or only the model, states a rule."""
    if rule.member.endswith("{key}"):
        return True  # pages print keys as plain strings
    if rule.source.__class__ is PageSource:
        return rule.kind == "enum" and rule.confidence < 1.0  # out of prose
    return expected.silent(rule)


def _of_model(rule: Rule) -> Rule:
    """Return the rule as the model has it: the page's word is the documentation generator's."""
    mine = tuple(statement for statement in rule.statements if statement.origin == "model")
    return replace(rule, statements=mine)


# ---------------------------------------------------------------- errors, gaps, drift


def _errors(page: Page, model: Operation) -> tuple[tuple[ErrorShape, ...], tuple[Origin, ...]]:
    """Return the errors of page and model, each with who lists it, and where the list came from."""
    if page.errors is None:
        return model.errors, ("model",)
    theirs = {error.name: error for error in model.errors}
    listed = tuple(_listed(exception, theirs.get(exception.name)) for exception in page.errors)
    names = {error.name for error in listed}
    rest = tuple(error for error in model.errors if error.name not in names)
    return listed + rest, ("page", "model")


def _listed(exception: PageException, model: ErrorShape | None) -> ErrorShape:
    if model is None:
        name = exception.name
        status = 500 if error_class(name) == "server" else 400
        return ErrorShape(
            name=name,
            code=name,
            status=status,
            known_to=("page",),
            sender=status < 500,
            line=exception.line,
        )
    return replace(model, known_to=("page", "model"), line=exception.line)


def _unbound(page: Page, why: str) -> Iterator[Gap]:
    if why:
        yield Gap(what=UNBOUND, line=page.line, detail=why)

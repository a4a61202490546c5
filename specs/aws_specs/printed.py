"""The page of an operation as the documentation generator prints it, straight from the model.

Everything but the prose: which members stand in which order, their type words, marks, enums,
tokens, unions, and where recursion stops. It follows `botocore.docs` (`shape.py`, `params.py`,
`example.py`) on the model's JSON, thousands of operations a second, and knows nothing of the
readers: a real page that is read must give the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from aws_specs import sdk
from aws_specs.customised import Customised, customised
from aws_specs.page import Page, PageException, PageMember
from aws_specs.spec import Gap, Side

Raw = Mapping[str, Any]
"""A part of a model's JSON."""

RENDERING: Final = "model"

FILLED: Final = "not-in-syntax"
"""What readers report of a parameter that the generator takes out of the syntax block only."""

_WORDS: Final[Mapping[str, str]] = {
    "blob": "bytes",
    "character": "string",
    "double": "float",
    "long": "integer",
    "map": "dict",
    "structure": "dict",
    "timestamp": "datetime",
}
"""Type words where they are not the model's own, as `botocore.docs.utils.py_type_name` has them."""

_STREAMS: Final[Mapping[Side, str]] = {
    "input": "bytes or seekable file-like object",
    "output": "StreamingBody",
}


def printed_page(service: str, operation: str) -> Page:
    """Return the page that the SDK's generator prints of an operation, without prose.

    `operation` is one that the model has. Sections that the generator leaves out as too large are
    there.
    """
    description = sdk.description(service)
    model: Raw = description["operations"][operation]
    done = customised(service, operation)
    request = _side(description["shapes"], model.get("input"), "input", done)
    errors = model.get("errors", ())
    return Page(
        file=f"botocore {sdk.version()} {service}",
        rendering=RENDERING,
        client=sdk.client_of_service(service),
        method=sdk.method_of_operation(operation),
        line=0,
        input=request,
        output=_side(description["shapes"], model.get("output"), "output", done),
        errors=tuple(PageException(name=error["shape"], line=0) for error in errors),
        returns_none="output" not in model,
        gaps=tuple(
            Gap(what=FILLED, where=f"input/{member.step}", detail="the SDK fills it in")
            for member in request
            if member.step in done.filled
        ),
    )


def larger_than(limit: int, service: str, operation: str, side: Side) -> bool:
    """Whether a side of an operation has more than `limit` members, found without printing it."""
    description = sdk.description(service)
    shapes, top = description["shapes"], description["operations"][operation].get(side)
    if top is None:
        return False
    todo: list[tuple[str, tuple[str, ...]]] = [(top["shape"], ())]
    count = 0
    while todo and count <= limit:
        name, above = todo.pop()
        if name not in above:
            below = [reference["shape"] for reference in _below(shapes[name])]
            count += len(below)
            todo.extend((inner, (*above, name)) for inner in below)
    return count > limit


def _below(shape: Raw) -> Iterator[Raw]:
    """Yield the references of a shape: members, a list's item, a map's value."""
    yield from shape.get("members", {}).values()
    yield from (shape[part] for part in ("member", "value") if part in shape)


def _side(shapes: Raw, top: Raw | None, side: Side, done: Customised) -> tuple[PageMember, ...]:
    if top is None:
        return ()
    printer = _Printer(shapes, side, done.reshaped)
    name = top["shape"]
    special = _special(shapes, shapes[name], side)
    members = (
        replace(member, type=special[member.step]) if member.step in special else member
        for member in printer.members(name, ())
    )
    return tuple(_customised(members, side, done))


def _special(shapes: Raw, top: Raw, side: Side) -> dict[str, str]:
    """Map top-level members that are streams to the words for them."""
    found: dict[str, str] = {}
    payload = top.get("payload")
    if payload and shapes[top["members"][payload]["shape"]]["type"] == "blob":
        found[payload] = _STREAMS[side]
    for name, member in top.get("members", {}).items() if side == "output" else ():
        if _trait(member, shapes[member["shape"]], "eventstream"):
            return found | {name: "EventStream"}
    return found


def _customised(
    members: Iterator[PageMember], side: Side, done: Customised
) -> Iterator[PageMember]:
    """Yield what the SDK's handlers make of the top-level members."""
    request = side == "input"
    for member in members:
        name = member.step
        if request and name in done.hidden:
            continue
        if request and name in done.filled:
            member = replace(member, required=False, enum=())
        if request and name in done.renamed:
            member = replace(member, step=done.renamed[name])
        if (side, name) in done.retyped:
            member = replace(member, type=done.retyped[side, name], enum=(), children=())
        yield member
        for added in done.added:
            if (added.side, added.after) == (side, name):
                yield PageMember(step=added.name, type=added.type, line=0)


def _trait(reference: Raw, shape: Raw, name: str) -> Any:
    """Return a trait of a member: its own, else its shape's."""
    return reference[name] if name in reference else shape.get(name)


class _Printer:
    """One pass over one side's shapes."""

    def __init__(self, shapes: Raw, side: Side, reshaped: Mapping[str, str]) -> None:
        self.shapes = shapes
        self.request = side == "input"
        self.reshaped = reshaped

    def members(self, name: str, above: Sequence[str]) -> tuple[PageMember, ...]:
        """Return the members of the structure `name`; `above` names the shapes it stands in."""
        shape = self.shapes[name]
        required = shape.get("required", ()) if self.request else ()
        inside = (*above, name)
        return tuple(
            self._member(step, reference, step in required, inside)
            for step, reference in shape.get("members", {}).items()
        )

    def _member(
        self, step: str, reference: Raw, required: bool, above: tuple[str, ...]
    ) -> PageMember:
        name = reference["shape"]
        if name in self.reshaped:
            return PageMember(step=step, type=self.reshaped[name], line=0)
        shape = self.shapes[name]
        again = name in above
        described = bool(_trait(reference, shape, "documentation"))
        children: tuple[PageMember, ...] = ()
        if not again:
            children = self._children(name, shape, above)
        enum = _trait(reference, shape, "enum") if shape["type"] == "string" else None
        return PageMember(
            step=step,
            type=_word(reference, shape),
            line=0,
            required=required and not again,
            autopopulated=self.request
            and described
            and bool(_trait(reference, shape, "idempotencyToken")),
            enum=tuple(enum or ()),
            children=children,
            recursive=again,
            union=described and bool(shape.get("union")),
        )

    def _children(self, name: str, shape: Raw, above: tuple[str, ...]) -> tuple[PageMember, ...]:
        inside = (*above, name)
        match shape["type"]:
            case "structure":
                stops = shape.get("document") or (self.request and shape.get("eventstream"))
                return () if stops else self.members(name, above)
            case "list":
                return (self._member("[]", shape["member"], False, inside),)
            case "map":
                word = _word(shape["key"], self.shapes[shape["key"]["shape"]])
                value = self._member("{}", shape["value"], False, inside)
                return PageMember(step="{key}", type=word, line=0), value
            case _:
                return ()


def _word(reference: Raw, shape: Raw) -> str:
    kind = str(shape["type"])
    if kind == "structure" and shape.get("document"):
        return "document"
    if kind == "string" and _trait(reference, shape, "jsonvalue"):
        return "JSON serializable" if _trait(reference, shape, "location") == "header" else kind
    return _WORDS.get(kind, kind)

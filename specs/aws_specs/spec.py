"""The contract of one operation, as values.

An `Operation` has a tree of shapes for the request and one for the response, the errors, the wire
binding, and *rules*: the checkable statements. Shapes say only what nests in what; everything a
value must satisfy is a rule, addressed by member path (see `aws_specs.paths`) and carrying the
sentence or the trait that states it. One truth, one place.

A rule may be stated more than once (page and model, or twice on a page). The statements are kept
apart, because they drift: a valid value satisfies every statement, an invalid one breaks every
statement, and what lies between is drift, never a finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

Json = Any
"""A JSON value. Blobs are base64 text and timestamps ISO 8601 text in this form."""

DEFAULT_CONFIDENCE = 0.75
"""Rules below this confidence are kept and shown, and never produce a finding."""

DRIFTED = 0.5
"""The most that is believed of something only one of page and model knows."""

Side = Literal["input", "output", "errors", "protocol"]
Origin = Literal["page", "model", "protocol"]
ScalarType = Literal[
    "string", "integer", "float", "boolean", "blob", "timestamp", "document", "stream"
]
Kind = Literal[
    "required", "type", "enum", "length", "range", "items", "pattern", "format",
    "conditional", "exclusive", "unsupported", "default", "reserved", "exists", "unique",
    "immutable", "recommended", "idempotency", "present", "status", "error", "protocol",
    "pagination",
]  # fmt: skip


class Value(msgspec.Struct, frozen=True, omit_defaults=True):
    """Base of the values that travel: frozen, compared by content, small when written as JSON."""


# ---------------------------------------------------------------- shapes


class Scalar(Value, frozen=True, tag_field="shape", tag="scalar"):
    """A leaf. `streaming`: a blob that is the whole body; `json`: a string that carries JSON."""

    type: ScalarType
    name: str = ""
    streaming: bool = False
    json: bool = False
    timestamp_format: str = ""


class List(Value, frozen=True, tag_field="shape", tag="list"):
    """A list; its items are at `path[]`."""

    item: Shape
    name: str = ""
    wire_name: str = ""
    flattened: bool = False


class Map(Value, frozen=True, tag_field="shape", tag="map"):
    """A map with string keys; keys are at `path{key}`, values at `path{}`."""

    key: Shape
    value: Shape
    name: str = ""


class Structure(Value, frozen=True, tag_field="shape", tag="structure"):
    """A structure. In a `union` exactly one member is set; an `eventstream` is a stream of them."""

    members: tuple[Member, ...]
    name: str = ""
    union: bool = False
    eventstream: bool = False


class Recursive(Value, frozen=True, tag_field="shape", tag="recursive"):
    """The point where a page stops: the shape that already stands at the ancestor path `to`."""

    to: str
    type: Literal["structure", "list", "map"]
    name: str = ""


Shape = Scalar | List | Map | Structure | Recursive


class Member(Value, frozen=True):
    """One named member of a structure.

    `location` and `wire_name` say how the SDK sends it ("" is the body); `known_to` says whether
    the page, the model or both know the member: one they do not both know is drift.
    `line` is its line on the page, 0 where the page does not have it.
    """

    name: str
    shape: Shape
    known_to: tuple[Origin, ...] = ()
    location: Literal["", "uri", "querystring", "header", "headers", "statusCode", "payload"] = ""
    wire_name: str = ""
    documentation: str = ""
    line: int = 0
    deprecated: bool = False


# ---------------------------------------------------------------- rules


class PageSource(Value, frozen=True, tag_field="from", tag="page"):
    """Where a page says it: the file as catalogued, the 1-based line, the exact sentence."""

    file: str
    line: int
    sentence: str


class ModelSource(Value, frozen=True, tag_field="from", tag="model"):
    """Where the SDK's model says it: botocore version, shape name, trait."""

    model: str
    shape: str
    trait: str


class ProtocolSource(Value, frozen=True, tag_field="from", tag="protocol"):
    """Where an AWS protocol says it. `level`: N normative, C convention, O observed at AWS."""

    protocol: str
    document: str
    level: Literal["N", "C", "O"]


Source = PageSource | ModelSource | ProtocolSource


class Statement(Value, frozen=True):
    """One source stating the rule, and the value it states."""

    source: Source
    value: Json

    @property
    def origin(self) -> Origin:
        """Whether a page, the model or the protocol makes the statement."""
        match self.source:
            case PageSource():
                return "page"
            case ModelSource():
                return "model"
            case ProtocolSource():
                return "protocol"


class Rule(Value, frozen=True):
    """One checkable statement of the contract.

    `id` is stable across runs, targets, renderings and SDK versions that do not change the rule.
    `member` is a path in the grammar of `aws_specs.paths` ("" is the whole side). Values by kind:

    ============ =====================================================================
    required      true
    type          the type word a page prints: string, integer, dict, list, bytes …
    enum          list of strings
    length        {"min": n, "max": n, "unit": "characters" | "bytes", "total": bool}
    items         {"min": n, "max": n} entries of a list or a map
    range         {"min": n, "max": n, "unit": "seconds" …}
    pattern       a regular expression as the model writes it
    format        "arn" | "base64" | "date-time" | "e.164" | "epoch" | "json" | "url" | "email" …
    conditional   {"when": {"member": path, "in": [...]} | {"member": path, "present": true} |
                  {"external": text, "in": [...]}, "then": {"kind": kind, "member": path, "value":
                  …}}
    exclusive     {"members": [paths], "exactly_one": bool}
    unsupported   {"supported": [values]}; an empty list: the member itself is unsupported
    default       the value
    reserved      true
    exists        what must exist, in words; `value` names the resource
    unique        true, or in words
    immutable     true
    recommended   what is recommended, e.g. "e.164"
    idempotency   {"token": path, "autopopulated": bool, "conflict": error name or null}
    present       true (an output member that identifies what the operation made)
    status        the HTTP status of a success
    error         {"code": name, "status": n, "class": word}
    protocol      the expected error code and status of a malformed request
    pagination    what pages promise (see `aws_specs.pagination`); not in spec files
    ============ =====================================================================

    `checkable` is false for a rule no request can test from outside; `reason` then says why.
    `agreed` is false where page and model should both state it and only one does (drift).
    """

    id: str
    side: Side
    member: str
    kind: Kind
    statements: tuple[Statement, ...]
    confidence: float = 1.0
    checkable: bool = True
    reason: str = ""
    agreed: bool = True

    @property
    def sure(self) -> float:
        """The confidence, at most `DRIFTED` where page and model do not agree."""
        return self.confidence if self.agreed else min(self.confidence, DRIFTED)

    @property
    def value(self) -> Json:
        """The value as its first statement (the page's, where there is one) has it."""
        return self.statements[0].value

    @property
    def source(self) -> Source:
        """The first statement's source."""
        return self.statements[0].source

    @property
    def values(self) -> tuple[Json, ...]:
        """Every stated value, the page's first."""
        return tuple(statement.value for statement in self.statements)


def rule_id(operation: str, side: Side, member: str, kind: str, part: str | None = None) -> str:
    """Return the stable id, e.g. `connect.CreateContact/input/References{}.Type/enum=EMAIL`."""
    place = f"{side}/{member}" if member else side
    return f"{operation}/{place}/{kind}" + (f"={part}" if part is not None else "")


# ---------------------------------------------------------------- operation


class ErrorShape(Value, frozen=True):
    """One error the operation declares: its name on the wire, HTTP status, and who lists it.

    `code` is what travels (it differs from `name` where the model renames it); `members` are the
    names of its body members as the model has them.
    """

    name: str
    code: str
    status: int
    known_to: tuple[Origin, ...]
    members: tuple[str, ...] = ()
    sender: bool = True
    line: int = 0


class Wire(Value, frozen=True):
    """How the operation travels, from the model. `uri` is the model's template; `status` of
    success.
    """

    protocol: str
    method: str
    uri: str
    status: int
    api_version: str
    endpoint_prefix: str
    signing_name: str
    target: str = ""
    json_version: str = ""
    signature: str = "v4"
    unsigned: bool = False
    payload: str = ""


class Gap(Value, frozen=True):
    """Something a rendering has lost. `what` is a kebab-case code, `where` a path or a section."""

    what: str
    where: str = ""
    line: int = 0
    detail: str = ""


class Drift(Value, frozen=True):
    """Page and model saying different things about the same member (or error)."""

    what: Literal["member", "type", "required", "enum", "error", "constraint", "token"]
    side: Side
    member: str
    page: Json
    model: Json


class PageInfo(Value, frozen=True):
    """The page a spec was read from."""

    file: str
    rendering: str
    sha256: str


class Operation(Value, frozen=True, kw_only=True):
    """The spec: everything known of one operation. `service` is the SDK's name of the client."""

    service: str
    client: str
    method: str
    name: str
    documentation: str = ""
    input: Structure
    output: Structure
    errors: tuple[ErrorShape, ...]
    wire: Wire
    rules: tuple[Rule, ...]
    page: PageInfo | None = None
    model: str = ""
    errors_from: tuple[Origin, ...] = ()
    gaps: tuple[Gap, ...] = ()
    drift: tuple[Drift, ...] = ()

    @property
    def id(self) -> str:
        """`service.Operation`, the name people type."""
        return f"{self.service}.{self.name}"

    def side(self, side: Side) -> Structure:
        """Return the request's or the response's structure."""
        return self.output if side == "output" else self.input


def walk(shape: Shape, path: str = "") -> Iterator[tuple[str, Shape, Member | None]]:
    """Yield (path, shape, member or None) for everything below `shape`, in page order."""
    match shape:
        case Structure():
            for member in shape.members:
                here = f"{path}.{member.name}" if path else member.name
                yield here, member.shape, member
                yield from walk(member.shape, here)
        case List():
            yield f"{path}[]", shape.item, None
            yield from walk(shape.item, f"{path}[]")
        case Map():
            yield f"{path}{{key}}", shape.key, None
            yield f"{path}{{}}", shape.value, None
            yield from walk(shape.value, f"{path}{{}}")
        case Scalar() | Recursive():
            return

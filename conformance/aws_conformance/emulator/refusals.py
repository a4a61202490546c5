"""Why a request is refused, and which error says so on the wire.

The emulator's parts give a *cause*; the operation decides the error: the one its list names for
that cause, otherwise the one the protocol's server frameworks use (`wire` levels N and C of the
AWS restJson1 specification). So a handler never spells an error's name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from aws_specs.paths import Concrete
from aws_specs.spec import ErrorShape, Operation, Value

Cause = Literal[
    "serialization", "validation", "not-found", "conflict", "no-route", "method", "media-type",
    "not-acceptable", "unsigned", "server",
]  # fmt: skip


class Problem(Value, frozen=True):
    """One constraint that a request breaks: where (`member`, `at`), which kind, and the words.

    `unreadable` ones are found while the request is parsed, before constraints are looked at.
    """

    member: str
    kind: str
    at: Concrete
    message: str
    unreadable: bool = False


class Refusal(Value, frozen=True, kw_only=True):
    """A request that is not served. `member` and `kind` name the rule where no schema states it.

    `error` is the declared error that the rule itself names, where it does.
    """

    cause: Cause
    message: str
    member: str = ""
    kind: str = ""
    error: str = ""
    problems: tuple[Problem, ...] = ()


class Failure(Value, frozen=True, kw_only=True):
    """The error that travels: its code, status, and the names of the members of its body.

    `code` is what query and XML carry, `name` the shape's name where it differs from the code:
    what JSON and CBOR carry.
    """

    code: str
    status: int
    message: str
    members: tuple[str, ...] = ("message",)
    name: str = ""

    @property
    def wire_name(self) -> str:
        """What JSON and CBOR call the error."""
        return self.name or self.code


PREFERRED: Mapping[Cause, Sequence[str]] = {
    "validation": (
        "ValidationException",
        "InvalidParameterException",
        "InvalidRequestException",
        "BadRequestException",
        "InvalidParameterValueException",
        "InvalidInputException",
        "InvalidArgumentException",
    ),
    "not-found": ("ResourceNotFoundException", "NotFoundException"),
    "conflict": ("IdempotencyException", "ConflictException"),
}
"""Names that are taken first where an operation declares several errors of one class."""

CLASSES: Mapping[Cause, Sequence[str]] = {
    "validation": ("validation",),
    "not-found": ("not-found", "denied"),
    "conflict": ("conflict",),
    "method": ("method",),
    "server": ("server",),
}
"""Classes of declared errors that fit a cause, best first.

An operation that declares no not-found error answers that access is denied: it is what AWS does
where existence is not to be told, and a missing resource can then never be taken for a broken
constraint, as it could with BadRequestException.
"""

FRAMEWORK: Mapping[Cause, tuple[str, int]] = {
    "serialization": ("SerializationException", 400),
    "validation": ("ValidationException", 400),
    "not-found": ("ResourceNotFoundException", 404),
    "conflict": ("ConflictException", 409),
    "no-route": ("UnknownOperationException", 404),
    "method": ("MethodNotAllowedException", 405),
    "media-type": ("UnsupportedMediaTypeException", 415),
    "not-acceptable": ("NotAcceptableException", 406),
    "unsigned": ("MissingAuthenticationTokenException", 403),
    "server": ("InternalFailure", 500),
}
"""What a server framework answers where the operation's own list says nothing."""

_QUERY: Mapping[Cause, tuple[str, int]] = {
    "serialization": ("InvalidParameterValue", 400),
    "validation": ("ValidationError", 400),
    "no-route": ("InvalidAction", 400),
    "unsigned": ("MissingAuthenticationToken", 403),
}

BY_PROTOCOL: Mapping[str, Mapping[Cause, tuple[str, int]]] = {
    "query": _QUERY,
    "ec2": {
        **_QUERY,
        "validation": ("InvalidParameterValue", 400),
    },
    "rest-xml": {
        "serialization": ("MalformedXML", 400),
        "validation": ("InvalidRequest", 400),
        "unsigned": ("MissingAuthenticationToken", 403),
    },
}
"""What services of the older protocols answer instead: the common errors of AWS's references."""


def failure(operation: Operation | None, refusal: Refusal) -> Failure:
    """Return the error that answers a refusal, as the operation declares it."""
    declared = _declared(operation, refusal.cause) if operation else None
    if operation is not None and refusal.error:
        named = (shape for shape in operation.errors if refusal.error in (shape.name, shape.code))
        declared = next(named, declared)
    if declared is not None:
        return from_shape(declared, refusal.message)
    code, status = framework(operation, refusal.cause)
    return Failure(code=code, status=status, message=refusal.message, members=convention(operation))


def framework(operation: Operation | None, cause: Cause) -> tuple[str, int]:
    """Return the code and the status that answer a cause where no declared error does."""
    mine = BY_PROTOCOL.get(operation.wire.protocol) if operation else None
    return (mine or FRAMEWORK).get(cause) or FRAMEWORK[cause]


def from_shape(shape: ErrorShape, message: str) -> Failure:
    """Return a declared error as it travels."""
    members = shape.members or ("message",)
    status = shape.status or (400 if shape.sender else 500)
    name = shape.name if shape.name != shape.code else ""
    return Failure(code=shape.code, status=status, message=message, members=members, name=name)


def convention(operation: Operation | None) -> tuple[str, ...]:
    """Return the body members that the operation's errors share: how the service writes errors."""
    shapes = operation.errors if operation else ()
    return next((shape.members for shape in shapes if shape.members), ("message",))


def error_classes(operation: Operation) -> dict[str, str]:
    """Map the name of each declared error to its class, as the spec's error rules say it."""
    return {rule.member: rule.value["class"] for rule in operation.rules if rule.kind == "error"}


def _declared(operation: Operation, cause: Cause) -> ErrorShape | None:
    if cause == "serialization" and operation.wire.protocol in BY_PROTOCOL:
        cause = "validation"  # the older protocols have no error of their own for it
    shapes = {shape.name: shape for shape in operation.errors}
    for name in PREFERRED.get(cause, ()):
        if name in shapes:
            return shapes[name]
    classes = error_classes(operation)
    for wanted in CLASSES.get(cause, ()):
        for name, shape in shapes.items():
            if classes.get(name) == wanted:
                return shape
    return None

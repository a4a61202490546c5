"""Required members and JSON types."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from aws_specs.paths import KEY, Concrete
from aws_specs.spec import Json, Rule, Scalar, Shape
from aws_strategies.build import fetch
from aws_strategies.carriage import carriage
from aws_strategies.kinds.breach import Breach, change, number
from aws_strategies.plan import Plan


def break_required(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Yield the member absent and, where a document carries it, null.

    An empty list or map of a form is not there in the first place.
    """
    member = plan.members[rule.member]
    if carriage(plan, rule.member) != "document" and fetch(request, at) in ([], {}):
        return
    yield Breach(what="absent", op="remove", at=at)
    document = isinstance(member.shape, Scalar) and member.shape.type == "document"
    if carriage(plan, rule.member) == "document" and not document:
        yield change("null", at, None)


_WRONG: Mapping[str, tuple[tuple[str, Json], ...]] = {
    "string": (("number", 123), ("boolean", True), ("array", ["a"]), ("object", {"a": "b"})),
    "integer": (("string", "123"), ("fraction", 1.5), ("boolean", True), ("array", [1]),
                ("object", {"a": 1})),
    "float": (("string", "1.5"), ("boolean", True), ("array", [1.5]), ("object", {"a": 1.5})),
    "boolean": (("string", "true"), ("number", 1), ("array", [True]), ("object", {"a": True})),
    "bytes": (("number", 123), ("boolean", True), ("array", ["YQ=="]), ("object", {"a": "YQ=="})),
    "datetime": (("array", [1]), ("object", {"a": 1}), ("boolean", True)),
    "dict": (("string", "aws-conformance"), ("array", ["a"]), ("number", 123), ("boolean", True)),
    "list": (("string", "aws-conformance"), ("object", {"a": "b"}), ("number", 123),
             ("boolean", True)),
}  # fmt: skip

_WRONG_TEXT: Mapping[str, tuple[tuple[str, Json], ...]] = {
    "integer": (("string", "abc"), ("fraction", "1.5")),
    "float": (("string", "abc"),),
    "boolean": (("string", "maybe"),),
    "datetime": (("string", "not-a-timestamp"),),
}
"""Wrong types where everything is text: in the path, the query, headers, forms and XML."""


def break_type(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Yield a value of every other JSON type; the keys of a map and a raw body have no other."""
    if at[-1] == KEY:
        return
    member = plan.members.get(rule.member)
    if member is not None and streamed(member.shape):
        return
    table = _WRONG if carriage(plan, rule.member) == "document" else _WRONG_TEXT
    for what, value in table.get(rule.value, ()):
        yield change(what, at, value)


def streamed(shape: Shape) -> bool:
    """Return whether a member is the raw body: any bytes are right for it."""
    return isinstance(shape, Scalar) and shape.streaming


def keeps_type(value: Json, actual: Json) -> bool | None:
    """Return whether a value is of a page's type word, None for a word that says nothing."""
    check = _IS.get(value)
    return None if check is None else check(actual)


def _may_be_time(text: str) -> bool:
    """Whether a text could be a time in some form: each has digits."""
    return any(char.isdigit() for char in text)


_IS: Mapping[str, Callable[[Json], bool]] = {
    "string": lambda actual: isinstance(actual, str),
    "bytes": lambda actual: isinstance(actual, str),
    "datetime": lambda actual: number(actual) or (isinstance(actual, str) and _may_be_time(actual)),
    "integer": lambda actual: isinstance(actual, int) and not isinstance(actual, bool),
    "float": number,
    "boolean": lambda actual: isinstance(actual, bool),
    "dict": lambda actual: isinstance(actual, dict),
    "list": lambda actual: isinstance(actual, list),
    "document": lambda actual: True,
}

"""Holding a success against the response shape: types, required members, enums, identifiers.

Each rule on the output gets an answer: kept where its member came and is right, broken with the
place and what stands there. Rules on members that did not come say nothing, unless they had to
come.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from aws_specs.jsonvalues import is_object
from aws_specs.paths import occurrences, parent, pointer, steps
from aws_specs.spec import DEFAULT_CONFIDENCE, Json, Operation, Rule, Value
from aws_strategies.text import of_format

_CHECKED = frozenset({"required", "type", "enum", "present", "format"})


_NULL = "is null where the page shows a value"


class Answered(Value, frozen=True):
    """What a success says of one output rule: `problem` is "" where it is kept."""

    rule: Rule
    problem: str = ""
    reason: str = "response-shape"

    @property
    def null(self) -> bool:
        """Whether the problem is a null among the items of a list."""
        return self.problem.endswith(_NULL)


def check_answer(
    operation: Operation, value: Json, problems: Sequence[str] = ()
) -> Iterator[Answered]:
    """Yield what a success's value says of each output rule it touches.

    `value` is in the form of the response schema, `problems` what its reader met (see `Reading`).
    Null counts as absent; no body at all is an answer without members.
    """
    if value is None:
        value = {}
    types = {
        rule.member: rule
        for rule in operation.rules
        if rule.side == "output" and rule.kind == "type"
    }
    forms = _wrong_forms(problems)
    for rule in operation.rules:
        if rule.side != "output" or rule.kind not in _CHECKED or rule.sure < DEFAULT_CONFIDENCE:
            continue
        if rule.kind in ("required", "present"):
            yield from _required(rule, value)
        else:
            yield from _value(rule, value, types, forms)


def _required(rule: Rule, value: Json) -> Iterator[Answered]:
    name = steps(rule.member)[-1]
    for at in occurrences(value, parent(rule.member)):
        holder = _get(value, at)
        if not is_object(holder):
            continue
        missing = holder.get(name) is None
        said = "null" if name in holder else "not there"
        problem = f"{pointer((*at, name))} is {said}" if missing else ""
        yield Answered(rule=rule, problem=problem)
        if missing:
            return


_FORMS = frozenset({"timestamp-format", "timestamp-range", "bad-base64"})
"""Problems of one value: the protocol writes its type in another form."""

_LOOSE = ("Expires",)
"""What is given back as somebody has put it: S3's header, whose text need be no date."""


def _wrong_forms(problems: Sequence[str]) -> dict[str, str]:
    """Return what is said of values that are in the wrong form, by their pointers.

    boto3 reads many forms of a timestamp, clients in other languages only the one of the protocol.
    """
    found: dict[str, str] = {}
    for problem in problems:
        code, _, text = problem.partition(": ")
        path, _, said = text.partition(" is ")
        if code in _FORMS:
            found[path] = f"is {said}"
    return found


def _value(
    rule: Rule, value: Json, types: dict[str, Rule], forms: Mapping[str, str]
) -> Iterator[Answered]:
    touched = False
    for at in occurrences(value, rule.member):
        actual = _get(value, at)
        if (actual is None and rule.kind != "type") or at == _LOOSE:
            continue
        problem = _problem(rule, actual, types.get(rule.member), at[-1] if at else "")
        if rule.kind == "type" and not problem and forms:
            problem = forms.get("".join(f"/{step}" for step in at), "")
        if problem:
            yield Answered(rule=rule, problem=f"{pointer(at)} {problem}")
            return
        touched = True
    if touched:
        yield Answered(rule=rule)


def _get(value: Json, at: tuple[str | int, ...]) -> Json:
    for step in at:
        if step == "\0key":
            return None
        value = value[step]
    return value


def _problem(rule: Rule, actual: Json, type_rule: Rule | None, last: str | int) -> str:
    match rule.kind:
        case "type":
            if actual is None:
                return _NULL if _never_null(last) else ""
            return "" if any(_is(word, actual) for word in rule.values) else f"is {_named(actual)}"
        case "enum":
            if not isinstance(actual, str) or any(actual in values for values in rule.values):
                return ""
            return f"is {actual!r}, which is not documented"
        case _:
            wrong = isinstance(actual, str) and of_format(actual, str(rule.value)) is False
            return f"is {str(actual)[:60]!r}, not {rule.value}" if wrong else ""


def _never_null(last: str | int) -> bool:
    """Whether null is wrong at a place: in a list; a null member is taken for absent."""
    return isinstance(last, int)


def _is(word: str, actual: Json) -> bool:
    number = isinstance(actual, int | float) and not isinstance(actual, bool)
    match word:
        case "string":
            return isinstance(actual, str)
        case "integer":
            return number and float(actual).is_integer()
        case "float":
            return number or actual in ("NaN", "Infinity", "-Infinity")
        case "boolean":
            return isinstance(actual, bool)
        case "dict":
            return isinstance(actual, dict)
        case "list":
            return isinstance(actual, list)
        case "datetime":
            return number or (isinstance(actual, str) and re.match(r"[A-Z\d]", actual) is not None)
        case "bytes":
            return isinstance(actual, str)
        case _:
            return True


def _named(actual: Json) -> str:
    return _NAMES.get(type(actual).__name__, "null")


_NAMES = {
    "bool": "a boolean",
    "int": "a number",
    "float": "a number",
    "str": "a string",
    "list": "a list",
    "dict": "an object",
}

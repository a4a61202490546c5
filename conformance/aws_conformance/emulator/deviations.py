"""The functions behind the faults: each makes the emulator deviate in exactly one way.

Five kinds, by where they act: on the contract that is enforced (`Loosen`), on a request that is
valid (`Object`), on the answer to a refused request (`Misanswer`), on an output (`Spoil`), and on
the response that carries it (`Mislabel`). All are pure.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from aws_conformance.emulator.encoding import response
from aws_conformance.emulator.protocols import error_response
from aws_conformance.emulator.refusals import (
    Failure,
    Refusal,
    convention,
    error_classes,
    failure,
    framework,
    from_shape,
)
from aws_conformance.emulator.synthesis import example
from aws_conformance.emulator.validation import decoded, utf8_length
from aws_conformance.exchange import Answer, Response, Silence
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import from_steps, get, occurrences, parent, shape_at, steps
from aws_specs.spec import (
    ErrorShape,
    Json,
    List,
    Map,
    Operation,
    Rule,
    Scalar,
    Statement,
    Structure,
)

Loosen = Callable[[Operation, Rule], Operation]
Object = Callable[[Operation, Rule, str, Json], bool]
Misanswer = Callable[[Operation, Failure, str], Answer]
Spoil = Callable[[Operation, Rule, Json], Json]
Mislabel = Callable[[Operation, Response], Response]

# ---------------------------------------------------------------- the contract that is enforced


def without(operation: Operation, rule: Rule) -> Operation:
    """Return the operation without one rule."""
    return replace(operation, rules=tuple(one for one in operation.rules if one.id != rule.id))


def one_off(operation: Operation, rule: Rule) -> Operation:
    """Return the operation with the rule's upper limit one higher, or its lower limit one lower."""
    key, step = ("max", 1) if limit(rule, "max") is not None else ("min", -1)
    statements = tuple(_shifted(statement, key, step) for statement in rule.statements)
    changed = replace(rule, statements=statements)
    rules = tuple(changed if one.id == rule.id else one for one in operation.rules)
    return replace(operation, rules=rules)


def limit(rule: Rule, key: str) -> Any:
    """Return the rule's first stated "min" or "max", or None."""
    return next(iter(_stated(rule, key)), None)


def _stated(rule: Rule, key: str) -> list[Any]:
    """Return every stated value of one key of the rule's values that are objects."""
    values = [value for value in rule.values if is_object(value)]
    return [value[key] for value in values if value.get(key) is not None]


def _shifted(statement: Statement, key: str, step: int) -> Statement:
    value = statement.value
    if not is_object(value) or value.get(key) is None:
        return statement
    return Statement(source=statement.source, value={**value, key: value[key] + step})


# ---------------------------------------------------------------- requests that are valid


def has_value(operation: Operation, rule: Rule, value: str, params: Json) -> bool:
    """Whether the request carries this value at the rule's member."""
    return any(get(params, at) == value for at in occurrences(params, rule.member))


def at_limit(operation: Operation, rule: Rule, value: str, params: Json) -> bool:
    """Whether a value of the request stands exactly at the rule's upper (or only, lower) limit."""
    key = "max" if limit(rule, "max") is not None else "min"
    limits = _stated(rule, key)
    found = (get(params, at) for at in occurrences(params, rule.member))
    return any(_measure(operation, rule, one) in limits for one in found)


def _measure(operation: Operation, rule: Rule, value: Json) -> float | None:
    if isinstance(value, (int, float)):
        return value
    if is_list(value) or is_object(value):
        return len(value)
    if not isinstance(value, str):
        return None
    shape = shape_at(operation.input, rule.member)
    if isinstance(shape, Scalar) and shape.type == "blob":
        return len(decoded(value) or b"")
    return utf8_length(value) if rule.value.get("unit") == "bytes" else len(value)


# ---------------------------------------------------------------- answers to refused requests


def wrong_error(operation: Operation, right: Failure, request_id: str) -> Answer:
    """Answer with an error that the operation declares for something else."""
    return error_response(
        operation, from_shape(other_error(operation, right), right.message), request_id
    )


def other_errors(operation: Operation, expected: str) -> list[ErrorShape]:
    """Return the declared errors that never answer what one of class `expected` should answer.

    Those furthest from it come first. Denials and throttling are left out: any request may get
    them; so are failures of the server, which are a deviation of their own.
    """
    classes = error_classes(operation)
    return [
        shape
        for wanted in _ELSEWHERE.get(expected, _NEITHER)
        for shape in operation.errors
        if classes.get(shape.name) == wanted and shape.status < 500
    ]


_ELSEWHERE: Mapping[str, tuple[str, ...]] = {"conflict": ("not-found", "validation")}
_NEITHER = ("conflict", "other", "quota")


def other_error(operation: Operation, right: Failure) -> ErrorShape:
    return other_errors(operation, class_of(operation, right.code))[0]


def class_of(operation: Operation, code: str) -> str:
    """Return the class of a declared error by its wire code, or ""."""
    names = (shape.name for shape in operation.errors if shape.code == code)
    return error_classes(operation).get(next(names, ""), "")


def undocumented_error(operation: Operation, right: Failure, request_id: str) -> Answer:
    """Answer with an error that nobody documents."""
    return error_response(operation, replace(right, code="UnheardOfException", name=""), request_id)


def wrong_status(operation: Operation, right: Failure, request_id: str) -> Answer:
    """Answer with the right error and a status that the model does not give it."""
    return error_response(operation, replace(right, status=418), request_id)


def untyped_error(operation: Operation, right: Failure, request_id: str) -> Answer:
    """Answer with an error whose type is nowhere on the wire."""
    return error_response(operation, replace(right, code="", name=""), request_id)


def html_error(operation: Operation, right: Failure, request_id: str) -> Answer:
    """Answer with a web page, as a proxy or a framework does."""
    page = b"<!doctype html><title>400 Bad Request</title><h1>Bad Request</h1>"
    return response(right.status, page, request_id, content_type="text/html; charset=utf-8")


def server_error(operation: Operation, right: Failure, request_id: str) -> Answer:
    """Answer as if the server had failed."""
    broken = failure(operation, Refusal(cause="server", message="An internal error occurred."))
    if broken.status < 500:
        code, status = framework(operation, "server")
        broken = replace(broken, code=code, name="", status=status)
    return error_response(operation, broken, request_id)


def hang_up(operation: Operation, right: Failure, request_id: str) -> Answer:
    """Close the connection without an answer."""
    return Silence(kind="hangup", detail="the emulator was told to hang up")


def not_found(operation: Operation, right: Failure, request_id: str) -> Answer:
    """Answer that something does not exist, where a constraint is broken."""
    classes = error_classes(operation)
    for shape in operation.errors:
        if classes.get(shape.name) == "not-found":
            return error_response(operation, from_shape(shape, right.message), request_id)
    code, status = framework(operation, "not-found")
    members = convention(operation)
    found = Failure(code=code, status=status, message=right.message, members=members)
    return error_response(operation, found, request_id)


# ---------------------------------------------------------------- outputs


def lacking(operation: Operation, rule: Rule, output: Json) -> Json:
    """Return the output without the rule's member."""
    changed, places = _with(operation, rule, output)
    for at in places:
        del get(changed, at[:-1])[at[-1]]
    return changed


def nulled(operation: Operation, rule: Rule, output: Json) -> Json:
    """Return the output with null at the rule's member."""
    return _put(operation, rule, output, None)


def of_wrong_type(operation: Operation, rule: Rule, output: Json) -> Json:
    """Return the output with a value of another JSON type at the rule's member."""
    return _put(operation, rule, output, _wrong_type(operation, rule.member))


def outside_enum(operation: Operation, rule: Rule, output: Json) -> Json:
    """Return the output with a value that the member's enum does not have."""
    return _put(operation, rule, output, "OUTSIDE_THE_ENUM")


def _wrong_type(operation: Operation, path: str) -> Json:
    match shape_at(operation.output, path):
        case Scalar(type="string" | "blob" | "stream" | "timestamp"):
            return {"unexpected": True}
        case List() | Map() | Structure():
            return "unexpected"
        case _:
            return "not of this type"


def _put(operation: Operation, rule: Rule, output: Json, value: Json) -> Json:
    changed, places = _with(operation, rule, output)
    for at in places:
        get(changed, at[:-1])[at[-1]] = value
    return changed


def _with(operation: Operation, rule: Rule, output: Json) -> tuple[Json, list[tuple[Any, ...]]]:
    """Return a copy of the output in which the rule's member is there, and its places."""
    changed = copy.deepcopy(output)
    parts = steps(rule.member)
    for count in range(1, len(parts) + 1):
        path = from_steps(parts[:count])
        if not any(True for _ in occurrences(changed, path)):
            _create(operation, changed, path)
    return changed, list(occurrences(changed, rule.member))


def _create(operation: Operation, output: Json, path: str) -> None:
    step = steps(path)[-1]
    for at in list(occurrences(output, parent(path)))[:1]:
        holder = get(output, at)
        if step == "[]":
            holder.append(example(operation, path))
        elif step == "{}":
            holder["key-0"] = example(operation, path)
        else:
            holder[step] = example(operation, path)


# ---------------------------------------------------------------- responses


def other_success(operation: Operation, right: Response) -> Response:
    """Return the response with another status of success than any documented one.

    Where a second one is documented, it is 200 beside 204, or 202 beside 200 (S3).
    """
    return replace(right, status=200 if right.status == 201 else 201)

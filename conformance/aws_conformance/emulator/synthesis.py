"""The smallest answer that satisfies a response shape, for operations without a handler.

Required members, those that identify what was made, and the body's document are there; everything
else is absent. A value keeps the enum, length, range, pattern and format that the rules state of
it, as far as a candidate can be found; the same operation always gets the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aws_conformance.emulator import patterns
from aws_conformance.emulator.dialects import compiled
from aws_conformance.emulator.state import ACCOUNT, FAR_FUTURE, REGION, identifier
from aws_specs.jsonvalues import is_object
from aws_specs.paths import join, shape_at
from aws_specs.spec import Json, List, Map, Member, Operation, Recursive, Scalar, Shape, Structure

Facts = Mapping[str, Mapping[str, Json]]

_DEEPEST = 12
"""How far required members are followed through recursive shapes."""


def minimal_output(operation: Operation) -> dict[str, Json]:
    """Return an output with the members that the operation's response must have."""
    return _structure(operation, facts(operation), operation.output, "", 0)


def made_output(operation: Operation, number: int) -> dict[str, Json]:
    """Return the same output, with the identifiers of the thing of that number.

    Equal to that of another number where no identifier can differ.
    """
    output = minimal_output(operation)
    _identify(output, facts(operation), operation.output, "", number)
    return output


def _identify(output: Json, known: Facts, shape: Shape, path: str, number: int) -> None:
    """Give the identifiers of a structure other values, in place."""
    for member in shape.members if isinstance(shape, Structure) else ():
        here = join(path, member.name)
        value = output.get(member.name)
        if is_object(value):
            _identify(value, known, member.shape, here, number)
        elif isinstance(value, str) and isinstance(member.shape, Scalar) and _names_it(member.name):
            output[member.name] = _another(known.get(here, {}), here, number)


def _names_it(name: str) -> bool:
    """Whether a member holds what identifies a thing, by its name; not the request's own id."""
    lower = name.lower()
    return lower.endswith(("id", "arn")) and not lower.startswith("request")


def _another(rules: Mapping[str, Json], path: str, number: int) -> str:
    """Return the text of that number for an identifier, as far as its rules leave others."""
    last = _string(rules, path, number)
    low, high = _limit(rules, "length", "min", 0), _limit(rules, "length", "max", None)
    pattern = rules.get("pattern")
    if last != _string(rules, path, number + 1) or not isinstance(pattern, str):
        return last
    fitting = [t for t in patterns.samples(pattern) if _fits(t, low, high) and _matches(pattern, t)]
    ends = (last[:-1] + letter for letter in "0123456789abcdefABCDEF")
    fitting += [text for text in ends if last and _matches(pattern, text)]
    others = sorted(set(fitting))
    return others[number % len(others)] if others else last


def facts(operation: Operation) -> Facts:
    """Index the response's rules: by member path, then by kind, the first statement's value."""
    found: dict[str, dict[str, Json]] = {}
    for rule in operation.rules:
        if rule.side == "output":
            found.setdefault(rule.member, {}).setdefault(rule.kind, rule.value)
    return found


def example(operation: Operation, path: str) -> Json:
    """Return a value for one member of the response, whether or not it must be there."""
    shape = shape_at(operation.output, path)
    return None if shape is None else _value(operation, facts(operation), shape, path, 0)


def _structure(
    operation: Operation, known: Facts, shape: Structure, path: str, depth: int
) -> dict[str, Json]:
    output: dict[str, Json] = {}
    for member in shape.members:
        here = join(path, member.name)
        if {"required", "present"} & known.get(here, {}).keys() or _is_document(member):
            output[member.name] = _value(operation, known, member.shape, here, depth + 1)
    if shape.union and not output and shape.members:
        first = shape.members[0]
        here = join(path, first.name)
        output[first.name] = _value(operation, known, first.shape, here, depth + 1)
    return output


def _is_document(member: Member) -> bool:
    """Whether a member is the whole body, as a document: an answer without it would say nothing."""
    return member.location == "payload" and not isinstance(member.shape, Scalar)


def _value(operation: Operation, known: Facts, shape: Shape, path: str, depth: int) -> Json:
    if depth > _DEEPEST:
        return None
    rules = known.get(path, {})
    match shape:
        case Structure():
            return _structure(operation, known, shape, path, depth)
        case List():
            count = _limit(rules, "items", "min", 0)
            item = _value(operation, known, shape.item, f"{path}[]", depth + 1)
            return [item] * count
        case Map():
            count = _limit(rules, "items", "min", 0)
            value = _value(operation, known, shape.value, f"{path}{{}}", depth + 1)
            return {f"key-{number}": value for number in range(count)}
        case Recursive():
            target = shape_at(operation.output, shape.to)
            if target is None or isinstance(target, Recursive):
                return {}
            return _value(operation, known, target, shape.to, depth + 1)
        case Scalar():
            return _scalar(shape, rules, path)


def _scalar(shape: Scalar, rules: Mapping[str, Json], path: str) -> Json:
    match shape.type:
        case "boolean":
            return False
        case "integer" | "float":
            low, high = _limit(rules, "range", "min", 0), _limit(rules, "range", "max", None)
            return max(low, 0) if high is None or high >= 0 else high
        case "blob" | "stream":
            return ""
        case "timestamp":
            return "2024-01-01T00:00:00Z"
        case "document":
            return {}
        case "string":
            return _string(rules, path)


def _string(rules: Mapping[str, Json], path: str, number: int | None = None) -> str:
    if values := rules.get("enum"):
        return str(values[0])
    low = _limit(rules, "length", "min", 0)
    high = _limit(rules, "length", "max", None)
    fitting = [text for text in _candidates(path, low, high, number) if _fits(text, low, high)]
    pattern = rules.get("pattern")
    if isinstance(pattern, str):
        texts = (*fitting, *(text for text in patterns.samples(pattern)))
        matching = (t for t in texts if _fits(t, low, high) and _matches(pattern, t))
        return next(matching, fitting[0] if fitting else "a" * low)
    return fitting[0] if fitting else "a" * low


def _fits(text: str, low: int, high: int | None) -> bool:
    return len(text) >= low and (high is None or len(text) <= high)


def _candidates(path: str, low: int, high: int | None, number: int | None) -> Iterator[str]:
    """Yield texts for a member: what its name suggests, then plain ones of a fitting length."""
    name = path.rpartition(".")[2]
    unique = identifier("example", path, *(() if number is None else (number,)))
    arn = f"arn:aws:service:{REGION}:{ACCOUNT}:resource/{unique}"
    if name.lower().endswith("arn"):
        yield arn
    if name.lower().endswith(("expiry", "time", "date", "at")):
        yield FAR_FUTURE
    if name.lower().endswith(("url", "uri")):
        yield f"https://example.com/{unique}"
    length = max(low, 1) if high is None else min(max(low, 1), high)
    yield from (unique, unique.replace("-", ""), arn, unique[:length], ACCOUNT)
    for letter in "a1A":
        yield letter * length
        yield letter * max(length, min(high or 10, 10))
    yield from ("us-east-1", "1.0", "example", "example.com", "/example", "2024-01-01", "")


def _matches(pattern: str, text: str) -> bool:
    known = compiled(pattern)
    return known is None or known.fullmatch(text) is not None


def _limit(rules: Mapping[str, Json], kind: str, key: str, default: Any) -> Any:
    value = rules.get(kind)
    found = value.get(key) if is_object(value) else None
    return default if found is None else found

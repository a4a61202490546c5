"""The kinds of rules: one entry a kind, its functions side by side.

* *satisfy* narrows a member's domain to what keeps the rule (`aws_strategies.domain.NARROW`);
* *break* yields every way of being wrong, the smallest first;
* *keeps* says of a value whether it keeps one statement: yes, no, or it depends on the reading;
* *expect* names the classes of errors that may answer a broken rule.

A valid request keeps every statement surely; an invalid one breaks every statement surely.
Adding a kind: an entry here, the reader that recognises it, a test.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from aws_specs.paths import KEY, Concrete, occurrences, parent, steps
from aws_specs.schema import loosest
from aws_specs.spec import Json, Kind, List, Map, Recursive, Rule, Scalar, Shape, Structure, Value
from aws_strategies.build import (
    Builder,
    NoValueError,
    distinct_keys,
    exists,
    fetch,
    member_name,
    relative,
    triggers,
)
from aws_strategies.domain import LONGEST, MOST_ITEMS, Domain, oversized, text
from aws_strategies.plan import Plan
from aws_strategies.text import FORMATS, breaking, compiled, matches, mismatches, of_format


class Breach(Value, frozen=True):
    """One way of breaking a rule at one place of a valid request.

    `what` names the way; `op` is what is done at the concrete path `at` ("rename" gives a map key the
    name `new`). `unsure`: a target may read the rule so that the value keeps it.
    """

    what: str
    op: Literal["replace", "add", "remove", "rename"]
    at: Concrete
    new: Json = None
    unsure: bool = False


Breaks = Callable[[Plan, Rule, Json, Concrete], Iterator[Breach]]
Keeps = Callable[[Json, Json], bool | None]


class Behaviour(Value, frozen=True):
    """One row of the table of kinds."""

    breaks: Breaks
    keeps: Keeps
    expect: frozenset[str] = frozenset({"validation"})


def _change(what: str, at: Concrete, new: Json, unsure: bool = False) -> Breach:
    """Replace a value, or rename the key where the place is a map key."""
    return Breach(
        what=what, op="rename" if at[-1] == KEY else "replace", at=at, new=new, unsure=unsure
    )


# ---------------------------------------------------------------- required


def _break_required(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    member = plan.members[rule.member]
    yield Breach(what="absent", op="remove", at=at)
    if member.location in ("", "payload"):
        yield _change("null", at, None)


# ---------------------------------------------------------------- type

_WRONG: Mapping[str, tuple[tuple[str, Json], ...]] = {
    "string": (("number", 123), ("boolean", True), ("array", ["a"]), ("object", {"a": "b"})),
    "integer": (("string", "123"), ("boolean", True), ("fraction", 1.5), ("array", [1]), ("object", {"a": 1})),
    "float": (("string", "1.5"), ("boolean", True), ("array", [1.5]), ("object", {"a": 1.5})),
    "boolean": (("string", "true"), ("number", 1), ("array", [True]), ("object", {"a": True})),
    "bytes": (("number", 123), ("boolean", True), ("array", ["YQ=="]), ("object", {"a": "YQ=="})),
    "datetime": (("array", [1]), ("object", {"a": 1}), ("boolean", True)),
    "dict": (("string", "aws-conformance"), ("array", ["a"]), ("number", 123), ("boolean", True)),
    "list": (("string", "aws-conformance"), ("object", {"a": "b"}), ("number", 123), ("boolean", True)),
}  # fmt: skip

_WRONG_TEXT: Mapping[str, tuple[tuple[str, Json], ...]] = {
    "integer": (("string", "abc"), ("fraction", "1.5")),
    "float": (("string", "abc"),),
    "boolean": (("string", "maybe"),),
    "datetime": (("string", "not-a-timestamp"),),
}
"""Wrong types where everything is text: in the path, the query and headers."""


def _break_type(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    if at[-1] == KEY:
        return
    member = plan.members.get(rule.member)
    if member is not None and streamed(member.shape):
        return
    table = _WRONG_TEXT if member is not None and _textual(member.location) else _WRONG
    for what, value in table.get(rule.value, ()):
        yield _change(what, at, value)


def _textual(location: str) -> bool:
    return location in ("uri", "querystring", "header", "headers")


def streamed(shape: Shape) -> bool:
    """Return whether a member is the raw body: any bytes are right for it."""
    return isinstance(shape, Scalar) and shape.streaming


def _keeps_type(value: Json, actual: Json) -> bool | None:
    check = _IS.get(value)
    return None if check is None else check(actual)


def _number(actual: Json) -> bool:
    return isinstance(actual, int | float) and not isinstance(actual, bool)


_IS: Mapping[str, Callable[[Json], bool]] = {
    "string": lambda actual: isinstance(actual, str),
    "bytes": lambda actual: isinstance(actual, str),
    "datetime": lambda actual: isinstance(actual, str) or _number(actual),
    "integer": lambda actual: isinstance(actual, int) and not isinstance(actual, bool),
    "float": _number,
    "boolean": lambda actual: isinstance(actual, bool),
    "dict": lambda actual: isinstance(actual, dict),
    "list": lambda actual: isinstance(actual, list),
    "document": lambda actual: True,
}


# ---------------------------------------------------------------- enum, unsupported

OUTSIDER = "AWS_CONFORMANCE_OUTSIDER"


def _break_enum(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    known = {str(item) for value in (*rule.values, rule.known) for item in value}
    first = str(rule.value[0]) if rule.value else ""
    folded = {item.lower() for item in known}
    yield _change("outsider", at, OUTSIDER if OUTSIDER not in known else OUTSIDER + "_2")
    turned = first.lower() if first != first.lower() else first.upper()
    if turned not in known and turned.lower() in folded:
        yield _change("wrong-case", at, turned)
    if "" not in known:
        yield _change("empty", at, "")


def _break_unsupported(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    supported = {item for value in rule.values for item in value.get("supported", [])}
    if not supported:
        yield Breach(what="present", op="add", at=at, new=_some(plan, rule.member))
        return
    enum = plan.rule(rule.member, "enum")
    others = [item for item in enum.value if item not in supported] if enum else [OUTSIDER]
    for item in others:
        yield _change(str(item), at, item)


def _some(plan: Plan, path: str) -> Json:
    """Return a typical value for a member that no valid request has."""
    shape = plan.shapes[path]
    if isinstance(shape, Scalar):
        return Builder(plan).scalar(shape, path)
    if isinstance(shape, Structure):
        return {m.name: _some(plan, f"{path}.{m.name}") for m in shape.members[:2]}
    return [] if isinstance(shape, List) else {}


def _keeps_unsupported(value: Json, actual: Json) -> bool | None:
    supported = value.get("supported", [])
    return actual in supported if supported else False


# ---------------------------------------------------------------- length, items, range

_WIDE = "é"
"""Two bytes in UTF-8, one character."""


def _break_length(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    limits, unit = loosest(rule), rule.value.get("unit")
    shape = plan.shapes[rule.member]
    if rule.value.get("total"):
        yield from _break_total(plan, rule, request, at)
    elif isinstance(shape, Scalar) and shape.type == "blob":
        yield from _break_blob(limits, at)
    else:
        yield from _break_text(plan, rule, limits, unit == "bytes", at)


def _break_text(
    plan: Plan, rule: Rule, limits: Mapping[str, Json], in_bytes: bool, at: Concrete
) -> Iterator[Breach]:
    domain, name = plan.domain(rule.member), member_name(rule.member)
    high, low = limits.get("max"), limits.get("min", 0)
    if high is not None and high < LONGEST:
        value = oversized(domain, name, high + 1)
        if value is not None:
            yield _change("above-max", at, value)
        wide = _WIDE * (high // 2 + 1)
        if in_bytes and not domain.patterns:
            yield _change("above-max-in-bytes", at, wide)
    if low >= 1:
        value = oversized(domain, name, low - 1)
        if value is not None or low == 1:
            yield _change("below-min", at, value or "")


def _break_total(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Break a limit over all entries of a map whichever strings of an entry a target counts."""
    high = loosest(rule)["max"]
    shape = plan.below(rule.member)
    if not isinstance(shape, Map) or high > LONGEST:
        return
    member = f"{rule.member}{{}}.Value"
    value = plan.domain(member) if member in plan.shapes else Domain()
    entry = dict(Builder(plan).typical(f"{rule.member}{{}}"))
    each = min(value.longest or high, high)
    entries, left, number = {}, high + 1, 0
    while left > 0:
        size = min(each, left)
        number += 1
        entries[f"key{number}"] = {**entry, "Value": "x" * size}
        left -= size
    yield _change("above-max", at, entries)


def _break_blob(limits: Mapping[str, Json], at: Concrete) -> Iterator[Breach]:
    high, low = limits.get("max"), limits.get("min", 0)
    if high is not None and high < LONGEST:
        yield _change("above-max", at, base64.b64encode(b"x" * (high + 1)).decode())
    if low >= 1:
        yield _change("below-min", at, base64.b64encode(b"x" * (low - 1)).decode())


def _keeps_length(value: Json, actual: Json) -> bool | None:
    if value.get("total"):
        return _keeps_total(value, actual)
    if not isinstance(actual, str):
        return True
    size = len(actual)
    if value.get("unit") == "bytes":
        size = len(actual.encode("utf-8", "surrogatepass"))
    return _between(value, size)


def _keeps_blob_length(value: Json, actual: Json) -> bool | None:
    decoded = _decoded(actual)
    return True if decoded is None else _between(value, len(decoded))


def _keeps_total(value: Json, actual: Json) -> bool | None:
    """Kept if all texts together fit; broken only if the values alone do not."""
    if not isinstance(actual, dict):
        return True
    entries = [entry for entry in actual.values() if isinstance(entry, dict)]
    values = sum(_bytes(entry.get("Value")) for entry in entries)
    everything = sum(map(_bytes, actual)) + sum(_bytes(v) for e in entries for v in e.values())
    if everything <= value["max"]:
        return True
    return False if values > value["max"] else None


def _bytes(value: Json) -> int:
    return len(value.encode()) if isinstance(value, str) else 0


def _between(limits: Mapping[str, Json], size: float) -> bool:
    low, high = limits.get("min"), limits.get("max")
    return (low is None or size >= low) and (high is None or size <= high)


def _break_items(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    limits = loosest(rule)
    high, low = limits.get("max"), limits.get("min", 0)
    if high is not None and high < MOST_ITEMS:
        yield _change("above-max", at, entries_of(plan, rule.member, high + 1))
    if low >= 1:
        yield _change("below-min", at, entries_of(plan, rule.member, low - 1))


def entries_of(plan: Plan, path: str, count: int) -> Json:
    """Return a list or map of exactly `count` typical entries (fewer where keys run out)."""
    shape = plan.below(path)
    builder = Builder(plan)
    if isinstance(shape, List):
        return [_numbered(builder.typical(f"{path}[]"), n) for n in range(count)]
    if not isinstance(shape, Map):
        raise NoValueError(f"{path}: neither a list nor a map")
    first = str(builder.typical(f"{path}{{key}}"))
    keys = distinct_keys(first, count, plan.domain(f"{path}{{key}}"))[:count]
    return {key: builder.typical(f"{path}{{}}") for key in keys}


def _numbered(item: Json, number: int) -> Json:
    return item


def _keeps_items(value: Json, actual: Json) -> bool | None:
    return _between(value, len(actual)) if isinstance(actual, list | dict) else True


def _break_range(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    limits = loosest(rule)
    if limits.get("max") is not None:
        yield _change("above-max", at, _next(limits["max"], 1))
    if limits.get("min") is not None:
        yield _change("below-min", at, _next(limits["min"], -1))


def _next(limit: Any, step: int) -> Json:
    return limit + step


def _keeps_range(value: Json, actual: Json) -> bool | None:
    return _between(value, actual) if _number(actual) else True


# ---------------------------------------------------------------- pattern, format


def _break_pattern(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    domain = plan.domain(rule.member)
    high = domain.longest if domain.longest is not None else LONGEST
    valid = text(domain, member_name(rule.member)) or ""
    for value, sure in breaking(rule.value, valid, domain.shortest, high):
        yield _change("mismatch", at, value, unsure=not sure)


def _keeps_pattern(value: Json, actual: Json) -> bool | None:
    if not isinstance(actual, str) or compiled(value) is None:
        return True
    if matches(value, actual):
        return True
    return False if mismatches(value, actual) else None


def _break_format(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    wrong = "not base64!" if rule.value == "base64" else f"not-a-valid-{rule.value}"
    if of_format(wrong, rule.value) is False:
        yield _change("malformed", at, wrong)


def _keeps_format(value: Json, actual: Json) -> bool | None:
    """A format we cannot decide counts as kept: such a rule is never broken either."""
    return not isinstance(actual, str) or of_format(actual, value) is not False


def _decoded(value: Json) -> bytes | None:
    if not isinstance(value, str):
        return None
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None


# ---------------------------------------------------------------- conditional, exclusive, exists


def _break_conditional(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Break what follows where the condition holds; `at` is where its member stands."""
    when, then = rule.value["when"], rule.value["then"]
    target = relative(at, when["member"], then["member"])
    if target is None:
        return
    present = exists(request, target)
    match then["kind"]:
        case "required" if present:
            yield Breach(what="absent", op="remove", at=target)
        case "unsupported" if not present:
            yield Breach(what="present", op="add", at=target, new=_some(plan, then["member"]))
        case "format" if present:
            yield _change("malformed", target, f"not-a-valid-{then['value']}")
        case "enum" if present:
            yield _change("outsider", target, OUTSIDER)
        case _:
            return


def _break_exclusive(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Add a second member beside the first; `at` is where the one that is present stands."""
    members = list(rule.value["members"])
    here = next((path for path in members if len(steps(path)) == len(at)
                 and steps(path)[-1] == at[-1]), members[0])  # fmt: skip
    for other in members:
        target = relative(at, here, other)
        if other != here and target is not None and not exists(request, target):
            yield Breach(what="both", op="add", at=target, new=_some(plan, other))
            return


def _break_exists(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    """Name something else of the same form: only where a binding says what there is."""
    bound = plan.bindings.get(rule.member)
    if bound is None:
        return
    other = _stranger(bound)
    if other != bound and plan.domain(rule.member).allows(other):
        yield _change("stranger", at, other)


def _stranger(value: str) -> str:
    """Return a value of the same form that names something else: its last letters turned."""
    turned = {"0": "9", "1": "8", "a": "f", "b": "e"}
    tail = "".join(turned.get(char, "0" if char.isdigit() else "a" if char.isalpha() else char)
                   for char in value[-8:])  # fmt: skip
    return value[:-8] + tail


def _never(plan: Plan, rule: Rule, request: Json, at: Concrete) -> Iterator[Breach]:
    return iter(())


def _unknown(value: Json, actual: Json) -> bool | None:
    return True


_SIZE = frozenset({"validation", "quota"})

KINDS: Mapping[Kind, Behaviour] = {
    "required": Behaviour(_break_required, _unknown),
    "type": Behaviour(_break_type, _keeps_type),
    "enum": Behaviour(_break_enum, lambda value, actual: actual in value),
    "unsupported": Behaviour(
        _break_unsupported, _keeps_unsupported, frozenset({"validation", "unknown-operation"})
    ),
    "length": Behaviour(_break_length, _keeps_length, _SIZE),
    "items": Behaviour(_break_items, _keeps_items, _SIZE),
    "range": Behaviour(_break_range, _keeps_range, _SIZE),
    "pattern": Behaviour(_break_pattern, _keeps_pattern),
    "format": Behaviour(_break_format, _keeps_format),
    "conditional": Behaviour(_break_conditional, _unknown),
    "exclusive": Behaviour(_break_exclusive, _unknown),
    "exists": Behaviour(_break_exists, _unknown, frozenset({"not-found"})),
    "idempotency": Behaviour(_never, _unknown, frozenset({"conflict"})),
}
"""The table. Kinds without an entry state nothing that one request could break."""


def broken(plan: Plan, request: Json, *, surely: bool) -> set[str]:
    """Return the ids of the rules a request breaks, of any confidence, checkable or not.

    With `surely` only those whose every statement is broken in every reading; without, also those
    of which one statement may be read as broken: a valid request must have none of these.
    """
    found: set[str] = set()
    for rules in plan.rules.values():
        for rule in rules:
            for at in places(rule, request):
                if _breaks_at(plan, rule, request, at, surely):
                    found.add(rule.id)
                    break
    return found


def places(rule: Rule, request: Json) -> Iterator[Concrete]:
    """Yield where a rule applies in a request; for `required` where the member could stand."""
    match rule.kind:
        case "required":
            name = steps(rule.member)[-1]
            for at in occurrences(request, parent(rule.member)):
                if isinstance(fetch(request, at), dict):
                    yield (*at, name)
        case "conditional" if "member" in rule.value["when"]:
            yield from triggers(request, rule.value["when"])
        case "conditional":
            return
        case "exclusive":
            for path in rule.value["members"]:
                yield from occurrences(request, path)
        case _:
            yield from occurrences(request, rule.member)


def value_at(request: Json, at: Concrete) -> Json:
    """Return the value, or the key itself where the place is a map key."""
    return at[-2] if at and at[-1] == KEY else fetch(request, at)


def _breaks_at(plan: Plan, rule: Rule, request: Json, at: Concrete, surely: bool) -> bool:
    match rule.kind:
        case "required":
            return not exists(request, at) or fetch(request, at) is None
        case "conditional":
            return _breaks_conditional(rule, request, at, surely)
        case "exclusive":
            return _breaks_exclusive(rule, request, at)
        case _:
            keeps = _keeps_for(plan, rule)
            actual = value_at(request, at)
            if rule.kind != "type" and not _typed(plan, rule.member, actual):
                return False
            if actual is None:
                return False
            answers = [keeps(value, actual) for value in rule.values]
            if rule.known and rule.kind == "enum" and actual in rule.known and surely:
                return False
            return _decide(answers, surely)


def _typed(plan: Plan, path: str, actual: Json) -> bool:
    """Return whether a value has its member's type: one of a wrong type breaks that rule alone."""
    rule = plan.rule(path, "type")
    return rule is None or any(_keeps_type(value, actual) is not False for value in rule.values)


def _keeps_for(plan: Plan, rule: Rule) -> Keeps:
    shape = plan.shapes.get(rule.member)
    if rule.kind == "length" and isinstance(shape, Scalar) and shape.type in ("blob", "stream"):
        return _keeps_blob_length
    return KINDS[rule.kind].keeps if rule.kind in KINDS else _unknown


def _decide(answers: list[bool | None], surely: bool) -> bool:
    return (
        all(answer is False for answer in answers)
        if surely
        else any(a is not True for a in answers)
    )


def _breaks_conditional(rule: Rule, request: Json, at: Concrete, surely: bool) -> bool:
    when, then = rule.value["when"], rule.value["then"]
    target = relative(at, when["member"], then["member"])
    if target is None:
        return False
    present = exists(request, target)
    match then["kind"]:
        case "required":
            return not present
        case "unsupported":
            supported = (then.get("value") or {}).get("supported")
            return present and not (supported and fetch(request, target) in supported)
        case "format" if present:
            return _decide([_keeps_format(then["value"], fetch(request, target))], surely)
        case "enum" if present:
            return fetch(request, target) not in then["value"]
        case _:
            return False


def _breaks_exclusive(rule: Rule, request: Json, at: Concrete) -> bool:
    members = rule.value["members"]
    here = next((path for path in members if steps(path)[-1] == at[-1]), None)
    if here is None:
        return False
    others = [relative(at, here, path) for path in members if path != here]
    return any(other is not None and exists(request, other) for other in others)


__all__ = ["FORMATS", "KINDS", "Behaviour", "Breach", "Recursive", "broken", "entries_of", "places"]

"""The faults that can be injected: one table, one row a verb.

A fault is written `RULE` ("does not enforce this rule", or breaks the output rule in its most
natural way), `RULE=VALUE` ("refuses this enum value") or `VERB:RULE`. Rule ids are those of specs,
verdicts and baselines. `fault_ids` lists what can be injected into an operation and seen from
outside: a fault nobody could notice is no fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal

from aws_conformance.emulator import deviations, patterns
from aws_conformance.emulator.handlers import HANDLERS
from aws_conformance.emulator.narrow import is_object
from aws_conformance.emulator.refusals import Cause, Refusal, failure
from aws_specs.errors import UsageError, closest
from aws_specs.paths import shape_at, steps
from aws_specs.protocol import malformed_rules
from aws_specs.spec import DEFAULT_CONFIDENCE, Operation, ProtocolSource, Rule, Scalar, Value

Stage = Literal["loosen", "object", "misanswer", "spoil", "mislabel", "token"]


class Verb(Value, frozen=True):
    """One way of deviating. `act` is the deviation's function, of the type that `stage` names.

    `applies` says of an operation and one of its rules whether the deviation makes sense there.
    """

    stage: Stage
    summary: str
    applies: Callable[[Operation, Rule], bool]
    act: Callable[..., Any] | None = None


class Fault(Value, frozen=True):
    """One deviation: a verb, the rule it is about, and the enum value where there is one."""

    id: str
    verb: str
    operation: str
    rule: Rule
    value: str = ""


# ---------------------------------------------------------------- where a verb makes sense

SCHEMA_KINDS = frozenset(
    {"required", "type", "enum", "length", "range", "items", "pattern", "format", "conditional",
     "exclusive", "unsupported"}
)  # fmt: skip
"""Kinds of rules that the request schema states."""

REFUSED_FOR: Mapping[str, str] = {
    "json-syntax": "serialization",
    "content-type": "media-type",
    "no-signature": "unsigned",
    "method": "method",
}
"""Protocol rules that name an operation even when they are broken, and the cause of the refusal."""

LIMIT_KINDS = frozenset({"length", "range", "items"})
_TEXT_LOCATIONS = frozenset({"uri", "querystring", "header", "headers"})


def rules_of(operation: Operation) -> tuple[Rule, ...]:
    """Return the operation's rules and those of its protocol."""
    return (*operation.rules, *malformed_rules(operation))


def enforced(operation: Operation, rule: Rule) -> bool:
    """Whether the emulator refuses requests for breaking this rule and no other."""
    if rule.side == "protocol":
        return rule.member in REFUSED_FOR and is_binding(rule)
    if rule.side != "input":
        return False
    if rule.kind == "exists" or is_external(rule):
        return by_handler(operation, rule)
    if not is_used(rule) or rule.kind not in SCHEMA_KINDS:
        return False
    return not _beside_the_point(operation, rule) and not _imperceptible(operation, rule)


def is_binding(rule: Rule) -> bool:
    """Whether a protocol's rule is normative; what is only a convention nobody can break."""
    return isinstance(rule.source, ProtocolSource) and rule.source.level == "N"


def is_used(rule: Rule) -> bool:
    """Whether the schemas state the rule: it can be checked, and is believed enough."""
    return rule.checkable and rule.sure >= DEFAULT_CONFIDENCE


def by_handler(operation: Operation, rule: Rule) -> bool:
    """Whether the operation's handler enforces the rule, because it depends on state."""
    handler = HANDLERS.get(operation.id)
    member = rule.value["then"]["member"] if is_external(rule) else rule.member
    return handler is not None and (member, rule.kind) in handler.enforces


def is_external(rule: Rule) -> bool:
    """Whether the rule's condition is about something that is not in the request."""
    return rule.kind == "conditional" and "external" in rule.value.get("when", {})


def _imperceptible(operation: Operation, rule: Rule) -> bool:
    """Whether whatever breaks the rule breaks another, or cannot be sent at all."""
    check = _UNSEEN.get(rule.kind)
    return check is not None and check(operation, rule)


def _beside_the_point(operation: Operation, rule: Rule) -> bool:
    """Whether the rule is about a member, or something below one, that is not supported at all."""
    return any(
        other.kind == "unsupported"
        and other.id != rule.id
        and is_used(other)
        and not other.value.get("supported")
        and is_at_or_below(rule.member, other.member)
        for other in operation.rules
    )


def is_at_or_below(path: str, above: str) -> bool:
    """Whether a member path is another one or below it."""
    return steps(path)[: len(steps(above))] == steps(above)


def _type_unseen(operation: Operation, rule: Rule) -> bool:
    """Text places (path, query, headers) carry only text, and a document may be anything."""
    shape = shape_at(operation.input, rule.member)
    text = isinstance(shape, Scalar) and shape.type == "string"
    return rule.value == "document" or (text and _location(operation, rule) in _TEXT_LOCATIONS)


def _enum_unseen(operation: Operation, rule: Rule) -> bool:
    """A member of whose values only some are supported refuses the others for that already."""
    return any(
        other.kind == "unsupported" and other.member == rule.member and is_used(other)
        for other in operation.rules
    )


def _length_unseen(operation: Operation, rule: Rule) -> bool:
    """A limit that excludes nothing, or nothing that pattern or total do not exclude already.

    An empty path label is no label at all, so that one character is no limit there.
    """
    low, high = deviations.limit(rule, "min") or 0, deviations.limit(rule, "max")
    if low == 1 and _location(operation, rule) == "uri":
        low = 0
    for other in operation.rules:
        if other.id != rule.id and is_used(other) and other.side == "input":
            low, high = _narrowed(rule, other, low, high)
    return low < 1 and high is None


def _narrowed(rule: Rule, other: Rule, low: int, high: int | None) -> tuple[int, int | None]:
    """Drop the limits that another rule makes pointless: 0 and None are no limits."""
    if other.kind == "pattern" and other.member == rule.member:
        widths = patterns.facts(str(other.value))
        if widths and widths.least >= low:
            low = 0
        if widths and widths.most is not None and high is not None and widths.most <= high:
            high = None
    if other.kind == "length" and other.value.get("total") and not rule.value.get("total"):
        total = deviations.limit(other, "max")
        below = is_at_or_below(rule.member, other.member) and rule.member.endswith(".Value")
        if below and high is not None and total is not None and total <= high:
            high = None
    return low, high


_UNSEEN: Mapping[str, Callable[[Operation, Rule], bool]] = {
    "type": _type_unseen,
    "enum": _enum_unseen,
    "length": _length_unseen,
    "items": _length_unseen,
}


def _location(operation: Operation, rule: Rule) -> str:
    name = steps(rule.member)[0] if rule.member else ""
    return next((m.location for m in operation.input.members if m.name == name), "")


def _is_limit(operation: Operation, rule: Rule) -> bool:
    return rule.kind in LIMIT_KINDS and enforced(operation, rule)


def _has_limit(operation: Operation, rule: Rule) -> bool:
    """Whether a value at the limit can succeed: the ids of things that exist have one length."""
    bound = _names_resource(operation, rule)
    return _is_limit(operation, rule) and not bound and not rule.value.get("total")


def _has_values(operation: Operation, rule: Rule) -> bool:
    return bool(refusable(operation, rule))


def refusable(operation: Operation, rule: Rule) -> tuple[str, ...]:
    """Return the values of an enum rule that a conforming server takes, by every statement."""
    if rule.side != "input" or rule.kind not in ("enum", "unsupported") or not is_used(rule):
        return ()
    lists = [_values(rule, value) for value in rule.values]
    lists += _narrower(operation, rule)
    return tuple(v for v in lists[0] if all(v in other for other in lists))


def _values(rule: Rule, value: Any) -> list[str]:
    return list(value.get("supported", ())) if rule.kind == "unsupported" else list(value)


def _narrower(operation: Operation, rule: Rule) -> Iterator[list[str]]:
    """Yield the value lists that other enforced rules set for the same member."""
    external: list[str] = []
    for other in operation.rules:
        if other.id == rule.id or not enforced(operation, other):
            continue
        if is_external(other) and other.value["then"]["member"] == rule.member:
            external += [str(value) for value in other.value["then"].get("value", ())]
        elif other.member == rule.member and other.kind == "unsupported":
            yield _values(other, other.value)
    if external:
        yield external


def _refused(operation: Operation, rule: Rule) -> bool:
    """Whether some request is refused on account of this rule."""
    if rule.side == "protocol":
        return rule.member in REFUSED_FOR
    if rule.kind == "error":
        return rule.value["code"] in answered_codes(operation)
    if rule.kind == "idempotency":
        return has_conflict(rule)
    return enforced(operation, rule)


def _answered(operation: Operation, rule: Rule) -> bool:
    """Whether it matters which error refuses a request on account of this rule.

    It does not where a protocol has only a convention, nor for a path with an empty label, which
    may be another operation's.
    """
    if rule.side == "protocol" and not is_binding(rule):
        return False
    if rule.kind == "required" and _location(operation, rule) == "uri":
        return False
    return _refused(operation, rule)


def answered_codes(operation: Operation) -> frozenset[str]:
    """Return the codes of declared errors that the emulator answers for some request."""
    handler = HANDLERS.get(operation.id)
    causes: list[Cause] = ["validation"]
    if handler and any(kind == "exists" for _, kind in handler.enforces):
        causes.append("not-found")
    if any(rule.kind == "idempotency" and has_conflict(rule) for rule in operation.rules):
        causes.append("conflict")
    return frozenset(failure(operation, Refusal(cause=c, message="")).code for c in causes)


def has_conflict(rule: Rule) -> bool:
    """Whether an idempotency rule documents an error for a token that is used again."""
    return any(is_object(value) and value.get("conflict") for value in rule.values)


def _answered_not_missing(operation: Operation, rule: Rule) -> bool:
    """Not found is no wrong answer to a wrong identifier: there is nothing of that name."""
    if rule.kind in ("exists", "idempotency", "error") or _names_resource(operation, rule):
        return False
    return _answered(operation, rule)


def _names_resource(operation: Operation, rule: Rule) -> bool:
    return any(one.kind == "exists" and one.member == rule.member for one in operation.rules)


def _answered_otherwise(operation: Operation, rule: Rule) -> bool:
    return _answered(operation, rule) and deviations.has_other_error(operation)


def _in_output(*kinds: str) -> Callable[[Operation, Rule], bool]:
    def applies(operation: Operation, rule: Rule) -> bool:
        if rule.side != "output" or rule.kind not in kinds or not is_used(rule):
            return False
        return not rule.member.endswith("{key}")

    return applies


def _is_token(operation: Operation, rule: Rule) -> bool:
    return rule.kind == "idempotency" and rule.side == "input" and operation.id in HANDLERS


def _is_strict_token(operation: Operation, rule: Rule) -> bool:
    return _is_token(operation, rule) and has_conflict(rule)


# ---------------------------------------------------------------- the table

FAULTS: Mapping[str, Verb] = {
    "unenforced": Verb("loosen", "does not enforce the rule", enforced, deviations.without),
    "off-by-one": Verb(
        "loosen", "accepts one more (or one less) than the limit", _is_limit, deviations.one_off
    ),
    "refuse-value": Verb("object", "refuses an enum value", _has_values, deviations.has_value),
    "refuse": Verb("object", "refuses a value at the limit", _has_limit, deviations.at_limit),
    "wrong-error": Verb(
        "misanswer",
        "answers with a documented error that means something else",
        _answered_otherwise,
        deviations.wrong_error,
    ),
    "undocumented-error": Verb(
        "misanswer",
        "answers with an error nobody documents",
        _answered,
        deviations.undocumented_error,
    ),
    "wrong-status": Verb(
        "misanswer", "answers with another HTTP status", _answered, deviations.wrong_status
    ),
    "untyped-error": Verb(
        "misanswer", "leaves the error's type out", _answered, deviations.untyped_error
    ),
    "html-error": Verb("misanswer", "answers with a web page", _answered, deviations.html_error),
    "server-error": Verb("misanswer", "answers 500", _refused, deviations.server_error),
    "hang-up": Verb("misanswer", "closes the connection", _refused, deviations.hang_up),
    "not-found": Verb(
        "misanswer", "says not found instead", _answered_not_missing, deviations.not_found
    ),
    "lacks": Verb(
        "spoil", "leaves the member out", _in_output("required", "present"), deviations.lacking
    ),
    "null": Verb(
        "spoil", "answers null for it", _in_output("required", "present"), deviations.nulled
    ),
    "wrong-type": Verb(
        "spoil", "answers another JSON type", _in_output("type"), deviations.of_wrong_type
    ),
    "outside-enum": Verb(
        "spoil", "answers a value outside the enum", _in_output("enum"), deviations.outside_enum
    ),
    "success-status": Verb(
        "mislabel", "succeeds with another status", _in_output("status"), deviations.other_success
    ),
    "token-ignored": Verb("token", "does a retried request again", _is_token),
    "token-too-sticky": Verb(
        "token", "answers a reused token with the first answer", _is_strict_token
    ),
}
"""Every verb, in the order in which faults are listed."""

BARE: Mapping[str, str] = {
    "required": "lacks",
    "present": "lacks",
    "type": "wrong-type",
    "enum": "outside-enum",
    "status": "success-status",
}
"""What a bare output rule id means, by kind."""


# ---------------------------------------------------------------- ids


def fault_ids(operation: Operation) -> tuple[str, ...]:
    """Return every fault that can be injected into an operation and seen from outside.

    Faults about rules that no request can check (their reason says why) can be injected, and are
    not listed.
    """
    return tuple(
        identifier
        for rule in rules_of(operation)
        if is_used(rule)
        for verb, row in FAULTS.items()
        if row.applies(operation, rule)
        for identifier in _written(operation, verb, rule)
    )


def _written(operation: Operation, verb: str, rule: Rule) -> Iterable[str]:
    if verb == "unenforced":
        return (rule.id,)
    if verb == "refuse-value":
        return tuple(f"{rule.id}={value}" for value in refusable(operation, rule))
    return (f"{verb}:{rule.id}",)


def parse(fault: str, operations: Mapping[str, Operation]) -> Fault:
    """Return the fault that a text means; `operations` are those that are served, by id.

    Raises `UsageError` with the closest match for an operation, a rule or a verb that is not there.
    """
    verb, rest = _split(fault)
    name = rest.partition("/")[0]
    operation = operations.get(name)
    if operation is None:
        raise UsageError(
            f"the fault {fault!r} is about {name!r}, which is not served",
            hint=closest(name, operations) or "A fault is RULE, RULE=VALUE or VERB:RULE.",
        )
    found = _find(operation, verb, rest)
    if found is None or not FAULTS[found.verb].applies(operation, found.rule):
        raise UsageError(
            f"the fault {fault!r} cannot be injected into {name}",
            hint=closest(fault, fault_ids(operation))
            or f"`aws-conformance specs show {name} --rules` lists the rules.",
        )
    return Fault(id=fault, verb=found.verb, operation=name, rule=found.rule, value=found.value)


def _split(fault: str) -> tuple[str, str]:
    head, colon, rest = fault.partition(":")
    return (head, rest) if colon and head in FAULTS else ("", fault)


def _find(operation: Operation, verb: str, text: str) -> Fault | None:
    rules = {rule.id: rule for rule in rules_of(operation)}
    if rule := rules.get(text):
        return Fault(text, verb or _bare(rule), operation.id, rule)
    head, equals, value = text.rpartition("=")
    rule = rules.get(head) if equals else None
    if rule is None or verb not in ("", "refuse", "refuse-value"):
        return None
    if value not in refusable(operation, rule):
        return None
    return Fault(text, "refuse-value", operation.id, rule, value)


def _bare(rule: Rule) -> str:
    if rule.side == "output":
        return BARE.get(rule.kind, "lacks")
    return "token-ignored" if rule.kind == "idempotency" else "unenforced"

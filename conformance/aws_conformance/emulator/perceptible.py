"""Which deviations make sense for a rule, and can be seen from outside.

A rule that the emulator does not enforce cannot be left unenforced; one whose every breach breaks
another rule as well is never the reason of a refusal; a wrong error does not matter where any error
will do. These are the predicates that say so, one for each column of the table of faults.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from aws_conformance.emulator import deviations, patterns
from aws_conformance.emulator.dialects import compiled
from aws_conformance.emulator.handlers import HANDLERS, is_bound, looks_up
from aws_conformance.emulator.placing import TEXT_PROTOCOLS, is_raw, shares_its_name
from aws_conformance.emulator.refusals import Cause, Refusal, error_classes, failure
from aws_conformance.emulator.synthesis import made_output
from aws_specs.jsonvalues import is_object
from aws_specs.paths import from_steps, shape_at, steps
from aws_specs.protocol import malformed_rules
from aws_specs.spec import (
    DEFAULT_CONFIDENCE,
    Operation,
    ProtocolSource,
    Rule,
    Scalar,
)

SCHEMA_KINDS = frozenset(
    {"required", "type", "enum", "length", "range", "items", "pattern", "format", "conditional",
     "exclusive", "unsupported"}
)  # fmt: skip
"""Kinds of rules that the request schema states."""

REFUSED_FOR: Mapping[str, str] = {
    "json-syntax": "serialization",
    "xml-syntax": "serialization",
    "cbor-syntax": "serialization",
    "content-type": "media-type",
    "no-signature": "unsigned",
    "method": "method",
}
"""Protocol rules that name an operation even when they are broken, and the cause of the refusal."""

LIMIT_KINDS = frozenset({"length", "range", "items"})
_TEXT_LOCATIONS = frozenset({"uri", "querystring", "header", "headers"})
_TELLING = frozenset({"boolean", "integer", "float", "timestamp"})
"""Types that a text can be seen not to be of."""

LARGEST = 10_000_000
"""A text longer, or a list with more entries, than this many is not sent to anybody."""


class Contract:
    """An operation with its rules at hand: those of its protocol too, by id and by member.

    `unsupported` are the members that are not supported at all, `totals` the limits on everything
    below a member.
    """

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.rules = {rule.id: rule for rule in (*operation.rules, *malformed_rules(operation))}
        self.locations = {member.name: member.location for member in operation.input.members}
        self._at: dict[str, list[Rule]] = {}
        for rule in operation.rules:
            if rule.side == "input":
                self._at.setdefault(_subject(rule), []).append(rule)
        used = [rule for rule in operation.rules if rule.side == "input" and is_used(rule)]
        self.unsupported = frozenset(
            r.member for r in used if r.kind == "unsupported" and not r.value.get("supported")
        )
        self.totals = [r for r in used if r.kind == "length" and r.value.get("total")]
        self._enforced: dict[str, bool] = {}

    def beside(self, rule: Rule) -> Iterator[Rule]:
        """Yield the other rules of the request about the same member."""
        return (one for one in self._at.get(_subject(rule), ()) if one.id != rule.id)

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes of declared errors that some rule lets a request bring about."""
        causes: list[Cause] = ["validation"]
        rules = self.operation.rules
        if any(rule.kind == "exists" and by_handler(self, rule) for rule in rules):
            causes.append("not-found")
        if any(rule.kind == "idempotency" and has_conflict(rule) for rule in rules):
            causes.append("conflict")
        found = (failure(self.operation, Refusal(cause=cause, message="")) for cause in causes)
        return frozenset(one.code for one in found)

    @cached_property
    def answered(self) -> int:
        """How many rules of the request the error for broken constraints answers, as it should."""
        constraint, unreadable = (
            failure(self.operation, Refusal(cause=cause, message="")).code
            for cause in ("validation", "serialization")
        )
        others = frozenset(("type", "format") if constraint != unreadable else ())
        return sum(
            answered(self, rule)
            for rule in self.operation.rules
            if rule.side == "input" and rule.kind not in others
        )

    def enforces(self, rule: Rule) -> bool:
        """Return `enforced` of the rule, found out once."""
        if rule.id not in self._enforced:
            self._enforced[rule.id] = _enforced(self, rule)
        return self._enforced[rule.id]


def _subject(rule: Rule) -> str:
    """Return the member whose values a rule is about."""
    return str(rule.value["then"]["member"]) if is_external(rule) else rule.member


def enforced(contract: Contract, rule: Rule) -> bool:
    """Whether the emulator refuses requests for breaking this rule and no other."""
    return contract.enforces(rule)


def _enforced(contract: Contract, rule: Rule) -> bool:
    if rule.side == "protocol":
        return rule.member in REFUSED_FOR and is_binding(rule)
    if rule.side != "input":
        return False
    if rule.kind == "exists" or is_external(rule):
        return by_handler(contract, rule)
    if not is_used(rule) or rule.kind not in SCHEMA_KINDS:
        return False
    return not _beside_the_point(contract, rule) and not _imperceptible(contract, rule)


def is_binding(rule: Rule) -> bool:
    """Whether a protocol's rule is normative; what is only a convention nobody can break."""
    return isinstance(rule.source, ProtocolSource) and rule.source.level == "N"


def is_used(rule: Rule) -> bool:
    """Whether the schemas state the rule: it can be checked, and is believed enough."""
    return rule.checkable and rule.sure >= DEFAULT_CONFIDENCE


def by_handler(contract: Contract, rule: Rule) -> bool:
    """Whether the operation's handler enforces the rule, because it depends on state."""
    if rule.kind == "exists":
        return looks_up(contract.operation, rule.member)
    handler = HANDLERS.get(contract.operation.id)
    return handler is not None and (_subject(rule), rule.kind) in handler.enforces


def is_external(rule: Rule) -> bool:
    """Whether the rule's condition is about something that is not in the request."""
    return rule.kind == "conditional" and "external" in rule.value.get("when", {})


def _imperceptible(contract: Contract, rule: Rule) -> bool:
    """Whether whatever breaks the rule breaks another, or cannot be sent at all."""
    check = _UNSEEN.get(rule.kind)
    shared = shares_its_name(contract.operation.input, rule.member)
    return shared or (check is not None and check(contract, rule))


def _beside_the_point(contract: Contract, rule: Rule) -> bool:
    """Whether the rule is about a member, or something below one, that is not supported at all."""
    if not contract.unsupported:
        return False
    parts = steps(rule.member)
    whole = len(parts) - (rule.kind == "unsupported")
    above = (from_steps(parts[:count]) for count in range(1, whole + 1))
    return any(path in contract.unsupported for path in above)


def is_at_or_below(path: str, above: str) -> bool:
    """Whether a member path is another one or below it."""
    return steps(path)[: len(steps(above))] == steps(above)


def _type_unseen(contract: Contract, rule: Rule) -> bool:
    """Text places (path, query, headers, map keys) carry only text; a document may be anything.

    Of text it can be said that it is no number, no boolean and no time. That it is no list says
    nobody: what has no elements or no numbered keys is as good as nothing.
    """
    if rule.member.endswith("{key}") or is_raw(contract.operation.input, rule.member):
        return True
    shape = shape_at(contract.operation.input, rule.member)
    telling = isinstance(shape, Scalar) and shape.type in _TELLING
    return rule.value == "document" or (_is_text(contract, rule) and not telling)


def _is_text(contract: Contract, rule: Rule) -> bool:
    """Whether a member of the request travels as text: by its place, or as all do in a protocol."""
    location = _location(contract, rule)
    by_protocol = contract.operation.wire.protocol in TEXT_PROTOCOLS
    raw = is_raw(contract.operation.input, rule.member)
    return location in _TEXT_LOCATIONS or (by_protocol and not raw)


def _enum_unseen(contract: Contract, rule: Rule) -> bool:
    """A member of whose values only some are supported refuses the others for that already."""
    return any(other.kind == "unsupported" and is_used(other) for other in contract.beside(rule))


def _length_unseen(contract: Contract, rule: Rule) -> bool:
    """A limit that excludes nothing, or nothing that pattern or total do not exclude already.

    An empty path label is no label at all, so that one character is no limit there; an empty
    header, and an empty value of EC2, stand for none as well, and so does an empty list of a form.
    Whatever is too long for an enum's values is none of them.
    """
    if any(other.kind == "enum" and is_used(other) for other in contract.beside(rule)):
        return True
    low, high = deviations.limit(rule, "min") or 0, deviations.limit(rule, "max")
    if low == 1 and _empty_is_absent(contract, rule):
        low = 0
    if high is not None and high > LARGEST:
        high = None
    for other in (*contract.beside(rule), *contract.totals):
        if is_used(other):
            low, high = _narrowed(rule, other, low, high)
    return low < 1 and high is None


def _empty_is_absent(contract: Contract, rule: Rule) -> bool:
    """Whether an empty value of the rule's member is as good as none on the wire."""
    if rule.kind == "items":
        return _is_text(contract, rule)
    location = _location(contract, rule)
    return location in ("uri", "header", "headers") or contract.operation.wire.protocol == "ec2"


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


def _pattern_unseen(contract: Contract, rule: Rule) -> bool:
    """A pattern that every single line keeps, like `.*`, asks for nothing worth testing."""
    known = compiled(str(rule.value))
    return known is None or all(known.fullmatch(char * 7) for char in _PRINTABLE)


def fits_anywhere(rule: Rule) -> bool:
    """Whether a pattern is found in any text, as those who do not anchor it would look for it."""
    known = compiled(str(rule.value))
    return known is None or (known.search("") is not None and "$" not in str(rule.value))


_PRINTABLE = string.ascii_letters[:1] + string.digits[:1] + string.punctuation + " \té"


def _format_unseen(contract: Contract, rule: Rule) -> bool:
    """The bytes of a bare body are not written as base64."""
    return is_raw(contract.operation.input, rule.member)


def _required_unseen(contract: Contract, rule: Rule) -> bool:
    """Without the label that is all of its path, a request is for no operation in particular."""
    template = contract.operation.wire.uri.partition("?")[0]
    whole = template.startswith("/{") and template.endswith("}") and "/" not in template[1:]
    return whole and _location(contract, rule) == "uri"


_UNSEEN: Mapping[str, Callable[[Contract, Rule], bool]] = {
    "required": _required_unseen,
    "type": _type_unseen,
    "enum": _enum_unseen,
    "length": _length_unseen,
    "items": _length_unseen,
    "pattern": _pattern_unseen,
    "format": _format_unseen,
}


def _location(contract: Contract, rule: Rule) -> str:
    name = steps(rule.member)[0] if rule.member else ""
    return contract.locations.get(name, "")


def has_limit(contract: Contract, rule: Rule) -> bool:
    """Whether the rule is a limit that is enforced."""
    return rule.kind in LIMIT_KINDS and enforced(contract, rule)


def has_reachable_limit(contract: Contract, rule: Rule) -> bool:
    """Whether a value at the limit can succeed and is free to be chosen.

    The ids of things that exist have one length; a token is made anew for each request.
    """
    if not has_limit(contract, rule) or rule.value.get("total"):
        return False
    bound = looks_up(contract.operation, rule.member)
    token = any(one.kind == "idempotency" for one in contract.beside(rule))
    return not bound and not token


def has_values(contract: Contract, rule: Rule) -> bool:
    """Whether the rule has values that one could refuse."""
    return bool(refusable(contract, rule))


def refusable(contract: Contract, rule: Rule) -> tuple[str, ...]:
    """Return the values of an enum rule that a conforming server takes, by every statement."""
    if rule.side != "input" or rule.kind not in ("enum", "unsupported") or not is_used(rule):
        return ()
    lists = [_values(rule, value) for value in rule.values]
    lists += _narrower(contract, rule)
    return tuple(v for v in lists[0] if all(v in other for other in lists))


def _values(rule: Rule, value: Any) -> list[str]:
    return list(value.get("supported", ())) if rule.kind == "unsupported" else list(value)


def _narrower(contract: Contract, rule: Rule) -> Iterator[list[str]]:
    """Yield the values that other rules leave the member: none where the state decides."""
    for other in contract.beside(rule):
        if is_external(other):
            yield []
        elif other.kind == "unsupported" and enforced(contract, other):
            yield _values(other, other.value)


def refused(contract: Contract, rule: Rule) -> bool:
    """Whether some request is refused on account of this rule."""
    if rule.side == "protocol":
        return rule.member in REFUSED_FOR
    if rule.kind == "error":
        return rule.value["code"] in contract.codes
    if rule.kind == "idempotency":
        return _is_used_again(contract, rule)
    return enforced(contract, rule)


def answered(contract: Contract, rule: Rule) -> bool:
    """Whether it matters which error refuses a request on account of this rule.

    It does not where a protocol has only a convention, nor for a path with an empty label, which
    may be another operation's.
    """
    if rule.side == "protocol" and not is_binding(rule):
        return False
    if rule.kind == "required" and _location(contract, rule) == "uri":
        return False
    return refused(contract, rule)


def has_conflict(rule: Rule) -> bool:
    """Whether an idempotency rule documents an error for a token that is used again."""
    return any(is_object(value) and value.get("conflict") for value in rule.values)


def answered_as_present(contract: Contract, rule: Rule) -> bool:
    """Not found is no wrong answer to a wrong identifier: there is nothing of that name."""
    if rule.kind in ("exists", "idempotency", "error") or _names_resource(contract, rule):
        return False
    return answered(contract, rule)


def _names_resource(contract: Contract, rule: Rule) -> bool:
    stated = any(one.kind == "exists" for one in contract.beside(rule))
    known = is_bound(contract.operation, rule.member)
    return stated or known or looks_up(contract.operation, rule.member)


def answered_by_another(contract: Contract, rule: Rule) -> bool:
    """Whether there is a declared error that is wrong for a breach of this rule.

    That a limit is exceeded may well be said with an error about quotas.
    """
    if not answered(contract, rule):
        return False
    expected = "conflict" if rule.kind == "idempotency" else "validation"
    classes = error_classes(contract.operation)
    wrong = [classes[one.name] for one in deviations.other_errors(contract.operation, expected)]
    return any(one != "quota" or rule.kind not in LIMIT_KINDS for one in wrong)


def is_token(contract: Contract, rule: Rule) -> bool:
    """Whether the rule is about a token of which an ignored one shows in what is answered."""
    operation = contract.operation
    if not _is_sent_token(rule):
        return False
    return operation.id in HANDLERS or made_output(operation, 0) != made_output(operation, 1)


def is_strict_token(contract: Contract, rule: Rule) -> bool:
    """Whether the rule documents a conflict for a token that is used again."""
    return _is_sent_token(rule) and _is_used_again(contract, rule)


def _is_used_again(contract: Contract, rule: Rule) -> bool:
    """Whether a token can come with another request, and a conflict is documented for that."""
    others = [m for m in contract.operation.input.members if m.name != rule.member]
    return bool(others) and has_conflict(rule)


def _is_sent_token(rule: Rule) -> bool:
    """Whether the rule is about a token of the request itself: nobody fills in one within it."""
    used = rule.kind == "idempotency" and rule.side == "input" and is_used(rule)
    return used and len(steps(rule.member)) == 1

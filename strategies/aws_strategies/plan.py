"""The plan of an operation: its rules by member, the domains they leave, and what may be sent.

Everything that makes requests works on a plan. It knows the bindings, which members both page and
model know (only those are sent), and which rules may be broken to test them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec.structs import replace

from aws_specs.pagination import token_members
from aws_specs.paths import from_steps, parent, steps
from aws_specs.spec import (
    DEFAULT_CONFIDENCE,
    Json,
    Kind,
    List,
    Map,
    Member,
    Operation,
    Recursive,
    Rule,
    Scalar,
    Shape,
    Structure,
    walk,
)
from aws_strategies.domain import Domain, domain_of

_IDENTIFIER = re.compile(r"(Id|ID|Arn|ARN|Identifier|Url|URL)$")

_FRAMING = frozenset({"content-length", "transfer-encoding", "content-md5"})
"""Headers that must say what the body is: the client fills them in."""

EXTERNAL: frozenset[Kind] = frozenset({"exists", "unique", "immutable", "conditional"})
"""Kinds whose truth may lie outside of the request: in what the target has."""


class Plan:
    """An operation seen by someone who makes requests for it.

    `bindings` map `service.Member` or `service.Operation.Member.Path` to the value to send.
    A member that is bound by its whole path is in every request, required or not. `confidence` is
    the least confidence of a rule that may be broken. `samples` are the values of a request that a
    target accepts, by member path: every request has these members, with these values where a case
    has no other.
    """

    def __init__(
        self,
        operation: Operation,
        *,
        bindings: Mapping[str, str] | None = None,
        confidence: float = DEFAULT_CONFIDENCE,
        samples: Mapping[str, Json] | None = None,
    ) -> None:
        self.operation = operation
        self.confidence = confidence
        self._whole: set[str] = set()
        self.bindings = self._bound(bindings or {})
        self.samples = {p: v for p, v in (samples or {}).items() if p in self.shapes}
        self._domains: dict[str, Domain] = {}

    def _bound(self, bindings: Mapping[str, str]) -> Mapping[str, str]:
        """Return the bindings by member path.

        `#Shape` stands for every text of that shape, a name without a path for every text member of
        that name; a whole path wins over a name, a name over a shape, and a binding for the
        operation over one for the service.
        """
        found: dict[str, str] = {}
        for named in (self._of_shape, self._of_name, self._at_path):
            for prefix in (f"{self.operation.service}.", f"{self.operation.id}."):
                for name, value in bindings.items():
                    path = name.removeprefix(prefix)
                    if path != name:
                        found.update(dict.fromkeys(named(path), value))
                        self._note_whole(prefix, path)
        return found

    def _note_whole(self, prefix: str, path: str) -> None:
        if prefix == f"{self.operation.id}." and path in self.shapes:
            self._whole.add(path)

    @cached_property
    def always(self) -> Mapping[str, bool]:
        """The members that every request has beside the required ones, and all above them.

        The values are all False: whoever asks for a member puts True over it.
        """
        paths = (*self.samples, *sorted(self._whole))
        return {at: False for path in paths if self.sendable(path) for at in above(path)}

    def sample(self, path: str) -> Json:
        """Return the sample value of a leaf, None where there is none that the rules allow."""
        value, domain = self.samples.get(path), self.domain(path)
        if value is None or path in self.tokens:
            return None
        if isinstance(value, str):
            shape = self.shapes[path]
            plain = isinstance(shape, Scalar) and shape.type == "string"
            return value if not plain or domain.allows(value) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value if isinstance(value, bool) else None
        low, high = domain.low, domain.high
        within = (low is None or low <= value) and (high is None or value <= high)
        return value if within else None

    def _of_shape(self, name: str) -> list[str]:
        if not name.startswith("#"):
            return []
        return [
            path
            for path, shape in self.shapes.items()
            if isinstance(shape, Scalar) and shape.type == "string" and shape.name == name[1:]
        ]

    def _at_path(self, name: str) -> list[str]:
        return [name] if name in self.shapes else []

    def _of_name(self, name: str) -> list[str]:
        return [
            path
            for path, member in self.members.items()
            if member.name == name
            and isinstance(member.shape, Scalar)
            and member.shape.type == "string"
        ]

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """Every request path and its shape, in page order."""
        return {path: shape for path, shape, _ in walk(self.operation.input)}

    @cached_property
    def members(self) -> Mapping[str, Member]:
        """The member at each path that is a structure's member."""
        return {path: member for path, _, member in walk(self.operation.input) if member}

    @cached_property
    def rules(self) -> Mapping[str, tuple[Rule, ...]]:
        """All rules on the request, by member path."""
        found: dict[str, list[Rule]] = {}
        for rule in self.operation.rules:
            if rule.side == "input":
                found.setdefault(rule.member, []).append(rule)
        return {path: tuple(rules) for path, rules in found.items()}

    @cached_property
    def relations(self) -> tuple[Rule, ...]:
        """The rules that tie members to each other: what is excluded, and on which condition."""
        return tuple(
            rule
            for rules in self.rules.values()
            for rule in rules
            if rule.kind in ("conditional", "exclusive")
        )

    @cached_property
    def testable(self) -> tuple[Rule, ...]:
        """The rules that may be broken: sure enough, checkable, on members we send."""
        return tuple(
            rule
            for path in ("", *self.shapes)
            for rule in self.rules.get(path, ())
            if rule.sure >= self.confidence and rule.checkable
            if self.sendable(path) or (rule.kind == "unsupported" and self.known(path))
        )

    def domain(self, path: str) -> Domain:
        """Return what the rules on a member leave of its values."""
        if path not in self._domains:
            self._domains[path] = self._on_the_wire(path, domain_of(self.rules.get(path, ())))
        return self._domains[path]

    def _on_the_wire(self, path: str, domain: Domain) -> Domain:
        """Return what is left where a value travels: an empty path label, or an empty list in a
        form, in XML, in the query or in a header, is sent as nothing at all.
        """
        member = self.members.get(path)
        if member is None:
            return domain
        bare = member.location in ("uri", "querystring", "header", "headers")
        if isinstance(member.shape, List | Map):
            untyped = bare or self.operation.wire.protocol in ("query", "ec2", "rest-xml")
            filled = untyped and self.required(path) and domain.max_items != 0
            return replace(domain, min_items=max(domain.min_items, 1)) if filled else domain
        if not isinstance(member.shape, Scalar):
            return domain
        empty = member.location == "uri" and member.shape.type == "string"
        return replace(domain, min_length=max(domain.min_length, 1)) if empty else domain

    def prefer(self, path: str, value: Json) -> None:
        """Make `value` the first of an enum's values: the one other requests are built with."""
        domain = self.domain(path)
        others = tuple(item for item in domain.values or () if item != value)
        self._domains[path] = replace(domain, values=(value, *others))

    def rule(self, path: str, kind: Kind) -> Rule | None:
        """Return the rule of a kind on a member, the first where it has several."""
        return next((rule for rule in self.rules.get(path, ()) if rule.kind == kind), None)

    def required(self, path: str) -> bool:
        """Return whether a valid request must have the member: any source says so."""
        return self.rule(path, "required") is not None

    def sendable(self, path: str) -> bool:
        """Return whether a request may have the member: everyone knows it, nothing forbids it."""
        if path not in self._sendable:
            self._sendable[path] = self._may_send(path)
        return self._sendable[path]

    @cached_property
    def _sendable(self) -> dict[str, bool]:
        return {"": True}

    def known(self, path: str) -> bool:
        """Return whether page and model both know a member, and all above it."""
        return all(
            self.operation.page is None
            or at not in self.members
            or len(self.members[at].known_to) > 1
            for at in above(path)
        )

    def _may_send(self, path: str) -> bool:
        member = self.members.get(path)
        if not self.sendable(parent(path)):
            return False
        if member is None:
            return True
        known = self.operation.page is None or len(member.known_to) > 1
        domain = self.domain(path)
        streaming = isinstance(member.shape, Structure) and member.shape.eventstream
        framing = member.location == "header" and member.wire_name.lower() in _FRAMING
        forbidden = domain.reserved or domain.unsupported
        return known and not forbidden and not streaming and not framing

    def external(self, path: str) -> bool:
        """Return whether it depends on what the target has if the member's value is accepted.

        A token for the next page is the target's own: no invented one is right.
        """
        return path in self.page_tokens or any(
            (rule.kind in EXTERNAL and not rule.checkable) or rule.kind == "exists"
            for at in above(path)
            for rule in self.rules.get(at, ())
        )

    def conditional(self, path: str) -> bool:
        """Return whether a rule ties the member's values to something outside of the request."""
        return any(
            rule.kind == "conditional" and "external" in rule.value["when"]
            for rule in self.rules.get(path, ())
        )

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The paths of idempotency tokens: each case sends its own."""
        return tuple(
            path
            for path, rules in self.rules.items()
            if any(rule.kind == "idempotency" and rule.value.get("autopopulated") for rule in rules)
            and path in self.shapes
        )

    @cached_property
    def page_tokens(self) -> frozenset[str]:
        """The members that carry a token for the next page, unless a value is bound to them."""
        return token_members(self.operation) - self.bindings.keys()

    @cached_property
    def identifiers(self) -> tuple[str, ...]:
        """The required members that name something the target must have, by rule or by name."""
        return tuple(
            path
            for path, member in self.members.items()
            if self.required(path)
            and all(self.required(at) for at in above(path))
            and isinstance(member.shape, Scalar)
            and path not in self.tokens
            and (self._looked_up(path) or _IDENTIFIER.search(member.name))
        )

    def _looked_up(self, path: str) -> bool:
        """Return whether a rule says that the target answers not-found for an unknown value."""
        rule = self.rule(path, "exists")
        return rule is not None and rule.checkable

    def below(self, path: str) -> Shape:
        """Return the shape at a path, recursion followed."""
        shape: Shape = self.shapes[path] if path else self.operation.input
        return self.below(shape.to) if isinstance(shape, Recursive) else shape

    def spelled(self, path: str) -> str:
        """Return the path where the shape at a path is spelled out: its own, unless it recurs."""
        shape = self.shapes.get(path)
        return self.spelled(shape.to) if isinstance(shape, Recursive) else path


def above(path: str) -> Sequence[str]:
    """Return the path and all its ancestors, the nearest first."""
    parts = steps(path)
    return [from_steps(parts[:count]) for count in range(len(parts), 0, -1)]

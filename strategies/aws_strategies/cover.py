"""The cover: the smallest deterministic list of cases that touches every rule from both sides.

It packs. A *group* is one valid request with all members of one structure, the twin of every fault
below that structure; the number of enum witnesses is the longest enum, not the sum; limits are met
on all members at once. An invalid case carries one fault. Where a target refuses a pack, the parts
it is made of are sent one by one, so that the one that is refused has a name.

Ids do not depend on seed, target or bindings: `<operation>~control`, `<operation>~group~<path>`,
`<operation>~enums~<n>`, `<operation>~most`, `<operation>~least`, `<operation>~only~<witness>`,
`<operation>~when~<rule>` and `<operation>~beside~<rule>` (made for one rule), `<rule id>~<what>`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from aws_specs.paths import Concrete, join, occurrences, parent, steps
from aws_specs.protocol import malformed_rules
from aws_specs.spec import Json, List, Map, Operation, Rule, Scalar, Structure
from aws_strategies.build import Builder, NoValueError, exists, fetch, with_tokens
from aws_strategies.carriage import carriage
from aws_strategies.case import Case
from aws_strategies.extremes import at_limit
from aws_strategies.invalid import invalid_case
from aws_strategies.kinds import KINDS, broken, places, value_at
from aws_strategies.plan import Plan, above
from aws_strategies.repeated import ELSEWHERE, spared, tested_at
from aws_strategies.unbroken import why_unbroken
from aws_strategies.walking import present
from aws_strategies.wishes import wishes

MOST_TYPES = 40
"""Type confusions an operation gets at most beyond the first of each member."""

MOST_PACKS = 4
"""Requests among which values are divided that do not go together: a union has one member."""

_LIMITS = ("length", "range", "items")

_FIRST_TYPES = {"integer": 2, "float": 2, "boolean": 2}
"""How many wrong types a member gets at least, where servers coerce most: one for every other."""


class Cover:
    """The cases of one operation, in the order in which they are sent.

    `nonce` makes idempotency tokens differ between runs. `cases` are sent always; `case(id)`
    returns any of them and any part, which is sent only where a pack is refused.
    """

    def __init__(self, plan: Plan, *, nonce: str = "") -> None:
        self.plan = plan
        self.nonce = nonce
        self.builder = Builder(plan)
        self._conditions: dict[str, Case] = {}
        self._made: dict[str, bool] = {"": True}
        self._instead = tested_at(plan)
        self.unmet: dict[str, str] = dict.fromkeys(spared(plan, self._instead), ELSEWHERE)
        """Rules that no case touches, and why."""
        self.rules = tuple(rule for rule in plan.testable if rule.id not in self.unmet)
        """The rules that the cases are about: all testable ones, but where shapes repeat."""

    @property
    def operation(self) -> Operation:
        """The operation the cases are for."""
        return self.plan.operation

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """Return all cases: control, valid, invalid, malformed."""
        try:
            valid = (self.control, *self.groups.values(), *self._enums(), *self._limits())
        except NoValueError as error:
            self.unmet[self.operation.id] = str(error)
            return ()
        return (*valid, *self._invalid(), *self._malformed())

    @cached_property
    def _by_id(self) -> Mapping[str, Case]:
        return {case.id: case for case in self.cases}

    @cached_property
    def _rules_at(self) -> Mapping[str, Sequence[Rule]]:
        """The rules that the cases are about, by member path."""
        found: dict[str, list[Rule]] = {}
        for rule in self.rules:
            found.setdefault(rule.member, []).append(rule)
        return found

    def case(self, identity: str) -> Case | None:
        """Return the case or part of an id, None where there is none."""
        found = self._by_id.get(identity) or self._conditions.get(identity)
        return found if found is not None else self._part(identity)

    # ------------------------------------------------------------ valid

    @cached_property
    def control(self) -> Case:
        """The smallest valid request."""
        request = self.builder.minimal()
        return self._valid(f"{self.operation.id}~control", request, self._presence(request))

    def _valid(self, identity: str, request: dict[str, Any], witnesses: Sequence[str]) -> Case:
        with_tokens(self.plan, request, identity, self.nonce)
        control = identity.endswith("~control")
        return Case(
            id=identity,
            operation=self.operation.id,
            kind="control" if control else "valid",
            params=request,
            witnesses=tuple(dict.fromkeys(witnesses)),
            parts=()
            if control
            else tuple(dict.fromkeys(f"{self.operation.id}~only~{w}" for w in witnesses)),
        )

    def _presence(self, request: Json) -> list[str]:
        """Return the type rules of all members a request has: each is a witness of its type."""
        there = present(self.plan, request)
        return [
            rule.id
            for rule in self.rules
            if rule.kind in ("type", "required") and rule.member in there
        ]

    @cached_property
    def groups(self) -> Mapping[str, Case]:
        """One valid request for each structure with optional members: all of its members present.

        Members of a union, and members that exclude each other, get a request of their own.
        """
        found: dict[str, Case] = {}
        for path in self._structures():
            for index, names in enumerate(self._together(path)):
                try:
                    request = self.builder.request(
                        [*above(path), *(join(path, name) for name in names)]
                    )
                except NoValueError as error:
                    self.unmet[path] = str(error)
                    continue
                if doubtful := broken(self.plan, request, surely=False):
                    self.unmet[path] = f"its members together break {min(doubtful)}"
                    continue
                identity = f"{self.operation.id}~group~{path}" + (f"~{index}" if index else "")
                for name in names:
                    found.setdefault(join(path, name), self._group(identity, request, path))
                found.setdefault(path or "*", self._group(identity, request, path))
        return {case.id: case for case in found.values()}

    def _group(self, identity: str, request: dict[str, Any], path: str) -> Case:
        below = [w for w in self._presence(request) if self._member_of(w).startswith(path)]
        return self._valid(identity, copy.deepcopy(request), below)

    def _member_of(self, rule_id: str) -> str:
        return rule_id.split("/", 2)[2].rsplit("/", 1)[0]

    def _structures(self) -> Iterator[str]:
        """Yield the paths of structures, lists and maps: each is worth a request of its own."""
        yield ""
        for path, shape in self.plan.shapes.items():
            if (
                isinstance(shape, Structure | List | Map)
                and self.plan.sendable(path)
                and path not in self._instead
            ):
                yield path

    def _together(self, path: str) -> Iterator[list[str]]:
        shape = self.plan.below(path)
        if isinstance(shape, List):
            yield ["[]"]
            return
        if isinstance(shape, Map):
            yield ["{}"]
            return
        if not isinstance(shape, Structure):
            return
        names = [m.name for m in shape.members if self.plan.sendable(join(path, m.name))]
        if shape.union:
            yield from ([name] for name in names)
            return
        rest = names
        while rest:
            apart = self._excluded(path, rest)
            yield [name for name in rest if name not in apart]
            if len(apart) == len(rest):
                return
            rest = apart
        if not names:
            return

    def _excluded(self, path: str, names: Sequence[str]) -> list[str]:
        """Return the members that must not stand beside the first of their exclusive rule."""
        apart: list[str] = []
        for rule in self.plan.relations:
            if rule.kind == "exclusive":
                mine = [n for n in names if join(path, n) in rule.value["members"]]
                apart += mine[1:]
        return list(dict.fromkeys(apart))

    def _enums(self) -> Iterator[Case]:
        """Yield as many requests as the longest enum has values, each with one of every enum."""
        enums = self.enum_values()
        longest = max((len(values) for values in enums.values()), default=0)
        for number in range(longest):
            values = {path: vs[number] for path, vs in enums.items() if number < len(vs)}
            for mark, request, kept in self._packs(values):
                witnesses = [f"{self._enum_rule(path)}={values[path]}" for path in kept]
                name = f"{self.operation.id}~enums~{number}{mark}"
                yield self._valid(name, request, witnesses)

    def enum_values(self) -> dict[str, tuple[str, ...]]:
        """Return the values of every enum that a valid request may carry, by member path."""
        return {
            path: self.plan.domain(path).values or ()
            for path, shape in self.plan.shapes.items()
            if isinstance(shape, Scalar)
            and self.plan.sendable(path)
            and path not in self.plan.bindings
            and any(rule.kind == "enum" for rule in self._rules_at.get(path, ()))
        }  # fmt: skip

    def _enum_rule(self, path: str) -> str:
        rule = self.plan.rule(path, "enum")
        return rule.id if rule else path

    def _packs(self, values: Mapping[str, Json]) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
        """Yield requests that have all of the values between them: not all of them go together.

        Each comes with what its id ends in and the members whose values it has.
        """
        rest = dict(values)
        for number in range(MOST_PACKS):
            request, kept = self._with(rest)
            if not kept:
                return
            yield f"~{number}" if number else "", request, kept
            rest = {path: value for path, value in rest.items() if path not in kept}

    def _with(self, values: Mapping[str, Json]) -> tuple[dict[str, Any], list[str]]:
        """Return a valid request with as many of the values as go together, and which those are."""
        kept = {path: value for path, value in values.items() if self._can_be_made(path)}
        while True:
            request = self.builder.request((), kept)
            bad = broken(self.plan, request, surely=False)
            lost = [path for path, value in kept.items() if not self._stands(request, path, value)]
            bad_paths = [p for p in kept if any(self._concerns(rule, p) for rule in bad)]
            drop = lost or bad_paths or (list(kept) if bad else [])
            if not drop:
                return request, list(kept)
            for path in drop if lost else drop[:1]:
                del kept[path]

    def _can_be_made(self, path: str) -> bool:
        """Return whether what must stand beside a member has values: a pattern may have none."""
        holder = parent(path)
        if holder not in self._made:
            try:
                self.builder.containing(holder)
                self._made[holder] = True
            except NoValueError as error:
                self._made[holder] = False
                self.unmet[holder] = str(error)
        return self._made[holder]

    def _stands(self, request: Json, path: str, value: Json) -> bool:
        return any(value_at(request, at) == value for at in occurrences(request, path))

    def _concerns(self, rule_id: str, path: str) -> bool:
        member = self._member_of(rule_id)
        return path == member or path.startswith((f"{member}.", f"{member}{{", f"{member}["))

    def _limits(self) -> Iterator[Case]:
        """Yield the requests in which every limit is just met: from above, then from below."""
        for end in ("max", "min"):
            values = {
                rule.member: value
                for rule in self.rules
                if rule.kind in _LIMITS
                and rule.member not in self.plan.bindings
                and (value := at_limit(self.plan, rule, end)) is not None
            }
            nested = self._layers(values)
            for number, layer in enumerate(nested):
                for mark, request, kept in self._packs(layer):
                    witnesses = [f"{self._limit_rule(path)}={end}" for path in kept]
                    which = "most" if end == "max" else "least"
                    name = f"{self.operation.id}~{which}~{number}{mark}"
                    yield self._valid(name, request, witnesses)

    def _layers(self, values: Mapping[str, Json]) -> list[dict[str, Json]]:
        """Split values so that none stands below another: a list at its limit hides its items."""
        layers: list[dict[str, Json]] = []
        for path, value in values.items():
            for layer in layers:
                if not any(path.startswith(other) for other in layer):
                    layer[path] = value
                    break
            else:
                layers.append({path: value})
        return layers

    def _limit_rule(self, path: str) -> str:
        """Return the id of the rule that limits a member: its own, not that of a part."""
        return next(rule.id for rule in self._rules_at[path] if rule.kind in _LIMITS)

    # ------------------------------------------------------------ parts

    def _part(self, identity: str) -> Case | None:
        """Return the smallest valid request that is a witness of one rule alone."""
        mark = f"{self.operation.id}~only~"
        if not identity.startswith(mark):
            return self._minimal_twin(identity)
        witness = identity.removeprefix(mark)
        path = self._member_of(witness.partition("=")[0])
        kind_value = witness.rpartition("/")[2]
        kind, _, value = kind_value.partition("=")
        try:
            request = self._witness(path, kind, value)
        except (NoValueError, KeyError):
            return None
        if broken(self.plan, request, surely=False):
            return None
        case = self._valid(identity, request, [witness])
        return replace(case, parts=())

    def _witness(self, path: str, kind: str, value: str) -> dict[str, Any]:
        if kind == "enum":
            return self._with({path: value})[0]
        if kind in _LIMITS and value in ("max", "min"):
            rule = next(rule for rule in self._rules_at[path] if rule.kind == kind)
            return self._with({path: at_limit(self.plan, rule, value)})[0]
        return self.builder.containing(path)

    def _minimal_twin(self, identity: str) -> Case | None:
        """Return the fault of an id on the smallest twin (`…~what~alone`), or that twin."""
        if not identity.endswith("~alone"):
            return None
        whole = self._by_id.get(identity.removesuffix("~alone"))
        if whole is None or whole.fault is None:
            return None
        rule = next(rule for rule in self.rules if rule.id == whole.rule)
        twin = self.case(f"{self.operation.id}~only~{self._twin_witness(rule)}")
        if twin is None:
            return None
        made = list(self._faults(rule, twin, "~alone"))
        return next(
            (case for case in made if case.fault and case.fault.what == whole.fault.what), None
        )

    def _twin_witness(self, rule: Rule) -> str:
        absent = rule.kind == "unsupported" and not rule.value.get("supported")
        path = parent(rule.member) if absent else rule.member
        kind = self.plan.rule(path, "type")
        return kind.id if kind else f"{self.operation.id}/input/{path}/type"

    # ------------------------------------------------------------ invalid

    def _invalid(self) -> Iterator[Case]:
        budget = MOST_TYPES
        types: list[list[Case]] = []
        for rule in self.rules:
            if rule.kind not in KINDS:
                continue
            twin = self._twin(rule)
            if twin is None:
                self.unmet[rule.id] = "no valid request has the member"
                continue
            made = list(self._faults(rule, twin))
            if rule.kind == "type":
                first = _FIRST_TYPES.get(rule.value, 1)
                types.append(made[first:])
                made = made[:first]
            if not made and rule.kind not in ("exists", "idempotency"):
                self.unmet[rule.id] = why_unbroken(self.plan, rule)
            elif not made and rule.kind == "exists":
                self.unmet[rule.id] = "no binding says what exists"
            yield from made
        for column in range(max(map(len, types), default=0)):
            for row in types:
                if column < len(row) and budget > 0:
                    budget -= 1
                    yield row[column]

    def _twin(self, rule: Rule) -> Case | None:
        """Return the first valid case in which the rule can be broken."""
        made = self._made_for(rule)
        if made is not None or rule.kind == "conditional":
            return made
        candidates = [self.control, *self._holding(rule)]
        for case in candidates:
            if any(True for _ in self._places(rule, case.params)):
                return case
        alone = self._part(f"{self.operation.id}~only~{self._twin_witness(rule)}")
        return alone if alone and any(True for _ in self._places(rule, alone.params)) else None

    def _holding(self, rule: Rule) -> list[Case]:
        """Return the groups of the member's structure, the nearest first."""
        paths = [*above(rule.member)[1:], "", rule.member]
        return [case for path in paths for case in self._groups_of.get(path, ())]

    @cached_property
    def _groups_of(self) -> Mapping[str, Sequence[Case]]:
        """The groups by the path of their structure."""
        found: dict[str, list[Case]] = {}
        for case in self.groups.values():
            found.setdefault(case.id.split("~")[2], []).append(case)
        return found

    def _made_for(self, rule: Rule) -> Case | None:
        """Return a valid request made for one rule between members; None where there is none."""
        for wish in wishes(self.plan, rule):
            try:
                members = [path for wanted in wish.include for path in above(wanted)]
                request = self.builder.request(members, wish.values)
            except NoValueError:
                continue
            there = any(True for _ in occurrences(request, wish.there))
            if there and not broken(self.plan, request, surely=False):
                identity = f"{self.operation.id}{wish.mark}"
                twin = replace(self._valid(identity, request, [rule.id]), parts=())
                self._conditions[identity] = twin
                return twin
        return None

    def _places(self, rule: Rule, request: Json) -> Iterator[Concrete]:
        """Yield where a rule can be broken: where its member stands, or could for an absent one."""
        if rule.kind == "unsupported" and not rule.value.get("supported"):
            name = steps(rule.member)[-1]
            for at in occurrences(request, parent(rule.member)):
                if isinstance(fetch(request, at), dict):
                    yield (*at, name)
        elif rule.kind == "required":
            yield from (at for at in places(rule, request) if self._is_sent(rule, request, at))
        else:
            yield from places(rule, request)

    def _is_sent(self, rule: Rule, request: Json, at: Concrete) -> bool:
        """Whether a value travels at all: an empty structure or list does in documents only.

        In a form what is left without it must not be empty either.
        """
        if not exists(request, at):
            return False
        if carriage(self.plan, rule.member) == "document":
            return True
        last = at[-1]
        form = self.operation.wire.protocol in ("query", "ec2") and len(at) > 1
        rest = (v for k, v in fetch(request, at[:-1]).items() if k != last) if form else (True,)
        return fetch(request, at) not in ([], {}) and any(v not in ([], {}) for v in rest)

    def _faults(self, rule: Rule, twin: Case, mark: str = "") -> Iterator[Case]:
        """Yield one case for every way of breaking the rule in the twin."""
        at = next(iter(self._places(rule, twin.params)), None)
        if at is None:
            return
        seen: set[str] = set()
        for breach in KINDS[rule.kind].breaks(self.plan, rule, twin.params, at):
            identity = f"{rule.id}~{breach.what}{mark}"
            case = invalid_case(self.plan, rule, twin, breach, identity, self.nonce)
            if case is not None and identity not in seen:
                seen.add(identity)
                whole = mark or twin is self.control or rule.kind == "conditional"
                parts = () if whole else (f"{identity}~alone",)
                yield replace(case, parts=parts)

    # ------------------------------------------------------------ malformed

    def _malformed(self) -> Iterator[Case]:
        for rule in malformed_rules(self.operation):
            identity = f"{rule.id}~sent"
            params = with_tokens(
                self.plan, copy.deepcopy(self.control.params), identity, self.nonce
            )
            yield Case(
                id=identity,
                operation=self.operation.id,
                kind="malformed",
                params=params,
                rule=rule.id,
                twin=self.control.id,
                wire=rule.kind if rule.kind != "protocol" else rule.member,
            )

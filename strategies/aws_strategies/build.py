"""Building valid requests by hand: the smallest one, the smallest with a given member, a group.

Deterministic and right by construction; conditional and exclusive rules are settled last, on the
whole request. The strategies (`aws_strategies.requests`) draw what this module chooses.
"""

from __future__ import annotations

import copy
import hashlib
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from aws_specs.paths import KEY, Concrete, join, occurrences, parent, steps
from aws_specs.spec import Json, List, Map, Member, Recursive, Rule, Scalar, Shape, Structure
from aws_strategies import domain as domains
from aws_strategies.plan import Plan, above
from aws_strategies.text import FORMATS

_DEEPEST = 40


Wanted = Mapping[str, bool]
"""The members a request is to have beside the required ones; True for those asked for by name."""


class NoValueError(Exception):
    """No valid value is found for a required member; the message names it."""


class Builder:
    """Makes valid requests for one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def minimal(self) -> dict[str, Any]:
        """Return the smallest valid request: required members only."""
        return self.request(())

    def containing(self, path: str) -> dict[str, Any]:
        """Return the smallest valid request that has the member."""
        return self.request(above(path))

    def request(
        self, include: Iterable[str], values: Mapping[str, Json] | None = None
    ) -> dict[str, Any]:
        """Return a valid request with the given members present.

        `values` are what stands at member paths; members on the way to them are included. Raises
        `NoValueError` where a required member has no valid value we can find.
        """
        values = values or {}
        asked = {*include, *(at for path in values for at in above(path))}
        wanted = {**self.plan.always, **dict.fromkeys(asked, True)}
        made: dict[str, Any] = self._value(self.plan.operation.input, "", wanted, values, 0)
        return settle(self.plan, made, keep={*values, *asked})

    def typical(self, path: str) -> Json:
        """Return the typical value of a member, its required members included."""
        return self._value(self.plan.shapes[path], path, self.plan.always, {}, 0)

    def filled(self, path: str) -> Json:
        """Return the typical value of a member, with an entry where it is a list or a map.

        It is empty where no entry has a value.
        """
        wanted = {**self.plan.always, **_entries((path,))}
        try:
            return self._value(self.plan.shapes[path], path, wanted, {}, 0)
        except NoValueError:
            return self.typical(path)

    def _value(
        self, shape: Shape, path: str, wanted: Wanted, values: Mapping[str, Json], depth: int
    ) -> Json:
        if path in values:
            return copy.deepcopy(values[path])
        if depth > _DEEPEST:
            raise NoValueError(f"{path}: nested without end")
        match shape:
            case Structure():
                return self._structure(shape, path, wanted, values, depth)
            case List():
                count = max(1 if f"{path}[]" in wanted else 0, self.plan.domain(path).min_items)
                item = [
                    self._value(shape.item, f"{path}[]", wanted, values, depth + 1)
                    for _ in range(min(count, 1))
                ]
                return distinct(item, count)
            case Map():
                return self._map(shape, path, wanted, values, depth)
            case Recursive():
                return self._value(self.plan.below(shape.to), shape.to, {}, values, depth + 1)
            case Scalar():
                return self.scalar(shape, path)

    def _structure(
        self, shape: Structure, path: str, wanted: Wanted, values: Mapping[str, Json], depth: int
    ) -> dict[str, Json]:
        for member in shape.members:
            streams = isinstance(member.shape, Structure) and member.shape.eventstream
            if streams and self.plan.required(join(path, member.name)):
                raise NoValueError(f"{member.name}: a stream of events cannot be sent")
        chosen = [
            member
            for member in shape.members
            if (here := join(path, member.name)) in wanted or self.plan.required(here)
            if self.plan.sendable(here) or here in values
        ]
        if shape.union:
            explicit = [member for member in chosen if join(path, member.name) in wanted]
            # What the caller asks for goes before what is there always.
            explicit.sort(key=lambda member: not wanted[join(path, member.name)])
            sendable = [m for m in shape.members if self.plan.sendable(join(path, m.name))]
            chosen = (explicit or sorted(sendable, key=lambda member: recurs(member.shape)))[:1]
        elif not chosen and path and self.plan.operation.wire.protocol in ("query", "ec2"):
            chosen = self._seen(shape, path)
            wanted = {**wanted, **_entries(join(path, member.name) for member in chosen)}
        return {
            member.name: self._value(
                member.shape, join(path, member.name), wanted, values, depth + 1
            )
            for member in chosen
        }

    def _seen(self, shape: Structure, path: str) -> list[Member]:
        """Return a member that makes a structure travel: a form has nothing for an empty one."""
        sendable = [m for m in shape.members if self.plan.sendable(join(path, m.name))]
        leaves = [m for m in sendable if isinstance(m.shape, Scalar)]
        nested = [m for m in sendable if isinstance(m.shape, Structure)]
        holding = [m for m in sendable if isinstance(m.shape, List | Map) and not recurs(m.shape)]
        return (leaves or nested or holding)[:1]

    def _map(
        self, shape: Map, path: str, wanted: Wanted, values: Mapping[str, Json], depth: int
    ) -> dict[str, Json]:
        domain = self.plan.domain(path)
        asked = f"{path}{{}}" in wanted or f"{path}{{key}}" in wanted
        count = max(1 if asked else 0, domain.min_items)
        if count == 0:
            return {}
        first = self._value(shape.key, f"{path}{{key}}", wanted, values, depth + 1)
        keys = distinct_keys(str(first), count, self.plan.domain(f"{path}{{key}}"))
        value = self._value(shape.value, f"{path}{{}}", wanted, values, depth + 1)
        return {key: copy.deepcopy(value) for key in keys}

    def scalar(self, shape: Scalar, path: str) -> Json:
        """Return the typical value of a leaf: the binding where there is one."""
        if path in self.plan.bindings:
            return self.plan.bindings[path]
        sample = self.plan.sample(path)
        if sample is not None:
            return sample
        domain = self.plan.domain(path)
        make = _SCALARS.get(shape.type)
        if make is not None:
            return make(domain)
        name = member_name(path)
        arn = own_arn(self.plan.operation.wire.signing_name, name)
        if arn and domain.allows(arn):
            return arn
        value = domains.text(domain, name)
        if value is None:
            raise NoValueError(f"{path}: no text satisfies every rule on it")
        return value


def _entries(paths: Iterable[str]) -> Wanted:
    """Return as wanted the entries of lists and maps: an empty one is as little as none."""
    return {f"{path}{mark}": False for path in paths for mark in ("[]", "{}")}


def own_arn(service: str, member: str) -> str:
    """Return an ARN of the service for a member named for what it names: `AppInstanceUserArn`.

    "" for a member whose name does not say (`ResourceArn`), or names another service's
    (`PinpointAppArn`).
    """
    found = re.fullmatch(r"(\w+?)A(?:rn|RN)", member)
    if found is None or found[1] in ("Resource", "Target", "Source") or "Pinpoint" in member:
        return ""
    kind = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", found[1]).lower()
    return f"arn:aws:{service}:us-east-1:123456789012:{kind}/{FORMATS['uuid']}"


def _integer(domain: domains.Domain) -> int:
    low = int(domain.low) if domain.low is not None else None
    high = int(domain.high) if domain.high is not None else None
    value = 1 if low is None else max(1, low)
    return value if high is None else min(value, high)


def _float(domain: domains.Domain) -> float:
    value = 1.0 if domain.low is None else max(1.0, domain.low)
    return value if domain.high is None else min(value, float(domain.high))


def _blob(domain: domains.Domain) -> str:
    from base64 import b64encode

    plain = b"aws-conformance"
    least, most = domain.min_bytes, domain.max_bytes
    size = max(least, len(plain) if most is None else min(most, len(plain)))
    return b64encode(plain[:size].ljust(size, b"x")).decode()


def recurs(shape: Shape) -> bool:
    """Return whether a shape is, or is made of, one that it stands in."""
    match shape:
        case List():
            return recurs(shape.item)
        case Map():
            return recurs(shape.value)
        case _:
            return isinstance(shape, Recursive)


_SCALARS: Mapping[str, Callable[[domains.Domain], Json]] = {
    "integer": _integer,
    "float": _float,
    "boolean": lambda domain: True,
    "blob": _blob,
    "stream": _blob,
    "timestamp": lambda domain: FORMATS["date-time"],
    "document": lambda domain: {},
}


def member_name(path: str) -> str:
    """Return the name nearest to the end of a path: `ReplyTo[]` → "ReplyTo"."""
    names = [step for step in steps(path) if step not in ("[]", "{}", "{key}")]
    return names[-1] if names else ""


def distinct(items: list[Json], count: int) -> list[Json]:
    """Return `count` copies of the first item."""
    return [copy.deepcopy(items[0]) for _ in range(count)] if items else []


def distinct_keys(first: str, count: int, domain: domains.Domain) -> list[str]:
    """Return up to `count` different keys that the domain allows, the first one first.

    Others are the first with numbers or letters behind it, or in its last places.
    """
    keys = {first: None}
    if domain.values is not None:
        keys.update(dict.fromkeys(str(value) for value in domain.values))
        return list(keys)[:count]
    for number in range(2, count + _SPARE):
        if len(keys) >= count:
            break
        free = (key for key in _other_keys(first, number) if key not in keys and domain.allows(key))
        keys.update(dict.fromkeys(islice(free, 1)))
    return list(keys)[:count]


_SPARE = 50
"""Numbers that are tried beyond the count before keys have run out."""


def _other_keys(first: str, number: int) -> Iterator[str]:
    """Yield keys made of another and a number, which is also written in letters."""
    letters = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    for tail in (str(number), letters, letters.upper()):
        yield first + tail
        yield first[: max(0, len(first) - len(tail))] + tail


# ---------------------------------------------------------------- settling rules across members


def settle(plan: Plan, request: dict[str, Any], keep: Iterable[str] = ()) -> dict[str, Any]:
    """Return the request changed so that conditional and exclusive rules hold.

    What is in `keep` is not removed where another change does it.
    """
    kept = set(keep)
    for rule in (*plan.relations, *plan.relations):  # what one rule adds, another may be about
        if rule.kind == "exclusive":
            _settle_exclusive(plan, rule, request, kept)
        elif "member" in rule.value["when"]:
            _settle_conditional(plan, rule, request, kept)
    return request


def _settle_conditional(plan: Plan, rule: Rule, request: dict[str, Any], keep: set[str]) -> None:
    when, then = rule.value["when"], rule.value["then"]
    for at in list(triggers(request, when)):
        target = relative(at, when["member"], then["member"])
        if target is None:
            continue
        if (
            then["kind"] == "unsupported"
            and then["member"] in keep
            and _avoid(plan, request, at, when)
        ):
            continue
        _SETTLE.get(then["kind"], _nothing)(plan, request, target, then)


def _avoid(plan: Plan, request: dict[str, Any], at: Concrete, when: Mapping[str, Json]) -> bool:
    """Give the condition's member a value that does not trigger it; False where it has none."""
    shape = plan.shapes.get(when["member"])
    either = (True, False) if isinstance(shape, Scalar) and shape.type == "boolean" else ()
    values = plan.domain(when["member"]).values or either
    others = [value for value in values if value not in when.get("in", values)]
    if others:
        put(request, at, others[0])
    return bool(others)


def triggers(request: Json, when: Mapping[str, Json]) -> Iterable[Concrete]:
    """Yield where a condition holds in a request."""
    for at in occurrences(request, when["member"]):
        value = fetch(request, at)
        if ("in" in when and value in when["in"]) or when.get("present"):
            yield at


def relative(at: Concrete, member: str, other: str) -> Concrete | None:
    """Return the concrete place of `other` beside the occurrence `at` of `member`.

    Both share the list and map entries above them; None where `other` lies in a list or map that
    `member` is not in.
    """
    mine, theirs = steps(member), steps(other)
    shared = 0
    while shared < min(len(mine), len(theirs)) and mine[shared] == theirs[shared]:
        shared += 1
    if any(step in ("[]", "{}", "{key}") for step in theirs[shared:]):
        return None
    return (*at[:shared], *theirs[shared:])


def _settle_format(plan: Plan, request: Json, at: Concrete, then: Mapping[str, Json]) -> None:
    if exists(request, at) and then["value"] in FORMATS:
        put(request, at, FORMATS[then["value"]])


def _settle_enum(plan: Plan, request: Json, at: Concrete, then: Mapping[str, Json]) -> None:
    if exists(request, at) and fetch(request, at) not in then["value"]:
        put(request, at, then["value"][0])


def _settle_unsupported(plan: Plan, request: Json, at: Concrete, then: Mapping[str, Json]) -> None:
    stated: Mapping[str, Json] = then.get("value") or {}
    supported = stated.get("supported")
    if not exists(request, at):
        return
    if supported:
        put(request, at, supported[0])
    else:
        remove(request, at)


def _settle_required(plan: Plan, request: Json, at: Concrete, then: Mapping[str, Json]) -> None:
    there = exists(request, at) and fetch(request, at) not in ([], {})  # as little as none
    if there or not plan.sendable(then["member"]):
        return
    holder: Any = request
    path = ""
    for step in at[:-1]:
        path = join(path, str(step))
        if step not in holder:
            holder[step] = {}
        holder = holder[step]
    holder[at[-1]] = Builder(plan).filled(then["member"])


def _nothing(plan: Plan, request: Json, at: Concrete, then: Mapping[str, Json]) -> None:
    return


_SETTLE: Mapping[str, Callable[[Plan, Json, Concrete, Mapping[str, Json]], None]] = {
    "format": _settle_format,
    "enum": _settle_enum,
    "unsupported": _settle_unsupported,
    "required": _settle_required,
}


def _settle_exclusive(plan: Plan, rule: Rule, request: dict[str, Any], keep: set[str]) -> None:
    """Leave the first member that is there, the kept ones first; add one where one must be."""
    members = sorted(
        rule.value["members"], key=lambda path: (path not in keep, path not in plan.always)
    )
    for number, path in enumerate(members, start=1):
        for first in list(occurrences(request, path)):
            for later in members[number:]:
                other = relative(first, path, later)
                if other is not None and exists(request, other):
                    remove(request, other)
    if rule.value.get("exactly_one"):
        _settle_none(plan, members, request)


def _settle_none(plan: Plan, members: Sequence[str], request: dict[str, Any]) -> None:
    """Add the first member that may be sent wherever none of them stands."""
    names = [steps(path)[-1] for path in members]
    sendable = next((path for path in members if plan.sendable(path)), None)
    if sendable is None or len({parent(path) for path in members}) > 1:
        return
    for at in list(occurrences(request, parent(sendable))):
        holder: Any = fetch(request, at)
        if not any(name in holder for name in names):
            holder[steps(sendable)[-1]] = Builder(plan).typical(sendable)


# ---------------------------------------------------------------- changing JSON in place


def fetch(value: Json, at: Concrete) -> Json:
    """Return what stands at a concrete path."""
    for step in at:
        value = value[step]
    return value


def exists(value: Json, at: Concrete) -> bool:
    """Return whether something stands at a concrete path."""
    try:
        fetch(value, at)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def put(value: Json, at: Concrete, new: Json) -> None:
    """Put a value at a concrete path whose holder exists."""
    fetch(value, at[:-1])[at[-1]] = new


def remove(value: Json, at: Concrete) -> None:
    """Remove what stands at a concrete path."""
    del fetch(value, at[:-1])[at[-1]]


def rename(value: Json, at: Concrete, new: str) -> None:
    """Give the map key at `at` (ending in KEY) a new name, its place in the map kept."""
    assert at[-1] == KEY
    holder = fetch(value, at[:-2])
    items = [(new if key == at[-2] else key, item) for key, item in holder.items()]
    holder.clear()
    holder.update(items)


def token(identity: str, nonce: str) -> str:
    """Return the idempotency token of a case: a UUID of its id and the run's nonce."""
    digest = hashlib.sha256(f"{nonce}\0{identity}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


PLACEHOLDER = "x"
"""A token of this letter alone stands for a token of that length."""


def with_tokens(plan: Plan, request: dict[str, Any], identity: str, nonce: str) -> dict[str, Any]:
    """Return the request with a token of its own at every token member (top-level ones).

    A placeholder there keeps its length: so a limit on the token's length can be met.
    """
    for path in plan.tokens:
        if plan.sendable(path) and parent(path) == "":
            own = token(identity, nonce)
            placed = request.get(path)
            if isinstance(placed, str) and placed and set(placed) == {PLACEHOLDER}:
                request[path] = (own.replace("-", "") * len(placed))[: len(placed)]
            else:
                request[path] = fitted(plan, path, own)
    return request


def fitted(plan: Plan, path: str, value: str) -> str:
    """Return the token shortened to what the rules on the member allow."""
    domain = plan.domain(path)
    for candidate in (value, value.replace("-", ""), value[: domain.longest]):
        if domain.allows(candidate):
            return candidate
    return domains.text(domain, member_name(path)) or value

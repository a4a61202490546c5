"""Members that an update (or a creation) takes and a reading operation shows: what was changed?

They are found by name and type in the specs of both. A value counts as lost only where the reading
operation has shown the old one before, shows the very same again, and the update was a success.
What is normalised, computed or written only is therefore never a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aws_conformance.stateful.promises import said_of_member
from aws_conformance.stateful.texts import own_name
from aws_specs.identifiers import Identifier, Node, words
from aws_specs.jsonvalues import is_object
from aws_specs.paths import get, occurrences, steps
from aws_specs.spec import Json, Operation, Scalar, Value, walk
from aws_strategies.build import Builder, NoValueError
from aws_strategies.plan import Plan

MOST: Final = 6
"""How many members of one update are changed, each by itself."""

_TYPES: Final = frozenset({"string", "integer", "boolean"})

_LEFT_ALONE: Final = re.compile(
    r"protect|lock|retain|hold|force|dry.?run|delet|terminat|public|password|secret|token|version"
    r"|revision|etag|credential|skip|apply|encrypt|owner|account|polic|role|kms|replace|overwrite",
    re.IGNORECASE,
)
"""Names of members that are not changed: they keep from removing, open up, or name other things."""

_STATES: Final = frozenset({"status", "state", "phase", "lifecycle", "mode", "action", "operation"})
"""Last words of members that say what a thing is doing, or is to do."""

_CONDITIONAL: Final = re.compile(
    r"\bonly (valid|appl|used|when|if|for|support)|\bignored?\b"
    r"|\b(is|are) not (used|supported|appli)|deprecat|no longer"
    r"|multiple of|increment|\bround|nearest|approximat|\bwhen (the|you|this)\b"
    r"|\bif (the|you|this)\b|\brequires?\b|next |maintenance|restart|reboot|takes? effect"
    r"|\bnew (\w+ )?(session|connection|version)|cannot be (changed|modified|updated)|can't be"
    r"|read.only|write.only|not returned|immutable|\bmust also\b|along with|together with",
    re.IGNORECASE,
)
"""Words of a member's documentation by which a change of it need not be seen, or at once."""

_MASK: Final = re.compile(
    r"mask|fields?to|attributes?to|to(update|modify)$|paths$|apply", re.IGNORECASE
)
"""Names of members that say which of the others count, or when."""


class Shared(Value, frozen=True):
    """A member at `path` of a request whose value an answer shows at `at`."""

    path: str
    at: str
    type: str


def shared(plan: Plan, reader: Operation, node: Node | None, taken: frozenset[str]) -> list[Shared]:
    """Return the plain members that a request has and a reading operation shows, by name and type.

    Not those at the paths `taken`, nor what names other things, nor what is not to be touched.
    """
    if any(_MASK.search(member.name) for member in plan.operation.input.members):
        return []
    needs = (*node.needs, *node.optional) if node is not None else ()
    foreign = {n.path for n in needs if _names_another(n.means[0], node)}
    shown = _by_name(reader.output, brackets=1)
    tokens = {r.member for r in plan.operation.rules if r.kind == "idempotency"}
    found: list[Shared] = []
    for name, (path, kind) in _by_name(plan.operation.input, brackets=0).items():
        there = shown.get(name)
        if there is None or there[1] != kind or path in taken | foreign | tokens:
            continue
        last = words(steps(path)[-1])
        if not last or last[-1] in _STATES or _LEFT_ALONE.search(steps(path)[-1]):
            continue
        if plan.sendable(path):
            found.append(Shared(path, there[0], kind))
    return found[:MOST]


def _names_another(means: Identifier, node: Node | None) -> bool:
    """Whether a member names something: all but the name of the thing itself."""
    if means.facet == "name":
        return node is None or means.noun != node.noun
    return means.facet != ""


def _by_name(top: object, *, brackets: int) -> dict[str, tuple[str, str]]:
    """Return the plain members by name, each with path and type; those of one name are left out."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path, shape, member in walk(top):  # type: ignore[arg-type]  # a structure
        if member is None or not isinstance(shape, Scalar) or shape.type not in _TYPES:
            continue
        if path.count("[") > brackets or "{" in path or len(steps(path)) > 4:
            continue
        found.setdefault(member.name.lower(), []).append((path, shape.type))
    return {name: several[0] for name, several in found.items() if len(several) == 1}


def value_at(value: Json, at: str) -> Json:
    """Return what an answer shows at a member path, None where it is not there exactly once."""
    found = [get(value, one) for one in occurrences(value, at)] if is_object(value) else []
    return found[0] if len(found) == 1 else None


def another(plan: Plan, one: Shared, before: Json, tag: str) -> Json:
    """Return another value for a member than it has, None where none is known to be valid."""
    for value in _others(plan, one, before, tag):
        if value != before:
            return value
    return None


def _others(plan: Plan, one: Shared, before: Json, tag: str) -> Iterator[Json]:
    domain = plan.domain(one.path)
    if isinstance(before, bool):
        if one.type == "boolean":
            yield not before
    elif isinstance(before, int) and one.type == "integer":
        low = 1 if domain.low is None else domain.low
        high = 2**31 - 1 if domain.high is None else domain.high
        wanted = (*(domain.values or ()), before * 2, before + 1, before - 1)
        yield from (v for v in wanted if isinstance(v, int) and low <= v <= high)
    elif isinstance(before, str) and one.type == "string":
        yield from _texts(plan, one, tag)


def _texts(plan: Plan, one: Shared, tag: str) -> Iterator[Json]:
    values = plan.domain(one.path).values
    if values is not None:
        yield from values
        return
    try:
        typical = Builder(plan).typical(one.path)
    except NoValueError:
        return
    if isinstance(typical, str):
        yield own_name(plan, one.path, typical, tag)


def unsure(service: str, name: str, path: str) -> str:
    """Return the words by which a change of a member need not be seen, "" where there are none."""
    said = said_of_member(service, name, "input", path)
    return said[:300] if _CONDITIONAL.search(said) else ""

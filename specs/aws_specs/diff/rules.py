"""How the rules of two accounts differ: one function a kind, in a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from aws_specs.diff.account import LIMIT_KINDS, PROSE_KINDS, Account, Place, Said
from aws_specs.diff.change import Found, What, as_object, found
from aws_specs.spec import Json, Kind


class Pair(NamedTuple):
    """The same rule in both accounts; None where an account does not state it."""

    old: Said | None
    new: Said | None
    across: bool
    """Whether a page is compared with a model."""

    @property
    def either(self) -> Said:
        """The new one, or the old one where it has gone."""
        said = self.new or self.old
        if said is None:
            raise ValueError("a pair has at least one rule")
        return said


def rule_changes(before: Account, after: Account) -> Iterator[Found]:
    """Yield how the rules differ that stand on what both accounts have."""
    across = before.witness != after.witness
    for key in dict.fromkeys([*before.rules, *after.rules]):
        pair = Pair(before.rules.get(key), after.rules.get(key), across)
        said = pair.either
        row = _KINDS.get(said.kind)
        if row is None or not _both_have(before, after, said):
            continue
        if pair.old is None and before.silent(said.place, prose=said.prose):
            continue
        if pair.new is None and after.silent(said.place, prose=said.prose):
            continue
        if said.kind in PROSE_KINDS and (across or before.witness == "model"):
            continue
        yield from row(pair)


def _both_have(before: Account, after: Account, rule: Said) -> bool:
    places = (rule.place, *_concerned(rule))
    return all(place in before.nodes and place in after.nodes for place in places)


def _concerned(rule: Said) -> Iterator[Place]:
    """Yield the other members a rule speaks of: it stands and falls with them."""
    named: list[str] = []
    if rule.kind == "exclusive":
        named = list(rule.value["members"])
    elif rule.kind == "conditional":
        named = [rule.value["when"].get("member") or "", rule.value["then"]["member"]]
    for member in named:
        yield rule.side, member


# ---------------------------------------------------------------- kinds


def _required(pair: Pair) -> Iterator[Found]:
    """A page marks what must be sent, never what is answered."""
    if pair.across and pair.either.side == "output":
        return
    if (pair.old is None) != (pair.new is None):
        flip = pair.old is not None, pair.new is not None
        yield found("required", pair.either.place, *flip, sure=pair.either.sure)


def _type(pair: Pair) -> Iterator[Found]:
    if pair.old is None or pair.new is None or pair.old.value == pair.new.value:
        return
    old, new = pair.old.value, pair.new.value
    if pair.across and _STREAMED.get(old, old) == _STREAMED.get(new, new):
        return
    yield found("type", pair.new.place, old, new)


_STREAMED: Mapping[str, str] = {
    "StreamingBody": "bytes",
    "bytes or seekable file-like object": "bytes",
    "EventStream": "dict",
}
"""Words of the SDK's documentation for what streams, and those of the model's type."""


def _enum(pair: Pair) -> Iterator[Found]:
    """Yield values that came or went.

    An enumeration in prose alone is no enum of the model, and pages print none for a map's keys.
    """
    place, sure = pair.either.place, pair.either.sure
    if pair.old is None or pair.new is None:
        if pair.across and (pair.either.confidence < 1.0 or place[1].endswith("{key}")):
            return
        gone = pair.new is None
        old, new = (pair.either.value, None) if gone else (None, pair.either.value)
        yield found("enum-removed" if gone else "enum-added", place, old, new, sure=sure)
        return
    for value in pair.old.value:
        if value not in pair.new.value:
            yield found("enum-value-removed", place, value, None, sure=sure)
    for value in pair.new.value:
        if value not in pair.old.value:
            yield found("enum-value-added", place, None, value, sure=sure)


def _limit(pair: Pair) -> Iterator[Found]:
    """Yield a limit that differs; of page and model only in the bounds that both name."""
    old, new = (said.value if said else None for said in (pair.old, pair.new))
    if pair.across and not _bounds_differ(old, new):
        return
    if old != new:
        said = pair.either
        what = _what("constraint", old, new)
        yield found(what, said.place, old, new, said.kind, sure=said.sure, checkable=said.checkable)


def _bounds_differ(old: Json, new: Json) -> bool:
    ours, theirs = as_object(old), as_object(new)
    both = [key for key in ("min", "max") if key in ours and key in theirs]
    return any(ours[key] != theirs[key] for key in both)


def _prose(pair: Pair) -> Iterator[Found]:
    old, new = (said.value if said else None for said in (pair.old, pair.new))
    if old != new:
        said = pair.either
        what = _what("rule", old, new)
        yield found(what, said.place, old, new, said.kind, sure=said.sure, checkable=said.checkable)


def _what(about: str, old: Json, new: Json) -> What:
    return _WHATS[about, "added" if old is None else "removed" if new is None else "changed"]


_WHATS: Mapping[tuple[str, str], What] = {
    ("constraint", "added"): "constraint-added",
    ("constraint", "removed"): "constraint-removed",
    ("constraint", "changed"): "constraint-changed",
    ("rule", "added"): "rule-added",
    ("rule", "removed"): "rule-removed",
    ("rule", "changed"): "rule-changed",
}


def _token(pair: Pair) -> Iterator[Found]:
    old, new = (said is not None and _autopopulated(said) for said in (pair.old, pair.new))
    if old != new:
        yield found("token", pair.either.place, old, new, sure=pair.either.sure)


def _autopopulated(said: Said) -> bool:
    return bool(said.value.get("autopopulated"))


_KINDS: Mapping[Kind, Callable[[Pair], Iterator[Found]]] = {
    "required": _required,
    "type": _type,
    "enum": _enum,
    "idempotency": _token,
    **dict.fromkeys(sorted(LIMIT_KINDS), _limit),
    **dict.fromkeys(sorted(PROSE_KINDS), _prose),
}

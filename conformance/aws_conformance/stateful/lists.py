"""Lists: what is there is listed, what was taken away is not. Pure, but for who sends the pages.

A list is believed to have everything only where it was read to its end, nothing in its
documentation leaves room, and the target itself shows the thing (or says that it is gone) when it
is asked for that alone: so a finding is a target that contradicts itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from aws_conformance.bootstrap import first
from aws_conformance.sender import Exchange
from aws_conformance.stateful.acts import Said, Thing
from aws_conformance.stateful.identity import IDENTITY
from aws_conformance.stateful.invariants import documented, is_changing, made_later, names_in
from aws_conformance.stateful.lifecycle import Lister
from aws_conformance.stateful.promises import deferral, partial, remembers, says_deleted
from aws_conformance.stateful.texts import texts_of
from aws_reports.results import Outcome
from aws_specs import pagination as paging
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import from_steps, get, occurrences, shape_at, steps
from aws_specs.spec import Json, Operation, Scalar, Value
from aws_strategies.domain import domain_of

PAGES: Final = 8
"""The most pages of a list that are read."""

_LONG: Final = 100
"""A list of so many items without a token may have been cut: SQS lists 1000 queues at most."""

_BIGGEST: Final = 100
_SHORTEST: Final = 4


class Listing(Value, frozen=True):
    """The answers that a list was read in; `whole` tells whether it was read to its end."""

    values: tuple[Json, ...]
    whole: bool


class Listed(Value, frozen=True, kw_only=True):
    """A list that was read, and what is known of the thing that it is to have, or not to have.

    `shown` says what the target answers when it is asked for the thing alone: None where that
    cannot be asked, "" where it says that it is not there, else a name of the operation. `looked`
    is that answer. `others` are the things that live.
    """

    operation: Operation
    create: Operation
    delete: Operation | None
    noun: str
    lister: Lister
    thing: Thing
    listing: Listing
    unsent: tuple[str, ...] = ()
    others: tuple[Thing, ...] = ()
    shown: bool | None = None
    looked: Json = None
    exact: bool = True
    consistent: bool = True


# ---------------------------------------------------------------- reading


def read(
    operation: Operation, params: Mapping[str, Json], send: Callable[[Any], Exchange | None]
) -> Listing | None:
    """Return a list, read page by page; None where a page is no success."""
    found = paging.pagination(operation)
    limit = _limit(operation, found)
    values: list[Json] = []
    tokens: Mapping[str, Json] = {}
    while len(values) < PAGES:
        exchange = send({**params, **limit, **tokens})
        if exchange is None or exchange.reading.kind != "success" or exchange.reading.unreadable:
            return None
        values.append(exchange.reading.value)
        page = paging.page(found, exchange.reading.value) if found is not None else None
        if page is None or page.next is None:
            cut = page is not None and bool(page.more)
            return Listing(tuple(values), not cut and _count(values) < _LONG)
        if page.next == tokens:
            break
        tokens = page.next
    return Listing(tuple(values), whole=False)


def _limit(operation: Operation, found: paging.Pagination | None) -> dict[str, Json]:
    """Return the limit that a list requires, as large as may be."""
    required = {r.member for r in operation.rules if r.side == "input" and r.kind == "required"}
    if found is None or found.limit not in required:
        return {}
    stated = tuple(r for r in operation.rules if r.side == "input" and r.member == found.limit)
    most = int(min(_BIGGEST, domain_of(stated).high or _BIGGEST))
    shape = shape_at(operation.input, found.limit)
    text = isinstance(shape, Scalar) and shape.type == "string"
    return {found.limit: str(most) if text else most}


def _count(values: Sequence[Json]) -> int:
    """Return how many items the longest list of some answers has."""
    return max((_longest(value) for value in values), default=0)


def _longest(value: Json) -> int:
    if is_list(value):
        return len(value)
    return max(map(_longest, value.values()), default=0) if is_object(value) else 0


def unsent(operation: Operation, params: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the members of a list's request that are left out, those of pages not among them."""
    found = paging.pagination(operation)
    tokens = {token.member for token in found.tokens} | {found.limit} if found else set[str]()
    names = [member.name for member in operation.input.members]
    return tuple(n for n in names if n not in params and n not in tokens | {*paging.LIMITS})


# ---------------------------------------------------------------- judging


def judged_list(listed: Listed) -> tuple[Said, ...]:
    """Return what a list says of a thing that lives, or that was taken away."""
    if listed.thing.state == "live":
        return tuple(_of_living(listed))
    return tuple(_of_deleted(listed)) if listed.thing.state == "deleted" else ()


def _of_living(s: Listed) -> Iterator[Said]:
    label, expected = "list-after-create", f"{s.operation.name} lists the {s.noun} that is there"
    known = _names(s)
    if not known:
        return
    if any(_mentions(value, known) for value in s.listing.values):
        yield _say(s, label, "pass", "listed", expected, "with it")
        return
    pages = len(s.listing.values)
    seen = f"without {known[0][:80]}" + (f", on {pages} pages" if pages > 1 else "")
    hint = partial(s.operation.service, s.operation.name, s.unsent)
    if s.shown is False:
        verdict: tuple[Outcome, str] = ("inconclusive", "not-shown")
    elif not s.listing.whole:
        verdict = "inconclusive", "whole-is-cut"
    elif hint:
        verdict = "inconclusive", "partial-list"
    elif (hint := made_later(s.create)) or is_changing(s.looked) or is_changing(s.thing.answer):
        verdict = "inconclusive", "asynchronous-creation"
    elif not s.consistent:
        verdict = "inconclusive", "eventual-consistency"
    elif not s.exact:
        verdict = "inconclusive", "identity-guessed"
    else:
        verdict = "fail", "not-listed"
    yield _say(s, label, *verdict, expected, seen, hint)


def _of_deleted(s: Listed) -> Iterator[Said]:
    label = "list-after-delete"
    expected = f"{s.operation.name} does not list the {s.noun} that was deleted"
    found = next(_items(s), None)
    if found is None or s.delete is None:
        if s.delete is not None and s.listing.whole:
            yield _say(s, label, "pass", "not-listed", expected, "without it")
        return
    name, item = found
    due = deferral(s.delete, s.operation)
    hint = due.words if due is not None else remembers(s.operation.service, s.operation.name)
    if says_deleted(item):
        verdict: tuple[Outcome, str] = ("pass", "says-deleted")
    elif due is not None:
        verdict = "inconclusive", due.reason
    elif hint:
        verdict = "inconclusive", "tombstone"
    elif not s.exact:
        verdict = "inconclusive", "identity-guessed"
    elif s.shown is not False:
        verdict = "inconclusive", "still-shown" if s.shown else "deletion-unseen"
    elif not s.consistent:
        verdict = "inconclusive", "eventual-consistency"
    else:
        verdict = "fail", "still-listed"
    yield _say(s, label, *verdict, expected, f"with {name[:80]}", hint)


def _names(s: Listed) -> tuple[str, ...]:
    """Return the values that name the thing in the list, those of its answer before its request."""
    ranked = sorted(s.lister.shown, key=lambda pair: pair[1].side == "input")
    found = (
        first(s.thing.params if given.side == "input" else s.thing.answer, given.path)
        for _, given in ranked
        if any(means.facet in IDENTITY for means in given.means)
    )
    return tuple(dict.fromkeys(text for text in found if text is not None and len(text) > 1))


def _mentions(value: Json, texts: Sequence[str]) -> bool:
    """Whether a value has any of the texts at all, in whatever letters and however wrapped."""
    if names_in(value, frozenset(texts)):
        return True
    wanted = [text.lower() for text in texts if len(text) >= _SHORTEST]
    return any(text in shown.lower() for shown in texts_of(value) for text in wanted)


def _items(s: Listed) -> Iterator[tuple[str, Json]]:
    """Yield each item that names the thing, and no other that lives, with the name."""
    for path, given in s.lister.shown:
        name = _given(s.thing, given.side, given.path)
        if name is None or any(_given(o, given.side, given.path) == name for o in s.others):
            continue
        parts = steps(path)
        top = from_steps(parts[: parts.index("[]") + 1])
        rest = from_steps(parts[parts.index("[]") + 1 :])
        for value in s.listing.values:
            for at in occurrences(value, top):
                item = get(value, at)
                if (item if not rest else first(item, rest)) == name:
                    yield name, item


def _given(thing: Thing, side: str, path: str) -> str | None:
    return first(dict(thing.params) if side == "input" else thing.answer, path)


def _say(
    s: Listed, label: str, verdict: Outcome, reason: str, expected: str, seen: str, hint: str = ""
) -> Said:
    return Said(
        rule=f"{s.operation.id}/state/{label}", via=s.operation.id, verdict=verdict, reason=reason,
        expected=expected, observed=f"{s.operation.name} is answered 200 success {seen}",
        source=documented(s.operation), hint=hint if verdict == "inconclusive" else "",
    )  # fmt: skip

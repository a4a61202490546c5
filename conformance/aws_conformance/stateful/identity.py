"""Identity: by which texts one thing is told from another, and what a creation says of its own.

A creation that answers with the identifier of something else that it has made, or with another name
than the one that was asked for, is wrong whatever the operations that look at it say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from aws_conformance.bootstrap import first
from aws_conformance.reading import Reading
from aws_conformance.stateful.acts import Said, Thing
from aws_conformance.stateful.invariants import documented, names_in
from aws_conformance.stateful.lifecycle import Lifecycle, Use
from aws_conformance.stateful.promises import said_of_member
from aws_conformance.stateful.texts import texts_of, uses_of
from aws_reports.results import Outcome
from aws_specs.identifiers import Node, last_name
from aws_specs.paths import get, occurrences
from aws_specs.spec import Json, Operation, Scalar, Source, Value, walk

IDENTITY: Final = ("id", "arn", "url", "name", "key")
"""Facets of identifiers in which one thing differs from another."""

_GIVEN: Final = ("id", "arn", "url")
"""Facets of identifiers that a service gives out."""

_SHORTEST: Final = 4
"""Letters of a name that stands for nothing else by chance."""

_LONG: Final = 8
"""Letters of an identifier that is not given out again as soon as it is free."""

_UNIQUE: Final = re.compile(r"\bunique|\bgenerate[sd]\b|\bassign(s|ed)\b", re.IGNORECASE)
"""Words of an identifier's documentation by which no two things ever have the same."""

_ONE_OF_SEVERAL: Final = frozenset({"version", "revision", "draft"})
"""Last words of nouns whose things share the identifier of what they are versions of."""


# ---------------------------------------------------------------- names


def identities(node: Node | None, facets: Sequence[str] = IDENTITY) -> Iterator[str]:
    """Yield the members of a creation's answer that tell one thing from another."""
    for given in node.yields if node is not None else ():
        own = any(node and m.noun == node.noun and m.facet in facets for m in given.means)
        if own and given.side == "output" and "[]" not in given.path:
            yield given.path


def named(use: Use, thing: Thing) -> tuple[str | None, ...]:
    """Return the values by which an operation would be told of a thing."""
    return tuple(
        first(thing.params if given.side == "input" else thing.answer, given.path)
        for _, given in use.fills
    )


def names(lifecycle: Lifecycle, node: Node | None, thing: Thing) -> Iterator[str]:
    """Yield the texts by which a thing is told from others."""
    found = [first(thing.answer, path) for path in identities(node)]
    found += [first(thing.params, path) for path in lifecycle.chosen]
    answered = set(texts_of(thing.answer))
    for use in uses_of(lifecycle):
        found += [name for name in named(use, thing) if name in answered]
    yield from (name for name in found if name is not None)


def difference(node: Node | None, thing: Thing, answer: Json) -> str | None:
    """Return in which identifier another answer differs; None where there is none to see."""
    seen = False
    for path in identities(node):
        one, other = first(thing.answer, path), first(answer, path)
        if one is None or other is None:
            continue
        seen = True
        if one != other:
            return f"{path} {other} instead of {one}"
    return "" if seen else None


def stranger(
    lifecycle: Lifecycle, node: Node | None, thing: Thing, things: Iterable[Thing], reading: Reading
) -> str:
    """Return the name of another thing that an answer shows instead, "" where it does not."""
    own = {*texts_of(dict(thing.params)), *texts_of(thing.answer)}
    if names_in(reading.value, frozenset(own & set(names(lifecycle, node, thing)))):
        return ""
    found = (
        name
        for one in things
        if one.number != thing.number and one.kind == thing.kind
        for name in names(lifecycle, node, one)
        if name not in own and len(name) >= _SHORTEST
    )
    return next((name for name in found if names_in(reading.value, frozenset((name,)))), "")


# ---------------------------------------------------------------- what a creation says


class Made(Value, frozen=True, kw_only=True):
    """An accepted creation, and the things of the kind that were made before it, in one place.

    `tokens` are the members by which a request says that it is not one sent before. `consistent`:
    what was done is seen at once.
    """

    create: Operation
    node: Node
    lifecycle: Lifecycle
    thing: Thing
    reading: Reading
    before: tuple[Thing, ...] = ()
    tokens: tuple[str, ...] = ()


def judged_creation(made: Made) -> tuple[Said, ...]:
    """Return what the answer to a creation says of its identifier, and of the name it was given."""
    return (*_distinct(made), *_as_named(made))


def _distinct(made: Made) -> Iterator[Said]:
    asked = frozenset(texts_of(dict(made.thing.params)))
    if made.node.noun.rpartition(" ")[2] in _ONE_OF_SEVERAL:
        return
    seen = False
    for path in identities(made.node, _GIVEN):
        text = first(made.thing.answer, path)
        if text is None or text in asked:
            continue
        for other in made.before:
            seen = seen or first(other.answer, path) is not None
            if first(other.answer, path) == text:
                yield _again(made, other, path, text)
                return
    if seen:
        yield _say(made, "unique-identity", "pass", "distinct", _DISTINCT, "another one")


_DISTINCT: Final = "a new thing gets an identifier that no other has"


def _again(made: Made, other: Thing, path: str, text: str) -> Said:
    """Return what is said of an identifier that another thing has, or had."""
    words = said_of_member(made.create.service, made.create.name, "output", path)
    unique = _UNIQUE.search(words) is not None and len(text) >= _LONG
    gone = other.state == "deleted"
    observed = f"{path} {text} is that of {'one that was deleted' if gone else 'another one'}"
    verdict: tuple[Outcome, str] = ("fail", "id-reused" if gone else "id-in-use")
    if other.state == "unsure":
        verdict = "inconclusive", "unsure"
    elif not _apart(made, other):
        verdict = "inconclusive", "same-request"
    elif gone and not unique:
        verdict = "inconclusive", "not-said-to-be-unique"
    return _say(made, "unique-identity", *verdict, _DISTINCT, observed, hint=words[:300])


def _apart(made: Made, other: Thing) -> bool:
    """Whether two requests cannot be taken for one that was sent twice."""
    paths = (*made.lifecycle.chosen, *made.tokens)
    pairs = [(first(made.thing.params, path), first(other.params, path)) for path in paths]
    return any(one is not None and two is not None and one != two for one, two in pairs)


def _as_named(made: Made) -> Iterator[Said]:
    for path in made.lifecycle.chosen:
        asked = first(made.thing.params, path)
        at = _echo(made.create, path)
        shown = first(made.thing.answer, at) if at else None
        if asked is None or shown is None or len(asked) < _SHORTEST:
            continue
        expected = f"the {made.node.noun} has the {path} that was asked for"
        same = _alike(asked, shown)
        verdict: tuple[Outcome, str] = ("pass", "as-asked") if same else ("fail", "another-name")
        yield _say(made, "create-as-named", *verdict, expected, f"{at} is {shown[:80]}")


def _echo(create: Operation, path: str) -> str:
    """Return the one member of a creation's answer that has the name of a member of its request."""
    wanted = last_name(path).lower()
    found = [
        at
        for at, shape, member in walk(create.output)
        if member is not None and member.name.lower() == wanted and "[" not in at and "{" not in at
        if isinstance(shape, Scalar) and shape.type == "string"
    ]
    return found[0] if len(found) == 1 else ""


def _alike(asked: str, shown: str) -> bool:
    """Whether one name may be the other as a service writes it: in an ARN, in small letters, cut.

    A name that has nothing but its first half in common may be one that was made unique.
    """
    one, other = (re.sub(r"[^a-z0-9]", "", text.lower()) for text in (asked, shown))
    half = max(_SHORTEST, len(one) // 2)
    return not one or not other or one in other or other in one or one[:half] == other[:half] != ""


def _say(
    made: Made, label: str, verdict: Outcome, reason: str, expected: str, seen: str, hint: str = ""
) -> Said:
    source: Source = documented(made.create)
    return Said(
        rule=f"{made.create.id}/state/{label}", via=made.create.id, verdict=verdict, reason=reason,
        expected=expected,
        observed=f"{made.create.name} is answered {made.reading.short()}: {seen}",
        source=source, hint=hint if verdict != "pass" else "",
    )  # fmt: skip


# ---------------------------------------------------------------- one place


def same_place(node: Node, one: Thing, other: Thing) -> bool:
    """Whether two things were made in the same parents."""
    paths = [need.path for need in node.needs if not need.chosen]
    return all(_texts(one.params, path) == _texts(other.params, path) for path in paths)


def _texts(params: Mapping[str, Json], path: str) -> list[Json]:
    value: Json = dict(params)
    return [get(value, at) for at in occurrences(value, path)]

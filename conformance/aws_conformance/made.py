"""What an answer says to have been made: the values that identify a thing, by their paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aws_specs.identifiers import Identifier, identifier, same_noun, verb_and_noun, words
from aws_specs.jsonvalues import is_object
from aws_specs.spec import Json, Operation, Scalar

_DEPTH: Final = 3
"""How deep within structures an identifier is looked for."""

_FACETS: Final = frozenset(("id", "arn", "url", "name", "handle"))


def identity_of(operation: Operation, value: Json) -> dict[str, Json]:
    """Return the texts of an answer that identify what an operation has made, by member path.

    Those that the spec requires to be present and that are called identifiers; else what an
    identifier's name has: at the top any, within a structure those of the structure or of the
    operation's noun (`cluster.arn`, `cluster.clusterName`); else other required texts that do not
    change with time. Never the id of the request itself, nor a URL beside another identifier: it
    may be signed anew. Empty where nothing identifies.
    """
    required = {r.member for r in operation.rules if r.kind == "present" and r.side == "output"}
    top = value if is_object(value) else {}
    texts = {name: text for name, text in top.items() if name in required and _is_text(text)}
    named = {name: text for name, text in texts.items() if _names_a_thing(name)}
    noun = verb_and_noun(operation.name)[1]
    found = _without_urls(named) or _without_urls(dict(_identifiers(value, "", "", noun, _DEPTH)))
    return found or {name: text for name, text in texts.items() if _is_steady(operation, name)}


def _names_a_thing(name: str) -> bool:
    means = identifier(name)
    return means.facet in _FACETS and means.noun != "request"


def _without_urls(found: dict[str, Json]) -> dict[str, Json]:
    others = {path: text for path, text in found.items() if _facet(path) != "url"}
    return others or found


def _facet(path: str) -> str:
    return identifier(path.rpartition(".")[2]).facet


_MOVES: Final = frozenset(
    ("status", "state", "phase", "progress", "message", "reason", "version", "revision", "date",
     "time", "timestamp", "token", "credentials", "secret", "password", "url", "uri", "request",
     "at")
)  # fmt: skip
"""Words of members that may differ between two answers about the same thing."""


def _is_steady(operation: Operation, name: str) -> bool:
    """Whether a text is not known to change by itself: a state goes on, a time is another one."""
    member = next((m for m in operation.output.members if m.name == name), None)
    shape = member.shape if member is not None else None
    timed = isinstance(shape, Scalar) and shape.type == "timestamp"
    listed = any(r.kind == "enum" and r.side == "output" and r.member == name
                 for r in operation.rules)  # fmt: skip
    return not timed and not listed and not _MOVES & set(words(name))


def _identifiers(
    value: Json, path: str, within: str, noun: str, depth: int
) -> Iterator[tuple[str, Json]]:
    for name, item in value.items() if is_object(value) else ():
        means = identifier(name)
        at = f"{path}.{name}" if path else name
        if is_object(item) and depth > 1:
            yield from _identifiers(item, at, identifier(name).noun or name, noun, depth - 1)
        elif _is_text(item) and means.facet in _FACETS and _is_of(means, within, noun):
            yield at, item


def _is_of(means: Identifier, within: str, noun: str) -> bool:
    if means.noun == "request":
        return False
    if not within or not means.noun:
        return True
    return same_noun(means.noun, within.lower()) or same_noun(means.noun, noun)


def _is_text(value: Json) -> bool:
    return isinstance(value, str) and value != ""

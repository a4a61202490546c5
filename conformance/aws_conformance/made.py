"""What an answer says to have been made: the values that identify a thing, by their paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aws_specs.identifiers import Identifier, identifier, same_noun, verb_and_noun
from aws_specs.jsonvalues import is_object
from aws_specs.spec import Json, Operation

_DEPTH: Final = 3
"""How deep within structures an identifier is looked for."""

_FACETS: Final = frozenset(("id", "arn", "url", "name", "handle"))


def identity_of(operation: Operation, value: Json) -> dict[str, Json]:
    """Return the texts of an answer that identify what an operation has made, by member path.

    Those that the spec requires to be present, and what an identifier's name has: at the top any,
    within a structure those of the structure or of the operation's noun (`cluster.arn`,
    `cluster.clusterName`). Never the id of the request itself. Empty where nothing identifies.
    """
    required = {r.member for r in operation.rules if r.kind == "present" and r.side == "output"}
    top = value if is_object(value) else {}
    found = {name: text for name, text in top.items() if name in required and _is_text(text)}
    noun = verb_and_noun(operation.name)[1]
    return found or dict(_identifiers(value, "", "", noun, _DEPTH))


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

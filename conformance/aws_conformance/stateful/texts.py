"""The texts that name things in requests: new ones, those there are, and ones that name nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from aws_conformance.stateful.lifecycle import Lifecycle, Use
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import get, occurrences, steps
from aws_specs.spec import Json, Scalar
from aws_strategies.plan import Plan


def goes_by_name(lifecycle: Lifecycle) -> bool:
    """Whether operations are told of a thing by the name that its creator chose."""
    fills = (given for use in uses_of(lifecycle) for _, given in use.fills)
    return any(given.side == "input" and given.path in lifecycle.chosen for given in fills)


def own_name(plan: Plan, path: str, typical: str, tag: str) -> str:
    """Return a name of its own for what is made, of the form that the rules leave."""
    domain = plan.domain(path)
    for text in (f"{typical}-{tag}", f"{typical}{tag}", tag, typical[: -len(tag)] + tag):
        if domain.values is None and len(text) <= (domain.longest or 255) and domain.allows(text):
            return text
    return typical


def uses_of(lifecycle: Lifecycle) -> tuple[Use, ...]:
    """Return every operation that is told of a thing."""
    deleter = (lifecycle.deleter,) if lifecycle.deleter is not None else ()
    return (*lifecycle.readers, *lifecycle.updaters, *deleter)


def descriptions(plan: Plan) -> Iterator[str]:
    """Yield the members by which an update may say something that changes nothing else."""
    for path, member in plan.members.items():
        text = isinstance(member.shape, Scalar) and member.shape.type == "string"
        plain = text and "." not in path and "[" not in path and plan.domain(path).values is None
        if plain and path.lower().endswith(("description", "comment")) and plan.sendable(path):
            yield path


def shown_as(value: Json, member: str, depth: int = 3) -> Iterator[str]:
    """Yield the texts that an answer shows under a member's name, not those within lists."""
    for name, item in value.items() if is_object(value) else ():
        if isinstance(item, str) and name.lower() == member.lower():
            yield item
        elif depth > 1:
            yield from shown_as(item, member, depth - 1)


def texts_of(value: Json) -> Iterator[str]:
    """Yield every text of a value."""
    if isinstance(value, str):
        yield value
    elif is_object(value):
        for item in value.values():
            yield from texts_of(item)
    elif is_list(value):
        for item in value:
            yield from texts_of(item)


def is_idle(use: Use | None, params: Any) -> bool:
    """Whether a request holds nothing but what names the thing."""
    named = {steps(path)[0] for path, _ in (use.fills if use else ())}
    return set(params) <= named


def texts_at(params: Json, path: str) -> tuple[str, ...]:
    """Return the texts at a member path of a request."""
    found = (get(params, at) for at in occurrences(params, path))
    return tuple(text for text in found if isinstance(text, str))


def unheard_of(text: str) -> str:
    """Return a text of the same form that names nothing: its last letters and digits turned."""
    turned, left = list(text), 8
    for at in range(len(turned) - 1, -1, -1):
        if left and turned[at] in _TURN:
            turned[at] = _TURN[turned[at]]
            left -= 1
    return "".join(turned)


_DIGITS: Final = "0123456789"
_LETTERS: Final = "abcdef"
_TURN: Final[Mapping[str, str]] = {
    **dict(zip(_DIGITS, "7890123456", strict=True)),
    **dict(zip(_LETTERS, "defabc", strict=True)),
    **dict(zip(_LETTERS.upper(), "DEFABC", strict=True)),
}


def with_texts(value: Any, names: Mapping[str, str]) -> Any:
    """Return a value with some of its texts exchanged for others."""
    if is_object(value):
        return {key: with_texts(item, names) for key, item in value.items()}
    if is_list(value):
        return [with_texts(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value

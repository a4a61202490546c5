"""Published requests: the examples of requests that the SDK ships, and what its prose gives as one.

They are no part of the contract and no source of a rule: they are values that somebody thought to
be accepted, tried where the smallest valid request is not.
"""

# botocore has no types: what comes from it is unknown to pyright.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from aws_specs import sdk
from aws_specs.paths import join
from aws_specs.spec import Json, List, Map, Operation, Scalar, Shape, Structure

Leaves = Mapping[str, Json]
"""The values of a request's leaves by member path; an empty list, map or structure is a leaf."""

_DEEPEST: Final = 12


def examples(operation: Operation) -> tuple[Leaves, ...]:
    """Return the leaves of an operation's published requests, in the order they are published.

    Of a list or a map the first entry is taken. What does not have the member's type is left out.
    """
    found = (example.get("input") for example in _published(operation.service, operation.name))
    return tuple(leaves(operation.input, made) for made in found if isinstance(made, dict))


@cache
def _published(service: str, name: str) -> tuple[dict[str, Any], ...]:
    from botocore.exceptions import DataNotFoundError

    try:
        data: Any = sdk.loader().load_service_model(service, "examples-1")
    except DataNotFoundError:
        return ()
    return tuple(data.get("examples", {}).get(name, ()))


def leaves(shape: Shape, value: Json) -> dict[str, Json]:
    """Return the leaves of a request (texts and blobs as they are printed), by member path."""
    return dict(_leaves(shape, value, "", 0))


def _leaves(shape: Shape, value: Any, path: str, depth: int) -> Iterator[tuple[str, Json]]:
    match shape:
        case Structure() if isinstance(value, dict) and depth < _DEEPEST:
            there = [member for member in shape.members if member.name in value]
            if path and not there:
                yield path, {}
            for member in there:
                here = join(path, member.name)
                yield from _leaves(member.shape, value[member.name], here, depth + 1)
        case List() if isinstance(value, list) and depth < _DEEPEST:
            if not value:
                yield path, []
            for item in value[:1]:
                yield from _leaves(shape.item, item, f"{path}[]", depth + 1)
        case Map() if isinstance(value, dict) and depth < _DEEPEST:
            if not value:
                yield path, {}
            for key, item in list(value.items())[:1]:
                yield from _leaves(shape.key, key, f"{path}{{key}}", depth + 1)
                yield from _leaves(shape.value, item, f"{path}{{}}", depth + 1)
        case Scalar():
            made = _scalar(shape, value)
            if made is not None:
                yield path, made
        case _:
            return


def _scalar(shape: Scalar, value: Any) -> Json:
    """Return a printed value in the form of a request, None where it is of another type."""
    kind = shape.type
    if kind in ("blob", "stream"):
        return base64.b64encode(value.encode()).decode() if isinstance(value, str) else None
    if kind in ("string", "timestamp"):
        return value if isinstance(value, str) else None
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return value if kind in ("integer", "float") and numeric else None


# ---------------------------------------------------------------- prose

_CODE: Final = re.compile(r"<code>([^<>]{1,200})</code>")
_EXAMPLE: Final = re.compile(r"(?:for example|example:|such as|e\.g\.)[:,]?\s{0,3}", re.IGNORECASE)
_PLAIN: Final = re.compile(r"<[^<>]{1,200}>")
_WORD: Final = re.compile(r"[^\s,;()]{2,200}")
_MOST: Final = 6
_LONGEST: Final = 20000
"""Longer descriptions are cut: what is given as an example stands near the start."""


@cache
def mentioned(service: str, operation: str, path: str) -> tuple[str, ...]:
    """Return the values that the SDK's description of a text member gives, likely ones first.

    "for example, `10.0.0.0/16`" and lists of `code` words; nothing where the path cannot be
    followed.
    """
    text = sdk.member_documentation(service, operation, path)[:_LONGEST]
    return tuple(dict.fromkeys((*_given(text), *_CODE.findall(text))))[:_MOST]


def _given(text: str) -> Iterator[str]:
    plain = html.unescape(_PLAIN.sub("", text))
    for found in _EXAMPLE.finditer(plain):
        word = _WORD.match(plain, found.end())
        if word is not None and not word[0].islower():
            yield word[0].strip("\"'`").rstrip(".\"'`")


__all__ = ["Leaves", "examples", "leaves", "mentioned"]

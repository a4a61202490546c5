"""Reading JSON, XML and CBOR that a target sent: what is wrong is said, nothing raises.

Each function returns the value and what is wrong with the bytes, as texts that start with a stable
kebab-case code and a colon. A value with problems may still be useful; `None` stands for none.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, Final, NoReturn
from xml.etree import ElementTree

from aws_conformance.wire import cbor
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.spec import Json

MAX_DEPTH: Final = 100
"""How deep an answer may nest. AWS's own stay below 20."""

Problems = tuple[str, ...]


class _NotJsonError(ValueError):
    pass


def read_json(body: bytes) -> tuple[Json, Problems]:
    """Return the JSON value in `body`; a repeated key keeps its last value and is reported."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, (f"not-utf-8: byte {error.start} of the body",)
    problems: list[str] = []

    def pairs(items: list[tuple[str, Json]]) -> dict[str, Json]:
        found = dict(items)
        if len(found) < len(items) and not problems:
            problems.append(f"duplicate-key: {_first_repeated(items)!r}")
        return found

    try:
        value = json.loads(
            text, object_pairs_hook=pairs, parse_constant=_refuse, parse_float=_finite
        )
    except RecursionError:
        return None, (f"too-deep: nested deeper than {MAX_DEPTH}",)
    except ValueError as error:
        return None, (*problems, f"{_html_or(text, 'not-json')}: {error}")
    if _deeper_than(value, MAX_DEPTH, _json_children):
        return None, (*problems, f"too-deep: nested deeper than {MAX_DEPTH}")
    return value, tuple(problems)


def _first_repeated(items: list[tuple[str, Json]]) -> str:
    seen: set[str] = set()
    for key, _ in items:
        if key in seen:
            return key
        seen.add(key)
    return ""


def _refuse(word: str) -> NoReturn:
    raise _NotJsonError(f"{word} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _NotJsonError(f"the number {text[:40]} is out of range")
    return number


def _html_or(text: str, code: str) -> str:
    start = text.lstrip()[:15].lower()
    return "html" if start.startswith(("<!doctype html", "<html")) else code


def _json_children(value: Any) -> list[Any]:
    if is_object(value):
        return list(value.values())
    return value if is_list(value) else []


def _deeper_than(value: Any, limit: int, children: Callable[[Any], list[Any]]) -> bool:
    level = [value]
    for _ in range(limit + 1):
        level = [child for item in level for child in children(item)]
        if not level:
            return False
    return True


def read_xml(body: bytes) -> tuple[ElementTree.Element | None, Problems]:
    """Return the root element of `body`, which may hold no document type (so no entities)."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, (f"not-utf-8: byte {error.start} of the body",)
    html = _html_or(text, "") == "html"
    if html or "<!DOCTYPE" in text or "<!ENTITY" in text:
        return None, ("html: a page" if html else "xml-dtd: a document type is declared",)
    try:
        root = ElementTree.fromstring(text.removeprefix("\ufeff"))  # noqa: S314  # no DTD: above
    except (ElementTree.ParseError, ValueError) as error:
        return None, (f"not-xml: {error}",)
    if _deeper_than(root, MAX_DEPTH, list):
        return None, (f"too-deep: nested deeper than {MAX_DEPTH}",)
    return root, ()


def read_cbor(body: bytes) -> tuple[Any, Problems]:
    """Return the CBOR value in `body`, with bytes and datetimes as Python has them."""
    try:
        return cbor.decode(body), ()
    except cbor.CborError as error:
        html = body[:200].lstrip()[:15].lower().startswith((b"<!doctype html", b"<html"))
        return None, (f"{'html' if html else 'not-cbor'}: {error}",)

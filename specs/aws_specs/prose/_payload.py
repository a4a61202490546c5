"""What the documentation asks of the text inside a raw payload.

A member such as `RawContent` carries a whole notification as text. Its rules speak of keys inside
that text, which the service passes on and reads at delivery: kept with their sentence, never
checkable. The `then` of such a rule has the text's member, and as value the key and what it needs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from aws_specs.prose._types import Context, Draft, Sentence, draft
from aws_specs.prose._values import inline
from aws_specs.spec import Json, Value

_RAW: Final = "the raw content of a notification is specified"


class _Demand(Value, frozen=True):
    """When, which kind of rule, its value, and the suffix of its id."""

    when: str
    kind: str
    value: Json
    part: str


def payload(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return what a sentence asks of the keys of a raw payload."""
    for pattern, build in _DEMANDS.items():
        if match := pattern.search(sentence.low):
            yield _draft(build(match), sentence, context)


def _draft(demand: _Demand, sentence: Sentence, context: Context) -> Draft:
    raw = context.named("RawContent")
    path = raw[0] if raw else context.path
    value: Json = {
        "when": {"external": demand.when},
        "then": {"kind": demand.kind, "member": path, "value": demand.value},
    }
    return draft(
        "external", sentence, context, "conditional", value, member=path, part=demand.part,
        reason="the payload is read at delivery, after the answer",
    )  # fmt: skip


def _has_key(match: re.Match[str]) -> _Demand:
    key = match["key"]
    return _Demand(_RAW, "required", {"key": key}, f"{key}-present")


def _integer(match: re.Match[str]) -> _Demand:
    key = match["key"]
    values = [int(value) for value in match["values"].split(" or ")]
    return _Demand(_RAW, "enum", {"key": key, "in": values}, f"{key}-integer")


def _set_to(match: re.Match[str]) -> _Demand:
    key, value = match["key"], match["value"]
    case = match["case"].strip().removesuffix("s")
    return _Demand(case, "enum", {"key": key, "equals": value}, f"{key}-{value}")


def _without(match: re.Match[str]) -> _Demand:
    keys = list(inline(match["keys"]))
    return _Demand("silent notification", "unsupported", {"keys": keys}, "-".join(keys))


_DEMANDS: Final[Mapping[re.Pattern[str], Callable[[re.Match[str]], _Demand]]] = MappingProxyType(
    {
        re.compile(r"payload has to include the (?P<key>[\w-]{1,60}) key"): _has_key,
        re.compile(
            r"value of the (?P<key>[\w-]{1,60}) key has to be an integer,"
            r" and can only be (?P<values>\d or \d)"
        ): _integer,
        re.compile(
            r"(?:sending|for) (?:an? )?(?P<case>[\w ()-]{1,40}?),? set the value of"
            r" (?P<key>[\w-]{1,60}) to (?P<value>\w+)"
        ): _set_to,
        re.compile(r"(?:can't|cannot) include the (?P<keys>[\w, -]{1,80}) keys"): _without,
    }
)

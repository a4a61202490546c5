"""Refusals without a twin: what may be said of them where nothing valid is ever sent.

On a real account the profile `--only invalid` has no control and no twin, so nobody knows whether
the unbroken request would be refused as well. A refusal of the right class, declared, with its
status and its name on the wire, still passes (`refused-without-twin`) where the target's answers
themselves show that it depends on the fault:

======  ============================================================================================
past    another fault of the same request got past validation: the rest of the request is in order
parsed  a wrong type is answered SerializationException, and faults of other kinds are not: a
        request is parsed first, so one that could not be parsed at all would get it for every fault
own     the answer came for faults of this member alone, while faults elsewhere got others, and it
        names the member, or came for several requests, or comes again when the request is sent
        again. Not for an identifier that is made up: the whole one might be refused like that too
======  ============================================================================================

Else the verdict is `no-twin`; where all faults of an operation are answered alike it is
`indiscriminate`: a target that always answers the same validation error passes nothing. What is
compared is which answers are the same and which member they name, never how they are worded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, Literal

from msgspec.structs import replace

from aws_conformance.clerk import Clerk
from aws_conformance.events import Judged
from aws_conformance.exchange import Answer as AnyAnswer
from aws_conformance.exchange import Response
from aws_conformance.judge import Ruling, judge
from aws_conformance.matter import Matter, Shown
from aws_conformance.reading import says_absent
from aws_conformance.sender import Exchange
from aws_conformance.wire import decode_error
from aws_specs.identifiers import words
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import steps
from aws_specs.spec import Json, Operation, Value
from aws_strategies.case import Case

Answer = tuple[int, str, str]
"""Status, code and text of an answer, without what differs from request to request."""

_PAST: Final = frozenset({"not-found", "conflict"})
"""Classes of errors that a request gets only when it has been validated."""

_UNREADABLE: Final = re.compile("^Serialization")
_VARYING: Final = re.compile(r"[0-9a-fA-F]{8,}|[0-9]+")
_LISTS: Final = ("fieldList", "fields", "Fields")
"""Where services list the members at fault. Source: the Smithy validation model, SDK models."""

_SHORTEST: Final = 3
"""Characters a value of the request must have to be found again in a text."""


class Lone(Value, frozen=True):
    """One broken request without a twin. `invented`: the fault is on an identifier made up."""

    exchange: Exchange
    matter: Matter
    ruling: Ruling
    invented: bool = False

    @property
    def member(self) -> str:
        """The path of the member at fault."""
        fault = self.matter.case.fault
        return fault.member if fault else ""

    @property
    def open(self) -> bool:
        """Whether a twin would decide."""
        return self.ruling.reason == "no-twin"


def release(
    lone: Sequence[Lone], control: str, clerk: Clerk, again: Callable[[Case], Exchange]
) -> Iterator[Judged]:
    """Yield the verdicts on all broken requests that only the others can decide.

    `lone` are all that were sent, `control` the id of the smallest valid request, which was not;
    `again` sends one once more.
    """
    evidence = Evidence(lone, control)
    for one in lone:
        if not one.open:
            continue
        shown = evidence.of(one)
        if shown == "single":
            shown = (
                "own"
                if answer_of(one, again(one.matter.case)) == answer_of(one, one.exchange)
                else ""
            )
        ruling = judge(replace(one.matter, shown=shown))
        rule = one.matter.rule or clerk.status_rule
        verdicts = [clerk.ruled(one.exchange, rule, ruling)]
        if ruling.verdict == "pass":
            verdicts += clerk.error_kept(one.exchange)
        yield Judged(one.exchange.case.id, tuple(verdicts))


def state_of(lone: Sequence[Lone]) -> tuple[Literal["partly", "unimplemented", "undecided"], str]:
    """Return how far an operation is decided by broken requests alone, and why no further."""
    if not lone:
        return "undecided", "no request is sure to be refused"
    if all(one.ruling.verdict == "unimplemented" for one in lone):
        return "unimplemented", says_absent(lone[0].exchange.reading)
    return "partly", "only invalid requests are sent: what a twin would decide is open"


class Evidence:
    """What the answers to all broken requests of an operation show of one of them."""

    def __init__(self, lone: Sequence[Lone], control: str) -> None:
        self._control = control
        self._answers: dict[str, Answer] = {}
        self._members: dict[Answer, set[str]] = {}
        self._refused = [one for one in lone if 400 <= one.exchange.reading.status < 500]
        for one in self._refused:
            answer = answer_of(one, one.exchange)
            self._answers[one.matter.case.id] = answer
            self._members.setdefault(answer, set()).add(one.member)
        self._count = Counter(self._answers.values())
        self._past = {one.matter.case.twin for one in lone if _got_past(one)}
        self._read = any(not _of_type(one) and not _unreadable(one) for one in self._refused)

    def of(self, one: Lone) -> Shown:
        """Return what shows that a refusal depends on the fault: `single` where sending the request
        again would show it, "" where nothing does.
        """
        twin = one.matter.case.twin
        if twin in self._past or (twin == self._control and self._past):
            return "past"
        if _unreadable(one) and _of_type(one) and self._read:
            return "parsed"
        if len(self._members) == 1 and len(next(iter(self._members.values()))) > 1:
            return "alike"
        return "" if one.invented else self._own(one)

    def _own(self, one: Lone) -> Shown:
        answer = self._answers[one.matter.case.id]
        elsewhere = [o for o in self._refused if not _one_line((one.member, o.member))]
        if not elsewhere or not _one_line(self._members[answer]):
            return ""
        params: Any = one.exchange.case.params
        others = [
            name
            for name in (params if is_object(params) else ())
            if not _one_line((one.member, name))
        ]
        named = [names(answer[2], name) for name in others]
        if names(answer[2], one.member):
            texts = {self._answers[other.matter.case.id][2] for other in elsewhere}
            echoed = (named and all(named)) or any(names(text, one.member) for text in texts)
            return "" if echoed else "own"
        if any(named):
            return ""
        return "own" if self._count[answer] > 1 else "single"


def answer_of(one: Lone, exchange: Exchange) -> Answer:
    """Return an answer without the values of its request and without numbers and digests."""
    reading = exchange.reading
    text = f"{reading.message} {' '.join(_fields(one.matter.operation, exchange.answer))}"
    for value in sorted(set(_texts(exchange.case.params)), key=len, reverse=True):
        text = text.replace(value, "…")
    return reading.status, reading.code, _VARYING.sub("#", text)


def _fields(operation: Operation, answer: AnyAnswer) -> Iterator[str]:
    """Yield the members that the body of a validation error lists, in a place of its own."""
    body = decode_error(operation, answer).body if isinstance(answer, Response) else None
    found = body if is_object(body) else {}
    for name in _LISTS:
        listed = found.get(name)
        for item in listed if is_list(listed) else ():
            path = (item.get("path") or item.get("name")) if is_object(item) else None
            if isinstance(path, str):
                yield path
    argument = found.get("ArgumentName")
    if isinstance(argument, str):
        yield argument


def names(text: str, member: str) -> bool:
    """Whether a text names a member: by its last step, in whatever case, in one word or several."""
    named = [str(step) for step in steps(member) if str(step).isidentifier()]
    last = " ".join(words(named[-1])) if named else ""
    return bool(last) and f" {last} " in f" {' '.join(words(text))} "


def _texts(value: Json) -> Iterator[str]:
    if is_object(value):
        for item in value.values():
            yield from _texts(item)
    elif is_list(value):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str) and len(value) >= _SHORTEST:
        yield value


def _one_line(paths: Iterable[str]) -> bool:
    """Whether of any two paths one stands below the other, or they are the same."""
    lines = sorted((tuple(steps(path)) for path in set(paths)), key=len)
    return all(longer[: len(shorter)] == shorter for shorter, longer in pairwise(lines))


def _got_past(one: Lone) -> bool:
    """Whether a broken request was not stopped by validation, and no identifier is the reason."""
    matter, reading = one.matter, one.exchange.reading
    if matter.routed or matter.external or matter.about_identifier:
        return False
    return (reading.kind == "success" and not reading.unreadable) or (
        reading.kind == "error" and reading.status < 500 and reading.error_class in _PAST
    )


def _unreadable(one: Lone) -> bool:
    return bool(_UNREADABLE.match(one.exchange.reading.code))


def _of_type(one: Lone) -> bool:
    return one.matter.rule is not None and one.matter.rule.kind == "type"

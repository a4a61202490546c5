"""Is the operation there at all? Probed before it is judged; each way of not being has its code.

What is not there lowers coverage, never conformance. Emulators say so in many ways: with 501, with
an error that names no operation, with the page of a web server, with the same 500 as to an
operation nobody ever heard of, or with a fall-back that answers 200 to everything.

=================== ================================================================
not-implemented      501, an error of that name, or a Python NotImplementedError
unknown-operation    UnknownOperationException, InvalidAction and the like
no-route             404 or 405 without an AWS error
unsupported-service  an answer that says so, the same as to an unknown operation
as-unknown           the same answer as to an unknown operation, whatever is sent
error-page           the same 5xx without an AWS error, such as a web page, whatever is sent (*)
answers-everything   a success that names nothing, and every broken request succeeds too
other-protocol       answers that are not of the protocol, and no operation is unknown to it
=================== ================================================================

(*) Nobody can tell from outside whether such an operation is missing or breaks on whatever it is
sent: moto server has one page for both. Of its 3,225 operations without code 748 answer so though
their paths are routed, and of those with code only five. So some more requests are tried, and one
that is accepted shows that it is there (`may_break`); its crashes are findings then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import chain, islice, zip_longest
from typing import Final

from aws_conformance.answers import check_answer
from aws_conformance.exchange import Response
from aws_conformance.reading import Reading, says_absent
from aws_conformance.sender import Exchange
from aws_specs.jsonvalues import is_object
from aws_specs.paths import parent, steps
from aws_specs.spec import Operation
from aws_strategies.case import Case

_LONGEST: Final = 200
"""How much of a message is looked at."""

_OTHERS: Final = 6
"""How many other requests must be answered like one to an unknown operation."""

_FORMAT: Final = {
    "rest-json": "json",
    "json": "json",
    "query": "xml",
    "ec2": "xml",
    "rest-xml": "xml",
    "smithy-rpc-v2-cbor": "cbor",
}
"""What stands in the content type of a protocol's answers."""

_ELSEWHERE: Final = ("unknown-operation", "method")
"""Ways of asking for what no service has."""

_SYNTAX: Final = ("json-syntax", "xml-syntax", "cbor-syntax")

Exchanged = Callable[[Case], Exchange]


def absence(
    operation: Operation, control: Exchange, cases: Sequence[Case], exchange: Exchanged
) -> str:
    """Return why an operation counts as not implemented ("code: text"), "" where it is there.

    `cases` are those of its cover; a few of them are sent where the control's answer leaves doubt.
    """
    said = says_absent(control.reading)
    if said:
        return said
    if control.reading.kind == "success":
        return _empty_success(operation, control, cases, exchange)
    if control.reading.kind != "error":
        return ""
    if control.reading.typed:
        return _named_as_unknown(control, cases, exchange)
    return _as_unknown(control, cases, exchange)


_PAGES: Final = ("as-unknown", "error-page")


def may_break(reason: str, control: Exchange) -> bool:
    """Whether an operation that counts as not there may be one that breaks on what it was sent.

    Servers answer both with the same page of a web server, and a status of 5xx.
    """
    return reason.partition(":")[0] in _PAGES and control.reading.status >= 500


def _as_unknown(control: Exchange, cases: Sequence[Case], exchange: Exchanged) -> str:
    """Say whether every request gets the answer that an unknown operation gets, or one page."""
    unknown = _malformed(cases, ("unknown-operation",))
    as_unknown = unknown is None or _alike(exchange(unknown).reading, control.reading)
    if not as_unknown and control.reading.status < 500:
        return ""
    if not _all_alike(control, cases, exchange, least=0 if unknown and as_unknown else 1):
        return ""
    message = control.reading.message
    if not as_unknown:
        return f"error-page: whatever is sent, {_short(control)}"
    if "unsupported service" in message.lower():
        return f"unsupported-service: {message}"
    if unknown is None:
        return f"other-protocol: no answer is an AWS error: {_short(control)}"
    return f"as-unknown: every request is answered like an unknown operation: {_short(control)}"


_UNKNOWN: Final = re.compile(
    r"no route (for|to)"
    r"|(unknown|unsupported|invalid) [\w .]{0,30}\b(path|route|endpoint|action|operation)",
    re.I,
)


def _named_as_unknown(control: Exchange, cases: Sequence[Case], exchange: Exchanged) -> str:
    """Say whether every request gets one error, and that calls the path or the action unknown.

    Emulators wrap it into any error they have: ValidationException "No route for GET /x".
    """
    if not _UNKNOWN.search(control.reading.message[:_LONGEST]):
        return ""
    unknown = _malformed(cases, ("unknown-operation",))
    named = unknown is not None and _alike(exchange(unknown).reading, control.reading)
    if not _all_alike(control, cases, exchange, least=0 if named else 1):
        return ""
    return f"as-unknown: every request is answered like an unknown operation: {_short(control)}"


_TOO_LARGE: Final = (413, 414, 431)


def _all_alike(
    control: Exchange, cases: Sequence[Case], exchange: Exchanged, least: int = 1
) -> bool:
    """Whether others, at least so many, get the same answer as the control.

    What a server finds too large to read says nothing of the operation.
    """
    others = islice((c for c in cases if c.kind in ("valid", "invalid")), _OTHERS)
    came = [exchange(case).reading for case in others]
    heard = [r for r in came if r.status not in _TOO_LARGE and r.silence != "not-sent"]
    return len(heard) >= least and all(_alike(reading, control.reading) for reading in heard)


def _short(control: Exchange) -> str:
    reading = control.reading
    return reading.short() + (f" {reading.message}"[:100] if reading.message else "")


def _alike(one: Reading, other: Reading) -> bool:
    """Whether two answers are errors with the same status and code."""
    mine, theirs = ((r.kind, r.status, r.code) for r in (one, other))
    return mine == theirs


def _empty_success(
    operation: Operation, control: Exchange, cases: Sequence[Case], exchange: Exchanged
) -> str:
    """Say whether a success proves nothing: it names nothing, and what is broken succeeds too."""
    nothing = _names_nothing(operation, control.reading)
    if not nothing and not _foreign(operation, control):
        return ""
    broken = [c for w in (_SYNTAX, _ELSEWHERE) if (c := _malformed(cases, w))]
    if nothing:
        broken = broken[:1]
    else:
        broken += list(islice((c for c in cases if c.kind == "invalid"), 3))
    unreadable = control.reading.unreadable
    answers = (exchange(case).reading for case in broken)
    refused = [r for r in answers if r.kind != "success" and r.silence != "not-sent"]
    # Any router refuses what it does not know: an answer of nobody's form needs an AWS error.
    if any(reading.typed or not unreadable for reading in refused):
        return ""
    if nothing and broken and _refuses(operation, cases, exchange):
        return ""
    if refused or not broken:
        return f"other-protocol: {unreadable}"[:200] if unreadable else ""
    return "answers-everything: broken requests succeed, and the success names nothing"


def _refuses(operation: Operation, cases: Sequence[Case], exchange: Exchanged) -> bool:
    """Whether a request that breaks a rule is refused by name: then somebody looks at it.

    One of each of a few rules, of as many kinds as may be; none in the path, where a router may be
    what refuses.
    """
    labels = {member.name for member in operation.input.members if member.location == "uri"}
    by_kind: dict[str, dict[str, Case]] = {}
    for case in cases:
        if case.fault is not None and steps(case.fault.member)[0] not in labels:
            by_kind.setdefault(case.rule.rpartition("/")[2], {}).setdefault(case.rule, case)
    rounds = chain.from_iterable(zip_longest(*(group.values() for group in by_kind.values())))
    answers = (exchange(case).reading for case in islice(filter(None, rounds), _OTHERS))
    return any(r.kind == "error" and r.error_class == "validation" for r in answers)


def _names_nothing(operation: Operation, reading: Reading) -> bool:
    """Whether a success cannot be read, or lacks a member without which it says nothing."""
    if reading.unreadable:
        return True
    answered = list(check_answer(operation, reading.value))
    required = [item for item in answered if item.rule.kind == "required"]
    hollow = not any(reading.value.values()) if is_object(reading.value) else False
    if any(item.problem for item in required if hollow or not parent(item.rule.member)):
        return True
    absent = any(item.problem for item in answered if item.rule.kind == "present")
    # What identifies a thing is guessed for an operation without a page: then anything will do.
    return absent and (operation.page is not None or not reading.value)


def _foreign(operation: Operation, control: Exchange) -> bool:
    """Whether an answer does not say that it is of the protocol, and holds no member of it."""
    answer = control.answer
    said = answer.header("content-type") if isinstance(answer, Response) else ""
    return _FORMAT[operation.wire.protocol] not in said and not control.reading.value


def _malformed(cases: Sequence[Case], ways: Sequence[str]) -> Case | None:
    return next((c for c in cases if c.kind == "malformed" and c.wire in ways), None)

"""Where AWS's own answers depart from what the SDK's model says of them, seen in recorded answers.

Nothing but the model is known of most operations, and its statements on *answers* are what a client
may rely on when it reads, not what the service was made to send. What recorded answers of AWS show
(see `docs/recorded-answers.md`) is told as a doubt, and is never a finding. Where a page states the
answer, less is forgiven: what no page states (no page says which members an answer must have).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from aws_conformance.answers import Answered
from aws_conformance.exchange import Response
from aws_conformance.sender import Exchange
from aws_specs import sdk
from aws_specs.jsonvalues import is_object
from aws_specs.paths import parent, shape_at
from aws_specs.spec import List, Map, Operation, Rule


def doubt(operation: Operation, exchange: Exchange, answered: Answered) -> str:
    """Return why AWS itself may answer as this success does, as a reason code, or "".

    unknown-value: services add values to enums, and EC2 answers "windows" for "Windows" ·
    may-be-absent: see `_may_be_absent` · null-item: lists of texts with null in them (DMS, Support)
    · no-content: 204 without a body where the model has another success (TagResource of a dozen
    services, S3's PutBucketPolicy).
    """
    rule, paged = answered.rule, operation.page is not None
    match rule.kind:
        case "enum":
            return "" if paged else "unknown-value"
        case "required":
            absent = _may_be_absent(operation, exchange, rule)
            nested = not paged and parent(rule.member) != ""
            return "may-be-absent" if absent or nested else ""
        case "present":
            return "" if paged and _surely_there(operation, rule.member) else "may-be-absent"
        case "type":
            return "null-item" if answered.null and not paged else ""
        case "status":
            return "no-content" if _no_content(exchange) and not paged else ""
        case _:
            return ""


def _may_be_absent(operation: Operation, exchange: Exchange, rule: Rule) -> bool:
    """Whether AWS may leave out a member that the model requires in an answer.

    What repeats a member of the request is absent where that has none (Route 53's Marker), and a
    list without entries is left out (SQS's Failed), and most of an answer that has nothing to tell
    (`_empty_handed`). What stands within something else, too, comes
    from shapes that are shared with requests (EMR's KdcAdminPassword, which no answer repeats) or
    describe things of several kinds (IAM's root user, who has no UserName).
    """
    inputs = {member.name for member in operation.input.members}
    repeated = rule.member in inputs and rule.member not in (exchange.case.params or {})
    listed = isinstance(shape_at(operation.output, rule.member), List | Map)
    null = _NULL.search(_prose(operation, rule.member)) is not None
    return (
        repeated
        or listed
        or null
        or (operation.page is None and _empty_handed(operation, exchange))
    )


def _empty_handed(operation: Operation, exchange: Exchange) -> bool:
    """Whether an answer lacks most of what its model requires: then it says that there is nothing.

    SWF answers a poll that finds no task with `startedEventId` alone, of five required members.
    """
    value = exchange.reading.value
    due = [
        rule.member
        for rule in operation.rules
        if rule.side == "output" and rule.kind == "required" and parent(rule.member) == ""
    ]
    missing = [name for name in due if not is_object(value) or value.get(name) is None]
    return (len(missing) > 1 and 2 * len(missing) > len(due)) or only_echoes(
        operation, due, missing
    )


def only_echoes(operation: Operation, due: list[str], missing: list[str]) -> bool:
    """Whether a look at something tells nothing but what it was asked about.

    Lambda's GetFunctionCodeSigningConfig has no CodeSigningConfigArn where none is set.
    """
    asked = {member.name for member in operation.input.members}
    told = [name for name in due if name not in asked]
    looks = operation.name.startswith(("Get", "Describe"))
    return looks and len(told) < len(due) and set(missing) == set(told)


_NULL: Final = re.compile(
    r"\b(is|be|are) null\b|\b(not|only) (be )?(returned|present|included|populated)\b",
    re.IGNORECASE,
)
"""How documentation says that a member may be absent (IAM's JobCompletionDate, until the end)."""


def _prose(operation: Operation, member: str) -> str:
    """Return what the model's documentation says of a top-level member of the answer."""
    top: Any = sdk.operation_model(operation.service, operation.name)  # botocore is untyped
    members: Any = top.output_shape.members if top.output_shape is not None else {}
    return str(members[member].documentation) if member in members else ""


_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_CONDITION: Final = re.compile(r"\b(only|if|when)\b", re.IGNORECASE)


def _surely_there(operation: Operation, member: str) -> bool:
    """Whether a member that a name makes one expect is what the operation makes, unconditionally.

    CreateContact makes a Contact, so its ContactId is there. PutObject makes no Version, so its
    VersionId may be absent, as CreateBucket's BucketArn, which is "only supported for" some.
    """
    stem = "".join(_WORD.findall(member)[:-1])
    named = bool(stem) and stem.lower() in operation.name.lower()
    return named and _CONDITION.search(_prose(operation, member)) is None


def _no_content(exchange: Exchange) -> bool:
    answer = exchange.answer
    return isinstance(answer, Response) and answer.status == 204 and not answer.body


# ---------------------------------------------------------------- statuses

_STATED: Final = re.compile(
    r"\b(20\d)\b(?=\s?\(?(?:OK|Accepted|Created|No Content)\b)|\bHTTP (20\d)\b"
)


def other_successes(operation: Operation, answer: object) -> frozenset[int]:
    """Return the statuses of success that may answer beside the model's.

    A part of a body has its own status (RFC 9110, 206), an operation whose answer has the status as
    a member says with it what was done, and some documentation names a second status in words (S3's
    RestoreObject, 202).
    """
    if any(member.location == "statusCode" for member in operation.output.members):
        return frozenset(range(200, 300))
    partial = isinstance(answer, Response) and bool(answer.header("content-range"))
    part: frozenset[int] = frozenset({206}) if partial else frozenset()
    return _in_words(operation.service, operation.name) | part


@cache
def _in_words(service: str, name: str) -> frozenset[int]:
    model: Any = sdk.operation_model(service, name)  # botocore is untyped
    text = re.sub(r"<[^<>]{0,200}>", "", str(model.documentation or ""))
    found: list[tuple[str, str]] = _STATED.findall(text)
    return frozenset(int(one or other) for one, other in found)

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
    list without entries is left out (SQS's Failed). What stands within something else, too, comes
    from shapes that are shared with requests (EMR's KdcAdminPassword, which no answer repeats) or
    describe things of several kinds (IAM's root user, who has no UserName).
    """
    inputs = {member.name for member in operation.input.members}
    repeated = rule.member in inputs and rule.member not in (exchange.case.params or {})
    return repeated or isinstance(shape_at(operation.output, rule.member), List | Map)


_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_CONDITION: Final = re.compile(r"\b(only|if|when)\b", re.IGNORECASE)


def _surely_there(operation: Operation, member: str) -> bool:
    """Whether a member that a name makes one expect is what the operation makes, unconditionally.

    CreateContact makes a Contact, so its ContactId is there. PutObject makes no Version, so its
    VersionId may be absent, as CreateBucket's BucketArn, which is "only supported for" some.
    """
    stem = "".join(_WORD.findall(member)[:-1])
    model: Any = sdk.operation_model(operation.service, operation.name).output_shape
    shape = model.members.get(member) if model is not None else None
    prose = str(getattr(shape, "documentation", ""))
    named = bool(stem) and stem.lower() in operation.name.lower()
    return named and _CONDITION.search(prose) is None


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
    return _in_words(operation.service, operation.name) | ({206} if partial else set())


@cache
def _in_words(service: str, name: str) -> frozenset[int]:
    model: Any = sdk.operation_model(service, name)  # botocore is untyped
    text = re.sub(r"<[^<>]{0,200}>", "", str(model.documentation or ""))
    return frozenset(int(one or other) for one, other in _STATED.findall(text))

"""What no rule states, and documentation or an error lets one guess: enough for a doubt."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from aws_specs import sdk
from aws_specs.identifiers import words
from aws_specs.jsonvalues import is_object
from aws_specs.paths import steps
from aws_specs.spec import Operation, Rule

_TAG: Final = re.compile(r"<[^<>]{0,200}>")
_NUMBER: Final = re.compile(r"\b\d{1,20}\b")


_POLLS: Final = re.compile(r"\blong[- ]poll|\bholds the HTTP connection\b", re.IGNORECASE)


def narrower(operation: Operation, rule: Rule) -> bool:
    """Return whether the model's documentation speaks of other numbers than a limit's rule.

    A shape that several operations share is wider than what each of them takes: the `Limit` of KMS
    is at most 1000, and that of ListGrants "between 1 and 100". Of a member within others nothing
    is known.
    """
    model: Any = sdk.operation_model(operation.service, operation.name)  # botocore is untyped
    members: Any = model.input_shape.members if model.input_shape is not None else {}
    prose = str(members[rule.member].documentation) if rule.member in members else ""
    said = set(_NUMBER.findall(_TAG.sub("", prose).replace(",", "")))
    limits = rule.value.values() if is_object(rule.value) else ()
    return bool(said - {str(limit) for limit in limits})


def blames_another(code: str, member: str, operation: Operation) -> bool:
    """Return whether an error's name names a member of the request other than the one at its limit.

    KMSInvalidMacException to VerifyMac is about `Mac`: no code fits a message of another length.
    """
    said = set(words(code))
    own = set(words(str(steps(member)[0])))
    others = (set(words(other.name)) for other in operation.input.members)
    return any(other <= said and not other <= own for other in others)


@cache
def polls(service: str, name: str) -> bool:
    """Return whether an operation is documented to keep a request waiting until something comes.

    Step Functions' GetActivityTask "holds the HTTP connection open", for a minute.
    """
    model: Any = sdk.operation_model(service, name)  # botocore is untyped
    return _POLLS.search(_TAG.sub("", str(model.documentation or ""))) is not None

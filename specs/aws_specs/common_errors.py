"""The lists on which an error may stand: the operation's, the service's, and that of all of AWS.

An operation's own list is its contract. Beside it every operation may answer what its service's
model has at all (services forget to list it), and what the Common Errors page of every AWS API
reference names. The nearer list wins; `--strict` accepts only the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Literal

from aws_specs import sdk
from aws_specs.errors import UsageError

Listed = Literal["operation", "service", "common", ""]

COMMON: Final[Mapping[str, int]] = {
    "AccessDeniedException": 403,
    "AccessDenied": 403,
    "ExpiredTokenException": 403,
    "IncompleteSignature": 400,
    "InternalFailure": 500,
    "InternalError": 500,
    "InvalidAction": 400,
    "InvalidClientTokenId": 403,
    "InvalidParameterCombination": 400,
    "InvalidParameterValue": 400,
    "InvalidQueryParameter": 400,
    "InvalidSignatureException": 403,
    "MalformedHttpRequestException": 400,
    "MalformedQueryString": 400,
    "MissingAction": 400,
    "MissingAuthenticationToken": 403,
    "MissingAuthenticationTokenException": 403,
    "MissingParameter": 400,
    "NotAcceptableException": 406,
    "NotAuthorized": 400,
    "OptInRequired": 403,
    "RequestAbortedException": 400,
    "RequestEntityTooLargeException": 413,
    "RequestExpired": 400,
    "RequestTimeoutException": 408,
    "SerializationException": 400,
    "ServiceUnavailable": 503,
    "ThrottlingException": 400,
    "UnknownOperationException": 404,
    "UnrecognizedClientException": 403,
    "UnsupportedMediaTypeException": 415,
    "ValidationError": 400,
    "ValidationException": 400,
}
"""Errors every AWS service may answer, with their status. Source: the Common Errors page of the AWS
API references and the Smithy validation and framework errors."""

LOOSE: Final = frozenset({"ThrottlingException", "UnknownOperationException", "RequestExpired"})
"""Common errors whose status differs from service to service."""


def listed(service: str, operation: str, code: str) -> Listed:
    """Return the nearest list of the installed SDK's model that names an error's wire code."""
    if code in declared(service, operation):
        return "operation"
    return "service" if code in declared(service) else "common" if code in COMMON else ""


@cache
def declared(service: str, operation: str = "") -> frozenset[str]:
    """Return the names and wire codes of the errors of an operation, or of the whole service."""
    try:
        holder: Any = (  # botocore is untyped
            sdk.operation_model(service, operation) if operation else sdk.service_model(service)
        )
    except (UsageError, ValueError, OSError):
        return frozenset()
    return frozenset(
        name for shape in holder.error_shapes for name in (shape.name, shape.error_code)
    )

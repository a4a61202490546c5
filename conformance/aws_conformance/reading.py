"""An answer as the judge sees it: what kind of answer, which error, who declares it, what is wrong.

Messages are never read to decide: wording changes by region and over time. The one exception is a
server error that says that it is one because something is not implemented; it is believed.
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec.structs import replace

from aws_conformance.exchange import Answer, Response, Silence
from aws_conformance.wire import decode_error, decode_success
from aws_specs.common_errors import COMMON, LOOSE
from aws_specs.error_class import error_class, status_class
from aws_specs.spec import ErrorShape, Json, Operation, Value

Declared = Literal["operation", "service", "common", ""]


class Reading(Value, frozen=True):
    """One answer, read.

    `kind` is "success" (2xx), "error" (4xx and 5xx, or S3's error within a 200), "redirect" (3xx
    and 1xx) or "silence". `code` is the error's name without namespace, or the status where the
    answer has no body to name it in; `error_class` what the name is about (see `error_class`);
    `declared` says on which list it stands, and `due` the status it should have there. `value` is a
    success's value in the form of the response schema; `problems` are departures from the protocol
    ("code: text").
    """

    kind: Literal["success", "error", "redirect", "silence"]
    status: int = 0
    code: str = ""
    error_class: str = ""
    declared: Declared = ""
    due: int = 0
    value: Json = None
    problems: tuple[str, ...] = ()
    silence: str = ""
    message: str = ""

    @property
    def typed(self) -> bool:
        """Whether an error carries its name where the protocol puts it."""
        return bool(self.code)

    @property
    def unreadable(self) -> str:
        """The problem that makes the body unreadable, or ""."""
        fatal = ("not-json", "not-utf-8", "html", "not-xml", "xml-dtd", "too-deep", "not-an-object",
                 "not-cbor", "no-result")  # fmt: skip
        return next((p for p in self.problems if p.partition(":")[0] in fatal), "")

    @property
    def unmarked(self) -> str:
        """What the protocol demands around a body, and a body can be read without, or ""."""
        around = ("no-smithy-protocol", "not-typed", "no-request-id")
        return next((p for p in self.problems if p.partition(":")[0] in around), "")

    def short(self) -> str:
        """Return the answer in a few words, for "observed"."""
        if self.kind == "silence":
            return f"no answer ({self.silence})"
        if self.kind == "error":
            return f"{self.status} {self.code or '(no error code)'}"
        return f"{self.status} success" if self.kind == "success" else f"{self.status} redirect"


_HEAD = 1024
"""How far into a body the root element of an error stands."""

_S3: dict[str, int] = {
    "EntityTooLarge": 400,
    "EntityTooSmall": 400,
    "InvalidArgument": 400,
    "InvalidBucketName": 400,
    "InvalidDigest": 400,
    "InvalidRequest": 400,
    "KeyTooLongError": 400,
    "MalformedXML": 400,
    "MethodNotAllowed": 405,
    "MissingRequestBodyError": 400,
    "NoSuchBucket": 404,
    "NoSuchKey": 404,
    "SlowDown": 503,
}
_BY_SERVICE = {"s3": _S3, "s3control": _S3}
"""Errors that every operation of a service may answer and no model lists. Source: the page "Error
responses" of S3's API reference."""


def read(operation: Operation, answer: Answer, service_errors: dict[str, ErrorShape]) -> Reading:
    """Return what an answer says; `service_errors` are those that the service's model has."""
    if isinstance(answer, Silence):
        return Reading(kind="silence", silence=answer.kind, message=answer.detail)
    if 200 <= answer.status < 300:
        return _embedded(operation, answer, service_errors) or _success(operation, answer)
    if answer.status < 400:
        code = _elsewhere(operation, answer)
        return Reading(kind="redirect", status=answer.status, code=code)
    if operation.wire.method == "HEAD" and not answer.body:
        return _bodiless(answer)
    return _error(operation, answer, service_errors)


def _success(operation: Operation, answer: Response) -> Reading:
    value, problems = decode_success(operation, answer)
    return Reading(kind="success", status=answer.status, value=value, problems=problems)


def _embedded(
    operation: Operation, answer: Response, service_errors: dict[str, ErrorShape]
) -> Reading | None:
    """Return the error that stands in a 200, as S3 answers what takes long (CopyObject and others).

    Source: the API reference of these operations, and botocore, which raises for it.
    """
    if operation.wire.protocol != "rest-xml" or b"<Error" not in answer.body[:_HEAD]:
        return None
    found = _error(operation, answer, service_errors)
    return replace(found, due=0) if found.typed and not found.unreadable else None


def _elsewhere(operation: Operation, answer: Response) -> str:
    """Return the code with which S3 names another place for a bucket, "" for any other redirect."""
    if operation.wire.protocol != "rest-xml":
        return ""
    region = answer.header("x-amz-bucket-region")
    named = decode_error(operation, answer).code if answer.body else ""
    return named or ("PermanentRedirect" if region else "")


def _bodiless(answer: Response) -> Reading:
    """Return an error that answers HEAD: it has no body (RFC 9110), so the status is its name.

    botocore gives it the status for a code, and its users catch `ClientError`.
    """
    label = status_class(answer.status)
    return Reading(
        kind="error",
        status=answer.status,
        code=str(answer.status),
        error_class=label,
        declared="common",
    )


_NOT_YET = re.compile(r"not (yet )?implemented|not been implemented|not (yet )?supported", re.I)
_SHORT = 200


def says_absent(answer: Reading) -> str:
    """Return why an answer says by itself that the operation is not there ("code: text"), or ""."""
    if answer.kind == "silence":
        crashed = "NotImplemented" in answer.message
        return f"not-implemented: {answer.message}" if crashed else ""
    if answer.kind != "error":
        return ""
    if answer.status == 501 or answer.code in ("NotImplemented", "NotImplementedException"):
        return f"not-implemented: {answer.short()}"
    if answer.status >= 500 and _NOT_YET.search(answer.message[:_SHORT]):
        return f"not-implemented: {answer.message[:_SHORT]}"
    if answer.error_class == "unknown-operation" and answer.status < 500:
        return f"unknown-operation: {answer.short()}"
    if answer.status in (404, 405) and not answer.typed:
        return f"no-route: {answer.short()}"
    return ""


def _error(
    operation: Operation, answer: Response, service_errors: dict[str, ErrorShape]
) -> Reading:
    found = decode_error(operation, answer)
    declared, due = _declared(operation, found.code, service_errors)
    return Reading(
        kind="error",
        status=answer.status,
        code=found.code,
        error_class=error_class(found.code) if found.code else "",
        declared=declared,
        due=due,
        problems=found.problems,
        message=found.message,
    )


def _declared(
    operation: Operation, code: str, service_errors: dict[str, ErrorShape]
) -> tuple[Declared, int]:
    """Return the nearest list an error stands on, and its status there (0: any)."""
    own = next((e for e in operation.errors if code in (e.name, e.code)), None)
    if own is not None:
        return "operation", own.status
    if code in service_errors:
        return "service", service_errors[code].status
    if code in _BY_SERVICE.get(operation.service, {}):
        return "common", _BY_SERVICE[operation.service][code]
    if code in COMMON:
        return "common", 0 if code in LOOSE else COMMON[code]
    return "", 0


def service_errors(operation: Operation) -> dict[str, ErrorShape]:
    """Return the errors that the service's model has at all, by name and by wire code."""
    from aws_specs.from_model import error_shapes

    found: dict[str, ErrorShape] = {}
    for error in error_shapes(operation.service):
        found[error.name] = found[error.code] = error
    return found

"""What an error is about, from its name alone.

AWS has some three thousand error names and no list that says what each is for, but services use the
same words. A class is found by the first row whose words a name has; rows are ordered so that the
narrower word wins (`InvalidKeyPair.NotFound` is not found, `InvalidStateException` a conflict).
Only a name that has none of these words is held against a second table, of the words for states and
manners that say less (`TargetNotConnected`, `CannotDelete`). Messages are never looked at: they
change by region and over time. Where no name travels at all, the status is one (`status_class`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

NOT_FOUND: Final = re.compile(
    r"NotFound|NoSuch|DoesNotExist|NotExist|Nonexist|Unknown(Resource|Monitor|Subscription)",
    re.IGNORECASE,
)
"""Names that say that something is not there."""

_END: Final = r"(Exception|Fault|Error)?$"

_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "method": (r"MethodNotAllowed",),
    "media-type": (r"UnsupportedMediaType", r"NotAcceptable"),
    "throttled": (
        r"throttl", r"TooManyRequests", r"RequestLimitExceeded", r"SlowDown", r"Bandwidth",
        r"ProvisionedThroughput", r"RateExceeded", r"Rate(Limit|ForCustomer)",
    ),
    "unknown-operation": (rf"^(InvalidAction|UnknownOperation|UnknownAction){_END}",),
    "not-found": (NOT_FOUND.pattern,),
    "conflict": (
        r"(?<!Invalid)Conflict", r"Already", rf"(?<!Not)Exists{_END}", r"Duplicate", r"Idempot",
        r"(?<!Not)InUse", r"Concurrent", r"InProgress", r"NotEmpty", r"NonEmpty", r"Precondition",
        r"ConditionalCheck", r"OptimisticLock", r"VersionMismatch", r"Stale", r"(?<!B)Locked",
        rf"State{_END}", r"StateTransition", r"DeletedRecently", r"Not(Active|Ready|Running)",
        r"OutOfSync", r"Still(Exists|Contains)", r"Contention", r"Dependency(Violation|InUse)",
        rf"ResourceDependency{_END}", r"HasDependen",
    ),
    "denied": (
        r"Access\w*Denied", r"Forbidden", r"Unauthori[sz]", r"NotAuthori[sz]ed",
        r"NoAuthori[sz]ation", rf"Authori[sz]ation{_END}", r"Authori[sz]ationError",
        r"AuthFailure", r"Unauthenticated", r"Authentication(Failed|Code)", r"OptInRequired",
        r"SubscriptionRequired", r"UnrecognizedClient", r"(?<!Import)ExpiredToken",
        r"InvalidClientToken", rf"InvalidClient{_END}", r"InvalidAccess",
        rf"InvalidSecurity{_END}", r"MissingAuth", r"SignatureDoesNotMatch",
        r"IncompleteSignature", r"^InvalidSignature",
        r"RequestExpired", r"RequestTimeTooSkewed", r"Insufficient\w*Permission",
        r"NotPermitted", r"OperationNotAllowed", r"NotEntitled", rf"Prohibit+ed{_END}",
    ),
    "quota": (
        r"Quota", r"Limits?Exceeded", r"ExceededLimit", r"TooMany", r"LimitReached", r"OverLimit",
        r"TooLarge", r"TooLong",
        rf"Limit{_END}", r"Insufficient\w*Capacity", r"Max(imum)?\w*(Reached|Exceeded)",
        r"Number\w*Exceeded", rf"Exceeded{_END}",
    ),
    "validation": (
        r"Validation", r"Invalid", r"BadRequest", r"Malformed", r"Missing", r"Serialization",
        r"Parameter", r"Argument", r"OutOf(Range|Bounds)", r"Constraint", r"Unprocessable",
        r"Illegal", r"Incorrect", r"Mismatch", r"DoesNotMatch", r"BadDigest", r"Unsupported",
        r"NotSupported", r"NotValid", r"NotSatisfiable", r"Not(Distinct|Unique)",
        rf"Required{_END}", r"Incompatible", r"Pars(e|ing)", r"Bad(Document|Input)", r"^Empty",
        r"Unrecognized", r"Expired(NextToken|Iterator)", r"PaginationToken", rf"Tag{_END}",
        r"Tagging",
    ),
    "server": (
        r"Internal", r"Service(Failure|Unavailable|Error|Exception)", r"Unavailable",
        r"Server(Error|Exception|Internal|Shutdown)", r"Dependency", r"BadGateway", r"Timeout",
        r"TimedOut", rf"Service(Fault){_END}",
    ),
}  # fmt: skip
"""The words of each class, the narrower classes first."""

_STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "not-found": (r"NotPresent", rf"Gone{_END}", r"Unknown", r"^NoA(vailable|ssociated)"),
    "quota": (
        r"Exceed", r"OutOf\w*Capacity", r"Oversized", rf"Full{_END}", r"NoFree", r"Maximum",
        r"InsufficientAvailable",
    ),
    "denied": (
        r"Blocked", r"Permission", r"Privilege", r"Accessible", r"UnableToAccess", r"NotGranted",
        rf"^Auth{_END}", rf"Authentication{_END}", r"Insufficient\w*Policy", r"Lockout",
        r"Not\w*(Management|Master|Administrator|Owner)", r"AccountSuspended",
    ),
    "validation": (
        r"Too(Small|Short|Few|Low|Old|New)", r"Unexpected", r"Inconsistent",
        rf"^(Client|User|Request)(Error)?{_END}", r"Ambiguous", r"Unresolvable",
        r"Undefined", r"Insufficient\w*Capabilit", r"Reserved(Name|Word)",
        r"Not(Compatible|Provided|Specified|Eligible|Satisfied|Covered)",
        r"AreSame", r"^Same", r"Disallowed", rf"Violation{_END}", r"LowConfidence", r"^Multiple",
    ),
    "conflict": (
        r"Not(?!Implemented|Allowed)[A-Z]\w*(ed|ble|ing|Complete|Current|Inflight|Latest)",
        r"(En|Dis)abled",
        r"(Dele|Termina|Modifi|Chang|Associa|Referenc|Cancel|Suspend|Paus|Archiv|Retir|Committ)"
        r"\w{0,3}ed", r"Deprecated", r"Outdated", r"Unchanged", r"NoChange", r"NoUpdate",
        r"Frozen", r"Contains", r"Ongoing", r"Pending", r"Busy", r"Offline", r"Inactive",
        r"Maintenance", r"OptedOut", r"Unmodifiable", r"Immutable", r"Irreversible", r"Protected",
        r"^Cannot", r"CannotBe", r"BeingCopied", r"Expired", r"ConditionCheck",
        r"(Dele|Stop|Run|Resum|Restor|Transition|Execut|Finaliz)\w{0,3}ing",
    ),
    "server": (r"Unreachable", r"Connecti(vity|on)", r"Communication", r"Network(Fail|Error)"),
}  # fmt: skip
"""Words for states and manners, for names that have no word of the first table."""

_CLASSES: Final = tuple(
    (label, re.compile("|".join(words), re.IGNORECASE if table is _WORDS else 0))
    for table in (_WORDS, _STATES)
    for label, words in table.items()
)

_STATUSES: Final[Mapping[int, str]] = {
    401: "denied", 402: "quota", 403: "denied", 404: "not-found", 405: "method",
    406: "media-type", 409: "conflict", 410: "not-found", 412: "conflict", 413: "quota",
    415: "media-type", 423: "conflict", 429: "throttled",
}  # fmt: skip

_SIZE: Final = re.compile(r"Too(Small|Short|Few|Low|Large|Long|Many|Big|High)|Length|SizeExceeded")


_LONGEST: Final = 200
"""How much of a name is looked at; a hostile target may send megabytes."""


def error_class(code: str) -> str:
    """Return what an error's name says it is about: "validation", "not-found", "conflict", …

    Also "denied", "throttled", "quota", "server", "method", "media-type", "unknown-operation"; a
    name that says nothing is "other". Namespaces before the name do not matter.
    """
    return _class_of(code[:_LONGEST])


@lru_cache(maxsize=16_384)
def _class_of(code: str) -> str:
    return next((label for label, pattern in _CLASSES if pattern.search(code)), "other")


def status_class(status: int) -> str:
    """Return what a status says by itself where an error has no name; "validation" for other 4xx.

    Source: RFC 9110 and RFC 6585; S3 answers HEAD requests by the status alone.
    """
    return "server" if status >= 500 else _STATUSES.get(status, "validation")


def usual_statuses(label: str) -> frozenset[int]:
    """Return the statuses that HTTP itself has for a class of errors."""
    return frozenset(status for status, found in _STATUSES.items() if found == label)


def about_size(code: str) -> bool:
    """Return whether an error's name says that one value of a request is too large or too small."""
    return _SIZE.search(code[:_LONGEST]) is not None

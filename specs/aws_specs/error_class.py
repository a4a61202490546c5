"""What an error is about, from its name alone.

AWS has some three thousand error names and no list that says what each is for, but services use the
same words. A class is found by the first row whose words a name has; rows are ordered so that the
narrower word wins (`InvalidKeyPair.NotFound` is not found, `InvalidStateException` a conflict).
Messages are never looked at: they change by region and over time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
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
        r"OutOfSync", r"Still(Exists|Contains)", r"Contention",
    ),
    "denied": (
        r"Access\w*Denied", r"Forbidden", r"Unauthori[sz]", r"NotAuthori[sz]ed",
        r"NoAuthori[sz]ation", rf"Authori[sz]ation{_END}", r"Authori[sz]ationError",
        r"AuthFailure", r"Unauthenticated", r"Authentication(Failed|Code)", r"OptInRequired",
        r"SubscriptionRequired", r"UnrecognizedClient", r"(?<!Import)ExpiredToken",
        r"InvalidClientToken", r"InvalidAccessKey", r"InvalidSecurity$", r"MissingAuth",
        r"SignatureDoesNotMatch", r"IncompleteSignature", r"InvalidSignature",
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
        r"TimedOut",
    ),
}  # fmt: skip
"""The words of each class, the narrower classes first."""

_CLASSES: Final = tuple(
    (label, re.compile("|".join(words), re.IGNORECASE)) for label, words in _WORDS.items()
)


@cache
def error_class(code: str) -> str:
    """Return what an error's name says it is about: "validation", "not-found", "conflict", …

    Also "denied", "throttled", "quota", "server", "method", "media-type", "unknown-operation"; a
    name that says nothing is "other". Namespaces before the name do not matter.
    """
    return next((label for label, pattern in _CLASSES if pattern.search(code)), "other")

"""The table of families: what is tried on a sentence, and the words without which it is not."""

from __future__ import annotations

from typing import Final

from aws_specs.prose import (
    _conditions,
    _enums,
    _formats,
    _limits,
    _payload,
    _states,
    _support,
    _together,
)
from aws_specs.prose._types import Family

FAMILIES: Final[tuple[Family, ...]] = (
    Family("limits", tuple("0123456789"), _limits.limits),
    Family(
        "units",
        (" in milliseconds", " in seconds", " in minutes", " in hours", " in days"),
        _limits.units,
    ),
    Family(
        "enumerations",
        (
            "valid",
            "possible",
            "supported",
            "allow",
            "accept",
            "permitted",
            "legal",
            "available",
            "one of",
            "either",
            "following",
            "these",
        ),
        _enums.enumerations,
    ),
    Family("described", ("",), _enums.described),
    Family("included", ("include",), _enums.included),
    Family("broken-bullets", ("para>", "listitem>"), _enums.broken_bullets),
    Family("last-words", (" or ",), _enums.last_words),
    Family("indicates", (" indicates ", " means ", " specifies that "), _enums.indicates),
    Family("only", ("only", "any other value"), _support.only),
    Family("not-supported", ("n't ", "not "), _support.not_supported),
    Family("reserved", ("reserved for future", "reserved for internal"), _support.reserved),
    Family("channels", ("supports contacts",), _support.channels),
    Family("required", ("required", "mandatory"), _conditions.required),
    Family("required-if", ("required", "mandatory", "must "), _conditions.required_if),
    Family("property-is", ("the value of the",), _conditions.property_is),
    Family("types-only", ("types",), _conditions.types_only),
    Family("must-be-of-type", (" must be ",), _conditions.must_be_of_type),
    Family("hint-of-type", (", a formatted ",), _conditions.hint_of_type),
    Family("exclusive", ("exclusive", "both", "one of", "one and only"), _conditions.exclusive),
    Family(
        "together",
        ("n't", "not ", "only ", "omit", "must ", "required", "mandatory"),
        _together.together,
    ),
    Family("payload", ("payload", "set the value of", "key has to"), _payload.payload),
    Family(
        "formats",
        (
            "arn",
            "amazon resource name",
            "base64",
            "base-64",
            "8601",
            "e.164",
            "mail address",
            "epoch",
            "unix",
            "json",
            "url",
            "uuid",
        ),
        _formats.formats,
    ),
    Family("defaults", ("default",), _states.defaults),
    Family(
        "left-out", ("if you don't", "if you do not", "isn't", "is not", "if no "), _states.left_out
    ),
    Family(
        "exists",
        (
            "must",
            "should be one",
            "should be the",
            "one of your",
            "verified",
            "issued by",
            "received from",
            "you provided to",
            "populate",
            "for a list of",
        ),
        _states.exists,
    ),
    Family("unique", ("unique",), _states.unique),
    Family(
        "immutable",
        (
            "be changed",
            "be modified",
            "be updated",
            "be edited",
            "immutable",
            "change",
            "rename",
            "the same throughout",
        ),
        _states.immutable,
    ),
    Family("recommended", ("recommend",), _states.recommended),
    Family("idempotency", ("idempoten",), _states.idempotency),
)
"""Every family, in the order it is tried. A new way of saying a rule is a new row."""

"""Where a rule comes from, in words that fit on a line."""

from __future__ import annotations

from typing import Final

from aws_specs.spec import ModelSource, PageSource, ProtocolSource, Source

LEVELS: Final = {"N": "normative", "C": "a convention", "O": "observed at AWS"}

KIND_WORDS: Final = {
    "required": "is required",
    "type": "has its type",
    "enum": "takes only its values",
    "length": "keeps its length",
    "range": "keeps its range",
    "items": "keeps its number of entries",
    "pattern": "keeps its pattern",
    "format": "keeps its format",
    "conditional": "keeps its condition",
    "exclusive": "excludes its rivals",
    "unsupported": "refuses what is not supported",
    "default": "has its default",
    "reserved": "is reserved",
    "exists": "must exist",
    "unique": "is unique",
    "immutable": "cannot be changed",
    "recommended": "is recommended",
    "idempotency": "is idempotent",
    "state": "lives as documented",
    "present": "is present",
    "status": "has its status",
    "error": "is the documented error",
    "protocol": "keeps the protocol",
    "pagination": "is paged as documented",
}
"""What a rule of each kind says of its member, to complete a sentence that starts with it."""


def place(source: Source) -> str:
    """Return where the rule is stated: `file:line`, or the model's shape and trait."""
    match source:
        case PageSource():
            return f"{source.file}:{source.line}" if source.line else source.file
        case ModelSource():
            return f"{source.model}, shape {source.shape}, trait {source.trait}"
        case ProtocolSource():
            return f"{source.protocol}: {source.document}"


def sentence(source: Source) -> str:
    """Return what the source says, in words: the page's own sentence where there is a page."""
    match source:
        case PageSource():
            return source.sentence
        case ModelSource():
            return f"The SDK's model says so: trait {source.trait} of shape {source.shape}."
        case ProtocolSource():
            level = LEVELS[source.level]
            return f"The protocol {source.protocol} says so ({level}): {source.document}."


def origin(source: Source) -> str:
    """Return who says it, in one word: page, model or protocol."""
    match source:
        case PageSource():
            return "page"
        case ModelSource():
            return "model"
        case ProtocolSource():
            return "protocol"


def title(rule: str, operation: str, member: str, kind: str) -> str:
    """Return a rule's readable name, e.g. `Channel is required [input/Channel/required]`.

    The part in brackets makes it unique within its operation.
    """
    rest = rule.removeprefix(f"{operation}/")
    return f"{member or 'The request'} {KIND_WORDS.get(kind, kind)} [{rest}]"

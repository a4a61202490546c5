"""Which error of an operation says that what a member names is not there.

An error may be about anything (ResourceNotFoundException) or about one kind of thing
(TransactionNotFoundException). One of the second kind says nothing about a member that names
something else: a secret that is not there is no missing transaction. Names are all there is to go
by.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from aws_specs.error_class import NOT_FOUND
from aws_specs.identifiers import singular, words

_SAID: Final = frozenset(
    ("no", "not", "such", "found", "does", "doesnt", "do", "dont", "exist", "exists", "exception",
     "fault", "error", "unknown", "non", "nonexistent", "missing", "invalid", "is", "the", "a",
     "service", "specified")
)  # fmt: skip
"""Words of an error's name that say that something is missing, not what."""

_ANYTHING: Final = frozenset(("resource", "entity", "object", "item"))
"""Words that stand for whatever a request names, whatever stands beside them."""

_FACETS: Final = frozenset(("id", "arn", "url", "identifier", "name", "resource", "target", "key"))
"""Words of a member's name that say in which way it names something, not what."""


def missing_error(names: Sequence[str], operation: str, member: str) -> str:
    """Return the error (of an operation's, by name) for a member that names nothing; "" for none.

    The nearest comes first: one about what the member names, one about anything, one about what the
    operation is about where the member alone does not say what it names (`Id`), and any where the
    operation does not either (ListTagsForResource).
    """
    found = [name for name in names if NOT_FOUND.search(name)]
    named = _nouns(member) - _FACETS
    about = named or _nouns(operation)
    kinds = {_kind(member)} if named else about
    own = [name for name in found if _things(name) and _kind(name) in kinds]
    own.sort(key=lambda name: len(_things(name) - about))
    general = [name for name in found if not _things(name)]
    rest = found if not named and about & {"resource", "tag"} else ()
    return next(iter((*own, *general, *rest)), "")


_REMOVALS: Final = frozenset(("delete", "remove", "disassociate", "detach", "deregister", "cancel"))
_QUIET: Final = re.compile(r"\bidempotent\b|\b(not|n't) (fail|return an error)\b", re.IGNORECASE)


def removes_quietly(operation: str, member: str, documentation: str) -> bool:
    """Return whether an operation that removes what a member names is said to do so repeatedly.

    What is gone, or never was, is no error then. DeleteOpenIDConnectProvider: "This operation is
    idempotent; it does not fail or return an error if you attempt to delete a provider that does
    not exist", though it lists NoSuchEntityException. What else it names must be there (the table
    of DynamoDB's DeleteItem).
    """
    removal = next(iter(words(operation)), "") in _REMOVALS
    own = (_nouns(member) - _FACETS) <= _nouns(operation)
    return removal and own and _QUIET.search(documentation) is not None


def says_nothing_of(error: str) -> bool:
    """Return whether an error may be about anything: its name names no kind of thing."""
    return not _things(error)


def _things(error: str) -> frozenset[str]:
    """Return what an error's name says is missing, empty where it may be anything."""
    nouns = _nouns(error)
    return frozenset() if nouns & _ANYTHING else nouns


_DETAILS: Final = _FACETS | {"config", "configuration", "status"}
"""What may follow the word for the kind of thing (NoSuchFieldLevelEncryptionConfig)."""


def _kind(name: str) -> str:
    """Return the word for the kind of thing that an error calls missing, or a member names.

    It is the last: NoSuchOriginRequestPolicy is about a policy, and says nothing of an origin.
    """
    said = [singular(word) for word in words(name) if word not in _SAID]
    last = said[-1] if said else ""
    return next((word for word in reversed(said) if word not in _DETAILS), last)


def _nouns(name: str) -> frozenset[str]:
    return frozenset(singular(word) for word in words(name) if word not in _SAID)

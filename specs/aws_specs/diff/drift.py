"""The drift that a spec file records: its own page held against its own model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from aws_specs.diff.account import Account, account
from aws_specs.diff.change import Change, What
from aws_specs.diff.compare import compare
from aws_specs.spec import Drift, Json, Operation

Word = Literal["member", "type", "required", "enum", "error", "constraint", "token"]


def drift(operation: Operation) -> tuple[Drift, ...]:
    """Return what the page and the model of a spec say differently, one entry a member and kind.

    The same comparison as `diff`, told shorter: members and errors as whether page and model have
    them, enums as both lists.
    """
    page, model = account(operation, "page"), account(operation, "model")
    found: dict[tuple[str, str, str, str], Drift] = {}
    for change, word in _told(compare(page, model)):
        key = (word, change.side, change.member, change.part)
        found.setdefault(key, _drift(change, word, page, model))
    return tuple(found.values())


def _told(changes: Iterator[Change]) -> Iterator[tuple[Change, Word]]:
    for change in changes:
        word = _WORDS.get(change.what)
        if word is not None:
            yield change, word


def _drift(change: Change, word: Word, page: Account, model: Account) -> Drift:
    mine, theirs = change.old, change.new
    if word in ("member", "error"):
        mine, theirs = change.old is not None, change.new is not None
    elif word == "enum":
        mine, theirs = _values(page, change), _values(model, change)
    return Drift(what=word, side=change.side, member=change.member, page=mine, model=theirs)


def _values(told: Account, change: Change) -> Json:
    said = told.said("enum", (change.side, change.member))
    return said.value if said else None


_WORDS: Mapping[What, Word] = {
    "member-added": "member",
    "member-removed": "member",
    "type": "type",
    "required": "required",
    "enum-added": "enum",
    "enum-removed": "enum",
    "enum-value-added": "enum",
    "enum-value-removed": "enum",
    "constraint-changed": "constraint",
    "token": "token",
    "error-added": "error",
    "error-removed": "error",
}

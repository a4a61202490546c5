"""What two specs of one operation say differently.

Accounts are compared witness by witness: the page of OLD with the page of NEW, model with model.
Where only one of the two specs has a page, page and model are compared on what both state: members,
types, required members, enums, errors, tokens and the limits that both name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from aws_specs.diff.account import Account, Place, account, witnesses
from aws_specs.diff.breaking import breaks
from aws_specs.diff.change import Change, Found, found
from aws_specs.diff.rules import rule_changes
from aws_specs.diff.wire import wire_changes
from aws_specs.paths import parent
from aws_specs.spec import ErrorShape, Json, Operation, Origin, Structure


def diff(old: Operation, new: Operation) -> tuple[Change, ...]:
    """Return what `new` says otherwise than `old`, each change once; nothing if they agree.

    Members come first, in the order of the pages, then rules, errors and wire. What is below a
    member that only one of the two has goes unsaid.
    """
    changes: dict[tuple[object, ...], Change] = {}
    for mine, theirs in _pairs(witnesses(old), witnesses(new)):
        before, after = account(old, mine), account(new, theirs)
        for change in compare(before, after):
            changes.setdefault(_identity(change), change)
    return tuple(changes.values())


def compare(before: Account, after: Account) -> Iterator[Change]:
    """Yield what two accounts say differently, on what both of their witnesses state."""
    yield from _settled(before, after, _members(before, after))
    yield from _settled(before, after, rule_changes(before, after))
    yield from _settled(before, after, _errors(before, after))
    if before.witness == after.witness == "model":
        yield from _settled(before, after, wire_changes(before, after))


def _settled(before: Account, after: Account, changes: Iterable[Found]) -> Iterator[Change]:
    """Yield changes with the operation, the witnesses, and whom each breaks."""
    for change, sure, checkable in changes:
        callers, implementers = breaks(change)
        yield replace(
            change,
            operation=after.operation.id,
            breaks_callers=sure and callers,
            breaks_implementers=sure and checkable and implementers,
            old_from=before.witness,
            new_from=after.witness,
        )


def _pairs(old: tuple[Origin, ...], new: tuple[Origin, ...]) -> Iterator[tuple[Origin, Origin]]:
    """Yield whose accounts are compared: a page with a page if there are two, else with a model."""
    if "page" in old and "page" in new:
        yield "page", "page"
    elif "page" in old and "model" in new:
        yield "page", "model"
    elif "model" in old and "page" in new:
        yield "model", "page"
    if "model" in old and "model" in new:
        yield "model", "model"


def _identity(change: Change) -> tuple[object, ...]:
    return (
        change.what, change.side, change.member, change.part, str(change.old), str(change.new),
    )  # fmt: skip


# ---------------------------------------------------------------- members


def _members(before: Account, after: Account) -> Iterator[Found]:
    for place in before.members:
        if place not in after.members and _tells(after, place):
            yield found("member-removed", place, _member(before, place), None)
    for place, member in after.members.items():
        old = before.members.get(place)
        if old is not None:
            if before.witness == after.witness and old.deprecated != member.deprecated:
                yield found("deprecated", place, old.deprecated, member.deprecated)
        elif _tells(before, place):
            yield found("member-added", place, None, _member(after, place))


def _tells(told: Account, place: Place) -> bool:
    """Whether an account lists the members among which this one would stand."""
    side, path = place
    above = told.nodes.get((side, parent(path)))
    return isinstance(above, Structure) and not told.silent(place)


def _member(told: Account, place: Place) -> dict[str, Json]:
    """Return what is said of a member that only one has: its type word, whether it is required."""
    word = told.said("type", place)
    found: dict[str, Json] = {"type": word.value if word else None}
    if told.said("required", place):
        found["required"] = True
    return found


# ---------------------------------------------------------------- errors


def _errors(before: Account, after: Account) -> Iterator[Found]:
    """Yield how the errors differ, where both accounts know them."""
    if before.errors is None or after.errors is None:
        return
    for name in dict.fromkeys([*before.errors, *after.errors]):
        old, new = before.errors.get(name), after.errors.get(name)
        if new is None:
            yield found("error-removed", ("errors", name), _error(old), None)
        elif old is None:
            yield found("error-added", ("errors", name), None, _error(new))
        elif before.witness == after.witness == "model":
            yield from _same_error(old, new)


def _error(error: ErrorShape | None) -> dict[str, Json] | None:
    return None if error is None else {"code": error.code, "status": error.status}


def _same_error(old: ErrorShape, new: ErrorShape) -> Iterator[Found]:
    """Yield how one error differs; pages name errors and no more."""
    place: Place = ("errors", new.name)
    if old.status != new.status:
        yield found("error-status", place, old.status, new.status)
    if old.code != new.code:
        yield found("error-code", place, old.code, new.code)
    if set(old.members) != set(new.members):
        yield found("error-members", place, list(old.members), list(new.members))

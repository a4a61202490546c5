"""Identifiers: what operations need, what they yield, and what their names say of it.

Three clues, all from the specs: the name of a member (`QueueUrl` is a url of a queue), the name of
its shape, and where it stands (`Id` in the answer to CreateInstance is the id of an instance). What
an operation makes is what its name says: a verb of making and a noun.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

from aws_specs.paths import from_steps, steps
from aws_specs.spec import Operation, Scalar, Value, walk

Facet = Literal["id", "arn", "url", "name", "key", "handle", "iterator", ""]
Role = Literal["creates", "removes", "finds", "other"]

CREATES: Final = (
    "Create", "Put", "Register", "Allocate", "Run", "Start", "Import", "Request", "Add", "Upload",
    "Publish", "Provision", "Subscribe", "Issue", "Initiate", "Open", "Copy", "Build", "Send",
    "Generate", "Define", "Upsert", "Invite", "Associate", "Attach", "Insert",
)  # fmt: skip
"""Verbs of operations that make something, the surest first."""

REMOVES: Final = (
    "Delete", "Terminate", "Deregister", "Release", "Remove", "Destroy", "Unsubscribe", "Cancel",
    "Abort", "Stop", "Disassociate", "Detach", "Revoke", "Deprovision", "Schedule", "Close",
)  # fmt: skip
"""Verbs of operations that take away what was made, the surest first."""

BRINGS: Final = (
    *CREATES, "Authorize", "Set", "Enable", "Increase", "Update", "Modify", "Change",
)  # fmt: skip
"""Verbs of operations that bring something about, the surest first."""

FINDS: Final = ("List", "Describe", "Get", "Search", "Lookup", "Receive")
"""Verbs of operations that show what is there."""

_WORD: Final = re.compile(r"[A-Z]+s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_FACETS: Final[Mapping[str, Facet]] = {
    "id": "id", "ids": "id", "identifier": "id", "identifiers": "id", "uuid": "id",
    "arn": "arn", "arns": "arn", "url": "url", "urls": "url", "name": "name", "names": "name",
    "key": "key", "handle": "handle", "iterator": "iterator",
}  # fmt: skip
_WRAPPERS: Final = frozenset(
    ("response", "summary", "detail", "details", "metadata", "description", "info", "information",
     "properties", "data", "output", "result", "item", "request", "summaries", "list", "type")
)  # fmt: skip
_GENERIC: Final = frozenset(
    ("string", "non", "empty", "resource", "generic", "max", "min", "amazon")
)
"""Words of shape names that name no thing."""


class Identifier(Value, frozen=True):
    """What a value identifies: the noun, lower case, and in which way. The noun may be ""."""

    noun: str
    facet: Facet


class Need(Value, frozen=True):
    """An identifier that an operation requires, at a member path of its request.

    `chosen` is one that the caller gives to what the operation makes: it need not be there before.
    """

    path: str
    means: tuple[Identifier, ...]
    shape: str = ""
    chosen: bool = False


class Yield(Value, frozen=True):
    """An identifier of what an operation makes or finds: in its answer, or given by its request."""

    side: Literal["output", "input"]
    path: str
    means: tuple[Identifier, ...]
    shape: str = ""


class Node(Value, frozen=True, kw_only=True):
    """One operation in the graph: `id` is `service.Operation`; it can do without `optional`.

    `alternatives` are members of which one must be sent though none is required: a stream's name or
    its ARN. `others` are the texts and blobs at its top that say nothing.
    """

    id: str
    role: Role
    verb: str
    noun: str
    needs: tuple[Need, ...] = ()
    optional: tuple[Need, ...] = ()
    alternatives: tuple[Need, ...] = ()
    others: tuple[str, ...] = ()
    yields: tuple[Yield, ...] = ()


# ---------------------------------------------------------------- words


def words(name: str) -> tuple[str, ...]:
    """Split a name in camel case into lower-case words: `KMSKeyId` is kms, key, id."""
    return tuple(word.lower() for word in _WORD.findall(name))


def singular(noun: str) -> str:
    """Return a noun without its plural: `security groups` is a security group."""
    for ending, instead in (("sses", "ss"), ("ies", "y"), ("xes", "x"), ("ches", "ch")):
        if noun.endswith(ending):
            return noun.removesuffix(ending) + instead
    return noun.removesuffix("s") if not noun.endswith(("ss", "us", "is", "ias")) else noun


def identifier(name: str) -> Identifier:
    """Return what a member's or a shape's name says it identifies."""
    parts = list(words(name))
    facet: Facet = ""
    if parts and parts[-1] in _FACETS:
        facet = _FACETS[parts.pop()]
    return Identifier(singular(" ".join(parts)), facet)


def verb_and_noun(name: str) -> tuple[str, str]:
    """Split an operation's name: `CreateDBInstance` is Create and db instance."""
    parts = words(name)
    verb = parts[0].capitalize() if parts else ""
    return verb, singular(" ".join(parts[1:]))


_ROLES: Final[Mapping[str, Role]] = {
    **dict.fromkeys(CREATES, "creates"),
    **dict.fromkeys(FINDS, "finds"),
    **dict.fromkeys(REMOVES, "removes"),
}


def role_of(verb: str, name: str) -> Role:
    """Return what an operation does to things, by its verb."""
    if verb == "Schedule" and not name.endswith("Deletion"):
        return "other"
    return _ROLES.get(verb, "other")


# ---------------------------------------------------------------- one operation


def node_of(operation: Operation) -> Node:
    """Return an operation's place in the graph: what it needs, what it yields."""
    verb, noun = verb_and_noun(operation.name)
    role = role_of(verb, operation.name)
    if verb == "Schedule":
        noun = noun.removesuffix(" deletion")
    every = tuple(_needs(operation, role, noun))
    required = _required(operation)
    needs = tuple(need for need in every if need.path in required)
    optional = tuple(need for need in every if need.path not in required)
    named = {need.path for need in every}
    return Node(
        id=operation.id,
        role=role,
        verb=verb,
        noun=noun,
        needs=needs,
        optional=optional,
        alternatives=tuple(_alternatives(needs, optional)),
        others=tuple(
            member.name
            for member in operation.input.members
            if member.name not in named
            and isinstance(member.shape, Scalar)
            and member.shape.type in ("string", "blob")
        ),
        yields=tuple(_yields(operation, role, noun)) if role in ("creates", "finds") else (),
    )


def _alternatives(needs: Sequence[Need], optional: Sequence[Need]) -> Iterator[Need]:
    """Yield one need for each thing that a request may name in several ways and must in none."""
    required = {need.means[0].noun for need in needs}
    found: dict[str, list[Need]] = {}
    for need in optional:
        if "." not in need.path and "[]" not in need.path and not need.chosen:
            found.setdefault(need.means[0].noun, []).append(need)
    order = ("name", "id", "url", "arn")
    for noun, several in found.items():
        facets = {need.means[0].facet for need in several} & set(order)
        if noun and noun not in required and len(facets) > 1:
            named = [need for need in several if need.means[0].facet in facets]
            yield min(named, key=lambda need: order.index(need.means[0].facet))


def _required(operation: Operation) -> frozenset[str]:
    """Return the paths every request has: required, and all above them too; items of such lists."""
    stated = {r.member for r in operation.rules if r.side == "input" and r.kind == "required"}
    found: set[str] = set()
    for path, _, member in walk(operation.input):
        parts = steps(path)
        above = from_steps(parts[:-1])
        if (above in found or not above) and (path in stated or (member is None and "[]" in path)):
            found.add(path)
    return frozenset(found)


def _needs(operation: Operation, role: Role, noun: str) -> Iterator[Need]:
    tokens = {r.member for r in operation.rules if r.kind in ("idempotency", "enum")}
    for path, shape, _ in walk(operation.input):
        if not isinstance(shape, Scalar) or shape.type != "string" or path in tokens:
            continue
        means = _means(path, shape, noun)
        if means:
            made = role == "creates" and not operation.name.startswith(_JOINING)
            chosen = made and "[]" not in path and _is_chosen(path, means, noun)
            yield Need(path, means, shape.name, chosen)


def _is_chosen(path: str, means: Sequence[Identifier], noun: str) -> bool:
    """Whether a creating operation's member names what it makes rather than what is there."""
    first = means[0]
    if "." in path or first.facet == "arn" or _JOINS & set(noun.split()):
        return False
    if first.facet == "id" and first.noun != noun:
        return False  # the key of a data key is there before
    # The name of a layer whose first version is published is chosen, too.
    first_version = noun == f"{first.noun} version" and first.facet == "name"
    return same_noun(first.noun, noun) or first_version


_JOINING: Final = ("Attach", "Associate")
"""Verbs of operations that join what is there already."""

_JOINS: Final = frozenset({"to", "from", "with", "for", "in"})
"""Words in the names of operations that join things which are there: AddUserToGroup."""


def plain_noun(noun: str) -> str:
    """Return a noun without the words that join two: `user to group`, `user from group`."""
    return " ".join(singular(word) for word in noun.split() if word not in _JOINS)


def _means(path: str, shape: Scalar, noun: str) -> tuple[Identifier, ...]:
    """Return what a member may identify, the best clue first; nothing where it is no identifier."""
    name = next((step for step in reversed(steps(path)) if step[0] not in "[{"), "")
    own = identifier(name)
    if path.endswith("{key}"):
        return _keyed(shape)
    if _is_label(path, own):
        return ()
    if not own.noun:
        own = Identifier(_enclosing(path) or noun, own.facet)
    if own.noun == "resource" and not own.facet:
        own = Identifier("resource", "arn")
    by_shape = identifier(shape.name)
    plain = set(by_shape.noun.split()) <= _GENERIC
    generic = not identifier(name).noun
    shared = bool(set(own.noun.split()) & set(by_shape.noun.split()))
    useful = by_shape.facet or (own.facet and not generic)
    if plain or not useful or not (generic or shared):
        return (own,)
    vague = generic or (not own.facet and bool(by_shape.facet))
    found = (by_shape, own) if vague else (own, by_shape)
    return tuple(dict.fromkeys(found))


def _keyed(shape: Scalar) -> tuple[Identifier, ...]:
    """Return what the keys of a map identify, where their shape says so: the tables of a batch."""
    by_shape = identifier(shape.name)
    plain = set(by_shape.noun.split()) <= _GENERIC or "tag" in by_shape.noun.split()
    return () if plain or by_shape.facet not in ("id", "arn", "name", "url") else (by_shape,)


def _is_label(path: str, own: Identifier) -> bool:
    """Whether a text names nothing that is made: tags, accounts, labels of a batch's entries."""
    if path.endswith(("{}", "{key}")) or path.lower().startswith("tag"):
        return True
    if own.noun.endswith("account") and own.facet == "id":
        return True
    return not own.noun and "[]" in path and _enclosing(path).endswith("entry")


def _enclosing(path: str) -> str:
    """Return the noun of the structure around a member: `AppResponse.Id` is the id of an app."""
    names = [step for step in steps(path)[:-1] if step[0] not in "[{"]
    if not names:
        return ""
    parts = [word for word in words(names[-1]) if word not in _WRAPPERS]
    return singular(" ".join(parts))


def _yields(operation: Operation, role: Role, noun: str) -> Iterator[Yield]:
    """Yield what identifies the thing that is made (or what is found)."""
    required = _required(operation)
    if role == "creates":
        for need in _needs(operation, role, noun):
            if need.chosen and need.path in required:
                own = Identifier(noun, need.means[0].facet or "name")
                yield Yield(
                    "input", need.path, tuple(dict.fromkeys((*need.means, own))), need.shape
                )
    shown = list(_identified(operation, noun))
    if role == "finds":
        yield from shown
        return
    mine = [y for y in shown if any(same_noun(m.noun, noun) for m in y.means)]
    for given in mine or _only(operation, shown):
        means = given.means
        if not means[0].noun.endswith(f" {noun}"):
            means = (*means, Identifier(noun, means[0].facet))
        yield Yield("output", given.path, tuple(dict.fromkeys(means)), given.shape)


def _identified(operation: Operation, noun: str) -> Iterator[Yield]:
    """Yield every identifier of an answer, each thing once."""
    seen: set[tuple[Identifier, ...]] = set()
    for path, shape in _outputs(operation):
        means = tuple(m for m in _means(path, shape, noun) if m.facet)
        if means and means not in seen:
            seen.add(means)
            yield Yield("output", path, means, shape.name)


def _only(operation: Operation, found: Sequence[Yield]) -> Sequence[Yield]:
    """Return what an answer identifies where that is one thing, whatever the verb's noun is."""
    top = 1 if len(operation.output.members) == 1 else 0
    given = {member.name for member in operation.input.members}
    near = [y for y in found if y.path.count(".") <= top and last_name(y.path) not in given]
    return near if len({y.means[0].noun for y in near}) == 1 else ()


def _outputs(operation: Operation) -> Iterator[tuple[str, Scalar]]:
    """Yield the texts of an answer, those nearest to its top first."""
    found: list[tuple[str, Scalar]] = [
        (path, shape)
        for path, shape, _ in walk(operation.output)
        if isinstance(shape, Scalar) and shape.type == "string" and len(steps(path)) <= 5
    ]
    yield from sorted(found, key=lambda item: len(steps(item[0])))


def same_noun(one: str, other: str) -> bool:
    """Whether two nouns name the same: equal, or one is the other's last words."""
    if not one or not other:
        return one == other
    return one == other or one.endswith(f" {other}") or other.endswith(f" {one}")


def last_name(path: str) -> str:
    """Return the last member name of a path."""
    return next((step for step in reversed(steps(path)) if step[0] not in "[{"), "")

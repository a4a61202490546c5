"""Promises: what the documentation says will happen to a thing, read with care.

Only three promises can become findings: a named error for what is not there, a named error for what
is there already, and a deletion that is done when it is answered. Where the words of page or model
leave room (a state that says DELETING, "up to 60 seconds", a grace period), nothing is promised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final

from aws_specs import sdk
from aws_specs.error_class import error_class
from aws_specs.identifiers import same_noun, singular, words
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import steps
from aws_specs.spec import ErrorShape, Json, ModelSource, Operation, Rule, Side, Source, Value, walk


class Promise(Value, frozen=True):
    """An error that an operation declares, where it is declared, and what is said of it."""

    name: str
    code: str
    status: int
    source: Source
    sentence: str = ""

    def __str__(self) -> str:
        """Return the error in words, with its documentation."""
        said = f": {self.sentence}" if self.sentence else ""
        return f"{self.code} ({self.status}){said}"

    def keeps(self, code: str) -> bool:
        """Whether an error on the wire is the one that is declared."""
        return code in (self.name, self.code)


class Deferral(Value, frozen=True):
    """Why a deletion need not be done when it is answered: a reason code, and the words.

    `seconds` are those after which it has to be done, where the words say so; 0 where they do not.
    """

    reason: str
    words: str
    seconds: float = 0.0


# ---------------------------------------------------------------- errors

_FILLERS: Final = frozenset(
    ("a", "already", "does", "duplicate", "error", "exception", "exist", "exists", "fault", "found",
     "in", "name", "no", "non", "nonexistent", "existent", "not", "such", "unknown", "use")
)  # fmt: skip
_GENERIC: Final = frozenset(("", "entity", "item", "object", "record", "resource"))


def not_found(operation: Operation, noun: str) -> tuple[Promise, ...]:
    """Return the errors an operation declares for a thing of that noun that is not there."""
    return tuple(
        _promise(operation, error)
        for error in operation.errors
        if error_class(error.code) == "not-found" and _is_about(error.name, noun)
    )


def already_there(operation: Operation, noun: str) -> tuple[Promise, ...]:
    """Return the errors a creating operation declares for a name that is taken."""
    return tuple(
        promise
        for error in operation.errors
        if error_class(error.code) == "conflict"
        for promise in (_promise(operation, error),)
        if _says_taken(error.name, promise.sentence, noun)
    )


def _is_about(error: str, noun: str) -> bool:
    """Whether an error's name speaks of things at large, or of things of that noun."""
    rest = " ".join(word for word in words(error) if word not in _FILLERS)
    return rest in _GENERIC or same_noun(singular(rest), singular(noun))


_TAKEN_NAME: Final = re.compile(r"Already(Exist|InUse)|Exists|Duplicate|NameInUse", re.IGNORECASE)
_TAKEN_WORDS: Final = re.compile(
    r"already exist|same name|\bname\b.{0,40}(taken|in use)|create an existing", re.IGNORECASE
)
_REPEATED: Final = re.compile(r"Idempot|Token", re.IGNORECASE)
"""Names of errors about a request that was sent before, not about a name."""


def _says_taken(error: str, sentence: str, noun: str) -> bool:
    if _REPEATED.search(error):
        return False
    named = _TAKEN_NAME.search(error) is not None and _is_about(error, noun)
    return named or _TAKEN_WORDS.search(sentence) is not None


def _promise(operation: Operation, error: ErrorShape) -> Promise:
    rule = _rule_of(operation, error)
    source: Source
    if rule is not None:
        source = rule.source
    else:
        model = operation.model or f"botocore {sdk.version()} {operation.service}"
        source = ModelSource(model, error.name, "error")
    said = _error_texts(operation.service, operation.name).get(error.name, "")
    return Promise(error.name, error.code, error.status, source, _first_sentence(said))


def _rule_of(operation: Operation, error: ErrorShape) -> Rule | None:
    return next(
        (r for r in operation.rules if r.kind == "error" and r.member in (error.name, error.code)),
        None,
    )


# ---------------------------------------------------------------- the model's own words

_TAG: Final = re.compile(r"<[^<>]*>")
_SPACE: Final = re.compile(r"\s+")


def plain(documentation: str) -> str:
    """Return a model's documentation (HTML) as text on one line."""
    text = _TAG.sub(" ", documentation)
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, char)
    return _SPACE.sub(" ", text).replace(" .", ".").strip()


@cache
def _error_texts(service: str, name: str) -> dict[str, str]:
    model: Any = sdk.operation_model(service, name)
    return {str(shape.name): plain(shape.documentation or "") for shape in model.error_shapes}


@cache
def said_of(service: str, name: str) -> str:
    """Return what the model says of an operation, as text."""
    model: Any = sdk.operation_model(service, name)
    return plain(model.documentation or "")


@cache
def said_of_member(service: str, name: str, side: Side, path: str) -> str:
    """Return what the model says of a member of a request or an answer, as text; "" if nothing."""
    return plain(sdk.member_documentation(service, name, path, answer=side == "output"))


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text; an abbreviation may cut one short."""
    return tuple(f"{part.strip()}." for part in text.rstrip(".").split(". ") if part.strip())


def _first_sentence(text: str) -> str:
    return next(iter(sentences(text)), "")[:300]


_REPLACES: Final = re.compile(
    r"overwrit|replac|upsert|creates? (or|and) (updat|modif|replac|chang)"
    r"|(or|and) updates? (an|the)"
    r"|\b(updat|modif)\w* (an |the )?existing|already exists?,? (then )?(it|this|the|we)",
    re.IGNORECASE,
)


def replaces(create: Operation) -> str:
    """Return the words by which a creation may change what is there already, "" where none do."""
    if words(create.name)[:1] not in (("create",), ("register",)):
        return f"{create.name} is no verb of creation alone"
    said = sentences(said_of(create.service, create.name))
    return next((one[:300] for one in said if _REPLACES.search(one)), "")


# ---------------------------------------------------------------- lists

_PARTIAL: Final = re.compile(
    r"\b(by default|default filter|eventual|propagat|recent|within the (last|past))"
    r"|\b(only|just) (the )?(return|list|show|includ|describ|contain|latest|active|enabled|public)"
    r"|\b(returns?|lists?|shows?|includes?|describes?|retrieves?|gets?|about) (only|just)\b"
    r"|\b(lists?|returns?|retrieves?|gets?|of|the|each|all|about) (all )?(the )?active\b"
    r"|(not|n't|never) (be )?(return|list|show|includ|describ|support|display)|\bexcept\b|\bexclud"
    r"|\b(pending|completed|successful|enabled|published|latest|resolvable) (\w+ ){0,2}\w+s?\b"
    r"|that match|\bin (an? |the )?[\w-]+ state|permissions to access",
    re.IGNORECASE,
)
"""Words of a list's documentation by which it may lack some of what there is."""

_DEFAULT_ALL: Final = re.compile(
    r"by default,? (this \w+ )?(lists? |returns? )?all\b", re.IGNORECASE
)

_ON_REQUEST: Final = re.compile(
    r"\b(filter|optional|specif(y|ied)|you can|if you|use the|set|tags)\b"
    r"|\bto (get|view|see|list|retrieve)\b|delet|next ?token|paginat",
    re.IGNORECASE,
)
"""Words of sentences that speak of what a request may ask for, or of what is gone."""

_SELECTS: Final = re.compile(
    r"\bdefault(s|ed)? (is|are|to|value|setting|filter)|default:|\(default|by default|omit"
    r"|(do not|don't|not|isn't) (specif|provid|includ|set)|unless|\bdefault (\w+ )?(is|are) ",
    re.IGNORECASE,
)
"""Words by which a member of a request selects something also where it is left out."""

_ALL: Final = re.compile(
    r"\ball\b|\bevery\b|\bany\b|delet|\bsort|\border|ascend|descend|(not|n't) filter|no filter"
    r"|\ba(n)? (account|registry)\b|your account|own account",
    re.IGNORECASE,
)
"""Words by which what is selected then is everything, or only the order is meant."""


def partial(service: str, name: str, unsent: Iterable[str]) -> str:
    """Return the sentence by which a list need not have everything, "" where nothing says so.

    `unsent` are the members of its request that are left out, those of pages not among them.
    """
    said = sentences(said_of(service, name))
    words = (
        one
        for one in said
        if _PARTIAL.search(one) and not _ON_REQUEST.search(one) and not _DEFAULT_ALL.search(one)
    )
    found = next(words, "")
    for member in () if found else unsent:
        for one in sentences(said_of_member(service, name, "input", member)):
            if _SELECTS.search(one) and not _ALL.search(one):
                return f"{member}: {one}"[:300]
    return found[:300]


_HISTORY: Final = re.compile(
    r"\bprevious|\bhistor|\binactive|\bpast\b|\bexpired|\bformer|\barchived|\bclosed",
    re.IGNORECASE,
)
"""Words of a list's documentation by which it may have what is not there any more."""


def remembers(service: str, name: str) -> str:
    """Return the sentence by which a list also has what is gone, "" where nothing says so."""
    said = sentences(said_of(service, name))
    return next((one[:300] for one in said if _HISTORY.search(one)), "")


# ---------------------------------------------------------------- deletions

_AT_ONCE: Final = frozenset({"Delete", "Remove", "Destroy", "Unsubscribe"})
"""Verbs of operations after which a thing is gone, unless something says otherwise."""

_LATER: Final = re.compile(
    r"(?i:asynchron|(may|can|might|could) take|takes? (up to|some|a few|several|time)|\bseconds\b"
    r"|\bminutes\b|\bhours\b|\bdays\b|eventual|background|mark(s|ed) .{0,30}delet|schedul"
    r"|\bbegins\b|\binitiat|recycle bin|soft.delet|recovery window|tombstone|might succeed"
    r"|delete marker|propagat|in progress|pending deletion|period of time|take effect)"
    r"|\bDELET(E_|ING|ED)|\bDeleting (state|status)|`Deleting`"
)
"""Words of a deleting operation's documentation by which it need not be done when answered."""

_REMAINS: Final = re.compile(
    r"\bdeleted\b|delet(ion|ing)|terminat|eventually consistent", re.IGNORECASE
)
"""Words of a reading operation's documentation by which it may show what is deleted."""

_ENDING: Final = re.compile(r"delet|terminat|remov|destroy|shutting", re.IGNORECASE)
"""Words of states that deleted things are in, where an operation knows such states."""

_ENDED: Final = re.compile(
    r"delet|terminat|remov|destroy|shutting|inactive|archiv|retir|expir|deregister|clos(ed|ing)",
    re.IGNORECASE,
)
"""Words of states by which an answer says that its thing is not what it was."""

_DELETION: Final = re.compile(r"delet(ed|ion)(?!Protect)", re.IGNORECASE)
"""Names of members that only something deleted has: a `DeletionDate`, not `DeletionProtection`."""

_STATE_MEMBERS: Final = frozenset({"status", "state", "phase", "lifecycle", "lifecyclestate"})


def deferral(delete: Operation, read: Operation) -> Deferral | None:
    """Return why what is deleted may still be shown by an operation; None where nothing says so."""
    verb = words(delete.name)[:1]
    if not verb or verb[0].capitalize() not in _AT_ONCE:
        return Deferral("tombstone", f"{delete.name} need not take the thing away")
    state = _state_of_deletion(delete) or _enum_of_deletion(read)
    if state:
        return Deferral("asynchronous-deletion", state)
    for operation, pattern, reason in (
        (delete, _LATER, "asynchronous-deletion"),
        (read, _REMAINS, "tombstone"),
    ):
        said = operation.documentation or said_of(operation.service, operation.name)
        for sentence in sentences(plain(said)):
            if pattern.search(sentence):
                return Deferral(reason, sentence[:300], _limit(sentence))
    return None


_IDEMPOTENT: Final = re.compile(
    r"idempot|(not|n't) exist|already (been )?(delet|remov)|no error|succeed|\bsuccess",
    re.IGNORECASE,
)
"""Words of a deletion's documentation by which it may be told twice."""


def repeated_deletion(delete: Operation, noun: str) -> Promise | None:
    """Return the error that a deletion promises for what is gone, None where it may be a success.

    Only an error that is named for the very thing: a ResourceNotFoundException may be about what
    it is in. Sources differ on whether a deletion is idempotent, so its words must not say so.
    """
    own = (p for p in not_found(delete, noun) if _names_it(p.name, noun))
    found = next(own, None)
    verb = words(delete.name)[:1]
    if found is None or not verb or verb[0].capitalize() not in _AT_ONCE:
        return None
    said = f"{delete.documentation}. {said_of(delete.service, delete.name)}"
    open_ended = any(p.search(one) for one in sentences(plain(said)) for p in (_LATER, _IDEMPOTENT))
    return None if open_ended or _state_of_deletion(delete) else found


def _names_it(error: str, noun: str) -> bool:
    rest = " ".join(word for word in words(error) if word not in _FILLERS)
    return rest not in _GENERIC and same_noun(singular(rest), singular(noun))


_UP_TO: Final = re.compile(r"takes up to (\d{1,4}) (second|minute)s?\b", re.IGNORECASE)


def _limit(sentence: str) -> float:
    """Return the seconds that a sentence gives a deletion at most, 0 where it gives no number."""
    found = _UP_TO.search(sentence)
    return 0.0 if found is None else float(found[1]) * (60 if found[2].lower() == "minute" else 1)


def _state_of_deletion(delete: Operation) -> str:
    """Return the member of a deletion's answer that says how far it is, "" where it has none."""
    for path, _, member in walk(delete.output):
        if member is None or len(steps(path)) > 3:
            continue
        parts = words(member.name)
        if parts and (parts[-1] in _STATE_MEMBERS or _ENDING.search(member.name)):
            return f"{delete.name} answers with {path}"
    return ""


def _enum_of_deletion(read: Operation) -> str:
    """Return the state that a reading operation knows and a deleted thing may be in."""
    for rule in read.rules:
        if rule.side != "output" or rule.kind != "enum" or not _is_state(rule.member):
            continue
        for value in rule.value:
            if _ENDING.search(str(value)):
                return f"{read.name} knows the state {value} of {rule.member}"
    return ""


def _is_state(path: str) -> bool:
    names = [step for step in steps(path) if step[0] not in "[{"]
    return bool(names) and words(names[-1])[-1:] != () and words(names[-1])[-1] in _STATE_MEMBERS


def says_deleted(value: Json) -> str:
    """Return where an answer says that its thing is going or gone, "" where it does not."""
    for path, name, found in _members(value, ""):
        parts = words(name)
        stated = bool(parts) and parts[-1] in _STATE_MEMBERS
        if stated and isinstance(found, str) and _ENDED.search(found):
            return f"{path} {found}"
        if _DELETION.search(name) and found not in (None, False, "", 0):
            return f"{path} is there"
    return ""


def _members(value: Json, path: str) -> Iterator[tuple[str, str, Json]]:
    items: Iterable[tuple[str, Json]] = ()
    if is_object(value):
        items = value.items()
        for name, found in items:
            here = f"{path}.{name}" if path else name
            yield here, name, found
            yield from _members(found, here)
    elif is_list(value):
        for found in value:
            yield from _members(found, f"{path}[]")


__all__ = [
    "Deferral", "Promise", "already_there", "deferral", "not_found", "partial", "plain",
    "remembers", "repeated_deletion", "replaces", "said_of", "said_of_member", "says_deleted",
    "sentences",
]  # fmt: skip

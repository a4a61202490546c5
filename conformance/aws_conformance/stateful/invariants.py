"""Invariants: what an answer says, given what has been done to the thing before. Pure.

=================== ============================================================================
read-after-create   what was made, and not taken away, is found (also read-after-update, and
                    delete-of-another: whatever was done last is blamed)
use-after-delete    what was taken away is answered with the error that is declared for it
delete-after-delete is a success, or that error
duplicate-create    a name that is taken is refused as declared, or the same thing is answered
=================== ============================================================================

A reading that succeeds after a deletion is the deleting operation's fault; an update that does, and
a wrong error, that of the operation which answers it. What the contract leaves open is
`inconclusive`, with why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from aws_conformance.reading import Reading, says_absent
from aws_conformance.stateful.acts import Act, Change, Said, Thing
from aws_conformance.stateful.members import unsure, value_at
from aws_conformance.stateful.promises import (
    Promise,
    already_there,
    deferral,
    not_found,
    repeated_deletion,
    replaces,
    said_of,
    says_deleted,
    sentences,
)
from aws_reports.results import Outcome
from aws_specs.spec import Json, ModelSource, Operation, PageSource, Source, Value


class Untrue(Value, frozen=True):
    """What a thing is shown to be that it was not told last: why, the text, whose doing it is.

    "not-updated": what it was told before; "another-value": what only another thing was told;
    "other-value": a text of which nothing is known.
    """

    reason: str
    text: str
    operation: str


class Situation(Value, frozen=True, kw_only=True):
    """One act on a thing, with its answer and what is known of the operations.

    `twin`: the same operation has succeeded on a live thing. `exact`: the thing is named by the
    very identifier that the operation (and the deletion before) asks for. `shown`: the answer holds
    what names the thing, or the operation is about one thing alone. `idle`: an update that says
    nothing but of what.
    `differs` are the identifiers in which a second creation differs from the first ("": in none;
    None: the answer holds none). `consistent`: what was done is seen at once. `waited` are the
    seconds waited before. `stranger` names another thing that is shown instead, `untrue` a text;
    `change` is what the last update has changed. After a second creation that asked for something
    else, and got an answer without another identity: `changed` where that is shown now, `kept`
    where what was there before is.
    """

    act: Act
    thing: Thing
    noun: str
    operation: Operation
    create: Operation
    delete: Operation | None
    reading: Reading
    twin: bool = False
    exact: bool = True
    shown: bool = True
    idle: bool = False
    differs: str | None = None
    consistent: bool = True
    waited: float = 0.0
    strict: bool = False
    stranger: str = ""
    untrue: Untrue | None = None
    change: Change | None = None
    kept: bool = False
    changed: bool = False

    @property
    def promises(self) -> tuple[Promise, ...]:
        """The errors that the operation declares for such a thing that is not there."""
        return not_found(self.operation, self.noun)


def judged(situation: Situation) -> tuple[Said, ...]:
    """Return what an act says; nothing where it is no test of anything."""
    look = TABLE.get((situation.act.does, situation.thing.state))
    if look is None or _is_absent(situation):
        return ()
    return tuple(look(situation))


def _is_absent(s: Situation) -> bool:
    """Whether the answer says that the operation is not there; one that has worked is."""
    said = says_absent(s.reading)
    return bool(said) and (not s.twin or said.startswith("not-implemented"))


# ---------------------------------------------------------------- live


def _live(s: Situation) -> Iterator[Said]:
    # An operation that has never shown anything cannot tell what a later one has done.
    last, why = (s.thing.last, s.thing.why) if s.twin else (s.create.id, "create")
    label = why if why == "delete-of-another" else f"read-after-{why}"
    rule = f"{last}/state/{label}"
    expected = f"{s.operation.name} shows the {s.noun}: nothing has taken it away"
    say = _sayer(s, rule, expected, _first_source(s))
    kept = next((p for p in s.promises if p.keeps(s.reading.code)), None)
    if s.reading.kind == "success":
        yield from _shown(s, say)
    elif kept is None:
        yield say("inconclusive", "refused")
    elif not s.exact:
        yield say("inconclusive", "identity-guessed")
    elif not s.consistent:
        yield say("inconclusive", "eventual-consistency")
    elif words := made_later(s.create):
        yield say("inconclusive", "asynchronous-creation", hint=words)
    else:
        yield replace(say("fail", "not-there"), source=kept.source)


def _shown(s: Situation, say: Sayer) -> Iterator[Said]:
    """Yield what a thing that is shown shows: itself, nothing, another, or another's text."""
    if s.stranger:
        yield _doubtful(s, f"{s.operation.id}/state/read-of-another", "another-thing", s.stranger)
    elif not s.shown:
        yield say("inconclusive", "not-shown")
    elif s.untrue is not None:
        label = "update-of-another" if s.untrue.reason == "another-value" else "read-after-update"
        rule = f"{s.untrue.operation}/state/{label}"
        yield _doubtful(s, rule, s.untrue.reason, s.untrue.text)
    else:
        yield say("pass", "as-documented")
        if s.change is not None:
            yield _member(s, s.change)


def _member(s: Situation, change: Change) -> Said:
    """Return what is said of the one member that the last update has changed."""
    now = value_at(s.reading.value, change.at)
    rule = f"{change.operation}/state/read-after-update={change.member}"
    shown = f"{change.at} = {str(now)[:80]}"
    said = _doubtful(s, rule, "not-updated" if now == change.before else "other-value", shown)
    update = change.operation.rpartition(".")[2]
    words = unsure(s.create.service, update, change.member)
    if now == change.told:
        said = replace(said, verdict="pass", reason="as-told", hint="")
    elif said.verdict == "fail" and words:
        said = replace(said, verdict="inconclusive", reason="conditional-member", hint=words)
    told = f"{s.operation.name} shows {change.at} = {str(change.told)[:80]}, as it was told"
    return replace(said, expected=told)


_TAKES_EFFECT: Final = re.compile(r"draft|publish|deploy|\bversion|\bapply\b|\bapplied\b", re.I)


def _doubtful(s: Situation, rule: str, reason: str, shown: str) -> Said:
    """Return a finding on what is shown instead, unless it may be so for a while, or by design."""
    expected = f"{s.operation.name} shows the {s.noun} as it was made or changed last"
    say = _sayer(s, rule, expected, documented(s.operation))
    observed = f"{s.operation.name} is answered {s.reading.short()} with {shown[:80]}"
    changed = said_of(s.create.service, s.thing.last.rpartition(".")[2])
    words = made_later(s.create) or next(
        (one[:300] for one in sentences(changed) if _CREATED_LATER.search(one)
         or (reason == "not-updated" and _TAKES_EFFECT.search(one))), "")  # fmt: skip
    if reason == "other-value":
        said = say("inconclusive", reason)
    elif not s.exact:
        said = say("inconclusive", "identity-guessed")
    elif not s.consistent:
        said = say("inconclusive", "eventual-consistency")
    elif words or is_changing(s.reading.value):
        said = say("inconclusive", "asynchronous-update", hint=words)
    else:
        said = say("fail", reason)
    return replace(said, observed=observed)


_CHANGING: Final = re.compile(r"updating|modifying|pending|in.?progress|creating", re.IGNORECASE)
_LONGEST_STATE: Final = 40


def is_changing(value: Json) -> bool:
    """Whether an answer says that something is still being done."""
    if isinstance(value, str):
        return len(value) <= _LONGEST_STATE and bool(_CHANGING.search(value))
    if isinstance(value, dict):
        return any(map(is_changing, value.values()))  # pyright: ignore[reportUnknownArgumentType]
    return isinstance(value, list) and any(map(is_changing, value))  # pyright: ignore[reportUnknownArgumentType]


_CREATED_LATER: Final = re.compile(
    r"asynchron|eventual|propagat|\bminutes\b|period of time|take effect", re.IGNORECASE
)


def made_later(create: Operation) -> str:
    """Return the sentence that says that what is made need not be there at once, or ""."""
    said = sentences(said_of(create.service, create.name))
    return next((sentence[:300] for sentence in said if _CREATED_LATER.search(sentence)), "")


# ---------------------------------------------------------------- deleted


def _gone(s: Situation) -> Iterator[Said]:
    if s.delete is None:
        return
    if s.reading.kind != "success":
        yield from _refusal(s, "use-after-delete")
        return
    blamed = s.operation if s.act.does == "update" else s.delete
    rule = f"{blamed.id}/state/use-after-delete"
    say = _sayer(s, rule, _expected_gone(s), _first_source(s))
    state = says_deleted(s.reading.value)
    later = deferral(s.delete, s.operation)
    if later is not None and 0 < later.seconds <= s.waited:
        later = None
    if s.reading.unreadable:
        own = f"{s.operation.id}/state/use-after-delete"
        reason = "protocol" if s.twin else "unreadable"
        yield replace(say("fail" if s.twin else "inconclusive", reason), rule=own)
    elif state:
        yield replace(say("pass", "says-deleted"), observed=f"{s.reading.short()}, {state}")
    elif not s.shown:
        yield replace(say("pass", "not-shown"), observed=f"{s.reading.short()} without it")
    elif not s.promises:
        yield say("inconclusive", "no-error-declared")
    elif not s.exact:
        yield say("inconclusive", "identity-guessed")
    elif s.idle:
        yield say("inconclusive", "nothing-to-update")
    elif later is not None:
        yield say("inconclusive", later.reason, hint=later.words)
    elif not s.consistent:
        yield say("inconclusive", "eventual-consistency")
    else:
        yield say("fail", "still-there")


def _expected_gone(s: Situation) -> str:
    promised = " or ".join(map(str, s.promises[:2])) or "an error"
    return f"{s.operation.name} answers {promised}"


def _gone_again(s: Situation) -> Iterator[Said]:
    if s.reading.kind == "success":
        say = _sayer(s, _own(s, "delete-after-delete"), "a success, or not found", _first_source(s))
        asked = repeated_deletion(s.operation, s.noun)
        if asked is None or not s.exact or not s.consistent:
            yield say("pass", "idempotent")
        else:
            expected = f"{s.operation.name} answers {asked}"
            yield replace(say("fail", "deleted-twice"), expected=expected, source=asked.source)
        return
    yield from _refusal(s, "delete-after-delete")


def _own(s: Situation, label: str) -> str:
    return f"{s.operation.id}/state/{label}"


def _refusal(s: Situation, label: str) -> Iterator[Said]:
    """Yield what an error to something that was deleted says."""
    expected = "a success, or not found" if s.act.does == "delete" else _expected_gone(s)
    say = _sayer(s, _own(s, label), expected, _first_source(s))
    kept = next((p for p in s.promises if p.keeps(s.reading.code)), None)
    if kept is not None and s.reading.due in (0, s.reading.status):
        yield replace(say("pass", "not-found"), source=kept.source)
        if label == "use-after-delete" and s.delete is not None:
            rule = f"{s.delete.id}/state/{label}"
            yield replace(say("pass", "not-found"), rule=rule, source=kept.source)
    elif kept is not None:
        yield replace(say("fail", "wrong-status"), source=kept.source)
    else:
        outcome, reason = _other_error(s)
        yield say(outcome, reason)


def _other_error(s: Situation) -> tuple[Outcome, str]:
    """Return what is said of an answer that is no success and not the declared error."""
    reading = s.reading
    broken = _broken(reading)
    if broken:
        return ("fail", broken) if s.twin else ("inconclusive", "masked")
    if reading.kind == "redirect":
        return "inconclusive", "redirect"
    if s.operation.wire.method == "HEAD":
        return ("pass", "not-found") if reading.status == 404 else ("inconclusive", "no-body")
    if not s.twin or not s.promises:
        return "inconclusive", "masked" if s.promises else "no-error-declared"
    if not reading.typed or reading.unreadable:
        return "fail", "error-shape"
    model_only = s.operation.page is None and not s.strict
    later = s.delete is not None and deferral(s.delete, s.operation) is not None
    match reading.error_class:
        case "validation" if not later and s.exact:
            return "fail", "wrong-error"
        case "not-found" if not reading.declared and not model_only:
            return "fail", "wrong-error"
        case "not-found":
            return "inconclusive", "another-not-found" if reading.declared else "undeclared-error"
        case "other":
            return "inconclusive", "unclassified-error"
        case error:
            return "inconclusive", error


def _broken(reading: Reading) -> str:
    """Return the reason for which an answer is wrong to any request, "" where it is not."""
    if reading.kind == "silence":
        return "server-error" if reading.silence == "crash" else "no-response"
    busy = reading.error_class == "throttled" or reading.code == "ServiceUnavailable"
    return "server-error" if reading.kind == "error" and reading.status >= 500 and not busy else ""


# ---------------------------------------------------------------- duplicates


def _duplicate(s: Situation) -> Iterator[Said]:
    taken = already_there(s.create, s.noun)
    promised = " or ".join(map(str, taken[:2])) or "an error"
    expected = f"{promised}, or the same {s.noun} again"
    source = taken[0].source if taken else documented(s.create)
    say = _sayer(s, _own(s, "duplicate-create"), expected, source)
    if s.reading.kind == "success":
        yield _second(s, say, bool(taken))
        return
    kept = next((p for p in taken if p.keeps(s.reading.code)), None)
    broken = _broken(s.reading)
    if kept is not None:
        right = s.reading.due in (0, s.reading.status)
        yield say("pass", "refused") if right else say("fail", "wrong-status")
    elif broken:
        yield say("fail", broken)
    elif s.reading.error_class == "conflict" and s.reading.declared:
        yield say("pass", "refused")
    else:
        yield say("inconclusive", s.reading.error_class or "refused")


def _second(s: Situation, say: Sayer, taken: bool) -> Said:
    if s.changed or s.kept:
        return _same_again(s, say, taken)
    if s.differs is None:
        return say("inconclusive", "no-identity")
    if not s.differs:
        return say("pass", "idempotent")
    if not taken:
        return say("inconclusive", "no-error-declared")
    if not s.consistent:
        return say("inconclusive", "eventual-consistency")
    return replace(say("fail", "created-twice"), observed=f"{s.reading.short()}, {s.differs}")


def _same_again(s: Situation, say: Sayer, taken: bool) -> Said:
    """Return what is said of a creation that was to be another thing, and has made none."""
    words = replaces(s.create)
    if s.kept:
        return say("inconclusive", "kept-as-it-was")
    if not taken:
        return say("inconclusive", "no-error-declared")
    if words:
        return say("inconclusive", "replaces", hint=words)
    if not s.consistent:
        return say("inconclusive", "eventual-consistency")
    seen = f"{s.reading.short()}, and what was there is changed"
    return replace(say("fail", "overwritten"), observed=seen)


# ---------------------------------------------------------------- words

Sayer = Callable[..., Said]


def _sayer(s: Situation, rule: str, expected: str, source: Source) -> Sayer:
    def say(verdict: Outcome, reason: str, *, hint: str = "") -> Said:
        return Said(
            rule=rule, via=s.operation.id, verdict=verdict, reason=reason, expected=expected,
            observed=f"{s.operation.name} is answered {s.reading.short()}",
            source=source, hint=hint,
        )  # fmt: skip

    return say


def _first_source(s: Situation) -> Source:
    return s.promises[0].source if s.promises else documented(s.operation)


def documented(operation: Operation) -> Source:
    """Return where an operation as a whole is documented."""
    if operation.page is not None:
        return PageSource(operation.page.file, 1, operation.documentation or operation.name)
    return ModelSource(operation.model or "botocore", operation.name, "documentation")


TABLE: Final[Mapping[tuple[str, str], Callable[[Situation], Iterator[Said]]]] = {
    ("read", "live"): _live,
    ("read", "deleted"): _gone,
    ("update", "deleted"): _gone,
    ("delete", "deleted"): _gone_again,
    ("duplicate", "live"): _duplicate,
}
"""What an act on a thing in a state is a test of."""


def names_in(value: Json, texts: frozenset[str]) -> bool:
    """Whether any of the texts stands in a value, alone or as the end of a longer name."""
    if isinstance(value, str):
        return any(value == text or value.endswith((f"/{text}", f":{text}")) for text in texts)
    if isinstance(value, dict):
        return any(names_in(item, texts) for item in value.values())  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return isinstance(value, list) and any(names_in(item, texts) for item in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]

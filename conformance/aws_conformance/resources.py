"""The journal of resources: what a run makes in a target, written down before it is used.

`resources.jsonl` gets a line before each creating request, one when it was answered, and one when
the thing is gone again. How to remove a thing is worked out when it is made and stands in the
journal, so that `aws-conformance cleanup` needs nothing else after a crash. Every line is on the
disk before the run goes on.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Final, cast

import msgspec

from aws_conformance.reading import Reading
from aws_conformance.redact import without_secrets
from aws_conformance.sender import UnreachableError
from aws_specs.errors import ConformanceError, UsageError
from aws_specs.identifiers import identifier
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.spec import Json, Value

VERSION: Final = 1
FILE: Final = "resources.jsonl"

GONE: Final = frozenset({"not-found"})
"""Classes of errors that say that there is nothing to remove any more."""


class Removal(Value, frozen=True):
    """The request that removes a thing.

    `lifting` is one to send first where it is refused: the thing may be protected from deletion.
    """

    operation: str
    params: Mapping[str, Json]
    lifting: Removal | None = None


class ResourcesHeader(Value, frozen=True, tag_field="line", tag="header", kw_only=True):
    """Where the things are: what `cleanup` has to open. `account` is "" for all but aws."""

    version: int = VERSION
    target: str
    account: str = ""
    region: str = ""
    profile: str = ""
    protocol: str = ""
    started: str = ""


class Creating(Value, frozen=True, tag_field="line", tag="creating", kw_only=True):
    """A creating request is about to be sent; `removal` is known where the caller names the thing.

    `parents` are the numbers of the things it is made in.
    """

    number: int
    operation: str
    case: str = ""
    params: Mapping[str, Json] = {}
    removal: Removal | None = None
    parents: tuple[int, ...] = ()


class Created(Value, frozen=True, tag_field="line", tag="created", kw_only=True):
    """It was made. `removal` None: no operation is known that removes it."""

    number: int
    names: tuple[str, ...] = ()
    removal: Removal | None = None


class Ended(Value, frozen=True, tag_field="line", tag="ended"):
    """It is not there: refused, or removed. `why` says which."""

    number: int
    why: str


class Kept(Value, frozen=True, tag_field="line", tag="kept"):
    """It could not be removed."""

    number: int
    why: str


ResourceLine = ResourcesHeader | Creating | Created | Ended | Kept


class Thing(Value, frozen=True, kw_only=True):
    """One thing that was made, or may have been (`sure` False: the answer never came)."""

    number: int
    operation: str
    case: str = ""
    names: tuple[str, ...] = ()
    removal: Removal | None = None
    sure: bool = True
    why: str = ""
    parents: tuple[int, ...] = ()
    asked: tuple[str, ...] = ()
    """What the creating request called it, for people who look for it."""

    def __str__(self) -> str:
        """Return the thing in a line for people."""
        named = self.names or (names_of(self.removal.params) if self.removal else ())
        asked = f"asked for as {', '.join(self.asked)}" if self.asked else "(without a name)"
        what = ", ".join(named) or asked
        maybe = "" if self.sure else "perhaps: "
        return f"{maybe}{self.operation}: {what}" + (f": {self.why}" if self.why else "")


class ResourceJournal:
    """An open journal of resources; without a file everything is kept in memory alone."""

    def __init__(self, file: IO[bytes] | None = None, number: int = 0) -> None:
        self._file = file
        self._number = number
        self.things: dict[int, Thing] = {}

    @classmethod
    def new(cls, path: Path, header: ResourcesHeader) -> ResourceJournal:
        """Start a journal, behind what an earlier one has left: nothing in it is forgotten."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            left = left_in(path)[1] if path.exists() else ()
            if left:
                kept = path.with_name(f"{path.stem}-{os.getpid()}-{len(left)}{path.suffix}")
                path.rename(kept)
            journal = cls(path.open("wb", buffering=0))
        except OSError as error:
            raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error
        journal._write(header)
        return journal

    @classmethod
    def reopened(cls, path: Path) -> ResourceJournal:
        """Go on with a journal, for `cleanup`."""
        _, things = left_in(path)
        data = path.read_bytes()
        file = path.open("r+b", buffering=0)
        whole = data.rfind(b"\n") + 1
        file.truncate(whole)
        file.seek(whole)
        journal = cls(file, max((thing.number for thing in things), default=0))
        journal.things = {thing.number: thing for thing in things}
        return journal

    def creating(
        self,
        operation: str,
        params: Mapping[str, Json],
        removal: Removal | None,
        case: str = "",
        parents: tuple[int, ...] = (),
    ) -> int:
        """Note that a creating request is about to be sent; return its number."""
        self._number += 1
        number = self._number
        line = Creating(
            number=number, operation=operation, case=case, params=params, removal=removal,
            parents=parents,
        )  # fmt: skip
        self._write(line)
        _fold(self.things, line)
        return number

    def created(self, number: int, names: tuple[str, ...], removal: Removal | None) -> None:
        """Note what was made, before anyone uses it."""
        line = Created(number=number, names=names, removal=removal)
        self._write(line)
        _fold(self.things, line)

    def ended(self, number: int, why: str) -> None:
        """Note that a thing is not there: it was refused, or it is removed."""
        self._write(Ended(number, why))
        self.things.pop(number, None)

    def kept(self, number: int, why: str) -> None:
        """Note that a thing could not be removed."""
        self._write(Kept(number, why))
        self.things[number] = msgspec.structs.replace(self.things[number], why=why)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _write(self, line: ResourceLine) -> None:
        if self._file is None:
            return
        text = without_secrets(msgspec.json.encode(line).decode("utf-8"))
        self._file.write(text.encode("utf-8") + b"\n")
        os.fsync(self._file.fileno())


# ---------------------------------------------------------------- reading


def left_in(path: Path) -> tuple[ResourcesHeader, tuple[Thing, ...]]:
    """Return a journal's header and the things that are still there, in the order they were made.

    A torn last line is left out. Raises `UsageError` for what is no journal of resources.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    lines = [_line(text, path) for text in data.split(b"\n")[:-1] if text]
    if not lines or not isinstance(lines[0], ResourcesHeader) or lines[0].version != VERSION:
        raise UsageError(f"{path}: not a journal of resources of version {VERSION}")
    things: dict[int, Thing] = {}
    for line in lines[1:]:
        _fold(things, line)
    return lines[0], tuple(things.values())


def _line(text: bytes, path: Path) -> ResourceLine:
    try:
        return cast("ResourceLine", _DECODER.decode(text))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not a journal of resources: {error}") from error


_DECODER: Final = msgspec.json.Decoder(ResourceLine)


def _fold(things: dict[int, Thing], line: ResourceLine) -> None:
    match line:
        case Creating():
            things[line.number] = Thing(
                number=line.number, operation=line.operation, case=line.case,
                removal=line.removal, sure=False, parents=line.parents, asked=_asked(line.params),
            )  # fmt: skip
        case Created() if line.number in things:
            known = things[line.number]
            things[line.number] = msgspec.structs.replace(
                known, names=line.names, removal=line.removal, sure=True
            )
        case Ended():
            things.pop(line.number, None)
        case Kept() if line.number in things:
            things[line.number] = msgspec.structs.replace(things[line.number], why=line.why)
        case _:
            return


# ---------------------------------------------------------------- removing

Call = Callable[[str, Mapping[str, Json]], Reading]
"""Sends one request outside of any case: the operation's name, its parameters."""


def remove_all(journal: ResourceJournal, call: Call, *, perhaps: bool = True) -> tuple[Thing, ...]:
    """Remove what is there, the last first; return what could not be removed, with the reason.

    What other things stand on goes last, and a second round takes what was held by the first.
    Without `perhaps` only what has surely been made is removed: another's thing may have the name.
    """
    for _ in range(2):
        for thing in sorted(journal.things.values(), key=lambda t: -t.number):
            if thing.sure or perhaps:
                _remove(journal, thing, call)
            elif not thing.why:
                why = "nobody knows whether it was made; `cleanup` would remove it"
                journal.kept(thing.number, why)
    for thing in tuple(journal.things.values()):
        gone = any(number not in journal.things for number in thing.parents)
        if thing.removal is None and gone:
            journal.ended(thing.number, "gone with what it was made in")
    return tuple(sorted(journal.things.values(), key=lambda t: t.number))


def _remove(journal: ResourceJournal, thing: Thing, call: Call) -> None:
    if thing.removal is None:
        if not thing.why:
            why = "no request is known that removes it"
            if not thing.sure:
                why = f"nobody knows whether it was made; {why}"
            journal.kept(thing.number, why)
        return
    try:
        reading = _asked_to_go(thing.removal, call)
    except (ConformanceError, UnreachableError) as error:
        journal.kept(thing.number, f"{thing.removal.operation} could not be sent: {error}")
        return
    if reading.kind == "success" or reading.error_class in GONE:
        journal.ended(thing.number, "removed")
    else:
        journal.kept(thing.number, f"{thing.removal.operation} is answered {reading.short()}")


def _asked_to_go(removal: Removal, call: Call) -> Reading:
    """Return the answer to a removal; what protects the thing is lifted if it is refused."""
    reading = call(removal.operation, removal.params)
    refused = reading.kind == "error" and reading.error_class not in GONE
    if refused and removal.lifting is not None:
        lifted = call(removal.lifting.operation, removal.lifting.params)
        if lifted.kind == "success":
            return call(removal.operation, removal.params)
    return reading


def _asked(params: Any) -> tuple[str, ...]:
    """Return what a creating request calls its thing: texts of members such as `QueueName`."""
    found: list[str] = []
    for key, item in params.items() if is_object(params) else ():
        if isinstance(item, str) and item and identifier(key).facet in ("name", "id", "arn"):
            found.append(item)
        elif is_object(item):
            found += _asked(item)
    return tuple(found[:2])


def names_of(params: Any) -> tuple[str, ...]:
    """Return the texts a removal names its thing by, for people."""
    if is_object(params):
        return tuple(name for item in params.values() for name in names_of(item))
    if is_list(params):
        return tuple(name for item in params for name in names_of(item))
    return (params,) if isinstance(params, str) else ()

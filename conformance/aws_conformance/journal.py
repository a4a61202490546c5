"""The journal: what a run has decided, on disk as soon as it is decided.

`journal.jsonl` has a header, then one line a verdict, one a finished operation. All verdicts of one
exchange leave in one write, the last of them with `left` 0, so that an exchange is there whole or
not at all; a torn end is dropped when the journal is read, and its case is sent again. What is in
the file survives the process (kill -9, out of memory); it is not synced to the platter one by one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final, cast

import msgspec

from aws_conformance.events import (
    Event,
    Judged,
    OperationFinished,
    OperationStarted,
    Stopped,
    SuiteProblem,
)
from aws_reports.redact import redacted
from aws_reports.results import OperationResult, Results, Verdict
from aws_specs.errors import UsageError
from aws_specs.spec import Value

VERSION: Final = 1
FILE: Final = "journal.jsonl"


class Header(Value, frozen=True, tag_field="line", tag="header", kw_only=True):
    """What a run is: two journals with equal headers (but for the time) can be one run.

    `specs` is a digest of the contract that is tested; `bindings` are those given by the user;
    `bootstrap` says whether things are made ("on", with a digest of the chains given), or "off".
    """

    version: int = VERSION
    tool: str
    sdk: str
    specs: str
    operations: tuple[str, ...]
    target: str
    source: str
    only: tuple[str, ...]
    examples: int
    seed: int
    strict: bool
    confidence: float
    region: str
    protocol: str = ""
    bindings: Mapping[str, str] = {}
    bootstrap: str = "off"
    started: str


class VerdictLine(Verdict, frozen=True, tag_field="line", tag="verdict", kw_only=True):
    """A verdict; `left` is how many lines of the same exchange follow it.

    `judged` is the case the runner judged, where the verdict is on a part of it; `sent` how many
    requests the run had sent by then.
    """

    left: int = 0
    judged: str = ""
    sent: int = 0


class SilentLine(Value, frozen=True, tag_field="line", tag="judged"):
    """A case that was judged and said nothing new: it need not be sent again."""

    operation: str
    case: str
    sent: int = 0


class FinishedLine(Value, frozen=True, tag_field="line", tag="operation"):
    """An operation is finished."""

    result: OperationResult
    sent: int = 0


class ProblemLine(Value, frozen=True, tag_field="line", tag="problem"):
    """The suite's own fault; never a verdict."""

    operation: str
    case: str
    detail: str


class StoppedLine(Value, frozen=True, tag_field="line", tag="stopped"):
    """The run ended early: an operation that finished right before it did not."""

    why: str
    detail: str = ""


Line = Header | VerdictLine | SilentLine | FinishedLine | ProblemLine | StoppedLine


class Past(Value, frozen=True, kw_only=True):
    """What a journal holds: its header, and everything decided, in order."""

    header: Header
    verdicts: tuple[Verdict, ...] = ()
    judged: tuple[tuple[str, str], ...] = ()
    finished: tuple[OperationResult, ...] = ()
    sent: int = 0
    length: int = 0
    """Bytes of the file that are whole; what follows is torn."""

    @property
    def decided(self) -> Mapping[str, frozenset[str]]:
        """The cases that need not be sent again, by operation."""
        found: dict[str, set[str]] = {}
        for operation, case in self.judged:
            found.setdefault(operation, set()).add(case)
        return {operation: frozenset(cases) for operation, cases in found.items()}


# ---------------------------------------------------------------- writing


class Journal:
    """An open journal. Every call of `write` is one write of whole lines to the file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._operation = ""

    @classmethod
    def new(cls, path: Path, header: Header) -> Journal:
        """Start a journal in place of any that is there."""
        journal = cls(path.open("wb", buffering=0))
        journal._lines([header])
        return journal

    @classmethod
    def reopened(cls, path: Path, past: Past) -> Journal:
        """Continue a journal that was read, behind its last whole line."""
        file = path.open("r+b", buffering=0)
        file.truncate(past.length)
        file.seek(past.length)
        return cls(file)

    def write(self, event: Event, sent: int) -> None:
        """Write what an event decides, if anything; `sent` counts the requests so far."""
        match event:
            case OperationStarted():
                self._operation = event.operation
            case Judged(verdicts=()):
                self._lines([SilentLine(self._operation, event.case, sent)])
            case Judged():
                self._lines(_verdict_lines(event, sent))
            case OperationFinished():
                self._lines([FinishedLine(event.result, sent)])
            case SuiteProblem():
                self._lines([ProblemLine(event.operation, event.case, event.detail)])
            case Stopped():
                self._lines([StoppedLine(event.why, event.detail)])
            case _:
                return

    def _lines(self, lines: Iterable[Line]) -> None:
        data = b"".join(encode(line) + b"\n" for line in lines)
        if data:
            self._file.write(data)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _verdict_lines(event: Judged, sent: int) -> Iterator[VerdictLine]:
    for number, verdict in enumerate(_clean(event.verdicts), start=1):
        fields = msgspec.structs.asdict(verdict)
        judged = event.case if event.case != verdict.case else ""
        left = len(event.verdicts) - number
        yield VerdictLine(**fields, left=left, judged=judged, sent=sent)


def _clean(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """Return the verdicts without secrets, by the reports' own last line of defence."""
    return redacted(Results(
        tool="", sdk="", target="", started="", finished="", seed=0, examples=0, source="",
        operations=(), verdicts=verdicts,
    )).verdicts  # fmt: skip


def encode(line: Line) -> bytes:
    """Return a line as JSON; a lone surrogate becomes the six characters of its escape."""
    try:
        return msgspec.json.encode(line)
    except UnicodeEncodeError:
        text = json.dumps(msgspec.to_builtins(line), ensure_ascii=False)
        return _SURROGATE.sub(lambda found: f"\\\\u{ord(found[0]):04x}", text).encode()


_SURROGATE: Final = re.compile("[\ud800-\udfff]")


# ---------------------------------------------------------------- reading


def read(path: Path) -> Past | None:
    """Return what a journal holds; None where there is none or its header was never whole.

    A line that is torn, and the exchange it belongs to, are left out. Raises `UsageError` for a
    file that cannot be read or is no journal of this version.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    lines = data.split(b"\n")[:-1]
    if not lines:
        return None
    header = _header(lines[0], path)
    return _past(header, lines, path)


def _header(line: bytes, path: Path) -> Header:
    hint = "Run without --resume to start afresh; that replaces the file."
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: not a journal: its first line is not JSON", hint=hint) from error
    fields = cast("dict[str, Any]", found) if isinstance(found, dict) else {"version": None}
    if fields.get("version", VERSION) != VERSION:
        raise UsageError(f"{path}: not a journal of version {VERSION}", hint=hint)
    try:
        return msgspec.convert(found, Header)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}: not a journal: {error}", hint=hint) from error


def _past(header: Header, lines: list[bytes], path: Path) -> Past:
    """Fold the lines behind the header; stop at the first that is not whole."""
    verdicts: list[Verdict] = []
    judged: list[tuple[str, str]] = []
    finished: list[OperationResult] = []
    pending: list[Verdict] = []
    length = here = len(lines[0]) + 1
    sent = 0
    for number, text in enumerate(lines[1:], start=2):
        line = _line(text, path, number, last=number == len(lines))
        if line is None:
            break
        here += len(text) + 1
        match line:
            case VerdictLine():
                pending.append(_verdict(line))
                sent = line.sent
                if line.left:
                    continue
                verdicts += pending
                judged.append((line.operation, line.judged or line.case))
            case SilentLine():
                judged.append((line.operation, line.case))
                sent = line.sent
            case FinishedLine():
                finished.append(line.result)
                sent = line.sent
            case StoppedLine():
                finished = finished[:-1] if _unfinished(finished) else finished
            case _:
                pass
        pending = []
        length = here
    return Past(
        header=header,
        verdicts=tuple(verdicts),
        judged=tuple(judged),
        finished=tuple(finished),
        sent=sent,
        length=length,
    )


def _line(text: bytes, path: Path, number: int, *, last: bool) -> Line | None:
    try:
        return cast("Line", msgspec.json.decode(text, type=Line))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if last:
            return None
        raise UsageError(
            f"{path}:{number}: not a line of a journal: {error}",
            hint="The file was changed. Run without --resume to start afresh.",
        ) from error


def _unfinished(finished: list[OperationResult]) -> bool:
    """Whether the last operation was ended by what stopped the run."""
    return bool(finished) and finished[-1].state in ("stopped", "error")


_FIELDS: Final = Verdict.__struct_fields__


def _verdict(line: VerdictLine) -> Verdict:
    return Verdict(**{name: getattr(line, name) for name in _FIELDS})


# ---------------------------------------------------------------- resuming


def check_fits(past: Header, now: Header, path: Path) -> None:
    """Raise `UsageError` naming every difference that makes the journal another run's."""
    differ = [
        f"{name}: {_short(was)} then, {_short(wanted)} now"
        for name in Header.__struct_fields__
        if name not in ("started", "version")
        and (was := getattr(past, name)) != (wanted := getattr(now, name))
    ]
    if differ:
        raise UsageError(
            f"{path} is the journal of another run:\n  " + "\n  ".join(differ),
            hint="Give the same settings again, another folder with -o, or leave --resume out.",
        )


def _short(value: object) -> str:
    items: Any = value
    text = ", ".join(map(str, items)) if isinstance(value, tuple) else str(value)
    return text if len(text) <= 100 else f"{text[:97]}..."

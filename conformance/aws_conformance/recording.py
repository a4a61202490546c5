"""Recordings: what went to a target and what came back, to be judged again without the target.

A recording is a file of JSON lines: a header that says how the run was made, then one line an
exchange, and one for each set of values that were bound while it ran. An exchange is found again by
its case and by what the case sends: where today's rules make another request under the same id,
yesterday's answer says nothing about it. Credentials, signatures, session tokens and cookies are
removed before anything is written.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final, cast

import msgspec
from msgspec.structs import replace

from aws_conformance.exchange import Answer, Request, Response, Silence
from aws_conformance.redact import clean_request, clean_response
from aws_specs.errors import UsageError
from aws_specs.paths import get, occurrences
from aws_specs.spec import Operation, Value
from aws_strategies.case import Case

VERSION: Final = 1
NOT_RECORDED: Final = "not-recorded"


class Key(Value, frozen=True):
    """What an exchange is found by: operation, case, and a digest of what the case sends."""

    operation: str
    case: str
    content: str


class RecordingHeader(Value, frozen=True, tag_field="line", tag="header", kw_only=True):
    """How the recorded run was made: everything its cases depend on but the rules themselves."""

    version: int = VERSION
    tool: str
    sdk: str
    target: str
    operations: tuple[str, ...]
    source: str
    only: tuple[str, ...]
    examples: int
    seed: int
    confidence: float
    region: str
    bindings: Mapping[str, str] = {}
    bootstrap: bool = False
    control: bool = True
    """Whether the smallest valid request and the twins were sent at all."""
    pagination: bool = True
    protocol: str = ""
    """The protocol that was asked for (`--protocol`); "" for the one the SDK chooses."""
    started: str = ""


class RecordedExchange(Value, frozen=True, tag_field="line", tag="exchange", kw_only=True):
    """One exchange. A body that is not UTF-8 text stands in `…64` as base64.

    `endpoint` is what the request was encoded for; `silence` says how there was no answer.
    """

    operation: str
    case: str
    content: str
    endpoint: str
    method: str
    path: str
    request_headers: tuple[tuple[str, str], ...] = ()
    request_body: str = ""
    request_body64: str = ""
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    body64: str = ""
    silence: str = ""
    detail: str = ""
    seconds: float = 0.0
    example: Case | None = None
    """The case itself where it was drawn: what is drawn again need not be the same."""

    @property
    def key(self) -> Key:
        """Return what the exchange is found by."""
        return Key(self.operation, self.case, self.content)

    @property
    def request(self) -> Request:
        """Return the request, credentials removed."""
        body = _bytes(self.request_body, self.request_body64)
        service = self.operation.partition(".")[0]
        return Request(self.method, self.path, self.request_headers, body, service, self.operation)

    @property
    def answer(self) -> Answer:
        """Return what came back."""
        if self.silence:
            return Silence(cast("Any", self.silence), self.detail, self.seconds)
        return Response(self.status, self.headers, _bytes(self.body, self.body64), self.seconds)


class BoundLine(Value, frozen=True, tag_field="line", tag="bound"):
    """Values that were made or found for one operation while the run went on."""

    operation: str
    bindings: Mapping[str, str]


RecordingLine = RecordingHeader | RecordedExchange | BoundLine


class Recording(Value, frozen=True, kw_only=True):
    """What a recording holds, in the order in which it was sent."""

    header: RecordingHeader
    exchanges: tuple[RecordedExchange, ...] = ()
    bound: Mapping[str, Mapping[str, str]] = {}


def key_of(operation: Operation, case: Case) -> Key:
    """Return what a case's exchange is found by; idempotency tokens do not count: they are new."""
    params: Any = copy.deepcopy(case.params)
    for rule in operation.rules:
        if rule.kind == "idempotency" and rule.side == "input":
            for *above, name in tuple(occurrences(params, rule.member)):
                del get(params, tuple(above))[name]
    text = json.dumps([params, case.wire], sort_keys=True, default=str)
    return Key(operation.id, case.id, hashlib.sha256(text.encode()).hexdigest()[:16])


# ---------------------------------------------------------------- writing


def recorded(
    key: Key, endpoint: str, request: Request, answer: Answer, example: Case | None = None
) -> RecordedExchange:
    """Return the line of an exchange, with its secrets removed."""
    request = clean_request(request)
    text, text64 = _text(request.body)
    line = RecordedExchange(
        operation=key.operation,
        case=key.case,
        content=key.content,
        endpoint=endpoint,
        method=request.method,
        path=request.path,
        request_headers=request.headers,
        request_body=text,
        request_body64=text64,
        seconds=round(answer.seconds, 6),
        example=example,
    )
    if isinstance(answer, Silence):
        return replace(line, silence=answer.kind, detail=answer.detail)
    answer = clean_response(answer)
    body, body64 = _text(answer.body)
    return replace(line, status=answer.status, headers=answer.headers, body=body, body64=body64)


class Recorder:
    """An open recording: every line is one write of a whole line."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._lock = threading.Lock()

    @classmethod
    def new(cls, path: Path, header: RecordingHeader) -> Recorder:
        """Start a recording in place of any that is there; `UsageError` where that cannot be."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            recorder = cls(path.open("wb", buffering=0))
        except OSError as error:
            raise _unwritable(path, error) from error
        recorder.write(header)
        return recorder

    @classmethod
    def continued(cls, path: Path, header: RecordingHeader) -> Recorder:
        """Go on with the recording of a run that is resumed, behind its last whole line."""
        try:
            whole = path.read_bytes().rpartition(b"\n")[0] if path.is_file() else b""
            if not whole:
                return cls.new(path, header)
            file = path.open("r+b", buffering=0)
            file.truncate(len(whole) + 1)
            file.seek(len(whole) + 1)
        except OSError as error:
            raise _unwritable(path, error) from error
        return cls(file)

    def write(self, line: RecordingLine) -> None:
        """Write one line."""
        with self._lock:
            self._file.write(_encoded(line) + b"\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _encoded(line: RecordingLine) -> bytes:
    """Return a line as JSON; text with lone surrogates is escaped by the standard library."""
    try:
        return msgspec.json.encode(line)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(line)).encode("ascii")


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"{path}: cannot be written: {error.strerror or error}",
        hint="Choose another place with --record.",
    )


def _text(body: bytes) -> tuple[str, str]:
    try:
        return body.decode("utf-8"), ""
    except UnicodeDecodeError:
        return "", base64.b64encode(body).decode("ascii")


def _bytes(text: str, text64: str) -> bytes:
    return base64.b64decode(text64) if text64 else text.encode("utf-8")


# ---------------------------------------------------------------- reading


def read(path: Path) -> Recording:
    """Return what a recording holds; a torn last line is left out.

    Raises `UsageError` for a file that cannot be read or is no recording of this version.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read: {error.strerror or error}",
            hint="`aws-conformance run --record FILE` makes recordings.",
        ) from error
    lines = [line for line in data.split(b"\n")[:-1] if line]
    if not lines:
        raise UsageError(f"{path}: not a recording: it has no whole line")
    return _folded(_lines(lines, path), path)


def _lines(lines: Iterable[bytes], path: Path) -> Iterator[RecordingLine]:
    for number, text in enumerate(lines, start=1):
        try:
            yield _line(text)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise UsageError(
                f"{path}:{number}: not a line of a recording: {error}",
                hint="`aws-conformance run --record FILE` makes recordings.",
            ) from error


def _line(text: bytes) -> RecordingLine:
    """Return a line; lone surrogates, which msgspec refuses, are read by the standard library."""
    try:
        return cast("RecordingLine", _DECODER.decode(text))
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return cast("RecordingLine", msgspec.convert(json.loads(text), RecordingLine))


_DECODER: Final = msgspec.json.Decoder(RecordingLine)


def _folded(lines: Iterator[RecordingLine], path: Path) -> Recording:
    header = next(lines)
    if not isinstance(header, RecordingHeader) or header.version != VERSION:
        raise UsageError(f"{path}: not a recording of version {VERSION}")
    exchanges: list[RecordedExchange] = []
    bound: dict[str, Mapping[str, str]] = {}
    for line in lines:
        match line:
            case RecordedExchange():
                exchanges.append(line)
            case BoundLine():
                bound[line.operation] = {**bound.get(line.operation, {}), **line.bindings}
            case RecordingHeader():
                raise UsageError(f"{path}: not a recording: it has two headers")
    return Recording(header=header, exchanges=tuple(exchanges), bound=bound)

"""CBOR (RFC 8949), as much of it as the rpc-v2-cbor protocol of Smithy uses.

Written here because the suite needs what a lenient library hides: it must be able to send values of
the wrong type, and to say what is wrong with an answer without ever raising for it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aws_specs.jsonvalues import is_list, is_object
from aws_specs.spec import Json

MAX_DEPTH: Final = 128
_INDEFINITE: Final = 31
_BREAK: Final = object()
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FLOATS: Final[Mapping[int, str]] = {25: ">e", 26: ">f", 27: ">d"}
_SIMPLE: Final[Mapping[int, Json]] = {20: False, 21: True, 22: None, 23: None}


class CborError(ValueError):
    """Bytes that are not one CBOR value, with the offset at which they stop being one."""


def encode(value: Json | bytes) -> bytes:
    """Return a JSON value, or bytes, as CBOR with definite lengths; floats are doubles."""
    if is_object(value):
        pairs = (encode(str(key)) + encode(item) for key, item in value.items())
        return head(5, len(value)) + b"".join(pairs)
    if is_list(value):
        return head(4, len(value)) + b"".join(encode(item) for item in value)
    match value:
        case None:
            return b"\xf6"
        case bool():
            return b"\xf5" if value else b"\xf4"
        case int():
            return _integer(value)
        case float():
            return b"\xfb" + struct.pack(">d", value)
        case bytes():
            return head(2, len(value)) + value
        case str():
            text = value.encode("utf-8")
            return head(3, len(text)) + text
        case _:
            raise TypeError(f"no CBOR for {type(value).__name__}")


def _integer(value: int) -> bytes:
    if -(2**64) <= value < 2**64:
        return head(0, value) if value >= 0 else head(1, -1 - value)
    size = max(1, (abs(value).bit_length() + 7) // 8)
    magnitude = value if value >= 0 else -1 - value
    return (b"\xc2" if value >= 0 else b"\xc3") + encode(magnitude.to_bytes(size, "big"))


def head(major: int, length: int) -> bytes:
    """Return the head of an item: its major type and its length or value."""
    if length < 24:
        return bytes([major << 5 | length])
    for extra, (form, limit) in enumerate(((">B", 2**8), (">H", 2**16), (">I", 2**32))):
        if length < limit:
            return bytes([major << 5 | 24 + extra]) + struct.pack(form, length)
    return bytes([major << 5 | 27]) + struct.pack(">Q", length)


def decode(data: bytes) -> Any:
    """Return the one value in `data`: bytes for byte strings, aware datetimes for tag 1.

    Raises `CborError` for anything else than exactly one well-formed value, text that is not UTF-8,
    a key that is not text or stands twice, and nesting deeper than `MAX_DEPTH`.
    """
    reader = _Reader(data)
    value = reader.value(0)
    if value is _BREAK:
        raise CborError("a break outside of an indefinite-length item, at byte 0")
    if reader.at != len(data):
        raise CborError(f"{len(data) - reader.at} bytes after the value, at byte {reader.at}")
    return value


class _Reader:
    """One pass over the bytes; `at` is the offset of the next byte to read."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise CborError(f"the value ends early, at byte {len(self.data)}")
        taken = self.data[self.at : self.at + count]
        self.at += count
        return taken

    def value(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise CborError(f"nested deeper than {MAX_DEPTH}, at byte {self.at}")
        major, info = divmod(self.take(1)[0], 32)
        return _MAJOR[major](self, info, depth)

    def length(self, info: int) -> int:
        if info < 24:
            return info
        if info > 27:
            raise CborError(f"reserved length {info}, at byte {self.at - 1}")
        return int.from_bytes(self.take(1 << (info - 24)), "big")

    def string(self, info: int, depth: int, major: int) -> bytes:
        if info != _INDEFINITE:
            return self.take(self.length(info))
        parts: list[bytes] = []
        while (head := self.take(1)[0]) != 0xFF:
            if head >> 5 != major or head & 31 == _INDEFINITE:
                raise CborError(f"a chunk of another kind, at byte {self.at - 1}")
            parts.append(self.take(self.length(head & 31)))
        return b"".join(parts)

    def items(self, info: int, depth: int) -> list[Any]:
        found: list[Any] = []
        if info != _INDEFINITE:
            for _ in range(self.length(info)):
                found.append(self.whole(depth))
            return found
        while (item := self.value(depth + 1)) is not _BREAK:
            found.append(item)
        return found

    def whole(self, depth: int) -> Any:
        item = self.value(depth + 1)
        if item is _BREAK:
            raise CborError(f"a break outside of an indefinite-length item, at byte {self.at - 1}")
        return item


def _unsigned(reader: _Reader, info: int, depth: int) -> Any:
    return reader.length(info)


def _negative(reader: _Reader, info: int, depth: int) -> Any:
    return -1 - reader.length(info)


def _bytes(reader: _Reader, info: int, depth: int) -> Any:
    return reader.string(info, depth, 2)


def _text(reader: _Reader, info: int, depth: int) -> Any:
    start = reader.at
    try:
        return reader.string(info, depth, 3).decode("utf-8")
    except UnicodeDecodeError as error:
        raise CborError(f"text that is not UTF-8, at byte {start}") from error


def _array(reader: _Reader, info: int, depth: int) -> Any:
    return reader.items(info, depth)


def _map(reader: _Reader, info: int, depth: int) -> Any:
    found: dict[str, Any] = {}
    left = -1 if info == _INDEFINITE else reader.length(info)
    while left:
        key = reader.value(depth + 1)
        if key is _BREAK and left < 0:
            break
        if not isinstance(key, str) or key in found:
            raise CborError(f"a key that is not text or stands twice, before byte {reader.at}")
        found[key] = reader.whole(depth)
        left -= 1
    return found


def _tag(reader: _Reader, info: int, depth: int) -> Any:
    tag, value = reader.length(info), reader.whole(depth)
    if tag == 1 and isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return _EPOCH + timedelta(seconds=value)
        except (OverflowError, ValueError) as error:
            raise CborError(f"a timestamp out of range, before byte {reader.at}") from error
    if tag in (2, 3) and isinstance(value, bytes):
        magnitude = int.from_bytes(value, "big")
        return magnitude if tag == 2 else -1 - magnitude
    return value


def _simple(reader: _Reader, info: int, depth: int) -> Any:
    if info in _SIMPLE:
        return _SIMPLE[info]
    if info in _FLOATS:
        form = _FLOATS[info]
        return struct.unpack(form, reader.take(struct.calcsize(form)))[0]
    if info == _INDEFINITE:
        return _BREAK
    raise CborError(f"an unassigned simple value, at byte {reader.at - 1}")


_MAJOR: Final[tuple[Callable[[_Reader, int, int], Any], ...]] = (
    _unsigned,
    _negative,
    _bytes,
    _text,
    _array,
    _map,
    _tag,
    _simple,
)

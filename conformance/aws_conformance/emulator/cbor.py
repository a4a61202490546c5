"""CBOR for the emulator: values to bytes and back, as RFC 8949 and the rpc-v2-cbor page have it.

Written apart from the suite's own reader and writer of CBOR, so that a misunderstanding of one
shows against the other. Byte strings are `bytes`, tag 1 is `Moment`; an unknown tag gives what it
tags.
"""

from __future__ import annotations

import math
import struct
from typing import Any, Final, NoReturn

from aws_specs.jsonvalues import is_object
from aws_specs.spec import Value

_DEEPEST: Final = 100
_BREAK: Final = object()


class NotCborError(ValueError):
    """Raised for bytes that are not one well-formed value."""


class Moment(Value, frozen=True):
    """A timestamp: seconds since 1970 in UTC."""

    seconds: float


def dumps(value: Any) -> bytes:
    """Return a value of None, bools, numbers, text, bytes, `Moment`, lists and dicts as CBOR."""
    out = bytearray()
    _write(out, value)
    return bytes(out)


def _write(out: bytearray, value: Any) -> None:
    if value is None or isinstance(value, bool):
        out.append({None: 0xF6, True: 0xF5, False: 0xF4}[value])
    elif isinstance(value, int):
        _write_integer(out, value)
    elif isinstance(value, float):
        out += b"\xfb" + struct.pack(">d", value)
    elif isinstance(value, str):
        data = value.encode("utf-8", "surrogatepass")
        _write_head(out, 0x60, len(data))
        out += data
    elif isinstance(value, bytes):
        _write_head(out, 0x40, len(value))
        out += value
    elif isinstance(value, Moment):
        out.append(0xC1)
        _write(out, int(value.seconds) if float(value.seconds).is_integer() else value.seconds)
    elif is_object(value):
        _write_head(out, 0xA0, len(value))
        for key, item in value.items():
            _write(out, str(key))
            _write(out, item)
    else:
        items = list(value)
        _write_head(out, 0x80, len(items))
        for item in items:
            _write(out, item)


def _write_head(out: bytearray, kind: int, size: int) -> None:
    if size < 24:
        out.append(kind + size)
        return
    width = next(n for n in range(4) if size < 1 << (8 << n))
    out.append(kind + 24 + width)
    out += size.to_bytes(1 << width, "big")


def _write_integer(out: bytearray, value: int) -> None:
    kind, size = (0x00, value) if value >= 0 else (0x20, -1 - value)
    if size < 1 << 64:
        _write_head(out, kind, size)
        return
    out.append(0xC2 if value >= 0 else 0xC3)
    _write(out, size.to_bytes((size.bit_length() + 7) // 8, "big"))


def loads(data: bytes) -> Any:
    """Return the one value that the bytes are. Raises `NotCborError`."""
    value, end = _read(data, 0, 0)
    if value is _BREAK or end != len(data):
        _fail(end)
    return value


def _fail(at: int) -> NoReturn:
    raise NotCborError(f"no CBOR at byte {at}")


def _slice(data: bytes, at: int, size: int) -> tuple[bytes, int]:
    if at + size > len(data):
        _fail(len(data))
    return data[at : at + size], at + size


def _read(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    """Return the value at an offset, and where it ends; `_BREAK` for the end of an open item."""
    if at >= len(data) or depth > _DEEPEST:
        _fail(at)
    kind, low = data[at] & 0xE0, data[at] & 0x1F
    at += 1
    if kind == 0xE0:
        return _read_simple(data, low, at)
    if low == 31:
        return _read_open(data, kind, at, depth)
    size = low
    if low >= 24:
        if low > 27:
            _fail(at - 1)
        text, at = _slice(data, at, 1 << (low - 24))
        size = int.from_bytes(text, "big")
    if kind in (0x00, 0x20):
        return (size if kind == 0 else -1 - size), at
    if kind in (0x40, 0x60):
        found, at = _slice(data, at, size)
        return (found if kind == 0x40 else _text(found, at)), at
    if kind == 0xC0:
        value, at = _whole(data, at, depth + 1)
        return _tagged(size, value, at), at
    return _read_counted(data, kind, size, at, depth)


def _read_counted(data: bytes, kind: int, count: int, at: int, depth: int) -> tuple[Any, int]:
    if count > len(data):
        _fail(at)
    parts: list[Any] = []
    for _ in range(count * (2 if kind == 0xA0 else 1)):
        value, at = _whole(data, at, depth + 1)
        parts.append(value)
    return (parts if kind == 0x80 else _mapping(parts, at)), at


def _read_open(data: bytes, kind: int, at: int, depth: int) -> tuple[Any, int]:
    """Return an item of indefinite length: what stands before its break."""
    if kind not in (0x40, 0x60, 0x80, 0xA0):
        _fail(at - 1)
    parts: list[Any] = []
    while True:
        start = at
        value, at = _read(data, at, depth + 1)
        if value is _BREAK:
            break
        if kind in (0x40, 0x60) and (data[start] & 0xE0 != kind or data[start] & 0x1F == 31):
            _fail(start)
        parts.append(value)
    if kind == 0x80:
        return parts, at
    if kind == 0xA0:
        return _mapping(parts, at), at
    return (b"" if kind == 0x40 else "").join(parts), at


def _whole(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    value, end = _read(data, at, depth)
    if value is _BREAK:
        _fail(at)
    return value, end


def _text(data: bytes, at: int) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        _fail(at)


def _mapping(parts: list[Any], at: int) -> dict[str, Any]:
    keys = parts[::2]
    if len(parts) % 2 or not all(isinstance(key, str) for key in keys):
        _fail(at)
    if len(set(keys)) < len(keys):
        _fail(at)
    return dict(zip(keys, parts[1::2], strict=True))


def _tagged(tag: int, value: Any, at: int) -> Any:
    if tag == 1:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not math.isfinite(value):
            _fail(at)
        return Moment(value)
    if tag in (2, 3) and isinstance(value, bytes):
        size = int.from_bytes(value, "big")
        return size if tag == 2 else -1 - size
    return value


_SIMPLE: Final = {20: False, 21: True, 22: None, 23: None}
_FLOATS: Final = {25: ">e", 26: ">f", 27: ">d"}


def _read_simple(data: bytes, low: int, at: int) -> tuple[Any, int]:
    if low == 31:
        return _BREAK, at
    if low in _SIMPLE:
        return _SIMPLE[low], at
    if low not in _FLOATS:
        _fail(at - 1)
    found, at = _slice(data, at, struct.calcsize(_FLOATS[low]))
    return struct.unpack(_FLOATS[low], found)[0], at

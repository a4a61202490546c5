"""Page files as text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from aws_specs.errors import PageError

_HINT: Final = "Give the page of one client method: reStructuredText, HTML, or a text copy."


def page_text(path: str) -> str:
    """Return the text of a page file, of stdin for "-"; `PageError` for what cannot be read."""
    return decoded(_bytes(path), path)


def _bytes(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except FileNotFoundError as error:
        raise PageError("there is no such file", file=path, hint=_HINT) from error
    except IsADirectoryError as error:
        raise PageError("this is a folder, not a page", file=path, hint=_HINT) from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise PageError(f"cannot be read: {why}", file=path, hint=_HINT) from error


def decoded(data: bytes, file: str) -> str:
    """Return the bytes of a page as text; `PageError` says where they are none."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8 text (byte {data[error.start]:#04x})"
        raise PageError(message, file=file, line=line, hint=_HINT) from error
    if "\0" in text:
        raise PageError("a binary file, not a page", file=file, hint=_HINT)
    return text

"""Readers: from the text of a documentation page, in any rendering, to one tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from aws_specs.errors import PageError
from aws_specs.page import Page
from aws_specs.readers import html, rst, text2023, text2024
from aws_specs.readers.assemble import assemble
from aws_specs.readers.outline import Outline

__all__ = ["MAX_BYTES", "detect", "read_page"]

MAX_BYTES: Final = 16 * 2**20
"""A larger page is refused before it is read; boto3's largest have some 4 MB."""

_HINT: Final = (
    "Expected the page of one client method: reStructuredText source, HTML, or a text copy of it."
)
_PYTHON_NAME: Final = re.compile(
    r"^[ \t]*(?:\.\. py:\w+:: |class |<dt [^<>\n]*id=\"|(?=[\w.]+\())(\w+(?:\.\w+)+)", re.MULTILINE
)


class _Rendering(NamedTuple):
    read: Callable[..., Outline]
    lossy: bool


_RENDERINGS: Final = {
    "html": _Rendering(html.read, lossy=False),
    "rst": _Rendering(rst.read, lossy=False),
    "text": _Rendering(text2024.read, lossy=True),
    "text-2023": _Rendering(text2023.read, lossy=True),
}


def read_page(text: str, *, file: str) -> Page:
    """Return the page tree of one documentation page, whatever its rendering.

    `file` is its name, for messages and sources. Raises `PageError` for what is not the page of a
    client's operation, is truncated, too large or nested too deep.
    """
    _check_size(text, file)
    rendering = _detect(text, file)
    how = _RENDERINGS[rendering]
    outline = how.read(text, file=file)
    if not outline.client:
        raise _not_a_method(text, file)
    return assemble(outline, rendering, lossy=how.lossy)


def detect(text: str) -> str:
    """Return the rendering of a page: "rst", "html", "text" or "text-2023"."""
    return _detect(text, "")


def _detect(text: str, file: str) -> str:
    start = text[:4096].lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return "html"
    if ".. py:" in text:
        return "rst"
    if ".Client." not in text:
        raise _not_a_method(text, file)
    return "text" if _is_recent(text) else "text-2023"


def _is_recent(text: str) -> bool:
    """Whether a text copy is of 2024 or later: its field names end in a colon."""
    return re.search(r"^(?:Parameters|Return type|Returns):\s*$", text, re.MULTILINE) is not None


def _check_size(text: str, file: str) -> None:
    size = len(text)
    if MAX_BYTES // 4 < size <= MAX_BYTES:
        size = len(text.encode(errors="surrogatepass"))
    if size > MAX_BYTES:
        raise PageError(
            f"the page has {size / 2**20:.0f} MB; at most {MAX_BYTES // 2**20} MB are read",
            file=file,
            hint=_HINT,
        )


def _not_a_method(text: str, file: str) -> PageError:
    """Return the error for another page: of another SDK object, or not boto3's at all."""
    match = _PYTHON_NAME.search(text[:65536])
    if match is None:
        return PageError("this is not a page of boto3's documentation", file=file, hint=_HINT)
    line = text.count("\n", 0, match.start(1)) + 1
    message = f"{match[1]} is not an operation: it is not a method of a client"
    return PageError(message, file=file, line=line, hint=_HINT)

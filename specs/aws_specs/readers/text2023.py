"""Text copies of the pages of 2023: guzzle's, `Name (type) -- [REQUIRED]`, "Parameters"."""

from __future__ import annotations

from typing import Final

from aws_specs.readers.outline import ORDER, Outline
from aws_specs.readers.text import read_copy

HEADINGS: Final = {heading: heading for heading in ORDER[1:]}


def read(text: str, *, file: str) -> Outline:
    """Cut the copy into sections."""
    return read_copy(text, HEADINGS, file=file)

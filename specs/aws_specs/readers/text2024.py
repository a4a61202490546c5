"""Text copies of the pages of 2024 to 2026: furo's, `Name (type) – [REQUIRED]`, "Parameters:"."""

from __future__ import annotations

from typing import Final

from aws_specs.readers import outline as names
from aws_specs.readers.outline import Outline
from aws_specs.readers.text import read_copy

HEADINGS: Final = {
    names.REQUEST_SYNTAX: names.REQUEST_SYNTAX,
    f"{names.PARAMETERS}:": names.PARAMETERS,
    f"{names.RETURN_TYPE}:": names.RETURN_TYPE,
    f"{names.RETURNS}:": names.RETURNS,
    names.RESPONSE_SYNTAX: names.RESPONSE_SYNTAX,
    names.RESPONSE_STRUCTURE: names.RESPONSE_STRUCTURE,
    names.EXCEPTIONS: names.EXCEPTIONS,
    names.EXAMPLES: names.EXAMPLES,
}


def read(text: str, *, file: str) -> Outline:
    """Cut the copy into sections."""
    return read_copy(text, HEADINGS, file=file)

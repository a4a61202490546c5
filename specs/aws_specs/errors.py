"""What can go wrong, sorted by whose fault it is.

Every error carries a stable kebab-case `code`, says what and where, and ends with what to do next.
A non-conformance of a target is never an exception: it is a verdict.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ConformanceError(Exception):
    """The root of all errors of the suite.

    `code` names the kind of error (stable, kebab-case); `hint` is the next thing to do.
    """

    code = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class UsageError(ConformanceError):
    """The user's: a name, an option or a setting that does not exist or does not fit."""

    code = "usage"


class PageError(ConformanceError):
    """The page's: not a boto3 page, or one that cannot be read. `file` and `line` say where."""

    code = "page"

    def __init__(self, message: str, *, file: str = "", line: int = 0, hint: str = "") -> None:
        where = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(where + message, hint=hint)
        self.file = file
        self.line = line


class SpecError(ConformanceError):
    """A spec file that does not satisfy its meta-schema or cannot be read."""

    code = "spec"


class TargetError(ConformanceError):
    """The target's: it could not be reached at all, or may not be used."""

    code = "target"


def closest(name: str, known: Iterable[str]) -> str:
    """Return "Did you mean …?" for the known name nearest to `name`, or an empty string."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"Did you mean {near[0]!r}?" if near else ""

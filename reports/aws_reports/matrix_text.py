"""The matrix of errors as Markdown: a table for each operation."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from aws_reports.markdown import cell
from aws_reports.matrix import Cell, matrix
from aws_reports.redact import redacted
from aws_reports.results import Results

SHOWN: Final = 5_000
"""Cells on one page; there are more in results.json."""

MARKS: Final = {"pass": "✓", "fail": "✗", "unprovoked": "–"}
COLUMNS: Final = (
    "", "Cause", "Documented", "Observed", "HTTP", "List", "Carried", "boto3 catches", "Answers",
    "Why",
)  # fmt: skip
LEGEND: Final = """\
Each row is one cause: a kind of rule that requests broke, or a state of the target. Beside it stand
the errors that are documented for it, what came, the list on which that error stands (the
operation's own, the service-wide one, or the AWS-common one; `--strict` accepts only the first),
whether it was carried as the protocol carries errors, and the class that someone who calls the
operation with boto3 has to catch.

✓ as documented · ✗ a finding, even where the status is right and only the exception is wrong ·
? undecided, with the reason · – no answer: nothing brought that error about"""


def render(results: Results) -> bytes:
    """Return causes, documented errors and what came, as GitHub-flavoured Markdown in UTF-8."""
    cells = matrix(redacted(results))
    parts = ["# Errors", LEGEND]
    for operation, group in groupby(cells[:SHOWN], key=lambda one: one.operation):
        rows = "\n".join(_row(one) for one in group)
        parts.append(f"## {cell(operation)}\n\n{_HEAD}\n{rows}")
    if len(cells) > SHOWN:
        parts.append(f"… and {len(cells) - SHOWN:,} more: see results.json.")
    return ("\n\n".join(parts) + "\n").encode("utf-8", "backslashreplace")


_HEAD: Final = f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}"


def _row(one: Cell) -> str:
    status = str(one.status or "")
    texts = (
        one.cause, one.documented, one.observed, status, one.listed, one.wire, one.caught
    )  # fmt: skip
    answers = f"{one.answers:,}" if one.answers else ""
    why = "" if one.verdict == "pass" else one.reason
    columns = (MARKS.get(one.verdict, "?"), *map(cell, texts), answers, cell(why))
    return f"| {' | '.join(columns)} |"

"""A comparison as one self-contained HTML page."""

from __future__ import annotations

from typing import Final

from aws_reports.compare import MARKS, Comparison
from aws_reports.pages import page

SHOWN_OPERATIONS: Final = 2_000
SHOWN_DIFFERENCES: Final = 10_000


def render(comparison: Comparison) -> bytes:
    """Return the comparison as an HTML page in UTF-8, behind the same walls as the report."""
    return page(
        "compare.html.j2",
        comparison=comparison,
        contenders=comparison.contenders,
        operations=comparison.operations[:SHOWN_OPERATIONS],
        differences=comparison.differences[:SHOWN_DIFFERENCES],
        marks=MARKS,
    )

"""Everything about showing verdicts: the results file, the numbers, one renderer a format.

Renderers are imported when they are used: importing this package costs what msgspec costs.
"""

from aws_reports.registry import Format, Formats, default_formats, render
from aws_reports.results import (
    Evidence,
    Message,
    OperationResult,
    Reproducer,
    Results,
    StaleEntry,
    Verdict,
)
from aws_reports.schema import ResultsError, dump_results, load_results
from aws_reports.summary import Numbers, Summary, summarise

__all__ = [
    "Evidence",
    "Format",
    "Formats",
    "Message",
    "Numbers",
    "OperationResult",
    "Reproducer",
    "Results",
    "ResultsError",
    "StaleEntry",
    "Summary",
    "Verdict",
    "default_formats",
    "dump_results",
    "load_results",
    "render",
    "summarise",
]

"""Markdown for a job summary (GITHUB_STEP_SUMMARY): a table, then every finding folded away.

Text that is not ours stands only inside code spans, code fences or escaped HTML, where Markdown and
GitHub interpret nothing: no links, no mentions, no HTML. GitHub refuses summaries over 1 MiB, so
findings are written until a budget is spent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Final

from aws_reports.faults import change
from aws_reports.messages import answer_of, text_of
from aws_reports.redact import redacted
from aws_reports.results import Results
from aws_reports.sources import place, sentence
from aws_reports.summary import (
    Finding,
    Numbers,
    Summary,
    headline,
    open_lines,
    percent,
    plural,
    said_of_alone,
    said_of_authentication,
    summarise,
)
from aws_reports.visible import bounded, one_line

BUDGET: Final = 800_000
"""Bytes of findings; with everything else, which is bounded too, the page stays below 1 MB."""
BODY_LIMIT: Final = 2_000
COMMAND_LIMIT: Final = 4_000
SHOWN_ROWS: Final = 200
SHOWN_LINES: Final = 50


def render(results: Results) -> bytes:
    """Return the run as GitHub-flavoured Markdown in UTF-8, at most 1 MB."""
    summary = summarise(redacted(results))
    parts = [
        _head(summary),
        _operations(summary),
        *_section("Findings", _findings(summary.findings, BUDGET)),
        *_section("Not decided", _undecided(summary)),
        *_section("Out of date in the baseline", _stale(summary)),
        _foot(summary),
    ]
    return ("\n\n".join(part for part in parts if part) + "\n").encode("utf-8", "backslashreplace")


def code(text: str, limit: int = 300) -> str:
    """Return the text as a code span that nothing in it can end."""
    line = one_line(text, limit)
    if not line.strip():
        return "–"
    ticks = "`" * (_longest_run(line) + 1)
    pad = " " if line[0] in "` " or line[-1] in "` " else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def cell(text: str) -> str:
    """Return the text as a code span for a table, where GFM splits cells before it sees code."""
    return code(text).replace("|", "\\|")


def plain(text: str) -> str:
    """Return the text on one line with every character that Markdown may act upon escaped."""
    line = one_line(text)
    safe = " ,%–" + ("" if "://" in line else ":") + ("" if "www." in line.lower() else ".")
    return "".join(char if char.isalnum() or char in safe else f"&#{ord(char)};" for char in line)


def fence(text: str, language: str = "") -> str:
    """Return the text as a fenced code block that nothing in it can end."""
    ticks = "`" * max(3, _longest_run(text) + 1)
    return f"{ticks}{language}\n{text}\n{ticks}"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose first column is text and whose others are numbers."""
    rule = ["---", *["---:"] * (len(columns) - 1)]
    lines = [columns, rule, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _longest_run(text: str) -> int:
    return max((sum(1 for _ in run) for tick, run in groupby(text) if tick == "`"), default=0)


def _section(title: str, parts: Iterable[str]) -> Iterator[str]:
    content = "\n\n".join(parts)
    if content:
        yield f"## {title}"
        yield content


def _head(summary: Summary) -> str:
    results, numbers = summary.results, summary.numbers
    mark = "✅" if not results.exit_code and numbers.decided else "❌" if numbers.broken else "⚠️"
    return (
        f"# {mark} {plain(headline(summary))}\n\n"
        f"**Conformance {percent(numbers.conformance)}** ({numbers.kept:,} of"
        f" {plural(numbers.decided, 'decided rule')} kept) · "
        f"**Coverage {percent(numbers.coverage)}** ({numbers.decided:,} of"
        f" {plural(numbers.rules, 'rule')} decided)\n\n"
        f"Target {code(results.target)} · {plural(results.requests, 'request')}"
        f" · seed {results.seed} · rules of {code(results.source)} · {code(results.sdk)}"
    )


def _operations(summary: Summary) -> str:
    shown = summary.operations[:SHOWN_ROWS]
    rows = [(cell(one.operation), *_numbers(one.numbers)) for one in shown]
    if len(summary.operations) > 1:
        rows.append(("**All**", *_numbers(summary.numbers)))
    left = len(summary.operations) - len(shown)
    more = f"\n\n… and {plural(left, 'more operation')}" if left else ""
    columns = ("Operation", "Conformance", "Coverage", "Kept", "Broken", "Undecided")
    return table(columns, rows) + more


def _numbers(numbers: Numbers) -> tuple[str, ...]:
    return (
        percent(numbers.conformance),
        percent(numbers.coverage),
        f"{numbers.kept:,}",
        f"{numbers.broken:,}",
        f"{numbers.undecided:,}",
    )


def _findings(findings: Sequence[Finding], budget: int) -> Iterator[str]:
    for number, finding in enumerate(findings):
        block = _finding(finding)
        budget -= len(block.encode("utf-8", "backslashreplace"))
        if budget < 0:
            yield f"… and {plural(len(findings) - number, 'more finding')}: see the other reports."
            return
        yield block


def _finding(finding: Finding) -> str:
    first = finding.first
    title = f"{_html_code(finding.reason)} {_html_code(finding.rule)}"
    parts = [f"<details><summary>{title}</summary>", _facts(finding)]
    if first.evidence:
        parts.append("Request")
        parts.append(fence(text_of(first.evidence.request, BODY_LIMIT), "http"))
        parts.append("Answer")
        parts.append(fence(answer_of(first.evidence, BODY_LIMIT), "http"))
    if first.reproducer and first.reproducer.curl:
        parts.append("Again, by hand")
        parts.append(fence(bounded(first.reproducer.curl, COMMAND_LIMIT), "sh"))
    elif first.reproducer and first.reproducer.boto3:
        parts.append("Again, by hand")
        parts.append(fence(bounded(first.reproducer.boto3, COMMAND_LIMIT), "python"))
    return "\n\n".join([*parts, "</details>"])


def _html_code(text: str) -> str:
    return f"<code>{escape(one_line(text)) or '–'}</code>"


def _facts(finding: Finding) -> str:
    first, more = finding.first, len(finding.verdicts) - 1
    lines = [
        f"- **says** {code(sentence(first.source))}",
        f"- **at** {code(place(first.source))}",
        f"- **sent** {code(change(first) or first.case)}"
        + (f" and {plural(more, 'more case')}" if more else ""),
        f"- **expected** {code(first.expected)}",
        f"- **observed** {code(first.observed)}",
    ]
    return "\n".join(lines)


def _undecided(summary: Summary) -> Iterator[str]:
    lines = [
        f"- {code(operation)}: {what}" + (f" ({code(reasons)})" if reasons else "")
        for operation, what, reasons in open_lines(summary)
    ]
    if lines:
        yield "\n".join(_cut(lines))
    if authentication := said_of_authentication(summary):
        yield f"{authentication}."
    if summary.binds:
        binds = "\n".join(f"--bind {one_line(bind)}" for bind in summary.binds[:SHOWN_LINES])
        yield "To decide more, give the target's own values:"
        yield fence(binds)


def _stale(summary: Summary) -> Iterator[str]:
    if summary.stale:
        lines = [f"- {code(entry.rule)}: {code(entry.reason)}" for entry in summary.stale]
        yield "\n".join(_cut(lines))


def _cut(lines: Sequence[str]) -> Sequence[str]:
    left = len(lines) - SHOWN_LINES
    return [*lines[:SHOWN_LINES], f"- … and {left:,} more"] if left > 0 else lines


def _foot(summary: Summary) -> str:
    unchecked = sum(len(one.result.unchecked) for one in summary.operations)
    notes = (
        (len(summary.known), "known to the baseline"),
        (len(summary.flaky), "not repeatable (flaky)"),
    )
    lines = [f"{plural(count, 'finding')} {what}." for count, what in notes if count]
    if unchecked:
        lines.append(f"{plural(unchecked, 'rule')} are not checked.")
    if alone := said_of_alone(summary):
        lines.append(f"{alone}.")
    return " ".join(lines)

"""The formats a run can be shown in, as a value that is handed around.

There is no global list to register with: `default_formats()` makes the built-in table, and
`with_entry_points` returns a larger one. Renderers are imported when first used, so that the
command line answers quickly and a broken plugin hurts only who asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from aws_reports.redact import redacted
from aws_reports.results import Results
from aws_specs.errors import ConformanceError, UsageError, closest
from aws_specs.spec import Value

Renderer = Callable[[Results], bytes]
"""A pure function from results to the bytes of a file."""

GROUP = "aws_conformance.reports"
"""The entry point group of formats; each entry names a `Format` or a `Renderer`."""


class Format(Value, frozen=True):
    """One way to show results: its name on the command line, its usual file name, its renderer."""

    name: str
    file: str
    render: Renderer


class EntryPoint(Protocol):
    """What is needed of `importlib.metadata.EntryPoint`."""

    @property
    def name(self) -> str:
        """The name of the format."""
        ...

    def load(self) -> Any:
        """Import and return what the entry names."""
        ...


class ReportError(ConformanceError):
    """A format from a plugin that cannot be loaded or fails. The plugin's, not the user's."""

    code = "report"


class Formats(Value, frozen=True):
    """A table of formats by name."""

    table: Mapping[str, Format]

    def names(self) -> tuple[str, ...]:
        """Return the names of all formats, sorted."""
        return tuple(sorted(self.table))

    def get(self, name: str) -> Format:
        """Return the format of that name; a `UsageError` names the closest one."""
        if name in self.table:
            return self.table[name]
        hint = closest(name, self.table) or f"There are: {', '.join(self.names())}."
        raise UsageError(f"there is no report format {name!r}", hint=hint)

    def render(self, name: str, results: Results) -> bytes:
        """Return the results in the format of that name. The renderer never sees a secret."""
        return self.get(name).render(redacted(results))

    def with_entry_points(self, entries: Iterable[EntryPoint]) -> Formats:
        """Return a table with the formats of plugins too; a built-in name cannot be taken."""
        added = {entry.name: _plugged(entry) for entry in entries if entry.name not in self.table}
        return Formats({**self.table, **added})


def default_formats() -> Formats:
    """Return the table of built-in formats."""
    built_in = (
        Format("html", "report.html", _html),
        Format("json", "results.json", _json),
        Format("junit", "junit.xml", _junit),
        Format("markdown", "summary.md", _markdown),
        Format("matrix", "errors.md", _matrix),
        Format("sarif", "report.sarif", _sarif),
        Format("terminal", "summary.txt", _terminal),
    )
    return Formats({each.name: each for each in built_in})


def render(name: str, results: Results, formats: Formats | None = None) -> bytes:
    """Return the results in a format, `html` or `junit` for example, as the bytes of a file."""
    return (formats or default_formats()).render(name, results)


def render_comparison(name: str, runs: Sequence[Results]) -> bytes:
    """Return several runs side by side as `html`, `json`, `markdown` or `terminal`."""
    from aws_reports import compare, compare_html, compare_text

    table: Mapping[str, Callable[[compare.Comparison], bytes]] = {
        "html": compare_html.render,
        "json": _comparison_json,
        "markdown": compare_text.render_markdown,
        "terminal": lambda found: compare_text.render_terminal(found).encode("utf-8"),
    }
    if name not in table:
        hint = closest(name, table) or f"There are: {', '.join(table)}."
        raise UsageError(f"a comparison cannot be shown as {name!r}", hint=hint)
    return table[name](compare.compare(runs))


def _comparison_json(comparison: Value) -> bytes:
    from aws_reports import schema

    return schema.dump_value(comparison)


def _html(results: Results) -> bytes:
    from aws_reports import html

    return html.render(results)


def _json(results: Results) -> bytes:
    from aws_reports import schema

    return schema.dump_results(results)


def _junit(results: Results) -> bytes:
    from aws_reports import junit

    return junit.render(results)


def _markdown(results: Results) -> bytes:
    from aws_reports import markdown

    return markdown.render(results)


def _matrix(results: Results) -> bytes:
    from aws_reports import matrix_text

    return matrix_text.render(results)


def _sarif(results: Results) -> bytes:
    from aws_reports import sarif

    return sarif.render(results)


def _terminal(results: Results) -> bytes:
    from aws_reports import terminal

    return terminal.render(results).encode("utf-8", "backslashreplace")


def _plugged(entry: EntryPoint) -> Format:
    """Return a format that loads its plugin when it is used."""

    def render_plugged(results: Results) -> bytes:
        try:
            loaded = entry.load()
            renderer = loaded.render if isinstance(loaded, Format) else loaded
            return bytes(renderer(results))
        except Exception as err:
            message = f"the report format {entry.name!r} failed: {type(err).__name__}: {err}"
            hint = "It comes from a plugin: upgrade or uninstall it."
            raise ReportError(message, hint=hint) from err

    return Format(entry.name, f"report.{entry.name}", render_plugged)

"""Formats are a value: built in, extended by entry points, never global."""

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given

import aws_reports
from aws_reports.registry import Format, ReportError, default_formats, render
from aws_reports.results import Results
from aws_specs.errors import UsageError
from reports import anything, runs


class Entry:
    """An entry point as `importlib.metadata` gives it."""

    def __init__(self, name: str, loaded: Any) -> None:
        self.name = name
        self.loaded = loaded

    def load(self) -> Any:
        if isinstance(self.loaded, Exception):
            raise self.loaded
        return self.loaded


def count(results: Results) -> bytes:
    return str(len(results.verdicts)).encode()


def test_built_in_formats_and_their_files():
    formats = default_formats()
    assert {name: formats.get(name).file for name in formats.names()} == {
        "html": "report.html",
        "json": "results.json",
        "junit": "junit.xml",
        "markdown": "summary.md",
        "matrix": "errors.md",
        "sarif": "report.sarif",
        "terminal": "summary.txt",
    }


@pytest.mark.parametrize("name", default_formats().names())
def test_same_results_give_the_same_bytes(name: str):
    assert render(name, runs.realistic()) == render(name, runs.realistic())


@pytest.mark.parametrize("name", default_formats().names())
@anything.ANY
@given(run=anything.runs())
def test_any_results_can_be_shown_in_utf8(name: str, run: Results):
    assert render(name, run).decode("utf-8")


@pytest.mark.parametrize("name", default_formats().names())
@pytest.mark.parametrize("text", anything.HOSTILE, ids=range(len(anything.HOSTILE)))
def test_hostile_results_can_be_shown_in_utf8(name: str, text: str):
    assert render(name, anything.hostile(text)).decode("utf-8")


def test_unknown_format_gets_the_closest_name():
    with pytest.raises(UsageError, match="Did you mean 'junit'"):
        render("junti", runs.realistic())
    with pytest.raises(UsageError, match="There are: html, json"):
        render("pdf", runs.realistic())


@pytest.mark.parametrize("loaded", [count, Format("count", "count.txt", count)])
def test_entry_points_add_formats(loaded: Any):
    formats = default_formats().with_entry_points([Entry("count", loaded)])
    assert (
        render("count", runs.realistic(), formats) == str(len(runs.realistic().verdicts)).encode()
    )
    assert "count" not in default_formats().names()


def test_entry_point_cannot_take_the_name_of_a_built_in_format():
    formats = default_formats().with_entry_points([Entry("html", count)])
    assert formats.get("html") == default_formats().get("html")


def test_plugin_never_sees_a_secret():
    seen: list[Results] = []

    def spy(results: Results) -> bytes:
        seen.append(results)
        return b"."

    run = anything.hostile("Authorization: sesame")
    default_formats().with_entry_points([Entry("spy", spy)]).render("spy", run)
    assert "sesame" not in repr(seen[0].verdicts[0].evidence)


@pytest.mark.parametrize(
    "loaded", [ImportError("no module"), 42, lambda results: 1 / 0], ids=["load", "type", "run"]
)
def test_broken_plugin_is_named_and_hurts_only_who_asks_for_it(loaded: Any):
    formats = default_formats().with_entry_points([Entry("bad", loaded)])
    assert formats.render("terminal", runs.conforming())
    with pytest.raises(ReportError, match="'bad' failed") as caught:
        formats.render("bad", runs.conforming())
    assert "upgrade or uninstall" in caught.value.hint


def test_public_names_are_pinned_and_sorted():
    assert aws_reports.__all__ == sorted(aws_reports.__all__)
    assert all(hasattr(aws_reports, name) for name in aws_reports.__all__)
    assert len(aws_reports.__all__) == 17


def test_importing_the_package_loads_no_renderer():
    heavy = ("jinja2", "rich", "junitparser", "jsonschema")
    code = f"import sys, aws_reports; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout.strip() == "[]"

"""The terminal summary: readable at any width, plain where it must be, safe always."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from aws_reports.results import Results
from aws_reports.terminal import Style, render, style_for
from reports import anything, runs

PATHS = ("conformance-report/report.html", "conformance-report/results.json")


@pytest.mark.parametrize("width", [100, 60])
def test_looks_as_reviewed(snapshot: SnapshotAssertion, width: int):
    assert render(runs.realistic(), style=Style(width=width), reports=PATHS) == snapshot


def test_looks_as_reviewed_when_all_is_well(snapshot: SnapshotAssertion):
    assert render(runs.conforming()) == snapshot


def test_looks_as_reviewed_when_nothing_was_decided(snapshot: SnapshotAssertion):
    assert render(runs.undecided()) == snapshot


def test_is_coloured_only_when_asked():
    assert "\x1b" not in render(runs.realistic())
    assert "\x1b[" in render(runs.realistic(), style=Style(color=True))


def test_colour_changes_nothing_but_colour():
    coloured = render(runs.realistic(), style=Style(color=True))
    stripped = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    lines = [line.rstrip() for line in stripped.splitlines()]
    assert lines == render(runs.realistic()).splitlines()


@pytest.mark.parametrize(
    ("tty", "environ", "color"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"CI": "true"}, False),
        (True, {"CI": "false"}, True),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_style_follows_the_stream_and_the_environment(
    tty: bool, environ: dict[str, str], color: bool
):
    assert style_for(tty=tty, environ=environ, columns=120).color is color


def test_width_is_that_of_the_terminal_and_fixed_elsewhere():
    assert style_for(tty=True, environ={}, columns=77).width == 77
    assert style_for(tty=True, environ={}, columns=3).width == 40
    assert style_for(tty=False, environ={}, columns=77).width == 100


@anything.ANY
@given(anything.runs(), st.integers(40, 200))
def test_any_results_fit_the_width_and_hold_no_control_character(run: Results, width: int):
    text = render(run, style=Style(width=width))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    text.encode("utf-8")


@pytest.mark.parametrize("text", anything.HOSTILE, ids=range(len(anything.HOSTILE)))
def test_hostile_text_cannot_drive_the_terminal_or_its_markup(text: str):
    shown = render(anything.hostile(text))
    assert not set(shown) & {"\x1b", "\x07", "\x08", "\u202e", "\u2066", "\r"}
    if "[red]" in text:
        assert "[red]markup[/red]" in shown


def test_long_runs_are_cut_and_say_so():
    many = tuple(
        runs.verdict(runs.CONTACT, 0, "fail", rule=f"{runs.CONTACT}/input/M{n}/required")
        for n in range(25)
    )
    run = msgspec.structs.replace(runs.realistic(), verdicts=many)
    assert "… and 15 more findings in the reports" in render(run)


def test_command_is_not_wrapped_so_that_it_can_be_copied():
    text = render(runs.realistic(), style=Style(width=50))
    assert "--data-raw '" + runs.CREATE % "EMAIL_" + "'\n" in text

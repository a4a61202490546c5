"""A comparison as text, as Markdown and as JSON, and by the command line."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from aws_conformance.cli import main
from aws_specs.diff import Change
from aws_specs.diff.render import to_markdown, to_text
from aws_specs.diff.report import Report, breaking, schema, to_json

ADDED = Change(
    operation="s.Op",
    what="enum-value-added",
    side="input",
    member="A|B",
    new="x`y|z",
    breaks_implementers=True,
    old_from="page",
)
REMOVED = Change(
    operation="s.Op", what="error-removed", side="errors", member="E", old={"code": "E"}
)
REPORT = Report(old="page:*", new="model:*", operations=2, changes=(ADDED, REMOVED))


def test_text_marks_what_came_what_went_and_what_breaks() -> None:
    assert to_text(REPORT).splitlines() == [
        "--- page:*",
        "+++ model:*",
        "",
        "s.Op",
        "! + input A|B: enum value added: x`y|z  [breaks implementers]",
        '  - error E: error removed: {"code": "E"}',
        "",
        "2 changes in 1 of 2 operations: 0 break callers, 1 break implementers",
    ]


def test_markdown_keeps_every_value_in_its_cell() -> None:
    rows = [line for line in to_markdown(REPORT).splitlines() if line.startswith("| enum")]
    assert rows == ["| enum value added | input `A\\|B` |  | ``x`y\\|z`` | implementers |"]


def test_json_satisfies_the_published_schema() -> None:
    published = json.loads((files("aws_specs") / "data" / "diff.schema.json").read_text())
    written = json.loads(to_json(REPORT))
    Draft202012Validator(published).validate(written)
    assert written["changes"][1]["breaks_callers"] is False
    spoiled = {**written, "changes": [{**written["changes"][0], "what": "nonsense"}]}
    assert not Draft202012Validator(published).is_valid(spoiled)


def test_the_published_schema_is_the_one_the_types_make() -> None:
    assert (files("aws_specs") / "data" / "diff.schema.json").read_bytes() == schema()


def test_breaking_only_keeps_what_breaks_the_audience() -> None:
    assert breaking(REPORT).changes == (ADDED,)
    assert breaking(REPORT, "implementers").changes == (ADDED,)
    assert breaking(REPORT, "callers").changes == ()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["connect.CreateContact", "connect.CreateContact"], 0, "no change in 1 operation"),
        (["page:*", "model:*"], 1, "PreviousContactId"),
        (["page:*", "model:*", "--breaking-only", "--for", "callers"], 0, "no change"),
        (["page:*", "model:*", "--format", "markdown"], 1, "| member added |"),
        (["nothing.Here", "model:*"], 2, "error:"),
        (["page:*"], 2, "Missing argument"),
    ],
)
def test_the_exit_code_says_whether_anything_changed(
    arguments: list[str], code: int, said: str
) -> None:
    result = CliRunner().invoke(main, ["specs", "diff", *arguments])
    assert result.exit_code == code
    assert said in result.output


def test_the_command_prints_json_for_machines() -> None:
    result = CliRunner().invoke(main, ["specs", "diff", "page:*", "model:*", "--format", "json"])
    written = json.loads(result.stdout)
    assert written["operations"] == 5
    assert {change["operation"] for change in written["changes"]} == {"connect.CreateContact"}

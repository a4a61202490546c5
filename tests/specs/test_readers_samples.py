"""The sample pages of all renderings against the nodes that are known to be in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aws_specs.nodes import page_nodes
from aws_specs.page import Page, PageMember, Prose
from aws_specs.readers import detect, read_page

PAGES = Path(__file__).parent / "data" / "pages"
SAMPLES = sorted(path for path in PAGES.glob("*/*/*") if path.suffix != ".json")
NAMES = [str(path.relative_to(PAGES).with_suffix("")) for path in SAMPLES]
each_sample = pytest.mark.parametrize("path", SAMPLES, ids=NAMES)

# The copy shows neither the member nor a trace of it; everything else of the page is there.
LOST = {"text/bedrock-runtime/converse": "toolConfig.tools[].toolSpec.inputSchema.json"}
# Names of models that the copy announces ("depends on the resource that you use:") and lacks.
LOST_PROSE = {"text/bedrock-runtime/invoke_model": {".modelId"}}


def read(path: Path) -> Page:
    return read_page(path.read_text(encoding="utf-8"), file=path.name)


def truth(path: Path) -> dict[str, Any]:
    return json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))


def printed(nodes: list[dict[str, Any]], elided: tuple[str, ...]) -> list[dict[str, Any]]:
    """Leave out what the model knows and no page prints.

    Those are the enums of map keys (a syntax block has 'string' for every key), and unions where
    the page leaves out the list that would say so.
    """
    return [
        {
            key: value
            for key, value in node.items()
            if not (key == "enum" and node["path"].endswith("{key}"))
            and not (key == "union" and node["side"] in elided)
        }
        for node in nodes
    ]


@each_sample
def test_finds_every_printed_member_and_nothing_else(path: Path) -> None:
    page = read(path)
    lost = LOST.get(str(path.relative_to(PAGES).with_suffix("")))
    found = [node for node in page_nodes(page) if node["side"] in ("input", "output")]
    wanted = [node for node in truth(path)["nodes"] if node["path"] != lost]
    assert found == printed(wanted, page.elided)


@each_sample
def test_names_client_method_rendering_and_errors(path: Path) -> None:
    page, wanted = read(path), truth(path)
    assert (page.client, page.method) == (wanted["client"], wanted["method"])
    assert page.rendering == wanted["rendering"] == detect(path.read_text(encoding="utf-8"))
    assert [error.name for error in page.errors or ()] == wanted["errors"]


@each_sample
def test_reports_exactly_what_the_page_leaves_out(path: Path) -> None:
    page = read(path)
    elided = [gap.where for gap in page.gaps if gap.what == "elided"]
    assert elided == [name for name, left_out in truth(path)["elided"].items() if left_out]
    lost = LOST.get(str(path.relative_to(PAGES).with_suffix("")))
    losses = [gap.where for gap in page.gaps if gap.what == "members-lost"]
    assert losses == ([f"input/{lost}"] if lost else [])


@each_sample
def test_reports_a_list_that_is_announced_and_does_not_follow(path: Path) -> None:
    lost = [gap.where for gap in read(path).gaps if gap.what == "prose-lost"]
    name = str(path.relative_to(PAGES).with_suffix(""))
    assert lost == [f"input/{place[1:]}" for place in LOST_PROSE.get(name, ())]


@each_sample
def test_reports_members_that_only_the_list_has(path: Path) -> None:
    surplus = {gap.where for gap in read(path).gaps if gap.what == "not-in-syntax"}
    assert surplus == ({"input/SSECustomerKeyMD5"} if path.parent.name == "s3" else set())


def members(page: Page) -> Iterator[PageMember]:
    todo = [*page.input, *page.output]
    while todo:
        member = todo.pop()
        yield member
        todo.extend(member.children)


def blocks(page: Page) -> Iterator[Prose]:
    yield from page.documentation
    for member in members(page):
        yield from member.prose


@each_sample
def test_member_lines_are_exact(path: Path) -> None:
    page = read(path)
    lines = path.read_text(encoding="utf-8").split("\n")
    for member in members(page):
        line = lines[member.line - 1]
        if member.step not in ("[]", "{}", "{key}"):
            assert member.step in line
        if member.mark:
            assert "[REQUIRED]" in lines[member.mark_line - 1]
        if member.autopopulated:
            assert "autopopulated if not provided" in lines[member.token_line - 1]
        if member.enum:
            line = lines[member.enum_line - 1]
            assert all(f"'{value}'" in line for value in member.enum)
            assert all(f"'{value}'" in member.enum_text for value in member.enum)


@each_sample
def test_prose_lines_are_exact(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    for block in blocks(read(path)):
        word = next((w for w in block.text.split() if w.isalnum()), "")
        assert word in lines[block.line - 1]


def source_of(path: Path) -> Path:
    return (PAGES / "rst" / path.parent.name / path.name).with_suffix(".rst")


RECENT = [
    path for path in SAMPLES if path.parts[-3] in ("html", "text") and source_of(path).exists()
]


@pytest.mark.parametrize(
    "path", RECENT, ids=["/".join(path.with_suffix("").parts[-3:]) for path in RECENT]
)
def test_prose_is_the_same_in_every_rendering_of_one_release(path: Path) -> None:
    ours, theirs = dict(_told(read(source_of(path)))), dict(_told(read(path)))
    differ = {place for place in ours if ours[place] != theirs.get(place)}
    assert differ == LOST_PROSE.get(str(path.relative_to(PAGES).with_suffix("")), set())


def _told(page: Page) -> Iterator[tuple[str, list[str]]]:
    todo = [(member, "") for member in page.input]
    todo += [(member, "output") for member in page.output]
    while todo:
        member, parent = todo.pop()
        place = f"{parent}.{member.step}"
        yield place, [_bare(part.text) for part in member.prose]
        todo.extend((child, place) for child in member.children)


def _bare(text: str) -> str:
    """Undo Sphinx's typography, and the markup that its parser did not recognise."""
    for typographic, plain in (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("–", "--")):
        text = text.replace(typographic, plain)
    for mark in ("`", "*", "\\", " ", "…", "..."):
        text = text.replace(mark, "")
    return text

"""Whatever a page holds, the readers answer with a page or with a page error."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_specs.errors import PageError
from aws_specs.nodes import page_nodes
from aws_specs.page import Page
from aws_specs.readers import read_page

PAGES = Path(__file__).parent / "data" / "pages"
BASES = [
    "html/chime-sdk-identity/list_tags_for_resource.html",
    "rst/kinesis/subscribe_to_shard.rst",
    "rst/sqs/tag_queue.rst",
    "text-2023/sqs/tag_queue.txt",
    "text/sqs/tag_queue.txt",
]
STARTS = [".. py:method:: A.Client.b()\n", "A.Client.b()\n", '<dl class="py method">']
PARTS = [
    "Request Syntax",
    "**Request Syntax**\n::\n",
    "  response = client.b(",
    ")",
    "Parameters:",
    "Returns:",
    "None",
    ":returns: None",
    "<dt>A.Client.b()</dt><h3>Request Syntax</h3><pre>client.b()</pre>",
    "<dt>Returns:</dt><p>None</p>",
    "</dl>",
]
MARKUP = st.text(st.sampled_from("<>/ul li p{}[]()'\"`*:.-–•=,|&;\n\t a(string)"), max_size=40)


def read(text: str) -> None:
    page = error = None
    try:
        page = read_page(text, file="fuzz")
    except PageError as raised:
        error = raised
    if page is not None:
        assert isinstance(page, Page)
        list(page_nodes(page))
    else:
        assert error is not None
        assert error.file == "fuzz"
        assert error.hint


@given(st.text())
def test_any_text(text: str) -> None:
    read(text)


@pytest.mark.parametrize("start", STARTS)
@given(body=st.lists(st.one_of(MARKUP, st.sampled_from(PARTS)), max_size=20))
def test_any_text_after_the_start_of_a_page(start: str, body: list[str]) -> None:
    read(start + "\n".join(body))


@pytest.mark.parametrize("name", BASES)
@given(data=st.data())
def test_mutilated_pages(name: str, data: st.DataObject) -> None:
    text = (PAGES / name).read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)), "start")
    length = data.draw(st.integers(0, len(text) - start), "length")
    read(text[:start] + data.draw(MARKUP, "inserted") + text[start + length :])
    read(text[: start + length])

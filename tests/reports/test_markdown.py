"""The job summary: Markdown in which nothing from outside is markup, below GitHub's limit."""

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from syrupy.assertion import SnapshotAssertion

from aws_reports import compare_text, markdown
from aws_reports.compare import compare
from aws_reports.results import Evidence, Message, Reproducer, Results
from reports import anything, runs

READER = MarkdownIt("commonmark", {"html": True}).enable("table")


def rendered(data: bytes) -> lxml_html.HtmlElement:
    return lxml_html.fromstring(f"<main>{READER.render(data.decode())}</main>")


def skeleton(data: bytes) -> Counter[tuple[str, ...]]:
    return Counter((str(one.tag), *sorted(map(str, one.attrib))) for one in rendered(data).iter())


def test_looks_as_reviewed(snapshot: SnapshotAssertion):
    assert markdown.render(runs.realistic()).decode() == snapshot


def test_looks_as_reviewed_when_all_is_well(snapshot: SnapshotAssertion):
    assert markdown.render(runs.conforming()).decode() == snapshot


@pytest.mark.parametrize("text", anything.HOSTILE, ids=range(len(anything.HOSTILE)))
def test_hostile_text_adds_no_element(text: str):
    assert skeleton(markdown.render(anything.hostile(text))) == skeleton(
        markdown.render(anything.hostile("plain"))
    )


@pytest.mark.parametrize("text", anything.HOSTILE, ids=range(len(anything.HOSTILE)))
def test_hostile_text_adds_no_element_to_a_comparison(text: str):
    def page(word: str) -> bytes:
        run = anything.hostile(word)
        other = msgspec.structs.replace(run, target=f"{word}2", verdicts=run.verdicts[1:])
        return compare_text.render_markdown(compare([run, other]))

    assert skeleton(page(text)) == skeleton(page("plain"))


@anything.ANY
@given(anything.runs())
def test_any_results_become_only_elements_of_ours(run: Results):
    tags = {str(one.tag) for one in rendered(markdown.render(run)).iter()}
    assert tags <= {
        "main", "h1", "h2", "p", "strong", "code", "pre", "ul", "li", "details", "summary",
        "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip


@anything.ANY
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_code_span_shows_the_text_itself(text: str):
    shown = rendered(markdown.code(text).encode()).text_content().strip()
    line = " ".join(markdown.one_line(text).split())
    assert " ".join(shown.split()) == (line or "–")


@anything.ANY
@given(st.text(st.sampled_from("a`~ \n|<>&*_[]()!#-=\\"), max_size=40))
def test_fence_holds_whatever_is_in_it(text: str):
    tree = rendered(f"{markdown.fence(text)}\n\nafter".encode())
    assert [str(one.tag) for one in tree.iter()] == ["main", "pre", "code", "p"]
    assert tree.findtext("p") == "after"


@anything.ANY
@given(st.text(st.sampled_from("a`~ |<>&*_[]()!#-=\\:/.@w1"), max_size=40))
def test_plain_text_is_no_markup(text: str):
    tree = rendered(f"x {markdown.plain(text)}".encode())
    assert [str(one.tag) for one in tree.iter()] == ["main", "p"]
    assert " ".join((tree.findtext("p") or "").split()) == " ".join(f"x {text}".split())


def test_stays_below_the_limit_of_a_job_summary():
    message = Message(start="PUT /", headers=(("x", "é" * 2_000),) * 60, body="漢" * 5_000)
    evidence = Evidence(request=message, answer=message)
    failing = tuple(
        runs.verdict(
            runs.CONTACT,
            0,
            "fail",
            rule=f"{runs.CONTACT}/input/{'M' * 500}{number}/required",
            evidence=evidence,
            reproducer=Reproducer(curl="漢" * 9_000),
        )
        for number in range(200)
    )
    run = msgspec.structs.replace(
        runs.realistic(),
        verdicts=failing,
        stale=runs.realistic().stale * 500,
        operations=tuple(
            msgspec.structs.replace(
                runs.realistic().operations[0], operation=f"a{'B' * 300}.{number}"
            )
            for number in range(300)
        ),
    )
    page = markdown.render(run)
    assert len(page) < 1_000_000
    assert "more findings: see the other reports." in page.decode()


def test_same_results_give_the_same_bytes():
    assert markdown.render(runs.realistic()) == markdown.render(runs.realistic())

"""The HTML page: what it holds, and that nothing a target sends can become part of it."""

import re
from base64 import b64encode
from collections import Counter
from hashlib import sha256
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given

from aws_reports import compare_html, html
from aws_reports.compare import compare
from aws_reports.results import Evidence, Message, Results
from reports import anything, runs

VOID = {"meta", "rect", "input", "wbr", "br", "link", "img", "hr"}


class Page(HTMLParser):
    """The elements of a page with their attributes, its text, and whether every tag is closed."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def skeleton(self) -> Counter[tuple[str, tuple[str, ...]]]:
        """Everything but what shows an invisible character or lets a long name break."""
        marks = {("span", ("class",)), ("wbr", ())}
        return Counter(element for element in self.elements if element not in marks)


def page_of(run: Results) -> Page:
    page = Page(html.render(run))
    assert page.open == []
    return page


def test_shows_both_numbers_and_every_finding_with_all_that_proves_it():
    text = page_of(runs.realistic()).text
    for shown in (
        "4 rules broken",
        "85.2 %",
        "75.0 %",
        "23 of 27 decided rules kept",
        "27 of 36 checkable rules decided",
        "Only CUSTOMER is currently supported. Any other values other than CUSTOMER will result",
        "connect/create_push_notification_registration.rst:101",
        "connect.CreateContact/input/Channel/enum",
        'Channel: "EMAIL" → "EMAIL_" (outsider)',
        "InvalidRequestException or another validation error, HTTP 400",
        "200 with a body that satisfies the response shape",
        "PUT /contact/create-contact",
        '"Channel": "EMAIL_"',
        "x-amzn-RequestId: 5d1b6c5e-7a54-4d0e-9a6c-0d6d3f1d8a11",
        "curl -sS -X PUT 'http://127.0.0.1:4566/contact/create-contact'",
        'client = boto3.client("connect"',
        "aws connect create-contact",
        "The valid twin",
        "No answer: hangup: the server closed the connection after 0 bytes",
        "--bind pinpoint.ApplicationId=VALUE",
        "uniqueness is the caller's duty",
        "passes since this run: remove the entry",
        "names are not limited here (#42), until 2026-12-31",
        "not implemented",
    ):
        assert shown in text, shown


def test_lists_every_rule():
    run = runs.realistic()
    text = page_of(run).text
    for operation in run.operations:
        for rule in operation.rules:
            assert rule.removeprefix(f"{operation.operation}/") in text


def test_never_says_100_percent_of_nothing():
    text = page_of(runs.undecided()).text
    assert "Nothing could be decided" in text
    assert "100 %" not in text


@pytest.mark.parametrize("text", anything.HOSTILE, ids=range(len(anything.HOSTILE)))
def test_hostile_text_adds_no_element_and_no_attribute(text: str):
    plain = page_of(anything.hostile("plain")).skeleton()
    assert page_of(anything.hostile(text)).skeleton() == plain


@anything.ANY
@given(anything.runs())
def test_any_results_make_a_well_formed_page_without_handlers_or_foreign_elements(run: Results):
    page = page_of(run)
    names = {name for _, name, _ in page.attributes}
    assert not [name for name in names if name.startswith("on") or name == "style"]
    assert not {"iframe", "object", "embed", "link", "img", "base", "form"} & {
        tag for tag, _ in page.elements
    }


@pytest.mark.parametrize("text", anything.HOSTILE, ids=range(len(anything.HOSTILE)))
def test_nothing_is_loaded_and_every_link_stays_on_the_page(text: str):
    run = anything.hostile(text)
    for page in (page_of(run), Page(compare_html.render(compare([run, runs.realistic()])))):
        links = [value for _, name, value in page.attributes if name in ("href", "src", "action")]
        assert links
        assert all(re.fullmatch(r"#[a-z0-9-]+", link) for link in links)


def hashes(page: str, tag: str) -> list[str]:
    found = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    return [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in found]


def test_policy_allows_the_one_style_and_the_one_script_of_the_page_and_nothing_else():
    text = html.render(runs.realistic()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    directives = dict(part.split(" ", 1) for part in policy[1].replace("&#39;", "'").split("; "))
    assert directives["default-src"] == "'none'"
    assert hashes(text, "style") == [directives["style-src"]]
    assert hashes(text, "script") == [directives["script-src"]]
    assert directives["base-uri"] == directives["form-action"] == "'none'"


def test_style_and_script_load_nothing():
    text = html.render(runs.realistic()).decode()
    for forbidden in ("@import", "url(", "innerHTML", "eval(", "fetch(", "document.write"):
        assert forbidden not in text


def test_same_results_give_the_same_bytes():
    assert html.render(runs.realistic()) == html.render(runs.realistic())


def test_invisible_characters_are_named_and_marked():
    text = html.render(anything.hostile("a\u202eb\x00")).decode()
    assert '<span class="ctl">‹U+202E›</span>b<span class="ctl">‹U+0000›</span>' in text
    assert not {"\u202e", "\x00"} & set(text)


def test_page_stays_bounded_however_much_a_target_sends():
    body = "<b>" * 100_000
    message = Message(start="200", headers=(("x", body),) * 2, body=body)
    evidence = Evidence(request=message, answer=message)
    failing = [
        runs.verdict(
            runs.CONTACT,
            0,
            "fail",
            rule=f"{runs.CONTACT}/input/M{number}/required",
            evidence=evidence,
            twin=evidence,
            observed=body,
        )
        for number in range(20)
    ]
    run = msgspec.structs.replace(runs.realistic(), verdicts=tuple(failing))
    page = html.render(run)
    assert len(page) < 3_000_000
    assert b"more characters" in page


def test_page_says_where_the_rest_is_once_it_is_full(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(html, "EVIDENCE_BUDGET", 300)
    assert "Left out: this page is full. See results.json." in page_of(runs.realistic()).text


def test_structure_is_accessible():
    page = page_of(runs.realistic())
    tags = Counter(tag for tag, _ in page.elements)
    assert tags["h1"] == tags["main"] == tags["nav"] == 1
    headers = [(tag, names) for tag, names in page.elements if tag == "th"]
    assert all("scope" in names for _, names in headers)
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    labelled = {value for tag, name, value in page.attributes if (tag, name) == ("label", "for")}
    assert labelled <= set(ids)
    assert ("html", "lang", "en") in page.attributes


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_have_the_contrast_that_wcag_aa_asks_for(scheme: int):
    text = html.render(runs.realistic()).decode()
    blocks = re.findall(r":root \{(.*?)\n *\}", text, re.DOTALL)
    color = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", blocks[scheme]))
    grounds = ("bg", "card", "soft", "code")
    pairs = [(ink, ground) for ink in ("text", "muted", "link") for ground in grounds]
    pairs += [(ink, ground) for ink in ("good", "bad", "open") for ground in ("bg", "card")]
    pairs += [(ink, f"{ink}-bg") for ink in ("good", "bad", "open")]
    pairs += [("text", f"{tone}-bg") for tone in ("good", "bad")]
    assert {pair: round(contrast(color[pair[0]], color[pair[1]]), 2) for pair in pairs
            if contrast(color[pair[0]], color[pair[1]]) < 4.5} == {}  # fmt: skip

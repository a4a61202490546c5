"""The text side of the prose reader: sentences, values, numbers, and a model's HTML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_specs.page import PageMember, Prose
from aws_specs.prose import find, prose_from_html, sentences, split
from aws_specs.prose._numbers import limits_in, number, unit
from aws_specs.prose._sentences import low
from aws_specs.prose._values import broken_head, head, heads, inline


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Use a format, e.g. JSON. Then send it.", ["Use a format, e.g. JSON.", "Then send it."]),
        ("Version 1.5 of data.pinpoint.jsonBody.", ["Version 1.5 of data.pinpoint.jsonBody."]),
        ("See https://a.example/b.c for more.", ["See https://a.example/b.c for more."]),
        ("A (see B. and C) is D. E.", ["A (see B. and C) is D.", "E."]),
        ("He said “no.” Then left.", ["He said “no.”", "Then left."]),
        ("Of the AppInstanceUser . Supported types:", ["Of the AppInstanceUser .", "Supported types:"]),
        ("Cats, dogs, etc. Nothing else.", ["Cats, dogs, etc.", "Nothing else."]),
        ("Cats, dogs, etc. and more.", ["Cats, dogs, etc. and more."]),
        ("", []),
    ],
)  # fmt: skip
def test_a_block_is_cut_where_its_sentences_end(text: str, parts: list[str]) -> None:
    assert list(split(text)) == parts


@given(st.text(alphabet=' .!?()[]"”ae1\n', max_size=200))
def test_cutting_loses_nothing_but_the_space_between(text: str) -> None:
    assert "".join("".join(split(text)).split()) == "".join(text.split())


@given(st.text(max_size=50))
def test_lower_case_keeps_every_place(text: str) -> None:
    assert len(low(text)) == len(text)


def test_lower_case_of_a_letter_that_grows_is_the_letter() -> None:
    assert low("İS’A") == "İs'a"


def test_a_lead_in_carries_the_bullets_of_its_level_and_no_others() -> None:
    blocks = (
        Prose("Values. One of:", 1),
        Prose("A - first", 2, "item", 1),
        Prose("inner", 3, "item", 2),
        Prose("more on A", 4, "paragraph", 1),
        Prose("B - second", 5, "item", 1),
        Prose("After.", 6),
        Prose("C - not of the list", 7, "item", 1),
    )
    found = sentences(blocks)
    assert found[0].items == ()
    assert [item.text for item in found[1].items] == ["A - first", "B - second"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("A1, B2, and C3.", ("A1", "B2", "C3")),
        ("“KEY” or “TOKEN”.", ("KEY", "TOKEN")),
        ("A1 | B2", ("A1", "B2")),
        ("ONE (the first, or so) and TWO (the next)", ("ONE", "TWO")),
        ("either ON or OFF", ("ON", "OFF")),
        ("letters, numbers, and hyphens", ()),
        ("A1, the second of them", ()),
        ("ALL or NONE", ("ALL", "NONE")),
    ],
)
def test_values_in_a_sentence_are_all_read_or_none(text: str, values: tuple[str, ...]) -> None:
    assert inline(text) == values


def test_a_literal_of_the_rendering_may_have_spaces() -> None:
    assert inline("Initial Access or Impact", ("Initial Access", "Impact")) == (
        "Initial Access",
        "Impact",
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("OPEN_APP - Your app opens.", "OPEN_APP"),
        ("APNS : The service.", "APNS"),
        ("NEW: A new account.", "NEW"),
        ("alert – For a notification.", "alert"),
        ("IDLE", "IDLE"),
        ("gp3 (default)", "gp3"),
        ("The default is here.", None),
    ],
)
def test_the_head_of_a_bullet_is_its_value(text: str, value: str | None) -> None:
    assert head(text) == value


def test_broken_markup_is_recognised_and_nothing_else_is() -> None:
    assert broken_head("para>5 - Low priority") == "5"
    assert broken_head("/listitem> * 10 - High priority") == "10"
    assert broken_head("normal – The notification might be delayed.") is None
    assert broken_head("para> no value here") is None


def test_heads_want_a_value_in_every_bullet() -> None:
    good, bad = Prose("A1 - one", 1, "item", 1), Prose("or any other text", 2, "item", 1)
    assert heads((good, good)) == ("A1",)
    assert heads((good, bad)) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,024", 1024), ("64", 64), ("0.5", 0.5), ("-1", -1), ("604,800,", 604800), ("1,2", None)],
)
def test_a_number_is_read_with_its_separators(text: str, value: float | None) -> None:
    assert number(text) == value


@given(st.integers(-(10**12), 10**12))
def test_a_number_reads_back_however_it_is_grouped(value: int) -> None:
    assert number(f"{value:,}") == number(str(value)) == value


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.sampled_from([" to ", "-", " - ", "–"]))
def test_a_span_reads_back(low: int, width: int, join: str) -> None:
    high = low + width
    [found] = limits_in(f"valid range: {low}{join}{high}.")
    assert (found.minimum, found.maximum, found.form) == (low, high, "span")


@pytest.mark.parametrize(
    ("after", "counted"),
    [
        ("characters long", ("characters", 1)),
        ("utf-8 bytes across", ("bytes", 1)),
        ("kb of data", ("bytes", 1024)),
        ("unicode characters.", ("characters", 1)),
        ("seconds (7 days).", ("second", 1)),
        ("tags.", ("tags", 1)),
        ("and more", ("", 1)),
        ("", ("", 1)),
    ],
)
def test_the_words_after_a_number_say_what_it_counts(after: str, counted: tuple[str, int]) -> None:
    assert unit(after) == counted


def test_html_of_a_model_becomes_the_blocks_a_page_has() -> None:
    html = (
        "<p>The state. Valid values:</p><ul><li><p><code>ON</code> - It runs &amp; runs.</p></li>"
        "<li><code>OFF</code> - It rests.</li></ul><note><p>Only <code>ON</code> is supported.</p>"
        "</note>Loose text"
    )
    assert prose_from_html(html) == (
        Prose("The state. Valid values:", 0),
        Prose("ON - It runs & runs.", 0, "item", 1, ("ON",)),
        Prose("OFF - It rests.", 0, "item", 1, ("OFF",)),
        Prose("Only ON is supported.", 0, "note", 0, ("ON",)),
        Prose("Loose text", 0),
    )


def test_a_model_s_documentation_gives_the_rules_a_page_gives() -> None:
    html = "<p>The state. Valid values:</p><ul><li>ON - It runs.</li><li>OFF - It rests.</li></ul>"
    member = PageMember("State", "string", 0, prose=prose_from_html(html))
    [found] = find("start", (), (member,), ())
    assert (found.kind, found.value) == ("enum", ["ON", "OFF"])


@given(st.text(alphabet="<>/pulicode abc&;!-", max_size=120))
def test_broken_html_never_fails(html: str) -> None:
    assert all(block.text for block in prose_from_html(html))

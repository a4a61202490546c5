"""Text from strangers is shown with nothing invisible in it."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from aws_reports.visible import bounded, one_line, visible
from reports import anything

ANY_TEXT = st.text(st.characters(), max_size=40)  # lone surrogates too


def test_keeps_ordinary_text_of_every_script():
    text = "Größe 漢字 עברית 🙂 \n\t| `x` <b>"
    assert visible(text) == text


def test_names_control_and_direction_characters():
    assert visible("a\x1b[2Jb\u202ec\x00") == "a‹U+001B›[2Jb‹U+202E›c‹U+0000›"


def test_names_lone_surrogates_and_noncharacters():
    assert visible("\ud800\ufffe\U0010ffff\ufdd0") == "‹U+D800›‹U+FFFE›‹U+10FFFF›‹U+FDD0›"


def test_ends_lines_as_http_does_and_shows_a_bare_carriage_return():
    assert visible("a\r\nb\rc") == "a\nb‹U+000D›c"


@anything.ANY
@given(ANY_TEXT)
def test_nothing_invisible_is_left(text: str):
    left = {unicodedata.category(char) for char in visible(text) if char not in "\n\t"}
    assert not left & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@anything.ANY
@given(ANY_TEXT)
def test_showing_twice_is_showing_once(text: str):
    assert visible(visible(text)) == visible(text)


@anything.ANY
@given(ANY_TEXT)
def test_every_text_can_be_written_as_utf8(text: str):
    assert visible(text).encode("utf-8") or not text


@anything.ANY
@given(ANY_TEXT, st.integers(1, 30))
def test_one_line_is_one_short_line(text: str, limit: int):
    line = one_line(text, limit)
    assert "\n" not in line
    assert len(line) <= limit * 10 + 1


def test_says_how_much_was_left_out():
    assert bounded("x" * 12_345, 10) == "x" * 10 + "\n… 12,335 more characters"


def test_does_not_cut_what_fits():
    assert bounded("x" * 10, 10) == "x" * 10

"""Patterns in Java's words, how long their texts are, and texts of exactly a given length.

The oracles are Python's `re` for what a text is, and the `regex` library for classes of Unicode.
"""

from __future__ import annotations

import re

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from aws_strategies.dialect import translated
from aws_strategies.domain import Domain, oversized, sized
from aws_strategies.expression import backtracks, forbidden, proposals, widths
from aws_strategies.text import breaking, compiled, exactly, matching

LETTERS = "aZ0 _-.:/+=@!é\t\u0301日😀"

UNICODE = (
    r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)",
    r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+",
    r"[^\P{L}a-c]{1,5}",
    r"\p{Lu}\pL*",
    r"[\p{L}-_]+",
    r"\A[\p{L}||\p{N}]+\z",
)

READ = (
    ("[a-z]{2,5}", (2, 5)),
    ("(ab|cde)*x?", (0, 1 << 32)),
    (r"^arn:aws:\d{12}:role/.+$", (27, 1 << 32)),
    (r"(?=.{1,32}$)[a-zA-Z0-9](-*[a-zA-Z0-9])*", (1, 1 << 32)),
    (r"(?i:abc)(?>d|ef)g*+", (4, 1 << 32)),
    (r"[^a]?[^:*]{3}\b", (3, 4)),
    ("", (0, 0)),
)


@pytest.mark.parametrize("pattern", UNICODE)
@settings(deadline=None)
@given(text=st.text(LETTERS, max_size=6))
def test_classes_of_unicode_mean_what_another_library_says(pattern: str, text: str) -> None:
    own = re.fullmatch(translated(pattern), text) is not None

    assert own is (regex.fullmatch(pattern.replace(r"\z", r"\Z"), text) is not None)


@pytest.mark.parametrize("pattern", UNICODE)
@settings(deadline=None)
@given(text=st.text("aZ0 _-.:/+=@!", max_size=6))
def test_ascii_alone_is_enough_for_ascii_texts(pattern: str, text: str) -> None:
    plain = re.fullmatch(translated(pattern, last=0x7F), text)

    assert (plain is None) is (re.fullmatch(translated(pattern), text) is None)


def test_pattern_that_python_reads_is_left_alone() -> None:
    assert translated(r"[a-z&b]\w-[\]]") == r"[a-z&b]\w-[\]]"


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        (r"[\p{Print}]+", "a b~", "a\tb"),
        (r"[\w-_]+", "a-_", "a b"),
        (r"[\uD800\uDC00-\uDBFF\uDFFF\p{L}]+", "a😀", "a!"),
        (r"a\-b[\d-.]\p{Upper}", "a-b-A", "a-b-a"),
        (r"\P{L}", "1", "a"),
        (r"[\x{60}'\x{0022}]+", "`\"'", "x"),
        (r"(\p{LD}|\p{Punct})+", "aß1!", "a 1"),
        (r"[\p{L}&|~]+", "a&|~", "a-"),
    ],
)
def test_javas_words_are_understood(pattern: str, yes: str, no: str) -> None:
    found = compiled(pattern)

    assert found is not None
    assert found.fullmatch(yes)
    assert not found.fullmatch(no)


@pytest.mark.parametrize("pattern", [r"[\p{L}&&[^a]]", r"\p{Odd}", r"\P{Alnum}", r"(?!(?i)A)b"])
def test_what_would_be_guessed_at_is_not_read(pattern: str) -> None:
    assert compiled(pattern) is None
    assert widths(pattern) is None
    assert forbidden(pattern) == ""
    assert exactly(pattern, 3) is None


@pytest.mark.parametrize(("pattern", "span"), READ)
def test_widths_are_those_of_the_texts(pattern: str, span: tuple[int, int]) -> None:
    assert widths(pattern) == span


@pytest.mark.parametrize(("pattern", "span"), READ)
@given(more=st.integers(0, 300))
def test_text_is_made_of_any_length_within_the_widths(
    pattern: str, span: tuple[int, int], more: int
) -> None:
    length = min(span[0] + more, span[1], 32)
    made = list(proposals(pattern, length))

    assert all(len(text) == length for text in made)
    assert length == 1 or any(re.fullmatch(pattern, text) for text in made)


def test_no_text_is_made_of_a_length_that_the_pattern_does_not_have() -> None:
    assert list(proposals("[a-z]{2,5}", 6)) == []
    assert list(proposals("(ab)*", 3)) == []
    assert list(proposals("(ab|cde)(fg)?", 8)) == []
    assert list(proposals(r"(a)\1", 2)) == []
    assert exactly("(?!a)[a-b]", 1) is not None
    assert exactly("(?!x)x", 1) is None


def test_length_is_shared_out_among_the_parts() -> None:
    assert exactly("[a]{2,3}-[b]{0,2}", 6) == "aaa-bb"
    assert exactly("(ab|cde){2}", 5) in ("abcde", "cdeab")
    assert len(exactly(r"([a-z]{1,3}\.){2,}com", 30) or "") == 30


def test_letters_beyond_ascii_are_found_where_nothing_else_fits() -> None:
    assert matching(r"[\u0800-\u0805]{2}", 0, 9) == "\u0800" * 2
    assert widths(r"[^\s\S]") is None


@pytest.mark.parametrize("pattern", [r"(.[0-9a-z]{2,4})+", r"([a-z]+)*", r"(\w+_?)+"])
def test_what_may_be_told_apart_in_many_ways_is_known(pattern: str) -> None:
    assert backtracks(pattern)
    assert list(proposals(pattern, 200)) == []
    assert sized(Domain(patterns=(pattern,)), "A", 200) in (None, "x" * 200)


@pytest.mark.parametrize("pattern", ["[a-z]+", "(-*[a-z]){0,31}", r"([a-z]+\.)*", "(ab){3}c*", "["])
def test_what_is_told_apart_in_one_way_is_not_feared(pattern: str) -> None:
    assert not backtracks(pattern)


def test_letters_that_a_pattern_names_break_it() -> None:
    assert forbidden(r"[^:*]*(a|[^;\n]+)x{2}[^b]?(?:c)*?") == ":*;b"
    assert breaking("[^:*]+", "abc", 1, 9, lambda text: True) == (":::", True)
    assert breaking("[^:]*", "abc", 1, 9, lambda text: True) == (":::", False)
    assert breaking(r"[^\x00-\x1f]+", "abc", 1, 9, lambda text: True) is not None
    assert breaking(r"[ -\uffff]+", "abc", 1, 9, lambda text: True, "\x01") is not None


def test_text_beyond_a_limit_is_of_a_length_the_pattern_has() -> None:
    quads = Domain(patterns=("(?:[a-z]{4})*",), max_length=16)

    assert oversized(quads, "A", 17) is None
    assert len(oversized(quads, "A", 20) or "") == 20

"""What the emulator tells of a pattern without running it, against Hypothesis's own reading."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aws_conformance.emulator.patterns import facts, samples

READ = [
    "",
    "abc",
    "[a-z]{3}",
    "[a-zA-Z0-9_-]+",
    "a|bc|def",
    "(?:ab){2,4}c?",
    r"\d{12}",
    r"^arn:[a-z0-9-\.]{1,63}:[^/].{0,1023}$",
    r"[\w+=,.@-]*",
    "[^\\s]{2,}",
    r"[]a]x",
    "(a|b(c|d)*)?e{2}",
    r"(?P<name>x)y*?",
    r"\x41\.\-[\u0020-\u00ff]{1,3}",
]


@pytest.mark.parametrize("pattern", READ)
@settings(max_examples=60)
@given(data=st.data())
def test_no_match_is_shorter_or_longer_than_the_widths(pattern: str, data: st.DataObject) -> None:
    known = facts(pattern)
    assert known is not None
    drawn = data.draw(st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True))
    text = drawn.removesuffix("\n") if pattern.endswith("$") else drawn
    assert known.least <= len(text)
    assert known.most is None or len(text) <= known.most


@pytest.mark.parametrize("pattern", READ)
def test_every_sample_matches(pattern: str) -> None:
    found = list(samples(pattern))
    assert found
    assert all(re.fullmatch(pattern, text) for text in found)


def test_samples_grow_where_the_pattern_lets_them() -> None:
    assert {len(text) for text in samples("mem-[a-z]*")} >= {4, 44, 68}
    assert {len(text) for text in samples("[a-z]{2,5}")} == {2, 4, 5}


@pytest.mark.parametrize(
    "pattern",
    [r"(?=a)b", r"(a)\1", "*a", "(a", "[a", "a)", "(?i)a", "a{99999}", "(a{4000}){4000}", "("],
)
def test_what_it_cannot_read_is_unknown(pattern: str) -> None:
    assert facts(pattern) is None
    assert list(samples(pattern)) == []

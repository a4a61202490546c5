"""Patterns in Java's spelling, as the emulator understands them."""

from __future__ import annotations

import pytest

from aws_conformance.emulator.dialects import compiled


@pytest.mark.parametrize(
    ("pattern", "fitting", "other"),
    [
        (r"[a-z]+", "abc", "ABC"),
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "Ünï 1/=", "a;"),
        (r"\p{Lu}\P{Lu}+", "Äbc", "abc"),
        (r"\pL+", "éa", "1"),
        (r"[^\p{Cc}]+", "a b", "a\tb"),
        (r"[\P{M}\p{M}]*", "anything", None),
        (r"\p{ASCII}+", "~ ", "é"),
        (r"[\p{Alnum}_-]+", "a_-1", "a b"),
        (r"\A\p{XDigit}{2}\z", "fF", "fG"),
        (r"[\w-_]+", "a-_", "a."),
        (r"[\x{0022}a]+", '"a', "b"),
        ("[\\u0020-\\uD7FF\\uD800\\uDC00-\\uDBFF\\uDFFF]+", "a\U0001f600", "\t"),
        (r"[\p{L}||~[]+", "a|~[", "]"),
    ],
)
def test_a_pattern_means_what_java_means(pattern: str, fitting: str, other: str | None) -> None:
    known = compiled(pattern)
    assert known is not None
    assert known.fullmatch(fitting)
    assert other is None or not known.fullmatch(other)


@pytest.mark.parametrize("pattern", [r"[\p{Print}&&[^|:/]]+", r"\p{Nothing}", "(", r"a\p{L}{1}{2}"])
def test_what_is_not_understood_is_not_enforced(pattern: str) -> None:
    assert compiled(pattern) is None

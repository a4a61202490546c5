"""Texts: values of a format, matches of a pattern, texts of a length, and what breaks them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_strategies.domain import Domain, domain_of, oversized, sized, text
from aws_strategies.leaves import leaf
from aws_strategies.text import (
    FORMATS,
    breaking,
    hint,
    hinted,
    matches,
    matching,
    mismatches,
    of_format,
    pump,
)
from strategies.specs import rule, scalar


def _any(value: str) -> bool:
    return True


# ---------------------------------------------------------------- formats


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_sample_of_a_format_is_of_it(name: str) -> None:
    assert of_format(FORMATS[name], name) is not False


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("arn", "arn:aws"), ("base64", "YQ="), ("date-time", "yesterday"), ("e.164", "0123"),
        ("email", "nobody"), ("epoch", "now"), ("json", "nonsense"), ("url", "example.com"),
        ("uri", "example.com"), ("uuid", "0f8fad5b"), ("iso8601", "5 o'clock"),
    ],
)  # fmt: skip
def test_text_of_no_format_is_told_apart(name: str, wrong: str) -> None:
    assert of_format(wrong, name) is False


def test_format_that_nobody_knows_cannot_be_decided() -> None:
    assert of_format("x", "poem") is None


def test_names_suggest_formats() -> None:
    assert hint("QueueUrl") == "url"
    assert hinted("RoleArn") == FORMATS["arn"]
    assert hint("Colour") is None
    assert hinted("Colour") is None


# ---------------------------------------------------------------- patterns


@pytest.mark.parametrize(
    ("pattern", "low", "high"),
    [
        ("[a-z]+", 1, 5),
        ("[a-z]{3}-[0-9]{4}", 1, 50),
        (r"arn:aws:appsync:[a-z0-9-]{0,20}:\d{12}:apis/[0-9a-z]{26}", 70, 75),
        (r"-----BEGIN KEY-----\r?\n[a-z]+\r?\n-----END KEY-----", 1, 500),
        ("(?s).*", 3, 10),
        ("[é]{2}", 1, 5),
        ("[a-z]{0,10}|[0-9]{20}", 20, 20),
    ],
)
def test_match_is_found_within_the_lengths(pattern: str, low: int, high: int) -> None:
    found = matching(pattern, low, high)

    assert found is not None
    assert low <= len(found) <= high
    assert re.fullmatch(pattern, found)


def test_match_that_does_not_exist_is_none() -> None:
    assert matching("[a-z]{3}", 5, 9) is None
    assert matching("(?=a)b", 1, 9) is None
    assert matching(r"\p{Odd}+", 1, 9) is None


def test_pattern_nobody_can_read_matches_everything_and_is_broken_by_nothing() -> None:
    assert matches(r"\p{Odd}", "!")
    assert not mismatches(r"\p{Odd}", "!")
    assert breaking(r"\p{Odd}", "a", 0, 5, _any) is None
    assert pump(r"\p{Odd}", "a", 5) is None


@given(st.integers(1, 60))
def test_stretched_match_has_the_length(length: int) -> None:
    found = pump("a[bc]*d?", "ab", length)

    assert found is None or (len(found) == length and re.fullmatch("a[bc]*d?", found))
    assert (found is None) == (length < 2)


def test_text_that_cannot_be_stretched_is_none() -> None:
    assert pump("[a-z]{3}", "abc", 5) is None


@pytest.mark.parametrize("pattern", ["[a-z]+", "[A-Z]{2}[0-9]+", r"\S+", "[^!]*", "a|b"])
def test_mismatch_breaks_the_pattern_as_surely_as_it_says(pattern: str) -> None:
    valid = matching(pattern, 1, 10) or ""
    found = breaking(pattern, valid, 1, 10, _any)

    assert found is not None
    value, certain = found
    assert not re.fullmatch(pattern, value)
    assert (re.search(pattern, value) is None) or not certain
    assert 1 <= len(value) <= 10


def test_mismatch_that_keeps_other_rules_comes_first() -> None:
    found = breaking("ab:[a-z]{2}", "ab:cd", 0, 20, lambda value: value.startswith("ab:"))

    assert found is not None
    assert found[0].startswith("ab:")


def test_pattern_of_everything_is_not_broken() -> None:
    assert breaking(r"[\s\S]*", "a", 0, 10, _any) is None


def test_pattern_that_backtracks_is_broken_at_once() -> None:
    found = breaking("[a-z](?:-?[a-z0-9]+){0,15}", "dbcapacityreservationidentifier", 1, 63, _any)

    assert found is not None
    assert found[1]


# ---------------------------------------------------------------- domains


def test_domain_keeps_every_statement_of_every_rule() -> None:
    domain = domain_of(
        (
            rule("A", "length", {"min": 1, "max": 9}, {"min": 3, "max": 20}),
            rule("A", "length", {"max": 8, "unit": "bytes"}),
            rule("A", "enum", ["X", "Y"], ["Y", "Z"]),
            rule("A", "range", {"min": 1}, {"min": 2, "max": 5}),
            rule("A", "items", {"min": 1, "max": 4}, {"max": 3}),
            rule("A", "recommended", "uuid"),
            rule("A", "recommended", "be nice"),
            rule("A", "idempotency", {}),
        )
    )

    assert (domain.min_length, domain.max_length, domain.max_bytes) == (3, 9, 8)
    assert domain.values == ("Y",)
    assert (domain.low, domain.high) == (2, 5)
    assert (domain.min_items, domain.max_items) == (1, 3)
    assert domain.formats == ("uuid",)
    assert domain.longest == 8
    assert domain.shortest == 3


def test_statements_without_a_common_value_leave_the_first() -> None:
    assert domain_of((rule("A", "enum", ["X"], ["Y"]),)).values == ("X",)


def test_total_says_nothing_of_one_value_and_unsupported_values_narrow() -> None:
    assert domain_of((rule("A", "length", {"max": 5, "total": True}),)) == Domain()
    assert domain_of((rule("A", "unsupported", {"supported": ["X"]}),)).values == ("X",)
    assert domain_of((rule("A", "unsupported", {"supported": []}),)).unsupported


def test_typical_text_is_readable() -> None:
    assert text(Domain(), "Colour") == "colour"
    assert text(Domain(max_length=3), "Colour") == "col"
    assert text(Domain(min_length=8), "Colour") == "colourxx"
    assert text(Domain(values=("X", "Y")), "Colour") == "X"
    assert text(Domain(formats=("uuid",)), "Colour") == FORMATS["uuid"]
    assert text(Domain(patterns=("[0-9]{4}",)), "Colour") is not None
    assert text(Domain(patterns=("[0-9]{4}",), min_length=9), "Colour") is None
    assert text(Domain(values=("abc",), max_length=1), "Colour") is None


@given(st.integers(0, 40))
def test_sized_text_has_the_size(length: int) -> None:
    assert len(sized(Domain(), "A", length) or "") == length
    assert len(sized(Domain(patterns=("[0-9]*",)), "A", length) or "") == length


def test_text_of_a_size_that_cannot_be() -> None:
    assert sized(Domain(values=("a",)), "A", 1) is None
    assert sized(Domain(), "A", 1 << 30) is None
    assert sized(Domain(min_length=1), "A", 0) is None
    assert sized(Domain(patterns=("[0-9]{4}",)), "A", 5) is None
    assert sized(Domain(patterns=("[0-9]{4}",), formats=("uuid",)), "A", 5) is None


def test_oversized_text_breaks_the_length_alone() -> None:
    assert oversized(Domain(max_length=3), "A", 4) == "xxxx"
    assert oversized(Domain(max_length=3, patterns=("[0-9]{1,3}",)), "A", 4) is None


# ---------------------------------------------------------------- strategies for leaves


def _leaf(domain: Domain, typical: str = "typical", member: str = "A") -> st.SearchStrategy[str]:
    return leaf(scalar(), domain, typical, member=member, ascii_only=False)


@pytest.mark.parametrize(
    "domain",
    [
        Domain(min_length=3, max_length=7),
        Domain(patterns=("[0-9]{3,9}",), max_length=5),
        Domain(patterns=("[0-9]+",), min_length=20),
        Domain(max_bytes=4),
        Domain(formats=("email",), max_length=18),
        Domain(formats=("cidr",)),
        Domain(values=("X", "much too long"), max_length=3),
        Domain(patterns=(r"[\p{L}]+",), max_length=5),
        *(Domain(formats=(name,)) for name in sorted(FORMATS)),
    ],
)
def test_drawn_text_is_allowed(domain: Domain) -> None:
    typical = text(domain, "A")
    assert typical is not None

    @given(_leaf(domain, typical))
    def check(value: str) -> None:
        assert domain.allows(value)

    check()


def test_text_gives_way_to_the_typical_one() -> None:
    @given(_leaf(Domain(patterns=("(?=a)b|abc",)), "abc"))
    def check(value: str) -> None:
        assert value == "abc"

    check()


@pytest.mark.parametrize("shape", [scalar(json=True), scalar()])
def test_text_that_carries_json_stays_typical(shape: object) -> None:
    domain = Domain(json_keys=() if shape == scalar(json=True) else ("a",))

    @given(leaf(shape, domain, '{"a": 1}', member="A", ascii_only=False))  # type: ignore[arg-type]
    def check(value: str) -> None:
        assert value == '{"a": 1}'

    check()


@pytest.mark.parametrize(
    ("domain", "low", "high"),
    [
        (Domain(), 1, 1001),
        (Domain(low=5), 5, 1005),
        (Domain(high=3), 1, 3),
        (Domain(high=-3), -3, -3),
        (Domain(low=0, high=1 << 40), 0, (1 << 31) - 1),
        (Domain(low=1 << 32, high=1 << 33), 1 << 32, 1 << 33),
    ],
)
def test_numbers_stay_in_range(domain: Domain, low: int, high: int) -> None:
    for type_ in ("integer", "float"):

        @given(leaf(scalar(type_), domain, 1, member="A", ascii_only=False))  # type: ignore[arg-type]
        def check(value: float) -> None:
            assert low <= value <= high

        check()

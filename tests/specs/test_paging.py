"""How operations are paged, read from the SDK's paginators and from names, and followed as it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import PaginationError
from botocore.paginate import Paginator
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from aws_specs import pagination as reading
from aws_specs import sdk
from aws_specs.catalog import load
from aws_specs.extract import extract
from aws_specs.from_model import operation_from_model
from aws_specs.generated import page as generated_page
from aws_specs.pagination import Page, Pagination, Token, page, pagination, rules
from aws_specs.spec import ErrorShape, ModelSource, Operation, PageSource


def of(name: str) -> Pagination:
    found = pagination(load(name))
    assert found is not None, name
    return found


# ---------------------------------------------------------------- which operations


def test_the_sdks_paginators_are_read_as_they_stand() -> None:
    found = of("kms.ListKeys")
    assert found.tokens == (Token("Marker", "NextMarker"),)
    assert (found.results, found.limit, found.more) == (("Keys",), "Limit", "Truncated")
    assert isinstance(found.source, ModelSource)
    assert found.source.trait == "pagination"
    several = of("s3.ListObjectVersions")
    assert [token.member for token in several.tokens] == ["KeyMarker", "VersionIdMarker"]
    assert several.results == ("Versions", "DeleteMarkers", "CommonPrefixes")


def test_expressions_are_kept() -> None:
    assert of("s3.ListObjects").tokens == (Token("Marker", "NextMarker || Contents[-1].Key"),)
    assert of("cloudfront.ListDistributions").results == ("DistributionList.Items",)


def test_counts_are_no_items() -> None:
    assert of("dynamodb.Query").results == ("Items",)


def test_names_say_it_where_there_is_no_paginator() -> None:
    found = of("pinpoint.GetApps")
    assert not found.known
    assert found.tokens == (Token("Token", "ApplicationsResponse.NextToken"),)
    assert (found.results, found.limit) == (("ApplicationsResponse.Item",), "PageSize")
    assert {rule.confidence for rule in rules(load("pinpoint.GetApps"))} == {0.8}


@pytest.mark.parametrize(
    "name",
    ["sqs.CreateQueue", "sqs.ReceiveMessage", "kinesis.GetRecords", "logs.GetLogEvents",
     "rds.DownloadDBLogFilePortion", "connect.CreateContact", "iam.GetUser"],
)  # fmt: skip
def test_other_operations_are_not_paged(name: str) -> None:
    assert pagination(load(name)) is None
    assert rules(load(name)) == ()


def _none(service: str) -> dict[str, Any]:
    return {}


@pytest.mark.parametrize("service", ["iam", "kms", "lambda", "logs", "secretsmanager"])
def test_names_agree_with_the_sdks_paginators(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    operations = [operation_from_model(service, name) for name in sdk.operation_names(service)]
    stated = {op.name: found for op in operations if (found := pagination(op)) and found.known}
    monkeypatch.setattr(reading, "_paginators", _none)
    named = {op.name: found for op in operations if (found := pagination(op))}
    both = stated.keys() & named.keys()
    assert len(both) >= 0.6 * len(stated)
    assert {n: (named[n].tokens, named[n].results) for n in both} == {
        n: (stated[n].tokens, stated[n].results) for n in both
    }


def test_a_page_says_where_its_limit_is_described() -> None:
    operation = extract(generated_page("kms", "ListKeys"), file="pages/kms/list_keys.rst")
    by_id = {rule.id: rule for rule in rules(operation)}
    source = by_id["kms.ListKeys/pagination/limit"].source
    assert isinstance(source, PageSource)
    assert source.sentence == "Use this parameter to specify the maximum number of items to return."
    assert source.line > 1
    token = by_id["kms.ListKeys/pagination/token"].source
    assert isinstance(token, PageSource)
    assert token.sentence == "InvalidMarkerException"


def test_a_service_that_the_sdk_does_not_know_is_read_by_names() -> None:
    known = load("kms.ListKeys")
    unknown = replace(known, service="nobody", errors=())
    found = pagination(unknown)
    assert found is not None
    assert not found.known
    assert found.tokens == (Token("Marker", "NextMarker"),)


# ---------------------------------------------------------------- limits and errors


@pytest.mark.parametrize(
    ("member", "text", "expected"),
    [
        ("MaxResults", "", True),
        ("MaxResults", "The number of results to return.", True),
        ("Limit", "The maximum number of items to return.", True),
        ("PageSize", "The number of objects returned in a single page.", False),
        ("limit", "Up to 50 items are returned.", True),
        ("MaxDatapoints", "The maximum number of data points.", False),
        ("MaxResults", "The maximum number of items. This is an approximate number.", False),
        ("MaxItems", "The maximum number. It is set to 10, and other values are ignored.", False),
        ("MaxResults", "The maximum. It is for future use and not supported currently.", False),
        ("PageSize", "The maximum number. It is not supported for metrics.", True),
        ("Limit", "The maximum number. This parameter is ignored when an ID is given.", True),
        ("NumberOfLines", "The maximum number of lines.", False),
    ],
)
def test_a_limit_is_a_maximum_where_it_says_so(member: str, text: str, expected: bool) -> None:
    assert reading.is_maximum(member, text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Default: 100 Constraints: Minimum 20, maximum 100.", 20),
        ("This value can be between 5 and 1000.", 5),
        ("Valid values: 1-100", 1),
        ("The maximum number of items.", 1),
        ("Must be greater than or equal to 10.", 10),
        ("The minimum value is 0.", 1),
    ],
)
def test_the_smallest_limit_is_read(text: str, expected: int) -> None:
    assert reading.least(text) == expected


def test_the_models_range_wins_over_silence() -> None:
    assert of("ec2.DescribeVpcs").least == 5
    assert of("rds.DescribeDBInstances").least == 20


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("kms.ListKeys", ("InvalidMarkerException",)),
        ("secretsmanager.ListSecrets", ("InvalidNextTokenException",)),
        ("stepfunctions.ListActivities", ("InvalidToken",)),
        ("kinesis.ListShards", ("ExpiredNextTokenException",)),
        ("sqs.ListQueues", ()),
        ("dynamodb.ListTables", ()),
        ("iam.ListUsers", ()),
    ],
)
def test_errors_about_tokens_are_known_by_name_or_by_what_is_said(
    name: str, expected: tuple[str, ...]
) -> None:
    assert of(name).errors == expected


def test_an_error_about_expiry_alone_says_nothing_of_broken_tokens() -> None:
    operation = load("kinesis.ListShards")
    expiry = tuple(e for e in operation.errors if "Expired" in e.name)
    found = pagination(replace(operation, errors=expiry))
    assert found is not None
    assert found.errors == ()


def test_a_rule_that_nothing_states_is_not_checkable() -> None:
    by_part = {rule.id.rpartition("/")[2]: rule for rule in rules(load("dynamodb.ListImports"))}
    assert not by_part["limit"].checkable
    assert not by_part["token"].checkable
    assert by_part["join"].checkable


def test_tokens_are_told_from_other_members() -> None:
    assert reading.token_members(load("sqs.ListQueues")) == {"NextToken"}
    assert reading.token_members(load("sqs.CreateQueue")) == frozenset()


# ---------------------------------------------------------------- pages, as the SDK follows them


MODELS: list[dict[str, Any]] = [
    {"input_token": "Next", "output_token": "Next", "result_key": "Items"},
    {"input_token": "Next", "output_token": "Next", "result_key": "Items", "more_results": "More"},
    {"input_token": "Next", "output_token": "Next || Items[-1]", "result_key": "Items", "more_results": "More"},
    {"input_token": ["Next", "Also"], "output_token": ["Next", "Also"], "result_key": "Items"},
    {"input_token": "Next", "output_token": "In.Next", "result_key": "In.Items"},
]  # fmt: skip

_ANSWER = st.fixed_dictionaries(
    {},
    optional={
        "Items": st.lists(st.text("ab", min_size=1, max_size=2), max_size=3),
        "Next": st.sampled_from(["t1", "t2", "t3", "t4", ""]),
        "Also": st.sampled_from(["u1", "u2", ""]),
        "More": st.booleans(),
    },
)
_ANSWERS = st.lists(_ANSWER | st.fixed_dictionaries({"In": _ANSWER}), min_size=1, max_size=6)


class _Model:
    name = "ListThings"
    input_shape = None


def _both(model: dict[str, Any], answers: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return what the SDK's paginator and this module make of the same answers."""

    def fetch() -> tuple[list[Any], Callable[..., Any]]:
        asked: list[Any] = []

        def method(**params: Any) -> Any:
            asked.append(params)
            return answers[len(asked) - 1] if len(asked) <= len(answers) else {}

        return asked, method

    theirs, method = fetch()
    made: Any = Paginator(method, model, _Model())
    try:
        for _ in made.paginate():
            pass
    except PaginationError:
        theirs.append("repeats")
    return theirs, _ours(model, *fetch())


def _several(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def _ours(model: dict[str, Any], asked: list[Any], method: Callable[..., Any]) -> list[Any]:
    pairs = zip(_several(model["input_token"]), _several(model["output_token"]), strict=True)
    how = Pagination(
        tokens=tuple(Token(*pair) for pair in pairs),
        results=(model["result_key"],),
        more=model.get("more_results", ""),
        source=ModelSource("", "", ""),
    )
    before: Any = None
    found = page(how, method())
    while found.next is not None:
        if found.next == before:
            return [*asked, "repeats"]
        before = found.next
        found = page(how, method(**found.next))
    return asked


@given(st.sampled_from(MODELS), _ANSWERS)
def test_pages_are_followed_as_the_sdks_paginators_follow_them(
    model: dict[str, Any], answers: list[Any]
) -> None:
    theirs, ours = _both(model, answers)
    assert ours == theirs


def test_a_page_has_the_items_of_all_its_lists() -> None:
    how = Pagination(
        tokens=(Token("Next", "Next"),), results=("One", "Map"), source=ModelSource("", "", "")
    )
    found = page(how, {"One": [1, 2], "Map": {"a": 3}, "Next": "t"})
    assert found == Page(
        count=2, items=(1, 2, {"key": "a", "value": 3}), next={"Next": "t"}, more=None
    )
    assert page(how, {}) == Page(count=0, items=())


def test_errors_carry_their_code_on_the_wire() -> None:
    operation: Operation = load("kms.ListKeys")
    other = ErrorShape("InvalidMarkerException", "InvalidMarker", 400, ("model",))
    found = pagination(replace(operation, errors=(other,)))
    assert found is not None
    assert found.errors == ("InvalidMarker",)

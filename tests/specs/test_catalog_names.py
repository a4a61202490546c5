"""What names, services and globs stand for."""

from __future__ import annotations

import pytest

from aws_specs import catalog, sdk
from aws_specs.errors import UsageError

PAGES = ("connect.CreateContact", "connect.CreateParticipant",
         "connect.CreatePushNotificationRegistration")  # fmt: skip


def test_a_glob_means_the_operations_with_a_page_where_it_matches_some() -> None:
    assert catalog.resolve(["connect.*"]) == PAGES
    queues = [f"sqs.{name}" for name in sdk.operation_names("sqs") if name.endswith("Queue")]
    assert list(catalog.resolve(["sqs.*Queue"])) == queues


def test_the_name_of_a_service_stands_for_all_of_its_operations() -> None:
    found = catalog.resolve(["connect"])

    assert {f"connect.{name}" for name in sdk.operation_names("connect")} == set(found)
    assert found[:3] == PAGES
    assert len(catalog.resolve(["connect", "connect.*"])) == len(found)


def test_a_glob_that_leaves_operations_out_says_so() -> None:
    (line,) = catalog.overlooked(["connect.*", "connect", "connect.CreateContact", "sqs.*"])

    every = len(sdk.operation_names("connect"))
    assert line.startswith(
        f"connect.*: only the 3 operations that have a page are meant, of {every} "
    )
    assert list(catalog.overlooked(["connect.CreateC*ontact"])) == []


def test_a_name_near_a_service_gets_its_name() -> None:
    with pytest.raises(UsageError) as raised:
        catalog.resolve(["conect"])
    assert "connect" in raised.value.hint

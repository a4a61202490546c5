"""`aws-conformance specs build`: whole services, two ways."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aws_conformance.cli import main
from aws_conformance.cli.build import one_service
from aws_specs import agree, store


def call(*args: str) -> Result:
    return CliRunner().invoke(main, ["specs", "build", *args])


@pytest.fixture(autouse=True)
def in_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_prints_what_was_counted_and_that_all_is_explained() -> None:
    result = call("sqs", "--cache", "cache")
    assert result.exit_code == 0
    head, line, agreed, end = result.stdout.splitlines()
    counted = dict(zip(head.split("\t"), line.split("\t"), strict=True))
    assert counted["service"] == "sqs"
    assert (counted["operations"], counted["unexplained"]) == ("23", "0")
    assert agreed == "page and model agree on everything"
    assert end.startswith("23 operations in ")


def test_names_the_classes_of_differences_and_services_counted_once() -> None:
    result = call("glacier", "pinpoint-sms-voice", "sms-voice", "--cache", "cache", "--jobs", "2")
    assert result.exit_code == 0
    assert "\tfilled-in-by-the-sdk\tThe SDK sets" in result.stdout
    assert "sms-voice is pinpoint-sms-voice under another name" in result.stdout
    whole = next(row for row in result.stdout.splitlines() if row.startswith("all\t"))
    assert whole.split("\t")[1] == str(33 + 8)


def test_writes_spec_files_that_read_back() -> None:
    assert call("sns", "--cache", "cache", "-o", "specs").exit_code == 0
    written = sorted(Path("specs/sns").glob("*.json"))
    assert Path("specs/sns/Publish.json") in written
    for path in written:
        assert store.parse(path.read_bytes()).id == f"sns.{path.stem}"


def test_is_exit_1_when_a_difference_is_unexplained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agree, "CLASSES", ())
    result = call("glacier", "--cache", "cache")
    assert result.exit_code == 1
    assert "unexplained: glacier." in result.stdout
    assert ", 0 unexplained" not in result.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "SERVICE..., --all, or --pages"),
        (["sqs", "--all"], "SERVICE..., --all, or --pages"),
        (["sqs", "--check"], "--check goes with --pages"),
        (["sqs", "--pages"], "--pages takes no services"),
        (["sqz"], "Did you mean 'sqs'?"),
        (["sqs", "--jobs", "0"], "--jobs"),
    ],
)
def test_bad_usage_is_exit_2(args: list[str], said: str) -> None:
    result = call(*args)
    assert result.exit_code == 2
    assert said in result.stderr


def test_one_service_is_built_alone(tmp_path: Path) -> None:
    tally = one_service("sns", output=None, cache=str(tmp_path))
    assert tally.client == "SNS"
    assert tally.unexplained == ()

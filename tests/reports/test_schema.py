"""The results file: published schema, round trip, and what is said of any other file."""

import json
from pathlib import Path

import jsonschema
import msgspec
import pytest
from hypothesis import given

from aws_reports.results import Results
from aws_reports.schema import (
    ResultsError,
    dump_results,
    load_results,
    parse_results,
    published_schema,
    schema_text,
)
from aws_specs.errors import UsageError
from reports import anything, runs

VALIDATOR = jsonschema.Draft202012Validator(published_schema())
KEYS = {
    "case", "operation", "rule", "kind", "member", "verdict", "reason", "expected", "observed",
    "source",
}  # fmt: skip


def test_published_schema_is_what_the_types_say_now():
    assert json.loads(schema_text()) == published_schema(), (
        "run: python -m aws_reports.publish > reports/aws_reports/results.schema.json"
    )


def test_published_schema_is_a_json_schema():
    jsonschema.Draft202012Validator.check_schema(published_schema())


@pytest.mark.parametrize("run", [runs.realistic(), runs.conforming(), runs.undecided()])
def test_written_results_satisfy_the_published_schema(run: Results):
    VALIDATOR.validate(json.loads(dump_results(run)))


@anything.ANY
@given(anything.runs(anything.UTF8))
def test_results_come_back_as_they_were_written(run: Results):
    written = dump_results(run)
    assert parse_results(written) == run
    assert dump_results(parse_results(written)) == written


@anything.ANY
@given(anything.runs())
def test_any_results_can_be_written_and_satisfy_the_schema(run: Results):
    written = dump_results(run)
    VALIDATOR.validate(json.loads(written))
    assert len(parse_results(written).verdicts) == len(run.verdicts)


@anything.ANY
@given(anything.runs())
def test_lone_surrogates_are_written_as_their_escape(run: Results):
    assert b"\\ud800" not in dump_results(run).replace(b"\\\\ud800", b"")


def test_every_verdict_has_the_promised_keys():
    document = json.loads(dump_results(runs.realistic()))
    assert document["version"] == 1
    assert all(document["verdicts"])
    assert all(verdict.keys() >= KEYS for verdict in document["verdicts"])


def test_same_results_give_the_same_bytes():
    assert dump_results(runs.realistic()) == dump_results(runs.realistic())


def test_numbers_beyond_64_bits_survive():
    verdict = runs.verdict(runs.CONTACT, 0, "fail", fault="huge", new=2**70)
    run = msgspec.structs.replace(runs.realistic(), verdicts=(verdict,))
    assert parse_results(dump_results(run)).verdicts[0].new == 2**70


def write(folder: Path, data: bytes) -> Path:
    path = folder / "x.json"
    path.write_bytes(data)
    return path


def broken(**changes: object) -> bytes:
    return json.dumps({**json.loads(dump_results(runs.conforming())), **changes}).encode()


@pytest.mark.parametrize(
    ("data", "says", "advises"),
    [
        (b"", "the file is empty", "run -o DIR"),
        (b"  \n", "the file is empty", "run -o DIR"),
        (b"<!doctype html>", "not JSON", "looks like a rendered report"),
        (b'{"a":1}\n{"a":2}\n', "not JSON", "journal"),
        (b'{"verdicts": [', "not JSON", "run -o DIR"),
        (b"\xff\xfe", "not JSON", "run -o DIR"),
        (b"[" * 100_000, "not JSON", "run -o DIR"),
        (b"[]", "not a results file", "run -o DIR"),
        (b'{"openapi":"3.1.0"}', "not a results file", "run -o DIR"),
        (broken(version=2), "results of version 2", "Upgrade"),
        (broken(version="1"), "results of version '1'", "run -o DIR"),
        (broken(version=None), "does not say its `version`", "run -o DIR"),
        (broken(version=True), "results of version True", "run -o DIR"),
        (broken(verdicts=[{}]), "$.verdicts[0]", "run -o DIR"),
        (broken(seed="one"), "$.seed", "run -o DIR"),
    ],
)
def test_any_other_file_is_refused_with_what_where_and_what_to_do(
    tmp_path: Path, data: bytes, says: str, advises: str
):
    path = write(tmp_path, data)
    with pytest.raises(ResultsError) as caught:
        load_results(path)
    assert caught.value.message.startswith(f"{path}: ")
    assert says in caught.value.message
    assert advises in caught.value.hint
    assert isinstance(caught.value, UsageError)
    assert caught.value.code == "results"
    assert caught.value.file == str(path)


def test_missing_file_and_folder_are_told_apart(tmp_path: Path):
    with pytest.raises(ResultsError, match="no such file"):
        load_results(tmp_path / "none.json")
    with pytest.raises(ResultsError, match="a folder") as caught:
        load_results(tmp_path)
    assert str(tmp_path / "results.json") in caught.value.hint


def test_reads_what_was_written(tmp_path: Path):
    path = write(tmp_path, dump_results(runs.realistic()))
    assert load_results(path) == runs.realistic()
    assert load_results(str(path)) == runs.realistic()

"""The matrix of errors: what came for each cause, and what a boto3 user would catch."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config
from hypothesis import given
from msgspec.structs import replace

from aws_reports import matrix_text
from aws_reports.matrix import exception, matrix
from aws_reports.results import Results
from reports import anything, runs


def one(observed: str, **fields: object) -> Results:
    """Return a run with one verdict on a broken enum, answered in that way."""
    made = replace(
        runs.verdict(runs.CONTACT, 0),
        observed=observed,
        **{
            "case_kind": "invalid",
            "expected": "an error: InvalidRequestException (400)",
            "kind": "enum",
            "verdict": "pass",
            "reason": "refused",
            **fields,
        },
    )
    return replace(runs.realistic(), verdicts=(made,))


def test_a_cause_stands_beside_what_is_documented_and_what_came() -> None:
    cell = matrix(one("400 InvalidRequestException"))[0]
    assert (cell.operation, cell.cause) == (runs.CONTACT, "enum")
    assert cell.documented == "InvalidRequestException (400)"
    assert (cell.status, cell.code) == (400, "InvalidRequestException")
    assert cell.wire == "as the protocol has it"
    assert cell.caught == "client.exceptions.InvalidRequestException"
    assert (cell.answers, cell.verdict) == (1, "pass")


def test_the_right_status_with_the_wrong_exception_is_caught_by_another_name() -> None:
    failed = one("400 LimitExceededException", verdict="fail", reason="wrong-error")
    cell = matrix(failed)[0]
    assert (cell.status, cell.caught) == (400, "client.exceptions.LimitExceededException")
    assert (cell.verdict, cell.reason) == ("fail", "wrong-error")


@pytest.mark.parametrize(
    ("observed", "reason", "code", "status", "caught"),
    [
        ("400 UnheardOfException", "wrong-error", "UnheardOfException", 400, "ClientError"),
        ("400 (no error code)", "error-shape", "", 400, "ClientError"),
        ("no answer (hangup)", "no-response", "", 0, "ConnectionClosedError"),
        ("no answer (timeout)", "no-response", "", 0, "ReadTimeoutError"),
        ("200 success", "accepted-invalid", "", 200, ""),
    ],
)
def test_what_is_no_documented_error_is_told_apart(
    observed: str, reason: str, code: str, status: int, caught: str
) -> None:
    cell = matrix(one(observed, verdict="fail", reason=reason))[0]
    assert (cell.code, cell.status, cell.caught) == (code, status, caught)


@pytest.mark.parametrize(
    ("observed", "words", "listed", "wire"),
    [
        ("400 InvalidRequestException", "InvalidRequestException", "operation", "as the protocol has it"),
        ("400 ContactNotFoundException", "ContactNotFoundException", "service-wide", "as the protocol has it"),
        ("400 ValidationException", "ValidationException", "AWS-common", "as the protocol has it"),
        ("400 UnheardOfException", "UnheardOfException", "none", "as the protocol has it"),
        ("400 (no error code)", "(no error code)", "", "as the protocol has it"),
        ("200 success", "accepted", "", ""),
        ("no answer (timeout)", "no answer: timeout", "", "nothing"),
    ],
)  # fmt: skip
def test_a_cell_says_in_words_what_came_and_on_which_list_it_stands(
    observed: str, words: str, listed: str, wire: str
) -> None:
    cell = matrix(one(observed, verdict="fail", reason="wrong-error"))[0]
    assert (cell.observed, cell.listed, cell.wire) == (words, listed, wire)


@pytest.mark.parametrize(
    ("code", "cause", "documented"),
    [
        ("ResourceNotFoundException", "not-found", "ResourceNotFoundException"),
        ("ThrottlingException", "throttled", "ThrottlingException"),
        ("AccessDeniedException", "denied", "AccessDeniedException"),
        ("ServiceQuotaExceededException", "quota", "ServiceQuotaExceededException"),
        ("ConflictException", "conflict", "ConflictException"),
    ],
)
def test_a_valid_request_may_be_answered_for_a_state_of_the_target(
    code: str, cause: str, documented: str
) -> None:
    state = one(f"400 {code}", case_kind="valid", verdict="inconclusive", reason="needs-state",
                expected="a success with status 200")  # fmt: skip
    cell = matrix(state)[0]
    assert (cell.cause, cell.code) == (cause, code)
    assert documented in cell.documented or (cell.documented == "" and cell.listed != "operation")


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        ("exists", "not-found"),
        ("idempotency", "conflict"),
        ("protocol", "malformed"),
        ("length", "length"),
    ],
)
def test_causes_have_the_names_of_what_they_are(kind: str, cause: str) -> None:
    assert matrix(one("400 SomeException", kind=kind))[0].cause == cause


def test_the_same_answers_to_the_same_cause_are_one_cell() -> None:
    results = one("400 InvalidRequestException")
    twice = replace(results, verdicts=results.verdicts * 2)
    assert [cell.answers for cell in matrix(twice) if cell.answers] == [2]


def test_an_error_that_nothing_brings_about_has_a_cell_that_says_why() -> None:
    results = one("400 InvalidRequestException")
    first = next(o for o in results.operations if o.operation == runs.CONTACT)
    rule = f"{runs.CONTACT}/errors/ThrottlingException/error"
    changed = replace(first, unchecked=((rule, "no request provokes this error"),))
    cell = matrix(replace(results, operations=(changed,)))[-1]
    assert (cell.cause, cell.documented, cell.verdict) == (
        "throttled", "ThrottlingException", "unprovoked",
    )  # fmt: skip
    assert cell.reason == "no request provokes this error"


def test_valid_requests_and_the_shape_of_answers_are_no_causes() -> None:
    results = one("400 InvalidRequestException")
    first = results.verdicts[0]
    others = (
        replace(first, case_kind="valid", verdict="fail"),
        replace(first, kind="status", verdict="fail"),
        replace(first, observed="the same outcome", kind="idempotency", case_kind="sequence"),
    )
    assert [c for c in matrix(replace(results, verdicts=others)) if c.answers] == []


@pytest.mark.parametrize("service", ["connect", "pinpoint", "sqs", "kms"])
def test_exceptions_are_those_of_a_boto3_client(service: str) -> None:
    """boto3 itself is the oracle: the class a client has for the code."""
    client = boto3.client(service, region_name="us-east-1", config=Config(signature_version="v4"))
    for shape in client.meta.service_model.error_shapes:
        caught = client.exceptions.from_code(shape.error_code)
        assert exception(service, shape.error_code).rpartition(".")[2] == caught.__name__
    assert client.exceptions.from_code("Unheard").__name__ == exception(service, "Unheard")


def test_an_unknown_service_has_only_client_errors() -> None:
    assert exception("no-such-service", "X") == "ClientError"


@anything.ANY
@given(anything.runs())
def test_any_results_make_a_matrix(results: Results) -> None:
    cells = matrix(results, caught=lambda service, code: code)
    assert {cell.operation for cell in cells} <= {o.operation for o in results.operations}
    assert sum(cell.answers for cell in cells) <= len(results.verdicts) * max(
        1, len(results.operations)
    )


@pytest.mark.parametrize("text", anything.HOSTILE, ids=range(len(anything.HOSTILE)))
def test_hostile_texts_cannot_break_a_row(text: str) -> None:
    lines = matrix_text.render(anything.hostile(text)).decode().splitlines()
    rows = [line for line in lines if line.startswith("|")]
    assert all(line.replace("\\|", "").count("|") == 11 for line in rows)

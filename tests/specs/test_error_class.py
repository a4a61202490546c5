"""Errors are classified by their names as a person classifies them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from aws_specs import sdk
from aws_specs.error_class import about_size, error_class, status_class, usual_statuses

DATA = Path(__file__).parents[1] / "conformance" / "data"
RECORDED = [json.loads(line) for line in (DATA / "aws-errors.jsonl").read_text().splitlines()]
BY_HAND = {
    code: label
    for label, codes in tomllib.loads((DATA / "aws-error-classes.toml").read_text()).items()
    for code in codes
}


def test_every_recorded_code_has_been_classified_by_hand() -> None:
    assert {row["code"] for row in RECORDED} == set(BY_HAND)


def test_recorded_errors_are_classified_right() -> None:
    wrong = [row["code"] for row in RECORDED if error_class(row["code"]) != BY_HAND[row["code"]]]
    assert len(wrong) <= len(RECORDED) // 100, wrong


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("InvalidStateException", "conflict"),
        ("InvalidAction", "unknown-operation"),
        ("InvalidActionDeclarationException", "validation"),
        ("UnknownOperationException", "unknown-operation"),
        ("UnsupportedOperation", "validation"),
        ("UnsupportedMediaTypeException", "media-type"),
        ("RequestLimitExceeded", "throttled"),
        ("LimitExceededException", "quota"),
        ("ServiceQuotaExceededException", "quota"),
        ("EntityTooLarge", "quota"),
        ("UsernameExistsException", "conflict"),
        ("ResourceDoesNotExistException", "not-found"),
        ("AuthorizationAlreadyExists", "conflict"),
        ("AuthorizationNotFound", "not-found"),
        ("AuthorizationError", "denied"),
        ("ExpiredTokenException", "denied"),
        ("ExpiredNextTokenException", "validation"),
        ("BlockedException", "denied"),
        ("DependencyViolation", "conflict"),
        ("DependencyFailedException", "server"),
        ("KMSInvalidSignatureException", "validation"),
        ("InvalidSignatureException", "denied"),
        ("InvalidAccessException", "denied"),
        ("InvalidSecurityException", "denied"),
        ("KMS.DisabledException", "conflict"),
        ("CannotDelete", "conflict"),
        ("TargetNotConnected", "conflict"),
        ("NotImplemented", "other"),
        ("ReportNotPresent", "not-found"),
        ("EntityTooSmall", "validation"),
        ("UnexpectedContent", "validation"),
        ("InsufficientCapabilitiesException", "validation"),
        ("InsufficientPrivilegesException", "denied"),
        ("GameSessionFullException", "quota"),
        ("ActiveDirectoryError", "other"),
        ("ServerlessCacheNotFoundFault", "not-found"),
        ("InternalFailure", "server"),
        ("OptimisticLockException", "conflict"),
        ("RepositoryNameRequiredException", "validation"),
        ("MethodNotAllowedException", "method"),
        ("SomethingElse", "other"),
    ],
)
def test_the_narrower_word_wins(code: str, label: str) -> None:
    assert error_class(code) == label


@pytest.mark.parametrize(
    ("status", "label"),
    [(400, "validation"), (403, "denied"), (404, "not-found"), (412, "conflict"), (429, "throttled"),
     (405, "method"), (418, "validation"), (500, "server"), (503, "server")],
)  # fmt: skip
def test_a_status_without_a_name_has_the_class_that_http_gives_it(status: int, label: str) -> None:
    assert status_class(status) == label
    assert label in ("validation", "server") or status in usual_statuses(label)


@pytest.mark.parametrize(
    "code", ["TooManyEntriesInBatchRequest", "EntityTooLarge", "PolicyLengthExceeded"]
)
def test_some_names_say_that_one_value_has_a_wrong_size(code: str) -> None:
    assert about_size(code)
    assert not about_size("LimitExceededException")


SERVICES = ("acm", "apigateway", "athena", "cloudformation", "codebuild", "cognito-idp", "dynamodb", "ecs",
            "efs", "events", "firehose", "fsx", "iam", "kinesis", "logs", "organizations", "rds",
            "redshift", "route53", "sagemaker", "secretsmanager", "sns", "ssm", "wafv2")  # fmt: skip


def test_few_of_the_names_that_services_have_say_nothing() -> None:
    names = {s.name for name in SERVICES for s in sdk.service_model(name).error_shapes}
    silent = {name for name in names if error_class(name) == "other"}
    assert len(silent) < len(names) // 20, sorted(silent)


@pytest.mark.parametrize(
    ("status", "impossible"),
    [
        (404, {"validation", "denied", "throttled", "quota"}),
        (409, {"denied", "throttled", "not-found"}),
        (429, {"validation", "not-found", "denied"}),
        (401, {"not-found", "conflict", "quota"}),
    ],
)
def test_classes_agree_with_the_statuses_that_models_give(
    status: int, impossible: set[str]
) -> None:
    """The status is a witness of its own; `ServiceNotSupportedException` is reviewed."""
    shapes = [
        shape
        for service in ("connect", "lambda", "kms", "pinpoint", "chime", "apigateway", "glue",
                        "iam", "backup", "bedrock", "batch", "eks", "mq", "iot", "amplify")
        for shape in sdk.service_model(service).error_shapes
        if shape.metadata.get("error", {}).get("httpStatusCode") == status
    ]  # fmt: skip
    wrong = {shape.name for shape in shapes if error_class(shape.name) in impossible}
    assert wrong <= {"ServiceNotSupportedException"}

"""The judge where nothing but the SDK's model is known: what no model states is never a finding."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from aws_conformance.exchange import Response, Silence
from aws_conformance.judge import judge
from aws_conformance.leniency import only_echoes
from aws_conformance.matter import Matter
from aws_conformance.reading import Reading, read, service_errors
from aws_conformance.unstated import blames_another, narrower
from aws_specs import catalog
from aws_specs.protocol import malformed_rules
from aws_specs.spec import Operation
from aws_strategies.case import Case, Fault

STREAM = catalog.load("kinesis.CreateStream")
BUCKET = catalog.load("s3.CreateBucket")
CONTACT = catalog.load("connect.CreateContact")


def answer(operation: Operation, status: int, code: str = "", message: str = "") -> Reading:
    headers = (("X-Amzn-Errortype", code), ("Content-Type", "application/x-amz-json-1.1"))
    told = {"__type": code, "message": message} if code else {}
    body = json.dumps(told).encode()
    if operation is BUCKET:
        body = b"<Error><Code>%s</Code></Error>" % code.encode() if code else b""
    return read(operation, Response(status, headers, body), service_errors(operation))


def crash(message: str) -> Reading:
    return read(STREAM, Silence("crash", message), {})


def invalid(operation: Operation, reading: Reading, twin: Reading, **more: Any) -> Matter:
    what = more.pop("what", "outsider")
    fault = Fault(op="replace", at="/X", member="X", what=what, old="a", new="b")
    rule = next(r for r in operation.rules if r.side == "input" and r.kind == "required")
    case = Case(
        id="x", operation=operation.id, kind="invalid", params={}, rule=rule.id, fault=fault
    )
    return Matter(operation=operation, case=case, rule=rule, answer=reading, twin=twin, **more)


def valid(operation: Operation, reading: Reading, **more: Any) -> Matter:
    case = Case(id="x", operation=operation.id, kind="valid", params={}, witnesses=("r",))
    twin = answer(operation, 200)
    return Matter(operation=operation, case=case, rule=None, answer=reading, twin=twin, **more)


OK = answer(STREAM, 200)


@pytest.mark.parametrize(
    ("reading", "twin", "verdict", "reason"),
    [
        (answer(STREAM, 400, "ValidationException"), OK, "pass", "refused"),
        (answer(STREAM, 400, "LimitExceededException"), OK, "inconclusive", "quota"),
        (answer(STREAM, 400, "ResourceInUseException"), OK, "inconclusive", "conflict"),
        (answer(STREAM, 400, "InvalidThingException"), OK, "inconclusive", "undeclared-error"),
        (answer(STREAM, 400, "StrangeException"), OK, "fail", "wrong-error"),
        (answer(STREAM, 400, "ResourceNotFoundException"), OK, "fail", "wrong-error"),
        (crash("KeyError: 'x'"), crash("KeyError: 'x'"), "inconclusive", "masked"),
        (crash("KeyError: 'x'"), crash("KeyError: 'y'"), "fail", "server-error"),
        (answer(STREAM, 500), answer(STREAM, 500), "inconclusive", "masked"),
        (answer(STREAM, 500), OK, "fail", "server-error"),
    ],
)  # fmt: skip
def test_judges_an_invalid_request(
    reading: Reading, twin: Reading, verdict: str, reason: str
) -> None:
    ruling = judge(invalid(STREAM, reading, twin))
    assert (ruling.verdict, ruling.reason) == (verdict, reason)


@pytest.mark.parametrize(
    "name", ["ec2.CreateVpc", "s3.PutObject", "kinesis.EnableEnhancedMonitoring", "ecs.TagResource"]
)
def test_a_strange_error_is_a_finding_where_errors_are_listed(name: str) -> None:
    """No model lists what EC2 and S3 answer; those of other services do, operation by operation."""
    operation = catalog.load(name)
    ruling = judge(invalid(operation, answer(STREAM, 400, "StrangeException"), OK))
    if operation.service in ("ec2", "s3"):
        assert (ruling.verdict, ruling.reason) == ("inconclusive", "unclassified-error")
    else:
        assert (ruling.verdict, ruling.reason) == ("fail", "wrong-error")


def test_a_page_states_its_errors() -> None:
    twin = answer(CONTACT, 200)
    for code in ("InvalidThingException", "StrangeException", "ServiceQuotaExceededException"):
        ruling = judge(invalid(CONTACT, answer(CONTACT, 400, code), twin))
        assert (ruling.verdict, ruling.reason) == ("fail", "wrong-error")


def test_a_text_is_no_boolean_but_to_the_older_services() -> None:
    operation = catalog.load("kms.CreateKey")
    rule = next(r for r in operation.rules if r.kind == "type" and r.value == "boolean")
    matter = replace(invalid(operation, OK, OK, what="string"), rule=rule)
    assert judge(matter).reason == "convention"
    number = replace(invalid(operation, OK, OK, what="number"), rule=rule)
    assert judge(number).reason == "accepted-invalid"


def test_a_fraction_is_cut_by_the_older_services_alone() -> None:
    assert judge(invalid(STREAM, OK, OK, what="fraction")).reason == "convention"
    twin = answer(CONTACT, 200)
    assert judge(invalid(CONTACT, twin, twin, what="fraction")).reason == "accepted-invalid"
    assert judge(invalid(STREAM, OK, OK, what="fraction", strict=True)).verdict == "fail"


def test_a_fault_in_the_path_may_reach_another_operation() -> None:
    ruling = judge(invalid(BUCKET, answer(BUCKET, 200), answer(BUCKET, 200), routed=True))
    assert (ruling.verdict, ruling.reason) == ("inconclusive", "another-operation")


def test_a_success_without_a_part_of_the_path_counts_where_nobody_else_has_it() -> None:
    empty = answer(BUCKET, 200)
    lone = invalid(BUCKET, empty, empty, routed=True, untaken=True)
    assert judge(lone).reason == "accepted-invalid"
    said = read(BUCKET, Response(200, (("Location", "/x"),), b""), {})
    assert judge(replace(lone, twin=said)).reason == "another-operation"
    assert judge(replace(lone, answer=said)).reason == "another-operation"


def test_a_conflict_or_a_quota_is_wrong_where_nothing_is_in_the_way() -> None:
    for code in ("ResourceInUseException", "LimitExceededException"):
        matter = invalid(STREAM, answer(STREAM, 400, code), OK, idle=True)
        assert judge(matter).reason == "wrong-error"
        assert judge(replace(matter, idle=False)).verdict == "inconclusive"


def test_a_quota_may_answer_what_is_too_many() -> None:
    operation = catalog.load("kinesis.AddTagsToStream")
    rule = next(r for r in operation.rules if r.kind == "items" and r.side == "input")
    refused = answer(operation, 400, "LimitExceededException")
    matter = replace(invalid(operation, refused, answer(operation, 200), idle=True), rule=rule)
    assert judge(matter).verdict != "fail"


def test_an_entry_too_many_is_not_missed_where_as_many_as_may_be_are_accepted() -> None:
    operation = catalog.load("cloudwatch.DescribeAnomalyDetectors")
    rule = next(r for r in operation.rules if r.kind == "items" and r.side == "input")
    refused = answer(operation, 404, "ResourceNotFoundException")
    matter = replace(invalid(operation, refused, answer(operation, 200)), rule=rule)
    assert judge(matter).reason == "needs-state"
    assert judge(replace(matter, filled=True)).reason == "wrong-error"


@pytest.mark.parametrize(
    ("operation", "usual", "verdict", "reason"),
    [
        (STREAM, False, "inconclusive", "unstated-rule"),
        (STREAM, True, "fail", "rejected-valid"),
        (CONTACT, False, "fail", "rejected-valid"),
    ],
)
def test_a_refused_valid_request_may_break_what_no_model_states(
    operation: Operation, usual: bool, verdict: str, reason: str
) -> None:
    refused = answer(operation, 400, "ValidationException")
    ruling = judge(valid(operation, refused, usual=usual))
    assert (ruling.verdict, ruling.reason) == (verdict, reason)


def test_what_a_target_says_it_does_not_do_is_not_implemented() -> None:
    ruling = judge(valid(STREAM, crash("FilterNotImplementedError: not yet")))
    assert (ruling.verdict, ruling.reason) == ("unimplemented", "unimplemented")


@pytest.mark.parametrize(
    "reading",
    [
        crash("NotImplementedError: The action has not been implemented"),
        answer(STREAM, 501),
        answer(STREAM, 500, "InternalFailure", "Not implemented yet - moto"),
        answer(STREAM, 500, "InternalFailure", "API action is not yet implemented"),
    ],
)
def test_an_unknown_operation_may_be_called_not_implemented(reading: Reading) -> None:
    ruling = judge(malformed("unknown-operation", reading))
    assert (ruling.verdict, ruling.reason) == ("unimplemented", "unimplemented")
    assert judge(valid(STREAM, reading)).verdict == "unimplemented"


def test_any_other_server_error_is_a_finding() -> None:
    reading = answer(STREAM, 500, "InternalFailure", "implemented badly")
    assert judge(malformed("unknown-operation", reading)).reason == "server-error"


def test_a_label_that_no_route_takes_is_no_answer_of_the_operation() -> None:
    fault = Fault(op="replace", at="/Bucket", member="Bucket", what="mismatch", old="a", new="b")
    matter = invalid(BUCKET, answer(BUCKET, 404), answer(BUCKET, 200))
    in_path = replace(matter, case=replace(matter.case, fault=fault))
    assert (judge(in_path).verdict, judge(in_path).reason) == ("inconclusive", "no-route")
    assert judge(matter).reason == "error-shape"


@pytest.mark.parametrize(
    "reading", [OK, answer(STREAM, 404), answer(STREAM, 400, "ValidationException")]
)
def test_authentication_is_a_class_of_its_own(reading: Reading) -> None:
    matter = malformed("no-signature", reading)
    assert judge(matter).reason == "authentication-not-checked"
    assert judge(matter).verdict == "inconclusive"


@pytest.mark.parametrize("reading", [answer(STREAM, 500), crash("KeyError: 'Authorization'")])
def test_breaking_down_without_a_signature_is_a_finding(reading: Reading) -> None:
    ruling = judge(malformed("no-signature", reading))
    assert (ruling.verdict, ruling.reason) == ("fail", "server-error")


def test_a_signature_that_is_looked_at_passes() -> None:
    for code in ("MissingAuthenticationTokenException", "AccessDeniedException"):
        assert judge(malformed("no-signature", answer(STREAM, 403, code))).verdict == "pass"


def malformed(way: str, reading: Reading) -> Matter:
    rule = next(r for r in malformed_rules(STREAM) if r.member == way)
    case = Case(id="x", operation=STREAM.id, kind="malformed", params={}, rule=rule.id, wire=way)
    return Matter(operation=STREAM, case=case, rule=rule, answer=reading, twin=OK)


def test_an_action_called_unknown_for_a_label_is_no_answer_of_the_operation() -> None:
    fault = Fault(op="replace", at="/Bucket", member="Bucket", what="mismatch", old="a", new="b")
    matter = invalid(BUCKET, answer(BUCKET, 400, "InvalidAction"), answer(BUCKET, 200))
    in_path = replace(matter, case=replace(matter.case, fault=fault))
    assert (judge(in_path).verdict, judge(in_path).reason) == ("inconclusive", "no-route")
    assert judge(matter).verdict == "fail"


def test_what_makes_a_list_too_long_may_not_be_there() -> None:
    operation = catalog.load("dynamodb.BatchWriteItem")
    missing = answer(operation, 400, "ResourceNotFoundException")
    matter = invalid(operation, missing, answer(operation, 200), what="above-max")
    rule = next(r for r in operation.rules if (r.member, r.kind) == ("RequestItems", "items"))
    assert judge(replace(matter, rule=rule)).reason == "needs-state"
    assert judge(matter).reason == "wrong-error"


def test_what_is_not_there_says_nothing_where_the_twin_is_refused_as_well() -> None:
    missing = answer(STREAM, 400, "ResourceNotFoundException")
    refused = answer(STREAM, 400, "ValidationException")
    assert judge(invalid(STREAM, missing, refused)).reason == "needs-state"
    assert judge(invalid(STREAM, missing, OK)).reason == "wrong-error"


@pytest.mark.parametrize(
    ("name", "member", "verdict"),
    [
        ("s3.GetObject", "IfModifiedSince", "inconclusive"),
        ("s3.RenameObject", "SourceIfUnmodifiedSince", "inconclusive"),
        ("s3.PutObject", "Expires", "fail"),
        ("s3.PutObject", "ObjectLockRetainUntilDate", "fail"),
    ],
)
def test_http_leaves_a_condition_aside_whose_date_cannot_be_read(
    name: str, member: str, verdict: str
) -> None:
    operation = catalog.load(name)
    ok = Reading(kind="success", status=200, value={})
    fault = Fault(op="replace", at=f"/{member}", member=member, what="string", old="", new="x")
    rule = next(r for r in operation.rules if (r.member, r.kind) == (member, "type"))
    matter = invalid(operation, ok, ok)
    matter = replace(matter, case=replace(matter.case, fault=fault), rule=rule)
    assert judge(matter).verdict == verdict


@pytest.mark.parametrize(
    ("name", "member", "code", "doubted"),
    [
        ("kms.ListGrants", "Limit", "ValidationException", True),
        ("kms.VerifyMac", "Message", "KMSInvalidMacException", True),
        ("kms.VerifyMac", "Message", "ValidationException", False),
        ("kms.VerifyMac", "Mac", "KMSInvalidMacException", False),
        ("cognito-idp.CreateUserPool", "Schema[].Name", "InvalidParameterException", False),
    ],
)
def test_a_limit_is_doubted_where_the_prose_or_the_error_points_elsewhere(
    name: str, member: str, code: str, doubted: bool
) -> None:
    operation = catalog.load(name)
    rules = [r for r in operation.rules if r.member == member and r.kind in ("range", "length")]
    found = [narrower(operation, r) or blames_another(code, member, operation) for r in rules]
    assert set(found) == {doubted}


@pytest.mark.parametrize(
    ("name", "missing", "expected"),
    [
        ("lambda.GetFunctionCodeSigningConfig", ["CodeSigningConfigArn"], True),
        ("lambda.GetFunctionCodeSigningConfig", ["FunctionName"], False),
        ("lambda.PutFunctionCodeSigningConfig", ["CodeSigningConfigArn"], False),
        ("lambda.GetCodeSigningConfig", ["CodeSigningConfig"], False),
    ],
)
def test_a_look_that_tells_only_what_was_asked_about_found_nothing(
    name: str, missing: list[str], expected: bool
) -> None:
    """A function without a code signing configuration has no ARN of one, though it is required."""
    operation = catalog.load(name)
    due = [r.member for r in operation.rules if (r.side, r.kind) == ("output", "required")]
    due = [member for member in due if "." not in member]
    assert set(missing) <= set(due)
    assert only_echoes(operation, due, missing) is expected


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("stepfunctions.GetActivityTask", "inconclusive"),
        ("swf.PollForActivityTask", "inconclusive"),
        ("stepfunctions.CreateActivity", "fail"),
    ],
)
def test_a_poll_may_keep_a_valid_request_waiting(name: str, verdict: str) -> None:
    operation = catalog.load(name)
    silence = read(operation, Silence("timeout", "nothing came"), {})
    case = Case(id="x", operation=name, kind="control", params={})
    assert judge(Matter(operation=operation, case=case, rule=None, answer=silence)).verdict == (
        verdict
    )

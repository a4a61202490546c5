"""The judge's table, row by row: each case is one exchange as a reader would describe it."""

from __future__ import annotations

import pytest

from aws_conformance.exchange import Response, Silence
from aws_conformance.judge import TABLES, judge
from aws_conformance.matter import Matter
from aws_conformance.reading import Reading, read, service_errors
from aws_specs import catalog
from aws_specs.protocol import malformed_rules
from aws_strategies.case import Case, Fault

OPERATION = catalog.load("connect.CreateContact")
ERRORS = service_errors(OPERATION)
RULE = next(r for r in OPERATION.rules if r.id.endswith("input/Channel/enum"))


def error(code: str, status: int) -> Reading:
    """Read an error as rest-json carries it."""
    response = Response(
        status=status,
        headers=(("X-Amzn-Errortype", code), ("Content-Type", "application/json")),
        body=b'{"Message": "no"}',
    )
    return read(OPERATION, response, ERRORS)


def success(body: bytes = b'{"ContactId": "c", "ContactArn": "a"}', status: int = 200) -> Reading:
    headers = (("Content-Type", "application/json"),)
    return read(OPERATION, Response(status=status, headers=headers, body=body), ERRORS)


def html(status: int) -> Reading:
    headers = (("Content-Type", "text/html"),)
    body = b"<!doctype html><title>x</title>"
    return read(OPERATION, Response(status=status, headers=headers, body=body), ERRORS)


def silence(kind: str) -> Reading:
    return read(OPERATION, Silence(kind), ERRORS)  # type: ignore[arg-type]


def invalid(what: str = "outsider") -> Case:
    fault = Fault(op="replace", at="/Channel", member="Channel", what=what, old="VOICE", new="X")
    return Case(
        id="x", operation=OPERATION.id, kind="invalid", params={}, rule=RULE.id, fault=fault
    )


REFUSED = error("InvalidParameterException", 400)
NOT_FOUND = error("ResourceNotFoundException", 404)

INVALID = [
    ("accepted", success(), success(), "fail", "accepted-invalid"),
    ("accepted though the twin is refused", success(), NOT_FOUND, "fail", "accepted-invalid"),
    ("refused as declared", REFUSED, success(), "pass", "refused"),
    ("refused by the other validation error", error("InvalidRequestException", 400), success(), "pass", "refused"),
    ("refused by a common error", error("ValidationException", 400), success(), "pass", "refused"),
    ("refused by an error of nobody", error("InvalidFooError", 400), success(), "fail", "wrong-error"),
    ("validation error with a wrong status", error("InvalidParameterException", 409), success(), "fail", "wrong-status"),
    ("common error with a wrong status", error("ValidationException", 403), success(), "fail", "wrong-status"),
    ("conflict instead", error("ConflictException", 409), success(), "fail", "wrong-error"),
    ("not found instead", NOT_FOUND, success(), "fail", "wrong-error"),
    ("denied instead", error("AccessDeniedException", 403), success(), "fail", "wrong-error"),
    ("throttled", error("ThrottlingException", 429), success(), "inconclusive", "throttled"),
    ("masked: the twin is not found either", NOT_FOUND, NOT_FOUND, "inconclusive", "masked"),
    ("refused, and the twin is not found", REFUSED, NOT_FOUND, "pass", "refused"),
    ("refused exactly as the twin", REFUSED, REFUSED, "inconclusive", "twin-refused"),
    ("server error", error("InternalServiceException", 500), success(), "fail", "server-error"),
    ("server error with a validation error's name", error("InvalidParameterException", 500), success(), "fail", "server-error"),
    ("HTML instead of an error", html(400), success(), "fail", "error-shape"),
    ("an error without a name", read(OPERATION, Response(400, (), b"{}"), ERRORS), success(), "fail", "error-shape"),
    ("an HTML page that is not there", html(404), html(404), "unimplemented", "unimplemented"),
    ("an HTML page for the fault alone", html(404), success(), "fail", "error-shape"),
    ("not implemented", error("NotImplemented", 501), error("NotImplemented", 501), "unimplemented", "unimplemented"),
    ("a redirect", read(OPERATION, Response(301), ERRORS), success(), "fail", "protocol"),
    ("a hang-up", silence("hangup"), success(), "fail", "no-response"),
    ("a time-out", silence("timeout"), success(), "fail", "no-response"),
    ("bytes that are not HTTP", silence("garbage"), success(), "fail", "no-response"),
    ("an exception out of an in-process target", silence("crash"), success(), "fail", "server-error"),
    ("no connection at all", silence("unreachable"), None, "error", "unreachable"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "twin", "verdict", "reason"),
                         [row[1:] for row in INVALID], ids=[row[0] for row in INVALID])  # fmt: skip
def test_judges_an_invalid_request(
    answer: Reading, twin: Reading | None, verdict: str, reason: str
) -> None:
    ruling = judge(Matter(operation=OPERATION, case=invalid(), rule=RULE, answer=answer, twin=twin))
    assert (ruling.verdict, ruling.reason) == (verdict, reason)


VALID = [
    ("accepted", success(), None, "pass", "accepted"),
    ("refused", REFUSED, success(), "fail", "rejected-valid"),
    ("refused as the control is", REFUSED, REFUSED, "inconclusive", "masked"),
    ("not found", NOT_FOUND, success(), "inconclusive", "needs-state"),
    ("over a quota", error("ServiceQuotaExceededException", 402), success(), "inconclusive", "needs-state"),
    ("denied", error("AccessDeniedException", 403), success(), "inconclusive", "denied"),
    ("server error", error("InternalServiceException", 500), success(), "fail", "server-error"),
    ("HTML that says yes", html(200), success(), "fail", "protocol"),
    ("not there", html(404), None, "unimplemented", "unimplemented"),
    ("a hang-up", silence("hangup"), success(), "fail", "no-response"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "twin", "verdict", "reason"),
                         [row[1:] for row in VALID], ids=[row[0] for row in VALID])  # fmt: skip
def test_judges_a_valid_request(
    answer: Reading, twin: Reading | None, verdict: str, reason: str
) -> None:
    case = Case(id="v", operation=OPERATION.id, kind="valid", params={}, witnesses=(RULE.id,))
    ruling = judge(Matter(operation=OPERATION, case=case, rule=None, answer=answer, twin=twin))
    assert (ruling.verdict, ruling.reason) == (verdict, reason)


MALFORMED = [
    ("json-syntax", error("SerializationException", 400), "pass"),
    ("json-syntax", error("InvalidRequestException", 400), "pass"),
    ("json-syntax", success(), "fail"),
    ("json-syntax", error("InternalServiceException", 500), "fail"),
    ("content-type", error("UnsupportedMediaTypeException", 415), "pass"),
    ("content-type", success(), "fail"),
    ("no-signature", error("MissingAuthenticationTokenException", 403), "pass"),
    ("no-signature", success(), "inconclusive"),
    ("unknown-operation", error("UnknownOperationException", 404), "pass"),
    ("unknown-operation", success(), "inconclusive"),
    ("method", error("MethodNotAllowedException", 405), "pass"),
    ("method", html(404), "pass"),
    ("method", success(), "inconclusive"),
]


@pytest.mark.parametrize(("wire", "answer", "verdict"), MALFORMED)
def test_judges_a_malformed_request(wire: str, answer: Reading, verdict: str) -> None:
    rule = next(rule for rule in malformed_rules(OPERATION) if rule.member == wire)
    case = Case(id="m", operation=OPERATION.id, kind="malformed", params={}, wire=wire)
    ruling = judge(Matter(operation=OPERATION, case=case, rule=rule, answer=answer, twin=success()))
    assert ruling.verdict == verdict


def test_strict_takes_conventions_for_rules_and_only_declared_errors() -> None:
    rule = next(rule for rule in malformed_rules(OPERATION) if rule.member == "method")
    case = Case(id="m", operation=OPERATION.id, kind="malformed", params={}, wire="method")
    matter = Matter(operation=OPERATION, case=case, rule=rule, answer=success(), strict=True)
    assert judge(matter).verdict == "fail"
    common = error("ValidationException", 400)
    strict = Matter(operation=OPERATION, case=invalid(), rule=RULE, answer=common,
                    twin=success(), strict=True)  # fmt: skip
    assert judge(strict).reason == "wrong-error"


def test_a_pattern_that_one_reading_keeps_is_never_a_finding() -> None:
    matter = Matter(operation=OPERATION, case=invalid("mismatch-unanchored"), rule=RULE,
                    answer=success(), twin=success())  # fmt: skip
    assert judge(matter).verdict == "inconclusive"


def test_not_found_is_right_for_a_wrong_identifier_and_wrong_for_anything_else() -> None:
    def matter(about: bool) -> Matter:
        return Matter(operation=OPERATION, case=invalid(), rule=RULE, answer=NOT_FOUND,
                      twin=success(), about_identifier=about)  # fmt: skip

    assert judge(matter(True)).verdict == "pass"
    assert judge(matter(False)).verdict == "fail"


@pytest.mark.parametrize("kind", sorted(TABLES))
def test_the_last_row_of_every_table_always_applies(kind: str) -> None:
    case = Case(id="x", operation=OPERATION.id, kind=kind, params={})  # type: ignore[arg-type]
    odd = Reading(kind="error", status=418, code="Teapot", error_class="other")
    rule = malformed_rules(OPERATION)[0] if kind == "malformed" else RULE
    assert judge(Matter(operation=OPERATION, case=case, rule=rule, answer=odd)).row


def test_every_row_has_a_name_of_its_own() -> None:
    for rows in TABLES.values():
        names = [row.name for row in rows]
        assert len(names) == len(set(names))

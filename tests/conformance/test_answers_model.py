"""Successes of operations without a page: where AWS itself departs from its model, nothing is found."""

from __future__ import annotations

import pytest

from aws_conformance.clerk import Clerk
from aws_conformance.exchange import Request, Response
from aws_conformance.reading import read
from aws_conformance.sender import Exchange
from aws_specs import catalog
from aws_strategies.case import Case
from aws_strategies.plan import Plan

REQUEST = Request("GET", "/", (("Host", "h"),))


def said(name: str, answer: Response) -> dict[str, tuple[str, str]]:
    """Return (verdict, reason) by the rule's place, of what a success says."""
    operation = catalog.load(name)
    case = Case(id="x", operation=name, kind="valid", params={})
    exchange = Exchange(case, REQUEST, answer, read(operation, answer, {}))
    verdicts = Clerk(Plan(operation)).answered(exchange)
    return {v.rule.removeprefix(f"{name}/output/"): (v.verdict, v.reason) for v in verdicts}


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [((("Content-Range", "bytes 0-1/9"),), "pass"), ((), "fail")],
)
def test_a_part_of_a_body_has_its_own_status(
    headers: tuple[tuple[str, str], ...], verdict: str
) -> None:
    assert said("s3.GetObject", Response(206, headers, b"ab"))["status"][0] == verdict


def test_a_status_that_is_a_member_of_the_answer_may_be_any_success() -> None:
    assert said("lambda.Invoke", Response(202))["status"][0] == "pass"


def test_what_only_the_name_of_a_member_says_is_not_demanded() -> None:
    found = said("s3.CreateBucket", Response(200, (("Location", "/b"),)))
    assert found["BucketArn/present"] == ("inconclusive", "may-be-absent")


def test_what_repeats_the_request_is_absent_where_that_has_none() -> None:
    body = b"<ListHostedZonesResponse><HostedZones/><IsTruncated>false</IsTruncated></ListHostedZonesResponse>"
    found = said("route53.ListHostedZones", Response(200, (("Content-Type", "text/xml"),), body))
    assert found["Marker/required"] == ("inconclusive", "may-be-absent")
    assert found["HostedZones/required"][0] == "pass"


def test_services_add_values() -> None:
    body = b"<DescribeImagesResponse><imagesSet><item><platform>windows</platform></item></imagesSet></DescribeImagesResponse>"
    found = said("ec2.DescribeImages", Response(200, (("Content-Type", "text/xml"),), body))
    assert found["Images[].Platform/enum"] == ("inconclusive", "unknown-value")


def test_an_answer_without_the_id_of_its_request_breaks_the_protocol_of_forms() -> None:
    head = b"<DescribeImagesResponse>"
    body = head + b"<imagesSet/></DescribeImagesResponse>"
    xml = (("Content-Type", "text/xml"),)
    found = said("ec2.DescribeImages", Response(200, xml, body))
    assert found["status"] == ("fail", "protocol")
    named = body.replace(head, head + b"<requestId>r</requestId>")
    assert said("ec2.DescribeImages", Response(200, xml, named))["status"][0] == "pass"


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ((("Content-Type", "application/cbor"), ("Smithy-Protocol", "rpc-v2-cbor")), "pass"),
        ((("Smithy-Protocol", "rpc-v2-cbor"),), "fail"),
        ((("Content-Type", "application/cbor"),), "fail"),
    ],
)
def test_an_answer_in_cbor_says_that_it_is_one(
    headers: tuple[tuple[str, str], ...], verdict: str
) -> None:
    found = said("eventbridgev2.PutEvents", Response(200, headers, b"\xa0"))
    assert found["status"][0] == verdict


def test_what_the_envelope_of_an_error_lacks_is_found_once() -> None:
    operation = catalog.load("sns.Publish")
    body = b"<ErrorResponse><Error><Code>InvalidParameter</Code></Error></ErrorResponse>"
    answer = Response(400, (("Content-Type", "text/xml"),), body)
    case = Case(id="x", operation=operation.id, kind="invalid", params={})
    exchange = Exchange(case, REQUEST, answer, read(operation, answer, {}))
    clerk = Clerk(Plan(operation))
    first, again = ([*clerk.error_kept(exchange)] for _ in range(2))
    assert [(v.verdict, v.reason) for v in first if v.rule.endswith("/error-shape/protocol")] == [
        ("fail", "error-shape")
    ]
    assert all(v.verdict == "pass" for v in again)

"""Values of an answer in another form than the protocol's: found at their members, and only there."""

from __future__ import annotations

import pytest

from aws_conformance.answers import check_answer
from aws_conformance.exchange import Response
from aws_conformance.reading import read
from aws_specs import catalog

USER = (
    b"<CreateUserResponse><CreateUserResult><User><Path>/</Path><UserName>a</UserName>"
    b"<UserId>AIDAAAAAAAAAAAAAAAAAA</UserId><Arn>arn:aws:iam::111122223333:user/a</Arn>"
    b"<CreateDate>%b</CreateDate></User></CreateUserResult></CreateUserResponse>"
)
FLEET = (
    b"<DescribeFleetsResponse><requestId>r</requestId><fleetSet><item><createTime>2024-01-01T00:00:00Z"
    b"</createTime></item><item><createTime>%b</createTime></item></fleetSet></DescribeFleetsResponse>"
)
XML = (("Content-Type", "text/xml"),)
JSON = (("Content-Type", "application/x-amz-json-1.1"),)
REST = (("Content-Type", "application/json"),)


def broken(name: str, body: bytes, headers: tuple[tuple[str, str], ...]) -> set[str]:
    """Return the output rules that a success with this body breaks."""
    operation = catalog.load(name)
    reading = read(operation, Response(200, headers, body), {})
    found = check_answer(operation, reading.value, reading.problems)
    kinds = {answered.rule.id for answered in found if answered.problem}
    return {rule.removeprefix(f"{name}/output/") for rule in kinds if rule.endswith("/type")}


@pytest.mark.parametrize("text", [b"1700000000", b"Tue, 14 Nov 2023 22:13:20 GMT", b"yesterday"])
def test_a_timestamp_in_xml_is_iso_8601(text: bytes) -> None:
    assert broken("iam.CreateUser", USER % text, XML) == {"User.CreateDate/type"}
    assert broken("ec2.DescribeFleets", FLEET % text, XML) == {"Fleets[].CreateTime/type"}


@pytest.mark.parametrize("text", [b"2023-11-14T22:13:20Z", b"2023-11-14T22:13:20.123+00:00"])
def test_iso_8601_in_xml_is_right(text: bytes) -> None:
    assert broken("iam.CreateUser", USER % text, XML) == set()
    assert broken("ec2.DescribeFleets", FLEET % text, XML) == set()


def test_a_timestamp_in_json_is_a_number_of_seconds() -> None:
    body = b'{"ParametersValidTo": %b}'
    name = "kms.GetParametersForImport"
    assert broken(name, body % b"1700000000.5", JSON) == set()
    assert broken(name, body % b"null", JSON) == set()
    for wrong in (b'"2023-11-14T22:13:20Z"', b'"1700000000"', b"1e300"):
        assert broken(name, body % wrong, JSON) == {"ParametersValidTo/type"}


def test_a_blob_is_base64() -> None:
    name = "kms.GetParametersForImport"
    assert broken(name, b'{"PublicKey": "AAEC"}', JSON) == set()
    assert broken(name, b'{"PublicKey": "not base64"}', JSON) == {"PublicKey/type"}


def test_a_model_may_say_another_form() -> None:
    name = "mq.DescribeBroker"
    assert broken(name, b'{"created": "2023-11-14T22:13:20Z"}', REST) == set()
    assert broken(name, b'{"created": 1700000000}', REST) == {"Created/type"}


def test_within_a_payload_the_member_is_named_from_the_top() -> None:
    name = "cloudfront.GetCachePolicy"
    body = b"<CachePolicy><Id>a</Id><LastModifiedTime>%b</LastModifiedTime></CachePolicy>"
    assert broken(name, body % b"2023-11-14T22:13:20Z", XML) == set()
    assert broken(name, body % b"1700000000", XML) == {"CachePolicy.LastModifiedTime/type"}


def test_headers_have_dates_of_http_but_s3_gives_back_any_expires() -> None:
    name = "s3.HeadObject"
    right = ("Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT")
    assert broken(name, b"", (right, ("Expires", "never"))) == set()
    assert broken(name, b"", (("Last-Modified", "2023-11-14T22:13:20Z"),)) == {"LastModified/type"}

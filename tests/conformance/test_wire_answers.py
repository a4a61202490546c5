"""Reading answers: what botocore reads too, and everything it would forgive."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_conformance.exchange import Response
from aws_conformance.wire import cbor, decode_error, decode_success
from aws_conformance.wire.documents import read_cbor, read_json, read_xml
from aws_specs import catalog
from aws_specs.from_model import operation_from_model

CONTACT = operation_from_model("connect", "CreateContact")
JSON = (("Content-Type", "application/json"),)


HTML = b"<!DOCTYPE html><html>"
ERROR = b"<Error><Type>Sender</Type><Code>E</Code><Message>m</Message></Error>"
PROTOCOLS = (
    "connect.CreateContact",
    "dynamodb.GetItem",
    "sns.Publish",
    "ec2.DescribeVpcs",
    "s3.ListParts",
    "eventbridgev2.PutEvents",
)


def response(status: int, body: bytes, *headers: tuple[str, str]) -> Response:
    return Response(status, headers or JSON, body)


def codes(problems: tuple[str, ...]) -> set[str]:
    return {problem.partition(":")[0] for problem in problems}


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("headers", "body", "carried"),
    [
        ([("X-Amzn-Errortype", "E")], {}, "header"),
        ([("x-amzn-ErrorType", "E:http://internal.amazon.com/coral/x/")], {}, "header"),
        ([("X-Amzn-Errortype", "aws.connect#E:http://x#y")], {}, "header"),
        ([], {"__type": "com.amazon.connect#E"}, "__type"),
        ([], {"code": "E"}, "code"),
        ([("X-Amzn-Errortype", "E")], {"__type": "E", "code": "other"}, "header"),
    ],
)
def test_the_code_of_an_error_is_found_where_rest_json_puts_it(
    headers: list[tuple[str, str]], body: dict[str, str], carried: str
) -> None:
    answer = response(400, json.dumps({**body, "message": "m"}).encode(), *JSON, *headers)
    error = decode_error(CONTACT, answer)
    assert (error.code, error.message, error.carried) == ("E", "m", carried)
    assert (error.status, error.problems) == (400, ())


def test_both_spellings_of_message_are_read() -> None:
    assert decode_error(CONTACT, response(400, b'{"Message": "m", "code": "E"}')).message == "m"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (response(404, HTML, ("Content-Type", "text/html")), {"html", "content-type", "no-code"}),
        (response(500, b"Internal Server Error"), {"not-json", "no-code"}),
        (response(400, b""), {"empty-body", "no-code"}),
        (response(400, b"[]"), {"not-an-object", "no-code"}),
        (response(400, b"null"), {"no-code"}),
        (response(400, b"\xff"), {"not-utf-8", "no-code"}),
        (response(400, b'{"code": 5}'), {"no-code"}),
        (response(400, b'{"__type": "A"}', *JSON, ("X-Amzn-Errortype", "B")), {"codes-disagree"}),
        (response(400, b'{"a": NaN}'), {"not-json", "no-code"}),
        (response(400, b'{"a": 1e999}'), {"not-json", "no-code"}),
        (response(400, b'{"code": "E", "code": "E"}'), {"duplicate-key"}),
        (response(400, b"[" * 100_000), {"too-deep", "no-code"}),
        (response(400, b"[" * 500 + b"]" * 500), {"too-deep", "no-code"}),
        (response(400, b'{"code": "E"}', ("Content-Type", "application/xml")), {"content-type"}),
        (response(400, b"9" * 5000), {"not-json", "no-code"}),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_error_is_said(answer: Response, expected: set[str]) -> None:
    assert codes(decode_error(CONTACT, answer).problems) == expected


def test_aws_json_carries_the_code_in_the_body() -> None:
    operation = operation_from_model("dynamodb", "PutItem")
    body = b'{"__type": "com.amazonaws.dynamodb.v20120810#E", "message": "m"}'
    error = decode_error(
        operation, response(400, body, ("Content-Type", "application/x-amz-json-1.0"))
    )
    assert (error.code, error.carried, error.problems) == ("E", "__type", ())


def test_a_query_compatible_service_has_two_codes() -> None:
    operation = operation_from_model("sqs", "SendMessage")
    headers = (
        ("Content-Type", "application/x-amz-json-1.0"),
        ("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender"),
    )
    error = decode_error(operation, Response(400, headers, b'{"__type": "a#QueueDoesNotExist"}'))
    assert (error.code, error.alias) == (
        "QueueDoesNotExist",
        "AWS.SimpleQueueService.NonExistentQueue",
    )


@pytest.mark.parametrize(
    ("name", "body"),
    [
        (
            "sns.Publish",
            b'<ErrorResponse xmlns="x">' + ERROR + b"<RequestId>r</RequestId></ErrorResponse>",
        ),
        (
            "ec2.DescribeVpcs",
            b"<Response><Errors>" + ERROR + b"</Errors><RequestID>r</RequestID></Response>",
        ),
        ("s3.GetObject", b"<?xml version='1.0'?>" + ERROR),
        ("cloudfront.GetDistribution", b"<ErrorResponse>" + ERROR + b"</ErrorResponse>"),
    ],
)
def test_xml_errors_are_read(name: str, body: bytes) -> None:
    operation = operation_from_model(*name.split("."))
    error = decode_error(operation, response(400, body, ("Content-Type", "text/xml")))
    assert (error.code, error.message, error.carried, error.problems) == ("E", "m", "xml", ())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"code": "E"}', {"not-xml"}),
        (b"<a/>", {"no-error"}),
        (b"<ErrorResponse><Error/></ErrorResponse>", {"no-code", "no-request-id"}),
        (b"<html><body>", {"html"}),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', {"xml-dtd"}),
        (b"<a>" * 5000 + b"</a>" * 5000, {"too-deep"}),
        (b"", {"empty-body"}),
        ("<?xml version='1.0'?><a/>".encode("utf-16"), {"not-utf-8"}),
    ],
)
def test_what_is_wrong_with_an_xml_error_is_said(body: bytes, expected: set[str]) -> None:
    operation = operation_from_model("sns", "Publish")
    error = decode_error(operation, response(400, body, ("Content-Type", "text/xml")))
    assert codes(error.problems) == expected


def test_cbor_errors_name_the_absolute_shape() -> None:
    operation = operation_from_model("eventbridgev2", "PutEvents")
    body = cbor.encode({"__type": "com.amazonaws#E", "message": "m"})
    headers = (("Content-Type", "application/cbor"), ("Smithy-Protocol", "rpc-v2-cbor"))
    error = decode_error(operation, Response(400, headers, body))
    assert (error.code, error.message, error.problems) == ("E", "m", ())
    error = decode_error(operation, Response(400, (headers[0],), cbor.encode({"code": "E"})))
    assert codes(error.problems) == {"no-smithy-protocol", "no-code"}


@given(st.binary(max_size=300), st.integers(200, 599), st.text("abc#:/", max_size=9))
def test_no_bytes_make_reading_raise(body: bytes, status: int, code: str) -> None:
    answer = response(status, body, *JSON, ("X-Amzn-Errortype", code))
    for name in PROTOCOLS:
        operation = operation_from_model(*name.split("."))
        assert decode_error(operation, answer).status == status
        decode_success(operation, answer)


# ---------------------------------------------------------------- successes


def test_a_success_is_the_response_in_its_documented_form() -> None:
    answer = response(200, b'{"ContactId": "c", "ContactArn": "a", "New": {"x": [1]}}')
    value, problems = decode_success(CONTACT, answer)
    assert (value, problems) == ({"ContactId": "c", "ContactArn": "a", "New": {"x": [1]}}, ())


def test_a_wrong_type_stays_as_it_is() -> None:
    value, problems = decode_success(CONTACT, response(200, b'{"ContactId": 5, "ContactArn": []}'))
    assert (value, problems) == ({"ContactId": 5, "ContactArn": []}, ())


def test_null_members_are_dropped() -> None:
    assert decode_success(CONTACT, response(200, b'{"ContactId": null}'))[0] == {}


@pytest.mark.parametrize(
    ("answer", "value", "expected"),
    [
        (response(200, b"<html>", ("Content-Type", "text/html")), None, {"html", "content-type"}),
        (response(200, b"[1]"), [1], {"not-an-object"}),
        (response(200, b""), {}, set()),
        (response(200, b'{"ContactId": "\xff"}'), None, {"not-utf-8"}),
        (response(200, b"{}", ("Content-Type", "application/xml")), {}, {"content-type"}),
        (response(200, b"{}", ("Content-Type", "Application/JSON; charset=utf-8")), {}, set()),
    ],
)
def test_what_is_wrong_with_a_success_is_said(
    answer: Response, value: Any, expected: set[str]
) -> None:
    found, problems = decode_success(CONTACT, answer)
    assert (found, codes(problems)) == (value, expected)


def test_a_payload_is_the_member_it_belongs_to() -> None:
    operation = operation_from_model("pinpoint", "SendMessages")
    body = b'{"ApplicationId": "a", "Result": {"e": {"StatusCode": "x"}}}'
    value, problems = decode_success(operation, response(200, body))
    expected = {"ApplicationId": "a", "Result": {"e": {"StatusCode": "x"}}}
    assert (value, problems) == ({"MessageResponse": expected}, ())


def test_headers_status_and_streams_are_members_too() -> None:
    operation = operation_from_model("lambda", "Invoke")
    headers = (("X-Amz-Executed-Version", "$LATEST"), ("Content-Type", "text/plain"))
    value, problems = decode_success(operation, Response(200, headers, b"\xff"))
    assert value == {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": "/w=="}
    assert problems == ()


def test_timestamps_become_text_and_wrong_ones_are_said() -> None:
    operation = operation_from_model("kms", "GetParametersForImport")
    jsons = (("Content-Type", "application/x-amz-json-1.1"),)
    good = Response(200, jsons, b'{"ParametersValidTo": 1700000000.5}')
    assert decode_success(operation, good) == (
        {"ParametersValidTo": "2023-11-14T22:13:20.500000Z"},
        (),
    )
    for wrong in (b'"2023-11-14T22:13:20Z"', b"true"):
        value, problems = decode_success(
            operation, Response(200, jsons, b'{"ParametersValidTo": %b}' % wrong)
        )
        assert value == {"ParametersValidTo": json.loads(wrong)}
        assert codes(problems) == {"timestamp-format"}
    value, problems = decode_success(
        operation, Response(200, jsons, b'{"ParametersValidTo": 1e300}')
    )
    assert codes(problems) == {"timestamp-range"}


def test_a_blob_that_is_not_base64_is_said() -> None:
    operation = operation_from_model("kms", "Encrypt")
    answer = Response(
        200, (("Content-Type", "application/x-amz-json-1.1"),), b'{"CiphertextBlob": "!"}'
    )
    assert codes(decode_success(operation, answer)[1]) == {"bad-base64"}


def test_the_value_of_a_query_answer_stands_in_its_result() -> None:
    operation = operation_from_model("iam", "ListUsers")
    body = b"""<ListUsersResponse xmlns="x"><ListUsersResult><IsTruncated>false</IsTruncated>
    <Users><member><UserName>a</UserName><Tags><member><Key>k</Key></member></Tags></member></Users>
    </ListUsersResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></ListUsersResponse>"""
    xml = ("Content-Type", "text/xml")
    value, problems = decode_success(operation, response(200, body, xml))
    users = [{"UserName": "a", "Tags": [{"Key": "k"}]}]
    assert (value, problems) == ({"IsTruncated": False, "Users": users}, ())
    _, problems = decode_success(operation, response(200, b"<a/>", xml))
    assert codes(problems) == {"no-result"}
    anonymous = body.replace(b"<RequestId>r</RequestId>", b"<RequestId> </RequestId>")
    read, problems = decode_success(operation, response(200, anonymous, xml))
    assert (read, codes(problems)) == (value, {"no-request-id"})


def test_text_that_is_no_number_stays_text() -> None:
    operation = operation_from_model("s3", "ListParts")
    parts = b"<Part><PartNumber>1</PartNumber></Part><Part/>"
    body = b"<ListPartsResult><MaxParts>many</MaxParts>" + parts + b"</ListPartsResult>"
    value, _ = decode_success(operation, response(200, body, ("Content-Type", "application/xml")))
    assert value == {"MaxParts": "many", "Parts": [{"PartNumber": 1}, {}]}


# ---------------------------------------------------------------- documents

JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSONS.filter(lambda value: "inf" not in repr(value)))
def test_json_is_read_as_the_standard_library_writes_it(value: Any) -> None:
    assert read_json(json.dumps(value).encode()) == (value, ())


@given(JSONS)
def test_cbor_is_read_as_it_is_written(value: Any) -> None:
    assert read_cbor(cbor.encode(value)) == (value, ())


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("f97e00", "nan"), ("f93c00", 1.0), ("c11a514b67b0", "2013-03-21 20:04:00+00:00"),
        ("9f0102ff", [1, 2]), ("bf6161f5ff", {"a": True}), ("7f61616162ff", "ab"),
        ("5f4101ff", b"\1"), ("c249010000000000000000", 2**64), ("3903e7", -1000), ("f7", None),
    ],
)  # fmt: skip
def test_cbor_of_other_writers_is_read(data: str, value: Any) -> None:
    found, problems = read_cbor(bytes.fromhex(data))
    assert problems == ()
    assert found == value or str(found) == value


@pytest.mark.parametrize(
    "data",
    ["", "18", "ff", "9f01", "a10102", "a2616101616102", "61ff", "1c", "0000", "5f6161ff", "fc",
     "c11bffffffffffffffff"],
)  # fmt: skip
def test_bytes_that_are_no_cbor_are_a_problem(data: str) -> None:
    assert codes(read_cbor(bytes.fromhex(data))[1]) == {"not-cbor"}


def test_deep_cbor_is_a_problem_and_no_crash() -> None:
    assert codes(read_cbor(b"\x81" * 100_000)[1]) == {"not-cbor"}


def test_an_entity_bomb_is_not_parsed() -> None:
    bomb = b'<!DOCTYPE l [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><l>&b;</l>'
    assert codes(read_xml(bomb)[1]) == {"xml-dtd"}


# ---------------------------------------------------------------- as the published protocol tests


def header(value: str, type_name: str) -> Any:
    """Return what a list in a header is read as; the shape is botocore's."""
    from botocore.model import ServiceModel

    from aws_conformance.wire import shapes

    member = {"type": type_name}
    model = ServiceModel(
        {
            "metadata": {"protocol": "rest-json", "serviceId": "x"},
            "operations": {},
            "shapes": {"L": {"type": "list", "member": {"shape": "M"}}, "M": member},
        },
        "x",
    )
    problems: list[str] = []
    found = shapes.from_header(model.shape_for("L"), value, "/l", problems.append)
    assert not problems
    return found


@pytest.mark.parametrize(
    ("text", "type_name", "items"),
    [
        ("a, b", "string", ["a", "b"]),
        ('"b,c", "\\"d\\"", e', "string", ["b,c", '"d"', "e"]),
        ("", "string", []),
        ('"never closed', "string", ["never closed"]),
        ("1,2 , 3", "integer", [1, 2, 3]),
        ("true, false", "boolean", [True, False]),
        (
            "Mon, 16 Dec 2019 23:48:18 GMT, Tue, 17 Dec 2019 00:00:00 GMT",
            "timestamp",
            ["2019-12-16T23:48:18Z", "2019-12-17T00:00:00Z"],
        ),
    ],
)
def test_commas_within_quotes_and_dates_part_no_items(
    text: str, type_name: str, items: list[Any]
) -> None:
    assert header(text, type_name) == items


def test_models_spell_the_epoch_in_two_ways() -> None:
    from aws_conformance.wire import shapes

    class Shape:
        type_name = "timestamp"

        def __init__(self, spelled: str) -> None:
            self.serialization = {"timestampFormat": spelled}

    problems: list[str] = []
    for spelled in ("unixTimestamp", "unixtimestamp"):
        assert shapes.from_json(Shape(spelled), 0, "/t", problems.append) == "1970-01-01T00:00:00Z"
        assert shapes.from_text(Shape(spelled), "0", "/t", problems.append, "iso8601") == (
            "1970-01-01T00:00:00Z"
        )
    assert not problems


def test_a_flattened_list_is_found_by_the_name_of_its_items_or_its_own() -> None:
    from botocore.model import ServiceModel

    from aws_conformance.wire import shapes

    names = {"S": {"type": "string"}}
    list_ = {"type": "list", "flattened": True, "member": {"shape": "S", "locationName": "item"}}
    top = {"type": "structure", "members": {"l": {"shape": "L", "locationName": "own"}}}
    model = ServiceModel(
        {"metadata": {"protocol": "rest-xml", "serviceId": "x"}, "operations": {},
         "shapes": {**names, "L": list_, "T": top}},
        "x",
    )  # fmt: skip
    for tag in ("item", "own", "l"):
        root = ElementTree.fromstring(f"<T><{tag}>a</{tag}><{tag}>b</{tag}></T>")
        assert shapes.from_xml(model.shape_for("T"), root, "", lambda text: None) == {
            "l": ["a", "b"]
        }


def test_a_query_answer_without_a_result_may_have_no_body() -> None:
    operation = catalog.load("sns.DeleteTopic")
    assert decode_success(operation, Response(200)) == ({}, ())


def test_a_json_null_is_a_structure_without_members() -> None:
    assert decode_success(CONTACT, response(200, b" null\n")) == ({}, ())


def test_a_stream_of_events_is_a_member_and_is_not_read() -> None:
    operation = catalog.load("kinesis.SubscribeToShard")
    stream = (("Content-Type", "application/vnd.amazon.eventstream"),)
    answer = Response(200, stream, bytes.fromhex("0000001000000000"))
    assert decode_success(operation, answer) == ({"EventStream": {}}, ())


def history(timestamp: Any, tag: bytes = b"") -> tuple[str, ...]:
    """Return the problems of an answer in CBOR that has a timestamp, with what stands before it."""
    operation = catalog.speaking(
        operation_from_model("cloudwatch", "DescribeAlarmHistory"), "smithy-rpc-v2-cbor"
    )
    body = cbor.encode({"AlarmHistoryItems": [{"AlarmName": "a", "Timestamp": timestamp}]})
    value = cbor.encode(timestamp)
    headers = (("Content-Type", "application/cbor"), ("Smithy-Protocol", "rpc-v2-cbor"))
    answer = Response(200, headers, body.removesuffix(value) + tag + value)
    return decode_success(operation, answer)[1]


@pytest.mark.parametrize("value", [1767225600, 1767225600.5])
def test_a_timestamp_in_cbor_is_a_tagged_number(value: float) -> None:
    assert history(value, b"\xc1") == ()


@pytest.mark.parametrize("value", [1767225600, 1767225600.5, "2026-01-01T00:00:00Z"])
def test_an_untagged_timestamp_in_cbor_is_of_a_wrong_form(value: Any) -> None:
    found = history(value)
    assert codes(found) == {"timestamp-format"}
    assert found[0].startswith("timestamp-format: /AlarmHistoryItems/0/Timestamp is ")

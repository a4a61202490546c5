"""The OpenAPI export: a document that tools accept, and that describes what SDKs send."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.serialize import create_serializer
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from aws_specs import catalog
from aws_specs.errors import UsageError
from aws_specs.from_model import error_structures, operation_from_model
from aws_specs.openapi import Example, openapi
from aws_specs.openapi.scalars import scalar
from aws_specs.spec import Operation, Scalar
from aws_strategies.cover import Cover
from aws_strategies.plan import Plan

DIALECTS = {
    "lists, maps and unions": ["lexv2-models.CreateBotVersion", "lexv2-models.UpdateIntent"],
    "recursion": ["connect.SearchUsers", "connect.SearchQueues"],
    "payloads, streams and headers": [
        "lambda.Invoke",
        "bedrock-runtime.InvokeModel",
        "bedrock-runtime.ConverseStream",
        "lexv2-runtime.PutSession",
    ],
    "queries, times and greedy labels": [
        "lambda.ListFunctions",
        "lambda.TagResource",
        "iot.ListAuditFindings",
        "iotsitewise.ListTagsForResource",
    ],
}


def document(*names: str, **options: Any) -> dict[str, Any]:
    return openapi(
        [load(name) for name in names],
        error_bodies=lambda one: error_structures(one.service, one.name),
        **options,
    )


def load(name: str) -> Operation:
    return catalog.load(name)


def operations(made: dict[str, Any]) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Map the id of every operation to its path, its method and what stands there."""
    return {
        one["operationId"]: (path, method, one)
        for path, item in made["paths"].items()
        for method, one in item.items()
    }


def valid(made: dict[str, Any], schema: Any, value: Any) -> bool:
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return Draft202012Validator({**whole, "components": made["components"]}).is_valid(value)


def body_schema(made: dict[str, Any], name: str) -> dict[str, Any]:
    content: dict[str, Any] = operations(made)[name][2]["requestBody"]["content"]
    found: dict[str, Any] = content["application/json"]["schema"]
    return found


CATALOGUE = document(*catalog.names())


@pytest.mark.parametrize("names", [catalog.names(), *DIALECTS.values()], ids=str)
def test_the_document_is_openapi_3_1(names: tuple[str, ...]) -> None:
    validate = pytest.importorskip("openapi_spec_validator").validate
    validate(document(*names))


@pytest.mark.parametrize("name", catalog.names())
def test_what_the_sdk_sends_satisfies_the_schemas(name: str) -> None:
    """botocore's serializer is the oracle: it wrote the bytes from the model alone."""
    from aws_specs import sdk

    operation = catalog.load(name)
    model = sdk.operation_model(operation.service, operation.name)
    serializer = create_serializer("rest-json", include_validation=False)
    schema = body_schema(CATALOGUE, operation.name)
    cases = [one for one in Cover(Plan(operation)).cases if one.kind in ("control", "valid")]
    for case in cases:
        body = json.loads(serializer.serialize_to_request(dict(case.params), model)["body"])
        assert valid(CATALOGUE, schema, body), case.id
    assert len(cases) > 1


@pytest.mark.parametrize("name", catalog.names())
def test_a_fault_in_the_body_breaks_the_schema(name: str) -> None:
    from botocore.exceptions import BotoCoreError

    from aws_specs import sdk

    operation = catalog.load(name)
    model = sdk.operation_model(operation.service, operation.name)
    serializer = create_serializer("rest-json", include_validation=False)
    schema = body_schema(CATALOGUE, operation.name)
    broken = 0
    for case in Cover(Plan(operation)).cases:
        fault = case.fault
        if (
            case.kind != "invalid"
            or fault is None
            or fault.what in ("absent", "too-long", "longer")
        ):
            continue
        rule = next(one for one in operation.rules if one.id == case.rule)
        if rule.kind not in ("enum", "range") or rule.sure < 0.75:
            continue
        try:
            sent = serializer.serialize_to_request(dict(case.params), model)
        except (BotoCoreError, TypeError, ValueError):
            continue
        if isinstance(sent["body"], bytes):
            broken += 1
            assert not valid(CATALOGUE, schema, json.loads(sent["body"])), case.id
    assert broken > 0


@pytest.mark.parametrize("name", catalog.names())
def test_every_error_has_its_status_its_header_and_its_body(name: str) -> None:
    operation = catalog.load(name)
    responses = operations(CATALOGUE)[operation.name][2]["responses"]
    assert str(operation.wire.status) in responses
    for error in operation.errors:
        answer = responses[str(error.status)]
        header = answer["headers"]["X-Amzn-Errortype"]["schema"]
        assert valid(CATALOGUE, header, error.code)
        assert valid(CATALOGUE, header, f"{error.code}:http://internal.amazon.com/x/")
        assert not valid(CATALOGUE, header, f"No{error.code}")
        body = answer["content"]["application/json"]["schema"]
        assert valid(
            CATALOGUE, body, {member: "X" for member in error.members if member != "Reason"}
        )
        assert not valid(CATALOGUE, body, dict.fromkeys(error.members, 1))


def test_members_have_their_names_on_the_wire() -> None:
    path, method, one = operations(CATALOGUE)["SendMessages"]
    assert (path, method) == ("/v1/apps/{application-id}/messages", "post")
    assert [(p["name"], p["in"], p["required"]) for p in one["parameters"]] == [
        ("application-id", "path", True)
    ]
    schema = body_schema(CATALOGUE, "SendMessages")
    assert valid(CATALOGUE, schema, {"MessageConfiguration": {}})
    assert not valid(CATALOGUE, schema, {"MessageRequest": {}})


def test_a_member_that_is_null_is_absent() -> None:
    schema = body_schema(CATALOGUE, "CreateContact")
    whole = {"InstanceId": "i", "Channel": "VOICE", "InitiationMethod": "INBOUND"}
    assert valid(CATALOGUE, schema, {**whole, "Name": None, "References": None})
    assert not valid(CATALOGUE, schema, {**whole, "Channel": None})
    assert not valid(CATALOGUE, schema, {**whole, "Attributes": {"a": None}})


def test_timestamps_travel_as_the_place_wants_them() -> None:
    made = document("iot.ListAuditFindings", "iot.UpdateJob", "iotsitewise.ListTimeSeries")
    finding = body_schema(made, "ListAuditFindings")
    assert valid(made, finding, {"startTime": 1700000000.5})
    assert not valid(made, finding, {"startTime": "2024-01-01T00:00:00Z"})
    history = document("iotsitewise.GetAssetPropertyValueHistory")
    parameters = operations(history)["GetAssetPropertyValueHistory"][2]["parameters"]
    (start,) = [one for one in parameters if one["name"] == "startDate"]
    assert start["schema"]["format"] == "date-time"


def test_what_recurs_refers_to_itself() -> None:
    made = document("connect.SearchUsers")
    schema = body_schema(made, "SearchUsers")
    deep: dict[str, Any] = {"AndConditions": [{"OrConditions": [{"AndConditions": []}]}]}
    assert valid(made, schema, {"InstanceId": "i", "SearchCriteria": deep})
    spoiled = {"AndConditions": [{"OrConditions": [{"AndConditions": 7}]}]}
    assert not valid(made, schema, {"InstanceId": "i", "SearchCriteria": spoiled})


def test_a_greedy_label_is_one_parameter() -> None:
    made = document("iot-data.Publish")
    path, _, one = operations(made)["Publish"]
    (topic,) = [p for p in one["parameters"] if p["in"] == "path"]
    assert path == f"/topics/{{{topic['name']}}}"


def test_services_that_share_a_path_stay_apart() -> None:
    made = document("lambda.TagResource", "kafka.TagResource", "connect.TagResource")
    found = operations(made)
    assert sorted(found) == ["connect.TagResource", "kafka.TagResource", "lambda.TagResource"]
    assert all(one["servers"] for _, _, one in found.values())


def test_constants_of_the_query_are_parameters() -> None:
    operation = operation_from_model("connect", "CreateContact")
    changed = replace(operation, wire=replace(operation.wire, uri="/x?action=go&flag"))
    ((path, _, one),) = operations(openapi([changed])).values()
    constants = {p["name"]: p["schema"]["enum"] for p in one["parameters"]}
    assert (path, constants) == ("/x", {"action": ["go"], "flag": [""]})


def test_every_operation_may_be_signed_in_header_or_query() -> None:
    assert CATALOGUE["security"] == [{"sigv4": []}, {"sigv4-query": []}]
    schemes = CATALOGUE["components"]["securitySchemes"]
    assert {scheme["name"] for scheme in schemes.values()} == {"Authorization", "X-Amz-Signature"}


def test_examples_stand_beside_parameters_and_bodies() -> None:
    shown = Example(parameters={"ApplicationId": "a1"}, bodies={"control": {"X": 1}})
    made = document("pinpoint.SendMessages", examples=lambda one: shown)
    one = operations(made)["SendMessages"][2]
    assert one["parameters"][0]["example"] == "a1"
    content = one["requestBody"]["content"]["application/json"]
    assert content["examples"] == {"control": {"value": {"X": 1}}}


def test_another_protocol_and_no_operation_are_refused() -> None:
    with pytest.raises(UsageError, match="speaks json"):
        openapi([operation_from_model("dynamodb", "PutItem")])
    with pytest.raises(UsageError, match="no operation"):
        openapi([])


def test_the_order_of_operations_does_not_matter() -> None:
    names = list(catalog.names())
    assert document(*names) == document(*reversed(names))


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        ("^(?:[a-z]+)$", True),
        (r"^(?:(?!\.)[a-z]+)$", True),
        (r"^(?:(\/(?!\.)+[a-z]+){1,4})$", False),
        (r"^(?:[^\000-\037]+)$", False),
        (r"^(?:[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDBFF]*)$", False),
        ("^(?:(?i)abc)$", False),
    ],
)
def test_patterns_that_other_languages_lack_become_vendor_keywords(
    pattern: str, kept: bool
) -> None:
    made = scalar({"type": "string", "pattern": pattern}, Scalar(type="string"), "body")
    assert made == {"type": "string", "pattern" if kept else "x-aws-pattern": pattern}


def test_a_label_may_have_any_name() -> None:
    operation = operation_from_model("connect", "CreateContact")
    odd = replace(operation, wire=replace(operation.wire, uri="/x/{operationId}"))
    assert list(openapi([odd])["paths"]) == ["/x/{operationId}"]

"""Published requests: what the SDK's examples and descriptions give as values."""

from __future__ import annotations

import pytest

from aws_specs.catalog import load
from aws_specs.published import examples, leaves, mentioned


def test_an_example_is_given_by_its_leaves() -> None:
    (found,) = examples(load("dynamodb.CreateTable"))
    assert found["KeySchema[].AttributeName"] == found["AttributeDefinitions[].AttributeName"]
    assert found["ProvisionedThroughput.ReadCapacityUnits"] == 5


def test_an_operation_without_examples_has_none() -> None:
    assert examples(load("sqs.SendMessage")) == ()


def test_of_lists_and_maps_the_first_entry_counts_and_wrong_types_are_left_out() -> None:
    request = {
        "RequestItems": {
            "t": {"Keys": [{"k": {"S": "v", "N": 1, "BOOL": "no"}}], "ConsistentRead": True},
            "u": {},
        }
    }
    assert leaves(load("dynamodb.BatchGetItem").input, request) == {
        "RequestItems{key}": "t",
        "RequestItems{}.Keys[]{key}": "k",
        "RequestItems{}.Keys[]{}.S": "v",
        "RequestItems{}.ConsistentRead": True,
    }


def test_what_is_empty_is_a_leaf() -> None:
    assert leaves(load("dynamodb.PutItem").input, {"Item": {}}) == {"Item": {}}


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("ec2.CreateVpc/CidrBlock", "10.0.0.0/16"),
        ("sns.AddPermission/ActionName[]", "Publish"),
        ("s3.PutBucketCors/CORSConfiguration.CORSRules[].AllowedMethods[]", "GET"),
    ],
)
def test_a_description_gives_values(path: str, first: str) -> None:
    name, _, member = path.partition("/")
    service, _, operation = name.partition(".")
    assert mentioned(service, operation, member)[0] == first


def test_a_path_that_leads_nowhere_gives_none() -> None:
    assert mentioned("sqs", "SendMessage", "NoSuch.Member[]") == ()

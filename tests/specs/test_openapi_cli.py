"""`aws-conformance specs export`."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from aws_conformance.cli import main
from aws_specs import catalog
from aws_specs.schema import request_schema, response_schema


def export(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["specs", "export", *arguments])


def test_writes_the_catalogue_on_stdout() -> None:
    result = export("openapi")
    assert result.exit_code == 0
    assert len(json.loads(result.stdout)["paths"]) == len(catalog.names())


def test_writes_to_a_file_and_names_it(tmp_path: Path) -> None:
    file = tmp_path / "out" / "openapi.json"
    result = export("openapi", "connect.CreateContact", "-o", str(file))
    assert result.stdout.strip() == str(file)
    assert list(json.loads(file.read_text())["paths"]) == ["/contact/create-contact"]


def test_examples_hold_the_values_that_are_bound() -> None:
    bound = "pinpoint.ApplicationId=app-1"
    result = export("openapi", "pinpoint.SendMessages", "--examples", "--bind", bound)
    (item,) = json.loads(result.stdout)["paths"].values()
    assert item["post"]["parameters"][0]["example"] == "app-1"
    examples = item["post"]["requestBody"]["content"]["application/json"]["examples"]
    assert examples["control"]["value"] == {"MessageConfiguration": {}}


def test_refuses_an_operation_of_another_protocol_by_name() -> None:
    result = export("openapi", "dynamodb.PutItem")
    assert result.exit_code == 2
    assert "speaks json" in result.stderr


def test_leaves_out_operations_of_other_protocols_that_a_glob_matches() -> None:
    result = export("openapi", "dynamodb.Put*", "lambda.TagResource")
    assert result.exit_code == 0
    assert "left out: dynamodb.PutItem speaks json" in result.stderr
    assert len(json.loads(result.stdout)["paths"]) == 1


def test_writes_the_json_schemas_of_both_sides(tmp_path: Path) -> None:
    name = "connect.CreateContact"
    operation = catalog.load(name)
    shown = json.loads(export("jsonschema", name).stdout)
    assert shown == {
        name: {"request": request_schema(operation), "response": response_schema(operation)}
    }
    assert export("jsonschema", name, "-o", str(tmp_path)).exit_code == 0
    for side, schema in shown[name].items():
        file = tmp_path / "connect" / f"CreateContact.{side}.json"
        assert json.loads(file.read_text()) == schema


def test_a_rule_below_the_confidence_is_no_keyword() -> None:
    def size(confidence: str) -> int:
        found = export("jsonschema", "pinpoint.SendMessages", "--confidence", confidence)
        return len(found.stdout)

    assert size("1.0") < size("0.0")

"""Pages made by botocore's own documenters against the models they were made from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore.docs.bcdoc.restdoc import DocumentStructure
from botocore.docs.client import ClientDocumenter

from aws_specs.nodes import page_nodes
from aws_specs.paths import join
from aws_specs.readers import read_page

# Recursion, unions, maps, documents, streams, members named like types, deprecated operations.
OPERATIONS = [
    ("bedrock-runtime", "apply_guardrail"),
    ("bedrock-runtime", "invoke_model_with_response_stream"),
    ("cleanrooms", "create_configured_table_analysis_rule"),
    ("codedeploy", "get_deployment"),
    ("dynamodb", "query"),
    ("dynamodb", "execute_statement"),
    ("iot", "create_topic_rule"),
    ("kinesis", "subscribe_to_shard"),
    ("lexv2-models", "describe_bot"),
    ("polly", "synthesize_speech"),
    ("s3", "put_bucket_lifecycle_configuration"),
    ("s3", "get_bucket_lifecycle_configuration"),
    ("verifiedpermissions", "is_authorized"),
    ("ce", "get_cost_and_usage"),
]
WORDS = {
    "blob": "bytes",
    "double": "float",
    "long": "integer",
    "map": "dict",
    "structure": "dict",
    "timestamp": "datetime",
}


@cache
def session() -> botocore.session.Session:
    return botocore.session.Session()


@cache
def client(service: str) -> Any:
    return session().create_client(
        service, "us-east-1", aws_access_key_id="none", aws_secret_access_key="none"
    )


def page_text(service: str, method: str) -> str:
    documenter = ClientDocumenter(client(service), "", {})
    page = DocumentStructure(method, target="html")
    documenter._add_client_method(page, method, getattr(client(service), method))
    return str(page.flush_structure().decode())


def model_nodes(
    shape: Any,
    model: Any,
    side: str,
    path: str = "",
    above: tuple[str, ...] = (),
    req: bool = False,
) -> Iterator[dict[str, object]]:
    again = shape.name in above
    if path:
        node: dict[str, object] = {"side": side, "path": path}
        yield node | {"type": word(shape, model), "required": req} | traits(shape, again)
    if again or getattr(shape, "is_document_type", False):
        return
    above = (*above, shape.name)
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            required = side == "input" and name in shape.required_members
            yield from model_nodes(member, model, side, join(path, name), above, required)
    elif shape.type_name == "list":
        yield from model_nodes(shape.member, model, side, f"{path}[]", above)
    elif shape.type_name == "map":
        yield {"side": side, "path": f"{path}{{key}}", "type": "string", "required": False}
        yield from model_nodes(shape.value, model, side, f"{path}{{}}", above)


def word(shape: Any, model: Any) -> str:
    if getattr(shape, "is_document_type", False):
        return "document"
    special = {
        "bytes or seekable file-like object": model.get_streaming_input(),
        "StreamingBody": model.get_streaming_output(),
        "EventStream": model.get_event_stream_output(),
    }
    found = (name for name, marked in special.items() if shape == marked)
    return next(found, WORDS.get(shape.type_name, shape.type_name))


def traits(shape: Any, again: bool) -> dict[str, object]:
    enum = shape.metadata.get("enum")
    found: dict[str, object] = {"enum": enum} if enum else {}
    if again:
        found["recursive"] = True
    if getattr(shape, "is_tagged_union", False) and shape.documentation:
        found["union"] = True
    return found


@pytest.mark.parametrize(("service", "method"), OPERATIONS)
def test_reads_back_the_model_that_a_page_was_made_from(service: str, method: str) -> None:
    operation = client(service).meta.method_to_api_mapping[method]
    model = client(service).meta.service_model.operation_model(operation)
    page = read_page(page_text(service, method), file=f"{method}.rst")
    assert (page.gaps, page.elided) == ((), ())
    wanted = [
        *model_nodes(model.input_shape, model, "input"),
        *(model_nodes(model.output_shape, model, "output") if model.output_shape else ()),
        *({"side": "error", "path": error.name} for error in model.error_shapes),
    ]
    derived = ("streaming", "eventstream", "document", "autopopulated")
    found = [{k: v for k, v in node.items() if k not in derived} for node in page_nodes(page)]
    assert found == wanted

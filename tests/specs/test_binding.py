"""A page of any SDK version gives a spec: merged with the model's where there is one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aws_specs import generated, store
from aws_specs.customised import customised, methods
from aws_specs.extract import extract
from aws_specs.from_model import operation_from_model
from aws_specs.spec import Operation

PAGES = Path(__file__).parent / "data" / "pages"
SAMPLES = sorted(path for path in PAGES.glob("*/*/*") if path.suffix != ".json")


def spec(service: str, operation: str) -> Operation:
    (page,) = generated.generate(service, operation)
    return extract(page.text, file="page.rst")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: "/".join(path.parts[-3:]))
def test_every_page_gives_a_valid_spec_file_that_reads_back(sample: Path) -> None:
    operation = extract(sample.read_text(encoding="utf-8"), file=sample.name)
    content = store.dump(operation)
    assert store.problems(content) == []
    assert store.parse(content) == operation
    assert store.dump(store.parse(content)) == content


# ---------------------------------------------------------------- the same SDK version


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("cloudformation", "GetTemplate"),
        ("ec2", "DescribeVpcs"),
        ("glacier", "UploadArchive"),
        ("iam", "CreatePolicy"),
        ("logs", "CreateExportTask"),
        ("s3", "CopyObject"),
        ("s3", "GetObject"),
        ("s3", "PutBucketAcl"),
    ],
)
def test_a_page_of_the_installed_sdk_has_no_drift_of_shape(service: str, operation: str) -> None:
    found = spec(service, operation)
    assert [one for one in found.drift if one.what != "constraint"] == []
    assert not any(gap.what == "unbound" for gap in found.gaps)


def test_a_parameter_has_the_name_the_sdk_offers_and_travels_under_its_own() -> None:
    found = spec("logs", "CreateExportTask")
    members = {member.name: member for member in found.input.members}
    assert "from" not in members
    assert members["fromTime"].wire_name == "from"
    assert members["fromTime"].known_to == ("page", "model")
    required = {rule.member for rule in found.rules if rule.kind == "required"}
    assert "fromTime" in required


def test_a_parameter_that_the_sdk_hides_is_not_in_the_spec() -> None:
    names = {member.name for member in operation_from_model("s3", "PutBucketAcl").input.members}
    assert "ContentMD5" not in names
    assert "Bucket" in names


def test_the_type_of_the_wire_wins_where_the_sdk_documents_another() -> None:
    rules = {rule.id: rule for rule in spec("iam", "CreatePolicy").rules}
    kind = rules["iam.CreatePolicy/input/PolicyDocument/type"]
    assert (kind.values, kind.agreed) == (("string",), True)
    assert rules["iam.CreatePolicy/input/PolicyDocument/required"].agreed


def test_sections_left_out_are_filled_from_the_model_and_marked() -> None:
    found = spec("bedrock-runtime", "Converse")
    assert "response_structure" in {gap.where for gap in found.gaps if gap.what == "elided"}
    assert [one for one in found.drift if one.what == "member"] == []
    assert any(member.name == "output" for member in found.output.members)


def test_members_that_a_copy_lost_are_no_drift() -> None:
    path = PAGES / "text" / "bedrock-runtime" / "converse_stream.txt"
    if not path.exists():
        pytest.skip("not among the pages of the tests")
    found = extract(path.read_text(encoding="utf-8"), file="converse_stream.txt")
    lost = {gap.where.partition("/")[2] for gap in found.gaps if gap.what == "members-lost"}
    assert lost
    assert not lost & {one.member for one in found.drift}


# ---------------------------------------------------------------- other versions


def text(service: str = "sqs", operation: str = "SendMessage") -> str:
    (page,) = generated.generate(service, operation)
    return page.text


def test_an_operation_that_is_gone_keeps_what_its_page_says() -> None:
    old = re.sub("send_message", "send_letter", text()).replace("/SendMessage>", "/SendLetter>")
    found = extract(old, file="send_letter.rst")
    assert (found.id, found.wire.protocol, found.model) == ("sqs.SendLetter", "", "")
    (gap,) = [one for one in found.gaps if one.what == "unbound"]
    assert "send_letter" in gap.detail
    assert [member.name for member in found.input.members][:2] == ["QueueUrl", "MessageBody"]
    rules = {rule.id: rule for rule in found.rules}
    assert rules["sqs.SendLetter/input/QueueUrl/required"].sure == 1.0
    assert found.drift == ()
    content = store.dump(found)
    assert store.problems(content) == []
    assert store.parse(content) == found


def test_an_operation_that_is_gone_is_named_after_its_method_without_a_link() -> None:
    old = re.sub("send_message", "send_letter", text()).replace("/goto/WebAPI/", "/elsewhere/")
    assert extract(old, file="send_letter.rst").id == "sqs.SendLetter"


def test_a_service_that_is_gone_is_named_after_the_link_of_its_page() -> None:
    old = text().replace("SQS.Client", "Pigeon.Client").replace("sqs-2012-11-05", "post-2001-02-03")
    found = extract(old, file="send_message.rst")
    assert (found.service, found.client, found.name) == ("post", "Pigeon", "SendMessage")
    assert "unbound" in {gap.what for gap in found.gaps}


def test_a_service_that_is_renamed_is_found_by_its_unique_id() -> None:
    found = extract(text().replace("SQS.Client", "QueueService.Client"), file="send_message.rst")
    assert (found.service, found.client) == ("sqs", "QueueService")
    assert found.wire.protocol == "json"


def test_an_error_that_the_model_does_not_know_is_the_pages_alone() -> None:
    more = text().replace("exceptions.QueueDoesNotExist`", "exceptions.InternalFailure`")
    found = {error.name: error for error in extract(more, file="send_message.rst").errors}
    assert found["InternalFailure"].known_to == ("page",)
    assert found["InternalFailure"].status == 500
    assert found["QueueDoesNotExist"].known_to == ("model",)


def test_a_member_that_the_model_retyped_does_not_become_a_finding() -> None:
    old = (
        text()
        .replace(":type MessageBody: string", ":type MessageBody: integer")
        .replace("MessageBody='string'", "MessageBody=123")
    )
    found = extract(old, file="send_message.rst")
    (rule,) = [one for one in found.rules if one.id == "sqs.SendMessage/input/MessageBody/type"]
    assert not rule.agreed
    assert rule.sure < 0.75
    (drift,) = [one for one in found.drift if one.what == "type"]
    assert (drift.member, drift.page, drift.model) == ("MessageBody", "integer", "string")


# ---------------------------------------------------------------- the SDK's handlers


@pytest.mark.parametrize(
    ("service", "operation", "field", "expected"),
    [
        ("ec2", "DescribeVpcs", "renamed", {"Filter": "Filters"}),
        ("cloudsearchdomain", "Search", "renamed", {"return": "returnFields"}),
        ("s3", "PutBucketAcl", "hidden", frozenset({"ContentMD5"})),
        ("s3", "GetBucketAcl", "hidden", frozenset()),
        ("glacier", "UploadArchive", "filled", frozenset({"accountId", "checksum"})),
        ("iam", "GetRole", "reshaped", {"policyDocumentType": "dict"}),
        ("sqs", "SendMessage", "renamed", {}),
    ],
)
def test_reads_off_the_handlers_what_the_sdk_does(
    service: str, operation: str, field: str, expected: object
) -> None:
    assert getattr(customised(service, operation), field) == expected


def test_knows_which_operations_the_sdk_takes_out() -> None:
    assert "start_conversation" not in methods("lexv2-runtime")
    assert methods("lexv2-runtime")["recognize_text"] == "RecognizeText"

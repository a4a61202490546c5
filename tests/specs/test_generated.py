"""The pages that are made of the installed SDK are those that its own documenters make."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.docs.bcdoc.restdoc import DocumentStructure
from botocore.docs.client import ClientDocumenter

from aws_specs import generated, sdk
from aws_specs.errors import UsageError

PAGES = Path(__file__).parent / "data" / "pages" / "rst"
SAMPLES = sorted(PAGES.glob("*/*.rst"))

# Names hidden, aliased, retyped, added; streams; an example for every operation; long lists.
WHOLE = ["cloudsearchdomain", "glacier", "iot-data", "lex-runtime", "sqs"]
SINGLE = [
    ("apigatewayv2", "CreateIntegration"),
    ("cloudformation", "GetTemplate"),
    ("ec2", "RunInstances"),
    ("iam", "CreatePolicy"),
    ("quicksight", "UpdateAnalysis"),
    ("s3", "CopyObject"),
    ("s3", "PutBucketAcl"),
]


def botocores_pages(service: str, *operations: str) -> dict[str, str]:
    session: Any = botocore.session.Session()
    client = session.create_client(
        service, "us-east-1", aws_access_key_id="none", aws_secret_access_key="none"
    )
    try:
        examples = session.get_component("data_loader").load_service_model(service, "examples-1")
    except botocore.exceptions.DataNotFoundError:
        examples = {"examples": {}}
    documenter: Any = ClientDocumenter(client, "", examples["examples"])
    found: dict[str, str] = {}
    for method, operation in client.meta.method_to_api_mapping.items():
        if hasattr(client, method) and operation in (operations or (operation,)):
            page: Any = DocumentStructure(method, target="html")
            documenter._add_client_method(page, method, None)
            found[method] = page.flush_structure().decode()
    return found


@pytest.mark.skipif(sdk.version() != "1.44.5", reason="the pages are of SDK 1.44.5")
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_makes_the_published_page(sample: Path) -> None:
    operation = sdk.operation_of_method(sample.parent.name, sample.stem)
    (page,) = generated.generate(sample.parent.name, operation)
    assert page.text == sample.read_text(encoding="utf-8")


@pytest.mark.parametrize("service", WHOLE)
def test_makes_the_pages_that_botocore_makes(service: str) -> None:
    mine = {page.method: page.text for page in generated.generate(service)}
    assert mine == botocores_pages(service)


@pytest.mark.parametrize(("service", "operation"), SINGLE)
def test_makes_the_page_that_botocore_makes(service: str, operation: str) -> None:
    mine = {page.method: page.text for page in generated.generate(service, operation)}
    assert len(mine) == 1
    if operation != "UpdateAnalysis":  # botocore itself takes minutes for that one
        assert mine == botocores_pages(service, operation)


def test_leaves_out_what_is_too_large_as_the_generator_does() -> None:
    (page,) = generated.generate("quicksight", "UpdateAnalysis")
    assert page.text.count("# This section is too large to render.") == 2
    assert "update_analysis(**kwargs)" in page.text
    assert len(page.text) < 10_000


def test_has_no_page_of_what_the_sdk_takes_out() -> None:
    methods = {page.method for page in generated.generate("lexv2-runtime")}
    assert "recognize_text" in methods
    assert "start_conversation" not in methods


def test_keeps_pages_in_the_given_folder(tmp_path: Path) -> None:
    first = list(generated.pages("sqs", cache=tmp_path))
    (archive,) = tmp_path.iterdir()
    assert archive.name == "sqs.zip"
    assert list(generated.pages("sqs", cache=tmp_path)) == first


def test_takes_pages_from_the_folder_that_has_them(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "sqs.zip", "w") as archive:
        info = zipfile.ZipInfo("create_queue")
        info.comment = b"CreateQueue"
        archive.writestr(info, "kept")
    assert generated.page("sqs", "CreateQueue", cache=tmp_path) == "kept"


def test_leaves_nothing_behind_when_a_page_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no service 'sqz'"):
        list(generated.pages("sqz", cache=tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_caches_per_user_and_sdk_version(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generated.sys, "platform", platform)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    folder = generated.cache_folder()
    assert folder.is_relative_to(Path.home())
    assert folder.name == f"botocore-{sdk.version()}"


def test_caches_where_the_user_wants(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(generated.sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert generated.cache_folder().is_relative_to(tmp_path)

"""What people name on both sides of a comparison."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aws_specs import catalog, sdk, store
from aws_specs.diff.references import pairs, read
from aws_specs.diff.report import report
from aws_specs.errors import ConformanceError, UsageError

SERVICE = "chime-sdk-identity"
NAME = f"{SERVICE}.RegisterAppInstanceUserEndpoint"


def changes(old: str, new: str) -> list[tuple[str, str, str, Any]]:
    found = report(old, new, pairs(read(old), read(new)))
    return [(c.operation, c.what, c.member, c.new) for c in found.changes]


@pytest.fixture
def older_sdk(tmp_path: Path) -> Path:
    """An SDK of last year, as a virtual environment has it: without one operation and one value."""
    package = tmp_path / "venv" / "lib" / "python3.11" / "site-packages" / "botocore"
    model: dict[str, Any] = json.loads(
        json.dumps(sdk.loader().load_service_model(SERVICE, "service-2"))
    )
    del model["operations"]["ListTagsForResource"]
    model["shapes"]["AppInstanceUserEndpointType"]["enum"].remove("GCM")
    folder = package / "data" / SERVICE / "2021-04-20"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(model))
    (package / "__init__.py").write_text("__version__ = '1.0.0'\n")
    return tmp_path / "venv"


@pytest.mark.parametrize("inside", [".", "lib/python3.11/site-packages",
                                    "lib/python3.11/site-packages/botocore",
                                    "lib/python3.11/site-packages/botocore/data"])  # fmt: skip
def test_compares_two_versions_of_the_sdk(older_sdk: Path, inside: str) -> None:
    found = changes(f"botocore:{older_sdk / inside}", f"model:{SERVICE}")
    assert (f"{SERVICE}.ListTagsForResource", "operation-added", "", None) in found
    assert (NAME, "enum-value-added", "Type", "GCM") in found
    assert {what for _, what, _, _ in found} == {"operation-added", "enum-value-added"}


def test_a_version_of_the_sdk_has_its_name_in_the_spec(older_sdk: Path) -> None:
    assert read(f"botocore:{older_sdk}:{NAME}").load(NAME).model == f"botocore 1.0.0 {SERVICE}"


def test_a_side_without_names_takes_those_of_the_other(older_sdk: Path) -> None:
    assert changes(f"botocore:{older_sdk}", NAME) == [(NAME, "enum-value-added", "Type", "GCM")]
    assert changes(NAME, "model:*") == changes(NAME, f"model:{NAME}")


def test_an_operation_that_another_sdk_lacks_is_not_compared(older_sdk: Path) -> None:
    with pytest.raises(UsageError, match="no operation in common"):
        changes(f"botocore:{older_sdk}", f"model:{SERVICE}.ListTagsForResource")


@pytest.mark.parametrize("name", catalog.names())
def test_a_page_file_says_what_the_page_of_the_catalogue_says(name: str, tmp_path: Path) -> None:
    page = catalog.load(name).page
    assert page is not None
    copy = tmp_path / Path(page.file).name
    copy.write_bytes(catalog.page_files()[page.file].read_bytes())
    assert changes(str(copy), f"page:{name}") == []
    assert changes(str(copy), "model:*") == changes(f"page:{name}", f"model:{name}")


def test_a_folder_of_spec_files_is_compared_operation_by_operation(tmp_path: Path) -> None:
    for name in catalog.names():
        (tmp_path / f"{name}.json").write_bytes(store.dump(catalog.load(name)))
    assert changes(str(tmp_path), str(tmp_path)) == []
    (tmp_path / f"{NAME}.json").unlink()
    fewer = read(str(tmp_path))
    assert fewer.names is not None
    assert NAME not in fewer.names


def test_a_spec_file_is_compared_with_the_catalogue(tmp_path: Path) -> None:
    file = tmp_path / "spec.json"
    file.write_bytes(store.dump(catalog.load(NAME)))
    assert changes(str(file), NAME) == []


@pytest.mark.parametrize(
    "text",
    [
        "nothing.Here",
        "page:nothing.Here",
        "model:nothing",
        "model:connect.Nothing",
        "model:nothing.Nothing",
        "botocore:/nowhere",
        "conect",
    ],
)
def test_a_side_that_means_nothing_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        list(pairs(read(text), read("model:*")))
    assert caught.value.hint


def test_the_name_of_a_service_means_all_of_its_operations() -> None:
    found = list(pairs(read("s3"), read("model:s3.*")))
    assert len(found) > 90


@pytest.mark.parametrize("content", [b"{}", b"\xff\xfe", b"no page at all"])
def test_a_file_that_is_neither_page_nor_spec_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / ("x.json" if content == b"{}" else "x.rst")
    file.write_bytes(content)
    with pytest.raises(ConformanceError):
        read(str(file))


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no spec files"):
        read(str(tmp_path))


def test_two_specs_of_one_operation_in_a_folder_are_refused(tmp_path: Path) -> None:
    for number in range(2):
        (tmp_path / f"{number}.json").write_bytes(store.dump(catalog.load(NAME)))
    with pytest.raises(UsageError, match="two specs"):
        read(str(tmp_path))

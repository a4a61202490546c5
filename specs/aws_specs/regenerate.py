"""The catalogue's own spec files, made again from its pages.

Pure but for reading the pages: what is written where is the caller's affair.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from aws_specs import catalog, store
from aws_specs.extract import extract

META_SCHEMA = "spec.schema.json"


def data_folder() -> Path:
    """Return the folder of the installed catalogue."""
    return Path(__file__).parent / "data"


def spec_files() -> Iterator[tuple[str, bytes]]:
    """Yield (path in the data folder, content): the meta-schema, then a spec file for every page.

    Raises `PageError` and `SpecError` for a page that cannot be read.
    """
    yield META_SCHEMA, store.meta_schema()
    for name, page in catalog.page_files().items():
        operation = extract(page.read_text(encoding="utf-8"), file=name)
        yield f"{operation.service}/{operation.name}.json", store.dump(operation)

"""The documentation pages of the installed SDK, as boto3 publishes them.

botocore's own documenters write them, so they are byte for byte the pages of that SDK version.
Three things only are done otherwise, because they make the whole of AWS take minutes instead of
hours: a page's text is put together once instead of once a nested section; a documentation string
that stands at the same indentation again (shapes are reused) is converted once; and a list that is
sure to be left out as too large is not written first.

Pages are kept in the user's cache folder, one archive a service and SDK version.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

from aws_specs import sdk
from aws_specs.printed import larger_than
from aws_specs.spec import Side

# botocore has no types: these are what is used of its documenters.
restdoc: Any = import_module("botocore.docs.bcdoc.restdoc")
_DocStringParser: Any = import_module("botocore.docs.bcdoc.docstringparser").DocStringParser
_Style: Any = import_module("botocore.docs.bcdoc.style").ReSTStyle
_Documenter: Any = import_module("botocore.docs.client").ClientDocumenter
_Shape: Any = import_module("botocore.model").Shape
_StructureShape: Any = import_module("botocore.model").StructureShape

LIMITS: Final[Mapping[str, Mapping[str, Any]]] = restdoc.SECTION_LINE_LIMIT_CONFIG
"""Sections that the generator leaves out when they have more lines than it allows."""

_SURELY: Final = max(int(limit["line_limit"]) for limit in LIMITS.values())
"""A side with more members than this is left out: each takes a line in both of its sections."""

_SECTIONS: Final[Mapping[Side, tuple[str, str]]] = {
    "input": ("request-example", "request-params"),
    "output": ("response-example", "description"),
}

_LINK_MARK: Final = "AWS API Documentation"
_LINK: Final[re.Pattern[str]] = restdoc.DOCUMENTATION_LINK_REGEX
_STRINGS: Final = 20_000


class GeneratedPage(NamedTuple):
    """One page: the client method, the operation it calls, the page's source."""

    method: str
    operation: str
    text: str


def cache_folder() -> Path:
    """Return the folder of this SDK version's pages in the user's cache; it need not exist."""
    return _user_cache() / "aws-conformance" / "pages" / f"botocore-{sdk.version()}"


def pages(service: str, *, cache: Path | None = None) -> Iterator[GeneratedPage]:
    """Yield the page of every operation of a service, from the cache where it has them.

    `cache` is the folder to keep them in (default: `cache_folder()`). Raises `UsageError` for a
    service that the SDK does not know.
    """
    archive = (cache or cache_folder()) / f"{service}.zip"
    if not archive.is_file():
        _keep(archive, generate(service))
    with zipfile.ZipFile(archive) as kept:
        for info in kept.infolist():
            yield GeneratedPage(info.filename, info.comment.decode(), kept.read(info).decode())


def page(service: str, operation: str, *, cache: Path | None = None) -> str:
    """Return the page source of one operation, from the cache where its service is kept."""
    archive = (cache or cache_folder()) / f"{service}.zip"
    found = pages(service, cache=cache) if archive.is_file() else generate(service, operation)
    return next(page.text for page in found if page.operation == operation)


def generate(service: str, *operations: str) -> Iterator[GeneratedPage]:
    """Yield the pages of operations of a service (default: all), in the order of method names."""
    client = _client(service)
    documenter = _Documenter(client, "", _examples(service))
    names: Mapping[str, str] = client.meta.method_to_api_mapping
    for method in sorted(names):
        if (operations and names[method] not in operations) or not hasattr(client, method):
            continue  # the SDK takes out what it cannot call, such as bidirectional streams
        left_out = _leave_out(service, client.meta.service_model.operation_model(names[method]))
        section = _Section(method)
        documenter._add_client_method(section, method, None)
        yield GeneratedPage(method, names[method], section.text(left_out))


def forget() -> None:
    """Let go of the documentation strings converted so far."""
    _converted.cache_clear()


def _leave_out(service: str, model: Any) -> frozenset[str]:
    """Take away the members of a side too large to print; return the sections that lack it then.

    One member stays, because a method without any is printed without arguments.
    """
    left_out: set[str] = set()
    for side, sections in _SECTIONS.items():
        if larger_than(_SURELY, service, model.name, side):
            whole = getattr(model, f"{side}_shape")
            name = next(iter(whole.members))
            small = _StructureShape(
                whole.name, {"type": "structure", "members": {name: _TEXT}}, _One()
            )
            setattr(model, f"{side}_shape", small)
            left_out.update(sections)
    return frozenset(left_out)


_TEXT: Final = {"shape": "Text"}


class _One:
    """A resolver that knows one shape."""

    def resolve_shape_ref(self, reference: Any) -> Any:
        """Return a text."""
        return _Shape(reference["shape"], {"type": "string"})


def _client(service: str) -> Any:
    session: Any = import_module("botocore.session").Session()
    sdk.service_model(service)  # for the error with the closest match
    return session.create_client(
        service,
        region_name="us-east-1",
        aws_access_key_id="none",
        aws_secret_access_key="none",  # noqa: S106 - nothing is signed
    )


def _examples(service: str) -> Mapping[str, Any]:
    from botocore.exceptions import DataNotFoundError

    loader: Any = sdk.loader()
    try:
        found: Mapping[str, Any] = loader.load_service_model(service, "examples-1")
    except DataNotFoundError:
        return {}
    examples: Mapping[str, Any] = found["examples"]
    return examples


# ---------------------------------------------------------------- the cache


def _user_cache() -> Path:
    """Return the platform's folder for caches, as its conventions name it."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if sys.platform == "darwin":
        return home / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")


def _keep(archive: Path, made: Iterator[GeneratedPage]) -> None:
    """Write pages to an archive, whole or not at all; two that write the same do not clash."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=archive.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as kept:
            for method, operation, text in made:
                info = zipfile.ZipInfo(method)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.comment = operation.encode()
                kept.writestr(info, text)
        Path(name).replace(archive)
    finally:
        Path(name).unlink(missing_ok=True)


# ---------------------------------------------------------------- sections of a page


class _Section(restdoc.DocumentStructure):  # type: ignore[misc]  # botocore has no types
    """botocore's document section, put together in one pass."""

    def __init__(self, name: str, target: str = "html", context: Any = None) -> None:
        # Not botocore's: that makes an HTML parser for each of a page's thousands of sections.
        self.style = _Style(self)
        self.target = target
        self.keep_data, self.do_translation = True, False
        self.translation_map: dict[str, str] = {}
        self.hrefs: dict[str, str] = {}
        self._writes: list[str] = []
        self._last_doc_string: tuple[int, int] | None = None
        self._name = name
        self._structure: dict[str, _Section] = {}
        self._path = [name]
        self._context: Mapping[str, Any] = context or {}

    @cached_property
    def parser(self) -> Any:
        """The converter of documentation strings, for the few that are not converted apart."""
        return _DocStringParser(self)

    def text(self, left_out: frozenset[str] = frozenset()) -> str:
        """Return the page; sections `left_out` are too large whatever they hold."""
        if self.hrefs:
            self.style.new_paragraph()
            for name, link in self.hrefs.items():
                self.style.link_target_definition(name, link)
        parts: list[str] = []
        self._collect(parts, "", left_out)
        return "".join(parts)

    def _collect(self, parts: list[str], link: str, left_out: frozenset[str]) -> str:
        """Append all text below to `parts`; return the first link to the API documentation in it.

        `link` is the last such link before: the generator prints it in place of a large section.
        """
        own = "".join(self._writes)
        parts.append(own)
        found = _link(own)
        for name, child in self._structure.items():
            collect = child._collect_limited if name in LIMITS else child._collect
            seen = collect(parts, found or link, left_out)
            found = found or seen
        return found

    def _collect_limited(self, parts: list[str], link: str, left_out: frozenset[str]) -> str:
        mine: list[str] = []
        found = self._collect(mine, link, left_out)
        text = "".join(mine)
        limit = LIMITS[self._name]
        if self._name in left_out or len(text.encode().splitlines()) > limit["line_limit"]:
            shown = f"{link}\n\n" if link else restdoc.DEFAULT_AWS_DOCS_LINK
            text = str(restdoc.LARGE_SECTION_MESSAGE.format(limit["name"], shown))
            found = _link(text)
        parts.append(text)
        return found

    def include_doc_string(self, doc_string: str) -> None:
        """Write a documentation string; one seen before at this indentation is not parsed again."""
        if not doc_string:
            return
        if self._writes:
            super().include_doc_string(doc_string)  # pyright: ignore[reportUnknownMemberType]
            return
        converted = _converted(doc_string, self.style.indentation)
        self._writes = list(converted.writes)
        self.hrefs.update(converted.hrefs)
        self.style.indentation = converted.indentation
        self._last_doc_string = (0, len(self._writes))


def _link(text: str) -> str:
    match = _LINK.search(text) if _LINK_MARK in text else None
    return match.group(0) if match else ""


class _Converted(NamedTuple):
    writes: tuple[str, ...]
    hrefs: dict[str, str]
    indentation: int


@lru_cache(maxsize=_STRINGS)
def _converted(doc_string: str, indentation: int) -> _Converted:
    document: Any = restdoc.ReSTDocument(target="html")
    document.style.indentation = indentation
    document.include_doc_string(doc_string)
    return _Converted(tuple(document._writes), document.hrefs, document.style.indentation)

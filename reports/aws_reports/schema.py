"""The results file: written, read back, and described by a published JSON Schema.

`results.json` is the suite's promise to other programs, so it is versioned and its schema stands
beside this module. The schema is made from the types, never by hand:
`python -m aws_reports.publish > reports/aws_reports/results.schema.json`.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from aws_reports.redact import redacted
from aws_reports.results import VERSION, Results
from aws_specs.errors import UsageError
from aws_specs.spec import Value

SCHEMA_ID: Final = f"urn:aws-conformance:results:{VERSION}"
SCHEMA_FILE: Final = "results.schema.json"
_RERUN: Final = "Make the file again with `aws-conformance run -o DIR`; it is DIR/results.json."


class ResultsError(UsageError):
    """A file that cannot be read as results. `file` is the file as it was named."""

    code = "results"

    def __init__(self, message: str, *, file: str, hint: str) -> None:
        super().__init__(f"{file}: {message}", hint=hint)
        self.file = file


def load_results(path: str | Path) -> Results:
    """Return the results in a file; a `ResultsError` says what is wrong with any other file."""
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError as err:
        raise ResultsError("there is no such file", file=str(path), hint=_RERUN) from err
    except IsADirectoryError as err:
        hint = f"Give the file in it: {Path(path) / 'results.json'}"
        raise ResultsError("this is a folder, not a file", file=str(path), hint=hint) from err
    except OSError as err:
        why = err.strerror or str(err)
        raise ResultsError(f"cannot be read: {why}", file=str(path), hint=_RERUN) from err
    return parse_results(data, file=str(path))


def parse_results(data: bytes, *, file: str = "results.json") -> Results:
    """Return the results that the bytes of a file hold; `file` is its name in errors."""
    document = _document(data, file)
    _check_version(document.get("version"), file)
    try:
        return msgspec.convert(document, Results)
    except msgspec.ValidationError as err:
        message = f"not a results file of version {VERSION}: {err}"
        raise ResultsError(message, file=file, hint=_RERUN) from err


def dump_results(results: Results) -> bytes:
    """Return `results.json`: redacted, UTF-8, one line feed at the end, two spaces of indent.

    A lone surrogate, which JSON text from a target may hold and UTF-8 cannot, is written as the
    six characters of its escape.
    """
    return _encoded({"version": VERSION, **msgspec.to_builtins(redacted(results))})


def dump_value(value: Value) -> bytes:
    """Return any other value of this package as JSON in the layout of `results.json`."""
    return _encoded(msgspec.to_builtins(value))


def _encoded(document: dict[str, Any]) -> bytes:
    try:
        line = msgspec.json.encode(document)
    except UnicodeEncodeError:
        line = msgspec.json.encode(_encodable(document))
    return msgspec.json.format(line, indent=2) + b"\n"


def results_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of results files, made from the types."""
    made = msgspec.json.schema(Results)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Results of aws-conformance",
        "description": "One run of aws-conformance against one target: results.json.",
        **made,
        "$defs": _pinned(made["$defs"]),
    }


def schema_text() -> str:
    """Return the published schema file's text, as `results_schema` makes it now."""
    return json.dumps(results_schema(), indent=2, ensure_ascii=False) + "\n"


def published_schema() -> dict[str, Any]:
    """Return the schema as it was published with this package."""
    text = resources.files("aws_reports").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))


def _pinned(definitions: dict[str, Any]) -> dict[str, Any]:
    """Pin the version: a file of another version must not pass for one of this."""
    results = definitions["Results"]
    properties = {**results["properties"], "version": {"const": VERSION}}
    required = ["version", *results["required"]]
    return {
        **definitions,
        "Results": {**results, "properties": properties, "required": required},
    }


def _document(data: bytes, file: str) -> dict[str, Any]:
    if not data.strip():
        raise ResultsError("the file is empty", file=file, hint=_RERUN)
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as err:
        raise ResultsError(f"not JSON: {err}", file=file, hint=_hint_for(data)) from err
    if not isinstance(document, dict) or not {"verdicts", "operations"} <= document.keys():
        message = "JSON, but not a results file: it has no `operations` and `verdicts`"
        raise ResultsError(message, file=file, hint=_RERUN)
    return cast("dict[str, Any]", document)


def _hint_for(data: bytes) -> str:
    """Return what to do about bytes that are not one JSON value: guess what was meant."""
    head = data.lstrip()[:1]
    if head == b"<":
        return "This looks like a rendered report; give the results.json that stands beside it."
    if head == b"{" and b"\n{" in data:
        return "This looks like a journal (JSON lines); give the results.json beside it."
    return _RERUN


def _check_version(version: object, file: str) -> None:
    if version == VERSION and not isinstance(version, bool):
        return
    if version is None:
        raise ResultsError("it does not say its `version`", file=file, hint=_RERUN)
    newer = isinstance(version, int) and version > VERSION
    hint = "Upgrade aws-conformance to read it." if newer else _RERUN
    message = f"results of version {version!r}; this aws-conformance reads version {VERSION}"
    raise ResultsError(message, file=file, hint=hint)


def _encodable(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode("utf-8")
        case list() | tuple():
            return [_encodable(item) for item in cast("list[Any]", value)]
        case dict():
            items = cast("dict[str, Any]", value).items()
            return {_encodable(key): _encodable(item) for key, item in items}
        case _:
            return value

"""Answers that others have recorded of AWS, read from the forms in which projects keep them.

* placebo: `<endpoint prefix>.<Operation>_<n>.json` with {"status_code", "data"} (Cloud Custodian)
* snapshots: `*.snapshot.json`, responses within, values partly placeholders (LocalStack)
* cassettes: `*.yml` of VCR, whole HTTP exchanges (ManageIQ, puppetlabs-aws)
* replays: `*.replay` of httpreplay, whole HTTP exchanges (Go CDK)

Placebo and snapshots hold what botocore made of an answer, cassettes and replays the bytes. Nothing
of any recording is kept in this repository.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aws_conformance.exchange import Response
from aws_specs import sdk
from aws_specs.spec import Json, Value


class Recorded(Value, frozen=True, kw_only=True):
    """One recorded answer. `operation` is "" where it cannot be told; `response` is None where only
    the decoded `value` (a success) or `code` and `message` (an error) were kept."""

    service: str
    operation: str
    status: int
    value: Json = None
    code: str = ""
    message: str = ""
    response: Response | None = None
    file: str = ""


@cache
def _model(service: str) -> Any:
    return sdk.service_model(service)


@cache
def _by_prefix() -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for service in sdk.services():
        for name in {service, str(_model(service).endpoint_prefix)}:
            found[name].append(service)
    return found


def _output(service: str, operation: str) -> frozenset[str]:
    shape = _model(service).operation_model(operation).output_shape
    return frozenset(shape.members if shape is not None else ())


def _kept(service: str, operation: str, status: int, data: Any, file: Path) -> Recorded:
    error = data.get("Error")
    failed = status >= 300 or (isinstance(error, dict) and "Code" in error)
    error = error if failed and isinstance(error, dict) else {}
    return Recorded(
        service=service, operation=operation, status=status, file=str(file),
        value=None if failed else {k: v for k, v in data.items() if k != "ResponseMetadata"},
        code=str(error.get("Code", "")), message=str(error.get("Message", "")),
    )  # fmt: skip


# ---------------------------------------------------------------- placebo


def placebo(root: Path) -> Iterator[Recorded]:
    """Yield the recordings of placebo below a folder."""
    for file in sorted(root.rglob("*.json")):
        prefix, _, rest = file.name.partition(".")
        operation = rest.rpartition("_")[0]
        services = [
            s for s in _by_prefix().get(prefix, ()) if operation in _model(s).operation_names
        ]
        read = _json(file)
        if not services or not isinstance(read, dict) or "status_code" not in read:
            continue
        data = _plain(read["data"])
        keys = set(data) - {"ResponseMetadata", "Error"}
        best = min(services, key=lambda s: len(keys - _output(s, operation)))
        yield _kept(best, operation, int(read["status_code"]), data, file)


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_bytes())
    except ValueError:
        return None


_PARTS = {"year": 2000, "month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0}


def _plain(value: Any) -> Any:
    """Return a value without placebo's marks for classes that JSON does not have."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("__class__") == "datetime":
        return datetime(*(value.get(k, v) for k, v in _PARTS.items())).isoformat() + "Z"
    if "__class__" in value:
        return str(value.get("body") or value.get("value") or "")
    return {key: _plain(item) for key, item in value.items()}


# ---------------------------------------------------------------- snapshots


def snapshots(root: Path) -> Iterator[Recorded]:
    """Yield the answers within the snapshot files below a folder."""
    for file in sorted(root.rglob("*.snapshot.json")):
        folder = re.search(r"services/([^/]+)/", str(file))
        service = (folder[1] if folder else "").rstrip("_")
        if service not in sdk.services():
            continue
        for test in _json(file).values():
            for path, data in _responses(test.get("recorded-content", {}), ()):
                status = data["ResponseMetadata"]["HTTPStatusCode"]
                yield _kept(service, _named(service, path, data), status, data, file)


def _responses(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        metadata = value.get("ResponseMetadata")
        if isinstance(metadata, dict) and "HTTPStatusCode" in metadata:
            yield path, value
        for key, item in value.items():
            yield from _responses(item, (*path, key))
    elif isinstance(value, list):
        for item in value:
            yield from _responses(item, path)


def _named(service: str, path: tuple[str, ...], data: Any) -> str:
    """Return the operation that a snapshot's key names, or the only one with such an output."""
    keys = set(data) - {"ResponseMetadata", "Error", "Message", "message"}
    failed = "Error" in data
    fitting = [n for n in _model(service).operation_names if failed or keys <= _output(service, n)]
    for text in (path[-1] if path else "", " ".join(path)):
        words = re.sub(r"[^a-z0-9]", "", text.lower())
        said = [name for name in fitting if name.lower() in words]
        if said:
            return str(max(said, key=len))
    return str(fitting[0]) if len(fitting) == 1 and keys else ""


# ---------------------------------------------------------------- whole exchanges


def cassettes(root: Path) -> Iterator[Recorded]:
    """Yield the exchanges with AWS in VCR's cassettes below a folder."""
    import yaml  # a development tool's dependency: only for this

    for file in sorted([*root.rglob("*.yml"), *root.rglob("*.yaml")]):
        read = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
        for one in read.get("http_interactions", ()) if isinstance(read, dict) else ():
            sent, came = one["request"], one["response"]
            yield from _exchange(
                sent["method"].upper(), sent["uri"], sent["headers"], _text(sent["body"]),
                Response(came["status"]["code"], _headers(came["headers"]), _text(came["body"])),
                file,
            )  # fmt: skip


def _text(body: Mapping[str, Any]) -> bytes:
    if "base64_string" in body:
        return base64.b64decode(body["base64_string"])
    text = body.get("string") or ""
    return text if isinstance(text, bytes) else str(text).encode()


def replays(root: Path) -> Iterator[Recorded]:
    """Yield the exchanges with AWS in httpreplay's files below a folder."""
    for file in sorted(root.rglob("*.replay")):
        for one in (_json(file) or {}).get("Entries") or ():
            sent, came = one["Request"], one["Response"]
            yield from _exchange(
                sent["Method"], sent["URL"], sent.get("Header") or {},
                base64.b64decode((sent.get("BodyParts") or [""])[0] or ""),
                Response(
                    came["StatusCode"],
                    _headers(came.get("Header") or {}),
                    base64.b64decode(came.get("Body") or ""),
                ),
                file,
            )  # fmt: skip


def _headers(read: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((k, v if isinstance(v, str) else v[0]) for k, v in read.items() if v)


def _exchange(
    method: str, url: str, headers: Mapping[str, Any], body: bytes, response: Response, file: Path
) -> Iterator[Recorded]:
    if "amazonaws.com" not in url:
        return
    service, operation = _route(method, url, dict(_headers(headers)), body)
    if not operation:
        return
    if response.body[:2] == b"\x1f\x8b":
        response = Response(response.status, response.headers, gzip.decompress(response.body))
    yield Recorded(
        service=service, operation=operation, status=response.status, response=response,
        file=str(file),
    )  # fmt: skip


def _route(method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
    """Return (service, operation) of a request, ("", "") where it cannot be told."""
    target = next((v for k, v in headers.items() if k.lower() == "x-amz-target"), "")
    place = urlsplit(url)
    labels = (place.hostname or "").split(".")
    if target:
        prefix, _, name = target.rpartition(".")
        return _first(
            [s for s in sdk.services() if _model(s).metadata.get("targetPrefix") == prefix], name
        )
    form = parse_qs(body.decode("utf-8", "replace")) or parse_qs(place.query)
    if "Action" in form:
        near = [s for label in labels for s in _by_prefix().get(label, ())] or ["ec2"]
        near = [s for s in near if _model(s).metadata["protocol"] in ("query", "ec2")]
        return _first(near, form["Action"][0])
    return _s3(method, place.path, place.query, labels, headers) if "s3" in labels else ("", "")


def _first(services: Sequence[str], name: str) -> tuple[str, str]:
    return next(((s, name) for s in services if name in _model(s).operation_names), ("", ""))


def _s3(
    method: str, path: str, query: str, labels: Sequence[str], headers: Mapping[str, str]
) -> tuple[str, str]:
    """Return the commonest operation on a bucket or an object."""
    path = path.strip("/")
    key = path.partition("/")[2] if labels[0] == "s3" else path
    listing = "ListObjectsV2" if "list-type=2" in query else "ListObjects"
    copied = any(name.lower() == "x-amz-copy-source" for name in headers)
    objects = {"GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject",
               "PUT": "CopyObject" if copied else "PutObject"}  # fmt: skip
    buckets = {"GET": "GetBucketLocation" if "location" in query else listing, "HEAD": "HeadBucket"}
    return "s3", (objects if key else buckets).get(method, "")

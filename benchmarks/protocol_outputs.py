"""Read every answer of botocore's protocol test suites as a run reads it.

    python benchmarks/protocol_outputs.py BOTOCORE/tests/unit/protocols

The suites are those of Smithy and botocore's own older ones: a model, the bytes of an answer, and
what a client makes of them. A success must become the same value (unknown members aside, which are
kept here, and timestamps, which are text), an error the same code, and nothing may be raised.
Prints counts and each difference; exits 1 where an error's code differs or something is raised.
"""

from __future__ import annotations

import base64
import json
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.model import ServiceModel

from aws_conformance.exchange import Response
from aws_conformance.wire import answers, shapes


def main() -> int:
    """Read all suites and return the exit code."""
    counts: Counter[str] = Counter()
    for file in sorted(Path(sys.argv[1]).rglob("output/*.json")):
        for suite in json.loads(file.read_text("utf-8")):
            for case in suite["cases"]:
                name = case.get("id") or suite.get("description", "")
                said, detail = read(suite, case, legacy="legacy" in file.parts)
                counts[said] += 1
                if said not in ("same value", "same code"):
                    print(f"{said}: {file.stem} {name}: {detail}"[:200])
    print(", ".join(f"{count} {said}" for said, count in counts.most_common()))
    return 1 if counts["another code"] or counts["raised"] else 0


def read(suite: Any, case: Any, *, legacy: bool) -> tuple[str, str]:
    """Return what came of one answer, and in what it differs."""
    given, came = case["given"], case["response"]
    metadata = {"serviceId": "x", **suite["metadata"]}
    protocol = (metadata.get("protocols") or [metadata["protocol"]])[0]
    model = ServiceModel(
        {"metadata": {**metadata, "protocol": protocol}, "operations": {given["name"]: given},
         "shapes": suite["shapes"]},
        "x",
    ).operation_model(given["name"])  # fmt: skip
    if protocol == "query" and model.output_shape is not None and not legacy:
        model.output_shape.serialization.setdefault("resultWrapper", f"{given['name']}Result")
    body = came.get("body", "")
    response = Response(
        came["status_code"],
        tuple(came.get("headers", {}).items()),
        base64.b64decode(body) if "cbor" in protocol else body.encode(),
    )
    try:
        if response.status >= 400:
            error = answers._ERRORS[protocol](response)
            codes = {error.code, error.alias} - {""}
            due = case.get("errorCode")
            return ("same code" if due in codes or not due else "another code"), f"{codes} {due}"
        value = answers._SUCCESSES[protocol](model, response, lambda text: None)
    except Exception as error:
        return "raised", repr(error)
    due = in_form(model.output_shape, case.get("result") or {})
    known = _known(model.output_shape, value)
    return ("same value" if known == due else "another value"), f"{known} {due}"


def in_form(shape: Any, value: Any) -> Any:
    """Return a client's value as the suite's readers write it: ISO 8601, base64, no nulls."""
    match shape.type_name if shape is not None else "", value:
        case "structure", dict():
            return {k: in_form(shape.members.get(k), v) for k, v in value.items() if v is not None}
        case "list", list():
            return [in_form(shape.member, item) for item in value]
        case "map", dict():
            return {k: in_form(shape.value, v) for k, v in value.items() if v is not None}
        case "timestamp", int() | float():
            return shapes.iso(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value))
        case "blob", str():
            return base64.b64encode(value.encode()).decode()
        case _:
            return value


def _known(shape: Any, value: Any) -> Any:
    """Return a value without the members that its shape does not have, and without nulls."""
    match shape.type_name if shape is not None else "", value:
        case "structure", dict() if not shape.is_document_type:
            members = shape.members
            return {
                k: _known(members[k], v) for k, v in value.items() if k in members and v is not None
            }
        case "list", list():
            return [_known(shape.member, item) for item in value]
        case "map", dict():
            return {k: _known(shape.value, v) for k, v in value.items() if v is not None}
        case _:
            return value


if __name__ == "__main__":
    sys.exit(main())

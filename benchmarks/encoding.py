"""Encode cases of every operation of AWS, and hold the bytes against those of a botocore client.

    python benchmarks/encoding.py [--services GLOB] [--cases N] [--shard I/N] [--seconds N]

Of each operation the control, and `--cases` valid, invalid and malformed cases each, spread over
the cover, are encoded: none may raise anything but `EncodeError` ("HTTP cannot carry this"), which
is counted. The control is given to a real botocore client (path style, no host prefix, no
validation), and what it would send is compared: method, path with query, headers, body. Prints each
difference and exits 1 where anything crashed or differs. Needs the four source folders and
`tests` on the path.
"""

from __future__ import annotations

import argparse
import base64
import collections
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

import botocore.auth
import botocore.session

from aws_conformance.exchange import Request
from aws_conformance.wire import EncodeError, encode
from aws_specs import catalog, sdk
from aws_strategies.case import Case
from aws_strategies.cover import Cover
from aws_strategies.plan import Plan
from tests_support.clients import ENDPOINT, NOW, client, client_sends

NOT_COMPARED = {
    "host", "user-agent", "amz-sdk-invocation-id", "amz-sdk-request", "expect",
}  # fmt: skip

ANOTHER_HOST = "(the host is part of the signature)"
"""Stands for a signature where the client's endpoint rules choose a host of their own."""


def values_of(shape: Any, value: Any) -> Any:
    """Return the JSON form as a client takes it, converted without the product's own code."""
    match shape.type_name if shape is not None else "":
        case "structure" if not shape.is_document_type:
            return {n: values_of(shape.members.get(n), item) for n, item in value.items()}
        case "list":
            return [values_of(shape.member, item) for item in value]
        case "map":
            return {key: values_of(shape.value, item) for key, item in value.items()}
        case "blob":
            return base64.b64decode(value)
        case "timestamp":
            return datetime.fromisoformat(value) if isinstance(value, str) else value
        case _:
            return value


def theirs_of(service: str, operation: str, values: Any) -> tuple[Any, ...] | str:
    """Return (method, path, headers, body) of a client, or why it sends nothing."""
    sent = client_sends(service, operation, values)
    if isinstance(sent, str):
        return sent
    pairs = {name: value for name, value in sent.headers.items() if name not in NOT_COMPARED}
    url = urlsplit(sent.url)
    if url.netloc != urlsplit(ENDPOINT).netloc and "authorization" in pairs:
        pairs["authorization"] = ANOTHER_HOST
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    return sent.method, path, pairs, sent.body


def ours(request: Request) -> tuple[Any, ...]:
    """Return our request in the same form."""
    pairs = {n.lower(): v for n, v in request.headers if n.lower() not in NOT_COMPARED}
    return request.method, request.path, pairs, request.body


def difference(mine: tuple[Any, ...], theirs: tuple[Any, ...]) -> str:
    """Return what differs, in words; "" where nothing does."""
    for name, a, b in zip(("method", "path", "headers", "body"), mine, theirs, strict=True):
        if a != b and name == "headers":
            keys = sorted(key for key in {*a, *b} if a.get(key) != b.get(key))
            return "; ".join(f"{key}: {a.get(key)!r} / {b.get(key)!r}"[:120] for key in keys[:3])
        if a != b:
            return f"{name}: {a[:160]!r} / {b[:160]!r}"
    return ""


def some(cases: list[Case], number: int) -> list[Case]:
    """Return so many cases, spread over the list."""
    return cases[:: max(1, len(cases) // number)][:number] if number else []


def judge(name: str, options: argparse.Namespace, counts: Any) -> Iterator[str]:
    """Yield what is wrong with one operation."""
    operation = catalog.load(name)
    cover = Cover(Plan(operation), nonce="1")
    for kind in ("control", "valid", "invalid", "malformed"):
        of_kind = [case for case in cover.cases if case.kind == kind]
        for case in of_kind if kind == "control" else some(of_kind, options.cases):
            counts[kind] += 1
            try:
                request = encode(operation, case, endpoint=ENDPOINT, clock=lambda: NOW)
            except EncodeError as error:
                counts[f"{kind} cannot be carried"] += 1
                yield f"{kind} not carried\t{case.id}\t{error}"[:300]
                continue
            except Exception as error:
                counts["crash"] += 1
                yield f"crash\t{case.id}\t{error!r}"[:300]
                continue
            if kind == "control":
                yield from compared(operation, case, request, counts)


def compared(operation: Any, case: Case, request: Request, counts: Any) -> Iterator[str]:
    """Yield how the control differs from a client's."""
    shape = sdk.operation_model(operation.service, operation.name).input_shape
    theirs = theirs_of(operation.service, operation.name, values_of(shape, case.params))
    if isinstance(theirs, str):
        counts["client sends nothing"] += 1
        yield f"client sends nothing\t{operation.id}\t{theirs}"
        return
    mine = ours(request)
    if theirs[2].get("authorization") == ANOTHER_HOST and "authorization" in mine[2]:
        mine[2]["authorization"] = ANOTHER_HOST
        counts["at a host that the client chose, but for the signature"] += 1
    differs = difference(mine, theirs)
    counts["differs" if differs else "equal"] += 1
    if differs:
        yield f"differs\t{operation.id}\t{differs}"


def main() -> int:
    """Run the comparison and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", default="*")
    parser.add_argument("--cases", type=int, default=3)
    parser.add_argument("--shard", default="0/1")
    parser.add_argument("--seconds", type=int, default=0)
    options = parser.parse_args()
    botocore.auth.get_current_datetime = lambda: NOW.replace(tzinfo=None)
    index, of = map(int, options.shard.split("/"))
    end = time.monotonic() + options.seconds if options.seconds else None
    counts: collections.Counter[str] = collections.Counter()
    for service in [s for s in sdk.services() if fnmatchcase(s, options.services)][index::of]:
        client.cache_clear()
        for operation in sdk.operation_names(service):
            for line in judge(f"{service}.{operation}", options, counts):
                print(line, flush=True)
            catalog.load.cache_clear()
        if end is not None and time.monotonic() > end:
            print(f"stopped after {service}")
            break
    print(dict(counts))
    return 1 if counts["differs"] or counts["crash"] else 0


if __name__ == "__main__":
    sys.exit(main())

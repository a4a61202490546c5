"""Encode cases of every operation of AWS, and hold the bytes against those of a botocore client.

    python benchmarks/encoding.py [--services GLOB] [--cases N] [--shard I/N] [--seconds N]

Of each operation the control, and `--cases` valid, invalid and malformed cases each, spread over
the cover, are encoded: no valid one may raise, and no other anything but `EncodeError` ("HTTP
cannot carry this"), which is counted. All but the malformed ones are given to a real botocore
client too (path style, no host prefix, no validation), and what it would send is compared: method,
path with query, headers with the signature, body. What came of a comparison is one of the classes
of `tests_support/compared.py`.

Prints each crash and each difference that nothing explains, then the counts; exits 1 where there is
one. Needs the four source folders and `tests` on the path.
"""

from __future__ import annotations

import argparse
import collections
import sys
import time
from collections.abc import Iterator
from fnmatch import fnmatchcase

import botocore.auth

from aws_conformance.wire import EncodeError, encode
from aws_specs import catalog, sdk
from aws_specs.spec import Operation
from aws_strategies.case import Case
from aws_strategies.cover import Cover
from aws_strategies.plan import Plan
from tests_support.clients import NOW, client
from tests_support.compared import EXPLAINED, compared, endpoint_for

Counts = collections.Counter[str]


def some(cases: list[Case], number: int) -> list[Case]:
    """Return so many cases, spread over the list."""
    return cases[:: max(1, len(cases) // number)][:number] if number else []


def judge(name: str, number: int, counts: Counts) -> Iterator[str]:
    """Yield what is wrong with one operation."""
    operation = catalog.load(name)
    cases = Cover(Plan(operation), nonce="1").cases
    counts["operations"] += 1
    counts["operations without a case (the request is a stream of events)"] += not cases
    for kind in ("control", "valid", "invalid", "malformed"):
        of_kind = [case for case in cases if case.kind == kind]
        for case in some(of_kind, 1 if kind == "control" else number):
            counts[kind] += 1
            yield from encoded(operation, case, counts)


def encoded(operation: Operation, case: Case, counts: Counts) -> Iterator[str]:
    """Yield how the encoding of a case fails, or how it differs from a client's."""
    at = endpoint_for(operation)
    try:
        request = encode(operation, case, endpoint=at, clock=lambda: NOW)
    except EncodeError as error:
        counts[f"{case.kind}: HTTP cannot carry it"] += 1
        if case.kind in ("control", "valid"):
            counts["crash"] += 1
            yield f"valid, and not carried\t{case.id}\t{error}"[:300]
        return
    except Exception as error:
        counts["crash"] += 1
        yield f"crash\t{case.id}\t{error!r}"[:300]
        return
    if case.kind != "malformed":
        what, detail = compared(operation, case, request)
        counts[f"{case.kind}: {what}"] += 1
        if not what.startswith(EXPLAINED):
            counts["differs"] += 1
            yield f"{what}\t{case.id}\t{detail}"


def run(options: argparse.Namespace, counts: Counts) -> Iterator[str]:
    """Yield what is wrong with the operations that were asked for."""
    index, of = map(int, options.shard.split("/"))
    end = time.monotonic() + options.seconds if options.seconds else None
    for service in [s for s in sdk.services() if fnmatchcase(s, options.services)][index::of]:
        for cached in (client, sdk.service_model, sdk.loader):  # models are large
            cached.cache_clear()
        counts["services"] += 1
        for operation in sdk.operation_names(service):
            yield from judge(f"{service}.{operation}", options.cases, counts)
            catalog.load.cache_clear()
        if end is not None and time.monotonic() > end:
            yield f"stopped after {service}"
            return


def main() -> int:
    """Run the comparison and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", default="*")
    parser.add_argument("--cases", type=int, default=3)
    parser.add_argument("--shard", default="0/1")
    parser.add_argument("--seconds", type=int, default=0)
    options = parser.parse_args()
    botocore.auth.get_current_datetime = lambda: NOW.replace(tzinfo=None)
    counts: Counts = collections.Counter()
    for line in run(options, counts):
        print(line, flush=True)
    for what, number in sorted(counts.items()):
        print(f"{number:9,} {what}")
    print(f"CPU-seconds {time.process_time():.0f}")
    return 1 if counts["differs"] or counts["crash"] else 0


if __name__ == "__main__":
    sys.exit(main())

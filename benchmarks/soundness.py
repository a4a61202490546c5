"""Check generated requests against jsonschema and botocore, over many operations of AWS.

    python benchmarks/soundness.py [--operations N | --all] [--examples N] [--seed N]
                                   [--services GLOB] [--only GLOB] [--shard I/N]

Prints what is unsound and a count of requests; exits 1 where anything is. Needs the four source
folders and `tests` on the path. A nightly run takes `--all --examples 40`.
"""

from __future__ import annotations

import argparse
import collections
import random
import signal
import sys
import time
from collections.abc import Iterator
from fnmatch import fnmatchcase

from aws_specs import catalog, sdk
from aws_strategies.case import Case
from aws_strategies.cover import Cover
from aws_strategies.examples import generate
from aws_strategies.plan import Plan
from strategies.oracle import Oracle, botocore_objects


def chosen(options: argparse.Namespace) -> list[str]:
    """Return the names of the operations to check."""
    names = [
        f"{service}.{operation}"
        for service in sdk.services()
        if fnmatchcase(service, options.services)
        for operation in sdk.service_model(service).operation_names
    ]
    names = [name for name in names if fnmatchcase(name, options.only)]
    if options.all:
        return names
    return random.Random(options.seed).sample(names, min(options.operations, len(names)))


def unsound(oracle: Oracle, case: Case, botocore: bool) -> Iterator[str]:
    """Yield what is wrong with one case."""
    refused = oracle.refuses(case.params)
    if case.kind in ("control", "valid"):
        objection = botocore_objects(oracle.plan, case.params) if botocore else ""
        if objection:
            yield f"botocore refuses {case.id}: {objection}"
        if refused:
            yield f"jsonschema refuses {case.id} for {sorted(refused)}"
    elif case.kind == "invalid" and not case.rule.endswith("/exists"):
        testable = {rule.id for rule in oracle.plan.testable}
        meant = {case.rule} | (set(case.shadows) & testable)
        if refused != meant:
            yield f"{case.id} breaks {sorted(meant)}, refused for {sorted(refused)}"


class TooSlowError(Exception):
    """An operation took too long."""


def _alarm(*_: object) -> None:
    raise TooSlowError


def main() -> int:
    """Run the check and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=200)
    parser.add_argument("--examples", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--services", default="*")
    parser.add_argument("--only", default="*")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--limit", type=int, default=60, help="CPU-seconds an operation may take")
    parser.add_argument("--shard", default="0/1", help="I/N: every Nth operation, from the Ith")
    parser.add_argument("--seconds", type=int, default=0, help="stop after so long; 0 is never")
    options = parser.parse_args()
    signal.signal(signal.SIGVTALRM, _alarm)
    end = time.monotonic() + options.seconds if options.seconds else None
    counts: collections.Counter[str] = collections.Counter()
    unmet: collections.Counter[str] = collections.Counter()
    slow: list[tuple[float, str]] = []
    index, of = map(int, options.shard.split("/"))
    for name in chosen(options)[index::of]:
        started = time.process_time()
        if end is not None and time.monotonic() > end:
            print("stopped: the time is over")
            break
        signal.setitimer(signal.ITIMER_VIRTUAL, options.limit)
        try:
            plan = Plan(catalog.load(name))
            oracle = Oracle(plan)
            cover = Cover(plan)
            cases = (*cover.cases, *generate(plan, options.examples, options.seed, nonce=""))
            slow.append((time.process_time() - started, name))
            for case in cases:
                counts[case.kind] += 1
                for problem in unsound(oracle, case, botocore=True):
                    counts["unsound"] += 1
                    print(problem[:700], flush=True)
            for identity, why in cover.unmet.items():
                kind = identity.rpartition("/")[2] if "/input/" in identity else "other"
                unmet[f"{kind}: {why[:60]}"] += 1
            counts["rules"] += len(plan.testable)
            counts["operations"] += 1
            if not cover.cases:
                counts["operations without cases"] += 1
                print("no cases", name, cover.unmet)
            counts["example ops short"] += sum(c.example for c in cases) < 2 * options.examples
        except TooSlowError:
            counts["too slow"] += 1
            print("too slow:", name, flush=True)
        except Exception as error:
            counts["crashed"] += 1
            print("crashed:", name, repr(error)[:300], flush=True)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    print(dict(counts))
    print("slowest:", [(f"{s:.2f}", n) for s, n in sorted(slow, reverse=True)[:8]])
    for why, number in unmet.most_common(25):
        print(f"{number:6} {why}")
    return 1 if counts["unsound"] or counts["crashed"] else 0


if __name__ == "__main__":
    sys.exit(main())

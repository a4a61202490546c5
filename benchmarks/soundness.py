"""Check generated requests against jsonschema and botocore, over the operations of AWS.

    python benchmarks/soundness.py [--operations N | --all] [--examples N] [--parts N] [--seed N]
                                   [--services GLOB] [--only GLOB] [--shard I/N] [--jobs N]
                                   [--journal FILE] [--limit SECONDS] [--seconds N] [--again]
                                   [--summary]

What came of each operation is a line of the journal (JSON): a run that is stopped goes on where it
was, and `--summary` shows what a journal holds. Every hundred operations of a service have a
process of their own, so that memory stays bounded. An operation that takes more CPU than `--limit`
allows is counted and named, with what was judged until then.

Prints what is unsound and counts; exits 1 where anything is. Needs the four source folders and
`tests` on the path.
"""

from __future__ import annotations

import argparse
import collections
import multiprocessing
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from aws_specs import catalog, sdk
from strategies.judged import Judged, Judging, OutOfTimeError

_AT_ONCE = 100
"""Operations that one process judges before it ends."""

_AGAIN = 5
"""Seconds after which the alarm rings again, should the first have been swallowed."""


# ---------------------------------------------------------------- which operations


def chosen(options: argparse.Namespace) -> list[str]:
    """Return the names of the operations to check."""
    names = [
        f"{service}.{operation}"
        for service in sdk.services()
        if fnmatchcase(service, options.services)
        for operation in sdk.operation_names(service)
    ]
    names = [name for name in names if fnmatchcase(name, options.only)]
    if not options.all:
        names = random.Random(options.seed).sample(names, min(options.operations, len(names)))
    index, of = map(int, options.shard.split("/"))
    return names[index::of]


def batches(names: Iterable[str]) -> list[list[str]]:
    """Return the names in lists of one service each, none longer than a process may judge."""
    services: dict[str, list[str]] = {}
    for name in names:
        services.setdefault(name.partition(".")[0], []).append(name)
    return [
        of_one[at : at + _AT_ONCE]
        for of_one in services.values()
        for at in range(0, len(of_one), _AT_ONCE)
    ]


# ---------------------------------------------------------------- judging


def _ring(*_: object) -> None:
    raise OutOfTimeError


def judge(names: Sequence[str], asked: tuple[int, int, int], limit: int) -> list[Judged]:
    """Return what the judges say of some operations, each within `limit` seconds of CPU.

    `asked` are the numbers of examples, the seed and the number of parts of packs.
    """
    signal.signal(signal.SIGVTALRM, _ring)
    found: list[Judged] = []
    for name in names:
        found.append(_judged(Judging(name), asked, limit))
        catalog.load.cache_clear()
    return found


def _judged(judging: Judging, asked: tuple[int, int, int], limit: int) -> Judged:
    crash = ""
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, limit, _AGAIN)
        judging.run(*asked)
    except OutOfTimeError:
        pass
    except Exception as error:
        crash = repr(error)[:300]
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return judging.result(crash)


def run(names: Sequence[str], options: argparse.Namespace) -> Iterator[Judged]:
    """Yield what came of each operation, as processes finish."""
    end = time.monotonic() + options.seconds if options.seconds else None
    waiting = batches(names)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["strategies.judged"])
    with ProcessPoolExecutor(options.jobs, mp_context=context, max_tasks_per_child=1) as pool:
        running = [
            pool.submit(
                judge, batch, (options.examples, options.seed, options.parts), options.limit
            )
            for batch in waiting
        ]
        for future in as_completed(running):
            if future.cancelled():
                continue
            yield from future.result()
            if end is not None and time.monotonic() > end:
                for one in running:
                    one.cancel()


# ---------------------------------------------------------------- the journal, and what it says


def journaled(journal: Path) -> dict[str, Judged]:
    """Return what a journal holds, by operation; a line cut off by a stop is left out."""
    found: dict[str, Judged] = {}
    for line in journal.read_bytes().splitlines() if journal.exists() else ():
        try:
            judged = msgspec.json.decode(line, type=Judged)
        except msgspec.DecodeError:
            continue
        found[judged.name] = judged
    return found


def summary(results: Sequence[Judged]) -> Iterator[str]:
    """Yield the lines of a summary."""
    counts, sides, reasons = (collections.Counter[str]() for _ in range(3))
    for one in results:
        counts.update(one.counts)
        sides.update(one.sides)
        reasons.update(one.reasons)
    judged = counts["control"] + counts["valid"] + counts["invalid"]
    yield f"operations {len(results)}, judged requests {judged} {dict(counts)}"
    yield f"CPU-seconds {sum(one.seconds for one in results):.0f}"
    yield f"unsound {sum(len(one.problems) for one in results)}"
    for what in ("empty", "late", "crash"):
        names = [f"{one.name} ({getattr(one, what)})" for one in results if getattr(one, what)]
        yield f"{what} {len(names)}: {'; '.join(names)[:4000]}"
    for what in ("seconds", "of_cover"):
        slow = sorted(results, key=lambda one: -getattr(one, what))[:12]
        yield f"slowest, {what}: {[(one.name, getattr(one, what)) for one in slow]}"
    yield from _shares(sides)
    yield from (f"{number:8} {why}" for why, number in reasons.most_common(60))


def _shares(sides: collections.Counter[str]) -> Iterator[str]:
    kinds = sorted({key.partition(" ")[0] for key in sides})
    for kind in (*kinds, ""):
        row = {side: sum(n for key, n in sides.items() if key.endswith(f" {side}")
                         and (not kind or key.startswith(f"{kind} ")))
               for side in ("both", "valid", "invalid", "neither")}  # fmt: skip
        total = sum(row.values()) or 1
        yield f"{kind or 'all':12} {total:8} rules, both {row['both'] / total:7.2%}  {row}"


def main() -> int:
    """Run the check and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=200)
    parser.add_argument("--examples", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parts", type=int, default=40, help="parts of packs per operation")
    parser.add_argument("--services", default="*")
    parser.add_argument("--only", default="*")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--limit", type=int, default=60, help="CPU-seconds an operation may take")
    parser.add_argument("--shard", default="0/1", help="I/N: every Nth operation, from the Ith")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once")
    parser.add_argument("--journal", type=Path, help="where results are kept and looked for")
    parser.add_argument("--seconds", type=int, default=0, help="stop after so long; 0 is never")
    parser.add_argument("--again", action="store_true", help="judge anew what was not all right")
    parser.add_argument("--summary", action="store_true", help="show the journal, run nothing")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        journal = options.journal or Path(folder) / "journal.jsonl"
        known = journaled(journal)
        done = {name for name, one in known.items() if not (options.again and one.unsettled)}
        names = [] if options.summary else [n for n in chosen(options) if n not in done]
        with journal.open("ab") as file:
            for judged in run(names, options) if names else ():
                file.write(msgspec.json.encode(judged) + b"\n")
                file.flush()
                for problem in judged.problems:
                    print(problem[:700], flush=True)
        results = list(journaled(journal).values())
    print("\n".join(summary(results)))
    return 1 if any(one.problems or one.crash for one in results) else 0


if __name__ == "__main__":
    sys.exit(main())

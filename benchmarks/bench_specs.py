"""Operations per second on every way from the SDK to a spec, all in one run.

    python benchmarks/bench_specs.py [SERVICE...] [--all] [--rounds N]

Each round takes every operation of the services (default: a dozen of mixed size) through each step,
one step after the other; the table shows the median of the rounds' CPU seconds. Pages come from the
user's cache (the first time they are made), and no step pays for another.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from aws_specs import build, customised, generated, sdk, store
from aws_specs.agree import disagreements
from aws_specs.binding import Bound
from aws_specs.extract import merge
from aws_specs.from_model import operation_from_model
from aws_specs.nodes import page_nodes
from aws_specs.printed import printed_page
from aws_specs.readers import read_page

SERVICES = (
    "apigatewayv2", "bedrock-runtime", "codedeploy", "connect", "dynamodb", "glacier", "iam",
    "kinesis", "lexv2-models", "s3", "sns", "sqs",
)  # fmt: skip

Case = dict[str, Any]


def cases(service: str) -> Iterator[Case]:
    """Yield what the steps need of each operation of a service; they put their results there."""
    for page in generated.pages(service):
        yield {"service": service, "name": page.operation, "text": page.text}


def read(case: Case) -> None:
    """Read the page."""
    case["page"] = read_page(case["text"], file="page.rst")


def printed(case: Case) -> None:
    """Take the same from the model, without the page."""
    case["printed"] = printed_page(case["service"], case["name"])


def compare(case: Case) -> None:
    """Hold the two against each other."""
    disagreements(page_nodes(case["page"]), page_nodes(case["printed"]))


def model(case: Case) -> None:
    """Make a whole spec, with rules, of the model alone."""
    case["model"] = operation_from_model(case["service"], case["name"])


def merged(case: Case) -> None:
    """Merge page and model to a spec, prose rules and drift included."""
    case["spec"] = merge(case["page"], case["text"], Bound(case["model"], case["printed"]))


def dump(case: Case) -> None:
    """Write the spec file."""
    store.dump(case["spec"])


STEPS: dict[str, Callable[[Case], None]] = {
    "read the page": read,
    "nodes of the model": printed,
    "compare": compare,
    "spec of the model": model,
    "spec of page and model": merged,
    "spec file": dump,
}


def seconds(step: Callable[[Case], None], case: Case) -> float:
    """Return the CPU seconds that a step takes on one operation."""
    start = time.process_time()
    step(case)
    return time.process_time() - start


def measure(services: Iterable[str]) -> tuple[int, dict[str, float]]:
    """Return the number of operations and the CPU seconds of each step."""
    count = 0
    taken = dict.fromkeys(("model file", *STEPS), 0.0)
    for service in services:
        start = time.process_time()
        sdk.description(service)
        sdk.service_model(service)
        customised.methods(service)
        taken["model file"] += time.process_time() - start
        for case in cases(service):
            count += 1
            for name, step in STEPS.items():
                taken[name] += seconds(step, case)
        build.forget()
    return count, taken


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("services", nargs="*", default=SERVICES)
    parser.add_argument("--all", action="store_true", help="all services of the SDK")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    services = sdk.services() if options.all else options.services
    rounds = [measure(services) for _ in range(options.rounds)]
    count = rounds[0][0]
    print(f"{count} operations of {len(services)} services, botocore {sdk.version()}")
    print(f"{'step':24} {'seconds':>9} {'per second':>11}")
    for name in rounds[0][1]:
        median = statistics.median(taken[name] for _, taken in rounds)
        print(f"{name:24} {median:9.2f} {count / median if median else 0:11.0f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()

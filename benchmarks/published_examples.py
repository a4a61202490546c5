"""Hold the exported schemas against the examples that AWS publishes with the SDK.

    python benchmarks/published_examples.py [--services GLOB]

Every example of botocore's `examples-1.json` files is put into the form of the request schema and
must be accepted, unless it breaks the SDK's own model. Prints counts; exits 1 where a schema
refuses an example that the model allows. Needs the four source folders and `tests` on the path.
"""

from __future__ import annotations

import argparse
import collections
import sys

from strategies.published import judged


def main() -> int:
    """Run the check and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", default="*")
    options = parser.parse_args()
    counts: collections.Counter[str] = collections.Counter()
    for said, details in judged(options.services):
        counts[said] += 1
        if said != "accepted":
            print(f"{said}: {details}"[:400])
    print(f"{counts.total():6} examples")
    for said, count in counts.most_common():
        print(f"{count:6} {said}")
    return 1 if counts["unsound"] else 0


if __name__ == "__main__":
    sys.exit(main())

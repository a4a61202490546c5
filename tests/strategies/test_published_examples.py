"""What AWS publishes as an example is accepted by the exported schemas."""

from __future__ import annotations

import collections

from strategies.published import judged

MOST_WRONG = 0.02
"""The share of published examples that may contradict the SDK's own model."""


def test_published_examples_are_accepted() -> None:
    counts: collections.Counter[str] = collections.Counter()
    unsound: list[str] = []
    for said, details in judged():
        counts[said] += 1
        if said == "unsound":
            unsound.append(details)
    assert unsound == []
    assert counts.total() > 1_000
    assert counts["accepted"] >= (1 - MOST_WRONG) * counts.total()

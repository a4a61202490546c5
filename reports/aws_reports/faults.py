"""What was done, in words: the one place in which a fault differs, or the steps of a scenario."""

from __future__ import annotations

import json

from aws_reports.results import Verdict
from aws_reports.visible import one_line
from aws_specs.spec import Json


def change(verdict: Verdict, limit: int = 120) -> str:
    """Return `Channel: "EMAIL" → "EMAIL_" (outsider)`; empty where nothing was changed.

    Of a scenario it is the steps: `CreateQueue, DeleteQueue, GetQueueAttributes`.
    """
    if verdict.steps:
        return one_line(", ".join(step.does for step in verdict.steps), limit)
    if not verdict.fault:
        return ""
    member = verdict.member or "the request"
    if verdict.fault == "absent":
        return one_line(f"{member}: left out", limit)
    after = value_text(verdict.new, limit)
    before = f"{value_text(verdict.old, limit)} → " if verdict.old is not None else ""
    return f"{one_line(member, limit)}: {before}{after} ({one_line(verdict.fault, limit)})"


def value_text(value: Json, limit: int = 120) -> str:
    """Return a JSON value on one line of at most about `limit` characters."""
    return one_line(json.dumps(value, ensure_ascii=False, default=str), limit)

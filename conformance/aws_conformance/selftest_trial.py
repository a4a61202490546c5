"""What one trial of the selftest is: one fault in one operation, and what the suite made of it."""

from __future__ import annotations

from typing import Literal

from aws_conformance.emulator.faults import Fault
from aws_reports.results import Verdict
from aws_specs.spec import Value

FAMILIES: dict[str, tuple[str, frozenset[str]]] = {
    "unenforced": ("rule not enforced", frozenset({"accepted-invalid"})),
    "off-by-one": ("limit off by one", frozenset({"accepted-invalid"})),
    "refuse-value": ("documented enum value refused", frozenset({"rejected-valid"})),
    "refuse": ("value at the limit refused", frozenset({"rejected-valid"})),
    "wrong-error": ("wrong but documented error", frozenset({"wrong-error"})),
    "undocumented-error": ("undocumented error", frozenset({"wrong-error"})),
    "wrong-status": ("wrong HTTP status", frozenset({"wrong-status"})),
    "untyped-error": ("error type missing", frozenset({"error-shape"})),
    "html-error": ("error body not of the protocol", frozenset({"error-shape"})),
    "server-error": ("5xx on bad input", frozenset({"server-error"})),
    "hang-up": ("hang-up on bad input", frozenset({"no-response"})),
    "not-found": ("not-found instead of validation", frozenset({"wrong-error"})),
    "lacks": ("response member missing", frozenset({"response-shape"})),
    "null": ("response member null", frozenset({"response-shape"})),
    "wrong-type": ("response member of wrong type", frozenset({"response-shape"})),
    "outside-enum": ("response member outside its enum", frozenset({"response-shape"})),
    "success-status": ("success status wrong", frozenset({"wrong-status"})),
    "token-ignored": ("token ignored", frozenset({"idempotency"})),
    "token-too-sticky": ("token too sticky", frozenset({"idempotency"})),
}
"""What a fault's verb is called in the table, and the reasons a finding about it may have."""

Outcome = Literal["named", "misnamed", "missed", "error"]


class Trial(Value, frozen=True, kw_only=True):
    """One fault injected into one operation, and what the suite made of it.

    `outcome` is "named" where a finding stands on the fault's own rule with the fault's own reason,
    "misnamed" where there are only others, "missed" without any, "error" where the suite failed.
    `requests` were sent until the finding, `total` in all; `beside` are other rules with findings;
    `explained` is the reviewed reason why the fault cannot be seen or named from outside.
    """

    fault: str
    operation: str
    protocol: str
    family: str
    rule: str
    member: str
    kind: str
    outcome: Outcome
    requests: int = 0
    total: int = 0
    found: tuple[str, ...] = ()
    """The findings, as "rule (reason)", the fault's own first."""
    beside: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    """Why the fault's own rule, or the control, was left undecided."""
    detail: str = ""
    explained: str = ""
    strict: bool = False
    """Whether the fault is found and named with `--strict`, where it is not without."""

    @property
    def survives(self) -> bool:
        """Whether the fault was not found and named, and nobody has explained why."""
        return self.outcome != "named" and not self.explained


class Clean(Value, frozen=True, kw_only=True):
    """One operation of the emulator without a fault: every finding on it is a false one."""

    operation: str
    protocol: str
    state: str
    requests: int
    faults: int
    findings: tuple[str, ...] = ()
    detail: str = ""

    @property
    def spotless(self) -> bool:
        """Whether there is no false finding; what is not decided shows in the trials."""
        return not self.findings


Item = Clean | Trial


def names(fault: Fault, verdict: Verdict) -> bool:
    """Return whether a finding is the one that a fault must have: its rule, and its reason."""
    if verdict.flaky:
        return False
    reasons = FAMILIES[fault.verb][1]
    if fault.rule.side == "protocol":
        reasons |= {"protocol"}
    due = f"{fault.rule.id}={fault.value}" if fault.value else fault.rule.id
    same = verdict.rule == due or (not fault.value and verdict.rule.startswith(f"{due}="))
    return same and verdict.reason in reasons

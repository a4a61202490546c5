"""One operation's requests before the judges, and what came of it, as one value that can be kept.

A rule is *touched from the valid side* where a valid request has what the rule speaks of, from the
invalid side where a request breaks it; what is touched from one side only, or not at all, has a
reason.
"""

from __future__ import annotations

import collections
import time
from collections.abc import Iterable, Iterator, Mapping

from aws_specs import catalog
from aws_specs.paths import parent
from aws_specs.spec import Rule, Value
from aws_strategies.case import Case
from aws_strategies.cover import Cover
from aws_strategies.examples import generate
from aws_strategies.faults import fault_places
from aws_strategies.plan import Plan
from aws_strategies.walking import present
from strategies.oracle import Oracle, botocore_objects


class Judged(Value, frozen=True):
    """What the judges said of one operation's requests.

    `sides` counts the testable rules by "<kind> <both|valid|invalid|neither>", `reasons` those
    without a request that breaks them by "<kind>: <why>". `late` names the step that took too long:
    "cover", "examples" or "judging"; what was judged until then counts.
    """

    name: str
    counts: dict[str, int]
    problems: tuple[str, ...]
    sides: dict[str, int]
    reasons: dict[str, int]
    empty: str
    late: str
    crash: str
    seconds: float
    of_cover: float

    @property
    def unsettled(self) -> bool:
        """Whether the judges disagreed, or could not be asked about everything."""
        return bool(self.problems or self.late or self.crash)


class OutOfTimeError(BaseException):
    """The time for an operation is over; no `Exception`, so that Hypothesis lets it pass."""


def problems(oracle: Oracle, case: Case) -> Iterator[str]:
    """Yield what the judges have against one case, in words; malformed ones are not theirs."""
    if case.kind == "malformed" or case.rule.endswith("/exists"):
        return
    refused = oracle.refuses(case.params)
    if case.kind == "invalid":
        meant = {case.rule} | (set(case.shadows) & oracle.testable)
        if refused != meant:
            yield f"{case.id}: breaks {sorted(meant)}, refused for {sorted(refused)}"
        return
    if objection := botocore_objects(oracle.plan, case.params):
        yield f"{case.id}: botocore refuses it: {objection}"
    if refused:
        yield f"{case.id}: refused for {sorted(refused)}"


class Judging:
    """One operation being judged, step by step; `result` can be asked for at any time."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.step = "cover"
        self.counts: collections.Counter[str] = collections.Counter()
        self.problems: list[str] = []
        self._plan: Plan | None = None
        self._cover: Cover | None = None
        self._seen: set[str] = set()
        self._there: set[str] = set()
        self._broken: set[str] = set()
        self._begun = time.process_time()
        self._covered = 0.0

    def run(self, examples: int, seed: int, parts: int = 0) -> None:
        """Make all cases, some parts of packs and examples too, and ask the judges about each."""
        plan = self._plan = Plan(catalog.load(self.name))
        oracle = Oracle(plan)
        cover = Cover(plan)
        cases = cover.cases
        self._cover = cover
        self._covered = time.process_time() - self._begun
        self.step = "judging"
        self._judge(oracle, cases)
        self._judge(oracle, _parts(cover, parts))
        self.step = "examples"
        drawn = generate(plan, examples, seed, nonce="") if examples and cases else ()
        self.step = "judging"
        self._judge(oracle, drawn)
        self.step = ""

    def _judge(self, oracle: Oracle, cases: Iterable[Case]) -> None:
        for case in cases:
            self.problems += problems(oracle, case)
            self.counts[case.kind] += 1
            if case.kind == "invalid":
                self._broken.add(case.rule)
            elif case.kind != "malformed":
                self._hold(oracle.plan, case)

    def _hold(self, plan: Plan, case: Case) -> None:
        self._there |= present(plan, case.params)
        for rule in plan.relations:
            if rule.id not in self._seen and fault_places(rule, case.params):
                self._seen.add(rule.id)

    def _held(self, rule: Rule) -> bool:
        """Return whether a valid request has what the rule speaks of."""
        if rule.kind in ("conditional", "exclusive"):
            return rule.id in self._seen
        absent = rule.kind == "unsupported" and not rule.value.get("supported")
        path = parent(rule.member) if absent else rule.member
        return not path or path in self._there

    def result(self, crash: str = "") -> Judged:
        """Return what is known so far."""
        sides: collections.Counter[str] = collections.Counter()
        reasons: collections.Counter[str] = collections.Counter()
        unmet = self._cover.unmet if self._cover else {}
        for rule in self._plan.testable if self._plan and self._cover else ():
            held, broken = self._held(rule), rule.id in self._broken
            sides[f"{rule.kind} {_SIDES[held, broken]}"] += 1
            if not broken:
                reasons[f"{rule.kind}: {unmet.get(rule.id) or _why(rule, unmet)}"] += 1
        return Judged(
            name=self.name,
            counts=dict(self.counts),
            problems=tuple(self.problems),
            sides=dict(sides),
            reasons=dict(reasons),
            empty="" if self._cover is None or self._cover.cases else str(unmet),
            late="" if crash else self.step,
            crash=crash,
            seconds=round(time.process_time() - self._begun, 3),
            of_cover=round(self._covered, 3),
        )


def _parts(cover: Cover, count: int) -> Iterator[Case]:
    """Yield up to `count` of the cases that are sent where a pack is refused, from all over."""
    names = sorted({identity for case in cover.cases for identity in case.parts})
    for identity in names[:: max(1, -(-len(names) // count))] if count else ():
        part = cover.case(identity)
        if part is not None:
            yield part


def _why(rule: Rule, unmet: Mapping[str, str]) -> str:
    if rule.kind == "idempotency":
        return "a sequence of requests tests it"
    return "the operation has no cases" if unmet else "no case, and no reason"


_SIDES = {
    (True, True): "both",
    (True, False): "valid",
    (False, True): "invalid",
    (False, False): "neither",
}

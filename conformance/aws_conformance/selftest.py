"""The suite held against its own emulator, with one deviation at a time.

Whether a conformance suite can be believed is a matter of two numbers: how many of the deviations
it finds and names, and how many findings it has on a server that has none. This module measures
both, for every fault that can be injected into an operation (see `emulator.faults`). A trial costs
little because what does not depend on the fault is shared: the cover, the encoded requests, the
schemas and what they say of a request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from aws_conformance.emulator.app import Emulator
from aws_conformance.emulator.faults import FAULTS, Fault, fault_ids
from aws_conformance.emulator.target import EmulatorTarget
from aws_conformance.emulator.validation import Checker
from aws_conformance.events import Event, Judged, SuiteProblem
from aws_conformance.exchange import Request, Target
from aws_conformance.operation_run import OperationRun
from aws_conformance.runner import Settings
from aws_conformance.selftest_sample import Drawn, operation_in
from aws_conformance.selftest_trial import FAMILIES, Clean, Item, Outcome, Trial, names
from aws_conformance.sender import Sender
from aws_conformance.survivors import explained
from aws_conformance.unspoken import why_unspoken
from aws_reports.results import Verdict
from aws_specs.schema import request_schema
from aws_specs.spec import Json, Operation, Value
from aws_strategies.case import Case
from aws_strategies.cover import Cover
from aws_strategies.plan import Plan
from aws_strategies.unbroken import untried

# ---------------------------------------------------------------- what trials share


class _Remembering(Checker):
    """A checker that checks the same request once."""

    def __init__(self, schema: dict[str, Json], operation: Operation) -> None:
        super().__init__(schema, operation.input)
        self._known: dict[str, Any] = {}

    def problems(self, value: Json) -> Any:
        key = repr(value)
        if key not in self._known:
            self._known[key] = super().problems(value)
        return self._known[key]


class _Rehearsed(Sender):
    """A sender that encodes the cases of a shared cover once."""

    def __init__(
        self, operation: Operation, target: Target, known: dict[int, tuple[Case, Request]]
    ) -> None:
        super().__init__(operation, target)
        self._known = known

    def encoded(self, case: Case) -> Request:
        found = self._known.get(id(case))
        if found is None:
            found = self._known[id(case)] = case, super().encoded(case)
        return found[1]


class Bench:
    """One operation with everything that its trials share.

    `examples` is the number of Hypothesis examples beside the cover: 0 asks what the cover finds.
    """

    def __init__(self, operation: Operation, *, examples: int = 0, seed: int = 0) -> None:
        self.operation = operation
        self.settings = Settings(examples=examples, seed=seed, pagination=False)
        self._explained = explained()
        self._cover: Cover | None = None
        self._requests: dict[int, tuple[Case, Request]] = {}

    @cached_property
    def faults(self) -> tuple[str, ...]:
        """Every fault that can be injected and seen from outside.

        There is none in an operation that is not spoken: nothing is ever sent to it.
        """
        return () if self.unspoken else fault_ids(self.operation)

    @cached_property
    def unspoken(self) -> str:
        """Why a run sends nothing to the operation, "" where it does."""
        return why_unspoken(self.operation, real=False, bearer=bool)

    @cached_property
    def _schema(self) -> dict[str, Json]:
        return request_schema(self.operation)

    @cached_property
    def _checker(self) -> Checker:
        return _Remembering(self._schema, self.operation)

    def _schema_of(self, operation: Operation) -> dict[str, Json]:
        return self._schema if operation is self.operation else request_schema(operation)

    def _run(
        self, faults: Sequence[str], settings: Settings | None = None
    ) -> tuple[OperationRun, Emulator]:
        emulator = Emulator(
            [self.operation],
            faults=faults,
            schema_of=self._schema_of,
            checker_of=lambda _: self._checker,
        )
        target = EmulatorTarget(emulator)
        if self._cover is None:
            plan = Plan(self.operation, bindings=emulator.bindings)
            self._cover = Cover(plan, nonce=str(self.settings.seed))
            self._requests.clear()
        sender = _Rehearsed(self.operation, target, self._requests)
        run = OperationRun(
            self.operation, sender, settings or self.settings, frozenset(), self._cover
        )
        return run, emulator

    def _events(self, run: OperationRun) -> Iterator[tuple[Event, int]]:
        """Yield the events of a run, each with the number of requests sent so far."""
        for event in run.events():
            yield event, run.sender.requests
        if run.cover is not self._cover:  # the plan prefers other values from now on
            self._cover = None

    def clean(self) -> Clean:
        """Return what the suite says of the emulator without a fault."""
        if self.unspoken:
            return self._clean("unimplemented", detail=self.unspoken)
        run, _ = self._run(())
        events = [event for event, _ in self._events(run)]
        problems = [event.detail for event in events if isinstance(event, SuiteProblem)]
        failed = {_words(v) for event in events for v in _findings(event)}
        return self._clean(
            run.result().state,
            requests=run.sender.requests,
            findings=tuple(sorted(failed)),
            detail="; ".join(problems[:3]) or run.result().reason,
        )

    def _clean(
        self, state: str, *, detail: str, requests: int = 0, findings: tuple[str, ...] = ()
    ) -> Clean:
        return Clean(
            operation=self.operation.id,
            protocol=self.operation.wire.protocol,
            state=state,
            requests=requests,
            faults=len(self.faults),
            findings=findings,
            detail=detail,
        )

    def trial(self, fault: str) -> Trial:
        """Return what the suite makes of one fault, and why where it does not name it."""
        trial = self._trial(fault, self.settings)
        if trial.outcome == "named":
            return trial
        why = [one for one in self._explained if one.fits(trial, self.operation)]
        strict = replace(self.settings, strict=True)
        kept = any(one.strict for one in why) and self._trial(fault, strict).outcome == "named"
        reasons = (one.reason for one in why if kept or not one.strict)
        return replace(trial, explained=next(reasons, ""), strict=kept)

    def _trial(self, fault: str, settings: Settings) -> Trial:
        run, emulator = self._run((fault,), settings)
        injected = emulator.faults[0]
        first = own = 0
        found: dict[str, bool] = {}
        rules: dict[str, None] = {}
        doubts: dict[str, None] = {}
        problems: list[str] = []
        for event, requests in self._events(run):
            if isinstance(event, SuiteProblem):
                problems.append(event.detail)
            doubts.update(dict.fromkeys(_doubts(event, injected)))
            for verdict in _findings(event):
                first = first or requests
                mine = names(injected, verdict)
                own = own or (requests if mine else 0)
                found[_words(verdict)] = mine
                if not mine:
                    rules[verdict.rule] = None
        outcome: Outcome = "named" if own else "misnamed" if first else "missed"
        return Trial(
            fault=fault,
            operation=self.operation.id,
            protocol=self.operation.wire.protocol,
            family=FAMILIES[injected.verb][0],
            rule=injected.rule.id,
            member=injected.rule.member,
            kind=injected.rule.kind,
            outcome="error" if problems and not own else outcome,
            requests=own or first,
            total=run.sender.requests,
            found=tuple(sorted(found, key=lambda words: not found[words])),
            beside=tuple(rules),
            doubts=(*doubts, *_unsent(injected, run.cover)) if not own else (),
            detail="; ".join(problems[:3]) or (run.result().state if not first else ""),
        )


def _findings(event: Event) -> Iterator[Verdict]:
    if isinstance(event, Judged):
        yield from (v for v in event.verdicts if v.verdict == "fail")


def _doubts(event: Event, fault: Fault) -> Iterator[str]:
    """Yield why verdicts on a fault's rule, or on the control, are undecided."""
    for verdict in event.verdicts if isinstance(event, Judged) else ():
        mine = verdict.rule.partition("=")[0] == fault.rule.id or verdict.case_kind == "control"
        if verdict.verdict == "inconclusive" and mine:
            yield verdict.reason


def _unsent(fault: Fault, cover: Cover) -> Iterator[str]:
    """Yield "unmet" for a rule that the run says it cannot break, or why not at its upper end.

    "too-large" where so long a text is not made, "no-text" where none is found that is too long and
    keeps the member's pattern.
    """
    rule = fault.rule
    if f"{rule.id}~above-max" in dict(untried(cover.plan)):
        yield "too-large"
    elif rule.id in cover.unmet:
        yield "unmet"
    patterned = rule.kind == "length" and cover.plan.domain(rule.member).patterns
    if patterned and cover.case(f"{rule.id}~above-max") is None:
        yield "no-text"


def _words(verdict: Verdict) -> str:
    return f"{verdict.rule} ({verdict.reason}{', flaky' if verdict.flaky else ''})"


# ---------------------------------------------------------------- all of it


def spread(faults: Sequence[str], most: int) -> tuple[str, ...]:
    """Return at most so many faults, evenly over the verbs and over each verb's rules; 0 is all."""
    if not most or len(faults) <= most:
        return tuple(faults)
    by_verb: dict[str, list[str]] = {}
    for fault in faults:
        verb = fault.partition(":")[0]
        by_verb.setdefault(verb if verb in FAULTS else "", []).append(fault)
    share = max(1, most // len(by_verb))
    chosen = {
        f for group in by_verb.values() for f in group[:: max(1, len(group) // share)][:share]
    }
    return tuple(fault for fault in faults if fault in chosen)


class Job(Value, frozen=True, kw_only=True):
    """A part of the work: some of the faults of one operation; the first part has the clean run."""

    operation: str
    protocol: str = ""
    part: int = 0
    parts: int = 1
    most: int = 0
    examples: int = 0


def work(job: Job) -> tuple[Item, ...]:
    """Return the results of one part: a function of its argument alone, fit for other processes."""
    bench = Bench(operation_in(job.operation, job.protocol), examples=job.examples)
    items: list[Item] = [bench.clean()] if job.part == 0 else []
    faults = spread(bench.faults, job.most)[job.part :: job.parts]
    return (*items, *(bench.trial(fault) for fault in faults))


def jobs(
    names: Iterable[str | Drawn], *, parts: int = 1, most: int = 0, examples: int = 0
) -> list[Job]:
    """Return the work on some operations, each in so many parts."""
    drawn = [one if isinstance(one, Drawn) else Drawn(one, "") for one in names]
    return [
        Job(
            operation=one.operation,
            protocol=one.protocol,
            part=part,
            parts=parts,
            most=most,
            examples=examples,
        )
        for one in drawn
        for part in range(parts)
    ]


Mapper = Callable[[Callable[[Job], tuple[Item, ...]], Iterable[Job]], Iterable[tuple[Item, ...]]]


def selftest(todo: Iterable[Job], mapper: Mapper = map) -> Iterator[Item]:
    """Yield the results of all jobs as they come; `mapper` may be an executor's `map`."""
    for items in mapper(work, todo):
        yield from items

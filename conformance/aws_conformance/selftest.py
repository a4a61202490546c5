"""The suite held against its own emulator, with one deviation at a time.

Whether a conformance suite can be believed is a matter of two numbers: how many of the deviations
it finds and names, and how many findings it has on a server that has none. This module measures
both, for every fault that can be injected into an operation (see `emulator.faults`). A trial costs
little because what does not depend on the fault is shared: the cover, the encoded requests, the
schemas and what they say of a request.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from importlib.resources import files
from itertools import chain, islice, zip_longest
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from aws_conformance.emulator.app import Emulator
from aws_conformance.emulator.faults import FAULTS, Fault, fault_ids
from aws_conformance.emulator.state import identifier
from aws_conformance.emulator.target import EmulatorTarget
from aws_conformance.emulator.validation import Checker
from aws_conformance.events import Event, Judged, SuiteProblem
from aws_conformance.exchange import Request, Target
from aws_conformance.operation_run import OperationRun
from aws_conformance.runner import Settings
from aws_conformance.sender import Sender
from aws_reports.results import Verdict
from aws_specs import catalog, sdk
from aws_specs.errors import UsageError
from aws_specs.paths import from_steps, shape_at, steps
from aws_specs.schema import request_schema
from aws_specs.spec import Json, Operation, Structure, Value
from aws_strategies.case import Case
from aws_strategies.cover import Cover
from aws_strategies.plan import Plan

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


class Explained(Value, frozen=True, kw_only=True):
    """A reviewed entry: faults (a glob) that cannot be seen or named from outside, and why.

    `doubt` limits it to trials in which the suite itself left the fault's rule (or the control)
    undecided for that reason; `page` to operations with or without a page; `stream` to members of
    an event stream. `strict` promises that the fault is found and named with `--strict`: the trial
    is made again, and the entry explains nothing where the promise is not kept.
    """

    fault: str
    reason: str
    doubt: str = ""
    strict: bool = False
    page: bool | None = None
    stream: bool = False

    def fits(self, trial: Trial, operation: Operation) -> bool:
        """Return whether the entry is about a trial."""
        return (
            fnmatchcase(trial.fault, self.fault)
            and (not self.doubt or self.doubt in trial.doubts)
            and (self.page is None or self.page == (operation.page is not None))
            and (not self.stream or _streams(operation, trial.member))
        )


def _streams(operation: Operation, member: str) -> bool:
    """Whether a member of the response is an event stream or stands in one."""
    parts = steps(member)
    above = (shape_at(operation.output, from_steps(parts[:n])) for n in range(1, len(parts) + 1))
    return any(isinstance(shape, Structure) and shape.eventstream for shape in above)


def explained() -> tuple[Explained, ...]:
    """Return the reviewed entries of `survivors.toml`."""
    text = files("aws_conformance").joinpath("survivors.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text).get("explained", []), tuple[Explained, ...])


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
        """Every fault that can be injected and seen from outside."""
        return fault_ids(self.operation)

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
        run, _ = self._run(())
        events = [event for event, _ in self._events(run)]
        problems = [event.detail for event in events if isinstance(event, SuiteProblem)]
        failed = {_words(v) for event in events for v in _findings(event)}
        return Clean(
            operation=self.operation.id,
            protocol=self.operation.wire.protocol,
            state=run.result().state,
            requests=run.sender.requests,
            faults=len(self.faults),
            findings=tuple(sorted(failed)),
            detail="; ".join(problems[:3]) or run.result().reason,
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
    """Yield "unmet" for a rule that the run says it cannot break, "no-text" for a longest length.

    The latter where no text is found that is too long and keeps the member's pattern.
    """
    rule = fault.rule
    if rule.id in cover.unmet:
        yield "unmet"
    patterned = rule.kind == "length" and cover.plan.domain(rule.member).patterns
    if patterned and cover.case(f"{rule.id}~above-max") is None:
        yield "no-text"


def _words(verdict: Verdict) -> str:
    return f"{verdict.rule} ({verdict.reason}{', flaky' if verdict.flaky else ''})"


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


SHARES: Mapping[str, int] = {
    "rest-json": 30,
    "json": 20,
    "query": 15,
    "ec2": 10,
    "rest-xml": 10,
    "smithy-rpc-v2-cbor": 15,
}
"""How much of a sample each protocol gets, in hundredths: the small ones get more than they have.

Of the SDK's operations, one in two hundred has only CBOR and one in fifty XML in its body."""


class Drawn(Value, frozen=True):
    """One operation of a sample, and the protocol in which it is to be spoken."""

    operation: str
    protocol: str


OF_EACH: tuple[Drawn, ...] = (
    Drawn("kms.Encrypt", "json"),
    Drawn("iam.CreateRole", "query"),
    Drawn("ec2.CreateKeyPair", "ec2"),
    Drawn("route53.AssociateVPCWithHostedZone", "rest-xml"),
    Drawn("cloudwatch.SetAlarmState", "smithy-rpc-v2-cbor"),
)
"""Small operations, one of each protocol that no page of the catalogue is of: tested with them."""


def sampled(count: int, seed: int = 0, protocol: str = "") -> tuple[Drawn, ...]:
    """Return so many operations of the SDK, some of every protocol, of as many services as may be.

    With `protocol` all are of that one. An operation is drawn for each protocol that its service's
    model lists, not only for the one that the SDK would choose: nearly all that speak CBOR can be
    spoken to in JSON too. The order of services is drawn from the seed; each gives one operation,
    then each a second one.
    """
    counts = {protocol: count} if protocol else _shared_out(count)
    services = sorted(sdk.services(), key=lambda name: identifier(seed, name)) if count else ()
    offered: dict[str, list[list[str]]] = {name: [] for name in counts}
    for service in services:
        model: Any = sdk.service_model(service)  # botocore is untyped
        names = sorted(model.operation_names, key=lambda n: identifier(seed, service, n))
        for name in spoken(service):
            if name in counts and len(offered[name]) < counts[name]:
                offered[name].append([f"{service}.{one}" for one in names])
    return tuple(
        Drawn(operation, name)
        for name, lists in offered.items()
        for operation in islice(_in_rounds(lists), counts[name])
    )


def _shared_out(count: int) -> dict[str, int]:
    """Return how many operations each protocol gets, by `SHARES`, all together `count`."""
    counts: dict[str, int] = {}
    left, parts = count, sum(SHARES.values())
    for name, share in SHARES.items():
        counts[name] = round(left * share / parts)
        left, parts = left - counts[name], parts - share
    return counts


def _in_rounds(lists: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the first of each list, then the second of each, and so on."""
    return (name for name in chain.from_iterable(zip_longest(*lists)) if name)


def spoken(service: str) -> tuple[str, ...]:
    """Return the protocols in which a service can be spoken to, as its model lists them."""
    model: Any = sdk.service_model(service)
    return tuple(model.metadata.get("protocols") or (model.metadata.get("protocol"),))


def operation_in(name: str, protocol: str = "") -> Operation:
    """Return the spec of an operation, with the protocol in which it is to be spoken.

    Raises `UsageError` for a protocol that the service's model does not list.
    """
    operation = catalog.load(name)
    if protocol in ("", operation.wire.protocol):
        return operation
    offered = spoken(operation.service)
    if protocol not in offered:
        raise UsageError(
            f"{operation.service} does not speak {protocol}",
            hint=f"Its model lists {', '.join(offered)}.",
        )
    return replace(operation, wire=replace(operation.wire, protocol=protocol))


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

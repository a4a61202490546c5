"""Many deviations at once: are all of them found, each under its own rule, and nothing else?

A server that somebody writes has not one deviation but dozens, and a suite that shows the first
only, or gives one the blame for another, is of no use with it. So faults are drawn over several
operations of one emulator, and each must be named as if it were alone. What others hide is not
drawn beside them (`emulator.masking` says what does), nor what is not named alone: that is for the
selftest of single faults to explain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from aws_conformance.emulator.app import Emulator
from aws_conformance.emulator.faults import Fault, parse
from aws_conformance.emulator.masking import told_apart
from aws_conformance.emulator.perceptible import Contract
from aws_conformance.emulator.state import identifier
from aws_conformance.emulator.target import EmulatorTarget
from aws_conformance.events import Judged, SuiteProblem
from aws_conformance.operation_run import OperationRun
from aws_conformance.selftest import Bench
from aws_conformance.selftest_sample import Drawn, operation_in
from aws_conformance.selftest_trial import Trial, names
from aws_conformance.sender import Sender
from aws_reports.results import Verdict
from aws_specs.spec import Value


class Mix(Value, frozen=True, kw_only=True):
    """So many faults in one server, and what the suite made of them.

    `missed` are the faults that no finding names; `beside` findings on other rules that one of the
    faults has alone, too; `unexplained` those that none of them has: false ones, for all one knows.
    """

    seed: int
    operations: int
    faults: tuple[str, ...]
    missed: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    unexplained: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    requests: int = 0

    @property
    def passed(self) -> bool:
        """Whether every fault is named, and each finding has one that explains it."""
        return not (self.missed or self.unexplained or self.problems)


class Server:
    """Operations that one emulator serves, with what is known of each of their faults alone."""

    def __init__(self, drawn: Iterable[Drawn]) -> None:
        found = {one.operation: operation_in(one.operation, one.protocol) for one in drawn}
        self.operations = tuple(found.values())
        self._benches = {operation.id: Bench(operation) for operation in self.operations}
        self._contracts = {operation.id: Contract(operation) for operation in self.operations}
        self._trials: dict[str, Trial] = {}

    def alone(self, fault: Fault) -> Trial:
        """Return what the suite makes of one fault alone, found out once."""
        if fault.id not in self._trials:
            self._trials[fault.id] = self._benches[fault.operation].trial(fault.id)
        return self._trials[fault.id]

    def draw(self, count: int, seed: int) -> tuple[str, ...]:
        """Return at most so many faults that can be told beside each other, in a random order.

        Fewer where the operations do not have as many.
        """
        chosen: dict[str, list[Fault]] = {operation.id: [] for operation in self.operations}
        drawn: list[str] = []
        for fault in self._shuffled(seed):
            if len(drawn) == count:
                break
            beside = [*chosen[fault.operation], fault]
            apart = told_apart(self._contracts[fault.operation], beside)
            if apart and self.alone(fault).outcome == "named":
                chosen[fault.operation] = beside
                drawn.append(fault.id)
        return tuple(drawn)

    def _shuffled(self, seed: int) -> Iterator[Fault]:
        every = [fault for bench in self._benches.values() for fault in bench.faults]
        by_id = {operation.id: operation for operation in self.operations}
        return (parse(one, by_id) for one in sorted(every, key=lambda one: identifier(seed, one)))

    def mix(self, faults: Sequence[str], seed: int = 0) -> Mix:
        """Return what the suite makes of all the faults in one server."""
        emulator = Emulator(self.operations, faults=faults)
        verdicts: list[Verdict] = []
        problems: list[str] = []
        requests = 0
        for operation in self.operations:
            sender = Sender(operation, EmulatorTarget(emulator))
            run = OperationRun(operation, sender, self._benches[operation.id].settings, frozenset())
            for event in run.events():
                if isinstance(event, Judged):
                    verdicts += [v for v in event.verdicts if v.verdict == "fail"]
                elif isinstance(event, SuiteProblem):
                    problems.append(f"{event.operation}: {event.detail}")
            requests += sender.requests
        others = _others(verdicts, emulator.faults)
        beside = [words for words in others if self._explains(words, emulator.faults)]
        return Mix(
            seed=seed,
            operations=len(self.operations),
            faults=tuple(faults),
            missed=tuple(f.id for f in emulator.faults if not any(names(f, v) for v in verdicts)),
            beside=tuple(beside),
            unexplained=tuple(words for words in others if words not in beside),
            problems=tuple(problems),
            requests=requests,
        )

    def _explains(self, words: str, faults: Iterable[Fault]) -> bool:
        """Whether one of the faults has a finding alone, too, though it is not on its own rule."""
        operation = words.partition("/")[0]
        return any(words in self.alone(f).found for f in faults if f.operation == operation)


def _others(verdicts: Iterable[Verdict], faults: Sequence[Fault]) -> list[str]:
    """Return the findings that no fault names, as "rule (reason)"."""
    beside = (v for v in verdicts if not any(names(fault, v) for fault in faults))
    flaky: Mapping[bool, str] = {True: ", flaky", False: ""}
    return list(dict.fromkeys(f"{v.rule} ({v.reason}{flaky[v.flaky]})" for v in beside))


def to_text(mix: Mix) -> str:
    """Return one line with the figures, and one for each fault missed and each finding too many."""
    named = len(mix.faults) - len(mix.missed)
    lines = [
        f"seed {mix.seed}: {len(mix.faults)} faults at once in {mix.operations} operations, "
        f"{named} found and named, {len(mix.unexplained)} findings that none of them explains, "
        f"{len(mix.beside)} beside, {mix.requests} requests"
    ]
    lines += [f"missed: {fault}" for fault in mix.missed]
    lines += [f"false finding: {words}" for words in mix.unexplained]
    lines += [f"error: {problem}" for problem in mix.problems]
    return "\n".join(lines) + "\n"

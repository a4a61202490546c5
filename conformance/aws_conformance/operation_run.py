"""One operation's run: which cases are sent in which order, and what their answers add up to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from aws_conformance import (
    alone,
    authentication,
    extent,
    headers,
    idempotency,
    pagination,
    undecided,
)
from aws_conformance.circumstances import Circumstances
from aws_conformance.clerk import Clerk
from aws_conformance.events import Event, Judged, SuiteProblem
from aws_conformance.habits import Held, release
from aws_conformance.implemented import absence, may_break
from aws_conformance.judge import Ruling, judge
from aws_conformance.matter import Matter
from aws_conformance.naming import Namer
from aws_conformance.preferring import other_control, prefer_accepted
from aws_conformance.rebasing import FEW, Supplied, rebase
from aws_conformance.recording import NOT_RECORDED
from aws_conformance.repeating import Repeater
from aws_conformance.sender import Exchange, Sender
from aws_reports.results import OperationResult
from aws_specs.errors import ConformanceError
from aws_specs.spec import Operation, Rule
from aws_strategies.case import Case
from aws_strategies.cover import Cover
from aws_strategies.plan import Plan

if TYPE_CHECKING:
    from aws_conformance.bootstrap import Bootstrap
    from aws_conformance.runner import Settings

State = Literal["decided", "partly", "undecided", "unimplemented", "error", "stopped"]


class OperationRun:
    """The state of one operation's run: exchanges by case id, verdicts held back, findings.

    `cover` may be given where many runs share one; it must be of these settings and bindings, and
    serves no other run once this one has one of its own.
    """

    def __init__(
        self,
        operation: Operation,
        sender: Sender,
        settings: Settings,
        done: frozenset[str],
        cover: Cover | None = None,
    ) -> None:
        self.operation = operation
        self.sender = sender
        self.settings = settings
        self.done = done
        bindings = {**sender.target.bindings, **settings.bindings}
        if cover is None:
            plan = Plan(operation, bindings=bindings, confidence=settings.confidence)
            cover = Cover(plan, nonce=str(settings.seed))
        self.plan, self.cover = cover.plan, cover
        self.exchanges: dict[str, Exchange] = {}
        self.examples: dict[str, Case] = {}
        self.clerk = Clerk(self.plan, strict=settings.strict)
        self.bootstrap: Bootstrap | None = None
        """Makes things in the target, where it may."""
        self.about = Circumstances(self)
        pagination.enroll(self)
        sender.prepare = Namer(self.plan, settings.seed)
        self.repeater = Repeater(sender, self.clerk, self._find, settings.seed)
        self.held: list[Held] = []
        self.lone: list[alone.Lone] = []
        """Every broken request of a run that sends no twins."""
        self.forgiven: dict[str, str] = {}
        """Rules of the protocol that AWS's own services need not keep, and what is said of them."""
        self.supply: Callable[[], Supplied] | None = None
        """Makes more for the operation, where its smallest request is refused."""
        self.tried = 0
        """How many other requests were tried in the place of the smallest one."""
        self.state: State = "undecided"
        self.reason = ""
        self._heard: set[str] = set()

    @property
    def planned(self) -> int:
        """How many cases are planned, examples included."""
        return len(self._cases()) + 2 * self.settings.examples

    def _cases(self) -> list[Case]:
        kinds = {*self.settings.only, *(("control",) if self.settings.control else ())}
        return [case for case in self.cover.cases if case.kind in kinds]

    # ------------------------------------------------------------ the order of things

    def events(self) -> Iterator[Event]:
        """Yield the events of the operation, in the order in which cases are sent."""
        if not self.cover.cases:
            self.state, self.reason = "error", "; ".join(self.cover.unmet.values())
            yield SuiteProblem(
                self.operation.id, "", f"no valid request can be made: {self.reason}"
            )
            return
        if not self.settings.control:
            yield from self._without_control()
            return
        control = self._awake(self.exchange(self.cover.control))
        # What may be another operation's request says nothing of this one.
        own = [case for case in self.cover.cases if not self.about.routed(case)]
        self.reason = absence(self.operation, control, own, self.exchange)
        if may_break(self.reason, control):
            yield from rebase(self, control, FEW)
            if self.exchange(self.cover.control).reading.kind == "success":
                self.reason, control = "", self.exchange(self.cover.control)
        if self.reason:
            self.state = "unimplemented"
            yield self._unimplemented(control)
            return
        control = other_control(self, control)
        if control.reading.kind != "success":
            yield from rebase(self, control)
            control = self.exchange(self.cover.control)
        elif "valid" in self.settings.only:
            prefer_accepted(self)
        for case in self._cases():
            if case.id not in self.done:
                yield from self._case(case)
        yield from headers.check(self)
        yield from authentication.check(self)
        yield from self._sequences()
        yield from self._examples()
        seen = self.exchanges.values()
        yield from release(self.held, seen, self.clerk, self.repeater.confirmed)
        self.state = self._final_state(control)

    def _without_control(self) -> Iterator[Event]:
        """Yield what invalid requests say alone: nothing is sent that the service may accept.

        What only a twin could decide is held back until all answers are in: see `alone`.
        """
        self.sender.kinds = frozenset({"invalid"})
        for case in self.cover.cases:
            doubtful = case.fault is not None and case.fault.what.endswith("-unanchored")
            # PutObject without its bucket is `PUT /key`: CreateBucket, and it would be accepted.
            doubtful = doubtful or self.about.routed(case)
            if case.kind == "invalid" and case.id not in self.done and not doubtful:
                yield from self._case(case)
        yield from self._examples()
        control = f"{self.operation.id}~control"
        yield from alone.release(self.lone, control, self.clerk, self.repeater.again)
        seen = self.exchanges.values()
        yield from release(self.held, seen, self.clerk, self.repeater.confirmed)
        self.state, self.reason = alone.state_of(self.lone)

    def exchange(self, case: Case) -> Exchange:
        """Return the exchange of a case, sending it the first time."""
        if case.id not in self.exchanges:
            self.exchanges[case.id] = self.sender.send(case)
        return self.exchanges[case.id]

    def add_twins(self, cases: dict[str, Case]) -> None:
        """Let examples be found as twins by their ids."""
        self.examples.update(cases)

    def forget(self, case: Case) -> None:
        """Let a case be sent anew: another one takes its id."""
        self.exchanges.pop(case.id, None)

    def one(self, case: Case) -> Iterator[Event]:
        """Yield what one more case says (for examples)."""
        yield from self._case(case)

    def fails_for(self, case: Case) -> str:
        """Return the rule for which a case is a finding, "" where it is none. Sends the case."""
        exchange = self.sender.send(case) if case.id in self.exchanges else self.exchange(case)
        rule = self.clerk.rules.get(case.rule)
        ruling = judge(self.about.matter(case, exchange, rule, self._twin(case)))
        return case.rule or "valid" if ruling.verdict == "fail" else ""

    def _find(self, identity: str) -> Case | None:
        return self.examples.get(identity) or self.cover.case(identity)

    def _case(self, case: Case) -> Iterator[Event]:
        try:
            match case.kind:
                case "control" | "valid":
                    yield from self._valid(case)
                case "invalid":
                    yield from self._invalid(case)
                case _:
                    yield from self._judged(
                        case, self.exchange(case), self.clerk.rules.get(case.rule)
                    )
        except ConformanceError as error:
            yield SuiteProblem(self.operation.id, case.id, str(error))

    # ------------------------------------------------------------ is it there

    def _awake(self, control: Exchange) -> Exchange:
        """Return the control, sent again where the target took too long: it may just have started.

        Emulators load a service at its first request.
        """
        if control.reading.silence == "timeout":
            control = self.exchanges[control.case.id] = self.sender.send(self.cover.control)
        return control

    def _unimplemented(self, control: Exchange) -> Judged:
        rule = self.clerk.status_rule
        verdict = self.clerk.verdict(control, rule, "unimplemented", "unimplemented", self.reason)
        return Judged(control.case.id, (verdict,))

    def build_on(self, plan: Plan, accepted: Exchange) -> None:
        """Build the cases on a plan whose smallest request is accepted: that is the control now."""
        self.plan = self.clerk.plan = plan
        self.cover = Cover(plan, nonce=f"{self.settings.seed}-again")
        self.sender.prepare = Namer(plan, self.settings.seed)
        control = replace(self.cover.control, params=accepted.case.params)
        self.exchanges = {control.id: replace(accepted, case=control)}

    def shown(self, exchange: Exchange) -> Iterator[Event]:
        """Yield what a refused request shows by itself, where that is a finding."""
        matter = self.about.matter(exchange.case, exchange, None)
        ruling = judge(matter)
        if ruling.verdict == "fail":
            yield self._refused(exchange, matter, ruling)

    # ------------------------------------------------------------ valid

    def _valid(self, case: Case) -> Iterator[Event]:
        self._heard.add(case.id)
        exchange = self.exchange(case)
        matter = self.about.matter(case, exchange, None)
        ruling = judge(matter)
        if ruling.verdict == "pass":
            said = self.clerk.answered(exchange) if exchange.reading.kind == "success" else ()
            yield Judged(case.id, (*self.clerk.witnessed(exchange, ruling), *said))
        elif (
            case.parts and ruling.verdict in ("fail", "inconclusive") and ruling.reason != "masked"
        ):
            yield from self._parts(case, exchange, ruling)
        else:
            yield self._refused(exchange, matter, ruling)

    def _parts(self, case: Case, exchange: Exchange, ruling: Ruling) -> Iterator[Event]:
        """Send the parts of a refused pack; where each is accepted, the pack itself is refused."""
        parts = [part for identity in case.parts if (part := self.cover.case(identity))]
        innocent = True
        for part in parts:
            if part.id in self.done:
                continue
            one = self.exchange(part)
            innocent = innocent and one.reading.kind == "success"
            yield from self._valid(part)
        if innocent and ruling.verdict == "fail":
            yield self._refused(exchange, self.about.matter(case, exchange, None), ruling)

    def _refused(self, exchange: Exchange, matter: Matter, ruling: Ruling) -> Judged:
        """Return the verdicts of a valid request that was refused: one for each rule it witnesses.

        A control or a pack that is refused as a whole is a finding on the documented success, not
        on every rule in it.
        """
        case, clerk = exchange.case, self.clerk
        if ruling.verdict == "fail":
            ruling = self.repeater.confirmed(matter, ruling)
        if ruling.verdict == "fail" and len(case.witnesses) != 1:
            hint = clerk.hint() if case.kind == "control" else ""
            verdict = clerk.ruled(exchange, clerk.status_rule, ruling, hint=hint)
            return Judged(case.id, (verdict,))
        return Judged(case.id, tuple(clerk.refused(exchange, ruling)))

    # ------------------------------------------------------------ invalid

    def _invalid(self, case: Case) -> Iterator[Event]:
        rule = self.clerk.rules[case.rule]
        twin = self._twin(case)
        if twin is not None and twin.reading.kind != "success" and case.parts:
            alone = self.cover.case(case.parts[0])
            alone_twin = self._twin(alone) if alone else None
            if alone is not None and alone_twin is not None:
                case, twin = replace(alone, id=case.id), alone_twin
        if twin is not None and self._gives_way(twin):
            yield from self._valid(twin.case)
        yield from self._judged(case, self.exchange(case), rule, twin)

    def _gives_way(self, twin: Exchange) -> bool:
        """Whether a twin that has not been judged yet breaks the target: a finding of its own."""
        known = {*self._heard, *self.done, *self.examples, self.cover.control.id}
        reading = twin.reading
        broken = reading.kind == "silence" or (reading.kind == "error" and reading.status >= 500)
        return broken and reading.silence != NOT_RECORDED and twin.case.id not in known

    def _twin(self, case: Case) -> Exchange | None:
        twin = self._find(case.twin) if case.twin and self.settings.control else None
        return self.exchange(twin) if twin else None

    def _judged(
        self, case: Case, exchange: Exchange, rule: Rule | None, twin: Exchange | None = None
    ) -> Iterator[Event]:
        """Judge a case that breaks a rule; hold back what may be the target's habit."""
        if rule is None:
            return
        twin = twin or self._twin(case)
        matter = self.about.matter(case, exchange, rule, twin)
        ruling = judge(matter)
        if ruling.reason == "throttled":
            matter, ruling = self.repeater.still_throttled(matter, ruling)
        elif ruling.reason in ("conflict", "quota"):
            matter, ruling = self.repeater.undisturbed(matter, ruling)
        if ruling.systemic and ruling.verdict == "fail":
            self.held.append(Held(exchange, matter, ruling, twin))
            return
        if not self.settings.control and case.kind == "invalid":
            one = alone.Lone(exchange, matter, ruling, self.about.made_up(case))
            self.lone.append(one)
            if one.open:
                return
        if ruling.verdict == "fail":
            ruling = self.repeater.confirmed(matter, ruling)
        verdicts = [self.clerk.ruled(exchange, rule, ruling, twin=twin)]
        if ruling.verdict == "pass":
            verdicts += self.clerk.error_kept(exchange)
        yield Judged(case.id, tuple(verdicts))

    # ------------------------------------------------------------ sequences and examples

    def _sequences(self) -> Iterator[Event]:
        if "valid" in self.settings.only:
            yield from idempotency.check(self)
            yield from pagination.check(self)

    def _examples(self) -> Iterator[Event]:
        if self.settings.examples:
            from aws_conformance import exploration

            yield from exploration.explore(self)

    # ------------------------------------------------------------ the result

    def _final_state(self, control: Exchange) -> State:
        if control.reading.kind == "success":
            return "decided"
        self.reason = undecided.reason(control.reading, self.tried)
        if not self.clerk.passes and not self.clerk.fails:
            return "undecided"
        lacking = self.clerk.binds() or (
            control.reading.error_class == "not-found" and self._binds()
        )
        return "undecided" if lacking else "partly"

    def _binds(self) -> tuple[str, ...]:
        """Return the bindings to give: identifiers that were made up, or else other texts."""
        control = self.exchanges.get(self.cover.control.id) if self.cover.cases else None
        if control is None or control.reading.kind == "success":
            return ()
        found = self.clerk.binds()
        if found or control.reading.kind != "error" or control.reading.status >= 500:
            return found  # where the target breaks, no value helps
        return undecided.to_bind(self.plan, control.case.params)

    def result(self, state: State | None = None, reason: str = "") -> OperationResult:
        """Return the operation's share of the results."""
        kinds = extent.checkable(self.cover, self.clerk) if self.cover.cases else {}
        final = state or self.state
        return OperationResult(
            operation=self.operation.id,
            state=final,
            rules=tuple(kinds),
            kinds=kinds,
            requests=self.sender.requests,
            reason=reason or self.reason,
            binds=self._binds() if final in ("undecided", "partly") else (),
            page=self.operation.page.file if self.operation.page else "",
            unchecked=(*extent.unchecked(self.cover, kinds), *self.forgiven.items()),
        )

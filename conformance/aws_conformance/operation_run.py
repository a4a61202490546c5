"""One operation's run: which cases are sent in which order, and what their answers add up to."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from msgspec.structs import replace

from aws_conformance import idempotency
from aws_conformance.answers import Answered, check_answer
from aws_conformance.events import Event, Judged, SuiteProblem
from aws_conformance.judge import Matter, Ruling, judge, not_implemented
from aws_conformance.reading import Reading
from aws_conformance.reproduce import reproducer
from aws_conformance.sender import Exchange, Sender
from aws_reports.results import OperationResult, Verdict
from aws_specs.errors import ConformanceError
from aws_specs.from_model import error_class
from aws_specs.paths import get, occurrences
from aws_specs.protocol import error_rule, malformed_rules
from aws_specs.spec import Operation, ProtocolSource, Rule, rule_id
from aws_strategies.build import with_tokens
from aws_strategies.case import Case
from aws_strategies.cover import Cover
from aws_strategies.plan import Plan

if TYPE_CHECKING:
    from aws_conformance.runner import Settings

State = Literal["decided", "partly", "undecided", "unimplemented", "error", "stopped"]

_PROVOKED = frozenset({"validation", "not-found", "conflict"})
"""Classes of errors that a request can bring about from outside."""

_PATIENCE = 3
"""How often a throttled request is sent again beside its twin before the error is no throttling."""

_ALWAYS_SHOWN = frozenset({"status", "present"})
"""Kinds of output rules that every success decides."""


class OperationRun:
    """The state of one operation's run: exchanges by case id, verdicts held back, findings."""

    def __init__(
        self, operation: Operation, sender: Sender, settings: Settings, done: frozenset[str]
    ) -> None:
        self.operation = operation
        self.sender = sender
        self.settings = settings
        self.done = done
        bindings = {**sender.target.bindings, **settings.bindings}
        self.plan = Plan(operation, bindings=bindings, confidence=settings.confidence)
        self.cover = Cover(self.plan, nonce=str(settings.seed))
        self.exchanges: dict[str, Exchange] = {}
        self.examples: dict[str, Case] = {}
        self.rules = {rule.id: rule for rule in (*operation.rules, *malformed_rules(operation))}
        self.held: list[tuple[Exchange, Matter, Ruling]] = []
        self.outputs: set[tuple[str, str]] = set()
        self.shown: set[tuple[str, str]] = set()
        self.found: set[tuple[str, str]] = set()
        self.state: State = "undecided"
        self.reason = ""
        self.passes: set[str] = set()
        self.fails: set[str] = set()

    @property
    def planned(self) -> int:
        """How many cases are planned, examples included."""
        return len(self._cases()) + 2 * self.settings.examples

    def _cases(self) -> list[Case]:
        kinds = {*self.settings.only, "control"}
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
        control = self.exchange(self.cover.control)
        if not_implemented(control.reading) or self._answers_everything(control):
            self.state = "unimplemented"
            self.reason = self.reason or control.reading.short()
            yield self._unimplemented(control)
            return
        control = self._other_control(control)
        for case in self._cases():
            if case.id not in self.done:
                yield from self._case(case)
        yield from self._sequences()
        yield from self._examples()
        yield from self._release()
        self.state = self._final_state(control)

    def exchange(self, case: Case) -> Exchange:
        """Return the exchange of a case, sending it the first time."""
        if case.id not in self.exchanges:
            self.exchanges[case.id] = self.sender.send(case)
        return self.exchanges[case.id]

    def add_twins(self, cases: dict[str, Case]) -> None:
        """Let examples be found as twins by their ids."""
        self.examples.update(cases)

    def one(self, case: Case) -> Iterator[Event]:
        """Yield what one more case says (for examples)."""
        yield from self._case(case)

    def fails_for(self, case: Case) -> str:
        """Return the rule for which a case is a finding, "" where it is none. Sends the case."""
        exchange = self.sender.send(case) if case.id in self.exchanges else self.exchange(case)
        rule = self.rules.get(case.rule)
        ruling = judge(self._matter(case, exchange, rule, self._twin(case)))
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
                    yield from self._judged(case, self.exchange(case), self.rules.get(case.rule))
        except ConformanceError as error:
            yield SuiteProblem(self.operation.id, case.id, str(error))

    # ------------------------------------------------------------ is it there

    def _answers_everything(self, control: Exchange) -> bool:
        """Whether a success proves nothing: it names nothing, and a broken request succeeds too."""
        reading = control.reading
        if reading.kind != "success":
            return False
        answered = list(check_answer(self.operation, reading.value))
        if not reading.unreadable and not any(
            item.problem for item in answered if item.rule.kind in ("required", "present")
        ):
            return False
        malformed = [case for case in self.cover.cases if case.kind == "malformed"]
        names = ("json-syntax", "xml-syntax", "cbor-syntax", "unknown-operation")
        broken = next((case for name in names for case in malformed if case.wire == name), None)
        if broken is None or self.exchange(broken).reading.kind != "success":
            return False
        self.reason = "answers everything: a broken request succeeds, and the success names nothing"
        return True

    def _unimplemented(self, control: Exchange) -> Judged:
        rule = self._status_rule()
        return Judged(
            control.case.id,
            (self.verdict(control, rule, "unimplemented", "unimplemented", self.reason),),
        )

    def _other_control(self, control: Exchange) -> Exchange:
        """Return an accepted control with other values of its enums where the first is refused.

        So one refused value does not hide the whole operation: the rest is built on the other one.
        """
        if control.reading.kind == "success" or control.reading.error_class != "validation":
            return control
        for path in self._required_enums():
            for value in (self.plan.domain(path).values or ())[1:]:
                case = self.cover.case(f"{self.operation.id}~only~{self._enum_id(path)}={value}")
                if case is not None and self.exchange(case).reading.kind == "success":
                    self.plan.prefer(path, value)
                    # Other requests than before: their tokens must be others, too.
                    self.cover = Cover(self.plan, nonce=f"{self.settings.seed}-{value}")
                    self.exchanges = {}
                    return self.exchange(self.cover.control)
        return control

    def _required_enums(self) -> list[str]:
        return [
            path
            for path in self.plan.shapes
            if self.plan.required(path) and self.plan.domain(path).values
        ]

    def _enum_id(self, path: str) -> str:
        rule = self.plan.rule(path, "enum")
        return rule.id if rule else ""

    # ------------------------------------------------------------ valid

    def _valid(self, case: Case) -> Iterator[Event]:
        exchange = self.exchange(case)
        matter = self._matter(case, exchange, None)
        ruling = judge(matter)
        if ruling.verdict == "pass":
            said = self._answer(exchange) if exchange.reading.kind == "success" else ()
            yield Judged(case.id, (*self._witnessed(exchange, ruling), *said))
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
            yield self._refused(exchange, self._matter(case, exchange, None), ruling)

    def _refused(self, exchange: Exchange, matter: Matter, ruling: Ruling) -> Judged:
        """Return the verdicts of a valid request that was refused: one for each rule it witnesses.

        A control or a pack that is refused as a whole is a finding on the documented success, not on
        every rule in it.
        """
        case = exchange.case
        single = len(case.witnesses) == 1
        if ruling.verdict == "fail" and not single:
            ruling = self._confirmed(matter, ruling)
            rule = self._status_rule()
            hint = "" if case.kind != "control" else self._bind_hint()
            return Judged(case.id, (self._from_ruling(exchange, rule, ruling, hint=hint),))
        if ruling.verdict == "fail":
            ruling = self._confirmed(matter, ruling)
        named = dict.fromkeys(self._blamed(case, witness) for witness in case.witnesses)
        verdicts = [
            self._from_ruling(exchange, self._rule_of(w), ruling, rule_as=self._name_of(w))
            for w in named
        ]
        return Judged(case.id, tuple(verdicts))

    def _blamed(self, case: Case, witness: str) -> str:
        """Return what a refused witness is about: of an enum member it is the value, not the type."""
        rule = self._rule_of(witness)
        enum = self.plan.rule(rule.member, "enum")
        if rule.kind != "type" or enum is None or enum not in self.plan.testable:
            return witness
        at = next(occurrences(case.params, rule.member), None)
        return witness if at is None else f"{enum.id}={get(case.params, at)}"

    def _witnessed(self, exchange: Exchange, ruling: Ruling) -> Iterator[Verdict]:
        for witness in exchange.case.witnesses:
            rule = self._rule_of(witness)
            yield self._from_ruling(exchange, rule, ruling, rule_as=self._name_of(witness))

    def _rule_of(self, witness: str) -> Rule:
        found = self.rules.get(witness)
        return found or self.rules[witness.rpartition("=")[0]]

    def _name_of(self, witness: str) -> str:
        """Return the id a witness's verdict carries: an enum value has one of its own."""
        rule = self._rule_of(witness)
        return witness if rule.kind == "enum" else rule.id

    def _answer(self, exchange: Exchange) -> Iterator[Verdict]:
        """Yield what a success says of the status and of the response shape, each thing once."""
        reading, rule = exchange.reading, self._status_rule()
        wanted = self.operation.wire.status
        right = reading.status == wanted
        yield from self._output(
            exchange, Answered(rule, "" if right else f"status {reading.status}", "wrong-status")
        )
        for answered in check_answer(self.operation, reading.value):
            yield from self._output(exchange, answered)

    def _output(self, exchange: Exchange, answered: Answered) -> Iterator[Verdict]:
        rule, problem = answered.rule, answered.problem
        key = (rule.id, answered.reason if problem else "")
        if key in self.outputs:
            return
        self.outputs.add(key)
        if problem:
            yield self.verdict(exchange, rule, "fail", answered.reason, problem, confirmed=True)
        else:
            yield self.verdict(exchange, rule, "pass", "as-documented", exchange.reading.short())

    def _status_rule(self) -> Rule:
        return self.rules[rule_id(self.operation.id, "output", "", "status")]

    # ------------------------------------------------------------ invalid

    def _invalid(self, case: Case) -> Iterator[Event]:
        rule = self.rules[case.rule]
        twin = self._twin(case)
        if twin is not None and twin.reading.kind != "success" and case.parts:
            alone = self.cover.case(case.parts[0])
            alone_twin = self._twin(alone) if alone else None
            if alone is not None and alone_twin is not None:
                case, twin = replace(alone, id=case.id), alone_twin
        yield from self._judged(case, self.exchange(case), rule, twin)

    def _twin(self, case: Case) -> Exchange | None:
        twin = self._find(case.twin) if case.twin else None
        return self.exchange(twin) if twin else None

    def _judged(
        self, case: Case, exchange: Exchange, rule: Rule | None, twin: Exchange | None = None
    ) -> Iterator[Event]:
        """Judge a case that breaks a rule; hold back what may be the target's habit."""
        if rule is None:
            return
        twin = twin or self._twin(case)
        matter = self._matter(case, exchange, rule, twin)
        ruling = judge(matter)
        if ruling.reason == "throttled":
            matter, ruling = self._still_throttled(matter, ruling)
        if ruling.systemic and ruling.verdict == "fail":
            self.held.append((exchange, matter, ruling))
            return
        if ruling.verdict == "fail":
            ruling = self._confirmed(matter, ruling)
        verdicts = [self._from_ruling(exchange, rule, ruling, twin=twin)]
        if ruling.verdict == "pass":
            verdicts += self.error_kept(exchange)
        if exchange.reading.kind == "success" and case.kind == "invalid":
            verdicts += list(self._answer(exchange)) if ruling.verdict == "pass" else []
        yield Judged(case.id, tuple(verdicts))

    def _still_throttled(self, matter: Matter, ruling: Ruling) -> tuple[Matter, Ruling]:
        """Send a throttled fault again, after its twin: throttled alone each time, it is no limit."""
        twin = self._find(matter.case.twin) if matter.case.twin else None
        for _ in range(_PATIENCE):
            if twin is None or self.sender.send(self._fresh(twin)).reading.kind != "success":
                return matter, ruling
            matter = replace(matter, answer=self.sender.send(self._fresh(matter.case)).reading)
            ruling = judge(matter)
            if ruling.reason != "throttled":
                return matter, ruling
        return matter, replace(ruling, verdict="fail", reason="wrong-error", row="always throttled")

    def error_kept(self, exchange: Exchange) -> list[Verdict]:
        """Return a pass on the error's own rule the first time it comes as declared."""
        code = exchange.reading.code
        rule = self._error_rule(code)
        if rule is None or (rule.id, "") in self.outputs:
            return []
        self.outputs.add((rule.id, ""))
        return [self.verdict(exchange, rule, "pass", "as-documented", exchange.reading.short())]

    def _error_rule(self, code: str) -> Rule | None:
        return next(
            (r for r in self.rules.values() if r.kind == "error" and r.value["code"] == code), None
        )

    def _release(self) -> Iterator[Event]:
        """Judge what was held back: a habit is one finding on the error, the rest one each.

        An error that is wrong wherever it comes is the error's fault: the rules it answers are kept.
        """
        habits: dict[str, list[tuple[Exchange, Matter, Ruling]]] = {}
        for item in self.held:
            habits.setdefault(item[2].systemic, []).append(item)
        for items in habits.values():
            if len({item[0].case.rule for item in items}) > 1 and self._habit(items):
                yield from self._habitual(items)
            else:
                for exchange, matter, ruling in items:
                    twin = self.exchanges.get(exchange.case.twin)
                    final = self._confirmed(matter, ruling)
                    verdict = self._from_ruling(exchange, matter.rule, final, twin=twin)
                    yield Judged(exchange.case.id, (verdict,))

    def _habit(self, items: Sequence[tuple[Exchange, Matter, Ruling]]) -> bool:
        """Whether the error (or, for one without a name, every error) never came right."""
        code = items[0][0].reading.code
        seen = [e.reading for e in self.exchanges.values() if e.reading.kind == "error"]
        if items[0][2].reason == "error-shape":
            return not any(r.typed and not r.unreadable for r in seen if r.status < 500)
        status = items[0][0].reading.status
        return not any(r.code == code and r.status != status for r in seen) and len(items) > 2

    def _habitual(self, items: Sequence[tuple[Exchange, Matter, Ruling]]) -> Iterator[Event]:
        first, matter, ruling = items[0]
        rule = self._error_rule(first.reading.code) or error_rule(self.operation)
        self.rules.setdefault(rule.id, rule)
        final = self._confirmed(matter, ruling)
        found = self._from_ruling(first, rule, final, twin=self.exchanges.get(first.case.twin))
        yield Judged(f"{rule.id}~seen", (replace(found, case=f"{rule.id}~seen"),))
        for exchange, item, _ in items:
            verdict = self.verdict(
                exchange, item.rule or rule, "pass", "refused", exchange.reading.short(),
                expected="a refusal (the error itself is a finding of its own)", row="habit",
            )  # fmt: skip
            yield Judged(exchange.case.id, (verdict,))

    # ------------------------------------------------------------ sequences and examples

    def _sequences(self) -> Iterator[Event]:
        if "valid" in self.settings.only:
            yield from idempotency.check(self)

    def _examples(self) -> Iterator[Event]:
        if self.settings.examples:
            from aws_conformance import exploration

            yield from exploration.explore(self)

    # ------------------------------------------------------------ matters and verdicts

    def _matter(
        self, case: Case, exchange: Exchange, rule: Rule | None, twin: Exchange | None = None
    ) -> Matter:
        paths = self._paths(case)
        if case.kind in ("valid", "control") and case.kind != "control":
            twin = self.exchanges.get(self.cover.control.id)
        identifiers = {path for path in self.plan.identifiers if not self._invented(path)}
        unbound = bool(set(self.plan.identifiers) - set(self.plan.bindings))
        return Matter(
            operation=self.operation,
            case=case,
            rule=rule,
            answer=exchange.reading,
            twin=twin.reading if twin else None,
            strict=self.settings.strict,
            external=(case.kind == "control" and unbound)
            or any(self._external(path) for path in paths),
            about_identifier=bool(paths & identifiers),
            routed=self._routed(case),
        )

    def _paths(self, case: Case) -> set[str]:
        if case.fault is not None:
            return {case.fault.member}
        return {self._rule_of(witness).member for witness in case.witnesses}

    def _external(self, path: str) -> bool:
        """Whether it depends on what the target has if a value of the member is accepted.

        A target that has accepted an invented name does not look it up.
        """
        if self.plan.conditional(path):
            return True
        return self.plan.external(path) and not self._invented(path)

    def _invented(self, path: str) -> bool:
        """Whether a request with an invented value of the member has been accepted."""
        if path in self.plan.bindings:
            return False
        return any(
            exchange.reading.kind == "success"
            and exchange.case.kind in ("control", "valid")
            and next(occurrences(exchange.case.params, path), None) is not None
            for exchange in self.exchanges.values()
        )

    def _routed(self, case: Case) -> bool:
        """Whether a fault empties a part of the path, so that another route may answer."""
        if case.fault is None:
            return False
        member = self.plan.members.get(case.fault.member)
        empty = case.fault.op == "remove" or case.fault.new in ("", None)
        return member is not None and member.location == "uri" and empty

    def _confirmed(self, matter: Matter, ruling: Ruling) -> Ruling:
        """Send a failed case again, with fresh tokens and a fresh twin; say if it does not repeat."""
        if ruling.reason == "unreachable":
            return ruling
        twin = self._find(matter.case.twin) if matter.case.twin else None
        fresh_twin = self.sender.send(self._fresh(twin)).reading if twin else matter.twin
        answer = self.sender.send(self._fresh(matter.case)).reading
        again = judge(replace(matter, answer=answer, twin=fresh_twin))
        if ruling.row == "always throttled" and again.reason == "throttled":
            return ruling
        same = (again.verdict, again.reason) == (ruling.verdict, ruling.reason)
        return ruling if same else replace(ruling, row=f"{ruling.row} (flaky)")

    def _fresh(self, case: Case) -> Case:
        """Return the case with new idempotency tokens, except where the token is the fault."""
        params: Any = copy.deepcopy(case.params)
        nonce = f"{self.settings.seed}-again-{self.sender.requests}"
        if isinstance(params, dict) and not self._paths(case) & set(self.plan.tokens):
            with_tokens(self.plan, params, case.id, nonce)
        return replace(case, params=params)

    def _from_ruling(
        self,
        exchange: Exchange,
        rule: Rule | None,
        ruling: Ruling,
        *,
        twin: Exchange | None = None,
        rule_as: str = "",
        hint: str = "",
    ) -> Verdict:
        rule = rule or self._status_rule()
        flaky = ruling.row.endswith("(flaky)")
        if not hint and ruling.reason in ("masked", "needs-state"):
            hint = self._bind_hint(rule)
        return self.verdict(
            exchange, rule, ruling.verdict, ruling.reason, ruling.observed,
            expected=ruling.expected, row=ruling.row, twin=twin, rule_as=rule_as, flaky=flaky,
            hint=hint, confirmed=None if ruling.verdict != "fail" else not flaky,
        )  # fmt: skip

    def verdict(
        self,
        exchange: Exchange,
        rule: Rule,
        verdict: Any,
        reason: str,
        observed: str,
        *,
        expected: str = "",
        row: str = "",
        twin: Exchange | None = None,
        rule_as: str = "",
        flaky: bool = False,
        hint: str = "",
        confirmed: bool | None = None,
    ) -> Verdict:
        case = exchange.case
        shown = verdict == "fail" or (verdict != "pass" and (rule.kind, reason) not in self.shown)
        self.shown.add((rule.kind, reason))
        identity = rule_as or rule.id
        (self.passes if verdict == "pass" else self.fails if verdict == "fail" else set()).add(
            identity
        )
        return Verdict(
            case=case.id,
            operation=self.operation.id,
            rule=identity,
            kind=rule.kind,
            member=rule.member if case.fault is None or rule.id != case.rule else case.fault.member,
            verdict=verdict,
            reason=reason,
            expected=expected or self._expected(rule),
            observed=observed,
            source=rule.source,
            case_kind=case.kind,
            row=row,
            fault=case.fault.what if case.fault else case.wire,
            old=case.fault.old if case.fault else None,
            new=case.fault.new if case.fault else None,
            hint=hint,
            evidence=exchange.evidence if shown else None,
            twin=twin.evidence if shown and twin else None,
            reproducer=reproducer(self.operation, case, exchange.request) if shown else None,
            confirmed=confirmed,
            flaky=flaky,
        )

    def _expected(self, rule: Rule) -> str:
        match rule.kind:
            case "status":
                return f"a success has status {rule.value}"
            case "error":
                return f"{rule.value['code']} with status {rule.value['status']}"
            case "present" | "required":
                return f"{rule.member} is in the answer"
            case _:
                return f"{rule.kind} {rule.value}"

    def _bind_hint(self, rule: Rule | None = None) -> str:
        if rule is not None and self.plan.conditional(rule.member):
            rules = self.plan.rules[rule.member]
            return next(r.reason for r in rules if r.kind == "conditional" and r.reason)
        binds = self.binds(rule)
        return " ".join(f"--bind {bind}=VALUE" for bind in binds)

    def binds(self, rule: Rule | None = None) -> tuple[str, ...]:
        """Return the `service.Member` names whose binding would make the operation decidable."""
        missing = [path for path in self.plan.identifiers if path not in self.plan.bindings]
        if rule is not None and not missing and self.plan.external(rule.member):
            missing = [rule.member]
        return tuple(f"{self.operation.service}.{path}" for path in missing)

    # ------------------------------------------------------------ the result

    def universe(self) -> dict[str, str]:
        """Return the ids of all rules a request can check, with their kinds."""
        found = {rule.id: rule.kind for rule in self.plan.testable}
        for path, values in self.cover.enum_values().items():
            rule = self.plan.rule(path, "enum")
            found.update({f"{rule.id}={value}": "enum" for value in values} if rule else {})
        for rule in self.rules.values():
            if (
                isinstance(rule.source, ProtocolSource)
                or rule.kind in _ALWAYS_SHOWN
                or rule.id in self.passes | self.fails
            ):
                found[rule.id] = rule.kind
        unmet = {*self.cover.unmet, *(r.id for r in self.operation.rules if r.sure < self.sure)}
        return {identity: kind for identity, kind in found.items() if identity not in unmet}

    @property
    def sure(self) -> float:
        """The confidence from which a rule is tested."""
        return self.settings.confidence

    def _unchecked(self, universe: dict[str, str]) -> tuple[tuple[str, str], ...]:
        """Return every other rule of the operation, and why no request checks it."""
        return tuple(
            (rule.id, self._why_unchecked(rule))
            for rule in self.operation.rules
            if rule.id not in universe
        )

    def _why_unchecked(self, rule: Rule) -> str:
        if not rule.checkable:
            return rule.reason
        if rule.sure < self.sure:
            agreed = "" if rule.agreed else ": page and model do not agree"
            return f"confidence {rule.sure:.2f} is below {self.sure:.2f}{agreed}"
        if rule.id in self.cover.unmet:
            return self.cover.unmet[rule.id]
        if rule.side == "errors":
            provoked = error_class(rule.member) in _PROVOKED
            return "the error did not come up" if provoked else "no request provokes this error"
        if rule.side == "output":
            return "the member did not come back"
        return "no request tests it"

    def _final_state(self, control: Exchange) -> State:
        if control.reading.kind == "success":
            return "decided"
        if not self.passes and not self.fails:
            return "undecided"
        return "undecided" if self.binds() else "partly"

    def result(self, state: State | None = None, reason: str = "") -> OperationResult:
        """Return the operation's share of the results."""
        kinds = self.universe() if self.cover.cases else {}
        final = state or self.state
        return OperationResult(
            operation=self.operation.id,
            state=final,
            rules=tuple(kinds),
            kinds=kinds,
            requests=self.sender.requests,
            reason=reason or self.reason,
            binds=self.binds() if final == "undecided" else (),
            page=self.operation.page.file if self.operation.page else "",
            unchecked=self._unchecked(kinds),
        )

    def reading(self, case: Case) -> Reading:
        """Send a case and return how its answer reads (for sequences and examples)."""
        return self.exchange(case).reading

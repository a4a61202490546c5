"""The clerk: writes verdicts, and keeps what has been written of an operation.

A verdict is about one rule. What a success says of the response shape, and a pass on a declared
error, is written once; evidence is kept for every finding and for the first of each kind of doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from aws_conformance.answers import Answered, check_answer
from aws_conformance.judge import Ruling
from aws_conformance.leniency import doubt, other_successes
from aws_conformance.reproduce import reproducer
from aws_conformance.sender import Exchange
from aws_reports.results import Verdict
from aws_reports.sources import KIND_WORDS
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import get, occurrences
from aws_specs.protocol import error_rule as error_shape
from aws_specs.protocol import malformed_rules
from aws_specs.spec import Json, Rule, rule_id
from aws_strategies.case import Case
from aws_strategies.plan import Plan

FLAKY = " (flaky)"
"""What the row of a ruling ends in when the finding did not repeat."""


UNCONFIRMED = " (not confirmed)"
"""What the row of a ruling ends in when a recording holds no second answer."""


class Clerk:
    """Writes the verdicts of one operation.

    `rules` are its rules and the protocol's by id; `passes` and `fails` the ids of rules (and enum
    values) with at least one such verdict. `strict` forgives no answer what AWS's own were seen to
    depart in from the SDK's model.
    """

    def __init__(self, plan: Plan, *, strict: bool = False) -> None:
        self.plan = plan
        self.strict = strict
        self.operation = plan.operation
        everything = (*self.operation.rules, *malformed_rules(self.operation))
        self.rules = {rule.id: rule for rule in everything}
        self.passes: set[str] = set()
        self.fails: set[str] = set()
        self._said: set[tuple[str, str]] = set()
        self._shown: set[tuple[str, str]] = set()

    def prime(self, verdicts: Iterable[Verdict]) -> None:
        """Take over what an interrupted run has said, so as not to say it again."""
        for verdict in verdicts:
            if verdict.verdict in ("pass", "fail"):
                (self.passes if verdict.verdict == "pass" else self.fails).add(verdict.rule)
                self._said.add((verdict.rule, verdict.reason if verdict.verdict == "fail" else ""))
            else:
                self._shown.add((verdict.kind, verdict.reason))

    # ------------------------------------------------------------ rules and witnesses

    @property
    def status_rule(self) -> Rule:
        """The rule on the documented status: what a refused control or pack breaks."""
        return self.rules[rule_id(self.operation.id, "output", "", "status")]

    def error_rule(self, code: str) -> Rule | None:
        """Return the rule of a declared error by its name on the wire.

        Some protocols send the code, others (CBOR) the name of the error's shape.
        """
        errors = (rule for rule in self.rules.values() if rule.kind == "error")
        return next((rule for rule in errors if code in (rule.value["code"], rule.member)), None)

    def rule_of(self, witness: str) -> Rule:
        """Return the rule a witness is about: `…/enum=EMAIL` is about `…/enum`."""
        found = self.rules.get(witness)
        return found or self.rules[witness.rpartition("=")[0]]

    def name_of(self, witness: str) -> str:
        """Return the id a witness's verdict carries: an enum value has one of its own."""
        rule = self.rule_of(witness)
        return witness if rule.kind == "enum" else rule.id

    def paths(self, case: Case) -> set[str]:
        """Return the members a case is about: the fault's, or those of its witnesses."""
        if case.fault is not None:
            return {case.fault.member}
        return {self.rule_of(witness).member for witness in case.witnesses}

    def blamed(self, case: Case, witness: str) -> str:
        """Return what a refused witness is about: of an enum member it is the value."""
        rule = self.rule_of(witness)
        enum = self.plan.rule(rule.member, "enum")
        if rule.kind != "type" or enum is None or enum not in self.plan.testable:
            return witness
        at = next(occurrences(case.params, rule.member), None)
        return witness if at is None else f"{enum.id}={get(case.params, at)}"

    # ------------------------------------------------------------ several verdicts at once

    def witnessed(self, exchange: Exchange, ruling: Ruling) -> Iterator[Verdict]:
        """Yield a verdict for every rule an accepted valid case is a witness of."""
        for witness in exchange.case.witnesses:
            rule = self.rule_of(witness)
            yield self.ruled(exchange, rule, ruling, rule_as=self.name_of(witness))

    def refused(self, exchange: Exchange, ruling: Ruling) -> Iterator[Verdict]:
        """Yield a verdict for every rule a refused valid case is a witness of."""
        case = exchange.case
        for witness in dict.fromkeys(self.blamed(case, witness) for witness in case.witnesses):
            rule = self.rule_of(witness)
            yield self.ruled(exchange, rule, ruling, rule_as=self.name_of(witness))

    def answered(self, exchange: Exchange) -> Iterator[Verdict]:
        """Yield what a success says of the status and of the response shape, each thing once."""
        reading = exchange.reading
        status = reading.status
        others = other_successes(self.operation, exchange.answer)
        right = status == self.operation.wire.status or status in others
        wrong = Answered(self.status_rule, "" if right else f"status {status}", "wrong-status")
        lacks = reading.unmarked
        protocol = (Answered(self.status_rule, lacks, "protocol"),) if lacks else ()
        shape = check_answer(self.operation, reading.value, reading.problems)
        for answered in (wrong, *protocol, *shape):
            yield from self._output(exchange, answered)

    def _output(self, exchange: Exchange, answered: Answered) -> Iterator[Verdict]:
        rule, problem = answered.rule, answered.problem
        if not self._first(rule.id, answered.reason if problem else ""):
            return
        why = "" if self.strict else doubt(self.operation, exchange, answered)
        if problem and why:
            yield self.verdict(exchange, rule, "inconclusive", why, problem)
        elif problem:
            yield self.verdict(exchange, rule, "fail", answered.reason, problem, confirmed=True)
        else:
            yield self.verdict(exchange, rule, "pass", "as-documented", exchange.reading.short())

    def error_kept(self, exchange: Exchange) -> Iterator[Verdict]:
        """Yield a pass on the error's own rule the first time it comes as declared.

        What its envelope lacks is told once, where the request kept to the protocol.
        """
        lacks, shape = exchange.reading.unmarked, error_shape(self.operation)
        kept = exchange.case.kind != "malformed"
        if lacks and kept and self._first(shape.id, "error-shape"):
            self.rules.setdefault(shape.id, shape)
            yield self.verdict(exchange, shape, "fail", "error-shape", lacks, confirmed=True)
        rule = self.error_rule(exchange.reading.code)
        if rule is not None and self._first(rule.id, ""):
            yield self.verdict(exchange, rule, "pass", "as-documented", exchange.reading.short())

    def _first(self, *what: str) -> bool:
        new = what not in self._said
        self._said.add((what[0], what[1]))
        return new

    # ------------------------------------------------------------ one verdict

    def ruled(
        self,
        exchange: Exchange,
        rule: Rule,
        ruling: Ruling,
        *,
        twin: Exchange | None = None,
        rule_as: str = "",
        hint: str = "",
    ) -> Verdict:
        """Return the verdict of a ruling on a rule (`rule_as` is the id it carries, if another)."""
        flaky = ruling.row.endswith(FLAKY)
        sure = not ruling.row.endswith((FLAKY, UNCONFIRMED))
        if not hint and ruling.reason in ("masked", "needs-state"):
            hint = self.hint(rule)
        return self.verdict(
            exchange, rule, ruling.verdict, ruling.reason, ruling.observed,
            expected=ruling.expected, row=ruling.row, twin=twin, rule_as=rule_as, flaky=flaky,
            hint=hint, confirmed=None if ruling.verdict != "fail" else sure,
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
        """Return one verdict, and remember what it says of the rule."""
        case = exchange.case
        shown = verdict == "fail" or (verdict != "pass" and (rule.kind, reason) not in self._shown)
        self._shown.add((rule.kind, reason))
        identity = rule_as or rule.id
        if verdict in ("pass", "fail"):
            (self.passes if verdict == "pass" else self.fails).add(identity)
        return Verdict(
            case=case.id,
            operation=self.operation.id,
            rule=identity,
            kind=rule.kind,
            member=rule.member if case.fault is None or rule.id != case.rule else case.fault.member,
            verdict=verdict,
            reason=reason,
            expected=expected or _expected(rule),
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

    def hint(self, rule: Rule | None = None) -> str:
        """Return what would make a rule decidable: the `--bind` to give, or what it depends on."""
        if rule is not None and self.plan.conditional(rule.member):
            rules = self.plan.rules[rule.member]
            return next(r.reason for r in rules if r.kind == "conditional" and r.reason)
        return " ".join(f"--bind {bind}=VALUE" for bind in self.binds(rule))

    def binds(self, rule: Rule | None = None) -> tuple[str, ...]:
        """Return the `service.Member` names whose binding would make the operation decidable."""
        missing = [path for path in self.plan.identifiers if path not in self.plan.bindings]
        if rule is not None and not missing and self.plan.external(rule.member):
            missing = [rule.member]
        return tuple(f"{self.operation.service}.{path}" for path in missing)


def _expected(rule: Rule) -> str:
    match rule.kind:
        case "status":
            return f"a success has status {rule.value}"
        case "error":
            return f"{rule.value['code']} with status {rule.value['status']}"
        case "present" | "required":
            return f"{rule.member} is in the answer"
        case _:
            detail = _detail(rule.value)
            said = f"{rule.member or 'the request'} {KIND_WORDS.get(rule.kind, rule.kind)}"
            return f"{said}: {detail}" if detail else said


def _detail(value: Json) -> str:
    """Return a rule's value in words: "at least 1, at most 5", "A, B"; "" for what has none."""
    if is_list(value):
        return ", ".join(item for item in value if isinstance(item, str))
    if is_object(value):
        bounds = (("min", "at least"), ("max", "at most"))
        return ", ".join(f"{word} {value[key]}" for key, word in bounds if _is_scalar(value, key))
    return str(value) if isinstance(value, str | int | float) and value is not True else ""


def _is_scalar(value: dict[str, Json], key: str) -> bool:
    return isinstance(value.get(key), str | int | float)

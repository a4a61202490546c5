"""What one operation's run knows about a case beside its answer: the circumstances of a verdict."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from aws_conformance import unread
from aws_conformance.exchange import Response
from aws_conformance.matter import Matter
from aws_conformance.recording import NOT_RECORDED
from aws_conformance.sender import Exchange
from aws_conformance.unstated import blames_another, narrower
from aws_specs import sdk
from aws_specs.jsonvalues import is_object
from aws_specs.paths import KEY, get, occurrences
from aws_specs.spec import Rule
from aws_strategies.build import put, rename
from aws_strategies.case import Case
from aws_strategies.extremes import step_inside
from aws_strategies.kinds import KINDS

if TYPE_CHECKING:
    from aws_conformance.operation_run import OperationRun


class Circumstances:
    """Answers, of one operation's run, what else is known when a case is judged.

    It asks for what the run has seen so far, and may send a request more where that decides.
    """

    def __init__(self, run: OperationRun) -> None:
        self.run = run

    def matter(
        self, case: Case, exchange: Exchange, rule: Rule | None, twin: Exchange | None = None
    ) -> Matter:
        """Return what the judge is asked about an exchange of a case that is about a rule."""
        paths = self.run.clerk.paths(case)
        if case.kind == "valid":
            twin = self.run.exchanges.get(self.run.cover.control.id)
        if twin is not None and twin.reading.silence == NOT_RECORDED:
            twin = None
        names = {*self.run.plan.identifiers, *self.run.plan.bindings}
        identifiers = {path for path in names if not self._invented(path)}
        unbound = bool(set(self.run.plan.identifiers) - set(self.run.plan.bindings))
        return Matter(
            operation=self.run.operation,
            case=case,
            rule=rule,
            answer=exchange.reading,
            twin=twin.reading if twin else None,
            strict=self.run.settings.strict,
            external=(case.kind == "control" and unbound)
            # Values that go together are known to, but not why: another one may not.
            or (case.kind == "valid" and bool(self.run.plan.samples))
            or any(self._external(path) for path in paths),
            about_identifier=bool(paths & identifiers),
            routed=self.routed(case),
            astray=exchange.astray,
            usual=exchange.reading.kind == "error" and self._usual(case),
            unread=exchange.reading.kind == "error" and self._sends_unread(case),
            untaken=exchange.reading.kind == "success" and self._untaken(exchange, twin),
            filled=exchange.reading.error_class == "not-found" and self._filled(rule),
        )

    def _untaken(self, exchange: Exchange, twin: Exchange | None) -> bool:
        """Whether a success with an empty part of the path can only be this operation's.

        By the routes of its service it is no other's, it comes in the form of the twin's, and the
        target refuses paths and methods that nobody has: it has no answer for whatever comes.
        """
        case = exchange.case
        if case.fault is None or twin is None or exchange.astray or not self.routed(case):
            return False
        member = self.run.plan.members.get(case.fault.member)
        if member is None or member.location != "uri" or _media(exchange) != _media(twin):
            return False
        probes = [c for c in self.run.cover.cases if c.wire in ("unknown-operation", "method")]
        return bool(probes) and all(
            self.run.exchange(probe).reading.kind == "error" for probe in probes
        )

    def _filled(self, rule: Rule | None) -> bool:
        """Whether a request with as many entries as a rule allows has been accepted."""
        return rule is not None and any(
            exchange.reading.kind == "success" and f"{rule.id}=max" in exchange.case.witnesses
            for exchange in self.run.exchanges.values()
        )

    def _sends_unread(self, case: Case) -> bool:
        """Whether a valid case sends what the page restricts in words that no rule states."""
        if case.kind != "valid" or self._usual(case):
            return False
        control, about = self.run.cover.control.params, self.run.clerk.paths(case)
        return unread.sends_more(case.params, control, about, self._unread)

    @cached_property
    def _unread(self) -> frozenset[unread.Demand]:
        return unread.demanding(self.run.operation, self.run.settings.confidence)

    def _usual(self, case: Case) -> bool:
        """Whether a refused valid case has nothing unusual but a number or a size at its limit.

        The same request with a value next to the limit is accepted, or with a typical one, so it is
        the limit that is refused.
        """
        if len(case.witnesses) != 1 or case.kind != "valid":
            return False
        rule = self.run.clerk.rule_of(case.witnesses[0])
        kind = self.run.plan.rule(rule.member, "type")
        code = self.run.exchange(case).reading.code
        if kind is None or blames_another(code, rule.member, self.run.operation):
            return False
        inside = None if self._compared(case, rule) else step_inside(self.run.plan, rule, case)
        if inside is not None and self.run.exchange(inside).reading.kind == "success":
            return True
        if rule.kind not in ("range", "length") or narrower(self.run.operation, rule):
            return False
        typical = self.run.cover.case(f"{self.run.operation.id}~only~{kind.id}")
        if typical is None or self.run.exchange(typical).reading.kind != "success":
            return False
        return kind.value != "string" or self._takes_any_text(case, rule)

    def _compared(self, case: Case, rule: Rule) -> bool:
        """Whether a number stands beside others, to which it may have to be in some relation.

        A MaxSize at its least, 0, is less than a MinSize of 1.
        """
        at = next(occurrences(case.params, rule.member), None)
        beside = get(case.params, at[:-1]) if at else None
        if rule.kind != "range" or not is_object(beside):
            return False
        return sum(isinstance(value, int | float) for value in beside.values()) > 1

    def _takes_any_text(self, case: Case, rule: Rule) -> bool:
        """Whether a text as meaningless as the one at a limit is accepted, but of another length.

        Else it is the text that is refused, and what it has to mean no model states: Cognito's
        `Name` is that of a standard attribute, or one that needs a type.
        """
        at = next(occurrences(case.params, rule.member), None)
        text = get(case.params, at) if at is not None else None
        pattern = self.run.plan.rule(rule.member, "pattern")
        if at is None or not isinstance(text, str):
            return False
        domain = self.run.plan.domain(rule.member)
        for length in (len(text) // 2, len(text) + 8, len(text) - 1, len(text) + 1):
            most = domain.longest if domain.longest is not None else length
            if not max(domain.shortest, 1) <= length <= most or length == len(text):
                continue
            other = (text or "x")[:1] * length
            if pattern is not None and KINDS["pattern"].keeps(pattern.value, other) is not True:
                continue
            params: Any = copy.deepcopy(case.params)
            rename(params, at, other) if at[-1] == KEY else put(params, at, other)
            probe = replace(case, id=f"{case.id}~{length}", params=params)
            if self.run.exchange(probe).reading.kind == "success":
                return True
        return False

    def made_up(self, case: Case) -> bool:
        """Whether the fault is on an identifier for which the user has given no real value."""
        return bool(
            self.run.clerk.paths(case)
            & set(self.run.plan.identifiers) - set(self.run.plan.bindings)
        )

    def _external(self, path: str) -> bool:
        """Whether it depends on what the target has if a value of the member is accepted.

        A target that has accepted an invented name does not look it up.
        """
        if self.run.plan.conditional(path):
            return True
        return self.run.plan.external(path) and not self._invented(path)

    def _invented(self, path: str) -> bool:
        """Whether a request with an invented value of the member has been accepted."""
        if path in self.run.plan.bindings or isinstance(self.run.plan.samples.get(path), str):
            return False  # given, or told by the documentation: it may be looked up
        return any(
            exchange.reading.kind == "success"
            and exchange.case.kind in ("control", "valid")
            and next(occurrences(exchange.case.params, path), None) is not None
            for exchange in self.run.exchanges.values()
        )

    @cached_property
    def _host_labels(self) -> frozenset[str]:
        """The members that stand in the host name, where the endpoint is one that takes them."""
        if not self.run.sender.takes_host_prefix:
            return frozenset()
        model: Any = sdk.operation_model(self.run.operation.service, self.run.operation.name)
        endpoint: Mapping[str, Any] = model.endpoint or {}
        prefix = str(endpoint.get("hostPrefix", ""))
        return frozenset(
            m.name for m in self.run.operation.input.members if f"{{{m.name}}}" in prefix
        )

    def routed(self, case: Case) -> bool:
        """Return whether a fault changes the host or empties a part of the path.

        Then another route may answer.
        """
        if case.fault is None:
            return False
        member = self.run.plan.members.get(case.fault.member)
        if member is not None and member.name in self._host_labels:
            return True
        empty = case.fault.op == "remove" or case.fault.new in ("", None)
        return member is not None and member.location == "uri" and empty


def _media(exchange: Exchange) -> str:
    """Return the media type of an answer, without parameters."""
    answer = exchange.answer
    said = answer.header("content-type") if isinstance(answer, Response) else ""
    return said.partition(";")[0].strip().lower()

"""Sending again: a finding is confirmed with fresh tokens and a fresh twin."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from aws_conformance.clerk import FLAKY, UNCONFIRMED, Clerk
from aws_conformance.judge import Ruling, judge
from aws_conformance.matter import Matter
from aws_conformance.recording import NOT_RECORDED
from aws_conformance.sender import Exchange, Sender, UnreachableError
from aws_specs.error_class import error_class
from aws_specs.jsonvalues import is_object
from aws_strategies.build import PLACEHOLDER, with_tokens
from aws_strategies.case import Case

_PATIENCE = 3
"""How often a throttled request is sent again beside its twin before the error is no throttling."""

_TWICE = 2

_GIVES_WAY = frozenset({"server-error", "no-response"})
"""Findings that a target under load, or a proxy before it, shows now and then."""

_WARY = 2
"""So many more looks at a finding are taken where another one did not repeat."""

_THROTTLED = "always throttled"


class Repeater:
    """Sends cases of one operation again. `find` returns a twin by its id."""

    def __init__(
        self, sender: Sender, clerk: Clerk, find: Callable[[str], Case | None], seed: int
    ) -> None:
        self.sender = sender
        self.clerk = clerk
        self.find = find
        self.seed = seed
        self.unsteady = False
        """Whether something that the target answered did not repeat."""

    def confirmed(self, matter: Matter, ruling: Ruling) -> Ruling:
        """Return the ruling if it repeats, else marked as flaky.

        The fault is sent beside a fresh twin, and then at once again: what comes with every second
        request comes to one of the two. A target that gives way may do so at random, and one that
        has been flaky may be so again: there it is sent more often. A target that is gone after the
        request cannot be asked again: the finding is kept, marked as not confirmed.
        """
        found = self._looked_again(matter, ruling)
        looks = 1 + (ruling.reason in _GIVES_WAY) + _WARY * self.unsteady
        for _ in range(looks if found is ruling else 0):
            later = self._looked_again(matter, ruling, beside=False)
            if later.row.endswith(UNCONFIRMED):
                break
            open_now = later.verdict == "inconclusive"
            if open_now and ruling.reason not in _GIVES_WAY:
                break  # what was sent before is in the way
            if later is not ruling:
                found = replace(ruling, row=ruling.row + FLAKY) if open_now else later
                break
        self.unsteady = self.unsteady or found.row.endswith(FLAKY)
        return found

    def _looked_again(self, matter: Matter, ruling: Ruling, *, beside: bool = True) -> Ruling:
        """Return what comes of sending a fault once more, `beside` a fresh twin or alone.

        That is the ruling itself where it is the same.
        """
        twin = self._twin(matter)
        try:
            fresh_twin = matter.twin
            if twin is not None and beside:
                fresh_twin = self.sender.send(self._fresh(twin)).reading
            answer = self.sender.send(self._fresh(matter.case)).reading
        except UnreachableError:
            return replace(ruling, row=ruling.row + UNCONFIRMED)
        if answer.silence == NOT_RECORDED:
            return replace(ruling, row=ruling.row + UNCONFIRMED)
        again = judge(replace(matter, answer=answer, twin=fresh_twin))
        if ruling.row == _THROTTLED and again.reason == "throttled":
            return ruling
        if ruling.reason == "accepted-invalid" and answer.error_class == "conflict":
            return ruling  # what the first request made is there: it was accepted
        if twin and again.reason == "wrong-error" and answer.error_class == "not-found":
            # What the twin has renamed or removed is not there any more, for no other reason.
            later = self.sender.send(self._fresh(twin)).reading
            again = judge(replace(matter, answer=answer, twin=later))
        if again.verdict == "inconclusive":
            return again
        same = (again.verdict, again.reason) == (ruling.verdict, ruling.reason)
        return ruling if same else replace(ruling, row=ruling.row + FLAKY)

    def again(self, case: Case) -> Exchange:
        """Send a case once more, with fresh tokens and names."""
        return self.sender.send(self._fresh(case))

    def still_throttled(self, matter: Matter, ruling: Ruling) -> tuple[Matter, Ruling]:
        """Send a throttled fault again beside its twin: alone each time, it is no limit."""
        twin = self._twin(matter)
        for _ in range(_PATIENCE):
            if twin is None or self.sender.send(self._fresh(twin)).reading.kind != "success":
                return matter, ruling
            matter = replace(matter, answer=self.sender.send(self._fresh(matter.case)).reading)
            ruling = judge(matter)
            if ruling.reason != "throttled":
                return matter, ruling
        return matter, replace(ruling, verdict="fail", reason="wrong-error", row=_THROTTLED)

    def undisturbed(self, matter: Matter, ruling: Ruling) -> tuple[Matter, Ruling]:
        """Return the matter and its ruling where the twin shows that nothing is in the fault's way.

        A conflict or a quota is put down to what is there already, or is being changed. Where the
        twin is accepted twice more, one right after the other, and the fault still gets the same
        error between such twins, it is the fault that is answered so. Where the operation has no
        error for such a fault, it may be the one that serves for all.
        """
        twin = self._twin(matter)
        classes = {error_class(error.name) for error in matter.operation.errors}
        if twin is None or matter.twin is None or matter.twin.kind != "success":
            return matter, ruling
        if not classes & matter.expected_classes:
            return matter, ruling
        for _ in range(_TWICE):
            if self.sender.send(self._fresh(twin)).reading.kind != "success":
                return matter, ruling
        answer = self.sender.send(self._fresh(matter.case)).reading
        same = (answer.kind, answer.status, answer.code) == (
            matter.answer.kind,
            matter.answer.status,
            matter.answer.code,
        )
        if not same or self.sender.send(self._fresh(twin)).reading.kind != "success":
            return matter, ruling
        matter = replace(matter, idle=True)
        return matter, judge(matter)

    def _twin(self, matter: Matter) -> Case | None:
        """Return the twin's case; None where the matter was judged without one."""
        return self.find(matter.case.twin) if matter.case.twin and matter.twin else None

    def _fresh(self, case: Case) -> Case:
        """Return the case with new idempotency tokens, except where the token is the fault.

        A token whose length is what a valid case is about keeps its length.
        """
        params: Any = copy.deepcopy(case.params)
        nonce = f"{self.seed}-again-{self.sender.requests}"
        faulty = case.fault is not None and case.fault.member in self.clerk.plan.tokens
        if is_object(params) and not faulty:
            self._renew(case, params, nonce)
        return replace(case, params=params)

    def _renew(self, case: Case, params: Any, nonce: str) -> None:
        """Put new tokens into parameters in place."""
        for path in self._limited(case):
            params[path] = PLACEHOLDER * len(params[path])
        with_tokens(self.clerk.plan, params, case.id, nonce)

    def _limited(self, case: Case) -> list[str]:
        """Return the tokens whose limits a valid case is a witness of."""
        rules = [self.clerk.rule_of(witness) for witness in case.witnesses]
        return [
            rule.member
            for rule in rules
            if rule.kind == "length" and rule.member in self.clerk.plan.tokens
            if isinstance(case.params.get(rule.member), str)
        ]

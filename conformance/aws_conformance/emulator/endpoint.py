"""One operation as it is served: its checker, its handler, its token, and the faults told to it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from aws_conformance.emulator import deviations
from aws_conformance.emulator.blame import Blame, SchemaOf
from aws_conformance.emulator.faults import FAULTS, Fault
from aws_conformance.emulator.handlers import HANDLERS, missing
from aws_conformance.emulator.protocols import error_response, success_response
from aws_conformance.emulator.refusals import Refusal, failure
from aws_conformance.emulator.state import State
from aws_conformance.emulator.synthesis import made_output, minimal_output
from aws_conformance.emulator.tokens import recall, remember, token_rule
from aws_conformance.emulator.validation import Checker, refusal
from aws_conformance.exchange import Answer, Response
from aws_specs.paths import steps
from aws_specs.spec import Json, Operation

CheckerOf = Callable[[Operation], Checker]
Reaction = Callable[[Refusal, str], Answer]


class Endpoint:
    """Serves one operation. Everything that is costly is built once, here."""

    def __init__(
        self,
        operation: Operation,
        faults: Sequence[Fault],
        state: State,
        schema_of: SchemaOf,
        checker_of: CheckerOf,
    ) -> None:
        self.operation = operation
        self._state = state
        self._checker = checker_of(operation)
        self._handler = HANDLERS.get(operation.id)
        self._faults = {
            stage: tuple(fault for fault in faults if FAULTS[fault.verb].stage == stage)
            for stage in ("loosen", "object", "misanswer", "spoil", "mislabel", "token")
        }
        self._token = self._token_rule()
        self._reactions = self._react(schema_of)

    def _token_rule(self) -> Any:
        rule = token_rule(self.operation)
        verbs = {fault.verb for fault in self._faults["token"]}
        if rule is None or "token-ignored" in verbs:
            return None
        return replace(rule, conflict=False) if "token-too-sticky" in verbs else rule

    def _react(self, schema_of: SchemaOf) -> tuple[tuple[Blame, Reaction], ...]:
        """Pair each fault about refused requests with the test whether a refusal is its own."""
        reactions: list[tuple[Blame, Reaction]] = []
        # An error's own deviation is that of every rule it answers: those of single rules go first.
        misanswers = sorted(self._faults["misanswer"], key=lambda one: one.rule.kind == "error")
        for fault in (*self._faults["loosen"], *misanswers):
            row = FAULTS[fault.verb]
            loosen = row.act if row.stage == "loosen" and row.act else deviations.without
            loosened = loosen(self.operation, fault.rule)
            blame = Blame(self.operation, fault.rule, loosened, schema_of)
            react = self._accept if row.stage == "loosen" else self._misanswer(fault)
            reactions.append((blame, react))
        return tuple(reactions)

    def _misanswer(self, fault: Fault) -> Reaction:
        act = FAULTS[fault.verb].act or deviations.wrong_status

        def react(found: Refusal, request_id: str) -> Answer:
            answer: Answer = act(self.operation, failure(self.operation, found), request_id)
            return answer

        return react

    def _accept(self, found: Refusal, request_id: str) -> Answer:
        """Answer a request that only an unenforced rule would have refused.

        Nothing is looked up or stored: a broken value would only be refused for another reason.
        """
        return self._succeed(minimal_output(self.operation), request_id)

    # ------------------------------------------------------------ one request

    def serve(self, params: Mapping[str, Any], request_id: str) -> Answer:
        """Answer a request whose parameters have been read."""
        problems = self._checker.problems(params)
        if problems:
            return self.refuse(refusal(problems), params, request_id)
        for fault in self._faults["object"]:
            act = FAULTS[fault.verb].act
            if act is not None and act(self.operation, fault.rule, fault.value, params):
                return self.refuse(_objection(fault), params, request_id)
        outcome = self._perform(params)
        if isinstance(outcome, Refusal):
            return self.refuse(outcome, params, request_id)
        return self._succeed(outcome, request_id)

    def refuse(self, found: Refusal, params: Json, request_id: str) -> Answer:
        """Answer a refusal; `params` is None where the request could not be read."""
        for blames, react in self._reactions:
            if blames(found, params):
                return react(found, request_id)
        return error_response(self.operation, failure(self.operation, found), request_id)

    def _perform(self, params: Mapping[str, Any]) -> Json | Refusal:
        with self._state.lock:
            earlier = recall(self._state, self._token, params)
            if earlier is not None:
                return earlier
            if self._handler is None:
                absent = missing(self.operation, self._state, params)
                output: Json | Refusal = absent or self._made()
            else:
                output = self._handler.run(self._state, params)
            if not isinstance(output, Refusal):
                remember(self._state, self._token, params, copy.deepcopy(output))
            return output

    def _made(self) -> Json:
        """Return what an operation without a handler answers: with a token, each thing is new."""
        if token_rule(self.operation) is None:
            return minimal_output(self.operation)
        return made_output(self.operation, self._state.count(self.operation.id))

    def _succeed(self, output: Json, request_id: str) -> Response:
        # What stands within something else goes first: it may be gone afterwards.
        for fault in sorted(self._faults["spoil"], key=lambda one: -len(steps(one.rule.member))):
            act = FAULTS[fault.verb].act
            output = act(self.operation, fault.rule, output) if act else output
        answer = success_response(self.operation, output, request_id)
        for fault in self._faults["mislabel"]:
            act = FAULTS[fault.verb].act
            answer = act(self.operation, answer) if act else answer
        return answer


def _objection(fault: Fault) -> Refusal:
    message = f"1 validation error detected. Value at '/{fault.rule.member}' is not accepted."
    return Refusal(cause="validation", message=message, member=fault.rule.member)

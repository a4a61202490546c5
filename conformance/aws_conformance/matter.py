"""What is judged: one exchange, and all that is known beside it."""

from __future__ import annotations

from typing import Any, Literal

from aws_conformance.reading import Reading
from aws_specs.spec import Operation, ProtocolSource, Rule, Value
from aws_strategies.case import Case
from aws_strategies.kinds import KINDS

Shown = Literal["", "past", "parsed", "own", "single", "alike"]
"""What other answers show of a refusal that has no twin: see `aws_conformance.alone`."""


class Matter(Value, frozen=True):
    """What is judged: a case, the rule it is about, its answer, and the answer to its twin.

    `external`: whether the request is accepted depends on what the target has. `about_identifier`:
    the fault (or the witness) stands on a member that names something the target must have.
    `routed`: it stands in the path in such a way that the request may reach another operation.
    `usual`: a valid request has nothing unusual but one value at its limit. `unread`: it sends what
    the page restricts in words of which no rule was made. `filled`: a list with as many made-up
    entries as the rule allows is accepted. `untaken`: a part of the path is empty, and no other
    operation has such a path, and the target refuses what no operation has. `astray`: the other
    operation whose request it is, by the routes of the model. `idle`: the twin was accepted again,
    and once more after that: nothing is in its way. `shown`: what other answers show where there is
    no twin.
    """

    operation: Operation
    case: Case
    rule: Rule | None
    answer: Reading
    twin: Reading | None = None
    strict: bool = False
    external: bool = False
    about_identifier: bool = False
    routed: bool = False
    usual: bool = False
    unread: bool = False
    filled: bool = False
    untaken: bool = False
    idle: bool = False
    astray: str = ""
    shown: Shown = ""

    @property
    def expected_classes(self) -> frozenset[str]:
        """The classes of errors that may answer the broken rule."""
        if self.rule is not None and self.rule.kind in KINDS:
            return KINDS[self.rule.kind].expect
        return frozenset({"validation"})

    @property
    def level(self) -> str:
        """N, C or O of a protocol's rule; N for every other."""
        source = self.rule.source if self.rule else None
        return source.level if isinstance(source, ProtocolSource) else "N"

    @property
    def protocol(self) -> dict[str, Any]:
        """The codes and statuses that may answer a malformed request; empty for every other."""
        found: dict[str, Any] = {}
        if self.rule is not None and self.rule.kind == "protocol":
            found = self.rule.value
        return found

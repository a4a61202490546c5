"""Names of their own for what requests make, so that no case finds what another one left behind.

A second queue, user or bucket of the same name is refused, and that says nothing about the rule at
hand. So each request of an operation that makes something gets its own suffix, as it gets its own
idempotency tokens; the same run makes the same names again.
"""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec.structs import replace

from aws_specs.jsonvalues import is_object
from aws_specs.paths import get, parent, steps
from aws_specs.spec import Scalar
from aws_strategies.build import exists, put
from aws_strategies.case import Case
from aws_strategies.plan import Plan

_MAKES: Final = re.compile(
    r"^(Create|Register|Import|Allocate|Request|Copy|Restore|Run|Start|Subscribe)"
)
_NAMES: Final = re.compile(r"(Name|Identifier|Bucket|Alias)$|^name$")
_SUFFIX: Final = 8


class Namer:
    """Gives the requests of one operation names of their own; a call returns the case to send."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self.plan = plan
        self.seed = seed
        self.paths = tuple(_named(plan))
        self._sent: dict[str, int] = {}

    def __call__(self, case: Case) -> Case:
        """Return the case with names nobody has used; a sequence keeps one name throughout.

        The cases of a sequence are numbered: `NAME-1`, `NAME-2`.
        """
        if not self.paths or not is_object(case.params):
            return case
        number = self._sent[case.id] = self._sent.get(case.id, 0) + 1
        whole = case.id.rpartition("-")[0]
        same = whole if case.kind == "sequence" else f"{case.id}|{number}"
        suffix = hashlib.sha256(f"{self.seed}|{same}".encode()).hexdigest()[:_SUFFIX]
        params: Any = copy.deepcopy(case.params)
        for path in self.paths:
            if case.fault is None or case.fault.member != path:
                self._rename(params, path, suffix, _keeps_length(case, path))
        return replace(case, params=params)

    def _rename(self, params: Any, path: str, suffix: str, keep: bool) -> None:
        at = tuple(steps(path))
        if not exists(params, at) or not isinstance(get(params, at), str):
            return
        value = str(get(params, at))
        ended = value[:-_SUFFIX] + suffix if len(value) > _SUFFIX else ""
        candidates = (ended,) if keep else (f"{value}-{suffix}", f"{value}{suffix}", ended)
        domain = self.plan.domain(path)
        name = next((text for text in candidates if text and domain.allows(text)), None)
        if name is not None:
            put(params, at, name)


def _named(plan: Plan) -> Iterator[str]:
    """Yield the members by which a request names what it makes."""
    verb = _MAKES.match(plan.operation.name)
    if verb is None:
        return
    noun = plan.operation.name[verb.end() :]
    for path, member in plan.members.items():
        text = isinstance(member.shape, Scalar) and member.shape.type == "string"
        if not (text and _NAMES.search(member.name) and plan.sendable(path)):
            continue
        # A name that must exist is another thing's, unless it is called after what is made.
        own = member.name.startswith(noun) or plan.rule(path, "exists") is None
        free = own and path not in (*plan.bindings, *plan.tokens)
        if free and not plan.domain(path).values and _plain(plan, path):
            yield path


def _plain(plan: Plan, path: str) -> bool:
    """Whether a member stands at the top, or below required structures only."""
    if any(mark in path for mark in ("[]", "{")):
        return False
    above = parent(path)
    return not above or (plan.required(above) and _plain(plan, above))


def _keeps_length(case: Case, path: str) -> bool:
    """Whether the case is a witness of the name's length."""
    return any(f"/input/{path}/length" in witness for witness in case.witnesses)

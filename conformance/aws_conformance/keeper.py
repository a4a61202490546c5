"""The keeper: renews what the cases of an operation use up, and journals what they make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from aws_conformance.reading import Reading
from aws_conformance.restoring import creation_like
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.spec import Operation
from aws_strategies.case import Case

if TYPE_CHECKING:
    from aws_conformance.bootstrap import Bootstrap


class Keeper:
    """Watches the cases of one operation: renews what they use up, journals what they make."""

    def __init__(self, bootstrap: Bootstrap, operation: Operation) -> None:
        self.bootstrap = bootstrap
        self.operation = operation
        graph = (
            bootstrap.graphs(operation.service) if bootstrap.making or bootstrap.tracking else None
        )
        node = graph.nodes.get(operation.id) if graph else None
        self._removes = node is not None and node.role == "removes" and bootstrap.making
        makes = node is not None and (node.role == "creates" or bool(creation_like(operation.id)))
        self._creates = makes and bootstrap.tracking
        self._number: int | None = None
        self.renewed()

    def renewed(self) -> None:
        """Take what is prepared now for what the operation's cases are made with."""
        self._first = self._now = self._values()
        self._used = False

    def _values(self) -> dict[str, str]:
        found = self.bootstrap.prepared.get(self.operation.id)
        if found is None:
            return {}
        offers = {f"{self.operation.id}.{path}": value for path, value in found.offers.items()}
        return {**offers, **found.bindings}

    def before(self, case: Case) -> Case:
        """Return the case as it is to be sent; what it makes is announced in the journal first."""
        if self._removes and self._used and self._first:
            self.bootstrap.prepare(self.operation)
            self._now, self._used = self._values(), False
        if self._creates and is_object(case.params):
            # Also what breaks the protocol may be accepted, and make something.
            removal = self.bootstrap.removal(self.operation.id, case.params, None)
            journal, within = self.bootstrap.journal, self.bootstrap.within(self.operation)
            self._number = journal.creating(
                self.operation.id, case.params, removal, case.id, parents=within
            )
        changes = {
            value: self._now[name]
            for name, value in self._first.items()
            if self._now.get(name, value) != value
        }
        return replace(case, params=_replaced(case.params, changes)) if changes else case

    def not_sent(self) -> None:
        """Take note that the announced request never left: it has made nothing."""
        if self._number is not None:
            self.bootstrap.journal.ended(self._number, "nothing was sent")
            self._number = None

    def after(self, case: Case, reading: Reading) -> None:
        """Take note of the answer: what was used up, what was made."""
        self._used = self._used or reading.kind == "success"
        if self._number is not None:
            self.bootstrap.settled(self._number, self.operation.id, case.params, reading)
            self._number = None


def _replaced(value: Any, changes: Mapping[str, str]) -> Any:
    if is_object(value):
        return {key: _replaced(item, changes) for key, item in value.items()}
    if is_list(value):
        return [_replaced(item, changes) for item in value]
    return changes.get(value, value) if isinstance(value, str) else value

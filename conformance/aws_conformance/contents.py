"""The contents of bootstrap: what creations need that no spec says, as tables, and the graphs.

The suite's own table stands in `data/bootstrap.toml`; a configuration's is put over it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, cast

from aws_specs import catalog, sdk
from aws_specs.errors import ConformanceError, UsageError
from aws_specs.graph import Graph
from aws_specs.identifiers import Node, node_of
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.spec import Json

Chains = Mapping[str, Mapping[str, Any]]
"""By service: operation → members to send; member → its source (`service.Operation:path`).

Within an operation's table, the name of another operation with a table is what that one is sent
where it is run for this one, and `after` lists those that are run before it. The table `values`
maps names of members to texts that suit them.
"""

VALUES: Final = "values"
AFTER: Final = "after"


@cache
def _nodes(service: str) -> tuple[Node, ...]:
    """Return the places of a service's operations in its graph; their specs are not kept."""
    return tuple(node_of(catalog.read(f"{service}.{name}")) for name in _names(service))


def _names(service: str) -> tuple[str, ...]:
    model: Any = sdk.service_model(service)
    return tuple(str(name) for name in model.operation_names)


class Graphs:
    """The graphs of services, made when they are asked for; `chains` overrides what they find."""

    def __init__(self, chains: Chains | None = None) -> None:
        self.chains = merged(contents(), chains or {})
        self._known: dict[str, Graph] = {}

    def __call__(self, service: str) -> Graph | None:
        """Return the graph of a service, None for one that the SDK does not know."""
        if service not in self._known:
            try:
                nodes = _nodes(service)
            except ConformanceError:
                return None
            sources = {
                name: value
                for name, value in self.chains.get(service, {}).items()
                if isinstance(value, str)
            }
            after = {
                f"{service}.{name}": [whole_name(service, str(one)) for one in value[AFTER]]
                for name, value in self.chains.get(service, {}).items()
                if is_object(value) and AFTER in value
            }
            self._known[service] = Graph(nodes, elsewhere=self, sources=sources, after=after)
        return self._known[service]

    def content(self, operation: str, tested: str = "") -> Mapping[str, Json]:
        """Return what an operation is to be sent beside what its spec requires.

        `tested` is the operation for which it is run: its own table goes before the general one.
        """
        own = self._table(operation)
        known = set(_names(operation.partition(".")[0])) if own else set[str]()
        general = {name: value for name, value in own.items() if not _is_step(name, value, known)}
        special = self._table(tested)
        found = special.get(operation, special.get(operation.partition(".")[2], {}))
        return {**general, **cast("Mapping[str, Json]", found)} if is_object(found) else general

    def _table(self, operation: str) -> Mapping[str, Json]:
        service, _, name = operation.partition(".")
        found = self.chains.get(service, {}).get(name, {})
        return cast("Mapping[str, Json]", found) if isinstance(found, dict) else {}

    @property
    def values(self) -> Mapping[str, str]:
        """Texts that suit members of a name, by that name or its ending."""
        return cast("Mapping[str, str]", self.chains.get(VALUES, {}))


def _is_step(name: str, value: Json, operations: set[str]) -> bool:
    """Whether an entry of an operation's table says what another operation is sent for it."""
    return name == AFTER or (isinstance(value, dict) and (name in operations or "." in name))


def whole_name(service: str, name: str) -> str:
    """Return an operation's name with its service, which may be left out."""
    return name if "." in name else f"{service}.{name}"


@cache
def contents() -> Chains:
    """Return the suite's own table of contents: what creations need that no spec says."""
    text = (files("aws_conformance") / "data" / "bootstrap.toml").read_text("utf-8")
    return tomllib.loads(text)


def merged(one: Chains, other: Chains) -> Chains:
    """Return two tables as one, the second over the first."""
    return {
        service: {**one.get(service, {}), **other.get(service, {})}
        for service in (*one, *(name for name in other if name not in one))
    }


def _wrong_values(table: Any, where: str) -> list[str]:
    if isinstance(table, dict):
        texts = cast("dict[str, Any]", table)
        return [
            f"{where}: `bootstrap.{VALUES}.{name}` must be a text"
            for name, text in texts.items()
            if not isinstance(text, str)
        ]
    return [f"{where}: `bootstrap.{VALUES}` must be a table of member names and texts"]


def _wrong_table(service: str, name: str, table: dict[str, Any], told: str) -> list[str]:
    """Return what is wrong in an operation's table: every key is a member, a step, or `after`."""
    members = {member.name for member in catalog.load(f"{service}.{name}").input.members}
    problems: list[str] = []
    for key, value in table.items():
        if key == AFTER:
            named: list[Any] = [*value] if is_list(value) else [None]
            if not all(isinstance(one, str) and _known(service, one) for one in named):
                problems.append(f"{told}.{AFTER}` must be a list of operations")
        elif key not in members and not (isinstance(value, dict) and _known(service, key)):
            problems.append(f"{told}.{key}` is no member of its request, and no operation")
    return problems


def _known(service: str, name: str) -> bool:
    home, _, operation = whole_name(service, name).partition(".")
    return home in sdk.services() and operation in _names(home)


def check_chains(chains: Mapping[str, Any], where: str) -> None:
    """Raise `UsageError` that lists whatever is wrong in a table of chains."""
    problems: list[str] = []
    for service, table in chains.items():
        if service == VALUES:
            problems += _wrong_values(table, where)
            continue
        if service not in sdk.services() or not isinstance(table, dict):
            problems.append(f"{where}: `bootstrap.{service}` must be a table named like a service")
            continue
        known = set(_names(service))
        for name, value in cast("dict[str, Any]", table).items():
            wrong = isinstance(value, dict) and name not in known
            if wrong or not isinstance(value, dict | str):
                problems.append(
                    f"{where}: `bootstrap.{service}.{name}` must be an operation with a table of"
                    ' members, or a member with "service.Operation:path"'
                )
            elif isinstance(value, dict):
                told = f"{where}: `bootstrap.{service}.{name}"
                problems += _wrong_table(service, name, cast("dict[str, Any]", value), told)
    if problems:
        raise UsageError("\n".join(problems), hint="See docs/resources.md.")

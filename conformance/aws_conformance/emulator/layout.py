"""What things are called in forms and in XML, from the SDK's model file as it stands.

A spec says what nests in what and what a member is called in a document. Forms and XML need more:
the names of a list's items and of a map's entries, what is flattened, what is an attribute, EC2's
own names, the wrapper of a result. All of it is read here from the model's JSON, not through
botocore's classes, from which the suite writes its requests. Where no model is known, names are the
spec's and everything else has its default.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from msgspec.structs import replace

from aws_specs import sdk
from aws_specs.errors import UsageError
from aws_specs.jsonvalues import is_object
from aws_specs.spec import Member, Operation, Side, Value


class Named(Value, frozen=True):
    """One place where a model uses a shape: what it is called there, and how it is written.

    `name` is "" where the place has no name of its own; `namespace` is the URI of an XML namespace
    and `prefix` what stands for it; `wrapper` what a result stands in.
    """

    shape: str = ""
    name: str = ""
    query_name: str = ""
    flattened: bool = False
    attribute: bool = False
    namespace: str = ""
    prefix: str = ""
    wrapper: str = ""


NOWHERE: Final = Named()


class Layout:
    """The names of one service's model."""

    def __init__(self, model: Mapping[str, Any]) -> None:
        self._shapes: Mapping[str, Any] = model.get("shapes", {})
        self._operations: Mapping[str, Any] = model.get("operations", {})
        self.metadata: Mapping[str, Any] = model.get("metadata", {})

    def top(self, operation: Operation, side: Side) -> Named:
        """Return the place of an operation's request or response."""
        return self._named(self._operations.get(operation.name, {}).get(side))

    def member(self, place: Named, member: Member) -> Named:
        """Return the place of a structure's member; one that the SDK renames has its wire name."""
        members: Mapping[str, Any] = self._shapes.get(place.shape, {}).get("members", {})
        reference = members.get(member.name) or members.get(member.wire_name)
        if not is_object(reference):
            return Named(name=member.wire_name or member.name)
        found = self._named(reference)
        return _or_called(found, member.wire_name or member.name)

    def item(self, place: Named) -> Named:
        """Return the place of a list's items."""
        return self._named(self._shapes.get(place.shape, {}).get("member"))

    def key(self, place: Named) -> Named:
        """Return the place of a map's keys."""
        return _or_called(self._named(self._shapes.get(place.shape, {}).get("key")), "key")

    def value(self, place: Named) -> Named:
        """Return the place of a map's values."""
        return _or_called(self._named(self._shapes.get(place.shape, {}).get("value")), "value")

    def _named(self, reference: Any) -> Named:
        if not is_object(reference):
            return NOWHERE
        shape = str(reference.get("shape", ""))
        target: Mapping[str, Any] = self._shapes.get(shape, {})
        space: Mapping[str, Any] = reference.get("xmlNamespace") or target.get("xmlNamespace") or {}
        return Named(
            shape=shape,
            name=str(reference.get("locationName") or target.get("locationName") or ""),
            query_name=str(reference.get("queryName") or ""),
            flattened=bool(reference.get("flattened") or target.get("flattened")),
            attribute=bool(reference.get("xmlAttribute")),
            namespace=str(space.get("uri", "")),
            prefix=str(space.get("prefix", "")),
            wrapper=str(reference.get("resultWrapper", "")),
        )


def _or_called(place: Named, name: str) -> Named:
    return place if place.name else replace(place, name=name)


@cache
def layout(service: str) -> Layout:
    """Return the names of a service's model; an empty layout for a service the SDK has not."""
    try:
        sdk.service_model(service)
    except UsageError:
        return Layout({})
    return Layout(sdk.description(service))

"""What carries a value to the target: a document that knows types, plain text, or a header.

A form, XML, a path and a query hold nothing but text: a number where a text is due cannot be told
from the text, null from absent, an empty list from none. A header has no empty value on top of that.
A fault that cannot be told from its valid twin on the wire is none.
"""

from __future__ import annotations

from typing import Final, Literal

from aws_specs.paths import steps
from aws_strategies.plan import Plan

Carriage = Literal["document", "text", "header"]

_TEXT_PROTOCOLS: Final = frozenset({"query", "ec2", "rest-xml"})
_LOCATIONS: Final[dict[str, Carriage]] = {
    "uri": "text",
    "querystring": "text",
    "header": "header",
    "headers": "header",
}


def carriage(plan: Plan, path: str) -> Carriage:
    """Return what carries the value at a path of the request."""
    top = plan.members.get(steps(path)[0])
    location = top.location if top is not None else ""
    if location in _LOCATIONS:
        return _LOCATIONS[location]
    return "text" if plan.operation.wire.protocol in _TEXT_PROTOCOLS else "document"

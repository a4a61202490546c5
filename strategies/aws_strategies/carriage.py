"""What carries a value to the target: a document that knows types, or text, empty or not.

A form, XML, a path and a query hold nothing but text: a number where a text is due cannot be told
from the text, null from absent, an empty list from none. In a header and in EC2's form an empty
value stands for none, too. The bytes of a raw body are a value as they are. A fault that cannot be
told from its valid twin on the wire is none.
"""

from __future__ import annotations

from typing import Final, Literal

from aws_specs.paths import steps
from aws_specs.spec import Scalar
from aws_strategies.plan import Plan

Carriage = Literal["document", "text", "filled", "raw"]
"""`document` knows types and null, `text` neither; `filled` is text never empty, `raw` is bytes."""

_PROTOCOLS: Final[dict[str, Carriage]] = {"query": "text", "rest-xml": "text", "ec2": "filled"}
_LOCATIONS: Final[dict[str, Carriage]] = {
    "uri": "text",
    "querystring": "text",
    "header": "filled",
    "headers": "filled",
}


def carriage(plan: Plan, path: str) -> Carriage:
    """Return what carries the value at a path of the request."""
    top = plan.members.get(steps(path)[0])
    location = top.location if top is not None else ""
    if location == "payload" and top is not None and isinstance(top.shape, Scalar):
        return "document" if top.shape.type == "document" else "raw"
    if location in _LOCATIONS:
        return _LOCATIONS[location]
    return _PROTOCOLS.get(plan.operation.wire.protocol, "document")

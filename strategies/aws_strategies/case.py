"""A case: one request made to test a rule, portable to any language.

Requests are JSON values in the form of the spec's request schema: blobs are base64 text, timestamps
ISO 8601 text. A fault is a JSON Patch (RFC 6902) on the valid twin, so that a reader sees the one
place in which they differ.
"""

from __future__ import annotations

from typing import Literal

from aws_specs.spec import Json, Value

CaseKind = Literal["control", "valid", "invalid", "malformed", "sequence"]


class Fault(Value, frozen=True):
    """The one place in which an invalid request differs from its valid twin.

    `at` is a JSON Pointer into the twin's parameters, `member` the path in the member grammar;
    `op` says what is done there. For "rename" (a map key) `old` and `new` are the keys.
    """

    op: Literal["replace", "add", "remove", "rename"]
    at: str
    member: str
    what: str
    """The way of being wrong, kebab-case and stable: "absent", "null", "number", "outsider", …"""
    old: Json = None
    new: Json = None


class Case(Value, frozen=True, kw_only=True):
    """One request.

    `id` is stable and independent of the seed for the cover: `<rule id>~<way>` for one fault,
    `<operation>~control`, `<operation>~valid~3`. `params` are the whole request, fault included.
    `rule` is the rule an invalid or malformed case breaks; `shadows` are rules it cannot help
    breaking too; `witnesses` the rules (or `…/enum=VALUE`) a valid case keeps. `twin` is the id of
    the valid case that an invalid one is held against. `parts` are the ids of the cases that test
    this valid case's witnesses one by one, sent only where the packed one is refused. `wire` names
    the way a malformed case breaks the protocol.
    """

    id: str
    operation: str
    kind: CaseKind
    params: Json
    rule: str = ""
    fault: Fault | None = None
    twin: str = ""
    witnesses: tuple[str, ...] = ()
    shadows: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    wire: str = ""
    example: bool = False

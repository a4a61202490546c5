"""Idempotency tokens: a retry gets the first answer, a reused token the documented conflict.

Tokens are scoped to one operation. A token that is empty or absent is no token. Only successes are
remembered, as AWS's "Making retries safe with idempotent APIs" describes it: a refused request has
done nothing that a retry could repeat.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from aws_conformance.emulator.refusals import Refusal
from aws_conformance.emulator.state import Remembered, State
from aws_specs.jsonvalues import is_object
from aws_specs.spec import Json, Operation, Value


class TokenRule(Value, frozen=True):
    """An operation's token member, and whether reusing a token is documented to be a conflict.

    `error` is the name of that conflict.
    """

    operation: str
    member: str
    conflict: bool
    error: str = ""


def token_rule(operation: Operation) -> TokenRule | None:
    """Return what the spec says of the operation's idempotency token, or None without one."""
    for rule in operation.rules:
        if rule.kind == "idempotency" and rule.side == "input":
            values = [value for value in rule.values if is_object(value)]
            error = next((str(v["conflict"]) for v in values if v.get("conflict")), "")
            return TokenRule(
                operation=operation.id, member=rule.member, conflict=bool(error), error=error
            )
    return None


def recall(state: State, rule: TokenRule | None, params: Mapping[str, Any]) -> Json | Refusal:
    """Return the first answer to this token, the conflict, or None for a request to be served."""
    token = params.get(rule.member) if rule else None
    if rule is None or not token:
        return None
    earlier = state.tokens.get((rule.operation, str(token)))
    if earlier is None:
        return None
    if earlier.digest == digest(rule, params) or not rule.conflict:
        return earlier.output
    return Refusal(
        cause="conflict",
        message="The token was used with other parameters.",
        member=rule.member,
        kind="idempotency",
        error=rule.error,
    )


def remember(state: State, rule: TokenRule | None, params: Mapping[str, Any], output: Json) -> None:
    """Keep the answer for the request's token, if it has one."""
    token = params.get(rule.member) if rule else None
    if rule is not None and token:
        known = Remembered(digest=digest(rule, params), output=output)
        state.tokens.setdefault((rule.operation, str(token)), known)


def digest(rule: TokenRule, params: Mapping[str, Any]) -> str:
    """Return a fingerprint of the parameters without the token; the order of members is nothing."""
    rest = {name: value for name, value in params.items() if name != rule.member}
    text = json.dumps(rest, sort_keys=True)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

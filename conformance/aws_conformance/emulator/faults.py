"""The faults that can be injected: one table, one row a verb.

A fault is written `RULE` ("does not enforce this rule", or breaks the output rule in its most
natural way), `RULE=VALUE` ("refuses this enum value") or `VERB:RULE`. Rule ids are those of specs,
verdicts and baselines. `fault_ids` lists what can be injected into an operation and seen from
outside: a fault nobody could notice is no fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from aws_conformance.emulator import deviations
from aws_conformance.emulator.perceptible import (
    Contract,
    answered,
    answered_as_present,
    answered_by_another,
    enforced,
    fits_anywhere,
    has_limit,
    has_reachable_limit,
    has_values,
    is_strict_token,
    is_token,
    is_used,
    refusable,
    refused,
)
from aws_conformance.emulator.perceptible_output import in_output, nullable
from aws_specs.errors import UsageError, closest
from aws_specs.spec import Operation, Rule, Value

Stage = Literal["loosen", "object", "misanswer", "spoil", "mislabel", "token"]


class Verb(Value, frozen=True):
    """One way of deviating. `act` is the deviation's function, of the type that `stage` names.

    `applies` says of a contract and one of its rules whether the deviation makes sense there.
    """

    stage: Stage
    summary: str
    applies: Callable[[Contract, Rule], bool]
    act: Callable[..., Any] | None = None


class Fault(Value, frozen=True):
    """One deviation: a verb, the rule it is about, and the enum value where there is one."""

    id: str
    verb: str
    operation: str
    rule: Rule
    value: str = ""


# ---------------------------------------------------------------- the table

FAULTS: Mapping[str, Verb] = {
    "unenforced": Verb("loosen", "does not enforce the rule", enforced, deviations.without),
    "off-by-one": Verb(
        "loosen", "accepts one more (or one less) than the limit", has_limit, deviations.one_off
    ),
    "refuse-value": Verb("object", "refuses an enum value", has_values, deviations.has_value),
    "refuse": Verb(
        "object", "refuses a value at the limit", has_reachable_limit, deviations.at_limit
    ),
    "wrong-error": Verb(
        "misanswer",
        "answers with a documented error that means something else",
        answered_by_another,
        deviations.wrong_error,
    ),
    "undocumented-error": Verb(
        "misanswer",
        "answers with an error nobody documents",
        answered,
        deviations.undocumented_error,
    ),
    "wrong-status": Verb(
        "misanswer", "answers with another HTTP status", answered, deviations.wrong_status
    ),
    "untyped-error": Verb(
        "misanswer", "leaves the error's type out", answered, deviations.untyped_error
    ),
    "html-error": Verb("misanswer", "answers with a web page", answered, deviations.html_error),
    "server-error": Verb("misanswer", "answers 500", refused, deviations.server_error),
    "hang-up": Verb("misanswer", "closes the connection", refused, deviations.hang_up),
    "not-found": Verb(
        "misanswer", "says not found instead", answered_as_present, deviations.not_found
    ),
    "lacks": Verb(
        "spoil", "leaves the member out", in_output("required", "present"), deviations.lacking
    ),
    "null": Verb("spoil", "answers null for it", nullable, deviations.nulled),
    "wrong-type": Verb(
        "spoil", "answers another JSON type", in_output("type"), deviations.of_wrong_type
    ),
    "outside-enum": Verb(
        "spoil", "answers a value outside the enum", in_output("enum"), deviations.outside_enum
    ),
    "success-status": Verb(
        "mislabel", "succeeds with another status", in_output("status"), deviations.other_success
    ),
    "token-ignored": Verb("token", "does a retried request again", is_token),
    "token-too-sticky": Verb(
        "token", "answers a reused token with the first answer", is_strict_token
    ),
}
"""Every verb, in the order in which faults are listed."""

BARE: Mapping[str, str] = {
    "required": "lacks",
    "present": "lacks",
    "type": "wrong-type",
    "enum": "outside-enum",
    "status": "success-status",
}
"""What a bare output rule id means, by kind."""


# ---------------------------------------------------------------- ids


def fault_ids(operation: Operation) -> tuple[str, ...]:
    """Return every fault that can be injected into an operation and seen from outside.

    Faults about rules that no request can check (their reason says why) can be injected, and are
    not listed; nor are those that look like another fault.
    """
    contract = Contract(operation)
    return tuple(
        identifier
        for rule in contract.rules.values()
        if is_used(rule)
        for verb, row in FAULTS.items()
        if row.applies(contract, rule) and _is_telling(contract, verb, rule)
        for identifier in _written(contract, verb, rule)
    )


MANY = 3
"""An error that is wrong for fewer rules than these looks like a fault of those rules."""


def _is_telling(contract: Contract, verb: str, rule: Rule) -> bool:
    """Whether the fault can be told from others.

    An error that is wrong wherever it comes looks like a fault of each rule it answers, unless it
    is right but for its status, and answers many rules. A pattern without anchors that fits the
    empty text fits somewhere in any text. Refusing a supported value is refusing an enum value.
    """
    match rule.kind, verb:
        case "error", _:
            general = rule.value.get("class") == "validation" and contract.answered >= MANY
            return verb == "wrong-status" and general
        case "pattern", "unenforced":
            return not fits_anywhere(rule)
        case "unsupported", "refuse-value":
            return all(other.kind != "enum" for other in contract.beside(rule))
        case _:
            return True


def _written(contract: Contract, verb: str, rule: Rule) -> Iterable[str]:
    if verb == "unenforced":
        return (rule.id,)
    if verb == "refuse-value":
        return tuple(f"{rule.id}={value}" for value in refusable(contract, rule))
    return (f"{verb}:{rule.id}",)


def parse(fault: str, operations: Mapping[str, Operation]) -> Fault:
    """Return the fault that a text means; `operations` are those that are served, by id.

    Raises `UsageError` with the closest match for an operation, a rule or a verb that is not there.
    """
    verb, rest = _split(fault)
    name = rest.partition("/")[0]
    operation = operations.get(name)
    if operation is None:
        raise UsageError(
            f"the fault {fault!r} is about {name!r}, which is not served",
            hint=closest(name, operations) or "A fault is RULE, RULE=VALUE or VERB:RULE.",
        )
    contract = Contract(operation)
    found = _find(contract, verb, rest)
    if found is None or not FAULTS[found.verb].applies(contract, found.rule):
        raise UsageError(
            f"the fault {fault!r} cannot be injected into {name}",
            hint=closest(fault, fault_ids(operation))
            or f"`aws-conformance specs show {name} --rules` lists the rules.",
        )
    return Fault(id=fault, verb=found.verb, operation=name, rule=found.rule, value=found.value)


def _split(fault: str) -> tuple[str, str]:
    head, colon, rest = fault.partition(":")
    return (head, rest) if colon and head in FAULTS else ("", fault)


def _find(contract: Contract, verb: str, text: str) -> Fault | None:
    rules, name = contract.rules, contract.operation.id
    if rule := rules.get(text):
        return Fault(text, verb or _bare(rule), name, rule)
    head, equals, value = text.rpartition("=")
    rule = rules.get(head) if equals else None
    if rule is None or verb not in ("", "refuse", "refuse-value"):
        return None
    if value not in refusable(contract, rule):
        return None
    return Fault(text, "refuse-value", name, rule, value)


def _bare(rule: Rule) -> str:
    if rule.side == "output":
        return BARE.get(rule.kind, "lacks")
    return "token-ignored" if rule.kind == "idempotency" else "unenforced"

"""The judge: one pure function and a table that can be checked row by row.

`judge` takes one case with its answer, and the answer to its valid twin; the first row that applies
decides. What the twin cannot support is never a pass: an error that the twin gets too says nothing
about the fault. Messages are evidence, never the assertion.
"""

from __future__ import annotations

from collections.abc import Callable

from aws_conformance import conditions as when
from aws_conformance.matter import Matter
from aws_conformance.recording import NOT_RECORDED
from aws_reports.results import Outcome
from aws_specs.error_class import error_class
from aws_specs.spec import Value


class Ruling(Value, frozen=True):
    """What the judge says: verdict, reason code, the row that decided, and what should have come.

    `systemic` names a departure that may be the target's habit for an error rather than a fault
    of this rule ("ValidationException wrong-status"): the runner looks at all of them together.
    """

    verdict: Outcome
    reason: str
    row: str
    expected: str
    observed: str
    systemic: str = ""


class Row(Value, frozen=True):
    """One row: when it applies, what it says."""

    name: str
    applies: Callable[[Matter], bool]
    verdict: Outcome
    reason: str
    expected: str
    systemic: bool = False


def judge(matter: Matter) -> Ruling:
    """Return the ruling on one exchange: that of the first row of its kind's table that applies."""
    table = TABLES[matter.case.kind]
    row = next(row for row in table if row.applies(matter))
    return Ruling(
        verdict=row.verdict,
        reason=row.reason,
        row=row.name,
        expected=row.expected.format(**_words(matter)),
        observed=matter.answer.short(),
        systemic=f"{matter.answer.code}|{matter.answer.status}|{row.reason}"
        if row.systemic
        else "",
    )


def _words(matter: Matter) -> dict[str, str]:
    errors = [e for e in matter.operation.errors if error_class(e.name) in matter.expected_classes]
    own = matter.rule.value if matter.rule is not None and matter.rule.kind == "exists" else None
    errors.sort(key=lambda error: error.name != own)  # the error that makes the rule comes first
    names = " or ".join(f"{e.code} ({e.status})" for e in errors[:3])
    protocol = matter.protocol
    return {
        "errors": names or "a validation error (400)",
        "status": str(matter.operation.wire.status),
        "due": str(matter.answer.due),
        "code": " or ".join(protocol.get("codes", ())[:2]),
        "http": " or ".join(map(str, protocol.get("statuses", ()))),
    }


# ---------------------------------------------------------------- invalid

_REFUSED = "an error: {errors}"

INVALID: tuple[Row, ...] = (
    Row("unreachable", when.unreachable, "error", "unreachable", "an answer"),
    Row("not recorded", when.not_recorded, "inconclusive", NOT_RECORDED, "a recorded answer"),
    Row("not sent", when.not_sent, "inconclusive", "another-operation", _REFUSED),
    Row("not implemented", when.unimplemented, "unimplemented", "unimplemented", _REFUSED),
    Row("broken as the twin is", when.breaks_as_twin, "inconclusive", "masked", _REFUSED),
    Row("crash", when.crash, "fail", "server-error", _REFUSED),
    Row("silence", when.silent, "fail", "no-response", _REFUSED),
    Row("answered elsewhere", when.elsewhere, "inconclusive", "elsewhere", _REFUSED),
    Row("not modified", when.not_modified, "inconclusive", "not-modified", _REFUSED),
    Row(
        "redirected, and a part of the path is empty",
        lambda m: when.redirect(m) and m.routed, "inconclusive", "no-route", _REFUSED,
    ),
    Row("redirect", when.redirect, "fail", "protocol", _REFUSED),
    Row(
        "by its own word not implemented",
        lambda m: m.answer.status == 501 and when.not_here(m),
        "unimplemented", "unimplemented", _REFUSED,
    ),
    Row("server error", when.server_error, "fail", "server-error", _REFUSED),
    Row(
        "another operation's request",
        lambda m: bool(m.astray), "inconclusive", "another-operation", _REFUSED,
    ),
    Row(
        "accepted, but one reading of the pattern allows it",
        lambda m: when.success(m) and when.unsure(m),
        "inconclusive", "pattern-not-anchored", _REFUSED,
    ),
    Row(
        "accepted, and the path may be another operation's",
        lambda m: when.success(m) and m.routed and not when.answers_as_twin(m),
        "inconclusive", "another-operation", _REFUSED,
    ),
    Row(
        "accepted, converted as AWS's older services do",
        lambda m: when.success(m) and when.converted(m),
        "inconclusive", "convention", _REFUSED,
    ),
    Row(
        "accepted, and HTTP leaves such a condition aside",
        lambda m: when.success(m) and when.dated(m),
        "inconclusive", "convention", _REFUSED,
    ),
    Row("accepted", when.success, "fail", "accepted-invalid", _REFUSED),
    Row("throttled", when.busy, "inconclusive", "throttled", _REFUSED),
    Row(
        "refused by a quota",
        lambda m: (
            m.answer.error_class == "quota"
            and when.silent_model(m)
            and not when.right_class(m)
            and not (m.idle and not when.about_amount(m))
        ),
        "inconclusive", "quota", _REFUSED,
    ),
    Row(
        "refused because something is there already",
        lambda m: m.answer.error_class == "conflict" and when.silent_model(m) and not m.idle,
        "inconclusive", "conflict", _REFUSED,
    ),
    Row(
        "error without a name, and no twin",
        lambda m: m.twin is None and (not m.answer.typed or bool(m.answer.unreadable)),
        "fail", "error-shape", "the error's name where the protocol carries it", systemic=True,
    ),
    Row(
        "another status than the error has, and no twin",
        lambda m: (
            m.twin is None
            and when.right_class(m)
            and when.mapped(m)
            and not when.right_status(m)
        ),
        "fail", "wrong-status", "{errors}; that error has status {due}", systemic=True,
    ),
    Row(
        "refused, and other faults are answered otherwise, though there is no twin",
        lambda m: m.twin is None and when.depends_on_the_fault(m),
        "pass", "refused-without-twin", _REFUSED,
    ),
    Row(
        "there is no twin, and every fault is answered alike",
        lambda m: m.twin is None and m.shown == "alike" and when.right_class(m) and not m.strict,
        "inconclusive", "indiscriminate", _REFUSED,
    ),
    Row("there is no twin", lambda m: m.twin is None, "inconclusive", "no-twin", _REFUSED),
    Row(
        "refused as the twin is, by what is not a validation",
        lambda m: when.same_as_twin(m) and not when.right_class(m),
        "inconclusive", "masked", _REFUSED,
    ),
    Row("refused as the twin is", when.same_as_twin, "inconclusive", "twin-refused", _REFUSED),
    Row("no route takes such a label", when.no_route, "inconclusive", "no-route", _REFUSED),
    Row(
        "refused on the way",
        lambda m: m.routed, "pass", "refused", "any error: the path is not the operation's",
    ),
    Row(
        "access denied, as it may be to another resource",
        lambda m: when.denied(m) and (m.about_identifier or not when.twin_accepted(m)),
        "inconclusive", "denied", _REFUSED,
    ),
    Row(
        "error without a name",
        lambda m: not m.answer.typed or bool(m.answer.unreadable),
        "fail", "error-shape", "the error's name where the protocol carries it", systemic=True,
    ),
    Row(
        "nothing is there under a wrong identifier",
        lambda m: (
            m.answer.error_class == "not-found"
            and m.about_identifier
            and when.right_status(m)
        ),
        "pass", "refused-as-unknown", _REFUSED,
    ),
    Row(
        "refused, with another status than the error has",
        lambda m: when.right_class(m) and when.mapped(m) and not when.right_status(m),
        "fail", "wrong-status", "{errors}; that error has status {due}", systemic=True,
    ),
    Row("refused", lambda m: when.right_class(m) and when.mapped(m), "pass", "refused", _REFUSED),
    Row(
        "refused by an error that is not listed, or where none is",
        lambda m: (
            when.right_class(m)
            and not m.answer.declared
            and (when.silent_model(m) or not m.operation.errors)
            and not m.strict
        ),
        "inconclusive", "undeclared-error", _REFUSED,
    ),
    Row(
        "refused by an error whose name says nothing",
        lambda m: (
            m.answer.error_class == "other"
            and when.silent_model(m)
            and not when.unheard_of(m)
        ),
        "inconclusive", "unclassified-error", _REFUSED,
    ),
    Row(
        "refused, and what the fault adds is not there",
        lambda m: when.asks_for_more(m) and when.silent_model(m),
        "inconclusive", "needs-state", _REFUSED,
    ),
    Row(
        "something is not there, and the twin is not accepted either",
        lambda m: when.never_found(m) and when.silent_model(m),
        "inconclusive", "needs-state", _REFUSED,
    ),
    Row(
        "refused by an error nobody declares",
        when.right_class, "fail", "wrong-error", "a declared error: {errors}", systemic=True,
    ),
    Row("refused by another error", when.always, "fail", "wrong-error", _REFUSED),
)  # fmt: skip
"""Invalid requests. From top to bottom: no answer, not there, accepted, undecidable, refused."""


# ---------------------------------------------------------------- valid

_ACCEPTED = "a success with status {status}"


VALID: tuple[Row, ...] = (
    Row("unreachable", when.unreachable, "error", "unreachable", "an answer"),
    Row("not recorded", when.not_recorded, "inconclusive", NOT_RECORDED, "a recorded answer"),
    Row("answered as the control is", when.fails_as_control, "inconclusive", "masked", _ACCEPTED),
    Row("not implemented", when.unimplemented, "unimplemented", "unimplemented", _ACCEPTED),
    Row(
        "by its own word not implemented",
        when.not_here, "unimplemented", "unimplemented", _ACCEPTED,
    ),
    Row("crash", when.crash, "fail", "server-error", _ACCEPTED),
    Row("kept waiting", when.waiting, "inconclusive", "needs-state", _ACCEPTED),
    Row("silence", when.silent, "fail", "no-response", _ACCEPTED),
    Row("answered elsewhere", when.elsewhere, "inconclusive", "elsewhere", _ACCEPTED),
    Row("not modified", when.not_modified, "inconclusive", "not-modified", _ACCEPTED),
    Row("redirect", when.redirect, "fail", "protocol", _ACCEPTED),
    Row("server error", when.server_error, "fail", "server-error", _ACCEPTED),
    Row("unreadable", when.unreadable, "fail", "protocol", "a body of the protocol"),
    Row("accepted", when.success, "pass", "accepted", _ACCEPTED),
    Row("throttled", when.busy, "inconclusive", "throttled", _ACCEPTED),
    Row("access denied", when.denied, "inconclusive", "denied", _ACCEPTED),
    Row(
        "the identifier is of the right form, and nothing is there",
        lambda m: (
            m.answer.error_class == "not-found"
            and m.about_identifier
            and len(m.case.witnesses) == 1
        ),
        "pass", "well-formed", "a success, or not found",
    ),
    Row(
        "refused for something the target does not have",
        lambda m: m.external or m.answer.error_class in ("not-found", "conflict", "quota", "other"),
        "inconclusive", "needs-state", _ACCEPTED,
    ),
    Row(
        "refused, and the model does not state every rule",
        lambda m: when.silent_model(m) and not m.usual,
        "inconclusive", "unstated-rule", _ACCEPTED,
    ),
    Row(
        "refused, and the page demands more of it than any rule states",
        lambda m: m.unread and not m.strict,
        "inconclusive", "unstated-rule", _ACCEPTED,
    ),
    Row("refused", when.always, "fail", "rejected-valid", _ACCEPTED),
)  # fmt: skip
"""Valid requests, the control among them."""


# ---------------------------------------------------------------- malformed

_PROTOCOL = "{http} {code}"


MALFORMED: tuple[Row, ...] = (
    Row("unreachable", when.unreachable, "error", "unreachable", "an answer"),
    Row("not recorded", when.not_recorded, "inconclusive", NOT_RECORDED, "a recorded answer"),
    Row("not sent", when.not_sent, "inconclusive", "another-operation", _PROTOCOL),
    Row(
        "the signature is not looked at",
        lambda m: (
            when.authentication(m)
            and not m.strict
            and not when.authenticates(m)
            and not when.breaks_down(m)
        ),
        "inconclusive", "authentication-not-checked", _PROTOCOL,
    ),
    Row("broken as the twin is", when.breaks_as_twin, "inconclusive", "masked", _PROTOCOL),
    Row(
        "not implemented, by its own word",
        when.not_here, "unimplemented", "unimplemented", _PROTOCOL,
    ),
    Row("crash", when.crash, "fail", "server-error", _PROTOCOL),
    Row("silence", when.silent, "fail", "no-response", _PROTOCOL),
    Row("redirect", when.redirect, "fail", "protocol", _PROTOCOL),
    Row("server error", when.server_error, "fail", "server-error", _PROTOCOL),
    Row(
        "another operation's request",
        lambda m: bool(m.astray), "inconclusive", "another-operation", _PROTOCOL,
    ),
    Row(
        "accepted against the protocol",
        lambda m: when.success(m) and when.binding(m), "fail", "protocol", _PROTOCOL,
    ),
    Row("accepted against a convention", when.success, "inconclusive", "convention", _PROTOCOL),
    Row("refused as the protocol says", when.as_the_protocol_says, "pass", "refused", _PROTOCOL),
    Row(
        "refused by convention",
        lambda m: m.level != "N", "pass", "refused", _PROTOCOL,
    ),
    Row("refused as the twin is", when.same_as_twin, "inconclusive", "masked", _PROTOCOL),
    Row("refused in another way", when.always, "fail", "protocol", _PROTOCOL),
)  # fmt: skip
"""Requests that break the protocol."""

TABLES: dict[str, tuple[Row, ...]] = {
    "control": VALID,
    "valid": VALID,
    "invalid": INVALID,
    "malformed": MALFORMED,
}
"""The judge's tables by kind of case. The last row of each always applies."""

"""The judge: one pure function and a table that can be checked row by row.

`judge` takes one case with its answer, and the answer to its valid twin; the first row that applies
decides. What the twin cannot support is never a pass: an error that the twin gets too says nothing
about the fault. Messages are evidence, never the assertion.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from aws_conformance.reading import Reading, says_absent
from aws_conformance.recording import NOT_RECORDED
from aws_conformance.unstated import polls
from aws_reports.results import Outcome
from aws_specs.error_class import about_size, error_class, usual_statuses
from aws_specs.jsonvalues import is_object
from aws_specs.spec import Operation, ProtocolSource, Rule, Scalar, Value
from aws_strategies.case import Case
from aws_strategies.kinds import KINDS

Shown = Literal["", "past", "parsed", "own", "single", "alike"]
"""What other answers show of a refusal that has no twin: see `aws_conformance.alone`."""


class Matter(Value, frozen=True):
    """What is judged: a case, the rule it is about, its answer, and the answer to its twin.

    `external`: whether the request is accepted depends on what the target has. `about_identifier`:
    the fault (or the witness) stands on a member that names something the target must have.
    `routed`: it stands in the path in such a way that the request may reach another operation.
    `usual`: a valid request has nothing unusual but one value at its limit. `unread`: it sends what
    the page restricts in words of which no rule was made. `shown`: what other answers show where
    there is no twin.
    """

    operation: Operation
    case: Case
    rule: Rule | None
    answer: Reading
    twin: Reading | None = None
    strict: bool = False
    external: bool = False
    about_identifier: bool = False
    routed: bool = False
    usual: bool = False
    unread: bool = False
    shown: Shown = ""

    @property
    def expected_classes(self) -> frozenset[str]:
        """The classes of errors that may answer the broken rule."""
        if self.rule is not None and self.rule.kind in KINDS:
            return KINDS[self.rule.kind].expect
        return frozenset({"validation"})

    @property
    def level(self) -> str:
        """N, C or O of a protocol's rule; N for every other."""
        source = self.rule.source if self.rule else None
        return source.level if isinstance(source, ProtocolSource) else "N"


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


def _protocol(matter: Matter) -> dict[str, Any]:
    """Return the codes and statuses that may answer a malformed request."""
    rule = matter.rule
    found: dict[str, Any] = rule.value if rule is not None and rule.kind == "protocol" else {}
    return found


def _words(matter: Matter) -> dict[str, str]:
    errors = [e for e in matter.operation.errors if error_class(e.name) in matter.expected_classes]
    names = " or ".join(f"{e.code} ({e.status})" for e in errors[:3])
    protocol = _protocol(matter)
    return {
        "errors": names or "a validation error (400)",
        "status": str(matter.operation.wire.status),
        "due": str(matter.answer.due),
        "code": " or ".join(protocol.get("codes", ())[:2]),
        "http": " or ".join(map(str, protocol.get("statuses", ()))),
    }


# ---------------------------------------------------------------- what an answer can be


def _unreachable(m: Matter) -> bool:
    return m.answer.kind == "silence" and m.answer.silence == "unreachable"


def _not_recorded(m: Matter) -> bool:
    return m.answer.silence == NOT_RECORDED


def _crash(m: Matter) -> bool:
    return m.answer.kind == "silence" and m.answer.silence == "crash"


def _silent(m: Matter) -> bool:
    return m.answer.kind == "silence"


def _waiting(m: Matter) -> bool:
    """Whether an operation that waits for something has kept a valid request waiting."""
    return m.answer.silence == "timeout" and polls(m.operation.service, m.operation.name)


def _redirect(m: Matter) -> bool:
    return m.answer.kind == "redirect"


def _elsewhere(m: Matter) -> bool:
    """Whether the answer names another place: a bucket of another region."""
    return m.answer.kind == "redirect" and bool(m.answer.code)


_CONDITIONS = frozenset({"ifnonematch", "ifmodifiedsince"})


def _not_modified(m: Matter) -> bool:
    """Whether the answer is 304 to a request that asks for it (RFC 9110, 15.4.5)."""
    if m.answer.status != 304 or not is_object(m.case.params):
        return False
    return any(name.lower().replace("-", "") in _CONDITIONS for name in m.case.params)


def _unimplemented(m: Matter) -> bool:
    return bool(says_absent(m.answer)) and (m.twin is None or bool(says_absent(m.twin)))


def _not_here(m: Matter) -> bool:
    """Whether a target says by its own word that it does not do what a request asks for."""
    return says_absent(m.answer).startswith("not-implemented")


def _no_route(m: Matter) -> bool:
    """Whether no route takes the path of a request whose label is wrong.

    Routers of emulators look at labels, too: what they answer then is no answer of the operation,
    be it an empty 404 or an error that calls the action unknown.
    """
    fault = m.case.fault
    said = says_absent(m.answer)
    if fault is None or not said.startswith(("no-route", "unknown-operation")):
        return False
    name = fault.member.partition(".")[0]
    return any(
        member.name == name and member.location == "uri" for member in m.operation.input.members
    )


def _asks_for_more(m: Matter) -> bool:
    """Whether a fault names more things than the valid request does, and one is not there.

    The entries that make a list too long are made up, as the tables of a BatchWriteItem are.
    """
    too_many = m.rule is not None and m.rule.kind == "items" and m.case.fault is not None
    return too_many and m.answer.error_class == "not-found"


def _never_found(m: Matter) -> bool:
    """Whether something is not there for a request whose valid twin is not accepted either.

    Which of the two refusals comes first is the target's, and what is missing may be another thing.
    """
    refused = m.twin is not None and m.twin.kind != "success"
    return refused and m.answer.error_class == "not-found" and not m.about_identifier


def _server_error(m: Matter) -> bool:
    return m.answer.kind == "error" and m.answer.status >= 500


def _success(m: Matter) -> bool:
    return m.answer.kind == "success"


def _busy(m: Matter) -> bool:
    return m.answer.error_class == "throttled" or m.answer.code in ("ServiceUnavailable",)


def _denied(m: Matter) -> bool:
    return m.answer.error_class == "denied"


def _always(m: Matter) -> bool:
    return True


# ---------------------------------------------------------------- invalid


def _twin_accepted(m: Matter) -> bool:
    return m.twin is not None and m.twin.kind == "success"


def _same_as_twin(m: Matter) -> bool:
    return (
        m.twin is not None
        and m.twin.kind == m.answer.kind == "error"
        and (m.twin.status, m.twin.code) == (m.answer.status, m.answer.code)
    )


def _breaks_as_twin(m: Matter) -> bool:
    """Whether the twin gets the same server error, or breaks the connection in the same way."""
    if m.twin is None or m.twin.kind != m.answer.kind:
        return False
    if m.answer.kind == "error":
        return m.answer.status >= 500 and _same_as_twin(m)
    if m.answer.kind != "silence" or m.answer.silence != m.twin.silence:
        return False
    # What a Python exception says is the target's; how a hang-up shows depends on the moment.
    return m.answer.silence != "crash" or m.answer.message == m.twin.message


def _silent_model(m: Matter) -> bool:
    """Whether nothing but the SDK's model is known of the operation: it does not state every rule.

    Which values go together, what a text must hold, which errors S3 and EC2 have: no model says it.
    """
    return m.operation.page is None and not m.strict


def _converted(m: Matter) -> bool:
    """Whether the fault is one that AWS's older services convert: 1.5 to 1, "true" to true.

    Only the tests of rest-json refuse it. Seen at DynamoDB by those who made dynalite.
    """
    if m.operation.wire.protocol != "json" or m.case.fault is None or m.strict:
        return False
    boolean = m.rule is not None and m.rule.kind == "type" and m.rule.value == "boolean"
    return m.case.fault.what == "fraction" or (boolean and m.case.fault.what == "string")


def _dated(m: Matter) -> bool:
    """Whether the fault is a condition's date that cannot be read: then HTTP leaves it aside.

    RFC 9110, 13.1.3 and 13.1.4: a recipient ignores such an If-Modified-Since.
    """
    if m.case.fault is None or m.rule is None or m.rule.kind not in ("type", "format") or m.strict:
        return False
    name = m.case.fault.member.lower()
    members = (x for x in m.operation.input.members if x.name == m.case.fault.member)
    in_header = any(member.location == "header" for member in members)
    return in_header and name.endswith(("ifmodifiedsince", "ifunmodifiedsince"))


def _answers_as_twin(m: Matter) -> bool:
    """Whether a success has the members of the twin's: then it is this operation that answers.

    A body that is one text says nothing, for any body is one; nor does a root element, for another
    operation's has one too: what the twin's holds must be there.
    """
    if m.twin is None or not is_object(m.twin.value) or not is_object(m.answer.value):
        return False
    answer, output = m.answer.value, m.operation.output
    bodies = (member for member in output.members if member.location == "payload")
    raw = {body.name for body in bodies if isinstance(body.shape, Scalar)}
    twin = {name: value for name, value in m.twin.value.items() if name not in raw}
    return bool(twin) and all(
        name in answer and (bool(answer[name]) or not value) for name, value in twin.items()
    )


def _unsure(m: Matter) -> bool:
    return m.case.fault is not None and m.case.fault.what.endswith("-unanchored")


_SIZES = frozenset({"length", "items", "range"})


def _right_class(m: Matter) -> bool:
    """Whether the error's name is about such a fault; sizes have words of their own (TooLong)."""
    if m.rule is not None and m.rule.kind in _SIZES and about_size(m.answer.code):
        return True
    return m.answer.error_class in m.expected_classes


def _right_status(m: Matter) -> bool:
    """Whether an error has its status, or one that AWS was seen to give it.

    Where only the model is known: services of the JSON protocol answer what is the client's fault
    with 400 where their model has 404 or 409 (Keyspaces, Transcribe), and others answer with the
    status that HTTP has for such an error where the model has none (SQS).
    """
    if m.answer.due in (0, m.answer.status):
        return True
    if not _silent_model(m) or m.answer.due >= 500:
        return False
    older = m.operation.wire.protocol == "json" and m.answer.status == 400
    return older or m.answer.status in usual_statuses(m.answer.error_class)


def _mapped(m: Matter) -> bool:
    lists = ("operation",) if m.strict else ("operation", "service", "common")
    return m.answer.declared in lists


_LISTING = frozenset({"json", "rest-json", "query", "smithy-rpc-v2-cbor"})
"""Protocols whose services list their errors; those of EC2 and S3 are in no model."""


def _unheard_of(m: Matter) -> bool:
    """Whether an error whose name says nothing stands on no list, where lists are kept.

    Of 1,847 errors of such services that others recorded of AWS, none is like that: what is on no
    list has at least a name that tells its class (docs/recorded-answers.md).
    """
    listed = m.operation.wire.protocol in _LISTING and bool(m.operation.errors)
    return listed and not m.answer.declared and m.answer.error_class == "other"


def _depends_on_the_fault(m: Matter) -> bool:
    """Whether a right refusal that has no twin is known to be about the fault."""
    shown = m.shown in ("past", "parsed", "own") and not m.strict
    return shown and _right_class(m) and _mapped(m) and _right_status(m)


_REFUSED = "an error: {errors}"

INVALID: tuple[Row, ...] = (
    Row("unreachable", _unreachable, "error", "unreachable", "an answer"),
    Row("not recorded", _not_recorded, "inconclusive", NOT_RECORDED, "a recorded answer"),
    Row("not implemented", _unimplemented, "unimplemented", "unimplemented", _REFUSED),
    Row("broken as the twin is", _breaks_as_twin, "inconclusive", "masked", _REFUSED),
    Row("crash", _crash, "fail", "server-error", _REFUSED),
    Row("silence", _silent, "fail", "no-response", _REFUSED),
    Row("answered elsewhere", _elsewhere, "inconclusive", "elsewhere", _REFUSED),
    Row("not modified", _not_modified, "inconclusive", "not-modified", _REFUSED),
    Row("redirect", _redirect, "fail", "protocol", _REFUSED),
    Row(
        "by its own word not implemented",
        lambda m: m.answer.status == 501 and _not_here(m),
        "unimplemented", "unimplemented", _REFUSED,
    ),
    Row("server error", _server_error, "fail", "server-error", _REFUSED),
    Row(
        "accepted, but one reading of the pattern allows it",
        lambda m: _success(m) and _unsure(m),
        "inconclusive", "pattern-not-anchored", _REFUSED,
    ),
    Row(
        "accepted, and the path may be another operation's",
        lambda m: _success(m) and m.routed and not _answers_as_twin(m),
        "inconclusive", "another-operation", _REFUSED,
    ),
    Row(
        "accepted, converted as AWS's older services do",
        lambda m: _success(m) and _converted(m),
        "inconclusive", "convention", _REFUSED,
    ),
    Row(
        "accepted, and HTTP leaves such a condition aside",
        lambda m: _success(m) and _dated(m),
        "inconclusive", "convention", _REFUSED,
    ),
    Row("accepted", _success, "fail", "accepted-invalid", _REFUSED),
    Row("throttled", _busy, "inconclusive", "throttled", _REFUSED),
    Row(
        "refused by a quota",
        lambda m: m.answer.error_class == "quota" and _silent_model(m) and not _right_class(m),
        "inconclusive", "quota", _REFUSED,
    ),
    Row(
        "refused because something is there already",
        lambda m: m.answer.error_class == "conflict" and _silent_model(m),
        "inconclusive", "conflict", _REFUSED,
    ),
    Row(
        "error without a name, and no twin",
        lambda m: m.twin is None and (not m.answer.typed or bool(m.answer.unreadable)),
        "fail", "error-shape", "the error's name where the protocol carries it", systemic=True,
    ),
    Row(
        "another status than the error has, and no twin",
        lambda m: m.twin is None and _right_class(m) and _mapped(m) and not _right_status(m),
        "fail", "wrong-status", "{errors}; that error has status {due}", systemic=True,
    ),
    Row(
        "refused, and other faults are answered otherwise, though there is no twin",
        lambda m: m.twin is None and _depends_on_the_fault(m),
        "pass", "refused-without-twin", _REFUSED,
    ),
    Row(
        "there is no twin, and every fault is answered alike",
        lambda m: m.twin is None and m.shown == "alike" and _right_class(m) and not m.strict,
        "inconclusive", "indiscriminate", _REFUSED,
    ),
    Row("there is no twin", lambda m: m.twin is None, "inconclusive", "no-twin", _REFUSED),
    Row(
        "refused as the twin is, by what is not a validation",
        lambda m: _same_as_twin(m) and not _right_class(m),
        "inconclusive", "masked", _REFUSED,
    ),
    Row("refused as the twin is", _same_as_twin, "inconclusive", "twin-refused", _REFUSED),
    Row("no route takes such a label", _no_route, "inconclusive", "no-route", _REFUSED),
    Row(
        "refused on the way",
        lambda m: m.routed, "pass", "refused", "any error: the path is not the operation's",
    ),
    Row(
        "access denied, as it may be to another resource",
        lambda m: _denied(m) and (m.about_identifier or not _twin_accepted(m)),
        "inconclusive", "denied", _REFUSED,
    ),
    Row(
        "error without a name",
        lambda m: not m.answer.typed or bool(m.answer.unreadable),
        "fail", "error-shape", "the error's name where the protocol carries it", systemic=True,
    ),
    Row(
        "nothing is there under a wrong identifier",
        lambda m: m.answer.error_class == "not-found" and m.about_identifier and _right_status(m),
        "pass", "refused-as-unknown", _REFUSED,
    ),
    Row(
        "refused, with another status than the error has",
        lambda m: _right_class(m) and _mapped(m) and not _right_status(m),
        "fail", "wrong-status", "{errors}; that error has status {due}", systemic=True,
    ),
    Row("refused", lambda m: _right_class(m) and _mapped(m), "pass", "refused", _REFUSED),
    Row(
        "refused by an error that is not listed, or where none is",
        lambda m: (
            _right_class(m)
            and not m.answer.declared
            and (_silent_model(m) or not m.operation.errors)
            and not m.strict
        ),
        "inconclusive", "undeclared-error", _REFUSED,
    ),
    Row(
        "refused by an error whose name says nothing",
        lambda m: m.answer.error_class == "other" and _silent_model(m) and not _unheard_of(m),
        "inconclusive", "unclassified-error", _REFUSED,
    ),
    Row(
        "refused, and what the fault adds is not there",
        lambda m: _asks_for_more(m) and _silent_model(m),
        "inconclusive", "needs-state", _REFUSED,
    ),
    Row(
        "something is not there, and the twin is not accepted either",
        lambda m: _never_found(m) and _silent_model(m),
        "inconclusive", "needs-state", _REFUSED,
    ),
    Row(
        "refused by an error nobody declares",
        _right_class, "fail", "wrong-error", "a declared error: {errors}", systemic=True,
    ),
    Row("refused by another error", _always, "fail", "wrong-error", _REFUSED),
)  # fmt: skip
"""Invalid requests. From top to bottom: no answer, not there, accepted, undecidable, refused."""


# ---------------------------------------------------------------- valid

_ACCEPTED = "a success with status {status}"


def _unreadable(m: Matter) -> bool:
    return m.answer.kind == "success" and bool(m.answer.unreadable)


def _fails_as_control(m: Matter) -> bool:
    """Whether the control, too, got no success, in the same way: one finding, not one a case."""
    if m.twin is None or m.case.kind == "control" or m.answer.kind != m.twin.kind:
        return False
    same = (m.answer.status, m.answer.code, m.answer.silence) == (
        m.twin.status,
        m.twin.code,
        m.twin.silence,
    )
    return same and (m.answer.kind != "success" or bool(m.answer.unreadable and m.twin.unreadable))


VALID: tuple[Row, ...] = (
    Row("unreachable", _unreachable, "error", "unreachable", "an answer"),
    Row("not recorded", _not_recorded, "inconclusive", NOT_RECORDED, "a recorded answer"),
    Row("answered as the control is", _fails_as_control, "inconclusive", "masked", _ACCEPTED),
    Row("not implemented", _unimplemented, "unimplemented", "unimplemented", _ACCEPTED),
    Row("by its own word not implemented", _not_here, "unimplemented", "unimplemented", _ACCEPTED),
    Row("crash", _crash, "fail", "server-error", _ACCEPTED),
    Row("kept waiting", _waiting, "inconclusive", "needs-state", _ACCEPTED),
    Row("silence", _silent, "fail", "no-response", _ACCEPTED),
    Row("answered elsewhere", _elsewhere, "inconclusive", "elsewhere", _ACCEPTED),
    Row("not modified", _not_modified, "inconclusive", "not-modified", _ACCEPTED),
    Row("redirect", _redirect, "fail", "protocol", _ACCEPTED),
    Row("server error", _server_error, "fail", "server-error", _ACCEPTED),
    Row("unreadable", _unreadable, "fail", "protocol", "a body of the protocol"),
    Row("accepted", _success, "pass", "accepted", _ACCEPTED),
    Row("throttled", _busy, "inconclusive", "throttled", _ACCEPTED),
    Row("access denied", _denied, "inconclusive", "denied", _ACCEPTED),
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
        lambda m: _silent_model(m) and not m.usual,
        "inconclusive", "unstated-rule", _ACCEPTED,
    ),
    Row(
        "refused, and the page demands more of it than any rule states",
        lambda m: m.unread and not m.strict,
        "inconclusive", "unstated-rule", _ACCEPTED,
    ),
    Row("refused", _always, "fail", "rejected-valid", _ACCEPTED),
)  # fmt: skip
"""Valid requests, the control among them."""


# ---------------------------------------------------------------- malformed

_PROTOCOL = "{http} {code}"


def _binding(m: Matter) -> bool:
    return m.level == "N" or m.strict


def _authentication(m: Matter) -> bool:
    return m.case.wire.endswith("-signature")


def _authenticates(m: Matter) -> bool:
    """Whether a request is refused for its signature."""
    return m.answer.kind == "error" and (_named(m) or _denied(m))


def _named(m: Matter) -> bool:
    return m.rule is not None and m.answer.code in m.rule.value.get("codes", ())


def _as_the_protocol_says(m: Matter) -> bool:
    value = _protocol(m)
    named = m.answer.code in value.get("codes", ()) or not value.get("codes")
    right = named or m.answer.error_class in ("validation", "media-type")
    return right and m.answer.status in (*value.get("statuses", ()), 400)


def _breaks_down(m: Matter) -> bool:
    """Whether a target gives way instead of answering: that is a finding whatever was sent."""
    return _silent(m) or _server_error(m)


MALFORMED: tuple[Row, ...] = (
    Row("unreachable", _unreachable, "error", "unreachable", "an answer"),
    Row("not recorded", _not_recorded, "inconclusive", NOT_RECORDED, "a recorded answer"),
    Row(
        "the signature is not looked at",
        lambda m: (
            _authentication(m) and not m.strict and not _authenticates(m) and not _breaks_down(m)
        ),
        "inconclusive", "authentication-not-checked", _PROTOCOL,
    ),
    Row("broken as the twin is", _breaks_as_twin, "inconclusive", "masked", _PROTOCOL),
    Row("not implemented, by its own word", _not_here, "unimplemented", "unimplemented", _PROTOCOL),
    Row("crash", _crash, "fail", "server-error", _PROTOCOL),
    Row("silence", _silent, "fail", "no-response", _PROTOCOL),
    Row("redirect", _redirect, "fail", "protocol", _PROTOCOL),
    Row("server error", _server_error, "fail", "server-error", _PROTOCOL),
    Row(
        "accepted against the protocol",
        lambda m: _success(m) and _binding(m), "fail", "protocol", _PROTOCOL,
    ),
    Row("accepted against a convention", _success, "inconclusive", "convention", _PROTOCOL),
    Row("refused as the protocol says", _as_the_protocol_says, "pass", "refused", _PROTOCOL),
    Row(
        "refused by convention",
        lambda m: m.level != "N", "pass", "refused", _PROTOCOL,
    ),
    Row("refused as the twin is", _same_as_twin, "inconclusive", "masked", _PROTOCOL),
    Row("refused in another way", _always, "fail", "protocol", _PROTOCOL),
)  # fmt: skip
"""Requests that break the protocol."""

TABLES: dict[str, tuple[Row, ...]] = {
    "control": VALID,
    "valid": VALID,
    "invalid": INVALID,
    "malformed": MALFORMED,
}
"""The judge's tables by kind of case. The last row of each always applies."""

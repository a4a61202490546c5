"""What can hold of a matter: the conditions of the judge's rows, one small question each.

Grouped by the table that asks it first. Each is a pure function of what is judged.
"""

from __future__ import annotations

from aws_conformance.matter import Matter
from aws_conformance.reading import says_absent
from aws_conformance.recording import NOT_RECORDED
from aws_conformance.unstated import polls
from aws_specs.error_class import about_size, usual_statuses
from aws_specs.jsonvalues import is_object
from aws_specs.spec import Scalar

# ---------------------------------------------------------------- what an answer can be


def unreachable(m: Matter) -> bool:
    return m.answer.kind == "silence" and m.answer.silence == "unreachable"


def not_recorded(m: Matter) -> bool:
    return m.answer.silence == NOT_RECORDED


def not_sent(m: Matter) -> bool:
    return m.answer.silence == "not-sent"


def crash(m: Matter) -> bool:
    return m.answer.kind == "silence" and m.answer.silence == "crash"


def silent(m: Matter) -> bool:
    return m.answer.kind == "silence"


def waiting(m: Matter) -> bool:
    """Whether an operation that waits for something has kept a valid request waiting."""
    return m.answer.silence == "timeout" and polls(m.operation.service, m.operation.name)


def redirect(m: Matter) -> bool:
    return m.answer.kind == "redirect"


def elsewhere(m: Matter) -> bool:
    """Whether the answer names another place: a bucket of another region."""
    return m.answer.kind == "redirect" and bool(m.answer.code)


_CONDITIONS = frozenset({"ifnonematch", "ifmodifiedsince"})


def not_modified(m: Matter) -> bool:
    """Whether the answer is 304 to a request that asks for it (RFC 9110, 15.4.5)."""
    if m.answer.status != 304 or not is_object(m.case.params):
        return False
    return any(name.lower().replace("-", "") in _CONDITIONS for name in m.case.params)


def unimplemented(m: Matter) -> bool:
    return bool(says_absent(m.answer)) and (m.twin is None or bool(says_absent(m.twin)))


def not_here(m: Matter) -> bool:
    """Whether a target says by its own word that it does not do what a request asks for."""
    return says_absent(m.answer).startswith("not-implemented")


def no_route(m: Matter) -> bool:
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


def asks_for_more(m: Matter) -> bool:
    """Whether a fault names more things than the valid request does, and one is not there.

    The entries that make a list too long are made up, as the tables of a BatchWriteItem are. Where
    as many as may be are accepted, nobody looks them up.
    """
    if m.filled:
        return False
    too_many = m.rule is not None and m.rule.kind == "items" and m.case.fault is not None
    return too_many and m.answer.error_class == "not-found"


def never_found(m: Matter) -> bool:
    """Whether something is not there for a request whose valid twin is not accepted either.

    Which of the two refusals comes first is the target's, and what is missing may be another thing.
    """
    refused = m.twin is not None and m.twin.kind != "success"
    return refused and m.answer.error_class == "not-found" and not m.about_identifier


def server_error(m: Matter) -> bool:
    return m.answer.kind == "error" and m.answer.status >= 500


def success(m: Matter) -> bool:
    return m.answer.kind == "success"


def busy(m: Matter) -> bool:
    return m.answer.error_class == "throttled" or m.answer.code in ("ServiceUnavailable",)


def denied(m: Matter) -> bool:
    return m.answer.error_class == "denied"


def always(m: Matter) -> bool:
    return True


# ---------------------------------------------------------------- invalid


def twin_accepted(m: Matter) -> bool:
    return m.twin is not None and m.twin.kind == "success"


def same_as_twin(m: Matter) -> bool:
    return (
        m.twin is not None
        and m.twin.kind == m.answer.kind == "error"
        and (m.twin.status, m.twin.code) == (m.answer.status, m.answer.code)
    )


def breaks_as_twin(m: Matter) -> bool:
    """Whether the twin gets the same server error, or breaks the connection in the same way."""
    if m.twin is None or m.twin.kind != m.answer.kind:
        return False
    if m.answer.kind == "error":
        return m.answer.status >= 500 and same_as_twin(m)
    if m.answer.kind != "silence" or m.answer.silence != m.twin.silence:
        return False
    # What a Python exception says is the target's; how a hang-up shows depends on the moment.
    return m.answer.silence != "crash" or m.answer.message == m.twin.message


def silent_model(m: Matter) -> bool:
    """Whether nothing but the SDK's model is known of the operation: it does not state every rule.

    Which values go together, what a text must hold, which errors S3 and EC2 have: no model says it.
    """
    return m.operation.page is None and not m.strict


def converted(m: Matter) -> bool:
    """Whether the fault is one that AWS's older services convert: 1.5 to 1, "true" to true.

    Only the tests of rest-json refuse it. Seen at DynamoDB by those who made dynalite.
    """
    if m.operation.wire.protocol != "json" or m.case.fault is None or m.strict:
        return False
    boolean = m.rule is not None and m.rule.kind == "type" and m.rule.value == "boolean"
    return m.case.fault.what == "fraction" or (boolean and m.case.fault.what == "string")


def dated(m: Matter) -> bool:
    """Whether the fault is a condition's date that cannot be read: then HTTP leaves it aside.

    RFC 9110, 13.1.3 and 13.1.4: a recipient ignores such an If-Modified-Since.
    """
    if m.case.fault is None or m.rule is None or m.rule.kind not in ("type", "format") or m.strict:
        return False
    name = m.case.fault.member.lower()
    members = (x for x in m.operation.input.members if x.name == m.case.fault.member)
    in_header = any(member.location == "header" for member in members)
    return in_header and name.endswith(("ifmodifiedsince", "ifunmodifiedsince"))


def answers_as_twin(m: Matter) -> bool:
    """Whether a success has the members of the twin's: then it is this operation that answers.

    A body that is one text says nothing, for any body is one; nor does a root element, for another
    operation's has one too: what the twin's holds must be there. Where that is nothing, the path
    must be one that nobody else has.
    """
    if m.twin is None or not is_object(m.twin.value) or not is_object(m.answer.value):
        return False
    answer, output = m.answer.value, m.operation.output
    bodies = (member for member in output.members if member.location == "payload")
    raw = {body.name for body in bodies if isinstance(body.shape, Scalar)}
    twin = {name: value for name, value in m.twin.value.items() if name not in raw}
    if not m.twin.value and not answer and m.untaken:
        return m.answer.status == m.twin.status and not m.answer.unreadable
    return bool(twin) and all(
        name in answer and (bool(answer[name]) or not value) for name, value in twin.items()
    )


def unsure(m: Matter) -> bool:
    return m.case.fault is not None and m.case.fault.what.endswith("-unanchored")


_SIZES = frozenset({"length", "items", "range"})


def about_amount(m: Matter) -> bool:
    """Whether the fault is one of size, of which a quota's error may well speak."""
    return m.rule is not None and m.rule.kind in _SIZES


def right_class(m: Matter) -> bool:
    """Whether the error's name is about such a fault; sizes have words of their own (TooLong)."""
    if m.rule is not None and m.rule.kind in _SIZES and about_size(m.answer.code):
        return True
    return m.answer.error_class in m.expected_classes


def right_status(m: Matter) -> bool:
    """Whether an error has its status, or one that AWS was seen to give it.

    Where only the model is known: services of the JSON protocol answer what is the client's fault
    with 400 where their model has 404 or 409 (Keyspaces, Transcribe), and others answer with the
    status that HTTP has for such an error where the model has none (SQS).
    """
    if m.answer.due in (0, m.answer.status):
        return True
    if not silent_model(m) or m.answer.due >= 500:
        return False
    older = m.operation.wire.protocol == "json" and m.answer.status == 400
    return older or m.answer.status in usual_statuses(m.answer.error_class)


def mapped(m: Matter) -> bool:
    lists = ("operation",) if m.strict else ("operation", "service", "common")
    return m.answer.declared in lists


_LISTING = frozenset({"json", "rest-json", "query", "smithy-rpc-v2-cbor"})
"""Protocols whose services list their errors; those of EC2 and S3 are in no model."""


def unheard_of(m: Matter) -> bool:
    """Whether an error whose name says nothing stands on no list, where lists are kept.

    Of 1,847 errors of such services that others recorded of AWS, none is like that: what is on no
    list has at least a name that tells its class (docs/recorded-answers.md).
    """
    listed = m.operation.wire.protocol in _LISTING and bool(m.operation.errors)
    return listed and not m.answer.declared and m.answer.error_class == "other"


def depends_on_the_fault(m: Matter) -> bool:
    """Whether a right refusal that has no twin is known to be about the fault."""
    shown = m.shown in ("past", "parsed", "own") and not m.strict
    return shown and right_class(m) and mapped(m) and right_status(m)


# ---------------------------------------------------------------- valid


def unreadable(m: Matter) -> bool:
    return m.answer.kind == "success" and bool(m.answer.unreadable)


def fails_as_control(m: Matter) -> bool:
    """Whether the control, too, got no success, in the same way: one finding, not one a case."""
    if m.twin is None or m.case.kind == "control" or m.answer.kind != m.twin.kind:
        return False
    same = (m.answer.status, m.answer.code, m.answer.silence) == (
        m.twin.status,
        m.twin.code,
        m.twin.silence,
    )
    return same and (m.answer.kind != "success" or bool(m.answer.unreadable and m.twin.unreadable))


# ---------------------------------------------------------------- malformed


def binding(m: Matter) -> bool:
    return m.level == "N" or m.strict


def authentication(m: Matter) -> bool:
    return m.case.wire.endswith("-signature")


def authenticates(m: Matter) -> bool:
    """Whether a request is refused for its signature."""
    return m.answer.kind == "error" and (named(m) or denied(m))


def named(m: Matter) -> bool:
    return m.rule is not None and m.answer.code in m.rule.value.get("codes", ())


def as_the_protocol_says(m: Matter) -> bool:
    value = m.protocol
    named = m.answer.code in value.get("codes", ()) or not value.get("codes")
    right = named or m.answer.error_class in ("validation", "media-type")
    return right and m.answer.status in (*value.get("statuses", ()), 400)


def breaks_down(m: Matter) -> bool:
    """Whether a target gives way instead of answering: that is a finding whatever was sent."""
    return silent(m) or server_error(m)

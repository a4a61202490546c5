"""Broken tokens: what cannot be right is refused, and nothing gives way.

Tokens are opaque: that an altered one is accepted proves nothing, for it may stand for a place all
the same. Only a token that was never handed out, and stands for nothing, must be refused, and that
only where a declared error says that tokens are looked at. A server that gives way to any of them
is a finding.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from aws_conformance.clerk import UNCONFIRMED
from aws_conformance.pagination.look import broken
from aws_conformance.reading import Reading, says_absent
from aws_conformance.recording import NOT_RECORDED
from aws_conformance.sender import Exchange, UnreachableError
from aws_reports.results import Outcome, Verdict
from aws_specs.pagination import rule_name
from aws_specs.spec import Json, Rule, Value
from aws_strategies.plan import Plan

if TYPE_CHECKING:
    from aws_conformance.pagination.survey import Survey

_FOREIGN: Final = base64.b64encode(
    json.dumps({"aws-conformance": "a token of another operation", "next": -1}).encode()
).decode()
_INVENTED: Final = ("aws-conformance: no such token!", "AwsConformanceNoSuchToken", "0" * 31 + "Z")
_LONG: Final = 8
"""A shorter token is not cut: what is left of it may be one, too."""


class Broken(Value, frozen=True):
    """A broken token: how it is broken, and whether nothing can be right about it."""

    what: str
    token: str
    wrong: bool


class Ruling(Value, frozen=True):
    """What the answer to a broken token says: verdict and reason code."""

    verdict: Outcome
    reason: str


def tokens(survey: Survey) -> Iterator[Verdict]:
    """Yield what the answers to broken tokens say, one verdict each, up to the first finding."""
    run, look = survey.run, survey.seen
    rule = run.clerk.rules.get(rule_name(run.operation.id, "token"))
    if rule is None or look is None or not look.walk.pages:
        return
    handed = look.walk.tokens
    real = handed[0].get(rule.member) if handed else None
    for one in broken_tokens(run.plan, rule.member, real):
        verdict = _sent(survey, rule, one, look.limit if look.walk is look.paged else None)
        if verdict is not None:
            yield verdict
            if verdict.verdict == "fail" and not verdict.flaky:
                return


def broken_tokens(plan: Plan, member: str, real: Json) -> Iterator[Broken]:
    """Yield tokens that keep the rules on the member, and are none: invented, foreign, altered."""
    domain = plan.domain(member)
    candidates = [text for text in _INVENTED if domain.allows(text) and text != real]
    if candidates:
        yield Broken("invented", candidates[0], wrong=True)
    if domain.allows(_FOREIGN):
        yield Broken("foreign", _FOREIGN, wrong=True)
    if not isinstance(real, str) or len(real) < _LONG:
        return
    half = len(real) // 2
    altered = real[:half] + ("A" if real[half] != "A" else "B") + real[half + 1 :]
    for what, text in (("truncated", real[:half]), ("altered", altered)):
        if domain.allows(text):
            yield Broken(what, text, wrong=False)


def _sent(survey: Survey, rule: Rule, one: Broken, limit: Json) -> Verdict | None:
    """Send a broken token; a finding once more, beside the request without it."""
    walker, strict = survey.walker, survey.run.settings.strict
    sent = {rule.member: one.token}
    exchange = walker.send(f"token~{one.what}", sent, limit)
    found = ruling(rule, one, exchange.reading, strict=strict)
    if found is None:
        return None
    if found.verdict != "fail":
        return _written(survey, rule, one, exchange, found)
    try:
        twin = walker.send(f"token~{one.what}~twin", {}, limit)
        again = walker.send(f"token~{one.what}~again", sent, limit)
    except UnreachableError:
        return _written(survey, rule, one, exchange, found, row=UNCONFIRMED)
    if again.reading.silence == NOT_RECORDED:
        return _written(survey, rule, one, exchange, found, row=UNCONFIRMED)
    if twin.reading.kind != "success":
        return _written(survey, rule, one, exchange, Ruling("inconclusive", "masked"), twin=twin)
    same = ruling(rule, one, again.reading, strict=strict) == found
    return _written(survey, rule, one, exchange, found, twin=twin, flaky=not same)


def ruling(rule: Rule, one: Broken, answer: Reading, *, strict: bool) -> Ruling | None:
    """Return what the answer to a broken token says, None where it says nothing."""
    if answer.silence == NOT_RECORDED:
        return Ruling("inconclusive", NOT_RECORDED)
    if answer.kind == "success":
        if not one.wrong:
            return None
        binding = rule.checkable or strict
        return Ruling("fail", "pagination") if binding else Ruling("inconclusive", "convention")
    if says_absent(answer):
        return Ruling("inconclusive", "unimplemented")
    if answer.error_class == "throttled" or answer.code == "ServiceUnavailable":
        return Ruling("inconclusive", "throttled")
    if answer.kind == "silence" or answer.status >= 500:
        return Ruling("fail", broken(answer))
    return _refused(rule, answer)


def _refused(rule: Rule, answer: Reading) -> Ruling:
    """Return what it says that a token is refused. An error about tokens has its own status."""
    about = answer.code in rule.value["errors"]
    if about and answer.due not in (0, answer.status):
        return Ruling("fail", "wrong-status")
    if about or answer.error_class == "validation":
        return Ruling("pass", "refused")
    return Ruling("inconclusive", answer.error_class or "unclassified-error")


def _written(
    survey: Survey,
    rule: Rule,
    one: Broken,
    exchange: Exchange,
    found: Ruling,
    *,
    twin: Exchange | None = None,
    row: str = "",
    flaky: bool = False,
) -> Verdict:
    failed = found.verdict == "fail"
    return survey.run.clerk.verdict(
        exchange,
        rule,
        found.verdict,
        found.reason,
        f"{exchange.reading.short()} ({one.what} token)",
        expected=_expected(survey, rule),
        row=f"tokens{row}",
        twin=twin,
        flaky=failed and flaky,
        confirmed=not (row or flaky) if failed else None,
    )


def _expected(survey: Survey, rule: Rule) -> str:
    status: Mapping[str, int] = {e.code: e.status for e in survey.run.operation.errors}
    named = " or ".join(f"{code} ({status[code]})" for code in rule.value["errors"])
    return f"an error: {named or 'a validation error (400)'}"

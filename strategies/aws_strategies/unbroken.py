"""Why no case breaks a rule: what a reader of a coverage table is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from aws_specs.schema import loosest
from aws_specs.spec import Kind, Rule, Scalar
from aws_strategies.carriage import carriage
from aws_strategies.domain import LONGEST, MOST_ITEMS, Domain
from aws_strategies.expression import widths
from aws_strategies.plan import Plan
from aws_strategies.text import compiled

TOO_LARGE = "requests with texts that long, or that many entries, are not made"
"""Said of limits that no case tries from above."""

_TEXT = "whatever travels in a form, in XML, the path, the query or a header is text"
_OTHER = "other rules forbid every value that breaks it"


def why_unbroken(plan: Plan, rule: Rule) -> str:
    """Return why the cover has no request that breaks a rule although one can have its member."""
    say = _SAY.get(rule.kind)
    return _OTHER if say is None else say(plan, rule)


def _type(plan: Plan, rule: Rule) -> str:
    if rule.member.endswith("{key}"):
        return "the keys of a JSON object are always strings"
    if rule.value == "document":
        return "a document is any JSON value"
    member = plan.members.get(rule.member)
    if member is not None and isinstance(member.shape, Scalar) and member.shape.streaming:
        return "the member is the raw body: any bytes are right"
    return _TEXT if carriage(plan, rule.member) != "document" else _OTHER


def untried(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield the ends of limits that no case tries, as (rule id and "~above-max", why)."""
    most = {"length": LONGEST, "items": MOST_ITEMS}
    for rule in plan.testable:
        if rule.kind in most and (loosest(rule).get("max") or 0) >= most[rule.kind]:
            yield f"{rule.id}~above-max", TOO_LARGE


def _items(plan: Plan, rule: Rule) -> str:
    if (loosest(rule).get("max") or 0) >= MOST_ITEMS:
        return TOO_LARGE
    return _TEXT if carriage(plan, rule.member) != "document" else _OTHER


def _required(plan: Plan, rule: Rule) -> str:
    if carriage(plan, rule.member) != "document":
        return "its value may be empty, which is sent as nothing at all"
    return _OTHER


def _pattern(plan: Plan, rule: Rule) -> str:
    regex = compiled(rule.value)
    if regex is None:
        return "this implementation cannot read the pattern"
    if all(regex.fullmatch(text) for text in _ANYTHING):
        return "every text matches it"
    return "every text matches it, or another rule forbids those that do not"


_ANYTHING = ("a", "A", "0", " ", "!", "~", "é", "#%/:;,=*<>&'\"\\", "日本")


def _length(plan: Plan, rule: Rule) -> str:
    limits, domain = loosest(rule), plan.domain(rule.member)
    high, low = limits.get("max"), limits.get("min", 0)
    if high is not None and high >= LONGEST:
        return TOO_LARGE
    if low <= 1 and high is None and carriage(plan, rule.member) in ("filled", "raw"):
        return "an empty value is sent as nothing at all"
    if _bounded(domain, low, high):
        return "the pattern on it allows no other length"
    if domain.formats or domain.json_keys:
        return "no text of a wrong length is of the format that it must have"
    return _OTHER


def _bounded(domain: Domain, low: int, high: int | None) -> bool:
    """Return whether patterns forbid what the length forbids: a wrong length breaks both."""
    spans = [span for pattern in domain.patterns if (span := widths(pattern)) is not None]
    least = max((span[0] for span in spans), default=0)
    most = min((span[1] for span in spans), default=None)
    above = high is None or (most is not None and most <= high)
    return bool(spans) and above and (low < 1 or least >= low)


_SAY: Mapping[Kind, Callable[[Plan, Rule], str]] = {
    "type": _type,
    "items": _items,
    "required": _required,
    "pattern": _pattern,
    "length": _length,
}

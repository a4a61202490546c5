"""What is not supported: all but one value, the member itself, or nothing yet ("reserved").

"Not supported for X" is a rule only where X is the operation of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from aws_specs.page import PageMember
from aws_specs.prose._types import Context, Draft, Sentence, draft
from aws_specs.prose._values import inline, is_loud, unquote
from aws_specs.spec import Json

_VALUES = r"(?P<values>[^.;:]{1,120}?)"
_ONLY = (
    re.compile(
        rf"\b[Oo]nly {_VALUES} (?:is|are)(?: currently| presently| now)?"
        r" (?:supported|allowed|valid|accepted|permitted)(?: currently| at this time| for"
        r" now)?[.;,]?$"
    ),
    re.compile(
        r"\b[Oo]nly (?:currently )?(?:supported|valid|allowed|accepted|permitted|possible)"
        r" (?:value|option|type|setting|choice)"
        rf"(?: for (?:the )?(?P<member>[`\w.]{{1,60}})(?: (?:parameter|field|property))?)?"
        rf"(?: at this time| currently)? is:? {_VALUES}[.;]?$"
    ),
    re.compile(
        rf"^(?:[Cc]urrently,? )?{_VALUES} is (?:currently )?the only"
        r" (?:currently )?(?:supported|valid|allowed|accepted|permitted|possible)"
        r" (?:value|option|type|setting|choice)(?: currently| at this time)?[.;]?$"
    ),
    re.compile(
        rf"\b(?:supports|accepts|allows) only (?:the (?:value|type) )?{_VALUES}[.;]?$"
    ),
    re.compile(rf"\b[Aa]ny other values?(?: other)? than {_VALUES} will\b"),
)  # fmt: skip
_BY_CASE = re.compile(r"^(?P<value>[`\w.-]{1,80}) for (?P<case>[\w -]{1,60})$")
_NOT_SUPPORTED = re.compile(
    r"\b(?:is|are) ?(?:not|n't) (?:currently |yet |presently )?(?:supported|available"
    r"|allowed|valid)"
    r"(?: (?:for|by|in|with) (?P<thing>[^.;]{1,80}))?"
)
_WHOLE: Final = (
    "this parameter", "this field", "this member", "this property", "this value", "this attribute",
    "this option", "this element", "this object", "this structure", "this feature",
    "the parameter", "it",
)  # fmt: skip
_ALWAYS: Final = ("", "at this time", "currently", "yet")


def only(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return "only X is supported" as what is left of the member's values."""
    for pattern in _ONLY:
        match = pattern.search(sentence.bare)
        if match is None:
            continue
        named = match.groupdict().get("member")
        target = _target(named, context)
        if target is not None:
            yield from _left(match["values"], *target, sentence, context)
        return


def _target(named: str | None, context: Context) -> tuple[str, PageMember | None] | None:
    if not named:
        return context.path, context.member
    if unquote(named) in ("this", context.name):
        return context.path, context.member
    return context.named(unquote(named))


def _left(
    text: str, path: str, member: PageMember | None, sentence: Sentence, context: Context
) -> Iterator[Draft]:
    if member is None or member.type not in ("string", "integer", "boolean", "float"):
        return
    cases = [_BY_CASE.match(piece.strip()) for piece in re.split(r",? and |, ", text)]
    found = [case for case in cases if case]
    by_case = [(unquote(case["value"]), case["case"]) for case in found]
    if not by_case or len(found) != len(cases):
        by_case = []
    values = tuple(v for v, _ in by_case) or _literal(text, member, sentence)
    if not values or not all(_known(v, member, sentence) for v in values):
        return
    family = "only-valid" if "only valid" in sentence.low or by_case else "only-supported"
    yield draft(
        family, sentence, context, "unsupported",
        {"supported": _typed(values, member)}, member=path, cap=_cap(sentence),
    )  # fmt: skip
    for value, case in by_case:
        yield _conditional(value, case, path, sentence, context)


def _conditional(value: str, case: str, path: str, sentence: Sentence, context: Context) -> Draft:
    *kind, thing = case.split()
    what = (
        f"the channel of the {thing}" if kind and thing in ("contact", "call") else f"the {thing}"
    )
    condition: Json = {"external": what, "in": [" ".join(kind) or case]}
    then: Json = {"kind": "enum", "member": path, "value": [value]}
    return draft(
        "external", sentence, context, "conditional", {"when": condition, "then": then},
        member=path, part=(" ".join(kind) or case).replace(" ", "-"),
        reason=f"depends on {what}, which the request does not show",
    )  # fmt: skip


def _literal(text: str, member: PageMember, sentence: Sentence) -> tuple[str, ...]:
    for lead in ("the value ", "the values ", "the ", "a value of ", "values of "):
        text = text.removeprefix(lead)
    for tail in (" value", " values", " type", " types", " option"):
        text = text.removesuffix(tail)
    return inline(text, sentence.codes)


def _known(value: str, member: PageMember, sentence: Sentence) -> bool:
    if member.enum:
        return value in member.enum
    return value in sentence.codes or is_loud(value) or value.lstrip("-").isdigit()


def _typed(values: Sequence[str], member: PageMember) -> list[Json]:
    if member.type == "integer":
        return [int(v) for v in values if v.lstrip("-").isdigit()]
    if member.type == "boolean":
        return [v.lower() == "true" for v in values]
    return list(values)


def _cap(sentence: Sentence) -> float:
    conditional = (" if ", " when ", " for ", " unless ", " in ")
    low = sentence.low
    if low.startswith("any other value"):
        return 1.0
    hedged = low.startswith(("if ", "when ", "for ", "in ")) or any(w in low for w in conditional)
    return 0.9 if "only valid value" in low else 0.6 if hedged else 1.0


def not_supported(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return "not supported" of the member itself: for this operation, or without a condition."""
    match = _NOT_SUPPORTED.search(sentence.low)
    if match is None or context.member is None or not _is_subject(match, sentence, context):
        return
    thing = (match["thing"] or "").strip()
    rest = sentence.low[match.end() :].strip(" .")
    if _is_operation(thing, context.method):
        yield draft("not-supported-here", sentence, context, "unsupported", {"supported": []})
    elif thing in _ALWAYS and not rest and match["thing"] is None:
        yield draft("not-supported", sentence, context, "unsupported", {"supported": []})


def _is_operation(thing: str, method: str) -> bool:
    words = thing.removeprefix("the ").removesuffix(" operation").removesuffix(" api")
    return bool(words) and words.replace("_", "").replace(" ", "") == method.replace("_", "")


def _is_subject(match: re.Match[str], sentence: Sentence, context: Context) -> bool:
    subject = sentence.low[: match.start()].strip()
    for word in ("currently, ", "note that ", "important: "):
        subject = subject.removeprefix(word)
    if subject in _WHOLE:
        return True
    plain = subject.removeprefix("the ").replace(" ", "")
    name = context.name.lower()
    return any(plain == name + tail for tail in ("", "object", "parameter", "field", "property"))


def reserved(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return "reserved for future use" of a member."""
    if context.member is None or not sentence.low.startswith(("this ", "reserved", "the ", "it ")):
        return
    yield draft(
        "reserved", sentence, context, "reserved", True,
        reason="what the service does with a reserved member is not documented",
    )  # fmt: skip


def channels(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return which contacts an identifier may name: "Supports contacts in the CHAT channel"."""
    if not sentence.low.startswith("supports contacts in the "):
        return
    yield draft(
        "exists", sentence, context, "exists", sentence.text.removeprefix("Supports ").rstrip("."),
        part="channel", reason="depends on the channel of the contact",
    )  # fmt: skip

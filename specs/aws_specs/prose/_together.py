"""What does not go together, and what goes only together, in words of prohibition.

"You can't specify `A` with `B`" is an exclusion, "don't specify `A` when `Type` is `X`" a
condition. What only describes ("isn't supported when …", "is valid only if …", "omit …") shapes
valid requests and is not tested: services ignore such a member as often as they refuse it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from aws_specs import paths
from aws_specs.prose._naming import Named, condition, members
from aws_specs.prose._types import Context, Draft, Sentence, draft
from aws_specs.spec import Json

_VERB = (
    r"(?:specify|use|set|include|provide|supply|define|pass|combine|enter|configure|choose|select"
    r"|have|contain)"
)
_PAST = (
    r"(?:specified|used|set|included|provided|supplied|defined|passed|combined|configured|chosen"
    r"|selected|present)"
)
_CANNOT = r"(?:can't|cannot|can not|must not|mustn't|may not|don't|do not)"
_A_VALUE = r"(?: an?y?)?(?: values?)?(?: for)?"
_NEVER = rf"(?:you )?(?:also )?{_CANNOT}(?: also| both)* {_VERB}(?: both)?{_A_VALUE}"
_NEVER_BE = (
    rf"(?:can't|cannot|can not|must not|mustn't|may not) (?:both |also )?be"
    rf" (?:also )?{_PAST}"
)
_AT_ONCE = (
    r"(?:in (?:the same|one|a single) (?:[\w-]+ ){0,3}?(?:request|call|operation|command|action)"
    r"|at the same time|simultaneously|together|concurrently|as well|either)"
)
_WITH = (
    r"(?:(?:together |in combination |in conjunction |along |simultaneously )?with(?: an?y?| the)?"
    rf"|and (?:also )?{_VERB})"
)
_START: Final = re.compile(
    r"^(?:constraints?:|conditional:|condition:|note:|note that|important:|however,|currently,"
    r"|in addition,|also,)\s*",
    re.I,
)
_BOTH = re.compile(
    rf"^{_NEVER} (?P<members>[^.;]{{3,120}}?)(?P<once> {_AT_ONCE})?(?: of \w+)?[.;]?$", re.I
)
_BOTH_BE = re.compile(
    rf"^(?:both )?(?P<members>[^.;]{{3,120}}?) {_NEVER_BE} {_AT_ONCE}[.;]?$", re.I
)
_PAIR = re.compile(
    rf"^{_NEVER} (?P<one>[^.;,]{{1,60}}?) {_WITH} (?P<other>[^.;]{{1,160}}?)(?: {_AT_ONCE})?[.;]?$",
    re.I,
)
_PAIR_BE = re.compile(
    rf"^(?:(?P<one>[^.;,]{{1,60}}?) )?{_NEVER_BE} {_WITH} (?P<other>[^.;]{{1,160}}?)"
    rf"(?: {_AT_ONCE})?[.;]?$",
    re.I,
)
_IF_NEVER = re.compile(
    rf"^(?:if|when) (?P<when>[^.;,]{{1,160}}), (?:then )?{_NEVER} (?P<then>[^.;]{{1,250}}?)"
    rf"(?: {_AT_ONCE})?[.;]?$",
    re.I,
)
_IF_NEVER_BE = re.compile(
    r"^(?:if|when) (?P<when>[^.;,]{1,160}), (?:then )?(?P<then>[^.;]{1,120}?)"
    rf" {_NEVER_BE}[.;]?$",
    re.I,
)
_NEVER_IF = re.compile(
    rf"^{_NEVER} (?P<then>[^.;,]{{1,80}}?),? (?:if|when|while) (?P<when>[^.;]{{1,160}})[.;]?$", re.I
)
_NEVER_BE_IF = re.compile(
    rf"^(?:(?P<then>[^.;,]{{1,80}}?) )?{_NEVER_BE},? (?:if|when|while)"
    r" (?P<when>[^.;]{1,160})[.;]?$",
    re.I,
)
_ONLY = re.compile(
    rf"^(?:you )?(?:can|may) (?:only {_VERB}|{_VERB} only)(?: an?y?)?(?: values?)?(?: for)?"
    r" (?P<then>[^.;,]{1,80}?) (?:only )?(?:if|when) (?P<when>[^.;]{1,160})[.;]?$",
    re.I,
)
_ONLY_IF = re.compile(
    rf"^(?:you )?can {_VERB} (?P<then>[^.;,]{{1,80}}?) only (?:if|when)"
    r" (?P<when>[^.;]{1,160})[.;]?$",
    re.I,
)
_ONLY_BE = re.compile(
    rf"^(?:(?P<then>[^.;,]{{1,80}}?) )?(?:can|may) (?:only be {_PAST}|be {_PAST} only) (?:if|when)"
    r" (?P<when>[^.;]{1,160})[.;]?$",
    re.I,
)
_UNSUPPORTED = re.compile(
    r"^(?P<then>[^.;,]{1,80}?) (?:is|are)(?: not|n't) (?:supported|valid|allowed|applicable|used)"
    r" (?:if|when) (?P<when>[^.;]{1,160})[.;]?$",
    re.I,
)
_OMIT = re.compile(
    r"^(?:if|when) (?P<when>[^.;]{1,160}?), (?:you can |you must )?omit"
    r" (?P<then>[^.;,]{1,80})[.;]?$",
    re.I,
)
_VALID_IF = re.compile(
    r"^(?:(?P<then>[^.;,]{1,80}?) (?:is|are) )?(?:only (?:valid|supported|allowed)|(?:valid"
    r"|supported|allowed) only) (?:if|when) (?P<when>[^.;]{1,160})[.;]?$",
    re.I,
)
_ALSO = re.compile(
    rf"^(?:if|when) (?P<when>[^.;,]{{1,160}}), (?:then )?you must (?:also )?{_VERB}{_A_VALUE}"
    r" (?P<then>[^.;]{1,120})[.;]?$",
    re.I,
)
_ALSO_BE = re.compile(
    r"^(?:if|when) (?P<when>[^.;,]{1,160}), (?:then )?(?P<then>[^.;]{1,120}?)"
    rf" must (?:also )?be (?:also )?{_PAST}(?: as well)?[.;]?$",
    re.I,
)
_REQUIRED = re.compile(
    r"^(?:(?P<then>[^.;,]{1,80}?) (?:is|are) )?(?:conditionally )?(?:required|mandatory),?"
    r" (?:only )?(?:if|when) (?P<when>[^.;]{1,160})[.;]?$",
    re.I,
)


def together(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return what a sentence forbids to stand together, or forbids or demands on a condition."""
    text = _START.sub("", sentence.bare.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    if context.side != "input":
        return
    for read in (_exclusions, _forbidden, _demanded):
        found = list(read(text, sentence, context))
        if found:
            yield from found
            return


# ---------------------------------------------------------------- one beside the other


def _exclusions(text: str, sentence: Sentence, context: Context) -> Iterator[Draft]:
    for form in (_BOTH_BE, _BOTH):
        match = form.match(text)
        named = members(match["members"], sentence, context) if match else None
        if match and named is not None and len(named.paths) == 2 and _joined(match, named):
            yield from _exclusive("not-together", [named.paths], sentence, context)
            return
    for form in (_PAIR, _PAIR_BE):
        match = form.match(text)
        if match is None:
            continue
        one = _subject(match["one"], sentence, context)
        other = members(match["other"], sentence, context)
        if one is not None and other is not None and _each(one) and _each(other):
            pairs = [(a, b) for a in one.paths for b in other.paths]
            yield from _exclusive("not-together", pairs, sentence, context)
            return


def _joined(match: re.Match[str], named: Named) -> bool:
    """Whether two members are forbidden as a pair: "both A and B", "A and B at the same time"."""
    once = match.groupdict().get("once", "once")
    return named.joint == "and" and (bool(once) or " both " in f" {match.group().lower()}")


def _each(named: Named) -> bool:
    """Whether a list speaks of each of its members, not of all of them at once."""
    return len(named.paths) == 1 or named.joint == "or"


def _subject(text: str | None, sentence: Sentence, context: Context) -> Named | None:
    """Return the members of a sentence's subject; without one it speaks of its own member."""
    if text is None or not text.strip():
        return Named((context.path,), "") if context.member is not None else None
    return members(text, sentence, context)


def _exclusive(
    family: str, pairs: Sequence[tuple[str, ...]], sentence: Sentence, context: Context
) -> Iterator[Draft]:
    for pair in pairs:
        one, other = sorted(pair)
        if one == other or paths.parent(one) != paths.parent(other):
            continue
        names = "+".join(paths.steps(path)[-1] for path in (one, other))
        value: Json = {"members": [one, other], "exactly_one": False}
        yield draft(
            family, sentence, context, "exclusive", value, member=paths.parent(one), part=names
        )


# ---------------------------------------------------------------- on a condition

_FORBIDDEN: Final = (
    ("forbidden-if", _IF_NEVER, False),
    ("forbidden-if", _IF_NEVER_BE, False),
    ("forbidden-if", _NEVER_IF, False),
    ("forbidden-if", _NEVER_BE_IF, False),
    ("only-if", _ONLY, True),
    ("only-if", _ONLY_IF, True),
    ("only-if", _ONLY_BE, True),
    ("of-no-use-if", _UNSUPPORTED, False),
    ("of-no-use-if", _OMIT, False),
    ("of-no-use-if", _VALID_IF, True),
)
"""What forbids members on a condition: family, form, whether it holds unless the condition does."""


def _forbidden(text: str, sentence: Sentence, context: Context) -> Iterator[Draft]:
    for family, form, otherwise in _FORBIDDEN:
        match = form.match(text)
        if match is None:
            continue
        when = condition(match["when"], sentence, context)
        then = _subject(match["then"], sentence, context)
        if not when or then is None:
            continue
        if not otherwise and not _each(then):
            continue
        for one in when:
            yield from _on(family, one, then, otherwise, sentence, context)
        return


def _on(
    family: str, when: Json, then: Named, otherwise: bool, sentence: Sentence, context: Context
) -> Iterator[Draft]:
    if when.get("present"):
        if otherwise:
            yield from _requires(then.paths, when["member"], sentence, context)
        else:
            pairs = [(when["member"], path) for path in then.paths]
            yield from _exclusive(
                "of-no-use-beside" if family == "of-no-use-if" else "not-together",
                pairs, sentence, context,
            )  # fmt: skip
        return
    held = _others(when, context) if otherwise else when
    if held is None:
        return
    for path in then.paths:
        if path == when["member"]:
            continue
        forbid: Json = {"kind": "unsupported", "member": path, "value": {"supported": []}}
        value: Json = {"when": held, "then": forbid}
        yield draft(family, sentence, context, "conditional", value, member=path, part=_part(held))
    if otherwise:
        yield from _requires(then.paths, when["member"], sentence, context)


def _requires(
    named: tuple[str, ...], other: str, sentence: Sentence, context: Context
) -> Iterator[Draft]:
    """Return the hint that a member goes with another: it shapes valid requests."""
    for path in named:
        if path == other:
            continue
        value: Json = {
            "when": {"member": path, "present": True},
            "then": {"kind": "required", "member": other, "value": True},
        }
        name = paths.steps(path)[-1]
        yield draft("hint-if", sentence, context, "conditional", value, member=other, part=name)


def _others(when: Json, context: Context) -> Json | None:
    """Return the condition that a member has another value than the named ones."""
    member = next((m for path, m in context.visible() if path == when["member"]), None)
    if member is None:
        return None
    known: tuple[Json, ...] = (True, False) if member.type == "boolean" else member.enum
    rest = [value for value in known if value not in when["in"]]
    return {"member": when["member"], "in": rest} if rest else None


def _part(when: Json) -> str:
    name = paths.steps(when["member"])[-1]
    return f"{name}:{when['in'][0]}" if "in" in when else name


def _demanded(text: str, sentence: Sentence, context: Context) -> Iterator[Draft]:
    for form in (_ALSO, _ALSO_BE, _REQUIRED):
        match = form.match(text)
        if match is None:
            continue
        when = condition(match["when"], sentence, context)
        then = _subject(match["then"], sentence, context)
        if not when or then is None or (len(then.paths) > 1 and then.joint != "and"):
            continue
        for one in when:
            for path in then.paths:
                if path != one["member"]:
                    must: Json = {"kind": "required", "member": path, "value": True}
                    value: Json = {"when": one, "then": must}
                    yield draft(
                        "required-with", sentence, context, "conditional", value,
                        member=path, part=_part(one),
                    )  # fmt: skip
        return

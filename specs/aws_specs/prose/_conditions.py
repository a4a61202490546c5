"""Rules between members: required when, exclusive, a type that only some values take.

A condition is checkable where its member and its value are found among the members around the
sentence; a condition on anything else is kept as `external` and cannot be checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aws_specs import paths
from aws_specs.page import PageMember
from aws_specs.prose._types import Context, Draft, Sentence, draft
from aws_specs.prose._values import inline, is_loud, unquote
from aws_specs.spec import Json

_NAME = r"[`\"'“]?(?P<name>[A-Za-z][\w.]{1,80})[`\"'”]?"
_REQUIRED = re.compile(
    r"^(?:this (?:parameter|field|member|property|value|attribute|setting|argument)|it"
    r"|[\w ]{2,40})"
    r" (?:is|are) (?:always )?(?:required|mandatory)\.?$|^\(?(?:required|mandatory)\)?\.?$"
)
_IF = re.compile(
    r"^(?P<subject>[^.;]{0,120}?)\b(?:(?:is|are) (?:only )?(?:required|mandatory)|must be"
    r" (?:specified|provided|set|included)|must (?:also )?(?:specify|provide|include)"
    r"(?P<object>[^.;]{1,60}?)) (?:only )?(?:if|when)\b(?P<condition>[^.;]{1,200})"
)
_IF_FIRST = re.compile(
    r"^(?:If|When) (?P<condition>[^,;]{1,160}), (?:then )?(?P<subject>[^,.;]{1,60}?)"
    r" (?:is|are) (?:required|mandatory)\b"
)
_IS = re.compile(
    rf"(?:the )?(?:value of (?:the )?)?{_NAME}"
    r"(?: (?:parameter|field|property|member|value|attribute))?"
    r" (?:is|equals|=|has the value|is set to|are set to|is configured as|is equal to)"
    r" (?:set to |equal to |specified as |either )?(?P<values>[^;]{1,120})$"
)
_PROPERTY_IS = re.compile(
    r"\bif [^.;]{0,120}?the value of the (?P<name>\w{1,60}) (?:property|parameter|field) is"
    r" (?P<values>[A-Z0-9_]{2,60})\b"
)
_PRESENT: Final = ("specified", "provided", "set", "present", "included", "given", "defined")
_TYPES_ONLY = re.compile(
    r" for (?:the )?(?P<values>[A-Z][A-Z0-9_]+(?:,? (?:and |or )?[A-Z][A-Z0-9_]+){0,9})"
    r" (?:endpoint )?types?(?: only)?\.?$"
)
_OF_TYPE = re.compile(
    r"^(?P<value>[A-Z][A-Z0-9_]{1,60}) must be (?:of type |in |an? )?(?P<what>[\w :/-]{2,60})\.?$"
)
_HINT = re.compile(
    r"\bfor an? (?P<value>[A-Z][A-Z0-9_]{1,40}) (?P<what>\w{2,30}), a formatted (?P<form>[A-Z]+)"
)
_BOTH = re.compile(
    r"\b(?:can(?:'t|not)|can not|do not|don't|must not|may not|should not) (?:be )?"
    r"(?:specify|specified|use|used|provide|set|include|supply|contain|have) (?:values )?"
    r"(?:for )?(?:both )?(?P<list>[^.;]{3,200})"
)
_WITH = re.compile(r"\bexclusive (?:with|to)\b")
_SUBJECT = re.compile(r"^(?:(?:this|it) [\w ]{0,20}\bis )?mutually exclusive\b|^(?:this|it) ")
_PAGED: Final = ("marker", "nexttoken", "paginationtoken")
"""What is left out of the first request for a list: none of two members is right there, too."""
_UNION = re.compile(
    r"[Oo]nly one of the following top level keys (?:can|will) be set: (?P<members>.+)"
)
_FORMS: Final = {
    "epoch timestamp": "epoch", "epoch time": "epoch", "unix timestamp": "epoch", "epoch": "epoch",
    "iso 8601": "date-time", "url": "url", "json": "json", "base64": "base64", "arn": "arn",
    "email address": "email",
}  # fmt: skip


def required(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return "this field is required" of a member that is not marked so."""
    if context.member is None or context.member.required or sentence.kind == "item":
        return
    if _REQUIRED.match(sentence.low) and _speaks_of_member(sentence, context):
        yield draft("required", sentence, context, "required", True)


def _speaks_of_member(sentence: Sentence, context: Context) -> bool:
    subject = sentence.low.split(" is ")[0].split(" are ")[0].strip(" ().")
    if subject in ("required", "mandatory", "it") or subject.startswith("this "):
        return True
    return subject.replace(" ", "").removeprefix("the") == context.name.lower()


def required_if(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return "required if X is Y": checkable where X is a member and Y a value."""
    match = _IF.search(sentence.bare) or _IF_FIRST.search(sentence.bare)
    if match is None or context.member is None:
        return
    path = _required_member(match, context)
    if path is None:
        return
    then: Json = {"kind": "required", "member": path, "value": True}
    condition = _condition(match["condition"].strip(), context)
    if condition is not None and condition["member"] != path:
        value = {"when": condition, "then": then}
        yield draft(
            "required-if", sentence, context, "conditional", value,
            member=path, part=_part(condition),
        )  # fmt: skip
        return
    text = match["condition"].strip().rstrip(".")
    yield draft(
        "external", sentence, context, "conditional",
        {"when": {"external": text}, "then": then}, member=path, part="required",
        reason="the condition does not stand in the members of the request",
    )  # fmt: skip


def _required_member(match: re.Match[str], context: Context) -> str | None:
    """Return the path of the member a sentence requires: the one it names, or its own."""
    words = (match.groupdict().get("object") or match["subject"]).strip()
    low = words.lower()
    if any(no in low for no in ("not ", "n't", "no ", "neither", "minimum", "permission")):
        return None
    if low in ("it", "this", "") or low.startswith(("this ", "a value", "the value", "attribute")):
        return context.path
    names = [known[0] for word in re.findall(r"\w+", words) if (known := context.named(word))]
    if len(names) == 1:
        return names[0]
    plain = low.removeprefix("the ").removeprefix("a ").removeprefix("an ")
    return context.path if plain.replace(" ", "") == context.name.lower() else None


def _condition(text: str, context: Context) -> Json | None:
    """Return the condition as JSON where it speaks of a member that can be seen, else None."""
    match = _IS.fullmatch(text.rstrip(". "))
    if match is None:
        return None
    found = context.named(match["name"])
    if found is None or found[0] == context.path:
        return None
    path, member = found
    words = match["values"].strip()
    if words in _PRESENT:
        return {"member": path, "present": True}
    values = _condition_values(words, member)
    return {"member": path, "in": values} if values else None


def _condition_values(words: str, member: PageMember) -> list[Json]:
    if member.type == "boolean":
        word = unquote(words).lower()
        return [word == "true"] if word in ("true", "false") else []
    values = inline(words)
    known = all(v in member.enum for v in values) if member.enum else all(map(is_loud, values))
    return list(values) if member.type == "string" and known else []


def _part(condition: Json) -> str:
    values = condition.get("in", [])
    name = paths.steps(condition["member"])[-1]
    return f"{name}:{values[0]}" if values else name


def property_is(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the hint that a member is of use where another has a value: shapes valid requests."""
    match = _PROPERTY_IS.search(sentence.bare)
    if match is None:
        return
    found = context.named(match["name"])
    if found is None or found[0] == context.path or match["values"] not in found[1].enum:
        return
    value: Json = {
        "when": {"member": found[0], "in": [match["values"]]},
        "then": {"kind": "required", "member": context.path, "value": True},
    }
    yield draft("hint-if", sentence, context, "conditional", value, part=match["values"])


def types_only(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return "… for the A and B types" as unsupported for the types that are not named."""
    match = _TYPES_ONLY.search(sentence.bare)
    if match is None or context.member is None:
        return
    named = inline(match["values"])
    holders = [
        (path, member)
        for path, member in context.visible()
        if member.enum and set(named) <= set(member.enum) and path != context.path
    ]
    if len(holders) != 1 or not named:
        return
    path, member = holders[0]
    others = [value for value in member.enum if value not in named]
    if not others:
        return
    then: Json = {"kind": "unsupported", "member": context.path, "value": {"supported": []}}
    value: Json = {"when": {"member": path, "in": others}, "then": then}
    yield draft("for-types-only", sentence, context, "conditional", value, part=others[0])


def must_be_of_type(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return "DATE must be of type Epoch timestamp": a value of Type that bounds Value."""
    match = _OF_TYPE.match(sentence.bare)
    form = _FORMS.get(match["what"].lower().removesuffix(" format").strip()) if match else None
    if match is None or form is None or match["value"] not in context.enum:
        return
    target = _value_sibling(context)
    if target is not None:
        yield _formed(
            "must-be-of-type", sentence, context, (context.path, match["value"]), target, form
        )


def hint_of_type(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return "for a URL reference, a formatted URL" as a hint where the type is URL."""
    match = _HINT.search(sentence.bare)
    form = _FORMS.get(match["form"].lower()) if match else None
    if match is None or form is None:
        return
    holder = next((p for p, m in _siblings(context) if match["value"] in m.enum), None)
    if holder is not None:
        yield _formed("hint-if", sentence, context, (holder, match["value"]), context.path, form)


def _siblings(context: Context) -> Iterator[tuple[str, PageMember]]:
    for base, members in context.scopes[:1]:
        for member in members:
            yield paths.join(base, member.step), member


def _value_sibling(context: Context) -> str | None:
    return next((path for path, m in _siblings(context) if m.step.lower() == "value"), None)


def _formed(
    family: str, sentence: Sentence, context: Context, when: tuple[str, str], target: str, form: str
) -> Draft:
    value: Json = {
        "when": {"member": when[0], "in": [when[1]]},
        "then": {"kind": "format", "member": target, "value": form},
    }
    return draft(family, sentence, context, "conditional", value, part=when[1])


# ---------------------------------------------------------------- one or the other


def exclusive(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return members of which at most one, or exactly one, may be given."""
    if union := _UNION.search(sentence.bare):
        yield from _union(union["members"], sentence, context)
        return
    low = sentence.low
    mutual = "mutually exclusive" in low or "but not both" in low or "not both" in low
    both = _BOTH.search(low)
    one_of = "only one of" in low or "exactly one of" in low or "one and only one" in low
    if not mutual and not one_of and not (both and "both" in both.group()):
        return
    members = _members(sentence, context)
    if context.member is not None and len(members) == 1 and "with" in low:
        members = [*members, context.path]
    members = list(dict.fromkeys(members))
    if len(members) < 2 or len({paths.parent(p) for p in members}) > 1:
        return
    if _WITH.search(low) and (context.path in members or _SUBJECT.match(low)):
        for other in members:
            if other != context.path and paths.parent(other) == paths.parent(context.path):
                yield _exclusive([context.path, other], sentence, context)
        return
    yield _exclusive(members, sentence, context)


def _exclusive(members: list[str], sentence: Sentence, context: Context) -> Draft:
    low = sentence.low
    exactly = any(
        w in low
        for w in ("must specify", "must provide", "must include", "exactly one", "one and only")
    )
    paged = any(paths.steps(path)[-1].lower() in _PAGED for path in members)
    one = exactly and not paged and not low.startswith("if ")
    value: Json = {"members": sorted(members), "exactly_one": one}
    grouped = len(members) > 2 and "mutually exclusive" not in low and " one of " not in f" {low}"
    hedged = (
        low.startswith(("for ", "to "))
        or grouped  # "A and B or C, but not both"
        or "together with" in low
        or "/" in low
        or any(word in low for word in ("if ", "when ", "unless ", "for example", "should "))
    )
    return draft(
        "exclusive", sentence, context, "exclusive", value,
        member=paths.parent(members[0]), part="+".join(paths.steps(p)[-1] for p in sorted(members)),
        cap=0.6 if hedged else 1.0,
    )  # fmt: skip


def _union(names: str, sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the members of a tagged union, which the generator of the pages lists itself."""
    known = {child.step for child in context.children}
    members = [paths.join(context.path, name) for name in inline(names) if name in known]
    if len(members) > 1:
        yield draft(
            "union", sentence, context, "exclusive",
            {"members": sorted(members), "exactly_one": False}, part="union",
        )  # fmt: skip


def _members(sentence: Sentence, context: Context) -> list[str]:
    """Return the paths of the members the sentence names, in its order."""
    found: list[str] = []
    for at, word in enumerate(re.findall(r"[A-Za-z][\w.]{1,80}", sentence.bare)):
        word = word.rstrip(".")
        known = context.named(word)
        if known and (word in sentence.codes or _is_name(word) or (at and word[0].isupper())):
            found.append(known[0])
    return found


def _is_name(word: str) -> bool:
    """Whether a word is a member's name by its looks: two capitals, or lower then upper case."""
    return any(c.isupper() for c in word[1:]) or "_" in word

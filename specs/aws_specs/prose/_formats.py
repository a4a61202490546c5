"""Formats of text: ARN, base64, ISO 8601, E.164, JSON, URL, e-mail, epoch, UUID.

"Must be base64-encoded" is a rule; "The ARN of the topic" only tells what a good value looks like.
A sentence that offers an alternative ("the name or ARN") states no format at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aws_specs.prose._types import Context, Draft, Sentence, draft
from aws_specs.prose._values import head, is_loud

FORMATS: Final = (
    "arn", "base64", "date-time", "e.164", "email", "epoch", "json", "md5", "url", "uuid",
)  # fmt: skip
"""Every format a rule can name."""

_WORDS: Final = (
    ("arn", re.compile(r"\b(?:arn|amazon resource names?(?: arn)?)\b")),
    ("base64", re.compile(r"\bbase-?64\b")),
    ("date-time", re.compile(r"\biso[- ]?8601\b")),
    ("e.164", re.compile(r"\be\.164\b")),
    ("email", re.compile(r"\be-?mail address(?:es)?\b")),
    ("epoch", re.compile(r"\b(?:unix|epoch)(?: epoch)? (?:time|timestamp|format|seconds)\b")),
    ("json", re.compile(r"\bjson\b")),
    ("url", re.compile(r"\burls?\b(?![- ](?:encod|safe|escap))")),
    ("uuid", re.compile(r"\buuid\b")),
)  # fmt: skip
_MUST = re.compile(
    r"\b(?:must|has to|have to|needs? to) (?:always )?(?:be|use|follow|conform to|have|contain)\b"
    r"|\bshould be\b"
)
_VERB = (
    r"^(?:it's|it is|this is|this value is|this field is|the value is|the timestamp is)"
    r"(?: \w+ed| returned| shown)?"
)
_STATED: Final = {
    "base64": re.compile(rf"{_VERB} base-?64[- ]encoded\b"),
    "date-time": re.compile(rf"{_VERB} in (?:the )?(?:utc )?iso[- ]?8601"),
    "e.164": re.compile(rf"{_VERB} in (?:the )?e\.164\b"),
    "json": re.compile(rf"{_VERB} (?:in json format|json[- ](?:formatted|encoded))"),
    "epoch": re.compile(rf"{_VERB} in (?:unix|epoch)\b"),
}
_SAID: Final = {
    "base64": re.compile(r"\bbase-?64[- ]encoded\b"),
    "date-time": re.compile(
        r"\bin (?:the )?(?:utc )?iso[- ]?8601\b|\biso[- ]?8601 (?:\w+ )?format"
    ),
    "e.164": re.compile(r"\bin (?:the )?e\.164\b|\be\.164 format"),
    "json": re.compile(r"\bin json format|\bjson[- ](?:formatted|encoded|string)\b|\bas json\b"),
    "epoch": re.compile(
        r"\bin (?:unix|epoch)\b|\bunix (?:epoch )?(?:time|timestamp)\b|\bepoch (?:time|seconds)"
    ),
}
_OF: Final = {
    "arn": re.compile(
        r"^(?:the |an? )?(?:full |unique )?(?:arn|amazon resource name)s?(?:,? (?:of|for"
        r"|that|assigned)\b|\.?$)"
    ),
    "url": re.compile(r"^(?:the |an? )?(?:[\w-]+ ){0,2}?url (?:of|to|for|that|where|in)\b"),
    "email": re.compile(r"^(?:the |an? )?(?:[\w-]+ ){0,2}?e-?mail address(?:es)?\b"),
    "uuid": re.compile(r"^(?:the |an? )?uuid (?:of|for|that)\b"),
    "base64": re.compile(r"^(?:the |an? )?base-?64[- ]encoded\b"),
    "json": re.compile(r"^(?:the |an? )?(?:raw, )?json[- ](?:formatted|encoded) string\b"),
}
_OTHERWISE = re.compile(
    r"\b(?:name|names|id|ids|alias|identifier|key|domain|number|prefix),? (?:or|and/or) "
    r"(?:the |its |an? )?"
    r"(?:full )?(?:\w+ )?(?:arn|amazon|url|email|uuid|json|base)"
    r"|\b(?:arn|arns|amazon resource names?|urls?|uuid|json|address(?:es)?),? (?:or|and/or)\b"
    r"|\bor (?:the |its |an? )?(?:\w+ )?(?:name|id|alias|identifier|arn|phone|url)\b"
    r"|\beither\b|/arn|arn/"
)
_HEDGES: Final = (
    "recommend",
    "not required",
    "isn't required",
    "if ",
    "when ",
    "unless ",
    "optional",
    "can be",
    "may be",
)
_DESCRIBED: Final = ("md5",)


def formats(sentence: Sentence, context: Context) -> Iterator[Draft]:
    """Return the format a sentence states of a string (or, for base64, of bytes)."""
    path, kind = _subject(context)
    if kind not in ("string", "bytes", "blob") or _is_recommended(sentence):
        return
    if sentence.kind == "item" and head(sentence.text, sentence.codes):
        return  # a bullet that explains one value
    named = [name for name, pattern in _WORDS if pattern.search(sentence.low)]
    if kind != "string":
        named = [name for name in named if name == "base64"]
    if is_loud(sentence.text.split(" ", 1)[0]) and "must" in sentence.low[:60]:
        return  # "DATE must be …" bounds one value of an enumeration
    if named == ["date-time"] and (
        "duration" in sentence.low or "duration" in context.name.lower()
    ):
        return  # ISO 8601 writes durations as well
    if context.name.lower().endswith("arn") and named != ["arn"]:
        return  # the sentence speaks of what the ARN names
    if len(named) != 1 or sentence.low.startswith(("for example", "example", "for more")):
        return
    yield from _stated(named[0], path, sentence, context)
    if named[0] == "base64" and "md5" in sentence.low:
        yield draft(
            "format-hint", sentence, context, "format", "md5", member=path, part="md5",
            reason="a checksum is right or wrong only with the value it is made of",
        )  # fmt: skip


def _subject(context: Context) -> tuple[str, str]:
    """Return path and type of the text: the items of a list of strings, else the member."""
    if context.type == "list" and [child.type for child in context.children] == ["string"]:
        return f"{context.path}[]", "string"
    return context.path, context.type


def _stated(name: str, path: str, sentence: Sentence, context: Context) -> Iterator[Draft]:
    low = sentence.low
    word = dict(_WORDS)[name].search(low)
    must = _MUST.search(low)
    hedged = low.startswith("for ") or any(hedge in low for hedge in (*_HEDGES, "should"))
    cap = 0.6 if hedged or path != context.path or _has_alternative(low) else 1.0
    family = ""
    if must and word and must.start() < word.start() and word.start() - must.end() < 40:
        between = low[must.end() : word.start()]
        indirect = any(part in between for part in ("with ", "linked", "or ", "deserialized"))
        direct = not indirect and _speaks_of_member(low[: must.start()], context)
        family = "format-must" if direct else "format-hint"
    elif name in _OF and _OF[name].search(low.removeprefix("specifies ").removeprefix("contains ")):
        if _has_alternative(low):
            return
        family = "format-of"
    elif name in _STATED and _STATED[name].search(low):
        family = "format-stated"
    elif name in _SAID and _SAID[name].search(low):
        family = "format-said"
    if family:
        yield draft(family, sentence, context, "format", name, member=path, cap=cap)


def _has_alternative(low: str) -> bool:
    return bool(_OTHERWISE.search(low))


def _speaks_of_member(subject: str, context: Context) -> bool:
    subject = subject.strip()
    for word in ("the entire ", "the ", "this ", "each ", "your ", "all "):
        subject = subject.removeprefix(word)
    if subject in ("it", "value", "values", "message", "string", "parameter", "field", "data", ""):
        return True
    return subject.replace(" ", "").rstrip("s") in context.name.lower() or subject.endswith("value")


def _is_recommended(sentence: Sentence) -> bool:
    return "recommend" in sentence.low

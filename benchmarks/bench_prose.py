"""Measure the prose families on free truth: the constraints of the SDK's own models.

Every member of every structure of the installed botocore is documented in prose, and many carry
machine-readable constraints as well (`min`, `max`, `enum`, `pattern`, `required`). Where a member
has both, the model says whether the family read the sentence right. Enumerations are read *blind*:
without the values that a syntax block would show.

    python benchmarks/bench_prose.py [--services s3,sqs] [--show FAMILY] [--limit N]

prints one row a family: drafts; how many have a truth; how many agree with it (precision); and for
the kinds that can be searched for in the text, how much of what the text says was found (recall).
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore

from aws_specs.page import PageMember
from aws_specs.prose import CONFIDENCE, Draft, find, prose_from_html, split
from aws_specs.spec import DEFAULT_CONFIDENCE

DATA = Path(botocore.__file__).parent / "data"
WORDS = {
    "string": "string", "integer": "integer", "long": "integer", "float": "float",
    "double": "float", "boolean": "boolean", "timestamp": "datetime", "blob": "bytes",
    "structure": "dict", "map": "dict", "list": "list",
}  # fmt: skip
LIMIT_WORDS = re.compile(
    r"\b(?:max|min|limit|up to|at (?:least|most)|more|less|fewer|longer|between|from|range|exceed"
    r"|valid|must|characters|bytes)|\d ?[-–] ?\d"
)
Truth = dict[str, Any]


def models(names: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (service, model) of the newest version of every service."""
    for service in sorted(path for path in DATA.iterdir() if path.is_dir()):
        versions = sorted(service.glob("*/service-2.json*"))
        if versions and (not names or service.name in names):
            raw = versions[-1].read_bytes()
            yield (
                service.name,
                json.loads(gzip.decompress(raw) if versions[-1].suffix == ".gz" else raw),
            )


def sides(model: dict[str, Any]) -> dict[str, str]:
    """Return for every shape the side it is reached from; a shape of both is of the input."""
    shapes, found = model["shapes"], dict[str, str]()
    for side in ("input", "output"):
        stack = [o[side]["shape"] for o in model["operations"].values() if side in o]
        while stack:
            name = stack.pop()
            if name in found:
                continue
            found[name] = side
            shape = shapes[name]
            refs = [*shape.get("members", {}).values()]
            refs += [shape[key] for key in ("member", "key", "value") if key in shape]
            stack.extend(ref["shape"] for ref in refs)
    return found


def member(
    step: str, ref: dict[str, Any], shapes: dict[str, Any], blind: bool, depth: int = 2
) -> PageMember:
    """Return one member as a page would print it, `depth` levels deep; only the top has prose."""
    shape = shapes[ref["shape"]]
    html = ref.get("documentation", shape.get("documentation", "")) if depth == 2 else ""
    below: list[tuple[str, dict[str, Any]]] = []
    if depth:
        below = list(shape.get("members", {}).items())
        for key, name in (("member", "[]"), ("key", "{key}"), ("value", "{}")):
            if key in shape:
                below.append((name, shape[key]))
    return PageMember(
        step=step,
        type=WORDS.get(shape["type"], shape["type"]),
        line=0,
        enum=() if blind else tuple(shape.get("enum", ())),
        prose=prose_from_html(html) if html else (),
        children=tuple(member(name, r, shapes, blind, depth - 1) for name, r in below),
    )


class Row:
    """The counts of one family."""

    def __init__(self) -> None:
        self.count = Counter[str]()
        self.wrong: list[str] = []


def judge(draft: Draft, truth: Truth) -> str:
    """Return "" for no truth, "agree", "loose" (the model is tighter), "tight" or "wrong"."""
    match draft.kind:
        case "length" | "items" | "range":
            return _bounds(draft.value, truth)
        case "enum":
            return _values(set(map(str, draft.value)), truth)
        case "unsupported" if draft.value["supported"] and "enum" in truth:
            known = set(draft.value["supported"]) <= set(truth["enum"])
            return "agree" if known else "wrong"
        case "required":
            return "agree" if truth["required"] else "tight"
        case "format" if draft.value == "arn" and ("pattern" in truth):
            return "agree" if "arn" in truth["pattern"] else "wrong"
        case "default" if not isinstance(draft.value, bool) and draft.checkable is False:
            return _default(draft, truth)
        case _:
            return ""


def _bounds(value: dict[str, Any], truth: Truth) -> str:
    compared = [(k, value[k], truth[k]) for k in ("min", "max") if k in value and k in truth]
    if not compared:
        return ""
    if all(said == known for _, said, known in compared):
        return "agree"
    tight = any(said < known if k == "max" else said > known for k, said, known in compared)
    return "tight" if tight else "loose"


def _values(said: set[str], truth: Truth) -> str:
    if "enum" not in truth:
        return ""
    known = set(truth["enum"])
    if said == known:
        return "agree"
    if not said & known:
        return "wrong"
    return "tight" if said < known else "loose"


def _default(draft: Draft, truth: Truth) -> str:
    if draft.family != "default":
        return ""
    if "enum" in truth:
        return "agree" if draft.value in truth["enum"] else "wrong"
    if isinstance(draft.value, int | float) and ("min" in truth or "max" in truth):
        low, high = truth.get("min", draft.value), truth.get("max", draft.value)
        return "agree" if low <= draft.value <= high else "wrong"
    return ""


def findable(text: str, truth: Truth, kind: str) -> Iterator[str]:
    """Yield the facets of the truth that the text spells out: "max", "min", "enum".

    A bound counts as spelled out where a sentence has both its number and a word of limits.
    """
    if kind in ("string", "bytes", "list", "dict", "integer", "float"):
        bounding = " ".join(s for s in split(text) if LIMIT_WORDS.search(s.lower()))
        numbers = {n.replace(",", "") for n in re.findall(r"(?<![\w.])\d[\d,]*", bounding)}
        if "max" in truth and str(truth["max"]) in numbers:
            yield "max"
        if "min" in truth and truth["min"] not in (0, 1) and str(truth["min"]) in numbers:
            yield "min"
    if "enum" in truth and len(truth["enum"]) > 1:
        words = set(re.findall(r"[\w.:/+*#-]+", text)) | set(re.findall(r"\w+", text))
        if all(value in words for value in truth["enum"]):
            yield "enum"


def measure(names: set[str]) -> tuple[dict[str, Row], Counter[str]]:
    """Run every family over every structure; return the rows and the recall counts."""
    rows: dict[str, Row] = defaultdict(Row)
    recall = Counter[str]()
    for service, model in models(names):
        shapes, side_of = model["shapes"], sides(model)
        for name, shape in shapes.items():
            if shape["type"] == "structure" and name in side_of and not shape.get("exception"):
                _structure(f"{service}.{name}", shape, shapes, side_of[name], rows, recall)
    return rows, recall


def _structure(
    where: str,
    shape: dict[str, Any],
    shapes: dict[str, Any],
    side: str,
    rows: dict[str, Row],
    recall: Counter[str],
) -> None:
    refs = shape.get("members", {})
    truths = {step: truth(step, ref, shape, shapes) for step, ref in refs.items()}
    read: dict[str, set[str]] = defaultdict(set)
    members: tuple[PageMember, ...] = ()
    for blind in (False, True):
        members = tuple(member(step, ref, shapes, blind) for step, ref in refs.items())
        sides = (members, ()) if side == "input" else ((), members)
        for draft in find("", (), *sides):
            if (draft.kind == "enum") == blind:
                _count(draft, where, truths, rows[draft.family], read)
    for one in members:
        text = " ".join(block.text for block in one.prose)
        for facet in findable(text, truths[one.step], one.type):
            recall[f"{facet} said"] += 1
            recall[f"{facet} read"] += facet in read[one.step]
            if facet not in read[one.step]:
                missed = f"{where}.{one.step} ({one.type}) {truths[one.step]}: {text[:700]}"
                rows[f"missed-{facet}"].wrong.append(missed)


def _count(
    draft: Draft, where: str, truths: dict[str, Truth], row: Row, read: dict[str, set[str]]
) -> None:
    """Judge one draft and add it to its family's row and to what was read of the member."""
    top, _, rest = draft.member.partition("[]")
    known = truths.get(top) if rest == "" else None
    if known is not None and draft.member.endswith("[]"):
        known = known.get("item", {})
    verdict = judge(draft, known) if known is not None else ""
    sure = draft.confidence >= DEFAULT_CONFIDENCE and draft.checkable
    row.count["drafts"] += 1
    row.count["sure"] += sure
    row.count[verdict] += 1
    row.count[f"sure-{verdict}"] += sure
    if verdict != "agree":
        place = f"{verdict or 'none':6} {draft.confidence} {where}.{draft.member} {draft.value}"
        row.wrong.append(f"{place} against {known}: {draft.sentence}")
    elif draft.kind == "enum":
        read[top].add("enum")
    elif draft.kind in ("length", "items", "range"):
        read[top] |= {key for key in ("min", "max") if key in draft.value}


def truth(step: str, ref: dict[str, Any], holder: dict[str, Any], shapes: dict[str, Any]) -> Truth:
    """Return what the model states of one member."""
    shape = shapes[ref["shape"]]
    known = {key: shape[key] for key in ("min", "max", "enum", "pattern") if key in shape}
    if isinstance(known.get("max"), int | float) and known["max"] >= 2**31 - 1:
        del known["max"]  # the largest integer is the model's way of saying nothing
    known["required"] = step in holder.get("required", ())
    if "member" in shape:
        item = shapes[shape["member"]["shape"]]
        known["item"] = {k: item[k] for k in ("min", "max", "enum", "pattern") if k in item}
        known["item"]["required"] = True
    return known


def show(rows: dict[str, Row], recall: Counter[str], seconds: float) -> None:
    """Print the table."""
    head = ("family", "confidence", "drafts", "used", "truth", "agree", "loose", "tight", "wrong")
    print("| " + " | ".join((*head, "precision", "of used")) + " |")
    print("|" + " --- |" * (len(head) + 2))
    for family in sorted(set(CONFIDENCE) & set(rows)):
        c = rows[family].count
        total = sum(c[v] for v in ("agree", "loose", "tight", "wrong"))
        sure = sum(c[f"sure-{v}"] for v in ("agree", "loose", "tight", "wrong"))
        cells = (
            family,
            CONFIDENCE[family],
            c["drafts"],
            c["sure"],
            total,
            c["agree"],
            c["loose"],
            c["tight"],
            c["wrong"],
            _share(c["agree"], total),
            _share(c["sure-agree"], sure),
        )
        print("| " + " | ".join(map(str, cells)) + " |")
    for facet in ("max", "min", "enum"):
        said, read = recall[f"{facet} said"], recall[f"{facet} read"]
        print(
            f"recall of {facet}: {read} of {said} that the text spells out ({_share(read, said)})"
        )
    print(f"{seconds:.0f} s", file=sys.stderr)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def main() -> None:
    """Measure, print, and show disagreements of one family on request."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", default="")
    parser.add_argument("--show", default="")
    parser.add_argument("--limit", type=int, default=40)
    parser.add_argument("--dump", default="", help="write every disagreement to this file")
    options = parser.parse_args()
    started = time.perf_counter()
    rows, recall = measure(set(filter(None, options.services.split(","))))
    show(rows, recall, time.perf_counter() - started)
    if options.dump:
        dumped = {family: row.wrong for family, row in rows.items()}
        Path(options.dump).write_text(json.dumps(dumped))
    wrong = rows[options.show].wrong if options.show else []
    for line in random.Random(0).sample(wrong, min(options.limit, len(wrong))):
        print(line)


if __name__ == "__main__":
    main()

"""Judge answers that others recorded of real AWS: every finding on them is a false one.

    python benchmarks/recorded_answers.py placebo:DIR snapshots:DIR cassettes:DIR replays:DIR …

Successes are held against the response shape and status as in a run; errors are judged as the
refusal of an invalid request whose twin succeeded, and their names' classes against what status and
message say (messages are read here, and only here: they are the witness). Prints counts a source,
then each finding; `-v` also each doubt. Needs the four source folders on the path.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from recordings import Recorded, cassettes, placebo, replays, snapshots

from aws_conformance.clerk import Clerk
from aws_conformance.exchange import Request, Response
from aws_conformance.judge import judge
from aws_conformance.matter import Matter
from aws_conformance.reading import Reading, read, service_errors
from aws_conformance.sender import Exchange
from aws_specs import catalog
from aws_specs.error_class import error_class, status_class
from aws_specs.errors import ConformanceError
from aws_specs.spec import Json, Operation, Rule
from aws_strategies.case import Case, Fault
from aws_strategies.plan import Plan

SOURCES: Final[Mapping[str, Callable[[Path], Iterator[Recorded]]]] = {
    "placebo": placebo,
    "snapshots": snapshots,
    "cassettes": cassettes,
    "replays": replays,
}
REQUEST: Final = Request("POST", "/", (("Host", "h"),))
REPLACED: Final = re.compile(r"<[^<>]*>|^[a-z]+([-_][a-z0-9]+)*$", re.IGNORECASE)
"""What a snapshot's transformers put for a value: `<name:1>`, `creation-date`, `datetime`."""

Count = Counter[tuple[str, ...]]


class Measure:
    """Counts of one source: what was judged, what was found."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.counts: Counter[str] = Counter()
        self.found: Count = Counter()
        self._operations: dict[str, Operation] = {}
        self._errors: dict[str, Mapping[str, object]] = {}

    def operation(self, name: str) -> Operation | None:
        """Return an operation's spec, read once; None where there is none."""
        if name not in self._operations:
            try:
                self._operations[name] = catalog.load(name)
            except ConformanceError:
                return None
        return self._operations[name]

    def take(self, one: Recorded) -> None:
        """Judge one recorded answer."""
        operation = self.operation(f"{one.service}.{one.operation}") if one.operation else None
        if one.code or one.status >= 300:
            self._class(one)
        if operation is None:
            self.counts["operation unknown"] += 1
            return
        reading, answer = self._reading(operation, one)
        self.counts[reading.kind] += 1
        if reading.kind == "success":
            self._success(operation, reading, answer)
        elif reading.kind == "error" and reading.status < 500:
            self._refusal(operation, reading)

    def _reading(self, operation: Operation, one: Recorded) -> tuple[Reading, Response]:
        answer = one.response or Response(
            one.status, (("content-range", "bytes"),) * (one.status == 206)
        )
        if one.response is not None:
            return read(operation, answer, service_errors(operation)), answer
        if one.value is not None:
            return Reading(kind="success", status=one.status, value=one.value), answer
        wire = encoded(operation, one)
        return read(operation, wire, service_errors(operation)), wire

    # ------------------------------------------------------------ successes

    def _success(self, operation: Operation, reading: Reading, answer: Response) -> None:
        case = Case(id="x", operation=operation.id, kind="valid", params={})
        exchange = Exchange(case, REQUEST, answer, reading)
        if reading.unreadable:
            self.found["finding", operation.id, "unreadable", reading.unreadable[:80]] += 1
        for verdict in Clerk(Plan(operation)).answered(exchange):
            self.counts["rules"] += 1
            if verdict.verdict == "pass" or self._replaced(reading.value, verdict.observed):
                continue
            kind = "finding" if verdict.verdict == "fail" else "doubt"
            self.found[kind, verdict.rule, verdict.reason, verdict.observed[:90]] += 1

    def _replaced(self, value: Json, observed: str) -> bool:
        """Whether what is wrong was put there by whoever recorded it."""
        if self.source != "snapshots" or not observed.startswith("/"):
            return False
        here = value
        for step in observed.partition(" ")[0].strip("/").split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            try:
                here = here[int(name)] if isinstance(here, list) else here[name]
            except (KeyError, IndexError, TypeError, ValueError):
                return False
        decoded = isinstance(here, dict | list) and observed.endswith(("an object", "a list"))
        return decoded or (isinstance(here, str) and REPLACED.search(here) is not None)

    # ------------------------------------------------------------ errors

    def _class(self, one: Recorded) -> None:
        """Hold the class of an error's name against what its status and its message say."""
        code = one.code
        if not code or code.isdigit():
            return
        self.counts["named errors"] += 1
        said, due = error_class(code), witnesses(one)
        if said == "other":
            self.counts["unclassified"] += 1
        elif due and said not in due:
            self.counts["class doubted"] += 1
            self.found[
                "doubt", f"{one.service} {code}", f"{said} / {one.status}", one.message[:70]
            ] += 1

    def _refusal(self, operation: Operation, reading: Reading) -> None:
        """Judge an error as the answer to each kind of broken rule that its class fits."""
        rules = {r.kind: r for r in operation.rules if r.side == "input" and r.member}
        for kind in ("required", "length", "enum"):
            if kind in rules and reading.error_class == "validation":
                ruling = judge(matter(operation, rules[kind], reading))
                self.counts["refusals"] += 1
                if ruling.verdict == "fail":
                    what = f"{reading.status} {reading.code}"
                    self.found["finding", f"{operation.id} {kind}", ruling.reason, what] += 1


def matter(operation: Operation, rule: Rule, answer: Reading) -> Matter:
    """Return an error as the answer to an invalid request whose twin succeeded."""
    fault = Fault(op="replace", at="/x", member=rule.member, what="x", old="a", new="b")
    case = Case(
        id="x", operation=operation.id, kind="invalid", params={}, rule=rule.id, fault=fault
    )
    twin = Reading(kind="success", status=200, value={})
    return Matter(operation=operation, case=case, rule=rule, answer=answer, twin=twin)


WORDS: Final[Mapping[str, re.Pattern[str]]] = {
    "validation": re.compile(r"validation error|failed to satisfy|must (be|have|contain|match)|"
                             r"invalid|malformed|not valid|is required|not well-formed", re.I),
    "not-found": re.compile(r"not (be )?found|does(n't| not) exist|no such|not exist", re.I),
    "conflict": re.compile(r"already|in use|conflict|pending|in progress|state|precondition", re.I),
    "denied": re.compile(r"not (authorized|permitted|allowed|enabled)|access denied", re.I),
    "quota": re.compile(r"limit|maximum|exceed|too (many|large|long)|longer than", re.I),
    "throttled": re.compile(r"rate exceeded|too many requests|throttl", re.I),
}  # fmt: skip


def witnesses(one: Recorded) -> set[str]:
    """Return the classes that an error's status or message speaks for."""
    found = {label for label, words in WORDS.items() if words.search(one.message)}
    status = status_class(one.status)
    return found | {status} if one.status != 400 and status != "validation" else found


def encoded(operation: Operation, one: Recorded) -> Response:
    """Return an error as its protocol carries it, for recordings that kept only its name."""
    protocol = operation.wire.protocol
    if operation.wire.method == "HEAD" or one.code.isdigit():
        return Response(one.status)
    if protocol in ("json", "rest-json"):
        kind = "application/x-amz-json-1.1" if protocol == "json" else "application/json"
        body = json.dumps({"__type": one.code, "message": one.message}).encode()
        return Response(one.status, (("content-type", kind),), body)
    error = f"<Error><Code>{one.code}</Code><Message/></Error>"
    wrapped = f"<ErrorResponse>{error}</ErrorResponse>"
    if protocol == "ec2":
        wrapped = f"<Response><Errors>{error}</Errors></Response>"
    return Response(one.status, (("content-type", "text/xml"),), wrapped.encode())


def main() -> int:
    """Run the measurement and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", nargs="+", metavar="FORM:DIR")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    findings = 0
    for source in options.sources:
        form, _, folder = source.partition(":")
        measure = Measure(form)
        for one in SOURCES[form](Path(folder)):
            measure.take(one)
        print(
            f"{form} {Path(folder).name}: "
            + ", ".join(f"{n} {k}" for k, n in measure.counts.most_common())
        )
        totals = Counter[str]()
        for (kind, *what), count in sorted(measure.found.items()):
            totals[kind] += count
            if kind == "finding" or options.verbose:
                print(f"  {count:5} {kind}: {' · '.join(what)}")
        print(f"  {totals['finding']} findings, {totals['doubt']} doubts")
        findings += totals["finding"]
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

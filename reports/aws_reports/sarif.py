"""SARIF 2.1.0: findings as code-scanning alerts on the documentation pages that state the rules.

Locations are relative to the catalogue of pages (`PAGES`). Only findings that gate are results;
known deviations are results with a suppression, as SARIF has it (3.35), so that viewers fold them.
Source: OASIS, Static Analysis Results Interchange Format 2.1.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote

import msgspec

from aws_reports.faults import change
from aws_reports.redact import redacted
from aws_reports.results import Results
from aws_reports.sources import KIND_WORDS, place, sentence
from aws_reports.summary import Finding, headline, percent, summarise
from aws_reports.visible import one_line
from aws_specs.spec import ModelSource, PageSource, Source

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
SHOWN_RESULTS: Final = 5_000
"""GitHub shows at most 5,000 results of a run."""
TEXT_LIMIT: Final = 1_000


def render(results: Results) -> bytes:
    """Return the findings as a SARIF log in UTF-8."""
    summary = summarise(redacted(results))
    findings = (*summary.findings, *summary.known)[:SHOWN_RESULTS]
    rules = {finding.rule: finding for finding in findings}
    index = {rule: number for number, rule in enumerate(rules)}
    run: dict[str, Any] = {
        "tool": {"driver": _driver(summary.results, rules.values())},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"PAGES": {"description": {"text": "The catalogue of pages."}}},
        "invocations": [_invocation(summary.results)],
        "results": [_result(finding, index[finding.rule]) for finding in findings],
        "properties": {
            "headline": one_line(headline(summary)),
            "target": one_line(summary.results.target),
            "seed": summary.results.seed,
            "conformance": percent(summary.numbers.conformance),
            "coverage": percent(summary.numbers.coverage),
        },
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=2) + b"\n"


def _driver(results: Results, findings: Iterable[Finding]) -> dict[str, Any]:
    name, _, version = one_line(results.tool).partition(" ")
    driver: dict[str, Any] = {"name": name or "aws-conformance"}
    if version:
        driver["version"] = version
    return {**driver, "rules": [_rule(finding) for finding in findings]}


def _rule(finding: Finding) -> dict[str, Any]:
    first = finding.first
    words = KIND_WORDS.get(first.kind, first.kind)
    return {
        "id": one_line(finding.rule, TEXT_LIMIT) or "rule",
        "shortDescription": {"text": one_line(f"{first.member or 'The request'} {words}")},
        "fullDescription": {"text": one_line(sentence(first.source), TEXT_LIMIT) or "–"},
        "properties": {"kind": one_line(first.kind), "operation": one_line(first.operation)},
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    first = finding.first
    told = f"{first.reason}: expected {first.expected}, observed {first.observed}."
    sent = f" Sent {change(first)}." if change(first) else ""
    says = f" The contract says: {sentence(first.source)} ({place(first.source)})"
    result: dict[str, Any] = {
        "ruleId": one_line(finding.rule, TEXT_LIMIT) or "rule",
        "ruleIndex": index,
        "level": "note" if first.baseline else "error",
        "message": {"text": one_line(told + sent + says, 2 * TEXT_LIMIT)},
        "locations": [_location(first.source)],
        "occurrenceCount": len(finding.verdicts),
        "partialFingerprints": {"ruleAndReason/v1": _fingerprint(finding)},
        "properties": {
            "reason": one_line(finding.reason),
            "cases": [one_line(v.case, TEXT_LIMIT) for v in finding.verdicts[:20]],
        },
    }
    if first.baseline:
        why = one_line(first.baseline, TEXT_LIMIT)
        result["suppressions"] = [{"kind": "external", "justification": why}]
    return result


def _fingerprint(finding: Finding) -> str:
    text = f"{finding.rule}\n{finding.reason}".encode("utf-8", "backslashreplace")
    return sha256(text).hexdigest()


def _location(source: Source) -> Mapping[str, Any]:
    match source:
        case PageSource():
            file = source.file.lstrip("/").encode("utf-8", "backslashreplace")
            uri = quote(file, safe="/._-~") or "page"
            physical: dict[str, Any] = {"artifactLocation": {"uri": uri, "uriBaseId": "PAGES"}}
            if source.line > 0:
                physical["region"] = {"startLine": source.line}
            return {"physicalLocation": physical}
        case ModelSource():
            return _logical(f"{source.shape}.{source.trait}", "type")
        case _:
            return _logical(source.protocol, "namespace")


def _logical(name: str, kind: str) -> Mapping[str, Any]:
    return {"logicalLocations": [{"fullyQualifiedName": one_line(name) or "–", "kind": kind}]}


def _invocation(results: Results) -> Mapping[str, Sequence[Any] | Any]:
    invocation: dict[str, Any] = {
        "executionSuccessful": results.exit_code in (0, 1),
        "exitCode": results.exit_code,
    }
    if results.stopped:
        invocation["exitCodeDescription"] = one_line(results.stopped)
    return invocation

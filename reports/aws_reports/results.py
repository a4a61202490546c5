"""What a run found, as values: the results file and the numbers every report shows.

`results.json` is `Results` as JSON; `results.schema.json` beside this module is its published JSON
Schema. Conformance and coverage are counted in *rules*, always shown together, never added:

* a rule is **broken** if any of its verdicts is a finding that is neither flaky nor in the
baseline,
  **kept** if at least one verdict passes and none fails, **undecided** otherwise;
* conformance = kept / (kept + broken);
* coverage = (kept + broken) / all rules that a request can check.
"""

from __future__ import annotations

from typing import Literal

from aws_specs.spec import Json, Source, Value

VERSION = 1

Outcome = Literal["pass", "fail", "inconclusive", "unimplemented", "error"]


class Message(Value, frozen=True):
    """One side of an exchange as shown to people: credentials and signatures are already removed.

    `start` is "PUT /path?query" of a request or "200" of a response; `body` is text, with bytes
    that are not UTF-8 escaped, cut at 16 KiB (`size` is the whole length in bytes).
    """

    start: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    size: int = 0


class Evidence(Value, frozen=True):
    """What was sent and what came back; `answer` is None where nothing came (see `silence`)."""

    request: Message
    answer: Message | None = None
    silence: str = ""
    milliseconds: float = 0.0


class Reproducer(Value, frozen=True):
    """How to send the request again by hand. Empty where a tool cannot express it."""

    curl: str = ""
    boto3: str = ""
    cli: str = ""


class ScenarioStep(Value, frozen=True, kw_only=True):
    """One step of a scenario: what it does in words, the operation, its parameters, the answer."""

    does: str
    operation: str
    sent: Json = None
    answer: str = ""


class Verdict(Value, frozen=True, kw_only=True):
    """What one exchange says of one rule.

    `reason` is a kebab-case code; `row` names the row of the judge's table that decided; `expected`
    and `observed` are short sentences; `evidence`,
    `twin` and `reproducer` are kept for every finding and for the first of each kind of doubt.
    `steps` are what led there where one request alone shows nothing; the last one shows it.
    """

    case: str
    operation: str
    rule: str
    kind: str
    member: str
    verdict: Outcome
    reason: str
    expected: str
    observed: str
    source: Source
    case_kind: str
    row: str = ""
    fault: str = ""
    old: Json = None
    new: Json = None
    hint: str = ""
    evidence: Evidence | None = None
    twin: Evidence | None = None
    reproducer: Reproducer | None = None
    confirmed: bool | None = None
    flaky: bool = False
    baseline: str = ""
    steps: tuple[ScenarioStep, ...] = ()


class OperationResult(Value, frozen=True, kw_only=True):
    """One operation's share of a run. `rules` are the ids of all rules that a request can check.

    `binds` are the `--bind service.Member=VALUE` arguments that would make it decidable.
    """

    operation: str
    state: Literal["decided", "partly", "undecided", "unimplemented", "error", "stopped"]
    rules: tuple[str, ...]
    kinds: dict[str, str]
    requests: int = 0
    reason: str = ""
    binds: tuple[str, ...] = ()
    page: str = ""
    unchecked: tuple[tuple[str, str], ...] = ()
    """Rules no request can check from outside: (rule id, reason)."""


class StaleEntry(Value, frozen=True):
    """A baseline entry that no longer fails (or has expired), so that it should be removed."""

    rule: str
    reason: str


class Results(Value, frozen=True, kw_only=True):
    """One run. Times are ISO 8601 in UTC; `seed` reproduces the examples."""

    version: int = VERSION
    tool: str
    sdk: str
    target: str
    started: str
    finished: str
    seed: int
    examples: int
    source: str
    strict: bool = False
    requests: int = 0
    stopped: str = ""
    """Why the run ended early ("budget", "interrupted"), or empty."""
    operations: tuple[OperationResult, ...]
    verdicts: tuple[Verdict, ...]
    stale: tuple[StaleEntry, ...] = ()
    exit_code: int = 0

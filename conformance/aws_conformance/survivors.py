"""The reviewed reasons why a fault is not a finding: `survivors.toml`, and when an entry holds."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from importlib.resources import files

import msgspec

from aws_conformance.selftest_trial import Trial
from aws_specs.paths import from_steps, shape_at, steps
from aws_specs.spec import Operation, Structure, Value


class Explained(Value, frozen=True, kw_only=True):
    """A reviewed entry: faults (a glob) that cannot be seen or named from outside, and why.

    `doubt` limits it to trials in which the suite itself left the fault's rule (or the control)
    undecided for that reason; `page` to operations with or without a page; `stream` to members of
    an event stream. `strict` promises that the fault is found and named with `--strict`: the trial
    is made again, and the entry explains nothing where the promise is not kept.
    """

    fault: str
    reason: str
    doubt: str = ""
    strict: bool = False
    page: bool | None = None
    stream: bool = False

    def fits(self, trial: Trial, operation: Operation) -> bool:
        """Return whether the entry is about a trial."""
        return (
            fnmatchcase(trial.fault, self.fault)
            and (not self.doubt or self.doubt in trial.doubts)
            and (self.page is None or self.page == (operation.page is not None))
            and (not self.stream or _streams(operation, trial.member))
        )


def _streams(operation: Operation, member: str) -> bool:
    """Whether a member of the response is an event stream or stands in one."""
    parts = steps(member)
    above = (shape_at(operation.output, from_steps(parts[:n])) for n in range(1, len(parts) + 1))
    return any(isinstance(shape, Structure) and shape.eventstream for shape in above)


def explained() -> tuple[Explained, ...]:
    """Return the reviewed entries of `survivors.toml`."""
    text = files("aws_conformance").joinpath("survivors.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text).get("explained", []), tuple[Explained, ...])

"""Preferring: an operation's cases are built on values of enums that the target takes.

A request carries the first value of every enum, and a target that refuses this one value must not
hide everything that stands beside it: the smallest request itself, or whatever else a structure
has. So where a value is refused and another one is accepted, cases are made anew with the other
one; that the first is refused is found where it is a value's turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice, product
from typing import TYPE_CHECKING, Any, Final

from aws_conformance.reading import Reading
from aws_conformance.sender import Exchange
from aws_specs.errors import ConformanceError
from aws_specs.paths import occurrences
from aws_specs.spec import Json
from aws_strategies.build import NoValueError, member_name, with_tokens
from aws_strategies.case import Case
from aws_strategies.cover import Cover
from aws_strategies.kinds import broken

if TYPE_CHECKING:
    from aws_conformance.operation_run import OperationRun

_COMBINED: Final = 12
"""How many requests are tried in which several enums have other values."""

_LED: Final = 32
"""How many requests are tried as messages suggest."""

_READ: Final = 400
"""How much of a message is read."""

_WORD: Final = re.compile(r"[A-Za-z0-9_]+")

_ROUNDS: Final = 3
"""How often values are looked through: one that is accepted may be what another one needs."""


def other_control(run: OperationRun, control: Exchange) -> Exchange:
    """Return an accepted control with other values of its enums where the first is refused.

    Where the refusal speaks of such a member, its value is the one to exchange: a message decides
    nothing, but may say what to try. Else values are exchanged one at a time, then several
    together.
    """
    if not _refused(control.reading):
        return control
    paths = _enums(run, run.cover.control)
    told = _told(run, control.reading, paths)
    if told is not None:
        return _rebuilt(run, told)
    for path in paths:
        for value in _others(run, path):
            if _accepted(run, run.cover.case(_identity(run, path, value))):
                return _rebuilt(run, {path: value})
    for number, values in enumerate(islice(_combined(run, paths), _COMBINED)):
        if _accepted(run, _with(run, values, str(number))):
            return _rebuilt(run, values)
    return control


def prefer_accepted(run: OperationRun) -> None:
    """Let requests be built on other values of enums where the first of one is refused.

    Asks only where the request with the first value of every enum is refused while the control is
    not: what is sent then are the parts of that request, and of the later ones.
    """
    pack = run.cover.case(f"{run.operation.id}~enums~0")
    if pack is None or pack.id in run.done or not _in_the_way(run.exchange(pack).reading):
        return
    for _ in range(_ROUNDS):
        found = _exchangeable(run)
        if found is None:
            return
        _rebuilt(run, found)


def _exchangeable(run: OperationRun) -> dict[str, Json] | None:
    """Return an enum whose first value is refused, with a value that is accepted; None without.

    Those whose requests have the fewest other enums come first: they may be what others wait for.
    """
    first = {
        path: case
        for path, values in run.cover.enum_values().items()
        if len(values) > 1 and (case := run.cover.case(_identity(run, path, values[0])))
    }
    for path in sorted(first, key=lambda path: len(_enums(run, first[path]))):
        if not _in_the_way(run.exchange(first[path]).reading):
            continue
        for value in _others(run, path):
            if _accepted(run, run.cover.case(_identity(run, path, value))):
                return {path: value}
    return None


def _told(run: OperationRun, reading: Reading, paths: Sequence[str]) -> dict[str, Json] | None:
    """Return the values to which the messages of refusals lead, one after the other."""
    values: dict[str, Json] = {}
    left = {path: iter(_others(run, path)) for path in paths}
    for number in range(_LED):
        path = next((path for path in paths if _speaks_of(reading.message, path)), None)
        value = next(left[path], None) if path is not None and _refused(reading) else None
        if path is None or value is None:
            return None
        values[path] = value
        case = _with(run, values, f"told~{number}")
        if case is not None:
            reading = run.exchange(case).reading
        if reading.kind == "success":
            return values
    return None


def _speaks_of(message: str, path: str) -> bool:
    name = member_name(path)
    return name.lower() in {word.lower() for word in _WORD.findall(message[:_READ])}


# ---------------------------------------------------------------- requests to try


def _enums(run: OperationRun, case: Case) -> list[str]:
    """Return the paths of the enums that a request has a value of."""
    paths = run.cover.enum_values()
    return [path for path in paths if next(occurrences(case.params, path), None) is not None]


def _others(run: OperationRun, path: str) -> Sequence[Json]:
    return (run.plan.domain(path).values or ())[1:]


def _identity(run: OperationRun, path: str, value: Json) -> str:
    rule = run.plan.rule(path, "enum")
    return f"{run.operation.id}~only~{rule.id if rule else ''}={value}"


def _combined(run: OperationRun, paths: Sequence[str]) -> Iterator[dict[str, Json]]:
    """Yield other values for several enums: for all of them the next, then for each two of them."""
    others = {path: values for path in paths if (values := _others(run, path))}
    if len(others) > 1:
        for number in range(max(map(len, others.values()))):
            yield {path: values[number % len(values)] for path, values in others.items()}
    if len(others) > 2:
        for pair in combinations(others, 2):
            for values in product(*(others[path] for path in pair)):
                yield dict(zip(pair, values, strict=True))


def _with(run: OperationRun, values: Mapping[str, Json], name: str) -> Case | None:
    """Return the smallest valid request with some values, None where there is none."""
    identity = f"{run.operation.id}~values~{name}"
    try:
        params: dict[str, Any] = run.cover.builder.request((), values)
    except NoValueError:
        return None
    if broken(run.plan, params, surely=False):
        return None
    with_tokens(run.plan, params, identity, run.cover.nonce)
    return Case(id=identity, operation=run.operation.id, kind="valid", params=params)


# ---------------------------------------------------------------- what comes of it


def _refused(reading: Reading) -> bool:
    return reading.kind == "error" and reading.error_class == "validation"


def _in_the_way(reading: Reading) -> bool:
    """Whether a valid request is refused, with whatever error: the control beside it is not."""
    return reading.kind == "error" and reading.error_class not in ("denied", "throttled")


def _accepted(run: OperationRun, case: Case | None) -> bool:
    try:
        return case is not None and run.exchange(case).reading.kind == "success"
    except ConformanceError:
        return False


def _rebuilt(run: OperationRun, values: Mapping[str, Json]) -> Exchange:
    """Make all cases anew with preferred values; return the exchange of the new control."""
    for path, value in values.items():
        run.plan.prefer(path, value)
    # Other requests than before: their tokens must be others, too.
    run.cover = Cover(run.plan, nonce="-".join((run.cover.nonce, *map(str, values.values()))))
    run.exchanges = {}
    return run.exchange(run.cover.control)

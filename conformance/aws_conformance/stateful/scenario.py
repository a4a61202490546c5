"""Scenarios as people read them: the steps in words, and a boto3 script that takes them again.

What a step hands on from an earlier answer stands in the script as such (`answers[1]['QueueUrl']`),
so that the script works in any account; names that the suite chose are literal. What the things are
made in is made first (`answers['before 1']`), so that nothing has to be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from aws_conformance.bootstrap import Sent
from aws_conformance.exchange import Target
from aws_conformance.reproduce import literal
from aws_conformance.stateful.acts import Act, Step
from aws_conformance.targets import wiring
from aws_conformance.wire.values import to_boto, unwrap
from aws_reports.results import Reproducer, ScenarioStep
from aws_specs import sdk
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.spec import Json

_SHORTEST: Final = 4
"""Characters of the shortest text that is taken for one handed on."""


def steps_of(steps: Sequence[Step]) -> tuple[ScenarioStep, ...]:
    """Return the steps as the results have them."""
    several = sum(step.act.does in ("create", "duplicate") for step in steps) > 1
    return tuple(
        ScenarioStep(
            does=_does(step.act, several=several),
            operation=step.act.operation,
            sent=step.exchange.case.params,
            answer=step.exchange.reading.short(),
        )
        for step in steps
    )


def _does(act: Act, *, several: bool) -> str:
    name = act.operation.partition(".")[2]
    if act.does == "duplicate":
        return f"{name} again"
    later = f" {act.after:.0f} seconds later" if act.after else ""
    thing = f" of thing {act.thing + 1}" if several and act.does != "create" else ""
    return f"{name}{thing}{later}"


def reproducer(target: Target, steps: Sequence[Step], before: Sequence[Sent] = ()) -> Reproducer:
    """Return the boto3 script of a scenario; one request alone would show nothing.

    `before` are the requests that made what it takes.
    """
    foreign = (sent.operation.partition(".")[0] for sent in before)
    services = dict.fromkeys((*foreign, *(step.exchange.request.service for step in steps)))
    clients = "".join(_client(target, service) for service in services if service)
    calls = "".join(_calls(steps, before))
    return Reproducer(boto3=_HEAD + clients + _STEP + calls)


_HEAD: Final = """\
import datetime
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

config = Config(parameter_validation=False, retries={'total_max_attempts': 1})
clients = {}
answers = {}
"""

_STEP: Final = """\


def step(number, service, method, **arguments):
    try:
        answers[number] = getattr(clients[service], method)(**arguments)
        outcome = 'success'
    except ClientError as error:
        answers[number] = error.response
        outcome = error.response['Error'].get('Code', '')
    status = answers[number]['ResponseMetadata']['HTTPStatusCode']
    print(number, method, status, outcome)


"""


def _client(target: Target, service: str) -> str:
    wired = wiring(target, service)
    host = urlsplit(wired.endpoint).hostname or ""
    own = host.endswith((".amazonaws.com", ".api.aws", ".amazonaws.com.cn"))
    dummies = "" if own else "    aws_access_key_id='test',\n    aws_secret_access_key='test',\n"
    return (
        f"clients[{service!r}] = boto3.client(\n    {service!r},\n"
        f"    region_name={wired.region!r},\n    endpoint_url={wired.endpoint!r},\n"
        f"    config=config,\n{dummies})\n"
    )


def _calls(steps: Sequence[Step], before: Sequence[Sent]) -> Iterator[str]:
    known: dict[str, Reference] = {}
    for number, sent in enumerate(before, 1):
        place = f"before {number}"
        yield _call(place, sent.operation, sent.params, known)
        _learn(known, sent.params, None)
        _learn(known, sent.answer, f"answers[{place!r}]")
    for number, step in enumerate(steps, 1):
        if step.act.after:
            yield f"time.sleep({step.act.after!r})\n"
        yield _call(number, step.act.operation, step.exchange.case.params, known)
        if step.exchange.reading.kind == "success":
            _learn(known, step.exchange.case.params, None)
            _learn(known, step.exchange.reading.value, f"answers[{number}]")


def _call(number: int | str, operation: str, params: Json, known: Mapping[str, Reference]) -> str:
    """Return one call, with what earlier answers hold in place of literals."""
    service, _, name = operation.partition(".")
    values = _linked(_values(service, name, params), known)
    arguments = "".join(f"    {key}={literal(value, 1)},\n" for key, value in values.items())
    method = sdk.method_of_operation(name)
    return f"step(\n    {number!r},\n    {service!r},\n    {method!r},\n{arguments})\n"


class Reference:
    """A value of an earlier answer, written as Python."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        """Return the expression."""
        return self.text


def _learn(known: dict[str, Reference], value: Json, place: str | None) -> None:
    """Note where texts of an answer stand; what a request gave itself (`place` None) is literal."""
    if is_object(value):
        for key, item in value.items():
            _learn(known, item, f"{place}[{key!r}]" if place is not None else None)
    elif is_list(value):
        for number, item in enumerate(value):
            _learn(known, item, f"{place}[{number}]" if place is not None else None)
    elif isinstance(value, str) and len(value) >= _SHORTEST:
        known.setdefault(value, Reference(place if place is not None else repr(value)))


def _linked(value: Any, known: Mapping[str, Reference]) -> Any:
    if is_object(value):
        return {key: _linked(item, known) for key, item in value.items()}
    if is_list(value):
        return [_linked(item, known) for item in value]
    return known.get(value, value) if isinstance(value, str) else value


def _values(service: str, name: str, params: Json) -> dict[str, Any]:
    """Return the parameters as boto3 takes them."""
    model: Any = sdk.operation_model(service, name)
    if model.input_shape is None:
        return dict(params)
    found: dict[str, Any] = unwrap(to_boto(model.input_shape, params))
    return found


__all__ = ["reproducer", "steps_of"]

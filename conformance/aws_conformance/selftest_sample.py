"""Which operations of the SDK a selftest draws, and the protocol in which each is spoken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice, zip_longest
from typing import Any

from msgspec.structs import replace

from aws_conformance.emulator.state import identifier
from aws_specs import catalog, sdk
from aws_specs.errors import UsageError
from aws_specs.spec import Operation, Value

SHARES: Mapping[str, int] = {
    "rest-json": 30,
    "json": 20,
    "query": 15,
    "ec2": 10,
    "rest-xml": 10,
    "smithy-rpc-v2-cbor": 15,
}
"""How much of a sample each protocol gets, in hundredths: the small ones get more than they have.

Of the SDK's operations, one in two hundred has only CBOR and one in fifty XML in its body."""


class Drawn(Value, frozen=True):
    """One operation of a sample, and the protocol in which it is to be spoken."""

    operation: str
    protocol: str


OF_EACH: tuple[Drawn, ...] = (
    Drawn("kms.Encrypt", "json"),
    Drawn("iam.CreateRole", "query"),
    Drawn("ec2.CreateKeyPair", "ec2"),
    Drawn("route53.AssociateVPCWithHostedZone", "rest-xml"),
    Drawn("cloudwatch.SetAlarmState", "smithy-rpc-v2-cbor"),
)
"""Small operations, one of each protocol that no page of the catalogue is of: tested with them."""


def sampled(count: int, seed: int = 0, protocol: str = "") -> tuple[Drawn, ...]:
    """Return so many operations of the SDK, some of every protocol, of as many services as may be.

    With `protocol` all are of that one. An operation is drawn for each protocol that its service's
    model lists, not only for the one that the SDK would choose: nearly all that speak CBOR can be
    spoken to in JSON too. The order of services is drawn from the seed; each gives one operation,
    then each a second one.
    """
    counts = {protocol: count} if protocol else _shared_out(count)
    services = sorted(sdk.services(), key=lambda name: identifier(seed, name)) if count else ()
    offered: dict[str, list[list[str]]] = {name: [] for name in counts}
    for service in services:
        model: Any = sdk.service_model(service)  # botocore is untyped
        names = sorted(model.operation_names, key=lambda n: identifier(seed, service, n))
        for name in spoken(service):
            if name in counts and len(offered[name]) < counts[name]:
                offered[name].append([f"{service}.{one}" for one in names])
    return tuple(
        Drawn(operation, name)
        for name, lists in offered.items()
        for operation in islice(_in_rounds(lists), counts[name])
    )


def _shared_out(count: int) -> dict[str, int]:
    """Return how many operations each protocol gets, by `SHARES`, all together `count`."""
    counts: dict[str, int] = {}
    left, parts = count, sum(SHARES.values())
    for name, share in SHARES.items():
        counts[name] = round(left * share / parts)
        left, parts = left - counts[name], parts - share
    return counts


def _in_rounds(lists: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the first of each list, then the second of each, and so on."""
    return (name for name in chain.from_iterable(zip_longest(*lists)) if name)


def spoken(service: str) -> tuple[str, ...]:
    """Return the protocols in which a service can be spoken to, as its model lists them."""
    model: Any = sdk.service_model(service)
    return tuple(model.metadata.get("protocols") or (model.metadata.get("protocol"),))


def operation_in(name: str, protocol: str = "") -> Operation:
    """Return the spec of an operation, with the protocol in which it is to be spoken.

    Raises `UsageError` for a protocol that the service's model does not list.
    """
    operation = catalog.load(name)
    if protocol in ("", operation.wire.protocol):
        return operation
    offered = spoken(operation.service)
    if protocol not in offered:
        raise UsageError(
            f"{operation.service} does not speak {protocol}",
            hint=f"Its model lists {', '.join(offered)}.",
        )
    return replace(operation, wire=replace(operation.wire, protocol=protocol))

"""The targets: everything a request can be sent to, behind one small protocol.

`open_target` takes what a user types: `emulator`, `moto`, `aws` or a URL. Each kind is loaded when
it is asked for, so that a run against a URL needs neither moto nor an AWS session.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from aws_conformance.exchange import Target
from aws_specs.errors import UsageError, closest
from aws_specs.spec import Value

if TYPE_CHECKING:
    from aws_conformance.targets.aws import AwsTarget, open_aws
    from aws_conformance.targets.limiting import Budget, BudgetSpentError, Rate
    from aws_conformance.targets.moto import MotoTarget
    from aws_conformance.targets.url import Limits, UrlTarget
    from aws_conformance.wire.signing import Credentials

__all__ = [
    "AwsTarget",
    "Budget",
    "BudgetSpentError",
    "Limits",
    "MotoTarget",
    "Options",
    "Rate",
    "UrlTarget",
    "Wiring",
    "open_aws",
    "open_target",
    "wiring",
]

_HOMES: Final[Mapping[str, str]] = {
    "AwsTarget": "aws",
    "open_aws": "aws",
    "Budget": "limiting",
    "BudgetSpentError": "limiting",
    "Rate": "limiting",
    "MotoTarget": "moto",
    "Limits": "url",
    "UrlTarget": "url",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


class Options(Value, frozen=True, kw_only=True):
    """What a user may say about a target. `profile` and `allow` are for `aws` alone.

    Without a region it is the profile's, else us-east-1. `allow` are the account ids that may be
    used; `bindings` are values the target has, by `service.Member`; `faults` are the rules that the
    built-in emulator is to break; `reset` is the path of a URL target that empties it.
    """

    region: str = ""
    profile: str = ""
    allow: tuple[str, ...] = ()
    bindings: Mapping[str, str] = MappingProxyType({})
    faults: tuple[str, ...] = ()
    limits: Limits | None = None
    reset: str = ""


class Wiring(Value, frozen=True):
    """What a request to a target is encoded and signed with."""

    endpoint: str
    credentials: Credentials
    region: str


def open_target(name: str, options: Options | None = None) -> Target:
    """Return the target a user means by `emulator`, `moto`, `aws`, a URL or `replay:FILE`.

    Raises `UsageError` for anything else and `TargetError` for one that may not be used.
    """
    options = options or Options()
    if name.startswith("replay:"):
        return _open_replay(name.removeprefix("replay:"))
    if "://" in name:
        return _open_url(name, options)
    if name not in _OPENERS:
        raise UsageError(
            f"no target {name!r}",
            hint=closest(name, _OPENERS) or f"Give a URL or one of {', '.join(sorted(_OPENERS))}.",
        )
    return _OPENERS[name](options)


def _open_replay(file: str) -> Target:
    from pathlib import Path

    from aws_conformance.recording import read
    from aws_conformance.targets.recording import ReplayTarget

    return ReplayTarget(read(Path(file)))


def _open_url(url: str, options: Options) -> Target:
    from aws_conformance.targets.url import UrlTarget

    return UrlTarget(url, limits=options.limits, bindings=options.bindings, reset=options.reset)


def _open_moto(options: Options) -> Target:
    from aws_conformance.targets.moto import MotoTarget

    return MotoTarget(region=options.region or "us-east-1", bindings=options.bindings)


def _open_aws(options: Options) -> Target:
    from aws_conformance.targets.aws import open_aws

    return open_aws(options)


def _open_emulator(options: Options) -> Target:
    emulator: Any = importlib.import_module("aws_conformance.emulator")
    target: Target = emulator.emulator_target(faults=options.faults)
    return target


_OPENERS: Final[Mapping[str, Callable[[Options], Target]]] = {
    "aws": _open_aws,
    "emulator": _open_emulator,
    "moto": _open_moto,
}


def wiring(target: Target, service: str) -> Wiring:
    """Return where requests of a service go and what they are signed with.

    A target that knows better has a method `wiring(service)`; all others get their one endpoint
    and the dummy credentials.
    """
    from aws_conformance.wire.signing import DUMMY

    own: Callable[[str], Wiring] | None = getattr(target, "wiring", None)
    return own(service) if own is not None else Wiring(target.endpoint, DUMMY, "us-east-1")

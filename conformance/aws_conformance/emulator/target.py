"""The emulator as a target of the suite: in this process, without sockets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from aws_conformance.emulator.app import Emulator
from aws_conformance.exchange import Answer, Request, Silence, Target
from aws_specs.spec import Operation

ENDPOINT: Final = "http://127.0.0.1:4599"
"""Where reproducers are sent: the default port of `aws-conformance serve`."""


class EmulatorTarget:
    """Answers requests from an emulator of its own."""

    name = "emulator"
    endpoint = ENDPOINT

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.bindings: Mapping[str, str] = emulator.bindings

    def send(self, request: Request) -> Answer:
        """Return the emulator's answer; a defect of the emulator is silence of kind "crash"."""
        try:
            return self.emulator.handle(request)
        except Exception as error:
            return Silence(kind="crash", detail=f"{type(error).__name__}: {error}")

    def close(self) -> None:
        """Do nothing: there is nothing to release."""


def emulator_target(
    faults: Sequence[str] = (),
    *,
    operations: Iterable[Operation] | None = None,
    seed: int = 0,
) -> Target:
    """Return a target with a fresh emulator of the catalogue, or of the operations given.

    Raises `UsageError` with the closest match for a fault that cannot be injected.
    """
    return EmulatorTarget(Emulator(operations, faults=faults, seed=seed))

"""The built-in emulator: the reference target, which keeps every rule unless told otherwise.

It needs no account, no network and no container, and validates by the exported JSON Schemas, not by
the code that makes the suite's cases.
"""

from aws_conformance.emulator.app import Emulator
from aws_conformance.emulator.faults import FAULTS, fault_ids
from aws_conformance.emulator.server import Server, serve
from aws_conformance.emulator.target import emulator_target

__all__ = ["FAULTS", "Emulator", "Server", "emulator_target", "fault_ids", "serve"]

"""`aws-conformance serve`: the built-in emulator over HTTP."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Mapping
from types import FrameType

import click

from aws_conformance.cli.output import show
from aws_specs.errors import TargetError, UsageError


@click.command(short_help="Serve the built-in emulator over HTTP.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=4599, metavar="PORT",
    help="The port on 127.0.0.1 (default 4599); 0 takes a free one.",
)  # fmt: skip
@click.option(
    "--fault", "faults", metavar="RULE", multiple=True,
    help="Break one rule, by its id, RULE=VALUE to refuse an enum value, or VERB:RULE. Repeatable.",
)  # fmt: skip
@click.option("--list-faults", is_flag=True, help="Print every fault there is, and end.")
def serve(port: int, faults: tuple[str, ...], list_faults: bool) -> int:
    """Serve the reference emulator on 127.0.0.1 until Ctrl-C.

    It keeps every rule of the catalogue, unless told to break one: so you can see what a finding
    looks like, and whether it is found.

    \b
    Examples:
      aws-conformance serve
      aws-conformance serve --port 0 --fault connect.CreateContact/input/Name/length
      aws-conformance serve --list-faults
    """
    if list_faults:
        return _list_faults()
    from aws_conformance.emulator import serve as start

    try:
        server = start(port, faults)
    except TargetError as error:
        raise UsageError(error.message, hint=error.hint) from error
    signal.signal(signal.SIGTERM, _stop)
    with server:
        show(f"aws-conformance emulator at {server.url}, Ctrl-C ends it")
        for fault in faults:
            show(f"  breaks {fault}")
        show("It knows these values; test it with them, in another terminal:")
        show(_run_command(server.url, server.emulator.bindings))
        sys.stdout.flush()
        try:
            server.wait()
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
    return 0


def _run_command(url: str, bindings: Mapping[str, str]) -> str:
    """Return the command that tests the server with the ids it has."""
    told = {n: value for n, value in bindings.items() if not _is_told_shorter(n, value, bindings)}
    options = [f"--bind {shlex.quote(f'{name}={value}')}" for name, value in told.items()]
    return " \\\n    ".join([f"  aws-conformance run --target {url}", *options])


def _is_told_shorter(name: str, value: str, bindings: Mapping[str, str]) -> bool:
    """Whether `service.Member` says the same: it stands for every member of that name."""
    service, _, path = name.partition(".")
    short = f"{service}.{path.rpartition('.')[2]}"
    return short != name and bindings.get(short) == value


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _list_faults() -> int:
    from aws_conformance.emulator import fault_ids
    from aws_specs import catalog

    for name in catalog.names():
        for fault in fault_ids(catalog.load(name)):
            show(fault)
    return 0

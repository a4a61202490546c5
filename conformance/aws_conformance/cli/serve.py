"""`aws-conformance serve`: the built-in emulator over HTTP."""

from __future__ import annotations

import signal
import sys
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
      aws-conformance run --target http://127.0.0.1:4599     # in another terminal
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
        sys.stdout.flush()
        try:
            server.wait()
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _list_faults() -> int:
    from aws_conformance.emulator import fault_ids
    from aws_specs import catalog

    for name in catalog.names():
        for fault in fault_ids(catalog.load(name)):
            show(fault)
    return 0

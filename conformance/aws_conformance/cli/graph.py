"""`aws-conformance specs graph`: which operation yields what another one needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from aws_conformance.cli.output import show
from aws_specs.errors import UsageError

if TYPE_CHECKING:
    from aws_specs.graph import Chain, Graph


@click.command(short_help="Show which operations make what others need.")
@click.argument("service", metavar="SERVICE")
def graph(service: str) -> None:
    """Print, for each operation of SERVICE, the chain that makes what it requires.

    One line an operation: its name, the operations to run first, the values it takes from them, and
    what nobody yields, with the `--bind` to give. The share that can be made ready stands last, on
    stderr.

    \b
    Examples:
      aws-conformance specs graph sqs
      aws-conformance specs graph connect | grep missing
    """
    from pathlib import Path

    from aws_conformance.bootstrap import Graphs
    from aws_conformance.config import find, merge
    from aws_specs import sdk

    sdk.service_model(service)
    found = Graphs(merge(find(Path.cwd()), {}).chains)(service)
    if found is None:
        raise UsageError(f"no graph of {service!r}")
    chains = {name: found.chain(name) for name in sorted(found.nodes)}
    for name, chain in chains.items():
        show("\t".join(_line(name, chain, found)))
    click.echo(_share(chains.values()), err=True)


def _line(name: str, chain: Chain, found: Graph) -> Iterator[str]:
    yield name
    yield " → ".join(step.operation for step in chain.steps) or "-"
    yield ", ".join(f"{t.path} = {t.step}:{_at(t.side, t.at)}" for t in chain.takes) or "-"
    binds = " ".join(f"--bind {found.service}.{need.path}=VALUE" for need in chain.missing)
    if binds:
        yield f"missing: {binds}"


def _at(side: str, path: str) -> str:
    return f"<{path}" if side == "input" else path


def _share(chains: object) -> str:
    from collections.abc import Iterable
    from typing import cast

    every = list(cast("Iterable[Chain]", chains))
    lacking = sum(bool(chain.missing) for chain in every)
    made = sum(bool(chain.steps) and not chain.missing for chain in every)
    share = 100 * (len(every) - lacking) // max(1, len(every))
    return (
        f"{len(every)} operations: {len(every) - lacking - made} need nothing, {made} get what they"
        f" need, {lacking} lack something ({share} % can be made ready)"
    )

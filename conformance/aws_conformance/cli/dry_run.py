"""The dry run: what a run of the same settings would send, and what each request may do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from aws_conformance.cli.output import show

if TYPE_CHECKING:
    from aws_conformance.bootstrap import Graphs
    from aws_conformance.config import Config
    from aws_specs.graph import Graph
    from aws_specs.spec import Operation


def print_requests(names: Sequence[str], config: Config) -> int:
    """Print the requests of the cover, one a line: method, path, case, and what it may do.

    What is made for them first, and how it goes again, stands before them. An operation that is not
    spoken has a line that says why in their place. Returns the exit code.
    """
    from aws_conformance.bootstrap import Graphs
    from aws_conformance.stateful.running import alone, foreseen, wanted

    graphs, count = Graphs(config.chains), 0
    for name in names if not alone(config) else ():
        for line, is_request in _lines(name, config, graphs):
            show(line)
            count += is_request
    lives = tuple(foreseen(config, names)) if wanted(config) else ()
    for line in lives:
        show(line)
    more = f", and about {2 * config.examples} examples an operation" if config.examples else ""
    more += f", and those of {len(lives)} kinds of things that live" if lives else ""
    click.echo(f"{count} requests{more}; nothing was sent", err=True)
    return 0


def _lines(name: str, config: Config, graphs: Graphs) -> Iterator[tuple[str, bool]]:
    """Yield the lines of one operation, and whether each is a request of its cover."""
    from aws_conformance.cli.portable import planned, request
    from aws_conformance.hazards import effect_of
    from aws_conformance.openings import bootstraps
    from aws_specs import catalog

    chosen = catalog.select(catalog.load(name), config.source)
    operation = catalog.speaking(chosen, config.protocol)
    if why := _unspoken(operation, config):
        yield f"(not sent)\t-\t{operation.id}\t{why}", False
        return
    making = bootstraps(config)
    graph = graphs(operation.service) if making or config.target == "aws" else None
    for step in _steps(name, graph, config) if making and graph is not None else ():
        yield step, False
    endpoint = config.target if "://" in config.target else "http://127.0.0.1:4599"
    for case in planned(operation, config):
        made = request(operation, case, config, endpoint)
        what = f"{made['method']}\t{made['path']}" if made else "(cannot be sent)\t-"
        yield f"{what}\t{case.id}\t{effect_of(operation, case.kind, graph)}", True


def _unspoken(operation: Operation, config: Config) -> str:
    """Return why a run of these settings would send nothing of an operation, "" where it would."""
    from aws_conformance.unspoken import why_unspoken

    def bearer() -> bool:
        from aws_conformance.targets.aws import has_token

        return has_token(config.profile)

    return why_unspoken(operation, real=config.target == "aws", bearer=bearer)


def _steps(name: str, graph: Graph, config: Config) -> Iterator[str]:
    """Yield a line for each thing that is made before an operation is tested."""
    from aws_specs import catalog
    from aws_strategies.plan import Plan

    given = Plan(catalog.load(name), bindings=config.bind).bindings
    for step in graph.chain(name, given=given, finding=config.target != "aws").steps:
        remover = graph.remover(step.operation) if step.made else None
        after = f"removed by {remover[0].id}" if remover else "is left behind"
        said = f"makes something: {after}" if step.made else "only looks"
        yield f"(bootstrap)\t-\t{step.operation}\t{said}"

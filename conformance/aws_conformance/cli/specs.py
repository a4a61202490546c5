"""`aws-conformance specs`: what the catalogue holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from aws_conformance.cli.build import build
from aws_conformance.cli.diff import diff
from aws_conformance.cli.export import export
from aws_conformance.cli.graph import graph
from aws_conformance.cli.options import meant
from aws_conformance.cli.output import json_line, show

if TYPE_CHECKING:
    from aws_specs.spec import Operation, Rule


@click.group(short_help="List and show the specs of operations.")
def specs() -> None:
    """Look at the specs: the contracts that runs test.

    \b
    Examples:
      aws-conformance specs list
      aws-conformance specs show connect.CreateContact --rules
      aws-conformance specs diff 'page:*' 'model:*'
    """


specs.add_command(build)
specs.add_command(diff)
specs.add_command(graph)
specs.add_command(export)


@specs.command("list", short_help="Name the operations of the catalogue.")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("-l", "--long", is_flag=True, help="Also print the number of rules and the page.")
def list_(names: tuple[str, ...], long: bool) -> None:
    """Print the name of every operation with a spec, one a line.

    NAME limits the list: a glob ('connect.*') is tried on all operations of the SDK where the
    catalogue has none that match; a service ('connect') stands for all of its operations.
    """
    from aws_specs import catalog

    for name in meant(names):
        show(_long(catalog.load(name)) if long else name)


def _long(operation: Operation) -> str:
    checkable = sum(rule.checkable for rule in operation.rules)
    page = operation.page.file if operation.page else "(no page)"
    return f"{operation.id}\t{checkable}/{len(operation.rules)} rules\t{page}"


@specs.command("show", short_help="Print the spec of an operation.")
@click.argument("name", metavar="NAME")
@click.option("--nodes", is_flag=True, help="Print what its page lists: one JSON line a member.")
@click.option("--rules", is_flag=True, help="Print its rules: one JSON line a rule.")
def show_(name: str, nodes: bool, rules: bool) -> None:
    """Print the spec of NAME (service.Operation, globs allowed) as JSON.

    The rules are what runs test. Each has its id, the member it is about, its kind and value, its
    source (file, line and sentence of a page, or model, shape and trait of the SDK), how sure the
    reading of it is (rules below 0.75 are shown but not tested) and whether a request can check it
    at all.

    \b
    Examples:
      aws-conformance specs show connect.CreateContact
      aws-conformance specs show connect.CreateContact --rules | jq 'select(.kind=="enum")'
    """
    from aws_specs import catalog, pagination, store

    if nodes and rules:
        raise click.UsageError("give --nodes or --rules, not both")
    for found in catalog.resolve((name,)):
        operation = catalog.load(found)
        if rules:
            for rule in (*operation.rules, *pagination.rules(operation)):
                show(json_line(rule_line(rule)))
        elif nodes:
            for node in _nodes(operation):
                show(json_line(node))
        else:
            show(store.dump(operation).decode(), end="")


def rule_line(rule: Rule) -> dict[str, Any]:
    """Return a rule as `specs show --rules` prints it."""
    import msgspec

    def source(value: object) -> dict[str, Any]:
        fields: dict[str, Any] = msgspec.to_builtins(value)
        return {key: item for key, item in fields.items() if key != "from"}

    line: dict[str, Any] = {
        "id": rule.id,
        "side": rule.side,
        "member": rule.member,
        "kind": rule.kind,
        "value": rule.value,
        "source": source(rule.source),
        "confidence": rule.sure,
        "checkable": rule.checkable,
        "reason": rule.reason,
    }
    others = [{"value": s.value, "source": source(s.source)} for s in rule.statements[1:]]
    return {**line, "also": others} if others else line


def _nodes(operation: Operation) -> Iterator[dict[str, object]]:
    from aws_conformance.cli.pages import decoded
    from aws_specs import catalog
    from aws_specs.nodes import page_nodes
    from aws_specs.printed import printed_page
    from aws_specs.readers import read_page

    file = operation.page.file if operation.page else ""
    page = catalog.page_files().get(file)
    if page is None:
        return page_nodes(printed_page(operation.service, operation.name))
    return page_nodes(read_page(decoded(page.read_bytes(), file), file=file))

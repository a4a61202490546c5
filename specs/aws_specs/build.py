"""Specs of whole services, made two ways and held against each other.

One way is the page that the installed SDK's documentation generator writes, read like any other
page; the other is the SDK's model. One service at a time is in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from aws_specs import generated, sdk
from aws_specs.agree import UNEXPLAINED, Difference, Disagreement, Node, disagreements
from aws_specs.binding import Bound
from aws_specs.extract import merge
from aws_specs.from_model import operation_from_model
from aws_specs.nodes import page_nodes
from aws_specs.page import Page
from aws_specs.printed import printed_page
from aws_specs.readers import read_page
from aws_specs.spec import Operation, Value

COUNTED: Final = (
    "operations", "input", "output", "required", "input enums", "output enums", "errors", "tokens",
    "unions", "recursions",
)  # fmt: skip
"""What a tally counts, in the order of the table. "input" and "output" are printed members."""


class Built(Value, frozen=True):
    """One operation made both ways: its page as read, the model's account of it, where they differ.

    `text` is the page's source.
    """

    service: str
    name: str
    text: str
    page: Page
    model: Page
    disagreements: tuple[Disagreement, ...]

    def spec(self) -> Operation:
        """Return the spec: what the page states, bound to the model."""
        bound = Bound(operation_from_model(self.service, self.name), self.model)
        return merge(self.page, self.text, bound)


class Tally(Value, frozen=True):
    """What the operations of a service add up to; `classes` count differences by their class."""

    service: str
    client: str
    counts: Mapping[str, int]
    classes: Mapping[str, int]
    unexplained: tuple[tuple[str, Difference], ...] = ()


def build(service: str, *, cache: Path | None = None) -> Iterator[Built]:
    """Yield every operation of a service, made both ways.

    `cache` is the folder that keeps generated pages. Raises `UsageError` for an unknown service.
    """
    for made in generated.pages(service, cache=cache):
        page = read_page(made.text, file=f"pages/{service}/{made.method}.rst")
        model = printed_page(service, made.operation)
        yield Built(
            service=service,
            name=made.operation,
            text=made.text,
            page=page,
            model=model,
            disagreements=disagreements(page_nodes(page), page_nodes(model)),
        )


def tally(service: str, operations: Iterable[Built]) -> Tally:
    """Return what the operations of a service add up to, as their member lists print it."""
    counts: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    unexplained: list[tuple[str, Difference]] = []
    for built in operations:
        counts.update(_counts(page_nodes(built.page), built.page.elided))
        for found in built.disagreements:
            classes[found.kind] += 1
            if found.kind == UNEXPLAINED:
                unexplained.append((f"{service}.{built.name}", found.difference))
    return Tally(
        service=service,
        client=sdk.client_of_service(service),
        counts=dict(counts),
        classes=dict(classes),
        unexplained=tuple(unexplained),
    )


def total(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of tallies; a client that two services name is counted once.

    (`sms-voice` is `pinpoint-sms-voice`.)
    """
    counts: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    unexplained: tuple[tuple[str, Difference], ...] = ()
    clients: set[str] = set()
    for one in tallies:
        if one.client in clients:
            continue
        clients.add(one.client)
        counts.update(one.counts)
        classes.update(one.classes)
        unexplained += one.unexplained
    return Tally(
        service="all",
        client="",
        counts=dict(counts),
        classes=dict(classes),
        unexplained=unexplained,
    )


def forget() -> None:
    """Let go of what was read of a service, before the next."""
    sdk.forget_models()
    generated.forget()


def _counts(nodes: Iterable[Node], elided: Sequence[str]) -> Iterator[str]:
    """Yield what each node counts as, once for the operation itself.

    Of a side that the page leaves out, in part or whole, nothing is counted.
    """
    yield "operations"
    for node in nodes:
        side = str(node["side"])
        match side:
            case "input" | "output" if side in elided:
                continue
            case "input" | "output":
                yield side
                yield from (word for trait, word in _TRAITS.items() if node.get(trait))
                if node.get("enum"):
                    yield f"{side} enums"
            case "error":
                yield "errors"
            case _:
                yield "gaps"


_TRAITS: Final = {
    "required": "required",
    "autopopulated": "tokens",
    "union": "unions",
    "recursive": "recursions",
}

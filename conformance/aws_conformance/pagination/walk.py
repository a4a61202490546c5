"""Following tokens from page to page, until there is no more, or no end to it.

A walk never claims anything: it says which pages came and how it ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal

from aws_conformance.pagination.compare import canonical, distinct
from aws_specs import pagination as reading
from aws_specs.pagination import Page, Pagination
from aws_specs.spec import Json, Value
from aws_strategies.case import Case

if TYPE_CHECKING:
    from aws_conformance.operation_run import OperationRun
    from aws_conformance.sender import Exchange

BARREN: Final = 20
"""After so many pages without an item, each with a new token, a walk is given up."""

_SEVERAL: Final = 2

End = Literal["end", "repeats", "same-page", "overfull", "barren", "long", "refused"]
"""How a walk ended.

end: there was no token. repeats: a token came that had been sent already. same-page: each page has
the same items. overfull: many more items came than there are. barren: pages without items and
without end. long: there are more pages than are worth the requests. refused: a page is no success.
"""


class Walk(Value, frozen=True):
    """The exchanges of a walk with their pages (of those that are a success), and how it ended."""

    exchanges: tuple[Exchange, ...]
    pages: tuple[Page, ...]
    end: End

    @property
    def items(self) -> tuple[Json, ...]:
        """The items of all pages, joined.

        A second list that each page has as a whole is about the request, not of the page
        (GetMetricData's Messages): it counts once.
        """
        beside = {canonical(list(page.items[page.count :])) for page in self.pages}
        if len(self.pages) < _SEVERAL or len(beside) > 1:
            return tuple(item for page in self.pages for item in page.items)
        listed = tuple(item for page in self.pages for item in page.items[: page.count])
        return (*listed, *self.pages[0].items[self.pages[0].count :])

    @property
    def last(self) -> Exchange:
        """The last exchange."""
        return self.exchanges[-1]

    @property
    def fullest(self) -> int:
        """The number of the page with the most items in its first list."""
        return max(range(len(self.pages)), key=lambda number: self.pages[number].count)

    @property
    def tokens(self) -> tuple[Mapping[str, Json], ...]:
        """The tokens that the pages hand out."""
        return tuple(page.next for page in self.pages if page.next is not None)


class Walker:
    """Walks the pages of one operation; every walk has cases with ids of its own."""

    def __init__(self, run: OperationRun, pagination: Pagination, base: Mapping[str, Json]) -> None:
        self.run = run
        self.pagination = pagination
        self.base = base

    def walk(self, name: str, limit: Json = None, *, pages: int, items: int = 0) -> Walk:
        """Follow tokens over at most so many pages with items, `items` being how many there are."""
        exchanges: list[Exchange] = []
        found: list[Page] = []
        seen: list[Mapping[str, Json]] = []
        tokens: Mapping[str, Json] = {}
        while True:
            exchange = self.send(f"{name}~{len(exchanges) + 1}", tokens, limit)
            exchanges.append(exchange)
            if exchange.reading.kind != "success":
                return Walk(tuple(exchanges), tuple(found), "refused")
            page = reading.page(self.pagination, exchange.reading.value)
            found.append(page)
            end = _end(found, seen, pages, items)
            if end is not None or page.next is None:
                return Walk(tuple(exchanges), tuple(found), end or "end")
            tokens = page.next
            seen.append(tokens)

    def send(self, name: str, tokens: Mapping[str, Json], limit: Json = None) -> Exchange:
        """Send the request for one page."""
        run, rule = self.run, reading.rule_name(self.run.operation.id, "join")
        params = {**self.base, **tokens}
        if limit is not None:
            params[self.pagination.limit] = limit
        case = Case(
            id=f"{run.operation.id}/pagination~{name}",
            operation=run.operation.id,
            kind="sequence",
            params=params,
            rule=rule,
        )
        return run.exchange(case)


def _end(pages: list[Page], seen: list[Mapping[str, Json]], most: int, items: int) -> End | None:
    """Return how a walk ends after the last of its pages, None where it goes on."""
    last = pages[-1]
    if last.next is None:
        return "end"
    if last.next in seen:
        return "repeats"
    if _barren(pages):
        return "barren"
    if _stuck(pages):
        return "same-page"
    if items and sum(len(page.items) for page in pages) > 2 * items + 1:
        return "overfull" if _again(pages, items) else "long"
    return "long" if sum(bool(page.items) for page in pages) >= most else None


def _again(pages: list[Page], items: int) -> bool:
    """Whether what comes on too many pages is the same over and over, and no longer list."""
    return len({canonical(item) for page in pages for item in page.items}) <= items


def _barren(pages: list[Page]) -> bool:
    return len(pages) >= BARREN and not any(page.items for page in pages[-BARREN:])


def _stuck(pages: list[Page]) -> bool:
    """Whether three pages on end have the very same items, each a thing of its own."""
    three = [[canonical(item) for item in page.items] for page in pages[-3:]]
    return len(three) == 3 and three[0] == three[1] == three[2] and distinct(pages[-1].items)

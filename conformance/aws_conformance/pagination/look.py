"""What a walk over an operation's pages says of each rule on pages: pure, from walks to rulings.

What is stated is held against what came; what is not stated is never a finding. A page may be
empty or have fewer items than the limit allows (AWS documents both), and a list may change while it
is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from aws_conformance.pagination.compare import Difference, difference, repeated, shown
from aws_conformance.pagination.walk import End, Walk
from aws_conformance.reading import Reading
from aws_conformance.recording import NOT_RECORDED
from aws_conformance.sender import Exchange
from aws_reports.results import Outcome
from aws_specs.pagination import Pagination
from aws_specs.spec import Json, Value

SMALL: Final = 20
"""So many items are in every whole: a list that ends sooner without a token is not cut."""

_LISTS: Final = re.compile(r"\.(List|Describe)")


class Look(Value, frozen=True):
    """One look at the pages: the whole, and the pages that `limit` makes of it (None: no pages).

    `why` says why there are no pages, as a reason code; `hint` what to do about it.
    """

    whole: Walk
    limit: Json = None
    paged: Walk | None = None
    why: str = ""
    said: str = ""
    hint: str = ""

    @property
    def walk(self) -> Walk:
        """The walk over several pages, where there is one; else the whole."""
        return self.paged if self.paged is not None else self.whole


class Said(Value, frozen=True):
    """What a look says of one rule: as a verdict has it, with the exchange that shows it."""

    part: str
    verdict: Outcome
    reason: str
    observed: str
    expected: str
    exchange: Exchange
    hint: str = ""


def say(operation: str, pagination: Pagination, look: Look) -> Iterator[Said]:
    """Yield what a look says of how pages join, of the limit, and of the end."""
    yield _ends(operation, pagination, look)
    if pagination.limit:
        yield _limited(pagination, look)
    yield _joined(pagination, look)


# ---------------------------------------------------------------- the end


_ENDLESS: Final[Mapping[End, str]] = {
    "repeats": "a token comes again that has been sent before",
    "same-page": "page after page has the same items, each with a token for the next",
    "overfull": "there are tokens for ever more pages, with more items than there are",
    "barren": "there are tokens for ever more pages, without items",
}
_END: Final = "the pages come to an end"


def _ends(operation: str, pagination: Pagination, look: Look) -> Said:
    walks = [walk for walk in (look.paged, look.whole) if walk is not None]
    walk = next((walk for walk in walks if walk.end in _ENDLESS), walks[0])
    last = walk.last
    if walk.end in _ENDLESS and not _excused(operation, pagination, walk):
        return Said("terminates", "fail", "pagination", _ENDLESS[walk.end], _END, last)
    if walk.end == "end":
        said = f"{_pages(len(walk.pages))}, and no token on the last"
        return Said("terminates", "pass", "ends", said, _END, last)
    reason = _undecided(last.reading) if walk.end == "refused" else "too-many-pages"
    said = f"given up after {_pages(len(walk.pages))}"
    return Said("terminates", "inconclusive", reason, said, _END, last)


def _excused(operation: str, pagination: Pagination, walk: Walk) -> bool:
    """Whether pages without end may still be as documented.

    Clients of the SDK's paginators give up on a token that repeats; no convention forbids one that
    stands for a place on the server. A search may find nothing for a long time.
    """
    if walk.end == "repeats":
        return not pagination.known and len(walk.pages) > 1 and bool(walk.pages[-1].items)
    return walk.end == "barren" and _LISTS.search(operation) is None


def _pages(count: int) -> str:
    return f"{count} pages" if count != 1 else "1 page"


def _counted(count: int) -> str:
    return f"{count} items" if count != 1 else "1 item"


# ---------------------------------------------------------------- the limit


def _limited(pagination: Pagination, look: Look) -> Said:
    most = _counted(int(look.limit or 0))
    expected = f"at most {most} on a page where {pagination.limit} is {look.limit}"
    walk = look.paged
    if walk is None or not walk.pages:
        expected = f"no more items on a page than {pagination.limit} allows"
        return _open("limit", look, expected)
    fullest = walk.pages[walk.fullest].count
    exchange = walk.exchanges[walk.fullest]
    if fullest > int(look.limit):
        said = f"{_counted(fullest)} on a page where {pagination.limit} is {look.limit}"
        if not pagination.maximum:
            return Said("limit", "inconclusive", "not-a-maximum", said, expected, exchange)
        return Said("limit", "fail", "pagination", said, expected, exchange)
    said = f"{_counted(fullest)} on the fullest of {_pages(len(walk.pages))}"
    return Said("limit", "pass", "limited", said, expected, exchange)


# ---------------------------------------------------------------- joining


def _joined(pagination: Pagination, look: Look) -> Said:
    count = _counted(len(look.whole.items))
    expected = f"the pages join to the whole of {count}: none is lost, none comes twice"
    walk = look.walk
    if walk.end == "refused":
        return _refused(look, walk, expected)
    if walk.pages and walk.pages[-1].more and walk.pages[-1].next is None and walk.items:
        said = f"{pagination.more} is true on the last page, and there is no token for the next"
        return Said("join", "fail", "pagination", said, expected, walk.last)
    if walk.end in _ENDLESS:
        said = f"given up after {_pages(len(walk.pages))}"
        return Said("join", "inconclusive", "endless", said, expected, walk.last)
    if look.paged is None:
        return _whole_alone(look, expected)
    found = difference(look.whole.items, look.paged.items)
    if found.twice or (found.lost and walk.end == "end"):
        return Said("join", "fail", "pagination", _apart(found), expected, walk.last)
    return _tolerated(look, look.paged, found, expected)


def _whole_alone(look: Look, expected: str) -> Said:
    """Return what the pages of the whole say by themselves: nothing comes twice."""
    pages, twice = len(look.whole.pages), repeated(look.whole.items)
    if pages < 2 or look.whole.end != "end":
        return _open("join", look, expected)
    if twice:
        said = f"twice: {shown(twice)}"
        return Said("join", "fail", "pagination", said, expected, look.whole.last)
    said = f"nothing comes twice on {_pages(pages)}; what is lost, nothing shows"
    return Said("join", "inconclusive", "one-page", said, expected, look.whole.last)


def _tolerated(look: Look, walk: Walk, found: Difference, expected: str) -> Said:
    if found.vague:
        said = "the items have nothing that identifies them, and change from one listing to another"
        return Said("join", "inconclusive", "no-identity", said, expected, walk.last)
    if found.extra and look.whole.end == "end" and len(walk.items) <= SMALL and walk.end == "end":
        return Said("join", "fail", "pagination", _apart(found), expected, walk.last)
    if found.extra:
        return Said("join", "inconclusive", "whole-is-cut", _apart(found), expected, walk.last)
    if walk.end != "end":
        said = f"given up after {_pages(len(walk.pages))}"
        return Said("join", "inconclusive", "too-many-pages", said, expected, walk.last)
    if len(walk.pages) < 2:
        said = "the whole came on one page although a limit was given"
        return Said("join", "inconclusive", "one-page", said, expected, walk.last)
    said = f"{_pages(len(walk.pages))} join to the whole of {_counted(len(look.whole.items))}"
    return Said("join", "pass", "joined", said, expected, walk.last)


def _apart(found: Difference) -> str:
    parts = (
        ("lost", found.lost),
        ("twice", found.twice),
        ("on a page, and not in the whole", found.extra),
    )
    return "; ".join(f"{word}: {shown(texts)}" for word, texts in parts if texts)


# ---------------------------------------------------------------- refused, undecided


def _refused(look: Look, walk: Walk, expected: str) -> Said:
    """Return what it says that a page is refused: the target's own token is in the request."""
    reading = walk.last.reading
    reason = _undecided(reading)
    if reason or len(walk.exchanges) < 2:
        return Said(
            "join", "inconclusive", reason or look.why or "masked", reading.short(), expected,
            walk.last, look.hint,
        )  # fmt: skip
    said = f"page {len(walk.exchanges)}, asked for with the token of the page before: "
    return Said("join", "fail", broken(reading), said + reading.short(), expected, walk.last)


def broken(reading: Reading) -> str:
    """Return the reason for an answer that gives way; "pagination" for any other error."""
    if reading.kind == "silence":
        return "server-error" if reading.silence == "crash" else "no-response"
    return "server-error" if reading.status >= 500 else "pagination"


def _undecided(reading: Reading) -> str:
    """Return why an answer that is no success says nothing, "" where it does."""
    if reading.silence == NOT_RECORDED:
        return NOT_RECORDED
    if reading.error_class in ("throttled", "denied", "quota"):
        return reading.error_class
    return "throttled" if reading.code == "ServiceUnavailable" else ""


def _open(part: str, look: Look, expected: str) -> Said:
    return Said(
        part,
        "inconclusive",
        look.why or "one-page",
        look.said,
        expected,
        look.whole.last,
        look.hint,
    )

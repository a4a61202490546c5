"""What a page says because documentation is made that way, and not because the contract changed.

The documentation generator prints some of a model otherwise than the model has it (see
`aws_specs.customised`), leaves out marks below recursion and whole sections that are too large, and
copies of pages lose members. Where a page says exactly what the generator would print today, page
and model do not disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from aws_specs.page import Page, PageMember
from aws_specs.paths import join
from aws_specs.spec import Drift, Rule, Side

LOST: Final = "members-lost"


class Expected:
    """A page beside the page that the generator prints today (`printed`, None if unknown)."""

    def __init__(self, page: Page, printed: Page | None) -> None:
        self._elided = frozenset(page.elided)
        self._lost = tuple(gap.where for gap in page.gaps if gap.what == LOST)
        self._page = _members(page)
        self._printed = _members(printed) if printed is not None else {}

    def hides(self, side: Side, path: str) -> bool:
        """Whether the page could not show this member: its section or the member itself is lost."""
        if side in self._elided:
            return True
        return any(_within(f"{side}/{path}", lost) for lost in self._lost)

    def silent(self, rule: Rule) -> bool:
        """Whether no page states a rule that the model has: not this page, or not any."""
        if rule.kind == "required" and rule.side == "output":
            return True
        if self.hides(rule.side, rule.member):
            return True
        printed = self._printed.get((rule.side, rule.member))
        return printed is not None and not _TRAITS[rule.kind](printed)

    def rewords(self, rule: Rule) -> bool:
        """Whether the page's word for a type is what the generator makes of the model's."""
        return self._same(rule.side, rule.member, "type")

    def explains(self, drift: Drift) -> bool:
        """Whether a drift is none: the page says what the generator prints, or could not say it."""
        if drift.what in ("error", "constraint"):
            return False
        if not drift.page and self.hides(drift.side, drift.member):
            return True
        return self._same(drift.side, drift.member, drift.what)

    def _same(self, side: Side, path: str, what: str) -> bool:
        mine, printed = self._page.get((side, path)), self._printed.get((side, path))
        if mine is None or printed is None:
            return mine is printed and bool(self._printed)
        if side in self._elided and mine.recursive:
            return True  # a syntax block prints a list that recurs as a dict
        trait = _TRAITS.get(what)
        return trait is None or trait(mine) == trait(printed)


_TRAITS: Final[Mapping[str, Callable[[PageMember], object]]] = {
    "required": lambda member: member.required,
    "type": lambda member: member.type,
    "enum": lambda member: member.enum,
    "token": lambda member: member.autopopulated,
}
"""What a printed member says, by the kind of rule or drift."""


def _members(page: Page) -> dict[tuple[Side, str], PageMember]:
    sides: tuple[tuple[Side, Sequence[PageMember]], ...] = (
        ("input", page.input),
        ("output", page.output),
    )
    return {
        (side, path): member for side, members in sides for path, member in printed_members(members)
    }


def printed_members(
    members: Sequence[PageMember], path: str = ""
) -> Iterator[tuple[str, PageMember]]:
    """Yield (path, member) of everything printed below, in page order."""
    stack = [(join(path, member.step), member) for member in reversed(members)]
    while stack:
        here, member = stack.pop()
        yield here, member
        stack.extend((join(here, child.step), child) for child in reversed(member.children))


def _within(path: str, above: str) -> bool:
    return path == above or path.startswith((f"{above}.", f"{above}[", f"{above}{{"))

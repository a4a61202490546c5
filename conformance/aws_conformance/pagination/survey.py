"""The survey: which requests show how an operation's pages hold together, and a second look.

Costs about a dozen requests: the whole (once more where things had to be made), the pages of the
smallest limit that makes a few of them, and all of it again before anything is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from aws_conformance.clerk import UNCONFIRMED
from aws_conformance.pagination.compare import difference
from aws_conformance.pagination.look import Look, Said, say
from aws_conformance.pagination.stock import Stock, Stocked
from aws_conformance.pagination.walk import Walk, Walker
from aws_conformance.recording import NOT_RECORDED
from aws_conformance.sender import UnreachableError
from aws_reports.results import Verdict
from aws_specs.pagination import Pagination, rule_name
from aws_specs.paths import shape_at
from aws_specs.spec import Json, Rule, Scalar

if TYPE_CHECKING:
    from aws_conformance.operation_run import OperationRun

_WHOLE: Final = 6
"""So many pages of the whole are read at most."""

_FEW: Final = 6
"""So many items at most are listed with the smallest limit; of more, some four pages are made."""

_WANTED: Final = 3
"""So many items are wanted at least, and so many are made at most."""

_BIGGEST: Final = 1000
_LARGER: Final = (5, 10, 20, 50, 100)
"""Limits to try where the smallest is refused: not every least value is stated."""


class Survey:
    """Looks at the pages of one operation; `seen` is the first look, once it was taken."""

    def __init__(self, run: OperationRun, pagination: Pagination) -> None:
        self.run = run
        self.pagination = self._usable(pagination)
        self.base = self._base()
        self.walker = Walker(run, self.pagination, self.base)
        self.seen: Look | None = None

    def _usable(self, pagination: Pagination) -> Pagination:
        limit = pagination.limit
        return (
            pagination if limit and self.run.plan.sendable(limit) else replace(pagination, limit="")
        )

    def _base(self) -> Mapping[str, Json]:
        """Return the smallest request without tokens, and without a limit or with the biggest."""
        tokens = {token.member for token in self.pagination.tokens}
        params = self.run.cover.control.params
        kept = {name: value for name, value in params.items() if name not in tokens}
        limit = self.pagination.limit
        if limit in kept:
            kept[limit] = self._as_limit(int(self._bound("high") or _BIGGEST))
        return kept

    def _bound(self, which: str) -> float | None:
        found: float | None = getattr(self.run.plan.domain(self.pagination.limit), which)
        return found

    def _as_limit(self, number: int) -> Json:
        """Return a limit as the member has it: some are texts."""
        shape = shape_at(self.run.operation.input, self.pagination.limit)
        text = isinstance(shape, Scalar) and shape.type == "string"
        return str(number) if text else number

    # ------------------------------------------------------------ verdicts

    def verdicts(self) -> Iterator[Verdict]:
        """Yield the verdicts on the rules on pages; findings after a second look."""
        control = self.run.exchange(self.run.cover.control)
        if control.reading.kind != "success":
            for rule in self._rules():
                yield self.run.clerk.verdict(
                    control, rule, "inconclusive", "masked", control.reading.short(), row="pages"
                )
            return
        first = self.seen = self._first()
        said = self._said(first)
        if any(one.verdict == "fail" for one in said):
            yield from self._confirmed(first, said)
        else:
            yield from (self._written(one, first) for one in said)

    def _said(self, look: Look) -> tuple[Said, ...]:
        """Return what a look says of the rules that are to be decided."""
        name, known = self.run.operation.id, self.run.clerk.rules
        found = say(name, self.pagination, look)
        return tuple(one for one in found if rule_name(name, one.part) in known)

    def _rules(self) -> Iterator[Rule]:
        for part in ("join", "terminates", "limit", "token"):
            rule = self.run.clerk.rules.get(rule_name(self.run.operation.id, part))
            if rule is not None and rule.checkable:
                yield rule

    def _confirmed(self, first: Look, said: tuple[Said, ...]) -> Iterator[Verdict]:
        try:
            second = self._again(first)
        except UnreachableError:
            yield from (self._written(one, first, row=UNCONFIRMED) for one in said)
            return
        if second.walk.last.reading.silence == NOT_RECORDED:
            yield from (self._written(one, first, row=UNCONFIRMED) for one in said)
            return
        later = {one.part: one for one in self._said(second)}
        changed = not difference(first.whole.items, second.whole.items).none
        for one in said:
            yield self._second(one, later.get(one.part, one), first, changed)

    def _second(self, one: Said, other: Said, first: Look, changed: bool) -> Verdict:
        """Return the verdict on a rule after two looks: a finding is one that both have."""
        if one.verdict != "fail":
            return self._written(one, first)
        if one.part == "join" and changed:
            moved = replace(
                one, verdict="inconclusive", reason="concurrent-change",
                observed="the list changed while it was read",
            )  # fmt: skip
            return self._written(moved, first)
        if other.verdict == "inconclusive":
            return self._written(other, first)
        return self._written(one, first, flaky=other.verdict != "fail")

    def _written(self, said: Said, look: Look, *, row: str = "", flaky: bool = False) -> Verdict:
        failed = said.verdict == "fail"
        return self.run.clerk.verdict(
            said.exchange,
            self.run.clerk.rules[rule_name(self.run.operation.id, said.part)],
            said.verdict,
            said.reason,
            said.observed,
            expected=said.expected,
            row=f"pages{row if failed else ''}",
            twin=look.whole.last if look.paged is not None else None,
            hint=said.hint,
            flaky=flaky,
            confirmed=not (row or flaky) if failed else None,
        )

    # ------------------------------------------------------------ looking

    def _first(self) -> Look:
        whole = self.walker.walk("whole", pages=_WHOLE)
        count, stocked = len(whole.items), Stocked()
        if self.pagination.limit and whole.end == "end" and count < self._wanted:
            stocked = self._stock(min(_WANTED, self._wanted - count))
            if stocked.made or self._replaying:
                whole = self.walker.walk("stocked", pages=_WHOLE)
        return self._paged(whole, stocked)

    def _again(self, first: Look) -> Look:
        """Return a second look, with the limit that the first has found."""
        whole = self.walker.walk("whole-again", pages=_WHOLE)
        if first.paged is None or first.limit is None:
            return replace(first, whole=whole)
        return replace(first, whole=whole, paged=self._walk("again", whole, first.limit))

    @property
    def _wanted(self) -> int:
        return max(_WANTED, self.least + 1)

    @cached_property
    def least(self) -> int:
        """The smallest limit that is valid as far as anything says."""
        return max(self.pagination.least, int(self._bound("low") or 1), 1)

    @property
    def _replaying(self) -> bool:
        """Whether the target is a recording: what was made then is in it."""
        return getattr(self.run.sender.target, "bound_for", None) is not None

    def _stock(self, count: int) -> Stocked:
        boot = self.run.bootstrap
        if boot is None or not boot.making:
            return Stocked(why="nothing is made in this target: run with --bootstrap")
        return Stock(boot, self.run.operation).make(count, self.base)

    def _paged(self, whole: Walk, stocked: Stocked) -> Look:
        """Return the look at the whole, and at pages where some can be made."""
        why, said, hint = self._not_paged(whole, stocked)
        if why:
            return Look(whole=whole, why=why, said=said, hint=hint)
        for limit in self._limits(len(whole.items)):
            sent = self._as_limit(limit)
            walk = self._walk(f"limit-{limit}", whole, sent)
            if walk.pages or walk.last.reading.error_class != "validation":
                return Look(whole=whole, limit=sent, paged=walk)
            said = f"{self.pagination.limit} = {limit} is answered {walk.last.reading.short()}"
        return Look(whole=whole, why="limit-refused", said=said)

    def _walk(self, name: str, whole: Walk, limit: Json) -> Walk:
        """Follow the pages of a limit: all of them where the whole was read to its end."""
        count = len(whole.items)
        pages = 2 * count + 1 if whole.end == "end" else 1
        return self.walker.walk(name, limit, pages=pages, items=count)

    def _limits(self, count: int) -> Iterator[int]:
        """Yield the limits to try: the least, or one that makes about four pages."""
        least, most = self.least, int(self._bound("high") or _BIGGEST)
        first = least if count <= _FEW * least else min(max(least, -(-count // 4)), most)
        yield first
        yield from [other for other in _LARGER if first < other < count and other <= most][:2]

    def _not_paged(self, whole: Walk, stocked: Stocked) -> tuple[str, str, str]:
        """Return why there are no pages to follow (a reason, a sentence, a hint), or three ""."""
        count = len(whole.items)
        if not self.pagination.limit:
            return "one-page", "no member limits a page, and the whole fits one", ""
        if whole.end == "refused":
            return "masked", whole.last.reading.short(), ""
        if whole.end not in ("end", "long"):
            return "endless", "the whole itself has no end", ""
        if count > self.least:
            return "", "", ""
        name = stocked.maker or "what it lists"
        hint = f"{self.least + 1} or more are needed ({name}); {stocked.why}".removesuffix("; ")
        return (
            "too-few-items",
            f"{count} items, where {self.pagination.limit} is at least {self.least}",
            hint,
        )

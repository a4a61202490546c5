"""What a prose family gets and what it gives.

A *family* is one way of saying one kind of rule ("up to 64 characters"). It reads one sentence and
knows where the sentence stands (its `Context`); it returns drafts: rules that have a line and a
sentence but no file and no id yet. Nothing here decides whether a rule is used: the confidence
does, and that comes from one table (`CONFIDENCE`), filled from measurements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from aws_specs import paths
from aws_specs.page import PageMember, Prose
from aws_specs.prose._confidence import CONFIDENCE
from aws_specs.spec import Json, Kind, Side, Value


class Draft(Value, frozen=True, kw_only=True):
    """One rule as a sentence states it, before it has a file and an id.

    `member` is a path of `aws_specs.paths`, `value` the JSON that `aws_specs.spec.Rule` lists for
    `kind`, `part` the suffix of the id where one member has several rules of the kind. `line` is
    the line of the prose block, `sentence` the sentence as printed. `family` names the row of
    `CONFIDENCE` the confidence comes from. A rule no request can test has `checkable` false and
    says why in `reason`.
    """

    side: Side
    member: str
    kind: Kind
    value: Json
    line: int
    sentence: str
    confidence: float
    family: str
    part: str | None = None
    checkable: bool = True
    reason: str = ""


class Sentence(Value, frozen=True):
    """One sentence of a block. `block` and `index` number the block, and the sentence in all.

    `items` are the bullets below the block if this sentence is its last: a lead-in has its list.
    `bare` is the text without parentheses and `low` is that in lower case with plain apostrophes:
    families look for words there and quote `text`.
    """

    text: str
    bare: str
    low: str
    line: int
    kind: str
    block: int
    index: int
    codes: tuple[str, ...] = ()
    items: tuple[Prose, ...] = ()


class Context(Value, frozen=True, kw_only=True):
    """Where a sentence stands: its member, what is around it, and the other sentences.

    `scopes` are the member lists around the member, the innermost (its siblings) first, each
    with the path of the structure that holds them. `member` is None for the operation's own text.
    """

    method: str
    side: Side
    path: str
    member: PageMember | None
    children: tuple[PageMember, ...]
    scopes: tuple[tuple[str, tuple[PageMember, ...]], ...]
    sentences: tuple[Sentence, ...]

    @property
    def type(self) -> str:
        """The type word of the page, or "" for the operation's own text."""
        return self.member.type if self.member else ""

    @property
    def enum(self) -> tuple[str, ...]:
        """What the syntax block prints as the member's values."""
        return self.member.enum if self.member else ()

    @property
    def name(self) -> str:
        """The nearest member name at or above the path: `Headers` for `A.Headers[]`."""
        named = [s for s in paths.steps(self.path) if s not in ("[]", "{}", "{key}")]
        return named[-1] if named else ""

    @property
    def is_map(self) -> bool:
        """Whether the member is a dict with keys of the caller's choosing."""
        return any(child.step in ("{}", "{key}") for child in self.children)

    def visible(self) -> Iterator[tuple[str, PageMember]]:
        """Yield (path, member) of what the sentence may name: children, siblings, outwards."""
        for child in self.children:
            yield paths.join(self.path, child.step), child
        for base, members in self.scopes:
            for member in members:
                yield paths.join(base, member.step), member

    def named(self, name: str) -> tuple[str, PageMember] | None:
        """Return (path, member) of the nearest visible member of that name, or None."""
        return next((found for found in self.visible() if found[1].step == name), None)


Reader = Callable[[Sentence, Context], Iterable[Draft]]


class Family(Value, frozen=True):
    """One row of the table: a name, the words without which it is not tried, and the reader."""

    name: str
    cues: tuple[str, ...]
    read: Reader


def draft(
    family: str,
    sentence: Sentence,
    context: Context,
    kind: Kind,
    value: Json,
    *,
    member: str | None = None,
    part: str | None = None,
    cap: float = 1.0,
    reason: str = "",
) -> Draft:
    """Return a draft at the sentence; its confidence is the family's, at most `cap`.

    A `reason` makes it a rule that cannot be checked.
    """
    return Draft(
        side=context.side,
        member=context.path if member is None else member,
        kind=kind,
        value=value,
        line=sentence.line,
        sentence=sentence.text,
        confidence=min(CONFIDENCE[family], cap),
        family=family,
        part=part,
        checkable=not reason,
        reason=reason,
    )

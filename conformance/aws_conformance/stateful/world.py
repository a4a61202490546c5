"""A world: what one scenario has made and done, and what each of its acts says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from aws_conformance.bootstrap import first
from aws_conformance.reading import Reading, says_absent
from aws_conformance.sender import BudgetSpentError, Exchange, UnreachableError
from aws_conformance.stateful.acts import Act, Said, Step, Thing, Told, stateless
from aws_conformance.stateful.invariants import Situation, Untrue, judged, names_in
from aws_conformance.stateful.lab import Lab
from aws_conformance.stateful.lifecycle import Use
from aws_conformance.stateful.texts import (
    descriptions,
    goes_by_name,
    is_idle,
    shown_as,
    texts_at,
    uses_of,
)
from aws_specs.errors import ConformanceError
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import get
from aws_specs.spec import Json

IDENTITY: Final = ("id", "arn", "url", "name", "key")
"""Facets of identifiers in which one thing differs from another."""

_PAUSES: Final = (0.1, 0.3, 1.0)
_ACCOUNT_PAUSES: Final = (1.0, 2.0, 4.0, 8.0)
"""Seconds to wait before what looks wrong is looked at again; longer on a real account."""

_SHORTEST: Final = 4
"""Letters of a name that stands for nothing else by chance."""

_DOUBTED: Final = frozenset(
    {"still-there", "created-twice", "another-thing", "another-value", "not-updated"}
)
"""Findings that say nothing of a target which answers for things that never were."""


class World:
    """What one example has made and done. `perform` is the only way to change it."""

    def __init__(self, lab: Lab, *, patient: bool = False) -> None:
        """Start with nothing. A `patient` world looks again before it says that something fails."""
        self.lab = lab
        self.patient = patient
        self.things: dict[int, Thing] = {}
        self.steps: list[Step] = []
        self.waited = 0.0
        self._doubt: set[int] = set()

    def perform(self, act: Act) -> tuple[Said, ...]:
        """Do an act, and return what it says; nothing where it cannot be done."""
        if self.lab.spent or act.operation in self.lab.absent:
            return ()
        if act.does == "create":
            self._create(act)
            return ()
        thing = self.things.get(act.thing)
        if thing is None:
            return ()
        if act.after:
            self.lab.pause(act.after)
            self.waited += act.after
        found = self._duplicate(act, thing) if act.does == "duplicate" else self._use(act, thing)
        for said in found:
            self.lab.hear(said, self.steps)
        return found

    # ------------------------------------------------------------ making

    def _create(self, act: Act) -> None:
        params = self.lab.creation(act.kind)
        exchange = self._made(act, params) if params is not None else None
        if exchange is None:
            return
        if exchange.reading.error_class == "conflict":
            self.lab.rename()
            params = self.lab.creation(act.kind)
            exchange = self._made(act, params) if params is not None else None
        if exchange is None or params is None:
            return
        if exchange.reading.kind == "success":
            self._tell_apart(act.kind)
        else:
            self.lab.refused.setdefault(act.kind, Step(act, exchange))
            if says_absent(exchange.reading):
                self.lab.absent.add(act.operation)

    def _tell_apart(self, kind: int) -> None:
        """Say nothing of things that requests cannot tell apart: there is one in each parent."""
        *others, new = self.things.values()
        uses = uses_of(self.lab.lifecycles[kind])
        for other in others:
            if other.kind == kind and any(
                self._named(u, other) == self._named(u, new) for u in uses
            ):
                self.things[other.number] = replace(other, state="unsure")
                self.things[new.number] = replace(new, state="unsure")

    def _named(self, use: Use, thing: Thing) -> tuple[str | None, ...]:
        return tuple(
            first(thing.params if given.side == "input" else thing.answer, given.path)
            for _, given in use.fills
        )

    def _made(self, act: Act, params: Mapping[str, Json]) -> Exchange | None:
        """Send a creating request, journaled before and after; a success is a thing."""
        boot = self.lab.bootstrap
        removal = boot.removal(act.operation, params, None)
        entry = boot.journal.creating(act.operation, params, removal)
        exchange = self.lab.send(act.operation, params)
        if exchange is None:
            if self.lab.stopped is None or isinstance(self.lab.stopped, BudgetSpentError):
                boot.journal.ended(entry, "never sent")
            return None
        self.steps.append(Step(act, exchange))
        boot.settled(entry, act.operation, params, exchange.reading)
        if exchange.reading.kind == "success":
            self.lab.worked.add(act.operation)
            number = len(self.things)
            self.things[number] = Thing(
                number=number, kind=act.kind, params=params, answer=exchange.reading.value,
                last=act.operation, entry=entry,
                told=self._told(act.operation, params),
            )  # fmt: skip
            kept = boot.journal.things.get(entry)
            if kept is not None and kept.removal is None:
                # Nobody knows how to remove it: one such thing is enough.
                self.lab.absent.add(act.operation)
        return exchange

    def _duplicate(self, act: Act, thing: Thing) -> tuple[Said, ...]:
        exchange = self._made(act, self.lab.again(thing))
        if exchange is None:
            return ()
        differs = self._difference(thing, exchange.reading.value)
        situation = replace(self._situation(act, thing, exchange), differs=differs)
        found = self._weighed(judged(situation), thing)
        if exchange.reading.kind == "success":
            self._merge(thing, differs)
        return found

    def _merge(self, thing: Thing, differs: str | None) -> None:
        """Take a second creation for the same thing, unless its answer says that it is another.

        Where both go by one name, nothing can be said of either any more.
        """
        number, twin = self.things.popitem()
        if not differs:
            self.lab.bootstrap.journal.ended(twin.entry, "the same as before")
            return
        self.things[number] = twin
        if goes_by_name(self.lab.lifecycles[thing.kind]):
            self.things[number] = replace(twin, state="unsure")
            self.things[thing.number] = replace(thing, state="unsure")

    def _difference(self, thing: Thing, answer: Json) -> str | None:
        """Return in which identifier another answer differs; None where there is none to see."""
        seen = False
        for path in self._identities(self.lab.lifecycles[thing.kind].create):
            one, other = first(thing.answer, path), first(answer, path)
            if one is None or other is None:
                continue
            seen = True
            if one != other:
                return f"{path} {other} instead of {one}"
        return "" if seen else None

    def _identities(self, name: str) -> Iterator[str]:
        """Yield the members of a creation's answer that tell one thing from another."""
        graph = self.lab.bootstrap.graphs(name.partition(".")[0])
        node = graph.nodes.get(name) if graph is not None else None
        for given in node.yields if node is not None else ():
            own = any(node and m.noun == node.noun and m.facet in IDENTITY for m in given.means)
            if own and given.side == "output" and "[]" not in given.path:
                yield given.path

    def _told(self, name: str, params: Json) -> tuple[Told, ...]:
        """Return what a request says of a thing: the texts of its descriptions."""
        found = ((path, get(params, (path,))) for path in descriptions(self.lab.plan(name, {}))
                 if is_object(params) and path in params)  # fmt: skip
        return tuple(Told(path, text, name) for path, text in found if isinstance(text, str))

    # ------------------------------------------------------------ what is shown

    def _stranger(self, thing: Thing, reading: Reading) -> str:
        """Return the name of another thing that an answer shows instead, "" where it does not."""
        own = {*_texts(dict(thing.params)), *_texts(thing.answer)}
        if names_in(reading.value, frozenset(own & set(self._names(thing)))):
            return ""
        others = (one for one in self.things.values() if one.number != thing.number)
        names = (
            name
            for one in others
            if one.kind == thing.kind
            for name in self._names(one)
            if name not in own and len(name) >= _SHORTEST
        )
        return next((name for name in names if names_in(reading.value, frozenset((name,)))), "")

    def _names(self, thing: Thing) -> Iterator[str]:
        """Yield the texts by which a thing is told from others."""
        lifecycle = self.lab.lifecycles[thing.kind]
        found = [first(thing.answer, path) for path in self._identities(lifecycle.create)]
        found += [first(thing.params, path) for path in lifecycle.chosen]
        answered = set(_texts(thing.answer))
        for use in uses_of(lifecycle):
            found += [name for name in self._named(use, thing) if name in answered]
        yield from (name for name in found if name is not None)

    def _untrue(self, thing: Thing, reading: Reading) -> Untrue | None:
        """Return what is shown instead of the text that a thing was told last, if that is known."""
        if not thing.told:
            return None
        last = thing.told[-1]
        shown = [text for text in shown_as(reading.value, last.member) if text]
        if not shown or last.text in shown:
            return None
        for one in self.things.values():
            for told in one.told if one.number != thing.number else ():
                if told.text in shown:
                    return Untrue("another-value", told.text, told.operation)
        before = {
            told.text for told in thing.told[:-1] if told.member.lower() == last.member.lower()
        }
        old = next((text for text in shown if text in before), "")
        if old and thing.why != "delete-of-another":
            return Untrue("not-updated", old, last.operation)
        return Untrue("other-value", shown[0], last.operation)

    # ------------------------------------------------------------ using

    def _use(self, act: Act, thing: Thing) -> tuple[Said, ...]:
        use = self._use_of(act)
        saying = act.does == "update"
        params = self.lab.about(use, thing, saying=saying) if use is not None else None
        exchange = self.lab.send(act.operation, params) if params is not None else None
        if use is None or exchange is None:
            return ()
        self.steps.append(Step(act, exchange))
        if says_absent(exchange.reading) and act.operation not in self.lab.worked:
            head = exchange.reading.status == 404 and exchange.request.method == "HEAD"
            if not head:
                self.lab.absent.add(act.operation)
                return ()
        found = judged(self._situation(act, thing, exchange, use))
        found = self._weighed(self._patiently(act, thing, use, found), thing)
        if any(said.reason == "still-there" for said in found):
            self._doubt.add(thing.number)
        self._changed(act, thing, exchange.reading)
        if act.does == "update" and exchange.reading.kind == "success":
            now = self.things[thing.number]
            told = (*now.told, *self._told(act.operation, exchange.case.params))
            self.things[thing.number] = replace(now, told=told)
        return found

    def _use_of(self, act: Act) -> Use | None:
        uses = uses_of(self.lab.lifecycles[act.kind])
        return next((use for use in uses if use.operation == act.operation), None)

    def _situation(
        self, act: Act, thing: Thing, exchange: Exchange, use: Use | None = None
    ) -> Situation:
        lab, lifecycle = self.lab, self.lab.lifecycles[act.kind]
        names = frozenset(
            text
            for path, _ in (use.fills if use else ())
            for text in texts_at(exchange.case.params, path)
        )
        looks = act.does == "read" and thing.state == "live" and use is not None
        return Situation(
            act=act,
            thing=thing,
            noun=lifecycle.noun,
            operation=lab.operation(act.operation),
            create=lab.operation(lifecycle.create),
            delete=lab.operation(lifecycle.deleter.operation) if lifecycle.deleter else None,
            reading=exchange.reading,
            twin=act.operation in lab.worked,
            exact=use is None or (use.exact and self._surely_deleted(thing)),
            shown=use is None or lab.shows(use, exchange.reading, names),
            idle=act.does == "update" and is_idle(use, exchange.case.params),
            consistent=not lab.account,
            waited=self.waited,
            strict=lab.settings.strict,
            stranger=self._stranger(thing, exchange.reading) if looks else "",
            untrue=self._untrue(thing, exchange.reading) if looks else None,
        )

    def _surely_deleted(self, thing: Thing) -> bool:
        """Whether a deletion was told of this very thing, if there was one."""
        deleter = self.lab.lifecycles[thing.kind].deleter
        return thing.state != "deleted" or (deleter is not None and deleter.exact)

    def _changed(self, act: Act, thing: Thing, reading: Reading) -> None:
        """Note what an accepted request has done to the thing, and to the others."""
        if reading.kind != "success":
            if (
                act.does == "delete"
                and thing.state == "live"
                and reading.status not in range(400, 500)
            ):
                self.things[thing.number] = replace(thing, state="unsure")
            return
        if thing.state == "live":
            self.lab.worked.add(act.operation)
        if act.does == "update":
            state = "live" if thing.state == "live" else "unsure"
            self.things[thing.number] = replace(
                thing, state=state, last=act.operation, why="update"
            )
        if act.does == "delete" and thing.state == "live":
            self.things[thing.number] = replace(thing, state="deleted")
            for number, other in self.things.items():
                if number == thing.number or other.state != "live":
                    continue
                if self._surely_deleted(self.things[thing.number]):
                    self.things[number] = replace(
                        other, last=act.operation, why="delete-of-another"
                    )
                else:
                    self.things[number] = replace(other, state="unsure")

    # ------------------------------------------------------------ second thoughts

    def _patiently(
        self, act: Act, thing: Thing, use: Use, found: tuple[Said, ...]
    ) -> tuple[Said, ...]:
        """Look again, a few times, where something seems wrong that may only take its time."""
        slow = {"not-there", "still-there", "eventual-consistency", "another-thing",
                "another-value", "not-updated"}  # fmt: skip
        if not self.patient and not self.lab.account:
            return found
        for seconds in _ACCOUNT_PAUSES if self.lab.account else _PAUSES:
            if not any(said.reason in slow for said in found):
                break
            self.lab.pause(seconds)
            params = self.lab.about(use, thing, saying=act.does == "update")
            exchange = self.lab.send(act.operation, params) if params is not None else None
            if exchange is None:
                break
            later = judged(self._situation(act, thing, exchange, use))
            if any(said.verdict == "pass" for said in later):
                return tuple(
                    replace(said, verdict="inconclusive", reason="eventual-consistency")
                    if said.reason in slow
                    else said
                    for said in found
                )
        return found

    def _weighed(self, found: tuple[Said, ...], thing: Thing) -> tuple[Said, ...]:
        """Take back what a target that keeps no account of things cannot be blamed for."""
        if not any(s.verdict == "fail" and s.reason in _DOUBTED for s in found):
            return found
        if self.lab.keeps_account(thing):
            return found
        return tuple(
            stateless(s) if s.verdict == "fail" and s.reason in _DOUBTED else s for s in found
        )

    # ------------------------------------------------------------ leaving

    def clean(self) -> None:
        """Remove what is there; what that does not remove is left to the journal's last round."""
        boot = self.lab.bootstrap
        for thing in reversed(tuple(self.things.values())):
            entry = boot.journal.things.get(thing.entry)
            if entry is None:
                continue
            if thing.state == "deleted" and thing.number not in self._doubt:
                boot.journal.ended(thing.entry, "removed")
            elif entry.removal is not None and self.lab.stopped is None:
                self._remove(thing.entry, entry.removal.operation, entry.removal.params)

    def _remove(self, entry: int, name: str, params: Mapping[str, Json]) -> None:
        boot = self.lab.bootstrap
        try:
            reading = boot.call(name, params, counted=False)
        except (UnreachableError, ConformanceError):
            return
        if reading.kind == "success" or reading.error_class == "not-found":
            boot.journal.ended(entry, "removed")


def _texts(value: Json) -> Iterator[str]:
    """Yield every text of a value."""
    if isinstance(value, str):
        yield value
    elif is_object(value):
        for item in value.values():
            yield from _texts(item)
    elif is_list(value):
        for item in value:
            yield from _texts(item)

"""A world: what one scenario has made and done, and what each of its acts says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from aws_conformance.reading import Reading, says_absent
from aws_conformance.sender import BudgetSpentError, Exchange, UnreachableError
from aws_conformance.stateful.acts import Act, Change, Said, Step, Thing, stateless
from aws_conformance.stateful.identity import (
    Made,
    difference,
    judged_creation,
    named,
    same_place,
    stranger,
)
from aws_conformance.stateful.invariants import Situation, judged
from aws_conformance.stateful.lab import Lab
from aws_conformance.stateful.lifecycle import Lister, Use
from aws_conformance.stateful.lists import Listed, judged_list, read, unsent
from aws_conformance.stateful.members import another, value_at
from aws_conformance.stateful.texts import goes_by_name, is_idle, texts_at, uses_of
from aws_conformance.stateful.told import told_by, untrue
from aws_specs.errors import ConformanceError
from aws_specs.identifiers import Node
from aws_specs.spec import Json
from aws_strategies.plan import Plan

_PAUSES: Final = (0.1, 0.3, 1.0)
_ACCOUNT_PAUSES: Final = (1.0, 2.0, 4.0, 8.0)
"""Seconds to wait before what looks wrong is looked at again; longer on a real account."""

_DOUBTED: Final = frozenset(
    {"still-there", "created-twice", "another-thing", "another-value", "not-updated", "not-listed",
     "still-listed", "overwritten", "id-in-use", "id-reused", "another-name", "deleted-twice"}
)  # fmt: skip
"""Findings that say nothing of a target which answers for things that never were."""


class World:
    """What one example has made and done. `perform` is the only way to change it."""

    def __init__(self, lab: Lab, *, patient: bool = False) -> None:
        """Start with nothing. A `patient` world looks again before it says that something fails."""
        self.lab = lab
        self.patient = patient
        self.things: dict[int, Thing] = {}
        self.steps: list[Step] = []
        self.acts: list[Act] = []
        self.waited = 0.0
        self._doubt: set[int] = set()

    def perform(self, act: Act) -> tuple[Said, ...]:
        """Do an act, and return what it says; nothing where it cannot be done."""
        if self.lab.spent or act.operation in self.lab.absent:
            return ()
        thing = self.things.get(act.thing)
        if thing is None and act.does != "create":
            return ()
        if act.after:
            self.lab.pause(act.after)
            self.waited += act.after
        self.acts.append(act)
        found = self._create(act) if thing is None or act.does == "create" else self._do(act, thing)
        for said in found:
            self.lab.hear(said, self.steps, self.acts)
        return found

    def _do(self, act: Act, thing: Thing) -> tuple[Said, ...]:
        if act.does == "duplicate":
            return self._duplicate(act, thing)
        return self._list(act, thing) if act.does == "list" else self._use(act, thing)

    # ------------------------------------------------------------ making

    def _create(self, act: Act) -> tuple[Said, ...]:
        params = self.lab.creation(act.kind)
        exchange = self._made(act, params) if params is not None else None
        if exchange is None:
            return ()
        if exchange.reading.error_class == "conflict":
            self.lab.rename()
            params = self.lab.creation(act.kind)
            exchange = self._made(act, params) if params is not None else None
        if exchange is None or params is None:
            return ()
        if exchange.reading.kind == "success":
            return self._created(act, exchange)
        self.lab.refused.setdefault(act.kind, Step(act, exchange))
        if says_absent(exchange.reading):
            self.lab.absent.add(act.operation)
        return ()

    def _created(self, act: Act, exchange: Exchange) -> tuple[Said, ...]:
        """Return what the answer to a creation says by itself."""
        *others, new = self.things.values()
        node, create = self._node(act.kind), self.lab.operation(act.operation)
        before = tuple(
            one for one in others
            if one.kind == act.kind and node is not None and same_place(node, one, new)
        )  # fmt: skip
        self._tell_apart(act.kind)
        if node is None:
            return ()
        tokens = tuple(r.member for r in create.rules if r.kind == "idempotency")
        made = Made(
            create=create, node=node, lifecycle=self.lab.lifecycles[act.kind], thing=new,
            reading=exchange.reading, before=before, tokens=tokens,
        )  # fmt: skip
        return self._weighed(judged_creation(made), new)

    def _tell_apart(self, kind: int) -> None:
        """Say nothing of things that requests cannot tell apart: there is one in each parent."""
        *others, new = self.things.values()
        uses = uses_of(self.lab.lifecycles[kind])
        for other in others:
            if other.kind == kind and any(named(u, other) == named(u, new) for u in uses):
                self.things[other.number] = replace(other, state="unsure")
                self.things[new.number] = replace(new, state="unsure")

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
                told=told_by(act.operation, params, self.lab.plan(act.operation, {})),
            )  # fmt: skip
            kept = boot.journal.things.get(entry)
            if kept is not None and kept.removal is None:
                # Nobody knows how to remove it: one such thing is enough.
                self.lab.absent.add(act.operation)
        return exchange

    def _duplicate(self, act: Act, thing: Thing) -> tuple[Said, ...]:
        params = dict(self.lab.again(thing))
        meant = self._meant(act, thing, self.lab.plan(act.operation, {})) if act.says else None
        if act.says:
            if meant is None:
                return ()
            params[meant.member] = meant.told
        exchange = self._made(act, params)
        if exchange is None:
            return ()
        differs = difference(self._node(act.kind), thing, exchange.reading.value)
        if meant is not None and exchange.reading.kind == "success" and not differs:
            return self._overwritten(act, thing, exchange, meant)
        situation = replace(self._situation(act, thing, exchange), differs=differs)
        found = self._weighed(judged(situation), thing)
        if exchange.reading.kind == "success":
            self._merge(thing, differs)
        return found

    def _overwritten(
        self, act: Act, thing: Thing, exchange: Exchange, meant: Change
    ) -> tuple[Said, ...]:
        """Look at what there is after a second creation that was to be another thing."""
        situation = replace(self._situation(act, thing, exchange), differs="")
        self._merge(thing, "")
        self.things[thing.number] = thing = replace(thing, told=(), change=None, looks={})
        shown = self._look(thing, meant.reader)
        now = value_at(shown, meant.at)
        found = judged(replace(situation, kept=now == meant.before, changed=now == meant.told))
        if now == meant.told:
            self._merge(thing, "another one")
        return self._weighed(found, thing)

    def _merge(self, thing: Thing, differs: str | None) -> None:
        """Take a second creation for the same thing, unless its answer says that it is another.

        Where both go by one name, nothing can be said of either any more.
        """
        number, twin = self.things.popitem() if differs != "another one" else (-1, thing)
        if number < 0:
            self.things[thing.number] = replace(thing, state="unsure")
            return
        if not differs:
            self.lab.bootstrap.journal.ended(twin.entry, "the same as before")
            return
        self.things[number] = twin
        if goes_by_name(self.lab.lifecycles[thing.kind]):
            self.things[number] = replace(twin, state="unsure")
            self.things[thing.number] = replace(thing, state="unsure")

    def _node(self, kind: int) -> Node | None:
        """Return the place of a creation in the graph of its service."""
        return self.lab.node(self.lab.lifecycles[kind].create)

    # ------------------------------------------------------------ using

    def _use(self, act: Act, thing: Thing) -> tuple[Said, ...]:
        use = self._use_of(act)
        saying = act.does == "update"
        if use is None:
            return ()
        meant = None
        if act.says:
            meant = self._meant(act, thing, self.lab.plan(act.operation, {}))
            params = (
                self.lab.about(use, thing, values={meant.member: meant.told}) if meant else None
            )
        else:
            params = self.lab.about(use, thing, saying=saying)
        exchange = self.lab.send(act.operation, params) if params is not None else None
        if exchange is None:
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
            told = (
                *now.told,
                *told_by(act.operation, exchange.case.params, self.lab.plan(act.operation, {})),
            )
            self.things[thing.number] = replace(now, told=told, change=meant, looks={})
        elif act.does == "read" and exchange.reading.kind == "success":
            now = self.things[thing.number]
            looks = {**now.looks, act.operation: exchange.reading.value}
            self.things[thing.number] = replace(now, looks=looks)
        return found

    def _meant(self, act: Act, thing: Thing, plan: Plan) -> Change | None:
        """Return what a request is to change; looks first where it is not known what there is."""
        found = self.lab.sharing(act.kind, act.operation).get(act.says)
        if found is None or thing.state != "live":
            return None
        reader, one = found
        if reader not in self.things[thing.number].looks:
            self._look(thing, reader)
        before = value_at(self.things[thing.number].looks.get(reader), one.at)
        told = another(plan, one, before, self.lab.tag(act.says)) if before is not None else None
        if told is None:
            return None
        return Change(
            member=act.says, operation=act.operation, reader=reader, at=one.at, before=before,
            told=told,
        )  # fmt: skip

    def _look(self, thing: Thing, reader: str) -> Json:
        """Return what a reading operation shows of a thing, and keep it; None for nothing."""
        act = Act("read", thing.kind, reader, thing.number)
        use = self._use_of(act)
        params = self.lab.about(use, thing) if use is not None else None
        exchange = self.lab.send(reader, params) if params is not None else None
        if exchange is None or exchange.reading.kind != "success":
            return None
        self.steps.append(Step(act, exchange))
        self.lab.worked.add(reader)
        now = self.things[thing.number]
        self.things[thing.number] = replace(
            now, looks={**now.looks, reader: exchange.reading.value}
        )
        return exchange.reading.value

    # ------------------------------------------------------------ listing

    def _list(self, act: Act, thing: Thing) -> tuple[Said, ...]:
        lister = next(
            (o for o in self.lab.lifecycles[act.kind].listers if o.operation == act.operation), None
        )
        found = self._listed(act, thing, lister, steps=True) if lister is not None else ()
        if lister is None or not any(said.verdict == "fail" for said in found):
            return found
        for seconds in _PAUSES if self.patient else ():
            self.lab.pause(seconds)
            later = self._listed(act, thing, lister, steps=False)
            if not any(said.verdict == "fail" for said in later):
                return tuple(
                    replace(s, verdict="inconclusive", reason="eventual-consistency") for s in found
                )
        return self._weighed(found, thing)

    def _listed(self, act: Act, thing: Thing, lister: Lister, *, steps: bool) -> tuple[Said, ...]:
        """Read a list and judge it; ask for the thing alone where the list is not as expected."""
        lab, lifecycle = self.lab, self.lab.lifecycles[act.kind]
        operation = lab.operation(act.operation)
        params = lab.listing(lister, thing)

        def send(request: Mapping[str, Json]) -> Exchange | None:
            exchange = lab.send(act.operation, request)
            if exchange is not None and says_absent(exchange.reading):
                lab.absent.add(act.operation)
            elif exchange is not None and steps:
                self.steps.append(Step(act, exchange))
            return exchange

        listing = read(operation, params, send) if params is not None else None
        if listing is None or params is None:
            return ()
        others = (o for o in self.things.values() if o.number != thing.number)
        listed = Listed(
            operation=operation, create=lab.operation(lifecycle.create), noun=lifecycle.noun,
            delete=lab.operation(lifecycle.deleter.operation) if lifecycle.deleter else None,
            lister=lister, thing=thing, listing=listing, unsent=unsent(operation, params),
            others=tuple(o for o in others if o.kind == thing.kind and o.state != "deleted"),
            exact=self._surely_deleted(thing), consistent=not lab.account,
        )  # fmt: skip
        found = judged_list(listed)
        if all(said.verdict == "pass" for said in found):
            return found
        shown, looked = self._alone(thing)
        return judged_list(replace(listed, shown=shown, looked=looked))

    def _alone(self, thing: Thing) -> tuple[bool | None, Json]:
        """Return whether a thing is shown to who asks for it alone, and as what; None: unknown."""
        for use in self.lab.lifecycles[thing.kind].readers:
            params = self.lab.about(use, thing)
            if params is None or not use.exact or use.operation in self.lab.absent:
                continue
            exchange = self.lab.send(use.operation, params)
            if exchange is None or says_absent(exchange.reading):
                continue
            situation = self._situation(
                Act("read", thing.kind, use.operation), thing, exchange, use
            )
            if exchange.reading.kind == "success":
                return situation.shown, exchange.reading.value
            if any(p.keeps(exchange.reading.code) for p in situation.promises):
                return False, None
        return None, None

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
            stranger=stranger(lifecycle, self._node(thing.kind), thing, self.things.values(),
                              exchange.reading) if looks else "",
            untrue=untrue(thing, self.things.values(), exchange.reading) if looks else None,
            change=self._change(act, thing) if looks else None,
        )  # fmt: skip

    def _change(self, act: Act, thing: Thing) -> Change | None:
        change = thing.change
        return change if change is not None and change.reader == act.operation else None

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
            right = any(said.verdict == "pass" for said in later)
            if right and not any(said.reason in slow for said in later):
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

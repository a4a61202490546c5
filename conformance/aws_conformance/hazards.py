"""What an operation may do to a real account, by its verb: take away, cost, set loose.

On a real account such operations are off unless they are named. A verb says little, and AWS is
large; so the table errs towards warning. What is not in it may still make things: that is what the
journal of resources is for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from aws_specs.graph import Graph
from aws_specs.identifiers import words
from aws_specs.spec import Operation, Value

Effect = Literal["takes away", "may cost money", "reaches others", "changes access", "binds"]


class Hazard(Value, frozen=True):
    """What an operation may do, and the word of its name that says so."""

    effect: Effect
    word: str

    def __str__(self) -> str:
        """Return the hazard in words."""
        return f"{_SAID[self.effect]} (`{self.word}`)"


_SAID: Final[Mapping[Effect, str]] = {
    "takes away": "takes away or stops what is there",
    "may cost money": "may cost money",
    "reaches others": "reaches people or systems outside of the account",
    "changes access": "changes who may do what",
    "binds": "binds the account, or changes all of it",
}

VERBS: Final[Mapping[Effect, tuple[str, ...]]] = {
    "takes away": (
        "abort", "archive", "cancel", "clear", "close", "delete", "deprecate", "deprovision",
        "deregister", "destroy", "detach", "disable", "disassociate", "discard", "empty", "evict",
        "failover", "flush", "merge", "move", "purge", "reboot", "rebuild", "reject", "release",
        "remove", "replace", "reset", "restart", "restore", "revoke", "rollback", "rotate",
        "shutdown", "stop", "switchover", "terminate", "uninstall", "unsubscribe", "wipe",
    ),
    "may cost money": (
        "allocate", "buy", "enable", "execute", "export", "import", "invoke", "issue", "launch",
        "provision", "purchase", "renew", "request", "reserve", "run", "scale", "start", "submit",
        "subscribe",
    ),
    "reaches others": ("call", "invite", "notify", "post", "publish", "send", "share"),
    "changes access": ("authorize", "grant", "assume", "allow"),
    "binds": ("accept", "agree", "confirm", "leave", "sign", "transfer", "upgrade"),
}  # fmt: skip
"""First words of operations, by what they may do. `Batch…` is judged by the word behind it."""

NOUNS: Final[Mapping[Effect, tuple[str, ...]]] = {
    "takes away": ("deletion",),
    "changes access": (
        "access key", "account", "login profile", "permission", "permissions", "policy",
        "public access block", "service linked role", "ssh public key", "acl",
    ),
    "may cost money": (
        "capacity reservation", "cluster", "db cluster", "db instance", "dedicated host", "domain",
        "endpoint", "fleet", "hosted zone", "host", "instance", "nat gateway", "phone number",
        "reserved", "savings plan", "transit gateway", "vpc endpoint", "warehouse", "workspace",
        "workspaces",
    ),
}  # fmt: skip
"""Last words of operations that make or change something, by what that may do."""

_READS: Final = frozenset(
    (
        "batch get", "check", "describe", "detect", "estimate", "filter", "get", "head", "list",
        "lookup", "preview", "query", "read", "scan", "search", "select", "simulate", "test",
        "validate", "verify",
    )
)  # fmt: skip
"""First words of operations that only look."""


def reads(name: str) -> bool:
    """Return whether an operation's name says that it only looks."""
    parts = words(name)
    return bool(parts) and (parts[0] in _READS or " ".join(parts[:2]) in _READS)


def hazard(name: str) -> Hazard | None:
    """Return what an operation (`CreateQueue`) may do to a real account, if anything is known."""
    parts = words(name)
    if reads(name):
        return None
    verb = next((word for word in parts if word != "batch"), "")
    for effect, verbs in VERBS.items():
        if verb in verbs:
            return Hazard(effect, verb)
    text = " ".join(parts[1:])
    for effect, nouns in NOUNS.items():
        found = next((noun for noun in nouns if text == noun or text.endswith(f" {noun}")), "")
        if found:
            return Hazard(effect, found)
    return None


def off(names: Sequence[str], named: Sequence[str]) -> dict[str, Hazard]:
    """Return the operations that are off on a real account: hazardous ones nobody has named.

    `names` are `service.Operation`; `named` is what the user wrote. A glob names nothing.
    """
    exact = set(named)
    found = {name: hazard(name.partition(".")[2]) for name in names if name not in exact}
    return {name: danger for name, danger in found.items() if danger is not None}


def effect_of(operation: Operation, kind: str, graph: Graph | None) -> str:
    """Return what a request of a case's kind may do, in words, for a dry run."""
    if kind in ("invalid", "malformed"):
        return "is refused"
    danger = hazard(operation.name)
    said = [str(danger)] if danger else []
    node = graph.nodes.get(operation.id) if graph else None
    if node is not None and node.role == "creates":
        remover = graph.remover(operation.id) if graph else None
        after = f"removed by {remover[0].id}" if remover else "is left behind"
        said.append(f"makes {node.noun or 'something'}: {after}")
    if not said:
        said.append("only looks" if reads(operation.name) else "may change what is there")
    return "; ".join(said)

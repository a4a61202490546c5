"""The catalogue: every spec by name, from spec files where there are any, else from the model.

Names are `service.Operation`; globs work ("connect.*", "*.Create*"), and the name of a service
("connect") stands for all of its operations. A glob means the operations that have a page where it
matches some, and those of the SDK where it does not: `overlooked` says what it leaves out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

from msgspec.structs import replace

from aws_specs import sdk, store
from aws_specs.errors import UsageError, closest
from aws_specs.spec import Operation, Origin, Rule

SourceChoice = Literal["page", "model", "both"]

PAGE_SUFFIXES = (".rst", ".txt", ".html")


@cache
def names() -> tuple[str, ...]:
    """Return the names of all operations that have a spec file, sorted."""
    return tuple(sorted(_spec_files()))


@cache
def _spec_files() -> dict[str, Traversable]:
    found: dict[str, Traversable] = {}
    for folder in _data().iterdir():
        if folder.is_dir() and folder.name != "pages":
            for file in folder.iterdir():
                if file.name.endswith(".json"):
                    found[f"{folder.name}.{file.name.removesuffix('.json')}"] = file
    return found


def _data() -> Traversable:
    return files("aws_specs") / "data"


def page_files() -> dict[str, Traversable]:
    """Map the name sources carry (`pages/connect/create_contact.txt`) to each page's file."""
    pages = _data() / "pages"
    return {
        f"pages/{folder.name}/{file.name}": file
        for folder in sorted(pages.iterdir(), key=lambda item: item.name)
        for file in sorted(folder.iterdir(), key=lambda item: item.name)
        if file.name.endswith(PAGE_SUFFIXES)
    }


@cache
def load(name: str) -> Operation:
    """Return what `read` returns, and keep it."""
    return read(name)


def read(name: str) -> Operation:
    """Return the spec of `service.Operation`: its spec file, or the model's where it has none.

    Raises `UsageError` with the closest match for a name that neither has.
    """
    file = _spec_files().get(name)
    if file is not None:
        return store.parse(file.read_bytes(), name=name)
    from aws_specs.from_model import operation_from_model

    service, dot, operation = name.partition(".")
    if not dot or not operation:
        raise UsageError(
            f"{name!r} is not of the form service.Operation",
            hint=closest(name, names()) or "`aws-conformance specs list` names what there is.",
        )
    return operation_from_model(service, operation)


def resolve(patterns: Sequence[str]) -> tuple[str, ...]:
    """Return the names that patterns mean, in order and once; no pattern means every spec file.

    The name of a service means all of its operations. A glob without a match among spec files is
    tried on the SDK's operations. Raises `UsageError` for a pattern that matches nothing.
    """
    if not patterns:
        return names()
    found: dict[str, None] = {}
    for pattern in patterns:
        found.update(dict.fromkeys(_expand(pattern)))
    return tuple(found)


def _expand(pattern: str) -> Sequence[str]:
    if pattern in _spec_files():
        return (pattern,)
    service, _, operation = pattern.partition(".")
    if not _is_glob(pattern):
        if pattern in sdk.services():
            return _of_service(pattern)
        _check(pattern, service, operation)
        return (pattern,)
    found = _with_spec_files(pattern) or _of_sdk(pattern)
    if not found:
        raise UsageError(
            f"no operation matches {pattern!r}",
            hint="`aws-conformance specs list` names the specs; quote globs for the shell.",
        )
    return found


def _is_glob(pattern: str) -> bool:
    return any(mark in pattern for mark in "*?[")


def _of_service(service: str) -> Sequence[str]:
    """Return all operations of a service: those of its spec files, then the rest of the SDK's."""
    files = _with_spec_files(f"{service}.*")
    known = (f"{service}.{operation}" for operation in sdk.operation_names(service))
    return tuple(dict.fromkeys((*files, *known)))


def _with_spec_files(pattern: str) -> Sequence[str]:
    return [name for name in names() if fnmatchcase(name, pattern)]


def _of_sdk(pattern: str) -> Sequence[str]:
    service, _, operation = pattern.partition(".")
    return [
        f"{name}.{known}"
        for name in sdk.services()
        if fnmatchcase(name, service)
        for known in sdk.operation_names(name)
        if fnmatchcase(known, operation or "*")
    ]


def overlooked(patterns: Sequence[str]) -> Iterator[str]:
    """Yield a line for each glob that means operations with a page, where their services have more.

    It says how many there are of each, and how to name all.
    """
    for pattern in filter(_is_glob, patterns):
        meant = _with_spec_files(pattern)
        services = sorted({name.partition(".")[0] for name in meant})
        known = [name for service in services for name in _of_service(service)]
        matching = sum(fnmatchcase(name, pattern) for name in known)
        if len(meant) < matching:
            yield (
                f"{pattern}: only the {len(meant)} operations that have a page are meant, of "
                f"{matching} of {', '.join(services)} that match; a service's name alone "
                f"({services[0]}) stands for all of its operations"
            )


def _check(name: str, service: str, operation: str) -> None:
    if not operation:
        raise UsageError(
            f"{name!r} is neither service.Operation nor the name of a service",
            hint=closest(name, [*names(), *sdk.services()])
            or "`aws-conformance specs list` names what there is.",
        )
    near = closest(name, names())
    try:
        sdk.operation_model(service, operation)
    except UsageError as error:
        raise UsageError(error.message, hint=near or error.hint) from error


def speaking(operation: Operation, protocol: str) -> Operation:
    """Return the operation as it is in another protocol that its service lists; "" for its own.

    Raises `UsageError` for a protocol that the SDK's model does not list for the service. Names are
    botocore's: json, rest-json, query, ec2, rest-xml, smithy-rpc-v2-cbor.
    """
    if protocol in ("", operation.wire.protocol):
        return operation
    listed = sdk.protocols(operation.service)
    if protocol not in listed:
        raise UsageError(
            f"{operation.service} does not speak {protocol} (botocore {sdk.version()})",
            hint=f"Its protocols are: {', '.join(listed)}.",
        )
    return replace(operation, wire=replace(operation.wire, protocol=protocol))


def spoken(operation: Operation, protocol: str) -> Operation:
    """Return the operation in a protocol where its service lists that one, else in its own."""
    listed = protocol and protocol in sdk.protocols(operation.service)
    return speaking(operation, protocol) if listed else operation


def select(operation: Operation, source: SourceChoice) -> Operation:
    """Return the operation with only the rules of one source to be tested.

    "both" is everything. The other source's rules stay, unchecked: a valid request keeps them too,
    and a value that either source allows is never taken for invalid. An operation without a page
    always has the model's rules.
    """
    if source == "both" or (source == "page" and operation.page is None):
        return operation
    rules = tuple(_chosen(rule, source) for rule in operation.rules)
    return replace(operation, rules=rules)


def _chosen(rule: Rule, source: Origin) -> Rule:
    if rule.side == "errors" or rule.kind == "status":
        return rule
    if all(statement.origin != source for statement in rule.statements):
        other = "model" if source == "page" else "page"
        return replace(rule, checkable=False, reason=f"only the {other} states it")
    first = sorted(rule.statements, key=lambda statement: statement.origin != source)
    return replace(rule, statements=tuple(first), agreed=True)

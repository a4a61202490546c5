"""What people name on both sides of a comparison, read into specs.

====================== ==========================================================================
a page file            what that page alone says, in any rendering
a spec file            the spec: page and model
a folder               the spec files in it
`page:NAME`            what the catalogue's page alone says
`model:NAME`           what the installed SDK's model says; a service's name means all of it
`botocore:PATH[:NAME]` the same of another SDK: a data folder, an installed or unpacked botocore
NAME                   the catalogue's spec; globs are allowed wherever a NAME is
====================== ==========================================================================

Specs are loaded one at a time and when asked for: an SDK has some 20,000 operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec
from msgspec.structs import replace

from aws_specs import catalog, store
from aws_specs.diff.models import Models, installed, models_at
from aws_specs.errors import PageError, UsageError, closest
from aws_specs.extract import extract
from aws_specs.spec import Operation

FORMS = (
    "A side is a page file, a spec file, a folder of spec files, a NAME of the catalogue, "
    "page:NAME, model:NAME or botocore:PATH[:NAME]."
)

_PAGES = catalog.PAGE_SUFFIXES
_NOT_SPECS = frozenset({"spec.schema.json", "diff.schema.json"})


class Reference(msgspec.Struct, frozen=True):
    """One side: the names it means, and how to load them.

    `names` is None where it follows the other side (`model:*` and `botocore:PATH` alone). An
    `exact` side names single operations: the other side is then compared on these alone.
    """

    text: str
    names: tuple[str, ...] | None
    load: Callable[[str], Operation]
    has: Callable[[str], bool]
    exact: bool = False
    everything: Callable[[], tuple[str, ...]] = tuple


Pair = tuple[str, Operation | None, Operation | None]


def read(text: str) -> Reference:
    """Return what one side of a comparison means; `UsageError` for what means nothing."""
    scheme, colon, rest = text.partition(":")
    reader = _SCHEMES.get(scheme) if colon else None
    if reader is not None:
        return reader(text, rest)
    path = Path(text)
    if path.is_dir():
        return _folder(text, path)
    if path.is_file():
        return _fixed(text, _file(path), exact=True)
    return _catalogued(text)


def pairs(old: Reference, new: Reference) -> Iterator[Pair]:
    """Yield (name, OLD's spec, NEW's spec) by name; None for the side that has no such operation.

    Raises `UsageError` where the two have nothing to compare.
    """
    names = _names(old, new)
    if not any(old.has(name) and new.has(name) for name in names) and (old.exact or new.exact):
        raise UsageError(
            f"{old.text} and {new.text} have no operation in common",
            hint=f"Compare two statements of one operation. {FORMS}",
        )
    for name in names:
        before = old.load(name) if old.has(name) else None
        after = new.load(name) if new.has(name) else None
        yield name, before, after


def _names(old: Reference, new: Reference) -> tuple[str, ...]:
    mine, theirs = old.names, new.names
    if mine is None and theirs is None:
        mine, theirs = old.everything(), new.everything()
    exact = [names for side, names in ((old, mine), (new, theirs)) if side.exact and names]
    wanted = exact or [names for names in (mine, theirs) if names is not None]
    return tuple(sorted({name for names in wanted for name in names}))


# ---------------------------------------------------------------- forms


def _fixed(text: str, specs: Mapping[str, Operation], *, exact: bool) -> Reference:
    return Reference(
        text=text,
        names=tuple(specs),
        load=specs.__getitem__,
        has=specs.__contains__,
        exact=exact,
    )


def _file(path: Path) -> dict[str, Operation]:
    operation = _spec(path) if path.suffix == ".json" else _page(path)
    return {operation.id: operation}


def _spec(path: Path) -> Operation:
    return store.parse(path.read_bytes(), name=str(path))


def _page(path: Path) -> Operation:
    """Return what a page alone says: its model has no voice."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PageError("not UTF-8 text", file=str(path), hint=FORMS) from error
    return replace(extract(text, file=str(path)), model="")


def _folder(text: str, path: Path) -> Reference:
    files = [file for file in sorted(path.rglob("*.json")) if file.name not in _NOT_SPECS]
    files = files or [file for file in sorted(path.rglob("*")) if file.suffix in _PAGES]
    found: dict[str, Operation] = {}
    for file in files:
        for name, operation in _file(file).items():
            if name in found:
                raise UsageError(f"{text} has two specs of {name}", hint=f"One of them is {file}.")
            found[name] = operation
    if not found:
        raise UsageError(
            f"{text} has no spec files",
            hint="Make them with `aws-conformance extract PAGE -o DIR`.",
        )
    return _fixed(text, found, exact=False)


def _catalogued(text: str) -> Reference:
    try:
        names = catalog.resolve((text,))
    except UsageError as error:
        raise UsageError(f"{text!r}: {error.message}", hint=f"{error.hint}\n  {FORMS}") from error
    known = frozenset(names)
    return Reference(
        text=text, names=names, load=catalog.load, has=known.__contains__, exact=_is_exact(text)
    )


def _is_exact(name: str) -> bool:
    return not any(mark in name for mark in "*?[")


def _page_alone(text: str, name: str) -> Reference:
    """Return what pages of the catalogue say."""
    pattern = name or "*"
    names = tuple(known for known in catalog.names() if fnmatchcase(known, pattern))
    specs = {one: catalog.load(one) for one in names}
    told = {one: replace(spec, model="") for one, spec in specs.items() if spec.page is not None}
    if not told:
        raise UsageError(
            f"no page of the catalogue matches {pattern!r}",
            hint=closest(name, catalog.names()) or "`specs list --long` names the pages.",
        )
    return _fixed(text, told, exact=_is_exact(pattern))


def _model(text: str, name: str) -> Reference:
    return _modelled(text, installed(), name)


def _botocore(text: str, rest: str) -> Reference:
    """Take PATH apart from NAME; a PATH that exists as it stands has no NAME."""
    path, name = rest, ""
    if not Path(rest).exists() and ":" in rest:
        path, _, name = rest.rpartition(":")
    return _modelled(text, models_at(Path(path)), name)


def _modelled(text: str, models: Models, name: str) -> Reference:
    service, dot, _ = name.partition(".")
    names: tuple[str, ...] | None
    if name in ("", "*"):
        names = None
    elif dot and _is_exact(name):
        names = (name,)
        models.check(name)
    else:
        names = models.matching(service, name if dot else f"{service}.*")
    return Reference(
        text=text,
        names=names,
        load=models.load,
        has=models.has,
        exact=bool(dot) and _is_exact(name),
        everything=models.names,
    )


_SCHEMES: Mapping[str, Callable[[str, str], Reference]] = {
    "page": _page_alone,
    "model": _model,
    "botocore": _botocore,
}

"""Settings from a file: `[tool.aws-conformance]` in pyproject.toml, or aws-conformance.toml.

The nearest folder that has one wins, looking upwards from the working directory; in the same
folder aws-conformance.toml wins over pyproject.toml. The command line wins over both. Whatever is
wrong in a file is said at once, all of it: a setting that is silently ignored is a gate that is
silently open.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, cast

import msgspec
from msgspec import Meta

from aws_specs.errors import UsageError, closest
from aws_specs.spec import DEFAULT_CONFIDENCE, Value

OWN_FILE: Final = "aws-conformance.toml"
PROJECT_FILE: Final = "pyproject.toml"
TABLE: Final = "tool.aws-conformance"

DEFAULT_OUTPUT: Final = "conformance-report"
LARGEST_SEED: Final = 2**63 - 1

Kind = Literal["valid", "invalid", "malformed", "stateful"]


class Config(Value, frozen=True, kw_only=True, rename="kebab"):
    """Everything a run can be told. Keys are written in kebab-case in files.

    `seed` is None for a new one; `timeout` is in seconds, `rate` in requests a second, 0 for no
    limit and `max_requests` 0 for no budget. `reset` is the path of a URL target that empties it.
    `bind` maps `service.Member` to values the target has. `bootstrap` None leaves it to the target;
    `chains` say what it sends (in files: the table `bootstrap`). `record` is where exchanges go.
    """

    operations: tuple[str, ...] = ()
    target: str = "emulator"
    source: Literal["page", "model", "both"] = "both"
    protocol: str = ""
    only: tuple[Kind, ...] = ("valid", "invalid", "malformed")
    examples: Annotated[int, Meta(ge=0, le=100_000)] = 25
    seed: Annotated[int, Meta(ge=0, le=LARGEST_SEED)] | None = None
    bind: Mapping[str, str] = {}
    baseline: str = ""
    strict: bool = False
    allow_undecided: bool = False
    output: str = DEFAULT_OUTPUT
    confidence: Annotated[float, Meta(ge=0, le=1)] = DEFAULT_CONFIDENCE
    profile: str = ""
    region: str = ""
    timeout: Annotated[float, Meta(gt=0)] = 15.0
    reset: str = ""
    max_requests: Annotated[int, Meta(ge=0)] = 0
    rate: Annotated[float, Meta(ge=0)] = 0.0
    allow_accounts: tuple[str, ...] = ()
    bootstrap: bool | None = None
    pagination: bool = True
    stateful: bool = False
    chains: Mapping[str, Mapping[str, Any]] = {}
    record: str = ""


_EXPECTED: Final[Mapping[str, str]] = {
    "operations": 'a list of names such as "connect.CreateContact"',
    "target": "a name or a URL, in quotes",
    "source": '"page", "model" or "both"',
    "protocol": 'a protocol by botocore\'s name, such as "smithy-rpc-v2-cbor"',
    "only": 'a list of "valid", "invalid", "malformed" and "stateful"',
    "examples": "a whole number from 0 to 100000",
    "seed": f"a whole number from 0 to {LARGEST_SEED}",
    "bind": 'a table of "service.Member" = "value"',
    "baseline": "the path of a file, in quotes",
    "strict": "true or false",
    "allow-undecided": "true or false",
    "output": "the path of a folder, in quotes",
    "confidence": "a number from 0 to 1",
    "profile": "the name of an AWS profile, in quotes",
    "region": "the name of an AWS region, in quotes",
    "timeout": "a number of seconds above 0",
    "reset": "a path such as /moto-api/reset, in quotes",
    "max-requests": "a whole number, 0 for no limit",
    "rate": "a number of requests a second, 0 for no limit",
    "bootstrap": "true or false, or a table of chains by service",
    "chains": "a table of chains by service",
    "pagination": "true or false",
    "stateful": "true or false",
    "record": "the path of a file, in quotes",
    "allow-accounts": "a list of account ids, in quotes (they may start with 0)",
}
"""What each key must be, in words."""

_PATHS: Final = ("baseline", "output", "record")
"""Keys whose value is a path: relative to the folder of the file, wherever the command is run."""


class Found(Value, frozen=True):
    """What a file says: the keys it sets (in kebab-case, values checked), and the file."""

    given: Mapping[str, Any] = {}
    file: str = ""


def find(start: Path) -> Found:
    """Return the settings of the nearest configuration file at or above `start`.

    Raises `UsageError` for a file that cannot be read, is not TOML, or says what no setting is.
    """
    for folder in (start, *start.parents):
        for name, table in ((OWN_FILE, ""), (PROJECT_FILE, TABLE)):
            file = folder / name
            if not file.is_file():
                continue
            settings = _section(_toml(file), table, str(file))
            if settings is not None:
                return Found(_relative(checked(settings, str(file)), folder), str(file))
    return Found()


def merge(found: Found, given: Mapping[str, Any]) -> Config:
    """Return the settings of a file with those of the command line over them.

    `given` has only what was really given, in kebab-case; bindings are joined, the command line's
    over the file's.
    """
    bind = {**found.given.get("bind", {}), **given.get("bind", {})}
    return msgspec.convert({**found.given, **given, "bind": bind}, Config)


def checked(settings: Mapping[str, Any], file: str) -> dict[str, Any]:
    """Return the settings with bindings flattened; `UsageError` lists every problem there is."""
    settings = _parted(settings)
    flat = {key: _bindings(value) if key == "bind" else value for key, value in settings.items()}
    problems = [problem for key, value in flat.items() if (problem := _problem(key, value))]
    if problems:
        raise UsageError(
            "\n".join(f"{file}: {problem}" for problem in problems),
            hint="`aws-conformance run --help` describes every setting.",
        )
    return flat


def _parted(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with a table `bootstrap` as its chains, and whether it is enabled."""
    found = dict(settings)
    if isinstance(found.get("bootstrap"), dict):
        chains = dict(cast("dict[str, Any]", found.pop("bootstrap")))
        if "enabled" in chains:
            found["bootstrap"] = chains.pop("enabled")
        found["chains"] = chains
    return found


def parse_bindings(pairs: tuple[str, ...]) -> dict[str, str]:
    """Return `service.Member=VALUE` arguments as a mapping; `UsageError` for another form."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or "." not in name.strip("."):
            raise UsageError(
                f"--bind {pair!r} is not of the form service.Member=VALUE",
                hint="For example: --bind connect.InstanceId=11111111-2222-3333-4444-555555555555",
            )
        found[name] = value
    return found


def _problem(key: str, value: Any) -> str:
    if key not in _EXPECTED:
        near = closest(key, _EXPECTED) or f"The settings are: {', '.join(sorted(_EXPECTED))}."
        return f"there is no setting `{key}`. {near}"
    try:
        msgspec.convert({key: value}, Config)
    except msgspec.ValidationError:
        return f"`{key}` must be {_EXPECTED[key]}; found {_shown(value)}"
    return ""


def _shown(value: Any) -> str:
    words: dict[type, str] = {bool: "", int: "the number ", float: "the number ", str: "the text ",
             list: "the list ", dict: "the table "}  # fmt: skip
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    text = text if len(text) <= 80 else f"{text[:77]}..."
    return f"{words.get(value.__class__, '')}{text}"


def _bindings(value: Any) -> Any:
    """Return a table of bindings by dotted name: TOML reads an unquoted dot as another table."""
    return _flat(cast("dict[str, Any]", value), "") if isinstance(value, dict) else value


def _flat(table: dict[str, Any], prefix: str) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat.update(_flat(cast("dict[str, Any]", value), f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _section(document: dict[str, Any], table: str, file: str) -> dict[str, Any] | None:
    """Return the table of a document that holds our settings; None where there is none."""
    value: Any = document
    for step in table.split(".") if table else ():
        if not isinstance(value, dict) or step not in value:
            return None
        value = cast("dict[str, Any]", value)[step]
    if not isinstance(value, dict):
        raise UsageError(f"{file}: `{table}` must be a table; found {_shown(value)}")
    return cast("dict[str, Any]", value)


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: not TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: not UTF-8 text: {error}") from error
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror or error}") from error


def _relative(settings: dict[str, Any], folder: Path) -> dict[str, Any]:
    here = Path.cwd()
    return {key: _path(value, folder, here) if key in _PATHS else value
            for key, value in settings.items()}  # fmt: skip


def _path(value: str, folder: Path, here: Path) -> str:
    """Return a path of a file's folder, written as short as it can be from where we are."""
    path = folder / value
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def keys() -> Iterator[tuple[str, str]]:
    """Yield every setting's key and what it must be, for help texts and documentation."""
    yield from sorted(_EXPECTED.items())

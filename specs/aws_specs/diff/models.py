"""The models of one SDK version: the installed botocore's, or another one's on disk."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from aws_specs import sdk
from aws_specs.errors import UsageError, closest
from aws_specs.from_model import spec_of_model
from aws_specs.spec import Operation

if TYPE_CHECKING:
    from botocore.loaders import Loader

_VERSION = re.compile(r"""^__version__ = ['"]([^'"\n]{1,40})['"]""", re.MULTILINE)


class Models:
    """One SDK's service models, read through botocore's loader and kept while they are in use.

    `version` names the SDK in messages. Only the last service read is kept: names come sorted.
    """

    def __init__(self, loader: Loader, version: str) -> None:
        self.version = version
        self._loader: Any = loader  # botocore's annotations do not tell
        self._last: tuple[str, Any] | None = None

    @cached_property
    def services(self) -> frozenset[str]:
        """The names of all services."""
        return frozenset(self._loader.list_available_services("service-2"))

    def names(self) -> tuple[str, ...]:
        """Return the names of all operations of all services, sorted."""
        return tuple(name for service in sorted(self.services) for name in self._names(service))

    def matching(self, service: str, pattern: str) -> tuple[str, ...]:
        """Return the names that match a glob, among the services that match another."""
        matched = sorted(name for name in self.services if fnmatchcase(name, service))
        found = [name for one in matched for name in self._names(one) if fnmatchcase(name, pattern)]
        if not found:
            raise UsageError(
                f"no operation of botocore {self.version} matches {pattern!r}",
                hint=closest(service, self.services) or "Quote globs for the shell.",
            )
        return tuple(found)

    def has(self, name: str) -> bool:
        """Whether there is such an operation."""
        service, _, operation = name.partition(".")
        return service in self.services and operation in self._operations(service)

    def check(self, name: str) -> None:
        """Raise `UsageError` with the closest match for an operation there is not."""
        service, _, operation = name.partition(".")
        if service not in self.services:
            raise UsageError(
                f"no service {service!r} in botocore {self.version}",
                hint=closest(service, self.services) or "Name a service as boto3.client does.",
            )
        if not self.has(name):
            raise UsageError(
                f"no operation {operation!r} in service {service!r} (botocore {self.version})",
                hint=closest(operation, self._operations(service))
                or f"It has {_some(self, service)}.",
            )

    def load(self, name: str) -> Operation:
        """Return the spec of an operation as the model states it."""
        service, _, operation = name.partition(".")
        spec = spec_of_model(self._service(service).operation_model(operation))
        return replace(spec, model=f"botocore {self.version} {service}")

    def _names(self, service: str) -> list[str]:
        return [f"{service}.{name}" for name in sorted(self._operations(service))]

    def _operations(self, service: str) -> tuple[str, ...]:
        return tuple(self._service(service).operation_names)

    def _service(self, service: str) -> Any:
        from botocore.model import ServiceModel

        if self._last is None or self._last[0] != service:
            description = self._loader.load_service_model(service, "service-2")
            self._last = service, ServiceModel(description, service_name=service)
        return self._last[1]


def _some(models: Models, service: str) -> str:
    names = [name.partition(".")[2] for name in models.matching(service, f"{service}.*")]
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


@cache
def installed() -> Models:
    """Return the models of the installed botocore."""
    return Models(sdk.loader(), sdk.version())


def models_at(path: Path) -> Models:
    """Return the models of another botocore: its data folder, its package, or what holds it.

    `path` may be a virtual environment or an unpacked wheel. `UsageError` where there are none.
    """
    from botocore.loaders import Loader

    data = next((one for one in _candidates(path) if _has_models(one)), None)
    if data is None:
        raise UsageError(
            f"{path} holds no models of botocore",
            hint="Give a botocore's data folder, an installed package, a virtual environment, or "
            "an unpacked wheel.",
        )
    loader = Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    return Models(loader, _version(data) or str(path))


def _candidates(path: Path) -> list[Path]:
    packages = sorted(path.glob("[Ll]ib*/python3*/site-packages"))
    return [
        path,
        *(root / inner for root in (path, *packages, path / "Lib" / "site-packages")
          for inner in ("data", "botocore/data")),
    ]  # fmt: skip


def _has_models(data: Path) -> bool:
    return any(data.glob("*/*/service-2.json*")) if data.is_dir() else False


def _version(data: Path) -> str:
    """Return the version that the package around a data folder says it has, or an empty string."""
    package = data.parent / "__init__.py"
    if not package.is_file():
        return ""
    found = _VERSION.search(package.read_text(encoding="utf-8", errors="replace"))
    return found[1] if found else ""

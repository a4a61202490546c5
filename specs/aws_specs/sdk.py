"""The installed SDK's models: the other witness beside the pages.

Models are read through botocore's own loader, so that a user's `~/.aws/models` and any botocore
version work. Nothing here opens a socket.
"""

# botocore has no types: what comes from it is unknown to pyright, and its cached properties are no
# attributes to it.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportAttributeAccessIssue=false
# pyright: reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_specs.errors import SpecError, UsageError, closest
from aws_specs.paths import steps

if TYPE_CHECKING:
    from botocore.loaders import Loader
    from botocore.model import OperationModel, ServiceModel

_ABBREVIATION = re.compile(rb'"serviceAbbreviation":"([^"]{1,200})"')
_FULL_NAME = re.compile(rb'"serviceFullName":"([^"]{1,200})"')
_UID = re.compile(rb'"uid":"([^"]{1,200})"')
_HEAD = 4096


@cache
def loader() -> Loader:
    """Return botocore's data loader with its default search path."""
    from botocore.session import Session

    component: Loader = Session().get_component("data_loader")
    return component


@cache
def version() -> str:
    """Return the botocore version the models come from, e.g. "1.44.5"."""
    import botocore

    return str(botocore.__version__)


@cache
def services() -> tuple[str, ...]:
    """Return the names of all services the SDK knows, sorted: `connect`, `pinpoint`, …"""
    return tuple(sorted(loader().list_available_services("service-2")))


@cache
def service_model(service: str) -> ServiceModel:
    """Return botocore's model of a service; `UsageError` for a name the SDK does not know."""
    from botocore.exceptions import UnknownServiceError
    from botocore.model import ServiceModel

    try:
        description = loader().load_service_model(service, "service-2")
    except UnknownServiceError as error:
        raise UsageError(
            f"no service {service!r} in botocore {version()}",
            hint=closest(service, services())
            or "`aws-conformance specs list` names what there is.",
        ) from error
    return ServiceModel(description, service_name=service)


def description(service: str) -> Mapping[str, Any]:
    """Return the model of a service as its JSON file has it; it is shared, not a copy."""
    found: Any = loader()
    model: Mapping[str, Any] = found.load_service_model(service, "service-2")
    return model


def protocol(service: str) -> str:
    """Return the protocol that botocore's clients of a service speak."""
    model: Any = service_model(service)
    return str(getattr(model, "resolved_protocol", None) or model.protocol)


def protocols(service: str) -> tuple[str, ...]:
    """Return the protocols that the model lists for a service, by botocore's names."""
    metadata: Mapping[str, Any] = service_model(service).metadata
    return tuple(str(name) for name in metadata.get("protocols") or (metadata["protocol"],))


@cache
def client_of_service(service: str) -> str:
    """Return the client class of a service (chime-sdk-identity → "ChimeSDKIdentity")."""
    from botocore.utils import get_service_module_name

    return str(get_service_module_name(service_model(service)))


def operation_names(service: str) -> tuple[str, ...]:
    """Return the names of a service's operations, in the model's order."""
    return tuple(str(name) for name in service_model(service).operation_names)


def operation_model(service: str, operation: str) -> OperationModel:
    """Return botocore's model of `service.Operation`; `UsageError` with the closest match."""
    from botocore.model import OperationNotFoundError

    model = service_model(service)
    try:
        return model.operation_model(operation)
    except OperationNotFoundError as error:
        raise UsageError(
            f"no operation {operation!r} in service {service!r} (botocore {version()})",
            hint=closest(operation, model.operation_names),
        ) from error


def member_documentation(service: str, operation: str, path: str, *, answer: bool = False) -> str:
    """Return what the model says of the member at a path of the request, as HTML; "" if nothing.

    With `answer` the path is one of the answer. The words on a member stand before those on the
    shape it has; what is within a list or a map takes the words on that where it has none. Raises
    `UsageError` for an operation that the SDK does not know.
    """
    model = operation_model(service, operation)
    shape: Any = model.output_shape if answer else model.input_shape
    text = ""
    for step in steps(path):
        if shape is None:
            return ""
        if step == "[]":
            shape = getattr(shape, "member", None)
        elif step in ("{}", "{key}"):
            shape = getattr(shape, "value" if step == "{}" else "key", None)
        else:
            shape = getattr(shape, "members", {}).get(step)
        own = str(getattr(shape, "documentation", "") or "")
        text = own if step[0] not in "[{" or own else text
    return text


def filled_in(service: str, operation: str) -> tuple[str, ...]:
    """Return the members into which a client puts a fresh UUID where the caller gives nothing."""
    members: Any = operation_model(service, operation).idempotent_members
    return tuple(str(name) for name in members)


@cache
def service_of_client(client: str) -> str:
    """Return the service whose client class is `client` ("ChimeSDKIdentity" → chime-sdk-identity).

    Raises `SpecError` for a class the installed SDK does not have.
    """
    wanted = client.lower()
    named = [service for service in services() if service.replace("-", "") == wanted]
    for service in (*named, *services()):
        if _client_class(service) == client:
            return service
    raise SpecError(
        f"no service of botocore {version()} has a client class {client!r}",
        hint="The page may be of another SDK version: upgrade botocore, or check the page's title.",
    )


def operation_of_method(service: str, method: str) -> str:
    """Return the operation that a client method calls ("create_contact" → CreateContact).

    Raises `SpecError` where the method is not an operation of the installed SDK.
    """
    from botocore import xform_name

    for name in service_model(service).operation_names:
        if xform_name(name) == method:
            return str(name)
    known = [xform_name(name) for name in service_model(service).operation_names]
    raise SpecError(
        f"{service} has no operation whose method is {method!r} in botocore {version()}",
        hint=closest(method, known)
        or "Paginators, waiters and transfer methods are no operations.",
    )


def method_of_operation(operation: str) -> str:
    """Return the client method that calls an operation (CreateContact → "create_contact")."""
    from botocore import xform_name

    return str(xform_name(operation))


def forget_models() -> None:
    """Let go of the models read so far: a walk over all of AWS holds one service at a time."""
    service_model.cache_clear()
    loader.cache_clear()


@cache
def service_of_uid(uid: str) -> str:
    """Return the service with this unique id ("connect-2017-08-08"), or an empty string."""
    return next((name for name in services() if uid and _in_head(name, _UID) == uid), "")


@cache
def _client_class(service: str) -> str:
    """Return the client class of a service, by the rule of botocore's `get_service_module_name`."""
    name = _in_head(service, _ABBREVIATION) or _in_head(service, _FULL_NAME) or service
    return re.sub(r"\W+", "", name.replace("Amazon", "").replace("AWS", ""))


def _in_head(service: str, wanted: re.Pattern[bytes]) -> str:
    """Return what stands in the head of a service's model file.

    Reading 439 whole models takes seconds; what names them stands in the first kilobytes.
    """
    for root in loader().search_paths:
        for path in sorted(Path(root).glob(f"{service}/*/service-2.json*"), reverse=True):
            opener = gzip.open if path.suffix == ".gz" else open
            with opener(path, "rb") as file:
                found = wanted.search(re.sub(rb'"\s*:\s*"', b'":"', file.read(_HEAD)))
            if found:
                return found.group(1).decode()
    return ""

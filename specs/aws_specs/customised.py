"""What the SDK does to an operation beside its model, as far as its documentation shows it.

botocore registers handlers that hide a parameter, give it another name, fill it in, or document
another type than the model has. They are objects of a few classes, so nearly all of it is read off
the handlers of the installed version. Three are plain functions and tell nothing of themselves:
those stand in `_FUNCTIONS`, each with what it does and why.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from aws_specs import sdk
from aws_specs.spec import Side, Value


class Added(Value, frozen=True):
    """A member that is documented behind another and that no model has."""

    side: Side
    after: str
    name: str
    type: str


class Customised(Value, frozen=True):
    """What happens to one operation; names are of top-level members.

    `renamed`: request members that are documented, and accepted, under another name. `hidden`:
    request members that only the SDK sets. `filled`: request members that the SDK sets where they
    are missing, and that are therefore never marked as required. `reshaped`: shapes, wherever they
    stand, that are documented as another type. `retyped`: (side, member) documented as another
    type. `added`: members that only the SDK makes.
    """

    renamed: Mapping[str, str] = {}
    hidden: frozenset[str] = frozenset()
    filled: frozenset[str] = frozenset()
    reshaped: Mapping[str, str] = {}
    retyped: Mapping[tuple[Side, str], str] = {}
    added: tuple[Added, ...] = ()


NOTHING: Final = Customised()


class _Handler(NamedTuple):
    service: str
    operation: str
    handler: Callable[..., object]


@cache
def customised(service: str, operation: str) -> Customised:
    """Return what the handlers of the installed SDK do to one operation."""
    mine = [
        handler for handler in _handlers().get(service, ()) if handler.operation in ("*", operation)
    ]
    if not mine:
        return NOTHING
    found: dict[str, Any] = {
        "renamed": {}, "hidden": set(), "filled": set(), "reshaped": {}, "retyped": {}, "added": []
    }  # fmt: skip
    for one in mine:
        _read(one.handler, service, operation, found)
    return Customised(
        renamed=found["renamed"],
        hidden=frozenset(found["hidden"]),
        filled=frozenset(found["filled"]),
        reshaped=found["reshaped"],
        retyped=found["retyped"],
        added=tuple(dict.fromkeys(found["added"])),
    )


@cache
def methods(service: str) -> Mapping[str, str]:
    """Map the client methods of a service to their operations, without those the SDK takes out.

    It takes out what it cannot call, such as streams in both directions.
    """
    model: Any = sdk.service_model(service)
    names = {sdk.method_of_operation(name): str(name) for name in model.operation_names}
    attributes: dict[str, Any] = dict.fromkeys(names)
    emitter: Any = _session().get_component("event_emitter")
    emitter.emit(
        f"creating-client-class.{model.service_id.hyphenize()}",
        class_attributes=attributes,
        base_classes=[],
    )
    return {method: names[method] for method in sorted(names) if method in attributes}


@cache
def _session() -> Any:
    return importlib.import_module("botocore.session").Session()


# ---------------------------------------------------------------- reading the handlers


@cache
def _handlers() -> Mapping[str, tuple[_Handler, ...]]:
    """Map a service to its handlers of documentation events, `docs.<part>.<service>.<name>.…`."""
    found: dict[str, list[_Handler]] = {}
    for event, handler, *_ in importlib.import_module("botocore.handlers").BUILTIN_HANDLERS:
        parts = str(event).split(".")
        if parts[0] == "docs" and len(parts) > 3:
            found.setdefault(parts[2], []).append(_Handler(parts[2], parts[3], handler))
    return {service: tuple(handlers) for service, handlers in found.items()}


def _read(handler: Any, service: str, operation: str, found: dict[str, Any]) -> None:
    """Add to `found` what one handler does: a method of an object that knows, or a function."""
    done: Iterable[tuple[str, object]]
    if hasattr(handler, "__self__"):
        read = _READERS.get(handler.__self__.__class__.__name__, _nothing)
        done = read(handler.__self__.__dict__, service, operation)
    else:
        done = _FUNCTIONS.get(str(handler.__name__), NOTHING_DONE).items()
    for key, value in done:
        add = found[key].extend if key == "added" else found[key].update
        add(value)


Found = Iterator[tuple[str, object]]


def _alias(fields: Mapping[str, Any], service: str, operation: str) -> Found:
    yield "renamed", {fields["_original_name"]: fields["_alias_name"]}


def _hide(fields: Mapping[str, Any], service: str, operation: str) -> Found:
    if f"docs.request-params.{service}.{operation}.complete-section" in fields["_params_events"]:
        yield "hidden", {fields["_parameter_name"]}


def _fill(fields: Mapping[str, Any], service: str, operation: str) -> Found:
    yield "filled", {fields["name"]}


def _reshape(fields: Mapping[str, Any], service: str, operation: str) -> Found:
    yield "reshaped", {fields["_shape_name"]: fields["_new_type"]}


def _nothing(fields: Mapping[str, Any], service: str, operation: str) -> Found:
    yield from ()


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any], str, str], Found]]] = {
    "ParameterAlias": _alias,
    "HideParamFromOperations": _hide,
    "AutoPopulatedParam": _fill,
    "DocumentModifiedShape": _reshape,
}
"""What each class of handler does; `AppendParamDocumentation` only adds prose."""

NOTHING_DONE: Final[Mapping[str, Any]] = {}

_FUNCTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    # S3's CopySource may be given as a dictionary too; the SDK writes the string.
    "document_copy_source_form": {"retyped": {("input", "CopySource"): "str or dict"}},
    # S3 sends dates that are none: the SDK hands the text on beside the parsed date.
    "document_expires_shape": {
        "added": [Added(side="output", after="Expires", name="ExpiresString", type="string")]
    },
    # CloudFormation answers with a template as JSON text; the SDK parses it.
    "document_cloudformation_get_template_return_type": {
        "retyped": {("output", "TemplateBody"): "dict"}
    },
}
"""The handlers that are functions."""

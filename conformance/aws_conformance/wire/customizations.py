"""What a botocore client does to some requests before and after it serializes them.

Parameter aliases, base64 user data, Route 53 ids, S3 copy sources and key digests, headers of
Glacier and API Gateway: botocore keeps them in one list of handlers. The suite runs those that
change bytes on the wire, and leaves out those that would invent what a case leaves out on purpose
(tokens, account ids, defaults), change the shared model, or need a client of their own.
"""

# botocore is untyped: pyright infers partly unknown types from its source.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from aws_specs.spec import Json

Handler = Callable[..., Any]

LEFT_OUT: Final = frozenset(
    {
        "generate_idempotent_uuid",
        "_handle_request_validation_mode_member",
        "validate_bucket_name",
        "validate_ascii_metadata",
        "remove_bucket_from_url_paths_from_model",
        "remove_accid_host_prefix_from_model",
        "set_list_objects_encoding_type_url",
        "convert_body_to_file_like_object",
        "inject_account_id",
        "inject_presigned_url_ec2",
        "inject_presigned_url_rds",
        "add_recursion_detection_header",
        "add_expect_header",
        "add_retry_headers",
        "switch_host_machinelearning",
    }
)
"""Handlers that are not run, by name; see the module's first paragraph for why."""


def before_build(model: Any, params: Mapping[str, Json]) -> dict[str, Json]:
    """Return the parameters as a client would hand them to the serializer.

    A handler that cannot cope with a value of the wrong type leaves the parameters as they were.
    """
    current: dict[str, Json] = dict(params)
    for handler in _handlers("before-parameter-build", *_event(model)):
        changed = dict(current)
        try:
            handler(params=changed, model=model, context={})
        except Exception:  # noqa: S112  # botocore's handlers raise anything for a wrong type
            continue
        current = changed
    return current


def before_call(model: Any, request: dict[str, Any], context: dict[str, Any]) -> None:
    """Change the serialized request in place as a client would just before it is signed."""
    for handler in _handlers("before-call", *_event(model)):
        handler(model=model, params=request, context=context, request_signer=None)


def without_key(model: Any, request: dict[str, Any]) -> None:
    """Change the path of an S3 request in place where its key is empty: `/bucket`, not `/bucket/`.

    A client's endpoint has the bucket in it, and the path of an empty key adds nothing to that.
    """
    template = str(model.http["requestUri"]).partition("?")[0]
    path = str(request["url_path"])
    bare = path.count("/") == template.count("/") and path.endswith("/")
    if bare and model.service_model.service_name == "s3" and template.endswith("/{Key+}"):
        request["url_path"] = path[:-1]


def request_created(model: Any, request: Any) -> None:
    """Change botocore's request object in place as a client would before it signs it."""
    for handler in _handlers("request-created", *_event(model)):
        handler(request=request, operation_name=model.name)


def is_unsigned(model: Any) -> bool:
    """Whether a client sends the operation without a signature."""
    if model.resolved_auth_type == "none":
        return True
    names = (_name(handler) for handler in _handlers("choose-signer", *_event(model)))
    return "disable_signing" in names


def _event(model: Any) -> tuple[str, str]:
    return str(model.service_model.service_id.hyphenize()), str(model.name)


@cache
def _handlers(event: str, service: str, operation: str) -> tuple[Handler, ...]:
    """Return the handlers of one event for one operation, in the order botocore runs them."""
    from botocore.handlers import BUILTIN_HANDLERS

    wanted = (event, service, operation)
    return tuple(
        entry[1]
        for entry in BUILTIN_HANDLERS
        if _matches(str(entry[0]), wanted) and _name(entry[1]) not in LEFT_OUT
    )


def _matches(pattern: str, event: tuple[str, str, str]) -> bool:
    """Whether a handler registered for `pattern` hears the event; "a.b" hears "a.b.c" too."""
    from botocore.utils import EVENT_ALIASES

    parts = pattern.split(".")
    parts[1:2] = [EVENT_ALIASES.get(part, part) for part in parts[1:2]]
    heard = zip(parts, event, strict=False)
    return len(parts) <= len(event) and all(part in ("*", name) for part, name in heard)


def _name(handler: Handler) -> str:
    return str(getattr(handler, "__name__", type(handler).__name__))

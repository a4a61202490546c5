"""Our request beside a botocore client's: equal, or explained by a property of the service.

The classes, each told by what model and client show, never by a list of operations:

* `equal`: method, path and query, headers with the signature, and body are the same bytes;
* `equal but for …`: what differs is of one kind alone, and everything else is the same bytes:
  the host that the client's endpoint rules choose (and the signature, which covers it), the name
  that these rules sign for, a Signature Version 2 (the model asks for it, and we sign version 4),
  what the client's own handlers fill in (a client without these handlers sends our bytes);
* `no client says it`: botocore's validator calls a value one of a wrong type, a boolean stands for
  a number and a client writes a number, or there is no body where a client writes an empty one:
  those bytes are our own;
* `client sends nothing`: the client raises before it sends, with the name of what it raises, or
  would if its handlers did not fill in what is left out;
* `differs`: nothing explains it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from botocore.validate import ParamValidator

from aws_conformance.exchange import Request
from aws_conformance.wire.customizations import LEFT_OUT
from aws_specs import sdk
from aws_specs.spec import Operation
from aws_strategies.case import Case
from tests_support.clients import ENDPOINT, client_sends

EXPLAINED = ("equal", "no client says it", "client sends nothing")
"""How the classes begin that are no difference of ours."""

NOT_COMPARED = {"host", "user-agent", "amz-sdk-invocation-id", "amz-sdk-request", "expect"}

FILLING_IN = frozenset(name for name in LEFT_OUT if not name.startswith("remove_"))
"""botocore's handlers that add what a caller leaves out, or refuse it: tokens, account ids, modes,
presigned URLs. Those that fit the model to the endpoint rules are needed.
"""

_VERSION_2 = {"AWSAccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "Timestamp"}
_SCOPE = re.compile(r"Credential=[^/]*/[0-9]{8}/([^/]*/[^/]*)/aws4_request")


class Form(NamedTuple):
    """A request as it is compared."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def endpoint_for(operation: Operation) -> str:
    """Return where the operation is sent to: over TLS where a client sends a bearer's token."""
    model: Any = sdk.operation_model(operation.service, operation.name)
    bearer = "bearer" in str(model.resolved_auth_type or model.service_model.signature_version)
    return ENDPOINT.replace("http:", "https:") if bearer else ENDPOINT


def compared(operation: Operation, case: Case, request: Request) -> tuple[str, str]:
    """Return the class of what came of comparing a case, and what differs in words."""
    shape: Any = sdk.operation_model(operation.service, operation.name).input_shape
    try:
        values = values_of(shape, case.params)
    except (ValueError, TypeError):
        return "no client says it (no value of the type)", ""
    if wrong := _inexpressible(shape, values):
        return f"no client says it ({wrong})", ""
    theirs = _theirs(operation, values)
    if isinstance(theirs, str):
        return f"client sends nothing ({theirs.partition(':')[0]})", theirs
    mine = Form(request.method, request.path, _kept(request.headers), request.body)
    found = _alike(operation, mine, *theirs)
    if found:
        return found, ""
    lean = _theirs(operation, values, FILLING_IN)
    if isinstance(lean, str):
        return "client sends nothing (but what its handlers fill in)", lean
    if found := _alike(operation, mine, *lean):
        return f"{found}, but for what the client's handlers fill in", ""
    if operation.wire.payload not in {"", *values} and theirs[0].body and not mine.body:
        return "no client says it (no body at all)", ""
    if case.rule.endswith("/type") and case.fault and isinstance(case.fault.new, bool):
        # To the validator True is the number 1, and so it is in a client's CBOR.
        return "no client says it (a boolean for a number)", ""
    return "differs", difference(mine, theirs[0])


def values_of(shape: Any, value: Any) -> Any:
    """Return the JSON form as a client takes it, converted without the product's own code.

    What is not of the shape's type stays as it is, and what is no blob or no moment is a
    `ValueError`: botocore's validator takes booleans for moments.
    """
    kind = shape.type_name if shape is not None else ""
    match kind, value:
        case "structure", dict() if not shape.is_document_type:
            return {n: values_of(shape.members.get(n), item) for n, item in value.items()}
        case "list", list():
            return [values_of(shape.member, item) for item in value]
        case "map", dict():
            return {key: values_of(shape.value, item) for key, item in value.items()}
        case "blob", str():
            return base64.b64decode(value, validate=True)
        case "timestamp", str():
            return datetime.fromisoformat(value)
        case "timestamp", _:
            raise ValueError(value)
        case _:
            return value


def _inexpressible(shape: Any, values: Any) -> str:
    """Return what botocore's validator has against the types of the values, "" if nothing."""
    if shape is None:
        return ""
    kinds = {kind for kind, _, _ in ParamValidator().validate(values, shape)._errors}
    return ", ".join(sorted(kinds & {"invalid type", "invalid jsonvalue"}))


def _theirs(
    operation: Operation, values: Any, without: Collection[str] = frozenset()
) -> tuple[Form, bool] | str:
    """Return what a client sends and whether to a host of its own; or why it sends nothing."""
    at = endpoint_for(operation)
    sent = client_sends(operation.service, operation.name, values, without, at)
    if isinstance(sent, str):
        return sent
    url = urlsplit(sent.url)
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    form = Form(sent.method, path, _kept(sent.headers.items()), sent.body)
    return form, url.netloc != urlsplit(at).netloc


def _kept(headers: Any) -> dict[str, str]:
    lower = ((name.lower(), value) for name, value in headers)
    return {name: value for name, value in lower if name not in NOT_COMPARED}


def _alike(operation: Operation, mine: Form, theirs: Form, elsewhere: bool) -> str:
    """Return in which class two requests are equal, "" where they differ."""
    if mine == theirs:
        return "equal"
    if operation.wire.signature == "v2" and _without_v2(mine) == _without_v2(theirs):
        return "equal but for the signature, of version 2"
    if _without(mine, "authorization") != _without(theirs, "authorization"):
        return ""
    if elsewhere:
        return "equal but for the host, which endpoint rules choose, and the signature"
    ours, named = _scope(mine), _scope(theirs)
    if ours and named and ours != named:
        return "equal but for the name signed for, which endpoint rules choose"
    return ""


def _scope(form: Form) -> str:
    """Return region and name that a request is signed for."""
    found = _SCOPE.search(form.headers.get("authorization", ""))
    return found[1] if found else ""


def _without(form: Form, *names: str) -> Form:
    return form._replace(headers={n: v for n, v in form.headers.items() if n not in names})


def _without_v2(form: Form) -> tuple[Form, list[tuple[str, str]]]:
    """Return a request without what a signature adds, its form read: the signer sorts it."""
    pairs = parse_qsl(form.body.decode(), keep_blank_values=True)
    bare = _without(form, "authorization", "x-amz-date", "content-length")
    return bare._replace(body=b""), sorted(pair for pair in pairs if pair[0] not in _VERSION_2)


def difference(mine: Form, theirs: Form) -> str:
    """Return what differs, in words; "" where nothing does."""
    for name, a, b in zip(Form._fields, mine, theirs, strict=True):
        if a != b and isinstance(a, dict) and isinstance(b, dict):
            keys = sorted(key for key in {*a, *b} if a.get(key) != b.get(key))
            return "; ".join(f"{key}: {a.get(key)!r} / {b.get(key)!r}"[:120] for key in keys[:3])
        if a != b:
            return f"{name}: {a[:160]!r} / {b[:160]!r}"
    return ""

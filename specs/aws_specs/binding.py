"""From a page to the operation of the installed SDK that it is about, where there still is one.

A page may be of another SDK version: its operation may be gone, its service renamed. Then the page
is still a contract, only nobody knows how it travels: it is bound to an empty model, and says so.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from aws_specs import sdk
from aws_specs.errors import SpecError
from aws_specs.from_model import operation_from_model
from aws_specs.page import Page
from aws_specs.printed import printed_page
from aws_specs.spec import Operation, Structure, Wire

UNBOUND: Final = "unbound"
"""The gap of a spec whose operation the installed SDK does not have."""

_GOTO: Final = re.compile(r"/goto/WebAPI/([\w.-]{1,100})/(\w{1,200})")
_DATE: Final = re.compile(r"-\d{4}-\d\d-\d\d$")
_NOWHERE: Final = Wire(
    protocol="", method="", uri="", status=0, api_version="", endpoint_prefix="", signing_name=""
)


class Bound(NamedTuple):
    """The model's spec of a page's operation, and what its page would look like today.

    `why` says why there is no such operation; then the spec is empty and `printed` is None.
    """

    model: Operation
    printed: Page | None
    why: str = ""


def bind(page: Page, text: str) -> Bound:
    """Return the operation of the installed SDK that a page is about, or an empty one."""
    uid, name = _link(text)
    try:
        service = _service(page.client, uid)
    except SpecError as error:
        return _empty(_DATE.sub("", uid) or page.client.lower(), page, name, error)
    try:
        operation = sdk.operation_of_method(service, page.method)
    except SpecError as error:
        return _empty(service, page, name, error)
    return Bound(operation_from_model(service, operation), printed_page(service, operation))


def _link(text: str) -> tuple[str, str]:
    """Return service and operation as the page's link to the API documentation names them."""
    match = _GOTO.search(text)
    return (match[1], match[2]) if match else ("", "")


def _service(client: str, uid: str) -> str:
    try:
        return sdk.service_of_client(client)
    except SpecError:
        renamed = sdk.service_of_uid(uid)
        if not renamed:
            raise
        return renamed


def _empty(service: str, page: Page, name: str, error: SpecError) -> Bound:
    """Return a spec without anything, named after the page's link, else after its method."""
    nothing = Structure(members=())
    operation = Operation(
        service=service,
        client=page.client,
        method=page.method,
        name=name or "".join(part.capitalize() for part in page.method.split("_")),
        input=nothing,
        output=nothing,
        errors=(),
        wire=_NOWHERE,
        rules=(),
    )
    return Bound(operation, None, error.message)

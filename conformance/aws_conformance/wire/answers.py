"""What a target answered, per protocol: the error it sent, or the value of a success.

Nothing here raises for what a target does, and nothing is forgiven silently: each departure from
the protocol is a problem, a text that starts with a stable kebab-case code and a colon.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, cast
from xml.etree.ElementTree import Element

from aws_conformance.exchange import Response
from aws_conformance.wire import shapes
from aws_conformance.wire.documents import Problems, read_cbor, read_json, read_xml
from aws_conformance.wire.tagged import untagged
from aws_specs import sdk
from aws_specs.jsonvalues import is_object
from aws_specs.spec import Json, Operation, Value

Carrier = Literal["header", "__type", "code", "xml", ""]


class WireError(Value, frozen=True):
    """An error as it came: `code` without namespace, "" where none could be found.

    `carried` says where the code stood; `alias` is the code of the `x-amzn-query-error` header;
    `body` is the decoded body (XML as an object by element name), None where it is not readable.
    """

    code: str
    message: str
    carried: Carrier
    status: int
    problems: Problems = ()
    alias: str = ""
    body: Json = None


def decode_error(operation: Operation, response: Response) -> WireError:
    """Return the error that an answer of the operation's protocol carries, with its problems."""
    return _ERRORS[operation.wire.protocol](response)


def decode_success(operation: Operation, response: Response) -> tuple[Json, Problems]:
    """Return (value in the form of the output shape, problems) of an answer that is a success.

    The value holds members from the body, the headers and the status; it is not the documented
    type where the target did not send it. None stands for a body that cannot be read.
    """
    model: Any = sdk.operation_model(operation.service, operation.name)
    problems: list[str] = []
    value = _SUCCESSES[operation.wire.protocol](model, response, problems.append)
    return value, tuple(problems[:_MAX_PROBLEMS])


_MAX_PROBLEMS: Final = 20


def short_code(text: str) -> str:
    """Return an error code without what a client strips: "ns#Code:http://…" is "Code"."""
    return text.partition(":")[0].rpartition("#")[2].strip()


def media_type(response: Response) -> str:
    """Return the answer's content type, lower case and without parameters."""
    return response.header("content-type").partition(";")[0].strip().lower()


def _wrong_type(response: Response, due: tuple[str, ...]) -> Problems:
    found = media_type(response)
    if not response.body or found in due:
        return ()
    return (f"content-type: {found or 'none'} where {due[0]} is due",)


# ---------------------------------------------------------------- errors


def _json_error(
    due: tuple[str, ...], order: tuple[Carrier, ...]
) -> Callable[[Response], WireError]:
    """Return the reader of JSON errors that looks for the code in the given order of places."""

    def read(response: Response) -> WireError:
        body, problems = _maybe(read_json, response)
        return _object_error(response, body, (*_wrong_type(response, due), *problems), order)

    return read


_EMPTY: Final[Problems] = ("empty-body: no body",)


def _maybe(
    read: Callable[[bytes], tuple[Any, Problems]], response: Response
) -> tuple[Any, Problems]:
    return read(response.body) if response.body else (None, _EMPTY)


def _object_error(
    response: Response, body: Json, problems: Problems, order: tuple[Carrier, ...]
) -> WireError:
    """Return the error of a body that is an object: JSON or CBOR."""
    members = body if is_object(body) else {}
    if body is not None and not is_object(body):
        problems = (*problems, "not-an-object: the body of an error")
    places: dict[Carrier, str] = {
        "header": response.header("x-amzn-errortype"),
        "__type": _string(members.get("__type")),
        "code": _string(members.get("code")) or _string(members.get("Code")),
    }
    codes: dict[Carrier, str] = {
        place: short_code(places[place]) for place in order if short_code(places[place])
    }
    carried = cast("Carrier", next(iter(codes), ""))
    if not codes:
        problems = (*problems, "no-code: the error names no code")
    elif len({codes[place] for place in codes if place != "code"}) > 1:
        problems = (*problems, f"codes-disagree: {sorted(set(codes.values()))}")
    return WireError(
        code=codes.get(carried, ""),
        message=_message(members),
        carried=carried,
        status=response.status,
        problems=problems,
        alias=response.header("x-amzn-query-error").partition(";")[0].strip(),
        body=shapes.plain(body),
    )


def _string(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _message(members: Mapping[str, Json]) -> str:
    found = (_string(members.get(key)) for key in ("message", "Message", "errorMessage", "error"))
    return next((text for text in found if text), "")


def _cbor_error(response: Response) -> WireError:
    body, problems = _maybe(read_cbor, response)
    wrong = _wrong_type(response, ("application/cbor",))
    return _object_error(response, body, (*wrong, *problems, *_unmarked(response)), ("__type",))


def _unmarked(response: Response) -> Problems:
    """Return what an answer lacks of the headers by which a client of CBOR knows the protocol."""
    echo, kind = response.header("smithy-protocol").strip(), media_type(response)
    found: Problems = ()
    if echo != "rpc-v2-cbor":
        found = ("no-smithy-protocol: the header smithy-protocol does not say rpc-v2-cbor",)
    if response.body and kind != "application/cbor":
        found = (*found, f"not-typed: the body is {kind or 'of no type'}, not application/cbor")
    return found


_XML_TYPES: Final = ("text/xml", "application/xml")


def _xml(response: Response) -> tuple[Element | None, Problems]:
    root, problems = _maybe(read_xml, response)
    return root, (*_wrong_type(response, _XML_TYPES), *problems)


def _xml_error(*paths: str, identified: str = "") -> Callable[[Response], WireError]:
    """Return the reader of XML errors; `Error` stands at the first of the paths that exists.

    `identified` is the path of the request's id, where the protocol has one.
    """

    def read(response: Response) -> WireError:
        root, problems = _xml(response)
        node = _find(root, paths) if root is not None else None
        if root is not None and node is None:
            problems = (
                *problems,
                f"no-error: the root is {shapes.local(root.tag)}, not {paths[0]}",
            )
        texts = {shapes.local(child.tag): (child.text or "").strip() for child in node or ()}
        code = short_code(texts.get("Code", ""))
        if node is not None and not code:
            problems = (*problems, "no-code: the error names no code")
        if node is not None and identified and root is not None:
            problems = (*problems, *_unidentified(root, identified))
        carried: Carrier = "xml" if code else ""
        return WireError(
            code, texts.get("Message", ""), carried, response.status, problems, "", texts
        )

    return read


def _unidentified(root: Element, path: str) -> Problems:
    """Return that an envelope lacks the request's id, or holds it empty, where it is due."""
    node = _find(root, (path,))
    if node is not None and (node.text or "").strip():
        return ()
    return (f"no-request-id: {path} is not there",)


def _find(root: Element, paths: tuple[str, ...]) -> Element | None:
    """Return the element at the first "Root/Child/…" path that exists, namespaces ignored."""
    for path in paths:
        first, *rest = path.split("/")
        node: Element | None = root if shapes.local(root.tag) == first else None
        for step in rest:
            node = (
                next((c for c in node if shapes.local(c.tag) == step), None)
                if node is not None
                else None
            )
        if node is not None:
            return node
    return None


_AWS_JSON: Final = ("application/x-amz-json-1.1", "application/x-amz-json-1.0")

_ERRORS: Final[Mapping[str, Callable[[Response], WireError]]] = {
    "rest-json": _json_error(("application/json",), ("header", "__type", "code")),
    "json": _json_error(_AWS_JSON, ("__type", "header", "code")),
    "query": _xml_error("ErrorResponse/Error", identified="ErrorResponse/RequestId"),
    "ec2": _xml_error("Response/Errors/Error", identified="Response/RequestID"),
    "rest-xml": _xml_error("ErrorResponse/Error", "Error"),
    "smithy-rpc-v2-cbor": _cbor_error,
}


# ---------------------------------------------------------------- successes

# Models and shapes are botocore's, which is untyped.
Success = Callable[[Any, Response, shapes.Problem], Json]
_NOTHING: Final[dict[str, Json]] = {}
Reader = Callable[[Any, bytes, shapes.Problem], Json]


def _rest(due: str, read: Reader) -> Success:
    """Return the reader of a REST protocol: `read` gives the members that a body holds."""

    def success(model: Any, response: Response, problem: shapes.Problem) -> Json:
        shape = model.output_shape
        if shape is None:
            return {}
        found = _bound(shape, response, problem)
        payload = shape.serialization.get("payload")
        if payload is None:
            if any("location" not in m.serialization for m in shape.members.values()):
                _report(_wrong_type(response, (due, *_also(due))), problem)
            body: Json = _whole(shape, response, read, problem)
            return {**body, **found} if is_object(body) else body
        member = shape.members[payload]
        if member.serialization.get("eventstream"):
            return {**found, payload: {}}  # its events are not read
        if not response.body and member.type_name not in ("blob", "string"):
            return found
        if member.type_name == "blob":
            return {**found, payload: base64.b64encode(response.body).decode()}
        if member.type_name == "string":
            return {**found, payload: response.body.decode("utf-8", "backslashreplace")}
        _report(_wrong_type(response, (due, *_also(due))), problem)
        return {**found, payload: read(member, response.body, _within(payload, problem))}

    return success


def _within(member: str, problem: shapes.Problem) -> shapes.Problem:
    """Return where problems of a payload go: their paths start at the body, not at the answer."""
    return lambda text: problem(text.replace(": /", f": /{member}/", 1))


def _also(due: str) -> tuple[str, ...]:
    return _XML_TYPES if due == "application/xml" else ()


def _report(problems: Problems, problem: shapes.Problem) -> None:
    for text in problems:
        problem(text)


def _bound(shape: Any, response: Response, problem: shapes.Problem) -> dict[str, Json]:
    """Return the members that stand in headers and in the status."""
    found: dict[str, Json] = {}
    for name, member in shape.members.items():
        wire = member.serialization.get("name", name)
        match member.serialization.get("location"):
            case "statusCode":
                found[name] = response.status
            case "header" if any(key.lower() == wire.lower() for key, _ in response.headers):
                found[name] = shapes.from_header(member, response.header(wire), f"/{name}", problem)
            case "headers":
                start = wire.lower()
                found[name] = {
                    key[len(wire) :]: text
                    for key, text in response.headers
                    if key.lower().startswith(start)
                }
            case _:
                pass
    return found


def _read_json(shape: Any, body: bytes, problem: shapes.Problem) -> Json:
    value, problems = read_json(body)
    return _in_form(shape, value, problems, problem)


def _read_cbor(shape: Any, body: bytes, problem: shapes.Problem) -> Json:
    value, problems = read_cbor(body)
    return _in_form(shape, value, (*problems, *untagged(shape, value)), problem)


def _in_form(shape: Any, value: Any, problems: Problems, problem: shapes.Problem) -> Json:
    _report(problems, problem)
    if value is None:
        return None
    return shapes.from_json(shape, value, "", problem)


def _read_xml(shape: Any, body: bytes, problem: shapes.Problem) -> Json:
    root, problems = read_xml(body)
    _report(problems, problem)
    return None if root is None else shapes.from_xml(shape, root, "", problem)


def _rpc(due: tuple[str, ...], read: Reader) -> Success:
    """Return the reader of an RPC protocol, whose whole output is in the body."""

    def success(model: Any, response: Response, problem: shapes.Problem) -> Json:
        shape = model.output_shape
        members: Any = shape.members if shape is not None else {}
        if any(member.serialization.get("eventstream") for member in members.values()):
            return _streams(members)
        _report(_wrong_type(response, due), problem)
        return _whole(shape, response, read, problem) if shape is not None else {}

    return success


def _streams(members: Any) -> dict[str, Json]:
    """Return the members that are streams of events, which are not read."""
    return {str(n): {} for n in members if members[n].serialization.get("eventstream")}


def _whole(shape: Any, response: Response, read: Reader, problem: shapes.Problem) -> Json:
    """Return the body as an output's structure; that it is none is a problem of the answer.

    A JSON null is a structure without members, as botocore takes it.
    """
    bare = not response.body or response.body.strip() == b"null"
    value: Json = _NOTHING if bare else read(shape, response.body, problem)
    if value is not None and not is_object(value):
        problem("not-an-object: the body of a structure")
    return value


def _aws_json(model: Any, response: Response, problem: shapes.Problem) -> Json:
    due = f"application/x-amz-json-{model.metadata.get('jsonVersion', '1.1')}"
    return _rpc((due,), _read_json)(model, response, problem)


def _cbor(model: Any, response: Response, problem: shapes.Problem) -> Json:
    _report(_unmarked(response), problem)
    return _rpc(("application/cbor",), _read_cbor)(model, response, problem)


def _query(identified: str) -> Success:
    """Return the reader of a form protocol's answers; `identified` is where the request's id is."""

    def success(model: Any, response: Response, problem: shapes.Problem) -> Json:
        shape = model.output_shape
        if not response.body and (shape is None or not shape.members):
            return {}  # nothing is there to be wrapped
        root, problems = _xml(response)
        _report(problems, problem)
        if root is None:
            return None
        wrapper = shape.serialization.get("resultWrapper") if shape is not None else None
        due = f"{model.name}Response"
        node = _find(root, (f"{due}/{wrapper}" if wrapper else due,))
        if node is None:
            problem(
                f"no-result: the root is {shapes.local(root.tag)}, {due}/{wrapper or ''} is due"
            )
            return None
        _report(_unidentified(root, f"{due}/{identified}"), problem)
        found = shapes.structure_from_xml(shape, node, "", problem) if shape is not None else {}
        found.pop("requestId", None)  # of the envelope: ec2 puts it beside the members
        return found

    return success


_SUCCESSES: Final[Mapping[str, Success]] = {
    "rest-json": _rest("application/json", _read_json),
    "json": _aws_json,
    "query": _query("ResponseMetadata/RequestId"),
    "ec2": _query("requestId"),
    "rest-xml": _rest("application/xml", _read_xml),
    "smithy-rpc-v2-cbor": _cbor,
}

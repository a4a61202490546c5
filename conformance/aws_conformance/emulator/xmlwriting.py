"""Answers of the three protocols that write XML: query, EC2's kind of it, and rest-xml.

An output stands in an envelope (query), beside the request's id (EC2), or is the body (rest-xml). A
value that does not fit its shape is written as it stands, as text or as elements: injected faults
need that. XML has no null, so a null is left out. Sources: the Smithy pages of the protocols.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from email.utils import format_datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from aws_conformance.emulator.decoding import payload_member
from aws_conformance.emulator.encoding import bound_output, response
from aws_conformance.emulator.layout import Layout, Named, layout
from aws_conformance.emulator.refusals import Failure
from aws_conformance.exchange import Response
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import shape_at
from aws_specs.spec import Json, List, Map, Member, Operation, Recursive, Scalar, Shape, Structure

XML_TYPE = "text/xml"
REST_XML_TYPE = "application/xml"

# ---------------------------------------------------------------- successes


def query_success(operation: Operation, output: Json, request_id: str) -> Response:
    """Return an output in the envelope of the query protocol."""
    writer = _Writer(operation)
    root = _envelope(f"{operation.name}Response", writer.names)
    place = writer.names.top(operation, "output")
    if place.wrapper:
        result = SubElement(root, place.wrapper)
        writer.members(result, operation.output, place, output)
    metadata = SubElement(root, "ResponseMetadata")
    SubElement(metadata, "RequestId").text = request_id
    return response(200, to_bytes(root), request_id, content_type=XML_TYPE)


def ec2_success(operation: Operation, output: Json, request_id: str) -> Response:
    """Return an output beside the request's id, as EC2 writes it."""
    writer = _Writer(operation)
    root = _envelope(f"{operation.name}Response", writer.names)
    SubElement(root, "requestId").text = request_id
    writer.members(root, operation.output, writer.names.top(operation, "output"), output)
    return response(200, to_bytes(root), request_id, content_type=XML_TYPE)


def rest_success(operation: Operation, output: Json, request_id: str) -> Response:
    """Return an output bound to status, headers and an XML body."""
    status, headers = bound_output(operation, output)
    body, kind = _rest_body(operation, output)
    return response(status, body, request_id, headers, kind if body else "")


def _rest_body(operation: Operation, output: Json) -> tuple[bytes, str]:
    writer, top = _Writer(operation), operation.output
    place = writer.names.top(operation, "output")
    payload = payload_member(top)
    if payload is None:
        if all(member.location for member in top.members):
            return b"", ""
        root = _envelope(place.name or place.shape or f"{operation.name}Result", writer.names)
        writer.members(root, top, place, output)
        return to_bytes(root), REST_XML_TYPE
    value = output.get(payload.name)
    if value is None:
        return b"", ""
    if isinstance(payload.shape, Scalar) and isinstance(value, str):
        return _raw(payload.shape, value)
    at = writer.names.member(place, payload)
    holder = Element("holder")
    writer.value(holder, at.name or at.shape or payload.name, payload.shape, at, value)
    return to_bytes(holder[0]), REST_XML_TYPE


def _raw(shape: Scalar, value: str) -> tuple[bytes, str]:
    if shape.type not in ("blob", "stream"):
        return value.encode(), "text/plain"
    try:
        return base64.b64decode(value, validate=True), "application/octet-stream"
    except (binascii.Error, ValueError):
        return value.encode(), "application/octet-stream"


def _envelope(name: str, names: Layout) -> Element:
    space = str(names.metadata.get("xmlNamespace") or "")
    return Element(name, {"xmlns": space} if space else {})


def to_bytes(root: Element) -> bytes:
    """Return a document in UTF-8 with its declaration."""
    data: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return data


class _Writer:
    """Writes one operation's output: `names` are those of its service's model."""

    def __init__(self, operation: Operation) -> None:
        self.top = operation.output
        self.names: Layout = layout(operation.service)

    def members(self, node: Element, shape: Structure, place: Named, value: Json) -> None:
        for member in shape.members:
            if shape is self.top and member.location:
                continue
            if member.name in value and value[member.name] is not None:
                self._member(node, member, self.names.member(place, member), value[member.name])

    def _member(self, node: Element, member: Member, at: Named, value: Json) -> None:
        if at.attribute:
            node.set(at.name, _text(member.shape, value))
        elif at.flattened and isinstance(member.shape, List) and is_list(value):
            item = self.names.item(at)
            for one in value:
                self.value(node, item.name or at.name, member.shape.item, item, one)
        elif at.flattened and isinstance(member.shape, Map) and is_object(value):
            for key, one in value.items():
                self._entry(SubElement(node, at.name), member.shape, at, key, one)
        else:
            self.value(node, at.name, member.shape, at, value)

    def value(self, parent: Element, name: str, shape: Shape, place: Named, value: Json) -> None:
        """Write one value as an element of this name below a parent."""
        if isinstance(shape, Recursive):
            found = shape_at(self.top, shape.to) if shape.to else self.top
            shape = found or self.top
        node = SubElement(parent, name)
        match shape:
            case Structure() if is_object(value):
                if place.namespace:
                    node.set(f"xmlns:{place.prefix}" if place.prefix else "xmlns", place.namespace)
                self.members(node, shape, place, value)
            case List() if is_list(value):
                item = self.names.item(place)
                for one in value:
                    self.value(node, item.name or "member", shape.item, item, one)
            case Map() if is_object(value):
                for key, one in value.items():
                    self._entry(SubElement(node, "entry"), shape, place, key, one)
            case _:
                _write_as_it_is(node, shape, value)

    def _entry(self, node: Element, shape: Map, place: Named, key: str, value: Json) -> None:
        SubElement(node, self.names.key(place).name).text = key
        at = self.names.value(place)
        self.value(node, at.name, shape.value, at, value)


def _write_as_it_is(node: Element, shape: Shape, value: Json) -> None:
    if is_object(value):
        for key, item in value.items():
            _write_as_it_is(SubElement(node, key), shape, item)
    elif value is not None:
        node.text = _text(shape, value)


def _text(shape: Shape, value: Json) -> str:
    """Return a scalar as XML has it: ISO 8601 by default, base64, and booleans in lower case."""
    if not isinstance(value, str):
        return json.dumps(value)
    if isinstance(shape, Scalar) and shape.type == "timestamp":
        return _moment(value, shape.timestamp_format or "iso8601")
    return value


def _moment(value: str, form: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    if form.lower() == "unixtimestamp":
        return str(int(moment.timestamp()))
    return format_datetime(moment, usegmt=True) if form == "rfc822" else value


# ---------------------------------------------------------------- errors


def query_error(operation: Operation | None, failure: Failure, request_id: str) -> Response:
    """Return an error as the query protocol carries it; rest-xml has the same form."""
    return _wrapped(failure, request_id, XML_TYPE)


def rest_error(operation: Operation | None, failure: Failure, request_id: str) -> Response:
    """Return an error as rest-xml carries it: S3 alone leaves the wrapper out."""
    if operation is None or operation.service != "s3":
        return _wrapped(failure, request_id, REST_XML_TYPE)
    root = Element("Error")
    _say(root, failure)
    SubElement(root, "RequestId").text = request_id
    return response(failure.status, to_bytes(root), request_id, content_type=REST_XML_TYPE)


def ec2_error(operation: Operation | None, failure: Failure, request_id: str) -> Response:
    """Return an error as EC2 carries it."""
    root = Element("Response")
    _say(SubElement(SubElement(root, "Errors"), "Error"), failure)
    SubElement(root, "RequestID").text = request_id
    return response(failure.status, to_bytes(root), request_id, content_type=XML_TYPE)


def _wrapped(failure: Failure, request_id: str, kind: str) -> Response:
    root = Element("ErrorResponse")
    error = SubElement(root, "Error")
    SubElement(error, "Type").text = "Sender" if failure.status < 500 else "Receiver"
    _say(error, failure)
    SubElement(root, "RequestId").text = request_id
    return response(failure.status, to_bytes(root), request_id, content_type=kind)


def _say(node: Element, failure: Failure) -> None:
    """Write code and message below a node; a failure without a code names none."""
    if failure.code:
        SubElement(node, "Code").text = failure.code
    SubElement(node, "Message").text = failure.message

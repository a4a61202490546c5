"""botocore's serializers, taught to write what botocore refuses.

Each class adds one thing to botocore's own: where it meets a `Raw` value it writes that value as it
is, in the place where the real one would stand. Everything else is botocore's, so a request
without `Raw` has the bytes a client would send. The price is a hook into botocore's internal
dispatch (`_serialize`), which property tests hold against real clients.
"""

# botocore is untyped and its dispatch is private: this is the one module that reaches into it.
# pyright: reportPrivateUsage=false, reportUntypedBaseClass=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportIncompatibleMethodOverride=false, reportAttributeAccessIssue=false

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from xml.etree import ElementTree

from botocore.exceptions import ParamValidationError
from botocore.serialize import (
    EC2Serializer,
    JSONSerializer,
    QuerySerializer,
    RestJSONSerializer,
    RestXMLSerializer,
    RpcV2CBORSerializer,
)

from aws_conformance.wire import cbor
from aws_conformance.wire.values import Raw, text_of
from aws_specs.spec import Json

_XML_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_PLACES: Final = {
    "uri": "uri_path_kwargs",
    "querystring": "query_string_kwargs",
    "header": "headers",
}


def _texts(value: Any) -> Any:
    """Replace `Raw` by the text it is written as; for places that hold nothing but text."""
    if isinstance(value, Raw):
        return text_of(value.value)
    return [_texts(item) for item in value] if isinstance(value, list) else value


def _split(value: Mapping[str, Any], shape: Any) -> tuple[dict[str, Any], dict[str, Json]]:
    """Split into the members the model knows and the JSON of those it does not."""
    members = shape.members if shape is not None else {}
    known = {name: item for name, item in value.items() if name in members}
    return known, {name: item.value for name, item in value.items() if name not in known}


class _NoLabel:
    """Mixed into all: no host prefix where the value cannot stand in a host name."""

    def _expand_host_prefix(self, parameters: Any, operation_model: Any) -> Any:
        parent: Any = super()
        try:
            return parent._expand_host_prefix(parameters, operation_model)
        except (ParamValidationError, KeyError, TypeError):
            return None


class _RawJson(_NoLabel):
    """`Raw` is written as JSON; members the model does not know are appended to the object."""

    def _serialize(self, serialized: Any, value: Any, shape: Any, key: Any = None) -> None:
        parent: Any = super()
        if isinstance(value, Raw):
            serialized[key] = value.value
        else:
            parent._serialize(serialized, value, shape, key)

    def _serialize_type_structure(self, serialized: Any, value: Any, shape: Any, key: Any) -> None:
        parent: Any = super()
        if shape.is_document_type:
            serialized[key] = value
            return
        known, unknown = _split(value, shape)
        parent._serialize_type_structure(serialized, known, shape, key)
        (serialized if key is None else serialized[key]).update(unknown)


class _RawRest(_NoLabel):
    """`Raw` is written as text into path, query and headers; a missing label is empty text.

    Members the model does not know go into the body, or into the query where there is no body.
    """

    def serialize_to_request(self, parameters: Any, operation_model: Any) -> Any:
        parent: Any = super()
        shape = operation_model.input_shape
        if shape is not None and _has_members_in_body(operation_model):
            return parent.serialize_to_request(parameters, operation_model)
        known, unknown = _split(parameters, shape)
        request = parent.serialize_to_request(known, operation_model)
        if unknown:
            extra = {name: text_of(value) for name, value in unknown.items()}
            request["query_string"] = {**(request["query_string"] or {}), **extra}
        return request

    def _partition_parameters(
        self, partitioned: Any, param_name: str, param_value: Any, shape_members: Any
    ) -> None:
        parent: Any = super()
        member = shape_members.get(param_name)
        if member is None:
            partitioned["body_kwargs"][param_name] = param_value
            return
        location = member.serialization.get("location")
        name = member.serialization.get("name", param_name)
        if isinstance(param_value, Raw) and location in ("uri", "querystring", "header", "headers"):
            if location in _PLACES and (param_value.value is not None or location == "uri"):
                partitioned[_PLACES[location]][name] = text_of(param_value.value)
        elif location == "querystring" and isinstance(param_value, dict):
            texts = {key: _texts(item) for key, item in param_value.items()}
            partitioned["query_string_kwargs"].update(texts)
        else:
            parent._partition_parameters(partitioned, param_name, param_value, shape_members)

    def _get_uri_and_query_string_value(self, param_value: Any, member: Any) -> Any:
        parent: Any = super()
        if isinstance(param_value, Raw):
            return text_of(param_value.value)
        return parent._get_uri_and_query_string_value(param_value, member)

    def _convert_header_value(self, shape: Any, value: Any) -> Any:
        parent: Any = super()
        if isinstance(value, Raw):
            return text_of(value.value)
        if isinstance(value, list) and any(isinstance(item, Raw) for item in value):
            return ",".join(self._convert_header_value(shape.member, item) for item in value)
        return parent._convert_header_value(shape, value)

    def _do_serialize_header_map(self, header_prefix: str, headers: Any, user_input: Any) -> None:
        parent: Any = super()
        texts = {key: _texts(item) for key, item in user_input.items()}
        parent._do_serialize_header_map(header_prefix, headers, texts)

    def _render_uri_template(self, uri_template: str, params: Any) -> Any:
        parent: Any = super()
        labels = (label.removesuffix("+") for label in re.findall(r"{([^{}]*)}", uri_template))
        return parent._render_uri_template(uri_template, {**dict.fromkeys(labels, ""), **params})

    def _encode_payload(self, body: Any) -> Any:
        parent: Any = super()
        return parent._encode_payload(_texts(body))


def _has_members_in_body(operation_model: Any) -> bool:
    shape = operation_model.input_shape
    if shape.serialization.get("payload"):
        return False
    in_body = any("location" not in member.serialization for member in shape.members.values())
    return in_body or operation_model.http.get("method") not in ("GET", "HEAD", "DELETE")


class RestJson(_RawRest, _RawJson, RestJSONSerializer):  # type: ignore[misc]  # botocore is untyped
    """rest-json; a payload of the wrong type is the whole body."""

    def _serialize_body_params(self, params: Any, shape: Any) -> Any:
        if isinstance(params, Raw):
            return json.dumps(params.value).encode()
        return super()._serialize_body_params(params, shape)


class AwsJson(_RawJson, JSONSerializer):  # type: ignore[misc]  # botocore is untyped
    """awsJson 1.0 and 1.1."""


class _RawForm(_NoLabel):
    """`Raw` is written into the form as text; a list or an object as numbered or named keys."""

    def _serialize(self, serialized: Any, value: Any, shape: Any, prefix: str = "") -> None:
        parent: Any = super()
        if isinstance(value, Raw):
            _write_form(serialized, prefix, value.value)
        else:
            parent._serialize(serialized, value, shape, prefix=prefix)

    def _serialize_type_structure(
        self, serialized: Any, value: Any, shape: Any, prefix: str = ""
    ) -> None:
        parent: Any = super()
        known, unknown = _split(value, shape)
        parent._serialize_type_structure(serialized, known, shape, prefix)
        for name, item in unknown.items():
            _write_form(serialized, f"{prefix}.{name}" if prefix else name, item)


def _write_form(form: dict[str, Any], key: str, value: Json) -> None:
    match value:
        case None:
            return
        case list() if value:
            for number, item in enumerate(value, 1):
                _write_form(form, f"{key}.{number}", item)
        case dict() if value:
            for name, item in value.items():
                _write_form(form, f"{key}.{name}", item)
        case list() | dict():
            form[key] = ""
        case _:
            form[key] = text_of(value)


class Query(_RawForm, QuerySerializer):  # type: ignore[misc]  # botocore is untyped
    """The query protocol."""


class Ec2(_RawForm, EC2Serializer):  # type: ignore[misc]  # botocore is untyped
    """The query protocol as EC2 speaks it."""


class RestXml(_RawRest, RestXMLSerializer):  # type: ignore[misc]  # botocore is untyped
    """rest-xml; `Raw` is written as the text of the element, or as elements below it."""

    def _serialize_body_params(self, params: Any, shape: Any) -> Any:
        name = shape.serialization.get("name", shape.name)
        if not isinstance(params, Raw):
            return super()._serialize_body_params(params, shape)
        root = ElementTree.Element("root")
        _write_xml(root, name, params.value)
        return b"".join(ElementTree.tostring(node, encoding="utf-8") for node in root)

    def _serialize(self, shape: Any, params: Any, xmlnode: Any, name: str) -> None:
        if isinstance(params, Raw):
            _write_xml(xmlnode, name, params.value)
        else:
            super()._serialize(shape, params, xmlnode, name)

    def _serialize_type_structure(self, xmlnode: Any, params: Any, shape: Any, name: str) -> None:
        known, unknown = _split(params, shape)
        attributes = {
            key: _texts(item) if shape.members[key].serialization.get("xmlAttribute") else item
            for key, item in known.items()
        }
        super()._serialize_type_structure(xmlnode, attributes, shape, name)
        for key, item in unknown.items():
            _write_xml(xmlnode[-1], key, item)


def _write_xml(parent: Any, name: str, value: Json) -> None:
    if value is None:
        return
    node = ElementTree.SubElement(parent, name if _XML_NAME.fullmatch(name) else "member")
    match value:
        case list():
            for item in value:
                _write_xml(node, "member", item)
        case dict():
            for key, item in value.items():
                _write_xml(node, key, item)
        case _:
            node.text = text_of(value)


class RpcV2Cbor(_NoLabel, RpcV2CBORSerializer):  # type: ignore[misc]  # botocore is untyped
    """rpc-v2-cbor; `Raw` is written as CBOR."""

    def _serialize_data_item(
        self, serialized: Any, value: Any, shape: Any, key: Any = None
    ) -> None:
        if isinstance(value, Raw):
            serialized.extend(cbor.encode(value.value))
        elif shape.is_document_type if shape.type_name == "structure" else False:
            serialized.extend(cbor.encode(value))
        elif shape.type_name == "structure" and any(name not in shape.members for name in value):
            self._serialize_loose_structure(serialized, value, shape)
        else:
            super()._serialize_data_item(serialized, value, shape, key)

    def _serialize_loose_structure(self, serialized: Any, value: Any, shape: Any) -> None:
        """Write a structure that has members the model does not know."""
        serialized.extend(cbor.head(5, len(value)))
        for name, item in value.items():
            member = shape.members.get(name)
            wire = name if member is None else member.serialization.get("name", name)
            serialized.extend(cbor.encode(wire))
            self._serialize_data_item(serialized, item, member if member is not None else shape)


SERIALIZERS: Final[Mapping[str, type[Any]]] = {
    "rest-json": RestJson,
    "json": AwsJson,
    "query": Query,
    "ec2": Ec2,
    "rest-xml": RestXml,
    "smithy-rpc-v2-cbor": RpcV2Cbor,
}
"""The serializer of each protocol, by the name botocore gives it."""

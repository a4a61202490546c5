"""Which operation a request is for: what each protocol says it is claimed by.

The REST protocols claim a request by method and path (Smithy, `httpTrait`), AWS JSON by a header,
query and EC2 by a form's `Action` and `Version`, rpc-v2-cbor by the end of the path. Where two
services share a path the credential scope's signing name decides. Paths stay percent-encoded until
a label has been cut out, so that an encoded slash stays inside its label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import parse_qsl, unquote

from aws_conformance.emulator.refusals import Refusal
from aws_conformance.exchange import Request
from aws_specs.spec import Operation, Value

_LABEL = re.compile(r"\{([^{}+]+)(\+?)\}")
_SCOPE = re.compile(r"Credential=[^/,\s]+/[0-9]{8}/[^/,\s]*/([^/,\s]+)/aws4_request")


_RPC = "…/service"
"""Stands for the first segments of a path of rpc-v2-cbor, of which only the last four count."""
_RPC_PARTS = 4


class Route(Value, frozen=True):
    """One operation's method and URI template, taken apart.

    `segments` are the literal segments, or "{name}" and "{name+}" for labels; `query` the
    parameters that the template fixes.
    """

    operation: Operation
    segments: tuple[str, ...]
    query: tuple[tuple[str, str], ...] = ()


class Match(Value, frozen=True):
    """The operation found, the labels' decoded text by wire name, and the query in order.

    A label whose segment is empty is left out: Smithy forbids empty labels, so it was not given.
    """

    operation: Operation
    labels: Mapping[str, str]
    query: tuple[tuple[str, str], ...]


class Routes:
    """The routes of a set of operations, by the first segment of their path."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._by_head: dict[str, list[Route]] = {}
        for operation in operations:
            route = compile_route(operation)
            head = route.segments[0] if route.segments else ""
            self._by_head.setdefault("{}" if head.startswith("{") else head, []).append(route)
        for routes in self._by_head.values():
            routes.sort(key=_specificity)

    def find(self, request: Request) -> Match | Refusal:
        """Return the match for a request, or why there is none: no such path, or wrong method."""
        return _pick(request, self._claims(request))

    def at_path(self, request: Request) -> Operation | None:
        """Return an operation in whose protocol a request that is for none is answered, or None.

        It is one at the request's path, whatever the method; of several protocols there, one that
        the request could be of.
        """
        found = self._claims(request) or self._claims(request, named=False)
        mine = (one.operation for one in found if _is_like(request, one.operation))
        return next(mine, found[0].operation if found else None)

    def _claims(self, request: Request, *, named: bool = True) -> list[Match]:
        path, _, text = request.path.partition("?")
        query = tuple(parse_qsl(text, keep_blank_values=True))
        parts = _segments(path)
        found = self._at(parts, query)
        if not found and path.endswith("/") and path.strip("/"):
            found = self._at((*parts, ""), query)  # the last label is empty
        return [one for one in found if not named or _names(request, one.operation)]

    def _at(self, parts: tuple[str, ...], query: tuple[tuple[str, str], ...]) -> list[Match]:
        candidates = [*self._by_head.get(unquote(parts[0]) if parts else "", ())]
        candidates += self._by_head.get("{}", ())
        if len(parts) >= _RPC_PARTS:  # the base of its path is anything
            candidates += self._by_head.get(_RPC, ())
        return [
            Match(operation=route.operation, labels=labels, query=query)
            for route in candidates
            if (labels := match(route, parts, query)) is not None
        ]


def _names(request: Request, operation: Operation) -> bool:
    """Whether a request names the operation where its protocol has it named."""
    return _NAMES.get(operation.wire.protocol, _always)(request, operation)


def _is_like(request: Request, operation: Operation) -> bool:
    """Whether a request is of the operation's protocol, by its media type."""
    kind = header(request, "content-type").partition(";")[0].strip().lower()
    return kind.startswith(_KINDS.get(operation.wire.protocol, "application/"))


_KINDS: Mapping[str, str] = {
    "json": "application/x-amz-json-",
    "query": "application/x-www-form-urlencoded",
    "ec2": "application/x-www-form-urlencoded",
    "smithy-rpc-v2-cbor": "application/cbor",
}


def _by_target(request: Request, operation: Operation) -> bool:
    return header(request, "x-amz-target") == operation.wire.target


def _by_action(request: Request, operation: Operation) -> bool:
    """Whether a form names the operation and the version of its service."""
    if not _is_like(request, operation):
        return False
    wanted = {"Action": operation.name, "Version": operation.wire.api_version}
    found = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    return all(found.get(name) == value for name, value in wanted.items())


def _by_protocol(request: Request, operation: Operation) -> bool:
    """Whether a request says that it is RPC v2, and is not also one of AWS JSON."""
    said = header(request, "smithy-protocol").strip() == "rpc-v2-cbor"
    return said and not header(request, "x-amz-target") and not header(request, "x-amzn-target")


def _always(request: Request, operation: Operation) -> bool:
    return True


_NAMES: Mapping[str, Callable[[Request, Operation], bool]] = {
    "json": _by_target,
    "query": _by_action,
    "ec2": _by_action,
    "smithy-rpc-v2-cbor": _by_protocol,
}
"""How the protocols name an operation that do not do so by method and path alone."""


def header(request: Request, name: str) -> str:
    """Return the first header of a request by its name in lower case, or ""."""
    return next((value for key, value in request.headers if key.lower() == name), "")


def _pick(request: Request, found: list[Match]) -> Match | Refusal:
    if not found:
        return Refusal(cause="no-route", message="No operation has this path.")
    fitting = [one for one in found if one.operation.wire.method == request.method]
    if not fitting:
        methods = ", ".join(sorted({one.operation.wire.method for one in found}))
        return Refusal(cause="method", message=f"This path is served for {methods} only.")
    signed = signing_name(request)
    mine = (one for one in fitting if one.operation.wire.signing_name == signed)
    return next(mine, fitting[0])


def signing_name(request: Request) -> str:
    """Return the service name of the request's credential scope, or ""."""
    for name, value in request.headers:
        if name.lower() == "authorization":
            scope = _SCOPE.search(value)
            return scope.group(1) if scope else ""
    return ""


def compile_route(operation: Operation) -> Route:
    """Return the operation's route."""
    if operation.wire.protocol == "smithy-rpc-v2-cbor":
        service = operation.wire.target.rpartition(".")[0]
        return Route(operation=operation, segments=(_RPC, service, "operation", operation.name))
    if operation.wire.protocol in ("query", "ec2"):
        return Route(operation=operation, segments=())  # the model's own URI is never sent
    path, _, query = operation.wire.uri.partition("?")
    return Route(
        operation=operation,
        segments=_segments(path),
        query=tuple(parse_qsl(query, keep_blank_values=True)),
    )


def match(
    route: Route, parts: tuple[str, ...], query: tuple[tuple[str, str], ...]
) -> dict[str, str] | None:
    """Return the labels' text if the route claims the path and the query, otherwise None."""
    if route.segments[:1] == (_RPC,):
        end = tuple(unquote(part) for part in parts[-_RPC_PARTS:])
        return {} if end == ("service", *route.segments[1:]) else None
    if any(pair not in query and (pair[1] or pair[0] not in dict(query)) for pair in route.query):
        return None
    greedy = next((i for i, s in enumerate(route.segments) if s.endswith("+}")), None)
    if greedy is not None:
        extra = len(parts) - len(route.segments)
        if extra < 0:
            return None
        joined = "/".join(parts[greedy : greedy + extra + 1])
        parts = (*parts[:greedy], joined, *parts[greedy + extra + 1 :])
    if len(parts) != len(route.segments):
        return None
    return _labels(route.segments, parts)


def _labels(segments: tuple[str, ...], parts: tuple[str, ...]) -> dict[str, str] | None:
    labels: dict[str, str] = {}
    for segment, part in zip(segments, parts, strict=True):
        label = _LABEL.fullmatch(segment)
        if label is None:
            if unquote(part) != segment:
                return None
        elif part:
            labels[label.group(1)] = unquote(part)
    return labels


def _segments(path: str) -> tuple[str, ...]:
    """Return the segments of a path without its last slash; an empty first one keeps its place."""
    bare = path.removeprefix("/") if path.strip("/") else ""
    return tuple(bare.rstrip("/").split("/")) if bare else ()


def _specificity(route: Route) -> tuple[int, int, int]:
    labels = [segment for segment in route.segments if segment.startswith("{")]
    greedy = sum(segment.endswith("+}") for segment in labels)
    return greedy, len(labels), -len(route.query)

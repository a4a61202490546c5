"""Which operation a request is for: method and path against the models' URI templates.

restJson1 claims a request by method and path alone (Smithy, `httpTrait`); where two services share
a path the credential scope's signing name decides. Paths stay percent-encoded until a label has
been cut out, so that an encoded slash stays inside its label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, unquote

from aws_conformance.emulator.refusals import Refusal
from aws_conformance.exchange import Request
from aws_specs.spec import Operation, Value

_LABEL = re.compile(r"\{([^{}+]+)(\+?)\}")
_SCOPE = re.compile(r"Credential=[^/,\s]+/[0-9]{8}/[^/,\s]*/([^/,\s]+)/aws4_request")


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
        """Return an operation at the request's path, whatever the method, or None."""
        return next((one.operation for one in self._claims(request)), None)

    def _claims(self, request: Request) -> list[Match]:
        path, _, text = request.path.partition("?")
        query = tuple(parse_qsl(text, keep_blank_values=True))
        found = [one for one in self._at(_segments(path), query) if _named(request, one.operation)]
        if not found and path.endswith("/") and path.strip("/"):
            found = self._at((*_segments(path), ""), query)  # the last label is empty
        return found

    def _at(self, parts: tuple[str, ...], query: tuple[tuple[str, str], ...]) -> list[Match]:
        candidates = [*self._by_head.get(unquote(parts[0]) if parts else "", ())]
        candidates += self._by_head.get("{}", ())
        return [
            Match(operation=route.operation, labels=labels, query=query)
            for route in candidates
            if (labels := match(route, parts, query)) is not None
        ]


def _named(request: Request, operation: Operation) -> bool:
    """Whether a request names the operation, where its protocol has it named (`X-Amz-Target`)."""
    if operation.wire.protocol != "json":
        return True
    given = next((value for key, value in request.headers if key.lower() == "x-amz-target"), "")
    return given == operation.wire.target


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
    bare = path.strip("/") if path.strip("/") == "" else path.lstrip("/")
    return tuple(bare.rstrip("/").split("/")) if bare else ()


def _specificity(route: Route) -> tuple[int, int, int]:
    labels = [segment for segment in route.segments if segment.startswith("{")]
    greedy = sum(segment.endswith("+}") for segment in labels)
    return greedy, len(labels), -len(route.query)

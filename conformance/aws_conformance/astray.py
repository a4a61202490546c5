"""Requests that go astray: whose request a broken one is, by the routes of the service's model.

The REST protocols claim a request by its method, path and query (Smithy, `httpTrait`). Where what
is broken is a part of these, the request may be another operation's, and a valid one: PutObject
without its bucket is `PUT /key`, which makes a bucket called so; CopyObject without its source is
PutObject. What is answered then says nothing of the operation at hand, and what is done may be hard
to undo.

An empty segment counts as none, too: servers differ in what they make of `PUT /bucket/`.
"""

# botocore is untyped: pyright infers partly unknown types from its source.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from aws_conformance.exchange import Request
from aws_conformance.hazards import reads
from aws_specs import sdk
from aws_specs.spec import Operation, Value

_ROUTED: Final = frozenset({"rest-json", "rest-xml"})


class Route(Value, frozen=True, kw_only=True):
    """How an operation's requests are known: method, path, and what of query and headers they have.

    `segments` keep their labels: "{name}", "{name+}". `fixed` stands in the template's query;
    `params` and `headers` (lower case) are those that the operation requires.
    """

    name: str
    method: str
    segments: tuple[str, ...]
    fixed: tuple[tuple[str, str], ...] = ()
    params: frozenset[str] = frozenset()
    headers: frozenset[str] = frozenset()

    @property
    def precision(self) -> tuple[int, int, int]:
        """How much of a request the route names itself: the most decides which one takes it."""
        literal = sum(not segment.startswith("{") for segment in self.segments)
        greedy = any(segment.endswith("+}") for segment in self.segments)
        return len(self.fixed), literal, -greedy


class _Seen(Value, frozen=True):
    """What of a request a route looks at."""

    method: str
    segments: tuple[str, ...]
    query: tuple[tuple[str, str], ...]
    headers: frozenset[str]

    @property
    def collapsed(self) -> tuple[str, ...]:
        return tuple(segment for segment in self.segments if segment)


def astray(operation: Operation, request: Request, base: str = "") -> str:
    """Return the name of the other operation whose request this is, "" where it is none's.

    `base` is the path of the endpoint itself.
    """
    if operation.wire.protocol not in _ROUTED:
        return ""
    seen = _seen(request, base)
    mine = next((r for r in routes(operation.service) if r.name == operation.name), None)
    others = [
        r for r in routes(operation.service) if r.name != operation.name and r.method == seen.method
    ]
    own = mine is not None and mine.method == seen.method and _fits(mine, seen, seen.segments)
    for segments in (seen.segments,) if own else (seen.segments, seen.collapsed):
        found = [r for r in others if _fits(r, seen, segments) and _whole(r, seen)]
        if own and mine is not None:
            found = [r for r in found if _takes_from(mine, r, seen)]
        if found:
            return max(found, key=lambda r: (r.precision, len(r.params) + len(r.headers))).name
    return ""


def harmless(name: str) -> bool:
    """Return whether a request of an operation may be sent though it is not the one that is tested.

    Its name says that it only looks.
    """
    return reads(name)


def _takes_from(mine: Route, other: Route, seen: _Seen) -> bool:
    """Whether a request at an operation's own path is rather the other one's.

    Its route is more precise; or it is no worse, and what tells the operation from it is missing.
    """
    if other.precision[:2] != mine.precision[:2]:
        return other.precision > mine.precision
    return not _whole(mine, seen)


def _whole(route: Route, seen: _Seen) -> bool:
    """Whether a request has what the operation requires in query and headers."""
    return route.params <= {name for name, _ in seen.query} and route.headers <= seen.headers


def _fits(route: Route, seen: _Seen, segments: Sequence[str]) -> bool:
    if not all(pair in seen.query for pair in route.fixed):
        return False
    return _takes(_trimmed(route.segments, segments), segments)


def _trimmed(wanted: tuple[str, ...], segments: Sequence[str]) -> tuple[str, ...]:
    """Return a template's segments without the empty last one where the path has none."""
    return wanted[:-1] if wanted[-1:] == ("",) and tuple(segments[-1:]) != ("",) else wanted


def _takes(wanted: Sequence[str], found: Sequence[str]) -> bool:
    """Whether the segments of a template take those of a path; no label takes an empty one."""
    for index, segment in enumerate(wanted):
        if index >= len(found):
            return False
        if segment.startswith("{") and segment.endswith("+}"):
            behind = len(wanted) - index - 1
            taken = found[index : len(found) - behind]
            rest = found[len(found) - behind :]
            return any(taken) and _takes(wanted[index + 1 :], rest)
        same = bool(found[index]) if "{" in segment else segment == unquote(found[index])
        if not same:
            return False
    return len(wanted) == len(found)


def _seen(request: Request, base: str) -> _Seen:
    path, _, query = request.path.partition("?")
    return _Seen(
        request.method,
        tuple(path.removeprefix(base).split("/")[1:]),
        tuple(parse_qsl(query, keep_blank_values=True)),
        frozenset(name.lower() for name, value in request.headers if value),
    )


# ---------------------------------------------------------------- the routes of a service


@cache
def routes(service: str) -> tuple[Route, ...]:
    """Return the routes of a service's operations, from the SDK's model."""
    return tuple(_routes(service))


def _routes(service: str) -> Iterator[Route]:
    model: Any = sdk.service_model(service)
    for name in model.operation_names:
        operation: Any = model.operation_model(name)
        path, _, query = str(operation.http.get("requestUri", "/")).partition("?")
        yield Route(
            name=str(name),
            method=str(operation.http.get("method", "POST")),
            segments=tuple(path.split("/")[1:]),
            fixed=tuple(parse_qsl(query, keep_blank_values=True)),
            params=frozenset(_required(operation.input_shape, "querystring")),
            headers=frozenset(x.lower() for x in _required(operation.input_shape, "header")),
        )


def _required(shape: Any, location: str) -> Iterator[str]:
    if shape is None:
        return
    for name in shape.required_members:
        serialization = shape.members[name].serialization
        if serialization.get("location") == location:
            yield str(serialization.get("name", name))

"""How an operation hands out a long list page by page, and what that promises.

Where the SDK has a paginator for the operation, that says which members carry the tokens, the limit
and the items; else the members' names do, by the convention that nearly all of AWS keeps: a token
of the same kind in and out, and one list in the answer. What the contract promises about pages are
rules like any other, each with its source; they are read here and do not stand in spec files.

Sources: botocore's `paginators-1.json`, and for what a limit is the member's own documentation.
"""

# jmespath has no types: what it answers is unknown to pyright.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, cast

import jmespath  # type: ignore[import-untyped]  # it has no stubs

from aws_specs import sdk
from aws_specs.error_class import error_class
from aws_specs.errors import ConformanceError
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.paths import shape_at
from aws_specs.spec import (
    Json,
    List,
    Map,
    Member,
    ModelSource,
    Operation,
    PageSource,
    Rule,
    Scalar,
    Source,
    Statement,
    Structure,
    Value,
)

Part = str
"""What a rule is about: "join", "limit", "terminates" or "token"."""

TRAIT: Final = "pagination"
"""The trait that sources out of the SDK's paginators carry."""


class Token(Value, frozen=True):
    """A member of the request, and the JMESPath expression of its next value in the answer."""

    member: str
    next: str


class Pagination(Value, frozen=True, kw_only=True):
    """How an operation is paged.

    `results` are JMESPath expressions of lists in the answer, the first the one that `limit` is
    about; `more` one that is true while there is more (""; the tokens say it). `least` is the
    smallest limit that is stated to be valid. `maximum` says whether the limit is stated to be the
    most a page has; `errors` are the declared errors that are about a token. `known` says whether
    the SDK has a paginator for it.
    """

    tokens: tuple[Token, ...]
    results: tuple[str, ...]
    limit: str = ""
    more: str = ""
    least: int = 1
    maximum: bool = False
    errors: tuple[str, ...] = ()
    known: bool = True
    source: Source
    limit_source: Source | None = None


class Page(Value, frozen=True):
    """One page: how many items its first list has, all items, and what to send for the next one.

    `next` is None at the end. `more` is what the answer says of itself, None where it says nothing.
    """

    count: int
    items: tuple[Json, ...]
    next: Mapping[str, Json] | None = None
    more: bool | None = None


# ---------------------------------------------------------------- pages


def page(pagination: Pagination, value: Json) -> Page:
    """Return what an answer's value says as a page. Empty tokens are no tokens.

    Source: `botocore.paginate.PageIterator`, whose loops this ends and goes on with.
    """
    lists = [_items(_search(expression, value)) for expression in pagination.results]
    more = bool(_search(pagination.more, value)) if pagination.more else None
    tokens = {token.member: _search(token.next, value) or None for token in pagination.tokens}
    on = more is not False and any(tokens.values())
    return Page(
        count=len(lists[0]) if lists else 0,
        items=tuple(item for items in lists for item in items),
        next={name: token for name, token in tokens.items() if token} if on else None,
        more=more,
    )


def _items(found: Json) -> list[Json]:
    if is_object(found):
        return [{"key": key, "value": value} for key, value in found.items()]
    return found if is_list(found) else []


def _search(expression: str, value: Json) -> Json:
    found: Json = _compiled(expression).search(value)
    return found


@cache
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)


# ---------------------------------------------------------------- rules


def rules(operation: Operation) -> tuple[Rule, ...]:
    """Return the rules on the pages of an operation, none where it has no pages."""
    found = pagination(operation)
    return tuple(_rules(operation, found)) if found is not None else ()


def rule_name(operation: str, part: Part) -> str:
    """Return the id of a rule on pages, e.g. `sqs.ListQueues/pagination/join`."""
    return f"{operation}/pagination/{part}"


def _rules(operation: Operation, found: Pagination) -> Iterator[Rule]:
    names = [token.member for token in found.tokens]

    def rule(
        part: Part, member: str, value: Json, *, reason: str = "", source: Source | None = None
    ) -> Rule:
        return Rule(
            id=rule_name(operation.id, part),
            side="input" if member else "output",
            member=member,
            kind="pagination",
            statements=(Statement(source=source or found.source, value=value),),
            confidence=1.0 if found.known else 0.8,
            checkable=not reason,
            reason=reason,
        )

    yield rule("join", "", {"tokens": names, "items": list(found.results)})
    yield rule("terminates", "", {"tokens": names})
    if found.limit:
        why = "" if found.maximum else f"nothing says that {found.limit} is the most a page has"
        yield rule("limit", found.limit, {"max": True}, reason=why, source=found.limit_source)
    if _is_text(operation, found.tokens[0].member):
        why = "" if found.errors else "no declared error is about a token"
        member, value = found.tokens[0].member, {"errors": list(found.errors)}
        yield rule("token", member, value, reason=why, source=_source_of_error(operation, found))


def _source_of_error(operation: Operation, found: Pagination) -> Source | None:
    """Return where the first error about tokens is declared, None where none is."""
    declared = (r for r in operation.rules if r.kind == "error" and r.value["code"] in found.errors)
    return next((rule.source for rule in declared), None)


# ---------------------------------------------------------------- reading


def pagination(operation: Operation) -> Pagination | None:
    """Return how an operation is paged, None where nothing says that it is."""
    stated = _paginators(operation.service).get(operation.name)
    read = _stated(operation, stated) if stated is not None else _conventional(operation)
    if read is None:
        return None
    return _completed(operation, read)


def token_members(operation: Operation) -> frozenset[str]:
    """Return the members of a request whose values only an answer can give: they are tokens."""
    found = pagination(operation)
    return frozenset(token.member for token in found.tokens) if found else frozenset()


@cache
def _paginators(service: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the SDK's paginators of a service by operation; none for one without any."""
    from botocore.exceptions import DataNotFoundError, UnknownServiceError

    loader: Any = sdk.loader()
    try:
        found: Mapping[str, Any] = loader.load_service_model(service, "paginators-1")
    except (DataNotFoundError, UnknownServiceError):
        return {}
    table: Mapping[str, Mapping[str, Any]] = found.get("pagination", {})
    return table


def _stated(operation: Operation, stated: Mapping[str, Any]) -> Pagination | None:
    """Return what a paginator says, as far as the spec's shapes bear it out."""
    members = {member.name for member in operation.input.members}
    inputs, outputs = _several(stated["input_token"]), _several(stated["output_token"])
    results = [name for name in _several(stated["result_key"]) if _is_list(operation, name)]
    limit = str(stated.get("limit_key", ""))
    if not results or not members.issuperset(inputs) or len(inputs) != len(outputs):
        return None
    return Pagination(
        tokens=tuple(Token(*pair) for pair in zip(inputs, outputs, strict=True)),
        results=tuple(results),
        limit=limit if limit in members else "",
        more=str(stated.get("more_results", "")),
        source=ModelSource(
            model=operation.model or f"botocore {sdk.version()} {operation.service}",
            shape=operation.name,
            trait=TRAIT,
        ),
    )


def _several(value: Any) -> Sequence[str]:
    return cast("list[str]", value) if isinstance(value, list) else (str(value),)


def _is_list(operation: Operation, expression: str) -> bool:
    """Whether an expression stands for a list (or a map); counts and totals are no items."""
    return isinstance(shape_at(operation.output, expression), List | Map)


# ---------------------------------------------------------------- by convention


_SHOWS: Final = re.compile(r"(List|Describe|Get|Search|Lookup|Query|Scan)(?![a-z])")

_PAIRS: Final = (
    ("NextToken", "NextToken"), ("nextToken", "nextToken"), ("Marker", "NextMarker"),
    ("Marker", "Marker"), ("marker", "nextMarker"), ("marker", "marker"),
    ("NextMarker", "NextMarker"), ("pageToken", "nextPageToken"), ("PageToken", "NextPageToken"),
    ("NextPageToken", "NextPageToken"), ("nextPageToken", "nextPageToken"),
    ("PaginationToken", "PaginationToken"), ("paginationToken", "paginationToken"),
    ("startingToken", "nextToken"), ("StartingToken", "NextToken"),
    ("ContinuationToken", "NextContinuationToken"), ("ContinuationToken", "ContinuationToken"),
    ("continuationToken", "continuationToken"), ("Token", "NextToken"), ("token", "nextToken"),
)  # fmt: skip
"""What tokens are called in the request and in the answer, from the SDK's paginators."""

LIMITS: Final = (
    "MaxResults", "maxResults", "MaxItems", "maxItems", "MaxRecords", "Limit", "limit", "PageSize",
    "pageSize", "MaxKeys", "maximumPageSize", "MaxResultsPerPage",
)  # fmt: skip
"""What limits are called, from the SDK's paginators."""


def _conventional(operation: Operation) -> Pagination | None:
    """Return how an operation is paged by the names of its members, where they say so clearly.

    The answer must have exactly one list beside the token: which of two is paged, no name says.
    """
    if not _SHOWS.match(operation.name):
        return None
    members = {member.name: member for member in operation.input.members}
    prefix, answer = _inner(operation.output)
    texts = {m.name for m in answer.members if _scalar(m.shape, "string")}
    lists = [m.name for m in answer.members if isinstance(m.shape, List)]
    pair = next(
        (p for p in _PAIRS if p[0] in members and p[1] in texts and _scalar(members[p[0]].shape)),
        None,
    )
    if pair is None or len(lists) != 1:
        return None
    member = members[pair[0]]
    return Pagination(
        tokens=(Token(pair[0], prefix + pair[1]),),
        results=(prefix + lists[0],),
        limit=next((name for name in LIMITS if name in members), ""),
        known=False,
        source=_source_of(operation, member),
    )


def _inner(output: Structure) -> tuple[str, Structure]:
    """Return the structure that has the members of the answer, and the path to it.

    Some answers are one structure as a whole (Pinpoint's ApplicationsResponse).
    """
    if len(output.members) == 1 and isinstance(output.members[0].shape, Structure):
        return f"{output.members[0].name}.", output.members[0].shape
    return "", output


def _scalar(shape: object, kind: str = "string") -> bool:
    return isinstance(shape, Scalar) and shape.type == kind


def _is_text(operation: Operation, member: str) -> bool:
    return _scalar(shape_at(operation.input, member))


def _source_of(operation: Operation, member: Member, said: re.Pattern[str] | None = None) -> Source:
    """Return where a member is described: its sentence on the page, or its shape in the model.

    The sentence is the first with the words `said`, where one has them.
    """
    if operation.page is not None and member.line:
        sentences = _sentences(member.documentation) or [f"{member.name} (string)"]
        telling = (one for one in sentences if said is not None and said.search(one))
        return PageSource(
            file=operation.page.file, line=member.line, sentence=next(telling, sentences[0])
        )
    shape = member.shape
    name = f"{operation.name}Request.{member.name}"
    return ModelSource(
        model=operation.model, shape=getattr(shape, "name", "") or name, trait="documentation"
    )


# ---------------------------------------------------------------- limits


_MOST: Final = re.compile(
    r"\bmax(?:imum)?\b|\bat most\b|\bno more than\b|\bup to\b|\blimits? (?:on )?the number\b"
    r"|\bupper (?:limit|bound)\b",
    re.IGNORECASE,
)
"""Words by which a text makes a limit the most that a page has."""

_COUNTED: Final = re.compile(
    r"(max(imum)?[_A-Z]?\w*|limit|pagesize|resourcesperpage)", re.IGNORECASE
)
_OTHERWISE: Final = re.compile(r"(Datapoints|Lines|AnnotationResults)$", re.IGNORECASE)
"""Limits on something else than the items that come back."""

_HEDGED: Final = re.compile(
    r"\bapproximat|\bfor future use\b|\bnot (?:currently )?supported\b(?! for)|\bhint\b"
    r"|\bvalues? (?:is|are) ignored\b|\bparameter is (?:currently )?ignored\b(?! when| if)",
    re.IGNORECASE,
)
"""Words by which a text says that a limit is not kept, or not kept to the letter."""

_LEAST: Final = (
    re.compile(r"\bbetween (\d{1,5})\b", re.IGNORECASE),
    re.compile(r"\bmin(?:imum)?(?: value)?(?: of| is|:)? ?(\d{1,5})\b", re.IGNORECASE),
    re.compile(r"\b(\d{1,5})(?: to | ?[-\u2013] ?)\d{1,6}\b", re.IGNORECASE),
    re.compile(r"\bgreater than or equal to (\d{1,5})\b", re.IGNORECASE),
)
"""How a text states the smallest valid limit."""


def _completed(operation: Operation, found: Pagination) -> Pagination:
    """Return a reading with what is stated of its limit and of errors about its token."""
    from msgspec.structs import replace

    errors = tuple(_token_errors(operation))
    member = next((m for m in operation.input.members if m.name == found.limit), None)
    if member is None:
        return replace(found, errors=errors)
    text = documented(operation, member)
    return replace(
        found,
        errors=errors,
        least=max(least(text), _least_stated(operation, member.name)),
        maximum=is_maximum(member.name, text),
        limit_source=_source_of(operation, member, _MOST),
    )


def _least_stated(operation: Operation, member: str) -> int:
    values = [
        value.get("min", 1)
        for rule in operation.rules
        if rule.side == "input" and rule.member == member and rule.kind == "range"
        for value in rule.values
    ]
    return max((int(value) for value in values), default=1)


def is_maximum(member: str, text: str) -> bool:
    """Whether a limit is the most items a page has: its own text says so, or without one its name.

    A text that calls it the number of items, and no more than that, does not make it a maximum
    unless the name does (`MaxResults`).
    """
    if not _COUNTED.fullmatch(member) or _OTHERWISE.search(member) or _HEDGED.search(text):
        return False
    return member.lower().startswith("max") or bool(_MOST.search(text))


def least(text: str) -> int:
    """Return the smallest valid limit that a text states, 1 where it states none."""
    for pattern in _LEAST:
        found = pattern.search(text)
        if found is not None:
            return max(int(found.group(1)), 1)
    return 1


def documented(operation: Operation, member: Member) -> str:
    """Return what is said of a member of the request: by the page, else by the model, as text."""
    if operation.page is not None:
        return member.documentation
    return plain(_model_text(operation.service, operation.name, member.name))


def _model_text(service: str, name: str, member: str) -> str:
    try:
        model: Any = sdk.operation_model(service, name)
    except ConformanceError:
        return ""
    shapes: Mapping[str, Any] = model.input_shape.members if model.input_shape else {}
    return str(shapes[member].documentation) if member in shapes else ""


def plain(markup: str) -> str:
    """Return documentation without its tags, white space folded."""
    return " ".join(re.sub(r"<[^<>]{0,2000}>", " ", markup).split())


def _sentences(text: str) -> list[str]:
    parts = " ".join(text.split()).split(". ")
    return [f"{part}." for part in parts[:-1]] + [part for part in parts[-1:] if part]


# ---------------------------------------------------------------- errors about tokens


_ABOUT_TOKENS: Final = re.compile(
    r"(Next|Pagination|Continuation|Page)_?Token|InvalidMarker|InvalidPagination|PagingToken",
    re.IGNORECASE,
)
_VAGUE: Final = re.compile(r"^(\w+\.)?Invalid(Result)?Token(Exception|Error|Fault)?$")
_SAID: Final = re.compile(
    r"\b(?:next ?token|pagination token|paging token|continuation token|page token|marker)\b",
    re.IGNORECASE,
)
_NOT_VALID: Final = re.compile(r"\b(?:invalid|not valid|isn't valid|malformed)\b", re.IGNORECASE)
_SHORT: Final = 200
"""A text that is longer is about many things, of which a token is one."""


def _token_errors(operation: Operation) -> Iterator[str]:
    """Yield the codes of declared errors about tokens, by name or by what is said of them.

    An error about tokens that expire says something of any other broken token only where there is
    an error that can answer it.
    """
    errors = [error for error in operation.errors if error.sender]
    texts = _error_texts(operation)
    found = [e for e in errors if _about_tokens(operation, e.name, texts.get(e.name, ""))]
    others = [e.name for e in errors if e not in found]
    expiring = all("expired" in e.name.lower() for e in found)
    if expiring and not any(error_class(name) == "validation" for name in others):
        return
    yield from (error.code for error in found)


def _about_tokens(operation: Operation, name: str, text: str) -> bool:
    if _ABOUT_TOKENS.search(name):
        return True
    if _VAGUE.match(name):
        others = [m.name for m in operation.input.members if "token" in m.name.lower()]
        return len(others) == 1 and "not valid" in text
    short = 0 < len(text) <= _SHORT
    return short and bool(_SAID.search(text) and _NOT_VALID.search(text))


def _error_texts(operation: Operation) -> Mapping[str, str]:
    try:
        model: Any = sdk.operation_model(operation.service, operation.name)
    except ConformanceError:
        return {}
    return {str(shape.name): plain(str(shape.documentation)) for shape in model.error_shapes}


__all__ = [
    "LIMITS", "TRAIT", "Page", "Pagination", "Token", "documented", "is_maximum", "least", "page",
    "pagination", "plain", "rule_name", "rules", "token_members",
]  # fmt: skip

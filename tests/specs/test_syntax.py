"""The parser of syntax blocks: a round trip, and the oddities that botocore prints."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_specs.errors import PageError
from aws_specs.readers.outline import MAX_DEPTH, Code
from aws_specs.readers.syntax import FILE_LIKE, Syntax, parse_request, parse_response

SCALARS = {
    "'string'": "string",
    "123": "integer",
    "123.0": "float",
    "...": "float",
    "True|False": "boolean",
    "b'bytes'": "bytes",
    "b'bytes'|file": FILE_LIKE,
    "datetime(2015, 1, 1)": "datetime",
    "StreamingBody()": "StreamingBody",
    "EventStream()": "EventStream",
    "{...}|[...]|123|123.4|'string'|True|None": "document",
    "'string' or {'Bucket': 'string', 'Key': 'string'}": "",
}


def response(text: str) -> Syntax:
    return parse_response(Code(10, text.split("\n")), file="page.rst")


@pytest.mark.parametrize(("text", "type_"), SCALARS.items())
def test_tells_the_type_of_every_skeleton_value(text: str, type_: str) -> None:
    parsed = response("{\n    'A': " + text + ",\n    'B': [\n        " + text + ",\n    ]\n}")
    assert parsed.members["A"].type == type_
    item = parsed.members["B"].item
    assert item is not None
    assert (item.type, item.enum) == (type_, ())


def test_reads_enums_with_their_line() -> None:
    parsed = response("{\n    'A': 'x'|'y z'|'{,}',\n    'B': 'only'\n}")
    assert parsed.members["A"].enum == ("x", "y z", "{,}")
    assert parsed.members["B"].enum == ("only",)
    assert (parsed.members["B"].line, parsed.members["B"].text) == (12, "    'B': 'only'")


def test_an_empty_structure_may_have_its_comma_on_the_next_line() -> None:
    parsed = response("{\n    'auto': {}\n    ,\n    'tool': {\n        'name': 'string'\n    }\n}")
    assert list(parsed.members) == ["auto", "tool"]
    assert parsed.members["auto"].members == {}


def test_recursion_ends_the_tree() -> None:
    parsed = response(
        "{\n    'A': {'... recursive ...'},\n    'L': [\n {'... recursive ...'},\n ]}"
    )
    assert parsed.members["A"].recursive
    item = parsed.members["L"].item
    assert item is not None
    assert item.recursive


def test_an_event_stream_has_the_members_of_its_events() -> None:
    parsed = response("{'S': EventStream({\n 'Event': {\n 'Data': b'bytes'\n }\n })\n}")
    stream = parsed.members["S"]
    assert stream.type == "EventStream"
    assert stream.members["Event"].members["Data"].type == "bytes"


def test_a_request_is_read_from_its_call() -> None:
    lines = ["response = client.x(", "    Name='string',", "    Tags={", "    }", ")", "rest("]
    parsed = parse_request(Code(5, lines), file="page.rst")
    assert {name: value.type for name, value in parsed.members.items()} == {
        "Name": "string",
        "Tags": "dict",
    }
    assert parse_request(Code(1, ["response = client.x()"]), file="p").members == {}


@pytest.mark.parametrize("text", ["", "{", "{\n    'A': [\n        'string',", "no bracket"])
def test_a_block_that_does_not_close_is_a_truncated_page(text: str) -> None:
    with pytest.raises(PageError, match="truncated") as caught:
        response(text)
    assert caught.value.line >= 10


def test_refuses_nesting_without_end() -> None:
    response("{'A': " * (MAX_DEPTH - 1) + "'string'" + "}" * (MAX_DEPTH - 1))
    with pytest.raises(PageError, match="nests deeper"):
        response("{'A': " * 100_000)


names = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)
enums = st.lists(st.sampled_from(["A", "b.c", "d-e", "f:g", "1"]), min_size=1, unique=True)
leaves = st.one_of(
    st.sampled_from([(text, type_) for text, type_ in SCALARS.items() if type_]),
    enums.map(lambda values: ("|".join(f"'{value}'" for value in values), tuple(values))),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=1), st.dictionaries(names, inner)),
)


def printed(tree: object, indent: str = "") -> str:
    """Print a tree as `botocore.docs.example` lays it out."""
    deeper = indent + "    "
    match tree:
        case (str(text), _):
            return text
        case dict() if not tree:
            return "{}\n" + indent
        case dict():
            entries = (f"'{name}': {printed(value, deeper)}" for name, value in tree.items())
            return "{\n" + ",\n".join(deeper + entry for entry in entries) + f"\n{indent}}}"
        case [item]:
            return f"[\n{deeper}{printed(item, deeper)},\n{indent}]"
        case _:
            return "[]"


def plain(syntax: Syntax) -> object:
    """Turn what was parsed back into the tree that was printed."""
    if syntax.type == "dict":
        return {name: plain(value) for name, value in syntax.members.items()}
    if syntax.type == "list":
        return [plain(syntax.item)] if syntax.item else []
    return syntax.enum or syntax.type


def bare(tree: object) -> object:
    match tree:
        case dict():
            return {name: bare(value) for name, value in tree.items()}
        case (str(_), meaning):
            return meaning
        case list():
            return [bare(item) for item in tree]
        case _:
            raise AssertionError(tree)


@given(st.dictionaries(names, trees))
def test_reads_back_whatever_is_printed(tree: dict[str, object]) -> None:
    assert plain(response(printed(tree))) == bare(tree)


@given(st.text(st.sampled_from("{}[](),:=|'b .ax1\n")))
def test_any_text_is_a_tree_or_a_page_error(text: str) -> None:
    for parse in (parse_request, parse_response):
        with suppress(PageError):
            assert isinstance(parse(Code(1, text.split("\n")), file="f"), Syntax)

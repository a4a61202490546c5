"""The flat list of a page's members, errors and losses."""

from __future__ import annotations

from aws_specs.nodes import page_nodes
from aws_specs.page import Page, PageException, PageMember
from aws_specs.spec import Gap


def page(**parts: object) -> Page:
    given = {"file": "f", "rendering": "rst", "client": "C", "method": "m", "line": 1} | parts
    return Page(**given)  # type: ignore[arg-type]  # a dict of mixed values


def test_lists_members_depth_first_in_page_order() -> None:
    leaf = PageMember(step="Value", type="string", line=4, required=True)
    key = PageMember(step="{key}", type="string", line=2)
    value = PageMember(step="{}", type="dict", line=3, children=(leaf,))
    tags = PageMember(step="Tags", type="dict", line=1, children=(key, value))
    last = PageMember(step="Z", type="string", line=5, enum=("A",))
    nodes = list(page_nodes(page(input=(tags, last))))
    assert [node["path"] for node in nodes] == ["Tags", "Tags{key}", "Tags{}", "Tags{}.Value", "Z"]
    assert nodes[3] == {
        "side": "input",
        "path": "Tags{}.Value",
        "type": "string",
        "required": True,
    }
    assert nodes[4]["enum"] == ["A"]


def test_says_only_what_holds() -> None:
    member = PageMember(step="S", type="EventStream", line=1)
    again = PageMember(step="R", type="dict", line=1, recursive=True, union=True)
    token = PageMember(step="T", type="string", line=1, autopopulated=True)
    stream, recursive, autopopulated = page_nodes(page(output=(member, again, token)))
    common = {"side": "output", "required": False}
    assert stream == common | {
        "path": "S",
        "type": "EventStream",
        "streaming": True,
        "eventstream": True,
    }
    assert recursive == common | {"path": "R", "type": "dict", "recursive": True, "union": True}
    assert autopopulated == common | {"path": "T", "type": "string", "autopopulated": True}


def test_errors_and_losses_come_last() -> None:
    gaps = (Gap("members-lost", "input/A"), Gap("documentation-lost"))
    nodes = list(page_nodes(page(errors=(PageException("Conflict", 9),), gaps=gaps)))
    assert nodes == [
        {"side": "error", "path": "Conflict"},
        {"side": "gap", "what": "members-lost", "path": "input/A"},
        {"side": "gap", "what": "documentation-lost"},
    ]


def test_unknown_errors_are_no_errors_listed() -> None:
    assert list(page_nodes(page(errors=None))) == []

"""What a page demands in words that no rule states."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from aws_conformance.unread import Demand, demanding, sends_more
from aws_specs import catalog
from aws_specs.spec import Operation

NAME = "connect.CreateParticipant"


def saying(text: str) -> Operation:
    """Return an operation whose first member is documented by a text."""
    operation = catalog.load(NAME)
    first, *others = operation.input.members
    documented = replace(first, documentation=text)
    return replace(operation, input=replace(operation.input, members=(documented, *others)))


def demanded(text: str) -> bool:
    operation = saying(text)
    return operation.input.members[0].name in {one.path for one in demanding(operation, 0.75)}


@pytest.mark.parametrize("text", [
    "The ARN of the group. The ARN must end with `:*`.",
    "You can only set it if publish is true.",
    "A name. You can't include a description.",
    "You cannot include this and that in the same operation.",
    "Constraints: Up to 255 ASCII characters",
    "Use one of the following formats for the value.",
    "Required, if your log level is not set to OFF.",
    "An address. You can\N{RIGHT SINGLE QUOTATION MARK}t specify a name as well.",
])  # fmt: skip
def test_a_sentence_that_demands_something_opens_its_member(text: str) -> None:
    assert demanded(text)


@pytest.mark.parametrize("text", [
    "The name of the stream.",
    "The group that the target must already belong to.",
    "The role must exist.",
    "If users don't specify a value for it in a session, one hour is used.",
    "If you create your own log entries, you must also avoid logging the information.",
    "The name must be unique within the account.",
    "The number of checks that an endpoint must pass before it counts as healthy.",
    "If you don't specify a value for this property, the service sets the value to alert.",
])  # fmt: skip
def test_a_sentence_that_describes_opens_nothing(text: str) -> None:
    assert not demanded(text)


def test_without_a_page_nothing_is_known_to_be_unread() -> None:
    operation = replace(saying("It must end with x."), page=None)
    assert demanding(operation, 0.75) == frozenset()


@pytest.mark.parametrize(("params", "about", "expected"), [
    ({"A": 1, "Name": "other"}, {"A"}, False),
    ({"Name": "other"}, {"Name"}, True),
    ({"Name": "x", "Arn": "y"}, set[str](), True),
])  # fmt: skip
def test_another_name_alone_is_nothing_more(
    params: dict[str, object], about: set[str], expected: bool
) -> None:
    control = {"Name": "first"}
    assert sends_more(params, control, about, (Demand("Name"), Demand("Arn"))) is expected


def test_a_sentence_that_names_values_is_about_these() -> None:
    demand = Demand("Type", values=frozenset({"ed25519"}))
    assert sends_more({"Type": "ed25519"}, {}, {"Type"}, (demand,))
    assert not sends_more({"Type": "rsa"}, {}, {"Type"}, (demand,))


def test_a_list_of_allowed_characters_is_not_about_plain_letters() -> None:
    found = demanding(saying("The name can contain only letters, digits and _."), 0.75)
    assert {one.letters for one in found} == {True}
    name = next(iter(found)).path
    assert not sends_more({name: "plain"}, {}, {name}, found)
    assert sends_more({name: "not plain"}, {}, {name}, found)


def test_a_demand_beside_the_letters_is_about_plain_letters_too() -> None:
    found = demanding(saying("It can contain only letters and must start with a capital."), 0.75)
    assert {one.letters for one in found} == {False}

"""Strategies for requests: right by construction, small when shrunk, clear about bad arguments."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from aws_specs import catalog
from aws_specs.paths import occurrences
from aws_specs.spec import List, Map, Recursive
from aws_strategies import invalid_requests, requests, untouched, valid_requests
from aws_strategies._requests import breakable
from aws_strategies.build import Builder
from aws_strategies.case import Case
from aws_strategies.kinds import broken
from aws_strategies.plan import Plan
from strategies.oracle import Oracle, botocore_objects
from strategies.specs import FIVE, operation, plan_of, rule, scalar, structure

QUICK = settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ALONE = settings(QUICK, max_examples=300, phases=[Phase.generate, Phase.shrink])


# ---------------------------------------------------------------- valid


@pytest.mark.parametrize("name", FIVE)
def test_valid_requests_break_no_rule_and_pass_both_judges(name: str) -> None:
    oracle = Oracle(plan_of(name))

    @QUICK
    @given(valid_requests(name))
    def check(case: Case) -> None:
        assert case.kind == "valid"
        assert case.example
        assert case.operation == name
        assert broken(oracle.plan, case.params, surely=False) == set()
        assert oracle.refuses(case.params) == set()
        assert botocore_objects(oracle.plan, case.params) == ""

    check()


def test_structures_of_a_form_are_not_drawn_empty() -> None:
    """There is nothing of an empty one in a form: a required one would be absent."""

    @QUICK
    @given(valid_requests("ses.SendEmail"))
    def check(case: Case) -> None:
        assert any(case.params["Destination"].values())

    check()


@pytest.mark.parametrize("name", FIVE)
def test_valid_request_shrinks_to_the_smallest_one(name: str) -> None:
    plan = plan_of(name)
    smallest = find(valid_requests(name), lambda case: True, settings=ALONE)
    without_tokens = {k: v for k, v in smallest.params.items() if k not in plan.tokens}
    builders = {k: v for k, v in Builder(plan).minimal().items() if k not in plan.tokens}

    assert without_tokens.keys() == builders.keys()
    assert len(json.dumps(without_tokens)) <= len(json.dumps(builders))


def test_request_with_a_member_shrinks_to_few_members() -> None:
    found = find(
        valid_requests("connect.CreateContact"),
        lambda case: "Description" in case.params,
        settings=ALONE,
    )

    required = {"InstanceId", "ClientToken", "Channel", "InitiationMethod"}
    # Not always that member alone: members are picked before their values are drawn, so Hypothesis
    # has to take away two places at once. Findings are shrunk by `shrink`, which does not stop there.
    assert required | {"Description"} <= set(found.params)
    assert len(found.params) <= len(required) + 2
    assert len(found.params["Description"]) <= 1


def test_identifiers_keep_the_value_that_every_other_request_has() -> None:
    typical = Builder(plan_of("connect.CreateParticipant")).minimal()

    @QUICK
    @given(valid_requests("connect.CreateParticipant"))
    def check(case: Case) -> None:
        assert case.params["ContactId"] == typical["ContactId"]
        assert case.params["InstanceId"] == typical["InstanceId"]

    check()


def test_bindings_are_sent() -> None:
    bound = {"connect.InstanceId": "mine", "connect.CreateParticipant.ContactId": "this-contact"}

    @QUICK
    @given(valid_requests("connect.CreateParticipant", bindings=bound))
    def check(case: Case) -> None:
        assert case.params["InstanceId"] == "mine"
        assert case.params["ContactId"] == "this-contact"

    check()


def test_every_request_has_a_token_of_its_own_that_the_nonce_changes() -> None:
    one = find(valid_requests("connect.CreateContact"), lambda case: True, settings=ALONE)
    other = find(
        valid_requests("connect.CreateContact", nonce="x"), lambda case: True, settings=ALONE
    )

    assert one.params["ClientToken"] != other.params["ClientToken"]
    assert one.id == other.id


def test_texts_go_beyond_ascii_only_where_the_body_carries_them() -> None:
    spec = operation(
        structure(
            Body=scalar(),
            Header=_member("Header", "header"),
            Label=_member("Label", "uri"),
        ),
        rule("Body", "required"),
        rule("Header", "required"),
        rule("Label", "required"),
    )
    find(valid_requests(spec), lambda case: not case.params["Body"].isascii(), settings=ALONE)

    @QUICK
    @given(valid_requests(spec))
    def check(case: Case) -> None:
        for name in ("Header", "Label"):
            value = case.params[name]
            assert value.isascii()
            assert value == value.strip()
            assert value

    check()


def _member(name: str, location: Any) -> Any:
    from aws_specs.spec import Member

    return Member(name=name, shape=scalar(), location=location, wire_name=name)


def test_union_has_exactly_one_member() -> None:
    spec = operation(structure(U=structure(union=True, A=scalar(), B=scalar("integer"))),
                     rule("U", "required"))  # fmt: skip
    seen: set[str] = set()

    @QUICK
    @given(valid_requests(spec))
    def check(case: Case) -> None:
        assert len(case.params["U"]) == 1
        seen.update(case.params["U"])

    check()
    assert seen == {"A", "B"}


def test_recursion_comes_to_an_end() -> None:
    tree = structure(
        Name=scalar(),
        Children=List(item=Recursive(to="Tree", type="structure")),
        Named=Map(key=scalar(), value=Recursive(to="Tree", type="structure")),
        Next=Recursive(to="Tree", type="structure"),
    )
    spec = operation(structure(Tree=tree), rule("Tree", "required"), rule("Tree.Name", "required"))
    deepest: list[int] = []

    @settings(QUICK, max_examples=60)
    @given(valid_requests(spec))
    def check(case: Case) -> None:
        deepest.append(json.dumps(case.params).count('"Name"'))

    check()
    assert max(deepest) > 2


def test_required_union_that_recurs_ends_in_the_member_that_does_not() -> None:
    spec = operation(
        structure(
            Filter=structure(
                union=True,
                And=List(item=Recursive(to="Filter", type="structure")),
                Is=scalar(),
            )
        ),
        rule("Filter", "required"),
        rule("Filter.And", "items", {"min": 1}),
    )

    @QUICK
    @given(valid_requests(spec))
    def check(case: Case) -> None:
        assert '"Is"' in json.dumps(case.params)

    check()


def test_map_has_the_entries_it_needs_under_different_keys() -> None:
    spec = operation(
        structure(M=Map(key=scalar(), value=scalar("boolean"))),
        rule("M", "required"),
        rule("M", "items", {"min": 2, "max": 3}),
        rule("M{key}", "enum", ["a", "b"]),
    )

    @QUICK
    @given(valid_requests(spec))
    def check(case: Case) -> None:
        assert set(case.params["M"]) == {"a", "b"}

    check()


def test_long_lists_are_made_of_copies_beyond_the_first_few() -> None:
    spec = operation(structure(L=List(item=scalar())), rule("L", "required"),
                     rule("L", "items", {"min": 40}))  # fmt: skip
    found = find(valid_requests(spec), lambda case: len(set(case.params["L"])) > 1, settings=ALONE)

    assert len(found.params["L"]) == 40


def test_member_without_a_possible_value_is_left_out() -> None:
    spec = operation(
        structure(Odd=scalar(), Fine=scalar(), Many=List(item=scalar()),
                  Named=Map(key=scalar(), value=scalar())),
        rule("Odd", "length", {"min": 5}),
        rule("Odd", "pattern", "[a-z]{3}"),
        rule("Many[]", "length", {"min": 5}),
        rule("Many[]", "pattern", "[a-z]{3}"),
        rule("Named{key}", "length", {"min": 5}),
        rule("Named{key}", "pattern", "[a-z]{3}"),
    )  # fmt: skip

    @QUICK
    @given(valid_requests(spec))
    def check(case: Case) -> None:
        assert set(case.params) <= {"Fine", "Many", "Named"}
        assert case.params.get("Many", []) == []
        assert case.params.get("Named", {}) == {}

    check()


# ---------------------------------------------------------------- as boto3 takes them


def test_requests_are_keyword_arguments_of_boto3() -> None:
    spec = operation(
        structure(
            Blob=scalar("blob"),
            When=scalar("timestamp"),
            Free=scalar("document"),
            List=List(item=scalar("blob")),
            Map=Map(key=scalar(), value=scalar("timestamp")),
        ),
        *(rule(name, "required") for name in ("Blob", "When", "Free", "List", "Map")),
        rule("List", "items", {"min": 1}),
        rule("Map", "items", {"min": 1}),
    )

    @QUICK
    @given(requests(spec))
    def check(request: dict[str, Any]) -> None:
        assert isinstance(request["Blob"], bytes)
        assert isinstance(request["When"], datetime)
        assert request["When"].tzinfo is not None
        assert all(isinstance(item, bytes) for item in request["List"])
        assert all(isinstance(item, datetime) for item in request["Map"].values())

    check()


def test_requests_can_be_used_in_given() -> None:
    @QUICK
    @given(request=requests("connect.CreateContact"), more=st.booleans())
    def check(request: dict[str, Any], more: bool) -> None:
        assert {"InstanceId", "Channel", "ClientToken"} <= set(request)

    check()


# ---------------------------------------------------------------- invalid


@pytest.mark.parametrize("name", FIVE)
def test_invalid_requests_break_exactly_the_rule_they_name(name: str) -> None:
    oracle = Oracle(plan_of(name))

    @settings(QUICK, max_examples=40)
    @given(invalid_requests(name))
    def check(case: Case) -> None:
        assert case.kind == "invalid"
        assert case.fault is not None
        surely = not case.fault.what.endswith("-unanchored")
        assert broken(oracle.plan, case.params, surely=surely) == {case.rule}
        assert oracle.refuses(case.params) == {case.rule}
        assert oracle.refuses(untouched(case)) == set()

    check()


@pytest.mark.parametrize(
    ("name", "member", "kind"),
    [
        ("connect.CreateContact", "References{}.Type", "enum"),
        ("connect.CreateContact", "References{key}", "length"),
        ("pinpoint.SendMessages", "MessageRequest.Endpoints{}.Substitutions{}[]", "type"),
        ("pinpoint.SendMessages", "MessageRequest.MessageConfiguration.EmailMessage"
         ".SimpleEmail.Headers[].Name", "length"),
        ("chime-sdk-identity.RegisterAppInstanceUserEndpoint", "AppInstanceUserArn", "pattern"),
    ],
)  # fmt: skip
def test_one_rule_is_broken_at_any_depth(name: str, member: str, kind: str) -> None:
    oracle = Oracle(plan_of(name))
    identity = f"{name}/input/{member}/{kind}"

    @QUICK
    @given(invalid_requests(name, rule=identity))
    def check(case: Case) -> None:
        assert case.rule == identity
        assert case.fault is not None
        assert case.fault.member == member
        assert case.fault.old != case.fault.new
        assert list(occurrences(untouched(case), member))
        assert oracle.refuses(case.params) == {identity}

    check()


def test_outsiders_of_an_enum_vary_and_are_never_known_values() -> None:
    rule_ = "connect.CreateContact/input/Channel/enum"
    seen: set[str] = set()

    @settings(QUICK, max_examples=120)
    @given(invalid_requests("connect.CreateContact", rule=rule_))
    def check(case: Case) -> None:
        seen.add(case.params["Channel"])

    check()
    assert len(seen) > 5
    assert not seen & {"VOICE", "CHAT", "TASK", "EMAIL"}


def test_breakable_rules_are_those_of_the_strategies() -> None:
    plan = plan_of("connect.CreateParticipant")
    able = {rule.id for rule in breakable(plan)}

    assert "connect.CreateParticipant/input/ContactId/required" in able
    assert "connect.CreateParticipant/input/ClientToken/idempotency" not in able


# ---------------------------------------------------------------- arguments


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: requests("connect.CreateContcat"), "operation='connect.CreateContcat'"),
        (lambda: requests("nonsense"), "operation='nonsense'"),
        (lambda: requests(7), "operation=7 is neither a spec nor its name"),  # type: ignore[arg-type]
        (lambda: requests(FIVE[1], confidence=2), "confidence=2"),
        (lambda: requests(FIVE[1], confidence="high"), "confidence='high'"),  # type: ignore[arg-type]
        (lambda: requests(FIVE[1], bindings=["a"]), r"bindings=\['a'\]"),  # type: ignore[arg-type]
        (lambda: requests(FIVE[1], bindings={"a": 1}), "bindings={'a': 1}"),  # type: ignore[dict-item]
        (lambda: valid_requests(FIVE[1], nonce=1), "nonce=1"),  # type: ignore[arg-type]
        (lambda: invalid_requests(FIVE[1], nonce=None), "nonce=None"),  # type: ignore[arg-type]
        (lambda: invalid_requests(FIVE[1], rule=3), "rule=3"),  # type: ignore[arg-type]
        (lambda: invalid_requests(FIVE[1], rule="x/y"), "rule='x/y' is no testable rule"),
        (
            lambda: invalid_requests(FIVE[1], rule=f"{FIVE[1]}/input/ClientToken/idempotency"),
            "cannot be broken",
        ),
    ],
)
def test_bad_argument_is_named_with_its_value(call: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        call()


def test_operation_without_breakable_rules_has_no_invalid_requests() -> None:
    with pytest.raises(InvalidArgument, match="has no rule that can be broken"):
        invalid_requests(operation(structure()))


def test_operation_without_a_valid_request_is_refused_at_once() -> None:
    spec = operation(
        structure(Odd=scalar()),
        rule("Odd", "required"),
        rule("Odd", "length", {"min": 5}),
        rule("Odd", "pattern", "[a-z]{3}"),
    )
    with pytest.raises(InvalidArgument, match="Odd: no text satisfies every rule on it"):
        requests(spec)


def test_spec_and_name_mean_the_same() -> None:
    name = "connect.CreateParticipant"
    by_name = find(valid_requests(name), lambda case: True, settings=ALONE)
    by_spec = find(valid_requests(catalog.load(name)), lambda case: True, settings=ALONE)

    assert by_name == by_spec
    assert Plan(catalog.load(name)).operation.id == by_name.operation

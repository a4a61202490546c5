"""Settings from files and from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_conformance.config import (
    Config,
    checked,
    find,
    keys,
    merge,
    parse_bindings,
)
from aws_specs.errors import UsageError


def put(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def problem(folder: Path) -> str:
    with pytest.raises(UsageError) as caught:
        find(folder)
    return str(caught.value)


def test_without_any_file_the_defaults_hold(tmp_path: Path) -> None:
    assert merge(find(tmp_path), {}) == Config()


def test_reads_the_table_of_pyproject_and_leaves_the_others_alone(tmp_path: Path) -> None:
    put(tmp_path, "pyproject.toml", "[tool.ruff]\nx = 1\n[tool.aws-conformance]\nexamples = 3\n")
    assert merge(find(tmp_path), {}).examples == 3


def test_reads_a_file_of_its_own(tmp_path: Path) -> None:
    put(tmp_path, "aws-conformance.toml", 'target = "moto"\nallow-accounts = ["011122223333"]\n')
    config = merge(find(tmp_path), {})
    assert (config.target, config.allow_accounts) == ("moto", ("011122223333",))


def test_its_own_file_wins_over_pyproject_in_the_same_folder(tmp_path: Path) -> None:
    put(tmp_path, "pyproject.toml", "[tool.aws-conformance]\nexamples = 3\nstrict = true\n")
    put(tmp_path, "aws-conformance.toml", "examples = 4\n")
    config = merge(find(tmp_path), {})
    assert (config.examples, config.strict) == (4, False)


def test_the_nearest_folder_with_settings_wins(tmp_path: Path) -> None:
    put(tmp_path, "aws-conformance.toml", "examples = 1\n")
    put(tmp_path / "a", "aws-conformance.toml", "examples = 2\n")
    deep = put(tmp_path / "a" / "b", "pyproject.toml", "[project]\nname = 'x'\n")
    assert merge(find(deep), {}).examples == 2


def test_the_command_line_wins_over_the_file_and_bindings_are_joined(tmp_path: Path) -> None:
    put(tmp_path, "aws-conformance.toml", 'seed = 1\nbind = {"a.B" = "1", "a.C" = "2"}\n')
    config = merge(find(tmp_path), {"seed": 5, "bind": {"a.C": "3"}})
    assert config.seed == 5
    assert config.bind == {"a.B": "1", "a.C": "3"}


def test_bindings_may_be_written_with_or_without_quotes(tmp_path: Path) -> None:
    put(
        tmp_path, "aws-conformance.toml", '[bind]\nconnect.InstanceId = "i"\n"sqs.QueueUrl" = "q"\n'
    )
    assert merge(find(tmp_path), {}).bind == {"connect.InstanceId": "i", "sqs.QueueUrl": "q"}


def test_paths_are_relative_to_the_file_that_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "aws-conformance.toml", 'baseline = "known.toml"\noutput = "out"\n')
    deep = tmp_path / "a"
    deep.mkdir()
    monkeypatch.chdir(deep)
    config = merge(find(deep), {})
    assert Path(config.baseline) == tmp_path / "known.toml"
    monkeypatch.chdir(tmp_path)
    assert merge(find(tmp_path), {}).output == "out"


def test_an_unknown_key_is_an_error_with_the_closest_match(tmp_path: Path) -> None:
    put(tmp_path, "pyproject.toml", "[tool.aws-conformance]\nexmples = 3\n")
    said = problem(tmp_path)
    assert str(tmp_path / "pyproject.toml") in said
    assert "`exmples`" in said
    assert "Did you mean 'examples'?" in said


def test_every_problem_of_a_file_is_said_at_once(tmp_path: Path) -> None:
    put(tmp_path, "aws-conformance.toml", "exmples = 3\nseed = 'x'\nallow-accounts = [12]\n")
    said = problem(tmp_path)
    assert all(name in said for name in ("exmples", "seed", "allow-accounts"))


@pytest.mark.parametrize(
    ("line", "expected", "found"),
    [
        ("examples = 'many'", "a whole number from 0 to 100000", "the text 'many'"),
        ("examples = -1", "a whole number from 0 to 100000", "the number -1"),
        ("examples = true", "a whole number from 0 to 100000", "found true"),
        ("strict = 'yes'", "true or false", "the text 'yes'"),
        ("confidence = 1.5", "a number from 0 to 1", "the number 1.5"),
        ("timeout = 0", "a number of seconds above 0", "the number 0"),
        ("only = 'valid'", "a list of", "the text 'valid'"),
        ("only = ['valid', 'odd']", "a list of", "['valid', 'odd']"),
        ("source = 'docs'", '"page", "model" or "both"', "the text 'docs'"),
        ("bind = {a = 1}", "a table of", "{'a': 1}"),
        ("operations = 'connect.*'", "a list of names", "the text 'connect.*'"),
    ],
)
def test_a_wrong_type_names_key_file_expected_and_found(
    tmp_path: Path, line: str, expected: str, found: str
) -> None:
    put(tmp_path, "aws-conformance.toml", line + "\n")
    said = problem(tmp_path)
    assert f"`{line.partition(' ')[0]}`" in said
    assert "aws-conformance.toml" in said
    assert expected in said
    assert found in said


@pytest.mark.parametrize("content", [b"a = ", b"\xff\xfe", b"[tool\n"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "aws-conformance.toml").write_bytes(content)
    assert "aws-conformance.toml: not" in problem(tmp_path)


def test_a_section_that_is_no_table_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, "pyproject.toml", "tool.aws-conformance = 3\n")
    assert "must be a table" in problem(tmp_path)


@pytest.mark.parametrize("pair", ["", "a", "a=b", "=b", "connect.InstanceId"])
def test_a_binding_of_another_form_is_an_error(pair: str) -> None:
    with pytest.raises(UsageError, match="is not of the form service"):
        parse_bindings((pair,))


@given(st.text(max_size=30))
def test_the_value_of_a_binding_may_hold_anything(value: str) -> None:
    assert parse_bindings((f"connect.InstanceId={value}",)) == {"connect.InstanceId": value}


def test_every_setting_has_its_words_and_all_words_have_a_setting() -> None:
    fields = {name.replace("_", "-") for name in Config.__struct_fields__}
    assert {key for key, _ in keys()} == fields


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "examples": st.integers(0, 1000),
            "seed": st.integers(0, 2**63 - 1),
            "strict": st.booleans(),
            "confidence": st.floats(0, 1),
            "rate": st.floats(0, 1000),
            "target": st.text(max_size=10),
            "bind": st.dictionaries(st.text(min_size=1), st.text(), max_size=3),
            "allow-accounts": st.lists(st.text(), max_size=3),
        },
    )
)
def test_what_is_right_is_taken_as_it_is(settings: dict[str, object]) -> None:
    from aws_conformance.config import Found

    config = merge(Found(checked(settings, "file")), {})
    for key, value in settings.items():
        held = getattr(config, key.replace("-", "_"))
        assert held == (tuple(value) if isinstance(value, list) else value)

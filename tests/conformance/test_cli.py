"""The command line: what it prints, how it ends, what it costs to start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click import Command, Option
from click.testing import CliRunner, Result
from syrupy.assertion import SnapshotAssertion

from aws_conformance.cli import main
from aws_specs import catalog

CONTACT = "connect.CreateContact"
PAGE = "pages/connect/create_contact.txt"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test in an empty folder, so that no configuration file is in reach."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")


def call(*args: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, args, input=stdin, prog_name="aws-conformance")


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page of the catalogue as a file of the user's."""
    path = tmp_path / "create_contact.txt"
    path.write_bytes(catalog.page_files()[PAGE].read_bytes())
    return path


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}


def process(*args: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *args], env=environment(), capture_output=True, text=True,
        check=False, timeout=120, **more,
    )  # fmt: skip


# ---------------------------------------------------------------- starting

HEAVY = {"botocore", "hypothesis", "jinja2", "moto", "jsonschema", "rich", "urllib3", "lxml"}


@pytest.mark.parametrize("args", [["--help"], ["run", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(args: list[str]) -> None:
    code = (
        "import sys\nfrom aws_conformance.cli import main\n"
        f"try:\n    main({args!r})\nexcept SystemExit:\n    pass\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)\n"
    )
    assert process("-c", code).stderr.strip() == "[]"


def test_the_module_is_the_command() -> None:
    done = process("-m", "aws_conformance", "--version")
    assert (done.returncode, done.stdout[:15]) == (0, "aws-conformance")


def test_the_version_is_that_of_the_distribution() -> None:
    import tomllib

    from aws_conformance import __version__

    root = Path(__file__).parents[2] / "pyproject.toml"
    assert tomllib.loads(root.read_text())["project"]["version"] == __version__
    assert __version__ in call("--version").output


COMMANDS = ["", "run", "report", "serve", "cases", "extract", "specs", "specs list", "specs show",
            "specs build"]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_for_a_stranger(command: str, snapshot: SnapshotAssertion) -> None:
    result = call(*command.split(), "--help")
    assert result.exit_code == 0
    assert result.output == snapshot


def test_every_option_is_explained() -> None:
    assert [name for name, text in _options(main) if not text] == []


def _options(command: Command) -> Iterator[tuple[str, str]]:
    for parameter in command.params:
        if isinstance(parameter, Option):
            yield f"{command.name} {parameter.opts[0]}", parameter.help or ""
    for below in getattr(command, "commands", {}).values():
        yield from _options(below)


# ---------------------------------------------------------------- extract


def test_extract_prints_the_spec_of_a_page(page: Path) -> None:
    result = call("extract", page.name)
    spec = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (spec["service"], spec["operation"]) == ("connect", "CreateContact")
    assert spec["page"]["file"] == page.name


def test_extract_reads_stdin(page: Path) -> None:
    result = call("extract", "-", "--nodes", stdin=page.read_text(encoding="utf-8"))
    assert result.exit_code == 0
    assert lines(result)[0]["side"] == "input"


def test_extract_writes_spec_files_into_a_folder(page: Path) -> None:
    result = call("extract", page.name, "-o", "specs")
    written = Path("specs/connect/CreateContact.json")
    assert result.stdout.split() == [str(written)]
    assert json.loads(written.read_bytes())["operation"] == "CreateContact"


def test_nodes_are_json_lines_and_gaps_are_said_on_stderr_too(page: Path) -> None:
    result = call("extract", page.name, "--nodes")
    nodes = lines(result)
    assert {"side": "input", "path": "InstanceId", "type": "string", "required": True} in nodes
    gaps = [node["what"] for node in nodes if node["side"] == "gap"]
    assert gaps
    assert all(f"gap: {what}" in result.stderr for what in gaps)


def test_one_bad_page_does_not_hide_the_others(page: Path) -> None:
    result = call("extract", "nope.rst", page.name, "-o", "specs")
    assert result.exit_code == 2
    assert Path("specs/connect/CreateContact.json").is_file()
    assert "nope.rst: there is no such file" in result.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a page"),
        (b"hello", "not a page"),
        (b"\x7fELF\x00\xff", "not UTF-8 text"),
        (b"Connect.Client.x\0", "a binary file"),
        (b"<html><body>hi</body></html>", "not a page"),
    ],
)
def test_what_is_no_page_is_exit_2_with_a_message(content: bytes, said: str) -> None:
    Path("x.html").write_bytes(content)
    result = call("extract", "x.html")
    assert result.exit_code == 2
    assert said in result.stderr
    assert "x.html" in result.stderr
    assert "Traceback" not in result.output


def test_a_folder_is_no_page(tmp_path: Path) -> None:
    result = call("extract", str(tmp_path))
    assert result.exit_code == 2
    assert "this is a folder" in result.stderr


def test_nodes_and_a_folder_exclude_each_other(page: Path) -> None:
    assert call("extract", page.name, "--nodes", "-o", "x").exit_code == 2


# ---------------------------------------------------------------- specs


def test_specs_list_names_the_catalogue() -> None:
    assert call("specs", "list").stdout.split() == list(catalog.names())


def test_specs_list_takes_globs_and_tells_more() -> None:
    result = call("specs", "list", "connect.*", "-l")
    assert len(result.stdout.splitlines()) == 3
    assert all("pages/connect/" in line for line in result.stdout.splitlines())
    assert "connect.*: only the 3 operations that have a page are meant" in result.stderr


def test_specs_list_of_a_service_has_all_of_its_operations() -> None:
    result = call("specs", "list", "sqs", "connect")
    assert {"sqs.SendMessage", "connect.CreateUser", CONTACT} <= set(result.stdout.split())
    assert result.stderr == ""


def test_specs_show_prints_the_spec_file() -> None:
    result = call("specs", "show", CONTACT)
    assert json.loads(result.stdout)["operation"] == "CreateContact"


def test_specs_show_rules_has_every_rule_with_its_source() -> None:
    rules = lines(call("specs", "show", CONTACT, "--rules"))
    assert [rule["id"] for rule in rules] == [rule.id for rule in catalog.load(CONTACT).rules]
    keys = {"id", "member", "kind", "value", "source", "confidence", "checkable"}
    for rule in rules:
        assert keys <= set(rule)
        assert set(rule["source"]) in (
            {"file", "line", "sentence"}, {"model", "shape", "trait"},
        )  # fmt: skip
        assert rule["checkable"] or rule["reason"]


def test_specs_show_nodes_is_what_extract_says_of_the_page(page: Path) -> None:
    assert lines(call("specs", "show", CONTACT, "--nodes")) == lines(
        call("extract", page.name, "--nodes")
    )


def test_an_operation_without_a_page_has_rules_and_the_nodes_of_the_model() -> None:
    assert lines(call("specs", "show", "sqs.SendMessage", "--rules"))
    nodes = lines(call("specs", "show", "sqs.SendMessage", "--nodes"))
    assert {"side": "input", "path": "QueueUrl", "type": "string", "required": True} in nodes


@pytest.mark.parametrize(
    "name", ["nope", "connect.CreateContac", "nope.Nope", "connect.Nope*", "connect."]
)
def test_an_unknown_name_is_exit_2_with_the_next_step(name: str) -> None:
    for command in (["specs", "show", name], ["cases", name], ["run", name]):
        result = call(*command)
        assert result.exit_code == 2
        assert result.stderr.startswith("error: ")
        assert "\n  " in result.stderr


def test_the_committed_spec_files_are_up_to_date() -> None:
    result = call("specs", "build", "--pages", "--check")
    assert (result.exit_code, result.stdout) == (0, "every spec file is up to date\n")


def test_specs_build_writes_and_notices_what_is_out_of_date() -> None:
    assert call("specs", "build", "--pages", "-o", "data", "--check").exit_code == 1
    assert not Path("data").exists()
    assert call("specs", "build", "--pages", "-o", "data").exit_code == 0
    assert call("specs", "build", "--pages", "-o", "data", "--check").exit_code == 0
    Path("data/connect/CreateContact.json").write_text("{}")
    result = call("specs", "build", "--pages", "-o", "data", "--check")
    assert result.exit_code == 1
    assert "CreateContact.json" in result.stdout


# ---------------------------------------------------------------- cases


def test_cases_are_everything_another_language_needs() -> None:
    cases = lines(call("cases", CONTACT, "--bind", "connect.InstanceId=my-instance"))
    by_id = {case["id"]: case for case in cases}
    assert len(by_id) == len(cases) > 50
    for case in cases:
        assert case["operation"] == CONTACT
        assert not case["twin"] or case["twin"] in by_id
        assert case["expect"]["outcome"] in ("accepted", "refused")
        request = case["request"]
        assert request["method"]
        assert request["path"].startswith("/")
        assert ("body" in request) != ("body_base64" in request)
        names = {name.lower() for name, _ in request["headers"]}
        assert not names & {"authorization", "x-amz-date", "host"}
    control = by_id[f"{CONTACT}~control"]
    assert json.loads(control["request"]["body"])["InstanceId"] == "my-instance"
    assert control["expect"] == {"outcome": "accepted", "status": 200}


def test_an_invalid_case_is_its_twin_with_one_change() -> None:
    cases = {case["id"]: case for case in lines(call("cases", CONTACT))}
    invalid = [case for case in cases.values() if case["kind"] == "invalid"]
    assert invalid
    for case in invalid:
        assert case["rule"]
        assert set(case["fault"]) == {"op", "at", "member", "what", "old", "new"}
        assert case["params"] != cases[case["twin"]]["params"]
        assert case["expect"]["outcome"] == "refused"
        assert case["expect"]["classes"]
        assert all(400 <= status < 500 for status in case["expect"]["statuses"])


def test_a_malformed_case_says_how_and_whether_to_sign_it() -> None:
    cases = lines(call("cases", CONTACT, "--only", "malformed"))
    malformed = {case["wire"]: case for case in cases if case["kind"] == "malformed"}
    assert malformed["no-signature"]["request"]["sign"] is None
    assert malformed["json-syntax"]["request"]["sign"]["service"] == "connect"
    assert 415 in malformed["content-type"]["expect"]["statuses"]
    assert "SerializationException" in malformed["json-syntax"]["expect"]["codes"]
    with pytest.raises(json.JSONDecodeError):
        json.loads(malformed["json-syntax"]["request"]["body"])


def test_cases_do_not_differ_from_call_to_call() -> None:
    assert call("cases", CONTACT).stdout == call("cases", CONTACT).stdout


def test_cases_of_some_kinds_only() -> None:
    cases = lines(call("cases", CONTACT, "--only", "invalid"))
    twins = {case["twin"] for case in cases}
    others = [case for case in cases if case["kind"] != "invalid" and case["id"] not in twins]
    assert [case["kind"] for case in others] in ([], ["control"])
    assert not any(case["kind"] == "malformed" for case in cases)


# ---------------------------------------------------------------- bad usage


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["runn"], "No such command 'runn'"),
        (["run", "--taget", "x"], "--target"),
        (["run", "--only", "valdi"], "Did you mean 'valid'?"),
        (["run", "--bind", "x"], "service.Member=VALUE"),
        (["run", "--examples", "-1"], "-1"),
        (["run", "--seed", "x"], "'x' is not a valid integer"),
        (["run", "--target", "emulatr"], "Did you mean 'emulator'?"),
        (["run", "--target", "ftp://host"], "ftp://host"),
        (["run", "--target", "aws"], "no account is allowed"),
        (["run", "--baseline", "nope.toml"], "--update-baseline"),
        (["run", "--update-baseline"], "--baseline FILE"),
        (["cases"], "Missing argument"),
        (["extract"], "Missing argument"),
        (["report", "nope.json"], "there is no such file"),
        (["specs", "build"], "--pages"),
        (["specs", "show", CONTACT, "--nodes", "--rules"], "not both"),
        (["serve", "--fault", "nope"], "nope"),
        (["serve", "--fault", f"{CONTACT}/input/Channel/enm"], "Did you mean"),
        (["serve", "--port", "99999"], "99999"),
    ],
)
def test_bad_usage_is_exit_2_with_one_clear_message(args: list[str], said: str) -> None:
    result = call(*args)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_an_unknown_setting_is_exit_2() -> None:
    Path("aws-conformance.toml").write_text("exmples = 1\n")
    result = call("run")
    assert result.exit_code == 2
    assert "Did you mean 'examples'?" in result.stderr


def test_a_port_that_is_taken_is_exit_2() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = call("serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 2
    assert "cannot listen" in result.stderr


@pytest.mark.parametrize(
    "args", ["specs list", f"cases {CONTACT}", f"specs show {CONTACT} --rules"]
)
def test_a_reader_that_goes_away_is_no_error(args: str) -> None:
    command = f"{sys.executable} -m aws_conformance {args} | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["/bin/bash", "-c", command], env=environment(), capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_a_stream_that_cannot_carry_a_character_gets_its_escape() -> None:
    Path("pagé–x.txt").write_text("hello")
    done = subprocess.run(
        [sys.executable, "-m", "aws_conformance", "extract", "pagé–x.txt"],
        env={**environment(), "PYTHONIOENCODING": "latin-1"},
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2
    assert b"pag\xe9\\u2013x.txt" in done.stderr


def test_faults_are_listed_by_id() -> None:
    faults = call("serve", "--list-faults").stdout.split()
    assert f"{CONTACT}/input/Name/length" in faults
    assert len(faults) == len(set(faults)) > 100

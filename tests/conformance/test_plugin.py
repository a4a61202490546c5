"""The pytest plugin: items, baseline, reports, xdist, fixtures, and what it costs others."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aws_conformance.emulator import serve
from aws_reports import load_results
from aws_specs import catalog

pytest_plugins = ["pytester"]

NAME = "connect.CreateParticipant"
OTHER = "connect.CreatePushNotificationRegistration"
RULE = f"{NAME}/input/ParticipantDetails.DisplayName/length"
BINDS = (
    "--conformance-bind=connect.InstanceId=0f8fad5b-d9cb-469f-a165-70867728950e",
    "--conformance-bind=connect.ContactId=7c9e6679-7425-40de-944b-e07fc1f90ae7",
)

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run pytest with the plugin in a process of its own."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def call(*args: str, seed: int | None = 7) -> pytest.RunResult:
        seeded = [] if seed is None else [f"--conformance-seed={seed}"]
        return pytester.runpytest_subprocess(
            "-p", "aws_conformance.pytest_plugin", "-p", "xdist.plugin", "-p", "no:cacheprovider",
            "--conformance-examples=0", *seeded, *args,
        )  # fmt: skip

    return call


@pytest.fixture
def faulty() -> Iterator[str]:
    """The URL of an emulator that does not enforce one rule."""
    with serve(0, [RULE]) as server:
        yield server.url


def outcomes(result: pytest.RunResult) -> dict[str, str]:
    """Return the outcome of every item by its rule, from `-v` (as xdist prints it, too)."""
    found: dict[str, str] = {}
    for line in result.outlines:
        match = re.search(r"aws-conformance::[^: ]+::(\S+)", line)
        word = re.search(r"\b(PASSED|FAILED|SKIPPED|XFAIL|XPASS)\b", line)
        if match and word and " - " not in line:
            found[match[1]] = word[1]
    return found


# ---------------------------------------------------------------- what others pay


def test_pytest_help_with_the_plugin_loads_nothing_heavy() -> None:
    code = (
        "import sys, pytest\n"
        "pytest.main(['--help', '-p', 'aws_conformance.pytest_plugin', '-p', 'no:hypothesispytest',"
        " '-p', 'no:randomly', '-p', 'no:schemathesis'])\n"
        "heavy = {'botocore', 'moto', 'msgspec', 'aws_specs', 'aws_reports', 'aws_strategies'}\n"
        "print(sorted(heavy & set(sys.modules)), 'hypothesis.core' in sys.modules, file=sys.stderr)\n"
    )
    path = os.pathsep.join(p for p in sys.path if p)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip
    assert done.stderr.strip() == "[] False"
    assert "--conformance-target" in done.stdout


def test_the_module_imports_pytest_and_the_standard_library_only() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import aws_conformance.pytest_plugin;"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before};"
        "print(sorted(new - sys.stdlib_module_names - {'aws_conformance'}))"
    )
    path = os.pathsep.join(p for p in sys.path if p)
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == "[]\n"


def test_without_a_target_nothing_is_collected(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_mine(): pass")
    result = run("-v")
    result.assert_outcomes(passed=1)
    assert not (pytester.path / "conformance-report").exists()


# ---------------------------------------------------------------- items


def test_one_item_a_rule_with_the_rule_id_as_its_name(run: Run, pytester: pytest.Pytester) -> None:
    result = run("--conformance-target=emulator", f"--conformance-operations={NAME}", "-v")
    assert result.ret == 0
    items = outcomes(result)
    assert items[NAME] == "PASSED"
    assert items[RULE] == "PASSED"
    known = {rule.id for rule in catalog.load(NAME).rules}
    own = {item for item in items if "=" not in item and "/protocol" not in item and item != NAME}
    assert own <= known
    assert len(items) > 40


def test_listing_items_sends_nothing(run: Run) -> None:
    result = run("--conformance-target=http://127.0.0.1:9", "--collect-only", "-q",
                 f"--conformance-operations={NAME}")  # fmt: skip
    assert result.ret == 0
    assert any(line.endswith(RULE) for line in result.outlines)


def test_items_are_selected_by_name_and_by_marker(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_mine(): pass")
    target = ("--conformance-target=emulator", f"--conformance-operations={NAME}")
    run(*target, "-k", "DisplayName and length").assert_outcomes(passed=1, deselected=None)
    run(*target, "-m", "not conformance").assert_outcomes(passed=1)


def test_a_finding_fails_its_item_with_its_own_words(
    run: Run, pytester: pytest.Pytester, faulty: str
) -> None:
    result = run(f"--conformance-target={faulty}", f"--conformance-operations={NAME}", "-v",
                 "--conformance-allow-undecided", *BINDS)  # fmt: skip
    assert result.ret == 1
    assert [name for name, word in outcomes(result).items() if word == "FAILED"] == [RULE]
    text = result.stdout.str()
    assert "200 success (accepted-invalid)" in text
    assert "curl --silent" in text
    assert "Traceback" not in text


def test_reports_are_those_of_the_command_line(
    run: Run, pytester: pytest.Pytester, faulty: str
) -> None:
    result = run(f"--conformance-target={faulty}", f"--conformance-operations={NAME}",
                 "--conformance-report=out", *BINDS)  # fmt: skip
    folder = pytester.path / "out"
    names = {path.name for path in folder.iterdir()}
    assert names == {"results.json", "report.html", "junit.xml", "summary.md"}
    results = load_results(folder / "results.json")
    assert {v.rule for v in results.verdicts if v.verdict == "fail"} == {RULE}
    assert results.exit_code == 1
    result.stdout.fnmatch_lines(["*conformance *%, coverage *%*", "*out/report.html"])


def test_settings_come_from_the_configuration_file_too(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyprojecttoml(
        f'[tool.aws-conformance]\noperations = ["{OTHER}"]\noutput = "there"\n'
    )
    assert run("--conformance-target=emulator").ret == 0
    results = load_results(pytester.path / "there" / "results.json")
    assert [one.operation for one in results.operations] == [OTHER]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--conformance-operations=connect.Nope"], "no operation 'Nope'"),
        (["--conformance-baseline=nope.toml"], "nope.toml"),
        (["--conformance-bind=x"], "service.Member=VALUE"),
        (["--conformance-only=nope"], "only"),
    ],
)
def test_bad_usage_is_pytests_usage_error(run: Run, args: list[str], said: str) -> None:
    result = run("--conformance-target=emulator", *args)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert said in result.stderr.str()
    assert "Traceback" not in result.stderr.str()


def test_a_target_that_cannot_be_reached_fails_the_operation(run: Run) -> None:
    result = run("--conformance-target=http://127.0.0.1:9", f"--conformance-operations={NAME}",
                 "-v")  # fmt: skip
    items = outcomes(result)
    assert result.ret == 1
    assert items.pop(NAME) == "FAILED"
    assert set(items.values()) == {"SKIPPED"}


# ---------------------------------------------------------------- baseline


def baseline(pytester: pytest.Pytester, *entries: str) -> str:
    text = "\n".join(f'[[deviation]]\nrule = "{rule}"\nreason = "ticket 1"' for rule in entries)
    (pytester.path / "known.toml").write_text(text)
    return "--conformance-baseline=known.toml"


def test_a_known_deviation_is_an_expected_failure(
    run: Run, pytester: pytest.Pytester, faulty: str
) -> None:
    result = run(f"--conformance-target={faulty}", f"--conformance-operations={NAME}", "-v", *BINDS,
                 "--conformance-allow-undecided", baseline(pytester, RULE))  # fmt: skip
    assert result.ret == 0
    assert outcomes(result)[RULE] == "XFAIL"


def test_a_known_deviation_that_is_gone_fails(run: Run, pytester: pytest.Pytester) -> None:
    result = run("--conformance-target=emulator", f"--conformance-operations={NAME}", "-v",
                 baseline(pytester, RULE))  # fmt: skip
    assert result.ret == 1
    assert outcomes(result)[RULE] == "FAILED"
    assert "XPASS(strict)" in result.stdout.str()


def test_an_entry_of_no_rule_fails_the_operation(run: Run, pytester: pytest.Pytester) -> None:
    result = run("--conformance-target=emulator", f"--conformance-operations={NAME}", "-v",
                 baseline(pytester, f"{RULE}s"))  # fmt: skip
    assert result.ret == 1
    assert outcomes(result)[NAME] == "FAILED"
    assert "out of date in the baseline" in result.stdout.str()


# ---------------------------------------------------------------- xdist


@pytest.mark.parametrize("dist", ["load", "loadscope"])
def test_under_xdist_each_operation_runs_once_and_reports_are_joined(
    run: Run, pytester: pytest.Pytester, dist: str
) -> None:
    pytester.makepyfile(
        "import pytest\n@pytest.mark.parametrize('n', range(5))\ndef test_n(n): pass"
    )
    with serve() as server:
        names = [f"--conformance-operations={name}" for name in (NAME, OTHER)]
        target = f"--conformance-target={server.url}"
        spread = run(target, *names, *BINDS, "-n2", "--dist", dist, "--conformance-report=spread")
        alone = run(target, *names, *BINDS, "--conformance-report=alone")
    assert spread.parseoutcomes() == alone.parseoutcomes()
    one, other = (load_results(pytester.path / d / "results.json") for d in ("spread", "alone"))
    assert [o.operation for o in one.operations] == [o.operation for o in other.operations]
    assert sorted(v.case for v in one.verdicts) == sorted(v.case for v in other.verdicts)
    assert one.seed == other.seed == 7


def test_workers_share_a_seed_that_was_not_given(run: Run, pytester: pytest.Pytester) -> None:
    result = run("--conformance-target=emulator", "-n2", f"--conformance-operations={NAME}",
                 f"--conformance-operations={OTHER}", seed=None)  # fmt: skip
    assert result.ret == 0
    results = load_results(pytester.path / "conformance-report" / "results.json")
    result.stdout.fnmatch_lines([f"aws-conformance: emulator, 2 operations, seed {results.seed}"])


# ---------------------------------------------------------------- fixtures


def test_fixtures_give_the_target_and_run_operations_against_it(
    run: Run, pytester: pytest.Pytester
) -> None:
    pytester.makepyfile(
        f"""
        def test_target(conformance_target):
            assert conformance_target.name == "emulator"

        def test_run(conformance_run):
            results = conformance_run("{NAME}", examples=0, only=["invalid"])
            assert results.exit_code == 0
            assert results.requests
        """
    )
    run().assert_outcomes(passed=2)


def test_requests_are_drawn_in_other_peoples_tests(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"""
        from aws_conformance import requests
        from hypothesis import HealthCheck, given, settings

        @settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(requests("{NAME}"))
        def test_mine(request):
            assert request["ParticipantDetails"] is not None
        """
    )
    run().assert_outcomes(passed=1)


def test_the_plugin_needs_no_xdist(pytester: pytest.Pytester) -> None:
    code = "import sys; sys.modules['xdist'] = None; import pytest; sys.exit(pytest.main())"
    path = os.pathsep.join(p for p in sys.path if p)
    options = ["-p", "aws_conformance.pytest_plugin", "--conformance-target=emulator",
               "--conformance-examples=0", f"--conformance-operations={NAME}",
               "-W", "error"]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code, *options], capture_output=True, text=True, check=False,
        timeout=120, cwd=pytester.path,
        env={**os.environ, "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_the_entry_point_is_named_like_its_module() -> None:
    import tomllib

    root = Path(__file__).parents[2] / "pyproject.toml"
    points = tomllib.loads(root.read_text())["project"]["entry-points"]["pytest11"]
    assert points == {"aws_conformance.pytest_plugin": "aws_conformance.pytest_plugin"}

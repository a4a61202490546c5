"""`import aws_conformance`: the names, what they cost, what they do."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

import aws_conformance
from aws_conformance import UsageError, requests
from aws_conformance.exchange import Answer, Request
from aws_specs import catalog

NAME = "connect.CreateParticipant"


def test_the_names_are_pinned_and_sorted() -> None:
    assert aws_conformance.__all__ == sorted(
        [
            "Answer", "Case", "Config", "ConformanceError", "Fault", "Operation",
            "OperationResult", "PageError", "Request", "Response", "Results", "Rule", "Silence",
            "SpecError", "Target", "TargetError", "UsageError", "Verdict", "__version__", "cases",
            "extract", "load", "requests", "run",
        ]
    )  # fmt: skip


@pytest.mark.parametrize("name", aws_conformance.__all__)
def test_every_name_is_there_and_documented(name: str) -> None:
    assert getattr(aws_conformance, name) is not None
    assert name in dir(aws_conformance)
    if name not in ("__version__", "Answer"):
        assert getattr(aws_conformance, name).__doc__


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        _ = aws_conformance.nope  # type: ignore[attr-defined]  # that is the point


def test_importing_it_loads_the_standard_library_only() -> None:
    code = (
        "import sys; before = set(sys.modules); import aws_conformance;"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before};"
        "print(sorted(new - sys.stdlib_module_names - {'aws_conformance'}))"
    )
    path = os.pathsep.join(p for p in sys.path if p)
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == "[]\n"


def test_load_gives_the_spec_and_names_the_closest() -> None:
    assert aws_conformance.load(NAME).id == NAME
    with pytest.raises(UsageError):
        aws_conformance.load("connect.Nope")


def test_extract_reads_a_page_from_a_file(tmp_path: Path) -> None:
    page = catalog.page_files()["pages/connect/create_participant.rst"]
    path = tmp_path / "page.rst"
    path.write_bytes(page.read_bytes())
    operation = aws_conformance.extract(path)
    assert operation.id == NAME
    with pytest.raises(aws_conformance.PageError, match="no such file"):
        aws_conformance.extract(tmp_path / "nope.rst")


def test_cases_are_the_cover() -> None:
    cases = aws_conformance.cases(NAME, bind={"connect.InstanceId": "i-1"})
    assert cases[0].id == f"{NAME}~control"
    assert cases[0].params["InstanceId"] == "i-1"
    assert {case.kind for case in cases} >= {"control", "valid", "invalid", "malformed"}
    assert aws_conformance.cases(aws_conformance.load(NAME))[0].id == cases[0].id


def test_run_returns_results_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    results = aws_conformance.run(NAME, examples=0, seed=1)
    assert (results.exit_code, results.seed) == (0, 1)
    assert [one.operation for one in results.operations] == [NAME]
    assert list(tmp_path.iterdir()) == []


def test_run_takes_a_target_of_ones_own() -> None:
    from aws_conformance.emulator import emulator_target

    inner = emulator_target(faults=[f"{NAME}/input/ParticipantDetails.DisplayName/length"])

    class Mine:
        name, endpoint, bindings = "mine", inner.endpoint, inner.bindings
        closed = False

        def send(self, request: Request) -> Answer:
            return inner.send(request)

        def close(self) -> None:
            self.closed = True

    mine = Mine()
    results = aws_conformance.run(NAME, target=mine, examples=0, only=["invalid"])
    assert (results.exit_code, results.target) == (1, "mine")
    assert not mine.closed


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"exmples": 1}, "Did you mean 'examples'?"), ({"examples": "x"}, "a whole number")],
)
def test_a_wrong_setting_is_a_usage_error(settings: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        aws_conformance.run(NAME, **settings)
    assert said in str(caught.value)


@given(requests("connect.CreateContact"))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_requests_are_for_other_peoples_tests(request: dict[str, object]) -> None:
    assert {"InstanceId", "Channel", "InitiationMethod"} <= set(request)


def test_the_example_of_the_package_is_python() -> None:
    doc = aws_conformance.__doc__
    assert doc
    lines = [line for line in doc.splitlines() if line.startswith("    ") or not line]
    ast.parse("\n".join(line.removeprefix("    ") for line in lines))

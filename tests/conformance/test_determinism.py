"""The same seed makes the same cases and the same reports, byte for byte but for times.

Two runs in processes of their own, with other hash seeds and other clocks, against an emulator with
faults, so that the reports hold findings with their requests, answers and reproducers.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from aws_conformance.config import Config
from aws_conformance.emulator import emulator_target
from aws_conformance.openings import open_bootstrap
from aws_conformance.runner import Settings

REPORTS = ("results.json", "report.html", "junit.xml", "summary.md")
FAULTS = (
    "connect.CreateParticipant/input/ContactId/length",
    "wrong-status:connect.CreateParticipant/input/ParticipantDetails/required",
    "pinpoint.SendMessages/input/MessageRequest.MessageConfiguration.APNSMessage.Action/enum=URL",
)
SCRIPT = f"""
import sys
from aws_conformance import session
from aws_conformance.config import Config
from aws_conformance.emulator import emulator_target
from pathlib import Path

names = ("connect.CreateParticipant", "pinpoint.SendMessages")
ran = session.Session(names, emulator_target({FAULTS!r}), Config(seed=11, examples=4))
ran.run()
session.write_reports(ran.results(), Path(sys.argv[1]))
"""
TIMES = (
    (re.compile(rb"\d{8}T\d{6}Z"), b"<moment>"),
    (re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( UTC|Z|\+00:00)?"), b"<moment>"),
    (re.compile(rb'("milliseconds": ?)[\d.e+-]+'), rb"\1<time>"),
    (re.compile(rb"[\d.,]+ ms\b"), b"<time>"),
    (re.compile(rb' time="[\d.]*"'), b' time="<time>"'),
    (re.compile(rb" in [\d.,]+ (s|seconds?)\b"), b" in <time>"),
)
"""What is a time in a report, and what stands for it here."""


def timeless(content: bytes) -> bytes:
    for pattern, stand_in in TIMES:
        content = pattern.sub(stand_in, content)
    return content


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The reports of two runs with the same seed."""
    folders = tuple(tmp_path_factory.mktemp(f"run-{number}") for number in (1, 2))
    for number, folder in enumerate(folders, 1):
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PYTHONHASHSEED": str(number),
        }
        subprocess.run([sys.executable, "-c", SCRIPT, str(folder)], check=True, env=environment)
    return folders[0], folders[1]


@pytest.mark.parametrize("name", REPORTS)
def test_reports_are_the_same_byte_for_byte_but_for_times(
    name: str, runs: tuple[Path, Path]
) -> None:
    first, second = (timeless((folder / name).read_bytes()) for folder in runs)
    assert first == second


def test_the_runs_had_findings_with_their_evidence(runs: tuple[Path, Path]) -> None:
    verdicts = json.loads((runs[0] / "results.json").read_text())["verdicts"]
    failed = [v for v in verdicts if v["verdict"] == "fail"]
    assert {v["reason"] for v in failed} >= {"accepted-invalid", "wrong-status", "rejected-valid"}
    assert all(v["evidence"] and v["reproducer"] for v in failed)


def test_nothing_but_times_is_taken_out() -> None:
    text = b'{"case": "connect.X/input/A/length~above-max", "new": "xx", "status": 200}'
    assert timeless(text) == text
    assert timeless(b"X-Amz-Date: 20240102T030405Z") == b"X-Amz-Date: <moment>"


def test_what_is_made_in_a_target_that_starts_empty_has_the_names_of_the_seed(
    tmp_path: Path,
) -> None:
    def names(target: str, seed: int) -> list[str]:
        config = Config(target=target, seed=seed, output=str(tmp_path / "report"))
        settings = Settings(seed=seed, examples=0)
        made = open_bootstrap(config, emulator_target(), settings, budget=lambda: None)
        assert made is not None
        made.journal.close()
        return [made.nonce() for _ in range(3)]

    assert names("moto", 1) == names("moto", 1) != names("moto", 2)
    assert len(set(names("moto", 1))) == 3
    elsewhere = "http://127.0.0.1:4599"
    assert names(elsewhere, 1) != names(elsewhere, 1), "another run may have left such names there"

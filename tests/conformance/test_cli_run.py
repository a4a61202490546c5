"""`run`, `serve` and `report` from end to end: exit codes, files, resuming, what is printed."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from syrupy.assertion import SnapshotAssertion

from aws_conformance.cli import main
from aws_reports import load_results
from aws_reports.results import Results
from aws_reports.summary import summarise

NAME = "connect.CreateParticipant"
RULE = f"{NAME}/input/ParticipantDetails.DisplayName/length"
FEW = ("--examples", "0", "--seed", "7")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test in an empty folder, so that no configuration file is in reach."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")


def call(*args: str) -> Result:
    return CliRunner().invoke(main, args, prog_name="aws-conformance")


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}


def start(*args: str, **more: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "aws_conformance", *args], env=environment(), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more,
    )  # fmt: skip


@contextmanager
def serving(*faults: str) -> Iterator[str]:
    """Serve the emulator in a process of its own; yield its URL."""
    given = [arg for fault in faults for arg in ("--fault", fault)]
    process = start("serve", "--port", "0", *given)
    try:
        assert process.stdout is not None
        found = re.search(r"http://[\d.:]+", process.stdout.readline())
        assert found
        yield found[0]
    finally:
        process.terminate()
        _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (0, "stopped\n")


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve a socket on which every connection is answered by a function."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    ended = threading.Event()

    def loop() -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                answer(connection)

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        ended.set()
        thread.join()
        listener.close()


def found(folder: str = "conformance-report") -> Results:
    return load_results(Path(folder) / "results.json")


def plain(text: str, folder: Path) -> str:
    """Remove what differs from run to run."""
    text = text.replace(str(folder), "FOLDER")
    text = re.sub(r"botocore [\d.]+", "botocore VERSION", text)
    text = re.sub(r"[\d,]+ requests", "N requests", text)
    return re.sub(r"in [\d.]+ s", "in N s", text)


# ---------------------------------------------------------------- a run


def test_a_run_against_the_emulator_conforms_and_leaves_every_report() -> None:
    result = call("run", NAME, *FEW)
    assert result.exit_code == 0, result.output
    names = {path.name for path in Path("conformance-report").iterdir()}
    assert names == {"results.json", "report.html", "junit.xml", "summary.md", "journal.jsonl"}
    assert found().exit_code == 0
    assert found().seed == 7
    assert "Conforms" in result.stdout
    assert all(str(Path("conformance-report") / name) in result.stdout for name in names)


def test_results_have_the_promised_keys() -> None:
    call("run", NAME, *FEW)
    written = json.loads(Path("conformance-report/results.json").read_bytes())
    keys = {"case", "operation", "rule", "kind", "member", "verdict", "reason", "expected",
            "observed", "source"}  # fmt: skip
    assert written["verdicts"]
    assert all(keys <= set(verdict) for verdict in written["verdicts"])


def test_lines_tell_of_every_operation_where_there_is_no_terminal() -> None:
    result = call("run", NAME, "connect.CreatePush*", *FEW, "-o", "out")
    told = [line for line in result.stderr.splitlines() if line.startswith("[")]
    assert [line.partition(":")[0] for line in told] == [
        f"[1/2] {NAME}",
        "[2/2] connect.CreatePushNotificationRegistration",
    ]


def test_quiet_prints_nothing_but_the_exit_code() -> None:
    result = call("run", NAME, *FEW, "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_settings_come_from_the_nearest_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("pyproject.toml").write_text(
        f'[tool.aws-conformance]\noperations = ["{NAME}"]\nexamples = 0\nseed = 9\noutput = "r"\n'
    )
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    assert call("run", "--seed", "10", "-q").exit_code == 0
    written = load_results(tmp_path / "r" / "results.json")
    assert (written.seed, [one.operation for one in written.operations]) == (10, [NAME])


def test_the_same_seed_sends_the_same_cases() -> None:
    for folder in ("a", "b"):
        call("run", NAME, "--examples", "3", "--seed", "5", "-q", "-o", folder)
    assert said(found("a")) == said(found("b"))


def said(results: Results) -> list[tuple[str, str, str, str]]:
    return sorted((v.case, v.rule, v.verdict, v.reason) for v in results.verdicts)


def test_a_new_seed_is_printed_and_repeats_the_run() -> None:
    first = call("run", NAME, "--examples", "1", "-o", "a")
    seed = str(found("a").seed)
    assert f"{seed} ·" in first.stdout
    call("run", NAME, "--examples", "1", "--seed", seed, "-q", "-o", "b")
    assert said(found("a")) == said(found("b"))


def test_a_dry_run_lists_the_requests_and_sends_nothing() -> None:
    with answering(lambda connection: pytest.fail("something was sent")) as url:
        result = call("run", NAME, "--target", url, "--dry-run")
    assert result.exit_code == 0
    control = f"POST\t/contact/create-participant\t{NAME}~control\t"
    assert any(line.startswith(control) for line in result.stdout.splitlines())
    assert "nothing was sent" in result.stderr
    assert not Path("conformance-report").exists()


# ---------------------------------------------------------------- findings and baselines


def test_a_finding_is_exit_1_and_names_the_rule(
    tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    with serving(RULE) as url:
        result = call("run", NAME, *FEW, "--target", url, "--allow-undecided", *BINDS)
    assert result.exit_code == 1
    assert {v.rule for v in found().verdicts if v.verdict == "fail"} == {RULE}
    shown = plain(result.stdout, tmp_path).replace(url, "URL")
    assert re.sub(r"x{20,}", "xxx", re.sub(r"[0-9a-f-]{36}", "UUID", shown)) == snapshot


BINDS = (
    "--bind", "connect.InstanceId=0f8fad5b-d9cb-469f-a165-70867728950e",
    "--bind", "connect.ContactId=7c9e6679-7425-40de-944b-e07fc1f90ae7",
)  # fmt: skip


def test_a_baseline_from_its_making_to_its_end() -> None:
    known = ("--baseline", "known.toml")
    with serving(RULE) as url:
        target = ("--target", url, *BINDS, "--allow-undecided", "-q")
        assert call("run", NAME, *FEW, *target).exit_code == 1
        assert call("run", NAME, *FEW, *target, *known, "--update-baseline").exit_code == 0
        assert RULE in Path("known.toml").read_text()
        assert call("run", NAME, *FEW, *target, *known).exit_code == 0
        assert found().verdicts
        assert any(v.baseline for v in found().verdicts)
    assert call("run", NAME, *FEW, "-q", *known).exit_code == 1
    assert [entry.rule for entry in found().stale] == [RULE]
    assert call("run", "connect.CreatePush*", *FEW, "-q", *known).exit_code == 0
    assert call("run", NAME, *FEW, "-q", *known, "--update-baseline").exit_code == 0
    assert "deviation]]" not in Path("known.toml").read_text()
    assert call("run", NAME, *FEW, "-q", *known).exit_code == 0


def test_a_bad_baseline_is_noticed_before_anything_is_sent() -> None:
    Path("known.toml").write_text("[[deviation]]\nrule = 3\n")
    with answering(lambda connection: pytest.fail("something was sent")) as url:
        result = call("run", NAME, "--target", url, "--baseline", "known.toml")
    assert result.exit_code == 2
    assert "known.toml: entry 1" in result.stderr


# ---------------------------------------------------------------- nothing to decide


def test_an_unreachable_target_is_exit_3_with_reports() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    result = call("run", NAME, *FEW, "--target", f"http://127.0.0.1:{port}", "-q")
    assert result.exit_code == 3
    assert f"http://127.0.0.1:{port} cannot be reached" in result.stderr
    assert found().stopped == "unreachable"


def test_an_undecided_operation_says_which_binding_to_give() -> None:
    refusal = (
        b"HTTP/1.1 404 X\r\nX-Amzn-Errortype: ResourceNotFoundException\r\n"
        b"Content-Type: application/json\r\nContent-Length: 17\r\nConnection: close\r\n\r\n"
        b'{"Message":"not"}'
    )

    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(refusal)

    with answering(answer) as url:
        result = call("run", NAME, *FEW, "--only", "valid", "--target", url, "-q")
        allowed = call("run", NAME, *FEW, "--only", "valid", "--target", url, "-q",
                       "--allow-undecided")  # fmt: skip
    assert result.exit_code == allowed.exit_code == 3
    assert f"undecided: {NAME}: give --bind connect.InstanceId=VALUE" in result.stderr
    assert not any(v.verdict in ("pass", "fail") for v in found().verdicts)


def test_a_target_that_sends_garbage_fails_and_does_not_crash_the_suite() -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"\x00\xff garbage\r\n\r\n")

    with answering(answer) as url:
        result = call("run", NAME, *FEW, "--only", "valid", "--target", url, "-q")
    assert result.exit_code == 1
    assert {v.reason for v in found().verdicts if v.verdict == "fail"} == {"no-response"}


def test_a_target_that_hangs_is_given_up_after_the_timeout() -> None:
    ended = threading.Event()

    def answer(connection: socket.socket) -> None:
        ended.wait(0.5)

    with answering(answer) as url:
        result = call("run", NAME, *FEW, "--only", "valid", "--target", url, "-q",
                      "--timeout", "0.05", "--max-requests", "3")  # fmt: skip
    assert result.exit_code == 4
    assert {v.observed for v in found().verdicts} <= {"no answer (timeout)", "no answer (hangup)"}


def test_an_unwritable_folder_is_exit_2_before_anything_is_sent() -> None:
    Path("file").write_text("")
    with answering(lambda connection: pytest.fail("something was sent")) as url:
        result = call("run", NAME, "--target", url, "-o", "file")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


# ---------------------------------------------------------------- stopping and resuming


def test_a_spent_budget_is_exit_4_and_resumes() -> None:
    whole = call("run", NAME, *FEW, "-q", "-o", "whole")
    assert whole.exit_code == 0
    assert call("run", NAME, *FEW, "-q", "--max-requests", "30").exit_code == 4
    assert found().stopped == "budget"
    assert call("run", NAME, *FEW, "-q", "--resume").exit_code == 0
    assert said(found()) == said(found("whole"))


def test_resuming_takes_the_seed_of_the_journal() -> None:
    call("run", NAME, "--examples", "0", "-q", "--max-requests", "10")
    seed = found().seed
    assert call("run", NAME, "--examples", "0", "-q", "--resume").exit_code == 0
    assert found().seed == seed


def test_resuming_another_run_is_exit_2_and_says_what_differs() -> None:
    call("run", NAME, *FEW, "-q", "--max-requests", "10")
    before = Path("conformance-report/journal.jsonl").read_bytes()
    result = call("run", NAME, "--examples", "4", "--seed", "8", "--resume")
    assert result.exit_code == 2
    assert "examples: 0 then, 4 now" in result.stderr
    assert "seed: 7 then, 8 now" in result.stderr
    assert Path("conformance-report/journal.jsonl").read_bytes() == before


def test_resuming_nothing_starts_afresh_and_says_so() -> None:
    result = call("run", NAME, *FEW, "--resume")
    assert result.exit_code == 0
    assert "nothing to resume in conformance-report" in result.stderr


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """An uninterrupted run of two operations."""
    folder = tmp_path_factory.mktemp("whole")
    assert call("run", *TWO, *FEW, "-q", "-o", str(folder)).exit_code == 0
    return load_results(folder / "results.json")


TWO = (NAME, "connect.CreatePushNotificationRegistration")


@pytest.mark.parametrize("lines", [0, 1, 40, 140])
def test_kill_9_loses_nothing_that_was_decided(whole: Results, lines: int) -> None:
    process = start("run", *TWO, *FEW)
    journal = Path("conformance-report/journal.jsonl")
    while process.poll() is None:
        if journal.exists() and journal.read_bytes().count(b"\n") >= lines:
            process.kill()
        time.sleep(0.001)
    process.communicate()
    decided = journal.read_bytes().count(b'"line":"verdict"')
    again = call("run", *TWO, *FEW, "-q", "--resume")
    assert again.exit_code == 0, again.stderr
    assert said(found()) == said(whole)
    assert summarise(found()).numbers == summarise(whole).numbers
    assert [one.state for one in found().operations] == [one.state for one in whole.operations]
    assert journal.read_bytes().count(b'"line":"verdict"') >= decided


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_by_hand_it_writes_its_reports_and_exits_4(number: int) -> None:
    process = start("run", *TWO, *FEW, "--rate", "50")
    journal = Path("conformance-report/journal.jsonl")
    while not (journal.exists() and journal.read_bytes().count(b"\n") > 10):
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 4, err
    assert found().stopped == "interrupted"
    assert found().verdicts
    assert {one.state for one in found().operations} == {"stopped"}
    assert "Stopped early" in out
    assert "Traceback" not in err


def test_a_summary_without_a_reader_does_not_change_the_exit_code() -> None:
    command = (
        f"{sys.executable} -m aws_conformance run {NAME} {' '.join(FEW)} | true; "
        "exit ${PIPESTATUS[0]}"
    )
    done = subprocess.run(
        ["/bin/bash", "-c", command], env=environment(), capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert found().exit_code == 0


# ---------------------------------------------------------------- reports of earlier runs


@pytest.mark.parametrize(
    ("args", "start"),
    [
        ((), "aws-conformance"),
        (("--format", "html"), "<!doctype html>"),
        (("--format", "junit"), "<?xml"),
        (("--format", "markdown"), "#"),
        (("--format", "json"), "{"),
    ],
)
def test_a_report_is_made_again_in_any_format(args: tuple[str, ...], start: str) -> None:
    call("run", NAME, *FEW, "-q")
    result = call("report", "conformance-report", *args)
    assert result.exit_code == 0
    assert result.stdout.lower().lstrip().startswith(start)


def test_the_name_of_the_file_says_the_format() -> None:
    call("run", NAME, *FEW, "-q")
    result = call("report", "conformance-report/results.json", "-o", "x/report.xml")
    assert result.stdout == "x/report.xml\n"
    assert Path("x/report.xml").read_text().startswith("<?xml")
    assert call("report", "conformance-report", "--format", "html", "-o", "x").exit_code == 0
    assert Path("x/report.html").is_file()


def test_several_results_are_compared() -> None:
    call("run", NAME, *FEW, "-q", "-o", "a")
    with serving(RULE) as url:
        call("run", NAME, *FEW, "-q", "-o", "b", "--target", url, *BINDS)
        result = call("report", "a", "b")
    assert result.exit_code == 0
    assert url in result.stdout
    assert "emulator" in result.stdout


def test_a_report_may_go_to_a_device(tmp_path: Path) -> None:
    call("run", NAME, *FEW, "-q")
    assert (
        call("report", "conformance-report", "--format", "junit", "-o", "/dev/null").exit_code == 0
    )
    assert Path("/dev/null").is_char_device()


def test_the_journal_is_not_taken_for_results() -> None:
    call("run", NAME, *FEW, "-q")
    result = call("report", "conformance-report/journal.jsonl")
    assert result.exit_code == 2
    assert "results.json" in result.stderr


def test_an_unknown_format_gets_the_closest_match() -> None:
    call("run", NAME, *FEW, "-q")
    result = call("report", "conformance-report", "--format", "htm")
    assert result.exit_code == 2
    assert "Did you mean 'html'?" in result.stderr

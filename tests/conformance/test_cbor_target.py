"""rpc-v2-cbor against a target of its own: a small CloudWatch that reads with botocore's CBOR code.

botocore's clients of no service choose rpc-v2-cbor where the service lists another protocol, and no
emulator but ministack answers it; so a conforming target is written here, from the Smithy page and
the model alone.
"""

# botocore is untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aws_conformance import recording as recordings
from aws_conformance.bootstrap import Bootstrap
from aws_conformance.cli import main
from aws_conformance.config import Config
from aws_conformance.exchange import Answer, Request, Response
from aws_conformance.openings import replayed
from aws_conformance.resources import Removal, ResourceJournal, ResourcesHeader, left_in
from aws_conformance.runner import Settings
from aws_conformance.targets import open_target
from aws_specs import catalog
from aws_specs.errors import UsageError
from tests_support import miniatures as m
from tests_support.servers import find_ministack, ministack

CBOR = "smithy-rpc-v2-cbor"
HEADERS = (("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor"))
ROOT = "/service/GraniteServiceVersion20100801/operation/"
NAMES = ["cloudwatch.DisableAlarmActions", "cloudwatch.EnableAlarmActions"]


def read(body: bytes) -> Any:
    """Return a CBOR document as botocore reads it; `ValueError` for what is none."""
    from botocore.parsers import RpcV2CBORParser

    stream = io.BufferedReader(io.BytesIO(body))  # type: ignore[arg-type]
    try:
        value = RpcV2CBORParser().parse_data_item(stream)
    except Exception as error:
        raise ValueError(str(error)) from error
    if stream.read(1):
        raise ValueError("more than one item")
    return value


def write(code: str) -> bytes:
    """Return an error as CBOR, by hand: a map of one text."""
    text = f"com.amazonaws.cloudwatch#{code}".encode()
    return b"\xa1\x66__type" + b"\x78" + bytes([len(text)]) + text


class CloudWatch:
    """Switches alarms; `longest` is how long a name may be (the model says 255)."""

    def __init__(self, longest: int = 255) -> None:
        self.longest = longest
        self.heard = 0

    def answer(self, request: Request) -> Answer:
        self.heard += 1
        headers = {name.lower(): value for name, value in request.headers}
        name = request.path.removeprefix(ROOT)
        if headers.get("smithy-protocol") != "rpc-v2-cbor" or f"cloudwatch.{name}" not in NAMES:
            return Response(404, HEADERS, b"")
        if request.method != "POST" or "x-amz-target" in headers:
            return Response(404, HEADERS, b"")
        if headers.get("content-type") != "application/cbor":
            return self.refuse("UnsupportedMediaTypeException", 415)
        if "authorization" not in headers:
            return self.refuse("MissingAuthenticationToken", 403)
        try:
            sent = read(request.body)
        except ValueError:
            return self.refuse("SerializationException")
        return self.switch(sent.get("AlarmNames") if isinstance(sent, dict) else 0)

    def switch(self, names: Any) -> Answer:
        if names is None:
            return self.refuse("ValidationException")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            return self.refuse("SerializationException")
        if len(names) > 100 or not all(1 <= len(name) <= self.longest for name in names):
            return self.refuse("ValidationException")
        return Response(200, HEADERS, b"\xa0")

    def refuse(self, code: str, status: int = 400) -> Answer:
        return Response(status, HEADERS, write(code))


def test_a_conforming_target_gets_no_finding() -> None:
    target = CloudWatch()
    verdicts, results = m.judged(m.Miniature(target.answer), NAMES, protocol=CBOR)
    assert m.findings(verdicts) == set()
    assert {one.state for one in results} == {"decided"}
    assert sum(v.verdict == "pass" for v in verdicts) > 20
    assert not [v for v in verdicts if v.verdict == "error"]
    assert target.heard > 40


def test_a_limit_that_is_not_kept_is_the_one_finding() -> None:
    target = m.Miniature(CloudWatch(longest=10**6).answer)
    verdicts, _ = m.judged(target, NAMES[:1], protocol=CBOR)
    assert m.findings(verdicts) == {(f"{NAMES[0]}/input/AlarmNames[]/length", "accepted-invalid")}


def test_a_target_that_speaks_json_alone_does_not_have_the_operation() -> None:
    page = Response(404, (("Content-Type", "text/html"),), b"<html>not found</html>")
    verdicts, results = m.judged(m.Miniature(lambda request: page), NAMES, protocol=CBOR)
    assert {one.state for one in results} == {"unimplemented"}
    assert not m.findings(verdicts)


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server that takes everything in CBOR: its URL, and the paths it has heard."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            for name, value in HEADERS:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"\xa0")

        def log_message(self, *args: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", heard
        server.shutdown()
        thread.join()


def test_what_belongs_to_no_case_is_sent_in_the_protocol_of_the_run_too() -> None:
    target = m.Miniature(lambda request: Response(200, HEADERS, b"\xa0"))
    bootstrap = Bootstrap(target, Settings(protocol=CBOR))
    bootstrap.call("cloudwatch.DeleteAlarms", {"AlarmNames": ["one"]})
    bootstrap.call("sqs.ListQueues", {})
    assert [request.path for request in target.requests] == [f"{ROOT}DeleteAlarms", "/"]


def test_cleanup_speaks_the_protocol_of_the_run(
    listener: tuple[str, list[str]], tmp_path: Path
) -> None:
    url, heard = listener
    path = tmp_path / "resources.jsonl"
    journal = ResourceJournal.new(path, ResourcesHeader(target=url, protocol=CBOR))
    removal = Removal("cloudwatch.DeleteAlarms", {"AlarmNames": ["one"]})
    number = journal.creating("cloudwatch.PutMetricAlarm", {"AlarmName": "one"}, removal)
    journal.created(number, ("one",), removal)
    journal.close()
    result = CliRunner().invoke(main, ["cleanup", str(tmp_path)])
    assert (result.exit_code, heard) == (0, [f"{ROOT}DeleteAlarms"])
    assert left_in(path)[1] == ()


def test_no_snippet_of_boto3_stands_for_what_boto3_does_not_speak() -> None:
    target = m.Miniature(CloudWatch(longest=10**6).answer)
    verdicts, _ = m.judged(target, NAMES[:1], protocol=CBOR)
    found = next(v for v in verdicts if v.verdict == "fail")
    assert found.reproducer is not None
    assert "client.disable_alarm_actions" not in found.reproducer.boto3


def test_a_service_speaks_the_protocols_it_lists() -> None:
    operation = catalog.load(NAMES[0])
    assert operation.wire.protocol == "json"
    assert catalog.speaking(operation, "").wire.protocol == "json"
    assert catalog.speaking(operation, CBOR).wire.protocol == CBOR
    with pytest.raises(UsageError, match="does not speak"):
        catalog.speaking(catalog.load("kms.ListKeys"), CBOR)


@pytest.mark.skipif(
    not find_ministack(), reason="ministack is not installed: . .ci/emulators, or set MINISTACK"
)
def test_ministack_is_judged_over_cbor() -> None:
    with ministack(find_ministack()) as url:
        target: Any = open_target(url)
        names = ["cloudwatch.PutMetricData", "cloudwatch.DeleteAlarms", "cloudwatch.ListMetrics"]
        verdicts, results = m.judged(target, names, protocol=CBOR)
        target.close()
    assert {one.state for one in results} == {"decided"}
    found = m.findings(verdicts)
    assert ("cloudwatch.PutMetricData/input/Namespace/required", "accepted-invalid") in found
    assert sum(v.verdict == "pass" for v in verdicts) > 100


def test_the_protocol_that_was_asked_for_is_kept_in_a_recording(tmp_path: Path) -> None:
    given = ("--protocol", CBOR, "--examples", "0", "-q", "--output", str(tmp_path / "out"))
    CliRunner().invoke(main, ["run", *NAMES, *given, "--record", str(tmp_path / "run.jsonl")])
    recording = recordings.read(tmp_path / "run.jsonl")
    assert recording.header.protocol == CBOR
    assert replayed(Config(), recording).protocol == CBOR

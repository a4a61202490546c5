"""An independent judge: Schemathesis reads the export and tests the emulator by it.

Schemathesis knows nothing of this suite. It reads the OpenAPI export as any tool would, makes
requests of its own, and holds every answer against the document. Runs are seeded and bounded; the
command line is used because it is the interface that Schemathesis documents as stable.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aws_conformance.cli.export import error_bodies, valid_requests
from aws_conformance.emulator import Server, serve
from aws_specs import catalog
from aws_specs.openapi import openapi

pytest.importorskip("schemathesis")

AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20240101/us-east-1/connect/aws4_request, "
    f"SignedHeaders=host;x-amz-date, Signature={'a' * 64}"
)
"""The emulator looks at the form of a signature and cannot verify it: it has no secrets."""

SETTINGS = """
# Whether these two accept a valid request depends on the channel of the contact that it names: the
# page says so ("The only valid value for Amazon Connect participant role is ..."), and no schema
# can, because the channel is not in the request. All other checks stay on.
[[operations]]
include-path = ["/contact/create-participant", "/push-notification/{InstanceId}/registrations"]
checks.positive_data_acceptance.enabled = false
warnings = { display = ["missing_auth", "missing_test_data", "unsupported_regex"] }
"""


def judge(url: str, folder: Path, bindings: dict[str, str], *options: str) -> tuple[int, str]:
    """Run Schemathesis on the export of the catalogue; return its exit code and what it printed."""
    document = openapi(
        [catalog.load(name) for name in catalog.names()],
        error_bodies=error_bodies,
        examples=lambda one: valid_requests(one, bindings) if bindings else None,
    )
    (folder / "openapi.json").write_text(json.dumps(document))
    (folder / "schemathesis.toml").write_text(SETTINGS if bindings else "")
    fixed = ("--seed", "1", "--no-color", "--generation-database", "none")
    command = [sys.executable, "-W", "error", "-m", "schemathesis.cli"]
    command += ["--config-file", "schemathesis.toml", "run", "openapi.json", "--url", url]
    command += ["-H", f"Authorization: {AUTHORIZATION}", *fixed, *options]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=600
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as started:
        yield started


def test_schemathesis_finds_no_failure_and_gives_no_warning(server: Server, tmp_path: Path) -> None:
    bindings = dict(server.emulator.bindings)
    code, said = judge(server.url, tmp_path, bindings, "--max-examples", "5")
    assert code == 0, said
    assert "Warning" not in said, said
    assert "WARNING" not in said, said
    assert "5 selected / 5 total" in said
    counted = re.search(r"(\d+) generated, (\d+) passed", said)
    assert counted is not None, said
    assert int(counted[1]) == int(counted[2]) > 200


def test_the_export_as_it_is_passes_every_default_check(server: Server, tmp_path: Path) -> None:
    """Without examples nothing that is asked for exists, so all checks hold without exception."""
    code, said = judge(server.url, tmp_path, {}, "--max-examples", "2")
    assert code == 0, said
    assert "5 selected / 5 total" in said


FAULTS = {
    "connect.CreateContact/input/Channel/enum": "Schema-violating request accepted",
    "wrong-type:connect.CreateContact/output/ContactId/type": "Response violates schema",
    "server-error:connect.CreateContact/input/Channel/enum": "Server error",
    "html-error:connect.CreateContact/input/Channel/enum": "Undocumented Content-Type",
    "untyped-error:connect.CreateContact/input/Channel/enum": "Missing required response headers",
    "success-status:connect.CreateContact/output/status": "Undocumented status code",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_judge_sees_what_is_wrong(fault: str, tmp_path: Path) -> None:
    """A judge that finds nothing must be able to find something."""
    few = ("--include-path", "/contact/create-contact", "--phases", "examples,coverage")
    with serve(faults=[fault]) as broken:
        code, said = judge(broken.url, tmp_path, dict(broken.emulator.bindings), *few)
    assert code == 1, said
    assert FAULTS[fault] in said, said

"""Starting emulators for real: a free port, a process of our own, stopped when the test is done."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_PATIENCE = 60.0

_INSTALLED = Path(__file__).parents[2] / ".emulators"
"""Where `.ci/emulators` installs."""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def process(
    command: Sequence[str], port: int, environ: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Run a server, and yield its URL as soon as it takes connections."""
    running = subprocess.Popen(
        command,
        env={**os.environ, **(environ or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(running, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def _wait(running: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        assert running.poll() is None, f"the server ended with {running.returncode}"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nothing listens on {port}")


def _healthy(url: str) -> None:
    """Wait for an answer that is a success: a port may be open before the services are there."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


@contextmanager
def moto_server() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with process(command, port) as url:
        yield url


@contextmanager
def ministack(program: str) -> Iterator[str]:
    port = free_port()
    here = "127.0.0.1"
    environ = {"GATEWAY_PORT": str(port), "BIND_HOST": here, "MINISTACK_HOST": here}
    with process([program], port, environ) as url:
        _healthy(f"{url}/_ministack/health")
        yield url


@contextmanager
def node_server(program: Path, *options: str) -> Iterator[str]:
    """Run dynalite or kinesalite."""
    port = free_port()
    command = [shutil.which("node") or "node", str(program), "--port", str(port), *options]
    with process(command, port) as url:
        yield url


def has_moto_server() -> bool:
    return all(importlib.util.find_spec(name) for name in ("flask", "flask_cors"))


def find_ministack() -> str:
    """Return the program: where MINISTACK says, on the PATH, or where `.ci/emulators` puts it."""
    found = os.environ.get("MINISTACK") or shutil.which("ministack")
    return found or next(map(str, _INSTALLED.glob("ministack/bin/ministack")), "")


def find_node_program(name: str) -> Path | None:
    """Return the program of an npm package, if any: below NODE_MODULES, or `.ci/emulators`' folder.

    Where NODE_MODULES is set it must be there: then a test fails rather than being skipped.
    """
    if folder := os.environ.get("NODE_MODULES"):
        return Path(folder) / name / "cli.js"
    found = _INSTALLED / "node_modules" / name / "cli.js"
    return found if found.is_file() and shutil.which("node") else None

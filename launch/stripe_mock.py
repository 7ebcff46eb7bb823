"""Stripe's own strict mock on loopback: built by Go into the cache, started for the replay of what our fake recorded.

It keeps no state and answers with fixtures, but refuses paths and parameters that its specification does not have.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launch import processes
from launch.paths import cache

MODULE = "github.com/stripe/stripe-mock"
VERSION = "v0.203.0"
API_VERSION = "2026-08-26.dahlia"  # of its specification
PATIENCE_S = 60


@dataclass(frozen=True)
class Mock:
    """A running mock."""

    port: int
    process: subprocess.Popen[bytes]

    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def folder() -> Path:
    """Where the program and its specification lie; built first if they are not there. Raises SystemExit without Go."""
    made = cache() / "stripe-mock" / VERSION
    made.parent.mkdir(parents=True, exist_ok=True)
    with open(made.parent / f"{VERSION}.making", "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not made.exists():
            _build(made)
    return made


def specification() -> Path:
    """The OpenAPI document that the mock is built with."""
    return folder() / "spec3.json"


def _build(made: Path) -> None:
    go = shutil.which("go")
    if not go:
        raise SystemExit("no Go to build stripe-mock with: install it (Debian: apt-get install golang)")
    aside = made.parent / f"{VERSION}.building"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    # As asked for by name, outside any module of ours.
    told = _go(aside, go, "mod", "download", "-json", f"{MODULE}@{VERSION}")
    source = Path(json.loads(told)["Dir"])
    _go(aside, "env", f"GOBIN={aside}", go, "install", f"{MODULE}@{VERSION}")
    shutil.copy(source / "embedded" / "openapi" / "spec3.json", aside)
    (aside / "spec3.json").chmod(0o644)
    aside.rename(made)


def _go(where: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=where, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"Go could not build stripe-mock {VERSION}; the end of what it said:\n{(done.stdout + done.stderr)[-1500:]}")
    return done.stdout


def start(log: Path) -> Mock:
    """Start it at a free port. It ends with this process; `stop` ends it before."""
    program = folder() / "stripe-mock"
    port = _free_port()
    process = processes.start([program, "-http-addr", f"127.0.0.1:{port}", "-strict-version-check"], env={"PATH": "/usr/bin:/bin"}, log=log)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        if _answers(port):
            return Mock(port, process)
        time.sleep(0.05)
    processes.stop(process)
    raise SystemExit(f"stripe-mock did not start; the end of {log}:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-15:]))


def stop(mock: Mock) -> None:
    processes.stop(mock.process)


@contextmanager
def running(log: Path) -> Iterator[Mock]:
    mock = start(log)
    try:
        yield mock
    finally:
        stop(mock)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])

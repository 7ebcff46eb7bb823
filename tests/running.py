"""The real processes, against a database of their own: web server, worker, scheduler."""

from __future__ import annotations

import os
import signal
import socket
import socketserver
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from launch import processes
from launch.embedded import product_commands
from launch.paths import ROOT
from tests.servers import database_url


def until(true: Callable[[], object], *, within_s: float, what: str | Callable[[], str]) -> None:
    """Wait for a condition, looking often; fail with `what` when it does not come. What is said of then is said by a function."""
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, f"after {within_s} s still not: {what() if callable(what) else what}"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningMarket:
    """Processes of the product. Each can be killed and started again by name: web, worker, scheduler."""

    def __init__(self, database: str, data: Path, **settings: str) -> None:
        self.port = free_port()
        self.logs = data / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.env = {
            **os.environ,
            "DATABASE_URL": database_url(database),
            "DATA_DIR": str(data),
            "BASE_URL": f"http://market.localhost:{self.port}",
            "DJANGO_SETTINGS_MODULE": "tests.server_settings",
            "PYTHONPATH": str(ROOT),
            "OUTBOX_LEASE_S": "2",
            "WEB_WORKERS": "2",
            "PYTHONUNBUFFERED": "1",
            **settings,
        }
        self.env.pop("PYTEST_XDIST_WORKER", None)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        for name in names or ("web", "worker", "scheduler"):
            self.processes[name] = processes.start(product_commands(self.port)[name], env=self.env, log=self.logs / f"{name}.log", cwd=ROOT)
        if "web" in (names or ("web",)):
            until(self.is_ready, within_s=60, what=lambda: f"web server ready; {self.log('web')}")

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def kill(self, name: str) -> None:
        """End a process and its children at once, as a crash would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        """Nobody needs it any more: its data go as well, so nothing has to be finished."""
        for name in reversed(list(self.processes)):
            with suppress(ProcessLookupError):  # it has ended already
                self.kill(name)

    def whole_log(self, name: str) -> str:
        file = self.logs / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else "no log"

    def log(self, name: str) -> str:
        return "\n".join(self.whole_log(name).splitlines()[-30:])

    def url(self, path: str = "/", host: str = "market.localhost") -> str:
        return f"http://{host}:{self.port}{path}"


@contextmanager
def running(database: str, data: Path, *names: str, **settings: str) -> Iterator[RunningMarket]:
    market = RunningMarket(database, data, **settings)
    try:
        market.start(*names)
        yield market
    finally:
        market.end()


@contextmanager
def threaded_server(server: socketserver.BaseServer) -> Iterator[None]:
    """A small server of a test's own, answering from a thread."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

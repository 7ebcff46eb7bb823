"""A real Elasticsearch for the tests that need one.

The process that pytest was called in starts it, in the background, when a test first asks, or at once in a run of the whole
suite (TEST_WHOLE_SUITE), so that other tests run meanwhile; workers ask and hear by files. It stops with the run that started
it, unless another run uses it too.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path
from typing import IO

from launch import elasticsearch
from launch.paths import cache

PATIENCE_S = 300


def _folder() -> Path:
    return Path(tempfile.gettempdir()) / f"wanshang-test-{os.environ['TEST_RUN']}-elasticsearch"


def url() -> str:
    """Where it answers, once it does. Raises RuntimeError with the reason if it cannot start."""
    (_folder() / "wanted").touch()
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if (found := _folder() / "url").exists():
            return found.read_text()
        if (failed := _folder() / "failed").exists():
            raise RuntimeError(failed.read_text())
        time.sleep(0.1)
    raise RuntimeError(f"Elasticsearch was not there after {PATIENCE_S} s")


class Keeper:
    """Starts the server when it is wanted. One a run, in the controlling process."""

    def __init__(self) -> None:
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._wait_and_start, daemon=True)
        self._server: elasticsearch.Server | None = None
        self._in_use: IO[str] | None = None
        _folder().mkdir(exist_ok=True)
        if os.environ.get("TEST_WHOLE_SUITE"):
            (_folder() / "wanted").touch()
        self._thread.start()

    def _wait_and_start(self) -> None:
        while not (_folder() / "wanted").exists():
            if self._ends.wait(0.2):
                return
        state = cache() / "test" / "elasticsearch"
        state.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._in_use = open(state.parent / "elasticsearch.users", "w")  # noqa: SIM115  held to the end of the run
            fcntl.flock(self._in_use, fcntl.LOCK_SH)
            self._server = elasticsearch.start(state, fresh=True)
            _tell("url", self._server.url())
        except (SystemExit, Exception) as why:  # whatever it is, the tests that wait have to hear it
            _tell("failed", f"{type(why).__name__}: {why}")

    def stop(self) -> None:
        self._ends.set()
        self._thread.join()
        if self._server and self._in_use and _is_last(self._in_use):
            elasticsearch.stop(self._server)
        if self._in_use:
            self._in_use.close()
        shutil.rmtree(_folder(), ignore_errors=True)


def _tell(name: str, text: str) -> None:
    aside = _folder() / f"{name}.part"
    aside.write_text(text)
    aside.rename(_folder() / name)


def _is_last(in_use: IO[str]) -> bool:
    try:
        fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

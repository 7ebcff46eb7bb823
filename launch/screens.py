"""make screens: every kind of page of a demo market as a picture, in both languages, at three widths, light and dark.

    make screens                         all, against a demo of its own
    make screens ARGS="--at 8000"        against a demo that runs already on this port
    make screens ARGS="--only cart home" some pages, by the beginning of their names

Pictures and contact sheets lie in tests/artifacts/screens/. On the way every page is held to what holds for every page:
it answers, nothing sticks out sideways, the browser's console is silent, axe finds nothing, its HTML is valid. Ends with 1
where something does not hold.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launch import processes
from launch.html import invalid
from launch.paths import ROOT, cache
from launch.screen_walk import DRESSES, Walk
from launch.sheets import contact_sheet

FOLDER = ROOT / "tests" / "artifacts" / "screens"
ORDERS = "300"  # enough for lists of several pages


def main() -> int:
    asked = arguments()
    if asked.at:
        return walk(asked.at, asked.only, asked.dress)
    with own_demo() as port:
        return walk(port, asked.only, asked.dress)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make screens")
    parser.add_argument("--at", type=int, metavar="PORT", help="of a demo that runs already")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="pages, by the beginning of their names")
    parser.add_argument("--dress", nargs="+", default=[], choices=[dress.name for dress in DRESSES], help="languages, widths and themes")
    return parser.parse_args()


def walk(port: int, only: list[str], names: list[str]) -> int:
    troubles: list[str] = []
    walked = Walk(port, FOLDER, only)
    for dress in DRESSES:
        if names and dress.name not in names:
            continue
        troubles += walked.through(dress)
        size = contact_sheet(FOLDER / dress.name, FOLDER / f"{dress.name}.webp")
        print(f"{dress.name}: {len(list((FOLDER / dress.name).glob('*.png')))} pages, sheet of {size / 1e6:.1f} MB", flush=True)
    troubles += [f"HTML  {line}" for line in invalid(FOLDER / "sources")]
    print(*troubles or ["Every page answers, fits, is silent, accessible to axe, and valid."], sep="\n")
    return 1 if troubles else 0


@contextmanager
def own_demo() -> Iterator[int]:
    """A demo that belongs to the pictures, with its past complete; its data are kept for the next time."""
    home, port = cache() / "screens", free_port()
    env = {**os.environ, "WANSHANG_HOME": str(home), "DEMO_PORT": str(port), "DEMO_ORDERS": os.environ.get("DEMO_ORDERS", ORDERS)}
    home.mkdir(parents=True, exist_ok=True)
    log = home / "demo.log"
    process = processes.start([sys.executable, "-m", "launch.demo"], env=env, log=log, cwd=ROOT)
    try:
        wait_for_all(process, port, log)
        yield port
    finally:
        processes.stop(process, how=signal.SIGTERM, patience_s=60)


def wait_for_all(process: subprocess.Popen[bytes], port: int, log: Path, patience_s: float = 900) -> None:
    """Until it answers and its log says that it is ready."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until and process.poll() is None:
        if "Ready after" in log.read_text(errors="replace"):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                pass
        time.sleep(0.5)
    sys.exit(f"The demo did not come up; see {log}.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())

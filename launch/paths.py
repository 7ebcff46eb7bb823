"""Where data and caches lie (standard library only)."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """Data that must be kept: the demo's database, media, mails. `WANSHANG_HOME` overrides."""
    if named := os.environ.get("WANSHANG_HOME"):
        return _made(Path(named))
    # As root the servers run as another user, who cannot enter root's own home.
    return _made(Path("/var/lib/wanshang") if os.geteuid() == 0 else Path("~/.local/share/wanshang").expanduser())


def cache() -> Path:
    """What can be fetched or made again: environments, servers, the tests' cluster. `WANSHANG_CACHE` overrides."""
    if named := os.environ.get("WANSHANG_CACHE"):
        return _made(Path(named))
    return _made(Path("/var/cache/wanshang") if os.geteuid() == 0 else Path("~/.cache/wanshang").expanduser())


def sockets(of: Path) -> Path:
    """A short private folder for the sockets of the servers whose data lie below `of` (a socket path may have 107 bytes)."""
    name = f"wanshang-{os.geteuid()}-{hashlib.sha256(str(of).encode()).hexdigest()[:8]}"
    return Path("/tmp") / name  # noqa: S108  made 0700 by its server, checked before use


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()

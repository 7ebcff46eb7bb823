"""The Python environment, made from a lock file (standard library only)."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

from launch.paths import ROOT, cache

OLDEST = (3, 11)


def python_for(kind: str) -> Path:
    """The interpreter of the environment for `kind` (demo or dev), made first if it is not there."""
    if sys.version_info < OLDEST:
        sys.exit(f"Wanshang needs Python {OLDEST[0]}.{OLDEST[1]} or later; this is {sys.version.split()[0]}. Try: make PYTHON=python3.12 …")
    lock = ROOT / "requirements" / f"{kind}.lock"
    name = f"{kind}-py{sys.version_info[0]}{sys.version_info[1]}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    folder = cache() / "environments" / name
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with open(folder.parent / f"{name}.making", "w") as made:
            fcntl.flock(made, fcntl.LOCK_EX)
            if not (folder / "ready").exists():
                _make(folder, python, lock)
    return python


def _make(folder: Path, python: Path, lock: Path) -> None:
    print(f"· Python environment from requirements/{lock.name} (once)", flush=True)
    started = time.monotonic()
    if folder.exists():
        shutil.rmtree(folder)  # a former attempt that did not finish
    venv.create(folder, with_pip=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    done = subprocess.run([*pip, "--require-hashes", "-r", str(lock)])
    if done.returncode:
        sys.exit(f"pip could not install requirements/{lock.name}; its message is above. A second try continues from its cache.")
    (folder / "ready").touch()
    print(f"  ready after {time.monotonic() - started:.0f} s", flush=True)


def enter(kind: str, module: str, *arguments: str) -> None:
    """Replace this process by `python -m module arguments` in the environment for `kind`."""
    python = python_for(kind)
    os.environ["PYTHONPATH"] = str(ROOT)
    os.environ["PATH"] = f"{python.parent}:{os.environ['PATH']}"
    # Twenty processes of the product start in a run of the tests: each would compile its modules anew, a fifth of its start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.chdir(ROOT)
    os.execv(python, [str(python), "-m", module, *arguments])  # noqa: S606

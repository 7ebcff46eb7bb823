"""make shell: a shell inside the development environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    shell = os.getenv("SHELL") or "/bin/sh"
    folder = Path(sys.executable).parent
    print(f"{shell} with Python {sys.version.split()[0]}, pytest, ruff, mypy and uv of requirements/dev.lock on the path. `exit` leaves it.", flush=True)
    arguments = [shell]
    if Path(shell).name == "bash":
        # After what ~/.bashrc puts on the path, which may be another Python.
        start = folder / "make-shell.bashrc"
        start.write_text(f'[ -f ~/.bashrc ] && . ~/.bashrc\n. "{folder / "activate"}"\n')
        arguments += ["--rcfile", str(start), "-i"]
    else:
        print(f"Should its start files put another Python first:  . {folder / 'activate'}", flush=True)
    os.execvp(shell, arguments)  # noqa: S606


if __name__ == "__main__":
    main()

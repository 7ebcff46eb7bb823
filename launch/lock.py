"""make lock: resolve the lock files anew from pyproject.toml, the newest versions it allows, for Python 3.11 and later on every system.

What tests run with decides: demo and production take the versions of dev.lock. What is only run beside it has its own.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from launch.environment import OLDEST
from launch.paths import ROOT

FOLDER = ROOT / "requirements"
# Lock file → the dependency groups it holds besides the project's own dependencies. The one with everything comes first.
LOCKS: dict[str, list[str]] = {"dev": ["dev"], "demo": ["embedded"], "production": [], "scan": ["scan"]}
ALONE = {"scan"}  # without the project's own dependencies: programs that are run beside it
OPTIONS = ["--universal", "--generate-hashes", "--no-header", "--no-emit-index-url", "--no-annotate", "--quiet"]


def main() -> None:
    with tempfile.TemporaryDirectory() as aside:
        made = {name: resolved(name, groups, Path(aside)) for name, groups in LOCKS.items()}
        for name, file in made.items():  # all or none
            target = FOLDER / f"{name}.lock"
            before = pins(target.read_text()) if target.exists() else set()
            after = pins(file.read_text())
            shutil.copyfile(file, target)
            print(f"requirements/{name}.lock: {len(after)} packages")
            for line in sorted(before ^ after):
                print(f"  {'+' if line in after else '-'} {line}")


def resolved(name: str, groups: list[str], folder: Path) -> Path:
    """Raises SystemExit where no set of versions fits; uv has said why."""
    file = folder / f"{name}.lock"
    wanted = [part for group in groups for part in ("--group", group)]
    same = ["--constraint", str(folder / "dev.lock")] if name not in ("dev", *ALONE) else []
    source = [] if name in ALONE else ["pyproject.toml"]
    oldest = ".".join(map(str, OLDEST))
    command = [sys.executable, "-m", "uv", "pip", "compile", *source, *wanted, *OPTIONS, "--python-version", oldest, *same, "-o", str(file)]
    if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode:
        sys.exit(f"requirements/{name}.lock could not be resolved; the reason is above. Nothing was changed.")
    return file


def pins(text: str) -> set[str]:
    """The lines `name==version`, with their markers, without hashes."""
    return {line.split(" \\")[0] for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))}


if __name__ == "__main__":
    main()

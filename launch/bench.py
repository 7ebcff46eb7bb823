"""make bench: all benches in their short form, each in a process of its own. make bench ARGS="search" runs some of them."""

from __future__ import annotations

import subprocess
import sys

from bench.__main__ import BENCHES
from launch.paths import ROOT


def main() -> None:
    failed = []
    for name in sys.argv[1:] or BENCHES:
        print(f"\n{name}", flush=True)
        if subprocess.run([sys.executable, "-m", "bench", name, "--short"], cwd=ROOT).returncode:
            failed.append(name)
    sys.exit(f"\nmake bench: {', '.join(failed)} missed a goal or failed; see above" if failed else 0)


if __name__ == "__main__":
    main()

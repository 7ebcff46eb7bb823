"""make manage ARGS="…": Django's command line on the demo's data. The demo may be running or not."""

from __future__ import annotations

import os
import subprocess
import sys

from launch.demo import Demo
from launch.paths import ROOT, home


def main() -> int:
    demo = Demo(home() / "demo")
    try:
        env = demo.servers()
        return subprocess.run([sys.executable, "manage.py", *sys.argv[1:]], cwd=ROOT, env={**os.environ, **env}).returncode
    finally:
        demo.stop()


if __name__ == "__main__":
    sys.exit(main())

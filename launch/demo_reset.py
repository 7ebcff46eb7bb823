"""make demo-reset: forget the demo's data. Caches and environments stay."""

from __future__ import annotations

import shutil
import sys

from launch import postgres, valkey
from launch.paths import home, sockets


def main() -> None:
    data = home() / "demo"
    if postgres._answers(sockets(data / "postgres")) or valkey.answers(sockets(data / "valkey") / "valkey.sock"):
        sys.exit("The demo is running. Stop it first (Ctrl-C where it runs).")
    shutil.rmtree(data, ignore_errors=True)
    print("Forgotten. `make demo` begins anew.")


if __name__ == "__main__":
    main()

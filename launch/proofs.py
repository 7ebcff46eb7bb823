"""make proofs: the long forms of the proofs, on the same servers as the tests. They take long, so what each took is printed."""

from __future__ import annotations

import os
import sys

import pytest

from launch.paths import ROOT

LONG = ["-m", "long", "-v", "--durations=0"]


def main() -> int:
    os.chdir(ROOT)
    # One process: proofs load the machine by themselves, and print figures. Options and files given are added to these.
    return int(pytest.main([*LONG, *sys.argv[1:]]))


if __name__ == "__main__":
    sys.exit(main())

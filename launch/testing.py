"""make test: what the tests need, then pytest on two cores."""

from __future__ import annotations

import os
import sys

import pytest

from launch.paths import ROOT


def main() -> int:
    os.chdir(ROOT)
    if not sys.argv[1:]:
        os.environ["TEST_WHOLE_SUITE"] = "1"  # tests/elastic.py: what takes long to start does so at once
    arguments = sys.argv[1:] or ["-n", "2", "--dist", "loadfile", "-m", "not long"]
    return int(pytest.main(arguments))


if __name__ == "__main__":
    sys.exit(main())

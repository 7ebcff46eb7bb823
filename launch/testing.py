"""make test: what the tests need, then pytest on two cores, with a third process for what waits for servers."""

from __future__ import annotations

import os
import sys

import pytest

from launch import doctor
from launch.paths import ROOT


def prepare() -> None:
    """What `make doctor` misses: as root on Debian it is installed, elsewhere named. A run of some tests tries without."""
    lacking = [need for need in doctor.missing() if need.is_needed]
    if doctor.may_install():
        doctor.install(lacking)
        lacking = [need for need in lacking if not need.is_there()]
    if lacking and not sys.argv[1:]:
        sys.exit("The tests need more than is here:\n" + "\n".join(f"  {need.name}: {need.debian} (or: {need.elsewhere})" for need in lacking))


def main() -> int:
    os.chdir(ROOT)
    prepare()
    if not sys.argv[1:]:
        os.environ["TEST_WHOLE_SUITE"] = "1"  # tests/elastic.py: what takes long to start does so at once
    # In the order of the folders: the few that take long come before the many that fill the gaps.
    arguments = sys.argv[1:] or ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder", "-m", "not long"]
    return int(pytest.main(arguments))


if __name__ == "__main__":
    sys.exit(main())

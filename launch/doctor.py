"""make doctor: what this machine lacks, with the line that installs it. As root on Debian, `--install` runs those lines."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path

from launch import elasticsearch


@dataclass(frozen=True)
class Need:
    """Something outside the Python environment. `for_what` says who needs it; `debian` installs it."""

    name: str
    for_what: str
    is_there: Callable[[], bool]
    debian: str
    elsewhere: str
    is_needed: bool = True  # or only for what comes later


def chromium() -> str | None:
    """The browser that tests drive: CHROMIUM, or a Chromium or Chrome on the path."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


def has_cjk_font() -> bool:
    listed = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True) if shutil.which("fc-list") else None
    return bool(listed and listed.stdout.strip())


def has_jdk() -> bool:
    try:
        elasticsearch.choose()
    except SystemExit:
        return False
    return True


def can_have_elasticsearch() -> bool:
    """Whether it was fetched before, or Maven is there to fetch it."""
    return shutil.which("mvn") is not None or (has_jdk() and elasticsearch.is_fetched())


NEEDS = [
    Need("Chromium", "browser tests", lambda: chromium() is not None, "apt-get install -y chromium", "install Chromium or Chrome, or set CHROMIUM to its path"),
    Need(
        "a font with Chinese", "screenshots and PDFs", has_cjk_font, "apt-get install -y fonts-noto-cjk", "install Noto Sans CJK or another font with Chinese"
    ),
    Need(
        "Pango",
        "PDFs of statements and packing slips",
        lambda: find_library("pango-1.0") is not None,
        "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0",
        "install Pango",
    ),
    Need("Maven", "fetching Elasticsearch", can_have_elasticsearch, "apt-get install -y maven", "install Apache Maven 3"),
    Need(
        "a JDK, 17 or later",
        "Elasticsearch: 9.5.3 runs on 21 or later, 8.19.21 on 17",
        has_jdk,
        "apt-get install -y default-jdk-headless",
        "install a full JDK (not a JRE), or set JAVA_HOME",
    ),
]


def missing() -> list[Need]:
    return [need for need in NEEDS if not need.is_there()]


def install(needs: list[Need]) -> None:
    """As root on Debian. Raises SystemExit when a line fails."""
    if not needs:
        return
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for line in ["apt-get update -q", *(need.debian for need in needs)]:
        print(f"· {line}", flush=True)
        done = subprocess.run(line.split(), env=env, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{line} failed:\n{done.stderr[-2000:]}")


def may_install() -> bool:
    return os.geteuid() == 0 and Path("/etc/debian_version").exists()


def main() -> None:
    lacking = missing()
    if "--install" in sys.argv and may_install():
        install(lacking)
        lacking = missing()
    for need in NEEDS:
        if need in lacking:
            line = need.debian if Path("/etc/debian_version").exists() else need.elsewhere
            print(f"missing  {need.name}: for {need.for_what}\n         {line}")
        else:
            print(f"there    {need.name}")
    print("The demo needs none of these." if lacking else "Nothing is missing.")
    sys.exit(1 if lacking else 0)


if __name__ == "__main__":
    main()

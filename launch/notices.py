"""python -m launch.notices: write the table of installed packages in THIRD-PARTY-NOTICES.md anew (in the development environment)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import metadata

from launch.paths import ROOT

FILE = ROOT / "THIRD-PARTY-NOTICES.md"
BEGIN, END = "<!-- packages: made by python -m launch.notices -->\n", "<!-- end of packages -->\n"
LOCKS = {"production": "every installation", "demo": "the demo and tests", "dev": "tests and checks"}
# What neither field of the metadata says, read in the packages' licence files.
READ = {
    "async-timeout": "Apache-2.0",
    "axe-playwright-python": "MIT",
    "brotlicffi": "MIT",
    "colorama": "BSD-3-Clause",
    "deprecated": "MIT",
    "pyphen": "MPL-1.1, LGPL-2.1 or GPL-2.0",
    "pillow-heif": "BSD-3-Clause; the wheel GPL-2.0, see above",
    "python-dateutil": "BSD-3-Clause, or Apache-2.0",
    "python-stdnum": "LGPL-2.1-or-later",
    "resvg-py": "MIT",
    "tzdata": "Apache-2.0",
}
SPELLED = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT, BSD": "MIT AND BSD-3-Clause",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "New BSD": "BSD-3-Clause",
    "PSFL": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "pytest-django is released under the BSD (3-clause) license": "BSD-3-Clause",
}


def packages() -> Iterator[tuple[str, str, str]]:
    """(name, versions in the locks, for what) of every package, each once, under the first lock that has it."""
    seen: set[str] = set()
    for lock, purpose in LOCKS.items():
        versions: dict[str, list[str]] = {}
        for name, version in re.findall(r"^([a-z0-9][\w.-]*)==(\S+)", (ROOT / "requirements" / f"{lock}.lock").read_text(), re.MULTILINE):
            versions.setdefault(name, []).append(version)
        yield from ((name, ", ".join(held), purpose) for name, held in versions.items() if name not in seen)
        seen |= versions.keys()


def licence(name: str) -> str:
    """In SPDX's words. Raises KeyError for a package that says nothing: read its licence and enter it in READ."""
    if name in READ:
        return READ[name]
    said = metadata.metadata(name).json  # header names in small letters, - as _
    if expression := said.get("license_expression"):
        return str(expression)
    kinds = [str(kind).split(" :: ")[-1] for kind in said.get("classifier", []) if str(kind).startswith("License")]
    for text in (str(said.get("license") or "").split("\n")[0], *kinds[:1]):
        if text:
            return SPELLED.get(text, text)
    raise KeyError(name)


def table() -> str:
    rows = [f"| {name} | {version} | {licence(name)} | {purpose} |\n" for name, version, purpose in packages()]
    return "| package | version | licence | installed for |\n|---|---|---|---|\n" + "".join(rows)


def main() -> None:
    before, _begin, rest = FILE.read_text().partition(BEGIN)
    FILE.write_text(before + BEGIN + table() + END + rest.partition(END)[2])
    print(f"{FILE.name}: {len(list(packages()))} packages")


if __name__ == "__main__":
    main()

"""What has to be built before pages can be served: style sheet, translations, collected static files."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from launch.paths import ROOT

STYLES = ROOT / "storefront" / "styles" / "app.css"
BUILT = ROOT / "storefront" / "static" / "built" / "app.css"


def build_styles() -> None:
    """Tailwind's standalone program reads the templates and writes one style sheet."""
    BUILT.parent.mkdir(parents=True, exist_ok=True)
    program = Path(sys.executable).with_name("tailwindcss")
    done = subprocess.run([program, "-i", STYLES, "-o", BUILT, "--minify"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"the style sheet could not be built:\n{done.stderr}")


def compile_messages() -> None:
    """Every .po of ours, and ours of Wagtail's strings, as .mo (git keeps the .po only)."""
    for source in sorted(file for folder in ("locale", "cms/locale") for file in (ROOT / folder).glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            with open(source, "rb") as po, open(target, "wb") as mo:
                write_mo(mo, read_po(po, locale=source.parent.parent.name))


def collect_static(env: Mapping[str, str]) -> None:
    with once(Path(env["DATA_DIR"]) / "static.stamp", *ROOT.glob("*/static")) as is_due:
        if is_due:
            subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=ROOT, env={**os.environ, **env}, check=True)


@contextmanager
def once(stamp: Path, *sources: Path) -> Iterator[bool]:
    """Whether something made from these files, with this environment, has to be made anew. Noted in `stamp` when the block ends well."""
    digest = hashlib.sha256(sys.prefix.encode())
    for source in sorted(sources):
        for file in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if file.is_file() and file.suffix != ".pyc":
                digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    is_due = not stamp.exists() or stamp.read_text() != digest.hexdigest()
    yield is_due
    if is_due:
        stamp.write_text(digest.hexdigest())

"""make check: format, lint, types, import layers, migrations, snapshots, translations, templates, container files."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from launch import messages
from launch.embedded import product_environment
from launch.paths import ROOT


def run(*command: str) -> bool:
    return subprocess.run(command, cwd=ROOT).returncode == 0


def django(*command: str) -> bool:
    """A command that needs settings, but no server."""
    return run(sys.executable, "manage.py", *command)


def formatted() -> bool:
    return run("ruff", "format", "--check", "--quiet", ".")


def linted() -> bool:
    return run("ruff", "check", "--quiet", ".")


def typed() -> bool:
    return run("mypy", "--no-error-summary")


def layered() -> bool:
    return run("lint-imports", "--no-cache", "--verbose") if "-v" in sys.argv else _quiet("lint-imports", "--no-cache")


def _quiet(*command: str) -> bool:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout[-4000:], done.stderr[-2000:])
    return done.returncode == 0


def migrated() -> bool:
    """Every model change has its migration, and the snapshots were rendered from them."""
    digest = subprocess.run([sys.executable, "manage.py", "migrations_hash"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    fresh = digest == (ROOT / "marketplace" / "config" / "snapshots" / "migrations.sha256").read_text().strip()
    if not fresh:
        print("The snapshots are stale: run `make snapshots` and commit the result.")
    return _quiet(sys.executable, "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run") and fresh


def translated() -> bool:
    """locale/ holds every string of today, each with its translation."""
    complete = True
    for language in messages.LANGUAGES:
        catalog = messages.updated(language)
        if messages.written(catalog) != messages.po_file(language).read_bytes():
            print(f"{language}: strings have changed; run `make messages`.")
            complete = False
        for text in messages.untranslated(catalog):
            print(f"{language}: without a translation: {text}")
            complete = False
    return complete


def templates_sound() -> bool:
    """Every template compiles, and none holds what the content policy forbids."""
    return django("check_templates")


def containers_valid() -> bool:
    """No engine runs here: the files are checked against their schema and a linter."""
    return _quiet("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml") and _quiet("hadolint", "Dockerfile")


STEPS: dict[str, Callable[[], bool]] = {
    "format": formatted,
    "lint": linted,
    "import layers": layered,
    "migrations and snapshots": migrated,
    "translations": translated,
    "templates": templates_sound,
    "container files": containers_valid,
    "types": typed,
}


def main() -> None:
    with tempfile.TemporaryDirectory() as data:
        os.environ.update(product_environment("postgresql://nobody@127.0.0.1:1/none", "redis://127.0.0.1:1", Path(data)))
        failed = []
        for name, step in STEPS.items():
            started = time.monotonic()
            if not step():
                failed.append(name)
            print(f"{'FAILED' if name in failed else 'ok    '} {name} ({time.monotonic() - started:.1f} s)", flush=True)
    sys.exit(f"make check: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()

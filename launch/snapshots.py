"""make snapshots: render both kinds of schema from the migrations, to be committed."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from launch import postgres
from launch.embedded import product_environment
from launch.paths import ROOT, cache

FOLDER = ROOT / "marketplace" / "config" / "snapshots"
EXTENSIONS = ("btree_gist", "pg_trgm")  # trusted ones, which the owner of a database may create (marketplace/platform/prices, listings: migrations)
DUMPED = ("--inserts", "--rows-per-insert=100", "--no-owner", "--no-privileges")
# What pg_dump writes for the restore of a whole database, and we do not want when a schema is born inside one.
UNWANTED = re.compile(
    r"^(?:\\(?:un)?restrict .*|SET (?!.*search_path).*;|SELECT pg_catalog\.set_config\('search_path'.*"
    r"|--.*|COMMENT ON (?:SCHEMA public|EXTENSION) .*|CREATE SCHEMA public;)\n",
    re.MULTILINE,
)


def main() -> None:
    with postgres.running(cache() / "test" / "postgres") as cluster, tempfile.TemporaryDirectory() as data:
        cluster.psql("postgres", "drop database if exists snapshot_render with (force)")
        cluster.ensure_database("snapshot_render")
        env = {**os.environ, **product_environment(cluster.url("snapshot_render"), "unix:///nowhere", Path(data))}
        for command in (["migrate_schemas", "--shared", "-v0"], ["render_merchant_schema"]):
            subprocess.run([sys.executable, "manage.py", *command], check=True, cwd=ROOT, env=env)
        for kind, schema in (("public", "public"), ("merchant", "merchant_snapshot")):
            write(kind, dump(cluster, "snapshot_render", schema))
        digest = subprocess.run([sys.executable, "manage.py", "migrations_hash"], check=True, cwd=ROOT, env=env, capture_output=True, text=True)
        (FOLDER / "migrations.sha256").write_text(digest.stdout)
        cluster.psql("postgres", "drop database snapshot_render with (force)")
    print(f"rendered {', '.join(f'{p.name} ({p.stat().st_size // 1024} KB)' for p in sorted(FOLDER.glob('*.gz')))}")


def dump(cluster: postgres.Cluster, database: str, schema: str) -> str:
    """The schema's tables and rows as SQL that runs in any database and any newer server; the public one brings its extensions."""
    extensions = [f"--extension={name}" for name in EXTENSIONS] if schema == "public" else []
    done = subprocess.run(
        [postgres.bindir() / "pg_dump", cluster.url(database), "-n", schema, *extensions, *DUMPED],
        check=True,
        capture_output=True,
        text=True,
    )
    text = UNWANTED.sub("", done.stdout)
    return "SET check_function_bodies = off;\nSELECT pg_catalog.set_config('search_path', '', true);\n" + re.sub(r"\n{2,}", "\n", text)


def write(kind: str, sql: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    # No file name and no time inside, so the same migrations give the same bytes.
    with open(FOLDER / f"{kind}.sql.gz", "wb") as out, gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as packed:
        packed.write(sql.encode())


if __name__ == "__main__":
    main()

"""A merchant's schema is born from a rendered SQL snapshot: one second instead of a minute of migrations.

`make snapshots` renders them; a hash of the migration graph beside them tells when they are stale.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from tenants.tenancy.link import connection

PLACEHOLDER = "merchant_snapshot"


class SnapshotStale(RuntimeError):
    """The snapshots were rendered from other migrations than the code has. Run `make snapshots`."""


def migrations_hash() -> str:
    """A hash over the names and contents of all migrations, and over which apps' tables lie where."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    digest = hashlib.sha256()
    for key in sorted(loader.disk_migrations):
        module = __import__(loader.disk_migrations[key].__module__, fromlist=["_"])
        digest.update(repr(key).encode() + Path(str(module.__file__)).read_bytes())
    with_tables = {apps.get_app_config(label).name for label, _name in loader.disk_migrations}
    digest.update(repr([sorted(with_tables & set(listed)) for listed in (settings.SHARED_APPS, settings.TENANT_APPS)]).encode())
    return digest.hexdigest()


def snapshot_folder() -> Path:
    return Path(settings.SNAPSHOT_DIR)


def snapshot_is_fresh() -> bool:
    return (snapshot_folder() / "migrations.sha256").read_text().strip() == migrations_hash()


@cache
def _sql(kind: str) -> str:
    if not snapshot_is_fresh():
        raise SnapshotStale("run `make snapshots` and commit the result")
    return gzip.decompress((snapshot_folder() / f"{kind}.sql.gz").read_bytes()).decode()


def load_public() -> None:
    """Fill an empty database with the public schema's tables and rows."""
    _run(_sql("public"))


def load_merchant(schema_name: str) -> None:
    """Create and fill a merchant's schema, in the transaction that is open. Raises RuntimeError outside one."""
    if not connection.in_atomic_block:
        raise RuntimeError("a schema is born in a transaction, or half of it may stay behind")
    with connection.cursor() as cursor:
        # One birth at a time: two would only wait for the same catalogue rows, half way through.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('wanshang.birth'))")
    _run(_sql("merchant").replace(PLACEHOLDER, schema_name))


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        # Without parameters the whole text goes as one simple query: one round trip for some thousand statements.
        cursor.cursor.execute(sql)
    connection.search_path_set_schemas = None  # the snapshot empties search_path; set it anew with the next query

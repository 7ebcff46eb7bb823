"""Databases for tests: a template made once per state of the migrations, and clones of it."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import connection, connections

from launch.paths import cache
from tests.servers import database_url

# The cast of every test: three merchants with fixed keys. `a` and `b` compete; `c` makes it three.
MERCHANTS = {
    "a": UUID("01900000-0000-7000-8000-00000000000a"),
    "b": UUID("01900000-0000-7000-8000-00000000000b"),
    "c": UUID("01900000-0000-7000-8000-00000000000c"),
}


def admin(sql: str) -> list[tuple[object, ...]]:
    """Run one statement on the server itself."""
    with psycopg.connect(database_url("postgres"), autocommit=True) as link:
        done = link.execute(sql)
        return done.fetchall() if done.description else []


def cache_folder() -> Path:
    return cache() / "test"


def template_name() -> str:
    from tenants.tenancy.birth import migrations_hash, snapshot_folder
    from tests import world

    digest = hashlib.sha256(migrations_hash().encode())
    for file in sorted(snapshot_folder().glob("*.gz")):
        digest.update(file.read_bytes())
    digest.update(Path(str(world.__file__)).read_bytes())
    return f"tpl_{digest.hexdigest()[:16]}"


def ensure_template() -> str:
    """The name of a database with market and cast, made if it is not there; others of former states are dropped."""
    name = template_name()
    with open(cache_folder() / "template.lock", "w") as making:
        fcntl.flock(making, fcntl.LOCK_EX)
        if not admin(f"select 1 from pg_database where datname = '{name}'"):
            for (old,) in admin("select datname from pg_database where datname ~ '^(tpl|test)_'"):
                if not _belongs_to_a_run(str(old)):
                    admin(f'drop database if exists "{old}" with (force)')
            _build(f"{name}_building")
            admin(f'alter database "{name}_building" rename to "{name}"')
    return name


def _belongs_to_a_run(name: str) -> bool:
    """Whether it is a database of a test run (test_<process id>_…) that still goes on."""
    kind, _, rest = name.partition("_")
    return kind == "test" and Path(f"/proc/{rest.partition('_')[0]}").exists()


def _build(name: str) -> None:
    from tests.world import build_world

    admin(f'drop database if exists "{name}" with (force)')
    admin(f'create database "{name}"')
    with using(name):
        build_world()


def clone(name: str) -> None:
    template = ensure_template()
    admin(f'drop database if exists "{name}" with (force)')
    admin(f'create database "{name}" template "{template}" strategy file_copy')


def drop(name: str) -> None:
    admin(f'drop database if exists "{name}" with (force)')


@contextmanager
def using(name: str) -> Iterator[None]:
    """Point Django at another database, in this thread and in threads started inside."""
    before = settings.DATABASES["default"]["NAME"]
    connections.close_all()
    _point_at(name)
    try:
        yield
    finally:
        connections.close_all()
        _point_at(before)


def _point_at(name: str) -> None:
    settings.DATABASES["default"]["NAME"] = name
    connections.settings["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name

"""How far the schemas in the database are from the migrations in the code."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, TypedDict

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tenants.tenancy.models import Merchant


class SchemaVersion(TypedDict):
    """`code` is a hash of the migrations the code has for this kind of schema; `behind` counts what lags:
    migrations of the public schema, schemas of merchants."""

    code: str
    behind: int


@cache
def expected(kind: str) -> frozenset[tuple[str, str]]:
    """(app, name) of every migration that a schema of this kind (public or merchant) has when it is up to date."""
    app_list = settings.SHARED_APPS if kind == "public" else settings.TENANT_APPS
    labels = {config.label for config in apps.get_app_configs() if config.name in app_list}
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(key for key in loader.disk_migrations if key[0] in labels)


@cache
def code_version(kind: str) -> str:
    return hashlib.sha256(repr(sorted(expected(kind))).encode()).hexdigest()


def schema_versions() -> dict[str, SchemaVersion]:
    """What /readyz tells. Two queries, however many merchants there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM public.django_migrations")
        applied = set(cursor.fetchall())
    living = Merchant.objects.exclude(status__in=[Merchant.Status.OPENING, Merchant.Status.CLOSED])
    return {
        "public": {"code": code_version("public")[:12], "behind": len(expected("public") - applied)},
        "merchant": {"code": code_version("merchant")[:12], "behind": living.exclude(schema_version=code_version("merchant")).count()},
    }


def note_migrated(schema_name: str, **kwargs: Any) -> None:
    """After `migrate_schemas` has been over a merchant's schema: write down where it stands."""
    if schema_name == "public":
        return
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT app, name FROM "{schema_name}".django_migrations')  # noqa: S608  a name from our own table
        applied = frozenset(cursor.fetchall())
    if expected("merchant") <= applied:
        Merchant.objects.filter(schema_name=schema_name).update(schema_version=code_version("merchant"))

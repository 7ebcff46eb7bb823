from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from tenants.tenancy.birth import PLACEHOLDER


class Command(BaseCommand):
    help = "Make a merchant's schema by running every migration (a minute): what snapshots are rendered from and compared with."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--schema", default=PLACEHOLDER)

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA "{options["schema"]}"')
        call_command("migrate_schemas", schema_name=options["schema"], verbosity=0, interactive=False)

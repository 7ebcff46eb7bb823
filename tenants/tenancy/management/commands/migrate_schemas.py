from __future__ import annotations

from typing import Any

from django.db import connection
from django_tenants.management.commands.migrate_schemas import GET_EXECUTOR_FUNCTION
from django_tenants.management.commands.migrate_schemas import Command as OfAllSchemas

from tenants.tenancy.models import Merchant


class Command(OfAllSchemas):
    """django-tenants' command, which may take its time, and leaves alone merchants that are being opened: they have no schema yet,
    and will be born as the code is."""

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        if options["schema_name"] or options["shared"]:
            super().handle(*args, **options)
            return
        only_merchants = options["tenant"]
        if not only_merchants:
            super().handle(*args, **{**options, "shared": True})
        born = Merchant.objects.exclude(status=Merchant.Status.OPENING).order_by("pk").values_list("schema_name", flat=True)
        GET_EXECUTOR_FUNCTION(codename=options["executor"])(args, {**options, "shared": False, "tenant": True}).run_migrations(tenants=list(born))

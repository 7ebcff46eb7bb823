from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tenants.tenancy.birth import migrations_hash


class Command(BaseCommand):
    help = "The hash that stands beside the snapshots."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(migrations_hash())

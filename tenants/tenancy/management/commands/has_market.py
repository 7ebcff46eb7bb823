from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import ProgrammingError

from tenants.tenancy.models import Market


class Command(BaseCommand):
    help = "Exit code 0 when this database has its market, 1 when it has not."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sys.exit(0 if Market.objects.exists() else 1)
        except ProgrammingError:  # an empty database
            sys.exit(1)

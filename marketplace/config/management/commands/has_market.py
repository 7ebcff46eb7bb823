from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from marketplace.config.management.opening import market


class Command(BaseCommand):
    help = "Ends with 0 if this database has its market, with 1 if not. Says nothing and changes nothing."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(0 if market() else 1)

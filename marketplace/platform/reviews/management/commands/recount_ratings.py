from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from marketplace.kernel.actors import SYSTEM
from marketplace.platform.reviews.moderating import recount


class Command(BaseCommand):
    help = "Count anew what listings and shops are rated by, and mend what differs."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{recount(by=SYSTEM)} mended")

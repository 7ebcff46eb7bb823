"""The smaller widths of pictures that were stored before there were any."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand

from marketplace.kernel.renditions import has_renditions
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema, public_schema
from tenants.tenancy.storage import PublicMedia


class Command(BaseCommand):
    help = "Make the widths that stored pictures lack, of the market and of every merchant. Safe to repeat, and to stop and start again."

    def handle(self, *args: Any, **options: Any) -> None:
        made = 0
        with public_schema():
            made += make_missing()
        for merchant_id in Merchant.objects.exclude(opened_at=None).values_list("pk", flat=True):
            with merchant_schema(merchant_id):
                made += make_missing()
        self.stdout.write(f"{made} pictures made")


def make_missing() -> int:
    """Those of the open schema."""
    storage = default_storage
    assert isinstance(storage, PublicMedia)
    root = Path(storage.location)
    names = (str(Path(folder, file).relative_to(root)) for folder, _folders, files in os.walk(root) for file in files)
    return sum(storage.make_renditions(name) for name in sorted(names) if has_renditions(name))

"""manage.py fill_order_search: orders that were written before lists could search by pinyin get their keys. Safe to stop and to repeat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.orders.search_keys import fill_search_keys
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema


class Command(BaseCommand):
    help = "Give search keys to orders that have none yet, merchant by merchant."

    def handle(self, *args: Any, **options: Any) -> None:
        for merchant in Merchant.objects.exclude(status=Merchant.Status.OPENING).order_by("schema_name"):
            last = None
            with merchant_schema(merchant.pk):
                while last := fill_search_keys(by=SYSTEM, after=last):
                    self.stdout.write(f"{merchant.slug}: up to {last}")

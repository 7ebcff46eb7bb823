"""Whether each shop's stock is what its movements and orders say."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.merchant.inventory.checking import findings
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema


class Command(BaseCommand):
    help = "Names every level of stock that is not the sum of its movements, or holds other than orders hold. Ends with an error if there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        found = shops = 0
        for merchant in Merchant.objects.exclude(status=Merchant.Status.OPENING).order_by("slug"):
            shops += 1
            with merchant_schema(merchant.pk):
                for one in findings():
                    found += 1
                    self.stdout.write(f"{merchant.slug}: {one}")
        if found:
            raise CommandError(f"{found} level(s) of stock do not agree")
        self.stdout.write(f"The stock of {shops} shop(s) and its movements agree.")

"""Public copies of what the page of one product says besides its listing. Of lists, only search reads the subtitle."""

from __future__ import annotations

from django.db import models

from marketplace.kernel import clock
from tenants.tenancy.models import Merchant


class ListingDetail(models.Model):
    """The key is the product's own. No row: nothing of it is said."""

    id = models.UUIDField(primary_key=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    subtitles = models.JSONField(default=dict)  # language code → text, as approved
    size_table = models.JSONField(null=True)  # {"columns", "rows", "notes"} as merchant/catalogue's SizeTable, as it is now
    copied_at = models.DateTimeField(default=clock.now)

    @property
    def says_anything(self) -> bool:
        return bool(self.subtitles or self.size_table)

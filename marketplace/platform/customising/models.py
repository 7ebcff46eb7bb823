"""Public copies of what buyers may wish of a product: page, cart and placing read them."""

from __future__ import annotations

from django.db import models

from marketplace.kernel import clock
from tenants.tenancy.models import Merchant


class ListedCustomisation(models.Model):
    """The key is the product's own. No row: it is sold as it is."""

    id = models.UUIDField(primary_key=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    fields = models.JSONField()  # as fields.py keeps them: their words as approved, their surcharges as they are now
    days = models.IntegerField(default=0)  # so much later it leaves
    copied_at = models.DateTimeField(default=clock.now)

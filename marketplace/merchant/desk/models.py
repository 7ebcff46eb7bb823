"""What staff keep beside their work, for one another only."""

from __future__ import annotations

from django.db import models

from marketplace.kernel import clock
from marketplace.merchant.orders.models import Order
from tenants.tenancy.guard import MerchantModel


class OrderNote(MerchantModel):
    """A private note on an order: the shop's staff read it, buyers and the market do not. Notes are added, not changed."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="desk_notes")
    text = models.CharField(max_length=500)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["order", "at"], name="note_by_order")]

"""Public copies of prices that one column of a listing cannot say: reductions, prices of a later day, price lists.

Most variants have one price without an end, which stands on their listing; of these there is no row here.
"""

from __future__ import annotations

from django.db import models

from marketplace.kernel import clock
from marketplace.kernel.money import money_of
from tenants.tenancy.models import Merchant


class OfferedPrice(models.Model):
    """Copy of a period (merchant/pricing) that runs or is to come: what a cart asks, so that a price counts from its very moment on."""

    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    product_id = models.UUIDField()
    variant_id = models.UUIDField()
    price_list_id = models.UUIDField(null=True)  # of an OfferedList; None: the shop's ordinary price
    from_quantity = models.IntegerField(default=1)
    currency = models.CharField(max_length=3)
    sale_minor = models.BigIntegerField()
    market_minor = models.BigIntegerField(null=True)
    is_reduction = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    # Of a reduction: the lowest price of the 30 days before it was announced, and from when on prices are known, if that is later.
    lowest_minor = models.BigIntegerField(null=True)
    lowest_since = models.DateTimeField(null=True)
    copied_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["variant_id"], name="offered_price_of_variant"),
            models.Index(fields=["product_id"], name="offered_price_of_product"),
            models.Index(fields=["merchant", "starts_at"], name="offered_price_starts"),
            models.Index(fields=["merchant", "ends_at"], name="offered_price_ends"),
        ]

    sale = money_of("sale_minor")
    lowest = money_of("lowest_minor")


class OfferedList(models.Model):
    """Copy of a price list's head. The key is the list's own."""

    id = models.UUIDField(primary_key=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    position = models.IntegerField()
    is_on = models.BooleanField(default=True)
    for_everybody = models.BooleanField(default=False)


class OfferedListBuyer(models.Model):
    """Copy of who buys by a list that is not for everybody."""

    id = models.BigAutoField(primary_key=True)
    price_list = models.ForeignKey(OfferedList, on_delete=models.CASCADE, related_name="buyers")
    user_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["price_list", "user_id"], name="one_row_per_buyer_of_list")]

"""Public copies of the days of all shops: what the operator's figures are summed from, so that no page visits schemas."""

from __future__ import annotations

from django.db import models

from marketplace.kernel.ids import new_id
from tenants.tenancy.models import Merchant


class ShopDay(models.Model):
    """The copy of a shop's DayCount."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    currency = models.CharField(max_length=3)
    orders = models.IntegerField(default=0)
    sales_minor = models.BigIntegerField(default=0)
    refunds_minor = models.BigIntegerField(default=0)
    sold = models.IntegerField(default=0)
    stock = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "day"], name="a_shops_day_is_copied_once")]
        indexes = [models.Index(fields=["day"], name="shop_day_by_day")]

"""Prices as periods: every change is kept from the first day."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from marketplace.kernel import clock
from marketplace.kernel.money import money_of
from marketplace.merchant.catalogue.models import Variant
from tenants.tenancy.guard import MerchantModel


class Price(MerchantModel):
    """What a variant costs from `starts_at` on; the price in force has no end."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="prices")
    currency = models.CharField(max_length=3)
    sale_minor = models.BigIntegerField()
    market_minor = models.BigIntegerField(null=True)
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["variant"], condition=Q(ends_at=None), name="one_price_in_force"),
            models.CheckConstraint(condition=Q(sale_minor__gt=0), name="price_above_zero"),
            models.CheckConstraint(condition=Q(market_minor=None) | Q(market_minor__gte=F("sale_minor")), name="market_price_not_below_sale_price"),
            models.CheckConstraint(condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="price_ends_after_it_starts"),
        ]

    sale = money_of("sale_minor")
    market = money_of("market_minor")

"""Prices as periods: every change is kept from the first day, and none overlaps another.

The tables of periods carry an exclusion constraint each (`prices_do_not_overlap`, `times_off_sale_do_not_overlap`), written in SQL in their migration.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.money import money_of
from marketplace.merchant.catalogue.models import Product, Variant
from tenants.tenancy.guard import MerchantModel


class CustomerGroup(MerchantModel):
    """Customers for whom a price list is made: those with one of its tags (merchant/customers)."""

    name = models.CharField(max_length=60, unique=True)
    tags = models.JSONField(default=list)


class PriceList(MerchantModel):
    """Prices for some buyers, or for quantities. Lists stand in the shop's own order: the first that has a price for a buyer counts."""

    name = models.CharField(max_length=60, unique=True)
    position = models.IntegerField()
    group = models.ForeignKey(CustomerGroup, null=True, on_delete=models.PROTECT, related_name="lists")  # None: for everybody
    for_everybody = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    channel = models.CharField(max_length=20, default="market")  # where it sells: the market is the only place there is
    is_on = models.BooleanField(default=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="price_list_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(for_everybody=True, group=None) | Q(for_everybody=False, group__isnull=False), name="price_list_is_for_somebody"
            ),
        ]
        indexes = [models.Index(fields=["position", "id"], name="price_list_order")]


class ListBuyer(MerchantModel):
    """Somebody who buys by a list: follows from the list's group and the customers' tags."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="buyers")
    user_id = models.UUIDField()

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["price_list", "user_id"], name="one_buyer_of_a_list")]


class Reduction(MerchantModel):
    """An announced reduction: prices of several variants from a moment until another."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("reduction", "Planned")
        RUNNING = "running", pgettext_lazy("reduction", "Running")
        OVER = "over", pgettext_lazy("reduction", "Over")
        STOPPED = "stopped", pgettext_lazy("reduction", "Called off")

    name = models.CharField(max_length=80)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)  # off the regular price, where it was planned so
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)  # None: until it is called off
    stopped_at = models.DateTimeField(null=True)
    planned_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)

    class Meta(MerchantModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="reduction_ends_after_it_starts")]
        indexes = [models.Index(fields=["-starts_at", "-id"], name="reduction_newest")]

    def state_at(self, moment: datetime) -> Reduction.State:
        if self.stopped_at is not None:
            return self.State.STOPPED
        if moment < self.starts_at:
            return self.State.PLANNED
        return self.State.OVER if self.ends_at is not None and self.ends_at <= moment else self.State.RUNNING

    @property
    def state(self) -> Reduction.State:
        return self.state_at(clock.now())

    @property
    def until(self) -> datetime | None:
        """When it ends, or has."""
        return min((at for at in (self.ends_at, self.stopped_at) if at is not None), default=None)


class ReductionLine(MerchantModel):
    """What a variant costs in a reduction."""

    reduction = models.ForeignKey(Reduction, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    currency = models.CharField(max_length=3)
    sale_minor = models.BigIntegerField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["reduction", "variant"], name="a_variant_once_in_a_reduction"),
            models.CheckConstraint(condition=Q(sale_minor__gt=0), name="reduced_price_above_zero"),
        ]

    sale = money_of("sale_minor")


class Price(MerchantModel):
    """What a variant costs for a time: regularly, in a reduction, or by a price list from a quantity on.

    At any moment there is at most one of each. What is paid is the lower of the first two, or the list's (platform/prices/resolving.py).
    """

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="prices")
    price_list = models.ForeignKey(PriceList, null=True, on_delete=models.CASCADE, related_name="prices")
    reduction = models.ForeignKey(Reduction, null=True, on_delete=models.CASCADE, related_name="prices")
    is_reduction = models.BooleanField(default=False, db_default=False)
    from_quantity = models.IntegerField(default=1, db_default=1)
    currency = models.CharField(max_length=3)
    sale_minor = models.BigIntegerField()
    market_minor = models.BigIntegerField(null=True)
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(sale_minor__gt=0), name="price_above_zero"),
            models.CheckConstraint(condition=Q(market_minor=None) | Q(market_minor__gte=F("sale_minor")), name="market_price_not_below_sale_price"),
            models.CheckConstraint(condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="price_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(from_quantity__range=(1, 999)), name="price_from_1_to_999"),
            models.CheckConstraint(condition=Q(is_reduction=False) | Q(price_list=None), name="a_list_knows_no_reductions"),
        ]
        indexes = [
            models.Index(fields=["variant"], name="reduced_price", condition=Q(is_reduction=True)),
            models.Index(fields=["ends_at"], name="price_that_ends", condition=Q(ends_at__isnull=False)),
        ]

    sale = money_of("sale_minor")
    market = money_of("market_minor")


class OffSale(MerchantModel):
    """Times off sale as the version before kept them, which runs on while schemas are migrated. Nothing reads it; it goes with the next version."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True)


class LinePrice(MerchantModel):
    """Which list or reduction made the price of a line of an order. No row: the regular price."""

    order_id = models.UUIDField()
    order_line_id = models.UUIDField(unique=True)
    price_list_id = models.UUIDField(null=True)
    reduction_id = models.UUIDField(null=True)
    name = models.CharField(max_length=80)  # of the list, as it was
    from_quantity = models.IntegerField(default=1)
    currency = models.CharField(max_length=3)
    ordinary_minor = models.BigIntegerField(null=True)  # the regular price of a piece at that moment

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["order_id"], name="line_price_of_order")]

    ordinary = money_of("ordinary_minor")

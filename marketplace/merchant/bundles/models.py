"""Bundles: products made of the shop's own variants, and what of an order was bought as one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from marketplace.kernel.money import Money, money_of
from marketplace.kernel.texts import Localised, localised
from marketplace.merchant.catalogue.models import Product, Variant
from tenants.tenancy.guard import MerchantModel


class BundlePart(MerchantModel):
    """So many pieces of a variant are in a bundle. A product that has parts is a bundle, and has no stock of its own."""

    bundle = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="parts")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    quantity = models.IntegerField()
    position = models.IntegerField(default=0)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["bundle", "variant"], name="a_variant_once_in_a_bundle"),
            models.CheckConstraint(condition=Q(quantity__range=(1, 99)), name="part_from_1_to_99"),
        ]


class OrderedBundle(MerchantModel):
    """A bundle of an order, as it was sold. Its pieces are lines of the order, whose prices add up to its own."""

    order_id = models.UUIDField()
    product_id = models.UUIDField()
    variant_id = models.UUIDField()
    sku = models.CharField(max_length=64)
    titles = models.JSONField()
    picture = models.CharField(max_length=200, blank=True)
    quantity = models.IntegerField()
    currency = models.CharField(max_length=3)
    unit_minor = models.BigIntegerField()

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["order_id"], name="bundle_of_order")]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0, unit_minor__gt=0), name="an_ordered_bundle_costs_something")]

    unit = money_of("unit_minor")

    @property
    def total(self) -> Money:
        return Money(self.unit_minor * self.quantity, self.currency)

    @property
    def title(self) -> Localised:
        return localised(self.titles)


class OrderedPart(MerchantModel):
    """Which line of an order belongs to a bundle of it."""

    bundle = models.ForeignKey(OrderedBundle, on_delete=models.CASCADE, related_name="parts")
    line_id = models.UUIDField(unique=True)

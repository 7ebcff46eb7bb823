"""Which products are virtual, and what was agreed about a line of an order that is."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from marketplace.merchant.catalogue.models import Product
from marketplace.platform.virtual.kinds import LONGEST, SHORTEST, GoodsKind
from tenants.tenancy.guard import MerchantModel


class VirtualProduct(MerchantModel):
    """A product that is not shipped. Products without a row are."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="virtual")
    kind = models.CharField(max_length=10, choices=GoodsKind.choices)
    valid_days = models.IntegerField(null=True)  # of a service: days its vouchers are valid from payment on

    class Meta(MerchantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="codes", valid_days=None) | Q(kind="service", valid_days__range=(SHORTEST, LONGEST)), name="a_service_has_its_days"
            )
        ]


class LineValidity(MerchantModel):
    """For how many days the vouchers of an order's line are valid, as it was when the order was placed."""

    order_id = models.UUIDField()
    line_id = models.UUIDField(unique=True)
    valid_days = models.IntegerField()

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["order_id"], name="validity_of_order")]
        constraints = [models.CheckConstraint(condition=Q(valid_days__range=(SHORTEST, LONGEST)), name="validity_in_days")]

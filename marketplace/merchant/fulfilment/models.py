"""Parcels on their way to the buyer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from marketplace.kernel import clock
from marketplace.merchant.orders.models import Order, OrderLine
from tenants.tenancy.guard import MerchantModel


class Package(MerchantModel):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="packages")
    carrier = models.CharField(max_length=20)
    tracking_number = models.CharField(max_length=40)
    shipped_at = models.DateTimeField(default=clock.now)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["order"], name="package_of_order")]
        constraints = [models.UniqueConstraint(fields=["order", "carrier", "tracking_number"], name="a_parcel_is_entered_once")]


class PackageLine(MerchantModel):
    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="+")
    quantity = models.IntegerField()

    class Meta(MerchantModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="a_parcel_holds_something")]

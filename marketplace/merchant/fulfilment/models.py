"""Parcels on their way to the buyer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.merchant.orders.models import Order, OrderLine
from tenants.tenancy.guard import MerchantModel


class Package(MerchantModel):
    """A parcel: packed first, shipped when the carrier has it."""

    class Status(models.TextChoices):
        PACKED = "packed", pgettext_lazy("parcel", "Packed")
        SHIPPED = "shipped", pgettext_lazy("parcel", "Shipped")

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="packages")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SHIPPED)
    carrier = models.CharField(max_length=20, blank=True)
    tracking_number = models.CharField(max_length=40, blank=True)
    packed_at = models.DateTimeField(default=clock.now)
    shipped_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["order"], name="package_of_order"), models.Index(Upper("tracking_number"), name="package_by_tracking")]
        constraints = [
            models.UniqueConstraint(fields=["order", "carrier", "tracking_number"], condition=~Q(tracking_number=""), name="a_parcel_is_entered_once"),
            models.CheckConstraint(
                condition=Q(status="packed", shipped_at=None) | (Q(status="shipped", shipped_at__isnull=False) & ~Q(carrier="") & ~Q(tracking_number="")),
                name="what_is_shipped_has_a_carrier",
            ),
        ]


class PackageLine(MerchantModel):
    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="+")
    quantity = models.IntegerField()

    class Meta(MerchantModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="a_parcel_holds_something")]

"""Stock. `on_hand` is what lies there; `reserved` is held for unpaid orders, `allocated` belongs to paid ones.

What may be sold is on_hand − reserved − allocated, and a constraint keeps it from ever being negative.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.merchant.catalogue.models import Variant
from tenants.tenancy.guard import MerchantModel


class StockLocation(MerchantModel):
    names = models.JSONField()
    is_default = models.BooleanField(default=False)

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_location")]


class StockLevel(MerchantModel):
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="levels")
    location = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="levels")
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    allocated = models.IntegerField(default=0)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["variant", "location"], name="one_level_per_location"),
            models.CheckConstraint(condition=Q(reserved__gte=0, allocated__gte=0), name="nothing_held_below_zero"),
            models.CheckConstraint(condition=Q(on_hand__gte=F("reserved") + F("allocated")), name="never_more_held_than_there"),
        ]

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved - self.allocated


class StockMovement(MerchantModel):
    """Why `on_hand` changed. Its sum per level is `on_hand`."""

    class Kind(models.TextChoices):
        COUNTED = "counted", pgettext_lazy("stock", "Counted")
        RECEIVED = "received", pgettext_lazy("stock", "Received")
        SHIPPED = "shipped", pgettext_lazy("stock", "Shipped")
        RETURNED = "returned", pgettext_lazy("stock", "Returned")

    level = models.ForeignKey(StockLevel, on_delete=models.CASCADE, related_name="movements")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    quantity = models.IntegerField()  # signed
    ref = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["level", "-at"], name="movement_by_level")]
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="a_movement_moves_something")]


class Reservation(MerchantModel):
    """Stock held for an order line, from placing until it is paid (then allocated), shipped, or released; in part, too."""

    class Status(models.TextChoices):
        HELD = "held", _("Held")
        ALLOCATED = "allocated", _("Allocated")
        SHIPPED = "shipped", pgettext_lazy("stock", "Shipped")
        RELEASED = "released", _("Released")

    order_id = models.UUIDField()
    line_id = models.UUIDField(unique=True)
    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, related_name="reservations")
    quantity = models.IntegerField()
    shipped = models.IntegerField(default=0)
    released = models.IntegerField(default=0)  # cancelled pieces: free again
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.HELD)
    created_at = models.DateTimeField(default=clock.now)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["order_id"], name="reservation_by_order")]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_above_zero"),
            models.CheckConstraint(condition=Q(shipped__gte=0, shipped__lte=F("quantity")), name="ships_no_more_than_reserved"),
            models.CheckConstraint(condition=Q(released__gte=0, quantity__gte=F("shipped") + F("released")), name="releases_no_more_than_reserved"),
        ]

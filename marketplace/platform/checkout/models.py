"""A buyer's decision, and the public copies of the orders it became."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import money_of
from marketplace.platform.virtual.kinds import GoodsKind, is_virtual
from tenants.tenancy.models import Merchant


class OrderGroup(models.Model):
    """One buyer decision (主订单): one payment, one order per merchant."""

    class Status(models.TextChoices):
        AWAITING_PAYMENT = "awaiting_payment", _("Awaiting payment")
        PAID = "paid", _("Paid")
        EXPIRED = "expired", _("Expired")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # The browser made the key and keeps it: the same form sent twice places one order.
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.AWAITING_PAYMENT)
    currency = models.CharField(max_length=3)
    items_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)  # of `total_minor`, which includes it
    address = models.JSONField()  # {} where nothing of it is shipped
    language = models.CharField(max_length=12)
    placed_at = models.DateTimeField(default=clock.now)
    hold_until = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    waived_at = models.DateTimeField(null=True)  # the buyer agreed that codes are handed out at once and do not come back

    class Meta:
        constraints = [models.UniqueConstraint(fields=["buyer", "key"], name="one_group_per_key")]
        indexes = [models.Index(fields=["buyer", "-placed_at"], name="group_by_buyer")]

    total = money_of("total_minor")
    items = money_of("items_minor")
    freight = money_of("freight_minor")
    tax = money_of("tax_minor")


class OrderCopy(models.Model):
    """The public copy of a merchant's order: what buyer, operator and ledger read. The key is the order's own."""

    id = models.UUIDField(primary_key=True, editable=False)
    group = models.ForeignKey(OrderGroup, on_delete=models.PROTECT, related_name="orders")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=10, choices=GoodsKind.choices, default=GoodsKind.GOODS, db_default=GoodsKind.GOODS.value)
    status = models.CharField(max_length=20)
    payment_status = models.CharField(max_length=20)
    fulfilment_status = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    items_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    commission_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    commission_returned_minor = models.BigIntegerField(default=0)
    open_returns = models.IntegerField(default=0)
    is_disputed = models.BooleanField(default=False)  # its payment is: it is not settled until that has ended
    # [{"title": {language: text}, "options": {...}, "picture": key, "quantity": n, "unit_minor": n, "total_minor": n, "product_id": …,
    #   "packed": n, "shipped": n, "cancelled": n, "returned": n}, …]
    # What was bought in a bundle names it: "bundle", as merchant/bundles/queries.py makes it; its first line says "begins_bundle".
    lines = models.JSONField()
    packages = models.JSONField(default=list)  # [{"id", "carrier": code, "tracking_number", "shipped_at": ISO time, "lines": [[line no, n], …]}, …]
    placed_at = models.DateTimeField()
    ship_by = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["buyer", "-placed_at", "-id"], name="copy_by_buyer"),
            models.Index(fields=["-placed_at", "-id"], name="copy_newest"),
            models.Index(fields=["merchant", "completed_at"], name="copy_to_settle", condition=models.Q(completed_at__isnull=False, settled_at=None)),
        ]

    total = money_of("total_minor")
    items = money_of("items_minor")
    freight = money_of("freight_minor")
    tax = money_of("tax_minor")
    commission = money_of("commission_minor")
    refunded = money_of("refunded_minor")
    commission_returned = money_of("commission_returned_minor")

    @property
    def is_virtual(self) -> bool:
        """Nothing of it is shipped: codes, or a service."""
        return is_virtual(self.kind)

    @property
    def has_parcel(self) -> bool:
        """Whether anything of it is packed or shipped."""
        return any(line.get("packed") or line.get("shipped") for line in self.lines)

    @property
    def entries(self) -> list[dict[str, Any]]:
        """What was put into the cart: lines that were bought singly, and bundles."""
        return [line.get("bundle", line) for line in self.lines if "bundle" not in line or line.get("begins_bundle")]


class ReturnCopy(models.Model):
    """The public copy of a return: what buyer and operator read. The key is the return's own."""

    id = models.UUIDField(primary_key=True, editable=False)
    order = models.ForeignKey(OrderCopy, on_delete=models.PROTECT, related_name="returns")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=26, unique=True)
    status = models.CharField(max_length=12)
    reason = models.CharField(max_length=20)
    note = models.CharField(max_length=500, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    report = models.CharField(max_length=500, blank=True)
    carrier = models.CharField(max_length=20, blank=True)
    tracking_number = models.CharField(max_length=40, blank=True)
    lines = models.JSONField()  # [{"id": line id, "titles", "options", "picture", "quantity": n, "accepted": n or null}, …]
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["buyer", "-requested_at", "-id"], name="return_copy_by_buyer"),
            models.Index(fields=["-requested_at", "-id"], name="return_copy_newest"),
        ]

    amount = money_of("amount_minor")

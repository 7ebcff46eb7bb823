"""Virtual goods in the market's hands: which listings are of that kind, the codes shops have loaded, and the vouchers that were made.

Codes and vouchers lie in the public schema, like the numbers of payout accounts: the market hands them out, buyers read them on its pages,
and their encryption is renewed in one place. Every row names its shop; a shop's pages ask for its own rows only (access.py).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.encrypted import BlindIndexField, EncryptedTextField, TailField
from marketplace.kernel.ids import new_id
from marketplace.platform.listings.models import Listing
from marketplace.platform.virtual.kinds import LONGEST, SHORTEST, GoodsKind
from tenants.tenancy.models import Merchant


class ListedVirtual(models.Model):
    """Public copy: what of a listing is virtual. A listing without a row is shipped."""

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, primary_key=True, related_name="virtual")
    kind = models.CharField(max_length=10, choices=GoodsKind.choices)
    valid_days = models.IntegerField(null=True)  # of a service: for how many days from payment on its voucher is valid

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="codes", valid_days=None) | Q(kind="service", valid_days__range=(SHORTEST, LONGEST)), name="a_listed_service_has_its_days"
            )
        ]


class Code(models.Model):
    """A code (卡密) a shop has loaded. It goes to one line of one order, once."""

    class Status(models.TextChoices):
        FREE = "free", pgettext_lazy("code", "Unused")
        HANDED_OUT = "handed_out", pgettext_lazy("code", "Handed out")
        REMOVED = "removed", pgettext_lazy("code", "Removed")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    product_id = models.UUIDField()
    variant_id = models.UUIDField()
    text = EncryptedTextField()
    print = BlindIndexField(of="text", db_index=False)
    tail = TailField(of="text")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.FREE)
    loaded_at = models.DateTimeField(default=clock.now)
    loaded_by = models.CharField(max_length=200, blank=True)
    order_id = models.UUIDField(null=True)
    order_number = models.CharField(max_length=24, blank=True)
    line_id = models.UUIDField(null=True)
    handed_out_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "print"], name="a_code_once_in_a_shop"),
            models.CheckConstraint(
                condition=Q(status="handed_out", order_id__isnull=False, line_id__isnull=False, handed_out_at__isnull=False)
                | Q(status__in=["free", "removed"], order_id=None, line_id=None, handed_out_at=None),
                name="what_was_handed_out_has_its_line",
            ),
        ]
        indexes = [
            models.Index(fields=["variant_id", "loaded_at", "id"], name="code_next", condition=Q(status="free")),
            models.Index(fields=["order_id"], name="code_of_order", condition=Q(order_id__isnull=False)),
            models.Index(fields=["merchant", "-loaded_at", "-id"], name="code_newest"),
            models.Index(fields=["product_id", "-loaded_at", "-id"], name="code_of_product"),
        ]


class Voucher(models.Model):
    """A voucher (核销码) for one piece of a service: made by the market when it was paid, used once at the shop."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("voucher", "To be used")
        REDEEMED = "redeemed", pgettext_lazy("voucher", "Used")
        CANCELLED = "cancelled", pgettext_lazy("voucher", "Cancelled")
        EXPIRED = "expired", pgettext_lazy("voucher", "Expired")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    order_id = models.UUIDField()
    order_number = models.CharField(max_length=24)
    line_id = models.UUIDField()
    text = EncryptedTextField()
    print = BlindIndexField(of="text", db_index=False)
    tail = TailField(of="text")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    issued_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    redeemed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["print"], name="a_voucher_once"),
            models.CheckConstraint(
                condition=Q(status="open", ended_at=None) | (~Q(status="open") & Q(ended_at__isnull=False)), name="an_open_voucher_has_no_end"
            ),
        ]
        indexes = [
            models.Index(fields=["order_id", "issued_at", "id"], name="voucher_of_order"),
            models.Index(fields=["merchant", "-ended_at", "-id"], name="voucher_redeemed", condition=Q(status="redeemed")),
        ]

"""Payments, and what rails told us about them. One payment pays a whole group; a split says whose share is whose."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import money_of
from marketplace.platform.checkout.models import OrderGroup
from tenants.tenancy.models import Merchant


class Payment(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        SUCCEEDED = "succeeded", _("Succeeded")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.OneToOneField(OrderGroup, on_delete=models.PROTECT, related_name="payment")
    rail = models.CharField(max_length=20)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    created_at = models.DateTimeField(default=clock.now)
    succeeded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_above_zero")]

    amount = money_of("amount_minor")


class PaymentAttempt(models.Model):
    """One try at a rail under one stored key: the same key always asks for the same."""

    class Status(models.TextChoices):
        OPEN = "open", _("At the rail")  # the buyer is at the rail
        SENT = "sent", _("Awaiting the answer")  # the buyer has confirmed there
        SUCCEEDED = "succeeded", _("Succeeded")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    n = models.IntegerField()
    key = models.CharField(max_length=100, unique=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    rail_ref = models.CharField(max_length=120, blank=True)
    failure = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payment", "n"], name="attempts_are_numbered")]


class PaymentSplit(models.Model):
    """An order's share of a payment."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="splits")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    order_id = models.UUIDField(unique=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")), name="no_share_gives_back_more_than_it_paid")
        ]

    amount = money_of("amount_minor")
    refunded = money_of("refunded_minor")


class RailNotice(models.Model):
    """What a rail told us, stored before anything follows from it. The rail's own id makes a repetition harmless."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rail = models.CharField(max_length=20)
    notice_id = models.CharField(max_length=120)
    body = models.JSONField()
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rail", "notice_id"], name="a_notice_counts_once")]


class Refund(models.Model):
    """Money on its way back to the buyer: of a payment that came too late or twice all of it, else orders' shares (allocations)."""

    class Status(models.TextChoices):
        DUE = "due", _("To be sent")
        DONE = "done", _("Done")

    class Reason(models.TextChoices):
        PAID_TWICE = "paid_twice", _("Paid twice")
        PAID_TOO_LATE = "paid_too_late", _("Paid after the order had expired")
        CANCELLED_BY_BUYER = "cancelled_by_buyer", _("Cancelled by the buyer")
        CANCELLED_BY_SHOP = "cancelled_by_shop", _("Cancelled by the shop")
        RETURNED = "returned", _("Goods returned")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=100, unique=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DUE)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=60, choices=Reason.choices)
    rail_ref = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_above_zero")]
        indexes = [models.Index(fields=["-created_at", "-id"], name="refund_newest")]

    amount = money_of("amount_minor")


class RefundAllocation(models.Model):
    """What a refund takes from one order's share, and the commission that the market gives back with it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="allocations")
    split = models.ForeignKey(PaymentSplit, on_delete=models.PROTECT, related_name="allocations")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    order_id = models.UUIDField()
    order_number = models.CharField(max_length=24)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0, commission_minor__gte=0), name="an_allocation_gives_something_back")]
        indexes = [models.Index(fields=["order_id"], name="allocation_by_order")]

    amount = money_of("amount_minor")
    commission = money_of("commission_minor")


class PayoutAccount(models.Model):
    """A merchant's account at a bank, or at Stripe. One a merchant."""

    class Kind(models.TextChoices):
        BANK = "bank", _("Bank account")
        STRIPE = "stripe", _("Stripe account")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, related_name="payout_account")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.BANK)
    holder = models.CharField(max_length=100, blank=True)
    bank = models.CharField(max_length=100, blank=True)
    number = models.CharField(max_length=40, blank=True)
    stripe_account = models.CharField(max_length=60, blank=True)
    payouts_enabled = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind="stripe") | (~Q(holder="") & ~Q(bank="") & ~Q(number="")), name="a_bank_account_has_holder_bank_and_number")
        ]

    @property
    def masked(self) -> str:
        """The last four digits."""
        return f"•••• {self.number[-4:]}" if self.number else ""

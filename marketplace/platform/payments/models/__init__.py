"""Payments, and what rails told us about them. One payment pays a whole group; a split says whose share is whose."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import money_of
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.ledger.models import JournalEntry, Payout
from marketplace.platform.payments.models.accounts import AccountChange, AccountRules, BankFile, PayoutAccount
from tenants.tenancy.models import Merchant

__all__ = ["AccountChange", "AccountRules", "BankFile", "PayoutAccount"]  # tables of accounts.py, found here like all others


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
    request = models.JSONField(default=dict)  # what the rail is asked, made once: the same key always sends the same
    rail_session = models.CharField(max_length=120, blank=True)  # the rail's own page for it, if it has one
    rail_url = models.CharField(max_length=2000, blank=True)  # where the buyer goes
    rail_ref = models.CharField(max_length=120, blank=True)  # what the rail calls the payment
    charge_ref = models.CharField(max_length=120, blank=True)  # and the money that came in by it
    failure = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "n"], name="attempts_are_numbered"),
            models.UniqueConstraint(fields=["rail_session"], condition=~Q(rail_session=""), name="one_attempt_per_rail_session"),
        ]
        indexes = [models.Index(fields=["rail_ref"], name="attempt_by_rail_ref", condition=~Q(rail_ref=""))]


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
    # A notice we cannot place (an unknown kind or account) has no effect; the operator sees it.
    is_quarantined = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rail", "notice_id"], name="a_notice_counts_once")]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="notice_newest"),
            models.Index(fields=["received_at"], name="notice_quarantined", condition=Q(is_quarantined=True)),
        ]

    @property
    def told(self) -> str:
        """What kind of thing it tells."""
        return str(self.body.get("kind") or self.body.get("outcome") or "")

    @property
    def about(self) -> str:
        """What it is about, as the rail calls it (the sandbox: as we do)."""
        return str(self.body.get("object") or self.body.get("attempt") or "")


class Refund(models.Model):
    """Money on its way back to the buyer: of a payment that came too late or twice all of it, else orders' shares (allocations)."""

    class Status(models.TextChoices):
        DUE = "due", _("To be sent")
        SENT = "sent", _("With the rail")  # it has it, and has not sent it on yet
        DONE = "done", _("Done")
        FAILED = "failed", _("Refused by the rail")  # a person has to look

    class Reason(models.TextChoices):
        PAID_TWICE = "paid_twice", _("Paid twice")
        PAID_TOO_LATE = "paid_too_late", _("Paid after the order had expired")
        CANCELLED_BY_BUYER = "cancelled_by_buyer", _("Cancelled by the buyer")
        CANCELLED_BY_SHOP = "cancelled_by_shop", _("Cancelled by the shop")
        RETURNED = "returned", _("Goods returned")
        VOUCHERS_EXPIRED = "vouchers_expired", _("Vouchers not used in time")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=100, unique=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DUE)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=60, choices=Reason.choices)
    rail_ref = models.CharField(max_length=120, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    asked = models.IntegerField(default=0)  # how often the rail was; from the second time on one looks first
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


class Transfer(models.Model):
    """A payout's money on its way to a merchant's account at the rail: one of an order, drawn from what was paid for it."""

    class Status(models.TextChoices):
        DUE = "due", _("To be transferred")
        DONE = "done", _("Done")
        FAILED = "failed", _("Refused by the rail")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="transfers")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    attempt = models.ForeignKey(PaymentAttempt, null=True, on_delete=models.PROTECT, related_name="transfers")  # whose charge it draws from
    order_id = models.UUIDField(null=True)
    order_number = models.CharField(max_length=24, blank=True)
    key = models.CharField(max_length=100, unique=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DUE)
    is_for_lack_of_funds = models.BooleanField(default=False)  # refused because our balance there was too low: tried again daily
    destination = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reversed_minor = models.BigIntegerField(default=0)
    rail_ref = models.CharField(max_length=120, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    asked = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="transfer_above_zero"),
            models.CheckConstraint(condition=Q(reversed_minor__gte=0, reversed_minor__lte=F("amount_minor")), name="no_more_reversed_than_transferred"),
            models.UniqueConstraint(fields=["payout", "order_id"], nulls_distinct=False, name="one_transfer_per_order_and_payout"),
        ]
        indexes = [models.Index(fields=["order_id"], name="transfer_by_order")]

    amount = money_of("amount_minor")
    reversed = money_of("reversed_minor")


class TransferReversal(models.Model):
    """Money taken back from a merchant's account at the rail, for a refund or a disputed payment."""

    class Status(models.TextChoices):
        DUE = "due", _("To be taken back")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused by the rail")  # the merchant owes it: netted from what it earns

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="reversals")
    refund = models.ForeignKey(Refund, null=True, on_delete=models.PROTECT, related_name="reversals")
    dispute = models.ForeignKey("Dispute", null=True, on_delete=models.PROTECT, related_name="reversals")
    key = models.CharField(max_length=100, unique=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DUE)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    rail_ref = models.CharField(max_length=120, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    asked = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="reversal_above_zero"),
            models.CheckConstraint(condition=Q(refund__isnull=False) ^ Q(dispute__isnull=False), name="a_reversal_has_one_cause"),
        ]

    amount = money_of("amount_minor")


class Dispute(models.Model):
    """A card's bank questions a payment (拒付). While it is open, the orders it paid are not settled."""

    class Status(models.TextChoices):
        INQUIRY = "inquiry", pgettext_lazy("dispute", "Inquiry")  # no money has moved
        OPEN = "open", pgettext_lazy("dispute", "Open")
        WON = "won", pgettext_lazy("dispute", "Won")
        LOST = "lost", pgettext_lazy("dispute", "Lost")
        CLOSED = "closed", pgettext_lazy("dispute", "Closed")  # an inquiry that came to nothing

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="disputes")
    rail_ref = models.CharField(max_length=120, unique=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    reason = models.CharField(max_length=60, blank=True)  # the card network's word
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    answer_by = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True)  # the money left
    reinstated_at = models.DateTimeField(null=True)  # and came back
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-opened_at", "-id"], name="dispute_newest")]

    amount = money_of("amount_minor")


class DisputeShare(models.Model):
    """What of a disputed payment is which order's, and the commission that goes with it if it is lost."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="shares")
    split = models.ForeignKey(PaymentSplit, on_delete=models.PROTECT, related_name="+")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    order_id = models.UUIDField()
    order_number = models.CharField(max_length=24)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dispute", "order_id"], name="a_dispute_meets_an_order_once")]

    amount = money_of("amount_minor")


class RailMovement(models.Model):
    """One movement of money on our account at a rail, as the rail tells it, and the journal entry that explains it."""

    class Status(models.TextChoices):
        MATCHED = "matched", _("Explained")
        UNEXPLAINED = "unexplained", _("Unexplained")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rail = models.CharField(max_length=20)
    ref = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=120, blank=True)  # the rail's name of what caused it
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.UNEXPLAINED)
    entry = models.ForeignKey(JournalEntry, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rail", "ref"], name="a_movement_counts_once")]
        indexes = [models.Index(fields=["-at", "-id"], name="movement_newest")]

    amount = money_of("amount_minor")
    fee = money_of("fee_minor")

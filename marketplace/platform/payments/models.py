"""Payments, and what rails told us about them. One payment pays a whole group; a split says whose share is whose."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
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

    amount = money_of("amount_minor")


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
    """Money on its way back to the buyer: a payment that came too late, or a second time, goes back in full."""

    class Status(models.TextChoices):
        DUE = "due", _("To be sent")
        DONE = "done", _("Done")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=100, unique=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DUE)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_above_zero")]

    amount = money_of("amount_minor")

"""Who bought in this shop, and what its team keeps about them. Everything but notes and tags follows from the shop's own orders."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.kernel import clock
from marketplace.kernel.money import money_of
from tenants.tenancy.guard import MerchantModel


class Customer(MerchantModel):
    """A buyer with at least one paid order here. Figures leave out what was cancelled and what was given back (recounting.py)."""

    buyer = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80, blank=True)  # the recipient of the latest order
    orders = models.IntegerField(default=0)
    currency = models.CharField(max_length=3)
    spent_minor = models.BigIntegerField(default=0)
    first_order_at = models.DateTimeField()
    last_order_at = models.DateTimeField()
    tags = models.JSONField(default=list)  # the shop's own words, each once

    class Meta(MerchantModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(orders__gte=0, spent_minor__gte=0), name="customer_figures_not_negative")]
        indexes = [
            models.Index(fields=["-last_order_at", "-id"], name="customer_newest"),
            models.Index(fields=["orders", "id"], name="customer_by_orders"),
            models.Index(fields=["spent_minor", "id"], name="customer_by_amount"),
        ]

    spent = money_of("spent_minor")


class CustomerNote(MerchantModel):
    """What somebody of the team wrote about a customer: for the team alone. Added, never changed."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="notes")
    text = models.CharField(max_length=500)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["customer", "at"], name="customer_note_newest")]

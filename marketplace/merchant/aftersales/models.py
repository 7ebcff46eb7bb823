"""Goods that come back, and what is owed for them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from marketplace.kernel import clock
from marketplace.kernel.money import money_of
from marketplace.merchant.aftersales.states import OPEN, Reason, ReturnStatus
from marketplace.merchant.orders.models import Order, OrderLine
from tenants.tenancy.guard import MerchantModel


class Return(MerchantModel):
    """A buyer's wish to give goods of one order back (售后), from the application to the refund."""

    number = models.CharField(max_length=26, unique=True)  # the order's, with R1, R2, …
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="returns")
    status = models.CharField(max_length=12, choices=ReturnStatus.choices, default=ReturnStatus.REQUESTED)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    note = models.CharField(max_length=500, blank=True)  # the buyer's words
    answer = models.CharField(max_length=500, blank=True)  # the shop's
    report = models.CharField(max_length=500, blank=True)  # what the inspection found
    carrier = models.CharField(max_length=20, blank=True)
    tracking_number = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()  # what goes back if all pieces are accepted; after the refund what went back
    requested_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True)  # by when whoever is next has to act; null when nobody is
    ended_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        indexes = [
            models.Index(fields=["-requested_at", "-id"], name="return_newest"),
            models.Index(fields=["due_at"], name="return_due", condition=Q(status__in=OPEN)),
        ]
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gte=0), name="return_amount_not_negative")]

    amount = money_of("amount_minor")

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


class ReturnLine(MerchantModel):
    """Pieces of one line. `accepted` of them passed the inspection, `restocked` of these can be sold again."""

    parent = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.IntegerField()
    accepted = models.IntegerField(null=True)
    restocked = models.IntegerField(default=0)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["parent", "line"], name="a_line_returns_once_a_return"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_return_holds_something"),
            models.CheckConstraint(condition=Q(accepted=None) | Q(accepted__gte=0, accepted__lte=F("quantity")), name="accepted_within_returned"),
            models.CheckConstraint(condition=Q(restocked__gte=0, restocked__lte=F("quantity")), name="restocked_within_returned"),
        ]


class ReturnChange(MerchantModel):
    """The history of a return, a row a move."""

    parent = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="changes")
    old = models.CharField(max_length=12, blank=True)
    new = models.CharField(max_length=12, choices=ReturnStatus.choices)
    at = models.DateTimeField(default=clock.now)
    actor_kind = models.CharField(max_length=10)
    actor_label = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["parent", "at"], name="change_of_return")]

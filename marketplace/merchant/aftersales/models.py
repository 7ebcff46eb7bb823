"""Goods that come back, and what is owed for them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

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
    is_by_shop = models.BooleanField(default=False)  # somebody of the shop opened it, for a buyer who called

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
    actor_id = models.UUIDField(null=True)  # the person; unknown of what happened before this was kept
    actor_label = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["parent", "at"], name="change_of_return")]


class MoneyRule(MerchantModel):
    """One row: whether money of this shop goes back to buyers by two people only. Without it: one person suffices."""

    is_the_one = models.BooleanField(default=True, unique=True)
    takes_two = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=clock.now)
    changed_label = models.CharField(max_length=200, blank=True)

    class Meta(MerchantModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(is_the_one=True), name="one_rule_about_money")]


class SecondLook(MerchantModel):
    """What somebody of the shop asked for and a colleague decides over: giving up pieces of a paid order, or doing without two people."""

    class Kind(models.TextChoices):
        CANCEL = "cancel", pgettext_lazy("second look", "Give up pieces of a paid order")
        ONE_PERSON = "one_person", pgettext_lazy("second look", "Let one person suffice again")

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("second look", "Waits for a colleague")
        APPROVED = "approved", pgettext_lazy("second look", "Approved and done")
        REFUSED = "refused", pgettext_lazy("second look", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("second look", "Withdrawn")
        EXPIRED = "expired", pgettext_lazy("second look", "Expired")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="second_looks")
    pieces = models.JSONField(default=dict)  # line id → quantity, never changed
    why = models.CharField(max_length=500)
    asked_by = models.UUIDField()
    asked_label = models.CharField(max_length=200)
    asked_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    decided_by = models.UUIDField(null=True)
    decided_label = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=500, blank=True)  # the words of whoever decided

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["-asked_at", "-id"], name="second_look_newest")]
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(status="waiting", kind="cancel"), name="one_look_waits_per_order"),
            models.UniqueConstraint(fields=["kind"], condition=Q(status="waiting", kind="one_person"), name="one_look_waits_about_the_rule"),
            models.CheckConstraint(condition=Q(kind="cancel", order__isnull=False) | Q(kind="one_person", order=None), name="a_look_at_an_order"),
            models.CheckConstraint(
                condition=~Q(status="approved") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))), name="a_look_by_another_person"
            ),
        ]

"""Customised goods: what may be wished of a product, and the lines of orders that are made to wishes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from marketplace.kernel import clock
from marketplace.kernel.money import money_of
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.customising.states import Making
from marketplace.merchant.orders.models import OrderLine
from tenants.tenancy.guard import MerchantModel


class Customisation(MerchantModel):
    """The fields in which buyers say what they wish of a product. No row: it is sold as it is."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="customisation")
    fields = models.JSONField()  # as platform/customising/fields.py keeps them
    days = models.IntegerField(default=0)  # what is made to wishes leaves so much later
    changed_at = models.DateTimeField(default=clock.now)

    class Meta(MerchantModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(days__range=(0, 90)), name="made_within_90_days")]


class CustomLine(MerchantModel):
    """What a buyer wished of a line, as it was when the order was placed, and how far the shop is with it."""

    line = models.OneToOneField(OrderLine, on_delete=models.CASCADE, related_name="custom")
    wishes = models.JSONField()  # [{"id", "kind", "labels": {language: text}, "text" or "names", "surcharge_minor"}, …]
    currency = models.CharField(max_length=3)
    surcharge_minor = models.BigIntegerField()  # of one piece; the line's price includes it
    days = models.IntegerField(default=0)
    state = models.CharField(max_length=12, choices=Making.choices, default=Making.TO_CONFIRM)
    placed_at = models.DateTimeField(default=clock.now)  # the buyer agreed then that it cannot come back unwanted
    changed_at = models.DateTimeField(default=clock.now)
    is_forgotten = models.BooleanField(default=False)  # the buyer's account is gone: public copies say no more what they wrote

    class Meta(MerchantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(surcharge_minor__gte=0), name="surcharge_not_negative"),
            models.CheckConstraint(condition=Q(changed_at__gte=F("placed_at")), name="made_after_it_was_ordered"),
        ]
        indexes = [
            models.Index(fields=["-placed_at", "-id"], name="custom_line_newest"),
            models.Index(fields=["state", "-placed_at", "-id"], name="custom_line_by_state"),
        ]

    surcharge = money_of("surcharge_minor")

    @property
    def is_asked(self) -> bool:
        """Whether the buyer was asked something and has not answered. Reads `questions`: fetch them beforehand."""
        return any(one.waits for one in self.questions.all())  # type: ignore[attr-defined]


class WishQuestion(MerchantModel):
    """What the shop asks the buyer about the wishes of a line before it makes it, and what the buyer says."""

    line = models.ForeignKey(CustomLine, on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(max_length=500)
    asked_at = models.DateTimeField(default=clock.now)
    ship_by = models.DateTimeField()  # of the order, as if nothing had ever been asked: from there time that stood still is added
    answer = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True)  # by the answer, or because the shop goes on without one, or the line is given up

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=Q(ended_at=None), name="one_open_question_a_line"),
            models.CheckConstraint(condition=Q(answer="") | Q(ended_at__isnull=False), name="answered_then_ended"),
        ]

    @property
    def waits(self) -> bool:
        return self.ended_at is None

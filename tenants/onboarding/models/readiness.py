"""What a shop says of itself on five topics, each time anew. Public schema: the operator reads it without opening the shop's."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from tenants.tenancy.models import Merchant


class PartnerType(models.TextChoices):
    """What a merchant brings to the market most of all."""

    CAPITAL = "capital", pgettext_lazy("partner", "Capital: stock and money of its own")
    SERVICE = "service", pgettext_lazy("partner", "Service: runs, ships or cares for others")
    SALES = "sales", pgettext_lazy("partner", "Sales: knows buyers and sells to them")


class Topic(models.TextChoices):
    PRODUCT = "product", pgettext_lazy("self-assessment", "Goods and prices")
    STOCK = "stock", pgettext_lazy("self-assessment", "Stock and logistics")
    ORDERS = "orders", pgettext_lazy("self-assessment", "Orders")
    SETTLEMENT = "settlement", pgettext_lazy("self-assessment", "Settlement")
    MEMBERS = "members", pgettext_lazy("self-assessment", "Customers")


class SelfAssessment(models.Model):
    """Scores of one day, 1 (nothing yet) to 5 (runs by itself), with who gave them. Added, never changed."""

    id = models.UUIDField(primary_key=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="self_assessments")
    product = models.PositiveSmallIntegerField()
    stock = models.PositiveSmallIntegerField()
    orders = models.PositiveSmallIntegerField()
    settlement = models.PositiveSmallIntegerField()
    members = models.PositiveSmallIntegerField()
    partner = models.CharField(max_length=10, choices=PartnerType.choices)
    note = models.CharField(max_length=500, blank=True)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["merchant", "-at", "-id"], name="assessment_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{name}__gte": 1 for name in Topic.values}, **{f"{name}__lte": 5 for name in Topic.values}), name="scores_one_to_five"
            )
        ]

    @property
    def scores(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in Topic.values}

    @property
    def mean(self) -> float:
        return round(sum(self.scores.values()) / len(self.scores), 1)

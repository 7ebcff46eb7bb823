"""How shops did in a period (商户评估): by which limits, what was counted, the grade, and what the operator says to it. Public schema."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from tenants.tenancy.models import Merchant


class EvaluationRule(models.Model):
    """How often shops are evaluated, and by which limits. Rows are only added: on a day the latest counts of those that have begun."""

    class Every(models.TextChoices):
        MONTH = "month", pgettext_lazy("evaluations", "Every month")
        QUARTER = "quarter", pgettext_lazy("evaluations", "Every quarter")
        NEVER = "never", pgettext_lazy("evaluations", "Not at all")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    every = models.CharField(max_length=8, choices=Every.choices)
    first_day = models.DateField()  # of the first period it holds for
    limits = models.JSONField()  # figure → for A, B and C; see grades.py for their units
    least_orders = models.IntegerField(default=10)  # with fewer a shop has no grade
    least_reviews = models.IntegerField(default=5)  # with fewer the rating has none
    reason = models.CharField(max_length=500)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(least_orders__gte=1, least_reviews__gte=1), name="evaluations_need_one_at_least")]


class Evaluation(models.Model):
    """How a shop did in a period. Figures, limits and grade never change; the operator decides on it once."""

    class Grade(models.TextChoices):
        A = "A", "A"
        B = "B", "B"
        C = "C", "C"
        D = "D", "D"

    class Consequence(models.TextChoices):
        NONE = "none", pgettext_lazy("evaluation", "Nothing")
        PRAISE = "praise", pgettext_lazy("evaluation", "Praise")
        WARNING = "warning", pgettext_lazy("evaluation", "Warning")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="evaluations")
    rule = models.ForeignKey(EvaluationRule, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    figures = models.JSONField()  # as grades.evaluated() makes it
    grade = models.CharField(max_length=1, choices=Grade.choices, blank=True)  # empty: too few orders
    made_at = models.DateTimeField(default=clock.now)
    consequence = models.CharField(max_length=8, choices=Consequence.choices, default=Consequence.NONE)
    remark = models.CharField(max_length=500, blank=True)  # the shop reads it
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "first_day"], name="a_shops_period_is_evaluated_once"),
            models.CheckConstraint(condition=Q(last_day__gt=F("first_day")), name="an_evaluated_period_has_days"),
            models.CheckConstraint(
                condition=Q(decided_at=None, consequence="none") | (Q(decided_at__isnull=False) & ~Q(remark="")), name="a_consequence_has_words"
            ),
        ]
        indexes = [models.Index(fields=["-first_day", "-id"], name="evaluations_newest")]

    @property
    def too_few(self) -> bool:
        return not self.grade

    @property
    def orders(self) -> int:
        return int(self.figures["orders"])

    def part(self, name: str) -> dict[str, Any]:
        """One figure as it was graded."""
        return next(part for part in self.figures["parts"] if part["name"] == name)

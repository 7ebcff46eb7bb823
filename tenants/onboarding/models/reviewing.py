"""How long reviews may take, and which days count. Public schema."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ReviewTerms(models.Model):
    """How many working days a review may take. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    working_days = models.SmallIntegerField(default=2)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_row_of_review_terms"),
            models.CheckConstraint(condition=Q(working_days__range=(1, 30)), name="review_within_30_days"),
        ]


class CalendarDay(models.Model):
    """A day that is not as its weekday says: a holiday, or a weekend day on which people work (调休). The operator keeps the list."""

    day = models.DateField(primary_key=True)
    is_working = models.BooleanField(default=False)
    note = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["day"]

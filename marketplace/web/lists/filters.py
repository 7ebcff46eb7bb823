"""Filters that an index serves: days as moments of the reader's zone, not as dates of every row."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.inputs import DayInput
from tenants.accounts.models import User


class _DayFilter(django_filters.DateFilter):
    lookup, days = "gte", 0

    def __init__(self, field_name: str, **extra: Any) -> None:
        super().__init__(field_name=field_name, widget=DayInput(), **extra)

    def filter(self, qs: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        if value is None:
            return qs
        try:
            moment = datetime.combine(value + timedelta(days=self.days), time.min, tzinfo=timezone.get_current_timezone())
            moment.astimezone(timezone.get_default_timezone())
        except OverflowError:  # the first and the last day there are
            return qs if (self.lookup == "gte") == (value.year < 2) else qs.none()
        return qs.filter(**{f"{self.field_name}__{self.lookup}": moment})


class Since(_DayFilter):
    """From the beginning of a day on."""

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name, label=_("Since"))


class Until(_DayFilter):
    """Until the end of a day."""

    lookup, days = "lt", 1

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name, label=_("Until"))


def of_person(field_name: str) -> django_filters.ModelChoiceFilter:
    """Rows of one person: a filter that their page leads to, and that nobody sets by hand."""
    return django_filters.ModelChoiceFilter(field_name=field_name, queryset=User.objects.all(), label=_("Person"), widget=forms.HiddenInput)

"""Months, weekdays and times of the day as the reader writes them."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date
from django import template
from django.utils import timezone

from marketplace.kernel.formats import locale

register = template.Library()


@register.filter
def month_name(day: date) -> str:
    """`2026年11月`, `November 2026`."""
    found = locale()
    return str(format_date(day, "y年M月" if found.language == "zh" else "MMMM y", locale=found))


@register.filter
def weekday_name(day: date) -> str:
    """`周三`, `Wed`."""
    return str(format_date(day, "EEE", locale=locale()))


@register.filter
def clock_time(moment: datetime) -> str:
    """`09:30`, in the zone of the request."""
    return timezone.localtime(moment).strftime("%H:%M")
